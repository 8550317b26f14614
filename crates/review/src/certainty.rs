//! Certainty of the evidence: from the ratings of the log to GRADE's level per comparison and outcome.

use consilience_appraisal::grade::{Certainty, certainty};
use indexmap::IndexMap;

use crate::agreement::{Agreement, agreement};
use crate::event::Attributed;
use crate::state::State;
use crate::vocabulary::certainty::{CertaintyEntry, CertaintyItem, Start};

/// The certainty of one body of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyOfEvidence {
    /// The comparison.
    pub comparison: String,
    /// The outcome.
    pub outcome: String,
    /// Where it starts; randomised when not said.
    pub start: Start,
    /// The ratings that count, one for each domain, in the order of the file.
    pub ratings: Vec<CertaintyEntry>,
    /// GRADE's level.
    pub certainty: Certainty,
    /// Domains on which assessors disagree without a consensus: the last rating counts.
    pub disagreements: Vec<String>,
}

/// The certainty of every comparison and outcome that was rated.
pub fn bodies_of_evidence(state: &State) -> Vec<BodyOfEvidence> {
    let mut bodies: IndexMap<(&str, &str), ByDomain> = IndexMap::new();
    for entry in state.certainty.values() {
        let body = bodies.entry((&entry.value.comparison, &entry.value.outcome)).or_default();
        body.entry(entry.value.domain_name()).or_default().push(entry);
    }
    bodies.into_iter().map(|((comparison, outcome), it)| body(comparison, outcome, it)).collect()
}

type ByDomain<'a> = IndexMap<String, Vec<&'a Attributed<CertaintyEntry>>>;

/// One rating counts for each domain: the one that assessors agree on or found in consensus, else the last.
fn body(comparison: &str, outcome: &str, entries: ByDomain) -> BodyOfEvidence {
    let mut start = Start::Randomised;
    let mut ratings = Vec::new();
    let mut steps = Vec::new();
    let mut disagreements = Vec::new();
    for (name, said) in entries {
        let entry = match agreement(&said, |a, b| a.item == b.item) {
            Agreement::On(entry) => entry,
            Agreement::Nobody | Agreement::None => {
                disagreements.push(name);
                let Some(last) = said.last() else { continue };
                *last
            }
        };
        match &entry.value.item {
            CertaintyItem::Start(it) => start = *it,
            CertaintyItem::Domain(domain, rating) => {
                steps.push((*domain, *rating));
                ratings.push(entry.value.clone());
            }
        }
    }
    BodyOfEvidence {
        comparison: comparison.to_owned(),
        outcome: outcome.to_owned(),
        start,
        ratings,
        certainty: certainty(start.point(), &steps),
        disagreements,
    }
}
