//! The kernel of the plain mean (intercept only), without allocation.
//!
//! Estimates are taken relative to the most precise study, which also has the largest weight at every τ². Sums over
//! the other studies are kept apart from its share, so residuals and traces keep their digits however much it
//! outweighs the rest and whatever offset all estimates share.

use crate::model::kernel::{FixedWeights, Kernel, Moments, Spread, most_precise};

/// Studies whose effects have one mean.
pub(crate) struct Mean<'a> {
    estimates: &'a [f64],
    variances: &'a [f64],
    weights: &'a mut Vec<f64>,
    /// Position of the most precise study.
    best: usize,
    /// The mean at the weights of the last evaluation, relative to the most precise study's estimate.
    shift: f64,
}

/// The weighted mean: its place relative to the most precise study, and the weights' sums.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Centre {
    /// Mean minus the estimate of the most precise study.
    pub(crate) shift: f64,
    /// Sum of all weights.
    pub(crate) total: f64,
    /// Sum of the weights of all but the most precise study.
    rest: f64,
}

impl<'a> Mean<'a> {
    /// The kernel of at least one study, all variances above 0; `weights` is only a buffer.
    pub(crate) fn new(
        estimates: &'a [f64],
        variances: &'a [f64],
        weights: &'a mut Vec<f64>,
    ) -> Self {
        let best = most_precise(variances);
        // Whatever they are now, they are written before they are read.
        weights.resize(estimates.len(), 0.0);
        Self { estimates, variances, weights, best, shift: 0.0 }
    }

    /// The estimate that [`Centre::shift`] is relative to.
    pub(crate) fn reference(&self) -> f64 {
        self.estimates[self.best]
    }

    /// The studies' estimates.
    pub(crate) fn estimates(&self) -> &'a [f64] {
        self.estimates
    }

    /// The mean at the weights of the last evaluation.
    pub(crate) fn mean(&self) -> f64 {
        self.reference() + self.shift
    }

    /// The weights of the last evaluation.
    pub(crate) fn weights(&self) -> &[f64] {
        self.weights
    }

    /// The inverse-variance weighted mean at τ².
    pub(crate) fn centre(&mut self, tau2: f64) -> Centre {
        self.centre_at(FixedWeights::At(tau2))
    }

    /// The mean at weights that do not depend on τ².
    pub(crate) fn centre_at(&mut self, weights: FixedWeights) -> Centre {
        weights.write(self.variances, self.weights);
        self.centre_of_weights()
    }

    /// Estimate minus mean at the weights of the last evaluation, in study order.
    pub(crate) fn residuals(&self) -> Vec<f64> {
        let reference = self.reference();
        self.estimates.iter().map(|y| (y - reference) - self.shift).collect()
    }

    fn centre_of_weights(&mut self) -> Centre {
        let reference = self.reference();
        let own = core::mem::take(&mut self.weights[self.best]);
        let [rest, product] = sums(self.weights, self.estimates, |w, y| [w, w * (y - reference)]);
        self.weights[self.best] = own;
        let total = rest + own;
        self.shift = product / total;
        Centre { shift: self.shift, total, rest }
    }
}

/// The sums of what `terms` makes of each weight and estimate, in four lanes that are added at the end: an order that is the
/// same on every machine, and in which a processor can add several at once.
fn sums<const N: usize>(
    weights: &[f64],
    estimates: &[f64],
    terms: impl Fn(f64, f64) -> [f64; N],
) -> [f64; N] {
    let mut lanes = [[0.0; 4]; N];
    let (whole_weights, last_weights) = weights.as_chunks::<4>();
    let (whole_estimates, last_estimates) = estimates.as_chunks::<4>();
    for (w, y) in whole_weights.iter().zip(whole_estimates) {
        for lane in 0..4 {
            let found = terms(w[lane], y[lane]);
            for n in 0..N {
                lanes[n][lane] += found[n];
            }
        }
    }
    for (lane, (w, y)) in last_weights.iter().zip(last_estimates).enumerate() {
        let found = terms(*w, *y);
        for n in 0..N {
            lanes[n][lane] += found[n];
        }
    }
    lanes.map(|it| (it[0] + it[1]) + (it[2] + it[3]))
}

