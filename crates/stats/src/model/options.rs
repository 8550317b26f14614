//! The choices of a synthesis: model, interval, prediction interval, level.

use crate::effect::Interval;
use crate::model::pool_error::PoolError;
use crate::model::quantiles::Quantiles;
use crate::model::tau2::Tau2Method;

/// The model of how studies' true effects relate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Model {
    /// All studies estimate one effect (also called the fixed-effect model).
    CommonEffect,
    /// Studies' effects are normally distributed with variance τ², estimated by the method named.
    RandomEffects(Tau2Method),
    /// Random effects whose variance τ² is known: a finite number, 0 or more.
    GivenTau2(f64),
}

impl Model {
    /// Every model without a number of its own: common effect, and random effects with each estimator.
    pub const ALL: &[Self] = &[
        Self::CommonEffect,
        Self::RandomEffects(Tau2Method::DerSimonianLaird),
        Self::RandomEffects(Tau2Method::Reml),
        Self::RandomEffects(Tau2Method::PauleMandel),
        Self::RandomEffects(Tau2Method::MaximumLikelihood),
        Self::RandomEffects(Tau2Method::HunterSchmidt),
        Self::RandomEffects(Tau2Method::Hedges),
        Self::RandomEffects(Tau2Method::SidikJonkman),
        Self::RandomEffects(Tau2Method::EmpiricalBayes),
        Self::RandomEffects(Tau2Method::MedianUnbiasedPauleMandel),
        Self::RandomEffects(Tau2Method::HunterSchmidtCorrected),
        Self::RandomEffects(Tau2Method::IteratedDerSimonianLaird),
        Self::RandomEffects(Tau2Method::IteratedSidikJonkman),
    ];

    /// Refuses a given τ² that is no variance.
    pub(crate) fn check(self) -> Result<(), PoolError> {
        match self {
            Self::GivenTau2(found) if !(found.is_finite() && found >= 0.0) => {
                Err(PoolError::GivenTau2 { found })
            }
            _ => Ok(()),
        }
    }

    /// `"common effect"` or `"random effects"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommonEffect => "common effect",
            Self::RandomEffects(_) | Self::GivenTau2(_) => "random effects",
        }
    }
}

/// How the confidence interval and the test of the pooled estimate are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CiMethod {
    /// Estimate ± z·SE.
    Wald,
    /// Wald's standard error with the t quantile of k − p df (k − 1 for a plain mean).
    T,
    /// Hartung & Knapp (2001), Sidik & Jonkman (2002): variance from the weighted residuals, t with k − 1 df.
    HartungKnapp,
    /// Hartung-Knapp whose variance is never below Wald's (Röver et al. 2015, doi 10.1186/s12874-015-0091-1).
    HartungKnappAdHoc,
}

impl CiMethod {
    /// Every method, in the order of the declaration.
    pub const ALL: &[Self] = &[Self::Wald, Self::T, Self::HartungKnapp, Self::HartungKnappAdHoc];

    /// `"Wald"`, `"t"`, `"Hartung-Knapp"` or `"Hartung-Knapp ad hoc"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wald => "Wald",
            Self::T => "t",
            Self::HartungKnapp => "Hartung-Knapp",
            Self::HartungKnappAdHoc => "Hartung-Knapp ad hoc",
        }
    }

    /// The method in words, as it would stand in a methods section.
    pub const fn long_name(self) -> &'static str {
        match self {
            Self::Wald => "Wald-type normal approximation",
            Self::T => "Wald-type with the t distribution",
            Self::HartungKnapp => "Hartung-Knapp-Sidik-Jonkman",
            Self::HartungKnappAdHoc => {
                "Hartung-Knapp-Sidik-Jonkman with ad hoc variance correction"
            }
        }
    }
}

/// How the prediction interval is made: estimate ± multiplier·√(τ² + SE²), for a model of p coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PredictionMethod {
    /// t with k − p − 1 df (k − 2 for a plain mean): Higgins, Thompson & Spiegelhalter (2009),
    /// doi 10.1111/j.1467-985X.2008.00552.x; Handbook 10.10.4.
    HigginsThompsonSpiegelhalter,
    /// t with k − p df (k − 1 for a plain mean): Partlett & Riley (2017), doi 10.1002/sim.7140.
    PartlettRiley,
    /// The normal quantile.
    Normal,
    /// The multiplier of the confidence interval, normal or t: what metafor does unless told otherwise.
    AsTest,
    /// The normal quantile, with the estimate taken as known: ± z·τ (metafor's `"simple"`).
    KnownMean,
}

impl PredictionMethod {
    /// Every method, in the order of the declaration.
    pub const ALL: &[Self] = &[
        Self::HigginsThompsonSpiegelhalter,
        Self::PartlettRiley,
        Self::Normal,
        Self::AsTest,
        Self::KnownMean,
    ];

