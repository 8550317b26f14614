//! One study's effect: from the results that the plan selects to an estimate with its variance.

use consilience_stats::{
    self as stats, Effect, EffectError, MeanSd, Measure, MhMeasure, MhModel, PairedMargins,
    TwoByTwo,
};

use super::numbers::{EventCount, group_events, group_mean_sd, short};
use super::paired::{PairingRule, correlation, given};
use super::select::{Contrast, Setting, settings};
use super::{CorrelationSource, Pairing, StudyData, StudyEffect};
use crate::state::State;
use crate::vocabulary::plan::{AnalysisPlan, Method};
use crate::vocabulary::protocol::Comparison;
use crate::vocabulary::result::{ContrastEffect, ExtractedResult, Reported, Score};
use crate::vocabulary::study::{Design, Study};

const HALF_ADDED: &str = "an empty cell: one half added to each of the four";

/// What all the steps need to know.
pub(super) struct Question<'a> {
    pub(super) state: &'a State,
    pub(super) plan: &'a AnalysisPlan,
    pub(super) comparison: &'a Comparison,
    pub(super) pairing: PairingRule,
}

/// A study's effect, with the score it rests on, or why it has none.
pub(super) fn study_effect(
    question: &Question,
    study: &Study,
) -> Result<(StudyEffect, Score), String> {
    let settings = settings(question.state, question.plan, question.comparison, &study.study);
    if settings.is_empty() {
        return Err("no result for this outcome".to_owned());
    }
    let mut first_reason = None;
    let mut others = 0;
    let mut answer = None;
    for setting in settings.iter().filter(|it| it.is_wanted) {
        match effect_of(question, study, setting) {
            Ok(_) if answer.is_some() => others += 1,
            Ok(effect) => answer = Some((effect, setting)),
            Err(reason) => first_reason = first_reason.or(Some(reason)),
        }
    }
    let Some((mut effect, setting)) = answer else {
        return Err(first_reason.unwrap_or_else(|| {
            let names: Vec<String> = settings.iter().map(Setting::words).collect();
            format!("only results that the plan does not ask for: {}", names.join("; "))
        }));
    };
    if others > 0 {
        effect.steps.insert(
            0,
            format!("{} of {} eligible results used: {}", 1, others + 1, setting.words()),
        );
    }
    let subgroup = question.plan.subgroup.as_ref();
    effect.subgroup = subgroup.map(|name| {
        study.characteristics.get(name).cloned().unwrap_or_else(|| "not stated".to_owned())
    });
    Ok((effect, setting.score))
}

/// What one setting gives. A trial's own contrast comes first where it alone allows for the design;
/// otherwise the arms do.
fn effect_of(question: &Question, study: &Study, setting: &Setting) -> Result<StudyEffect, String> {
    let contrast = || contrast_effect(question, study, setting);
    let arms = || arms_effect(question, study, setting);
    let contrast_first = match (study.design, question.pairing) {
        (Design::Parallel, _) => false,
        (Design::Cluster, _) | (_, PairingRule::AsPlanned) => true,
        // To vary the correlation, the arms are needed.
        (_, PairingRule::Fixed(_) | PairingRule::Ignored) => false,
    };
    if question.plan.measure == Measure::Generic {
        return contrast();
    }
    let (first, second) = if contrast_first { (contrast(), arms()) } else { (arms(), contrast()) };
    match (first, second) {
        (Ok(effect), _) | (Err(_), Ok(effect)) => Ok(effect),
        (Err(a), Err(b)) => Err(if contrast_first { b } else { a }),
    }
}

fn arms_effect(
    question: &Question,
    study: &Study,
    setting: &Setting,
) -> Result<StudyEffect, String> {
    if setting.experimental.is_empty() || setting.comparator.is_empty() {
        return Err(no_arm_numbers(setting));
    }
    let mut steps = Vec::new();
    let plan = question.plan;
    let (effect, data, pairing) = match plan.measure {
        Measure::MeanDifference | Measure::StandardizedMeanDifference | Measure::RatioOfMeans => {
            let e = group_mean_sd(question.state, &setting.experimental, &mut steps)?;
            let c = group_mean_sd(question.state, &setting.comparator, &mut steps)?;
            means(question, study, setting, e, c, &mut steps)?
        }
        _ => {
            let e = group_events(question.state, plan, &setting.experimental, &mut steps)?;
            let c = group_events(question.state, plan, &setting.comparator, &mut steps)?;
            events(question, study, setting, e, c, &mut steps)?
        }
    };
    let inputs =
        setting.experimental.iter().chain(&setting.comparator).map(|it| it.key()).collect();
    Ok(StudyEffect {
        study: study.study.clone(),
        effect,
        ci: effect.interval(plan.level_share()),
        weight: 0.0,
        data,
        pairing,
        steps,
        inputs,
        subgroup: None,
    })
}

