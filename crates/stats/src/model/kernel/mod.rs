//! What every estimator of τ² needs to know about the studies at one value of τ².
//!
//! With weights W = diag(1/(v + τ²)) and a design X, P = W − WX(X′WX)⁻¹X′W. All estimators, intervals and likelihoods
//! are made of y′Py, y′PPy, tr P and their kin; they are written once over [`Kernel`], which [`mean::Mean`] implements for
//! the plain mean and [`linear::Linear`] for any design. As functions of τ² all of these quantities fall and are
//! convex, on which the searches for roots and maxima rely.

pub(crate) mod basis;
pub(crate) mod linear;
pub(crate) mod mean;

use crate::numeric::sum::SumOfLogs;

/// Studies under a design, seen at any τ² or with any weights. Evaluations write into buffers that the kernel keeps.
pub(crate) trait Kernel {
    /// Number of studies.
    fn k(&self) -> usize;

    /// Number of coefficients.
    fn p(&self) -> usize;

    /// Sampling variances.
    fn variances(&self) -> &[f64];

    /// Q(τ²) = y′Py and its negated slope y′PPy.
    fn q_and_slope(&mut self, tau2: f64) -> (f64, f64);

    /// Everything at once.
    fn moments(&mut self, tau2: f64) -> Moments;

    /// ln|X′WX| at τ² for the kernel's own basis of X; only differences between values of τ² have a meaning.
    fn log_information(&mut self, tau2: f64) -> f64;

    /// The moments of the residual sum of squares under fixed weights.
    fn spread(&mut self, weights: FixedWeights) -> Spread;

    /// Residual degrees of freedom, k − p.
    fn df(&self) -> f64 {
        (self.k() - self.p()) as f64
    }

    /// Σ ln(v + τ²).
    fn log_variances(&self, tau2: f64) -> f64 {
        let mut logs = SumOfLogs::default();
        self.variances().iter().for_each(|v| logs.add(v + tau2));
        logs.value()
    }
}

/// Weights that do not change with τ².
#[derive(Debug, Clone, Copy)]
pub(crate) enum FixedWeights<'a> {
    /// All 1.
    Equal,
    /// 1/(v + τ²) at the τ² given.
    At(f64),
    /// One for each study.
    Given(&'a [f64]),
}

impl FixedWeights<'_> {
    /// Writes the weights of studies with these variances, which are as many.
    pub(crate) fn write(self, variances: &[f64], weights: &mut [f64]) {
        match self {
            Self::Equal => weights.fill(1.0),
            Self::Given(given) => weights.copy_from_slice(given),
            Self::At(tau2) => {
                for (w, v) in weights.iter_mut().zip(variances) {
                    *w = 1.0 / (v + tau2);
                }
            }
        }
    }
}

/// The position of the smallest variance; 0 for none.
pub(crate) fn most_precise(variances: &[f64]) -> usize {
    // Two passes without guesses are faster than one that jumps at each new minimum.
    let least =
        variances.iter().fold(f64::INFINITY, |least, v| if *v < least { *v } else { least });
    variances.iter().position(|v| v.total_cmp(&least).is_eq()).unwrap_or(0)
}

/// Quantities at one τ².
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    /// y′Py, the generalised Q.
    pub(crate) q: f64,
    /// y′PPy.
    pub(crate) pp: f64,
    /// y′PPPy.
    pub(crate) ppp: f64,
    /// Σ w.
    pub(crate) sum_w: f64,
    /// Σ w².
    pub(crate) sum_w2: f64,
    /// tr P.
    pub(crate) trace: f64,
    /// tr PP.
    pub(crate) trace_pp: f64,
}

/// Moments of y′Py for weights that need not be the inverse variances; V = diag(v).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    /// y′Py.
    pub(crate) rss: f64,
    /// tr P.
    pub(crate) trace: f64,
    /// tr PP.
    pub(crate) trace_pp: f64,
    /// tr PV.
    pub(crate) trace_pv: f64,
    /// tr PVP.
    pub(crate) trace_pvp: f64,
    /// tr PVPV.
    pub(crate) trace_pvpv: f64,
}

impl Spread {
    /// Variance of y′Py when the between-study variance is `tau2`: 2·tr PΣPΣ with Σ = V + τ²I.
    pub(crate) fn variance(&self, tau2: f64) -> f64 {
        2.0 * self.trace_pvpv + 4.0 * tau2 * self.trace_pvp + 2.0 * tau2 * tau2 * self.trace_pp
    }

    /// The τ² at which y′Py equals its expectation; may be negative.
    pub(crate) fn moment_estimate(&self) -> f64 {
        (self.rss - self.trace_pv) / self.trace
    }
}
