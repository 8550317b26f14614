//! Why a selection model cannot be fitted.

use crate::model::pool_error::PoolError;

/// Why a selection model cannot be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SelectionError {
    /// The studies cannot be pooled, or their moderators not be used.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// The design has another number of rows than there are studies.
    #[error("{rows} rows of moderators for {studies} studies; expected one row for each study")]
    Rows {
        /// Rows of the design.
        rows: usize,
        /// Number of studies.
        studies: usize,
    },
    /// The moderators are linearly dependent.
    #[error("the moderators are linearly dependent, so their coefficients cannot be told apart")]
    Collinear,
    /// Cut points are missing, out of range or not in order.
    #[error("cut point {} is {found}; expected ascending numbers between 0 and 1", position + 1)]
    Cut {
        /// Position of the cut point, from 0.
        position: usize,
        /// Its value.
        found: f64,
    },
    /// No cut point below 1 was given.
    #[error("no cut point below 1 given; expected at least one, such as 0.025")]
    NoCut,
    /// A threshold outside (0, 1).
    #[error("the threshold is {found}; expected a p value between 0 and 1")]
    Threshold {
        /// The threshold.
        found: f64,
    },
    /// All p values lie on one side of the threshold, so the function's parameter has nothing to rest on.
    #[error(
        "{below} p values up to the threshold and {above} above it; expected at least one on each side"
    )]
    OneSideOfThreshold {
        /// Number up to it.
        below: usize,
        /// Number above it.
        above: usize,
    },
    /// Not as many fixed values as the function has parameters.
    #[error("{found} values for a selection function with {expected} parameters")]
    Parameters {
        /// Number given.
        found: usize,
        /// Number of parameters.
        expected: usize,
    },
    /// A fixed value outside the parameter's range.
    #[error("parameter {} is fixed at {found}; expected a number from {lower} to {upper}", position + 1)]
    ParameterOutOfRange {
        /// Position of the parameter, from 0.
        position: usize,
        /// Its value.
        found: f64,
        /// Least value allowed.
        lower: f64,
        /// Greatest value allowed.
        upper: f64,
    },
    /// A between-study variance handed in is no finite number of 0 or more.
    #[error("tau2 is given as {found}; expected a finite number, 0 or more")]
    Tau2 {
        /// The value.
        found: f64,
    },
    /// Sample sizes do not fit the studies, or one is not above 0.
    #[error("sample size {} is {found}; expected one number above 0 for each study", position + 1)]
    SampleSize {
        /// Position of the sample size, from 0.
        position: usize,
        /// Its value, NaN where it is missing.
        found: f64,
    },
    /// No search for the maximum of the likelihood settled.
    #[error(
        "the likelihood of the selection model has no maximum that the search could settle on; expected more studies or a simpler selection function"
    )]
    NotConverged,
}
