//! 2×2 tables that another reading explains better: arms swapped, those without the event counted, percentages for counts.

use consilience_stats::plausibility::Weighed;
use consilience_stats::plausibility::counts::{CountsReading, weigh_counts};
use consilience_stats::{TwoByTwo, odds_ratio};

use super::finding::{Explanation, Finding};
use super::kind::Kind;
use super::material::{Body, Material, Pair};
use super::places::Places;
use super::turned;
use crate::analysis::short;

/// Readings less probable than this are not told.
const TOLD: f64 = 0.2;

pub(super) fn findings(material: &Material, places: &Places) -> Vec<Finding> {
    let mut found = Vec::new();
    for body in &material.bodies {
        for pair in &body.pairs {
            if let Some(table) = pair.counts() {
                found.extend(of_pair(body, pair, &table, places));
            }
        }
    }
    found
}

fn of_pair(body: &Body, pair: &Pair, printed: &TwoByTwo, places: &Places) -> Option<Finding> {
    let others: Vec<TwoByTwo> = body.others(pair).iter().filter_map(Pair::counts).collect();
    let weighed = weigh_counts(printed, &others);
    let (best, certainty) = told(&weighed, printed, &others)?;
    let kind = match best.reading {
        CountsReading::AsPrinted => return None,
        CountsReading::ArmsSwapped => Kind::ArmsSwapped,
        CountsReading::WithoutEvent => Kind::EventsReversed,
        CountsReading::Percentages => Kind::PercentAsCount,
        CountsReading::SlipOfExperimental | CountsReading::SlipOfComparator => Kind::DecimalSlip,
    };
    let meant = best.reading.apply(printed)?;
    let numbers = [
        ("events_e", meant.events_e),
        ("n_e", meant.n_e),
        ("events_c", meant.events_c),
        ("n_c", meant.n_c),
    ];
    let words = match kind {
        Kind::ArmsSwapped => "the two arms are swapped",
        Kind::EventsReversed => "those without the event were counted",
        Kind::DecimalSlip => "the events of one arm have a digit too many",
        _ => "the events are percentages",
    };
    let explanation = Explanation {
        reading: format!("{words}: {}", shown(&meant)),
        probability: Some(best.probability),
        numbers: numbers.map(|(name, value)| (name.to_owned(), value)).to_vec(),
    };
    let others = others.iter().filter_map(log_odds_ratio).map(|it| libm::exp(it.0));
    let (low, high) =
        others.fold((f64::INFINITY, 0.0_f64), |(low, high), it| (low.min(it), high.max(it)));
    let message = format!(
        "{}; the other studies' odds ratios go from {} to {}; it fits if {words}",
        shown(printed),
        short(low),
        short(high)
    );
    let place = places.of(pair.experimental, "events");
    Some(
        Finding::new(kind, &pair.study.study, &pair.experimental.outcome, certainty, place)
            .saying(message)
            .explained(vec![explanation]),
    )
}

/// `4 of 123 against 11 of 139 (odds ratio 0.39)`.
fn shown(table: &TwoByTwo) -> String {
    let ratio = log_odds_ratio(table)
        .map(|it| format!(" (odds ratio {})", short(libm::exp(it.0))))
        .unwrap_or_default();
    format!(
        "{} of {} against {} of {}{ratio}",
        table.events_e, table.n_e, table.events_c, table.n_c
    )
}

/// Log odds ratio and its standard error.
fn log_odds_ratio(table: &TwoByTwo) -> Option<(f64, f64)> {
    odds_ratio(table).ok().map(|it| (it.estimate, it.se()))
}

/// The reading that is told, and how sure it is.
fn told(
    weighed: &[Weighed<CountsReading>],
    printed: &TwoByTwo,
    others: &[TwoByTwo],
) -> Option<(Weighed<CountsReading>, f64)> {
    let is_other = |it: &&Weighed<CountsReading>| {
        !matches!(it.reading, CountsReading::AsPrinted | CountsReading::ArmsSwapped)
    };
    let other = weighed.iter().find(is_other).filter(|it| it.probability >= TOLD);
    let other = other.map(|it| (*it, it.probability));
    let z = |table: &TwoByTwo| log_odds_ratio(table).map_or(0.0, |it| it.0 / it.1);
    let others: Vec<f64> = others.iter().map(z).collect();
    let swap = weighed.iter().find(|it| it.reading == CountsReading::ArmsSwapped)?;
    let swap = turned::certainty(swap.likelihood_ratio, z(printed), &others).map(|it| (*swap, it));
    match (other, swap) {
        (Some(other), Some(swap)) if swap.0.probability < other.0.probability => Some(other),
        (other, swap) => swap.or(other),
    }
}
