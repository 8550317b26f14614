//! A study's likelihood with its normal random effects integrated out by adaptive Gauss-Hermite quadrature.
//!
//! Nodes are centred at the mode of the integrand and scaled by its curvature there (Pinheiro & Bates 1995,
//! doi 10.1080/10618600.1995.10474663; Pinheiro & Chao 2006, doi 10.1198/106186006X96962); one node is the Laplace
//! approximation. Derivatives are those of the approximation itself: mode and scale move with the parameters.

use super::family::{Derivatives, Family};
use super::jet::Jet;
use crate::numeric::integrate::gauss_hermite;

/// One count of a study: its linear predictor is `at` + Σ `loadings`·z with independent standard normal z.
pub(crate) struct Arm<'a, const N: usize, const D: usize> {
    pub(crate) family: &'a Family,
    pub(crate) at: Jet<N>,
    pub(crate) loadings: [Jet<N>; D],
}

/// The nodes of a product rule in `D` dimensions, with ln of their weights.
pub(crate) struct Grid<const D: usize> {
    nodes: Vec<([f64; D], f64)>,
}

impl<const D: usize> Grid<D> {
    /// `points` nodes along each axis.
    pub(crate) fn new(points: usize) -> Self {
        let rule = gauss_hermite(points);
        let axis: Vec<(f64, f64)> = rule
            .nodes
            .iter()
            .zip(&rule.weights)
            .map(|(&x, &w)| (x, libm::log(w / core::f64::consts::PI.sqrt()) + x * x))
            .collect();
        let mut nodes = vec![([0.0; D], 0.0)];
        for d in 0..D {
            nodes = nodes
                .iter()
                .flat_map(|(node, log_weight)| {
                    axis.iter().map(move |(x, lw)| {
                        let mut longer = *node;
                        longer[d] = core::f64::consts::SQRT_2 * x;
                        (longer, log_weight + lw)
                    })
                })
                .collect();
        }
        Self { nodes }
    }
}

/// ln of the study's marginal likelihood, without the constants of its families; `None` where it is 0 or not a number.
pub(crate) fn log_marginal<const N: usize, const D: usize>(
    arms: &[Arm<N, D>],
    grid: &Grid<D>,
) -> Option<Jet<N>> {
    let centre = mode(arms)?;
    let peak = Peak::at(arms, centre);
    let mut log_marginal = peak.height;
    for d in 0..D {
        log_marginal = log_marginal - peak.root[d][d].ln();
    }
    if let [_, _, ..] = grid.nodes.as_slice() {
        log_marginal += peak.correction(arms, grid).ln();
    }
    log_marginal.value.is_finite().then_some(log_marginal)
}

/// ln of the study's likelihood at its most probable random effects, without the constants of its families.
pub(crate) fn log_conditional<const D: usize>(arms: &[Arm<0, D>]) -> Option<f64> {
    let z = mode(arms)?;
    Some(arms.iter().map(|arm| arm.family.derivatives(arm.predictor(&z))[0]).sum())
}

impl<const N: usize, const D: usize> Arm<'_, N, D> {
    fn predictor(&self, z: &[f64; D]) -> f64 {
        (0..D).fold(self.at.value, |eta, d| eta + self.loadings[d].value * z[d])
    }

    fn predictor_jet(&self, z: &[Jet<N>; D]) -> Jet<N> {
        (0..D).fold(self.at, |eta, d| eta + self.loadings[d] * z[d])
    }
}

