//! Trials with several arms in one group of the comparison, so that nobody counts twice (Cochrane Handbook 23.3.4): the arms are
//! combined, one is selected, or each is compared with its share of the arm that they have in common.

use consilience_stats::MeanSd;

use super::effect::Question;
use super::numbers::EventCount;
use super::select::Setting;
use super::steps::Steps;
use crate::extraction::Extracted;
use crate::vocabulary::choice::MultiArm;
use crate::vocabulary::result::{ExtractedResult, Reported};
use crate::vocabulary::study::Study;

/// One comparison of a study's arms.
pub(super) struct Part<'a> {
    pub(super) experimental: Vec<&'a ExtractedResult>,
    pub(super) comparator: Vec<&'a ExtractedResult>,
    /// Among how many comparisons the people of the experimental group are divided.
    pub(super) share_e: usize,
    /// And those of the comparator.
    pub(super) share_c: usize,
    /// The arm that tells it from the study's other comparisons, where there are several.
    pub(super) arm: Option<&'a str>,
}

impl<'a> Part<'a> {
    /// All arms of both groups.
    pub(super) fn whole(setting: &Setting<'a>) -> Self {
        Self {
            experimental: setting.experimental.clone(),
            comparator: setting.comparator.clone(),
            share_e: 1,
            share_c: 1,
            arm: None,
        }
    }
}

/// The comparisons of a setting's arms: one, or, where the plan splits what arms share, one for each arm of the group that has
/// several. Of several arms in both groups, those of the comparator are combined first; arms without a number share nothing.
pub(super) fn parts<'a>(
    question: &Question,
    study: &Study,
    setting: &Setting<'a>,
) -> Vec<Part<'a>> {
    let whole = Part::whole(setting);
    if question.plan.multi_arm != MultiArm::Split || study.design.is_paired() {
        return vec![whole];
    }
    let has_number = |it: &&ExtractedResult| !matches!(it.reported, Reported::Missing(_));
    let of = |group: &[&'a ExtractedResult]| -> Vec<&'a ExtractedResult> {
        group.iter().copied().filter(has_number).collect()
    };
    let (e, c) = (of(&setting.experimental), of(&setting.comparator));
    match (e.len(), c.len()) {
        (0, _) | (_, 0) => vec![whole],
        (1, 1) => vec![Part { experimental: e, comparator: c, ..whole }],
        (1, share_e) => c
            .iter()
            .map(|it| Part {
                experimental: e.clone(),
                comparator: vec![it],
                share_e,
                share_c: 1,
                arm: Some(it.subject.arm()),
            })
            .collect(),
        (share_c, _) => e
            .iter()
            .map(|it| Part {
                experimental: vec![it],
                comparator: c.clone(),
                share_e: 1,
                share_c,
                arm: Some(it.subject.arm()),
            })
            .collect(),
    }
}

/// A group's share of its people, with their mean and SD.
pub(super) fn share_of_means(
    group: MeanSd,
    share: usize,
    results: &[&ExtractedResult],
    steps: &mut Steps,
) -> MeanSd {
    say(group.n, share, results, steps);
    MeanSd { n: group.n / share as f64, ..group }
}

/// A group's share of its people and events.
pub(super) fn share_of_events(
    group: EventCount,
    share: usize,
    results: &[&ExtractedResult],
    steps: &mut Steps,
) -> EventCount {
    say(group.n, share, results, steps);
    EventCount { events: group.events / share as f64, n: group.n / share as f64 }
}

fn say(n: f64, share: usize, results: &[&ExtractedResult], steps: &mut Steps) {
    if share > 1 {
        let arms: Vec<&str> = results.iter().map(|it| it.subject.arm()).collect();
        let arms = arms.join(" and ");
        steps.caution(
            format!("{arms}: {n} people divided among {share} comparisons (Handbook 23.3.4)"),
            format!("the people of {arms} are divided among {share} comparisons"),
        );
    }
}

/// The arm of a group that the plan selects; `None` where it leaves the group as it is.
///
/// # Errors
/// The group has several arms with results, and the plan names none of them.
pub(super) fn selected<'a>(
    question: &Question<'a>,
    study: &'a str,
    group: &'a str,
) -> Result<Option<&'a str>, String> {
    if question.plan.multi_arm != MultiArm::Select {
        return Ok(None);
    }
    let has_result = |arm: &str| {
        let results = question.extraction.of_body(study, &question.plan.outcome);
        results
            .map(Extracted::first)
            .any(|it| it.subject.arm() == arm || it.subject.versus() == Some(arm))
    };
    let arms: Vec<&str> = question
        .state
        .arms_of(study, group)
        .map(|it| it.arm.as_str())
        .filter(|it| has_result(it))
        .collect();
    if arms.len() < 2 {
        return Ok(None);
    }
    let wanted = question.plan.arms.iter().find_map(|it| arms.iter().find(|arm| *arm == it));
    wanted.map(|it| Some(*it)).ok_or_else(|| {
        format!(
            "{} arms in the group `{group}` ({}), of which `arms` selects none",
            arms.len(),
            arms.join("; ")
        )
    })
}
