//! The trial's own effect of one arm against the other, on the analysis scale.

use std::collections::BTreeSet;

use consilience_stats::{self as stats, Effect, Measure};

use super::effect::Question;
use super::numbers::{self, short};
use super::select::{Contrast, Setting};
use super::steps::Steps;
use super::{Pairing, StudyData, StudyEffect};
use crate::printed::Printed;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::result::{ContrastEffect, ExtractedResult, Favours, Reported};
use crate::vocabulary::study::{Design, Study};

/// The trial's own effect of one arm against the other.
pub(super) fn contrast_effect(
    question: &Question,
    study: &Study,
    setting: &Setting,
) -> Result<StudyEffect, String> {
    let plan = question.plan;
    let asked: Vec<_> = asked_for(plan, setting).collect();
    let Some((contrast, printed)) = asked.first().copied() else {
        return Err(why_no_effect(plan, setting));
    };
    one_pair_of_arms(&asked)?;
    one_kind_of_effect(&asked)?;
    let mut steps = Steps::default();
    let effect = printed_effect(plan, study, contrast, printed, &mut steps)?;
    Ok(StudyEffect {
        study: study.study.clone(),
        arm: None,
        effect,
        ci: effect.interval(plan.level_share()),
        weight: 0.0,
        data: StudyData::Contrast { n: contrast.result.n.as_ref().map(Printed::value) },
        pairing: study.design.is_paired().then_some(Pairing::AsReported),
        participants: contrast.result.n.as_ref().map(Printed::value),
        steps: steps.all,
        conversions: steps.conversions,
        cautions: steps.cautions,
        choice: None,
        inputs: vec![contrast.result.key()],
        subgroup: None,
        given_weight: None,
    })
}

/// Whether a contrast comes with a standard error or an interval of its own.
pub(super) fn has_precision(plan: &AnalysisPlan, setting: &Setting) -> bool {
    asked_for(plan, setting).any(|(_, printed)| printed.se.is_some() || printed.ci.is_some())
}

/// The contrasts whose effect is what the plan asks for.
fn asked_for<'a>(
    plan: &'a AnalysisPlan,
    setting: &'a Setting,
) -> impl Iterator<Item = (&'a Contrast<'a>, &'a ContrastEffect)> {
    let with_effect = setting.contrasts.iter().filter_map(|it| Some((it, it.effect()?)));
    with_effect.filter(|(_, printed)| is_measure(plan, printed))
}

/// Contrasts of several arms with one share its people, and nothing printed says how far they agree by that.
fn one_pair_of_arms(contrasts: &[(&Contrast, &ContrastEffect)]) -> Result<(), String> {
    let pairs: BTreeSet<String> = contrasts.iter().map(|(it, _)| it.words()).collect();
    if pairs.len() == 1 {
        return Ok(());
    }
    Err(format!(
        "{} effects between arms of the two groups ({}): give one for the groups, or the arms' own numbers",
        pairs.len(),
        pairs.into_iter().collect::<Vec<_>>().join("; ")
    ))
}

/// A generic analysis that names no effect takes any, but does not choose among several.
fn one_kind_of_effect(contrasts: &[(&Contrast, &ContrastEffect)]) -> Result<(), String> {
    let kinds: BTreeSet<String> = contrasts.iter().map(|it| it.1.measure.to_uppercase()).collect();
    if kinds.len() == 1 {
        return Ok(());
    }
    let kinds: Vec<String> = kinds.into_iter().collect();
    Err(format!("effects of several kinds ({}): name one in `effect_name`", kinds.join(", ")))
}

/// Why a setting has no effect of the kind that the plan asks for.
fn why_no_effect(plan: &AnalysisPlan, setting: &Setting) -> String {
    let reported = || setting.results().map(|it| &it.reported);
    let missing = reported().find_map(|it| match it {
        Reported::Missing(reason) => Some(reason.clone()),
        _ => None,
    });
    let said = reported().find_map(|it| match it {
        Reported::Contrast { effect: Some(effect), .. } => Some(effect.measure.as_str()),
        Reported::Contrast { p_value: Some(_), .. } => Some("a P value"),
        Reported::Contrast { favours: Some(Favours::Unclear), .. } => Some("an unclear direction"),
        Reported::Contrast { favours: Some(_), .. } => Some("a direction"),
        _ => None,
    });
    match (said, missing) {
        _ if setting.has_both_arms() => {
            format!("numbers of both arms are reported, but no {}", plan.effect_words())
        }
        (Some(said), _) => format!("only {said} is reported, no numbers for the arms"),
        (None, Some(reason)) => reason,
        (None, None) => "results of only one of the two arms".to_owned(),
    }
}

