//! Section 2: the methods, written from what was in fact done. What is not recorded is said to be so.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use consilience_review::Keyword;
use consilience_review::State;
use consilience_review::analysis::{MIN_STUDIES_FOR_FUNNEL, Pairing, Synthesis};
use consilience_review::extraction::{Extracted, Extraction, Reason, Settled};
use consilience_review::vocabulary::choice::Tau2Choice;
use consilience_review::vocabulary::protocol::{Database, EffectOfInterest};
use consilience_review::vocabulary::records::{CONSENSUS, Stage};
use consilience_review::vocabulary::study::Design;

use consilience_stats::Measure;

use super::Material;
use super::text::{Named, listed, paragraphs};
use crate::json::correlation_source;
use crate::number::{counted, fixed, len, typeset};
use crate::settings::Settings;

/// Methods under PRISMA 2020's headings.
#[derive(Template)]
#[template(path = "methods.html", whitespace = "minimize")]
pub(super) struct MethodsSection {
    parts: Vec<Part>,
}

/// One heading: what the authors say, and what the review's own data say.
struct Part {
    heading: &'static str,
    in_their_words: Vec<String>,
    recorded: Vec<String>,
    items: Vec<Named>,
}

impl Part {
    fn new(
        heading: &'static str,
        words: Option<&str>,
        recorded: impl IntoIterator<Item = String>,
    ) -> Self {
        let recorded = recorded.into_iter().map(|it| typeset(&it)).collect();
        Self { heading, in_their_words: paragraphs(words), recorded, items: Vec::new() }
    }

    fn with_items(self, items: impl IntoIterator<Item = Named>) -> Self {
        let typeset = |it: Named| Named::new(it.name, typeset(&it.text));
        Self { items: items.into_iter().map(typeset).collect(), ..self }
    }
}

impl MethodsSection {
    pub(super) fn new(material: Material) -> Self {
        let state = &material.reading.state;
        let syntheses = &material.evaluation.syntheses;
        let methods = &state.methods;
        let software = format!(
            "Consilience {} kept the review's data, worked out its analyses and wrote this report.",
            env!("CARGO_PKG_VERSION")
        );
        Self {
            parts: vec![
                sources(state),
                Part::new(
                    "Selection of studies",
                    methods.selection.as_deref(),
                    selection(material),
                ),
                Part::new("Data collection", methods.extraction.as_deref(), extraction(state)),
                Part::new(
                    "Risk of bias assessment",
                    methods.risk_of_bias.as_deref(),
                    risk_of_bias(material),
                ),
                Part::new("Effect measures and synthesis", None, synthesis_introduction(syntheses))
                    .with_items(syntheses.iter().map(synthesis_item)),
                Part::new("Preparation of the data", None, preparation(syntheses))
                    .with_items(pairings(state, syntheses)),
                Part::new("Reporting bias", None, [reporting_bias(syntheses)]),
                Part::new("Certainty", None, [certainty(material)]),
                Part::new("Software", None, [software]),
            ],
        }
    }
}

fn sources(state: &State) -> Part {
    let heading = "Information sources and searches";
    if state.databases.is_empty() {
        return Part::new(
            heading,
            None,
            ["No source is named and no search is recorded.".to_owned()],
        );
    }
    let introduction = format!(
        "{} named. The strategies that are recorded stand in full under “Searches in full”.",
        if state.databases.len() == 1 {
            "One source is".to_owned()
        } else {
            format!("{} sources are", len(state.databases.len()))
        }
    );
    let items = state.databases.values().map(|it| source_item(state, it));
    Part::new(heading, None, [introduction]).with_items(items)
}

fn source_item(state: &State, database: &Database) -> Named {
    let platform = database.platform.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    let search = state.searches.get(&database.id);
    let date = match search.and_then(|it| it.date.as_ref()) {
        Some(date) => format!("searched on {date}"),
        None => "no search date is recorded".to_owned(),
    };
    let strategy = match search {
        Some(it) if !it.strategy.trim().is_empty() => "strategy recorded",
        _ => "no strategy is recorded",
    };
    let hits = match search.and_then(|it| it.hits.as_ref()) {
        Some(hits) => format!("; {} hits reported", crate::number::count(hits.value())),
        None => String::new(),
    };
    Named::new(format!("{}{platform}", database.name), format!("{date}; {strategy}{hits}."))
}

