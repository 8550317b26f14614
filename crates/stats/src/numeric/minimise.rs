//! The least value of a smooth function: of one variable (Brent), of several (quasi-Newton, finished by Newton steps),
//! or without derivatives (simplex); and derivatives by differences.

use crate::numeric::matrix::{Factor, Matrix, Vector};

/// Where a function is least.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Minimum {
    pub(crate) at: Vec<f64>,
    pub(crate) value: f64,
}

/// The search ended before its stopping rule was met; `last` is the best point tried, not an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unsettled {
    pub(crate) last: Vec<f64>,
}

/// The least value of `f` between `low` and `high`, with its place to about eight digits: `(x, f(x))`.
///
/// Brent (1973), chapter 5: golden section with parabolic steps. The place is that of a local minimum.
pub(crate) fn on_interval(f: impl Fn(f64) -> f64, low: f64, high: f64) -> (f64, f64) {
    const GOLDEN: f64 = 0.381_966_011_250_105_1;
    const MOST_ITERATIONS: u32 = 200;
    let (mut a, mut b) = (low, high);
    let mut x = a + GOLDEN * (b - a);
    let (mut w, mut v) = (x, x);
    let mut fx = f(x);
    let (mut fw, mut fv) = (fx, fx);
    let (mut step, mut previous) = (0.0_f64, 0.0_f64);
    for _ in 0..MOST_ITERATIONS {
        let middle = f64::midpoint(a, b);
        let tolerance = 1e-9 * x.abs() + 1e-14 * (high - low);
        if (x - middle).abs() <= 2.0 * tolerance - 0.5 * (b - a) {
            break;
        }
        let r = (x - w) * (fx - fv);
        let q = (x - v) * (fx - fw);
        let p = (x - v) * q - (x - w) * r;
        let q = 2.0 * (q - r);
        let (p, q) = if q > 0.0 { (-p, q) } else { (p, -q) };
        let parabola = previous.abs() > tolerance
            && p.abs() < (0.5 * q * previous).abs()
            && p > q * (a - x)
            && p < q * (b - x);
        if parabola {
            (previous, step) = (step, p / q);
            if (x + step - a) < 2.0 * tolerance || (b - x - step) < 2.0 * tolerance {
                step = tolerance.copysign(middle - x);
            }
        } else {
            previous = if x < middle { b - x } else { a - x };
            step = GOLDEN * previous;
        }
        let u = x + if step.abs() >= tolerance { step } else { tolerance.copysign(step) };
        let fu = f(u);
        if fu <= fx {
            if u < x {
                b = x
            } else {
                a = x
            }
            (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu);
        } else {
            if u < x {
                a = u
            } else {
                b = u
            }
            #[expect(clippy::float_cmp, reason = "the same point, not a near one")]
            if fu <= fw || w == x {
                (v, fv, w, fw) = (w, fw, u, fu);
            } else if fu <= fv || v == x || v == w {
                (v, fv) = (u, fu);
            }
        }
    }
    (x, fx)
}

/// The gradient of `f` by central differences with one Richardson step: good to about ten digits.
pub(crate) fn gradient(f: impl Fn(&[f64]) -> f64, at: &[f64]) -> Vec<f64> {
    let mut point = at.to_vec();
    (0..at.len())
        .map(|i| {
            let h = 1e-3 * at[i].abs().max(0.1);
            let mut slope = |h: f64| {
                point[i] = at[i] + h;
                let above = f(&point);
                point[i] = at[i] - h;
                let below = f(&point);
                point[i] = at[i];
                (above - below) / (2.0 * h)
            };
            let (wide, narrow) = (slope(h), slope(h / 2.0));
            (4.0 * narrow - wide) / 3.0
        })
        .collect()
}

/// The Hessian of `f` by differences of [`gradient`], made symmetric: good to about seven digits.
pub(crate) fn hessian(f: impl Fn(&[f64]) -> f64, at: &[f64]) -> Matrix {
    hessian_of_gradient(|x| gradient(&f, x), at)
}

/// The Hessian from an exact gradient, by central differences with one Richardson step, made symmetric.
pub(crate) fn hessian_of_gradient(gradient: impl Fn(&[f64]) -> Vec<f64>, at: &[f64]) -> Matrix {
    let n = at.len();
    let mut point = at.to_vec();
    let mut matrix = Matrix::zeros(n, n);
    for i in 0..n {
        let h = 1e-3 * at[i].abs().max(0.1);
        let mut slopes = |h: f64| -> Vec<f64> {
            point[i] = at[i] + h;
            let above = gradient(&point);
            point[i] = at[i] - h;
            let below = gradient(&point);
            point[i] = at[i];
            above.iter().zip(&below).map(|(a, b)| (a - b) / (2.0 * h)).collect()
        };
        let (wide, narrow) = (slopes(h), slopes(h / 2.0));
        for j in 0..n {
            matrix[(i, j)] = (4.0 * narrow[j] - wide[j]) / 3.0;
        }
    }
    (&matrix + matrix.transpose()) * 0.5
}

