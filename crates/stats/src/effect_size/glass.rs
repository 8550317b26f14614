//! Standardised means and mean differences whose yardstick is not the pooled standard deviation.
//!
//! All are d corrected for bias with Hedges' exact factor J. They answer to other yardsticks than
//! [`standardized_mean_difference`](crate::standardized_mean_difference): do not pool them with it.

use crate::effect::{Effect, EffectError};
use crate::effect_size::continuous::{CONTROL, EXPERIMENTAL, GROUP, MeanSd};
use crate::effect_size::hedges::exact_correction;
use crate::effect_size::paired::{PAIRS, checked_pairs, variance_of_difference};

/// Glass's Δ, the mean difference over the control arm's SD: v = 1/n₁ + 1/n₂ + Δ²/(2n₂), as if both arms had that SD.
///
/// Δ = J(n₂−1)·(m₁−m₂)/s₂; the experimental arm's SD does not matter. Glass (1976), doi 10.3102/0013189X005010003;
/// metafor `SMD1`. See [`glass_delta_unequal_variances`] for arms of different SDs.
pub fn glass_delta(experimental: &MeanSd, control: &MeanSd) -> Result<Effect, EffectError> {
    let (e, c) = (experimental.checked(&EXPERIMENTAL)?, control.checked(&CONTROL)?);
    let delta = corrected_delta(e, c)?;
    Effect::checked(delta, 1.0 / e.n + 1.0 / c.n + delta * delta / (2.0 * c.n))
}

/// Glass's Δ where the arms' SDs differ: v = (s₁²/s₂²)/n₁ + 1/n₂ + Δ²/(2n₂), Δ as in [`glass_delta`].
///
/// Bonett (2008), doi 10.1037/1082-989X.13.2.99; metafor 3.8 `SMD1H`.
pub fn glass_delta_unequal_variances(
    experimental: &MeanSd,
    control: &MeanSd,
) -> Result<Effect, EffectError> {
    let (e, c) = (experimental.checked(&EXPERIMENTAL)?, control.checked(&CONTROL)?);
    let delta = corrected_delta(e, c)?;
    let ratio = e.sd / c.sd;
    Effect::checked(delta, ratio * ratio / e.n + 1.0 / c.n + delta * delta / (2.0 * c.n))
}

/// Standardised mean difference where the arms' SDs differ, over the root of their mean variance s² = (s₁²+s₂²)/2.
///
/// g = J(n₁+n₂−2)·(m₁−m₂)/s and v = J²·((s₁²/(n₁−1) + s₂²/(n₂−1))/s² + g²·(s₁⁴/(n₁−1) + s₂⁴/(n₂−1))/(8s⁴)): metafor 3.8 `SMDH`
/// (Bonett 2008, doi 10.1037/1082-989X.13.2.99). One SD may be 0, both may not.
pub fn smd_unequal_variances(
    experimental: &MeanSd,
    control: &MeanSd,
) -> Result<Effect, EffectError> {
    let (e, c) = (experimental.checked(&EXPERIMENTAL)?, control.checked(&CONTROL)?);
    let square = f64::midpoint(e.sd * e.sd, c.sd * c.sd);
    if square <= 0.0 {
        return Err(EffectError::NoVariation);
    }
    let correction = exact_correction(e.n + c.n - 2.0);
    let g = correction * (e.mean - c.mean) / square.sqrt();
    let (share_e, share_c) = (e.sd * e.sd / square, c.sd * c.sd / square);
    let of_means = share_e / (e.n - 1.0) + share_c / (c.n - 1.0);
    let of_sd = share_e * share_e / (e.n - 1.0) + share_c * share_c / (c.n - 1.0);
    Effect::checked(g, correction * correction * (of_means + g * g * of_sd / 8.0))
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
    let pairs = checked_pairs(experimental, control, correlation)?;
    let degrees = EffectError::at_least(3.0, PAIRS, pairs)? - 1.0;
    let sd = EffectError::positive(EXPERIMENTAL.sd, experimental.sd)?;
    let correction = exact_correction(degrees);
    let g = correction * (experimental.mean - control.mean) / sd;
    let change = variance_of_difference(1.0, control.sd / sd, correlation);
    Effect::checked(g, correction * correction * (change + g * g / 2.0) / degrees)
}

/// Standardised mean of one group, J(n−1)·m/s: v = 1/n + g²/(2n). The SD must be above 0. metafor `SMN`.
pub fn standardized_mean(group: &MeanSd) -> Result<Effect, EffectError> {
    let group = group.checked(&GROUP)?;
    EffectError::at_least(3.0, GROUP.n, group.n)?;
    let sd = EffectError::positive(GROUP.sd, group.sd)?;
    let g = exact_correction(group.n - 1.0) * group.mean / sd;
    Effect::checked(g, 1.0 / group.n + g * g / (2.0 * group.n))
}

/// J(n₂−1)·(m₁−m₂)/s₂.
fn corrected_delta(e: &MeanSd, c: &MeanSd) -> Result<f64, EffectError> {
    let sd = EffectError::positive(CONTROL.sd, c.sd)?;
    EffectError::at_least(3.0, CONTROL.n, c.n)?;
    Ok(exact_correction(c.n - 1.0) * (e.mean - c.mean) / sd)
}
