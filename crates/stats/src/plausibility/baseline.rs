//! Whether arms differ more, or less, at baseline than chance allows.
//!
//! After randomisation, a baseline difference is chance by definition, so its P values are uniform; too many small ones speak for a
//! slip in the table or no randomisation, too many near 1 for numbers that were made up. Carlisle 2012, 2017
//! (doi 10.1111/anae.13938). Baseline variables correlate, so a combined P is not exact: only extremes are told.

use super::agree::{PrintedArm, p_of_t_test};
use crate::combine::p_values::stouffer;

/// The combined evidence of a trial's baseline variables.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaselineTest {
    /// How many variables.
    pub variables: usize,
    /// One-sided P of arms so different; near 1 when they are too alike.
    pub p_too_different: f64,
}

/// Combines the variables' P values by Stouffer's method, each at the middle of what its rounding allows.
pub fn baseline_test(variables: &[(PrintedArm, PrintedArm)]) -> Option<BaselineTest> {
    let p: Vec<f64> = variables
        .iter()
        .filter_map(|(a, b)| p_of_t_test(a, b))
        .map(|(low, high)| f64::midpoint(low, high).clamp(1e-12, 1.0 - 1e-12))
        .collect();
    if p.is_empty() {
        return None;
    }
    let combined = stouffer(&p).ok()?;
    Some(BaselineTest { variables: p.len(), p_too_different: combined.p_value })
}
