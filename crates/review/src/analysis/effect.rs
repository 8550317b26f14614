//! One study's effect: from the results that the plan selects to an estimate with its variance.

use std::collections::BTreeSet;

use consilience_stats::{
    self as stats, AddTo, Effect, EffectError, MeanSd, Measure, MhMeasure, PairedMargins, TwoByTwo,
};

use super::arms::{Part, parts, selected, share_of_events, share_of_means};
use super::contrast::{contrast_effect, has_precision};
use super::no_effect::NoEffect;
use super::numbers::{EventCount, group_events, group_mean_sd, pairs, short};
use super::paired::{PairingRule, assumed_for_events, correlation, given};
use super::prefer::{choice, not_asked_for};
use super::select::{Setting, settings};
use super::steps::Steps;
use super::{Pairing, StudyData, StudyEffect, metafor, review_manager};
use crate::extraction::Extraction;
use crate::printed::Printed;
use crate::state::State;
use crate::vocabulary::choice::{Increment, MultiArm, Profile, Weights};
use crate::vocabulary::plan::{AnalysisPlan, Method};
use crate::vocabulary::protocol::Comparison;
use crate::vocabulary::result::{ExtractedResult, Score};
use crate::vocabulary::study::{Arm, Design, Study};

const HALF_ADDED: &str = "an empty cell: one half added to each of the four";
const NO_EVENTS_FOR_MH: &str = "only the trial's own effect is reported, and Mantel-Haenszel needs the events of both \
                                arms; use inverse variance";
/// The subgroup of studies of which the characteristic is not known.
pub(super) const NOT_STATED: &str = "not stated";

/// What all the steps need to know.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) state: &'a State,
    /// What counts of all that was extracted.
    pub(super) extraction: &'a Extraction<'a>,
    pub(super) plan: &'a AnalysisPlan,
    pub(super) comparison: &'a Comparison,
    pub(super) pairing: PairingRule,
    /// Whether any study's table has a cell of 0, for rules on zero cells that ask this.
    pub(super) any_zero_cell: bool,
}

/// A study's effects, with the score they rest on, or why it has none. There is one, or, where the plan splits the arm that
/// several arms share, one for each of these.
pub(super) fn study_effects(
    question: &Question,
    study: &Study,
) -> Result<(Vec<StudyEffect>, Score), NoEffect> {
    let groups = [&question.comparison.experimental, &question.comparison.comparator];
    let mut selections = Vec::new();
    for group in groups {
        if let Some(arm) = selected(question, &study.study, group)? {
            selections.push(format!("of the arms of the group {group}, the plan selects {arm}"));
        }
    }
    let settings = settings(question, &study.study);
    if settings.is_empty() {
        return Err("no result for this outcome".to_owned().into());
    }
    let mut gave_none: Vec<(usize, String)> = Vec::new();
    let mut first_reason = None;
    let mut answer = None;
    for (i, setting) in settings.iter().enumerate().filter(|it| it.1.is_wanted()) {
        if !setting.open.is_empty() {
            // The next best setting would be a silent answer to what the extractors differ on.
            return Err(setting.open.join("; ").into());
        }
        match effects_of(question, study, setting) {
            Ok(effects) => {
                answer = Some((effects, i));
                break;
            }
            Err(reason) => {
                gave_none.push((i, reason.reason.clone()));
                first_reason = first_reason.or(Some(reason));
            }
        }
    }
    let Some((mut effects, used)) = answer else {
        return Err(first_reason.unwrap_or_else(|| nothing_asked_for(question, &settings)));
    };
    let choice = choice(question.plan, &settings, used, &gave_none);
    for effect in &mut effects {
        effect.steps.extend(selections.iter().cloned());
        effect.choice.clone_from(&choice);
        if choice.as_ref().is_some_and(|it| it.by_name) {
            let caution =
                "the plan does not say which of several results it wants, so their names decided";
            effect.cautions.push(caution.to_owned());
        }
        effect.subgroup = subgroup_of(question, study, effect.arm.as_deref());
        if let Weights::Column(column) = &question.plan.weights {
            effect.given_weight =
                Some(weight_in(column, study.characteristics.get(column).map(String::as_str))?);
        }
    }
    Ok((effects, settings[used].score))
}

