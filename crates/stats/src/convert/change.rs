//! Changes from baseline.

use crate::effect::EffectError;
use crate::effect_size::paired::variance_of_difference;

/// SD of the changes from baseline: √(s₀² + s₁² − 2·r·s₀·s₁).
///
/// Handbook 6.5.2.8. `correlation` is r between baseline and final values, from −1 to 1; it is recovered from a trial
/// that prints all three SDs by
/// [`correlation_from_sd_of_differences`](crate::correlation_from_sd_of_differences).
pub fn sd_of_change(sd_baseline: f64, sd_final: f64, correlation: f64) -> Result<f64, EffectError> {
    EffectError::not_negative("standard deviation at baseline", sd_baseline)?;
    EffectError::not_negative("standard deviation at the end", sd_final)?;
    EffectError::within((-1.0, 1.0), "correlation between baseline and end", correlation)?;
    Ok(variance_of_difference(sd_baseline, sd_final, correlation).sqrt())
}