/// A local minimum of `f` by BFGS from `start`, then refined by Newton steps on the gradient.
///
/// It has settled when a Newton step would change no coordinate by more than 1e-9 of max(1, |x|), or when neither BFGS
/// nor Newton can lower `f` any more and the gradient is flat to the accuracy of `f`. Where `f` is NaN or infinite, the
/// search turns back. Nocedal & Wright (2006), chapter 6.
pub(crate) fn quasi_newton(
    f: impl Fn(&[f64]) -> f64,
    gradient: impl Fn(&[f64]) -> Vec<f64>,
    start: &[f64],
) -> Result<Minimum, Unsettled> {
    let coarse = bfgs(&f, &gradient, start);
    newton(&f, &gradient, coarse)
}

const MOST_STEPS: usize = 500;

fn bfgs(
    f: &impl Fn(&[f64]) -> f64,
    gradient: &impl Fn(&[f64]) -> Vec<f64>,
    start: &[f64],
) -> Minimum {
    let n = start.len();
    let mut x = Vector::from_column_slice(start);
    let mut fx = f(x.as_slice());
    let mut g = Vector::from_vec(gradient(x.as_slice()));
    let mut inverse = Matrix::identity(n, n);
    let mut fresh = true;
    for _ in 0..MOST_STEPS {
        let mut direction = -(&inverse * &g);
        if direction.dot(&g) >= 0.0 || !direction.iter().all(|d| d.is_finite()) {
            inverse = Matrix::identity(n, n);
            direction = -g.clone();
            fresh = true;
        }
        if fresh {
            // The first step of a steepest descent has no scale of its own.
            let longest = direction.amax();
            if longest > 1.0 {
                direction /= longest;
            }
        }
        let slope = direction.dot(&g);
        let Some((next, f_next)) = backtrack(f, &x, fx, &direction, slope) else {
            if fresh {
                break;
            }
            inverse = Matrix::identity(n, n);
            fresh = true;
            continue;
        };
        let g_next = Vector::from_vec(gradient(next.as_slice()));
        let (s, y) = (&next - &x, &g_next - &g);
        let sy = s.dot(&y);
        if sy > 1e-14 * s.norm() * y.norm() {
            if fresh {
                inverse *= sy / y.norm_squared();
            }
            let hy = &inverse * &y;
            let scale = (1.0 + y.dot(&hy) / sy) / sy;
            inverse +=
                &s * s.transpose() * scale - (&hy * s.transpose() + &s * hy.transpose()) / sy;
            fresh = false;
        }
        let gained = fx - f_next;
        (x, fx, g) = (next, f_next, g_next);
        if gained <= 1e-13 * fx.abs().max(1e-3) && g.amax() <= 1e-5 * fx.abs().max(1.0) {
            break;
        }
    }
    Minimum { at: x.as_slice().to_vec(), value: fx }
}

/// The first of ever shorter steps that lowers `f` enough (Armijo's rule).
fn backtrack(
    f: &impl Fn(&[f64]) -> f64,
    x: &Vector,
    fx: f64,
    direction: &Vector,
    slope: f64,
) -> Option<(Vector, f64)> {
    let mut length = 1.0;
    for _ in 0..50 {
        let next = x + direction * length;
        let value = f(next.as_slice());
        if value.is_finite() && value <= fx + 1e-4 * length * slope && value < fx {
            return Some((next, value));
        }
        length *= 0.5;
    }
    None
}

fn newton(
    f: &impl Fn(&[f64]) -> f64,
    gradient: &impl Fn(&[f64]) -> Vec<f64>,
    start: Minimum,
) -> Result<Minimum, Unsettled> {
    let Minimum { mut at, mut value } = start;
    for _ in 0..50 {
        let g = gradient(&at);
        let Some(factor) = Factor::of(hessian_of_gradient(gradient, &at)) else { break };
        let step = factor.solve_vector(&Vector::from_vec(g));
        let change =
            step.iter().zip(&at).map(|(s, x)| s.abs() / x.abs().max(1.0)).fold(0.0, f64::max);
        let next: Vec<f64> = at.iter().zip(step.iter()).map(|(x, s)| x - s).collect();
        let f_next = f(&next);
        // The last steps change `f` by less than its own rounding.
        let slack = 1e-11 * value.abs().max(1e-3);
        if !f_next.is_finite() || f_next > value + slack {
            break;
        }
        (at, value) = (next, f_next);
        if change <= 1e-9 {
            return Ok(Minimum { at, value });
        }
    }
    let flat = gradient(&at).iter().all(|g| g.abs() <= 1e-6 * value.abs().max(1.0));
    if flat { Ok(Minimum { at, value }) } else { Err(Unsettled { last: at }) }
}

