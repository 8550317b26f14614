//! How a synthesis came about: pooled again each time a study is added.

use crate::effect::Effect;
use crate::model::options::{CiMethod, PoolOptions};
use crate::model::pool::{Pooled, pool};
use crate::model::pool_error::PoolError;

/// Pools the first study, the first two, and so on, in the order given (positions from 0, each once).
///
/// Lau et al. (1992), doi 10.1056/NEJM199207233270406; Handbook 10.12. The first entry, a study alone, has a Wald
/// interval whatever the options say. No prediction intervals are computed.
pub fn cumulative(
    effects: &[Effect],
    order: &[usize],
    options: &PoolOptions,
) -> Result<Vec<Pooled>, PoolError> {
    if effects.is_empty() {
        return Err(PoolError::NoStudies);
    }
    let mut seen = vec![false; effects.len()];
    for &position in order {
        match seen.get_mut(position) {
            Some(seen) if !*seen => *seen = true,
            _ => return Err(PoolError::Order { position, k: effects.len() }),
        }
    }
    if order.len() != effects.len() {
        let position = seen.iter().position(|seen| !seen).unwrap_or_default();
        return Err(PoolError::Order { position, k: effects.len() });
    }
    let ordered: Vec<Effect> = order.iter().map(|&i| effects[i]).collect();
    (1..=ordered.len())
        .map(|n| {
            let ci = if n == 1 { CiMethod::Wald } else { options.ci };
            pool(&ordered[..n], &PoolOptions { prediction: None, ci, ..*options })
        })
        .collect()
}
