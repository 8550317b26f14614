//! Which results an analysis uses: the rules of its plan, applied to what a study reports.

use crate::state::State;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::protocol::Comparison;
use crate::vocabulary::result::{ContrastEffect, ExtractedResult, Reported, Score};

/// What a study reports at one time point, with one instrument, as one kind of score.
pub(super) struct Setting<'a> {
    pub(super) time: Option<&'a str>,
    pub(super) instrument: Option<&'a str>,
    pub(super) score: Score,
    /// Results of arms of the experimental group.
    pub(super) experimental: Vec<&'a ExtractedResult>,
    /// Results of arms of the comparator group.
    pub(super) comparator: Vec<&'a ExtractedResult>,
    /// Contrasts of one with the other.
    pub(super) contrasts: Vec<Contrast<'a>>,
    /// Whether the plan asks for this time, instrument and score.
    pub(super) is_wanted: bool,
}

/// A contrast, and whether it is printed the way round in which the comparison asks.
pub(super) struct Contrast<'a> {
    pub(super) result: &'a ExtractedResult,
    pub(super) is_reversed: bool,
}

impl<'a> Contrast<'a> {
    /// The printed effect, if there is one.
    pub(super) fn effect(&self) -> Option<&'a ContrastEffect> {
        match &self.result.reported {
            Reported::Contrast { effect, .. } => effect.as_ref(),
            _ => None,
        }
    }

    /// The exact printed P value, unless a test of ranks or signs gave it: then no standard error follows from it.
    pub(super) fn p_of_normal_test(&self) -> Option<f64> {
        const OTHER_TESTS: [&str; 8] = [
            "wilcoxon",
            "whitney",
            "kruskal",
            "friedman",
            "rank sum",
            "rank-sum",
            "signed",
            "sign test",
        ];
        let Reported::Contrast { p_value: Some(p), p_test, .. } = &self.result.reported else {
            return None;
        };
        let test = p_test.as_deref().unwrap_or_default().to_lowercase();
        p.exact().filter(|_| !OTHER_TESTS.iter().any(|it| test.contains(it)))
    }

    /// `A versus B`, the way round in which the comparison asks.
    pub(super) fn words(&self) -> String {
        let (first, second) =
            (self.result.subject.arm(), self.result.subject.versus().unwrap_or_default());
        let (e, c) = if self.is_reversed { (second, first) } else { (first, second) };
        format!("{e} versus {c}")
    }
}

impl Setting<'_> {
    /// Whether both groups have results of their arms.
    pub(super) fn has_both_arms(&self) -> bool {
        !self.experimental.is_empty() && !self.comparator.is_empty()
    }

    /// Time and instrument in words.
    pub(super) fn words(&self) -> String {
        let parts: Vec<&str> = self.instrument.into_iter().chain(self.time).collect();
        if parts.is_empty() { "no instrument or time named".to_owned() } else { parts.join(", ") }
    }

    /// Every result of the setting.
    pub(super) fn results(&self) -> impl Iterator<Item = &ExtractedResult> {
        let arms = self.experimental.iter().chain(&self.comparator).copied();
        arms.chain(self.contrasts.iter().map(|it| it.result))
    }
}

/// The settings of a study for an analysis: those that the plan wants first, the most wanted first. What the plan
/// leaves open is settled by the kind of score (final values first) and by name, never by the order of rows.
pub(super) fn settings<'a>(
    state: &'a State,
    plan: &AnalysisPlan,
    comparison: &Comparison,
    study: &str,
) -> Vec<Setting<'a>> {
    let group =
        |arm: &str| state.arms.get(&(study.to_owned(), arm.to_owned())).map(|it| it.group.as_str());
    let (wanted, other) = (comparison.experimental.as_str(), comparison.comparator.as_str());
    let mut settings: Vec<Setting<'a>> = Vec::new();
    let results = state.results.values().map(|it| &it.value);
    for result in results.filter(|it| it.study == study && it.outcome == plan.outcome) {
        let first = group(result.subject.arm());
        let second = result.subject.versus().map(group);
        let setting = setting_of(&mut settings, result, plan);
        match (first, second) {
            (Some(it), None) if it == wanted => setting.experimental.push(result),
            (Some(it), None) if it == other => setting.comparator.push(result),
            (Some(a), Some(Some(b))) if a == wanted && b == other => {
                setting.contrasts.push(Contrast { result, is_reversed: false });
            }
            (Some(a), Some(Some(b))) if a == other && b == wanted => {
                setting.contrasts.push(Contrast { result, is_reversed: true });
            }
            _ => {}
        }
    }
    settings.retain(|it| it.results().next().is_some());
    for setting in &mut settings {
        setting.contrasts.sort_by_key(|it| (it.is_reversed, it.result.subject.arm()));
    }
    settings.sort_by_key(|it| {
        let rank = |list: &[String], value: Option<&str>| {
            list.iter().position(|it| Some(it.as_str()) == value).unwrap_or(list.len())
        };
        let ranks = (rank(&plan.time, it.time), rank(&plan.instrument, it.instrument));
        (!it.is_wanted, ranks, it.score, it.time, it.instrument)
    });
    settings
}

fn setting_of<'a, 's>(
    settings: &'s mut Vec<Setting<'a>>,
    result: &'a ExtractedResult,
    plan: &AnalysisPlan,
) -> &'s mut Setting<'a> {
    let (time, instrument) = (result.time.as_deref(), result.instrument.as_deref());
    let known = settings
        .iter()
        .position(|it| (it.time, it.instrument, it.score) == (time, instrument, result.score));
    let position = known.unwrap_or_else(|| {
        let allows = |list: &[String], value: Option<&str>| {
            list.is_empty() || list.iter().any(|it| Some(it.as_str()) == value)
        };
        settings.push(Setting {
            time,
            instrument,
            score: result.score,
            experimental: Vec::new(),
            comparator: Vec::new(),
            contrasts: Vec::new(),
            is_wanted: allows(&plan.time, time)
                && allows(&plan.instrument, instrument)
                && plan.score.is_none_or(|it| it == result.score),
        });
        settings.len() - 1
    });
    &mut settings[position]
}
