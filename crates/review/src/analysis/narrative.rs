//! What can be said without pooling (Cochrane Handbook, chapter 12): a table of effects, combined P values,
//! and a vote count by direction of effect.

use consilience_stats::{self as stats, Direction, distribution::normal_two_sided_p};

use super::effect::Question;
use super::pool::eligible;
use super::select::{Contrast, Setting, settings};
use super::{Excluded, Favoured, Narrative, NarrativeP, NarrativeRow, StudyEffect};
use crate::printed::{PValue, Printed};
use crate::vocabulary::protocol::{Better, Outcome};
use crate::vocabulary::result::{Favours, Reported};

/// The narrative synthesis; `None` where no study that is left out of the pool says anything about the outcome.
pub(super) fn narrative(
    question: &Question,
    outcome: &Outcome,
    studies: &[StudyEffect],
    excluded: &[Excluded],
) -> Option<Narrative> {
    let rows: Vec<NarrativeRow> = eligible(question.state, question.comparison)
        .filter_map(|study| {
            let effect = studies.iter().find(|it| it.study == study.study);
            row(question, outcome, &study.study, effect)
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

/// What one study says: its best setting, with the effect computed from it where there is one.
fn row(
    question: &Question,
    outcome: &Outcome,
    study: &str,
    effect: Option<&StudyEffect>,
) -> Option<NarrativeRow> {
    let settings = settings(question.state, question.plan, question.comparison, study);
    let uses = |it: &Setting| {
        effect
            .is_some_and(|effect| it.results().any(|result| effect.inputs.contains(&result.key())))
    };
    let said: Vec<Said> = settings.iter().map(|it| said(it, question)).collect();
    let best = (0..settings.len()).min_by_key(|i| (!uses(&settings[*i]), said[*i].rank()))?;
    let (setting, said) = (&settings[best], said.into_iter().nth(best)?);
    let computed = effect.map(|it| (it.effect, it.ci));
    let favours = match (said.favours, effect) {
        (Some(favours), _) => Some(favours),
        (None, Some(effect)) => favoured_by_sign(effect.effect.estimate, outcome.direction),
        (None, None) => None,
    };
    let p_value = said.p_value.map(NarrativeP::Printed).or_else(|| {
        effect
            .map(|it| NarrativeP::Computed(normal_two_sided_p(it.effect.estimate / it.effect.se())))
    });
    Some(NarrativeRow {
        study: study.to_owned(),
        instrument: Some(setting.words()),
        effect: computed,
        one_sided: one_sided(p_value.as_ref(), favours),
        p_value,
        favours,
        n: setting.results().find_map(|it| it.n.as_ref()).map(Printed::value),
        inputs: setting.results().map(crate::vocabulary::result::ExtractedResult::key).collect(),
        remark: said.remark,
    })
}

/// What a setting says in words.
struct Said {
    p_value: Option<PValue>,
    favours: Option<Favoured>,
    remark: Option<String>,
    is_wanted: bool,
}

impl Said {
    /// Wanted settings first, and of them those that say most.
    fn rank(&self) -> (bool, bool, bool) {
        let has_direction =
            matches!(self.favours, Some(Favoured::Experimental | Favoured::Comparator));
        (!self.is_wanted, !(self.p_value.is_some() && has_direction), !has_direction)
    }
}

fn said(setting: &Setting, question: &Question) -> Said {
    let mut said =
        Said { p_value: None, favours: None, remark: None, is_wanted: setting.is_wanted };
    for contrast in &setting.contrasts {
        if let Reported::Contrast { effect, p_value, favours, .. } = &contrast.result.reported {
            said.p_value = said.p_value.or_else(|| p_value.clone());
            said.favours = said.favours.or_else(|| {
                let group = favours.as_ref().map(|it| favoured(contrast, it, question));
                group.or_else(|| {
                    let outcome = question.state.outcomes.get(&question.plan.outcome)?;
                    let estimate =
                        effect.as_ref()?.effect.value() - null_of(&effect.as_ref()?.measure);
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
fn null_of(measure: &str) -> f64 {
    let measure = measure.to_lowercase();
    let is_ratio = measure.contains("ratio")
        || ["rr", "or", "hr", "irr", "rom", "peto"].contains(&measure.as_str());
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

/// The one-sided P value towards the experimental arm. A bound (`<0.05`) is taken as if it were the value;
/// `NS` and `>` bound nothing from above and are not used.
fn one_sided(p: Option<&NarrativeP>, favours: Option<Favoured>) -> Option<f64> {
    let p = match p? {
        NarrativeP::Printed(p) => p.upper_bound()?,
        NarrativeP::Computed(p) => *p,
    };
    match favours? {
        Favoured::Experimental => Some(stats::one_sided(p, Direction::Positive)),
        Favoured::Comparator => Some(stats::one_sided(p, Direction::Negative)),
        Favoured::Neither | Favoured::Unclear => None,
    }
}
