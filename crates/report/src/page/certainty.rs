//! Section 7: certainty of the evidence: summary of findings, evidence profile, what the program proposes, levels of evidence.

use askama::Template;
use consilience_review::certainty::{BodyOfEvidence, Freshness};
use consilience_review::{Evaluation, Keyword, State};

use super::Material;
use super::text::{listed, quoted};
use crate::number::typeset;
use crate::statement::{capitalised, key_finding};
use crate::summary_of_findings::{FindingRow, LEVELS, SummaryOfFindings, importance_word};

/// The tables of every comparison.
#[derive(Template)]
#[template(path = "certainty.html", whitespace = "minimize")]
pub(super) struct CertaintySection {
    tables: Vec<Table>,
    is_rated: bool,
    /// Texts of levels, each with the outcomes that it holds of.
    levels: Vec<(String, String)>,
}

struct Table {
    anchor: String,
    summary: SummaryOfFindings,
    proposals: Vec<Proposed>,
    /// Outcomes whose certainty was rated on other numbers.
    stale: Vec<String>,
}

/// What the program says of one outcome.
struct Proposed {
    outcome: String,
    finding: String,
    lines: Vec<Line>,
}

/// One domain of it.
struct Line {
    domain: String,
    rated: String,
    proposed: String,
    reasons: Vec<String>,
    rule: &'static str,
}

impl CertaintySection {
    pub(super) fn new(material: Material) -> Self {
        let state = &material.reading.state;
        let evaluation = material.evaluation;
        let tables = material.summaries.iter().enumerate();
        Self {
            tables: tables.map(|(i, it)| Table::new(state, evaluation, it, i)).collect(),
            is_rated: evaluation.certainty.iter().any(|it| it.decision.is_some()),
            levels: levels(state, &evaluation.certainty),
        }
    }

    fn importance_of(row: &FindingRow) -> &'static str {
        importance_word(row.importance)
    }

    fn definitions() -> &'static [(&'static str, &'static str, &'static str)] {
        &LEVELS
    }
}

impl Table {
    fn new(
        state: &State,
        evaluation: &Evaluation,
        summary: &SummaryOfFindings,
        position: usize,
    ) -> Self {
        let of_row = |row: &FindingRow| {
            evaluation
                .certainty
                .iter()
                .find(|it| it.comparison == summary.comparison && it.outcome == row.outcome_id)
        };
        let stale = summary.rows.iter().filter_map(|row| {
            let freshness = of_row(row)?.decision.as_ref()?.freshness();
            matches!(freshness, Freshness::Stale(_)).then(|| row.outcome.clone())
        });
        let bodies = summary.rows.iter().filter_map(of_row);
        Self {
            anchor: format!("findings-{}", position + 1),
            stale: stale.collect(),
            proposals: bodies.map(|it| Proposed::new(state, evaluation, it)).collect(),
            summary: summary.clone(),
        }
    }

    fn stale_names(&self) -> String {
        listed(&self.stale)
    }
}

impl Proposed {
    fn new(state: &State, evaluation: &Evaluation, body: &BodyOfEvidence) -> Self {
        let synthesis = body.main.and_then(|it| evaluation.syntheses.get(it));
        let decision = body.decision.as_ref();
        let start = match &body.proposals.start {
            Ok((start, reason)) => (start.name(), vec![reason.clone()]),
            Err(why) => ("nothing", vec![quoted(why)]),
        };
        let start = Line {
            domain: "Start".to_owned(),
            rated: decision.map_or("not rated", |it| it.start.name()).to_owned(),
            proposed: start.0.to_owned(),
            reasons: start.1,
            rule: "",
        };
        let lines = body.proposals.domains.iter().map(|(domain, answer)| {
            let rated = decision.and_then(|it| it.of(Some(*domain)));
            let (proposed, reasons, rule) = match answer {
                Ok(it) => (it.rating.name(), it.reasons.clone(), it.rule()),
                Err(why) => ("nothing", vec![quoted(why)], ""),
            };
            Line {
                domain: domain.name().to_owned(),
                rated: rated.map_or_else(|| "not rated".to_owned(), |it| it.entry.rating_name()),
                proposed: proposed.to_owned(),
                reasons: reasons.iter().map(|it| typeset(&quoted(it))).collect(),
                rule,
            }
        });
        Self {
            outcome: state.outcomes.get(&body.outcome).map_or("", |it| &it.name).to_owned(),
            finding: synthesis.map_or_else(
                || "No analysis.".to_owned(),
                |it| typeset(&capitalised(&key_finding(it))),
            ),
            lines: std::iter::once(start).chain(lines).collect(),
        }
    }
}

/// The levels of evidence with the outcomes that have them.
fn levels(state: &State, bodies: &[BodyOfEvidence]) -> Vec<(String, String)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for body in bodies {
        let text = match &body.levels {
            Ok(levels) => {
                let level = levels
                    .iter()
                    .map(|it| format!("{} level {} ({})", it.scale, it.level, it.reason));
                level.collect::<Vec<_>>().join("; ")
            }
            Err(why) => format!("none, as {}", quoted(why)),
        };
        let name = state.outcomes.get(&body.outcome).map_or("", |it| &it.name).to_owned();
        match found.iter_mut().find(|it| it.0 == text) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => found.push((text, vec![name])),
        }
    }
    found.into_iter().map(|(text, names)| (listed(&names), text)).collect()
}