impl Kernel for Mean<'_> {
    fn k(&self) -> usize {
        self.estimates.len()
    }

    fn p(&self) -> usize {
        1
    }

    fn variances(&self) -> &[f64] {
        self.variances
    }

    fn q_and_slope(&mut self, tau2: f64) -> (f64, f64) {
        let Centre { shift, .. } = self.centre(tau2);
        let reference = self.reference();
        let [q, pp] = sums(self.weights, self.estimates, |w, y| {
            let r = (y - reference) - shift;
            let u = w * r;
            [u * r, u * u]
        });
        (q, pp)
    }

    /// No weight but the most precise study's, w₀, is more than half of the total, so these lose no digits to cancellation:
    ///
    /// > tr P = w₀·(R/Σw) + R − S₂/Σw,  tr PP = (w₀·R/Σw)² + S₂ − 2·S₃/Σw + (2·w₀²·S₂ + S₂²)/(Σw)²
    ///
    /// with R, S₂, S₃ the others' sums of w, w², w³. y′PPPy = Σ w(u − ū)² with u = w·r, which are taken relative to the most
    /// precise study's.
    fn moments(&mut self, tau2: f64) -> Moments {
        FixedWeights::At(tau2).write(self.variances, self.weights);
        let reference = self.reference();
        let own = core::mem::take(&mut self.weights[self.best]);
        let [rest, product, squares, cubes] = sums(self.weights, self.estimates, |w, y| {
            let ww = w * w;
            [w, w * (y - reference), ww, ww * w]
        });
        let total = rest + own;
        let inverse = 1.0 / total;
        let shift = product * inverse;
        let own_u = -own * shift;
        let [q, pp, wd, wdd] = sums(self.weights, self.estimates, |w, y| {
            let r = (y - reference) - shift;
            let u = w * r;
            let d = u - own_u;
            let wd = w * d;
            [u * r, u * u, wd, wd * d]
        });
        self.weights[self.best] = own;
        self.shift = shift;
        let own_p = own * (rest * inverse);
        let share = own * inverse;
        Moments {
            q: q - own_u * shift,
            pp: pp + own_u * own_u,
            ppp: (wdd - wd * (wd * inverse)).max(0.0),
            sum_w: total,
            sum_w2: squares + own * own,
            trace: own_p + (rest - squares * inverse),
            trace_pp: own_p * own_p
                + (squares - 2.0 * cubes * inverse)
                + squares * (2.0 * share * share + squares * inverse * inverse),
        }
    }

    fn log_information(&mut self, tau2: f64) -> f64 {
        libm::log(self.centre(tau2).total)
    }

    fn spread(&mut self, weights: FixedWeights) -> Spread {
        let Centre { shift, total, rest } = self.centre_at(weights);
        let reference = self.reference();
        let mut spread = Spread {
            rss: 0.0,
            trace: 0.0,
            trace_pp: 0.0,
            trace_pv: 0.0,
            trace_pvp: 0.0,
            trace_pvpv: 0.0,
        };
        let (mut one, mut var, mut one_one, mut one_var, mut var_var) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for i in 0..self.estimates.len() {
            let (w, v) = (self.weights[i], self.variances[i]);
            let r = (self.estimates[i] - reference) - shift;
            spread.rss += w * r * r;
            let others = if i == self.best { rest } else { total - w };
            let p = w * (others / total);
            spread.trace += p;
            spread.trace_pv += p * v;
            spread.trace_pp += p * p;
            spread.trace_pvp += p * p * v;
            spread.trace_pvpv += p * v * (p * v);
            if i != self.best {
                let a = w / total * w;
                one += a;
                var += a * v;
                one_one += a * a;
                one_var += a * a * v;
                var_var += a * v * (a * v);
            }
        }
        let (w, v) = (self.weights[self.best], self.variances[self.best]);
        let a = w / total * w;
        spread.trace_pp += 2.0 * a * one + (one * one - one_one);
        spread.trace_pvp += a * (one * v + var) + (one * var - one_var);
        spread.trace_pvpv += 2.0 * a * v * var + (var * var - var_var);
        spread
    }
}
