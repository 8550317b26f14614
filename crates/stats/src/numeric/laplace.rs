//! Functions from their Laplace transforms, by quadrature along Talbot's contour.
//!
//! Trefethen, Weideman & Schmelzer (2006), doi 10.1007/s10543-006-0077-9: with n points the error falls as 3.89⁻ⁿ when all
//! singularities of the transform lie on the negative real axis or at 0.

use crate::numeric::complex::Complex;

/// Number of points; they come in conjugate pairs, so half as many are evaluated.
const POINTS: u32 = 28;

/// f(t) at t > 0, given the logarithm of the transform F(s) = ∫₀^∞ e^(−st) f(t) dt, real for real s.
pub(crate) fn inverse_laplace(log_transform: impl Fn(Complex) -> Complex, t: f64) -> f64 {
    let n = f64::from(POINTS);
    let mut total = 0.0;
    for j in 0..POINTS / 2 {
        let theta = core::f64::consts::PI * f64::from(2 * j + 1) / n;
        let (angle, stretch) = (0.6407 * theta, 0.5017);
        let cotangent = 1.0 / libm::tan(angle);
        let sine = libm::sin(angle);
        let z = Complex { re: n * (stretch * theta * cotangent - 0.6122), im: n * 0.2645 * theta };
        let slope =
            Complex { re: n * stretch * (cotangent - angle / (sine * sine)), im: n * 0.2645 };
        let term = (z + log_transform(z.scale(1.0 / t))).exp() * slope;
        // The conjugate point doubles the imaginary part, which is what remains after division by i.
        total += 2.0 * term.im;
    }
    total / (n * t)
}

#[cfg(test)]
mod tests {
    use super::inverse_laplace;
    use crate::numeric::complex::Complex;

    #[test]
    fn an_exponential_and_a_root_come_back() {
        // 1/(s + 2) is the transform of e^(−2t), s^(−1/2) that of 1/√(πt).
        for t in [0.01, 0.5, 1.0, 3.0] {
            let value = inverse_laplace(|s| -(s + Complex::real(2.0)).ln(), t);
            assert!((value - libm::exp(-2.0 * t)).abs() < 1e-12, "{t} {value}");
            let value = inverse_laplace(|s| s.ln().scale(-0.5), t);
            let expected = 1.0 / (core::f64::consts::PI * t).sqrt();
            assert!((value / expected - 1.0).abs() < 1e-12, "{t} {value}");
        }
    }
}
