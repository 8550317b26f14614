//! What can be said without pooling (Cochrane Handbook, chapter 12): a table of effects, combined P values,
//! and a vote count by direction of effect.

use consilience_stats::{self as stats, Direction, distribution::normal_two_sided_p};

use super::contrast::is_measure;
use super::effect::Question;
use super::pool::eligible;
use super::select::{Contrast, Setting, settings};
use super::{Excluded, Favoured, Narrative, NarrativeP, NarrativeRow, StudyEffect};
use crate::printed::{PValue, Printed};
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::protocol::{Better, Outcome};
use crate::vocabulary::result::{ContrastEffect, ExtractedResult, Favours, Reported};
use crate::vocabulary::study::{Design, Study};

/// The narrative synthesis; `None` where no study that is left out of the pool says anything about the outcome.
pub(super) fn narrative(
    question: &Question,
    outcome: &Outcome,
    studies: &[StudyEffect],
    excluded: &[Excluded],
) -> Option<Narrative> {
    let rows: Vec<NarrativeRow> = eligible(question.state, question.comparison)
        .filter_map(|study| {
            let is_whole = |it: &&StudyEffect| it.study == study.study && it.arm.is_none();
            let effect = studies.iter().find(is_whole);
            row(question, outcome, study, effect)
        })
        .collect();
    let says_something = |row: &NarrativeRow| row.p_value.is_some() || row.favours.is_some();
    let is_left_out = |row: &NarrativeRow| excluded.iter().any(|it| it.study == row.study);
    if !rows.iter().any(|row| is_left_out(row) && says_something(row)) {
        return None;
    }
    let p_values: Vec<f64> = rows.iter().filter_map(|it| it.one_sided).collect();
    let count =
        |wanted: Favoured| rows.iter().filter(|it| it.favours == Some(wanted)).count() as u64;
    let combined = p_values.len() >= 2;
    Some(Narrative {
        fisher: combined.then(|| stats::fisher(&p_values).ok()).flatten(),
        stouffer: combined.then(|| stats::stouffer(&p_values).ok()).flatten(),
        vote: stats::vote_count(count(Favoured::Experimental), count(Favoured::Comparator)).ok(),
        rows,
    })
}

/// What one study says in a setting that the plan wants, the one that says most, with the effect computed from it where there is one. The direction is that
/// of the effect, and only without one that of the text: a text that finds "no difference" often means P > 0.05,
/// and a vote counts directions, never significance (Handbook 12.2.1.3).
fn row(
    question: &Question,
    outcome: &Outcome,
    study: &Study,
    effect: Option<&StudyEffect>,
) -> Option<NarrativeRow> {
    let mut settings = settings(question, &study.study);
    settings.retain(Setting::is_wanted);
    let open: Vec<String> = settings.iter().flat_map(|it| it.open.clone()).collect();
    let open = (!open.is_empty()).then(|| open.join("; "));
    let uses = |it: &Setting| {
        effect
            .is_some_and(|effect| it.results().any(|result| effect.inputs.contains(&result.key())))
    };
    let said: Vec<Said> = settings.iter().map(|it| said(it, question)).collect();
    let best = (0..settings.len()).min_by_key(|i| (!uses(&settings[*i]), said[*i].rank()))?;
    let (setting, said) = (&settings[best], said.into_iter().nth(best)?);
    let computed = effect.and_then(|it| favoured_by_sign(it.effect.estimate, outcome.direction));
    let favours = computed.or(said.favours);
    let computed_p = effect.map(|it| normal_two_sided_p(it.effect.estimate / it.effect.se()));
    Some(NarrativeRow {
        study: study.study.clone(),
        instrument: Some(setting.words()),
        effect: effect.map(|it| (it.effect, it.ci)),
        one_sided: one_sided(said.p_value.as_ref(), computed_p, favours),
        p_value: said
            .p_value
            .map(NarrativeP::Printed)
            .or_else(|| computed_p.map(NarrativeP::Computed)),
        favours,
        n: number_analysed(setting, study.design),
        inputs: setting.results().map(ExtractedResult::key).collect(),
        remark: open.or_else(|| contradiction(computed, said.favours)).or(said.remark),
    })
}

/// Numbers that point one way and words that point the other.
fn contradiction(computed: Option<Favoured>, said: Option<Favoured>) -> Option<String> {
    use Favoured::{Comparator, Experimental};
    let remark = "the text favours the other arm than the numbers do; the numbers count here";
    match (computed?, said?) {
        (Experimental, Comparator) | (Comparator, Experimental) => Some(remark.to_owned()),
        _ => None,
    }
}

