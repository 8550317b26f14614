//! The distributions that tests and intervals need: normal (of one and two variables), Student's t, chi-squared, F, beta,
//! binomial and Landau's.
//!
//! Every tail is computed directly, never as one minus the other, so a p value of 10⁻²⁶ keeps its digits. A function
//! returns NaN when an argument is outside the distribution's domain (negative degrees of freedom, a probability
//! outside \[0, 1\], NaN). Cumulative functions come from `cdflib`; quantiles are our own root of the logarithm of
//! the smaller tail, because `cdflib`'s stop at eight digits. (`cdflib` calls the platform's exp and ln, so the last bit
//! of a probability may depend on the machine; nothing else in this crate does.)

mod bivariate_normal;
mod erfc;
mod f;
mod landau;
mod quantile;
mod whole;

use cdflib::special::{cumnor, try_beta_inc, try_gamma_inc};

pub use bivariate_normal::bivariate_normal_cdf;
pub(crate) use bivariate_normal::{density_in_angle, excess_probability};
use erfc::erfc_given;
pub use f::{f_cdf, f_quantile, f_sf};
pub use landau::landau_sf;
use quantile::positive_root_of_log;

/// Both tails of a continuous distribution at one point.
#[derive(Clone, Copy)]
struct Tails {
    lower: f64,
    upper: f64,
}

impl Tails {
    const NAN: Self = Self { lower: f64::NAN, upper: f64::NAN };
    const ALL_BELOW: Self = Self { lower: 1.0, upper: 0.0 };
    const ALL_ABOVE: Self = Self { lower: 0.0, upper: 1.0 };

    fn flipped(self) -> Self {
        Self { lower: self.upper, upper: self.lower }
    }
}

/// P(Z ≤ z) of the standard normal distribution.
pub fn normal_cdf(z: f64) -> f64 {
    normal_tails(z).lower
}

/// P(Z > z) of the standard normal distribution.
pub fn normal_sf(z: f64) -> f64 {
    normal_tails(z).upper
}

/// Two-sided p value of a standard normal statistic, 2·P(Z > |z|).
pub fn normal_two_sided_p(z: f64) -> f64 {
    // The rounding of z²/2 costs z² parts in 10¹⁶, so this shorter way is for statistics of usual size.
    if z.abs() <= 6.0 {
        return erfc_given(z.abs() * core::f64::consts::FRAC_1_SQRT_2, libm::exp(-0.5 * z * z));
    }
    2.0 * normal_sf(z.abs())
}

/// The z with P(Z ≤ z) = `p`; −∞ at 0 and ∞ at 1.
///
/// ```
/// use consilience_stats::distribution::normal_quantile;
/// assert!((normal_quantile(0.975) - 1.959963984540054).abs() < 1e-15);
/// ```
pub fn normal_quantile(p: f64) -> f64 {
    symmetric_quantile(
        p,
        normal_tails,
        |z| libm::erf(z / core::f64::consts::SQRT_2) / 2.0,
        normal_pdf,
    )
}

/// P(T ≤ t) of Student's t distribution with `df` > 0 degrees of freedom.
pub fn t_cdf(t: f64, df: f64) -> f64 {
    t_tails(t, df).lower
}

/// P(T > t) of Student's t distribution with `df` > 0 degrees of freedom.
pub fn t_sf(t: f64, df: f64) -> f64 {
    t_tails(t, df).upper
}

/// Two-sided p value of a t statistic, 2·P(T > |t|).
pub fn t_two_sided_p(t: f64, df: f64) -> f64 {
    2.0 * t_sf(t.abs(), df)
}

/// The t with P(T ≤ t) = `p` on `df` > 0 degrees of freedom; −∞ at 0 and ∞ at 1.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if !positive(df) {
        return f64::NAN;
    }
    symmetric_quantile(p, |t| t_tails(t, df), |t| t_central(t, df), |t| t_pdf(t, df))
}

/// P(X ≤ x) of the chi-squared distribution with `df` > 0 degrees of freedom.
pub fn chi2_cdf(x: f64, df: f64) -> f64 {
    chi2_tails(x, df).lower
}

/// P(X > x) of the chi-squared distribution with `df` > 0 degrees of freedom.
pub fn chi2_sf(x: f64, df: f64) -> f64 {
    whole::chi2_upper_tail(x, df).unwrap_or_else(|| chi2_tails(x, df).upper)
}

