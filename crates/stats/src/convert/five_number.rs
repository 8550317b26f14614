//! Mean and standard deviation from a median with range or quartiles.
//!
//! Means by Luo et al. (2018), doi 10.1177/0962280216669183; SDs by Wan et al. (2014), doi 10.1186/1471-2288-14-135, and,
//! with all five numbers, by Shi et al. (2020), doi 10.1002/jrsm.1429: the "luo/wan/shi" default of metafor. They assume
//! a normal outcome; [`skewness_test`] says when the numbers themselves speak against that.

use crate::distribution::normal_quantile;
use crate::effect::EffectError;
use crate::effect_size::continuous::{GROUP, MeanSd};

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

/// Estimated mean and SD of `n` ≥ 5 people from order statistics.
pub fn mean_sd_from_five_number(summary: &FiveNumber, n: f64) -> Result<MeanSd, EffectError> {
    summary.check(n)?;
    let (mean, sd) = match *summary {
        FiveNumber::RangeOnly { min, median, max } => {
            let w = 4.0 / (4.0 + libm::pow(n, 0.75));
            (mix(w, f64::midpoint(min, max), median), (max - min) / range_in_sds(n))
        }
        FiveNumber::Quartiles { q1, median, q3 } => {
            let w = 0.7 + 0.39 / n;
            (mix(w, f64::midpoint(q1, q3), median), (q3 - q1) / iqr_in_sds(n))
        }
        FiveNumber::Full { min, q1, median, q3, max } => {
            let w_range = 2.2 / (2.2 + libm::pow(n, 0.75));
            let w_iqr = 0.7 - 0.72 / libm::pow(n, 0.55);
            let mean = w_range * f64::midpoint(min, max)
                + w_iqr * f64::midpoint(q1, q3)
                + (1.0 - w_range - w_iqr) * median;
            let w = 1.0 / (1.0 + 0.07 * libm::pow(n, 0.6));
            (mean, mix(w, (max - min) / range_in_sds(n), (q3 - q1) / iqr_in_sds(n)))
        }
    };
    if mean.is_finite() && sd.is_finite() {
        Ok(MeanSd { n, mean, sd })
    } else {
        Err(EffectError::Overflow)
    }
}

/// Mean and SD by the older formulas of Wan et al. (2014), doi 10.1186/1471-2288-14-135, whose means ignore `n` ≥ 5.
///
/// Means (a+2m+b)/4 (Hozo et al. 2005, doi 10.1186/1471-2288-5-13), (q₁+m+q₃)/3, or (a+2q₁+2m+2q₃+b)/8 (Bland 2015). For agreement with
/// reviews that used them; [`mean_sd_from_five_number`] is nearer to the truth.
pub fn mean_sd_from_five_number_wan(summary: &FiveNumber, n: f64) -> Result<MeanSd, EffectError> {
    summary.check(n)?;
    let (mean, sd) = match *summary {
        FiveNumber::RangeOnly { min, median, max } => {
            (mix(0.5, f64::midpoint(min, max), median), (max - min) / range_in_sds(n))
        }
        FiveNumber::Quartiles { q1, median, q3 } => {
            (mix(2.0 / 3.0, f64::midpoint(q1, q3), median), (q3 - q1) / iqr_in_sds(n))
        }
        FiveNumber::Full { min, q1, median, q3, max } => {
            let inner = mix(2.0 / 3.0, f64::midpoint(q1, q3), median);
            let sd = mix(0.5, (max - min) / range_in_sds(n), (q3 - q1) / iqr_in_sds(n));
            (mix(0.25, f64::midpoint(min, max), inner), sd)
        }
    };
    if mean.is_finite() && sd.is_finite() {
        Ok(MeanSd { n, mean, sd })
    } else {
        Err(EffectError::Overflow)
    }
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
    fn check(&self, n: f64) -> Result<(), EffectError> {
        EffectError::at_least(5.0, GROUP.n, n)?;
        let numbers: &[f64] = match *self {
            Self::RangeOnly { min, median, max } => &[min, median, max],
            Self::Quartiles { q1, median, q3 } => &[q1, median, q3],
            Self::Full { min, q1, median, q3, max } => &[min, q1, median, q3, max],
        };
        for &number in numbers {
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
}

/// Share `w` of `a` and the rest of `b`.
fn mix(w: f64, a: f64, b: f64) -> f64 {
    w * a + (1.0 - w) * b
}

/// Expected range of a normal sample in SDs (Wan et al. 2014, formula 9).
fn range_in_sds(n: f64) -> f64 {
    2.0 * normal_quantile((n - 0.375) / (n + 0.25))
}

/// Expected distance of the quartiles of a normal sample in SDs (Wan et al. 2014, formula 16).
fn iqr_in_sds(n: f64) -> f64 {
    2.0 * normal_quantile((0.75 * n - 0.125) / (n + 0.25))
}

/// |lower + upper − 2·median|/(upper − lower).
fn asymmetry(lower: f64, median: f64, upper: f64) -> Result<f64, EffectError> {
    let spread = EffectError::positive("distance of the outer order statistics", upper - lower)?;
    Ok((lower + upper - 2.0 * median).abs() / spread)
}