fn no_arm_numbers(setting: &Setting) -> String {
    let missing = setting.results().find_map(|it| match &it.reported {
        Reported::Missing(reason) => Some(reason.clone()),
        _ => None,
    });
    let said: Vec<&str> = setting
        .contrasts
        .iter()
        .filter_map(|it| match &it.result.reported {
            Reported::Contrast { effect: None, p_value: Some(_), .. } => Some("a P value"),
            Reported::Contrast { effect: None, favours: Some(_), .. } => Some("a direction"),
            _ => None,
        })
        .collect();
    match (missing, said.first()) {
        (_, Some(said)) => format!("only {said} is reported, no numbers for the arms"),
        (Some(reason), None) => reason,
        (None, None) => "results of only one of the two arms".to_owned(),
    }
}

type Computed = (Effect, StudyData, Option<Pairing>);

fn means(
    question: &Question,
    study: &Study,
    setting: &Setting,
    mut e: MeanSd,
    mut c: MeanSd,
    steps: &mut Vec<String>,
) -> Result<Computed, String> {
    let data = StudyData::Means { experimental: e, comparator: c };
    if study.design.is_paired() && question.pairing != PairingRule::Ignored {
        if e.n.total_cmp(&c.n).is_ne() {
            return Err(format!("a paired design with {} and {} in its two arms", e.n, c.n));
        }
        let pairing = match question.pairing {
            PairingRule::Fixed(r) => Pairing::Correlation(r, CorrelationSource::Assumed),
            _ => correlation(setting, &e, &c, question.plan, steps),
        };
        let Pairing::Correlation(r, _) = pairing else { return Err("no correlation".to_owned()) };
        let effect = match question.plan.measure {
            Measure::MeanDifference => stats::paired_mean_difference(&e, &c, r),
            Measure::StandardizedMeanDifference => stats::paired_smd(&e, &c, r),
            _ => stats::paired_ratio_of_means(&e, &c, r),
        };
        let effect = effect.map_err(|it| it.to_string())?;
        steps.push(format!("analysed as {} pairs: SE {}", e.n, short(effect.se())));
        return Ok((effect, data, Some(pairing)));
    }
    if study.design == Design::Cluster {
        let inflation = design_effect(study, steps)?;
        e.n /= inflation;
        c.n /= inflation;
    }
    let effect = match question.plan.measure {
        Measure::MeanDifference => stats::mean_difference(&e, &c),
        Measure::StandardizedMeanDifference => stats::standardized_mean_difference(&e, &c),
        _ => stats::ratio_of_means(&e, &c),
    };
    let data = StudyData::Means { experimental: e, comparator: c };
    Ok((effect.map_err(|it| it.to_string())?, data, None))
}

fn events(
    question: &Question,
    study: &Study,
    setting: &Setting,
    e: EventCount,
    c: EventCount,
    steps: &mut Vec<String>,
) -> Result<Computed, String> {
    let mut table = TwoByTwo { events_e: e.events, n_e: e.n, events_c: c.events, n_c: c.n };
    if study.design.is_paired() && question.pairing != PairingRule::Ignored {
        return paired_events(question, setting, table, steps);
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
    let effect = table_effect(question.plan, &table).map_err(|it| it.to_string())?;
    if table.has_zero_cell() && question.plan.measure != Measure::PetoOddsRatio {
        steps.push(HALF_ADDED.to_owned());
    }
    Ok((effect, StudyData::Events(table), None))
}

/// The effect of a table, as the plan's method defines it for a single study.
fn table_effect(plan: &AnalysisPlan, table: &TwoByTwo) -> Result<Effect, EffectError> {
    if let (Method::MantelHaenszel, Some(measure)) = (plan.method, mh_measure(plan.measure))
        && let Ok(fit) =
            stats::mantel_haenszel(&[*table], measure, MhModel::CommonEffect, plan.level_share())
        && let Some(Some(effect)) = fit.studies.first()
    {
        return Ok(*effect);
    }
    match plan.measure {
        Measure::RiskRatio => stats::risk_ratio(table),
        Measure::OddsRatio => stats::odds_ratio(table),
        Measure::PetoOddsRatio => stats::peto_odds_ratio(table),
        _ => stats::risk_difference(table),
    }
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
    steps: &mut Vec<String>,
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
    let (phi, source) = match (question.pairing, given(setting, steps)) {
        (PairingRule::Fixed(phi), _) => (phi, CorrelationSource::Assumed),
        (_, Some(phi)) => (phi, CorrelationSource::Given),
        (_, None) => {
            let phi = question.plan.assumed_correlation();
            steps.push(format!("correlation between the two sides assumed: {}", short(phi)));
            (phi, CorrelationSource::Assumed)
        }
    };
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
        steps.push(HALF_ADDED.to_owned());
    }
    steps.push(format!("analysed as {} pairs: SE {}", table.n_e, short(effect.se())));
    Ok((effect, StudyData::Events(table), Some(Pairing::Correlation(phi, source))))
}

fn design_effect(study: &Study, steps: &mut Vec<String>) -> Result<f64, String> {
    let (Some(icc), Some(size)) = (&study.icc, &study.cluster_size) else {
        return Err("a cluster trial whose arms do not allow for clustering: give `icc` and `cluster_size` in \
                    studies.csv, or the trial's own adjusted effect"
            .to_owned());
    };
    let effect = stats::design_effect(size.value(), icc.value()).map_err(|it| it.to_string())?;
    steps.push(format!(
        "divided by the design effect 1 + ({size} − 1) × {icc} = {} (Handbook 23.1.4)",
        short(effect)
    ));
    Ok(effect)
}

