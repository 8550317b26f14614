//! Standard errors of an effect from its confidence interval or p value.
//!
//! Handbook 6.3 and 6.5.2.3. For ratio measures take logs first, or use [`log_ratio_from_ci`].

use crate::distribution::{normal_quantile, t_quantile, two_sided_t, two_sided_z};
use crate::effect::{Effect, EffectError};

/// Standard error from a normal-theory confidence interval: (upper − lower)/(2z); `level` in (0, 1).
///
/// Both limits on the analysis scale (logs for ratios). Assumes a symmetric Wald interval.
pub fn se_from_ci(lower: f64, upper: f64, level: f64) -> Result<f64, EffectError> {
    let width = width(lower, upper, level)?;
    EffectError::positive("standard error", width / (2.0 * two_sided_z(level)))
}

/// Standard error from a confidence interval made with Student's t on `df` degrees of freedom.
///
/// For the difference of two means df = n₁ + n₂ − 2.
pub fn se_from_ci_t(lower: f64, upper: f64, level: f64, df: f64) -> Result<f64, EffectError> {
    let width = width(lower, upper, level)?;
    EffectError::positive("degrees of freedom", df)?;
    EffectError::positive("standard error", width / (2.0 * two_sided_t(level, df)))
}

/// Standard error from an estimate and its two-sided p value: |estimate| over the quantile of 1 − p/2.
///
/// `df`: degrees of freedom of the t test behind the p value (n₁ + n₂ − 2 for two means), or `None` for a z test. The
/// p value must be the exact one: "p < 0.05" gives only a bound, and "not significant" nothing.
pub fn se_from_p(estimate: f64, p_two_sided: f64, df: Option<f64>) -> Result<f64, EffectError> {
    EffectError::finite("estimate", estimate)?;
    EffectError::open_unit("p value", p_two_sided)?;
    if estimate == 0.0 {
        return Err(EffectError::NoDifference { quantity: "estimate" });
    }
    let statistic = match df {
        None => -normal_quantile(p_two_sided / 2.0),
        Some(df) => {
            -t_quantile(p_two_sided / 2.0, EffectError::positive("degrees of freedom", df)?)
        }
    };
    EffectError::positive("standard error", estimate.abs() / statistic)
}

/// The common SD of two groups from the standard error of their mean difference: se/√(1/n₁ + 1/n₂).
///
/// Handbook 6.5.2.3. Assumes that both groups have this SD.
pub fn pooled_sd_from_se(se: f64, n_1: f64, n_2: f64) -> Result<f64, EffectError> {
    EffectError::positive("standard error of the mean difference", se)?;
    EffectError::at_least(1.0, "number of people in the first group", n_1)?;
    EffectError::at_least(1.0, "number of people in the second group", n_2)?;
    Ok(se / (1.0 / n_1 + 1.0 / n_2).sqrt())
}

/// A log ratio from a printed ratio and its confidence interval, all three on the natural scale and above 0.
///
/// Handbook 6.3.2. The estimate is the log of the printed ratio, which a symmetric interval has in its (geometric)
/// middle; compare the two before trusting the standard error.
pub fn log_ratio_from_ci(
    ratio: f64,
    lower: f64,
    upper: f64,
    level: f64,
) -> Result<Effect, EffectError> {
    EffectError::positive("ratio", ratio)?;
    EffectError::positive("lower limit of the ratio", lower)?;
    EffectError::positive("upper limit of the ratio", upper)?;
    let se = se_from_ci(libm::log(lower), libm::log(upper), level)?;
    Effect::checked(libm::log(ratio), se * se)
}

/// The width of a confidence interval, if it is one.
pub(super) fn width(lower: f64, upper: f64, level: f64) -> Result<f64, EffectError> {
    EffectError::finite("lower confidence limit", lower)?;
    EffectError::finite("upper confidence limit", upper)?;
    EffectError::open_unit("confidence level", level)?;
    if lower < upper {
        Ok(upper - lower)
    } else {
        Err(EffectError::NotAscending { quantity: "confidence limits", lower, upper })
    }
}
