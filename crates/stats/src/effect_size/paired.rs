//! Effects from paired continuous data: crossover, split-face, split-mouth and matched designs.
//!
//! The same people (or matched pairs) stand on both sides, so the sampling variance needs the correlation r
//! between the two sides. Trials seldom print it; it is recovered from the SD of the differences, or assumed and
//! varied in a sensitivity analysis. Ignoring the pairing (r = 0) is conservative. Handbook 23.2.

use crate::distribution::t_quantile;
use crate::effect::{Effect, EffectError};
use crate::effect_size::continuous::{CONTROL, EXPERIMENTAL, MeanSd};
use crate::effect_size::standardized::{Standardized, mean_variance};

/// Mean difference of `n` pairs: v = (s₁² + s₂² − 2·r·s₁·s₂)/n.
///
/// `experimental.n` and `control.n` are both the number of pairs; `correlation` is r between the two sides, from
/// −1 to 1. Handbook 23.2.7.1; metafor `MC`.
pub fn paired_mean_difference(
    experimental: &MeanSd,
    control: &MeanSd,
    correlation: f64,
) -> Result<Effect, EffectError> {
    let pairs = checked_pairs(experimental, control, correlation)?;
    let variance = variance_of_difference(experimental.sd, control.sd, correlation);
    Effect::checked(experimental.mean - control.mean, variance / pairs)
}

/// Standardised mean difference of `n` pairs, on the scale of a parallel trial's.
///
/// g = J(n−1)·(m₁−m₂)/√((s₁²+s₂²)/2) and v = 2(1−r)/n + g²/(2n) (Becker 1988,
/// doi 10.1111/j.2044-8317.1988.tb00901.x), with the exact Hedges factor J. The difference is divided by the raw
/// SD (the root of the mean variance of the two sides), not by the SD of the differences, because only the former
/// is the yardstick that parallel trials use: pooling the two kinds is otherwise meaningless. With s₁ = s₂ this is
/// metafor's `SMCR`.
pub fn paired_smd(
    experimental: &MeanSd,
    control: &MeanSd,
    correlation: f64,
) -> Result<Effect, EffectError> {
    let raw_sd = mean_variance(experimental, control).sqrt();
    Standardized::raw(experimental, control, correlation, raw_sd)?.large_sample()
}

/// The variance of a paired standardised mean difference that was not corrected for bias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PairedSmdVariance {
    /// 2(1−r)/n + d²/(2n). Becker (1988), doi 10.1111/j.2044-8317.1988.tb00901.x. The default.
    #[default]
    Becker,
    /// (1/n + d²/(2n))·2(1−r). Handbook 23.2.7.2; too small where r or d is large, since the second term does not shrink with r.
    Handbook,
}

/// Standardised mean difference of `n` pairs as the Handbook computes it, without the correction for bias: (m₁−m₂)/√((s₁²+s₂²)/2).
///
/// Handbook 23.2.7.2. [`paired_smd`] is the same with the correction and [`PairedSmdVariance::Becker`].
pub fn paired_smd_uncorrected(
    experimental: &MeanSd,
    control: &MeanSd,
    correlation: f64,
    variance: PairedSmdVariance,
) -> Result<Effect, EffectError> {
    let pairs = checked_pairs(experimental, control, correlation)?;
    let sd = EffectError::positive(
        "raw standard deviation",
        mean_variance(experimental, control).sqrt(),
    )?;
    let d = (experimental.mean - control.mean) / sd;
    let (of_difference, of_d) = (2.0 * (1.0 - correlation), d * d / (2.0 * pairs));
    let variance = match variance {
        PairedSmdVariance::Becker => of_difference / pairs + of_d,
        PairedSmdVariance::Handbook => (1.0 / pairs + of_d) * of_difference,
    };
    Effect::checked(d, variance)
}

/// Standardised mean change of `n` pairs, the difference divided by the SD of the differences.
///
/// g = J(n−1)·(m₁−m₂)/s with s² = s₁² + s₂² − 2·r·s₁·s₂, and v = 1/n + g²/(2n): metafor `SMCC` (Gibbons, Hedeker & Davis
/// 1993, doi 10.3102/10769986018003271). Its yardstick is the change score's SD: do not pool it with [`paired_smd`].
pub fn paired_smd_of_change(
    experimental: &MeanSd,
    control: &MeanSd,
    correlation: f64,
) -> Result<Effect, EffectError> {
    Standardized::change(experimental, control, correlation)?.large_sample()
}

