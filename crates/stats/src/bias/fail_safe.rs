//! Fail-safe N: how many unseen studies without an effect would undo the result.
//!
//! The number assumes that unseen studies average exactly no effect, and says nothing about heterogeneity; Handbook
//! 13.3.5.2 advises against resting a judgement on it.

use crate::bias::error::BiasError;
use crate::distribution::{normal_quantile, normal_sf, normal_two_sided_p};
use crate::effect::Effect;
use crate::model::kernel::FixedWeights;
use crate::model::studies::Columns;
use crate::numeric::sum::sum;

/// What "undoing the result" means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FailSafeMethod {
    /// Rosenthal (1979), doi 10.1037/0033-2909.86.3.638: Stouffer's combined one-sided p value rises to `alpha`.
    Rosenthal {
        /// Significance level, in (0, 1).
        alpha: f64,
    },
    /// Orwin (1983), doi 10.3102/10769986008002157: the mean effect shrinks to a target.
    Orwin {
        /// The target, on the analysis scale; its sign is taken from the mean. `None`: half the mean.
        target: Option<f64>,
        /// Which mean.
        mean: OrwinMean,
    },
    /// Rosenberg (2005), doi 10.1111/j.0014-3820.2005.tb01004.x: the two-sided p value of the common-effect estimate
    /// rises to `alpha` (by the normal distribution).
    Rosenberg {
        /// Significance level, in (0, 1).
        alpha: f64,
    },
}

/// The mean that Orwin's method starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrwinMean {
    /// Every study counts the same, as Orwin has it.
    Unweighted,
    /// Weighted by inverse variance.
    InverseVariance,
}

/// A fail-safe N and what it was counted from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FailSafeN {
    /// The number of null studies, rounded up to a whole one; 0 when the result is already undone.
    pub n: f64,
    /// The p value of the observed result: one-sided (Rosenthal) or two-sided (Rosenberg); `None` for Orwin.
    pub p_value: Option<f64>,
    /// The observed mean effect; `None` for Rosenthal.
    pub mean: Option<f64>,
    /// The target that Orwin's method aimed at, with the sign of the mean.
    pub target: Option<f64>,
}

/// How many studies without an effect would have to exist to undo the result.
pub fn fail_safe_n(effects: &[Effect], method: FailSafeMethod) -> Result<FailSafeN, BiasError> {
    let columns = Columns::of(effects)?;
    let k = columns.k() as f64;
    let mut buffer = Vec::new();
    let mut kernel = columns.mean(&mut buffer);
    match method {
        FailSafeMethod::Rosenthal { alpha } => {
            BiasError::check_alpha(alpha)?;
            let z = sum(effects.iter().map(|e| e.estimate / e.se())) / k.sqrt();
            let critical = normal_quantile(alpha);
            Ok(FailSafeN {
                n: undoing(k, z, critical)?,
                p_value: Some(normal_sf(z.abs())),
                mean: None,
                target: None,
            })
        }
        FailSafeMethod::Rosenberg { alpha } => {
            BiasError::check_alpha(alpha)?;
            let total = kernel.centre(0.0).total;
            let mean = kernel.mean();
            let z = mean * total.sqrt();
            let critical = normal_quantile(alpha / 2.0);
            Ok(FailSafeN {
                n: undoing(k, z, critical)?,
                p_value: Some(normal_two_sided_p(z)),
                mean: Some(mean),
                target: None,
            })
        }
        FailSafeMethod::Orwin { target, mean } => {
            kernel.centre_at(match mean {
                OrwinMean::Unweighted => FixedWeights::Equal,
                OrwinMean::InverseVariance => FixedWeights::At(0.0),
            });
            orwin(k, kernel.mean(), target)
        }
    }
}

/// Null studies that dilute a statistic of k studies from `z` to `critical`: k·(z/critical)² − k.
fn undoing(k: f64, z: f64, critical: f64) -> Result<f64, BiasError> {
    let ratio = z / critical;
    whole(k * (ratio * ratio) - k)
}

fn orwin(k: f64, mean: f64, target: Option<f64>) -> Result<FailSafeN, BiasError> {
    let answer = |n, target| FailSafeN { n, p_value: None, mean: Some(mean), target: Some(target) };
    let target = match target {
        Some(found) if found == 0.0 || !found.is_finite() => {
            return Err(BiasError::Target { found });
        }
        Some(target) => target.abs().copysign(mean),
        None => mean / 2.0,
    };
    if target == 0.0 || mean.abs() <= target.abs() {
        return Ok(answer(0.0, target));
    }
    // In this order half the mean gives k exactly.
    Ok(answer(whole(k * ((mean - target) / target))?, target))
}

fn whole(n: f64) -> Result<f64, BiasError> {
    if n.is_finite() {
        Ok(n.max(0.0).ceil())
    } else {
        Err(crate::model::pool_error::PoolError::Overflow.into())
    }
}
