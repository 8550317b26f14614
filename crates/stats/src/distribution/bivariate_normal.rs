//! The bivariate normal distribution of two standard normal variables.

use core::f64::consts::{FRAC_PI_2, TAU};

use super::normal_cdf;
use crate::numeric::integrate::integral;

/// P(X ≤ x, Y ≤ y) less P(X ≤ x)·P(Y ≤ y) for standard normal X and Y whose correlation is sin `angle`.
///
/// Plackett (1954), doi 10.1093/biomet/41.3-4.351: the derivative of the probability with respect to the correlation is
/// the density. In the angle whose sine the correlation is the integrand is smooth. NaN if the integral cannot be had.
pub(crate) fn excess_probability(x: f64, y: f64, angle: f64) -> f64 {
    integral(|t| density_in_angle(x, y, t), (0.0, angle), 1e-13, 1e-17).unwrap_or_else(
        |inaccurate| if inaccurate.error < 1e-12 { inaccurate.value } else { f64::NAN },
    )
}

/// The derivative of [`excess_probability`] with respect to `angle`.
pub(crate) fn density_in_angle(x: f64, y: f64, angle: f64) -> f64 {
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    if cosine <= 0.0 || angle.abs() >= FRAC_PI_2 {
        return 0.0;
    }
    // (x² − 2xy·sin + y²)/(2cos²), free of cancellation.
    let gap = x - y * sine;
    libm::exp(-0.5 * (gap * gap / (cosine * cosine) + y * y)) / TAU
}

/// P(X ≤ x, Y ≤ y) for standard normal X and Y with `correlation` in (−1, 1).
pub fn bivariate_normal_cdf(x: f64, y: f64, correlation: f64) -> f64 {
    if x.is_nan() || y.is_nan() || correlation.is_nan() || correlation.abs() > 1.0 {
        return f64::NAN;
    }
    if correlation >= 1.0 {
        return normal_cdf(x.min(y));
    }
    if correlation <= -1.0 {
        return (normal_cdf(x) - normal_cdf(-y)).max(0.0);
    }
    let probability =
        normal_cdf(x) * normal_cdf(y) + excess_probability(x, y, libm::asin(correlation));
    probability.clamp(0.0, 1.0)
}
