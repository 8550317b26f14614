//! Association in a 2×2 table beyond risks and odds: φ, Yule's Q and Y, and differences of arcsines and probits.
//!
//! Cells as in [`TwoByTwo`]: a and b with and without the event in the experimental arm, c and d in the control arm.

use crate::convert::transform::arcsine;
use crate::distribution::normal_quantile;
use crate::effect::{Effect, EffectError};
use crate::effect_size::binary::TwoByTwo;
use crate::effect_size::options::VarianceType;
use crate::measure::Measure;

/// The φ coefficient, (ad − bc)/√(n₁n₂m₁m₂) with m₁ = a+c and m₂ = b+d, from the raw cells.
///
/// The variance is that of simple random sampling, metafor `PHI` with its default (`vtype="CS"`):
/// v = (1 − φ² + φ(1 + φ²/2)·(p₁−p₂)(q₁−q₂)/√(p₁p₂q₁q₂) − ¾φ²·((p₁−p₂)²/(p₁p₂) + (q₁−q₂)²/(q₁q₂)))/N with p the arms' and q
/// the outcomes' shares of the N people. Refused when nobody or everybody had the event, and when φ is
/// −1 or 1, because the variance would be 0.
pub fn phi_coefficient(table: &TwoByTwo) -> Result<Effect, EffectError> {
    phi(table.informative("phi coefficient")?, VarianceType::CrossSectional)
}

/// Of the cells as they are. The variance for [`VarianceType::Stratified`] takes the arms' sizes as fixed: the delta
/// method on the two risks.
pub(crate) fn phi(t: &TwoByTwo, sampling: VarianceType) -> Result<Effect, EffectError> {
    let agreement = t.a() + t.d();
    if agreement == 0.0 || t.b() + t.c() == 0.0 {
        let found = if agreement == 0.0 { -1.0 } else { 1.0 };
        return Err(EffectError::Perfect { quantity: "phi coefficient", found });
    }
    let total = t.n_e + t.n_c;
    let (p_e, p_c) = (t.n_e / total, t.n_c / total);
    let (q_1, q_0) = ((t.a() + t.c()) / total, (t.b() + t.d()) / total);
    let cross = (t.a() / total) * (t.d() / total) - (t.b() / total) * (t.c() / total);
    let phi = cross / (p_e * p_c * q_1 * q_0).sqrt();
    if sampling == VarianceType::Stratified {
        return Effect::checked(phi, stratified_variance_of_phi(t, phi));
    }
    // Each margin's skew: 0 when it is split evenly.
    let skew_arms = (p_e - p_c) / (p_e * p_c).sqrt();
    let skew_outcomes = (q_1 - q_0) / (q_1 * q_0).sqrt();
    let square = phi * phi;
    let per_person = 1.0 - square + phi * (1.0 + square / 2.0) * skew_arms * skew_outcomes
        - 0.75 * square * (skew_arms * skew_arms + skew_outcomes * skew_outcomes);
    Effect::checked(phi, per_person / total)
}

/// With p the arms' shares and q₁, q₀ the outcomes', φ = √(p₁p₂)·(r₁−r₂)/√(q₁q₀) for risks r, and
/// ∂φ/∂r₁ = √(p₁p₂/(q₁q₀)) − φ·p₁(q₀−q₁)/(2q₁q₀).
fn stratified_variance_of_phi(t: &TwoByTwo, phi: f64) -> f64 {
    let total = t.n_e + t.n_c;
    let (p_e, p_c) = (t.n_e / total, t.n_c / total);
    let (q_1, q_0) = ((t.a() + t.c()) / total, (t.b() + t.d()) / total);
    let slope = (p_e * p_c / (q_1 * q_0)).sqrt();
    let bend = 0.5 * phi * (q_0 - q_1) / (q_1 * q_0);
    let (slope_e, slope_c) = (slope - bend * p_e, -slope - bend * p_c);
    let spread_e = t.a() / t.n_e * (t.b() / t.n_e) / t.n_e;
    let spread_c = t.c() / t.n_c * (t.d() / t.n_c) / t.n_c;
    slope_e * slope_e * spread_e + slope_c * slope_c * spread_c
}

