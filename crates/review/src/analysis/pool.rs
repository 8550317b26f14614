//! All studies of an analysis together: overall, by subgroup, without each in turn, at each correlation.

use consilience_stats::{
    self as stats, CiMethod, Effect, MhModel, PoolError, Pooled, PredictionMethod, TwoByTwo,
};
use indexmap::IndexMap;

use super::effect::{Question, mh_measure, study_effect};
use super::narrative::narrative;
use super::paired::PairingRule;
use super::{
    CorrelationRow, CorrelationSource, Excluded, LeftOut, Pairing, StudyData, StudyEffect,
    Subgroup, Synthesis,
};
use crate::state::State;
use crate::vocabulary::plan::{AnalysisPlan, Method, ModelKind};
use crate::vocabulary::protocol::{Comparison, Outcome};
use crate::vocabulary::result::Score;
use crate::vocabulary::study::Study;

/// From how many studies on funnel plots and their tests say anything (Handbook 13.3.5.4).
pub const MIN_STUDIES_FOR_FUNNEL: usize = 10;

/// Answers a plan.
pub(super) fn synthesis(
    state: &State,
    plan: &AnalysisPlan,
    comparison: &Comparison,
    outcome: &Outcome,
) -> Synthesis {
    let mut notes = Vec::new();
    let question = Question { state, plan, comparison, pairing: PairingRule::AsPlanned };
    let (mut studies, excluded) = effects(&question, &mut notes);
    let pooled = pool_members(plan, &studies).inspect(|pooled| {
        for (study, weight) in studies.iter_mut().zip(&pooled.weights) {
            study.weight = *weight;
        }
    });
    let pooled = noted(pooled, studies.len(), &mut notes);
    notes_on_method(plan, pooled.as_ref(), &mut notes);
    let subgroups = subgroups(plan, &studies);
    let subgroup_test = subgroup_test(&subgroups);
    let narrative = narrative(&question, outcome, &studies, &excluded);
    let effects: Vec<Effect> = studies.iter().map(|it| it.effect).collect();
    Synthesis {
        title: plan
            .title
            .clone()
            .unwrap_or_else(|| format!("{}: {}", outcome.name, plan.effect_words())),
        leave_one_out: leave_one_out(plan, &studies),
        correlations: correlations(&question, &studies),
        egger: (studies.len() >= MIN_STUDIES_FOR_FUNNEL)
            .then(|| stats::egger(&effects).ok())
            .flatten(),
        plan: plan.clone(),
        comparison: comparison.clone(),
        outcome: outcome.clone(),
        studies,
        excluded,
        pooled,
        subgroups,
        subgroup_test,
        narrative,
        notes,
    }
}

/// The studies that have arms in both groups.
pub(super) fn eligible<'a>(
    state: &'a State,
    comparison: &'a Comparison,
) -> impl Iterator<Item = &'a Study> {
    state.studies.values().filter(|study| {
        let has = |group: &str| state.arms_of(&study.study, group).next().is_some();
        has(&comparison.experimental) && has(&comparison.comparator)
    })
}

/// Every eligible study's effect, or why it has none.
fn effects(question: &Question, notes: &mut Vec<String>) -> (Vec<StudyEffect>, Vec<Excluded>) {
    let mut studies = Vec::new();
    let mut excluded = Vec::new();
    for study in eligible(question.state, question.comparison) {
        match study_effect(question, study) {
            Ok(effect) => studies.push(effect),
            Err(reason) => excluded.push(Excluded { study: study.study.clone(), reason }),
        }
    }
    let studies = separate_scores(question.plan, studies, &mut excluded, notes);
    (studies, excluded)
}

/// Final values and changes may be mixed in mean differences, but never in standardised ones
/// (Handbook 10.5.2); percent changes stand on a scale of their own.
fn separate_scores(
    plan: &AnalysisPlan,
    studies: Vec<(StudyEffect, Score)>,
    excluded: &mut Vec<Excluded>,
    notes: &mut Vec<String>,
) -> Vec<StudyEffect> {
    let is_kind = |score: Score| studies.iter().any(|(_, it)| *it == score);
    let standardised = plan.measure == stats::Measure::StandardizedMeanDifference;
    let mixed = [Score::Final, Score::Change].into_iter().all(is_kind);
    if mixed && !standardised {
        notes.push("final values and changes from baseline are pooled together".to_owned());
    }
    let first =
        [Score::Final, Score::Change, Score::PercentChange].into_iter().find(|it| is_kind(*it));
    studies
        .into_iter()
        .filter_map(|(study, score)| {
            let fits = match first {
                Some(first) if standardised => score == first,
                Some(Score::PercentChange) | None => true,
                Some(_) => score != Score::PercentChange,
            };
            if !fits {
                let reason =
                    "another kind of score than the other studies, which this measure cannot pool";
                excluded.push(Excluded { study: study.study.clone(), reason: reason.to_owned() });
            }
            fits.then_some(study)
        })
        .collect()
}

