//! What a person said of pairs: it stands above all evidence.

use std::collections::BTreeSet;

/// Pairs, the lower number first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    pub(crate) joined: BTreeSet<(u32, u32)>,
    /// Pairs that an earlier run joined: they stay so, but nobody has looked at them.
    pub(crate) earlier: BTreeSet<(u32, u32)>,
    pub(crate) apart: BTreeSet<(u32, u32)>,
}

impl Said {
    pub(crate) fn is_apart(&self, a: u32, b: u32) -> bool {
        self.apart.contains(&(a.min(b), a.max(b)))
    }

    /// Whether somebody said that some record of one group is another report than some record of the other.
    pub(crate) fn are_apart(&self, first: &[u32], second: &[u32]) -> bool {
        !self.apart.is_empty() && first.iter().any(|a| second.iter().any(|b| self.is_apart(*a, *b)))
    }
}

/// A pair of records by their numbers, the lower first.
pub(crate) fn pair(a: usize, b: usize) -> (u32, u32) {
    let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    (number(a.min(b)), number(a.max(b)))
}