/// What one setting gives: one effect, or one for each of several arms. An arm without an effect of its own is left out, if
/// another has one.
fn effects_of(
    question: &Question,
    study: &Study,
    setting: &Setting,
) -> Result<Vec<StudyEffect>, NoEffect> {
    let parts = parts(question, study, setting);
    if let [whole] = parts.as_slice() {
        return Ok(vec![within_reach(effect_of(question, study, setting, whole)?)?]);
    }
    let mut effects = Vec::new();
    let mut failed = Vec::new();
    for part in &parts {
        match arms_effect(question, study, setting, part).and_then(within_reach) {
            Ok(effect) => effects.push(effect),
            Err(it) => failed.push((part.arm.unwrap_or_default(), it)),
        }
    }
    let cautions = failed.iter().map(|(arm, it)| format!("no effect of {arm}: {}", it.reason));
    let cautions: Vec<String> = cautions.collect();
    match effects.first_mut() {
        Some(first) => first.cautions.extend(cautions),
        None => return Err(cautions.join("; ").into()),
    }
    Ok(effects)
}

/// Why none of a study's results is used: the plan does not ask for them.
fn nothing_asked_for(question: &Question, settings: &[Setting]) -> NoEffect {
    let results: Vec<String> = settings
        .iter()
        .map(|it| format!("{} ({})", it.words(), not_asked_for(question.plan, it)))
        .collect();
    let results = results.join("; ").replace("(not asked for: ", "(");
    format!("only results that the plan does not ask for: {results}").into()
}

/// The value of the characteristic by which subgroups are made: of the study, or of the arm that an effect is of, or of all arms
/// that are tried, if they have one in common.
pub(super) fn subgroup_of(question: &Question, study: &Study, arm: Option<&str>) -> Option<String> {
    let name = question.plan.subgroup.as_ref()?;
    let tried = question.state.arms_of(&study.study, &question.comparison.experimental);
    let compared = question.state.arms_of(&study.study, &question.comparison.comparator);
    let of_arm = |it: &Arm| it.characteristics.get(name).cloned();
    let of_arms = || {
        if let Some(arm) = arm {
            return tried.chain(compared).find(|it| it.arm == arm).and_then(of_arm);
        }
        let values: BTreeSet<Option<String>> = tried.map(of_arm).collect();
        if values.len() == 1 { values.into_iter().next().flatten() } else { None }
    };
    let value = study.characteristics.get(name).cloned().or_else(of_arms);
    Some(value.unwrap_or_else(|| NOT_STATED.to_owned()))
}

/// A study's number in the column of weights, from the text there.
pub(crate) fn weight_in(column: &str, text: Option<&str>) -> Result<f64, String> {
    let text = text.ok_or_else(|| format!("no weight in the column `{column}`"))?;
    let weight = Printed::parse(text).ok().map(|it| it.value());
    weight.filter(|it| *it > 0.0 && it.is_finite()).ok_or_else(|| {
        format!("`{text}` in the column `{column}`, which holds weights: numbers above 0")
    })
}

/// Numbers whose squares overflow would cost the other studies their pool.
fn within_reach(study: StudyEffect) -> Result<StudyEffect, NoEffect> {
    const LARGEST: f64 = 1e150;
    let Effect { estimate, variance } = study.effect;
    if estimate.abs() <= LARGEST && (LARGEST.recip()..=LARGEST).contains(&variance) {
        return Ok(study);
    }
    let se = variance.sqrt();
    Err(format!(
        "an effect of {estimate:e} with SE {se:e}, too large or too small to compute with; check the unit"
    )
    .into())
}

/// What one setting gives. A trial's own contrast comes first where it alone allows for the design;
/// otherwise the arms do.
fn effect_of(
    question: &Question,
    study: &Study,
    setting: &Setting,
    whole: &Part,
) -> Result<StudyEffect, NoEffect> {
    let contrast = || contrast_effect(question, study, setting).map_err(NoEffect::from);
    let arms = || arms_effect(question, study, setting, whole);
    if question.plan.measure == Measure::Generic {
        return contrast();
    }
    match (question.plan.method, setting.has_both_arms()) {
        (Method::InverseVariance, false) => contrast(),
        (Method::InverseVariance, true) if is_contrast_first(question, study, setting) => {
            contrast().or_else(|_| arms())
        }
        (Method::InverseVariance, true) => arms().or_else(|reason| contrast().map_err(|_| reason)),
        (Method::MantelHaenszel, true) => arms(),
        (Method::MantelHaenszel, false) => {
            contrast().and_then(|_| Err(NO_EVENTS_FOR_MH.to_owned().into()))
        }
    }
}

