//! Pooling effects by the inverse-variance method, under a common-effect or a random-effects model.
//!
//! Handbook 10.3 and 10.4; the numbers are metafor's `rma.uni` for the same choices.

use crate::distribution::{chi2_sf, normal_two_sided_p, t_two_sided_p, two_sided_t, two_sided_z};
use crate::effect::{Effect, EffectError, Interval};
use crate::tau2::{self, Tau2Method};
use crate::weighted::{Studies, WeightedMean};

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

/// The answer of one synthesis, on the analysis scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooled {
    /// Number of studies.
    pub k: usize,
    /// Pooled estimate.
    pub estimate: f64,
    /// Its standard error, as the interval method defines it.
    pub se: f64,
    /// Test statistic of "no effect", estimate/se.
    pub statistic: f64,
    /// Degrees of freedom of the statistic if it is t; `None` if it is normal.
    pub df: Option<f64>,
    /// Two-sided p value.
    pub p_value: f64,
    /// Confidence interval at the level asked for.
    pub ci: Interval,
    /// Between-study variance; 0 for the common-effect model and for a single study.
    pub tau2: f64,
    /// Standard error of τ²; `None` when τ² was not estimated.
    pub se_tau2: Option<f64>,
    /// I² in percent: from τ² and the typical variance (random effects) or from Q (common effect).
    pub i2: f64,
    /// H²: total over sampling variability; 1 for a single study.
    pub h2: f64,
    /// Cochran's Q about the common-effect mean.
    pub q: f64,
    /// Its degrees of freedom, k − 1.
    pub q_df: f64,
    /// Its p value; 1 for a single study.
    pub q_p_value: f64,
    /// Prediction interval; `None` for fewer than three studies, for the common-effect model, or if not asked for.
    pub prediction: Option<Interval>,
    /// Weights in percent, in study order.
    pub weights: Vec<f64>,
}

/// Why effects cannot be pooled.
///
/// Studies are counted from 0 in the fields and from 1 in the messages.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PoolError {
    /// No study was given.
    #[error("no studies to pool; expected at least one")]
    NoStudies,
    /// Fewer studies than the computation needs.
    #[error("{found} given; {what} needs at least {needed}")]
    TooFew {
        /// What was asked for.
        what: &'static str,
        /// How many were given.
        found: usize,
        /// How many it needs.
        needed: usize,
    },
    /// An estimate is NaN or infinite.
    #[error("the estimate of study {} is {found}; expected a finite number", study + 1)]
    NotFinite {
        /// Position of the study, from 0.
        study: usize,
        /// The estimate.
        found: f64,
    },
    /// A sampling variance is not a finite number above 0.
    #[error(
        "the sampling variance of study {} is {found}; expected a finite number above 0",
        study + 1
    )]
    VarianceNotPositive {
        /// Position of the study, from 0.
        study: usize,
        /// The variance.
        found: f64,
    },
    /// A study's table is impossible.
    #[error("study {}: {reason}", study + 1)]
    Study {
        /// Position of the study, from 0.
        study: usize,
        /// What is wrong with it.
        reason: EffectError,
    },
    /// No study's effect can be estimated.
    #[error("none of the {found} studies is estimable; expected at least one with events")]
    NothingEstimable {
        /// How many studies were given.
        found: usize,
    },
    /// The confidence level is not between 0 and 1.
    #[error("the confidence level is {found}; expected a number between 0 and 1, such as 0.95")]
    LevelOutOfRange {
        /// The level.
        found: f64,
    },
    /// The Hartung-Knapp method estimates a variance from the studies' differences; one study has none.
    #[error(
        "the Hartung-Knapp method needs at least two studies, because it estimates the variance from the differences between studies; there is one"
    )]
    HartungKnappOneStudy,
    /// All estimates are identical, so the Hartung-Knapp variance is 0.
    #[error(
        "all studies have the same estimate, so the Hartung-Knapp standard error would be 0; use the Wald interval"
    )]
    HartungKnappNoVariation,
    /// All standard errors are the same, so nothing can be regressed on them.
    #[error("all studies have the same standard error, so an effect of study size cannot be seen")]
    SameStandardErrors,
    /// The studies lie exactly on the regression line, so its standard error is 0.
    #[error("the studies lie exactly on a line, so the regression test has no residual variation")]
    PerfectFit,
    /// A p value is not strictly between 0 and 1.
    #[error("p value {} is {found}; expected a number between 0 and 1", position + 1)]
    PValueOutOfRange {
        /// Position of the p value, from 0.
        position: usize,
        /// The p value.
        found: f64,
    },
    /// A weight is not a finite number above 0.
    #[error("weight {} is {found}; expected a finite number above 0", position + 1)]
    WeightNotPositive {
        /// Position of the weight, from 0.
        position: usize,
        /// The weight.
        found: f64,
    },
    /// Two lists that belong together differ in length.
    #[error("{left} p values and {right} weights; expected as many weights as p values")]
    UnequalLengths {
        /// Length of the first list.
        left: usize,
        /// Length of the second list.
        right: usize,
    },
    /// An iterative estimator did not reach its answer; the half-way value is never used.
    #[error("{method} did not converge; the last value tried for tau2 was {last}")]
    NotConverged {
        /// The estimator, in words.
        method: &'static str,
        /// The last value of τ².
        last: f64,
    },
    /// The numbers are so extreme that double precision cannot hold the answer.
    #[error(
        "the estimates or variances are too large or too small to compute with; expected a change of unit"
    )]
    Overflow,
}

