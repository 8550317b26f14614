//! Why a question about small-study effects has no answer.

use crate::model::pool_error::PoolError;

/// Why a test of, or an adjustment for, small-study effects cannot be had.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BiasError {
    /// The studies cannot be pooled, or the regression cannot be fitted.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A significance level is not strictly between 0 and 1.
    #[error("the significance level is {found}; expected a number between 0 and 1, such as 0.05")]
    AlphaOutOfRange {
        /// The level.
        found: f64,
    },
    /// A target effect that no finite number of null studies can reach, or that is no number.
    #[error("the target effect is {found}; expected a finite number other than 0")]
    Target {
        /// The target.
        found: f64,
    },
    /// All standardised estimates are the same, so they have no ranks.
    #[error("all standardised estimates are the same, so their ranks say nothing")]
    SameEstimates,
    /// A true effect, null value or between-study variance handed in is no usable number.
    #[error("the {quantity} is {found}; expected a finite number{}", if *.at_least_0 { ", 0 or more" } else { "" })]
    Parameter {
        /// Which number.
        quantity: &'static str,
        /// Its value.
        found: f64,
        /// Whether it also must not be negative.
        at_least_0: bool,
    },
    /// Not as many sample sizes as studies.
    #[error("{found} sample sizes for {expected} studies; expected one for each study")]
    SizeCount {
        /// Number given.
        found: usize,
        /// Number of studies.
        expected: usize,
    },
    /// A sample size is not a finite number above 0.
    #[error("the sample size of study {} is {found}; expected a finite number above 0", study + 1)]
    Size {
        /// Position of the study, from 0.
        study: usize,
        /// The sample size.
        found: f64,
    },
    /// Trim and fill with the quadratic estimator has no solution for these ranks.
    #[error("the Q0 estimator is undefined for these studies; use L0 or R0")]
    QuadraticUndefined,
    /// The likelihood rises without end towards ever larger variances, so it has no maximum.
    #[error(
        "the likelihood has no maximum: it rises towards ever larger heterogeneity, as it does with few studies"
    )]
    NoMaximum,
    /// Trim and fill went on trimming back and forth.
    #[error("trim and fill did not settle after {rounds} rounds")]
    TrimDidNotSettle {
        /// Number of rounds.
        rounds: usize,
    },
    /// A trial's table is impossible, or has no estimate.
    #[error("study {}: {reason}", study + 1)]
    Table {
        /// Position of the study, from 0.
        study: usize,
        /// What is wrong with it.
        reason: crate::effect::EffectError,
    },
    /// Contours are not in ascending order.
    #[error(
        "the contour {found} comes after {after}; expected confidence levels in ascending order"
    )]
    Contours {
        /// The level out of order.
        found: f64,
        /// The one before it.
        after: f64,
    },
    /// An inner equation has no root where one was looked for.
    #[error("the {what} was not found; the last value tried was {last}")]
    NotFound {
        /// What was solved for.
        what: &'static str,
        /// The last value tried.
        last: f64,
    },
}

impl BiasError {
    /// Refuses a significance level that is not strictly between 0 and 1.
    pub(crate) fn check_alpha(alpha: f64) -> Result<(), Self> {
        if alpha > 0.0 && alpha < 1.0 {
            Ok(())
        } else {
            Err(Self::AlphaOutOfRange { found: alpha })
        }
    }
}
