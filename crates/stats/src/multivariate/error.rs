//! Why dependent effects cannot be modelled.

use crate::effect::EffectError;

/// Why a multilevel or multivariate model, or what prepares its input, cannot be computed.
///
/// Rows are counted from 0 in the fields and from 1 in the messages.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MultivariateError {
    /// No effects were given.
    #[error("no effects given; expected at least one")]
    NoEffects,
    /// An estimate, moderator or other number is NaN or infinite.
    #[error("the {quantity} of row {} is {found}; expected a finite number", row + 1)]
    NotFinite {
        /// Which number.
        quantity: &'static str,
        /// Position of the row, from 0.
        row: usize,
        /// Its value.
        found: f64,
    },
    /// A sampling variance is not above 0.
    #[error("the sampling variance of row {} is {found}; expected a finite number above 0", row + 1)]
    VarianceNotPositive {
        /// Position of the row, from 0.
        row: usize,
        /// The variance.
        found: f64,
    },
    /// Lists or matrices that belong together differ in size.
    #[error("the {what} has {found} entries; expected {expected}")]
    Length {
        /// Which list or matrix.
        what: String,
        /// Its length.
        found: usize,
        /// The length expected.
        expected: usize,
    },
    /// A matrix that must be symmetric is not.
    #[error("the {what} is not symmetric: rows {} and {} disagree", row + 1, column + 1)]
    NotSymmetric {
        /// Which matrix.
        what: String,
        /// Row of the entry, from 0.
        row: usize,
        /// Column of the entry, from 0.
        column: usize,
    },
    /// A covariance matrix has no inverse or negative eigenvalues.
    #[error(
        "the {what} is not positive definite in the rows that depend on row {}; check the correlations assumed",
        row + 1
    )]
    NotPositiveDefinite {
        /// Which matrix.
        what: String,
        /// First row of the block that fails, from 0.
        row: usize,
    },
    /// The columns of the design depend on each other.
    #[error("the design's columns are linearly dependent, so their coefficients are not unique")]
    Collinear,
    /// Fewer rows than the model needs.
    #[error("{rows} rows and {coefficients} coefficients; expected more rows than coefficients")]
    TooFewRows {
        /// Number of rows.
        rows: usize,
        /// Number of coefficients.
        coefficients: usize,
    },
    /// A level has no counterpart in the matrix or list it is looked up in.
    #[error("{variable} has the level \"{label}\", which the {what} does not know")]
    UnknownLevel {
        /// The variable.
        variable: String,
        /// The level.
        label: String,
        /// Where it was looked up.
        what: &'static str,
    },
    /// A parameter is held at a value it cannot have.
    #[error("a {parameter} of {found} was given; expected a number from {lower} to {upper}")]
    OutOfRange {
        /// Which parameter.
        parameter: &'static str,
        /// The value given.
        found: f64,
        /// Least value allowed.
        lower: f64,
        /// Greatest value allowed.
        upper: f64,
    },
    /// The confidence level is not between 0 and 1.
    #[error("the confidence level is {found}; expected a number between 0 and 1, such as 0.95")]
    LevelOutOfRange {
        /// The level.
        found: f64,
    },
    /// The question names a component, coefficient or contrast that the model does not have.
    #[error("{what} {} was asked for, but there are {available}", found + 1)]
    NoSuch {
        /// What was asked for.
        what: &'static str,
        /// Its position, from 0.
        found: usize,
        /// How many there are.
        available: usize,
    },
    /// The likelihood has no maximum that the search could settle on.
    #[error(
        "the likelihood did not reach a maximum; the random terms may be too many for these data"
    )]
    NotConverged,
    /// Too few clusters for what is asked.
    #[error(
        "{found} clusters and {coefficients} coefficients; expected more clusters than coefficients"
    )]
    TooFewClusters {
        /// Number of clusters.
        found: usize,
        /// Number of coefficients.
        coefficients: usize,
    },
    /// A coefficient depends on one cluster alone, so that nothing is known about its variation between clusters.
    #[error(
        "a coefficient depends on one cluster alone, so its variation between clusters cannot be estimated"
    )]
    OneCluster,
    /// Contrasts that do not differ from each other, or a covariance matrix without an inverse, leave nothing to test.
    #[error("the hypotheses tested depend on each other; expected linearly independent ones")]
    DependentHypotheses,
    /// Two models that are compared are not fitted to the same rows, or not by the same likelihood.
    #[error("the models cannot be compared: {reason}")]
    NotComparable {
        /// In what they differ.
        reason: &'static str,
    },
    /// A number in the input is impossible.
    #[error("row {}: {reason}", row + 1)]
    Row {
        /// Position of the row, from 0.
        row: usize,
        /// What is wrong with it.
        reason: EffectError,
    },
}

impl MultivariateError {
    pub(crate) fn check_level(level: f64) -> Result<(), Self> {
        if level > 0.0 && level < 1.0 {
            Ok(())
        } else {
            Err(Self::LevelOutOfRange { found: level })
        }
    }

    pub(crate) fn check_length(
        what: impl Into<String>,
        found: usize,
        expected: usize,
    ) -> Result<(), Self> {
        if found == expected {
            Ok(())
        } else {
            Err(Self::Length { what: what.into(), found, expected })
        }
    }

    pub(crate) fn check_finite(quantity: &'static str, values: &[f64]) -> Result<(), Self> {
        match values.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(row) => Err(Self::NotFinite { quantity, row, found: values[row] }),
        }
    }
}
