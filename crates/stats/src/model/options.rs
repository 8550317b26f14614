//! The choices of a synthesis: model, interval, prediction interval, level.

use crate::distribution::{two_sided_t, two_sided_z};
use crate::effect::Interval;
use crate::model::tau2::Tau2Method;

/// The model of how studies' true effects relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// All studies estimate one effect (also called the fixed-effect model).
    CommonEffect,
    /// Studies' effects are normally distributed with variance τ², estimated by the method named.
    RandomEffects(Tau2Method),
}

impl Model {
    /// Every model: common effect, and random effects with each estimator.
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
    ];

    /// `"common effect"` or `"random effects"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommonEffect => "common effect",
            Self::RandomEffects(_) => "random effects",
        }
    }
}

/// How the confidence interval and the test of the pooled estimate are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CiMethod {
    /// Estimate ± z·SE.
    Wald,
    /// Hartung & Knapp (2001), Sidik & Jonkman (2002): variance from the weighted residuals, t with k − 1 df.
    HartungKnapp,
    /// Hartung-Knapp whose variance is never below Wald's (Röver et al. 2015, doi 10.1186/s12874-015-0091-1).
    HartungKnappAdHoc,
}

impl CiMethod {
    /// Every method, in the order of the declaration.
    pub const ALL: &[Self] = &[Self::Wald, Self::HartungKnapp, Self::HartungKnappAdHoc];

    /// `"Wald"`, `"Hartung-Knapp"` or `"Hartung-Knapp ad hoc"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wald => "Wald",
            Self::HartungKnapp => "Hartung-Knapp",
            Self::HartungKnappAdHoc => "Hartung-Knapp ad hoc",
        }
    }

    /// The method in words, as it would stand in a methods section.
    pub const fn long_name(self) -> &'static str {
        match self {
            Self::Wald => "Wald-type normal approximation",
            Self::HartungKnapp => "Hartung-Knapp-Sidik-Jonkman",
            Self::HartungKnappAdHoc => {
                "Hartung-Knapp-Sidik-Jonkman with ad hoc variance correction"
            }
        }
    }
}

/// How the prediction interval's multiplier is chosen: estimate ± multiplier·√(τ² + SE²).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PredictionMethod {
    /// t with k − 2 df: Higgins, Thompson & Spiegelhalter (2009), doi 10.1111/j.1467-985X.2008.00552.x; Handbook 10.10.4.
    HigginsThompsonSpiegelhalter,
    /// t with k − 1 df: Partlett & Riley (2017), doi 10.1002/sim.7140.
    PartlettRiley,
    /// The normal quantile.
    Normal,
}

impl PredictionMethod {
    /// Every method, in the order of the declaration.
    pub const ALL: &[Self] =
        &[Self::HigginsThompsonSpiegelhalter, Self::PartlettRiley, Self::Normal];

    /// `"Higgins-Thompson-Spiegelhalter"`, `"Partlett-Riley"` or `"normal"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HigginsThompsonSpiegelhalter => "Higgins-Thompson-Spiegelhalter",
            Self::PartlettRiley => "Partlett-Riley",
            Self::Normal => "normal",
        }
    }

    /// The method in words.
    pub const fn long_name(self) -> &'static str {
        match self {
            Self::HigginsThompsonSpiegelhalter => "t distribution with k - 2 degrees of freedom",
            Self::PartlettRiley => "t distribution with k - 1 degrees of freedom",
            Self::Normal => "normal distribution",
        }
    }

    /// The interval in which the effect of a new study is expected; `None` for fewer than three studies.
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
        let multiplier = match self {
            Self::HigginsThompsonSpiegelhalter => two_sided_t(level, (k - 2) as f64),
            Self::PartlettRiley => two_sided_t(level, (k - 1) as f64),
            Self::Normal => two_sided_z(level),
        };
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