/// Whether the trial's own contrast knows more of the design than its arms do. A bare P value is only taken
/// for the precision of a paired design when the plan says so.
fn is_contrast_first(question: &Question, study: &Study, setting: &Setting) -> bool {
    match study.design {
        Design::Parallel => false,
        Design::Cluster => true,
        Design::Crossover | Design::WithinPerson => {
            question.pairing != PairingRule::Ignored
                && (question.plan.correlation_from_p || has_precision(question.plan, setting))
        }
    }
}

fn arms_effect(
    question: &Question,
    study: &Study,
    setting: &Setting,
    part: &Part,
) -> Result<StudyEffect, NoEffect> {
    let mut steps = Steps::default();
    let plan = question.plan;
    for (group, results) in [
        (&question.comparison.experimental, &part.experimental),
        (&question.comparison.comparator, &part.comparator),
    ] {
        if study.design.is_paired() && results.len() > 1 {
            return Err(format!(
                "a paired design with {} arms in the group `{group}`, which hold the same people; put one \
                 into the group",
                results.len()
            )
            .into());
        }
        if part.arm.is_none() && plan.multi_arm != MultiArm::Select {
            note_absent_arms(question.state, study, group, results, &mut steps);
        }
    }
    let people = |e: f64, c: f64| if study.design.is_paired() { e } else { e + c };
    let (participants, (effect, data, pairing)) = match plan.measure {
        Measure::MeanDifference | Measure::StandardizedMeanDifference | Measure::RatioOfMeans => {
            let e = group_mean_sd(question.state, plan, &part.experimental, &mut steps)?;
            let c = group_mean_sd(question.state, plan, &part.comparator, &mut steps)?;
            let e = share_of_means(e, part.share_e, &part.experimental, &mut steps);
            let c = share_of_means(c, part.share_c, &part.comparator, &mut steps);
            (people(e.n, c.n), means(question, study, setting, e, c, &mut steps)?)
        }
        _ => {
            let e = group_events(question.state, plan, &part.experimental, &mut steps)?;
            let c = group_events(question.state, plan, &part.comparator, &mut steps)?;
            let e = share_of_events(e, part.share_e, &part.experimental, &mut steps);
            let c = share_of_events(c, part.share_c, &part.comparator, &mut steps);
            (people(e.n, c.n), events(question, study, setting, e, c, &mut steps)?)
        }
    };
    let inputs = part.experimental.iter().chain(&part.comparator).map(|it| it.key()).collect();
    Ok(StudyEffect {
        study: study.study.clone(),
        arm: part.arm.map(str::to_owned),
        effect,
        ci: effect.interval(plan.level_share()),
        weight: 0.0,
        data,
        pairing,
        participants: Some(participants),
        steps: steps.all,
        conversions: steps.conversions,
        cautions: steps.cautions,
        choice: None,
        inputs,
        subgroup: None,
        given_weight: None,
    })
}

/// Says which arms of a group have no result here.
fn note_absent_arms(
    state: &State,
    study: &Study,
    group: &str,
    results: &[&ExtractedResult],
    steps: &mut Steps,
) {
    let present: Vec<&str> = results.iter().map(|it| it.subject.arm()).collect();
    let absent: Vec<&str> = state
        .arms_of(&study.study, group)
        .map(|it| it.arm.as_str())
        .filter(|arm| !present.contains(arm))
        .collect();
    if !absent.is_empty() {
        steps.push(format!(
            "no result of {}, so the group is {} alone",
            absent.join(", "),
            present.join(", ")
        ));
    }
}

type Computed = (Effect, StudyData, Option<Pairing>);

