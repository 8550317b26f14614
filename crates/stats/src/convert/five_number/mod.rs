//! Mean and standard deviation from a median with range or quartiles.
//!
//! [`mean_sd_from_five_number`] is for normal outcomes; [`skewness_test`] says when the numbers themselves speak against
//! that. [`FiveNumberMethod`] has the methods for other outcomes, and those that older reviews used.

mod box_cox;
mod log_normal;
mod method;
mod normal;
mod quantile_estimation;

pub use method::{FiveNumberMethod, FromFiveNumber, Shape};
pub use normal::mean_sd_from_five_number;

use crate::effect::EffectError;
use crate::effect_size::continuous::GROUP;

/// The order statistics that a trial printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FiveNumber {
    /// Minimum, median and maximum.
    RangeOnly {
        /// Smallest value.
        min: f64,
        /// Median.
        median: f64,
        /// Greatest value.
        max: f64,
    },
    /// First quartile, median and third quartile.
    Quartiles {
        /// First quartile.
        q1: f64,
        /// Median.
        median: f64,
        /// Third quartile.
        q3: f64,
    },
    /// All five numbers.
    Full {
        /// Smallest value.
        min: f64,
        /// First quartile.
        q1: f64,
        /// Median.
        median: f64,
        /// Third quartile.
        q3: f64,
        /// Greatest value.
        max: f64,
    },
}

/// Whether order statistics are too asymmetric for a normal outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SkewnessTest {
    /// The test statistic.
    pub statistic: f64,
    /// The value it reaches in one normal sample of twenty.
    pub critical: f64,
    /// Whether the statistic reaches the critical value (5% level): a mean and SD should then not be made of them.
    pub skewed: bool,
}

/// The test of Shi et al. (2023), doi 10.1177/09622802231172043, at the 5% level; `n` ≥ 5.
///
/// Refused when the range (or the distance of the quartiles) is 0.
pub fn skewness_test(summary: &FiveNumber, n: f64) -> Result<SkewnessTest, EffectError> {
    summary.check(n)?;
    let (statistic, critical) = match *summary {
        FiveNumber::RangeOnly { min, median, max } => {
            (asymmetry(min, median, max)?, 1.0 / libm::log(n + 9.0) + 2.5 / (n + 1.0))
        }
        FiveNumber::Quartiles { q1, median, q3 } => {
            (asymmetry(q1, median, q3)?, 2.65 / n.sqrt() - 6.0 / (n * n))
        }
        FiveNumber::Full { min, q1, median, q3, max } => {
            let scale = 2.65 * libm::log(0.6 * n) / n.sqrt();
            let statistic = (scale * asymmetry(min, median, max)?).max(asymmetry(q1, median, q3)?);
            (statistic, 3.0 / n.sqrt() - 40.0 / (n * n * n))
        }
    };
    Ok(SkewnessTest { statistic, critical, skewed: statistic >= critical })
}

impl FiveNumber {
    const ALL_FIVE: &'static str = "the range and the quartiles with the median";

    fn check(&self, n: f64) -> Result<(), EffectError> {
        EffectError::at_least(5.0, GROUP.n, n)?;
        let numbers = self.numbers();
        for &number in &numbers {
            EffectError::finite("order statistic", number)?;
        }
        for pair in numbers.windows(2) {
            if pair[0] > pair[1] {
                return Err(EffectError::NotAscending {
                    quantity: "minimum, quartiles, median and maximum",
                    lower: pair[0],
                    upper: pair[1],
                });
            }
        }
        Ok(())
    }

    /// The numbers, ascending.
    fn numbers(&self) -> Vec<f64> {
        match *self {
            Self::RangeOnly { min, median, max } => vec![min, median, max],
            Self::Quartiles { q1, median, q3 } => vec![q1, median, q3],
            Self::Full { min, q1, median, q3, max } => vec![min, q1, median, q3, max],
        }
    }

    /// What was given, in words.
    fn words(&self) -> &'static str {
        match self {
            Self::RangeOnly { .. } => "the range with the median",
            Self::Quartiles { .. } => "the quartiles with the median",
            Self::Full { .. } => Self::ALL_FIVE,
        }
    }

    /// Minimum, median and maximum, if nothing else was given.
    fn range_only(&self, method: &'static str) -> Result<(f64, f64, f64), EffectError> {
        match *self {
            Self::RangeOnly { min, median, max } => Ok((min, median, max)),
            Self::Quartiles { .. } | Self::Full { .. } => Err(EffectError::NotForThis {
                method,
                found: self.words(),
                expected: "the range with the median",
            }),
        }
    }

    /// Each number through `f`.
    fn mapped(&self, f: impl Fn(f64) -> Result<f64, EffectError>) -> Result<Self, EffectError> {
        Ok(match *self {
            Self::RangeOnly { min, median, max } => {
                Self::RangeOnly { min: f(min)?, median: f(median)?, max: f(max)? }
            }
            Self::Quartiles { q1, median, q3 } => {
                Self::Quartiles { q1: f(q1)?, median: f(median)?, q3: f(q3)? }
            }
            Self::Full { min, q1, median, q3, max } => Self::Full {
                min: f(min)?,
                q1: f(q1)?,
                median: f(median)?,
                q3: f(q3)?,
                max: f(max)?,
            },
        })
    }

    /// Each number through `f`, which cannot fail.
    fn mapped_plainly(&self, f: impl Fn(f64) -> f64) -> Self {
        self.mapped(|x| Ok(f(x))).unwrap_or(*self)
    }
}

/// Share `w` of `a` and the rest of `b`.
fn mix(w: f64, a: f64, b: f64) -> f64 {
    w * a + (1.0 - w) * b
}

/// |lower + upper − 2·median|/(upper − lower).
fn asymmetry(lower: f64, median: f64, upper: f64) -> Result<f64, EffectError> {
    let spread = EffectError::positive("distance of the outer order statistics", upper - lower)?;
    Ok((lower + upper - 2.0 * median).abs() / spread)
}
