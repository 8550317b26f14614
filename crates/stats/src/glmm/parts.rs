//! What the models have in common: the three fits behind each answer, and the choice among local maxima.

use core::ops::Range;

use super::error::GlmmError;
use super::newton::{Maximum, NoMaximum};
use super::quadrature::Quadrature;
use crate::model::scaled_design::Scaled;
use crate::numeric::matrix::{Matrix, Vector};

/// What a model is fitted with.
pub(crate) struct Setting<'a> {
    pub(crate) design: &'a Scaled,
    /// Whether effects differ between studies.
    pub(crate) random: bool,
    pub(crate) quadrature: Quadrature,
    /// Where the search for τ starts; above 0.
    pub(crate) tau: f64,
}

/// The fits of one model: with effects in common, saturated, and the one that was asked for.
pub(crate) struct Parts {
    pub(crate) coefficients: Vector,
    pub(crate) vcov: Matrix,
    pub(crate) tau2: f64,
    pub(crate) se_tau2: Option<f64>,
    /// Variance between studies of the level in the control groups, where it is random.
    pub(crate) sigma2: Option<f64>,
    /// Correlation of level and effect, where it was estimated.
    pub(crate) rho: Option<f64>,
    pub(crate) log_likelihood: f64,
    /// At the studies' most probable random effects; `None` without exactly one random effect a study.
    pub(crate) conditional: Option<f64>,
    pub(crate) log_likelihood_common: f64,
    pub(crate) log_likelihood_saturated: f64,
    pub(crate) q_wald: f64,
    /// Number of parameters of the fit that was asked for.
    pub(crate) parameters: usize,
    /// Number of counts.
    pub(crate) observations: usize,
}

/// The highest of several local maxima; an earlier one wins unless a later one is clearly higher.
///
/// Candidates on the boundary (no heterogeneity) come first, so that a variance that vanishes is exactly 0: `spreads` are the
/// positions of standard deviations, in which the likelihood is even, so that one below 1e-7 is 0 to the accuracy of its square.
pub(crate) fn highest(
    candidates: impl IntoIterator<Item = Result<Maximum, NoMaximum>>,
    spreads: Range<usize>,
    model: &'static str,
) -> Result<Maximum, GlmmError> {
    let mut best: Option<Maximum> = None;
    let mut separated = false;
    for candidate in candidates {
        match candidate {
            Ok(maximum) => {
                let clearly = |best: &Maximum| {
                    let value = best.surface.value;
                    maximum.surface.value > value + 1e-10 * value.abs().max(1.0)
                };
                if best.as_ref().is_none_or(clearly) {
                    best = Some(maximum);
                }
            }
            Err(NoMaximum::Separated) => separated = true,
            Err(NoMaximum::Unsettled) => {}
        }
    }
    match best {
        Some(mut best) => {
            for spread in &mut best.at.global[spreads] {
                if spread.abs() < 1e-7 {
                    *spread = 0.0;
                }
            }
            Ok(best)
        }
        None if separated => Err(GlmmError::Separated),
        None => Err(GlmmError::NotConverged { model }),
    }
}

/// Positions of the parameters among `from..to` that are exactly 0.
pub(crate) fn zeros(global: &[f64], positions: impl IntoIterator<Item = usize>) -> Vec<usize> {
    positions.into_iter().filter(|&j| global[j] == 0.0).collect()
}

/// The standard error of τ² = t² from the variance of t; `None` at 0.
pub(crate) fn se_of_square(t: f64, variance: f64) -> Option<f64> {
    (t != 0.0).then(|| 2.0 * t.abs() * variance.sqrt())
}
