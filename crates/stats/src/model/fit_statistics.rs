//! How well a model fits: log-likelihood, deviance and information criteria.
//!
//! Counted as metafor counts: under full likelihood the observations are k, under restricted likelihood k − p. Hurvich &
//! Tsai (1989), doi 10.1093/biomet/76.2.297, for the correction for few studies.

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
    pub reml: LikelihoodFit,
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
