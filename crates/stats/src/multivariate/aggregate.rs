//! Several effects of a study combined into one.

use crate::effect::Effect;
use crate::multivariate::correlated_errors::check_correlation;
use crate::multivariate::error::MultivariateError;
use crate::multivariate::grouping::Grouping;
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// How the sampling errors of effects of the same cluster correlate.
#[derive(Debug, Clone, PartialEq)]
pub enum WithinCluster {
    /// Not at all.
    Independent,
    /// All pairs by ρ.
    CompoundSymmetric {
        /// The correlation.
        rho: f64,
    },
    /// By φ to the power of the time between.
    Autoregressive {
        /// The correlation of effects one unit of time apart.
        phi: f64,
        /// When each effect was measured.
        times: Vec<f64>,
    },
    /// By ρ + (1 − ρ)·φ^time.
    SymmetricPlusAutoregressive {
        /// The correlation that remains however far apart.
        rho: f64,
        /// The correlation of effects one unit of time apart.
        phi: f64,
        /// When each effect was measured.
        times: Vec<f64>,
    },
    /// By φ^time, times ρ if the observations differ.
    SymmetricTimesAutoregressive {
        /// The correlation of different observations at the same time.
        rho: f64,
        /// The correlation of effects one unit of time apart.
        phi: f64,
        /// When each effect was measured.
        times: Vec<f64>,
        /// What each effect is an observation of (a scale, a rater).
        observations: Grouping,
    },
    /// By a known covariance matrix of all effects.
    Known(Matrix),
}

/// The weights within a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AggregateWeights {
    /// Generalised least squares.
    InverseVariance,
    /// The plain mean.
    Equal,
}

/// Combines the effects of each cluster, in the order of the clusters' levels; levels without effects are left out.
///
/// The variance of the combined effect takes the correlations into account with either weighting. Borenstein et al. (2009),
/// Introduction to Meta-Analysis, ch. 24.
pub fn aggregate(
    effects: &[Effect],
    cluster: &Grouping,
    within: &WithinCluster,
    weights: AggregateWeights,
) -> Result<Vec<Effect>, MultivariateError> {
    let k = effects.len();
    MultivariateError::check_length("cluster variable", cluster.codes().len(), k)?;
    for (row, effect) in effects.iter().enumerate() {
        if !effect.estimate.is_finite() {
            return Err(MultivariateError::NotFinite {
                quantity: "estimate",
                row,
                found: effect.estimate,
            });
        }
        if !(effect.variance > 0.0 && effect.variance.is_finite()) {
            return Err(MultivariateError::VarianceNotPositive { row, found: effect.variance });
        }
    }
    within.check(k)?;
    cluster
        .members()
        .into_iter()
        .filter(|rows| !rows.is_empty())
        .map(|rows| combine(effects, &rows, within, weights))
        .collect()
}

fn combine(
    effects: &[Effect],
    rows: &[usize],
    within: &WithinCluster,
    weights: AggregateWeights,
) -> Result<Effect, MultivariateError> {
    let n = rows.len();
    let v = Matrix::from_fn(n, n, |i, j| within.covariance(effects, rows[i], rows[j]));
    let y = Vector::from_iterator(n, rows.iter().map(|&row| effects[row].estimate));
    let factor = Factor::of(v.clone()).ok_or_else(|| MultivariateError::NotPositiveDefinite {
        what: "sampling covariance matrix".into(),
        row: rows[0],
    })?;
    match weights {
        AggregateWeights::InverseVariance => {
            let w = factor.solve_vector(&Vector::from_element(n, 1.0));
            let total = w.sum();
            Ok(Effect { estimate: w.dot(&y) / total, variance: 1.0 / total })
        }
        AggregateWeights::Equal => {
            let size = n as f64;
            Ok(Effect { estimate: y.sum() / size, variance: v.sum() / (size * size) })
        }
    }
}

impl WithinCluster {
    fn covariance(&self, effects: &[Effect], i: usize, j: usize) -> f64 {
        if let Self::Known(v) = self {
            return v[(i, j)];
        }
        if i == j {
            return effects[i].variance;
        }
        let power = |phi: f64, times: &[f64]| libm::pow(phi, (times[i] - times[j]).abs());
        let correlation = match self {
            Self::Independent | Self::Known(_) => 0.0,
            Self::CompoundSymmetric { rho } => *rho,
            Self::Autoregressive { phi, times } => power(*phi, times),
            Self::SymmetricPlusAutoregressive { rho, phi, times } => {
                rho + (1.0 - rho) * power(*phi, times)
            }
            Self::SymmetricTimesAutoregressive { rho, phi, times, observations } => {
                let same = observations.codes()[i] == observations.codes()[j];
                power(*phi, times) * if same { 1.0 } else { *rho }
            }
        };
        correlation * (effects[i].variance * effects[j].variance).sqrt()
    }

    fn check(&self, k: usize) -> Result<(), MultivariateError> {
        let times_of = |times: &[f64]| {
            MultivariateError::check_length("list of times", times.len(), k)?;
            MultivariateError::check_finite("time", times)
        };
        match self {
            Self::Independent => Ok(()),
            Self::CompoundSymmetric { rho } => check_correlation("correlation", *rho),
            Self::Autoregressive { phi, times } => {
                check_correlation("autocorrelation", *phi)?;
                times_of(times)
            }
            Self::SymmetricPlusAutoregressive { rho, phi, times } => {
                check_correlation("correlation", *rho)?;
                check_correlation("autocorrelation", *phi)?;
                times_of(times)
            }
            Self::SymmetricTimesAutoregressive { rho, phi, times, observations } => {
                check_correlation("correlation", *rho)?;
                check_correlation("autocorrelation", *phi)?;
                MultivariateError::check_length(
                    "observation variable",
                    observations.codes().len(),
                    k,
                )?;
                times_of(times)
            }
            Self::Known(v) => {
                MultivariateError::check_length("covariance matrix's rows", v.nrows(), k)?;
                MultivariateError::check_length("covariance matrix's columns", v.ncols(), k)
            }
        }
    }
}
