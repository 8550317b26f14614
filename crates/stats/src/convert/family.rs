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

/// Correlation from a standardised mean difference: r = d/√(d² + a), v·a²/(d² + a)³ with a = (n₁ + n₂)²/(n₁n₂).
///
/// Borenstein et al. (2009), chapter 7. The correlation is that of the outcome with membership of the first group.
pub fn correlation_from_smd(effect: &Effect, n_1: f64, n_2: f64) -> Result<Effect, EffectError> {
    EffectError::positive("number of people in the first group", n_1)?;
    EffectError::positive("number of people in the second group", n_2)?;
    let d = EffectError::finite("standardised mean difference", effect.estimate)?;
    let a = (n_1 + n_2) * (n_1 + n_2) / (n_1 * n_2);
    let square = d * d + a;
    Effect::checked(d / square.sqrt(), effect.variance * a * a / (square * square * square))
}

/// Standardised mean difference from a correlation with membership of one of two equal groups: d = 2r/√(1 − r²), 4v/(1 − r²)³.
///
/// Borenstein et al. (2009), chapter 7.
pub fn smd_from_correlation(effect: &Effect) -> Result<Effect, EffectError> {
    let r = EffectError::within((-1.0, 1.0), "correlation", effect.estimate)?;
    let rest = 1.0 - r * r;
    if rest == 0.0 {
        return Err(EffectError::Perfect { quantity: "correlation", found: r });
    }
    Effect::checked(2.0 * r / rest.sqrt(), 4.0 * effect.variance / (rest * rest * rest))
}

/// Risk ratio from a hazard ratio at a given control risk: (1 − (1 − p₀)^HR)/p₀.
///
/// `control_risk` between 0 and 1 at the time the risk ratio is for. Assumes proportional hazards and that everybody is followed to that time.
pub fn risk_ratio_from_hazard_ratio(
    hazard_ratio: f64,
    control_risk: f64,
) -> Result<f64, EffectError> {
    EffectError::positive("hazard ratio", hazard_ratio)?;
    EffectError::open_unit("control risk", control_risk)?;
    let risk = -libm::expm1(hazard_ratio * libm::log1p(-control_risk));
    EffectError::positive("risk ratio", risk / control_risk)
}

/// Odds ratio from a risk ratio at a given control risk: RR·(1 − p₀)/(1 − RR·p₀).
///
/// Refused where RR·p₀ reaches 1, since no odds belong to such a risk.
pub fn odds_ratio_from_risk_ratio(risk_ratio: f64, control_risk: f64) -> Result<f64, EffectError> {
    EffectError::positive("risk ratio", risk_ratio)?;
    EffectError::open_unit("control risk", control_risk)?;
    let risk = EffectError::open_unit("risk with the intervention", risk_ratio * control_risk)?;
    EffectError::positive("odds ratio", risk_ratio * (1.0 - control_risk) / (1.0 - risk))
}

/// Risk difference from a risk ratio at a given control risk: p₀·(RR − 1). Handbook 15.4.4.
pub fn risk_difference_from_risk_ratio(
    risk_ratio: f64,
    control_risk: f64,
) -> Result<f64, EffectError> {
    EffectError::positive("risk ratio", risk_ratio)?;
    EffectError::within((0.0, 1.0), "control risk", control_risk)?;
    Ok(control_risk * (risk_ratio - 1.0))
}
