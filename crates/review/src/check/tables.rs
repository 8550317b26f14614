//! 2×2 tables that another reading explains better: arms swapped, those without the event counted, percentages for counts.

use consilience_stats::plausibility::counts::{CountsReading, weigh_counts};
use consilience_stats::{TwoByTwo, odds_ratio};

use super::finding::{Explanation, Finding};
use super::kind::Kind;
use super::material::{Body, Material, Pair};
use super::places::Places;
use crate::analysis::short;

/// As for means: see `means.rs`.
const TOLD: f64 = 0.2;
const TOLD_RATIO: f64 = 4.0;
const ODDS_OF_SWAP: f64 = 0.1;
const SIGNIFICANT: f64 = 1.96;

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
    let told = weighed.iter().find(|it| {
        it.reading != CountsReading::AsPrinted && it.probability >= TOLD
    });
    let swap = weighed.iter().find(|it| it.reading == CountsReading::ArmsSwapped)?;
    let (best, certainty) = match told {
        Some(best) => (best, best.probability),
        None => (swap, certainty_of_swap(swap.likelihood_ratio, printed, &others)?),
    };
    let kind = match best.reading {
        CountsReading::AsPrinted => return None,
        CountsReading::ArmsSwapped => Kind::ArmsSwapped,
        CountsReading::WithoutEvent => Kind::EventsReversed,
        CountsReading::Percentages => Kind::PercentAsCount,
    };
    let certainty = match kind {
        Kind::ArmsSwapped => {
            certainty.max(certainty_of_swap(swap.likelihood_ratio, printed, &others).unwrap_or(0.0))
        }
        _ => certainty,
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
        _ => "the events are percentages",
    };
    let explanation = Explanation {
        reading: format!("{words}: {}", shown(&meant)),
        probability: Some(best.probability),
        numbers: numbers.map(|(name, value)| (name.to_owned(), value)).to_vec(),
    };
    let others = others.iter().filter_map(log_odds_ratio).map(|it| libm::exp(it.0));
    let (low, high) = others
        .fold((f64::INFINITY, 0.0_f64), |(low, high), it| (low.min(it), high.max(it)));
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

fn certainty_of_swap(ratio: f64, printed: &TwoByTwo, others: &[TwoByTwo]) -> Option<f64> {
    let z = |table: &TwoByTwo| log_odds_ratio(table).map_or(0.0, |it| it.0 / it.1);
    let together = others.iter().map(z).sum::<f64>() / (others.len() as f64).sqrt();
    let own = z(printed);
    let odds = ODDS_OF_SWAP * ratio;
    (own.abs() > SIGNIFICANT && own * together < 0.0 && ratio >= TOLD_RATIO)
        .then(|| odds / (1.0 + odds))
}
