//! The global maximum of the likelihood: several starts, the best of the maxima they lead to, a look along each variance for
//! a higher one, and the models with some of the variances only; of equal maxima the one with the least heterogeneity.

use crate::multivariate::landscape::{affordable, high_points, variances};
use crate::multivariate::likelihood::{Evaluation, Evaluator, LikelihoodKind};
use crate::multivariate::maximise::{Bounds, Maximum, Target, maximise};
use crate::multivariate::problem::Problem;
use crate::multivariate::structure::Role;
use crate::numeric::matrix::Matrix;

impl Target for Evaluator<'_> {
    fn value(&mut self, at: &[f64]) -> Option<f64> {
        Evaluator::value(self, at)
    }

    fn derivatives(&mut self, at: &[f64]) -> Option<Evaluation> {
        Evaluator::derivatives(self, at)
    }
}

/// The highest maximum that was found.
pub(crate) struct Highest {
    pub(crate) at: Vec<f64>,
    pub(crate) value: f64,
    /// Whether other parameters are as likely; these are the ones with the least heterogeneity.
    pub(crate) is_tied: bool,
}

/// The highest of the maxima that the starts lead to, of those that a look along each variance finds above it, and of those
/// without some of the variances; `None` if none settles.
pub(crate) fn global_maximum(problem: &Problem, kind: LikelihoodKind) -> Option<Highest> {
    let mut search = Search::new(problem, kind);
    let high = high_points(problem, &mut search.evaluator);
    let only_variances = problem.free().iter().all(|p| p.role == Role::Variance);
    let looks = (affordable(problem.rows) / 4.0).clamp(8.0, 32.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 8 to 32")]
    let mut looks = looks as usize;
    if problem.free().len() == 1 {
        // One variance is looked along closely: two maxima of nearly one height can rise above each other by little.
        looks *= 4;
    }
    let best = if only_variances && !high.is_empty() {
        search.highest(high, looks).or_else(|| search.highest(starts(problem), looks))?
    } else {
        search.highest(high.into_iter().chain(starts(problem)), looks)?
    };
    let best = if only_variances { search.no_lower_than_submodels(best, looks) } else { best };
    let (best, is_flat) = search.least_heterogeneous(best);
    Some(Highest {
        at: best.maximum.at,
        value: best.maximum.value,
        is_tied: is_flat || best.is_tied,
    })
}

/// The higher of the maxima that `near` and a neutral start lead to.
pub(crate) fn maximum_near(
    problem: &Problem,
    kind: LikelihoodKind,
    near: &[f64],
) -> Option<Maximum> {
    let neutral = starts(problem).swap_remove(0);
    let mut search = Search::new(problem, kind);
    search.highest([near.to_vec(), neutral], 8).map(|best| best.maximum)
}

/// As [`maximum_near`] (of variances alone without the neutral start), and where other parameters are as likely the ones with the least heterogeneity.
pub(crate) fn least_heterogeneous_near(
    problem: &Problem,
    kind: LikelihoodKind,
    near: &[f64],
) -> Option<Vec<f64>> {
    let mut search = Search::new(problem, kind);
    // What a look along each variance finds needs no second start.
    let only_variances = problem.free().iter().all(|p| p.role == Role::Variance);
    let neutral = (!only_variances).then(|| starts(problem).swap_remove(0));
    let best = search.highest(core::iter::once(near.to_vec()).chain(neutral), 8)?;
    Some(search.least_heterogeneous(best).0.maximum.at)
}

/// The most variances of which every model with some of them is fitted too.
const MOST_WITH_SUBMODELS: usize = 4;

struct Search<'a> {
    problem: &'a Problem<'a>,
    evaluator: Evaluator<'a>,
    lower: Vec<f64>,
    upper: Vec<f64>,
}

