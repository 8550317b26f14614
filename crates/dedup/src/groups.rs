//! From pairs to groups in which no two records clearly differ.

use std::collections::BTreeMap;

use crate::compare::Comparison;
use crate::conflict;
use crate::decide::{Decision, Outcome};
use crate::entry::Entry;
use crate::said::Said;

/// A pair and what was decided about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) decision: Decision,
}

/// What the pairs come to.
pub(crate) struct Joined {
    /// The groups of two records or more, each sorted, by their first record.
    pub(crate) groups: Vec<Vec<u32>>,
    /// The pairs of the same outcome that were not joined because others of their groups clearly differ.
    pub(crate) refused: Vec<Edge>,
}

/// Joins what a person said is one, then pairs from the strongest on, unless some record of one group clearly differs from
/// some of the other.
pub(crate) fn groups(entries: &[Entry], edges: &[Edge], said: &Said) -> Joined {
    let mut partition = Partition::of(entries.len());
    for (a, b) in &said.joined {
        partition.join(*a, *b);
    }
    let said_one = partition.group_of.clone();
    for (a, b) in &said.earlier {
        partition.join(*a, *b);
    }
    // What is no clear difference among the pairs that were compared is none here.
    let mut open: Vec<(u32, u32)> = edges.iter().map(|edge| (edge.a, edge.b)).collect();
    open.sort_unstable();
    let differ = |a: u32, b: u32| {
        open.binary_search(&(a.min(b), a.max(b))).is_err() && differ(entries, a, b)
    };
    let are_apart = |first: &[u32], second: &[u32]| {
        let is_one = |x: u32, y: u32| said_one[x as usize] == said_one[y as usize];
        let are_open = |a: u32, b: u32| {
            // Who joined two that clearly differ has looked at both: what agrees with one of them agrees with both.
            let with = |group: &'_ [u32], it: u32| -> Vec<u32> {
                group.iter().copied().filter(|other| is_one(*other, it)).collect()
            };
            let (all_a, all_b) = (with(first, a), with(second, b));
            all_a.iter().any(|a| all_b.iter().any(|b| !differ(*a, *b)))
        };
        first.iter().any(|a| second.iter().any(|b| differ(*a, *b) && !are_open(*a, *b)))
    };
    let mut refused = Vec::new();
    for edge in strongest_first(entries, edges) {
        if partition.are_one(edge.a, edge.b) {
            continue;
        }
        let (first, second) = (partition.group(edge.a), partition.group(edge.b));
        if said.are_apart(&first, &second) {
            continue;
        }
        if are_apart(&first, &second) {
            refused.push(*edge);
            continue;
        }
        partition.join(edge.a, edge.b);
    }
    let mut groups: Vec<Vec<u32>> = partition.members.into_values().collect();
    groups.sort_unstable();
    Joined { groups, refused }
}

/// Records in groups.
struct Partition {
    group_of: Vec<u32>,
    /// The records of each group of two or more.
    members: BTreeMap<u32, Vec<u32>>,
}

impl Partition {
    fn of(n: usize) -> Self {
        let group_of = (0..u32::try_from(n).unwrap_or(u32::MAX)).collect();
        Self { group_of, members: BTreeMap::new() }
    }

    fn are_one(&self, a: u32, b: u32) -> bool {
        self.group_of[a as usize] == self.group_of[b as usize]
    }

    fn group(&self, record: u32) -> Vec<u32> {
        let group = self.group_of[record as usize];
        self.members.get(&group).cloned().unwrap_or_else(|| vec![group])
    }

    fn join(&mut self, a: u32, b: u32) {
        let (g, h) = (self.group_of[a as usize], self.group_of[b as usize]);
        if g == h {
            return;
        }
        let mut all = [self.group(a), self.group(b)].concat();
        all.sort_unstable();
        let (keep, give) = (g.min(h), g.max(h));
        for record in &all {
            self.group_of[*record as usize] = keep;
        }
        self.members.remove(&give);
        self.members.insert(keep, all);
    }
}

/// The pairs of the same outcome, the surest first.
fn strongest_first<'a>(entries: &[Entry], edges: &'a [Edge]) -> Vec<&'a Edge> {
    let mut strongest: Vec<&Edge> =
        edges.iter().filter(|edge| edge.decision.outcome == Outcome::Same).collect();
    let content = |record: u32| entries[record as usize].content;
    // By content, not by place: the order of the input decides nothing.
    strongest.sort_by(|x, y| {
        let key = |edge: &Edge| {
            let (p, q) = (content(edge.a), content(edge.b));
            (p.min(q), p.max(q))
        };
        // Records that are equal in every field are one before anything else is decided.
        let is_twin = |edge: &Edge| content(edge.a) == content(edge.b);
        let odds = |edge: &Edge| edge.decision.log_odds;
        is_twin(y)
            .cmp(&is_twin(x))
            .then_with(|| odds(y).total_cmp(&odds(x)))
            .then_with(|| key(x).cmp(&key(y)))
            .then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    strongest
}

/// Whether two records of what would be one group clearly differ.
fn differ(entries: &[Entry], a: u32, b: u32) -> bool {
    let (a, b) = (&entries[a as usize], &entries[b as usize]);
    a.content != b.content && conflict::find(a, b, &Comparison::of(a, b)).is_some()
}
