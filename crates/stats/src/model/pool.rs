//! Pooling effects by the inverse-variance method, under a common-effect or a random-effects model.
//!
//! Handbook 10.3 and 10.4; the numbers are metafor's `rma.uni` for the same choices.

use crate::distribution::chi2_sf;
use crate::effect::{Effect, Interval};
use crate::model::kernel::Kernel;
use crate::model::kernel::mean::Mean;
use crate::model::options::{CiMethod, Model, PoolOptions};
use crate::model::pool_error::PoolError;
use crate::model::quantiles::Quantiles;
use crate::model::solution::{from_tau2, two_sided_p};
use crate::model::studies::Columns;
use crate::model::tau2::{self, Extra, Tau2};

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
    options.check()?;
    let columns = Columns::of(effects)?;
    let mut buffer = Vec::new();
    let mut kernel = Mean::new(&columns.estimates, &columns.variances, &mut buffer);
    let answer = Synthesis::of(&mut kernel, options, &mut Quantiles::at(options.level))?;
    let total: f64 = kernel.weights().iter().sum();
    answer.with_weights(kernel.weights().iter().map(|w| 100.0 * (w / total)).collect()).finite()
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

/// [`Pooled`] without the studies' weights, which takes no memory of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Synthesis {
    pub(crate) k: usize,
    pub(crate) estimate: f64,
    pub(crate) se: f64,
    pub(crate) df: Option<f64>,
    pub(crate) p_value: f64,
    pub(crate) ci: Interval,
    pub(crate) tau2: Option<Tau2>,
    pub(crate) i2: f64,
    pub(crate) h2: f64,
    pub(crate) q: f64,
    pub(crate) q_df: f64,
    pub(crate) q_p_value: f64,
    pub(crate) prediction: Option<Interval>,
}

impl Synthesis {
    /// The synthesis of the kernel's studies, which leaves the studies' weights in the kernel.
    pub(crate) fn of(
        kernel: &mut Mean,
        options: &PoolOptions,
        quantiles: &mut Quantiles,
    ) -> Result<Self, PoolError> {
        if kernel.k() == 1 {
            return Self::of_single_study(kernel, options, quantiles);
        }
        let fixed = kernel.moments(0.0);
        let (k, df) = (kernel.k(), kernel.df());
        let tau2 = match options.model {
            Model::CommonEffect => None,
            Model::GivenTau2(estimate) => Some(Tau2 { estimate, se: None }),
            Model::RandomEffects(method) => {
                let extra = Extra { estimates: kernel.estimates(), weights: None, basis: None };
                Some(tau2::estimate(kernel, &fixed, extra, method)?)
            }
        };
        let (i2, h2) = match &tau2 {
            None => from_q(fixed.q, df),
            Some(tau2) => from_tau2(tau2.estimate, df / fixed.trace),
        };
        let inference = Inference::of(kernel, tau2.map_or(0.0, |tau2| tau2.estimate), options)?;
        let Inference { estimate, se, .. } = inference;
        let prediction = match (tau2, options.prediction) {
            (Some(tau2), Some(method)) if k > 2 => {
                method.of((estimate, se), tau2.estimate, (k, 1), inference.df, quantiles)
            }
            _ => None,
        };
        Self {
            k,
            estimate,
            se,
            df: inference.df,
            p_value: two_sided_p(estimate / se, inference.df),
            ci: Interval::around(estimate, quantiles.multiplier(inference.df) * se),
            tau2,
            i2,
            h2,
            q: fixed.q,
            q_df: df,
            q_p_value: chi2_sf(fixed.q, df),
            prediction,
        }
        .finite()
    }

