//! Certainty of the evidence: from the ratings of the log to GRADE's level per comparison and outcome.

use consilience_appraisal::grade::{Certainty, certainty};
use indexmap::IndexMap;

use crate::state::State;
use crate::vocabulary::judgement::{CertaintyEntry, CertaintyItem, Start};

/// The certainty of one body of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyOfEvidence {
    /// The comparison.
    pub comparison: String,
    /// The outcome.
    pub outcome: String,
    /// Where it starts; randomised when not said.
    pub start: Start,
    /// The ratings, in the order of the file.
    pub ratings: Vec<CertaintyEntry>,
    /// GRADE's level.
    pub certainty: Certainty,
}

/// The certainty of every comparison and outcome that was rated.
pub fn bodies_of_evidence(state: &State) -> Vec<BodyOfEvidence> {
    let mut bodies: IndexMap<(String, String), Vec<CertaintyEntry>> = IndexMap::new();
    for entry in state.certainty.values() {
        let key = (entry.value.comparison.clone(), entry.value.outcome.clone());
        bodies.entry(key).or_default().push(entry.value.clone());
    }
    bodies
        .into_iter()
        .map(|((comparison, outcome), entries)| {
            let mut start = Start::Randomised;
            let mut ratings = Vec::new();
            let mut steps = Vec::new();
            for entry in entries {
                match &entry.item {
                    CertaintyItem::Start(it) => start = *it,
                    CertaintyItem::Domain(domain, rating) => {
                        steps.push((*domain, *rating));
                        ratings.push(entry);
                    }
                }
            }
            let certainty = certainty(start.point(), &steps);
            BodyOfEvidence { comparison, outcome, start, ratings, certainty }
        })
        .collect()
}
