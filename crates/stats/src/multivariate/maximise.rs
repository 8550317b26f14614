//! The maximum of a smooth function of a few bounded variables whose gradient and Hessian are exact.
//!
//! Newton's method with an active set: variables at a bound that the gradient pushes against stay there; the rest take the step
//! to the maximum of the quadratic model (made concave), cut back to the bounds, and shortened until the function rises.

use crate::multivariate::likelihood::Evaluation;
use crate::numeric::matrix::{Matrix, Vector};

/// A function to maximise; `None` where it is not defined.
pub(crate) trait Target {
    fn value(&mut self, at: &[f64]) -> Option<f64>;
    fn derivatives(&mut self, at: &[f64]) -> Option<Evaluation>;
}

/// A local maximum.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Maximum {
    pub(crate) at: Vec<f64>,
    pub(crate) value: f64,
}

/// Bounds and typical sizes of the variables.
pub(crate) struct Bounds<'a> {
    pub(crate) lower: &'a [f64],
    pub(crate) upper: &'a [f64],
}

const MOST_STEPS: usize = 300;

/// The local maximum uphill from `start`; `None` if it does not settle. A way that leads close to one of the `known` maxima ends
/// there.
///
/// It has settled when the quadratic model promises less than 1e-12 and a further full step would gain nothing, or when
/// nothing uphill is left to the accuracy of the function.
pub(crate) fn maximise(
    target: &mut impl Target,
    bounds: &Bounds,
    start: &[f64],
    known: &[Maximum],
) -> Option<Maximum> {
    let mut at: Vec<f64> =
        start.iter().enumerate().map(|(i, x)| x.clamp(bounds.lower[i], bounds.upper[i])).collect();
    let mut here = target.derivatives(&at)?;
    for _ in 0..MOST_STEPS {
        if let Some(known) = known.iter().find(|known| is_near(&known.at, &at)) {
            return Some(known.clone());
        }
        let step = model_step(&here, bounds, &at);
        let gain = here.gradient.dot(&step);
        let rounding = 1e-13 * here.value.abs().max(1.0);
        if !gain.is_finite() {
            return None;
        }
        if gain <= 1e-12_f64.max(rounding) {
            return Some(polish(target, bounds, at, here, &step));
        }
        if let Some((next, there)) = onto_bounds(target, bounds, &at, &here) {
            (at, here) = (next, there);
            continue;
        }
        match climb(target, bounds, &at, &here, &step, gain) {
            Some((next, there)) => (at, here) = (next, there),
            // The function's own rounding hides what is left to gain.
            None if gain <= 1e-8 * here.value.abs().max(1.0) => {
                return Some(Maximum { at, value: here.value });
            }
            None => {
                let steepest = projected_gradient(&here, bounds, &at);
                let gain = here.gradient.dot(&steepest);
                match climb(target, bounds, &at, &here, &steepest, gain) {
                    Some((next, there)) => (at, here) = (next, there),
                    None => return None,
                }
            }
        }
    }
    None
}

/// Whether a Newton step or two lead from `at` to the maximum at `known`.
fn is_near(known: &[f64], at: &[f64]) -> bool {
    known.iter().zip(at).all(|(known, at)| (known - at).abs() <= 0.01 * known.abs().max(0.01))
}

/// The point with all variables on a bound that are close to it and pushed towards it, if there are any and it is higher. A
/// step that only nears a bound leaves a Hessian that tells little about the other variables.
fn onto_bounds(
    target: &mut impl Target,
    bounds: &Bounds,
    at: &[f64],
    here: &Evaluation,
) -> Option<(Vec<f64>, Evaluation)> {
    let mut next = at.to_vec();
    let mut moved = false;
    for (i, x) in next.iter_mut().enumerate() {
        let slope = here.gradient[i];
        for (bound, outwards) in [(bounds.lower[i], slope < 0.0), (bounds.upper[i], slope > 0.0)] {
            let distance = (*x - bound).abs();
            if outwards && distance > 0.0 && distance <= 0.01 {
                *x = bound;
                moved = true;
            }
        }
    }
    let least = here.value + 1e-12 * here.value.abs().max(1.0);
    if moved && target.value(&next).is_some_and(|value| value > least) {
        target.derivatives(&next).map(|there| (next, there)).filter(|(_, it)| it.value > least)
    } else {
        None
    }
}

/// The last step or two: full Newton steps for as long as they shrink what is left to gain.
fn polish(
    target: &mut impl Target,
    bounds: &Bounds,
    mut at: Vec<f64>,
    mut here: Evaluation,
    step: &Vector,
) -> Maximum {
    let mut step = step.clone();
    let mut gain = here.gradient.dot(&step);
    for _ in 0..3 {
        let next = moved(&at, &step, 1.0, bounds);
        let Some(there) = target.derivatives(&next) else { break };
        let next_step = model_step(&there, bounds, &next);
        let next_gain = there.gradient.dot(&next_step);
        if next_gain.is_nan()
            || next_gain >= gain
            || there.value < here.value - 1e-10 * here.value.abs().max(1.0)
        {
            break;
        }
        (at, here, step, gain) = (next, there, next_step, next_gain);
        if gain < 1e-22 {
            break;
        }
    }
    Maximum { at, value: here.value }
}

