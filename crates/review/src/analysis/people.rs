//! How many people an analysis rests on.

use super::StudyEffect;

/// How many people the effects rest on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum People {
    /// Of all studies.
    All(f64),
    /// Of the studies that say so.
    AtLeast(f64),
    /// No study says so.
    Unknown,
}

impl People {
    /// The people counted, those of studies that do not say so left out; `None` if no study does.
    pub fn known(self) -> Option<f64> {
        match self {
            Self::All(n) | Self::AtLeast(n) => Some(n),
            Self::Unknown => None,
        }
    }
}

/// Adds up the people analysed; both sides of a person count once.
pub fn people(studies: &[StudyEffect]) -> People {
    sum(studies.iter().map(|it| it.participants), studies.len())
}

/// Adds up what is known of `n` studies.
pub(crate) fn sum(known: impl Iterator<Item = Option<f64>>, n: usize) -> People {
    let known: Vec<f64> = known.flatten().collect();
    let total: f64 = known.iter().sum();
    match known.len() {
        0 => People::Unknown,
        known if known == n => People::All(total),
        _ => People::AtLeast(total),
    }
}
