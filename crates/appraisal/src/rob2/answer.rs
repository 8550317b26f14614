//! Answers to signalling questions, and the judgements they lead to.

use std::fmt;
use std::str::FromStr;

use super::{Rob2Error, by_name};

/// An answer to a signalling question.
///
/// "Yes" and "probably yes" lead to the same judgement, as do "no" and "probably no"; which of the
/// two was given is kept as recorded. Read from its code ([`Answer::code`]) in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// `Y`
    Yes,
    /// `PY`
    ProbablyYes,
    /// `PN`
    ProbablyNo,
    /// `N`
    No,
    /// `NI`
    NoInformation,
    /// `NA`: right only where the question's condition is not met.
    NotApplicable,
}

impl Answer {
    /// Every answer, in the order the tool lists them.
    pub const ALL: [Self; 6] = [
        Self::Yes,
        Self::ProbablyYes,
        Self::ProbablyNo,
        Self::No,
        Self::NoInformation,
        Self::NotApplicable,
    ];

    /// The short form: `Y`, `PY`, `PN`, `N`, `NI` or `NA`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Yes => "Y",
            Self::ProbablyYes => "PY",
            Self::ProbablyNo => "PN",
            Self::No => "N",
            Self::NoInformation => "NI",
            Self::NotApplicable => "NA",
        }
    }

    /// The answer in words, as "Probably yes".
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::ProbablyYes => "Probably yes",
            Self::ProbablyNo => "Probably no",
            Self::No => "No",
            Self::NoInformation => "No information",
            Self::NotApplicable => "Not applicable",
        }
    }
}

/// Prints the code.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Answer {
    type Err = Rob2Error;

    fn from_str(text: &str) -> Result<Self, Rob2Error> {
        by_name("an answer", text, &Self::ALL.map(|answer| (answer.code(), answer)))
    }
}

/// A judgement of risk of bias, of a domain or of a whole result, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// Low risk of bias.
    Low,
    /// Some concerns.
    SomeConcerns,
    /// High risk of bias.
    High,
}

impl Judgement {
    /// The judgement in words: "Low", "Some concerns" or "High".
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::SomeConcerns => "Some concerns",
            Self::High => "High",
        }
    }
}
