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

/// Standard error from a mean difference and the t statistic of its test: |difference|/|t|. From F on 1 and n − 2 degrees of
/// freedom, t = √F. Handbook 6.5.2.3.
pub fn se_from_t(estimate: f64, t: f64) -> Result<f64, EffectError> {
    EffectError::finite("estimate", estimate)?;
    EffectError::positive("size of the t statistic", t.abs())?;
    if estimate == 0.0 {
        return Err(EffectError::NoDifference { quantity: "estimate" });
    }
    EffectError::positive("standard error", estimate.abs() / t.abs())
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

/// A log ratio from a printed ratio and one of its limits, on the natural scale: se = |ln limit − ln ratio|/z.
///
/// Coarser than from both limits, and silent on whether the interval is symmetric; `level` is that of the whole interval.
pub fn log_ratio_from_limit(ratio: f64, limit: f64, level: f64) -> Result<Effect, EffectError> {
    EffectError::positive("ratio", ratio)?;
    EffectError::positive("limit of the ratio", limit)?;
    EffectError::open_unit("confidence level", level)?;
    let estimate = libm::log(ratio);
    let distance = (libm::log(limit) - estimate).abs();
    let se = EffectError::positive("distance of ratio and limit", distance)? / two_sided_z(level);
    Effect::checked(estimate, se * se)
}

/// A log ratio from a printed ratio and its two-sided p value by a normal test: se = |ln ratio|/z. Handbook 6.3.2.
pub fn log_ratio_from_p(ratio: f64, p_two_sided: f64) -> Result<Effect, EffectError> {
    let estimate = libm::log(EffectError::positive("ratio", ratio)?);
    let se = se_from_p(estimate, p_two_sided, None)?;
    Effect::checked(estimate, se * se)
}

/// How far a ratio lies from the geometric middle of its limits, in standard errors: (ln ratio − middle)/se.
///
/// About 0 for a Wald interval, up to what the printed digits round away; far from 0 where the interval is exact or of another scale, or where a
/// number is misprinted.
pub fn log_ratio_asymmetry(
    ratio: f64,
    lower: f64,
    upper: f64,
    level: f64,
) -> Result<f64, EffectError> {
    let effect = log_ratio_from_ci(ratio, lower, upper, level)?;
    Ok((effect.estimate - f64::midpoint(libm::log(lower), libm::log(upper))) / effect.se())
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
