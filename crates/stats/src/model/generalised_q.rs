//! The generalised Q statistic with any weights: its exact distribution, and what follows for τ².
//!
//! Q = Σ a(y − ŷ)² with fixed weights a is, under normality, a sum of independent χ² variables on one degree of
//! freedom, each times an eigenvalue of Σ^½PΣ^½, where Σ = V + τ²I (Jackson 2013, doi 10.1002/jrsm.1081). Its
//! distribution function is found from the Laplace transform ∏(1 + 2λs)^(−½), and that without the eigenvalues:
//! ∏(1 + 2λs) = ∏(1 + 2sσa)·|X′A(I + 2sΣA)⁻¹X|/|X′AX|, in time linear in the number of studies.

use crate::effect::Interval;
use crate::model::kernel::basis::Basis;
use crate::model::kernel::linear::Linear;
use crate::model::pool_error::PoolError;
use crate::numeric::complex::Complex;
use crate::numeric::laplace::inverse_laplace;
use crate::numeric::root::bracketed_root;

/// Q of some studies under fixed weights.
pub(crate) struct GeneralisedQ<'a> {
    basis: &'a Basis,
    variances: &'a [f64],
    weights: &'a [f64],
    /// The value observed.
    q: f64,
    /// ln|Z′AZ|.
    log_determinant: f64,
    /// A τ² of the size at which Q's expectation doubles.
    scale: f64,
}

impl<'a> GeneralisedQ<'a> {
    /// Q of `estimates` under `weights`, one above 0 for each study.
    pub(crate) fn new(
        basis: &'a Basis,
        estimates: &[f64],
        variances: &'a [f64],
        weights: &'a [f64],
    ) -> Self {
        use crate::model::kernel::{FixedWeights, Kernel};
        let mut kernel = Linear::new(basis, estimates, variances);
        let spread = kernel.spread(FixedWeights::Given(weights));
        Self {
            basis,
            variances,
            weights,
            q: spread.rss,
            log_determinant: kernel.log_determinant(),
            scale: spread.trace_pv / spread.trace,
        }
    }

    /// P(Q ≤ the value observed) when the between-study variance is `tau2`: falls as τ² rises.
    pub(crate) fn probability(&self, tau2: f64) -> f64 {
        if self.q <= 0.0 {
            return 0.0;
        }
        // The transform of the distribution function is that of the density over s.
        let log_transform = |s: Complex| -self.log_product(s, tau2).scale(0.5) - s.ln();
        inverse_laplace(log_transform, self.q).clamp(0.0, 1.0)
    }

    /// The τ² at which P(Q ≤ the value observed) is `probability`; 0 if it is smaller already at τ² = 0.
    pub(crate) fn tau2_at(&self, probability: f64, method: &'static str) -> Result<f64, PoolError> {
        let gap = |tau2: f64| self.probability(tau2) - probability;
        if gap(0.0) <= 0.0 {
            return Ok(0.0);
        }
        let mut high = self.scale;
        while gap(high) > 0.0 {
            high *= 4.0;
            if !high.is_finite() {
                return Err(PoolError::Overflow);
            }
        }
        bracketed_root(gap, 0.0, high)
            .map_err(|unconverged| PoolError::not_converged(method, unconverged.0))
    }

    /// The confidence interval of τ² at `level`, and whether no τ² ≥ 0 is in it.
    pub(crate) fn interval(&self, level: f64) -> Result<(Interval, bool), PoolError> {
        const METHOD: &str = "the generalised Q method";
        let tail = (1.0 - level) / 2.0;
        let is_empty = self.probability(0.0) < tail;
        let lower = self.tau2_at(1.0 - tail, METHOD)?;
        let upper = self.tau2_at(tail, METHOD)?;
        Ok((Interval { lower, upper }, is_empty))
    }

    /// Σ ln(1 + 2λs) over the eigenvalues λ.
    ///
    /// Each logarithm below is a principal one: for s in the upper half plane all 1/(1 + 2sσa) lie in the lower one, and so
    /// do the pivots of a sum of them times positive semidefinite matrices.
    fn log_product(&self, s: Complex, tau2: f64) -> Complex {
        let p = self.basis.p();
        let mut total = Complex::ZERO;
        let mut matrix = vec![Complex::ZERO; p * p];
        for (i, (w, v)) in self.weights.iter().zip(self.variances).enumerate() {
            let factor = Complex::real(1.0) + s.scale(2.0 * w * (v + tau2));
            total = total + factor.ln();
            let share = Complex::real(*w) / factor;
            let z = self.basis.row(i);
            for a in 0..p {
                for b in 0..=a {
                    matrix[a * p + b] = matrix[a * p + b] + share.scale(z[a] * z[b]);
                }
            }
        }
        for j in 0..p {
            let pivot = matrix[j * p + j];
            total = total + pivot.ln();
            for a in j + 1..p {
                let ratio = matrix[a * p + j] / pivot;
                for b in j + 1..=a {
                    matrix[a * p + b] = matrix[a * p + b] - ratio * matrix[b * p + j];
                }
            }
        }
        total - Complex::real(self.log_determinant)
    }
}
