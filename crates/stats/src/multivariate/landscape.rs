//! Points spread over the whole range of the variances and correlations, from which to look for maxima.
//!
//! A likelihood of few variances often has two maxima, rarely more: heterogeneity can lie in one term or in another, and where
//! precise effects agree and imprecise ones do not (or the other way round), little and much heterogeneity are both likely. On
//! the scale of ln(v + τ²) its features are no narrower than a factor of two or so, so that a coarse grid meets each.

use crate::multivariate::likelihood::Evaluator;
use crate::multivariate::problem::{Block, LoadKind, Problem, Rows};
use crate::multivariate::structure::{Role, Structure};

/// Correlations to look at, as shares of the way from 0 to their bounds.
const CORRELATIONS: [f64; 4] = [-0.9, -0.3, 0.3, 0.9];

/// The most values of one variance.
const MOST_ON_AXIS: usize = 32;

/// A quantity that is varied on its own: a variance (or all variances of a term) or a term's correlation.
struct Axis {
    term: usize,
    quantity: Quantity,
    values: Vec<f64>,
}

enum Quantity {
    /// The variance of one level, or of all.
    Variance(Option<usize>),
    Correlation,
}

/// The points of a grid that are higher than their neighbours, highest first; none where the model has too many parameters, or is
/// too costly, for a grid.
pub(crate) fn high_points(problem: &Problem, evaluator: &mut Evaluator) -> Vec<Vec<f64>> {
    let Some(axes) = axes(problem) else { return Vec::new() };
    let sizes: Vec<Vec<f64>> = (0..problem.terms.len()).map(|t| sizes(problem, t)).collect();
    let count = axes.iter().map(|axis| axis.values.len()).product();
    let points: Vec<Vec<f64>> = (0..count).map(|at| point(problem, &axes, &sizes, at)).collect();
    let heights: Vec<f64> =
        points.iter().map(|at| evaluator.value(at).unwrap_or(f64::NEG_INFINITY)).collect();
    let mut high: Vec<usize> = (0..count).filter(|&at| is_high(&axes, &heights, at)).collect();
    high.sort_by(|&a, &b| heights[b].total_cmp(&heights[a]));
    high.into_iter().map(|at| points[at].clone()).collect()
}

/// Values of a variance to look at, 0 first, then in equal steps of the logarithm: from where it adds nothing to the smallest
/// sampling variance to where the likelihood can only fall.
pub(crate) fn variances(rows: &Rows, count: usize) -> Vec<f64> {
    let (least, most) = range(rows);
    let steps = count.max(3) - 2;
    let ratio = libm::log(most / least) / steps as f64;
    core::iter::once(0.0)
        .chain((0..=steps).map(|step| least * libm::exp(ratio * step as f64)))
        .collect()
}

/// With v₊ the largest sampling variance and S the residual sum of squares, the likelihood of a variance of at least m + p groups
/// has its maximum below the root of S/τ⁴ = m/(τ² + v₊); here m is 1.
fn range(rows: &Rows) -> (f64, f64) {
    let p = rows.p;
    let blocks = || rows.blocks.iter();
    let s: f64 = blocks().flat_map(|b| b.xy.chunks_exact(p + 1)).map(|row| row[p] * row[p]).sum();
    let all = || blocks().flat_map(|block| block.variances.iter().copied());
    let (smallest, largest) =
        all().fold((f64::INFINITY, 0.0_f64), |(a, b), v| (a.min(v), b.max(v)));
    let most = f64::midpoint(s, (s * s + 4.0 * s * largest).sqrt()).max(smallest).max(1e-6);
    // Moderators that vary within groups can be fitted to those alone, and leave larger residuals between groups.
    let most = if p > 1 { 100.0 * most } else { most };
    ((0.1 * smallest).clamp(1e-7 * most, 0.1 * most), most)
}