fn selection(material: Material) -> Vec<String> {
    let (state, flow) = (&material.reading.state, &material.evaluation.flow);
    if !flow.has_records() {
        return vec![
            "No records are kept with this review, so no decision on any record is documented."
                .to_owned(),
        ];
    }
    let duplicates = match flow.duplicates.len() {
        0 => "No record was set aside as a duplicate.".to_owned(),
        1 => "1 record was set aside as a duplicate.".to_owned(),
        n => format!("{} records were set aside as duplicates.", len(n)),
    };
    vec![
        duplicates,
        screening(state, Stage::TitleAndAbstract, flow.screeners.0),
        screening(state, Stage::FullText, flow.screeners.1),
    ]
}

/// Who decided at a stage, and how many reports two people looked at.
fn screening(state: &State, stage: Stage, n_people: usize) -> String {
    let what = match stage {
        Stage::TitleAndAbstract => "titles and abstracts",
        Stage::FullText => "full texts",
    };
    match n_people {
        0 => return format!("No decision on {what} is recorded."),
        1 => {
            return format!(
                "Decisions on {what} are recorded of one person; no second reviewer is recorded."
            );
        }
        _ => {}
    }
    let mut reports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut n_consensus = 0;
    for it in state.screenings.values().filter(|it| it.value.stage == stage) {
        let who = it.who.0.as_deref().unwrap_or_default();
        if who == CONSENSUS {
            n_consensus += 1;
        } else {
            reports.entry(&it.value.report).or_default().insert(who);
        }
    }
    let n_double = reports.values().filter(|it| it.len() > 1).count();
    format!(
        "Decisions on {what} are recorded of {n_people} people; {} of {} were decided on by two or more of \
         them, and {} by consensus. Whether they knew of each other's decisions is not recorded.",
        len(n_double),
        len(reports.len()),
        counted(n_consensus, "was settled", "were settled")
    )
}

fn extraction(state: &State) -> Vec<String> {
    let extraction = Extraction::of(state);
    let n = extraction.results().count();
    if n == 0 {
        return vec!["No result has been extracted.".to_owned()];
    }
    let people: BTreeSet<&str> = state
        .results
        .values()
        .filter_map(|it| it.who.0.as_deref())
        .filter(|it| *it != CONSENSUS)
        .collect();
    let who = match people.len() {
        0 => "Who entered them is not recorded.".to_owned(),
        1 => "They were entered by one person; no second extraction is recorded.".to_owned(),
        n_people => format!("They were entered by {n_people} people. {}", twice(&extraction, n)),
    };
    let has_source = |it: &&Extracted| it.rows.iter().any(|it| it.value.source.source.is_some());
    let n_sourced = extraction.results().filter(has_source).count();
    vec![format!(
        "{} recorded, {} of them with the publication that they were taken from. {who}",
        counted(n, "result is", "results are"),
        if n_sourced == n { "all".to_owned() } else { len(n_sourced) }
    )]
}

/// How many results were extracted twice, and what became of differences.
fn twice(extraction: &Extraction, n: usize) -> String {
    let people_of = |it: &Extracted| -> usize {
        let people = it.rows.iter().filter_map(|it| it.who.0.as_deref());
        people.filter(|it| *it != CONSENSUS).collect::<BTreeSet<_>>().len()
    };
    let n_twice = extraction.results().filter(|it| people_of(it) > 1).count();
    if n_twice == 0 {
        return "No second extraction of the same result is recorded.".to_owned();
    }
    let n_decided = extraction
        .results()
        .filter(|it| matches!(it.settled, Settled::On(_, Reason::Consensus)))
        .count();
    let n_open = extraction.open().count();
    let open = if n_open == 0 {
        String::new()
    } else {
        format!("; {} still open", counted(n_open, "is", "are"))
    };
    format!(
        "{} of {n} were extracted by two or more of them, and {} by consensus{open}.",
        len(n_twice),
        counted(n_decided, "was settled", "were settled")
    )
}

