//! The standard normal distribution, as exactly as a drawing needs it.

/// Probability above `x >= 0`: the series of the distribution function in the middle, Laplace's continued fraction
/// (Abramowitz and Stegun 26.2.10 and 26.2.14) beyond. Relative error below 1e-9.
pub(crate) fn above(x: f64) -> f64 {
    let density = (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt();
    if x < 2.5 {
        let (mut term, mut sum, mut odd) = (x, x, 1.0);
        while term > 1e-17 * sum {
            odd += 2.0;
            term *= x * x / odd;
            sum += term;
        }
        return 0.5 - density * sum;
    }
    let fraction = (1..=80).rev().fold(x, |below, i| x + f64::from(i) / below);
    density / fraction
}

/// Two-sided p-value of a z-value.
pub(crate) fn two_sided(z: f64) -> f64 {
    2.0 * above(z.abs())
}

/// The `z > 0` with a two-sided p-value, by bisection; `None` unless `0 < p < 1`.
pub(crate) fn critical(p: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0) {
        return None;
    }
    let (mut low, mut high) = (0.0, 39.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if two_sided(middle) > p { low = middle } else { high = middle }
    }
    Some(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R 4.2: `pnorm(x, lower.tail = FALSE)`.
    #[test]
    fn probabilities_above_are_those_of_r() {
        let cases = [
            (0.0, 0.5),
            (1.0, 0.158_655_253_931_457_05),
            (2.49, 6.387_154_764_943_162e-3),
            (3.0, 1.349_898_031_630_094_6e-3),
            (10.0, 7.619_853_024_160_527e-24),
        ];
        for (x, p) in cases {
            assert!((above(x) / p - 1.0).abs() < 1e-9, "{x}: {}", above(x));
        }
    }

    #[test]
    fn critical_values_are_those_of_the_tables() {
        for (p, z) in [(0.1, 1.644_854), (0.05, 1.959_964), (0.01, 2.575_829), (0.5, 0.674_490)] {
            assert!((critical(p).unwrap() - z).abs() < 1e-5, "{p}");
        }
        assert_eq!([0.0, -1.0, 1.0, f64::NAN].map(critical), [None; 4]);
    }
}
