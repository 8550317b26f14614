//! The records of a review, to which exports are added batch by batch.

use consilience_bib::Record;

use crate::candidates::{self, Keyed};
use crate::compare::is_hopeless;
use crate::decide::{Outcome, Rules, Thresholds, probability};
use crate::entry::Entry;
use crate::explain::Explanation;
use crate::groups::{Edge, groups};
use crate::weigh::Weights;

/// Records and what was decided about their pairs.
#[derive(Debug, Clone, Default)]
pub struct Index {
    rules: Rules,
    entries: Vec<Entry>,
    keyed: Vec<Keyed>,
    edges: Vec<Edge>,
}

/// A pair that a person should look at. Records are numbered from 0 in the order in which they were added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question {
    /// The first record.
    pub a: usize,
    /// The second record.
    pub b: usize,
    /// The probability that they are one report.
    pub probability: f64,
}

/// What follows from all decisions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// The records of each report that has more than one, in order.
    pub groups: Vec<Vec<usize>>,
    /// The pairs that a person should look at.
    pub ask: Vec<Question>,
}

impl Index {
    /// An empty index that decides by these thresholds.
    pub fn new(thresholds: Thresholds) -> Self {
        Self::weighing(Weights::default(), thresholds)
    }

    /// An empty index that weighs in another way.
    pub fn weighing(weights: Weights, thresholds: Thresholds) -> Self {
        Self { rules: Rules { weights, thresholds }, ..Self::default() }
    }

    /// Adds records, and compares them with one another and with those that are there.
    pub fn add<'a>(&mut self, records: impl IntoIterator<Item = &'a Record>) {
        let first_new = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let mut keys = Vec::new();
        for record in records {
            let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            let entry = Entry::of(record);
            candidates::keys(&entry, &mut keys);
            self.keyed.extend(keys.iter().map(|key| (*key, number)));
            self.entries.push(entry);
        }
        self.keyed.sort_unstable();
        for (a, b) in candidates::pairs(&self.keyed, &self.entries, |record| record >= first_new) {
            let (first, second) = (&self.entries[a as usize], &self.entries[b as usize]);
            if is_hopeless(first, second) {
                continue;
            }
            let decision = self.rules.decide(first, second);
            if decision.outcome != Outcome::Different {
                self.edges.push(Edge { a, b, decision });
            }
        }
    }

    /// The groups and questions that follow from all records.
    pub fn answer(&self) -> Answer {
        let (groups, refused) = groups(&self.entries, &self.edges, &self.rules);
        let groups: Vec<Vec<usize>> = groups
            .into_iter()
            .map(|group| group.into_iter().map(|it| it as usize).collect())
            .collect();
        let mut group_of = vec![usize::MAX; self.entries.len()];
        for (i, group) in groups.iter().enumerate() {
            for record in group {
                group_of[*record] = i;
            }
        }
        let asked = self.edges.iter().filter(|edge| edge.decision.outcome == Outcome::Ask);
        let mut ask: Vec<Question> = asked
            .chain(&refused)
            .map(|edge| Question {
                a: edge.a as usize,
                b: edge.b as usize,
                probability: probability(edge.decision.log_odds),
            })
            .filter(|it| group_of[it.a] == usize::MAX || group_of[it.a] != group_of[it.b])
            .collect();
        ask.sort_unstable_by_key(|it| (it.a, it.b));
        Answer { groups, ask }
    }
}

impl Index {
    /// Why two records were joined or not.
    ///
    /// # Panics
    /// If there are no such records.
    pub fn explain(&self, a: usize, b: usize) -> Explanation {
        Explanation::of(&self.entries[a], &self.entries[b], &self.rules)
    }
}
