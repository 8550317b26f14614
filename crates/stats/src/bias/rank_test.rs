//! Begg and Mazumdar's rank correlation test: whether standardised estimates and their variances are correlated.

use crate::bias::error::BiasError;
use crate::bias::kendall::{Pairs, exact_p_value};
use crate::distribution::normal_two_sided_p;
use crate::effect::Effect;
use crate::model::pool_error::PoolError;
use crate::model::studies::Columns;

/// Kendall's rank correlation of estimates with variances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankTest {
    /// Number of studies.
    pub k: usize,
    /// Kendall's τ-b, from −1 to 1; not to be confused with the between-study standard deviation.
    pub kendall_tau: f64,
    /// Two-sided p value of no correlation.
    pub p_value: f64,
    /// Where the p value comes from.
    pub distribution: RankDistribution,
}

/// The distribution that a rank test's p value is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankDistribution {
    /// The exact permutation distribution: no value occurs twice.
    Exact,
    /// The normal approximation with Kendall's correction for ties, without correction for continuity.
    Normal,
}

/// The rank correlation test for funnel-plot asymmetry.
///
/// Begg & Mazumdar (1994), doi 10.2307/2533446: Kendall's rank correlation of (y − common-effect mean)/√(v − 1/Σw) with v.
/// Needs two studies; a test of so few has no power (Handbook 13.3.5.4 asks for ten).
pub fn rank_test(effects: &[Effect]) -> Result<RankTest, BiasError> {
    let columns = Columns::of(effects)?;
    let k = columns.k();
    if k < 2 {
        return Err(PoolError::TooFew { what: "the rank test", found: k, needed: 2 }.into());
    }
    let mut buffer = Vec::new();
    let mut kernel = columns.mean(&mut buffer);
    let total = kernel.centre(0.0).total;
    let standardised: Vec<f64> = kernel
        .residuals()
        .iter()
        .zip(&columns.variances)
        .map(|(r, v)| r / (v - 1.0 / total).sqrt())
        .collect();
    if !standardised.iter().all(|z| z.is_finite()) {
        return Err(PoolError::Overflow.into());
    }
    let pairs = Pairs::of(&standardised, &columns.variances);
    if pairs.all_tied_right() {
        return Err(PoolError::SameStandardErrors.into());
    }
    if pairs.all_tied_left() {
        return Err(BiasError::SameEstimates);
    }
    let (p_value, distribution) = if pairs.untied() {
        (exact_p_value(k, pairs.score()), RankDistribution::Exact)
    } else {
        (normal_two_sided_p(pairs.standard_score()), RankDistribution::Normal)
    };
    Ok(RankTest { k, kendall_tau: pairs.tau_b(), p_value, distribution })
}
