//! Each study's own effect as Review Manager shows it.

use crate::effect::{Effect, EffectError};
use crate::effect_size::binary::{TwoByTwo, peto_odds_ratio};
use crate::effect_size::continuous::{mean_difference, revman_smd};
use crate::revman::analysis::{
    MeanMeasure, ObservedMinusExpected, RevManAnalysis, Totals, TwoMeans,
};
use crate::tables::revman_rules::{RevManRules, RevManTable};

/// The studies' effects on the analysis scale, or why they are not estimable.
pub(super) fn study_effects(
    analysis: &RevManAnalysis,
    rules: RevManRules,
) -> Vec<Result<Effect, EffectError>> {
    match *analysis {
        RevManAnalysis::Dichotomous { tables, measure, .. } => tables
            .iter()
            .map(|table| RevManTable::of(table, measure, rules).map(|it| it.effect))
            .collect(),
        RevManAnalysis::Peto { tables } => tables.iter().map(peto_odds_ratio).collect(),
        RevManAnalysis::Continuous { arms, measure, .. } => {
            arms.iter().map(|arms| difference_of_means(arms, measure)).collect()
        }
        RevManAnalysis::Generic { estimates, .. } => estimates
            .iter()
            .map(|effect| Effect::checked(effect.estimate, effect.variance))
            .collect(),
        RevManAnalysis::ObservedMinusExpected { studies, .. } => {
            studies.iter().map(one_step).collect()
        }
    }
}

/// Review Manager shows no effect when the SD of either arm is 0.
fn difference_of_means(arms: &TwoMeans, measure: MeanMeasure) -> Result<Effect, EffectError> {
    let TwoMeans { experimental: e, control: c } = arms;
    EffectError::positive("standard deviation of the experimental arm", e.sd)?;
    EffectError::positive("standard deviation of the control arm", c.sd)?;
    match measure {
        MeanMeasure::MeanDifference => mean_difference(e, c),
        MeanMeasure::StandardizedMeanDifference => revman_smd(e, c),
    }
}

fn one_step(study: &ObservedMinusExpected) -> Result<Effect, EffectError> {
    let variance = EffectError::positive("variance of O - E", study.variance)?;
    Effect::checked(study.difference / variance, 1.0 / variance)
}

/// Events and people of the studies at `rows`.
pub(super) fn totals(analysis: &RevManAnalysis, rows: &[usize]) -> Totals {
    let mut totals = Totals { studies: rows.len(), ..Totals::default() };
    for &row in rows {
        let (events_e, n_e, events_c, n_c) = match *analysis {
            RevManAnalysis::Dichotomous { tables, .. } | RevManAnalysis::Peto { tables } => {
                let TwoByTwo { events_e, n_e, events_c, n_c } = tables[row];
                (events_e, n_e, events_c, n_c)
            }
            RevManAnalysis::Continuous { arms, .. } => {
                (0.0, arms[row].experimental.n, 0.0, arms[row].control.n)
            }
            RevManAnalysis::Generic { .. } | RevManAnalysis::ObservedMinusExpected { .. } => {
                (0.0, 0.0, 0.0, 0.0)
            }
        };
        totals.events_e += events_e;
        totals.n_e += n_e;
        totals.events_c += events_c;
        totals.n_c += n_c;
    }
    totals
}