/// The axes of the grid, with as many values as the effort allows.
fn axes(problem: &Problem) -> Option<Vec<Axis>> {
    let mut axes = Vec::new();
    for (term, of) in problem.terms.iter().enumerate() {
        let levels = match of.structure {
            Structure::Scaled { .. } | Structure::Correlated { .. } => 1,
            _ => of.structure.size(),
        };
        let each = |level| Axis { term, quantity: Quantity::Variance(level), values: Vec::new() };
        let free = |wanted: &dyn Fn(Role) -> bool| {
            of.slots.iter().any(|slot| slot.fixed.is_none() && wanted(slot.parameter.role))
        };
        match levels {
            _ if !free(&|role| role != Role::Correlation) => {}
            2 => axes.extend([each(Some(0)), each(Some(1))]),
            _ => axes.push(each(None)),
        }
        if free(&|role| !matches!(role, Role::Variance | Role::Deviation)) {
            axes.push(Axis {
                term,
                quantity: Quantity::Correlation,
                values: CORRELATIONS.to_vec(),
            });
        }
    }
    let of_variances = axes.iter().filter(|axis| axis.values.is_empty()).count();
    let correlations = (axes.len() - of_variances).min(20);
    let left = affordable(problem.rows) / libm::pow(CORRELATIONS.len() as f64, correlations as f64);
    let root = libm::pow(left, 1.0 / of_variances.max(1) as f64) + 1e-9;
    let on_axis = (3..=MOST_ON_AXIS).rev().find(|&n| n as f64 <= root)?;
    for axis in axes.iter_mut().filter(|axis| axis.values.is_empty()) {
        axis.values = variances(problem.rows, on_axis);
        // In a standard deviation the likelihood is even, so that 0 is no place to climb from.
        if problem.terms[axis.term].slots.iter().any(|slot| slot.parameter.role != Role::Variance) {
            axis.values[0] = 0.1 * axis.values[1];
        }
    }
    (of_variances > 0).then_some(axes)
}

/// How many points to look at: many for few rows, whose likelihoods have several maxima most often.
pub(crate) fn affordable(rows: &Rows) -> f64 {
    let effort: f64 = rows.blocks.iter().map(effort).sum();
    (2e4 / effort).max((6e5 / effort).min(49.0)).min(400.0)
}

/// Roughly the operations of one evaluation.
fn effort(block: &Block) -> f64 {
    let n = block.rows.len() as f64;
    if block.low_rank.is_some() {
        let effects: usize =
            block.loads.iter().filter(|load| !load.is_diagonal()).map(|load| load.groups).sum();
        5.0 * n * (effects * effects).max(1) as f64
    } else {
        5.0 * n + n * n * n
    }
}

/// How much a variance of 1 of each level (or coefficient) of a term adds to the variance of the rows that it acts on.
fn sizes(problem: &Problem, term: usize) -> Vec<f64> {
    let structure = &problem.terms[term].structure;
    let q = structure.size();
    if let Structure::Scaled { known } = structure {
        return vec![known.trace() / q as f64];
    }
    let mut sums = vec![0.0; q];
    let slopes = problem.rows.blocks.iter().filter_map(|block| match &block.loads[term].kind {
        LoadKind::Slopes(z) => Some(z),
        LoadKind::Levels(_) => None,
    });
    for z in slopes {
        for row in z.chunks_exact(q) {
            row.iter().zip(&mut sums).for_each(|(z, sum)| *sum += z * z);
        }
    }
    let k = problem.rows.k as f64;
    sums.into_iter().map(|sum| if sum > 0.0 { sum / k } else { 1.0 }).collect()
}

/// The free parameters at a point of the grid.
fn point(problem: &Problem, axes: &[Axis], sizes: &[Vec<f64>], at: usize) -> Vec<f64> {
    let mut wanted: Vec<(Vec<f64>, f64)> =
        sizes.iter().map(|sizes| (vec![0.0; sizes.len()], 0.0)).collect();
    let mut rest = at;
    for axis in axes {
        let value = axis.values[rest % axis.values.len()];
        rest /= axis.values.len();
        let (variances, correlation) = &mut wanted[axis.term];
        match axis.quantity {
            Quantity::Correlation => *correlation = value,
            Quantity::Variance(Some(level)) => variances[level] = value / sizes[axis.term][level],
            Quantity::Variance(None) => {
                for (variance, size) in variances.iter_mut().zip(&sizes[axis.term]) {
                    *variance = value / size;
                }
            }
        }
    }
    let all: Vec<Vec<f64>> = problem
        .terms
        .iter()
        .zip(&wanted)
        .map(|(term, (variances, correlation))| term.structure.start(variances, *correlation))
        .collect();
    problem.gather(&all)
}

/// Whether no neighbour along an axis is higher (of equal ones only the first counts).
fn is_high(axes: &[Axis], heights: &[f64], at: usize) -> bool {
    let height = heights[at];
    let mut stride = 1;
    height > f64::NEG_INFINITY
        && axes.iter().all(|axis| {
            let (step, count) = (stride, axis.values.len());
            stride *= count;
            let position = at / step % count;
            (position == 0 || heights[at - step] < height)
                && (position + 1 == count || heights[at + step] <= height)
        })
}
