//! Sampling variances and corrections for small samples other than the usual ones, where a study's own numbers are known.

use consilience_stats::{SmallSample, Summary, VarianceType, effect_sizes};

use super::{StudyData, StudyEffect};
use crate::keyword::Keyword;
use crate::vocabulary::plan::AnalysisPlan;

/// Gives studies of two different groups the effects and variances that the plan asks for, all together, because an averaged
/// variance needs all of them. The others keep theirs; which these are is the answer, in words.
pub(super) fn as_planned(plan: &AnalysisPlan, studies: &mut [StudyEffect]) -> Option<String> {
    let is_usual =
        plan.vtype == VarianceType::default() && plan.small_sample == SmallSample::default();
    if is_usual {
        return None;
    }
    let known: Vec<(usize, Summary)> =
        studies.iter().enumerate().filter_map(|(i, it)| Some((i, summary(it)?))).collect();
    let summaries: Vec<Summary> = known.iter().map(|it| it.1).collect();
    let effects = effect_sizes(plan.measure, &summaries, &plan.effect_size_options());
    let mut is_changed = vec![false; studies.len()];
    for ((at, _), effect) in known.into_iter().zip(effects) {
        let Ok(effect) = effect else { continue };
        is_changed[at] = true;
        let study = &mut studies[at];
        study.effect = effect;
        study.ci = effect.interval(plan.level_share());
        study.steps.push(step(plan));
    }
    let others: Vec<&str> =
        studies.iter().zip(&is_changed).filter(|it| !*it.1).map(|it| it.0.study.as_str()).collect();
    (!others.is_empty()).then(|| {
        format!("{}: not with {}, which their numbers do not give", others.join(", "), step(plan))
    })
}

fn summary(study: &StudyEffect) -> Option<Summary> {
    if study.pairing.is_some() {
        return None;
    }
    match study.data {
        StudyData::Means { experimental, comparator } => {
            Some(Summary::Means { experimental, control: comparator })
        }
        StudyData::Events(table) => Some(Summary::Table(table)),
        StudyData::Summary(_) | StudyData::Contrast { .. } => None,
    }
}

/// `sampling variance UB, correction for small samples: none`.
fn step(plan: &AnalysisPlan) -> String {
    let variance = (plan.vtype != VarianceType::default())
        .then(|| format!("sampling variance {}", Keyword::name(plan.vtype)));
    let correction = (plan.small_sample != SmallSample::default())
        .then(|| format!("correction for small samples: {}", Keyword::name(plan.small_sample)));
    let parts: Vec<String> = variance.into_iter().chain(correction).collect();
    parts.join(", ")
}
