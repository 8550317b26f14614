//! A file of risk-of-bias answers, in whatever layout a team keeps them, as assessments.
//!
//! Read are: a table with one answer a row (a package's `risk_of_bias.csv` too); a table with one result a row and a column
//! for each question or judgement (what the R package robvis reads too); JSON, as a list of such rows, as objects with a map
//! `answers`, or as one object a line. `docs/risk-of-bias.md` lists the columns.

mod export;
mod layout;
mod records;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consilience_appraisal::rob2::{Aim, Deviation};
use consilience_appraisal::tool::Tool;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::event::Attributed;
use crate::risk_of_bias::{DomainAssessment, RobAssessment, Tools, assess_all};
use crate::vocabulary::risk_of_bias::{RobEntry, RobItem, ToolName};

pub use export::{empty_answers, robvis, to_risk_of_bias_csv};

use layout::Given;

/// What holds where the file says nothing.
#[derive(Debug, Clone, Default)]
pub struct RobDefaults {
    /// The tool; by the questions answered when not said.
    pub tool: Option<ToolName>,
    /// The effect of interest.
    pub aim: Option<Aim>,
    /// The deviations that an effect of adhering excludes.
    pub deviations: BTreeSet<Deviation>,
    /// Tools that the team wrote, by name.
    pub own: BTreeMap<String, Arc<Tool>>,
}

/// What a file of answers holds.
#[derive(Debug, Clone)]
pub struct RobFile {
    /// One assessment per result, in the order of the file.
    pub assessments: Vec<RobAssessment>,
    /// Every entry with its assessor, in the order of the file.
    pub entries: Vec<Attributed<RobEntry>>,
    /// Weights by study and outcome, where the file has them.
    pub weights: BTreeMap<(String, Option<String>), f64>,
    /// The tools as the first result's aim has them ask, for judging one assessor's answers alone.
    pub tools: Tools,
    /// What to know about the answers. An error among them (a question that applies answered "not applicable", a judgement
    /// against the proposal without a reason) leaves the assessments as they are, with what it concerns open.
    pub findings: Vec<Diagnostic>,
}

impl RobFile {
    /// Whether no finding is an error.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|it| it.severity == Severity::Warning)
    }
}

/// What decides which questions a tool asks of one result.
type Asked = (Option<Aim>, BTreeSet<Deviation>);

/// Reads a file of answers and judges them.
///
/// # Errors
/// Everything in it that cannot be read, with its place: nothing is judged then.
pub fn read_rob_file(
    name: &str,
    bytes: &[u8],
    defaults: &RobDefaults,
) -> Result<RobFile, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let records = records::read(name, bytes, &mut problems);
    let (given, weights) = layout::entries(&records, defaults, &mut problems);
    refuse_repeats(&given, &mut problems);
    if problems.is_empty() && given.is_empty() {
        problems.push(
            Diagnostic::error(Place::file(name))
                .found("no answers")
                .expected("signalling questions with their answers, or judgements of domains")
                .help("`consil rob template` makes a table to fill in"),
        );
    }
    if !problems.is_empty() {
        problems.sort_by(|a, b| a.place.cmp(&b.place));
        return Err(problems);
    }
    let mut by_asked: BTreeMap<Asked, Vec<&Attributed<RobEntry>>> = BTreeMap::new();
    for it in &given {
        by_asked.entry(it.asked.clone()).or_default().push(&it.entry);
    }
    let mut assessments: Vec<RobAssessment> = by_asked
        .into_iter()
        .flat_map(|((aim, deviations), entries)| {
            assess_all(&entries, &Tools { aim, deviations, own: defaults.own.clone() })
        })
        .collect();
    let position = |it: &RobAssessment| {
        let is_first = |given: &&Given| {
            given.entry.value.study == it.study && given.entry.value.outcome == it.outcome
        };
        given.iter().position(|it| is_first(&it))
    };
    assessments.sort_by_key(position);
    let findings = findings(&given, &assessments);
    let (aim, deviations) = given.first().map(|it| it.asked.clone()).unwrap_or_default();
    let tools = Tools { aim, deviations, own: defaults.own.clone() };
    let entries = given.into_iter().map(|it| it.entry).collect();
    Ok(RobFile { assessments, entries, weights, tools, findings })
}

/// Study, outcome, question and assessor.
type Said<'a> = (&'a str, Option<&'a str>, String, Option<&'a str>);

