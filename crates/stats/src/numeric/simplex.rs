//! The least value of a function of two or three variables without derivatives: the simplex method.
//!
//! Nelder & Mead (1965), doi 10.1093/comjnl/7.4.308, begun anew where it ends until a new beginning gains nothing, because a
//! simplex can collapse before it has arrived.

/// Where a function is least, and its value there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Minimum {
    pub(crate) at: Vec<f64>,
    pub(crate) value: f64,
}

const MOST_STEPS: usize = 2000;
const MOST_BEGINNINGS: usize = 20;

/// The local minimum downhill from `start` with first steps of size `step`; `None` if it does not settle.
///
/// It has settled when a simplex begun at its end moves the value by less than 10⁻¹³ of itself (or 10⁻¹⁶⁰). Where `f` is NaN counts as infinite.
pub(crate) fn minimise(f: impl Fn(&[f64]) -> f64, start: &[f64], step: f64) -> Option<Minimum> {
    let f = |at: &[f64]| {
        let value = f(at);
        if value.is_nan() { f64::INFINITY } else { value }
    };
    let mut best = Minimum { at: start.to_vec(), value: f(start) };
    for beginning in 0..MOST_BEGINNINGS {
        let size = if beginning == 0 { step } else { 0.1 * step };
        let next = descend(&f, &best.at, size);
        let gain = best.value - next.value;
        let settled = gain <= 1e-13 * next.value.abs() + 1e-160;
        if next.value <= best.value {
            best = next;
        }
        if settled && beginning > 0 {
            return best.value.is_finite().then_some(best);
        }
    }
    None
}

/// One simplex, until it is too small to matter.
fn descend(f: &impl Fn(&[f64]) -> f64, start: &[f64], step: f64) -> Minimum {
    let n = start.len();
    let mut corners = vec![Minimum { at: start.to_vec(), value: f(start) }];
    for i in 0..n {
        let mut at = start.to_vec();
        at[i] += step;
        corners.push(Minimum { value: f(&at), at });
    }
    for _ in 0..MOST_STEPS {
        corners.sort_by(|a, b| a.value.total_cmp(&b.value));
        let size = (0..n)
            .map(|i| (corners[n].at[i] - corners[0].at[i]).abs() / corners[0].at[i].abs().max(1.0))
            .fold(0.0, f64::max);
        if size < 1e-13 {
            break;
        }
        let centre: Vec<f64> = (0..n)
            .map(|i| corners[..n].iter().map(|corner| corner.at[i]).sum::<f64>() / n as f64)
            .collect();
        let along = |t: f64| {
            let at: Vec<f64> =
                (0..n).map(|i| centre[i] + t * (corners[n].at[i] - centre[i])).collect();
            Minimum { value: f(&at), at }
        };
        let reflected = along(-1.0);
        let replacement = if reflected.value < corners[0].value {
            let expanded = along(-2.0);
            Some(if expanded.value < reflected.value { expanded } else { reflected })
        } else if reflected.value < corners[n - 1].value {
            Some(reflected)
        } else {
            let contracted = along(if reflected.value < corners[n].value { -0.5 } else { 0.5 });
            (contracted.value < corners[n].value.min(reflected.value)).then_some(contracted)
        };
        match replacement {
            Some(corner) => corners[n] = corner,
            None => shrink(f, &mut corners),
        }
    }
    corners.sort_by(|a, b| a.value.total_cmp(&b.value));
    corners.swap_remove(0)
}

/// All corners half way to the best.
fn shrink(f: &impl Fn(&[f64]) -> f64, corners: &mut [Minimum]) {
    let (best, others) = corners.split_at_mut(1);
    for corner in others {
        for (x, to) in corner.at.iter_mut().zip(&best[0].at) {
            *x = f64::midpoint(*x, *to);
        }
        corner.value = f(&corner.at);
    }
}

#[cfg(test)]
mod tests {
    use super::minimise;

    #[test]
    fn a_curved_valley_is_followed_to_its_end() {
        let rosenbrock = |x: &[f64]| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            a * a + 100.0 * b * b
        };
        let found = minimise(rosenbrock, &[-1.2, 1.0], 0.5).unwrap();
        assert!(found.at.iter().all(|x| (x - 1.0).abs() < 1e-7), "{found:?}");
        assert_eq!(minimise(|_| f64::NAN, &[0.0, 0.0], 1.0), None);
    }
}
