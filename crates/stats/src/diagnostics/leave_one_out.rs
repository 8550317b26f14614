//! How much each single study matters: the synthesis repeated without it.

use crate::diagnostics::deleted::others;
use crate::effect::Effect;
use crate::model::options::PoolOptions;
use crate::model::pool::{Pooled, pool};
use crate::model::pool_error::PoolError;
use crate::model::regress::{Regression, regress};

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

impl Regression {
    /// The regression without each study in turn; `None` where the others cannot tell all coefficients apart or are too
    /// few. Given weights stay with their studies.
    pub fn leave_one_out(&self) -> Result<Vec<Option<Self>>, PoolError> {
        if self.k() < 2 {
            return Err(PoolError::TooFew {
                what: "a leave-one-out analysis",
                found: self.k(),
                needed: 2,
            });
        }
        (0..self.k())
            .map(|left_out| {
                let (effects, design, options) = others(self, left_out);
                match regress(&effects, &design, &options) {
                    Ok(fit) => Ok(Some(fit)),
                    Err(PoolError::Collinear { .. } | PoolError::NoDegreesOfFreedom { .. }) => {
                        Ok(None)
                    }
                    Err(error) => Err(error),
                }
            })
            .collect()
    }
}