/// The number analysed: of the contrast where it is printed, otherwise of the arms, each person once.
fn number_analysed(setting: &Setting, design: Design) -> Option<f64> {
    let n = |it: &ExtractedResult| it.n.as_ref().map(Printed::value);
    let arms = setting.experimental.iter().chain(&setting.comparator);
    let of_arms: Option<Vec<f64>> = arms.map(|it| n(it)).collect();
    let of_arms = of_arms.filter(|_| setting.has_both_arms());
    setting.contrasts.iter().find_map(|it| n(it.result)).or_else(|| {
        let each = of_arms?;
        if design.is_paired() { each.first().copied() } else { Some(each.iter().sum()) }
    })
}

/// What a setting says in words.
struct Said {
    p_value: Option<PValue>,
    favours: Option<Favoured>,
    remark: Option<String>,
}

impl Said {
    /// Settings that say most first.
    fn rank(&self) -> (bool, bool) {
        let has_direction =
            matches!(self.favours, Some(Favoured::Experimental | Favoured::Comparator));
        (!(self.p_value.is_some() && has_direction), !has_direction)
    }
}

fn said(setting: &Setting, question: &Question) -> Said {
    let mut said = Said { p_value: None, favours: None, remark: None };
    for contrast in &setting.contrasts {
        if let Reported::Contrast { effect, p_value, favours, .. } = &contrast.result.reported {
            said.p_value = said.p_value.or_else(|| p_value.clone());
            said.favours = said.favours.or_else(|| {
                let group = favours.as_ref().map(|it| favoured(contrast, it, question));
                group.or_else(|| {
                    let outcome = question.state.outcomes.get(&question.plan.outcome)?;
                    let effect = effect.as_ref()?;
                    let estimate = effect.effect.value() - null_of(question.plan, effect);
                    let turned = if contrast.is_reversed { -estimate } else { estimate };
                    favoured_by_sign(turned, outcome.direction)
                })
            });
        }
    }
    said.remark = setting.results().find_map(|it| match &it.reported {
        Reported::Missing(reason) => Some(reason.clone()),
        _ => None,
    });
    said
}

/// A printed effect says nothing at 1 if it is a ratio, at 0 otherwise.
fn null_of(plan: &AnalysisPlan, effect: &ContrastEffect) -> f64 {
    let measure = effect.measure.to_lowercase();
    let is_ratio = if is_measure(plan, effect) {
        plan.is_ratio()
    } else {
        measure.contains("ratio")
            || ["rr", "or", "hr", "irr", "rom", "peto"].contains(&measure.as_str())
    };
    if is_ratio { 1.0 } else { 0.0 }
}

fn favoured(contrast: &Contrast, favours: &Favours, question: &Question) -> Favoured {
    match favours {
        Favours::Neither => Favoured::Neither,
        Favours::Unclear => Favoured::Unclear,
        Favours::Arm(arm) => {
            let key = (contrast.result.study.clone(), arm.clone());
            match question.state.arms.get(&key) {
                Some(arm) if arm.group == question.comparison.experimental => {
                    Favoured::Experimental
                }
                _ => Favoured::Comparator,
            }
        }
    }
}

/// Which arm a computed effect favours, where it is known which direction is better.
fn favoured_by_sign(estimate: f64, better: Option<Better>) -> Option<Favoured> {
    let better = better?;
    if estimate == 0.0 || estimate.is_nan() {
        return Some(Favoured::Neither);
    }
    let experimental = (estimate > 0.0) == (better == Better::Higher);
    Some(if experimental { Favoured::Experimental } else { Favoured::Comparator })
}

/// The one-sided P value towards the experimental arm: of the printed P value, or else of the effect's. A bound
/// (`<0.05`) is taken as if it were the value; `NS` and `>` bound nothing from above and are not used.
fn one_sided(
    printed: Option<&PValue>,
    computed: Option<f64>,
    favours: Option<Favoured>,
) -> Option<f64> {
    let p = printed.and_then(PValue::upper_bound).or(computed)?;
    match favours? {
        Favoured::Experimental => Some(stats::one_sided(p, Direction::Positive)),
        Favoured::Comparator => Some(stats::one_sided(p, Direction::Negative)),
        Favoured::Neither | Favoured::Unclear => None,
    }
}
