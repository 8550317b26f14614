//! Tails that have a finite form where degrees of freedom are whole: exact, and several times faster than what holds for
//! all.

use super::erfc::erfc_given;

/// Most degrees of freedom of the finite form.
const MOST_DF: f64 = 100.0;
/// The greatest x, far from where e^(−x/2) vanishes.
const LARGEST: f64 = 1000.0;

/// P(X > x) of the chi-squared distribution with whole `df`; `None` outside the range in which the finite form is best.
///
/// A sum of positive terms, e^(−h)·Σ hʲ/j! with h = x/2, and for odd degrees of freedom halves more with the complementary
/// error function in front (Abramowitz & Stegun 26.4.4 and 26.4.5).
pub(super) fn chi2_upper_tail(x: f64, df: f64) -> Option<f64> {
    if !((1.0..=MOST_DF).contains(&df) && x > 0.0 && x <= LARGEST) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 1 to 100; a fraction is noticed"
    )]
    let whole = df as u32;
    if f64::from(whole) < df {
        return None;
    }
    let half = x / 2.0;
    let is_odd = whole % 2 == 1;
    let root = half.sqrt();
    // The terms are hᵃ/Γ(a + 1) for a = 0, 1, … or ½, 1½, …, below df/2.
    let (mut order, mut term) =
        if is_odd { (0.5, root * core::f64::consts::FRAC_2_SQRT_PI) } else { (0.0, 1.0) };
    let mut sum = 0.0;
    while order < df / 2.0 - 0.25 {
        sum += term;
        order += 1.0;
        term *= half / order;
    }
    let exponential = libm::exp(-half);
    let tail = exponential * sum;
    Some(if is_odd { tail + erfc_given(root, exponential) } else { tail })
}

#[cfg(test)]
mod tests {
    use super::chi2_upper_tail;

    /// Upper tails to eighteen digits, by mpmath 1.3's incomplete gamma function.
    const FAR: [(f64, f64, f64); 3] = [
        (900.0, 3.0, 8.851_690_237_125_581e-195),
        (400.0, 9.0, 1.369_912_501_966_265_5e-80),
        (999.0, 98.0, 3.543_864_679_915_572e-149),
    ];

    /// 55 on 40 degrees of freedom, summed in forty decimal digits.
    #[test]
    fn the_finite_form_keeps_its_last_digits() {
        let tail = chi2_upper_tail(55.0, 40.0).unwrap();
        assert!((tail - 0.057_457_351_676_591_673).abs() < 1e-16, "{tail}");
        // And far out, with the complementary error function in it.
        for (x, df, expected) in FAR {
            let tail = chi2_upper_tail(x, df).unwrap();
            assert!((tail - expected).abs() <= 1e-15 * expected, "{x} {df}: {tail:e}");
        }
    }

    /// The general form, from the incomplete gamma function, which is good to about thirteen digits.
    #[test]
    fn the_finite_form_is_the_general_one() {
        for df in 1..=100 {
            let df = f64::from(df);
            for step in 1..=60 {
                let x = f64::from(step);
                let (_, general) = cdflib::special::try_gamma_inc(df / 2.0, x / 2.0).unwrap();
                let finite = chi2_upper_tail(x, df).unwrap();
                let difference = (finite - general).abs();
                assert!(difference <= 1e-12 * general, "{x} {df}: {finite} {general}");
            }
        }
    }

    #[test]
    fn elsewhere_there_is_none() {
        for (x, df) in [(1.0, 2.5), (0.0, 1.0), (1001.0, 1.0), (1.0, 101.0), (f64::NAN, 1.0)] {
            assert_eq!(chi2_upper_tail(x, df), None);
        }
    }
}