/// Pools some studies as the plan says.
pub(super) fn pool_members(
    plan: &AnalysisPlan,
    members: &[StudyEffect],
) -> Result<Pooled, PoolError> {
    if let (Method::MantelHaenszel, Some(measure)) = (plan.method, mh_measure(plan.measure)) {
        let tables: Vec<TwoByTwo> = members
            .iter()
            .filter_map(|it| match it.data {
                StudyData::Events(table) => Some(table),
                _ => None,
            })
            .collect();
        if tables.len() == members.len() {
            let model = match plan.model {
                ModelKind::Common => MhModel::CommonEffect,
                ModelKind::Random => MhModel::RandomEffects,
            };
            let mut pooled =
                stats::mantel_haenszel(&tables, measure, model, plan.level_share())?.pooled;
            if plan.prediction_interval && plan.model == ModelKind::Random {
                let Pooled { estimate, se, tau2, k, .. } = pooled;
                pooled.prediction = PredictionMethod::HigginsThompsonSpiegelhalter.interval(
                    estimate,
                    se,
                    tau2,
                    k,
                    plan.level_share(),
                );
            }
            return Ok(pooled);
        }
    }
    let effects: Vec<Effect> = members.iter().map(|it| it.effect).collect();
    let mut options = plan.pool_options();
    if effects.len() == 1 {
        // One study has no spread from which Hartung and Knapp could take a standard error.
        options.ci = CiMethod::Wald;
    }
    if plan.measure == stats::Measure::PetoOddsRatio {
        options.model = stats::Model::CommonEffect;
    }
    stats::pool(&effects, &options)
}

/// The pool if there is one; why not, otherwise, goes to the notes.
fn noted(
    pooled: Result<Pooled, PoolError>,
    n_studies: usize,
    notes: &mut Vec<String>,
) -> Option<Pooled> {
    match pooled {
        Ok(pooled) => Some(pooled),
        Err(error) => {
            if n_studies > 0 {
                notes.push(format!("not pooled: {error}"));
            }
            None
        }
    }
}

fn notes_on_method(plan: &AnalysisPlan, pooled: Option<&Pooled>, notes: &mut Vec<String>) {
    let Some(pooled) = pooled else { return };
    if pooled.k == 1 {
        notes.push("one study: this is its own result, and nothing was pooled".to_owned());
        return;
    }
    if plan.prediction_interval && pooled.prediction.is_none() {
        let reason = match plan.model {
            ModelKind::Common => "the common-effect model has none",
            ModelKind::Random => "it needs three studies",
        };
        notes.push(format!("no prediction interval: {reason}"));
    }
    if pooled.prediction.is_some() {
        notes.push(format!(
            "prediction interval by Higgins, Thompson and Spiegelhalter: t distribution with {} degrees of \
             freedom",
            pooled.k - 2
        ));
    }
}

fn subgroups(plan: &AnalysisPlan, studies: &[StudyEffect]) -> Vec<Subgroup> {
    let mut members: IndexMap<&str, Vec<usize>> = IndexMap::new();
    for (i, study) in studies.iter().enumerate() {
        if let Some(level) = &study.subgroup {
            members.entry(level).or_default().push(i);
        }
    }
    members
        .into_iter()
        .map(|(level, members)| {
            let subset: Vec<StudyEffect> = members.iter().map(|i| studies[*i].clone()).collect();
            let pooled = pool_members(plan, &subset).ok();
            Subgroup { level: level.to_owned(), members, pooled }
        })
        .collect()
}

fn subgroup_test(subgroups: &[Subgroup]) -> Option<stats::SubgroupTest> {
    let effects: Vec<Effect> = subgroups
        .iter()
        .filter_map(|it| it.pooled.as_ref())
        .map(|it| Effect { estimate: it.estimate, variance: it.se * it.se })
        .collect();
    if effects.len() < 2 {
        return None;
    }
    stats::test_for_subgroup_differences(&effects).ok()
}

fn leave_one_out(plan: &AnalysisPlan, studies: &[StudyEffect]) -> Vec<LeftOut> {
    if !plan.leave_one_out || studies.len() < 2 {
        return Vec::new();
    }
    (0..studies.len())
        .filter_map(|left_out| {
            let mut others = studies.to_vec();
            let study = others.remove(left_out).study;
            Some(LeftOut { study, pooled: pool_members(plan, &others).ok()? })
        })
        .collect()
}

/// The answer at each correlation of the grid and as if nothing were paired, where any correlation was
/// not simply printed.
fn correlations(question: &Question, studies: &[StudyEffect]) -> Vec<CorrelationRow> {
    let depends = |it: &StudyEffect| matches!(&it.pairing, Some(Pairing::Correlation(_, source)) if *source != CorrelationSource::Given);
    if !studies.iter().any(depends) {
        return Vec::new();
    }
    let grid = question.plan.correlation_grid().into_iter().map(Some);
    std::iter::once(None)
        .chain(grid)
        .filter_map(|correlation| {
            let pairing = correlation.map_or(PairingRule::Ignored, PairingRule::Fixed);
            let (studies, _) = effects(&Question { pairing, ..*question }, &mut Vec::new());
            Some(CorrelationRow {
                correlation,
                pooled: pool_members(question.plan, &studies).ok()?,
            })
        })
        .collect()
}
