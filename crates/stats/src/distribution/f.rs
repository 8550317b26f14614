//! Fisher and Snedecor's F distribution: the ratio of two mean squares.

use super::{Tails, beta_odds_quantile, beta_tails, positive};

/// P(F ≤ x) with `df1` > 0 degrees of freedom above and `df2` > 0 below; `df2` may be infinite (χ²/df₁).
pub fn f_cdf(x: f64, df1: f64, df2: f64) -> f64 {
    f_tails(x, df1, df2).lower
}

/// P(F > x) with `df1` > 0 degrees of freedom above and `df2` > 0 below; `df2` may be infinite (χ²/df₁).
pub fn f_sf(x: f64, df1: f64, df2: f64) -> f64 {
    f_tails(x, df1, df2).upper
}

/// The x with P(F ≤ x) = `p`; 0 at 0 and ∞ at 1.
///
/// ```
/// use consilience_stats::distribution::f_quantile;
/// assert!((f_quantile(0.95, 2.0, 9.0) - 4.256494729093748).abs() < 1e-12);
/// ```
pub fn f_quantile(p: f64, df1: f64, df2: f64) -> f64 {
    if !positive(df1) || !positive(df2) || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let (half1, half2) = (df1 / 2.0, df2 / 2.0);
    // df₁·F/df₂ is the odds of a beta variable; the smaller tail is the well-conditioned one.
    let odds = if p <= 0.5 {
        beta_odds_quantile(p, half1, half2)
    } else {
        1.0 / beta_odds_quantile(1.0 - p, half2, half1)
    };
    odds * df2 / df1
}

fn f_tails(x: f64, df1: f64, df2: f64) -> Tails {
    if x.is_nan() || !positive(df1) || df2.is_nan() || df2 <= 0.0 {
        return Tails::NAN;
    }
    if x <= 0.0 {
        return Tails::ALL_ABOVE;
    }
    if x.is_infinite() {
        return Tails::ALL_BELOW;
    }
    if df2.is_infinite() {
        return super::chi2_tails(x * df1, df1);
    }
    let odds = x * df1 / df2;
    let (share, rest) =
        if odds.is_infinite() { (1.0, 0.0) } else { (odds / (1.0 + odds), 1.0 / (1.0 + odds)) };
    beta_tails(share, rest, df1 / 2.0, df2 / 2.0)
}
