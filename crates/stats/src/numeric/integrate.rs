//! Integrals: Gauss-Hermite and Gauss-Legendre nodes for normal random effects, adaptive Gauss-Kronrod for everything else.

use crate::numeric::matrix::Matrix;

/// Nodes and weights of a quadrature rule, nodes ascending.
pub(crate) struct Rule {
    pub(crate) nodes: Vec<f64>,
    pub(crate) weights: Vec<f64>,
}

/// Gauss-Hermite with `n` nodes for ∫ e^(−x²) f(x) dx (the physicists' form; its weights sum to √π).
///
/// Golub & Welsch (1969), doi 10.1090/S0025-5718-69-99647-1: the nodes are the eigenvalues of the Jacobi matrix; each is
/// then refined by Newton steps on the orthonormal polynomial, from which the weight follows.
pub(crate) fn gauss_hermite(n: usize) -> Rule {
    let mut jacobi = Matrix::zeros(n, n);
    for i in 1..n {
        let off = (i as f64 / 2.0).sqrt();
        jacobi[(i, i - 1)] = off;
        jacobi[(i - 1, i)] = off;
    }
    let mut nodes: Vec<f64> = jacobi.symmetric_eigenvalues().iter().copied().collect();
    nodes.sort_by(f64::total_cmp);
    let mut weights = Vec::with_capacity(n);
    for node in &mut nodes {
        for _ in 0..3 {
            let (value, slope, _) = hermite_orthonormal(n, *node);
            *node -= value / slope;
        }
        weights.push(1.0 / hermite_orthonormal(n, *node).2);
    }
    Rule { nodes, weights }
}

/// hₙ(x), h′ₙ(x) and Σ_{j<n} hⱼ(x)² of the orthonormal Hermite polynomials.
fn hermite_orthonormal(n: usize, x: f64) -> (f64, f64, f64) {
    let mut previous = 0.0;
    let mut current = libm::pow(core::f64::consts::PI, -0.25);
    let mut squares = 0.0;
    for j in 0..n {
        squares += current * current;
        let j = j as f64;
        let next = (2.0 / (j + 1.0)).sqrt() * x * current - (j / (j + 1.0)).sqrt() * previous;
        (previous, current) = (current, next);
    }
    (current, (2.0 * n as f64).sqrt() * previous, squares)
}

/// Gauss-Legendre with `n` nodes for the integral of f from -1 to 1, whose weights sum to 2.
///
/// Newton's method on the Legendre polynomial from Tricomi's approximations of its zeros (Abramowitz & Stegun 22.16.6), which
/// are near enough for every `n`.
pub(crate) fn gauss_legendre(n: usize) -> Rule {
    let count = n as f64;
    let node = |i: usize| {
        let angle = core::f64::consts::PI * (i as f64 + 0.75) / (count + 0.5);
        let mut x = -libm::cos(angle);
        for _ in 0..6 {
            let (value, slope) = legendre(n, x);
            x -= value / slope;
        }
        x
    };
    let nodes: Vec<f64> = (0..n).map(node).collect();
    let weight = |x: &f64| {
        let slope = legendre(n, *x).1;
        2.0 / ((1.0 - x * x) * slope * slope)
    };
    let weights = nodes.iter().map(weight).collect();
    Rule { nodes, weights }
}

/// Pₙ(x) and its slope, for |x| < 1.
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut previous, mut current) = (0.0, 1.0);
    for j in 0..n {
        let j = j as f64;
        let next = ((2.0 * j + 1.0) * x * current - j * previous) / (j + 1.0);
        (previous, current) = (current, next);
    }
    (current, n as f64 * (previous - x * current) / (1.0 - x * x))
}

/// The integral could not be had to the accuracy asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Inaccurate {
    /// The best value.
    pub(crate) value: f64,
    /// Its estimated error.
    pub(crate) error: f64,
}

/// Most intervals into which [`integral`] splits its range.
const MOST_INTERVALS: usize = 2000;

