//! Likelihoods compared: of two models, and of one model at other values of τ².

use crate::distribution::chi2_sf;
use crate::model::kernel::linear::Linear;
use crate::model::likelihood::Likelihood;
use crate::model::options::Model;
use crate::model::pool_error::PoolError;
use crate::model::regress::Regression;
use crate::model::tau2::Tau2Method;

/// A likelihood-ratio test of nested models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikelihoodRatioTest {
    /// Twice the difference of the log-likelihoods; not below 0.
    pub statistic: f64,
    /// Number of parameters that the smaller model lacks.
    pub df: f64,
    /// p value from the χ² distribution.
    pub p_value: f64,
    /// Number of parameters (coefficients, and τ² if estimated) of the larger model.
    pub parameters_full: usize,
    /// The same of the smaller model.
    pub parameters_reduced: usize,
    /// Share in percent of the smaller model's τ² that the larger one accounts for; 0 if that has none.
    pub r2: f64,
}

impl Regression {
    /// Tests this model against a smaller one of the same studies, by the restricted likelihood if both were fitted by it
    /// and have the same design, otherwise by the full one (for which maximum-likelihood fits are meant).
    ///
    /// ```
    /// # use consilience_stats::*;
    /// # let effects = [(0.1, 0.01), (0.3, 0.02), (0.35, 0.005), (0.61, 0.015)]
    /// #     .map(|(estimate, variance)| Effect { estimate, variance });
    /// let options = RegressionOptions {
    ///     model: Model::RandomEffects(Tau2Method::MaximumLikelihood),
    ///     ..RegressionOptions::default()
    /// };
    /// let dose = Design::builder(4).numeric("dose", &[1.0, 2.0, 3.0, 5.0]).build()?;
    /// let full = regress(&effects, &dose, &options)?;
    /// let reduced = regress(&effects, &Design::intercept(4), &options)?;
    /// assert!(full.likelihood_ratio_test(&reduced)?.p_value < 0.05);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn likelihood_ratio_test(&self, reduced: &Self) -> Result<LikelihoodRatioTest, PoolError> {
        if self.effects != reduced.effects {
            return Err(PoolError::OtherStudies);
        }
        let (full, small) = (self.parameters(), reduced.parameters());
        if full <= small {
            return Err(PoolError::NotNested { full, reduced: small });
        }
        let (full_ll, reduced_ll) = match (self.fit.reml, reduced.fit.reml) {
            (Some(ours), Some(theirs))
                if self.design == reduced.design
                    && self.is_restricted()
                    && reduced.is_restricted() =>
            {
                (ours.ll, theirs.ll)
            }
            _ => (self.fit.ml.ll, reduced.fit.ml.ll),
        };
        let statistic = (2.0 * (full_ll - reduced_ll)).max(0.0);
        let df = (full - small) as f64;
        let accounted = if reduced.tau2 > 0.0 {
            (100.0 * (reduced.tau2 - self.tau2) / reduced.tau2).max(0.0)
        } else {
            0.0
        };
        Ok(LikelihoodRatioTest {
            statistic,
            df,
            p_value: chi2_sf(statistic, df),
            parameters_full: full,
            parameters_reduced: small,
            r2: accounted,
        })
    }

    /// The log-likelihood at each of these values of τ², the coefficients refitted: restricted, or full if the model was
    /// fitted by maximum likelihood.
    pub fn log_likelihood_profile(&self, tau2: &[f64]) -> Result<Vec<f64>, PoolError> {
        let (columns, basis) = self.parts()?;
        let mut kernel = Linear::new(&basis, &columns.estimates, &columns.variances);
        let likelihood = self.likelihood();
        // The part that does not depend on τ².
        let constant = match (likelihood, self.fit.reml) {
            (Likelihood::Restricted, Some(fit)) => fit.ll - likelihood.log(&mut kernel, self.tau2),
            (Likelihood::Full, _) => self.fit.ml.ll - likelihood.log(&mut kernel, self.tau2),
            (Likelihood::Restricted, None) => {
                return Err(PoolError::NoDegreesOfFreedom { k: self.k(), p: self.p() });
            }
        };
        tau2.iter()
            .map(|&tau2| {
                Model::GivenTau2(tau2).check()?;
                let ll = constant + likelihood.log(&mut kernel, tau2);
                if ll.is_finite() { Ok(ll) } else { Err(PoolError::Overflow) }
            })
            .collect()
    }

    /// Number of coefficients, and one more if τ² was estimated.
    fn parameters(&self) -> usize {
        self.p() + usize::from(matches!(self.options.model, Model::RandomEffects(_)))
    }

    fn is_restricted(&self) -> bool {
        self.likelihood() == Likelihood::Restricted
    }

    /// The likelihood that belongs to the fit.
    pub(crate) fn likelihood(&self) -> Likelihood {
        match self.options.model {
            Model::RandomEffects(Tau2Method::MaximumLikelihood) | Model::CommonEffect => {
                Likelihood::Full
            }
            Model::RandomEffects(_) | Model::GivenTau2(_) => Likelihood::Restricted,
        }
    }
}