/// The same question of the same result by the same assessor stands once.
fn refuse_repeats(given: &[Given], problems: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<Said, &Place> = BTreeMap::new();
    for it in given {
        let entry = &it.entry.value;
        let question = entry.item.question();
        let key =
            (entry.study.as_str(), entry.outcome.as_deref(), question, it.entry.who.0.as_deref());
        if let Some(place) = first.get(&key) {
            problems.push(
                Diagnostic::error(it.question.clone())
                    .found(format!("{} of {} a second time", key.2, entry.study))
                    .expected("each question once for each result and assessor")
                    .help(format!("the first is at {place}; remove one")),
            );
        } else {
            first.insert(key, &it.question);
        }
    }
}

fn findings(given: &[Given], assessments: &[RobAssessment]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for assessment in assessments {
        let place_of = |question: &str| {
            let is_it = |it: &&Given, with_outcome: bool| {
                let entry = &it.entry.value;
                entry.study == assessment.study
                    && entry.item.question() == question
                    && (!with_outcome || entry.outcome == assessment.outcome)
            };
            let of = |with_outcome| given.iter().find(|it| is_it(it, with_outcome));
            of(true).or_else(|| of(false)).map(|it| it.answer.clone())
        };
        let of_study = given.iter().find(|it| it.entry.value.study == assessment.study);
        let place_of_study = of_study.map(|it| it.question.clone()).unwrap_or_default();
        if let Some(reason) = &assessment.refused {
            findings.push(
                Diagnostic::error(place_of_study.clone())
                    .found("the effect of adhering without the deviations it excludes")
                    .expected(reason.clone())
                    .help("add a column `deviations`, or give `--deviations`"),
            );
            continue;
        }
        for domain in &assessment.domains {
            of_domain(assessment, domain, &place_of, &place_of_study, &mut findings);
        }
        let from_domains = assessment.from_domains();
        if let (Some((decided, reason)), Some(worst)) = (&assessment.decided, from_domains)
            && *decided != worst
            && reason.is_empty()
        {
            let place = place_of("overall").unwrap_or_default();
            findings.push(unreasoned(place, &decided.name, &worst.name, "the domains"));
        }
    }
    findings.sort_by(|a, b| a.place.cmp(&b.place));
    findings.dedup();
    findings
}

fn unreasoned(place: Place, decided: &str, proposed: &str, from: &str) -> Diagnostic {
    Diagnostic::error(place)
        .found(format!("`{decided}` where {from} lead to `{proposed}`, and no reason"))
        .expected("the reason for a judgement of one's own")
        .help("give it in `support`")
}

fn of_domain(
    assessment: &RobAssessment,
    domain: &DomainAssessment,
    place_of: &dyn Fn(&str) -> Option<Place>,
    place_of_study: &Place,
    findings: &mut Vec<Diagnostic>,
) {
    let proposal = &domain.proposal;
    let (study, id) = (&assessment.study, &domain.domain.id);
    for question in &proposal.contradicted {
        let offered = assessment.tool.question(question).map_or_else(String::new, |it| {
            let meant: Vec<&str> =
                it.offered.iter().map(String::as_str).filter(|it| *it != "NA").collect();
            meant.join(", ")
        });
        let place = place_of(question).unwrap_or_else(|| place_of_study.clone());
        findings.push(
            Diagnostic::error(place)
                .found(format!("NA for question {question} of {study}"))
                .expected(format!("one of {offered}: after the answers before it, it applies"))
                .help(format!("answer it; domain {id} has no judgement until then")),
        );
    }
    for (question, answer) in &proposal.ignored {
        let place = place_of(question).unwrap_or_else(|| place_of_study.clone());
        findings.push(
            Diagnostic::warning(place)
                .found(format!("{answer} for question {question} of {study}"))
                .expected("NA: after the answers before it, it does not apply")
                .help("it is kept, and counts again when the question applies"),
        );
    }
    let is_begun = assessment.entries.iter().any(|it| {
        matches!(&it.value.item, RobItem::Question(number, _)
            if domain.domain.questions.iter().any(|it| it.number == *number))
    });
    let open: Vec<&str> = proposal
        .missing
        .iter()
        .filter(|it| !proposal.contradicted.contains(it))
        .map(String::as_str)
        .collect();
    if is_begun && !open.is_empty() && domain.judgement().is_none() {
        findings.push(
            Diagnostic::warning(place_of_study.clone())
                .found(format!("domain {id} of {study} without {}", open.join(", ")))
                .expected("an answer to every question that applies")
                .help("the domain has no judgement until then"),
        );
    }
    if let (Some((decided, reason)), Some(proposed)) = (&domain.decided, &domain.proposed)
        && decided != proposed
        && reason.is_empty()
    {
        let place = place_of(&format!("domain {id}")).unwrap_or_else(|| place_of_study.clone());
        findings.push(unreasoned(place, &decided.name, &proposed.name, "the answers"));
    }
}
