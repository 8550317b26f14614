//! The results of a review as checks need them: a study's two arms side by side, with the studies to compare them with.

use consilience_stats::plausibility::Rounded;
use consilience_stats::plausibility::means::Arms;
use consilience_stats::{MeanSd, Measure, TwoByTwo, sd_from_ci};
use indexmap::IndexMap;

use crate::extraction::{Extracted, Extraction};
use crate::printed::Printed;
use crate::state::State;
use crate::vocabulary::protocol::Comparison;
use crate::vocabulary::result::{ExtractedResult, Reported};
use crate::vocabulary::study::Study;

/// Results of the two groups of a comparison at one time, with one instrument.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) study: &'a Study,
    pub(super) experimental: &'a ExtractedResult,
    pub(super) comparator: &'a ExtractedResult,
    pub(super) numbers: Numbers,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Numbers {
    Means(Arms),
    Counts(TwoByTwo),
}

impl Pair<'_> {
    pub(super) fn means(&self) -> Option<Arms> {
        match self.numbers {
            Numbers::Means(arms) => Some(arms),
            Numbers::Counts(_) => None,
        }
    }

    pub(super) fn counts(&self) -> Option<TwoByTwo> {
        match self.numbers {
            Numbers::Counts(table) => Some(table),
            Numbers::Means(_) => None,
        }
    }
}

/// The pairs of one comparison, outcome and kind of score, in the order of the studies.
pub(super) struct Body<'a> {
    /// Whether its numbers are all on one scale: something else than standardised differences is asked of them.
    pub(super) has_one_scale: bool,
    pub(super) pairs: Vec<Pair<'a>>,
}

pub(super) struct Material<'a> {
    /// What counts of all that was extracted.
    pub(super) extraction: &'a Extraction<'a>,
    pub(super) bodies: Vec<Body<'a>>,
}

const MOST_OTHERS: usize = 60;

/// With fewer studies of one instrument, those of other instruments are compared as well.
const ENOUGH_OF_ONE_INSTRUMENT: usize = 4;

impl<'a> Material<'a> {
    pub(super) fn of(state: &'a State, extraction: &'a Extraction<'a>) -> Self {
        let mut bodies = Vec::new();
        for comparison in state.comparisons.values() {
            for outcome in state.outcomes.keys() {
                let pairs = pairs(state, extraction, comparison, outcome);
                let mut plans =
                    state.analyses.values().filter(|it| it.outcome == *outcome).peekable();
                let has_one_scale = plans.peek().is_none()
                    || plans.any(|it| it.measure != Measure::StandardizedMeanDifference);
                let mut scores: Vec<_> = pairs.iter().map(|it| it.experimental.score).collect();
                scores.sort();
                scores.dedup();
                for score in scores {
                    let of_score = pairs.iter().filter(|it| it.experimental.score == score);
                    bodies.push(Body { has_one_scale, pairs: of_score.copied().collect() });
                }
            }
        }
        Self { extraction, bodies }
    }
}