/// The trial's own effect of one arm against the other.
fn contrast_effect(
    question: &Question,
    study: &Study,
    setting: &Setting,
) -> Result<StudyEffect, String> {
    let plan = question.plan;
    let found = setting.contrasts.iter().find_map(|it| {
        it.effect().filter(|effect| is_measure(plan, effect)).map(|effect| (it, effect))
    });
    let Some((contrast, printed)) = found else { return Err(no_arm_numbers(setting)) };
    let mut steps = Vec::new();
    let effect = printed_effect(plan, study, contrast, printed, &mut steps)?;
    Ok(StudyEffect {
        study: study.study.clone(),
        effect,
        ci: effect.interval(plan.level_share()),
        weight: 0.0,
        data: StudyData::Contrast {
            n: contrast.result.n.as_ref().map(crate::printed::Printed::value),
        },
        pairing: study.design.is_paired().then_some(Pairing::AsReported),
        steps,
        inputs: vec![contrast.result.key()],
        subgroup: None,
    })
}

/// Whether a printed effect is what the plan asks for.
fn is_measure(plan: &AnalysisPlan, printed: &ContrastEffect) -> bool {
    match (plan.measure, &plan.effect_name) {
        (Measure::Generic, None) => true,
        (Measure::Generic, Some(name)) => {
            printed.measure.eq_ignore_ascii_case(name)
                || initials(name) == printed.measure.to_uppercase()
        }
        (measure, _) => {
            printed.measure.eq_ignore_ascii_case(measure.name())
                || printed.measure.eq_ignore_ascii_case(measure.long_name())
        }
    }
}

/// `Hazard ratio` as `HR`.
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|it| it.chars().next()).collect::<String>().to_uppercase()
}

fn printed_effect(
    plan: &AnalysisPlan,
    study: &Study,
    contrast: &Contrast,
    printed: &ContrastEffect,
    steps: &mut Vec<String>,
) -> Result<Effect, String> {
    let is_ratio = plan.is_ratio();
    let on_scale = |value: f64| -> Result<f64, String> {
        match is_ratio {
            false => Ok(value),
            true if value > 0.0 => Ok(libm::log(value)),
            true => Err(format!("the ratio {value}, which is not above 0")),
        }
    };
    let estimate = on_scale(printed.effect.value())?;
    let df = degrees_of_freedom(study, contrast.result, is_ratio);
    let se = match (&printed.se, &printed.ci, exact_p(contrast.result)) {
        (Some(se), _, _) => {
            steps.push(format!(
                "{} {} with SE {se}, as the trial gives it",
                printed.measure, printed.effect
            ));
            se.value()
        }
        (None, Some(ci), _) => {
            let (lower, upper) = (on_scale(ci.lower.value())?, on_scale(ci.upper.value())?);
            let se = match df {
                Some(df) => stats::se_from_ci_t(lower, upper, ci.level_share(), df),
                None => stats::se_from_ci(lower, upper, ci.level_share()),
            };
            let se = se.map_err(|it| it.to_string())?;
            steps.push(format!(
                "{} {} ({} to {}), as the trial gives it; SE {} from the interval{}{}",
                printed.measure,
                printed.effect,
                ci.lower,
                ci.upper,
                short(se),
                if is_ratio { " of the logarithm" } else { "" },
                df.map_or_else(String::new, |df| format!(", t with {df} degrees of freedom"))
            ));
            se
        }
        (None, None, Some(p)) => {
            let se = stats::se_from_p(estimate, p, df).map_err(|it| it.to_string())?;
            steps.push(format!(
                "{} {} with P = {p}, as the trial gives it; SE {} from the P value",
                printed.measure,
                printed.effect,
                short(se)
            ));
            se
        }
        (None, None, None) => {
            return Err(format!(
                "{} {} without SE, interval or exact P value",
                printed.measure, printed.effect
            ));
        }
    };
    if se <= 0.0 || !se.is_finite() {
        return Err(format!("{} {} with a standard error of 0", printed.measure, printed.effect));
    }
    let sign = if contrast.is_reversed { -1.0 } else { 1.0 };
    if contrast.is_reversed {
        steps.push("printed the other way round, so turned".to_owned());
    }
    Ok(Effect { estimate: sign * estimate, variance: se * se })
}

fn exact_p(result: &ExtractedResult) -> Option<f64> {
    match &result.reported {
        Reported::Contrast { p_value: Some(p), .. } => p.exact(),
        _ => None,
    }
}

/// Of a difference of means: pairs − 1, or people − 2; ratios are taken as normal on the log scale.
fn degrees_of_freedom(study: &Study, result: &ExtractedResult, is_ratio: bool) -> Option<f64> {
    if is_ratio {
        return None;
    }
    let n = result.n.as_ref()?.value();
    let df = if study.design.is_paired() { n - 1.0 } else { n - 2.0 };
    (df >= 1.0).then_some(df)
}