/// Log ratio of means of `n` pairs: v = s₁²/(n·m₁²) + s₂²/(n·m₂²) − 2·r·s₁·s₂/(n·m₁·m₂).
///
/// Both means must be above 0. Lajeunesse (2011), doi 10.1890/11-0423.1; metafor `ROMC`.
pub fn paired_ratio_of_means(
    experimental: &MeanSd,
    control: &MeanSd,
    correlation: f64,
) -> Result<Effect, EffectError> {
    let pairs = checked_pairs(experimental, control, correlation)?;
    EffectError::positive(EXPERIMENTAL.mean, experimental.mean)?;
    EffectError::positive(CONTROL.mean, control.mean)?;
    let (cv_e, cv_c) = (experimental.sd / experimental.mean, control.sd / control.mean);
    Effect::checked(
        libm::log(experimental.mean / control.mean),
        variance_of_difference(cv_e, cv_c, correlation) / pairs,
    )
}

/// The correlation between the two sides that three SDs imply: r = (s₁² + s₂² − s²)/(2·s₁·s₂), s the SD of the differences.
///
/// Refused when the result is outside [−1, 1], which means that the three SDs do not belong together (or that one
/// was rounded hard, or is a standard error). Handbook 6.5.2.8 and 23.2.7.2.
pub fn correlation_from_sd_of_differences(
    sd_experimental: f64,
    sd_control: f64,
    sd_of_differences: f64,
) -> Result<f64, EffectError> {
    EffectError::positive(EXPERIMENTAL.sd, sd_experimental)?;
    EffectError::positive(CONTROL.sd, sd_control)?;
    EffectError::not_negative(SD_OF_DIFFERENCES, sd_of_differences)?;
    let correlation = (sd_experimental * sd_experimental + sd_control * sd_control
        - sd_of_differences * sd_of_differences)
        / (2.0 * sd_experimental * sd_control);
    EffectError::within(
        CORRELATION_RANGE,
        "correlation implied by the standard deviations",
        correlation,
    )
}

/// SD of the within-pair differences from the two-sided p value of a paired t test.
///
/// |MD|·√n/t with t the upper p/2 point of Student's t on n − 1 degrees of freedom. Handbook 23.2.7.2.
pub fn sd_of_differences_from_p(
    mean_difference: f64,
    pairs: f64,
    p_two_sided: f64,
) -> Result<f64, EffectError> {
    EffectError::finite(MEAN_DIFFERENCE, mean_difference)?;
    EffectError::at_least(2.0, PAIRS, pairs)?;
    EffectError::open_unit("p value", p_two_sided)?;
    if mean_difference == 0.0 {
        return Err(EffectError::NoDifference { quantity: MEAN_DIFFERENCE });
    }
    let t = -t_quantile(p_two_sided / 2.0, pairs - 1.0);
    EffectError::positive(SD_OF_DIFFERENCES, mean_difference.abs() * pairs.sqrt() / t)
}

/// SD of the within-pair differences from the standard error of the mean difference: se·√n.
pub fn sd_of_differences_from_se(se: f64, pairs: f64) -> Result<f64, EffectError> {
    EffectError::positive("standard error of the mean difference", se)?;
    EffectError::at_least(2.0, PAIRS, pairs)?;
    Ok(se * pairs.sqrt())
}

/// SD of the within-pair differences from the confidence interval of the mean difference.
///
/// √n·(upper − lower)/(2t) with t on n − 1 degrees of freedom; `level` in (0, 1), usually 0.95.
pub fn sd_of_differences_from_ci(
    lower: f64,
    upper: f64,
    pairs: f64,
    level: f64,
) -> Result<f64, EffectError> {
    crate::convert::sd_from_ci(lower, upper, pairs, level)
}

const CORRELATION_RANGE: (f64, f64) = (-1.0, 1.0);
pub(crate) const PAIRS: &str = "number of pairs";
const MEAN_DIFFERENCE: &str = "mean difference";
const SD_OF_DIFFERENCES: &str = "standard deviation of the differences";

/// s₁² + s₂² − 2·r·s₁·s₂, written so that it cannot fall below 0 by rounding.
pub(crate) fn variance_of_difference(sd_1: f64, sd_2: f64, correlation: f64) -> f64 {
    let gap = sd_1 - sd_2;
    gap * gap + 2.0 * (1.0 - correlation) * sd_1 * sd_2
}

/// The number of pairs, if both sides are possible and agree on it and r is a correlation.
pub(crate) fn checked_pairs(e: &MeanSd, c: &MeanSd, correlation: f64) -> Result<f64, EffectError> {
    e.checked(&EXPERIMENTAL)?;
    c.checked(&CONTROL)?;
    EffectError::within(CORRELATION_RANGE, "correlation between the two sides", correlation)?;
    #[expect(
        clippy::float_cmp,
        reason = "counts of the same people are equal exactly or not at all"
    )]
    if e.n != c.n {
        return Err(EffectError::UnequalPairs { experimental: e.n, control: c.n });
    }
    Ok(e.n)
}