/// A local minimum of `f` by Nelder and Mead's simplex from `start`, with first steps of `size`: for functions with
/// kinks or bounds (infinite outside), and as a start for [`quasi_newton`].
///
/// It has settled when the simplex is smaller than 1e-9 of max(1, |x|) and its values agree to 1e-13.
pub(crate) fn simplex(
    f: impl Fn(&[f64]) -> f64,
    start: &[f64],
    size: f64,
) -> Result<Minimum, Unsettled> {
    let n = start.len();
    let evaluate = |x: Vec<f64>| {
        let value = f(&x);
        (x, if value.is_nan() { f64::INFINITY } else { value })
    };
    let mut corners = vec![evaluate(start.to_vec())];
    for i in 0..n {
        let mut x = start.to_vec();
        x[i] += size;
        corners.push(evaluate(x));
    }
    for _ in 0..2000 * n.max(1) {
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (best, worst) = (&corners[0], &corners[n]);
        let wide = corners[1..].iter().any(|corner| {
            corner.0.iter().zip(&best.0).any(|(a, b)| (a - b).abs() > 1e-9 * b.abs().max(1.0))
        });
        if !best.1.is_finite() {
            break;
        }
        if !wide && worst.1 - best.1 <= 1e-13 * best.1.abs().max(1.0) {
            let (at, value) = corners.swap_remove(0);
            return Ok(Minimum { at, value });
        }
        let centre: Vec<f64> = (0..n)
            .map(|j| corners[..n].iter().map(|corner| corner.0[j]).sum::<f64>() / n as f64)
            .collect();
        let along = |t: f64| -> Vec<f64> {
            centre.iter().zip(&worst.0).map(|(c, w)| c + t * (w - c)).collect()
        };
        let reflected = evaluate(along(-1.0));
        if reflected.1 < best.1 {
            let expanded = evaluate(along(-2.0));
            corners[n] = if expanded.1 < reflected.1 { expanded } else { reflected };
        } else if reflected.1 < corners[n - 1].1 {
            corners[n] = reflected;
        } else {
            let contracted = evaluate(along(if reflected.1 < worst.1 { -0.5 } else { 0.5 }));
            if contracted.1 < worst.1.min(reflected.1) {
                corners[n] = contracted;
            } else {
                let best = corners[0].0.clone();
                for corner in &mut corners[1..] {
                    *corner =
                        evaluate(corner.0.iter().zip(&best).map(|(x, b)| 0.5 * (x + b)).collect());
                }
            }
        }
    }
    Err(Unsettled { last: corners.swap_remove(0).0 })
}

#[cfg(test)]
mod tests {
    use super::{gradient, hessian, on_interval, quasi_newton, simplex};

    fn rosenbrock(x: &[f64]) -> f64 {
        let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
        a * a + 100.0 * b * b
    }

    #[test]
    fn the_bottom_of_a_curve_is_found() {
        let (x, value) = on_interval(|x| (x - 2.0) * (x - 2.0) + 1.0, 0.0, 100.0);
        assert!((x - 2.0).abs() < 1e-7 && (value - 1.0).abs() < 1e-14);
    }

    #[test]
    fn the_bottom_of_a_curved_valley_is_found() {
        let minimum = quasi_newton(rosenbrock, |x| gradient(rosenbrock, x), &[-1.2, 1.0]).unwrap();
        assert!((minimum.at[0] - 1.0).abs() < 1e-8 && (minimum.at[1] - 1.0).abs() < 1e-8);
        let minimum = simplex(rosenbrock, &[-1.2, 1.0], 0.5).unwrap();
        assert!((minimum.at[0] - 1.0).abs() < 1e-5 && (minimum.at[1] - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_function_without_a_bottom_does_not_settle() {
        assert!(quasi_newton(|x| -x[0], |_| vec![-1.0], &[0.0]).is_err());
        assert!(simplex(|x| -x[0], &[0.0], 1.0).is_err());
    }

    #[test]
    fn second_derivatives_are_good_to_seven_digits() {
        let h = hessian(rosenbrock, &[1.0, 1.0]);
        for (got, expected) in h.iter().zip([802.0, -400.0, -400.0, 200.0]) {
            assert!((got - expected).abs() < 1e-4, "{got} {expected}");
        }
    }
}
