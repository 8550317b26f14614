//! The radial plot: Galbraith (1988), doi 10.1002/sim.4780070807.

use crate::effect::Effect;

/// A study's place in the plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RadialPoint {
    /// 1/√(v + τ²): the further to the right, the more precise.
    pub precision: f64,
    /// Estimate over √(v + τ²). A line from the origin whose slope is the pooled estimate passes where the study would lie
    /// if it agreed; lines two above and below hold most studies that vary by chance alone.
    pub standardized: f64,
}

/// Each study's place, for the between-study variance of the model (0 for a common effect).
pub fn radial(effects: &[Effect], tau2: f64) -> Vec<RadialPoint> {
    effects
        .iter()
        .map(|effect| {
            let precision = 1.0 / (effect.variance + tau2).sqrt();
            RadialPoint { precision, standardized: effect.estimate * precision }
        })
        .collect()
}