    /// `"Higgins-Thompson-Spiegelhalter"`, `"Partlett-Riley"`, `"normal"`, `"as test"` or `"known mean"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HigginsThompsonSpiegelhalter => "Higgins-Thompson-Spiegelhalter",
            Self::PartlettRiley => "Partlett-Riley",
            Self::Normal => "normal",
            Self::AsTest => "as test",
            Self::KnownMean => "known mean",
        }
    }

    /// The method in words.
    pub const fn long_name(self) -> &'static str {
        match self {
            Self::HigginsThompsonSpiegelhalter => "t distribution with k - 2 degrees of freedom",
            Self::PartlettRiley => "t distribution with k - 1 degrees of freedom",
            Self::Normal => "normal distribution",
            Self::AsTest => "the distribution of the confidence interval",
            Self::KnownMean => "normal distribution around the estimate, taken as known",
        }
    }

    /// The interval in which the effect of a new study is expected, around a mean that was tested against the normal
    /// distribution; `None` for fewer than three studies.
    pub fn interval(
        self,
        estimate: f64,
        se: f64,
        tau2: f64,
        k: usize,
        level: f64,
    ) -> Option<Interval> {
        if k < 3 {
            return None;
        }
        self.of((estimate, se), tau2, (k, 1), None, &mut Quantiles::at(level))
    }

    /// The interval around an estimate with its standard error, from `k` studies and `p` coefficients tested with `df`;
    /// `None` where the t distribution would have no degrees of freedom.
    pub(crate) fn of(
        self,
        (estimate, se): (f64, f64),
        tau2: f64,
        (k, p): (usize, usize),
        df: Option<f64>,
        quantiles: &mut Quantiles,
    ) -> Option<Interval> {
        let mut t = |lost: usize| (k > lost).then(|| quantiles.t((k - lost) as f64));
        let multiplier = match self {
            Self::HigginsThompsonSpiegelhalter => t(p + 1)?,
            Self::PartlettRiley => t(p)?,
            Self::Normal | Self::KnownMean => quantiles.normal(),
            Self::AsTest => quantiles.multiplier(df),
        };
        let se = if self == Self::KnownMean { 0.0 } else { se };
        Some(Interval::around(estimate, multiplier * (tau2 + se * se).sqrt()))
    }
}

/// The choices a pooling needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolOptions {
    /// Common effect, or random effects with an estimator of τ².
    pub model: Model,
    /// Confidence interval and test of the pooled estimate.
    pub ci: CiMethod,
    /// Confidence level of all intervals, in (0, 1).
    pub level: f64,
    /// Prediction interval, if wanted.
    pub prediction: Option<PredictionMethod>,
}

impl Default for PoolOptions {
    /// Random effects by REML, Wald interval, level 0.95, prediction interval as in the Handbook.
    fn default() -> Self {
        Self {
            model: Model::RandomEffects(Tau2Method::Reml),
            ci: CiMethod::Wald,
            level: 0.95,
            prediction: Some(PredictionMethod::HigginsThompsonSpiegelhalter),
        }
    }
}

impl PoolOptions {
    /// Refuses a level or a given τ² that is none.
    pub(crate) fn check(&self) -> Result<(), PoolError> {
        PoolError::check_level(self.level)?;
        self.model.check()
    }
}

/// The weights of the studies in the fitted mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Weighting {
    /// 1/(v + τ²).
    InverseVariance,
    /// All the same.
    Unweighted,
    /// One finite number above 0 for each study.
    Given(Vec<f64>),
}

impl Weighting {
    /// The weights as they are without regard to τ²: 1/v if they are inverse variances.
    pub(crate) fn fixed(&self, variances: &[f64]) -> Vec<f64> {
        match self {
            Self::InverseVariance => variances.iter().map(|v| 1.0 / v).collect(),
            Self::Unweighted => vec![1.0; variances.len()],
            Self::Given(weights) => weights.clone(),
        }
    }
}

/// The choices a meta-regression needs.
#[derive(Debug, Clone, PartialEq)]
pub struct RegressionOptions {
    /// Common effect, random effects with an estimator of τ², or a given τ².
    pub model: Model,
    /// Confidence intervals and tests of the coefficients.
    pub ci: CiMethod,
    /// Weights of the studies.
    pub weighting: Weighting,
    /// Confidence level of all intervals, in (0, 1).
    pub level: f64,
}

impl Default for RegressionOptions {
    /// Random effects by REML, Wald intervals, inverse-variance weights, level 0.95.
    fn default() -> Self {
        Self {
            model: Model::RandomEffects(Tau2Method::Reml),
            ci: CiMethod::Wald,
            weighting: Weighting::InverseVariance,
            level: 0.95,
        }
    }
}
