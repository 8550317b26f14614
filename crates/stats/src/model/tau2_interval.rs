//! How uncertain the between-study variance is.

use crate::distribution::{chi2_quantile, chi2_upper_quantile};
use crate::effect::{Effect, Interval};
use crate::model::pool_error::PoolError;
use crate::model::tau2::solve_generalised_q;
use crate::model::weighted::Studies;

/// Q-profile confidence interval of τ² (Viechtbauer 2007, doi 10.1002/sim.2514).
///
/// The limits are the τ² at which the generalised Q equals the χ² quantiles of k − 1 df; a limit that would be
/// negative is 0 (both are, when the estimates agree better than chance allows). Needs two studies.
pub fn tau2_interval_q_profile(effects: &[Effect], level: f64) -> Result<Interval, PoolError> {
    PoolError::check_level(level)?;
    let studies = Studies::new(effects)?;
    if studies.k() < 2 {
        return Err(PoolError::TooFew {
            what: "a confidence interval for tau2",
            found: studies.k(),
            needed: 2,
        });
    }
    let limit = |target: f64| {
        solve_generalised_q(&studies, target)
            .map_err(|last| PoolError::not_converged("the Q-profile method", last))
    };
    let tail = (1.0 - level) / 2.0;
    Ok(Interval {
        lower: limit(chi2_upper_quantile(tail, studies.df()))?,
        upper: limit(chi2_quantile(tail, studies.df()))?,
    })
}
