//! What is still to do: a half-finished review is not an error.

use std::collections::BTreeSet;

use consilience_appraisal::grade::Domain;
use indexmap::IndexSet;

use crate::analysis::Synthesis;
use crate::certainty::{BodyOfEvidence, Decision, Freshness};
use crate::check::{Places, check};
use crate::extraction::{Extracted, Extraction, Parties};
use crate::flow::Flow;
use crate::keyword::Keyword;
use crate::risk_of_bias::RobAssessment;
use crate::state::State;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::protocol::Question;
use crate::vocabulary::records::{PairAnswer, PairQuestion, Stage};
use crate::vocabulary::study::Study;

/// One thing that is missing, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    /// What is missing.
    pub what: String,
    /// The file, and what to write there.
    pub how: String,
}

/// Lists what is missing, in the order in which a review is done.
pub(crate) fn todos(
    state: &State,
    flow: &Flow,
    risk_of_bias: &[RobAssessment],
    certainty: &[BodyOfEvidence],
    syntheses: &[Synthesis],
) -> Vec<Todo> {
    let mut list = List(Vec::new());
    protocol(state, &mut list);
    records(state, flow, &mut list);
    data(state, &mut list);
    disputes(state, &mut list);
    checks(state, &mut list);
    judgements(state, risk_of_bias, &mut list);
    ratings(state, certainty, &mut list);
    for synthesis in syntheses.iter().filter(|it| it.studies.is_empty() && it.narrative.is_none()) {
        list.add(
            format!("the analysis `{}` has no study", synthesis.plan.id),
            "results.csv: results of this outcome for both arms of the comparison",
        );
    }
    list.0
}

struct List(Vec<Todo>);

impl List {
    fn add(&mut self, what: impl Into<String>, how: impl Into<String>) {
        self.0.push(Todo { what: what.into(), how: how.into() });
    }

    fn add_if(&mut self, condition: bool, what: &str, how: &str) {
        if condition {
            self.add(what, how);
        }
    }
}

/// `1 of 11 records`.
fn share(n: usize, of: usize, what: &str) -> String {
    format!("{n} of {of} {what}{}", if of == 1 { "" } else { "s" })
}

fn protocol(state: &State, list: &mut List) {
    list.add_if(
        state.question == Question::default(),
        "the question is not stated",
        "review.toml: population, intervention and comparator in `[question]`",
    );
    list.add_if(
        state.eligibility.include.is_empty(),
        "the eligibility criteria are not stated",
        "review.toml: `include` and `exclude` in `[eligibility]`",
    );
    list.add_if(
        state.databases.is_empty(),
        "no database is named",
        "review.toml: a `[[database]]` for each",
    );
    list.add_if(
        state.outcomes.is_empty(),
        "no outcome is defined",
        "review.toml: an `[[outcome]]` for each",
    );
    list.add_if(
        state.comparisons.is_empty(),
        "no comparison is defined",
        "review.toml: a `[[comparison]]` for each",
    );
    list.add_if(
        state.analyses.is_empty(),
        "no analysis is planned",
        "review.toml: an `[[analysis]]` for each",
    );
}

fn records(state: &State, flow: &Flow, list: &mut List) {
    for database in state.databases.values() {
        if !state.searches.contains_key(&database.id) && database.search.is_none() {
            list.add(
                format!("no search strategy for {}", database.name),
                format!("review.toml: `search` of the database `{}`", database.id),
            );
        }
        if database.records.is_empty() {
            list.add(
                format!("no records from {}", database.name),
                format!("review.toml: `records` of the database `{}`", database.id),
            );
        }
    }
    let undecided = flow.undecided_records.len();
    if undecided > 0 {
        let share = share(undecided, flow.screened.len(), "record");
        let are = if undecided == 1 { "is" } else { "are" };
        list.add(
            format!("{share} {are} not screened by title and abstract"),
            "screening.csv: a decision for each, and `consensus` where reviewers disagree",
        );
    }
    let undecided = flow.undecided_reports.len();
    if undecided > 0 {
        let share = share(undecided, flow.sought.len(), "report");
        let are = if undecided == 1 { "is" } else { "are" };
        list.add(
            format!("{share} {are} not decided at full text"),
            "screening.csv: a decision for each, and `consensus` where reviewers disagree",
        );
    }
    for report in &flow.included_reports {
        if !state.studies.values().any(|it| it.reports.contains(report)) {
            list.add(
                format!("the included report `{report}` belongs to no study"),
                "studies.csv: name it in `reports`",
            );
        }
    }
    contradictions(state, flow, list);
}

