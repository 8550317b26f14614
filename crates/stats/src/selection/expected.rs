//! The expected weight of a study, E w(p(Z)) for a normal Z, with all first and second derivatives.
//!
//! Z is a study's estimate over its standard error: normal with mean m and variance s² ≥ 1. Where a weight is constant the
//! expectation is a normal probability; elsewhere it is an eight-point Gauss-Legendre sum over panels of at most
//! three quarters, with nodes that never move, so that p values and their logarithms are computed once.

use crate::distribution::{normal_cdf, normal_quantile, normal_sf};
use crate::selection::function::{Alternative, PValue, Shape, Weight};

/// A part of the line on which a weight is constant.
struct Stretch<W> {
    low: f64,
    high: f64,
    weight: W,
}

/// Neighbouring panels of the same width, with eight nodes each.
struct Run {
    /// Centre of the first panel.
    centre: f64,
    /// Half the width of each panel.
    half: f64,
    /// Number of panels, and of those in earlier runs.
    panels: usize,
    before: usize,
}

/// How a smooth function's weight runs along Z: constant stretches (`None` where it is 1), and nodes in between.
pub(crate) struct SmoothLine {
    stretches: Vec<Stretch<Option<PValue>>>,
    runs: Vec<Run>,
    /// Quadrature weight and p value of each node, eight for each panel of each run in turn.
    nodes: Vec<(f64, PValue)>,
}

/// The z whose upper tail is `p`, computed from whichever tail is smaller.
pub(crate) fn upper_quantile(p: f64) -> f64 {
    -normal_quantile(p)
}

/// One-sided p values beyond this many standard deviations are 0 or 1 to double precision.
const FAR: f64 = 9.0;
/// p^(1/δ) may still vary where p itself is below 10⁻³⁰⁰.
const VERY_FAR: f64 = 37.0;

impl SmoothLine {
    /// The line of a function with this shape, for Z in the direction that is favoured.
    pub(crate) fn new(shape: Shape, threshold: Option<f64>, alternative: Alternative) -> Self {
        let very_far = shape == Shape::Decreasing(super::Decline::NegativeExponentialPower);
        let far = if very_far { VERY_FAR } else { FAR };
        match alternative {
            Alternative::Greater | Alternative::Less => Self::one_sided(shape, threshold, far),
            Alternative::TwoSided => Self::two_sided(shape, threshold, far),
        }
    }

    fn one_sided(shape: Shape, threshold: Option<f64>, far: f64) -> Self {
        let p_value = |z: f64| PValue::new(normal_sf(z), normal_cdf(z));
        let censored = shape.censored();
        let (low, high) = if censored > 0.0 {
            (normal_quantile(censored), upper_quantile(censored))
        } else {
            (-FAR, far)
        };
        let (high, above) = match threshold.map(upper_quantile) {
            Some(z) if z < high => (z, None),
            Some(_) => (high, None),
            None => (high, Some(p_value(high))),
        };
        let low = low.min(high);
        let mut line = Self {
            stretches: vec![
                Stretch { low: f64::NEG_INFINITY, high: low, weight: Some(p_value(low)) },
                Stretch { low: high, high: f64::INFINITY, weight: above },
            ],
            runs: Vec::new(),
            nodes: Vec::new(),
        };
        line.add_panels((low, high), p_value);
        line
    }

