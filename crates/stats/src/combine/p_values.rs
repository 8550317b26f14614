//! Combining p values, when studies report nothing better.
//!
//! Handbook 12.2.1.2. All p values are one-sided, in the same direction; a small combined p value says that the effect
//! is in that direction in at least one study, and nothing about its size.

use crate::distribution::{chi2_sf, normal_quantile, normal_sf};
use crate::model::pool_error::PoolError;
use crate::numeric::sum::sum;

/// On which side of "no difference" a study's estimate lies, seen from the direction that is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// In the direction that is tested.
    Positive,
    /// Against it.
    Negative,
}

impl Direction {
    /// Both directions.
    pub const ALL: &[Self] = &[Self::Positive, Self::Negative];

    /// `"positive"` or `"negative"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
        }
    }
}

/// The result of combining p values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CombinedP {
    /// Number of p values.
    pub k: usize,
    /// Fisher's χ² or Stouffer's z.
    pub statistic: f64,
    /// Degrees of freedom, 2k, for Fisher's method; `None` for Stouffer's, whose statistic is normal.
    pub df: Option<f64>,
    /// The combined one-sided p value.
    pub p_value: f64,
}

/// The one-sided p value of a two-sided one: p/2 if the estimate lies in the tested direction, else 1 − p/2.
pub fn one_sided(p_two_sided: f64, favours: Direction) -> f64 {
    match favours {
        Direction::Positive => p_two_sided / 2.0,
        Direction::Negative => 1.0 - p_two_sided / 2.0,
    }
}

/// Fisher's method: −2·Σ ln p is χ² with 2k degrees of freedom. One-sided p values, each in (0, 1).
pub fn fisher(p_values: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    let statistic = -2.0 * sum(p_values.iter().map(|p| libm::log(*p)));
    let df = 2.0 * p_values.len() as f64;
    Ok(CombinedP { k: p_values.len(), statistic, df: Some(df), p_value: chi2_sf(statistic, df) })
}

/// Stouffer's method: Σ z/√k with z the normal quantile of 1 − p. One-sided p values, each in (0, 1).
pub fn stouffer(p_values: &[f64]) -> Result<CombinedP, PoolError> {
    stouffer_weighted(p_values, &vec![1.0; p_values.len()])
}

/// Stouffer's method with weights: Σ w·z/√Σw². A study's weight is usually the root of its size.
pub fn stouffer_weighted(p_values: &[f64], weights: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    if p_values.len() != weights.len() {
        return Err(PoolError::UnequalLengths { left: p_values.len(), right: weights.len() });
    }
    for (position, &found) in weights.iter().enumerate() {
        if !found.is_finite() || found <= 0.0 {
            return Err(PoolError::WeightNotPositive { position, found });
        }
    }
    let norm = sum(weights.iter().map(|w| w * w)).sqrt();
    let statistic =
        sum(weights.iter().zip(p_values).map(|(w, p)| -(w / norm) * normal_quantile(*p)));
    if !statistic.is_finite() {
        return Err(PoolError::Overflow);
    }
    Ok(CombinedP { k: p_values.len(), statistic, df: None, p_value: normal_sf(statistic) })
}

fn check(p_values: &[f64]) -> Result<(), PoolError> {
    if p_values.is_empty() {
        return Err(PoolError::NoStudies);
    }
    for (position, &found) in p_values.iter().enumerate() {
        if !(found > 0.0 && found < 1.0) {
            return Err(PoolError::PValueOutOfRange { position, found });
        }
    }
    Ok(())
}
