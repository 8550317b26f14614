//! Likelihood-ratio tests of multilevel models.

use crate::distribution::chi2_sf;
use crate::multivariate::error::MultivariateError;
use crate::multivariate::fit::MultilevelFit;
use crate::multivariate::likelihood::LikelihoodKind;

/// A likelihood-ratio test of a reduced against a full model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MultilevelLikelihoodRatioTest {
    /// Twice the difference in log-likelihood.
    pub statistic: f64,
    /// Difference in the number of parameters.
    pub df: f64,
    /// p value.
    pub p_value: f64,
    /// Number of parameters of the full model, coefficients included.
    pub parameters_full: usize,
    /// The same of the reduced model.
    pub parameters_reduced: usize,
}

impl MultilevelFit {
    /// Tests this model against `reduced`, which is a special case of it fitted to the same data by the same likelihood.
    ///
    /// Models that differ in their coefficients can only be compared by the full likelihood. On the edge (a variance of 0) the
    /// p value is too large (Stram & Lee 1994, doi 10.2307/2533455).
    pub fn likelihood_ratio_test(
        &self,
        reduced: &Self,
    ) -> Result<MultilevelLikelihoodRatioTest, MultivariateError> {
        let refuse = |reason| Err(MultivariateError::NotComparable { reason });
        if self.model.estimates != reduced.model.estimates {
            return refuse("they are fitted to different effects");
        }
        if self.options.likelihood != reduced.options.likelihood {
            return refuse("one is fitted by ML and the other by REML");
        }
        if self.options.likelihood == LikelihoodKind::Restricted
            && self.model.design != reduced.model.design
        {
            return refuse("their coefficients differ, which REML cannot compare; fit both by ML");
        }
        if self.parameters <= reduced.parameters {
            return refuse("the full model has no more parameters than the reduced one");
        }
        let statistic = (2.0 * (self.state.log_likelihood - reduced.state.log_likelihood)).max(0.0);
        let df = (self.parameters - reduced.parameters) as f64;
        Ok(MultilevelLikelihoodRatioTest {
            statistic,
            df,
            p_value: chi2_sf(statistic, df),
            parameters_full: self.parameters,
            parameters_reduced: reduced.parameters,
        })
    }
}