/// The first of ever shorter steps that gains enough, with the derivatives there.
fn climb(
    target: &mut impl Target,
    bounds: &Bounds,
    at: &[f64],
    here: &Evaluation,
    step: &Vector,
    gain: f64,
) -> Option<(Vec<f64>, Evaluation)> {
    if gain.is_nan() || gain <= 0.0 {
        return None;
    }
    let size = here.value.abs().max(1.0);
    // Of a gain that rounding hides, the full step is as good as any.
    let slack = if gain <= 1e-9 * size { 1e-12 * size } else { 0.0 };
    let mut length = 1.0;
    let mut attempt = 0;
    while attempt < 40 && length * gain > 1e-14 * size {
        let next = moved(at, step, length, bounds);
        let enough = here.value + 1e-4 * length * gain - slack;
        // Most first steps are taken, so their derivatives are wanted at once.
        if attempt == 0 {
            if let Some(there) = target.derivatives(&next)
                && there.value >= enough
            {
                return Some((next, there));
            }
        } else if let Some(value) = target.value(&next)
            && value >= enough
        {
            return target.derivatives(&next).map(|there| (next, there));
        }
        length *= if attempt == 0 { 0.5 } else { 0.35 };
        attempt += 1;
    }
    None
}

fn moved(at: &[f64], step: &Vector, length: f64, bounds: &Bounds) -> Vec<f64> {
    at.iter()
        .enumerate()
        .map(|(i, x)| (x + length * step[i]).clamp(bounds.lower[i], bounds.upper[i]))
        .collect()
}

/// Whether variable i is at a bound that the slope pushes against.
fn is_held(bounds: &Bounds, at: &[f64], slope: f64, i: usize) -> bool {
    (at[i] <= bounds.lower[i] && slope <= 0.0) || (at[i] >= bounds.upper[i] && slope >= 0.0)
}

/// The step to the maximum of the concave quadratic model within the bounds, by an active set.
fn model_step(here: &Evaluation, bounds: &Bounds, at: &[f64]) -> Vector {
    let m = at.len();
    let mut free: Vec<usize> =
        (0..m).filter(|&i| !is_held(bounds, at, here.gradient[i], i)).collect();
    let mut step = Vector::zeros(m);
    // Each round holds at least one more variable at a bound.
    while !free.is_empty() {
        let slope = Vector::from_fn(free.len(), |r, _| {
            let i = free[r];
            here.gradient[i]
                + (0..m)
                    .filter(|j| !free.contains(j))
                    .map(|j| here.hessian[(i, j)] * step[j])
                    .sum::<f64>()
        });
        let newton = concave_step(&here.hessian, &slope, &free, at);
        let longest = free
            .iter()
            .enumerate()
            .map(|(r, &i)| newton[r].abs() / (4.0 * at[i].abs().max(0.5)))
            .fold(1.0, f64::max);
        let mut outside = Vec::new();
        for (r, &i) in free.iter().enumerate() {
            step[i] = newton[r] / longest;
            let to = at[i] + step[i];
            if to < bounds.lower[i] || to > bounds.upper[i] {
                step[i] = to.clamp(bounds.lower[i], bounds.upper[i]) - at[i];
                outside.push(i);
            }
        }
        if outside.is_empty() {
            break;
        }
        free.retain(|i| !outside.contains(i));
    }
    if here.gradient.dot(&step) > 0.0 || step.amax() == 0.0 {
        step
    } else {
        projected_gradient(here, bounds, at)
    }
}

/// −H⁻¹g of the free variables with H's eigenvalues made negative; directions in which the function is flat are left alone.
fn concave_step(hessian: &Matrix, slope: &Vector, free: &[usize], at: &[f64]) -> Vector {
    let n = free.len();
    // On the scale of the variables themselves, so that small variances count as much as large ones.
    let scale: Vec<f64> = free.iter().map(|&i| at[i].abs().max(1e-3)).collect();
    let scaled = Matrix::from_fn(n, n, |r, c| -hessian[(free[r], free[c])] * scale[r] * scale[c]);
    let eigen = scaled.symmetric_eigen();
    let largest = eigen.eigenvalues.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
    let mut step = Vector::zeros(n);
    if largest == 0.0 {
        return Vector::from_fn(n, |r, _| {
            slope[r].signum() * 0.1 * scale[r] * f64::from(slope[r] != 0.0)
        });
    }
    for (value, vector) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
        let along: f64 = (0..n).map(|r| vector[r] * slope[r] * scale[r]).sum();
        if value.abs() < 1e-12 * largest && along.abs() < 1e-9 {
            continue;
        }
        let size = along / value.abs().max(1e-10 * largest);
        for r in 0..n {
            step[r] += size * vector[r] * scale[r];
        }
    }
    step
}

/// The gradient on the scale of the variables, without what pushes against a bound.
fn projected_gradient(here: &Evaluation, bounds: &Bounds, at: &[f64]) -> Vector {
    let scaled = Vector::from_fn(at.len(), |i, _| {
        let slope = here.gradient[i];
        if is_held(bounds, at, slope, i) {
            0.0
        } else {
            let size = at[i].abs().max(1e-3);
            slope * size * size
        }
    });
    let longest = scaled.amax();
    if longest > 1.0 { scaled / longest } else { scaled }
}
