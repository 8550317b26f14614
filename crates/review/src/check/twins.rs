//! The same numbers twice: in two studies, in two outcomes of one study; and one trial under two names.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::kind::Kind;
use super::material::{Material, Pair, people};
use super::places::Places;
use crate::state::State;
use crate::vocabulary::result::{ExtractedResult, Reported};
use crate::vocabulary::study::Study;

/// As many significant digits must agree before chance is ruled out; two studies of the same size agree in some by chance.
const DIGITS: usize = 6;

pub(super) fn findings(state: &State, material: &Material, places: &Places) -> Vec<Finding> {
    let mut found = same_numbers(state, material, places);
    found.extend(same_trials(state, &found));
    found
}

fn same_numbers(state: &State, material: &Material, places: &Places) -> Vec<Finding> {
    let pairs: Vec<&Pair> = material.bodies.iter().flat_map(|it| &it.pairs).collect();
    let mut alike: BTreeMap<Vec<String>, Vec<&Pair>> = BTreeMap::new();
    for pair in pairs {
        if let Some(numbers) = numbers(state, pair) {
            alike.entry(numbers).or_default().push(pair);
        }
    }
    let mut found = Vec::new();
    for (numbers, pairs) in &alike {
        for (i, a) in pairs.iter().enumerate() {
            found.extend(pairs[i + 1..].iter().filter_map(|b| twin(numbers, a, b, places)));
        }
    }
    found
}

/// Two pairs that have these numbers both.
fn twin(x: &[String], a: &Pair, b: &Pair, places: &Places) -> Option<Finding> {
    let is_same_study = a.study.study == b.study.study;
    let is_same_outcome = a.experimental.outcome == b.experimental.outcome;
    if std::ptr::eq(a.experimental, b.experimental) || (is_same_study && is_same_outcome) {
        return None;
    }
    // The n of one study is the same in all its outcomes.
    let counted = x.iter().enumerate().filter(|(i, _)| !is_same_study || i % x_width(a) != 0);
    let digits: usize = counted.map(|(_, it)| significant_digits(it)).sum();
    let needed = if is_same_study { DIGITS + 2 } else { DIGITS };
    if digits < needed {
        return None;
    }
    let elsewhere = if is_same_study {
        format!("the outcome {}", a.experimental.outcome)
    } else if is_same_outcome {
        a.study.study.clone()
    } else {
        format!("{} for {}", a.study.study, a.experimental.outcome)
    };
    let message = format!("all numbers of both arms ({}) are those of {elsewhere}", x.join(", "));
    let certainty = (0.5 + 0.05 * (digits - needed) as f64).min(0.97);
    let field =
        if matches!(b.experimental.reported, Reported::Mean { .. }) { "mean" } else { "events" };
    let place = places.of(b.experimental, field);
    Some(
        Finding::new(Kind::SameNumbers, &b.study.study, &b.experimental.outcome, certainty, place)
            .saying(message),
    )
}

/// How many numbers an arm has.
fn x_width(pair: &Pair) -> usize {
    if pair.means().is_some() { 3 } else { 2 }
}

/// The numbers of both arms as printed, n first.
fn numbers(state: &State, pair: &Pair) -> Option<Vec<String>> {
    let of = |result: &ExtractedResult| -> Option<Vec<String>> {
        let n = people(state, result)?.text().to_owned();
        Some(match &result.reported {
            Reported::Mean { mean, sd: Some(sd), .. } => {
                vec![n, mean.text().to_owned(), sd.text().to_owned()]
            }
            Reported::Events { events, .. } => vec![n, events.text().to_owned()],
            _ => return None,
        })
    };
    let (mut e, c) = (of(pair.experimental)?, of(pair.comparator)?);
    e.extend(c);
    Some(e)
}

fn significant_digits(text: &str) -> usize {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').len()
}

/// Two studies with the same registration, or the same report.
fn same_trials(state: &State, twins: &[Finding]) -> Vec<Finding> {
    let studies: Vec<&Study> = state.studies.values().collect();
    let mut found = Vec::new();
    for (i, a) in studies.iter().enumerate() {
        for b in &studies[i + 1..] {
            let Some(why) = in_common(a, b) else { continue };
            let has_twin =
                twins.iter().any(|it| it.study == b.study && it.message.contains(&a.study));
            let certainty = if has_twin { 0.97 } else { 0.6 };
            let message = format!("{} and {} {why}", a.study, b.study);
            let place = crate::diagnostic::Place::file("studies.csv").named("study");
            found.push(
                Finding::new(Kind::SameTrial, &b.study, "", certainty, place).saying(message),
            );
        }
    }
    found
}

fn in_common(a: &Study, b: &Study) -> Option<String> {
    const COLUMNS: [&str; 7] =
        ["registration", "registry", "nct", "trial_id", "isrctn", "registration_number", "eudract"];
    for (name, value) in &a.characteristics {
        let name = name.to_lowercase();
        let is_id = COLUMNS.contains(&name.as_str()) && value.chars().any(|it| it.is_ascii_digit());
        let same = b.characteristics.iter().any(|(other, it)| {
            other.to_lowercase() == name && it.trim().eq_ignore_ascii_case(value.trim())
        });
        if is_id && same {
            return Some(format!("have the same {name}, {value}"));
        }
    }
    let shared = a.reports.iter().find(|it| b.reports.contains(it));
    shared.map(|it| format!("are told by the same report, `{it}`"))
}
