//! Why a location-scale model cannot be fitted.

use crate::model::pool_error::PoolError;
use crate::model::scaled_design::Unusable;

/// Why there is no fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LocationScaleError {
    /// The effects or the level are impossible.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A design has another number of rows than there are studies.
    #[error("the {part} design has {found} rows; expected {expected}, one for each study")]
    DesignRows {
        /// "location" or "scale".
        part: &'static str,
        /// Number of rows.
        found: usize,
        /// Number of studies.
        expected: usize,
    },
    /// More coefficients than the studies can tell.
    #[error("{k} studies cannot tell {coefficients} coefficients apart; expected more studies")]
    TooFewStudies {
        /// Number of studies.
        k: usize,
        /// Number of coefficients of location and scale.
        coefficients: usize,
    },
    /// A moderator repeats others.
    #[error("the {part} column `{column}` is a combination of the columns before it")]
    Collinear {
        /// "location" or "scale".
        part: &'static str,
        /// Its name.
        column: String,
    },
    /// The between-study variance of some studies is 0, to which ln τ² only tends.
    #[error(
        "the likelihood keeps rising as the between-study variance of some studies goes to 0, so ln tau2 has no finite coefficients; use the identity link, or a model without scale moderators"
    )]
    VanishingScale,
    /// The data leave some coefficient open.
    #[error(
        "the data do not determine all coefficients of location and scale; expected more studies"
    )]
    NotIdentified,
    /// The search did not meet its stopping rule; the half-way value is never used.
    #[error("the maximum of the likelihood of the location-scale model was not found")]
    NotConverged,
}

impl LocationScaleError {
    /// The error of a design of `part`.
    pub(crate) fn unusable(part: &'static str, reason: Unusable) -> Self {
        match reason {
            Unusable::Rows { found, expected } => Self::DesignRows { part, found, expected },
            Unusable::TooFewStudies { k, p } => Self::TooFewStudies { k, coefficients: p },
            Unusable::Collinear { column } => Self::Collinear { part, column },
        }
    }
}
