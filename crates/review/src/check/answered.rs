//! Which findings a person has answered.

use super::finding::Finding;
use crate::event::{When, Who};
use crate::keyword::Keyword;
use crate::state::State;
use crate::vocabulary::check::CheckAnswer;

/// A person's answer to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// What became of it.
    pub answer: CheckAnswer,
    /// Who says so.
    pub who: Who,
    /// When.
    pub when: When,
    /// The reason.
    pub note: Option<String>,
}

/// Adds the last answer to each finding that has one.
pub(super) fn add(state: &State, findings: &mut [Finding]) {
    for finding in findings {
        let is_of = |key: &(String, String, String, String)| {
            key.0 == finding.study && key.1 == finding.outcome && key.2 == finding.kind.name()
        };
        let last = state.checks.iter().rev().find(|it| is_of(it.0));
        finding.answer = last.map(|(_, it)| Answered {
            answer: it.value.answer,
            who: it.who.clone(),
            when: it.when.clone(),
            note: it.value.note.clone(),
        });
    }
}
