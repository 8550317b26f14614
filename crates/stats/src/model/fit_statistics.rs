//! How well a model fits: log-likelihood, deviance and information criteria.
//!
//! Counted as metafor counts: under full likelihood the observations are k, under restricted likelihood k − p. Hurvich &
//! Tsai (1989), doi 10.1093/biomet/76.2.297, for the correction for few studies.

use crate::model::kernel::Kernel;
use crate::model::kernel::basis::Basis;
use crate::model::kernel::linear::Linear;
use crate::model::likelihood::Likelihood;
use crate::model::options::Model;
use crate::model::pool_error::PoolError;
use crate::model::regress::Regression;
use crate::model::tau2::Tau2;

/// One likelihood's statistics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikelihoodFit {
    /// Log-likelihood.
    pub ll: f64,
    /// Deviance: −2·ll, less that of the saturated model under full likelihood.
    pub deviance: f64,
    /// Akaike's criterion.
    pub aic: f64,
    /// Schwarz's (Bayesian) criterion.
    pub bic: f64,
    /// Akaike's criterion with the correction for few studies.
    pub aicc: f64,
}

/// The statistics under both likelihoods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitStatistics {
    /// Under the full likelihood.
    pub ml: LikelihoodFit,
    /// Under the restricted likelihood.
    ///
    /// With the constant + ½ ln|X′X| that frees it of the moderators' units. `None` when there are as many coefficients as
    /// observations. Models with different coefficients cannot be compared by it.
    pub reml: Option<LikelihoodFit>,
}

impl LikelihoodFit {
    /// From the log-likelihood, the deviance, the number of parameters and of observations.
    pub(crate) fn new(ll: f64, deviance: f64, parameters: f64, observations: f64) -> Self {
        let n = observations.max(parameters + 2.0);
        Self {
            ll,
            deviance,
            aic: -2.0 * ll + 2.0 * parameters,
            bic: -2.0 * ll + parameters * libm::log(observations),
            aicc: -2.0 * ll + 2.0 * parameters * n / (n - parameters - 1.0),
        }
    }
}

impl FitStatistics {
    /// At τ², for `residuals` about the fitted means; the coefficients and, if estimated, τ² are the parameters.
    pub(crate) fn of(
        kernel: &mut Linear,
        basis: &Basis,
        (tau2, model): (Option<Tau2>, Model),
        residuals: &[f64],
    ) -> Self {
        let (k, p) = (kernel.k() as f64, kernel.p() as f64);
        let parameters = p + if matches!(model, Model::RandomEffects(_)) { 1.0 } else { 0.0 };
        let tau2 = tau2.map_or(0.0, |tau2| tau2.estimate);
        let quadratic: f64 =
            residuals.iter().zip(kernel.variances()).map(|(r, v)| r * (r / (v + tau2))).sum();
        let logs = kernel.log_variances(tau2);
        let ll = -0.5 * (k * LN_2_PI + logs + quadratic);
        let saturated = -0.5 * (k * LN_2_PI + kernel.log_variances(0.0));
        let reml = (k > p).then(|| {
            let information = kernel.log_information(tau2) + basis.log_scale();
            let design = basis.log_determinant_of_design();
            let ll = -0.5 * ((k - p) * LN_2_PI + logs + information - design + quadratic);
            LikelihoodFit::new(ll, -2.0 * ll, parameters, k - p)
        });
        Self { ml: LikelihoodFit::new(ll, 2.0 * (saturated - ll), parameters, k), reml }
    }
}

impl Regression {
    /// The profile log-likelihood at each of some values of τ², 0 or more: the highest that the coefficients reach there.
    ///
    /// It is the restricted likelihood, or the full one for a fit by maximum likelihood or with a common effect, with the
    /// constants of [`FitStatistics`].
    ///
    /// # Errors
    /// A value is no variance.
    pub fn profile_log_likelihood(&self, tau2: &[f64]) -> Result<Vec<f64>, PoolError> {
        let (columns, basis) = self.parts()?;
        let mut kernel = Linear::new(&basis, &columns.estimates, &columns.variances);
        let likelihood = self.likelihood();
        let (k, p) = (kernel.k() as f64, kernel.p() as f64);
        let constant = match likelihood {
            Likelihood::Full => k * LN_2_PI,
            Likelihood::Restricted => {
                (k - p) * LN_2_PI + basis.log_scale() - basis.log_determinant_of_design()
            }
        };
        let mut at = |tau2: f64| {
            Model::GivenTau2(tau2).check()?;
            Ok(likelihood.log(&mut kernel, tau2) - 0.5 * constant)
        };
        tau2.iter().map(|it| at(*it)).collect()
    }
}

const LN_2_PI: f64 = 1.837_877_066_409_345_5;