fn means(
    question: &Question,
    study: &Study,
    setting: &Setting,
    mut e: MeanSd,
    mut c: MeanSd,
    steps: &mut Steps,
) -> Result<Computed, NoEffect> {
    let data = StudyData::Means { experimental: e, comparator: c };
    if study.design.is_paired() && question.pairing != PairingRule::Ignored {
        if e.n.total_cmp(&c.n).is_ne() {
            return Err(format!("a paired design with {} and {} in its two arms", e.n, c.n).into());
        }
        let (r, source) = correlation(question, setting, &e, &c, steps);
        let effect = match question.plan.measure {
            Measure::MeanDifference => stats::paired_mean_difference(&e, &c, r),
            Measure::StandardizedMeanDifference => stats::paired_smd(&e, &c, r),
            _ => stats::paired_ratio_of_means(&e, &c, r),
        };
        let effect = effect.map_err(|it| it.to_string())?;
        steps.push(format!("analysed as {}: SE {}", pairs(e.n), short(effect.se())));
        return Ok((effect, data, Some(Pairing::Correlation(r, source))));
    }
    if study.design == Design::Cluster {
        let inflation = design_effect(study, steps)?;
        e.n /= inflation;
        c.n /= inflation;
    }
    let effect = match (question.plan.profile, question.plan.measure) {
        (Profile::ReviewManager | Profile::ReviewManager2025, measure) => {
            review_manager::effect_of_means(measure, e, c)
        }
        (_, Measure::MeanDifference) => stats::mean_difference(&e, &c),
        (_, Measure::StandardizedMeanDifference) => stats::standardized_mean_difference(&e, &c),
        _ => stats::ratio_of_means(&e, &c),
    };
    let data = StudyData::Means { experimental: e, comparator: c };
    Ok((effect.map_err(|it| NoEffect::of(it, data))?, data, None))
}

fn events(
    question: &Question,
    study: &Study,
    setting: &Setting,
    e: EventCount,
    c: EventCount,
    steps: &mut Steps,
) -> Result<Computed, NoEffect> {
    let mut table = TwoByTwo { events_e: e.events, n_e: e.n, events_c: c.events, n_c: c.n };
    if study.design.is_paired() && question.pairing != PairingRule::Ignored {
        return Ok(paired_events(question, setting, table, steps)?);
    }
    if study.design == Design::Cluster {
        let inflation = design_effect(study, steps)?;
        let TwoByTwo { events_e, n_e, events_c, n_c } = table;
        table = TwoByTwo {
            events_e: events_e / inflation,
            n_e: n_e / inflation,
            events_c: events_c / inflation,
            n_c: n_c / inflation,
        };
    }
    let data = StudyData::Events(table);
    let effect = table_effect(question, &table).map_err(|it| NoEffect::of(it, data))?;
    if let Some(added) = what_was_added(question.plan, &table) {
        steps.caution(added.clone(), added);
    }
    Ok((effect, data, None))
}

/// The effect of a table, as the plan's profile and method define it for a single study.
fn table_effect(question: &Question, table: &TwoByTwo) -> Result<Effect, EffectError> {
    let plan = question.plan;
    let measure = mh_measure(plan.measure);
    match (plan.profile, plan.method, measure) {
        (Profile::ReviewManager | Profile::ReviewManager2025, _, Some(measure))
        | (Profile::Consilience, Method::MantelHaenszel, Some(measure)) => {
            return review_manager::effect_of_table(measure, table);
        }
        (Profile::Metafor, Method::MantelHaenszel, Some(measure)) => {
            return metafor::effect_in_mantel_haenszel(measure, table);
        }
        (Profile::Metafor, _, None) => return metafor::effect_in_peto(table),
        _ => {}
    }
    match (plan.measure, plan.zero_cell_rule(), measure) {
        (_, Some(rule), Some(measure)) => {
            stats::table_effect(table, measure, &rule, question.any_zero_cell)
        }
        (Measure::RiskRatio, ..) => stats::risk_ratio(table),
        (Measure::OddsRatio, ..) => stats::odds_ratio(table),
        (Measure::PetoOddsRatio, ..) => stats::peto_odds_ratio(table),
        _ => stats::risk_difference(table),
    }
}

