//! The greatest value of a smooth function within bounds: Newton's method with active bounds.
//!
//! A coordinate at a bound that the gradient pushes against is left there; the others take a Newton step, shifted towards
//! steepest ascent where the curvature is not that of a maximum, and halved until the function rises enough.
//! Nocedal & Wright (2006), sections 3.4 and 16.7.

use crate::numeric::matrix::{Factor, Matrix, Vector};
use crate::selection::likelihood::Evaluation;

/// A coordinate's range; equal ends hold it.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    /// Below this, a falling coordinate may go to a lower bound of 0 at once; above, it falls at most tenfold a step.
    pub(crate) negligible: f64,
}

impl Bounds {
    pub(crate) const FREE: Self =
        Self { lower: f64::NEG_INFINITY, upper: f64::INFINITY, negligible: 0.0 };

    fn next(&self, from: f64, step: f64) -> f64 {
        let to = (from + step).clamp(self.lower, self.upper);
        if from > self.negligible && self.negligible > 0.0 { to.max(0.1 * from) } else { to }
    }

    fn blocks(&self, x: f64, slope: f64) -> bool {
        (x <= self.lower && slope <= 0.0) || (x >= self.upper && slope >= 0.0)
    }
}

/// Where a function is greatest.
pub(crate) struct Maximum {
    pub(crate) at: Vec<f64>,
    pub(crate) evaluation: Evaluation,
}

/// When a search ends.
pub(crate) struct Effort {
    /// It has settled when a Newton step promises a smaller rise than this; that step is still taken.
    promise: f64,
    most_steps: usize,
}

impl Effort {
    /// To see how high a start leads.
    pub(crate) const ROUGH: Self = Self { promise: 1e-3, most_steps: 30 };
    /// A rise of 10⁻¹³ is 3·10⁻⁷ standard errors of a log-likelihood's maximum, and the last step squares that.
    pub(crate) const FINE: Self = Self { promise: 1e-13, most_steps: 200 };
}

/// A local maximum of `f` from `start`, and whether the search has settled there; `None` if `start` is impossible.
pub(crate) fn maximise(
    f: impl Fn(&[f64]) -> Evaluation,
    bounds: &[Bounds],
    start: &[f64],
    effort: &Effort,
) -> Option<(Maximum, bool)> {
    let mut x: Vec<f64> = start.iter().zip(bounds).map(|(x, b)| b.next(*x, 0.0)).collect();
    let mut here = f(&x);
    if !here.value.is_finite() {
        return None;
    }
    for _ in 0..effort.most_steps {
        let free: Vec<usize> =
            (0..x.len()).filter(|&i| !bounds[i].blocks(x[i], here.gradient[i])).collect();
        if free.is_empty() {
            return Some((Maximum { at: x, evaluation: here }, true));
        }
        let Some((step, promise, shifted)) = newton_step(&here, &free) else { break };
        let settled = promise < effort.promise && !shifted;
        let slack = if promise < 1e-8 { 1e-12 * here.value.abs().max(1.0) } else { 0.0 };
        let Some((next, there)) = climb(&f, bounds, (&x, here.value), (&free, &step), slack) else {
            // Nothing higher can be told from here: a maximum, if the curvature says so.
            let settled = promise < 1e-7 && !shifted;
            return Some((Maximum { at: x, evaluation: here }, settled));
        };
        (x, here) = (next, there);
        if settled {
            return Some((Maximum { at: x, evaluation: here }, true));
        }
    }
    Some((Maximum { at: x, evaluation: here }, false))
}

/// The step of the free coordinates, the rise it promises, and whether it had to be shifted.
fn newton_step(here: &Evaluation, free: &[usize]) -> Option<(Vector, f64, bool)> {
    let n = free.len();
    let slope = Vector::from_iterator(n, free.iter().map(|&i| here.gradient[i]));
    let curvature = Matrix::from_fn(n, n, |a, b| -here.hessian[(free[a], free[b])]);
    let mut shift = 0.0;
    loop {
        let mut shifted = curvature.clone();
        for i in 0..n {
            // Relative to the coordinate's own curvature, so that units do not matter.
            let own = curvature[(i, i)].abs();
            shifted[(i, i)] += shift * if own > 0.0 { own } else { 1.0 };
        }
        if let Some(factor) = Factor::of(shifted) {
            let step = factor.solve_vector(&slope);
            let promise = step.dot(&slope);
            if promise.is_finite() && promise >= 0.0 {
                return Some((step, promise, shift > 0.0));
            }
        }
        shift = if shift == 0.0 { 1e-3 } else { shift * 4.0 };
        if shift > 1e12 {
            return None;
        }
    }
}

/// The first of ever shorter steps after which `f` is higher by enough, or not lower by more than `slack`.
fn climb(
    f: &impl Fn(&[f64]) -> Evaluation,
    bounds: &[Bounds],
    (x, value): (&[f64], f64),
    (free, step): (&[usize], &Vector),
    slack: f64,
) -> Option<(Vec<f64>, Evaluation)> {
    let mut length = 1.0;
    for _ in 0..40 {
        let mut next = x.to_vec();
        for (&i, s) in free.iter().zip(step.iter()) {
            next[i] = bounds[i].next(x[i], length * s);
        }
        let there = f(&next);
        if there.value.is_finite() && (there.value > value || there.value >= value - slack) {
            return Some((next, there));
        }
        length *= 0.5;
    }
    None
}
