//! Trim and fill: how many studies an asymmetric funnel seems to lack, and the estimate with them filled in.
//!
//! Duval & Tweedie (2000a, 2000b), doi 10.1111/j.0006-341X.2000.00455.x and 10.1080/01621459.2000.10473905. Handbook
//! 13.3.5.5: the filled estimate answers a what-if; it is not a better estimate. Numbers are those of metafor's `trimfill`.

use crate::bias::error::BiasError;
use crate::bias::regression::{Predictor, Scatter, asymmetry_test};
use crate::effect::Effect;
use crate::model::design::Design;
use crate::model::options::{PoolOptions, RegressionOptions, Weighting};
use crate::model::pool::{Pooled, pool};

/// The side of the funnel on which studies seem to be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunnelSide {
    /// Among small estimates.
    Left,
    /// Among large estimates.
    Right,
}

/// The estimator of the number of missing studies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingEstimator {
    /// Linear in Wilcoxon's rank sum; recommended.
    L0,
    /// The run of ranks of one sign at the end; comes with a test. Recommended beside L0.
    R0,
    /// Quadratic in the rank sum.
    Q0,
}

/// The choices of trim and fill.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrimFillOptions {
    /// Where studies are missing; `None`: where the regression on standard errors points.
    pub side: Option<FunnelSide>,
    /// Estimator of their number.
    pub estimator: MissingEstimator,
    /// The model for trimming and for the final estimate.
    pub pool: PoolOptions,
}

/// The answer of trim and fill.
#[derive(Debug, Clone, PartialEq)]
pub struct TrimFill {
    /// Where studies seem to be missing.
    pub side: FunnelSide,
    /// How many.
    pub missing: usize,
    /// Standard error of that number; `None` where its formula has no value.
    pub missing_se: Option<f64>,
    /// p value of "none is missing on that side", for R0 only.
    pub missing_p_value: Option<f64>,
    /// The studies filled in: mirror images of the most extreme observed ones.
    pub filled: Vec<Effect>,
    /// The synthesis of observed and filled studies (in that order).
    pub pooled: Pooled,
}

/// Duval and Tweedie settle within a few rounds or cycle.
const MOST_ROUNDS: usize = 100;

/// Trims the funnel until it is symmetric, counts what was trimmed, and fills in its mirror image. Three studies at least
/// are needed to choose the side, two otherwise.
pub fn trim_and_fill(effects: &[Effect], options: &TrimFillOptions) -> Result<TrimFill, BiasError> {
    let side = match options.side {
        Some(side) => side,
        None => leaning(effects, &options.pool)?,
    };
    // Pooling names what is wrong with the studies; what follows may take them as they are.
    pool(effects, &options.pool)?;
    // Mirrored if need be, so that the missing studies are on the left and those to trim at the end.
    let sign = if side == FunnelSide::Right { -1.0 } else { 1.0 };
    let mut sorted: Vec<Effect> =
        effects.iter().map(|e| Effect { estimate: sign * e.estimate, ..*e }).collect();
    sorted.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
    let (missing, centre) = trim(&sorted, options)?;
    let filled: Vec<Effect> = sorted[sorted.len() - missing.whole..]
        .iter()
        .map(|e| Effect { estimate: sign * (2.0 * centre - e.estimate), ..*e })
        .collect();
    let all: Vec<Effect> = effects.iter().chain(&filled).copied().collect();
    Ok(TrimFill {
        side,
        missing: missing.whole,
        missing_se: missing.se,
        missing_p_value: (options.estimator == MissingEstimator::R0)
            .then(|| libm::exp2(-(missing.whole as f64) - 1.0)),
        filled,
        pooled: pool(&all, &options.pool)?,
    })
}

/// The side towards which estimates shrink as standard errors grow is the emptier one.
fn leaning(effects: &[Effect], options: &PoolOptions) -> Result<FunnelSide, BiasError> {
    let scatter = Scatter::Additive(RegressionOptions {
        model: options.model,
        ci: options.ci,
        weighting: Weighting::InverseVariance,
        level: options.level,
    });
    let design = Design::intercept(effects.len());
    let predictor = Predictor::StandardError;
    let test = asymmetry_test(effects, &design, predictor, &scatter, options.level)?;
    Ok(if test.slope().estimate < 0.0 { FunnelSide::Right } else { FunnelSide::Left })
}

/// The number of missing studies, and the mean of the trimmed funnel; `sorted` ascends.
fn trim(sorted: &[Effect], options: &TrimFillOptions) -> Result<(Missing, f64), BiasError> {
    let mut trimmed = 0;
    for _ in 0..MOST_ROUNDS {
        let centre = pool(&sorted[..sorted.len() - trimmed], &options.pool)?.estimate;
        let missing = options.estimator.missing(&signed_ranks(sorted, centre))?;
        if missing.whole == trimmed {
            return Ok((missing, centre));
        }
        trimmed = missing.whole;
    }
    Err(BiasError::TrimDidNotSettle { rounds: MOST_ROUNDS })
}

/// Ranks of the absolute distances from `centre` (of equal ones the first is the smaller), with the distances' signs.
fn signed_ranks(sorted: &[Effect], centre: f64) -> Vec<f64> {
    let mut distances: Vec<f64> = sorted.iter().map(|e| e.estimate - centre).collect();
    distances.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let sign = |d: f64| if d == 0.0 { 0.0 } else { d.signum() };
    distances.iter().enumerate().map(|(i, d)| sign(*d) * (i + 1) as f64).collect()
}

/// An estimated number of missing studies.
struct Missing {
    whole: usize,
    se: Option<f64>,
}

impl MissingEstimator {
    fn missing(self, ranks: &[f64]) -> Result<Missing, BiasError> {
        let k = ranks.len() as f64;
        let right: f64 = ranks.iter().filter(|rank| **rank > 0.0).sum();
        let (estimate, se) = match self {
            Self::R0 => {
                let furthest_left =
                    ranks.iter().fold(0.0, |furthest, rank| f64::max(furthest, -rank));
                let estimate = k - furthest_left - 1.0;
                (estimate, (2.0 * estimate.max(0.0) + 2.0).sqrt())
            }
            Self::L0 => {
                let estimate = (4.0 * right - k * (k + 1.0)) / (2.0 * k - 1.0);
                (estimate, 4.0 * variance_of_rank_sum(k, estimate).sqrt() / (2.0 * k - 1.0))
            }
            Self::Q0 => {
                let root = (2.0 * k * k - 4.0 * right + 0.25).sqrt();
                if root.is_nan() {
                    return Err(BiasError::QuadraticUndefined);
                }
                let estimate = k - 0.5 - root;
                let spread = (k - 0.5) * (k - 0.5) - estimate * (2.0 * k - estimate - 1.0);
                (estimate, 2.0 * variance_of_rank_sum(k, estimate).sqrt() / spread.sqrt())
            }
        };
        // More cannot be trimmed than leaves one study.
        let whole = estimate.round_ties_even().clamp(0.0, k - 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 0 to k - 1"
        )]
        Ok(Missing { whole: whole as usize, se: Some(se.max(0.0)).filter(|_| se.is_finite()) })
    }
}

/// Variance of Wilcoxon's rank sum when `missing` of the extreme studies were suppressed.
fn variance_of_rank_sum(k: f64, missing: f64) -> f64 {
    let m = missing;
    (k * (k + 1.0) * (2.0 * k + 1.0) + 10.0 * m * m * m + 27.0 * m * m + 17.0 * m
        - 18.0 * k * m * m
        - 18.0 * k * m
        + 6.0 * k * k * m)
        / 24.0
}
