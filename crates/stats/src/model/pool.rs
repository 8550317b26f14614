//! Pooling effects by the inverse-variance method, under a common-effect or a random-effects model.
//!
//! Handbook 10.3 and 10.4; the numbers are metafor's `rma.uni` for the same choices.

use crate::distribution::{chi2_sf, normal_two_sided_p, t_two_sided_p, two_sided_t, two_sided_z};
use crate::effect::{Effect, Interval};
use crate::model::options::{CiMethod, Model, PoolOptions};
use crate::model::pool_error::PoolError;
use crate::model::tau2;
use crate::model::weighted::{Studies, WeightedMean};

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
    PoolError::check_level(options.level)?;
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

/// Estimates that agree to 10⁻⁸ of a standard error are the same up to rounding: 5.3 − 5.1 and 0.3 − 0.1 differ in the
/// sixteenth digit, and an interval made of that difference would have no width.
const SAME_ESTIMATE: f64 = 1e-16;

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
        if factor > SAME_ESTIMATE {
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
