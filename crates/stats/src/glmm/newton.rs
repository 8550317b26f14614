//! The greatest log-likelihood of studies that share some parameters and may have one each of their own.
//!
//! The Hessian is an arrow: a diagonal for the studies' own parameters, a border, and a small block of what they share. So a
//! Newton step takes time linear in the number of studies (Schur complement), however many own parameters there are.

use super::jet::Jet;
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// What one of the `N` variables of a study's log-likelihood is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The study's own parameter.
    Own,
    /// The study's row of the design times the coefficients.
    Effect,
    /// A parameter that all studies share, counted after the coefficients.
    Shared(usize),
    /// A shared parameter in which the likelihood is even: a standard deviation, up to its sign.
    Spread(usize),
}

/// A log-likelihood to be maximised.
pub(crate) struct Problem<'a, F, const N: usize> {
    /// One row a study; no columns if no slot is [`Slot::Effect`].
    pub(crate) design: &'a Matrix,
    pub(crate) slots: [Slot; N],
    /// The number of shared parameters.
    pub(crate) shared: usize,
    /// A study's log-likelihood at its variables; `None` where it is 0 or not a number.
    pub(crate) study: F,
}

/// Values of all parameters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    /// One a study; empty if studies have no own parameter.
    pub(crate) own: Vec<f64>,
    /// Coefficients, then shared parameters.
    pub(crate) global: Vec<f64>,
}

/// A log-likelihood with its derivatives.
pub(crate) struct Surface {
    pub(crate) value: f64,
    own_slope: Vec<f64>,
    /// Minus the second derivatives of the own parameters.
    own_curve: Vec<f64>,
    /// Minus the mixed derivatives, one row a study.
    border: Matrix,
    slope: Vector,
    /// Minus the second derivatives of the global parameters.
    curve: Matrix,
}

/// A local maximum.
pub(crate) struct Maximum {
    pub(crate) at: Point,
    pub(crate) surface: Surface,
}

/// A step, and whether it is Newton's on a concave surface.
struct Step {
    step: Point,
    concave: bool,
}

/// Why there is no maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoMaximum {
    /// The log-likelihood rises without end as some effect goes to ±∞.
    Separated,
    /// The stopping rule was not met.
    Unsettled,
}

const MOST_STEPS: u32 = 300;

/// A linear predictor this far from the start means that the likelihood has no finite maximum: on a log scale, e²⁵.
const RUNAWAY: f64 = 25.0;

/// Newton's method with shorter steps where a whole one would fall; where the surface is not concave, directions of upward
/// curvature are climbed as if they curved down as much (saddle-free Newton, Dauphin et al. 2014, arXiv 1406.2572).
///
/// It has settled when the slope along the step (twice the rise still to be had) is below 1e-13 at a point where the surface is
/// concave; the last step is then taken. Where it is not concave there, the point is a saddle and no answer.
pub(crate) fn maximise<F, const N: usize>(
    problem: &Problem<F, N>,
    start: Point,
) -> Result<Maximum, NoMaximum>
where
    F: Fn(usize, &[f64; N]) -> Option<Jet<N>>,
{
    let origin = start.clone();
    let mut at = start;
    let mut surface = problem.surface(&at).ok_or(NoMaximum::Unsettled)?;
    for _ in 0..MOST_STEPS {
        let Step { step, concave } = surface.step().ok_or(NoMaximum::Unsettled)?;
        let rise = surface.rise(&step);
        if rise <= 1e-13 {
            if !concave {
                return Err(NoMaximum::Unsettled);
            }
            let next = at.moved(&step, 1.0);
            if let Some(there) = problem.surface(&next) {
                return Ok(Maximum { at: next, surface: there });
            }
        }
        let mut share = problem.longest_share(&at, &step);
        let slack = if rise < 1e-8 { 1e-11 * surface.value.abs().max(1.0) } else { 0.0 };
        (at, surface) = loop {
            let next = at.moved(&step, share);
            match problem.surface(&next) {
                Some(there) if there.value >= surface.value + 1e-4 * share * rise - slack => {
                    break (next, there);
                }
                _ if share < 1e-9 => return Err(NoMaximum::Unsettled),
                _ => share *= 0.5,
            }
        };
        if problem.ran_away(&origin, &at) {
            return Err(NoMaximum::Separated);
        }
    }
    Err(NoMaximum::Unsettled)
}

/// The maximum of `fine` that a start leads to, by way of the one of `rough`, which costs less and is near it.
pub(crate) fn climb<F, const N: usize>(
    rough: Option<&Problem<F, N>>,
    fine: &Problem<F, N>,
    start: Point,
) -> Result<Maximum, NoMaximum>
where
    F: Fn(usize, &[f64; N]) -> Option<Jet<N>>,
{
    let near = rough.and_then(|it| maximise(it, start.clone()).ok());
    maximise(fine, near.map_or(start, |it| it.at))
}