/// The best of several maxima, and whether another is as high.
struct Best {
    maximum: Maximum,
    is_tied: bool,
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem<'a>, kind: LikelihoodKind) -> Self {
        let parameters = problem.free();
        Self {
            problem,
            evaluator: Evaluator::new(problem, kind),
            lower: parameters.iter().map(|parameter| parameter.lower).collect(),
            upper: parameters.iter().map(|parameter| parameter.upper).collect(),
        }
    }

    fn climb(&mut self, start: &[f64], known: &[Maximum]) -> Option<Maximum> {
        let bounds = Bounds { lower: &self.lower, upper: &self.upper };
        maximise(&mut self.evaluator, &bounds, start, known)
    }

    /// The highest maximum, with `looks` at values of each variance for a higher one.
    fn highest(
        &mut self,
        starts: impl IntoIterator<Item = Vec<f64>>,
        looks: usize,
    ) -> Option<Best> {
        if self.lower.is_empty() {
            let value = self.evaluator.value(&[])?;
            return Some(Best { maximum: Maximum { at: Vec::new(), value }, is_tied: false });
        }
        let mut found: Vec<Maximum> = Vec::new();
        for start in starts {
            if let Some(maximum) = self.climb(&start, &found)
                && !found.contains(&maximum)
            {
                found.push(maximum);
            }
        }
        let highest = found.iter().map(|it| it.value).fold(f64::NEG_INFINITY, f64::max);
        found.retain(|it| it.value >= highest - rounding(highest));
        let heterogeneity = |it: &Maximum| self.heterogeneity(&it.at);
        found.sort_by(|a, b| heterogeneity(a).total_cmp(&heterogeneity(b)));
        let is_tied = match (found.first(), found.last()) {
            (Some(least), Some(most)) => {
                heterogeneity(most) - heterogeneity(least) > 1e-3 * heterogeneity(most)
            }
            _ => false,
        };
        let mut best = Best { maximum: found.into_iter().next()?, is_tied };
        while let Some(higher) = self
            .higher_along_a_variance(&best.maximum, looks)
            .or_else(|| self.higher_beside_an_edge(&best.maximum))
            .or_else(|| self.higher_along_a_correlation(&best.maximum, looks))
            .or_else(|| self.higher_from_an_edge(&best.maximum, looks))
        {
            best = Best { maximum: higher, is_tied: false };
        }
        Some(Best { maximum: self.cleaned(best.maximum), ..best })
    }

    /// A maximum above `best`, reached from a point above it that differs in one variance only. A likelihood in a variance
    /// can have two maxima, one of them often at 0, and a full Newton step leaps from one's slope to the other's.
    fn higher_along_a_variance(&mut self, best: &Maximum, looks: usize) -> Option<Maximum> {
        let clearly_above = best.value + rounding(best.value);
        let variances = variances(self.problem.rows, looks);
        for (i, parameter) in self.problem.free().iter().enumerate() {
            if self.upper[i] == 0.0 {
                continue;
            }
            for variance in &variances {
                let look_at = match parameter.role {
                    Role::Variance => *variance,
                    Role::Deviation => variance.sqrt(),
                    Role::Correlation | Role::Free | Role::Loading => break,
                };
                let mut at = best.at.clone();
                at[i] = look_at;
                if self.evaluator.value(&at).is_some_and(|value| value > clearly_above)
                    && let Some(maximum) = self.climb(&at, &[])
                    && maximum.value > clearly_above
                {
                    return Some(maximum);
                }
            }
        }
        None
    }

    /// `best`, or a higher maximum that is reached from a model with some of its variances only: such a model is never more
    /// likely, and one of a single variance is looked along closely; larger ones are climbed to from those.
    fn no_lower_than_submodels(&mut self, best: Best, looks: usize) -> Best {
        let count = self.lower.len();
        if !(2..=MOST_WITH_SUBMODELS).contains(&count) {
            return best;
        }
        let upper = self.upper.clone();
        let neutral = starts(self.problem).swap_remove(0);
        // By the set of their variances as bits, so that each comes after its own submodels.
        let mut submodels: Vec<Option<Maximum>> = vec![None; (1 << count) - 1];
        for set in 1..submodels.len() {
            let has = |i: usize| set >> i & 1 == 1;
            self.upper = (0..count).map(|i| if has(i) { upper[i] } else { 0.0 }).collect();
            let within = (0..count).filter(|&i| has(i)).map(|i| &submodels[set - (1 << i)]);
            let mut starts: Vec<Vec<f64>> = within.flatten().map(|it| it.at.clone()).collect();
            // A maximum with several variances may be a valley away from all with fewer.
            if !starts.is_empty() {
                starts.push((0..count).map(|i| if has(i) { neutral[i] } else { 0.0 }).collect());
            }
            submodels[set] = if starts.is_empty() {
                self.highest([neutral.clone()], 4 * looks).map(|it| it.maximum)
            } else {
                let reached = starts.iter().filter_map(|start| self.climb(start, &[]));
                reached.max_by(|a, b| a.value.total_cmp(&b.value))
            };
        }
        self.upper = upper;
        let clearly_above = best.maximum.value + rounding(best.maximum.value);
        submodels
            .into_iter()
            .flatten()
            .max_by(|a, b| a.value.total_cmp(&b.value))
            .filter(|submodel| submodel.value > clearly_above)
            .and_then(|submodel| self.highest([submodel.at], looks))
            .unwrap_or(best)
    }

    /// A maximum above `best` that is reached from the best point without one of its variances, or with one that it lacks.
    fn higher_beside_an_edge(&mut self, best: &Maximum) -> Option<Maximum> {
        let clearly_above = best.value + rounding(best.value);
        let known = [best.clone()];
        let of_variances: Vec<usize> = (0..best.at.len())
            .filter(|&i| self.lower[i] == 0.0 && self.upper[i] == f64::INFINITY)
            .collect();
        if of_variances.len() < 2 {
            return None;
        }
        for &i in &of_variances {
            let start = if best.at[i] > 0.0 {
                let mut without = best.at.clone();
                without[i] = 0.0;
                self.upper[i] = 0.0;
                let edge = self.climb(&without, &[]);
                self.upper[i] = f64::INFINITY;
                edge.map(|edge| edge.at)
            } else {
                let mut with = best.at.clone();
                for &j in of_variances.iter().filter(|j| **j != i) {
                    with[j] *= 0.5;
                    with[i] += with[j];
                }
                Some(with)
            };
            let reached = start.and_then(|start| self.climb(&start, &known));
            if let Some(maximum) = reached.filter(|it| it.value > clearly_above) {
                return Some(maximum);
            }
        }
        None
    }

    /// A maximum above `best` that has another correlation. Close to ±1 a likelihood can have a maximum on the edge and another
    /// beside it, and to see that an edge is higher the variances must be at their best for it.
    fn higher_along_a_correlation(&mut self, best: &Maximum, looks: usize) -> Option<Maximum> {
        const SHARES: [f64; 8] = [0.3, 0.7, 0.9, 0.97, 0.99, 0.997, 0.999, 1.0];
        let clearly_above = best.value + rounding(best.value);
        let parameters = self.problem.free();
        let correlations: Vec<usize> = (0..parameters.len())
            .filter(|&i| parameters[i].role == Role::Correlation && self.upper[i].is_finite())
            .collect();
        for &i in &correlations {
            let bounds = [self.lower[i], self.upper[i]];
            for value in SHARES.iter().flat_map(|share| bounds.map(|bound| share * bound)) {
                let mut at = best.at.clone();
                at[i] = value;
                if self.evaluator.value(&at).is_some_and(|value| value > clearly_above)
                    && let Some(maximum) = self.climb(&at, &[])
                    && maximum.value > clearly_above
                {
                    return Some(maximum);
                }
            }
        }
        let known = [best.clone()];
        for &i in &correlations {
            let (lower, upper) = (self.lower[i], self.upper[i]);
            let inside: &[f64] = if looks < 32 { &[] } else { &[0.5, 0.9] };
            let held = [1.0].iter().chain(inside).flat_map(|share| [share * lower, share * upper]);
            for value in held {
                let mut start = best.at.clone();
                start[i] = value;
                (self.lower[i], self.upper[i]) = (value, value);
                let held = self.climb(&start, &[]);
                (self.lower[i], self.upper[i]) = (lower, upper);
                let reached = held.and_then(|held| self.climb(&held.at, &known));
                if let Some(maximum) = reached.filter(|it| it.value > clearly_above) {
                    return Some(maximum);
                }
            }
        }
        None
    }

    /// A maximum above `best` that is reached from nearly perfect correlations with other ratios of the variances: there the
    /// likelihood is a narrow ridge, which a grid misses. Only of few rows, where such maxima are.
    fn higher_from_an_edge(&mut self, best: &Maximum, looks: usize) -> Option<Maximum> {
        if looks < 32 {
            return None;
        }
        let clearly_above = best.value + rounding(best.value);
        let known = [best.clone()];
        let all = self.problem.spread(&best.at);
        for (t, term) in self.problem.terms.iter().enumerate() {
            let is_correlated = term.slots.iter().any(|slot| {
                slot.fixed.is_none()
                    && matches!(slot.parameter.role, Role::Correlation | Role::Free | Role::Loading)
            });
            if !is_correlated {
                continue;
            }
            let value = term.structure.value(&all[t]);
            let variances: Vec<f64> = value.diagonal().iter().map(|it| it.max(1e-3)).collect();
            for scales in ratios(variances.len()) {
                let scaled: Vec<f64> = variances.iter().zip(&scales).map(|(v, s)| v * s).collect();
                for correlation in [-0.999, 0.999] {
                    let mut all = all.clone();
                    all[t] = term.structure.start(&scaled, correlation);
                    let reached = self.climb(&self.problem.gather(&all), &known);
                    if let Some(maximum) = reached.filter(|it| it.value > clearly_above) {
                        return Some(maximum);
                    }
                }
            }
        }
        None
    }

    /// Where the likelihood is flat, the edge of the flat part at which variances are 0, the last ones first; and whether it is.
    fn least_heterogeneous(&mut self, best: Best) -> (Best, bool) {
        if !self.is_flat(&best.maximum.at) {
            return (best, false);
        }
        let mut maximum = best.maximum;
        let parameters = self.problem.free();
        let upper = self.upper.clone();
        for (i, parameter) in parameters.iter().enumerate().rev() {
            if !matches!(parameter.role, Role::Variance | Role::Deviation) {
                continue;
            }
            self.upper[i] = 0.0;
            match self.climb(&maximum.at, &[]) {
                Some(without) if without.value >= maximum.value - rounding(maximum.value) => {
                    maximum = without;
                }
                _ => self.upper[i] = upper[i],
            }
        }
        self.upper = upper;
        (Best { maximum, ..best }, true)
    }

    /// Whether the likelihood has no curvature in some direction that no bound closes.
    fn is_flat(&mut self, at: &[f64]) -> bool {
        let parameters = self.problem.free();
        let inside: Vec<usize> = (0..at.len())
            .filter(|&i| {
                parameters[i].role != Role::Loading
                    && at[i] > self.lower[i]
                    && at[i] < self.upper[i]
            })
            .collect();
        let here = (!inside.is_empty()).then(|| self.evaluator.derivatives(at)).flatten();
        let Some(here) = here else { return false };
        let n = inside.len();
        let scaled = Matrix::from_fn(n, n, |r, c| {
            let (i, j) = (inside[r], inside[c]);
            here.hessian[(i, j)] * at[i].abs().max(1e-3) * at[j].abs().max(1e-3)
        });
        let eigenvalues = scaled.symmetric_eigenvalues();
        eigenvalues.iter().any(|value| value.abs() <= 1e-9 * eigenvalues.amax().max(1e-3))
    }

    /// The variance that all terms together give to one row, on average.
    fn heterogeneity(&self, at: &[f64]) -> f64 {
        let problem = self.problem;
        let values: Vec<Matrix> = problem
            .spread(at)
            .iter()
            .zip(&problem.terms)
            .map(|(theta, term)| term.structure.value(theta))
            .collect();
        let mut total = 0.0;
        for block in &problem.rows.blocks {
            for (load, value) in block.loads.iter().zip(&values) {
                total += (0..block.rows.len()).map(|i| load.between(value, i, i)).sum::<f64>();
            }
        }
        total / problem.rows.k as f64
    }

    /// Elements of Cholesky factors that are 0 but for the last steps' rounding become 0.
    fn cleaned(&mut self, best: Maximum) -> Maximum {
        let mut at = best.at.clone();
        for (value, parameter) in at.iter_mut().zip(self.problem.free()) {
            if parameter.role == Role::Loading && value.abs() < 1e-7 {
                *value = 0.0;
            }
        }
        match self.evaluator.value(&at) {
            Some(value) if value >= best.value - 1e-11 * best.value.abs().max(1.0) => {
                Maximum { at, value }
            }
            _ => best,
        }
    }
}

