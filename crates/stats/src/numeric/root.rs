//! The zero of a continuous function between two points of opposite sign: Brent's method.
//!
//! Brent (1973), Algorithms for Minimization without Derivatives, chapter 4.

/// The search found no zero; the number is the last point tried (NaN if the function became NaN), not an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unconverged(pub(crate) f64);

/// Most evaluations of the function: many times what a bracket of a dozen orders of magnitude takes.
const MOST_ITERATIONS: u32 = 400;

/// The zero of `f` between `low` and `high`, to about two units in the last place.
///
/// `f(low)` and `f(high)` must not have the same sign (one may be 0); otherwise the end nearer to 0 comes back.
pub(crate) fn bracketed_root(
    mut f: impl FnMut(f64) -> f64,
    low: f64,
    high: f64,
) -> Result<f64, Unconverged> {
    let (mut a, mut b) = (low, high);
    let (mut fa, mut fb) = (f(a), f(b));
    if fa.is_nan() || fb.is_nan() {
        return Err(Unconverged(f64::NAN));
    }
    if (fa > 0.0) == (fb > 0.0) && fa != 0.0 && fb != 0.0 {
        return Ok(if fa.abs() < fb.abs() { a } else { b });
    }
    let (mut c, mut fc) = (a, fa);
    let mut width = b - a;
    let mut previous = width;
    for _ in 0..MOST_ITERATIONS {
        // b is the best point, c the point on the other side of the zero, a the point before b.
        if fc.abs() < fb.abs() {
            (a, b, c) = (b, c, b);
            (fa, fb, fc) = (fb, fc, fb);
        }
        let tolerance = 2.0 * f64::EPSILON * b.abs();
        let half = 0.5 * (c - b);
        if half.abs() <= tolerance || fb == 0.0 {
            return Ok(b);
        }
        if previous.abs() >= tolerance && fa.abs() > fb.abs() {
            let step = interpolated_step((a, fa), (b, fb), (c, fc), half);
            // Interpolation is taken only where it halves the step before last and stays inside.
            if 2.0 * step.abs() < (3.0 * half.abs() - tolerance.abs()).min(previous.abs())
                && step * half > 0.0
            {
                (previous, width) = (width, step);
            } else {
                (previous, width) = (half, half);
            }
        } else {
            (previous, width) = (half, half);
        }
        (a, fa) = (b, fb);
        b += if width.abs() > tolerance { width } else { tolerance.copysign(half) };
        fb = f(b);
        if fb.is_nan() {
            return Err(Unconverged(f64::NAN));
        }
        if (fb > 0.0) == (fc > 0.0) {
            (c, fc) = (a, fa);
            width = b - a;
            previous = width;
        }
    }
    Err(Unconverged(b))
}

/// The step from b that inverse quadratic (or, with two points, linear) interpolation suggests.
fn interpolated_step(
    (a, fa): (f64, f64),
    (b, fb): (f64, f64),
    (c, fc): (f64, f64),
    half: f64,
) -> f64 {
    let s = fb / fa;
    #[expect(clippy::float_cmp, reason = "a and c are either the same point or different points")]
    if a == c {
        2.0 * half * s / (s - 1.0)
    } else {
        let (q, r) = (fa / fc, fb / fc);
        let p = s * (2.0 * half * q * (q - r) - (b - a) * (r - 1.0));
        p / -((q - 1.0) * (r - 1.0) * (s - 1.0))
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these answers are exact")]
mod tests {
    use super::bracketed_root;

    #[test]
    fn the_zero_is_found_to_the_last_digits() {
        let root = bracketed_root(|x| x * x - 2.0, 0.0, 1e6).unwrap();
        assert!((root - core::f64::consts::SQRT_2).abs() < 1e-15);
    }

    #[test]
    fn a_zero_at_the_end_is_the_answer() {
        assert_eq!(bracketed_root(|x| x, 0.0, 3.0).unwrap(), 0.0);
    }

    #[test]
    fn a_function_that_is_not_a_number_has_no_zero() {
        assert!(bracketed_root(|_| f64::NAN, 0.0, 1.0).is_err());
        assert!(
            bracketed_root(|x| if x > 0.4 && x < 0.6 { f64::NAN } else { x - 0.5 }, 0.0, 1.0)
                .is_err()
        );
    }

    #[test]
    fn a_steep_curve_over_many_orders_of_magnitude_converges() {
        let root = bracketed_root(|x| 1.0 / (x + 1e-12) - 1e3, 0.0, 1e12).unwrap();
        assert!((root - 1e-3).abs() < 1e-11);
    }
}
