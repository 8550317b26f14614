//! Peto's one-step odds ratio: Σ(O − E)/ΣV.
//!
//! Yusuf et al. (1985), doi 10.1016/S0033-0620(85)80003-7; Handbook 10.4.2. With [`PetoOptions::default`] the numbers are
//! metafor's `rma.peto`, with [`PetoOptions::uncorrected`] Review Manager's. Where O − E and V come from elsewhere
//! (individual data, a log-rank test), pool (O − E)/V with variance 1/V by [`pool`](crate::pool).

use crate::effect::Effect;
use crate::effect_size::binary::TwoByTwo;
use crate::model::fit_statistics::FitStatistics;
use crate::model::pool::Pooled;
use crate::model::pool_error::PoolError;
use crate::numeric::sum::sum;
use crate::tables::cells::{Cells, by_rule, checked};
use crate::tables::options::PetoOptions;
use crate::tables::summary::{Estimate, Heterogeneity, fit_statistics};

/// A synthesis by Peto's method with each study's own effect.
#[derive(Debug, Clone, PartialEq)]
pub struct PetoFit {
    /// The pooled answer. `k` counts the studies with an effect of their own; Q rests on the tables of the pooled sums.
    pub pooled: Pooled,
    /// Each table's effect, in order; `None` where it is not estimable.
    pub studies: Vec<Option<Effect>>,
    /// Number of tables in the pooled sums.
    pub k_pooled: usize,
    /// Likelihood of the studies' effects about the pooled estimate; `None` for fewer than two studies.
    pub fit: Option<FitStatistics>,
}

/// Pools 2×2 tables by Peto's method.
pub fn peto(tables: &[TwoByTwo], options: &PetoOptions) -> Result<PetoFit, PoolError> {
    PoolError::check_level(options.level)?;
    let tables = checked(tables)?;
    let studies: Vec<Option<Effect>> = by_rule(tables, &options.studies)?
        .iter()
        .map(|cells| cells.as_ref().and_then(one_step))
        .collect();
    let effects: Vec<Effect> = studies.iter().flatten().copied().collect();
    let pooled = by_rule(tables, &options.pooled)?;
    let variance = |cells: &Option<Cells>| cells.as_ref().map_or(0.0, information);
    let weights: Vec<f64> = pooled.iter().map(variance).collect();
    let total = sum(weights.iter().copied());
    if total.is_nan() || total <= 0.0 {
        return Err(PoolError::NothingEstimable { found: tables.len() });
    }
    let differences = pooled.iter().flatten().map(Cells::observed_minus_expected);
    let estimate =
        Estimate { pooled: sum(differences) / total, se: (1.0 / total).sqrt(), tau2: 0.0, weights };
    let informative: Vec<Effect> = pooled.iter().flatten().filter_map(one_step).collect();
    let q = sum(informative.iter().map(|effect| {
        let residual = effect.estimate - estimate.pooled;
        residual * residual / effect.variance
    }));
    let fit = fit_statistics(estimate.pooled, &effects);
    let heterogeneity = Heterogeneity::given(q, effects.len());
    let answer = estimate.into_pooled(heterogeneity, effects.len(), options.level)?;
    Ok(PetoFit { pooled: answer, studies, k_pooled: pooled.iter().flatten().count(), fit })
}

/// V of a table, 0 where the table says nothing.
fn information(cells: &Cells) -> f64 {
    if cells.n() > 1.0 { cells.hypergeometric_variance() } else { 0.0 }
}

/// (O − E)/V with variance 1/V.
fn one_step(cells: &Cells) -> Option<Effect> {
    let v = information(cells);
    Effect::checked(cells.observed_minus_expected() / v, 1.0 / v).ok()
}
