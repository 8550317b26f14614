//! Inverting a probability: bracketed Newton on logarithms.
//!
//! Solving ln F(x) = ln p for ln x makes the curve nearly straight in both tails of the distributions used here, so
//! a handful of steps reach the last digits; a bracket that only ever shrinks makes failure impossible.

/// The x > 0 with `probability(x)` = `target`, for a monotone probability with density `pdf`, starting at `start`.
///
/// Whether the probability rises (a lower tail) or falls (an upper tail) is seen from the function itself. NaN if the
/// probability is NaN.
pub(crate) fn positive_root_of_log(
    target: f64,
    probability: impl Fn(f64) -> f64,
    pdf: impl Fn(f64) -> f64,
    start: f64,
) -> f64 {
    let (mut low, mut high) = (f64::MIN_POSITIVE, f64::MAX);
    let rising = probability(low) < probability(high);
    let mut x = start;
    // Bisection alone (of the exponent) would need about 65 steps; Newton needs fewer than ten.
    for _ in 0..200 {
        let p = probability(x);
        if p.is_nan() {
            return f64::NAN;
        }
        let gap = libm::log(p / target);
        if (gap > 0.0) == rising {
            high = x;
        } else {
            low = x;
        }
        let slope = x * pdf(x) / p;
        let step = if rising { -gap / slope } else { gap / slope };
        let newton = x * libm::exp(step);
        // Newton's error squares at each step, so the step after this one would be below the last digit.
        if step.abs() < 1e-9 {
            return newton;
        }
        x = if newton > low && newton < high { newton } else { low.sqrt() * high.sqrt() };
    }
    x
}
