//! The studies' own effects: where a search starts, the typical sampling variance, and Wald's test of heterogeneity.

use super::error::GlmmError;
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// Estimates with their sampling variances; a study without one has an infinite variance.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Observed {
    pub(crate) estimates: Vec<f64>,
    pub(crate) variances: Vec<f64>,
}

/// The weighted regression of the observed effects on a design.
pub(crate) struct Weighted {
    pub(crate) coefficients: Vec<f64>,
    /// The weighted sum of squared residuals.
    pub(crate) q: f64,
    /// Typical sampling variance: (k − p)/tr P (Higgins & Thompson 2002, doi 10.1002/sim.1186); NaN when k = p.
    pub(crate) typical_variance: f64,
    /// τ² by the method of moments (DerSimonian & Laird 1986); 0 when k = p.
    pub(crate) tau2: f64,
}

impl Observed {
    /// A study's effect by maximum likelihood, left out where it is infinite or has no variance.
    pub(crate) fn push(&mut self, estimate: f64, variance: f64) {
        let known = estimate.is_finite() && variance.is_finite() && variance > 0.0;
        self.estimates.push(if known { estimate } else { 0.0 });
        self.variances.push(if known { variance } else { f64::INFINITY });
    }

    pub(crate) const fn new() -> Self {
        Self { estimates: Vec::new(), variances: Vec::new() }
    }

    /// The regression on `design`; studies without a variance have no weight.
    pub(crate) fn regress(&self, design: &Matrix) -> Option<Weighted> {
        let (k, p) = design.shape();
        let weights: Vec<f64> = self.variances.iter().map(|v| 1.0 / v).collect();
        let known = weights.iter().filter(|w| **w > 0.0).count();
        let gram = |power: i32| {
            let mut gram = Matrix::zeros(p, p);
            for i in 0..k {
                let weight = if power == 1 { weights[i] } else { weights[i] * weights[i] };
                for a in 0..p {
                    for b in 0..p {
                        gram[(a, b)] += weight * design[(i, a)] * design[(i, b)];
                    }
                }
            }
            gram
        };
        let right = Vector::from_fn(p, |j, _| {
            (0..k).map(|i| weights[i] * design[(i, j)] * self.estimates[i]).sum()
        });
        let factor = Factor::of(gram(1))?;
        let beta = factor.solve_vector(&right);
        let q = (0..k)
            .map(|i| {
                let fitted: f64 = (0..p).map(|j| design[(i, j)] * beta[j]).sum();
                weights[i] * (self.estimates[i] - fitted) * (self.estimates[i] - fitted)
            })
            .sum();
        let trace = weights.iter().sum::<f64>() - factor.solve(&gram(2)).trace();
        let df = known as f64 - p as f64;
        let saturated = df <= 0.0 || trace <= 0.0;
        Some(Weighted {
            coefficients: beta.iter().copied().collect(),
            q: if saturated { 0.0 } else { q },
            typical_variance: if saturated { f64::NAN } else { df / trace },
            tau2: if saturated { 0.0 } else { ((q - df) / trace).max(0.0) },
        })
    }
}

/// Wald's test of the coefficients that a saturated model adds to a design: the generalised sum of squared residuals of
/// the saturated estimates, given a function that multiplies by their precision matrix.
pub(crate) fn wald_heterogeneity(
    design: &Matrix,
    estimates: &[f64],
    precision: impl Fn(&[f64]) -> Option<Vec<f64>>,
) -> Result<f64, GlmmError> {
    let (k, p) = design.shape();
    let weighted: Vec<Vec<f64>> = (0..p)
        .map(|j| precision(&design.column(j).iter().copied().collect::<Vec<_>>()))
        .collect::<Option<_>>()
        .ok_or(GlmmError::NotIdentified { model: "saturated" })?;
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let gram = Matrix::from_fn(p, p, |a, b| (0..k).map(|i| design[(i, a)] * weighted[b][i]).sum());
    let right = Vector::from_fn(p, |j, _| dot(&weighted[j], estimates));
    // Without any information about some coefficient there is nothing to test.
    let Some(factor) = Factor::of(gram) else { return Ok(0.0) };
    let beta = factor.solve_vector(&right);
    let residuals: Vec<f64> = (0..k)
        .map(|i| estimates[i] - (0..p).map(|j| design[(i, j)] * beta[j]).sum::<f64>())
        .collect();
    let precise = precision(&residuals).ok_or(GlmmError::NotIdentified { model: "saturated" })?;
    Ok(dot(&residuals, &precise).max(0.0))
}
