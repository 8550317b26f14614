//! Results that could not be read at all, because their own numbers forbid it.

use super::finding::Finding;
use super::kind::Kind;
use crate::diagnostic::{Diagnostic, Place};

/// A row that was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The study that it names.
    pub study: String,
    /// The outcome that it names.
    pub outcome: String,
    /// The arm that it names.
    pub arm: Option<String>,
    /// The field that is at fault.
    pub field: String,
    /// What is wrong.
    pub problem: Diagnostic,
}

impl Refused {
    pub(super) fn finding(&self) -> Finding {
        let problem = &self.problem;
        let is_number = problem.found.trim_matches('`').parse::<f64>().is_ok();
        let kind = match self.field.as_str() {
            "events" | "grades" if problem.expected.starts_with("no more than") => {
                Kind::EventsAboveN
            }
            "events" | "n" | "person_time" if is_number => Kind::ImpossibleCount,
            "sd" | "se" if is_number => Kind::ImpossibleSd,
            _ => Kind::Unreadable,
        };
        let message = format!("{}: {}, expected {}", self.field, problem.found, problem.expected);
        let place: Place = problem.place.clone();
        let finding = Finding::new(kind, &self.study, &self.outcome, 1.0, place).saying(message);
        Finding { arm: self.arm.clone(), ..finding }
    }
}
