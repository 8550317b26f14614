//! Transformations of proportions, rates, correlations and reliabilities, their inverses, and what a standardised mean
//! difference or an odds ratio means in other words.
//!
//! A function of a number outside its domain returns NaN; inverses are clamped to the range of what they return to.

use core::f64::consts::{FRAC_PI_2, SQRT_2};

use crate::distribution::normal_cdf;
use crate::numeric::integrate::integral;
use crate::numeric::sum::sum;

/// ln(p/(1−p)), the log odds of a proportion `p` in \[0, 1\].
pub fn logit(p: f64) -> f64 {
    if (0.0..=1.0).contains(&p) { libm::log(p) - libm::log1p(-p) } else { f64::NAN }
}

/// 1/(1+e⁻ˣ), the proportion with log odds `x`.
pub fn inverse_logit(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let odds = libm::exp(x);
        odds / (1.0 + odds)
    }
}

/// arcsin √p in radians, from 0 to π/2, for a proportion `p`.
pub fn arcsine(p: f64) -> f64 {
    libm::asin(p.sqrt())
}

/// sin²x for `x` from 0 to π/2; 0 below and 1 above.
pub fn arcsine_inverse(x: f64) -> f64 {
    let sine = libm::sin(x.clamp(0.0, FRAC_PI_2));
    sine * sine
}

/// ½(arcsin √(x/(n+1)) + arcsin √((x+1)/(n+1))) for the proportion `p` = x/n of `n` people.
///
/// Freeman & Tukey (1950), doi 10.1214/aoms/1177729756.
pub fn double_arcsine(p: f64, n: f64) -> f64 {
    let events = p * n;
    f64::midpoint(arcsine(events / (n + 1.0)), arcsine((events + 1.0) / (n + 1.0)))
}

/// The proportion of `n` people whose [`double_arcsine`] is `x`; 0 or 1 beyond what any proportion has.
///
/// Miller (1978), doi 10.1080/00031305.1978.10479283. NaN if `n` is not above 0.
pub fn double_arcsine_inverse(x: f64, n: f64) -> f64 {
    if n.is_nan() || n <= 0.0 || x.is_nan() {
        return f64::NAN;
    }
    if x <= double_arcsine(0.0, n) {
        return 0.0;
    }
    if x >= double_arcsine(1.0, n) {
        return 1.0;
    }
    let (sine, cosine) = (libm::sin(2.0 * x), libm::cos(2.0 * x));
    let shifted = sine + (sine - 1.0 / sine) / n;
    let root = (1.0 - shifted * shifted).max(0.0).sqrt();
    (0.5 * (1.0 - cosine.signum() * root)).clamp(0.0, 1.0)
}

/// x² for `x` of at least 0, else 0: the rate with square root `x`.
pub fn square_root_inverse(x: f64) -> f64 {
    let root = x.max(0.0);
    root * root
}

/// ½(√(x/T) + √((x+1)/T)) for the `rate` x/T over the person-time T.
///
/// Freeman & Tukey (1950), doi 10.1214/aoms/1177729756.
pub fn double_square_root(rate: f64, person_time: f64) -> f64 {
    f64::midpoint(rate.sqrt(), (rate + 1.0 / person_time).sqrt())
}

/// The rate over `person_time` whose [`double_square_root`] is `x`; 0 below what any rate has. NaN without person-time.
pub fn double_square_root_inverse(x: f64, person_time: f64) -> f64 {
    if person_time.is_nan() || person_time <= 0.0 || x.is_nan() {
        return f64::NAN;
    }
    if x <= double_square_root(0.0, person_time) {
        return 0.0;
    }
    // √r = x − 1/(4Tx).
    square_root_inverse(x - 0.25 / (person_time * x))
}

/// 1 − ∛(1−α) of Cronbach's `alpha` of at most 1. Hakstian & Whalen (1976), doi 10.1007/BF02291840.
pub fn hakstian_whalen(alpha: f64) -> f64 {
    if alpha <= 1.0 { 1.0 - libm::cbrt(1.0 - alpha) } else { f64::NAN }
}

/// The α whose [`hakstian_whalen`] is `x`, clamped to \[0, 1\].
pub fn hakstian_whalen_inverse(x: f64) -> f64 {
    let root = 1.0 - x;
    (1.0 - root * root * root).clamp(0.0, 1.0)
}

/// −ln(1−α) of Cronbach's `alpha` of at most 1. Bonett (2002), doi 10.3102/10769986027004335.
pub fn bonett(alpha: f64) -> f64 {
    if alpha <= 1.0 { -libm::log1p(-alpha) } else { f64::NAN }
}

/// The α whose [`bonett`] is `x`, clamped to \[0, 1\].
pub fn bonett_inverse(x: f64) -> f64 {
    (-libm::expm1(-x)).clamp(0.0, 1.0)
}

/// Fisher's z of a correlation `r` in \[−1, 1\].
pub fn fisher_z_of(r: f64) -> f64 {
    libm::atanh(r)
}

