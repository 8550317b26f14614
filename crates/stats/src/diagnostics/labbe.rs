//! The plot of L'Abbé, Detsky & O'Rourke (1987), doi 10.7326/0003-4819-107-2-224: risks of both groups against each other.

use crate::effect::EffectError;
use crate::effect_size::binary::TwoByTwo;

/// The measure whose scale the plot's line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabbeMeasure {
    /// Risk ratio.
    RiskRatio,
    /// Odds ratio.
    OddsRatio,
    /// Risk difference.
    RiskDifference,
}

/// A study's place in the plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabbePoint {
    /// Risk in the control group, from 0 to 1.
    pub control: f64,
    /// Risk in the experimental group, from 0 to 1.
    pub experimental: f64,
    /// Number of people in both groups, for the size of the circle.
    pub n: f64,
}

/// Each study's risks, as counted (no halves are added).
pub fn labbe(tables: &[TwoByTwo]) -> Result<Vec<LabbePoint>, EffectError> {
    tables
        .iter()
        .map(|table| {
            let risk = |events: f64, n: f64| {
                let n = EffectError::positive("number of people", n)?;
                Ok(EffectError::within((0.0, n), "number of events", events)? / n)
            };
            Ok(LabbePoint {
                control: risk(table.events_c, table.n_c)?,
                experimental: risk(table.events_e, table.n_e)?,
                n: table.n_c + table.n_e,
            })
        })
        .collect()
}

impl LabbeMeasure {
    /// The risk in the experimental group that goes with a control risk, if the effect is `estimate` (a log for ratios);
    /// risks that would be below 0 or above 1 are 0 or 1.
    pub fn experimental_risk(self, control: f64, estimate: f64) -> f64 {
        let risk = match self {
            Self::RiskDifference => control + estimate,
            Self::RiskRatio => control * libm::exp(estimate),
            Self::OddsRatio => {
                let odds = control * libm::exp(estimate);
                odds / (1.0 - control + odds)
            }
        };
        risk.clamp(0.0, 1.0)
    }
}
