//! Certainty of the evidence: what the analyses tell of each body of evidence, what the program proposes, what the panel
//! decided, and whether it decided on these numbers.
//!
//! A body of evidence is a comparison and an outcome; its numbers are those of one main analysis. Nothing is decided here: the
//! proposals are the program's, the ratings are the panel's, and the certainty follows from the ratings alone.

mod absolute;
mod decision;
mod designs;
mod evidence;
mod proposals;

pub use absolute::{Absolute, AbsoluteRow, AbsoluteScale};
pub use decision::{Decision, Freshness, Rated};
pub use designs::Levels;
pub use evidence::{ArmTotal, Evidence, Funnel, Information};
pub use proposals::Proposals;

use indexmap::IndexSet;

use crate::analysis::Synthesis;
use crate::cells::{Cell, Out, Tabular};
use crate::flow::Flow;
use crate::package::print::table_text;
use crate::risk_of_bias::RobAssessment;
use crate::state::State;
use crate::vocabulary::certainty::{CertaintyEntry, RatedOn, domain_words};
use crate::vocabulary::grading::Importance;
use crate::vocabulary::protocol::Outcome;

/// One comparison and one outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyOfEvidence {
    /// The comparison.
    pub comparison: String,
    /// The outcome.
    pub outcome: String,
    /// The position of its main analysis among the syntheses; `None` where none is planned.
    pub main: Option<usize>,
    /// What the main analysis tells; `None` without one.
    pub evidence: Option<Evidence>,
    /// What the program proposes.
    pub proposals: Proposals,
    /// Levels of evidence by the designs included.
    pub levels: Levels,
    /// What the panel decided; `None` before it rated anything.
    pub decision: Option<Decision>,
}

/// The bodies of evidence of a review: those that are analysed, rated or given a baseline risk, and those of outcomes that were
/// said to be critical or important; by comparison, then by outcome, in the order of `review.toml`.
pub fn bodies_of_evidence(
    state: &State,
    syntheses: &[Synthesis],
    judged: &[RobAssessment],
    flow: &Flow,
) -> Vec<BodyOfEvidence> {
    let keys: IndexSet<(&str, &str)> = {
        let planned = state.analyses.values().map(|it| (&*it.comparison, &*it.outcome));
        let rated = state.certainty.keys().map(|it| (&*it.0, &*it.1));
        planned.chain(rated).chain(state.baselines.keys().map(|it| (&*it.0, &*it.1))).collect()
    };
    let mut bodies = Vec::new();
    for comparison in state.comparisons.keys() {
        for outcome in state.outcomes.values() {
            if keys.contains(&(comparison.as_str(), outcome.id.as_str())) || matters(outcome) {
                bodies.push(body(state, syntheses, judged, flow, (comparison, outcome)));
            }
        }
    }
    bodies
}

/// `certainty.csv` to fill in: what was rated as it stands, the rest open, each row with the numbers of today.
pub fn template(bodies: &[BodyOfEvidence]) -> String {
    let rows: Vec<_> = bodies.iter().flat_map(BodyOfEvidence::template).collect();
    let columns: Vec<&str> =
        CertaintyEntry::FIELDS.iter().copied().chain(["assessor", "time"]).collect();
    table_text(&columns, &rows)
}

/// Whether readers must be told of the outcome even if nobody measured it.
fn matters(outcome: &Outcome) -> bool {
    matches!(outcome.grading.importance, Some(Importance::Critical | Importance::Important))
}

fn body(
    state: &State,
    syntheses: &[Synthesis],
    judged: &[RobAssessment],
    flow: &Flow,
    (comparison, outcome): (&str, &Outcome),
) -> BodyOfEvidence {
    let main = main_analysis(syntheses, comparison, &outcome.id);
    let synthesis = main.and_then(|it| syntheses.get(it));
    let evidence = synthesis.map(|it| Evidence::of(state, it, judged));
    let said = decision::entries(state, comparison, &outcome.id);
    let start = designs::start(state, synthesis, judged);
    let proposals =
        proposals::proposals(start, synthesis, evidence.as_ref(), &said, (outcome, flow));
    let levels = designs::levels(state, synthesis, judged, evidence.as_ref(), &proposals);
    let now = evidence.as_ref().map(Evidence::numbers).unwrap_or_default();
    let decision = decision::decision(said, &now, &proposals);
    BodyOfEvidence {
        comparison: comparison.to_owned(),
        outcome: outcome.id.clone(),
        main,
        evidence,
        proposals,
        levels,
        decision,
    }
}

/// The analysis that says it is the main one, or else the first that is planned.
fn main_analysis(syntheses: &[Synthesis], comparison: &str, outcome: &str) -> Option<usize> {
    let is_of = |it: &Synthesis| (&*it.plan.comparison, &*it.plan.outcome) == (comparison, outcome);
    let main = syntheses.iter().position(|it| is_of(it) && it.plan.main);
    main.or_else(|| syntheses.iter().position(is_of))
}

impl BodyOfEvidence {
    /// The outcome's importance, and where it stands in a table: critical before important before those of limited importance,
    /// and last those of which nobody said it.
    pub fn rank(&self, state: &State) -> (Option<Importance>, usize) {
        let importance = state.outcomes.get(&self.outcome).and_then(|it| it.grading.importance);
        (importance, importance.map_or(Importance::Limited as usize + 1, |it| it as usize))
    }

    /// Rows of `certainty.csv` to fill in: what was rated as it stands, the rest open, each with the numbers of today.
    pub fn template(&self) -> Vec<indexmap::IndexMap<String, Cell>> {
        let numbers = self.evidence.as_ref().map(Evidence::numbers).unwrap_or_default();
        let rated = self.decision.as_ref();
        self.proposals
            .items()
            .map(|(domain, proposed)| {
                let rated = rated.and_then(|it| it.of(domain));
                let mut out = Out::default();
                out.text("comparison", &self.comparison);
                out.text("outcome", &self.outcome);
                out.text("domain", &domain.map_or_else(|| "start".to_owned(), domain_words));
                if let Some(rated) = rated {
                    out.text("rating", &rated.entry.rating_name());
                    out.optional("reason", rated.entry.reason.as_deref());
                }
                let proposed = proposed.map(str::to_owned);
                RatedOn { proposed, ..numbers.clone() }.write(&mut out);
                out.optional("assessor", rated.and_then(|it| it.who.0.as_deref()));
                out.into_cells()
            })
            .collect()
    }
}