impl<'a> Body<'a> {
    /// The pair to compare a study with, one for each other study: of the same instrument where enough have it, of the same
    /// time where it has it.
    pub(super) fn others(&self, of: &Pair) -> Vec<Pair<'a>> {
        let instrument = |it: &Pair<'a>| it.experimental.instrument == of.experimental.instrument;
        let same = self.one_each(of, &instrument);
        let others = if same.len() + 1 >= ENOUGH_OF_ONE_INSTRUMENT {
            same
        } else {
            self.one_each(of, &|_| true)
        };
        // More say little more, and every study is compared with every other.
        let step = others.len().div_ceil(MOST_OTHERS).max(1);
        others.into_iter().step_by(step).collect()
    }

    fn one_each(&self, of: &Pair, wanted: &dyn Fn(&Pair<'a>) -> bool) -> Vec<Pair<'a>> {
        let mut others: IndexMap<&str, Pair<'a>> = IndexMap::new();
        let is_same_time = |it: &Pair| it.experimental.time == of.experimental.time;
        let is_same_kind = |it: &Pair| it.means().is_some() == of.means().is_some();
        let candidates = self
            .pairs
            .iter()
            .filter(|it| it.study.study != of.study.study && is_same_kind(it) && wanted(it));
        for pair in candidates {
            let there = others.entry(&pair.study.study).or_insert(*pair);
            if is_same_time(pair) && !is_same_time(there) {
                *there = *pair;
            }
        }
        others.into_values().collect()
    }
}

fn pairs<'a>(
    state: &'a State,
    extraction: &Extraction<'a>,
    comparison: &Comparison,
    outcome: &str,
) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for study in state.studies.values() {
        let group = |arm: &str| {
            state.arms.get(&(study.study.clone(), arm.to_owned())).map(|it| it.group.as_str())
        };
        let results: Vec<&ExtractedResult> = extraction
            .of_body(&study.study, outcome)
            .filter_map(Extracted::counts)
            .map(|it| &it.value)
            .filter(|it| it.subject.versus().is_none())
            .collect();
        let of_group = |wanted: &str| {
            let is_wanted = |it: &&&ExtractedResult| group(it.subject.arm()) == Some(wanted);
            results.iter().filter(is_wanted).copied().collect::<Vec<_>>()
        };
        let comparators = of_group(&comparison.comparator);
        for experimental in of_group(&comparison.experimental) {
            let setting = |it: &ExtractedResult| {
                (it.time.clone(), it.instrument.clone(), it.score, it.population)
            };
            let comparator = comparators.iter().find(|it| setting(it) == setting(experimental));
            let Some(comparator) = comparator.copied() else { continue };
            if let Some(numbers) = numbers(state, experimental, comparator) {
                pairs.push(Pair { study, experimental, comparator, numbers });
            }
        }
    }
    pairs
}

fn numbers(state: &State, e: &ExtractedResult, c: &ExtractedResult) -> Option<Numbers> {
    match (&e.reported, &c.reported) {
        (Reported::Mean { .. }, Reported::Mean { .. }) => Some(Numbers::Means(Arms {
            experimental: mean_sd(state, e)?,
            comparator: mean_sd(state, c)?,
        })),
        (
            Reported::Events { events: events_e, person_time: None },
            Reported::Events { events: events_c, person_time: None },
        ) => Some(Numbers::Counts(TwoByTwo {
            events_e: events_e.value(),
            n_e: people(state, e)?.value(),
            events_c: events_c.value(),
            n_c: people(state, c)?.value(),
        })),
        _ => None,
    }
}

/// Mean and SD of an arm: as printed, or from its standard error or interval.
fn mean_sd(state: &State, result: &ExtractedResult) -> Option<MeanSd> {
    let Reported::Mean { mean, sd, se, ci } = &result.reported else { return None };
    let n = people(state, result)?.value();
    let sd = match (sd, se, ci) {
        (Some(sd), _, _) => sd.value(),
        (None, Some(se), _) => se.value() * n.sqrt(),
        (None, None, Some(ci)) => {
            sd_from_ci(ci.lower.value(), ci.upper.value(), n, ci.level_share()).ok()?
        }
        (None, None, None) => return None,
    };
    Some(MeanSd { n, mean: mean.value(), sd })
}

/// The number analysed, or else randomised.
pub(super) fn people<'a>(state: &'a State, result: &'a ExtractedResult) -> Option<&'a Printed> {
    result.n.as_ref().or_else(|| randomised(state, result))
}

/// The number randomised to the arm of a result.
pub(super) fn randomised<'a>(state: &'a State, result: &ExtractedResult) -> Option<&'a Printed> {
    state
        .arms
        .get(&(result.study.clone(), result.subject.arm().to_owned()))
        .and_then(|it| it.n.as_ref())
}

/// A number with its rounding.
pub(super) fn rounded(printed: &Printed) -> Rounded {
    Rounded { value: printed.value(), half_unit: printed.rounding() }
}