/// The correlation whose Fisher's z is `z`.
pub fn fisher_z_inverse(z: f64) -> f64 {
    libm::tanh(z)
}

/// The harmonic mean of sizes that are above 0; `None` for none or when one is not.
pub fn harmonic_mean(sizes: &[f64]) -> Option<f64> {
    if sizes.is_empty() || sizes.iter().any(|size| size.is_nan() || *size <= 0.0) {
        return None;
    }
    Some(sizes.len() as f64 / sum(sizes.iter().map(|size| 1.0 / size)))
}

/// The mean of `back(X)` for a normal X with mean `x` and variance `tau2`.
///
/// The back-transformed pooled value is the median of the studies' true values; this is their mean. Integrated over nine
/// standard deviations to either side, or between `limits` if given (then not divided by the probability between them).
/// NaN when `tau2` is negative or the integral cannot be had to ten digits.
pub fn mean_of_transformed(
    back: impl Fn(f64) -> f64,
    x: f64,
    tau2: f64,
    limits: Option<(f64, f64)>,
) -> f64 {
    // Beyond, the density of e^(−40) adds nothing to a function of moderate growth.
    const REACH: f64 = 9.0;
    let tau = tau2.sqrt();
    if tau.is_nan() || x.is_nan() {
        return f64::NAN;
    }
    if tau == 0.0 {
        return back(x);
    }
    let (low, high) = limits.map_or((-REACH, REACH), |(low, high)| {
        (((low - x) / tau).max(-4.0 * REACH), ((high - x) / tau).min(4.0 * REACH))
    });
    let root_two_pi = (2.0 * core::f64::consts::PI).sqrt();
    let density = |z: f64| back(x + tau * z) * libm::exp(-0.5 * z * z) / root_two_pi;
    integral(density, (low, high), 1e-11, 1e-15).unwrap_or(f64::NAN)
}

/// The mean of e^X for a normal X with mean `x` and variance `tau2`: exp(x + τ²/2).
pub fn mean_of_exponential(x: f64, tau2: f64) -> f64 {
    if tau2 >= 0.0 { libm::exp(x + 0.5 * tau2) } else { f64::NAN }
}

/// Cohen's U₁ of a standardised mean difference: the share of the two groups together that does not overlap.
///
/// Cohen (1988), Statistical power analysis for the behavioral sciences. Assumes normal outcomes of equal variance, as all
/// of Cohen's U do.
pub fn cohens_u1(d: f64) -> f64 {
    let half = normal_cdf(d.abs() / 2.0);
    (2.0 * half - 1.0) / half
}

/// Cohen's U₂: the share of the first group that exceeds the same share of the second.
pub fn cohens_u2(d: f64) -> f64 {
    normal_cdf(d / 2.0)
}

/// Cohen's U₃: the share of the first group above the mean of the second.
pub fn cohens_u3(d: f64) -> f64 {
    normal_cdf(d)
}

/// The probability that somebody of the first group has a higher value than somebody of the second.
///
/// `McGraw` & Wong (1992), doi 10.1037/0033-2909.111.2.361: the common language effect size.
pub fn probability_of_superiority(d: f64) -> f64 {
    normal_cdf(d / SQRT_2)
}

/// The share of the first group above the common median, in a binomial effect size display.
///
/// Rosenthal & Rubin (1982), doi 10.1037/0022-0663.74.2.166. The second group's share is one minus this.
pub fn binomial_effect_size_display(d: f64) -> f64 {
    0.5 + point_biserial_of_equal_groups(d) / 2.0
}

/// The point-biserial correlation of a standardised mean difference between groups of equal size, d/√(d²+4).
pub fn point_biserial_of_equal_groups(d: f64) -> f64 {
    d / libm::hypot(d, 2.0)
}

/// The point-biserial correlation of a standardised mean difference, d/√(d²+h) with h = (n₁+n₂−2)(1/n₁+1/n₂).
pub fn point_biserial_of(d: f64, n_1: f64, n_2: f64) -> f64 {
    let h = (n_1 + n_2 - 2.0) * (1.0 / n_1 + 1.0 / n_2);
    d / libm::hypot(d, h.sqrt())
}

/// The mean difference of a standardised mean difference on a scale with standard deviation `sd`.
pub fn mean_difference_of(d: f64, sd: f64) -> f64 {
    d * sd
}

/// The risk difference that a log odds ratio means at the control risk `p_control`.
pub fn risk_difference_of_log_odds_ratio(log_odds_ratio: f64, p_control: f64) -> f64 {
    inverse_logit(log_odds_ratio + logit(p_control)) - p_control
}

/// The risk ratio that a log odds ratio means at the control risk `p_control`.
pub fn risk_ratio_of_log_odds_ratio(log_odds_ratio: f64, p_control: f64) -> f64 {
    inverse_logit(log_odds_ratio + logit(p_control)) / p_control
}
