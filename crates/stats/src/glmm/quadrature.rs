//! How normal random effects are integrated out, and one of them a study to some ten digits.
//!
//! Gauss-Hermite quadrature takes the integrand for a polynomial times a normal density. Where effects vary much between studies it is
//! not: the likelihood of a study without events is a plain with an edge, and even 31 points can be off by 0.03 in its logarithm. So one
//! random effect is integrated by equal steps over the range in which the integrand counts, halved until that changes nothing. Where the
//! range ends because a risk would leave 0 to 1, by Gauss-Legendre panels; such an end moves with the parameters, and its derivatives are
//! in the answer's.

use core::f64::consts::PI;

use super::error::GlmmError;
use super::family::Family;
use super::jet::Jet;
use super::marginal::{Arm, Grid, log_marginal};
use crate::numeric::integrate::{Rule, gauss_legendre};

/// How random effects are integrated out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quadrature {
    /// With one random effect a study to about ten digits; with two by seven points each.
    #[default]
    Fine,
    /// Adaptive Gauss-Hermite with so many points for each random effect, 1 (the Laplace approximation) to 100. metafor's `nAGQ`,
    /// whose default is 7 and which it forces to 1 for two random effects a study.
    Points(usize),
}

impl Quadrature {
    pub(crate) fn check(self) -> Result<(), GlmmError> {
        match self {
            Self::Points(found) if !(1..=100).contains(&found) => {
                Err(GlmmError::PointsOutOfRange { found })
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn of_one_effect(self) -> OneEffect {
        match self {
            Self::Fine => OneEffect::Fine(gauss_legendre(NODES)),
            Self::Points(points) => OneEffect::Grid(Grid::new(points)),
        }
    }

    /// What comes near it at little cost; `None` if it costs little itself.
    pub(crate) fn rough(self) -> Option<OneEffect> {
        matches!(self, Self::Fine).then(|| OneEffect::Grid(Grid::new(7)))
    }

    pub(crate) fn of_two_effects(self) -> Grid<2> {
        Grid::new(match self {
            Self::Fine => 7,
            Self::Points(points) => points,
        })
    }
}

/// Nodes in a panel.
const NODES: usize = 16;

/// Equal steps to begin with.
const STEPS: usize = 24;

/// Halving the panels may change the integral by this share of it, and by the rounding of its logarithm.
const ACCURACY: f64 = 1e-11;
const ROUNDING: f64 = 1e-15;

/// More nodes are not tried.
const MOST_NODES: usize = 16_384;

/// Where the logarithm of the integrand has fallen by so much, the rest of it does not count.
const NEGLIGIBLE: f64 = 38.0;

/// The integral over one random effect.
pub(crate) enum OneEffect {
    Fine(Rule),
    Grid(Grid<1>),
}

impl OneEffect {
    /// ln of the study's marginal likelihood, without the constants of its families; `None` where it is 0 or not a number.
    pub(crate) fn log_marginal<const N: usize>(&self, arms: &[Arm<N, 1>]) -> Option<Jet<N>> {
        match self {
            Self::Fine(rule) => Range::of(arms)?.log_integral(arms, rule),
            Self::Grid(grid) => log_marginal(arms, grid),
        }
    }
}

/// The random effects that count.
struct Range<const N: usize> {
    from: Jet<N>,
    to: Jet<N>,
    /// The greatest logarithm of the integrand.
    top: f64,
    /// Whether the integrand has fallen off at both ends, so that these do not matter.
    ends_are_fixed: bool,
}

impl<const N: usize> Range<N> {
    fn of(arms: &[Arm<N, 1>]) -> Option<Self> {
        let edges = edges(arms)?;
        let mode = mode(arms, edges.map(|edge| edge.map(|it| it.value)))?;
        let (top, [_, curve]) = (log_integrand(arms, mode), slope_and_curve(arms, mode));
        if !(top.is_finite() && curve.is_finite()) {
            return None;
        }
        // A concave logarithm less z²/2 has fallen off at the latest where z²/2 alone has.
        let furthest = (2.0 * NEGLIGIBLE).sqrt();
        let end = |side: f64, edge: Option<Jet<N>>| {
            let mut reach = 8.0 / curve.sqrt();
            loop {
                let z = mode + side * reach;
                match edge {
                    Some(edge) if (edge.value - z) * side <= 0.0 => return (edge, false),
                    _ if reach >= furthest || log_integrand(arms, z) < top - NEGLIGIBLE => {
                        return (Jet::constant(z), true);
                    }
                    _ => reach *= 1.5,
                }
            }
        };
        let [(from, below), (to, above)] = [end(-1.0, edges[0]), end(1.0, edges[1])];
        Some(Self { from, to, top, ends_are_fixed: below && above })
    }

    fn log_integral(&self, arms: &[Arm<N, 1>], rule: &Rule) -> Option<Jet<N>> {
        let nodes =
            if self.ends_are_fixed { self.equal_steps(arms)? } else { self.panels(arms, rule)? };
        let width = self.to - self.from;
        let mut total = Jet::constant(0.0);
        for node in &nodes {
            let z = self.from + width.scale(node.share);
            let mut log = z.lift(-0.5 * z.value * z.value - self.top, -z.value, -1.0);
            for (arm, [value, first, second]) in arms.iter().zip(node.arms) {
                log += (arm.at + arm.loadings[0] * z).lift(value, first, second);
            }
            if log.value > f64::NEG_INFINITY {
                total += log.exp().scale(node.weight);
            }
        }
        let mut log = (total * width).ln();
        log.value += self.top - 0.5 * libm::log(2.0 * PI);
        log.value.is_finite().then_some(log)
    }

    /// Equal steps, of which few are needed where the integrand falls off on both sides (Trefethen & Weideman 2014,
    /// doi 10.1137/130932132); `None` if too many are.
    fn equal_steps(&self, arms: &[Arm<N, 1>]) -> Option<Vec<Node>> {
        let mut count = STEPS;
        let weight = 1.0 / count as f64;
        let mut nodes: Vec<Node> =
            (0..=count).map(|i| self.node(arms, i as f64 * weight, weight)).collect();
        let mut coarse = sum(&nodes);
        while count < MOST_NODES {
            let weight = 1.0 / count as f64;
            let between: Vec<Node> =
                (0..count).map(|i| self.node(arms, (i as f64 + 0.5) * weight, weight)).collect();
            let fine = f64::midpoint(coarse, sum(&between));
            if self.agree(coarse, fine) {
                return Some(nodes);
            }
            nodes.extend(between);
            for node in &mut nodes {
                node.weight = 0.5 * weight;
            }
            (count, coarse) = (2 * count, fine);
        }
        None
    }

    /// Gauss-Legendre panels, for ranges at whose ends the integrand is not 0; `None` if too many are needed.
    fn panels(&self, arms: &[Arm<N, 1>], rule: &Rule) -> Option<Vec<Node>> {
        let of = |panels: usize| -> Vec<Node> {
            let half = 0.5 / panels as f64;
            (0..panels)
                .flat_map(|panel| {
                    let middle = half * (2 * panel + 1) as f64;
                    let node =
                        move |(x, w): (&f64, &f64)| self.node(arms, middle + half * x, half * w);
                    rule.nodes.iter().zip(&rule.weights).map(node)
                })
                .collect()
        };
        let (mut panels, mut nodes) = (2, of(2));
        let mut coarse = sum(&nodes);
        while nodes.len() < MOST_NODES {
            let finer = of(2 * panels);
            let fine = sum(&finer);
            if self.agree(coarse, fine) {
                return Some(nodes);
            }
            (panels, nodes, coarse) = (2 * panels, finer, fine);
        }
        None
    }

    fn agree(&self, coarse: f64, fine: f64) -> bool {
        (fine - coarse).abs() <= (ACCURACY + ROUNDING * self.top.abs()) * fine
    }

    fn node(&self, arms: &[Arm<N, 1>], share: f64, weight: f64) -> Node {
        let z = self.from.value + share * (self.to.value - self.from.value);
        let mut node = Node { share, weight, log: -0.5 * z * z - self.top, arms: [[0.0; 3]; 2] };
        for (arm, of_arm) in arms.iter().zip(&mut node.arms) {
            let eta = arm.at.value + arm.loadings[0].value * z;
            let [value, first, second, ..] = arm.family.derivatives(eta);
            *of_arm = [value, first, second];
            node.log += value;
        }
        node
    }
}

fn sum(nodes: &[Node]) -> f64 {
    nodes.iter().map(|it| it.weight * libm::exp(it.log)).sum()
}

/// A place in a range, with what is known of the arms there: at most two share a random effect.
struct Node {
    /// From 0 to 1.
    share: f64,
    weight: f64,
    /// ln of the integrand over its greatest value.
    log: f64,
    /// ln P and its first two derivatives.
    arms: [[f64; 3]; 2],
}

/// ln of the likelihood times the density, without constants.
fn log_integrand<const N: usize>(arms: &[Arm<N, 1>], z: f64) -> f64 {
    let of = |arm: &Arm<N, 1>| arm.family.derivatives(arm.at.value + arm.loadings[0].value * z)[0];
    arms.iter().map(of).sum::<f64>() - 0.5 * z * z
}

/// First derivative and minus the second of [`log_integrand`].
fn slope_and_curve<const N: usize>(arms: &[Arm<N, 1>], z: f64) -> [f64; 2] {
    let (mut slope, mut curve) = (-z, 1.0);
    for arm in arms {
        let loading = arm.loadings[0].value;
        let [_, first, second, ..] = arm.family.derivatives(arm.at.value + loading * z);
        slope += first * loading;
        curve -= second * loading * loading;
    }
    [slope, curve]
}

/// About where the integrand is greatest, between the edges or at one of them: Newton's method on a concave logarithm, a step that
/// leaves the bracket of the slope's sign being halved. It need not be exact, for nothing but the range depends on it.
fn mode<const N: usize>(arms: &[Arm<N, 1>], edges: [Option<f64>; 2]) -> Option<f64> {
    const MOST_STEPS: u32 = 200;
    let [mut low, mut high] =
        [edges[0].unwrap_or(f64::NEG_INFINITY), edges[1].unwrap_or(f64::INFINITY)];
    let mut z = match (low > 0.0, high < 0.0) {
        _ if low.is_finite() && high.is_finite() => {
            0.0_f64.max(0.9 * low + 0.1 * high).min(0.1 * low + 0.9 * high)
        }
        (true, _) => low + 1.0,
        (_, true) => high - 1.0,
        _ => 0.0,
    };
    for _ in 0..MOST_STEPS {
        let [slope, curve] = slope_and_curve(arms, z);
        if !(slope.is_finite() && curve > 0.0) {
            return None;
        }
        if slope > 0.0 {
            low = z;
        } else {
            high = z;
        }
        let step = slope / curve;
        if step.abs() * curve.sqrt() <= 1e-3 || high - low <= 1e-6 {
            return Some(z);
        }
        let next = z + step;
        z = if next > low && next < high {
            next
        } else {
            f64::midpoint(low.max(z - 20.0), high.min(z + 20.0))
        };
    }
    None
}

/// The random effects beyond which some risk would leave 0 to 1, below and above; `None` if no effect keeps all of them in.
fn edges<const N: usize>(arms: &[Arm<N, 1>]) -> Option<[Option<Jet<N>>; 2]> {
    let mut edges: [Option<Jet<N>>; 2] = [None, None];
    for arm in arms {
        let loading = arm.loadings[0];
        let [least, greatest] = arm.family.bounds();
        if loading.value == 0.0 {
            if arm.at.value < least || arm.at.value > greatest {
                return None;
            }
            continue;
        }
        let at = |bound: f64| (Jet::constant(bound) - arm.at) * loading.recip();
        let sides = if loading.value > 0.0 { [least, greatest] } else { [greatest, least] };
        for (side, bound) in sides.into_iter().enumerate().filter(|it| it.1.is_finite()) {
            let edge = at(bound);
            let is_inner =
                |it: Jet<N>| if side == 0 { edge.value > it.value } else { edge.value < it.value };
            if edges[side].is_none_or(is_inner) {
                edges[side] = Some(edge);
            }
        }
    }
    match edges {
        [Some(from), Some(to)] if from.value >= to.value => None,
        _ => Some(edges),
    }
}

impl Family {
    /// Least and greatest linear predictor; infinite where there is none.
    fn bounds(&self) -> [f64; 2] {
        use super::family::Link;
        match self {
            Self::Binomial { link: Link::Log, offset, .. } => [f64::NEG_INFINITY, -offset],
            Self::Binomial { link: Link::Identity, offset, .. } => [-offset, 1.0 - offset],
            _ => [f64::NEG_INFINITY, f64::INFINITY],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arm, Family, Jet, Quadrature};
    use crate::glmm::family::Link;
    use crate::numeric::integrate::integral;

    fn binomial(events: f64, others: f64, link: Link) -> Family {
        Family::Binomial { events, others, link, offset: 0.0 }
    }

    /// ln ∫ P(events | μ + τz)·φ(z) dz in the variables μ and τ.
    fn marginal(family: &Family, [mean, tau]: [f64; 2]) -> Jet<2> {
        let [at, loading] = [Jet::variable(mean, 0), Jet::variable(tau, 1)];
        let arms = [Arm { family, at, loadings: [loading] }];
        Quadrature::Fine.of_one_effect().log_marginal(&arms).unwrap()
    }

    #[test]
    fn plains_with_an_edge_and_ends_of_the_range_are_integrated() {
        for (family, at) in [
            (binomial(0.0, 283.0, Link::Logit), [-7.5, 6.9]),
            (binomial(355.0, 0.0, Link::Logit), [-1.8, 7.7]),
            (binomial(3.0, 8.0, Link::Logit), [-1.0, 0.3]),
            (binomial(200.0, 800.0, Link::Logit), [-1.0, 2.0]),
            (binomial(0.0, 9.0, Link::Log), [-1.2, 0.8]),
            (binomial(0.0, 9.0, Link::Identity), [0.1, 0.2]),
            (binomial(2.0, 9.0, Link::Identity), [0.3, 0.2]),
            (Family::Poisson { events: 0.0, time: 50.0 }, [-3.0, 4.0]),
        ] {
            let [mean, tau] = at;
            // Relative to the greatest likelihood, which is far below what a double holds for a giant study.
            let best = family.log_best().unwrap() - family.log_constant();
            let density =
                |z: f64| libm::exp(family.derivatives(mean + tau * z)[0] - 0.5 * z * z - best);
            let exact = libm::log(integral(density, (-12.0, 12.0), 1e-11, 0.0).unwrap()) + best
                - 0.5 * libm::log(2.0 * core::f64::consts::PI);
            let got = marginal(&family, at).value;
            assert!((got - exact).abs() < 1e-8, "{family:?} {at:?} {got} {exact}");
        }
    }

    #[test]
    fn derivatives_are_those_of_the_integral_moving_ends_included() {
        let h = 1e-4;
        for (family, at) in [
            (binomial(0.0, 40.0, Link::Logit), [-4.0, 3.0]),
            (binomial(0.0, 9.0, Link::Log), [-1.2, 0.8]),
            (binomial(0.0, 9.0, Link::Identity), [0.1, 0.2]),
        ] {
            let jet = marginal(&family, at);
            for i in 0..2 {
                let moved = |by: f64| {
                    let mut there = at;
                    there[i] += by;
                    marginal(&family, there)
                };
                let (above, below) = (moved(h), moved(-h));
                let slope = (above.value - below.value) / (2.0 * h);
                assert!((jet.slope[i] - slope).abs() < 1e-5 * slope.abs().max(1.0), "{family:?}");
                for j in 0..2 {
                    let curve = (above.slope[j] - below.slope[j]) / (2.0 * h);
                    let error = (jet.curve[i][j] - curve).abs();
                    assert!(error < 1e-5 * curve.abs().max(1.0), "{family:?} {i} {j}");
                }
            }
        }
    }
}