    fn of_single_study(
        kernel: &mut Mean,
        options: &PoolOptions,
        quantiles: &mut Quantiles,
    ) -> Result<Self, PoolError> {
        match options.ci {
            CiMethod::Wald => {}
            CiMethod::T => return Err(PoolError::NoDegreesOfFreedom { k: 1, p: 1 }),
            CiMethod::HartungKnapp | CiMethod::HartungKnappAdHoc => {
                return Err(PoolError::HartungKnappOneStudy);
            }
        }
        let tau2 = match options.model {
            Model::GivenTau2(estimate) => Some(Tau2 { estimate, se: None }),
            Model::CommonEffect | Model::RandomEffects(_) => None,
        };
        let centre = kernel.centre(tau2.map_or(0.0, |tau2| tau2.estimate));
        let (estimate, se) = (kernel.reference() + centre.shift, (1.0 / centre.total).sqrt());
        Self {
            k: 1,
            estimate,
            se,
            df: None,
            p_value: two_sided_p(estimate / se, None),
            ci: Interval::around(estimate, quantiles.normal() * se),
            tau2,
            i2: 0.0,
            h2: 1.0,
            q: 0.0,
            q_df: 0.0,
            q_p_value: 1.0,
            prediction: None,
        }
        .finite()
    }

    /// Between-study variance; 0 for the common-effect model and for a single study.
    pub(crate) fn tau2(&self) -> f64 {
        self.tau2.map_or(0.0, |tau2| tau2.estimate)
    }

    /// This answer, unless a number overflowed on the way.
    fn finite(self) -> Result<Self, PoolError> {
        let numbers = [
            self.estimate,
            self.se,
            self.estimate / self.se,
            self.p_value,
            self.ci.lower,
            self.ci.upper,
            self.tau2(),
            self.tau2.and_then(|tau2| tau2.se).unwrap_or(0.0),
            self.i2,
            self.h2,
            self.q,
            self.q_p_value,
        ];
        let sound = numbers.iter().all(|x| x.is_finite()) && self.se > 0.0;
        if sound { Ok(self) } else { Err(PoolError::Overflow) }
    }

    fn with_weights(self, weights: Vec<f64>) -> Pooled {
        Pooled {
            k: self.k,
            estimate: self.estimate,
            se: self.se,
            statistic: self.estimate / self.se,
            df: self.df,
            p_value: self.p_value,
            ci: self.ci,
            tau2: self.tau2(),
            se_tau2: self.tau2.and_then(|tau2| tau2.se),
            i2: self.i2,
            h2: self.h2,
            q: self.q,
            q_df: self.q_df,
            q_p_value: self.q_p_value,
            prediction: self.prediction,
            weights,
        }
    }
}

/// Estimates that agree to 10⁻⁸ of a standard error are the same up to rounding: 5.3 − 5.1 and 0.3 − 0.1 differ in the
/// sixteenth digit, and an interval made of that difference would have no width.
pub(crate) const SAME_ESTIMATE: f64 = 1e-16;

/// A pooled estimate with its standard error and reference distribution.
struct Inference {
    estimate: f64,
    se: f64,
    df: Option<f64>,
}

impl Inference {
    fn of(kernel: &mut Mean, tau2: f64, options: &PoolOptions) -> Result<Self, PoolError> {
        let centre = kernel.centre(tau2);
        let estimate = kernel.reference() + centre.shift;
        let (wald, df) = ((1.0 / centre.total).sqrt(), kernel.df());
        let factor = match options.ci {
            CiMethod::Wald => return Ok(Self { estimate, se: wald, df: None }),
            CiMethod::T => 1.0,
            CiMethod::HartungKnapp => kernel.q_and_slope(tau2).0 / df,
            CiMethod::HartungKnappAdHoc => (kernel.q_and_slope(tau2).0 / df).max(1.0),
        };
        if factor > SAME_ESTIMATE {
            Ok(Self { estimate, se: factor.sqrt() * wald, df: Some(df) })
        } else {
            Err(PoolError::HartungKnappNoVariation)
        }
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

/// I² in percent and H² from Q: max(0, (Q − df)/Q) and Q/df; 0 and 1 without degrees of freedom.
pub(crate) fn from_q(q: f64, df: f64) -> (f64, f64) {
    if df <= 0.0 {
        return (0.0, 1.0);
    }
    (if q > df { 100.0 * (q - df) / q } else { 0.0 }, q / df)
}
