//! Comparisons of variability rather than of means: ratios of standard deviations and of coefficients of variation.
//!
//! All are natural logs. Nakagawa et al. (2015), doi 10.1111/2041-210X.12309, for independent groups; for the same people
//! twice, with r the correlation between the two sides, metafor's `VRC` and `CVRC`.

use crate::effect::{Effect, EffectError};
use crate::effect_size::continuous::{CONTROL, EXPERIMENTAL, MeanSd};
use crate::effect_size::paired::{checked_pairs, variance_of_difference};

/// Log ratio of standard deviations, ln(s₁/s₂) + 1/(2(n₁−1)) − 1/(2(n₂−1)): v = 1/(2(n₁−1)) + 1/(2(n₂−1)).
///
/// metafor `VR`. Both SDs must be above 0; the means do not matter.
pub fn variability_ratio(experimental: &MeanSd, control: &MeanSd) -> Result<Effect, EffectError> {
    let (e, c) = (experimental.checked(&EXPERIMENTAL)?, control.checked(&CONTROL)?);
    check_sds(e, c)?;
    let (bias_e, bias_c) = (e.bias_of_log_sd(), c.bias_of_log_sd());
    Effect::checked(libm::log(e.sd / c.sd) + bias_e - bias_c, bias_e + bias_c)
}

/// Log ratio of coefficients of variation: the log of (s₁/m₁)/(s₂/m₂), corrected for bias as [`variability_ratio`] is.
///
/// v = 1/(2(n₁−1)) + s₁²/(n₁m₁²) + 1/(2(n₂−1)) + s₂²/(n₂m₂²): metafor `CVR`, which assumes that mean and SD are independent.
/// SDs and means must be above 0.
pub fn coefficient_of_variation_ratio(
    experimental: &MeanSd,
    control: &MeanSd,
) -> Result<Effect, EffectError> {
    let sds = variability_ratio(experimental, control)?;
    check_means(experimental, control)?;
    Effect::checked(
        sds.estimate - libm::log(experimental.mean / control.mean),
        sds.variance + experimental.variance_of_log_mean() + control.variance_of_log_mean(),
    )
}

/// Log ratio of standard deviations of `n` pairs, ln(s₁/s₂): v = (1−r²)/(n−1). metafor `VRC`.
pub fn paired_variability_ratio(
    experimental: &MeanSd,
    control: &MeanSd,
    correlation: f64,
) -> Result<Effect, EffectError> {
    let pairs = checked_pairs(experimental, control, correlation)?;
    check_sds(experimental, control)?;
    Effect::checked(
        libm::log(experimental.sd / control.sd),
        (1.0 - correlation) * (1.0 + correlation) / (pairs - 1.0),
    )
}

/// Log ratio of coefficients of variation of `n` pairs, ln((s₁/m₁)/(s₂/m₂)).
///
/// v = (1−r²)/(n−1) + (s₁²/m₁² + s₂²/m₂² − 2r·s₁s₂/(m₁m₂))/n: metafor `CVRC`. SDs and means must be above 0.
pub fn paired_coefficient_of_variation_ratio(
    experimental: &MeanSd,
    control: &MeanSd,
    correlation: f64,
) -> Result<Effect, EffectError> {
    let sds = paired_variability_ratio(experimental, control, correlation)?;
    check_means(experimental, control)?;
    let (cv_e, cv_c) = (experimental.sd / experimental.mean, control.sd / control.mean);
    Effect::checked(
        libm::log(cv_e / cv_c),
        sds.variance + variance_of_difference(cv_e, cv_c, correlation) / experimental.n,
    )
}

fn check_sds(e: &MeanSd, c: &MeanSd) -> Result<(), EffectError> {
    EffectError::positive(EXPERIMENTAL.sd, e.sd)?;
    EffectError::positive(CONTROL.sd, c.sd)?;
    Ok(())
}

fn check_means(e: &MeanSd, c: &MeanSd) -> Result<(), EffectError> {
    EffectError::positive(EXPERIMENTAL.mean, e.mean)?;
    EffectError::positive(CONTROL.mean, c.mean)?;
    Ok(())
}
