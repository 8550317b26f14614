//! What a fitted model says of a mean, and of the effect of a new study with the same moderators.

use crate::effect::Interval;
use crate::model::options::{Model, PredictionMethod};
use crate::model::pool_error::PoolError;
use crate::model::quantiles::Quantiles;
use crate::model::regress::Regression;
use crate::numeric::matrix::Matrix;

/// A predicted mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The mean.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Confidence interval of the mean.
    pub ci: Interval,
    /// Interval in which the effect of a new study is expected; `None` for the common-effect model and where the
    /// method's t distribution would have no degrees of freedom.
    pub prediction: Option<Interval>,
}

impl Regression {
    /// Means at the given values of the design's columns (one row for each; the intercept's 1 included), with intervals
    /// at `level`. Riley, Higgins & Deeks (2011), doi 10.1136/bmj.d549; Handbook 10.10.4.
    ///
    /// `fit.predict(fit.design().matrix(), …)` gives the fitted values.
    pub fn predict(
        &self,
        rows: &Matrix,
        method: PredictionMethod,
        level: f64,
    ) -> Result<Vec<Prediction>, PoolError> {
        PoolError::check_level(level)?;
        if rows.ncols() != self.p() {
            return Err(PoolError::CoefficientCount { found: rows.ncols(), expected: self.p() });
        }
        let means = rows * self.beta();
        let mut quantiles = Quantiles::at(level);
        let width = quantiles.multiplier(self.df);
        (0..rows.nrows())
            .map(|i| {
                let (estimate, se) = (means[i], self.variance_of_mean(rows, i).sqrt());
                if !estimate.is_finite() || !se.is_finite() {
                    return Err(PoolError::Overflow);
                }
                let prediction = match self.options.model {
                    Model::CommonEffect => None,
                    Model::RandomEffects(_) | Model::GivenTau2(_) => {
                        let counts = (self.k(), self.p());
                        method.of((estimate, se), self.tau2, counts, self.df, &mut quantiles)
                    }
                };
                let ci = Interval::around(estimate, width * se);
                Ok(Prediction { estimate, se, ci, prediction })
            })
            .collect()
    }

    /// Confidence intervals of the coefficients at another level than the fit's.
    pub fn coefficient_intervals(&self, level: f64) -> Result<Vec<Interval>, PoolError> {
        PoolError::check_level(level)?;
        let width = self.multiplier(level);
        Ok(self
            .coefficients
            .iter()
            .map(|it| Interval::around(it.estimate, width * it.se))
            .collect())
    }

    /// x′Vx for row `i` of `rows`.
    pub(crate) fn variance_of_mean(&self, rows: &Matrix, i: usize) -> f64 {
        let row = rows.row(i);
        (row * &self.vcov * row.transpose())[(0, 0)].max(0.0)
    }

    /// The studies' weights in percent of their total.
    pub fn weights(&self) -> Vec<f64> {
        use crate::model::options::Weighting;
        let weights: Vec<f64> = match &self.options.weighting {
            Weighting::InverseVariance => {
                self.effects.iter().map(|effect| 1.0 / (effect.variance + self.tau2)).collect()
            }
            Weighting::Unweighted => vec![1.0; self.k()],
            Weighting::Given(weights) => weights.clone(),
        };
        let total = crate::numeric::sum::sum(weights.iter().copied());
        weights.iter().map(|w| 100.0 * (w / total)).collect()
    }
}
