//! Landau's distribution: the stable distribution of index 1 that leans fully to the right, the limit of sums of 1/U.

use core::f64::consts::{FRAC_2_PI, PI};

use crate::numeric::integrate::integral;

const ACCURACY: f64 = 1e-12;
/// Above this the integral over an exponential decay is the better of the two forms.
const FAR: f64 = 2.0;

/// P(Z > z) of the standard form with the characteristic function exp(−|u|·(1 + (2i/π)·sgn u·ln|u|)); to about twelve digits.
///
/// Up to z = 2 the integral of Zolotarev over an angle (Nolan 1997, doi 10.1080/15326349708807450, Theorem 1), whose integrand is
/// positive and bounded; beyond it the inverted Laplace transform, π⁻¹·∫ exp(−tz − (2/π)·t·ln t)·sin(2t)/t dt, in which z·t is the
/// variable so that it holds however large z is.
pub fn landau_sf(z: f64) -> f64 {
    if z.is_nan() {
        return f64::NAN;
    }
    let tail = if z > FAR {
        let decay = |s: f64| {
            let t = s / z;
            libm::exp(-s - FRAC_2_PI * t * libm::log(t)) * libm::sin(2.0 * t) / s
        };
        integral(decay, (0.0, 45.0), ACCURACY, 0.0)
    } else {
        let angle = |eta: f64| {
            let log =
                -PI * z / 2.0 - eta / libm::tan(eta) + libm::log(2.0 * eta / (PI * libm::sin(eta)));
            -libm::expm1(-libm::exp(log))
        };
        integral(angle, (0.0, PI), ACCURACY, 0.0)
    };
    // Where rounding hinders the last digits the best value is still better than none.
    (tail.unwrap_or_else(|it| it.value) / PI).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::landau_sf;

    /// By R 4.2.2's `integrate` of both forms at a relative tolerance of 1e-12.
    const TAILS: [(f64, f64); 8] = [
        (-3.0, 0.999_999_999_999_634_2),
        (-1.0, 0.903_839_038_959_368_2),
        (0.0, 0.634_761_298_487_625_2),
        (1.5, 0.350_546_918_921_642_4),
        (2.0, 0.295_892_137_955_791_2),
        (5.0, 0.141_195_772_919_138),
        (50.0, 0.013_310_363_318_822_99),
        (1e8, 6.366_198_453_106_465e-9),
    ];

    #[test]
    fn tails_are_those_of_another_quadrature() {
        for (z, expected) in TAILS {
            let tail = landau_sf(z);
            assert!((tail - expected).abs() <= 1e-11 * expected, "{z}: {tail:e}");
        }
        assert!(landau_sf(f64::NAN).is_nan());
    }

    #[test]
    fn the_two_forms_meet() {
        let (below, above) = (landau_sf(2.0), landau_sf(2.0_f64.next_up()));
        assert!((below - above).abs() < 1e-12, "{below} {above}");
    }
}
