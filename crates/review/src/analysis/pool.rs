//! All studies of an analysis together: overall, by subgroup, without each in turn, at each correlation.

use consilience_stats::{
    self as stats, AddTo, CiMethod, Effect, Measure, MhMeasure, MhModel, MhOptions, MhRateMeasure,
    MhRateOptions, Model, PoolError, Pooled, Summary, TwoByTwo, TwoRates,
};
use indexmap::{IndexMap, IndexSet};

use super::effect::{NOT_STATED, Question, mh_measure, study_effects, subgroup_of};
use super::heterogeneity::{self, weighting};
use super::narrative::narrative;
use super::no_effect::NoEffect;
use super::numbers::short;
use super::paired::PairingRule;
use super::{
    CorrelationRow, CorrelationSource, Excluded, LeftOut, Pairing, StudyData, StudyEffect,
    Subgroup, Synthesis, estimated, metafor, notes, regression, review_manager, variance,
};
use crate::extraction::Extraction;
use crate::keyword::Keyword;
use crate::state::State;
use crate::vocabulary::choice::Profile;
use crate::vocabulary::plan::{AnalysisPlan, Method, ModelKind, is_of_rates};
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
    let pairing = PairingRule::AsPlanned;
    let extraction = &Extraction::of(state);
    let question = Question { state, extraction, plan, comparison, pairing, any_zero_cell: false };
    let question = Question { any_zero_cell: any_zero_cell(&question), ..question };
    let (mut studies, excluded) = effects(&question, &mut notes);
    notes.extend(variance::as_planned(plan, &mut studies));
    notes.extend(notes::on_generic(extraction, plan, &studies));
    notes.extend(notes::cautions(&studies));
    notes.extend(notes::on_zero_cells(plan, question.any_zero_cell));
    let correlations = correlations(&question, &studies, &mut notes);
    let narrative = narrative(&question, outcome, &studies, &excluded);
    let synthesis = of_studies(plan, comparison, outcome, studies, excluded);
    let regression = regression::planned(state, &synthesis, &mut notes);
    notes.extend(synthesis.notes);
    Synthesis { regression, correlations, narrative, notes, ..synthesis }
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
    let pooled = pool_members(plan, &studies, &without_effect(&excluded)).inspect(|pooled| {
        for (study, weight) in studies.iter_mut().zip(&pooled.weights) {
            study.weight = *weight;
        }
    });
    let pooled = noted(pooled, studies.len(), &mut notes);
    notes_on_method(plan, pooled.as_ref(), &mut notes);
    let subgroups = subgroups(plan, &studies, &excluded, &mut notes);
    let subgroup_test = subgroup_test(&subgroups);
    let effects: Vec<Effect> = studies.iter().map(|it| it.effect).collect();
    Synthesis {
        title: plan
            .title
            .clone()
            .unwrap_or_else(|| format!("{}: {}", outcome.name, plan.effect_words())),
        heterogeneity_interval: pooled
            .as_ref()
            .and_then(|_| heterogeneity::interval(plan, &studies, &mut notes)),
        leave_one_out: leave_one_out(plan, &studies, &excluded),
        regression: None,
        correlations: Vec::new(),
        restricted: Vec::new(),
        without_estimates: pooled
            .as_ref()
            .and_then(|_| estimated::without_estimates(plan, &studies)),
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
        match study_effects(question, study) {
            Ok((effects, score)) => studies.extend(effects.into_iter().map(|it| (it, score))),
            Err(NoEffect { reason, data }) => excluded.push(Excluded {
                data,
                subgroup: subgroup_of(question, study, None),
                ..Excluded::new(&study.study, reason)
            }),
        }
    }
    let studies = separate_scores(question.plan, studies, &mut excluded, notes);
    let place = |study: &str| question.state.studies.get_index_of(study);
    excluded.sort_by_key(|it| place(&it.study));
    for it in &mut excluded {
        it.position = studies.iter().filter(|other| place(&other.study) < place(&it.study)).count();
    }
    (studies, excluded)
}

