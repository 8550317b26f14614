//! The small-sample correction of standardised mean differences.

/// Hedges' exact factor J(m) = Γ(m/2) / (√(m/2)·Γ((m−1)/2)) for `m` > 1 degrees of freedom.
///
/// Hedges (1981), doi 10.3102/10769986006002107. Beyond m = 40 the gammas are replaced by their ratio's
/// asymptotic series (Abramowitz & Stegun 6.1.47), because a difference of large log-gammas loses digits.
///
/// NaN for `m` of 1 or less.
pub fn exact_correction(m: f64) -> f64 {
    if m.is_nan() || m <= 1.0 {
        return f64::NAN;
    }
    if m > 40.0 {
        asymptotic_correction(m)
    } else {
        let log_ratio = libm::lgamma(m / 2.0) - libm::lgamma((m - 1.0) / 2.0);
        libm::exp(log_ratio) / (m / 2.0).sqrt()
    }
}

/// Hedges' approximate factor 1 − 3/(4m−1) for `m` degrees of freedom: Review Manager's, with m = N − 2.
pub fn approximate_correction(m: f64) -> f64 {
    1.0 - 3.0 / (4.0 * m - 1.0)
}

/// Γ(z+½)/(√z·Γ(z)) as a series in 1/z at z = (m−1)/2, times √(z/(m/2)).
fn asymptotic_correction(m: f64) -> f64 {
    const SERIES: [f64; 8] = [
        1.0,
        -1.0 / 8.0,
        1.0 / 128.0,
        5.0 / 1024.0,
        -21.0 / 32768.0,
        -399.0 / 262_144.0,
        869.0 / 4_194_304.0,
        39_325.0 / 33_554_432.0,
    ];
    let inverse = 2.0 / (m - 1.0);
    let ratio = SERIES.iter().rev().fold(0.0, |sum, coefficient| sum * inverse + coefficient);
    ratio * ((m - 1.0) / m).sqrt()
}