/// Decisions and studies that cannot both be right.
fn contradictions(state: &State, flow: &Flow, list: &mut List) {
    let at_full_text = state.screenings.values().filter(|it| it.value.stage == Stage::FullText);
    let at_full_text: BTreeSet<&str> = at_full_text.map(|it| it.value.report.as_str()).collect();
    for record in flow.excluded.iter().filter(|it| at_full_text.contains(it.as_str())) {
        list.add(
            format!(
                "`{record}` is excluded by title and abstract, and yet decided on at full text"
            ),
            "screening.csv: remove one of the two decisions; the first stage's counts",
        );
    }
    let with_reasons = flow.excluded_with_reasons.iter().flat_map(|it| &it.1);
    let out: BTreeSet<&String> =
        flow.excluded.iter().chain(&flow.not_retrieved).chain(with_reasons).collect();
    for study in state.studies.values() {
        for report in study.reports.iter().filter(|it| out.contains(it)) {
            list.add(
                format!("{} names the report `{report}`, which is not included", study.study),
                "studies.csv: remove it from `reports`; or screening.csv: include it",
            );
        }
    }
    pairs(state, &out, list);
}

/// Studies that do not go by what was said of two reports.
fn pairs(state: &State, out: &BTreeSet<&String>, list: &mut List) {
    let of_studies = state.pairs.values().map(|it| &it.value);
    for it in of_studies.filter(|it| it.question == PairQuestion::Study) {
        let [first, second] = [&it.first, &it.second].map(|it| state.standing(it));
        let names = |study: &Study, report: &str| study.reports.iter().any(|it| it == report);
        let both = state.studies.values().find(|it| names(it, first) && names(it, second));
        let one = state.studies.values().find(|it| names(it, first) || names(it, second));
        let is_out = out.iter().any(|it| *it == first || *it == second);
        match (it.answer, one, both) {
            (PairAnswer::Same, Some(study), None) if !is_out => list.add(
                format!(
                    "{} names one of `{first}` and `{second}`, which were said to be of one study",
                    study.study
                ),
                "studies.csv: name both; or pairs.csv: remove the row",
            ),
            (PairAnswer::Different, _, Some(study)) => list.add(
                format!(
                    "{} names `{first}` and `{second}`, which were said to be of two studies",
                    study.study
                ),
                "studies.csv: remove one; or pairs.csv: remove the row",
            ),
            _ => {}
        }
    }
}

fn data(state: &State, list: &mut List) {
    list.add_if(state.studies.is_empty(), "no study is described", "studies.csv: a row for each");
    for study in state.studies.values() {
        if !state.arms.values().any(|it| it.study == study.study) {
            list.add(format!("{} has no arms", study.study), "arms.csv: a row for each arm");
        } else if !state.results.values().any(|it| it.value.study == study.study) {
            list.add(
                format!("{} has no results", study.study),
                "results.csv: a row for each result",
            );
        }
    }
    let extraction = Extraction::of(state);
    let has_source = |it: &Extracted| it.rows.iter().any(|row| row.value.source.source.is_some());
    let n_unsourced = extraction.results().filter(|it| !has_source(it)).count();
    if n_unsourced > 0 {
        let share = share(n_unsourced, extraction.results().count(), "result");
        let name = if n_unsourced == 1 { "names" } else { "name" };
        list.add(
            format!("{share} {name} no source"),
            "results.csv: the publication in `source`, with `page` or `place`",
        );
    }
}

/// Results on which extractors, or reports of a study, differ.
fn disputes(state: &State, list: &mut List) {
    let extraction = Extraction::of(state);
    let of = |parties: Parties| -> Vec<String> {
        let open = extraction.open().filter(|it| it.1.between == parties);
        open.map(|(key, dispute)| format!("{} ({})", key.words(), dispute.words())).collect()
    };
    let results = |n: usize| if n == 1 { "a result".to_owned() } else { format!("{n} results") };
    let by_people = of(Parties::Extractors);
    if !by_people.is_empty() {
        list.add(
            format!("the extractors differ on {}: {}", results(by_people.len()), by_people.join("; ")),
            "results.csv: a row by `consensus` for each; `consil extract agreement DIR --template` makes them",
        );
    }
    let by_reports = of(Parties::Reports);
    if !by_reports.is_empty() {
        list.add(
            format!(
                "reports of one study print {} differently: {}",
                results(by_reports.len()),
                by_reports.join("; ")
            ),
            "studies.csv: `preferred_report`; or results.csv: a row by `consensus` for each",
        );
    }
}

