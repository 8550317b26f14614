//! Standardised means and mean differences whose yardstick is not the pooled standard deviation.
//!
//! All are d corrected for bias with Hedges' exact factor J. They answer to other yardsticks than
//! [`standardized_mean_difference`](crate::standardized_mean_difference): do not pool them with it.

use crate::effect::{Effect, EffectError};
use crate::effect_size::continuous::{CONTROL, EXPERIMENTAL, MeanSd};
use crate::effect_size::options::{SmallSample, VarianceType};
use crate::effect_size::paired::{PAIRS, checked_pairs, variance_of_difference};
use crate::effect_size::standardized::{Standardized, mean_variance};

/// Glass's Δ, the mean difference over the control arm's SD: v = 1/n₁ + 1/n₂ + Δ²/(2n₂), as if both arms had that SD.
///
/// Δ = J(n₂−1)·(m₁−m₂)/s₂; the experimental arm's SD does not matter. Glass (1976), doi 10.3102/0013189X005010003;
/// metafor `SMD1`. See [`glass_delta_unequal_variances`] for arms of different SDs.
pub fn glass_delta(experimental: &MeanSd, control: &MeanSd) -> Result<Effect, EffectError> {
    Standardized::control(experimental, control)?.large_sample()
}

/// Glass's Δ where the arms' SDs differ: v = (s₁²/s₂²)/n₁ + 1/n₂ + Δ²/(2n₂), Δ as in [`glass_delta`].
///
/// Bonett (2008), doi 10.1037/1082-989X.13.2.99; metafor 3.8 `SMD1H`.
pub fn glass_delta_unequal_variances(
    experimental: &MeanSd,
    control: &MeanSd,
) -> Result<Effect, EffectError> {
    glass_delta_unequal_variances_with(experimental, control, SmallSample::Exact)
}

/// Standardised mean difference where the arms' SDs differ, over the root of their mean variance s² = (s₁²+s₂²)/2.
///
/// g = J(n₁+n₂−2)·(m₁−m₂)/s and v = J²·((s₁²/(n₁−1) + s₂²/(n₂−1))/s² + g²·(s₁⁴/(n₁−1) + s₂⁴/(n₂−1))/(8s⁴)): metafor 3.8 `SMDH`
/// (Bonett 2008, doi 10.1037/1082-989X.13.2.99). One SD may be 0, both may not.
pub fn smd_unequal_variances(
    experimental: &MeanSd,
    control: &MeanSd,
) -> Result<Effect, EffectError> {
    smd_unequal_variances_with(experimental, control, VarianceType::LargeSample, SmallSample::Exact)
}

/// As [`smd_unequal_variances`]; [`VarianceType::LargeSampleOfUncorrected`] is
/// v = (s₁²/n₁ + s₂²/n₂)/s² + g²·(s₁⁴/n₁ + s₂⁴/n₂)/(8s⁴).
pub(crate) fn smd_unequal_variances_with(
    experimental: &MeanSd,
    control: &MeanSd,
    variance: VarianceType,
    correction: SmallSample,
) -> Result<Effect, EffectError> {
    let (e, c) = (experimental.checked(&EXPERIMENTAL)?, control.checked(&CONTROL)?);
    let square = mean_variance(e, c);
    if square <= 0.0 {
        return Err(EffectError::NoVariation);
    }
    let factor = correction.factor(e.n + c.n - 2.0);
    let g = factor * (e.mean - c.mean) / square.sqrt();
    let (share_e, share_c) = (e.sd * e.sd / square, c.sd * c.sd / square);
    let of = |n_e: f64, n_c: f64| {
        let of_means = share_e / n_e + share_c / n_c;
        let of_sd = share_e * share_e / n_e + share_c * share_c / n_c;
        of_means + g * g * of_sd / 8.0
    };
    let variance = match variance {
        VarianceType::LargeSampleOfUncorrected => of(e.n, c.n),
        _ => factor * factor * of(e.n - 1.0, c.n - 1.0),
    };
    Effect::checked(g, variance)
}

/// Standardised change of `n` pairs over the experimental side's SD, where the two sides' SDs differ.
///
/// g = J(n−1)·(m₁−m₂)/s₁ and v = J(n−1)²·(s²/(s₁²(n−1)) + g²/(2(n−1))) with s² = s₁² + s₂² − 2·r·s₁·s₂: metafor 3.8 `SMCRH`
/// (Bonett 2008, doi 10.1037/1082-989X.13.2.99).
pub fn paired_smd_unequal_variances(
    experimental: &MeanSd,
    control: &MeanSd,
    correlation: f64,
) -> Result<Effect, EffectError> {
    paired_smd_unequal_variances_with(experimental, control, correlation, SmallSample::Exact)
}

pub(crate) fn paired_smd_unequal_variances_with(
    experimental: &MeanSd,
    control: &MeanSd,
    correlation: f64,
    correction: SmallSample,
) -> Result<Effect, EffectError> {
    let pairs = checked_pairs(experimental, control, correlation)?;
    let degrees = EffectError::at_least(3.0, PAIRS, pairs)? - 1.0;
    let sd = EffectError::positive(EXPERIMENTAL.sd, experimental.sd)?;
    let factor = correction.factor(degrees);
    let g = factor * (experimental.mean - control.mean) / sd;
    let change = variance_of_difference(1.0, control.sd / sd, correlation);
    Effect::checked(g, factor * factor * (change + g * g / 2.0) / degrees)
}

/// Standardised change of `n` pairs over the root of the sides' mean variance s², where the two sides' SDs differ.
///
/// g = J·(m₁−m₂)/s with J on 2(n−1)/(1+r²) degrees of freedom, and
/// v = (s₁² + s₂² − 2·r·s₁·s₂)/(s²(n−1)) + g²·(s₁⁴ + s₂⁴ + 2r²s₁²s₂²)/(8s⁴(n−1)): Bonett (2008), doi 10.1037/1082-989X.13.2.99; the
/// degrees of freedom by Cousineau (2020), doi 10.20982/tqmp.16.4.p418.
pub(crate) fn paired_smd_pooled_unequal_variances(
    experimental: &MeanSd,
    control: &MeanSd,
    correlation: f64,
    correction: SmallSample,
) -> Result<Effect, EffectError> {
    let standardized = Standardized::raw_pooled(experimental, control, correlation)?;
    let g = standardized.corrected(correction);
    let square = mean_variance(experimental, control);
    let degrees = experimental.n - 1.0;
    let change = variance_of_difference(experimental.sd, control.sd, correlation) / square;
    let share_e = experimental.sd * experimental.sd / square;
    let share_c = control.sd * control.sd / square;
    let shared = correlation * correlation * share_e * share_c;
    let of_sd = share_e * share_e + share_c * share_c + 2.0 * shared;
    Effect::checked(g, (change + g * g * of_sd / 8.0) / degrees)
}

/// Standardised mean of one group, J(n−1)·m/s: v = 1/n + g²/(2n). The SD must be above 0. metafor `SMN`.
pub fn standardized_mean(group: &MeanSd) -> Result<Effect, EffectError> {
    Standardized::one_group(group)?.large_sample()
}

pub(crate) fn glass_delta_unequal_variances_with(
    experimental: &MeanSd,
    control: &MeanSd,
    correction: SmallSample,
) -> Result<Effect, EffectError> {
    let delta = Standardized::control(experimental, control)?.corrected(correction);
    let (e, c) = (experimental, control);
    let ratio = e.sd / c.sd;
    Effect::checked(delta, ratio * ratio / e.n + 1.0 / c.n + delta * delta / (2.0 * c.n))
}