/// The z at which likelihood times density is greatest.
///
/// Newton's method on a concave function, with shorter steps where a whole one would fall. Near the top, where rounding
/// hides the rise, whole steps are taken; it has settled after one that moves no coordinate by more than 1e-8, for the next
/// would be of the order of its square.
fn mode<const N: usize, const D: usize>(arms: &[Arm<N, D>]) -> Option<[f64; D]> {
    const MOST_STEPS: u32 = 100;
    const NEAR: f64 = 1e-4;
    let height = |z: &[f64; D]| -> f64 {
        let prior: f64 = z.iter().map(|z| 0.5 * z * z).sum();
        arms.iter().map(|arm| arm.family.derivatives(arm.predictor(z))[0]).sum::<f64>() - prior
    };
    let mut z = [0.0; D];
    let mut at = height(&z);
    if !at.is_finite() {
        return None;
    }
    for _ in 0..MOST_STEPS {
        let step = newton_step(arms, &z)?;
        let longest = step.iter().fold(0.0, |longest: f64, s| longest.max(s.abs()));
        if longest <= NEAR {
            z = core::array::from_fn(|d| z[d] + step[d]);
            if longest <= 1e-8 {
                return Some(z);
            }
            at = height(&z);
            continue;
        }
        let mut share = 1.0;
        loop {
            let next: [f64; D] = core::array::from_fn(|d| z[d] + share * step[d]);
            let there = height(&next);
            if there >= at {
                (z, at) = (next, there);
                break;
            }
            share *= 0.5;
            if share < 1e-9 {
                return None;
            }
        }
    }
    None
}

fn newton_step<const N: usize, const D: usize>(
    arms: &[Arm<N, D>],
    z: &[f64; D],
) -> Option<[f64; D]> {
    let mut slope: [f64; D] = core::array::from_fn(|d| -z[d]);
    let mut curve = [[0.0; D]; D];
    for (d, row) in curve.iter_mut().enumerate() {
        row[d] = 1.0;
    }
    for arm in arms {
        let [_, first, second, ..] = arm.family.derivatives(arm.predictor(z));
        for d in 0..D {
            slope[d] += first * arm.loadings[d].value;
            for (curve, loading) in curve[d].iter_mut().zip(&arm.loadings) {
                *curve -= second * arm.loadings[d].value * loading.value;
            }
        }
    }
    let curve: [[Jet<0>; D]; D] =
        core::array::from_fn(|d| core::array::from_fn(|e| Jet::constant(curve[d][e])));
    let step = solve(&root(&curve), &slope.map(Jet::constant)).map(|jet| jet.value);
    step.iter().all(|s| s.is_finite()).then_some(step)
}

/// The integrand at its mode, with derivatives with respect to the parameters.
struct Peak<const N: usize, const D: usize> {
    z: [Jet<N>; D],
    height: Jet<N>,
    /// The lower Cholesky factor of minus the Hessian.
    root: [[Jet<N>; D]; D],
}

impl<const N: usize, const D: usize> Peak<N, D> {
    fn at<'a>(arms: &[Arm<'a, N, D>], mode: [f64; D]) -> Self {
        let derivatives = |arm: &Arm<'a, N, D>| arm.family.derivatives(arm.predictor(&mode));
        let known: Vec<Derivatives> = arms.iter().map(derivatives).collect();
        let mut z = mode.map(Jet::constant);
        // Each Newton step in jets makes one more order of the mode's derivatives right.
        for _ in 0..2 {
            let (slope, curve) = expand(arms, &known, &z);
            let step = solve(&root(&curve), &slope);
            for d in 0..D {
                z[d] += step[d];
                z[d].value = mode[d];
            }
        }
        let (_, curve) = expand(arms, &known, &z);
        let mut height = Jet::constant(0.0);
        for coordinate in &z {
            let value = coordinate.value;
            height += coordinate.lift(-0.5 * value * value, -value, -1.0);
        }
        for (arm, [value, first, second, ..]) in arms.iter().zip(&known) {
            height += arm.predictor_jet(&z).lift(*value, *first, *second);
        }
        Self { z, height, root: root(&curve) }
    }

    /// The sum over all nodes, as a multiple of the Laplace approximation.
    fn correction(&self, arms: &[Arm<N, D>], grid: &Grid<D>) -> Jet<N> {
        let mut total = Jet::constant(0.0);
        // Columns of L^−ᵀ, so that a node's place is a sum of multiples of them.
        let columns: [[Jet<N>; D]; D] = core::array::from_fn(|e| {
            let unit = core::array::from_fn(|d| Jet::constant(if d == e { 1.0 } else { 0.0 }));
            solve_transposed(&self.root, &unit)
        });
        for (node, log_weight) in &grid.nodes {
            let z: [Jet<N>; D] = core::array::from_fn(|d| {
                (0..D).fold(self.z[d], |place, e| place + columns[e][d].scale(node[e]))
            });
            let mut log_term = Jet::constant(*log_weight) - self.height;
            for coordinate in &z {
                let value = coordinate.value;
                log_term += coordinate.lift(-0.5 * value * value, -value, -1.0);
            }
            for arm in arms {
                let eta = arm.predictor_jet(&z);
                let [value, first, second, ..] = arm.family.derivatives(eta.value);
                log_term += eta.lift(value, first, second);
            }
            // Beyond the range of a risk the likelihood is 0.
            if log_term.value > f64::NEG_INFINITY {
                total += log_term.exp();
            }
        }
        total
    }
}

