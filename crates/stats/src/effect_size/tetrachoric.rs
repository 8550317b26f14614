//! The correlation of two normal variables of which only a dichotomy each was recorded.

use core::f64::consts::FRAC_PI_2;

use crate::distribution::{density_in_angle, excess_probability, normal_cdf, normal_quantile};
use crate::effect::{Effect, EffectError};
use crate::effect_size::binary::TwoByTwo;
use crate::numeric::root::bracketed_root;

/// The tetrachoric correlation of a 2×2 table: the correlation of a bivariate normal distribution that has the table's
/// four shares.
///
/// Pearson (1900), doi 10.1098/rsta.1900.0022; metafor `RTET`. The thresholds are those of the margins, so the maximum of the
/// likelihood fits the table exactly, and the variance is that of the four shares carried through (the delta method),
/// which is the inverse of the joint information on correlation and thresholds. Refused when a cell is 0, because the
/// correlation would be −1 or 1.
pub fn tetrachoric_correlation(table: &TwoByTwo) -> Result<Effect, EffectError> {
    let t = table.informative("tetrachoric correlation")?;
    if t.has_zero_cell() {
        let found = if t.a() == 0.0 || t.d() == 0.0 { -1.0 } else { 1.0 };
        return Err(EffectError::Perfect { quantity: "tetrachoric correlation", found });
    }
    let total = t.n_e + t.n_c;
    let (share_e, share_events) = (t.n_e / total, (t.a() + t.c()) / total);
    let (x, y) = (normal_quantile(share_e), normal_quantile(share_events));
    // p₁₁ less what independence gives, free of cancellation.
    let excess = (t.a() / total) * (t.d() / total) - (t.b() / total) * (t.c() / total);
    let gap = |angle: f64| excess_probability(x, y, angle) - excess;
    let angle = bracketed_root(gap, -FRAC_PI_2, FRAC_PI_2).map_err(|_| EffectError::Overflow)?;
    let (correlation, rest) = (libm::sin(angle), libm::cos(angle));
    // The density in the angle is that in the correlation times cos(angle).
    let density = density_in_angle(x, y, angle) / rest;
    // With p₁₁ and the margins m₁, m₂ of a table: dρ = (dp₁₁ − P(Y≤y | x)·dm₁ − P(X≤x | y)·dm₂)/φ₂.
    let by_row = normal_cdf((y - correlation * x) / rest);
    let by_column = normal_cdf((x - correlation * y) / rest);
    let slopes = [1.0 - by_row - by_column, -by_row, -by_column, 0.0];
    let shares = [t.a(), t.b(), t.c(), t.d()].map(|cell| cell / total);
    let mean: f64 = slopes.iter().zip(shares).map(|(slope, share)| slope * share).sum();
    let spread: f64 = slopes
        .iter()
        .zip(shares)
        .map(|(slope, share)| share * (slope - mean) * (slope - mean))
        .sum();
    Effect::checked(correlation, spread / (total * density * density))
}
