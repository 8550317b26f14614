//! Between families of measures: odds ratios, standardised mean differences and risk ratios.

use core::f64::consts::PI;

use crate::effect::{Effect, EffectError};

/// The constant of Cox's approximation.
const COX: f64 = 1.65;

/// Standardised mean difference from a log odds ratio: d = ln OR·√3/π, v·3/π².
///
/// Chinn (2000), Statistics in Medicine 19:3127; Handbook 10.6. Assumes logistic
/// distributions of equal variance behind the dichotomy.
pub fn smd_from_log_odds_ratio(effect: &Effect) -> Result<Effect, EffectError> {
    Effect::checked(effect.estimate * 3.0_f64.sqrt() / PI, effect.variance * 3.0 / (PI * PI))
}

/// Standardised mean difference from a log odds ratio by Cox's approximation: d = ln OR/1.65, v/1.65².
///
/// Cox & Snell (1989), Analysis of binary data; Haddock, Rindskopf & Shadish (1998), doi 10.1037/1082-989X.3.3.339; metafor
/// `OR2DN`. Assumes normal distributions of equal variance behind the dichotomy.
pub fn smd_from_log_odds_ratio_normal(effect: &Effect) -> Result<Effect, EffectError> {
    Effect::checked(effect.estimate / COX, effect.variance / (COX * COX))
}

/// Log odds ratio from a standardised mean difference: ln OR = d·π/√3, v·π²/3. Same source and assumption.
pub fn log_odds_ratio_from_smd(effect: &Effect) -> Result<Effect, EffectError> {
    Effect::checked(effect.estimate * PI / 3.0_f64.sqrt(), effect.variance * (PI * PI) / 3.0)
}

/// Log odds ratio from a standardised mean difference by Cox's approximation: ln OR = 1.65·d, 1.65²·v.
///
/// The inverse of [`smd_from_log_odds_ratio_normal`], with its source and assumption; metafor `D2ORN`.
pub fn log_odds_ratio_from_smd_normal(effect: &Effect) -> Result<Effect, EffectError> {
    Effect::checked(effect.estimate * COX, effect.variance * (COX * COX))
}

/// Risk ratio from an odds ratio at a given control risk: OR/(1 − p₀·(1 − OR)).
///
/// Handbook 15.4.4.4. `control_risk` from 0 to 1. Converting the limits of an interval the same way treats the
/// control risk as known, and an adjusted odds ratio gives only an approximate risk ratio.
pub fn risk_ratio_from_odds_ratio(odds_ratio: f64, control_risk: f64) -> Result<f64, EffectError> {
    EffectError::positive("odds ratio", odds_ratio)?;
    EffectError::within((0.0, 1.0), "control risk", control_risk)?;
    EffectError::positive("risk ratio", odds_ratio / (1.0 - control_risk * (1.0 - odds_ratio)))
}
