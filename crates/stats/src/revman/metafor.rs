//! The same analysis as metafor computes it when its options are left alone.
//!
//! Viechtbauer (2010), doi 10.18637/jss.v036.i03. Effects are `escalc`'s, pooled by `rma` (REML unless a common effect is
//! asked for), `rma.mh` or `rma.peto`. "M-H, random" has no counterpart; its nearest relative is `rma`.

use crate::effect::Effect;
use crate::effect_size::binary::TwoByTwo;
use crate::effect_size::continuous::{mean_difference, standardized_mean_difference};
use crate::effect_size::zero_cells::ZeroCells;
use crate::model::options::{CiMethod, Model, PoolOptions};
use crate::model::pool::{Pooled, pool};
use crate::model::pool_error::PoolError;
use crate::model::tau2::Tau2Method;
use crate::revman::analysis::{
    DichotomousMethod, MeanMeasure, RevManAnalysis, RevManModel, TwoMeans,
};
use crate::tables::cells::{by_rule, checked};
use crate::tables::mantel_haenszel::mantel_haenszel;
use crate::tables::options::{MhMeasure, MhModel, MhOptions, PetoOptions};
use crate::tables::peto::peto;

/// Pools the studies of a Review Manager analysis with metafor's defaults; studies without an effect are left out.
///
/// Weights are those of the studies with an effect.
pub fn metafor_defaults(analysis: &RevManAnalysis, level: f64) -> Result<Pooled, PoolError> {
    match *analysis {
        RevManAnalysis::Dichotomous {
            tables,
            measure,
            method: DichotomousMethod::MantelHaenszel(MhModel::CommonEffect),
        } => {
            let options = MhOptions { level, ..MhOptions::default() };
            Ok(mantel_haenszel(tables, measure, &options)?.pooled)
        }
        RevManAnalysis::Dichotomous { tables, measure, method } => {
            let random = !matches!(method, DichotomousMethod::InverseVariance(RevManModel::Fixed));
            inverse_variance(&table_effects(tables, measure)?, random, level)
        }
        RevManAnalysis::Peto { tables } => {
            Ok(peto(tables, &PetoOptions { level, ..PetoOptions::default() })?.pooled)
        }
        RevManAnalysis::Continuous { arms, measure, model } => {
            inverse_variance(&mean_effects(arms, measure), model != RevManModel::Fixed, level)
        }
        RevManAnalysis::Generic { estimates, model } => {
            inverse_variance(estimates, model != RevManModel::Fixed, level)
        }
        RevManAnalysis::ObservedMinusExpected { studies, model } => {
            let effect = |difference: f64, variance: f64| {
                Effect::checked(difference / variance, 1.0 / variance).ok()
            };
            let effects: Vec<Effect> =
                studies.iter().filter_map(|it| effect(it.difference, it.variance)).collect();
            inverse_variance(&effects, model != RevManModel::Fixed, level)
        }
    }
}

/// `escalc` for tables: one half to every cell of a table with a 0, no table dropped.
pub(super) fn table_effects(
    tables: &[TwoByTwo],
    measure: MhMeasure,
) -> Result<Vec<Effect>, PoolError> {
    let cells = by_rule(checked(tables)?, &ZeroCells::HALF_TO_ZERO_CELLS)?;
    Ok(cells.iter().flatten().filter_map(|cells| cells.effect(measure)).collect())
}

fn mean_effects(arms: &[TwoMeans], measure: MeanMeasure) -> Vec<Effect> {
    arms.iter()
        .filter_map(|TwoMeans { experimental, control }| match measure {
            MeanMeasure::MeanDifference => mean_difference(experimental, control).ok(),
            MeanMeasure::StandardizedMeanDifference => {
                standardized_mean_difference(experimental, control).ok()
            }
        })
        .collect()
}

fn inverse_variance(effects: &[Effect], random: bool, level: f64) -> Result<Pooled, PoolError> {
    let model = if random { Model::RandomEffects(Tau2Method::Reml) } else { Model::CommonEffect };
    pool(effects, &PoolOptions { model, ci: CiMethod::Wald, level, prediction: None })
}
