//! One finding.

use super::answered::Answered;
use super::kind::Kind;
use super::without::Without;
use crate::diagnostic::Place;
use crate::vocabulary::check::CheckAnswer;

/// Something that looks wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The study.
    pub study: String,
    /// The outcome; empty where the study as a whole is meant.
    pub outcome: String,
    /// The arm, where one is meant.
    pub arm: Option<String>,
    /// What is suspected.
    pub kind: Kind,
    /// How sure that is, from 0 to 1: a probability where readings compete, 1 where arithmetic forbids the numbers.
    pub certainty: f64,
    /// What was found, in a sentence.
    pub message: String,
    /// Where it stands.
    pub place: Place,
    /// The readings that would explain it, the likeliest first.
    pub readings: Vec<Explanation>,
    /// What the analyses say without this study.
    pub without: Vec<Without>,
    /// What a person answered, in `checks.csv`.
    pub answer: Option<Answered>,
}

impl Finding {
    /// Whether it waits for a person: nobody answered, or it is said to be corrected and is still there.
    pub fn is_open(&self) -> bool {
        self.answer.as_ref().is_none_or(|it| it.answer == CheckAnswer::Corrected)
    }

    /// A finding; what else there is to say of it follows.
    pub(super) fn new(
        kind: Kind,
        study: &str,
        outcome: &str,
        certainty: f64,
        place: Place,
    ) -> Self {
        Self {
            study: study.to_owned(),
            outcome: outcome.to_owned(),
            arm: None,
            kind,
            certainty: certainty.clamp(0.0, 1.0),
            message: String::new(),
            place,
            readings: Vec::new(),
            without: Vec::new(),
            answer: None,
        }
    }

    #[must_use]
    pub(super) fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    #[must_use]
    pub(super) fn of_arm(mut self, arm: &str) -> Self {
        self.arm = Some(arm.to_owned());
        self
    }

    #[must_use]
    pub(super) fn explained(mut self, readings: Vec<Explanation>) -> Self {
        self.readings = readings;
        self
    }
}

/// A reading of the printed numbers that would explain a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The reading in words, with the numbers that it implies.
    pub reading: String,
    /// Its probability among the readings that were weighed, where they were.
    pub probability: Option<f64>,
    /// The numbers that it implies, by the names of the columns.
    pub numbers: Vec<(String, f64)>,
}
