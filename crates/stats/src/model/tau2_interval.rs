//! How uncertain the between-study variance is.

use crate::distribution::{chi2_quantile, chi2_upper_quantile};
use crate::effect::{Effect, Interval};
use crate::model::kernel::Kernel;
use crate::model::kernel::mean::Mean;
use crate::model::pool_error::PoolError;
use crate::model::studies::Columns;
use crate::model::tau2::solve_generalised_q;

/// Q-profile confidence interval of τ² (Viechtbauer 2007, doi 10.1002/sim.2514).
///
/// The limits are the τ² at which the generalised Q equals the χ² quantiles of k − 1 df; a limit that would be
/// negative is 0 (both are, when the estimates agree better than chance allows). Needs two studies.
pub fn tau2_interval_q_profile(effects: &[Effect], level: f64) -> Result<Interval, PoolError> {
    PoolError::check_level(level)?;
    let columns = Columns::of(effects)?;
    if columns.k() < 2 {
        return Err(PoolError::TooFew {
            what: "a confidence interval for tau2",
            found: columns.k(),
            needed: 2,
        });
    }
    let mut buffer = Vec::new();
    let mut kernel = Mean::new(&columns.estimates, &columns.variances, &mut buffer);
    let df = kernel.df();
    let tail = (1.0 - level) / 2.0;
    let mut limit = |target| solve_generalised_q(&mut kernel, target, "the Q-profile method");
    Ok(Interval {
        lower: limit(chi2_upper_quantile(tail, df))?,
        upper: limit(chi2_quantile(tail, df))?,
    })
}
