//! What else is asked of an analysis' studies, beyond the pool: one file for each kind of question.
//!
//! A [`Question`] says what is asked, [`Question::answer`] gives the [`Finding`]. What a finding looks like as JSON, as
//! text and as a figure is said in the crate `report`.

mod multiverse;
mod rule;
mod terms;

pub use multiverse::{Choice, Dimension, Multiverse, MultiverseError, Specification, multiverse};
pub use rule::{Comparison, InclusionRule};
pub use terms::{Term, TermError};

use crate::diagnostic::Diagnostic;
use crate::single::TableAnalysis;

/// One thing that is asked of an analysis' studies.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// How the answer varies with the choices that are defensible; without any, with the usual ones.
    Multiverse(Vec<Dimension>),
}

/// The answer to a [`Question`].
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// Every combination of the choices.
    Multiverse(Multiverse),
}

impl Question {
    /// Answers the question.
    ///
    /// # Errors
    /// What the question or the table lacks, each with its place.
    pub fn answer(&self, analysis: &TableAnalysis) -> Result<Finding, Vec<Diagnostic>> {
        match self {
            Self::Multiverse(dimensions) => {
                let usual = || Dimension::usual(analysis);
                let dimensions = if dimensions.is_empty() { usual() } else { dimensions.clone() };
                multiverse(analysis, dimensions).map(Finding::Multiverse)
            }
        }
    }
}
