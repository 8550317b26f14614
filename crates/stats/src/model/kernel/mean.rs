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
        weights.clear();
        weights.resize(estimates.len(), 0.0);
        Self { estimates, variances, weights, best }
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
        self.reference() + self.centre_of_weights().shift
    }

    /// The weights of the last evaluation.
    pub(crate) fn weights(&self) -> &[f64] {
        self.weights
    }

    /// The inverse-variance weighted mean at τ².
    pub(crate) fn centre(&mut self, tau2: f64) -> Centre {
        FixedWeights::At(tau2).write(self.variances, self.weights);
        self.centre_of_weights()
    }

    fn centre_of_weights(&self) -> Centre {
        let reference = self.reference();
        let (mut rest, mut product) = (0.0, 0.0);
        for part in self.others() {
            for (w, y) in self.weights[part.clone()].iter().zip(&self.estimates[part]) {
                rest += w;
                product += w * (y - reference);
            }
        }
        let total = rest + self.weights[self.best];
        Centre { shift: product / total, total, rest }
    }

    /// The positions before and after the most precise study.
    fn others(&self) -> [core::ops::Range<usize>; 2] {
        [0..self.best, self.best + 1..self.estimates.len()]
    }
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
        let (mut q, mut pp) = (0.0, 0.0);
        for (w, y) in self.weights.iter().zip(self.estimates) {
            let r = (y - reference) - shift;
            let u = w * r;
            q += u * r;
            pp += u * u;
        }
        (q, pp)
    }

    fn moments(&mut self, tau2: f64) -> Moments {
        let Centre { shift, total, rest } = self.centre(tau2);
        let reference = self.reference();
        let inverse = 1.0 / total;
        let (mut q, mut pp, mut wwr, mut wwwrr) = (0.0, 0.0, 0.0, 0.0);
        let (mut sum_w2, mut trace, mut diagonal, mut side, mut squares) =
            (0.0, 0.0, 0.0, 0.0, 0.0);
        for part in self.others() {
            for (w, y) in self.weights[part.clone()].iter().zip(&self.estimates[part]) {
                let r = (y - reference) - shift;
                let u = w * r;
                q += u * r;
                pp += u * u;
                wwr += w * u;
                wwwrr += w * u * u;
                sum_w2 += w * w;
                let p = w * ((total - w) * inverse);
                trace += p;
                diagonal += p * p;
                let a = w * inverse * w;
                side += a;
                squares += a * a;
            }
        }
        let w = self.weights[self.best];
        let u = -w * shift;
        let p = w * (rest * inverse);
        let a = w * inverse * w;
        Moments {
            q: q - u * shift,
            pp: pp + u * u,
            ppp: (wwwrr + w * u * u - (wwr + w * u) * ((wwr + w * u) * inverse)).max(0.0),
            sum_w: total,
            sum_w2: sum_w2 + w * w,
            trace: trace + p,
            trace_pp: diagonal + p * p + 2.0 * a * side + (side * side - squares),
        }
    }

    fn log_information(&mut self, tau2: f64) -> f64 {
        libm::log(self.centre(tau2).total)
    }

    fn spread(&mut self, weights: FixedWeights) -> Spread {
        weights.write(self.variances, self.weights);
        let Centre { shift, total, rest } = self.centre_of_weights();
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