/// Whether any table has a cell of 0, where the rule on zero cells asks this.
fn any_zero_cell(question: &Question) -> bool {
    let asks = question.plan.zero_cell_rule().is_some_and(|it| it.to == AddTo::AllIfAnyZero);
    let data = |study| match study_effects(question, study) {
        Ok((effects, _)) => effects.into_iter().map(|it| it.data).collect(),
        Err(it) => it.data.into_iter().collect::<Vec<_>>(),
    };
    asks && eligible(question.state, question.comparison)
        .flat_map(data)
        .any(|it| matches!(it, StudyData::Events(table) if table.has_zero_cell()))
}

/// The numbers of studies without an effect of their own.
fn without_effect(excluded: &[Excluded]) -> Vec<StudyData> {
    excluded.iter().filter_map(|it| it.data).collect()
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
                excluded.push(Excluded::new(&study.study, reason));
            }
            fits(score).then_some(study)
        })
        .collect()
}

/// Pools some studies as the plan says. Numbers without an effect of their own matter to metafor's sums only.
pub(super) fn pool_members(
    plan: &AnalysisPlan,
    members: &[StudyEffect],
    without_effect: &[StudyData],
) -> Result<Pooled, PoolError> {
    let tables = || members.iter().map(|it| it.data.table()).collect::<Option<Vec<TwoByTwo>>>();
    let tables_without: Vec<TwoByTwo> =
        without_effect.iter().filter_map(StudyData::table).collect();
    let all_tables = || Some([tables()?, tables_without].concat());
    let (level, is_mh) = (plan.level_share(), plan.method == Method::MantelHaenszel);
    match (plan.profile, mh_measure(plan.measure).filter(|_| is_mh), plan.measure) {
        (Profile::ReviewManager | Profile::ReviewManager2025, ..) => {
            return review_manager::pool(plan, members);
        }
        (_, None, measure) if is_mh && is_of_rates(measure) => {
            return mantel_haenszel_of_rates(plan, members, without_effect);
        }
        (Profile::Consilience, Some(measure), _) => {
            return mantel_haenszel(plan, measure, &tables().unwrap_or_default());
        }
        (Profile::Metafor, Some(measure), _) => {
            let tables = all_tables().unwrap_or_default();
            return metafor::mantel_haenszel(&tables, measure, level);
        }
        (Profile::Metafor, None, Measure::PetoOddsRatio) => {
            if let Some(tables) = all_tables() {
                return metafor::peto(&tables, level);
            }
        }
        (Profile::Consilience | Profile::Metafor, None, _) => {}
    }
    let effects: Vec<Effect> = members.iter().map(|it| it.effect).collect();
    let mut options = plan.pool_options();
    if effects.len() == 1 {
        // One study has no spread from which a standard error could be taken.
        options.ci = CiMethod::Wald;
    }
    stats::pool_weighted(&effects, &weighting(plan, members), &options)
}

/// Pools tables; an effect without a table never gets here, because `study_effects` leaves it out.
fn mantel_haenszel(
    plan: &AnalysisPlan,
    measure: MhMeasure,
    tables: &[TwoByTwo],
) -> Result<Pooled, PoolError> {
    let level = plan.level_share();
    let model = match plan.model {
        ModelKind::Common => MhModel::CommonEffect,
        ModelKind::Random => MhModel::RandomEffects,
    };
    let options = MhOptions::review_manager(model, level);
    let mut pooled = stats::mantel_haenszel(tables, measure, &options)?.pooled;
    if plan.model == ModelKind::Random {
        let Pooled { estimate, se, tau2, k, .. } = pooled;
        let method = plan.prediction_interval;
        pooled.prediction = method.and_then(|it| it.interval(estimate, se, tau2, k, level));
    }
    Ok(pooled)
}

