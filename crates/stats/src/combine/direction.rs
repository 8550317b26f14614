//! A study's direction of effect when it measured several outcomes of one domain: what an effect-direction plot shows.
//!
//! Thomson & Thomas (2013), doi 10.1002/jrsm.1060, as updated by Boon & Thomson (2021), doi 10.1002/jrsm.1458; Handbook 12.3.

use crate::combine::p_values::Direction;

/// The direction that a study's outcomes share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedDirection {
    /// At least 70% of the outcomes lie in this direction.
    Clear(Direction),
    /// Fewer than 70% agree.
    Conflicting,
}

/// The direction shared by at least 70% of a study's outcomes; `None` without outcomes.
///
/// A study of conflicting directions does not vote in [`vote_count`](crate::vote_count).
pub fn shared_direction(outcomes: &[Direction]) -> Option<SharedDirection> {
    if outcomes.is_empty() {
        return None;
    }
    let positive = outcomes.iter().filter(|it| **it == Direction::Positive).count();
    let negative = outcomes.len() - positive;
    // In whole numbers, so that 7 of 10 are 70%.
    let clear = |votes: usize| 10 * votes >= 7 * outcomes.len();
    Some(if clear(positive) {
        SharedDirection::Clear(Direction::Positive)
    } else if clear(negative) {
        SharedDirection::Clear(Direction::Negative)
    } else {
        SharedDirection::Conflicting
    })
}
