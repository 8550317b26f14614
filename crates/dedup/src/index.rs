//! The records of a review, to which exports are added batch by batch.

use std::ops::Range;

use consilience_bib::Record;

use crate::candidates::Keyed;
use crate::decide::{Outcome, Rules, Thresholds, probability};
use crate::entry::Entry;
use crate::explain::Explanation;
use crate::groups::{Edge, groups};
use crate::said::{Said, pair};
use crate::weigh::Weights;

/// Records and what was decided about their pairs.
#[derive(Debug, Clone, Default)]
pub struct Index {
    pub(crate) rules: Rules,
    pub(crate) entries: Vec<Entry>,
    pub(crate) keyed: Vec<Keyed>,
    pub(crate) edges: Vec<Edge>,
    said: Said,
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
    /// Pairs that a person said are different, and that are in one group by what was said of other pairs.
    pub contradictions: Vec<(usize, usize)>,
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

    /// Adds records, and compares them with one another and with those that are there. Returns their numbers.
    pub fn add<'a>(&mut self, records: impl IntoIterator<Item = &'a Record>) -> Range<usize> {
        let first_new = self.entries.len();
        let mut comparing = self.enter(records);
        self.compare(&mut comparing, usize::MAX);
        first_new..self.entries.len()
    }

    /// A person said that two records are one report, whatever the evidence.
    pub fn must_join(&mut self, a: usize, b: usize) {
        if a != b {
            self.said.joined.insert(pair(a, b));
        }
    }

    /// An earlier run joined two records: they stay joined, but what clearly differs from one of them joins neither.
    pub fn was_joined(&mut self, a: usize, b: usize) {
        if a != b {
            self.said.earlier.insert(pair(a, b));
        }
    }

    /// A person said that two records are different reports, whatever the evidence: no group has both, unless what was said
    /// of other pairs puts them into one ([`Answer::contradictions`]).
    pub fn must_not_join(&mut self, a: usize, b: usize) {
        if a != b {
            self.said.apart.insert(pair(a, b));
        }
    }

    /// The groups and questions that follow from all records, and from what was said of them.
    pub fn answer(&self) -> Answer {
        let joined = groups(&self.entries, &self.edges, &self.said);
        let group = |group: Vec<u32>| group.into_iter().map(|it| it as usize).collect();
        let groups: Vec<Vec<usize>> = joined.groups.into_iter().map(group).collect();
        let mut group_of = vec![usize::MAX; self.entries.len()];
        for (i, group) in groups.iter().enumerate() {
            for record in group {
                group_of[*record] = i;
            }
        }
        let are_one = |a: usize, b: usize| group_of[a] != usize::MAX && group_of[a] == group_of[b];
        let asked = self.edges.iter().filter(|edge| edge.decision.outcome == Outcome::Ask);
        let mut ask: Vec<Question> = asked
            .chain(&joined.refused)
            .filter(|edge| !self.said.is_apart(edge.a, edge.b))
            .map(|edge| Question {
                a: edge.a as usize,
                b: edge.b as usize,
                probability: probability(edge.decision.log_odds),
            })
            .filter(|it| !are_one(it.a, it.b))
            .collect();
        ask.sort_unstable_by_key(|it| (it.a, it.b));
        let apart = self.said.apart.iter().map(|(a, b)| (*a as usize, *b as usize));
        Answer { groups, ask, contradictions: apart.filter(|(a, b)| are_one(*a, *b)).collect() }
    }

    /// Why two records were joined or not.
    ///
    /// # Panics
    /// If there are no such records.
    pub fn explain(&self, a: usize, b: usize) -> Explanation {
        Explanation::of(&self.entries[a], &self.entries[b], &self.rules)
    }
}

impl Answer {
    /// What of it concerns these records: what an export that was added brought.
    #[must_use]
    pub fn of(&self, records: &Range<usize>) -> Self {
        let mut it = self.clone();
        it.groups.retain(|group| group.iter().any(|record| records.contains(record)));
        it.ask.retain(|question| records.contains(&question.a) || records.contains(&question.b));
        it.contradictions.retain(|(a, b)| records.contains(a) || records.contains(b));
        it
    }
}