/// Gradient and minus the Hessian of the integrand's logarithm with respect to z.
fn expand<const N: usize, const D: usize>(
    arms: &[Arm<N, D>],
    known: &[Derivatives],
    z: &[Jet<N>; D],
) -> ([Jet<N>; D], [[Jet<N>; D]; D]) {
    let mut slope = z.map(|z| -z);
    let mut curve = [[Jet::constant(0.0); D]; D];
    for (d, row) in curve.iter_mut().enumerate() {
        row[d].value = 1.0;
    }
    for (arm, &[_, first, second, third, fourth]) in arms.iter().zip(known) {
        let eta = arm.predictor_jet(z);
        let (g1, g2) = (eta.lift(first, second, third), eta.lift(second, third, fourth));
        for d in 0..D {
            slope[d] += arm.loadings[d] * g1;
            let weighted = arm.loadings[d] * g2;
            for (curve, loading) in curve[d].iter_mut().zip(&arm.loadings) {
                *curve = *curve - weighted * *loading;
            }
        }
    }
    (slope, curve)
}

/// The lower Cholesky factor; its lower triangle is read.
fn root<const N: usize, const D: usize>(matrix: &[[Jet<N>; D]; D]) -> [[Jet<N>; D]; D] {
    let mut lower = [[Jet::constant(0.0); D]; D];
    for d in 0..D {
        for e in 0..=d {
            let rest = (0..e).fold(matrix[d][e], |sum, j| sum - lower[d][j] * lower[e][j]);
            lower[d][e] = if d == e { rest.sqrt() } else { rest * lower[e][e].recip() };
        }
    }
    lower
}

/// (L·Lᵀ)⁻¹·b.
fn solve<const N: usize, const D: usize>(
    lower: &[[Jet<N>; D]; D],
    right: &[Jet<N>; D],
) -> [Jet<N>; D] {
    let mut half = *right;
    for d in 0..D {
        let rest = (0..d).fold(half[d], |sum, e| sum - lower[d][e] * half[e]);
        half[d] = rest * lower[d][d].recip();
    }
    solve_transposed(lower, &half)
}