/// The x with P(X ≤ x) = `p` for the chi-squared distribution; 0 at 0 and ∞ at 1.
pub fn chi2_quantile(p: f64, df: f64) -> f64 {
    if !positive(df) || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    // The smaller tail is the one whose logarithm is well conditioned.
    if p > 0.5 {
        return chi2_upper_quantile(1.0 - p, df);
    }
    positive_root_of_log(p, |x| chi2_tails(x, df).lower, |x| chi2_pdf(x, df), df)
}

/// The x with P(X > x) = `p` for the chi-squared distribution; ∞ at 0 and 0 at 1.
pub fn chi2_upper_quantile(p: f64, df: f64) -> f64 {
    if !positive(df) || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 {
        return f64::INFINITY;
    }
    if p > 0.5 {
        return chi2_quantile(1.0 - p, df);
    }
    positive_root_of_log(p, |x| chi2_tails(x, df).upper, |x| chi2_pdf(x, df), df)
}

/// P(X ≤ x) of the beta distribution with shapes `a`, `b` > 0.
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    beta_tails(x, 1.0 - x, a, b).lower
}

/// P(X > x) of the beta distribution with shapes `a`, `b` > 0.
pub fn beta_sf(x: f64, a: f64, b: f64) -> f64 {
    beta_tails(x, 1.0 - x, a, b).upper
}

/// The x with P(X ≤ x) = `p` for the beta distribution with shapes `a`, `b` > 0; 0 at 0 and 1 at 1.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if !positive(a) || !positive(b) || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p <= 0.0 || p >= 1.0 {
        return p;
    }
    let odds = if p <= 0.5 {
        beta_odds_quantile(p, a, b)
    } else {
        1.0 / beta_odds_quantile(1.0 - p, b, a)
    };
    if odds.is_infinite() { 1.0 } else { odds / (1.0 + odds) }
}

/// P(X ≤ x) for the number of successes X in `n` trials of probability `p`.
pub fn binomial_cdf(successes: u64, n: u64, p: f64) -> f64 {
    binomial_tails(successes, n, p).lower
}

/// P(X > x) for the number of successes X in `n` trials of probability `p`.
pub fn binomial_sf(successes: u64, n: u64, p: f64) -> f64 {
    binomial_tails(successes, n, p).upper
}

/// The z that leaves `1 − level` in both tails together: 1.96 for 0.95. NaN when `level` is outside (0, 1).
pub fn two_sided_z(level: f64) -> f64 {
    if level > 0.0 && level < 1.0 { -normal_quantile((1.0 - level) / 2.0) } else { f64::NAN }
}

/// The t that leaves `1 − level` in both tails together. NaN when `level` is outside (0, 1) or `df` ≤ 0.
pub fn two_sided_t(level: f64, df: f64) -> f64 {
    if level > 0.0 && level < 1.0 { -t_quantile((1.0 - level) / 2.0, df) } else { f64::NAN }
}

