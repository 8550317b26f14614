//! Residuals of a regression: raw, Pearson's, internally and externally standardised; and leverages.
//!
//! Viechtbauer & Cheung (2010), doi 10.1002/jrsm.11; Hedges & Olkin (1985), chapter 12.

use crate::diagnostics::deleted::Deletions;
use crate::model::kernel::linear::Linear;
use crate::model::options::Weighting;
use crate::model::pool_error::PoolError;
use crate::model::regress::Regression;
use crate::model::solution::{Core, solve};

/// A residual with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Residual {
    /// Estimate minus fitted value.
    pub residual: f64,
    /// Standard error of the residual.
    pub se: f64,
    /// The residual in standard errors.
    pub z: f64,
}

impl Residual {
    pub(crate) fn new(residual: f64, se: f64) -> Self {
        Self { residual, se, z: if se > 0.0 { residual / se } else { 0.0 } }
    }
}

impl Regression {
    /// The fitted mean of each study.
    pub fn fitted(&self) -> Vec<f64> {
        (self.design.matrix() * self.beta()).as_slice().to_vec()
    }

    /// Estimate minus fitted mean of each study.
    pub fn residuals(&self) -> Vec<f64> {
        self.effects.iter().zip(self.fitted()).map(|(effect, fit)| effect.estimate - fit).collect()
    }

    /// Residuals over √(v + τ²), the standard deviation of an estimate.
    ///
    /// For independent studies these are also the Cholesky residuals.
    pub fn pearson_residuals(&self) -> Vec<f64> {
        self.residuals()
            .iter()
            .zip(&self.effects)
            .map(|(r, effect)| r / (effect.variance + self.tau2).sqrt())
            .collect()
    }

    /// Residuals over their own standard errors, which allow for the study's part in its fitted mean.
    ///
    /// A study that alone decides its fitted mean has residual, standard error and z of 0.
    pub fn standardized_residuals(&self) -> Result<Vec<Residual>, PoolError> {
        let (columns, basis) = self.parts()?;
        let mut kernel = Linear::new(&basis, &columns.estimates, &columns.variances);
        let (_, model_based) = solve(&mut kernel, self.tau2, &self.options.weighting);
        let leverages = kernel.leverages();
        Ok(self
            .residuals()
            .iter()
            .enumerate()
            .map(|(i, residual)| {
                let (h, rest) = leverages[i];
                let marginal = self.effects[i].variance + self.tau2;
                // var((I − H)y)ᵢᵢ; with inverse-variance weights the variance of the mean is h·(v + τ²).
                let variance = match self.options.weighting {
                    Weighting::InverseVariance => marginal * rest,
                    _ => marginal * (1.0 - 2.0 * h) + basis.variance_of_mean(&model_based, i),
                };
                Residual::new(*residual, variance.max(0.0).sqrt())
            })
            .collect())
    }

    /// Each study's estimate minus its prediction from all other studies, with the standard error of that difference
    /// (also called studentised residuals); `None` for a study without which some coefficient cannot be estimated.
    pub fn deleted_residuals(&self) -> Result<Vec<Option<Residual>>, PoolError> {
        let deletions = Deletions::of(self)?;
        deletions.each(|i, core| Ok(core.map(|core| deleted_residual(self, &deletions, i, core))))
    }

    /// The leverage of each study: how much of its fitted mean is its own estimate, from 0 to 1.
    pub fn hat_values(&self) -> Result<Vec<f64>, PoolError> {
        let (columns, basis) = self.parts()?;
        let mut kernel = Linear::new(&basis, &columns.estimates, &columns.variances);
        solve(&mut kernel, self.tau2, &self.options.weighting);
        Ok(kernel.leverages().iter().map(|leverage| leverage.0).collect())
    }
}

/// The residual of study `i` about `core`, the fit without it.
///
/// The Hartung-Knapp factor, where it is used, stands for the variance of an observation as well as of the mean.
pub(crate) fn deleted_residual(
    fit: &Regression,
    deletions: &Deletions,
    i: usize,
    core: &Core,
) -> Residual {
    let (mean, variance) = deletions.predicted(i, core);
    let effect = fit.effects[i];
    let marginal = core.solution.s2w * (effect.variance + core.tau2());
    Residual::new(effect.estimate - mean, (marginal + variance).sqrt())
}
