//! The weighted mean of studies at a given between-study variance, and the sums that everything else is made of.
//!
//! Estimates are held relative to the most precise study, so that residuals keep their digits when one study
//! outweighs all others or when all estimates share a large offset. The matrix P = W − W1(1′W1)⁻¹1′W of the
//! intercept-only model appears only through sums of positive terms, so nothing cancels.

use crate::effect::Effect;
use crate::model::pool_error::PoolError;
use crate::numeric::sum::sum;

/// Valid effects, centred on the most precise one.
pub(crate) struct Studies {
    /// Estimates minus `reference`.
    pub(crate) centred: Vec<f64>,
    /// Sampling variances, all finite and above 0.
    pub(crate) variances: Vec<f64>,
    reference: f64,
}

/// The weighted mean of [`Studies`] at one τ².
pub(crate) struct WeightedMean {
    /// 1/(v + τ²), in study order.
    pub(crate) weights: Vec<f64>,
    /// Sum of the weights.
    pub(crate) total: f64,
    /// The weighted mean on the scale of the effects.
    pub(crate) mean: f64,
    /// Estimate minus mean, in study order.
    pub(crate) residuals: Vec<f64>,
}

impl Studies {
    /// The effects, if there is at least one and each is finite with a variance above 0.
    pub(crate) fn new(effects: &[Effect]) -> Result<Self, PoolError> {
        for (study, effect) in effects.iter().enumerate() {
            if !effect.estimate.is_finite() {
                return Err(PoolError::NotFinite { study, found: effect.estimate });
            }
            if !effect.variance.is_finite() || effect.variance <= 0.0 {
                return Err(PoolError::VarianceNotPositive { study, found: effect.variance });
            }
        }
        let most_precise = effects
            .iter()
            .min_by(|a, b| a.variance.total_cmp(&b.variance))
            .ok_or(PoolError::NoStudies)?;
        let reference = most_precise.estimate;
        Ok(Self {
            centred: effects.iter().map(|e| e.estimate - reference).collect(),
            variances: effects.iter().map(|e| e.variance).collect(),
            reference,
        })
    }

    pub(crate) fn k(&self) -> usize {
        self.centred.len()
    }

    /// Degrees of freedom of an intercept-only model, k − 1.
    pub(crate) fn df(&self) -> f64 {
        (self.k() - 1) as f64
    }

    /// Inverse-variance weighted mean with weights 1/(v + τ²).
    pub(crate) fn at(&self, tau2: f64) -> WeightedMean {
        self.with_weights(self.variances.iter().map(|v| 1.0 / (v + tau2)).collect())
    }

    /// Unweighted mean: all weights 1.
    pub(crate) fn unweighted(&self) -> WeightedMean {
        self.with_weights(vec![1.0; self.k()])
    }

    /// Cochran's Q with weights 1/(v + τ²): falls as τ² rises.
    pub(crate) fn generalised_q(&self, tau2: f64) -> f64 {
        self.at(tau2).q()
    }

    fn with_weights(&self, weights: Vec<f64>) -> WeightedMean {
        let total = sum(weights.iter().copied());
        let shift = sum(weights.iter().zip(&self.centred).map(|(w, y)| w * y)) / total;
        WeightedMean {
            total,
            mean: self.reference + shift,
            residuals: self.centred.iter().map(|y| y - shift).collect(),
            weights,
        }
    }
}

impl WeightedMean {
    /// Σ w·r²: Cochran's Q at these weights.
    pub(crate) fn q(&self) -> f64 {
        sum(self.weights.iter().zip(&self.residuals).map(|(w, r)| w * r * r))
    }

    /// tr P = Σ w − Σ w²/Σ w.
    pub(crate) fn trace_p(&self) -> f64 {
        trace_p(&self.weights)
    }
}

/// Σ w − Σ w²/Σ w, as Σᵢ wᵢ·(weights of the others)/Σ w: exact however much one study outweighs the others.
pub(crate) fn trace_p(weights: &[f64]) -> f64 {
    diagonal_p(weights, sum(weights.iter().copied())).iter().sum()
}

fn diagonal_p(weights: &[f64], total: f64) -> Vec<f64> {
    weights.iter().zip(others(weights)).map(|(w, rest)| w * (rest / total)).collect()
}

/// For each element the sum of all other elements, without subtraction.
fn others(values: &[f64]) -> Vec<f64> {
    let mut rest = vec![0.0; values.len()];
    let mut before = 0.0;
    for (slot, value) in rest.iter_mut().zip(values) {
        *slot = before;
        before += value;
    }
    let mut after = 0.0;
    for (slot, value) in rest.iter_mut().zip(values).rev() {
        *slot += after;
        after += value;
    }
    rest
}