/// Findings of the checks that nobody has answered.
fn checks(state: &State, list: &mut List) {
    let findings = check(state, &Places::default(), &[]);
    let open = findings.iter().filter(|it| it.is_open());
    let open: Vec<String> = open.map(|it| format!("{} ({})", it.study, it.kind.name())).collect();
    if !open.is_empty() {
        let look = if open.len() == 1 { "result looks" } else { "results look" };
        list.add(
            format!("{} {look} wrong: {}", open.len(), open.join(", ")),
            "`consil check` says why; correct results.csv, or answer in checks.csv",
        );
    }
}

fn judgements(state: &State, risk_of_bias: &[RobAssessment], list: &mut List) {
    let unassessed = state
        .studies
        .keys()
        .filter(|study| !risk_of_bias.iter().any(|it| it.study == **study))
        .count();
    if unassessed > 0 {
        list.add(
            format!(
                "risk of bias is not assessed for {unassessed} of {} {}",
                state.studies.len(),
                if state.studies.len() == 1 { "study" } else { "studies" }
            ),
            "risk_of_bias.csv: the answers to the tool's questions",
        );
    }
    for assessment in risk_of_bias {
        if let Some(reason) = &assessment.refused {
            list.add(
                format!("the risk-of-bias answers for {} were refused", assessment.study),
                format!("risk_of_bias.csv: {reason}"),
            );
        }
        if !assessment.disagreements.is_empty() {
            list.add(
                format!(
                    "the assessors of {} disagree on {}",
                    assessment.study,
                    assessment.disagreements.join(", ")
                ),
                "risk_of_bias.csv: a row by `consensus` for each",
            );
        }
        let open: Vec<&str> = assessment
            .domains
            .iter()
            .filter(|it| it.judgement().is_none())
            .flat_map(|it| it.proposal.missing.iter().map(String::as_str))
            .collect();
        if !open.is_empty() {
            list.add(
                format!("risk of bias of {} is incomplete", assessment.study),
                format!("risk_of_bias.csv: answers to {}", open.join(", ")),
            );
        }
    }
}

/// Every comparison and outcome that is analysed has its certainty rated.
fn ratings(state: &State, certainty: &[BodyOfEvidence], list: &mut List) {
    let is_rated = |plan: &AnalysisPlan| {
        let body = certainty
            .iter()
            .find(|it| it.comparison == plan.comparison && it.outcome == plan.outcome);
        body.is_some_and(|it| it.decision.is_some())
    };
    let has_results =
        |plan: &AnalysisPlan| state.results.values().any(|it| it.value.outcome == plan.outcome);
    let unrated: IndexSet<(&str, &str)> = state
        .analyses
        .values()
        .filter(|it| !is_rated(it) && has_results(it))
        .map(|it| (it.comparison.as_str(), it.outcome.as_str()))
        .collect();
    let names: Vec<String> = unrated.iter().map(|it| body_name(state, it.0, it.1)).collect();
    if !names.is_empty() {
        list.add(
            format!("certainty is not rated for: {}", names.join(", ")),
            "certainty.csv: GRADE's domains; `consil grade --template` prints the rows to fill in",
        );
    }
    for body in certainty {
        let Some(decision) = &body.decision else { continue };
        let name = body_name(state, &body.comparison, &body.outcome);
        rating(&name, decision, list);
    }
}

/// What is to be done about one body of evidence that was rated.
fn rating(name: &str, decision: &Decision, list: &mut List) {
    const AGAIN: &str = "certainty.csv: rate again; `consil grade --template` prints the rows with the numbers of today";
    if !decision.disagreements.is_empty() {
        list.add(
            format!("the assessors of {name} disagree on {}", decision.disagreements.join(", ")),
            "certainty.csv: a row by `consensus` for each; until then the last counts",
        );
    }
    match decision.freshness() {
        Freshness::Current => {}
        Freshness::Stale(changes) => list.add(
            format!("the certainty of {name} was rated on other numbers: {}", changes.join("; ")),
            AGAIN,
        ),
        Freshness::Unknown => list.add(
            format!("it is not known on which numbers the certainty of {name} was rated"),
            AGAIN,
        ),
    }
    let unrated: Vec<&str> = decision.unrated().into_iter().map(Domain::name).collect();
    if !unrated.is_empty() {
        list.add(
            format!("the certainty of {name} lacks a rating of: {}", unrated.join(", ")),
            "certainty.csv: a row for each; until then they count as not serious",
        );
    }
}

/// The outcome's name, with the comparison's where there are several.
fn body_name(state: &State, comparison: &str, outcome: &str) -> String {
    let outcome = state.outcomes.get(outcome).map_or(outcome, |it| &it.name);
    match state.comparisons.get(comparison) {
        Some(comparison) if state.comparisons.len() > 1 => {
            format!("{outcome} ({})", comparison.name)
        }
        _ => outcome.to_owned(),
    }
}
