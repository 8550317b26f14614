//! All studies of an analysis together: overall, by subgroup, without each in turn, at each correlation.

use consilience_stats::{
    self as stats, CiMethod, Effect, Measure, MhMeasure, MhModel, MhOptions, Model, PoolError,
    Pooled, PredictionMethod, TwoByTwo,
};
use indexmap::IndexMap;

use super::effect::{NOT_STATED, Question, mh_measure, study_effect};
use super::narrative::narrative;
use super::notes;
use super::numbers::{degrees_of_freedom, short};
use super::paired::PairingRule;
use super::{
    CorrelationRow, CorrelationSource, Excluded, LeftOut, Pairing, StudyData, StudyEffect,
    Subgroup, Synthesis,
};
use crate::keyword::Keyword;
use crate::state::State;
use crate::vocabulary::plan::{AnalysisPlan, Method, ModelKind};
use crate::vocabulary::protocol::{Comparison, Outcome};
use crate::vocabulary::result::Score;
use crate::vocabulary::study::Study;

/// From how many studies on funnel plots and their tests say anything: with fewer, chance alone makes funnels lopsided
/// (Cochrane Handbook 13.3.5.4).
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
    let (studies, excluded) = effects(&question, &mut notes);
    notes.extend(notes::on_generic(state, plan, &studies));
    notes.extend(notes::cautions(&studies));
    let correlations = correlations(&question, &studies, &mut notes);
    let narrative = narrative(&question, outcome, &studies, &excluded);
    let synthesis = of_studies(plan, comparison, outcome, studies, excluded);
    notes.extend(synthesis.notes);
    Synthesis { correlations, narrative, notes, ..synthesis }
}

