//! Pooling with weights other than inverse variances.

use crate::effect::Effect;
use crate::model::design::Design;
use crate::model::options::{Model, PoolOptions, RegressionOptions, Weighting};
use crate::model::pool::{Pooled, pool};
use crate::model::pool_error::PoolError;
use crate::model::quantiles::Quantiles;
use crate::model::regress::{Regression, regress};
use crate::numeric::sum::sum;

/// Pools effects with any weights: the mean is weighted as asked, and its variance is that of such a mean.
///
/// For [`Weighting::InverseVariance`] this is [`pool`]; otherwise metafor's `rma.uni` with `weighted=FALSE` or `weights`.
/// Weights of one study are of no consequence.
///
/// # Errors
/// As [`pool`]; also weights that are not finite and above 0, or not one a study.
pub fn pool_weighted(
    effects: &[Effect],
    weighting: &Weighting,
    options: &PoolOptions,
) -> Result<Pooled, PoolError> {
    if *weighting == Weighting::InverseVariance || effects.len() == 1 {
        return pool(effects, options);
    }
    let PoolOptions { model, ci, level, prediction } = *options;
    let fit = regress(
        effects,
        &Design::intercept(effects.len()),
        &RegressionOptions { model, ci, weighting: weighting.clone(), level },
    )?;
    let mut pooled = fit.mean(weighting)?;
    if model != Model::CommonEffect && effects.len() > 2 {
        let k = (effects.len(), 1);
        let mean = (pooled.estimate, pooled.se);
        pooled.prediction = prediction
            .and_then(|it| it.of(mean, pooled.tau2, k, pooled.df, &mut Quantiles::at(level)));
    }
    Ok(pooled)
}

impl Regression {
    /// A regression on nothing as a pool, without a prediction interval.
    fn mean(&self, weighting: &Weighting) -> Result<Pooled, PoolError> {
        let mean = self.coefficients.first().ok_or(PoolError::NoStudies)?;
        let weights = match weighting {
            Weighting::InverseVariance => {
                self.effects.iter().map(|it| 1.0 / (it.variance + self.tau2)).collect()
            }
            Weighting::Unweighted => vec![1.0; self.k()],
            Weighting::Given(weights) => weights.clone(),
        };
        let total = sum(weights.iter().copied());
        Pooled {
            k: self.k(),
            estimate: mean.estimate,
            se: mean.se,
            statistic: mean.statistic,
            df: self.df,
            p_value: mean.p_value,
            ci: mean.ci,
            tau2: self.tau2,
            se_tau2: self.se_tau2,
            i2: self.i2,
            h2: self.h2,
            q: self.q_e,
            q_df: self.q_e_df,
            q_p_value: self.q_e_p_value,
            prediction: None,
            weights: weights.iter().map(|w| 100.0 * (w / total)).collect(),
        }
        .finite()
    }
}