impl Point {
    fn moved(&self, step: &Self, share: f64) -> Self {
        let add = |x: &[f64], s: &[f64]| x.iter().zip(s).map(|(x, s)| x + share * s).collect();
        Self { own: add(&self.own, &step.own), global: add(&self.global, &step.global) }
    }
}

impl<F, const N: usize> Problem<'_, F, N>
where
    F: Fn(usize, &[f64; N]) -> Option<Jet<N>>,
{
    /// The variables of study `i` at a point.
    fn variables(&self, i: usize, at: &Point) -> [f64; N] {
        self.slots.map(|slot| match slot {
            Slot::Own => at.own[i],
            Slot::Effect => self.effect(i, &at.global),
            Slot::Shared(index) | Slot::Spread(index) => at.global[self.design.ncols() + index],
        })
    }

    fn effect(&self, i: usize, global: &[f64]) -> f64 {
        (0..self.design.ncols()).map(|j| self.design[(i, j)] * global[j]).sum()
    }

    pub(crate) fn surface(&self, at: &Point) -> Option<Surface> {
        let (k, p) = (self.design.nrows(), self.design.ncols());
        let q = p + self.shared;
        let own = at.own.len();
        let mut surface = Surface {
            value: 0.0,
            own_slope: vec![0.0; own],
            own_curve: vec![0.0; own],
            border: Matrix::zeros(own, q),
            slope: Vector::zeros(q),
            curve: Matrix::zeros(q, q),
        };
        for i in 0..k {
            let jet = (self.study)(i, &self.variables(i, at))?;
            surface.value += jet.value;
            for (a, slot) in self.slots.iter().enumerate() {
                match slot {
                    Slot::Own => {
                        surface.own_slope[i] += jet.slope[a];
                        surface.own_curve[i] -= jet.curve[a][a];
                    }
                    _ => self.each_global(i, *slot, |j, weight| {
                        surface.slope[j] += weight * jet.slope[a];
                    }),
                }
                for (b, other) in self.slots.iter().enumerate() {
                    if *other == Slot::Own {
                        continue;
                    }
                    let curve = jet.curve[a][b];
                    self.each_global(i, *other, |j, weight| match slot {
                        Slot::Own => surface.border[(i, j)] -= weight * curve,
                        _ => self.each_global(i, *slot, |l, its_weight| {
                            surface.curve[(l, j)] -= weight * its_weight * curve;
                        }),
                    });
                }
            }
        }
        surface.is_finite().then_some(surface)
    }

    /// The global parameters behind a slot, each with the derivative of the variable with respect to it.
    fn each_global(&self, i: usize, slot: Slot, mut visit: impl FnMut(usize, f64)) {
        match slot {
            Slot::Own => {}
            Slot::Effect => (0..self.design.ncols()).for_each(|j| visit(j, self.design[(i, j)])),
            Slot::Shared(index) | Slot::Spread(index) => {
                visit(self.design.ncols() + index, 1.0);
            }
        }
    }

    /// The share of a step at which no variable moves by more than 3 and no spread above 1e-4 falls by more than half: a whole
    /// step down from too large a spread would often leap over the maximum to the one at 0.
    fn longest_share(&self, at: &Point, step: &Point) -> f64 {
        let longest = (0..self.design.nrows())
            .flat_map(|i| self.variables(i, step))
            .fold(0.0, |longest: f64, move_| longest.max(move_.abs()));
        let mut share = if longest > 3.0 { 3.0 / longest } else { 1.0 };
        for slot in self.slots {
            if let Slot::Spread(index) = slot {
                let position = self.design.ncols() + index;
                let (from, move_) = (at.global[position], step.global[position]);
                if from.abs() > 1e-4 && from * move_ < 0.0 && share * move_.abs() > 0.5 * from.abs()
                {
                    share = 0.5 * from.abs() / move_.abs();
                }
            }
        }
        share
    }

    fn ran_away(&self, origin: &Point, at: &Point) -> bool {
        (0..self.design.nrows()).any(|i| {
            let (from, to) = (self.variables(i, origin), self.variables(i, at));
            from.iter().zip(&to).any(|(from, to)| (to - from).abs() > RUNAWAY)
        })
    }
}

impl Surface {
    fn is_finite(&self) -> bool {
        self.value.is_finite()
            && self.own_slope.iter().chain(&self.own_curve).all(|x| x.is_finite())
            && self.slope.iter().chain(self.curve.iter()).all(|x| x.is_finite())
    }

    /// A study that says nothing about its own parameter.
    fn is_inert(&self, i: usize) -> bool {
        self.own_slope[i] == 0.0 && self.own_curve[i] == 0.0
    }

    /// The information about the global parameters, the own ones being unknown: the Schur complement.
    pub(crate) fn information(&self) -> Matrix {
        self.schur().0
    }

