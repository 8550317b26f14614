//! One group measured on a continuous scale: its mean, its variability, and their logs.

use crate::effect::{Effect, EffectError};
use crate::effect_size::continuous::{GROUP, MeanSd};

/// The mean, in the outcome's own unit: v = s²/n. metafor `MN`.
pub fn mean(group: &MeanSd) -> Result<Effect, EffectError> {
    let group = group.checked(&GROUP)?;
    Effect::checked(group.mean, group.variance_of_mean())
}

/// Log mean: v = s²/(n·m²). The mean must be above 0. metafor `MNLN`.
pub fn log_mean(group: &MeanSd) -> Result<Effect, EffectError> {
    let group = group.checked(&GROUP)?;
    EffectError::positive(GROUP.mean, group.mean)?;
    Effect::checked(libm::log(group.mean), group.variance_of_log_mean())
}

/// Log standard deviation, ln s + 1/(2(n−1)): v = 1/(2(n−1)). The SD must be above 0; the mean does not matter.
///
/// Raudenbush & Bryk (1987), doi 10.3102/10769986012003241; metafor `SDLN`.
pub fn log_sd(group: &MeanSd) -> Result<Effect, EffectError> {
    let group = group.checked(&GROUP)?;
    EffectError::positive(GROUP.sd, group.sd)?;
    let bias = group.bias_of_log_sd();
    Effect::checked(libm::log(group.sd) + bias, bias)
}

/// Log coefficient of variation, ln(s/m) + 1/(2(n−1)): v = 1/(2(n−1)) + s²/(n·m²). Mean and SD must be above 0.
///
/// Nakagawa et al. (2015), doi 10.1111/2041-210X.12309; metafor `CVLN`.
pub fn log_coefficient_of_variation(group: &MeanSd) -> Result<Effect, EffectError> {
    let (sd, mean) = (log_sd(group)?, log_mean(group)?);
    Effect::checked(sd.estimate - mean.estimate, sd.variance + mean.variance)
}
