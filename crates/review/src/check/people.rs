//! Numbers of people: more than were randomised, or changing where they should not.

use super::finding::Finding;
use super::kind::Kind;
use super::material::{Material, randomised};
use super::places::Places;
use crate::state::State;
use crate::vocabulary::result::{ExtractedResult, Subject};

/// From this loss on, an unexplained number analysed is told.
const LARGE_LOSS: f64 = 0.5;

pub(super) fn findings(state: &State, material: &Material, places: &Places) -> Vec<Finding> {
    let results: Vec<&ExtractedResult> = material.extraction.settled().collect();
    let of_arms = results.iter().filter(|it| matches!(it.subject, Subject::Arm(_)));
    let mut found: Vec<Finding> = of_arms.filter_map(|it| of_result(state, it, places)).collect();
    found.extend(results.iter().filter_map(|it| transposed(&results, it, places)));
    found.extend(of_pairs(state, &results, places));
    found
}

fn of_result(state: &State, result: &ExtractedResult, places: &Places) -> Option<Finding> {
    let (n, of) = (result.n.as_ref()?, randomised(state, result)?);
    let arm = result.subject.arm();
    let finding = |kind, certainty, message: String| {
        Finding::new(kind, &result.study, &result.outcome, certainty, places.of(result, "n"))
            .of_arm(arm)
            .saying(message)
    };
    if n.value() > of.value() {
        let message = format!("{n} people analysed in {arm}, and {of} randomised in arms.csv");
        return Some(finding(Kind::NAboveRandomised, 0.9, message));
    }
    if n.value() < LARGE_LOSS * of.value() && result.note.is_none() {
        let message =
            format!("{n} people analysed in {arm} of {of} randomised, and no note says why");
        return Some(finding(Kind::NChanges, 0.3, message));
    }
    None
}

/// A number of people that is another outcome's of the same arm with two digits in each other's place, or with one digit more.
fn transposed(
    results: &[&ExtractedResult],
    result: &ExtractedResult,
    places: &Places,
) -> Option<Finding> {
    let n = result.n.as_ref()?;
    let same_arm = results.iter().filter(|it| {
        it.study == result.study && it.subject == result.subject && it.outcome != result.outcome
    });
    let others: Vec<&str> =
        same_arm.filter_map(|it| it.n.as_ref()).map(crate::printed::Printed::text).collect();
    let first = others.first()?;
    if others.len() < 2 || others.iter().any(|it| it != first) || n.text() == *first {
        return None;
    }
    is_transposition(n.text(), first).then(|| {
        let message = format!(
            "{n} people, and {first} in the other {} outcomes of the same arm: two digits in each other's place?",
            others.len()
        );
        Finding::new(Kind::NChanges, &result.study, &result.outcome, 0.7, places.of(result, "n"))
            .of_arm(result.subject.arm())
            .saying(message)
    })
}

fn is_transposition(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let differing: Vec<usize> = (0..a.len().min(b.len())).filter(|&i| a[i] != b[i]).collect();
    match differing.as_slice() {
        [i, j] => a.len() == b.len() && *j == i + 1 && a[*i] == b[*j] && a[*j] == b[*i],
        _ => false,
    }
}

/// In paired designs both sides have the same people.
fn of_pairs(state: &State, results: &[&ExtractedResult], places: &Places) -> Vec<Finding> {
    let mut found = Vec::new();
    for (i, a) in results.iter().enumerate() {
        let is_paired = state.studies.get(&a.study).is_some_and(|it| it.design.is_paired());
        let (Some(n), true, Subject::Arm(_)) = (&a.n, is_paired, &a.subject) else { continue };
        let setting = |it: &ExtractedResult| {
            (
                it.study.clone(),
                it.outcome.clone(),
                it.time.clone(),
                it.instrument.clone(),
                it.score,
                it.population,
            )
        };
        let other = results[i + 1..]
            .iter()
            .find(|b| matches!(b.subject, Subject::Arm(_)) && setting(a) == setting(b));
        let Some((b, of)) = other.and_then(|b| Some((b, b.n.as_ref()?))) else { continue };
        if n.value().total_cmp(&of.value()).is_ne() {
            let message = format!(
                "{n} people in {} and {of} in {}, which are the same people in a paired design",
                a.subject.arm(),
                b.subject.arm()
            );
            found.push(
                Finding::new(Kind::NChanges, &a.study, &a.outcome, 0.9, places.of(b, "n"))
                    .saying(message),
            );
        }
    }
    found
}