    /// Schur complement and reduced slope.
    fn schur(&self) -> (Matrix, Vector) {
        let q = self.slope.len();
        let (mut schur, mut slope) = (self.curve.clone(), self.slope.clone());
        for (i, curve) in self.own_curve.iter().enumerate() {
            if self.is_inert(i) {
                continue;
            }
            let inverse = 1.0 / curve;
            for j in 0..q {
                let border = self.border[(i, j)] * inverse;
                slope[j] -= border * self.own_slope[i];
                for l in 0..q {
                    schur[(j, l)] -= border * self.border[(i, l)];
                }
            }
        }
        (schur, slope)
    }

    /// The step to take; `None` where the surface is not concave in the studies' own parameters.
    fn step(&self) -> Option<Step> {
        let known = |i: usize| self.own_curve[i] > 0.0 || self.is_inert(i);
        if !(0..self.own_curve.len()).all(known) {
            return None;
        }
        let (schur, slope) = self.schur();
        let (global, concave) = match Factor::of(schur.clone()) {
            Some(factor) => (factor.solve_vector(&slope), true),
            None => (saddle_free(&schur, &slope)?, false),
        };
        let own = (0..self.own_slope.len())
            .map(|i| {
                if self.is_inert(i) {
                    return 0.0;
                }
                let border: f64 = (0..global.len()).map(|j| self.border[(i, j)] * global[j]).sum();
                (self.own_slope[i] - border) / self.own_curve[i]
            })
            .collect();
        Some(Step { step: Point { own, global: global.iter().copied().collect() }, concave })
    }

    /// The slope along a step: twice the rise that a quadratic surface would give.
    fn rise(&self, step: &Point) -> f64 {
        let own: f64 = self.own_slope.iter().zip(&step.own).map(|(g, s)| g * s).sum();
        own + self.slope.iter().zip(&step.global).map(|(g, s)| g * s).sum::<f64>()
    }

    /// Σ⁻¹·v, where Σ is the covariance of the own parameters with the global ones unknown; `None` if the information on
    /// the global ones is singular.
    pub(crate) fn own_precision(&self, v: &[f64]) -> Option<Vec<f64>> {
        let q = self.slope.len();
        let mut out: Vec<f64> = v.iter().zip(&self.own_curve).map(|(v, d)| v * d).collect();
        if q > 0 {
            let along = Vector::from_fn(q, |j, _| {
                v.iter().enumerate().map(|(i, v)| self.border[(i, j)] * v).sum()
            });
            let solved = Factor::of(self.curve.clone())?.solve_vector(&along);
            for (i, out) in out.iter_mut().enumerate() {
                *out -= (0..q).map(|j| self.border[(i, j)] * solved[j]).sum::<f64>();
            }
        }
        Some(out)
    }
}

/// A^-1·b with the absolute eigenvalues of A, after its rows and columns are scaled alike.
fn saddle_free(matrix: &Matrix, right: &Vector) -> Option<Vector> {
    let size = matrix.diagonal().map(|d| d.abs().max(1e-8).sqrt());
    let scaled =
        Matrix::from_fn(size.len(), size.len(), |i, j| matrix[(i, j)] / (size[i] * size[j]));
    let eigen = scaled.try_symmetric_eigen(f64::EPSILON, 1000)?;
    let along = eigen.eigenvectors.transpose() * right.component_div(&size);
    let shortened = along.component_div(&eigen.eigenvalues.map(|value| value.abs().max(1e-6)));
    Some((eigen.eigenvectors * shortened).component_div(&size))
}

impl Maximum {
    /// The same maximum with the information that `problem` has there: the expected one, say, for the observed one.
    pub(crate) fn with_information<F, const N: usize>(
        self,
        problem: &Problem<F, N>,
    ) -> Result<Self, NoMaximum>
    where
        F: Fn(usize, &[f64; N]) -> Option<Jet<N>>,
    {
        let surface = problem.surface(&self.at).ok_or(NoMaximum::Unsettled)?;
        Ok(Self { at: self.at, surface })
    }

    /// The covariance of the global parameters. Rows and columns of parameters that are exactly 0 on the boundary of their
    /// range (`at_zero`) are 0: there the likelihood is even in them, so they do not affect the others.
    pub(crate) fn covariance(&self, at_zero: &[usize]) -> Option<Matrix> {
        let information = self.surface.information();
        let q = information.nrows();
        let free: Vec<usize> = (0..q).filter(|j| !at_zero.contains(j)).collect();
        let part = Matrix::from_fn(free.len(), free.len(), |a, b| information[(free[a], free[b])]);
        let inverse = Factor::of(part)?.inverse();
        let mut covariance = Matrix::zeros(q, q);
        for (a, &i) in free.iter().enumerate() {
            for (b, &j) in free.iter().enumerate() {
                covariance[(i, j)] = inverse[(a, b)];
            }
        }
        Some(covariance)
    }
}