/// What was added to the cells of a table with a cell of 0, in words.
fn what_was_added(plan: &AnalysisPlan, table: &TwoByTwo) -> Option<String> {
    const OF_RATIO: &str = "only events in both arms: a risk ratio of 1, whose standard error has one half added to \
                            each cell";
    if !table.has_zero_cell() {
        return None;
    }
    let is_mh = plan.method == Method::MantelHaenszel;
    let words = match (plan.profile, plan.measure) {
        (Profile::Consilience, _) if plan.zero_cell_rule().is_some() => return added_by_rule(plan),
        (Profile::Metafor, Measure::PetoOddsRatio) => format!("{HALF_ADDED}, for its own effect"),
        (_, Measure::PetoOddsRatio) => return None,
        (Profile::Metafor, _) if is_mh => format!("{HALF_ADDED}, for its own effect"),
        (Profile::ReviewManager | Profile::ReviewManager2025, Measure::RiskDifference) => {
            format!("{HALF_ADDED}, for the standard error")
        }
        (Profile::Consilience, Measure::RiskDifference) if is_mh => {
            format!("{HALF_ADDED}, for the standard error")
        }
        (Profile::ReviewManager | Profile::ReviewManager2025, Measure::RiskRatio)
            if table.all_events() =>
        {
            OF_RATIO.to_owned()
        }
        (Profile::Consilience, Measure::RiskRatio) if is_mh && table.all_events() => {
            OF_RATIO.to_owned()
        }
        _ => HALF_ADDED.to_owned(),
    };
    Some(words)
}

/// What the plan's own rule adds to a table with a cell of 0.
fn added_by_rule(plan: &AnalysisPlan) -> Option<String> {
    let increment = plan.zero_cells.clone().unwrap_or_else(Increment::half);
    let adds = increment.to != AddTo::None && increment.add.value() > 0.0;
    adds.then(|| format!("an empty cell: {} added to each of the four", increment.add))
}

/// The measure in Mantel and Haenszel's method, for those that it has.
pub(super) fn mh_measure(measure: Measure) -> Option<MhMeasure> {
    match measure {
        Measure::RiskRatio => Some(MhMeasure::RiskRatio),
        Measure::OddsRatio => Some(MhMeasure::OddsRatio),
        Measure::RiskDifference => Some(MhMeasure::RiskDifference),
        _ => None,
    }
}

fn paired_events(
    question: &Question,
    setting: &Setting,
    table: TwoByTwo,
    steps: &mut Steps,
) -> Result<Computed, String> {
    if question.plan.method == Method::MantelHaenszel {
        return Err(
            "paired arms, which Mantel-Haenszel would take for different people; use inverse \
                    variance"
                .to_owned(),
        );
    }
    if table.n_e.total_cmp(&table.n_c).is_ne() {
        return Err(format!(
            "a paired design with {} and {} in its two arms",
            table.n_e, table.n_c
        ));
    }
    let (phi, source) =
        given(setting, steps).unwrap_or_else(|| assumed_for_events(question, &table, steps));
    let margins =
        PairedMargins { pairs: table.n_e, events_e: table.events_e, events_c: table.events_c, phi };
    let effect = match question.plan.measure {
        Measure::RiskRatio => stats::paired_risk_ratio_from_margins(&margins),
        Measure::OddsRatio => stats::paired_odds_ratio_from_margins(&margins),
        Measure::RiskDifference => stats::paired_risk_difference_from_margins(&margins),
        _ => {
            return Err(
                "a paired design, for which Peto's odds ratio is not defined here".to_owned()
            );
        }
    };
    let effect = effect.map_err(|it| it.to_string())?;
    if table.has_zero_cell() {
        steps.caution(HALF_ADDED.to_owned(), HALF_ADDED);
    }
    steps.push(format!("analysed as {}: SE {}", pairs(table.n_e), short(effect.se())));
    Ok((effect, StudyData::Events(table), Some(Pairing::Correlation(phi, source))))
}

fn design_effect(study: &Study, steps: &mut Steps) -> Result<f64, String> {
    let (Some(icc), Some(size)) = (&study.icc, &study.cluster_size) else {
        return Err("a cluster trial whose arms do not allow for clustering: give `icc` and `cluster_size` in \
                    studies.csv, or the trial's own adjusted effect"
            .to_owned());
    };
    let effect = stats::design_effect(size.value(), icc.value()).map_err(|it| it.to_string())?;
    steps.convert(
        "design-effect",
        format!(
            "divided by the design effect 1 + ({size} − 1) × {icc} = {} (Handbook 23.1.4)",
            short(effect)
        ),
    );
    Ok(effect)
}
