//! The global maximum of the likelihood: several starts, the best of the maxima they lead to, and a look along each variance for
//! a higher one.

use crate::multivariate::likelihood::{Evaluation, Evaluator, LikelihoodKind};
use crate::multivariate::maximise::{Bounds, Maximum, Target, maximise};
use crate::multivariate::problem::Problem;
use crate::multivariate::structure::Role;

impl Target for Evaluator<'_> {
    fn value(&mut self, at: &[f64]) -> Option<f64> {
        Evaluator::value(self, at)
    }

    fn derivatives(&mut self, at: &[f64]) -> Option<Evaluation> {
        Evaluator::derivatives(self, at)
    }
}

/// Values of a variance to look at, in the problem's unit (in which the estimates vary by about 1).
const LOOK_AT: [f64; 7] = [0.0, 0.01, 0.03, 0.1, 0.25, 0.6, 1.5];

/// The highest of the maxima that the starts lead to, and of those that a look along each variance finds above it; `None` if
/// none settles.
pub(crate) fn global_maximum(problem: &Problem, kind: LikelihoodKind) -> Option<Maximum> {
    highest(problem, kind, starts(problem))
}

/// The higher of the maxima that `near` and a neutral start lead to.
pub(crate) fn maximum_near(
    problem: &Problem,
    kind: LikelihoodKind,
    near: &[f64],
) -> Option<Maximum> {
    let neutral = starts(problem).swap_remove(0);
    highest(problem, kind, vec![near.to_vec(), neutral])
}

fn highest(problem: &Problem, kind: LikelihoodKind, starts: Vec<Vec<f64>>) -> Option<Maximum> {
    let parameters = problem.free();
    let mut evaluator = Evaluator::new(problem, kind);
    if parameters.is_empty() {
        return evaluator.value(&[]).map(|value| Maximum { at: Vec::new(), value });
    }
    let lower: Vec<f64> = parameters.iter().map(|parameter| parameter.lower).collect();
    let upper: Vec<f64> = parameters.iter().map(|parameter| parameter.upper).collect();
    let bounds = Bounds { lower: &lower, upper: &upper };
    let mut found: Vec<Maximum> = Vec::new();
    for start in starts {
        if let Some(maximum) = maximise(&mut evaluator, &bounds, &start, &found)
            && !found.contains(&maximum)
        {
            found.push(maximum);
        }
    }
    // Of maxima that are equal up to rounding the first, which came from the more neutral start.
    let mut best = found
        .into_iter()
        .reduce(|best, other| if other.value > best.value + 1e-10 { other } else { best })?;
    while let Some(higher) = higher_along_a_variance(problem, &mut evaluator, &bounds, &best) {
        best = higher;
    }
    Some(cleaned(problem, &mut evaluator, best))
}

/// A maximum above `best`, reached from a point above it that differs in one variance only. A likelihood in a variance can
/// have two maxima, one of them often at 0, and a full Newton step leaps from one's slope to the other's.
fn higher_along_a_variance(
    problem: &Problem,
    evaluator: &mut Evaluator,
    bounds: &Bounds,
    best: &Maximum,
) -> Option<Maximum> {
    let clearly_above = best.value + 1e-9 * best.value.abs().max(1.0);
    for (i, parameter) in problem.free().iter().enumerate() {
        for variance in LOOK_AT {
            let look_at = match parameter.role {
                Role::Variance => variance,
                Role::Deviation => libm::sqrt(variance),
                Role::Correlation | Role::Free | Role::Loading => break,
            };
            let mut at = best.at.clone();
            at[i] = look_at.clamp(bounds.lower[i], bounds.upper[i]);
            if evaluator.value(&at).is_some_and(|value| value > clearly_above)
                && let Some(maximum) = maximise(evaluator, bounds, &at, &[])
                && maximum.value > clearly_above
            {
                return Some(maximum);
            }
        }
    }
    None
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
            .map(|(t, term)| term.structure.start(total * shares(t), correlation))
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

/// Elements of Cholesky factors that are 0 but for the last steps' rounding become 0.
fn cleaned(problem: &Problem, evaluator: &mut Evaluator, best: Maximum) -> Maximum {
    let mut at = best.at.clone();
    for (value, parameter) in at.iter_mut().zip(problem.free()) {
        if parameter.role == Role::Loading && value.abs() < 1e-7 {
            *value = 0.0;
        }
    }
    match evaluator.value(&at) {
        Some(value) if value >= best.value - 1e-11 * best.value.abs().max(1.0) => {
            Maximum { at, value }
        }
        _ => best,
    }
}
