//! The analysis as Review Manager 5.4 or that of 2025 computes it, and why metafor's defaults give other numbers.

use consilience_stats::{
    self as stats, CiMethod, DichotomousMethod, Difference, Effect, EffectError, MeanMeasure,
    MeanSd, Measure, MhMeasure, MhModel, PoolError, Pooled, RevManAnalysis, RevManInterval,
    RevManModel, RevManOptions, RevManTau2, Tau2Method, TwoByTwo, TwoMeans,
};

use super::effect::mh_measure;
use super::{StudyData, StudyEffect, Synthesis};
use crate::vocabulary::choice::Profile;
use crate::vocabulary::plan::{AnalysisPlan, Method, ModelKind};

/// A study's own effect from its table. It does not depend on the method of pooling.
pub(super) fn effect_of_table(measure: MhMeasure, table: &TwoByTwo) -> Result<Effect, EffectError> {
    let method = DichotomousMethod::InverseVariance(RevManModel::Fixed);
    first_effect(&RevManAnalysis::Dichotomous { tables: &[*table], measure, method })
}

/// A study's own effect from its means.
pub(super) fn effect_of_means(
    measure: Measure,
    experimental: MeanSd,
    control: MeanSd,
) -> Result<Effect, EffectError> {
    first_effect(&RevManAnalysis::Continuous {
        arms: &[TwoMeans { experimental, control }],
        measure: mean_measure(measure),
        model: RevManModel::Fixed,
    })
}

fn first_effect(analysis: &RevManAnalysis) -> Result<Effect, EffectError> {
    let result = stats::review_manager(analysis, None, &RevManOptions::default());
    let study = result.ok().and_then(|it| it.studies.first().copied());
    study.map_or(Err(EffectError::Overflow), |it| it.effect)
}

fn mean_measure(measure: Measure) -> MeanMeasure {
    match measure {
        Measure::StandardizedMeanDifference => MeanMeasure::StandardizedMeanDifference,
        _ => MeanMeasure::MeanDifference,
    }
}

/// Pools studies; I² and H² of 5.4 come from Q, those of 2025 from τ².
pub(super) fn pool(plan: &AnalysisPlan, members: &[StudyEffect]) -> Result<Pooled, PoolError> {
    let data: Vec<StudyData> = members.iter().map(|it| it.data).collect();
    let effects: Vec<Effect> = members.iter().map(|it| it.effect).collect();
    let is_paired = members.iter().any(|it| it.pairing.is_some());
    let input = Input::of(plan, &data, &effects, is_paired);
    let overall = stats::review_manager(&input.analysis(plan), None, &options(plan))?.overall?;
    if plan.profile == Profile::ReviewManager2025 {
        return Ok(overall.pooled);
    }
    let Pooled { q, q_df, .. } = overall.pooled;
    let h2 = if q_df > 0.0 { q / q_df } else { 1.0 };
    Ok(Pooled { i2: overall.i2_from_q, h2, ..overall.pooled })
}

/// Why metafor's defaults give other numbers than Review Manager for the studies of a synthesis, those without an effect
/// among them.
pub fn differences(synthesis: &Synthesis) -> Vec<Difference> {
    let with_effect = synthesis.studies.iter().map(|it| it.data);
    let without = synthesis.excluded.iter().filter_map(|it| it.data);
    let data: Vec<StudyData> = with_effect.chain(without).collect();
    let effects: Vec<Effect> = synthesis.studies.iter().map(|it| it.effect).collect();
    let is_paired = synthesis.studies.iter().any(|it| it.pairing.is_some());
    let plan = &synthesis.plan;
    let input = Input::of(plan, &data, &effects, is_paired);
    stats::explain_differences(&input.analysis(plan), &options(plan))
}

fn options(plan: &AnalysisPlan) -> RevManOptions {
    RevManOptions {
        level: plan.level_share(),
        study_level: plan.level_share(),
        interval: match plan.ci {
            CiMethod::HartungKnapp => RevManInterval::HartungKnapp,
            _ => RevManInterval::Wald,
        },
        prediction: plan.prediction_interval,
        ..RevManOptions::default()
    }
}

/// What Review Manager is given. Paired arms, and a mixture of arms and effects, are given as effects ("generic inverse
/// variance"), as its users do.
enum Input {
    Tables(Vec<TwoByTwo>),
    Means(Vec<TwoMeans>),
    Effects(Vec<Effect>),
}

impl Input {
    fn of(plan: &AnalysisPlan, data: &[StudyData], effects: &[Effect], is_paired: bool) -> Self {
        let arms = |it: &StudyData| match *it {
            StudyData::Means { experimental, comparator } => {
                Some(TwoMeans { experimental, control: comparator })
            }
            StudyData::Events(_) | StudyData::Contrast { .. } | StudyData::Summary(_) => None,
        };
        let is_generic = is_paired || plan.measure == Measure::Generic;
        let tables =
            data.iter().map(StudyData::table).collect::<Option<Vec<_>>>().filter(|_| !is_generic);
        let means = data.iter().map(arms).collect::<Option<Vec<_>>>().filter(|_| !is_generic);
        match (tables, means) {
            (Some(tables), _) if !tables.is_empty() => Self::Tables(tables),
            (_, Some(means)) if !means.is_empty() => Self::Means(means),
            _ => Self::Effects(effects.to_vec()),
        }
    }

    fn analysis(&self, plan: &AnalysisPlan) -> RevManAnalysis<'_> {
        let is_random = plan.model == ModelKind::Random;
        let model = if is_random {
            RevManModel::Random(match plan.tau2.method() {
                Some(Tau2Method::Reml) => RevManTau2::Reml,
                _ => RevManTau2::DerSimonianLaird,
            })
        } else {
            RevManModel::Fixed
        };
        let mh = if is_random { MhModel::RandomEffects } else { MhModel::CommonEffect };
        match self {
            Self::Tables(tables) => match mh_measure(plan.measure) {
                None => RevManAnalysis::Peto { tables },
                Some(measure) => RevManAnalysis::Dichotomous {
                    tables,
                    measure,
                    method: match plan.method {
                        Method::MantelHaenszel => DichotomousMethod::MantelHaenszel(mh),
                        Method::InverseVariance => DichotomousMethod::InverseVariance(model),
                    },
                },
            },
            Self::Means(arms) => {
                RevManAnalysis::Continuous { arms, measure: mean_measure(plan.measure), model }
            }
            Self::Effects(estimates) => RevManAnalysis::Generic { estimates, model },
        }
    }
}
