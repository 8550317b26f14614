//! From the evidence to a decision.

use crate::compare::Comparison;
use crate::conflict::{self, Conflict};
use crate::entry::Entry;
use crate::weigh::{Cells, Weights, cells};

/// What is decided about two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// They are different reports.
    Different,
    /// A person should look.
    Ask,
    /// They are one report.
    Same,
}

/// From which probability on two records are one report, and from which on a person is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    same: f64,
    ask: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { same: 1.0, ask: 0.0 }
    }
}

impl Thresholds {
    /// Joins from this probability on, between 0 and 1; `None` for anything else. Asks from a tenth of those odds on.
    pub fn at(probability: f64) -> Option<Self> {
        if !(probability > 0.0 && probability < 1.0) {
            return None;
        }
        Some(Self::at_log_odds(libm::log10(probability / (1.0 - probability))))
    }

    /// Joins from this decimal logarithm of the odds on.
    pub(crate) fn at_log_odds(same: f64) -> Self {
        Self { same, ask: same - 1.0 }
    }

    fn outcome(self, log_odds: f64) -> Outcome {
        if log_odds >= self.same {
            Outcome::Same
        } else if log_odds >= self.ask {
            Outcome::Ask
        } else {
            Outcome::Different
        }
    }
}

/// A decision about two records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Decision {
    pub(crate) outcome: Outcome,
    pub(crate) log_odds: f64,
    pub(crate) conflict: Option<Conflict>,
}

/// The probability that belongs to a decimal logarithm of odds.
pub(crate) fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds * std::f64::consts::LN_10))
}

/// By what is decided: what agreement is worth, and how much is enough.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Rules {
    pub(crate) weights: Weights,
    pub(crate) thresholds: Thresholds,
}

impl Rules {
    pub(crate) fn decide(&self, a: &Entry, b: &Entry) -> Decision {
        let comparison = Comparison::of(a, b);
        self.decide_compared(a, b, &comparison, &cells(a, b, &comparison))
    }

    pub(crate) fn decide_compared(
        &self,
        a: &Entry,
        b: &Entry,
        comparison: &Comparison<'_>,
        cells: &Cells,
    ) -> Decision {
        let log_odds = self.weights.log_odds(cells);
        let conflict = conflict::find(a, b, comparison);
        let outcome = match self.thresholds.outcome(log_odds) {
            _ if conflict.is_some() => Outcome::Different,
            Outcome::Same if conflict::doubt(a, b, comparison).is_some() => Outcome::Ask,
            outcome => outcome,
        };
        Decision { outcome, log_odds, conflict }
    }
}