/// Whether a printed effect is what the plan asks for.
pub(super) fn is_measure(plan: &AnalysisPlan, printed: &ContrastEffect) -> bool {
    match (plan.measure, &plan.effect_name) {
        (Measure::Generic, None) => true,
        (Measure::Generic, Some(name)) => {
            printed.measure.eq_ignore_ascii_case(name)
                || initials(name) == printed.measure.to_uppercase()
        }
        (measure, _) => is_named(printed, measure),
    }
}

fn is_named(printed: &ContrastEffect, measure: Measure) -> bool {
    printed.measure.eq_ignore_ascii_case(measure.name())
        || printed.measure.eq_ignore_ascii_case(measure.long_name())
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
    steps: &mut Steps,
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
    let df = degrees_of_freedom(study, contrast.result, printed);
    let se = match (&printed.se, &printed.ci, contrast.p_of_normal_test()) {
        (Some(se), _, _) => {
            steps.push(format!(
                "{} {} with SE {se}, as the trial gives it",
                printed.measure, printed.effect
            ));
            se.value()
        }
        (None, Some(ci), _) => {
            let (lower, upper) = (on_scale(ci.lower.value())?, on_scale(ci.upper.value())?);
            check_centre(printed, estimate, lower, upper, steps)?;
            let se = match df {
                Some(df) => stats::se_from_ci_t(lower, upper, ci.level_share(), df),
                None => stats::se_from_ci(lower, upper, ci.level_share()),
            };
            let se = se.map_err(|it| it.to_string())?;
            let name = if is_ratio { "log-ratio-from-ci" } else { "se-from-ci" };
            steps.convert(
                name,
                format!(
                    "{} {} ({} to {}), as the trial gives it; SE {} from the interval{}{}",
                    printed.measure,
                    printed.effect,
                    ci.lower,
                    ci.upper,
                    short(se),
                    if is_ratio { " of the logarithm" } else { "" },
                    df.map_or_else(String::new, |df| format!(
                        ", t with {}",
                        numbers::degrees_of_freedom(df)
                    ))
                ),
            );
            se
        }
        (None, None, Some(p)) => {
            let se = stats::se_from_p(estimate, p, df).map_err(|it| it.to_string())?;
            let name = if is_ratio { "log-ratio-from-p" } else { "se-from-p" };
            steps.convert(
                name,
                format!(
                    "{} {} with P = {p}, as the trial gives it; SE {} from the P value",
                    printed.measure,
                    printed.effect,
                    short(se)
                ),
            );
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

/// An estimate lies in its interval, and in the middle of it on the analysis scale.
fn check_centre(
    printed: &ContrastEffect,
    estimate: f64,
    lower: f64,
    upper: f64,
    steps: &mut Steps,
) -> Result<(), String> {
    const OFF_CENTRE: f64 = 0.1;
    if lower < upper && !(lower..=upper).contains(&estimate) {
        let effect = format!("{} {}", printed.measure, printed.effect);
        return Err(format!("{effect}, which lies outside its own confidence interval"));
    }
    if (estimate - f64::midpoint(lower, upper)).abs() > OFF_CENTRE * (upper - lower) {
        let doubt = "the estimate is not in the middle of its interval, so the SE may mislead";
        steps.warn(doubt.to_owned());
    }
    Ok(())
}

/// Of a difference of means: pairs − 1, or people − 2. Every other effect is taken as normal, and so is that of a
/// cluster trial, whose degrees of freedom come from its clusters.
fn degrees_of_freedom(
    study: &Study,
    result: &ExtractedResult,
    printed: &ContrastEffect,
) -> Option<f64> {
    if !is_named(printed, Measure::MeanDifference) || study.design == Design::Cluster {
        return None;
    }
    let n = result.n.as_ref()?.value();
    let df = if study.design.is_paired() { n - 1.0 } else { n - 2.0 };
    (df >= 1.0).then_some(df)
}
