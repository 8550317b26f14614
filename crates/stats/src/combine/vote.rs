//! Vote counting by direction of effect, when studies report nothing better.
//!
//! Handbook 12.2.1.3: the number of studies whose estimate favours the intervention, whatever its significance,
//! against the number whose estimate does not. Studies of exactly no effect do not vote.

use crate::distribution::{beta_quantile, binomial_sf, two_sided_z};
use crate::effect::Interval;
use crate::model::pool_error::PoolError;

/// The count of directions and what it says about a proportion of one half.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VoteCount {
    /// Studies in the direction asked about.
    pub positive: u64,
    /// Studies in either direction.
    pub total: u64,
    /// `positive` over `total`.
    pub proportion: f64,
    /// 95% confidence interval of the proportion by Wilson's score method.
    pub interval: Interval,
    /// 95% confidence interval of the proportion by Clopper and Pearson's exact method.
    pub exact_interval: Interval,
    /// Two-sided exact binomial p value of "both directions are equally likely" (the sign test).
    pub p_value: f64,
}

/// Counts directions of effect; at least one study must have one.
pub fn vote_count(positive: u64, negative: u64) -> Result<VoteCount, PoolError> {
    let total = positive.checked_add(negative).ok_or(PoolError::Overflow)?;
    if total == 0 {
        return Err(PoolError::NoStudies);
    }
    Ok(VoteCount {
        positive,
        total,
        proportion: positive as f64 / total as f64,
        interval: wilson(positive as f64, negative as f64),
        exact_interval: clopper_pearson(positive, negative),
        p_value: sign_test(positive.max(negative), total),
    })
}

const LEVEL: f64 = 0.95;

/// Wilson (1927), doi 10.1080/01621459.1927.10502953.
fn wilson(x: f64, y: f64) -> Interval {
    let z = two_sided_z(LEVEL);
    let n = x + y;
    let centre = (x + z * z / 2.0) / (n + z * z);
    let half_width = z * (x * y / n + z * z / 4.0).sqrt() / (n + z * z);
    Interval { lower: (centre - half_width).max(0.0), upper: (centre + half_width).min(1.0) }
}

/// Clopper & Pearson (1934), doi 10.1093/biomet/26.4.404.
fn clopper_pearson(positive: u64, negative: u64) -> Interval {
    let (x, y) = (positive as f64, negative as f64);
    let tail = (1.0 - LEVEL) / 2.0;
    Interval {
        lower: if positive == 0 { 0.0 } else { beta_quantile(tail, x, y + 1.0) },
        upper: if negative == 0 { 1.0 } else { beta_quantile(1.0 - tail, x + 1.0, y) },
    }
}

/// Twice the chance of a majority at least this large; 1 for a tie.
fn sign_test(majority: u64, total: u64) -> f64 {
    (2.0 * binomial_sf(majority - 1, total, 0.5)).min(1.0)
}