/// Pools events over person-time, also of studies without an effect of their own, as metafor does: they count in the
/// denominator of a rate difference.
fn mantel_haenszel_of_rates(
    plan: &AnalysisPlan,
    members: &[StudyEffect],
    without_effect: &[StudyData],
) -> Result<Pooled, PoolError> {
    let data = members.iter().map(|it| &it.data).chain(without_effect);
    let rates = data.filter_map(|it| match *it {
        StudyData::Summary(Summary::Rates { experimental, control }) => {
            Some(TwoRates { experimental, control })
        }
        _ => None,
    });
    let measure = match plan.measure {
        Measure::RateDifference => MhRateMeasure::RateDifference,
        _ => MhRateMeasure::RateRatio,
    };
    let options = MhRateOptions { level: plan.level_share(), ..MhRateOptions::default() };
    stats::mantel_haenszel_rates(&rates.collect::<Vec<_>>(), measure, &options).map(|it| it.pooled)
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
    if plan.prediction_interval.is_some() && pooled.prediction.is_none() {
        let reason = match plan.pool_options().model {
            Model::CommonEffect => "the common-effect model has none",
            Model::RandomEffects(_) | Model::GivenTau2(_) => "it needs three studies",
        };
        notes.push(format!("no prediction interval: {reason}"));
    }
    if let Some(method) = plan.prediction_interval.filter(|_| pooled.prediction.is_some()) {
        notes.push(notes::on_prediction(method, pooled.k));
    }
}

fn subgroups(
    plan: &AnalysisPlan,
    studies: &[StudyEffect],
    excluded: &[Excluded],
    notes: &mut Vec<String>,
) -> Vec<Subgroup> {
    let mut members: IndexMap<&str, Vec<usize>> = IndexMap::new();
    for (i, study) in studies.iter().enumerate() {
        if let Some(level) = &study.subgroup {
            members.entry(level).or_default().push(i);
        }
    }
    if plan.profile.is_review_manager() {
        // It shows a subgroup of which no study is estimable, too.
        for study in excluded.iter().filter(|it| it.data.is_some()) {
            if let Some(level) = &study.subgroup {
                members.entry(level).or_default();
            }
        }
    }
    let plan = match heterogeneity::in_common(plan, studies) {
        Ok(plan) => plan,
        Err(error) => {
            notes.push(format!("subgroups not pooled with a common τ²: {error}"));
            return Vec::new();
        }
    };
    members
        .into_iter()
        .map(|(level, members)| {
            let subset: Vec<StudyEffect> = members.iter().map(|i| studies[*i].clone()).collect();
            let others = excluded.iter().filter(|it| it.subgroup.as_deref() == Some(level));
            let others: Vec<Excluded> = others.cloned().collect();
            let pooled = pool_members(&plan, &subset, &without_effect(&others)).ok();
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

fn leave_one_out(
    plan: &AnalysisPlan,
    studies: &[StudyEffect],
    excluded: &[Excluded],
) -> Vec<LeftOut> {
    let without = without_effect(excluded);
    if !plan.leave_one_out || studies.len() < 2 {
        return Vec::new();
    }
    // All effects of a study are left out together.
    let names: IndexSet<&str> = studies.iter().map(|it| it.study.as_str()).collect();
    names
        .into_iter()
        .filter_map(|study| {
            let others: Vec<StudyEffect> =
                studies.iter().filter(|it| it.study != study).cloned().collect();
            let pooled = pool_members(plan, &others, &without).ok()?;
            Some(LeftOut { study: study.to_owned(), pooled })
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
            Ok(mut members) => {
                variance::as_planned(question.plan, &mut members);
                for (study, phi) in taken_otherwise(correlation, &members) {
                    let key = (study.to_owned(), short(phi));
                    nearest.entry(key).or_default().extend(correlation.map(short));
                }
                let pooled = pool_members(question.plan, &members, &[]).ok();
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
    let names: IndexSet<&str> = studies.iter().map(|it| it.study.as_str()).collect();
    let mut members = Vec::new();
    for study in names.into_iter().filter_map(|it| question.state.studies.get(it)) {
        match study_effects(question, study) {
            Ok((effects, _)) => members.extend(effects),
            Err(it) => return Err((study.study.clone(), it.reason)),
        }
    }
    Ok(members)
}