/// ∫ f from `low` to `high` (finite), to `relative` accuracy or `absolute`, whichever is easier.
///
/// Adaptive 7-15-point Gauss-Kronrod, always halving the interval with the largest error (Piessens et al. 1983,
/// QUADPACK). Nodes never touch the ends, so integrable singularities there are allowed.
pub(crate) fn integral(
    f: impl Fn(f64) -> f64,
    (low, high): (f64, f64),
    relative: f64,
    absolute: f64,
) -> Result<f64, Inaccurate> {
    let mut pieces = vec![Piece::of(&f, low, high)];
    loop {
        let value = crate::numeric::sum::sum(pieces.iter().map(|it| it.value));
        let error = crate::numeric::sum::sum(pieces.iter().map(|it| it.error));
        if error <= absolute.max(relative * value.abs()) {
            return Ok(value);
        }
        let worst = pieces.iter().enumerate().max_by(|a, b| a.1.error.total_cmp(&b.1.error));
        let Some((worst, _)) = worst.filter(|_| error.is_finite() && pieces.len() < MOST_INTERVALS)
        else {
            return Err(Inaccurate { value, error });
        };
        let Piece { low, high, .. } = pieces.swap_remove(worst);
        let middle = f64::midpoint(low, high);
        pieces.push(Piece::of(&f, low, middle));
        pieces.push(Piece::of(&f, middle, high));
    }
}

struct Piece {
    low: f64,
    high: f64,
    value: f64,
    error: f64,
}

/// Kronrod nodes on [0, 1], their weights, and the weights of the 7-point Gauss rule at every second node.
const KRONROD: [(f64, f64, f64); 8] = [
    (0.991_455_371_120_812_6, 0.022_935_322_010_529_224, 0.0),
    (0.949_107_912_342_758_5, 0.063_092_092_629_978_55, 0.129_484_966_168_869_7),
    (0.864_864_423_359_769_1, 0.104_790_010_322_250_18, 0.0),
    (0.741_531_185_599_394_4, 0.140_653_259_715_525_92, 0.279_705_391_489_276_64),
    (0.586_087_235_467_691_1, 0.169_004_726_639_267_9, 0.0),
    (0.405_845_151_377_397_2, 0.190_350_578_064_785_4, 0.381_830_050_505_118_9),
    (0.207_784_955_007_898_46, 0.204_432_940_075_298_9, 0.0),
    (0.0, 0.209_482_141_084_727_82, 0.417_959_183_673_469_4),
];

impl Piece {
    fn of(f: &impl Fn(f64) -> f64, low: f64, high: f64) -> Self {
        let (centre, half) = (f64::midpoint(low, high), 0.5 * (high - low));
        let (mut kronrod, mut gauss) = (0.0, 0.0);
        for (node, weight, gauss_weight) in KRONROD {
            let value = if node == 0.0 {
                f(centre)
            } else {
                f(centre - half * node) + f(centre + half * node)
            };
            kronrod += weight * value;
            gauss += gauss_weight * value;
        }
        Self { low, high, value: half * kronrod, error: (half * (kronrod - gauss)).abs() }
    }
}

#[cfg(test)]
mod tests {
    use super::{gauss_hermite, gauss_legendre, integral};

    #[test]
    fn hermite_rules_integrate_even_powers_exactly() {
        let root_pi = core::f64::consts::PI.sqrt();
        for n in [5, 7, 21, 40] {
            let rule = gauss_hermite(n);
            let moment = |power: i32| -> f64 {
                rule.nodes
                    .iter()
                    .zip(&rule.weights)
                    .map(|(x, w)| w * libm::pow(*x, power.into()))
                    .sum()
            };
            assert!((moment(0) / root_pi - 1.0).abs() < 1e-13, "{n}");
            assert!((moment(2) / (0.5 * root_pi) - 1.0).abs() < 1e-13, "{n}");
            assert!((moment(8) / (6.5625 * root_pi) - 1.0).abs() < 1e-12, "{n}");
        }
    }

    #[test]
    fn legendre_rules_integrate_even_powers_exactly() {
        for n in [1, 8, 16, 33] {
            let rule = gauss_legendre(n);
            for power in (0..2 * n).step_by(2) {
                let terms = rule.nodes.iter().zip(&rule.weights);
                let moment: f64 = terms.map(|(x, w)| w * libm::pow(*x, power as f64)).sum();
                assert!((moment - 2.0 / (power as f64 + 1.0)).abs() < 1e-14, "{n} {power}");
            }
        }
    }

    #[test]
    fn an_integral_with_a_singular_end_is_found() {
        let value = integral(|x| 1.0 / x.sqrt(), (0.0, 1.0), 1e-10, 0.0).unwrap();
        assert!((value - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_sharp_peak_is_found() {
        let value = integral(|x| libm::exp(-x * x * 1e4), (-1.0, 1.0), 1e-12, 0.0).unwrap();
        assert!((value / (core::f64::consts::PI.sqrt() / 100.0) - 1.0).abs() < 1e-11);
    }
}
