//! How much each single study matters: the synthesis repeated without it.

use crate::effect::Effect;
use crate::model::options::PoolOptions;
use crate::model::pool::{Pooled, pool};
use crate::model::pool_error::PoolError;

/// Pools all studies but one, for each study in turn: entry i leaves out study i.
///
/// Needs two studies (three with a Hartung-Knapp interval). No prediction intervals are computed.
pub fn leave_one_out(effects: &[Effect], options: &PoolOptions) -> Result<Vec<Pooled>, PoolError> {
    if effects.len() < 2 {
        return Err(PoolError::TooFew {
            what: "a leave-one-out analysis",
            found: effects.len(),
            needed: 2,
        });
    }
    let options = PoolOptions { prediction: None, ..*options };
    (0..effects.len())
        .map(|left_out| pool(&[&effects[..left_out], &effects[left_out + 1..]].concat(), &options))
        .collect()
}