    fn two_sided(shape: Shape, threshold: Option<f64>, far: f64) -> Self {
        let p_value = |z: f64| {
            let z = z.abs();
            PValue::new(2.0 * normal_sf(z), normal_cdf(z) - normal_sf(z))
        };
        let censored = shape.censored();
        let (low, high) = if censored > 0.0 {
            (upper_quantile((1.0 - censored) / 2.0), upper_quantile(censored / 2.0))
        } else {
            (0.0, far)
        };
        let (high, above) = match threshold.map(|p| upper_quantile(p / 2.0)) {
            Some(z) if z < high => (z, None),
            Some(_) => (high, None),
            None => (high, Some(p_value(high))),
        };
        let low = low.min(high);
        let mut stretches = vec![
            Stretch { low: f64::NEG_INFINITY, high: -high, weight: above },
            Stretch { low: high, high: f64::INFINITY, weight: above },
        ];
        if low > 0.0 {
            stretches.push(Stretch { low: -low, high: low, weight: Some(p_value(low)) });
        }
        let mut line = Self { stretches, runs: Vec::new(), nodes: Vec::new() };
        // Towards a small `low` panels shrink, for a power of 1 − p may be singular just below it.
        let mut start = low;
        while low > 0.0 && start < PANEL && 3.0 * start < high {
            line.add_panels((start, 3.0 * start), p_value);
            line.add_panels((-3.0 * start, -start), p_value);
            start *= 3.0;
        }
        line.add_panels((start, high), p_value);
        line.add_panels((-high, -start), p_value);
        line
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small number of panels"
    )]
    fn add_panels(&mut self, (low, high): (f64, f64), p_value: impl Fn(f64) -> PValue) {
        let panels = ((high - low) / PANEL).ceil().max(1.0) as usize;
        let half = 0.5 * (high - low) / panels as f64;
        let centre = low + half;
        let before = self.nodes.len() / LANES;
        self.runs.push(Run { centre, half, panels, before });
        for panel in 0..panels {
            for (x, weight) in LEGENDRE {
                let z = centre + half * (2.0 * panel as f64 + x);
                self.nodes.push((half * weight, p_value(z)));
            }
        }
    }
}

const PANEL: f64 = 0.75;

/// Nodes of a panel, which are computed side by side.
const LANES: usize = 8;