fn risk_of_bias(material: Material) -> Vec<String> {
    let state = &material.reading.state;
    let assessments = &material.evaluation.risk_of_bias;
    if assessments.is_empty() {
        return vec!["No assessment of risk of bias is recorded.".to_owned()];
    }
    let tools: BTreeSet<&str> = assessments.iter().map(|it| it.tool.name.as_str()).collect();
    let tools: Vec<String> = tools.into_iter().map(str::to_owned).collect();
    let studies: BTreeSet<&str> = assessments.iter().map(|it| it.study.as_str()).collect();
    let people: BTreeSet<&str> =
        state.risk_of_bias.values().filter_map(|it| it.who.0.as_deref()).collect();
    let effect = match state.methods.effect_of_interest {
        Some(EffectOfInterest::Adhering) => "adhering to the intervention (per protocol)",
        Some(EffectOfInterest::Assignment) => "assignment to the intervention (intention to treat)",
        None => "assignment to the intervention (not stated, so taken as the tool's usual choice)",
    };
    let who = match people.len() {
        0 => "Who answered is not recorded.".to_owned(),
        1 => "One person answered the questions; no second assessor is recorded.".to_owned(),
        n => format!("{n} people answered the questions."),
    };
    vec![
        format!(
            "{} of {} assessed with {}, for the effect of {effect}. Judgements were proposed by the tool's \
             algorithm from the answers to its signalling questions; where a person decided otherwise, the \
             reason is given.",
            len(studies.len()),
            if state.studies.len() == 1 {
                "1 study was".to_owned()
            } else {
                format!("{} studies were", len(state.studies.len()))
            },
            listed(&tools)
        ),
        who,
    ]
}

fn synthesis_introduction(syntheses: &[Synthesis]) -> Vec<String> {
    match syntheses.len() {
        0 => vec!["No analysis is planned.".to_owned()],
        _ => vec![
            "Ratios were analysed as logarithms and are shown as ratios. The analyses, as they were carried \
             out:"
                .to_owned(),
        ],
    }
}

const REPEATED: &str = "; repeated over a range of correlations between paired sides or periods";

/// One analysis as it was carried out.
fn synthesis_item(synthesis: &Synthesis) -> Named {
    Named::new(&synthesis.title, synthesis_words(synthesis))
}

fn synthesis_words(synthesis: &Synthesis) -> String {
    let plan = &synthesis.plan;
    let effect = plan.effect_words();
    let Some(pooled) = &synthesis.pooled else {
        let instead = if synthesis.narrative.is_some() {
            "; directions of effect and P values are set out instead, after chapter 12 of the Cochrane Handbook"
        } else {
            ""
        };
        return format!("planned as {effect}; nothing was pooled{instead}.");
    };
    if pooled.k < 2 {
        let repeated = if synthesis.correlations.is_empty() { "" } else { REPEATED };
        return format!("{effect} of the one study that has it; nothing was pooled{repeated}.");
    }
    let settings = Settings::of(synthesis);
    let method = match plan.measure {
        Measure::PetoOddsRatio => "Peto's",
        _ => settings.method.name(),
    };
    let mut parts = vec![format!(
        "{effect}, {method} method, {}{}",
        settings.model_words(),
        match &settings.tau2 {
            Some(Tau2Choice::Estimated(it)) => {
                format!(" with τ² by {} ({})", it.long_name(), it.name())
            }
            Some(Tau2Choice::Given(it)) => format!(" with τ² given as {it}"),
            None => String::new(),
        }
    )];
    parts.extend(settings.profile_words().map(str::to_owned));
    parts.extend(settings.weights_words());
    parts.push(format!("{}% interval: {}", plan.level, settings.ci.long_name()));
    if let Some(method) = plan.prediction_interval.filter(|_| pooled.prediction.is_some()) {
        let words = method.long_name().replace(" - ", " − ");
        parts.push(format!("prediction interval from a {words}"));
    }
    if let Some(column) = plan.subgroup.as_ref().filter(|_| !synthesis.subgroups.is_empty()) {
        let own = match settings.tau2 {
            Some(Tau2Choice::Estimated(_)) if plan.common_tau2 => ", with one τ² in common",
            Some(Tau2Choice::Estimated(_)) => ", each with its own τ²",
            Some(Tau2Choice::Given(_)) | None => "",
        };
        parts.push(format!("subgroups by {}{own}", column.replace('_', " ")));
    }
    if synthesis.regression.is_some() {
        let terms: Vec<String> = plan.moderators.iter().map(ToString::to_string).collect();
        parts.push(format!("meta-regression on {}", terms.join(", ").replace('_', " ")));
    }
    if !synthesis.leave_one_out.is_empty() {
        parts.push("each study left out in turn".to_owned());
    }
    let repeated = if synthesis.correlations.is_empty() { "" } else { REPEATED };
    format!("{}{repeated}.", parts.join("; "))
}