/// What studies say together, wherever their effects come from.
pub(crate) fn of_studies(
    plan: &AnalysisPlan,
    comparison: &Comparison,
    outcome: &Outcome,
    mut studies: Vec<StudyEffect>,
    excluded: Vec<Excluded>,
) -> Synthesis {
    let mut notes = Vec::new();
    let pooled = pool_members(plan, &studies).inspect(|pooled| {
        for (study, weight) in studies.iter_mut().zip(&pooled.weights) {
            study.weight = *weight;
        }
    });
    let pooled = noted(pooled, studies.len(), &mut notes);
    notes_on_method(plan, pooled.as_ref(), &mut notes);
    let subgroups = subgroups(plan, &studies);
    let subgroup_test = subgroup_test(&subgroups);
    let effects: Vec<Effect> = studies.iter().map(|it| it.effect).collect();
    Synthesis {
        title: plan
            .title
            .clone()
            .unwrap_or_else(|| format!("{}: {}", outcome.name, plan.effect_words())),
        leave_one_out: leave_one_out(plan, &studies),
        correlations: Vec::new(),
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
        narrative: None,
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
    excluded.sort_by_key(|it| question.state.studies.get_index_of(&it.study));
    (studies, excluded)
}

/// Final values and changes may be mixed in mean differences, but never in standardised ones
/// (Handbook 10.5.2), nor in ratios of means; percent changes stand on a scale of their own.
fn separate_scores(
    plan: &AnalysisPlan,
    studies: Vec<(StudyEffect, Score)>,
    excluded: &mut Vec<Excluded>,
    notes: &mut Vec<String>,
) -> Vec<StudyEffect> {
    let is_there = |score: Score| studies.iter().any(|(_, it)| *it == score);
    let Some(first) = Score::all().iter().copied().find(|it| is_there(*it)) else {
        return Vec::new();
    };
    let never_mixed =
        matches!(plan.measure, Measure::StandardizedMeanDifference | Measure::RatioOfMeans);
    let fits = |score: Score| score == first || (!never_mixed && score != Score::PercentChange);
    if first == Score::Final && is_there(Score::Change) && fits(Score::Change) {
        notes.push("final values and changes from baseline are pooled together".to_owned());
    }
    studies
        .into_iter()
        .filter_map(|(study, score)| {
            if !fits(score) {
                let reason = format!(
                    "a {} score, which this measure cannot pool with the {} scores of other studies; `score` \
                     chooses",
                    score.name(),
                    first.name()
                );
                excluded.push(Excluded { study: study.study.clone(), reason });
            }
            fits(score).then_some(study)
        })
        .collect()
}

/// Pools some studies as the plan says.
fn pool_members(plan: &AnalysisPlan, members: &[StudyEffect]) -> Result<Pooled, PoolError> {
    if let (Method::MantelHaenszel, Some(measure)) = (plan.method, mh_measure(plan.measure)) {
        return mantel_haenszel(plan, measure, members);
    }
    let effects: Vec<Effect> = members.iter().map(|it| it.effect).collect();
    let mut options = plan.pool_options();
    if effects.len() == 1 {
        // One study has no spread from which Hartung and Knapp could take a standard error.
        options.ci = CiMethod::Wald;
    }
    stats::pool(&effects, &options)
}

/// Pools tables; an effect without a table never gets here, because `study_effect` leaves it out.
fn mantel_haenszel(
    plan: &AnalysisPlan,
    measure: MhMeasure,
    members: &[StudyEffect],
) -> Result<Pooled, PoolError> {
    let table = |it: &StudyEffect| match it.data {
        StudyData::Events(table) => Some(table),
        _ => None,
    };
    let tables: Vec<TwoByTwo> = members.iter().filter_map(table).collect();
    let level = plan.level_share();
    let model = match plan.model {
        ModelKind::Common => MhModel::CommonEffect,
        ModelKind::Random => MhModel::RandomEffects,
    };
    let options = MhOptions::review_manager(model, level);
    let mut pooled = stats::mantel_haenszel(&tables, measure, &options)?.pooled;
    if plan.prediction_interval && plan.model == ModelKind::Random {
        let Pooled { estimate, se, tau2, k, .. } = pooled;
        let method = PredictionMethod::HigginsThompsonSpiegelhalter;
        pooled.prediction = method.interval(estimate, se, tau2, k, level);
    }
    Ok(pooled)
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
        let reason = match plan.pool_options().model {
            Model::CommonEffect => "the common-effect model has none",
            Model::RandomEffects(_) | Model::GivenTau2(_) => "it needs three studies",
        };
        notes.push(format!("no prediction interval: {reason}"));
    }
    if pooled.prediction.is_some() {
        notes.push(format!(
            "prediction interval by Higgins, Thompson and Spiegelhalter: t distribution with {}",
            degrees_of_freedom(pooled.k as f64 - 2.0)
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

/// Whether the subgroups differ; studies whose characteristic is not known are no subgroup.
fn subgroup_test(subgroups: &[Subgroup]) -> Option<stats::SubgroupTest> {
    let effects: Vec<Effect> = subgroups
        .iter()
        .filter(|it| it.level != NOT_STATED)
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

/// The answer at each correlation of the grid and as if nothing were paired, where any correlation was assumed.
/// All rows are of the same studies; a row that one of them does not allow is left out, and a note says so.
fn correlations(
    question: &Question,
    studies: &[StudyEffect],
    notes: &mut Vec<String>,
) -> Vec<CorrelationRow> {
    let is_assumed = |it: &StudyEffect| {
        use CorrelationSource::{Assumed, FromP};
        matches!(it.pairing, Some(Pairing::Correlation(_, Assumed | FromP)))
    };
    if !studies.iter().any(is_assumed) {
        return Vec::new();
    }
    let grid = question.plan.correlation_grid().into_iter().map(Some);
    let mut rows = Vec::new();
    let mut nearest: IndexMap<(String, String), Vec<String>> = IndexMap::new();
    for correlation in std::iter::once(None).chain(grid) {
        let pairing = correlation.map_or(PairingRule::Ignored, PairingRule::Assumed);
        match same_studies(&Question { pairing, ..*question }, studies) {
            Ok(members) => {
                for (study, phi) in taken_otherwise(correlation, &members) {
                    let key = (study.to_owned(), short(phi));
                    nearest.entry(key).or_default().extend(correlation.map(short));
                }
                let pooled = pool_members(question.plan, &members).ok();
                rows.extend(pooled.map(|pooled| CorrelationRow { correlation, pooled }));
            }
            Err((study, reason)) => {
                let at = correlation.map_or_else(
                    || "as if unpaired".to_owned(),
                    |r| format!("at the correlation {r}"),
                );
                notes.push(format!("not repeated {at}, which {study} does not allow: {reason}"));
            }
        }
    }
    notes.extend(nearest.into_iter().map(|((study, phi), at)| {
        let at = at.join(", ");
        format!("{study}, where {at} is tried: {phi}, the nearest that its events can have")
    }));
    rows
}

/// The studies that cannot have the correlation that is tried, with that at which they are taken instead.
fn taken_otherwise(
    correlation: Option<f64>,
    members: &[StudyEffect],
) -> impl Iterator<Item = (&str, f64)> {
    members.iter().filter_map(move |it| match it.pairing {
        Some(Pairing::Correlation(r, CorrelationSource::Assumed))
            if correlation.is_some_and(|tried| tried.total_cmp(&r).is_ne()) =>
        {
            Some((it.study.as_str(), r))
        }
        _ => None,
    })
}

/// The effects of the same studies under another question; else the first study that has none, and why.
fn same_studies(
    question: &Question,
    studies: &[StudyEffect],
) -> Result<Vec<StudyEffect>, (String, String)> {
    let found = studies.iter().filter_map(|it| question.state.studies.get(&it.study));
    found
        .map(|study| match study_effect(question, study) {
            Ok((effect, _)) => Ok(effect),
            Err(reason) => Err((study.study.clone(), reason)),
        })
        .collect()
}
