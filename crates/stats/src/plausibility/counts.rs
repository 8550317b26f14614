//! Readings of a study's 2×2 table, judged by the tables of the other studies.

use super::predictive::{Observed, Predictive, Prior};
use super::weigh::{Weighed, weigh};
use crate::effect_size::binary::TwoByTwo;

/// What printed counts may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountsReading {
    /// What they are called.
    AsPrinted,
    /// Each arm's numbers stand under the other's name.
    ArmsSwapped,
    /// Those without the event were counted.
    WithoutEvent,
    /// The events are percentages.
    Percentages,
    /// The experimental arm's events have a digit too many.
    SlipOfExperimental,
    /// The comparator's events have a digit too many.
    SlipOfComparator,
}

const PRIOR_SWAPPED: f64 = 0.01;
const PRIOR_WITHOUT_EVENT: f64 = 0.005;
const PRIOR_PERCENTAGES: f64 = 0.003;
const PRIOR_SLIP: f64 = 0.003;

/// Spread between studies of the comparator's log odds, and of the log odds ratio.
const LOG_ODDS: Prior = Prior { location: Some((-1.0, 2.0)), tau: 0.7, tau_log_sd: 0.7 };
const LOG_ODDS_RATIO: Prior = Prior { location: Some((0.0, 0.6)), tau: 0.25, tau_log_sd: 0.8 };

impl CountsReading {
    /// The table that the reading says was meant; `None` where it cannot be.
    pub fn apply(self, printed: &TwoByTwo) -> Option<TwoByTwo> {
        let TwoByTwo { events_e, n_e, events_c, n_c } = *printed;
        Some(match self {
            Self::AsPrinted => *printed,
            Self::ArmsSwapped => {
                TwoByTwo { events_e: events_c, n_e: n_c, events_c: events_e, n_c: n_e }
            }
            Self::WithoutEvent => {
                TwoByTwo { events_e: n_e - events_e, n_e, events_c: n_c - events_c, n_c }
            }
            Self::Percentages => {
                let count = |percent: f64, n: f64| {
                    (percent <= 100.0).then(|| libm::round(percent * n / 100.0))
                };
                let events_e = count(events_e, n_e)?;
                TwoByTwo { events_e, n_e, events_c: count(events_c, n_c)?, n_c }
            }
            Self::SlipOfExperimental => {
                TwoByTwo { events_e: without_last_digit(events_e)?, ..*printed }
            }
            Self::SlipOfComparator => {
                TwoByTwo { events_c: without_last_digit(events_c)?, ..*printed }
            }
        })
    }
}

fn without_last_digit(events: f64) -> Option<f64> {
    (events >= 10.0).then(|| libm::floor(events / 10.0))
}

fn log_odds(events: f64, n: f64) -> Observed {
    let (a, b) = (events + 0.5, n - events + 0.5);
    Observed { value: libm::log(a / b), variance: 1.0 / a + 1.0 / b }
}

fn of_comparator(table: &TwoByTwo) -> Observed {
    log_odds(table.events_c, table.n_c)
}

fn log_odds_ratio(table: &TwoByTwo) -> Observed {
    let (e, c) = (log_odds(table.events_e, table.n_e), of_comparator(table));
    Observed { value: e.value - c.value, variance: e.variance + c.variance }
}

/// Whether a table can be judged: whole groups, events within them.
fn is_judgeable(table: &TwoByTwo) -> bool {
    let arm = |events: f64, n: f64| n >= 1.0 && n.is_finite() && (0.0..=n).contains(&events);
    arm(table.events_e, table.n_e) && arm(table.events_c, table.n_c)
}

/// Weighs every reading of a study's printed counts by the other studies' tables, the likeliest first; nothing if it
/// cannot be judged or there are fewer than two others.
pub fn weigh_counts(printed: &TwoByTwo, others: &[TwoByTwo]) -> Vec<Weighed<CountsReading>> {
    let others: Vec<TwoByTwo> = others.iter().copied().filter(is_judgeable).collect();
    if others.len() < 2 || !is_judgeable(printed) {
        return Vec::new();
    }
    let level = Predictive::new(&LOG_ODDS, &others.iter().map(of_comparator).collect::<Vec<_>>());
    let effect =
        Predictive::new(&LOG_ODDS_RATIO, &others.iter().map(log_odds_ratio).collect::<Vec<_>>());
    let (Some(level), Some(effect)) = (level, effect) else { return Vec::new() };
    let log_density = |table: &TwoByTwo| {
        let (of_level, of_effect) = (of_comparator(table), log_odds_ratio(table));
        level.log_density(of_level.value, of_level.variance)
            + effect.log_density(of_effect.value, of_effect.variance)
    };
    let readings: Vec<(CountsReading, f64, f64)> = [
        (CountsReading::AsPrinted, 1.0),
        (CountsReading::ArmsSwapped, PRIOR_SWAPPED),
        (CountsReading::WithoutEvent, PRIOR_WITHOUT_EVENT),
        (CountsReading::Percentages, PRIOR_PERCENTAGES),
        (CountsReading::SlipOfExperimental, PRIOR_SLIP),
        (CountsReading::SlipOfComparator, PRIOR_SLIP),
    ]
    .into_iter()
    .filter_map(|(reading, prior)| Some((reading, prior, log_density(&reading.apply(printed)?))))
    .collect();
    weigh(&readings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(events_e: f64, n_e: f64, events_c: f64, n_c: f64) -> TwoByTwo {
        TwoByTwo { events_e, n_e, events_c, n_c }
    }

    fn others() -> Vec<TwoByTwo> {
        vec![
            table(6.0, 306.0, 29.0, 303.0),
            table(4.0, 123.0, 11.0, 139.0),
            table(17.0, 1716.0, 65.0, 1665.0),
            table(8.0, 231.0, 21.0, 220.0),
        ]
    }

    #[test]
    fn swapped_arms_and_counted_survivors_are_recognised() {
        let printed = table(62.0, 1359.0, 248.0, 1286.0);
        assert_eq!(weigh_counts(&printed, &others())[0].reading, CountsReading::AsPrinted);
        let swapped = CountsReading::ArmsSwapped.apply(&printed).unwrap();
        let of_swapped = weigh_counts(&swapped, &others());
        let ratio = of_swapped.iter().find(|it| it.reading == CountsReading::ArmsSwapped);
        assert!(ratio.unwrap().likelihood_ratio > 20.0, "{of_swapped:?}");
        let without = CountsReading::WithoutEvent.apply(&printed).unwrap();
        assert_eq!(weigh_counts(&without, &others())[0].reading, CountsReading::WithoutEvent);
    }
}