/// Pools effects by inverse variance.
///
/// One study is its own answer: τ², I² and Q are 0, and the interval is Wald's; Hartung-Knapp is then refused. For
/// random effects I² and H² come from τ² and the typical sampling variance (Higgins & Thompson 2002,
/// doi 10.1002/sim.1186), for the common effect from Q; Q itself is always taken about the common-effect mean.
///
/// ```
/// use consilience_stats::{Effect, PoolOptions, pool};
/// let effects = [
///     Effect { estimate: 0.10, variance: 0.010 },
///     Effect { estimate: 0.30, variance: 0.020 },
///     Effect { estimate: 0.35, variance: 0.005 },
/// ];
/// let pooled = pool(&effects, &PoolOptions::default()).unwrap();
/// assert!((pooled.weights.iter().sum::<f64>() - 100.0).abs() < 1e-9);
/// ```
pub fn pool(effects: &[Effect], options: &PoolOptions) -> Result<Pooled, PoolError> {
    check_level(options.level)?;
    let studies = Studies::new(effects)?;
    if studies.k() == 1 {
        return single_study(&studies, options);
    }
    let tau2 = match options.model {
        Model::CommonEffect => None,
        Model::RandomEffects(method) => Some(tau2::estimate(&studies, method)?),
    };
    let at = studies.at(tau2.as_ref().map_or(0.0, |tau2| tau2.estimate));
    let q = studies.generalised_q(0.0);
    let (i2, h2) = match &tau2 {
        None => from_q(q, studies.df()),
        Some(tau2) => from_tau2(tau2.estimate, &studies),
    };
    let inference = Inference::of(&at, studies.df(), options)?;
    let prediction = match (&tau2, options.prediction) {
        (Some(tau2), Some(method)) => {
            method.interval(at.mean, inference.se, tau2.estimate, studies.k(), options.level)
        }
        _ => None,
    };
    Pooled {
        k: studies.k(),
        estimate: at.mean,
        se: inference.se,
        statistic: at.mean / inference.se,
        df: inference.df,
        p_value: inference.p_value(at.mean),
        ci: Interval::around(at.mean, inference.multiplier(options.level) * inference.se),
        tau2: tau2.as_ref().map_or(0.0, |tau2| tau2.estimate),
        se_tau2: tau2.map(|tau2| tau2.se),
        i2,
        h2,
        q,
        q_df: studies.df(),
        q_p_value: chi2_sf(q, studies.df()),
        prediction,
        weights: at.percent(),
    }
    .finite()
}

