//! From pairs to groups in which no two records clearly differ.

use crate::decide::{Decision, Outcome, Rules};
use crate::entry::Entry;

/// A pair and what was decided about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) decision: Decision,
}

/// The groups of two records or more, each sorted, by their first record; and the pairs of the same outcome that were
/// not joined because others of their groups clearly differ.
pub(crate) fn groups(
    entries: &[Entry],
    edges: &[Edge],
    rules: &Rules,
) -> (Vec<Vec<u32>>, Vec<Edge>) {
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
    let mut group_of: Vec<u32> = (0..u32::try_from(entries.len()).unwrap_or(u32::MAX)).collect();
    let mut members: std::collections::BTreeMap<u32, Vec<u32>> = std::collections::BTreeMap::new();
    let mut refused = Vec::new();
    for edge in strongest {
        let (g, h) = (group_of[edge.a as usize], group_of[edge.b as usize]);
        if g == h {
            continue;
        }
        let of = |g: u32| members.get(&g).cloned().unwrap_or_else(|| vec![g]);
        let (first, second) = (of(g), of(h));
        if first.iter().any(|a| second.iter().any(|b| differ(entries, *a, *b, rules))) {
            refused.push(*edge);
            continue;
        }
        let (keep, give) = if g < h { (g, h) } else { (h, g) };
        let mut all = [first, second].concat();
        all.sort_unstable();
        for record in &all {
            group_of[*record as usize] = keep;
        }
        members.remove(&give);
        members.insert(keep, all);
    }
    let mut groups: Vec<Vec<u32>> = members.into_values().collect();
    groups.sort_unstable();
    (groups, refused)
}

/// Whether two records of what would be one group clearly differ.
fn differ(entries: &[Entry], a: u32, b: u32, rules: &Rules) -> bool {
    let (a, b) = (&entries[a as usize], &entries[b as usize]);
    a.content != b.content && rules.decide(a, b).conflict.is_some()
}