fn preparation(syntheses: &[Synthesis]) -> Vec<String> {
    let converted: BTreeSet<&str> = syntheses
        .iter()
        .flat_map(|it| &it.studies)
        .filter(|it| !it.steps.is_empty())
        .map(|it| it.study.as_str())
        .collect();
    let text = match converted.len() {
        _ if syntheses.iter().all(|it| it.studies.is_empty()) => {
            "No effect was computed.".to_owned()
        }
        0 => "Effects were computed from the printed numbers as they stand; nothing was converted or imputed."
            .to_owned(),
        n => format!(
            "For {} something had to be chosen, converted or assumed before an effect could be computed; each \
             step is given with the study's numbers.",
            counted(n, "study", "studies")
        ),
    };
    vec![text]
}

/// How each paired design was allowed for.
fn pairings(state: &State, syntheses: &[Synthesis]) -> Vec<Named> {
    let mut lines: BTreeSet<(String, String)> = BTreeSet::new();
    for study in syntheses.iter().flat_map(|it| &it.studies) {
        let Some(pairing) = &study.pairing else { continue };
        let design = state.studies.get(&study.study).map_or("paired", |it| match it.design {
            Design::WithinPerson => it.pairing.as_deref().unwrap_or("within-person"),
            other => other.name(),
        });
        let how = match pairing {
            Pairing::AsReported => "the trial's own paired result was used".to_owned(),
            Pairing::Correlation(r, source) => {
                format!("correlation {}, {}", fixed(*r, 2), correlation_source(*source))
            }
        };
        lines.insert((format!("{} ({design})", study.study), format!("{how}.")));
    }
    lines.into_iter().map(|(name, text)| Named::new(name, text)).collect()
}

fn reporting_bias(syntheses: &[Synthesis]) -> String {
    let titles: Vec<String> = syntheses
        .iter()
        .filter(|it| it.studies.len() >= MIN_STUDIES_FOR_FUNNEL && it.pooled.is_some())
        .map(|it| it.title.clone())
        .collect();
    if titles.is_empty() {
        return "No analysis has ten studies, so no funnel plot was drawn and no test for small-study effects \
                was made."
            .to_owned();
    }
    format!(
        "A funnel plot and Egger's regression test were made for the {}.",
        if titles.len() == 1 {
            "one analysis with ten or more studies"
        } else {
            "analyses with ten or more studies"
        }
    )
}

fn certainty(material: Material) -> String {
    let rated = material.evaluation.certainty.iter().filter(|it| it.decision.is_some());
    match rated.count() {
        0 => "Certainty of the evidence was not rated.".to_owned(),
        n => format!(
            "Certainty was rated with GRADE for {}: from where the design starts, down for concerns and up for \
             strengths, as the reasons say.",
            counted(n, "outcome", "outcomes")
        ),
    }
}
