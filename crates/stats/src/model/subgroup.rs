//! Subgroup analyses: each subgroup's pooled estimate, and whether they differ.
//!
//! Borenstein & Higgins (2013), doi 10.1007/s11121-013-0377-7; Handbook 10.11.3.1.

use crate::distribution::chi2_sf;
use crate::effect::{Effect, Interval};
use crate::model::design::Design;
use crate::model::kernel::Kernel;
use crate::model::options::{CiMethod, Model, PoolOptions, RegressionOptions};
use crate::model::pool::{from_q, pool};
use crate::model::pool_error::PoolError;
use crate::model::regress::regress;
use crate::model::solution::from_tau2;
use crate::model::studies::Columns;
use crate::model::wald::WaldTest;
use crate::numeric::matrix::Matrix;

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
    let columns = Columns::of(subgroups)?;
    if columns.k() < 2 {
        return Err(PoolError::TooFew {
            what: "a test for subgroup differences",
            found: columns.k(),
            needed: 2,
        });
    }
    let mut buffer = Vec::new();
    let mut kernel = columns.mean(&mut buffer);
    let (q, df) = (kernel.moments(0.0).q, kernel.df());
    if !q.is_finite() {
        return Err(PoolError::Overflow);
    }
    Ok(SubgroupTest { q, df, p_value: chi2_sf(q, df), i2: from_q(q, df).0 })
}

/// Whether subgroups have a between-study variance each, or one together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubgroupTau2 {
    /// Each subgroup is pooled on its own: what Review Manager does.
    Separate,
    /// One τ² for all, which small subgroups need (Borenstein et al. 2021, chapter 21): a regression on the subgroup.
    Common,
}

/// A subgroup analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct SubgroupAnalysis {
    /// The subgroups, in the order of the levels.
    pub groups: Vec<Subgroup>,
    /// The test for differences: χ² from Cochran's Q between estimates with separate τ², and the Wald test of the
    /// regression (F, if the interval method has degrees of freedom) with a common one.
    pub test: WaldTest,
}

/// One subgroup's estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Subgroup {
    /// Its level.
    pub level: String,
    /// Number of studies.
    pub k: usize,
    /// Pooled estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Its test statistic, estimate/se.
    pub statistic: f64,
    /// Two-sided p value.
    pub p_value: f64,
    /// Confidence interval.
    pub ci: Interval,
    /// Between-study variance; of all subgroups together if it is common.
    pub tau2: f64,
    /// Cochran's Q within the subgroup.
    pub q: f64,
    /// Its degrees of freedom.
    pub q_df: f64,
    /// Its p value.
    pub q_p_value: f64,
    /// I² within the subgroup, in percent: by τ², or by Q for a common effect.
    pub i2: f64,
}

/// Pools each subgroup and tests whether they differ.
///
/// `labels` holds each study's subgroup and `levels` the subgroups in the order wanted; a level without studies is left
/// out. Needs two subgroups with studies.
pub fn subgroup_analysis<S: AsRef<str>>(
    effects: &[Effect],
    labels: &[S],
    levels: &[S],
    options: &PoolOptions,
    tau2: SubgroupTau2,
) -> Result<SubgroupAnalysis, PoolError> {
    let design = cell_means(effects.len(), labels, levels)?;
    let members: Vec<Vec<Effect>> = (0..design.p())
        .map(|j| {
            let column = design.matrix().column(j);
            effects.iter().zip(column.iter()).filter(|pair| *pair.1 > 0.0).map(|it| *it.0).collect()
        })
        .collect();
    if members.len() < 2 {
        return Err(PoolError::TooFew {
            what: "a subgroup analysis",
            found: members.len(),
            needed: 2,
        });
    }
    let options = PoolOptions { prediction: None, ..*options };
    match tau2 {
        SubgroupTau2::Separate => separate(&members, &design, &options),
        SubgroupTau2::Common => common(effects, &members, &design, &options),
    }
}

/// A column for each level that some study has.
fn cell_means<S: AsRef<str>>(k: usize, labels: &[S], levels: &[S]) -> Result<Design, PoolError> {
    let present: Vec<&str> = levels
        .iter()
        .map(AsRef::as_ref)
        .filter(|level| labels.iter().any(|label| label.as_ref() == *level))
        .collect();
    let labels: Vec<&str> = labels.iter().map(AsRef::as_ref).collect();
    let builder = Design::builder(k).without_intercept();
    builder.factor("", &labels, &present).build().map_err(PoolError::from)
}

fn separate(
    members: &[Vec<Effect>],
    design: &Design,
    options: &PoolOptions,
) -> Result<SubgroupAnalysis, PoolError> {
    let mut groups = Vec::with_capacity(members.len());
    for (level, effects) in design.names().iter().zip(members) {
        let fit = pool(effects, options)?;
        groups.push(Subgroup {
            level: level.clone(),
            k: fit.k,
            estimate: fit.estimate,
            se: fit.se,
            statistic: fit.statistic,
            p_value: fit.p_value,
            ci: fit.ci,
            tau2: fit.tau2,
            q: fit.q,
            q_df: fit.q_df,
            q_p_value: fit.q_p_value,
            i2: fit.i2,
        });
    }
    let between: Vec<Effect> = groups
        .iter()
        .map(|group| Effect { estimate: group.estimate, variance: group.se * group.se })
        .collect();
    let test = test_for_subgroup_differences(&between)?;
    let test = WaldTest { statistic: test.q, df1: test.df, df2: None, p_value: test.p_value };
    Ok(SubgroupAnalysis { groups, test })
}

fn common(
    effects: &[Effect],
    members: &[Vec<Effect>],
    design: &Design,
    options: &PoolOptions,
) -> Result<SubgroupAnalysis, PoolError> {
    let options = RegressionOptions {
        model: options.model,
        ci: options.ci,
        level: options.level,
        ..RegressionOptions::default()
    };
    let fit = regress(effects, design, &options)?;
    let within =
        PoolOptions { model: Model::CommonEffect, ci: CiMethod::Wald, ..PoolOptions::default() };
    let mut groups = Vec::with_capacity(members.len());
    for (coefficient, effects) in fit.coefficients.iter().zip(members) {
        let fixed = pool(effects, &within)?;
        let i2 = match options.model {
            Model::CommonEffect => fixed.i2,
            Model::RandomEffects(_) | Model::GivenTau2(_) => {
                from_tau2(fit.tau2, typical(effects)?).0
            }
        };
        groups.push(Subgroup {
            level: coefficient.name.clone(),
            k: fixed.k,
            estimate: coefficient.estimate,
            se: coefficient.se,
            statistic: coefficient.statistic,
            p_value: coefficient.p_value,
            ci: coefficient.ci,
            tau2: fit.tau2,
            q: fixed.q,
            q_df: fixed.q_df,
            q_p_value: fixed.q_p_value,
            i2,
        });
    }
    let p = groups.len();
    let differences = Matrix::from_fn(p - 1, p, |i, j| {
        if j == 0 {
            -1.0
        } else if j == i + 1 {
            1.0
        } else {
            0.0
        }
    });
    let test = fit.contrast(&differences)?.joint.ok_or(PoolError::Overflow)?;
    Ok(SubgroupAnalysis { groups, test })
}

/// Typical sampling variance of a subgroup; a lone study's own.
fn typical(effects: &[Effect]) -> Result<f64, PoolError> {
    let columns = Columns::of(effects)?;
    let mut buffer = Vec::new();
    let mut kernel = columns.mean(&mut buffer);
    Ok(match effects {
        [only] => only.variance,
        _ => kernel.df() / kernel.moments(0.0).trace,
    })
}