/// Yule's Q, (OR − 1)/(OR + 1): v = (1−Q²)²/4 · (1/a + 1/b + 1/c + 1/d).
///
/// Yule (1900), doi 10.1098/rsta.1900.0019; metafor `YUQ`. One half is added to every cell when one is 0.
pub fn yules_q(table: &TwoByTwo) -> Result<Effect, EffectError> {
    yule_q(&table.informative(Measure::YulesQ.long_name())?.corrected())
}

/// Of the cells as they are.
pub(crate) fn yule_q(t: &TwoByTwo) -> Result<Effect, EffectError> {
    let (concordant, discordant) = (t.a() * t.d(), t.b() * t.c());
    yule(concordant, discordant, t, 4.0)
}

/// Yule's Y (coefficient of colligation), (√OR − 1)/(√OR + 1): v = (1−Y²)²/16 · (1/a + 1/b + 1/c + 1/d).
///
/// Yule (1912), doi 10.2307/2340126; metafor `YUY`. One half is added to every cell when one is 0.
pub fn yules_y(table: &TwoByTwo) -> Result<Effect, EffectError> {
    yule_y(&table.informative(Measure::YulesY.long_name())?.corrected())
}

/// Of the cells as they are.
pub(crate) fn yule_y(t: &TwoByTwo) -> Result<Effect, EffectError> {
    let (concordant, discordant) = ((t.a() * t.d()).sqrt(), (t.b() * t.c()).sqrt());
    yule(concordant, discordant, t, 16.0)
}

/// Difference of arcsine-transformed risks, arcsin √p₁ − arcsin √p₂, in radians: v = 1/(4n₁) + 1/(4n₂).
///
/// Rücker et al. (2009), doi 10.1002/sim.3511; metafor `AS`. Empty cells need no correction.
pub fn arcsine_difference(table: &TwoByTwo) -> Result<Effect, EffectError> {
    let t = table.checked()?;
    Effect::checked(arcsine(t.a() / t.n_e) - arcsine(t.c() / t.n_c), 0.25 / t.n_e + 0.25 / t.n_c)
}

/// Difference of probits, Φ⁻¹(p₁) − Φ⁻¹(p₂): a standardised mean difference of a normal outcome cut at one threshold.
///
/// v = Σ 2π·p(1−p)·exp(z²)/n with z = Φ⁻¹(p) of each arm. Sánchez-Meca et al. (2003), doi 10.1037/1082-989X.8.4.448;
/// metafor `PBIT`. One half is added to every cell when one is 0.
pub fn probit_difference(table: &TwoByTwo) -> Result<Effect, EffectError> {
    probits(&table.informative(Measure::ProbitDifference.long_name())?.corrected())
}

/// Of the cells as they are.
pub(crate) fn probits(t: &TwoByTwo) -> Result<Effect, EffectError> {
    let (z_e, var_e) = probit(t.a() / t.n_e, t.n_e);
    let (z_c, var_c) = probit(t.c() / t.n_c, t.n_c);
    Effect::checked(z_e - z_c, var_e + var_c)
}

/// Φ⁻¹(p) and its variance among `n` people.
fn probit(p: f64, n: f64) -> (f64, f64) {
    let z = normal_quantile(p);
    (z, std::f64::consts::TAU * p * (1.0 - p) * libm::exp(z * z) / n)
}

/// (concordant − discordant)/(concordant + discordant), with its variance by the delta method from the log odds ratio's.
fn yule(
    concordant: f64,
    discordant: f64,
    t: &TwoByTwo,
    divisor: f64,
) -> Result<Effect, EffectError> {
    let total = concordant + discordant;
    let estimate = (concordant - discordant) / total;
    // 1 − estimate², without cancellation.
    let remainder = 4.0 * (concordant / total) * (discordant / total);
    let of_log_odds = 1.0 / t.a() + 1.0 / t.b() + 1.0 / t.c() + 1.0 / t.d();
    Effect::checked(estimate, remainder * remainder / divisor * of_log_odds)
}
