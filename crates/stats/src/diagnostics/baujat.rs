//! Which studies contribute to the heterogeneity, and which of them matter: Baujat et al. (2002), doi 10.1002/sim.1221.

use crate::diagnostics::deleted::Deletions;
use crate::model::pool_error::PoolError;
use crate::model::regress::Regression;

/// A study's place in the plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaujatPoint {
    /// Its squared Pearson residual: its contribution to Q.
    pub heterogeneity: f64,
    /// The squared change of its fitted mean when it is left out, over the variance of the mean without it.
    pub influence: f64,
}

impl Regression {
    /// Each study's place in Baujat's plot; `None` for a study without which some coefficient cannot be estimated.
    pub fn baujat(&self) -> Result<Vec<Option<BaujatPoint>>, PoolError> {
        let pearson = self.pearson_residuals();
        let fitted = self.fitted();
        let deletions = Deletions::of(self)?;
        deletions.each(|i, core| {
            Ok(core.map(|core| {
                let (mean, variance) = deletions.predicted(i, core);
                let change = fitted[i] - mean;
                BaujatPoint {
                    heterogeneity: pearson[i] * pearson[i],
                    influence: change * (change / variance),
                }
            }))
        })
    }
}