/// Nodes of the eight-point Gauss-Legendre rule on [−1, 1], with their weights.
const LEGENDRE: [(f64, f64); LANES] = [
    (-0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
    (-0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (-0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (-0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// A smooth function's weights at given parameters, on all stretches and at all nodes (there times the quadrature's).
pub(crate) struct SmoothWeights {
    stretches: Vec<Weight>,
    value: Vec<f64>,
    by: Vec<Vec<f64>>,
    by_pair: Vec<(usize, Vec<f64>)>,
    /// How many standard deviations from the mean panels may still matter.
    reach: f64,
}

impl SmoothWeights {
    pub(crate) fn new(shape: Shape, line: &SmoothLine, imprecision: f64, delta: &[f64]) -> Self {
        let weight = |at: &PValue| shape.log_weight(at, imprecision, delta).exp();
        let stretches = line
            .stretches
            .iter()
            .map(|it| it.weight.as_ref().map_or(Weight::ONE, weight))
            .collect();
        let n = line.nodes.len();
        let mut value = Vec::with_capacity(n);
        let mut by = vec![Vec::with_capacity(n); shape.parameters()];
        let pairs: &[usize] = if shape.parameters() == 1 { &[0] } else { &[0, 1, 2] };
        let mut by_pair: Vec<(usize, Vec<f64>)> =
            pairs.iter().map(|&pair| (pair, Vec::with_capacity(n))).collect();
        let mut range = Range::default();
        for (width, at) in &line.nodes {
            let weight = weight(at);
            range.add(weight.value);
            value.push(width * weight.value);
            for (column, by) in by.iter_mut().zip(weight.by) {
                column.push(width * by);
            }
            for (pair, column) in &mut by_pair {
                column.push(width * weight.by_pair[*pair]);
            }
        }
        Self { stretches, value, by, by_pair, reach: range.reach() }
    }
}

/// The smallest and the largest of the weights.
struct Range {
    smallest: f64,
    largest: f64,
}

impl Default for Range {
    fn default() -> Self {
        Self { smallest: f64::INFINITY, largest: 0.0 }
    }
}

impl Range {
    fn add(&mut self, weight: f64) {
        self.smallest = self.smallest.min(weight);
        self.largest = self.largest.max(weight);
    }

    /// Where weights far off are larger than those near by, by a factor r, the density's fall by as much must be outrun too:
    /// t²/2 = 9²/2 + ln r.
    fn reach(&self) -> f64 {
        if self.largest <= self.smallest {
            return FAR;
        }
        let ratio = libm::log(self.largest) - libm::log(self.smallest.max(f64::MIN_POSITIVE));
        // Beyond, the density is 0 to double precision.
        (FAR * FAR + 2.0 * ratio).sqrt().min(VERY_FAR)
    }
}

/// An expected weight and its derivatives by m, s² and the parameters.
#[derive(Clone)]
pub(crate) struct Expected {
    pub(crate) value: f64,
    /// By m, s², mm, ms², s²s².
    pub(crate) place: [f64; 5],
    /// For each parameter: by itself, with m, with s².
    pub(crate) delta: Vec<[f64; 3]>,
    /// By two parameters (11, 12, 22) of a smooth function; a step function is linear in its parameters.
    pub(crate) pairs: [f64; 3],
}

impl Expected {
    pub(crate) fn zero(parameters: usize) -> Self {
        Self { value: 0.0, place: [0.0; 5], delta: vec![[0.0; 3]; parameters], pairs: [0.0; 3] }
    }

    pub(crate) fn clear(&mut self) {
        self.value = 0.0;
        self.place = [0.0; 5];
        self.delta.fill([0.0; 3]);
        self.pairs = [0.0; 3];
    }

    /// Adds `factor` times a normal probability.
    pub(crate) fn add(&mut self, factor: f64, probability: &Probability) {
        self.value += factor * probability.value;
        for (sum, part) in self.place.iter_mut().zip(probability.place) {
            *sum += factor * part;
        }
    }

    /// Adds a probability on which a step function has parameter number `index`, now at `delta`.
    pub(crate) fn add_step(&mut self, index: usize, delta: f64, probability: &Probability) {
        self.add(delta, probability);
        let slopes = &mut self.delta[index];
        slopes[0] += probability.value;
        slopes[1] += probability.place[0];
        slopes[2] += probability.place[1];
    }

    /// Adds a smooth function's stretches and nodes.
    pub(crate) fn add_smooth(
        &mut self,
        line: &SmoothLine,
        weights: &SmoothWeights,
        m: f64,
        s: f64,
    ) {
        for (stretch, weight) in line.stretches.iter().zip(&weights.stretches) {
            self.add_constant(weight, &Probability::between(stretch.low, stretch.high, m, s));
        }
        for run in &line.runs {
            self.add_run(run, weights, m, s);
        }
    }

    /// Adds a stretch of constant weight of a smooth function.
    fn add_constant(&mut self, weight: &Weight, probability: &Probability) {
        self.add(weight.value, probability);
        for (slopes, by) in self.delta.iter_mut().zip(weight.by) {
            slopes[0] += by * probability.value;
            slopes[1] += by * probability.place[0];
            slopes[2] += by * probability.place[1];
        }
        for (sum, pair) in self.pairs.iter_mut().zip(weight.by_pair) {
            *sum += pair * probability.value;
        }
    }

    fn add_run(&mut self, run: &Run, weights: &SmoothWeights, m: f64, s: f64) {
        let Some(mut densities) = Densities::over(run, m, s, weights.reach) else { return };
        let [mut m0, mut m1, mut m2, mut m3, mut m4] = [[0.0; LANES]; 5];
        let mut delta = [[[0.0; LANES]; 3]; 2];
        let mut pairs = [[0.0; LANES]; 3];
        for panel in densities.panels.clone() {
            let at = (run.before + panel) * LANES..(run.before + panel + 1) * LANES;
            let (t, density) = (&densities.t, &densities.density);
            let value = &weights.value[at.clone()];
            for lane in 0..LANES {
                let mass = density[lane] * value[lane];
                let (first, square) = (t[lane], t[lane] * t[lane]);
                m0[lane] += mass;
                m1[lane] += mass * first;
                m2[lane] += mass * square;
                m3[lane] += mass * square * first;
                m4[lane] += mass * square * square;
            }
            for (sums, by) in delta.iter_mut().zip(&weights.by) {
                let by = &by[at.clone()];
                for lane in 0..LANES {
                    let mass = density[lane] * by[lane];
                    sums[0][lane] += mass;
                    sums[1][lane] += mass * t[lane];
                    sums[2][lane] += mass * t[lane] * t[lane];
                }
            }
            for (pair, values) in &weights.by_pair {
                let values = &values[at.clone()];
                for lane in 0..LANES {
                    pairs[*pair][lane] += density[lane] * values[lane];
                }
            }
            densities.advance();
        }
        let scale = 1.0 / (s * ROOT_TWO_PI);
        let total = |lanes: [f64; LANES]| lanes.iter().sum::<f64>() * scale;
        self.add_moments([m0, m1, m2, m3, m4].map(total), s);
        let s2 = s * s;
        for (slopes, sums) in self.delta.iter_mut().zip(delta) {
            let [d0, d1, d2] = sums.map(total);
            slopes[0] += d0;
            slopes[1] += d1 / s;
            slopes[2] += (d2 - d0) / (2.0 * s2);
        }
        for (sum, pair) in self.pairs.iter_mut().zip(pairs) {
            *sum += total(pair);
        }
    }

    /// Adds a mass by its moments of the standardised distance.
    fn add_moments(&mut self, [m0, m1, m2, m3, m4]: [f64; 5], s: f64) {
        let s2 = s * s;
        self.value += m0;
        let place = [
            m1 / s,
            (m2 - m0) / (2.0 * s2),
            (m2 - m0) / s2,
            (m3 - 3.0 * m1) / (2.0 * s2 * s),
            (m4 - 6.0 * m2 + 3.0 * m0) / (4.0 * s2 * s2),
        ];
        for (sum, part) in self.place.iter_mut().zip(place) {
            *sum += part;
        }
    }
}

/// exp(−t²/2) at the nodes of one panel after the other.
///
/// Along equal steps of t the ratio of neighbours changes by a constant factor, so only the first panel needs exponentials;
/// over the few dozen panels of a run rounding grows to 10⁻¹³ at most.
struct Densities {
    /// The panels within reach.
    panels: core::ops::Range<usize>,
    t: [f64; LANES],
    density: [f64; LANES],
    ratio: [f64; LANES],
    step: f64,
    bend: f64,
}

impl Densities {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the number of panels"
    )]
    fn over(run: &Run, m: f64, s: f64, reach: f64) -> Option<Self> {
        let position = |z: f64| (z - run.centre) / (2.0 * run.half);
        let last = run.panels as f64;
        let first = (position(m - reach * s) - 0.5).floor().clamp(0.0, last);
        let end = (position(m + reach * s) + 1.5).ceil().clamp(0.0, last);
        if first >= end {
            return None;
        }
        let step = 2.0 * run.half / s;
        let t = LEGENDRE.map(|(x, _)| (run.centre + run.half * (2.0 * first + x) - m) / s);
        Some(Self {
            panels: first as usize..end as usize,
            t,
            density: t.map(|t| libm::exp(-0.5 * t * t)),
            ratio: t.map(|t| libm::exp(-(t + 0.5 * step) * step)),
            step,
            bend: libm::exp(-step * step),
        })
    }

    fn advance(&mut self) {
        for lane in 0..LANES {
            self.t[lane] += self.step;
            self.density[lane] *= self.ratio[lane];
            self.ratio[lane] *= self.bend;
        }
    }
}

const ROOT_TWO_PI: f64 = 2.506_628_274_631_000_5;

/// P(low < Z ≤ high) and its derivatives by m, s², mm, ms², s²s².
pub(crate) struct Probability {
    pub(crate) value: f64,
    pub(crate) place: [f64; 5],
}

impl Probability {
    pub(crate) fn between(low: f64, high: f64, m: f64, s: f64) -> Self {
        let (a, b) = ((low - m) / s, (high - m) / s);
        // The difference of the smaller tails keeps its digits.
        let value =
            if a > 0.0 { normal_sf(a) - normal_sf(b) } else { normal_cdf(b) - normal_cdf(a) };
        // A normal density solves the heat equation: the derivative by s² is half the second one by m.
        let (at_a, at_b) = (edge(a, s), edge(b, s));
        let [m1, m2, m3, m4] = [0, 1, 2, 3].map(|i| at_a[i] - at_b[i]);
        Self { value, place: [m1, m2 / 2.0, m2, m3 / 2.0, m4 / 4.0] }
    }
}

/// The first four derivatives by m of P(Z > the point at standardised distance `x`).
fn edge(x: f64, s: f64) -> [f64; 4] {
    if x.abs() > 40.0 {
        return [0.0; 4];
    }
    let density = libm::exp(-0.5 * x * x) / ROOT_TWO_PI;
    let square = x * x;
    let inverse = 1.0 / s;
    let first = density * inverse;
    let second = x * first * inverse;
    let third = (square - 1.0) * first * inverse * inverse;
    let fourth = (square - 3.0) * second * inverse * inverse;
    [first, second, third, fourth]
}