fn positive(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

fn normal_tails(z: f64) -> Tails {
    if z.is_nan() {
        return Tails::NAN;
    }
    if z.is_infinite() {
        return if z > 0.0 { Tails::ALL_BELOW } else { Tails::ALL_ABOVE };
    }
    let (lower, upper) = cumnor(z);
    Tails { lower, upper }
}

fn normal_pdf(z: f64) -> f64 {
    libm::exp(-z * z / 2.0) / (2.0 * core::f64::consts::PI).sqrt()
}

/// The two shares df/(df+t²) and t²/(df+t²), without overflow.
fn t_shares(t: f64, df: f64) -> (f64, f64) {
    let ratio = t.abs() / df.sqrt();
    if ratio > 1.0 {
        let inverse = 1.0 / ratio;
        let square = inverse * inverse;
        (square / (1.0 + square), 1.0 / (1.0 + square))
    } else {
        let square = ratio * ratio;
        (1.0 / (1.0 + square), square / (1.0 + square))
    }
}

fn t_tails(t: f64, df: f64) -> Tails {
    if t.is_nan() || !positive(df) {
        return Tails::NAN;
    }
    let (far, near) = t_shares(t, df);
    let Ok((twice_upper, _)) = try_beta_inc(df / 2.0, 0.5, far, near) else { return Tails::NAN };
    let upper = twice_upper / 2.0;
    let tails = Tails { lower: 1.0 - upper, upper };
    if t < 0.0 { tails.flipped() } else { tails }
}

/// P(0 < T ≤ t) for t > 0.
fn t_central(t: f64, df: f64) -> f64 {
    let (far, near) = t_shares(t, df);
    try_beta_inc(0.5, df / 2.0, near, far).map_or(f64::NAN, |(twice, _)| twice / 2.0)
}

fn t_pdf(t: f64, df: f64) -> f64 {
    let constant = libm::lgamma(f64::midpoint(df, 1.0))
        - libm::lgamma(df / 2.0)
        - libm::log(df * core::f64::consts::PI) / 2.0;
    // ln(1 + t²/df) is −ln of the far share, which does not overflow.
    libm::exp(constant + f64::midpoint(df, 1.0) * libm::log(t_shares(t, df).0))
}

fn chi2_tails(x: f64, df: f64) -> Tails {
    if x.is_nan() || !positive(df) {
        return Tails::NAN;
    }
    if x <= 0.0 {
        return Tails::ALL_ABOVE;
    }
    if x.is_infinite() {
        return Tails::ALL_BELOW;
    }
    try_gamma_inc(df / 2.0, x / 2.0).map_or(Tails::NAN, |(lower, upper)| Tails { lower, upper })
}

fn chi2_pdf(x: f64, df: f64) -> f64 {
    let half = df / 2.0;
    libm::exp((half - 1.0) * libm::log(x / 2.0) - x / 2.0 - libm::lgamma(half)) / 2.0
}

/// Both tails of the beta distribution at `x`, given also `y` = 1 − x to full precision.
fn beta_tails(x: f64, y: f64, a: f64, b: f64) -> Tails {
    if x.is_nan() || !positive(a) || !positive(b) {
        return Tails::NAN;
    }
    if x <= 0.0 {
        return Tails::ALL_ABOVE;
    }
    if x >= 1.0 {
        return Tails::ALL_BELOW;
    }
    try_beta_inc(a, b, x, y).map_or(Tails::NAN, |(lower, upper)| Tails { lower, upper })
}

/// The odds x/(1−x) of the beta quantile for a lower tail `p` ≤ ½; odds keep full precision at both ends.
fn beta_odds_quantile(p: f64, a: f64, b: f64) -> f64 {
    let parts = |odds: f64| (odds / (1.0 + odds), 1.0 / (1.0 + odds));
    let lower = |odds: f64| {
        let (x, y) = parts(odds);
        try_beta_inc(a, b, x, y).map_or(f64::NAN, |(lower, _)| lower)
    };
    let constant = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b);
    // Density of the odds: x^(a−1)·y^(b−1)/B(a,b) · dx/d(odds), where dx/d(odds) = y².
    let pdf = |odds: f64| {
        let (x, y) = parts(odds);
        libm::exp(constant + (a - 1.0) * libm::log(x) + (b + 1.0) * libm::log(y))
    };
    positive_root_of_log(p, lower, pdf, a / b)
}

fn binomial_tails(successes: u64, n: u64, p: f64) -> Tails {
    if !(0.0..=1.0).contains(&p) {
        return Tails::NAN;
    }
    if successes >= n {
        return Tails::ALL_BELOW;
    }
    // P(X > x) = P(B ≤ p) with B beta distributed with shapes x+1 and n−x.
    beta_tails(p, 1.0 - p, (successes + 1) as f64, (n - successes) as f64).flipped()
}

/// The quantile of a distribution symmetric about 0.
///
/// `central(x)` is P(0 < X ≤ x): near the middle it is the well-conditioned side, in the tails the tail is.
fn symmetric_quantile(
    p: f64,
    tails: impl Fn(f64) -> Tails,
    central: impl Fn(f64) -> f64,
    pdf: impl Fn(f64) -> f64,
) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let tail = p.min(1.0 - p);
    let middle = (p - 0.5).abs();
    let magnitude = if middle == 0.0 {
        0.0
    } else if tail == 0.0 {
        f64::INFINITY
    } else if tail > 0.25 {
        positive_root_of_log(middle, central, pdf, 1.0)
    } else {
        positive_root_of_log(tail, |x| tails(x).upper, pdf, roughly_normal(tail))
    };
    if p < 0.5 { -magnitude } else { magnitude }
}

/// The normal quantile of a small upper tail to three decimals (Abramowitz & Stegun 26.2.23): where a search may start.
fn roughly_normal(tail: f64) -> f64 {
    let t = (-2.0 * libm::log(tail)).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    t - above / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)))
}