/// Factors for the variances of `levels` levels: all alike, and one of them apart.
fn ratios(levels: usize) -> Vec<Vec<f64>> {
    const APART: [f64; 6] = [0.02, 0.1, 0.4, 2.5, 10.0, 50.0];
    let alike = [0.25, 1.0, 4.0].map(|it| vec![it; levels]);
    let apart = (0..levels.min(4)).flat_map(|level| {
        APART.map(|it| (0..levels).map(|at| if at == level { it } else { 1.0 }).collect())
    });
    alike.into_iter().chain(apart.filter(|_| levels > 1)).collect()
}

/// Likelihoods that differ by less are equal.
fn rounding(value: f64) -> f64 {
    1e-9 * value.abs().max(1.0)
}

/// Starts: the heterogeneity shared equally or lying mostly in one term, with correlations of several sizes.
fn starts(problem: &Problem) -> Vec<Vec<f64>> {
    let terms = problem.terms.len();
    let variances: f64 = problem.rows.blocks.iter().flat_map(|b| &b.variances).sum::<f64>();
    let total = (1.0 - variances / problem.rows.k as f64).max(0.1);
    let start = |shares: &dyn Fn(usize) -> f64, correlation: f64| {
        let all: Vec<Vec<f64>> = problem
            .terms
            .iter()
            .enumerate()
            .map(|(t, term)| term.structure.start(&[total * shares(t)], correlation))
            .collect();
        problem.gather(&all)
    };
    let equal = |_: usize| 1.0 / terms as f64;
    let mut starts = vec![start(&equal, 0.4)];
    let correlated = problem
        .free()
        .iter()
        .any(|p| matches!(p.role, Role::Correlation | Role::Free | Role::Loading));
    if correlated {
        starts.push(start(&equal, 0.9));
        starts.push(start(&equal, -0.5));
        starts.push(start(&|_| 0.05, -0.9));
    }
    starts.push(start(&|_| 0.02, 0.1));
    if terms > 1 {
        for dominant in 0..terms.min(4) {
            starts.push(start(&|t| if t == dominant { 1.0 } else { 0.03 }, 0.4));
        }
    }
    starts
}
