//! Whether subgroups differ: Cochran's Q between the subgroups' pooled estimates.
//!
//! Borenstein & Higgins (2013), doi 10.1007/s11121-013-0377-7; Handbook 10.11.3.1.

use crate::distribution::chi2_sf;
use crate::effect::Effect;
use crate::model::pool::from_q;
use crate::model::pool_error::PoolError;
use crate::model::weighted::Studies;

/// The test for subgroup differences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SubgroupTest {
    /// Cochran's Q between subgroups.
    pub q: f64,
    /// Degrees of freedom: subgroups − 1.
    pub df: f64,
    /// p value from the χ² distribution.
    pub p_value: f64,
    /// I² between subgroups, in percent.
    pub i2: f64,
}

/// Tests whether the pooled estimates of two or more subgroups differ.
///
/// `subgroups` holds each subgroup's pooled estimate and the square of its standard error, each pooled on its own
/// (with its own τ²), and no study in two subgroups.
pub fn test_for_subgroup_differences(subgroups: &[Effect]) -> Result<SubgroupTest, PoolError> {
    let studies = Studies::new(subgroups)?;
    if studies.k() < 2 {
        return Err(PoolError::TooFew {
            what: "a test for subgroup differences",
            found: studies.k(),
            needed: 2,
        });
    }
    let (q, df) = (studies.generalised_q(0.0), studies.df());
    if !q.is_finite() {
        return Err(PoolError::Overflow);
    }
    Ok(SubgroupTest { q, df, p_value: chi2_sf(q, df), i2: from_q(q, df).0 })
}
