//! A signalling question: what it asks, which answers it offers, and when it is asked.

use super::Answer;
use super::Answer::{No, NoInformation, NotApplicable, ProbablyNo, ProbablyYes, Yes};
use super::table::When;

/// One signalling question of one variant of the tool.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Its number, as "2.6" or "1b.1".
    pub number: &'static str,
    /// The id of its domain, as "2" or "1b".
    pub domain: &'static str,
    /// What it asks, in a short paraphrase of ours.
    pub text: &'static str,
    /// The answers it offers. [`Answer::NotApplicable`] is among them only where the question
    /// depends on other answers or on the preliminaries.
    pub offered: &'static [Answer],
    /// The condition under which it is asked.
    pub(super) asked: When,
}

impl Question {
    /// A question that is always asked.
    pub(super) const fn always(
        domain: &'static str,
        number: &'static str,
        text: &'static str,
    ) -> Self {
        Self { number, domain, text, offered: FIVE, asked: When::Always }
    }

    /// A question that is asked under a condition, and offers "not applicable" for the other case.
    pub(super) const fn asked_if(
        domain: &'static str,
        number: &'static str,
        asked: When,
        text: &'static str,
    ) -> Self {
        Self { number, domain, text, offered: SIX, asked }
    }

    /// The same question without the answer "no information" (question 3.2 alone).
    pub(super) const fn without_no_information(self) -> Self {
        Self { offered: SIX_BUT_NO_INFORMATION, ..self }
    }
}

const FIVE: &[Answer] = &[Yes, ProbablyYes, ProbablyNo, No, NoInformation];
const SIX: &[Answer] = &[NotApplicable, Yes, ProbablyYes, ProbablyNo, No, NoInformation];
const SIX_BUT_NO_INFORMATION: &[Answer] = &[NotApplicable, Yes, ProbablyYes, ProbablyNo, No];