/// Q-profile confidence interval of τ² (Viechtbauer 2007, doi 10.1002/sim.2514).
///
/// The limits are the τ² at which the generalised Q equals the χ² quantiles of k − 1 df; a limit that would be
/// negative is 0 (both are, when the estimates agree better than chance allows). Needs two studies.
pub fn tau2_interval_q_profile(effects: &[Effect], level: f64) -> Result<Interval, PoolError> {
    check_level(level)?;
    let studies = Studies::new(effects)?;
    if studies.k() < 2 {
        return Err(PoolError::TooFew {
            what: "a confidence interval for tau2",
            found: studies.k(),
            needed: 2,
        });
    }
    let limit = |target: f64| {
        tau2::solve_generalised_q(&studies, target)
            .map_err(|last| PoolError::NotConverged { method: "the Q-profile method", last })
    };
    let tail = (1.0 - level) / 2.0;
    Ok(Interval {
        lower: limit(crate::distribution::chi2_upper_quantile(tail, studies.df()))?,
        upper: limit(crate::distribution::chi2_quantile(tail, studies.df()))?,
    })
}

/// The standard error and reference distribution of a pooled estimate.
struct Inference {
    se: f64,
    df: Option<f64>,
}

impl Inference {
    fn of(at: &WeightedMean, df: f64, options: &PoolOptions) -> Result<Self, PoolError> {
        let wald = (1.0 / at.total).sqrt();
        let factor = match options.ci {
            CiMethod::Wald => return Ok(Self { se: wald, df: None }),
            CiMethod::HartungKnapp => at.q() / df,
            CiMethod::HartungKnappAdHoc => (at.q() / df).max(1.0),
        };
        if factor > 0.0 {
            Ok(Self { se: factor.sqrt() * wald, df: Some(df) })
        } else {
            Err(PoolError::HartungKnappNoVariation)
        }
    }

    fn multiplier(&self, level: f64) -> f64 {
        self.df.map_or_else(|| two_sided_z(level), |df| two_sided_t(level, df))
    }

    fn p_value(&self, estimate: f64) -> f64 {
        let statistic = estimate / self.se;
        self.df.map_or_else(|| normal_two_sided_p(statistic), |df| t_two_sided_p(statistic, df))
    }
}

impl Pooled {
    /// This answer, unless a number overflowed on the way.
    pub(crate) fn finite(self) -> Result<Self, PoolError> {
        let numbers = [
            self.estimate,
            self.se,
            self.statistic,
            self.p_value,
            self.ci.lower,
            self.ci.upper,
            self.tau2,
            self.se_tau2.unwrap_or(0.0),
            self.i2,
            self.h2,
            self.q,
            self.q_p_value,
        ];
        let sound = numbers.iter().chain(&self.weights).all(|x| x.is_finite());
        if sound && self.se > 0.0 { Ok(self) } else { Err(PoolError::Overflow) }
    }
}

pub(crate) fn check_level(level: f64) -> Result<(), PoolError> {
    if level > 0.0 && level < 1.0 {
        Ok(())
    } else {
        Err(PoolError::LevelOutOfRange { found: level })
    }
}

/// I² in percent and H² from Q: max(0, (Q − df)/Q) and Q/df; 0 and 1 without degrees of freedom.
pub(crate) fn from_q(q: f64, df: f64) -> (f64, f64) {
    if df <= 0.0 {
        return (0.0, 1.0);
    }
    (if q > df { 100.0 * (q - df) / q } else { 0.0 }, q / df)
}

/// I² in percent and H² from τ² and the typical sampling variance (k − 1)/tr P.
fn from_tau2(tau2: f64, studies: &Studies) -> (f64, f64) {
    let typical = studies.df() / studies.at(0.0).trace_p();
    (100.0 * tau2 / (typical + tau2), tau2 / typical + 1.0)
}

fn single_study(studies: &Studies, options: &PoolOptions) -> Result<Pooled, PoolError> {
    if options.ci != CiMethod::Wald {
        return Err(PoolError::HartungKnappOneStudy);
    }
    let at = studies.at(0.0);
    let inference = Inference { se: (1.0 / at.total).sqrt(), df: None };
    Pooled {
        k: 1,
        estimate: at.mean,
        se: inference.se,
        statistic: at.mean / inference.se,
        df: None,
        p_value: inference.p_value(at.mean),
        ci: Interval::around(at.mean, inference.multiplier(options.level) * inference.se),
        tau2: 0.0,
        se_tau2: None,
        i2: 0.0,
        h2: 1.0,
        q: 0.0,
        q_df: 0.0,
        q_p_value: 1.0,
        prediction: None,
        weights: vec![100.0],
    }
    .finite()
}
