//! Why a generalised linear mixed model cannot be fitted.

use crate::effect::EffectError;
use crate::model::scaled_design::Unusable;

/// Why there is no fit.
///
/// Studies are counted from 0 in the fields and from 1 in the messages.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GlmmError {
    /// No study was given, or none is left after those without events were dropped.
    #[error("no studies to analyse; expected at least one with events")]
    NoStudies,
    /// Two lists that belong together differ in length.
    #[error(
        "{experimental} experimental and {control} control groups; expected as many of one as of the other"
    )]
    UnequalLengths {
        /// Number of experimental groups.
        experimental: usize,
        /// Number of control groups.
        control: usize,
    },
    /// A study's numbers are impossible.
    #[error("study {}: {reason}", study + 1)]
    Study {
        /// Position of the study, from 0.
        study: usize,
        /// What is wrong with it.
        reason: EffectError,
    },
    /// The hypergeometric and the beta-binomial distribution need whole numbers.
    #[error("study {}: the {quantity} is {found}; this likelihood of counts expects a whole number", study + 1)]
    NotWhole {
        /// Position of the study, from 0.
        study: usize,
        /// Which number.
        quantity: &'static str,
        /// Its value.
        found: f64,
    },
    /// The design has another number of rows than there are studies.
    #[error("the design has {found} rows; expected {expected}, one for each study")]
    DesignRows {
        /// Number of rows.
        found: usize,
        /// Number of studies.
        expected: usize,
    },
    /// More coefficients than studies.
    #[error("{k} studies cannot tell {p} coefficients apart; expected at least as many studies")]
    TooFewStudies {
        /// Number of studies.
        k: usize,
        /// Number of coefficients.
        p: usize,
    },
    /// A moderator repeats others.
    #[error("the moderator column `{column}` is a combination of the columns before it")]
    Collinear {
        /// Its name.
        column: String,
    },
    /// The likelihood rises without end.
    #[error(
        "the likelihood has no maximum: it keeps rising as an effect goes to infinity, as happens when all events are on one side (complete separation) or there are none"
    )]
    Separated,
    /// The data leave some parameter open.
    #[error(
        "the data do not determine all parameters of the {model} model; expected more studies or events"
    )]
    NotIdentified {
        /// The model, in words.
        model: &'static str,
    },
    /// The confidence level is not between 0 and 1.
    #[error("the confidence level is {found}; expected a number between 0 and 1, such as 0.95")]
    LevelOutOfRange {
        /// The level.
        found: f64,
    },
    /// The number of quadrature points is 0 or beyond what double precision allows.
    #[error("{found} quadrature points; expected 1 (Laplace) to 100")]
    PointsOutOfRange {
        /// Their number.
        found: usize,
    },
    /// A t interval needs more studies than coefficients.
    #[error(
        "{k} studies and {p} coefficients leave no degrees of freedom for a t interval; use the normal one"
    )]
    NoDegreesOfFreedom {
        /// Number of studies.
        k: usize,
        /// Number of coefficients.
        p: usize,
    },
    /// The search for the maximum did not meet its stopping rule; the half-way value is never used.
    #[error("the maximum of the likelihood of the {model} model was not found")]
    NotConverged {
        /// The model, in words.
        model: &'static str,
    },
    /// The numbers are so extreme that double precision cannot hold the answer.
    #[error("the numbers are too large or too small to compute with; expected a change of unit")]
    Overflow,
}

impl From<Unusable> for GlmmError {
    fn from(reason: Unusable) -> Self {
        match reason {
            Unusable::Rows { found, expected } => Self::DesignRows { found, expected },
            Unusable::TooFewStudies { k, p } => Self::TooFewStudies { k, p },
            Unusable::Collinear { column } => Self::Collinear { column },
        }
    }
}