/// L⁻ᵀ·b.
fn solve_transposed<const N: usize, const D: usize>(
    lower: &[[Jet<N>; D]; D],
    right: &[Jet<N>; D],
) -> [Jet<N>; D] {
    let mut out = *right;
    for d in (0..D).rev() {
        let rest = (d + 1..D).fold(out[d], |sum, e| sum - lower[e][d] * out[e]);
        out[d] = rest * lower[d][d].recip();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Arm, Family, Grid, Jet, log_marginal};
    use crate::glmm::family::Link;
    use crate::numeric::integrate::integral;

    fn families() -> [Family; 2] {
        [(2.0, 37.0), (9.0, 31.0)].map(|(events, others)| Family::Binomial {
            events,
            others,
            link: Link::Logit,
            offset: 0.0,
        })
    }

    /// ln ∫ P(a | α + δ + τz/2)·P(c | α − τz/2)·φ(z) dz in the variables α, δ, τ.
    fn one_effect(values: [f64; 3], points: usize) -> Jet<3> {
        let [alpha, delta, tau] = [0, 1, 2].map(|i| Jet::variable(values[i], i));
        let [e, c] = families();
        let arms = [
            Arm { family: &e, at: alpha + delta, loadings: [tau.scale(0.5)] },
            Arm { family: &c, at: alpha, loadings: [tau.scale(-0.5)] },
        ];
        log_marginal(&arms, &Grid::new(points)).unwrap()
    }

    #[test]
    fn quadrature_finds_the_integral() {
        let [e, c] = families();
        let exact = integral(
            |z| {
                let log = e.derivatives(-2.4 + 0.9 * z)[0] + c.derivatives(-1.4 - 0.9 * z)[0];
                libm::exp(log - 0.5 * z * z) / (2.0 * core::f64::consts::PI).sqrt()
            },
            (-12.0, 12.0),
            1e-12,
            0.0,
        )
        .unwrap();
        let value = |points| one_effect([-1.4, -1.0, 1.8], points).value;
        assert!((value(25) - libm::log(exact)).abs() < 1e-9);
        assert!((value(7) - libm::log(exact)).abs() < 1e-4);
        assert!((value(1) - libm::log(exact)).abs() < 0.05);
    }

    /// The same with a random level σz₁ and a correlated effect ρz₁ + τz₂, in the variables δ, α, σ, τ, ρ.
    fn two_effects(values: [f64; 5], points: usize) -> Jet<5> {
        let [delta, alpha, sigma, tau, rho] = core::array::from_fn(|i| Jet::variable(values[i], i));
        let [e, c] = families();
        let loadings = |by: f64| [sigma + rho.scale(by), tau.scale(by)];
        let arms = [
            Arm { family: &e, at: alpha + delta, loadings: loadings(0.5) },
            Arm { family: &c, at: alpha, loadings: loadings(-0.5) },
        ];
        log_marginal(&arms, &Grid::new(points)).unwrap()
    }

    fn check_derivatives<const N: usize>(at: [f64; N], f: impl Fn([f64; N]) -> Jet<N>) {
        let h = 1e-4;
        let jet = f(at);
        for i in 0..N {
            let moved = |by: f64| {
                let mut there = at;
                there[i] += by;
                f(there)
            };
            let (above, below) = (moved(h), moved(-h));
            assert!((jet.slope[i] - (above.value - below.value) / (2.0 * h)).abs() < 1e-6);
            for j in 0..N {
                let curve = (above.slope[j] - below.slope[j]) / (2.0 * h);
                assert!(
                    (jet.curve[i][j] - curve).abs() < 1e-6,
                    "{i} {j} {} {curve}",
                    jet.curve[i][j]
                );
            }
        }
    }

    #[test]
    fn derivatives_of_the_approximation_are_exact() {
        for points in [1, 7] {
            check_derivatives([-1.4, -1.0, 0.8], |at| one_effect(at, points));
            check_derivatives([-1.0, -1.4, 0.9, 0.8, -0.3], |at| two_effects(at, points));
        }
    }

    #[test]
    fn a_second_random_effect_without_a_loading_changes_nothing() {
        let [e, c] = families();
        let number = Jet::<1>::constant;
        let arms = [
            Arm { family: &e, at: number(-2.4), loadings: [number(0.4), number(0.0)] },
            Arm { family: &c, at: number(-1.4), loadings: [number(-0.4), number(0.0)] },
        ];
        let two = log_marginal(&arms, &Grid::new(7)).unwrap().value;
        assert!((two - one_effect([-1.4, -1.0, 0.8], 7).value).abs() < 1e-12);
    }
}
