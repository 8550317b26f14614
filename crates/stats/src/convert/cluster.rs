//! Cluster-randomised trials that were analysed as if individuals had been randomised.
//!
//! Divide events and numbers of people by the design effect (dichotomous outcomes), or numbers of people only
//! (continuous ones), or multiply the standard error by its root; keep the fractions. Handbook 23.1.4.

use crate::effect::EffectError;

/// Design effect 1 + (m − 1)·ICC for clusters of average size `m` ≥ 1; `icc` from 0 to 1.
pub fn design_effect(mean_cluster_size: f64, icc: f64) -> Result<f64, EffectError> {
    design_effect_unequal(mean_cluster_size, icc, 0.0)
}

/// Design effect 1 + ((cv² + 1)·m − 1)·ICC for clusters whose sizes vary with coefficient of variation `cv`.
///
/// Eldridge, Ashby & Kerry (2006), doi 10.1093/ije/dyl129.
pub fn design_effect_unequal(
    mean_cluster_size: f64,
    icc: f64,
    cv: f64,
) -> Result<f64, EffectError> {
    EffectError::at_least(1.0, "average cluster size", mean_cluster_size)?;
    EffectError::within((0.0, 1.0), "intracluster correlation", icc)?;
    EffectError::not_negative("coefficient of variation of cluster sizes", cv)?;
    Ok(1.0 + ((cv * cv + 1.0) * mean_cluster_size - 1.0) * icc)
}
