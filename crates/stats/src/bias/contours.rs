//! Contours of significance for a funnel plot, and where studies lie among them.
//!
//! Peters et al. (2008), doi 10.1016/j.jclinepi.2007.11.010: studies missing from the region of non-significance suggest
//! publication bias; missing elsewhere, another cause.

use crate::bias::error::BiasError;
use crate::distribution::two_sided_z;
use crate::effect::{Effect, Interval};
use crate::model::pool_error::PoolError;

/// Levels of significance about the value of no effect.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelContours {
    null: f64,
    levels: Vec<f64>,
    quantiles: Vec<f64>,
}

impl FunnelContours {
    /// Contours at confidence levels in ascending order, usually 0.90, 0.95 and 0.99; `null` on the analysis scale.
    pub fn new(null: f64, levels: &[f64]) -> Result<Self, BiasError> {
        if !null.is_finite() {
            let quantity = "null value";
            return Err(BiasError::Parameter { quantity, found: null, at_least_0: false });
        }
        let mut last = 0.0;
        for &level in levels {
            PoolError::check_level(level)?;
            if level <= last {
                return Err(BiasError::Contours { found: level, after: last });
            }
            last = level;
        }
        let quantiles = levels.iter().map(|level| two_sided_z(*level)).collect();
        Ok(Self { null, levels: levels.to_vec(), quantiles })
    }

    /// The confidence levels.
    pub fn levels(&self) -> &[f64] {
        &self.levels
    }

    /// Between which estimates a study with this standard error is not significant, for each level in turn.
    pub fn limits(&self, se: f64) -> Vec<Interval> {
        self.quantiles.iter().map(|z| Interval::around(self.null, z * se)).collect()
    }

    /// How many of the contours the study lies outside: 0 is the middle, with p above 1 − the first level.
    pub fn region(&self, effect: &Effect) -> usize {
        let z = ((effect.estimate - self.null) / effect.se()).abs();
        self.quantiles.partition_point(|quantile| *quantile < z)
    }

    /// Number of studies in each region, the middle first; one more than there are levels.
    pub fn counts(&self, effects: &[Effect]) -> Vec<usize> {
        let mut counts = vec![0; self.levels.len() + 1];
        for effect in effects {
            counts[self.region(effect)] += 1;
        }
        counts
    }
}
