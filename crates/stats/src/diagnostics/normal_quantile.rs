//! The normal quantile plot of residuals, with bands: Wang & Bushman (1998), doi 10.1037/1082-989X.3.1.46.

use crate::distribution::{beta_quantile, normal_quantile};
use crate::effect::Interval;

/// A study's place in the plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantilePoint {
    /// Position of the study among the residuals given.
    pub study: usize,
    /// The normal quantile that a residual of this rank is expected at.
    pub expected: f64,
    /// The residual.
    pub residual: f64,
    /// Where the residual of this rank lies with the probability asked for, if all are independent and standard normal: exact
    /// limits of the order statistic, for each rank on its own.
    pub band: Interval,
}

/// The points, in ascending order of the standardised residuals; `level` in (0, 1) is that of the bands.
///
/// Plotting positions are (i − a)/(k + 1 − 2a), with a = 3/8 up to ten studies and 1/2 beyond (Blom 1958).
pub fn normal_quantiles(standardized: &[f64], level: f64) -> Vec<QuantilePoint> {
    let k = standardized.len() as f64;
    let a = if standardized.len() <= 10 { 0.375 } else { 0.5 };
    let mut order: Vec<usize> = (0..standardized.len()).collect();
    order.sort_by(|&i, &j| standardized[i].total_cmp(&standardized[j]));
    let tail = (1.0 - level) / 2.0;
    order
        .into_iter()
        .zip(1_u32..)
        .map(|(study, rank)| {
            let rank = f64::from(rank);
            let limit = |p: f64| normal_quantile(beta_quantile(p, rank, k + 1.0 - rank));
            QuantilePoint {
                study,
                expected: normal_quantile((rank - a) / (k + 1.0 - 2.0 * a)),
                residual: standardized[study],
                band: Interval { lower: limit(tail), upper: limit(1.0 - tail) },
            }
        })
        .collect()
}
