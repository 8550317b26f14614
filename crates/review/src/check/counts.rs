//! Counts that no number of people can have.

use super::finding::{Explanation, Finding};
use super::kind::Kind;
use super::material::{Material, people, rounded};
use super::places::Places;
use crate::printed::Printed;
use crate::state::State;
use crate::vocabulary::result::{ExtractedResult, Reported};
use consilience_stats::plausibility::possible::counts_of_percentage;

pub(super) fn findings(state: &State, material: &Material, places: &Places) -> Vec<Finding> {
    material.extraction.settled().flat_map(|it| of_result(state, it, places)).collect()
}

fn of_result(state: &State, result: &ExtractedResult, places: &Places) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut tell = |kind, certainty, field, message: String, readings: Vec<Explanation>| {
        found.push(
            Finding::new(kind, &result.study, &result.outcome, certainty, places.of(result, field))
                .of_arm(result.subject.arm())
                .saying(message)
                .explained(readings),
        );
    };
    let n = people(state, result);
    if let Some(n) = result.n.as_ref().filter(|it| it.value() < 1.0 || is_fractional(it.value())) {
        tell(
            Kind::ImpossibleCount,
            0.9,
            "n",
            format!("{n} people: not a whole number above 0"),
            Vec::new(),
        );
    }
    match &result.reported {
        Reported::Events { events, person_time } => {
            if is_fractional(events.value()) {
                let message = format!("{events} events: not a whole number");
                let reading = n.and_then(|n| as_percentage(events, n.value()));
                tell(Kind::ImpossibleCount, 0.95, "events", message, reading.into_iter().collect());
            }
            if let (Some(n), Some(quote)) = (n, result.source.quote.as_deref())
                && let Some(percent) = only_percentage(quote)
                && !is_fractional(events.value())
                && !agrees(&percent, events.value(), n.value())
            {
                let of = 100.0 * events.value() / n.value();
                let message = format!(
                    "{events} of {n} are {}%, and the quote says {percent}%",
                    crate::analysis::short(of)
                );
                tell(Kind::PercentMatchesNoCount, 0.6, "events", message, Vec::new());
            }
            if let (Some(n), None) = (n, person_time)
                && events.value() > n.value()
            {
                let message = format!("{events} events of {n} people");
                tell(Kind::EventsAboveN, 1.0, "events", message, Vec::new());
            }
        }
        Reported::Grades(grades) => {
            let sum: u64 = grades.iter().map(|it| it.count).sum();
            if let Some(n) = result.n.as_ref().filter(|it| (sum as f64 - it.value()).abs() > 0.5) {
                let message = format!("the grades add up to {sum} people, and n is {n}");
                let kind =
                    if sum as f64 > n.value() { Kind::EventsAboveN } else { Kind::ImpossibleCount };
                tell(kind, 0.9, "grades", message, Vec::new());
            }
        }
        _ => {}
    }
    found
}

/// The percentage in a quote, if there is only one.
fn only_percentage(quote: &str) -> Option<Printed> {
    let mut percentages = quote.match_indices('%').filter_map(|(end, _)| {
        let before = quote[..end].trim_end();
        let start = before
            .rfind(|it: char| !it.is_ascii_digit() && it != '.')
            .map_or(0, |it| it + before[it..].chars().next().map_or(1, char::len_utf8));
        Printed::parse(&before[start..]).ok()
    });
    percentages.next().filter(|_| percentages.next().is_none())
}

fn agrees(percent: &Printed, events: f64, n: f64) -> bool {
    n > 0.0 && (100.0 * events / n - percent.value()).abs() <= percent.rounding() * 1.02
}

fn is_fractional(value: f64) -> bool {
    (value - libm::round(value)).abs() > 1e-9
}

/// The count that the number is of, if it is a percentage.
fn as_percentage(events: &Printed, n: f64) -> Option<Explanation> {
    if n < 1.0 || is_fractional(n) || events.value() > 100.0 {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number of people"
    )]
    let (first, last) = counts_of_percentage(rounded(events), n as u64)?;
    (first == last).then(|| Explanation {
        reading: format!("a percentage: {first} of {n} people are {events}%"),
        probability: None,
        numbers: vec![("events".to_owned(), first as f64)],
    })
}
