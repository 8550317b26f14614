//! Means and SDs that the kind of data, or the limits of its scale, forbid.

use consilience_stats::plausibility::possible::{
    debit_sd, grim_mean, grimmer_sd, largest_sd, largest_sd_of_positive,
};

use super::finding::Finding;
use super::kind::Kind;
use super::material::{Material, people, rounded};
use super::places::Places;
use crate::printed::Printed;
use crate::state::State;
use crate::vocabulary::protocol::Outcome;
use crate::vocabulary::result::{ExtractedResult, Reported, Score};

pub(super) fn findings(state: &State, material: &Material, places: &Places) -> Vec<Finding> {
    let mut found = Vec::new();
    for result in material.extraction.settled() {
        let Reported::Mean { mean, sd, se, .. } = &result.reported else { continue };
        let Some(outcome) = state.outcomes.get(&result.outcome) else { continue };
        let mut tell = |kind, certainty, field, message: String| {
            found.push(
                Finding::new(
                    kind,
                    &result.study,
                    &result.outcome,
                    certainty,
                    places.of(result, field),
                )
                .of_arm(result.subject.arm())
                .saying(message),
            );
        };
        for (spread, field) in [(sd, "sd"), (se, "se")] {
            let Some(spread) = spread else { continue };
            if spread.value() <= 0.0 {
                let name = field.to_uppercase();
                let message =
                    format!("an {name} of {spread}: everybody would have had the same value");
                tell(Kind::ImpossibleSd, 0.95, field, message);
            }
        }
        for (kind, certainty, field, message) in of_scale(state, outcome, result) {
            tell(kind, certainty, field, message);
        }
        if outcome.minimum.is_some() || !is_never_negative(outcome, result) {
            continue;
        }
        if mean.value() + mean.rounding() < 0.0 {
            let what = outcome.unit.as_deref().unwrap_or(&outcome.name);
            tell(
                Kind::ImpossibleMean,
                0.98,
                "mean",
                format!("a mean of {mean}, and {what} cannot be negative"),
            );
        } else if let (Some(sd), Some(n)) = (sd, people(state, result))
            && let Some(message) = above_largest(mean, sd, n)
        {
            tell(Kind::ImpossibleSd, 1.0, "sd", message);
        }
    }
    found
}

type Told = (Kind, f64, &'static str, String);

/// What the limits of the scale, and whole-numbered items, forbid.
fn of_scale(state: &State, outcome: &Outcome, result: &ExtractedResult) -> Vec<Told> {
    let Reported::Mean { mean, sd, .. } = &result.reported else { return Vec::new() };
    let limits = outcome.minimum.as_ref().zip(outcome.maximum.as_ref());
    let n = people(state, result);
    let mut told = Vec::new();
    if result.score == Score::Final {
        let below =
            outcome.minimum.as_ref().is_some_and(|it| mean.value() + mean.rounding() < it.value());
        let above =
            outcome.maximum.as_ref().is_some_and(|it| mean.value() - mean.rounding() > it.value());
        if below || above {
            let end = if below { &outcome.minimum } else { &outcome.maximum };
            let end = end.as_ref().map_or("", Printed::text);
            let side = if below { "lowest" } else { "highest" };
            told.push((
                Kind::ImpossibleMean,
                1.0,
                "mean",
                format!("a mean of {mean}, and the {side} value of the scale is {end}"),
            ));
        }
        if let (Some((low, high)), Some(sd), Some(n)) = (limits, sd, n)
            && let Some(largest) = largest_sd(rounded(mean), n.value(), low.value(), high.value())
            && sd.value() - sd.rounding() > largest
        {
            told.push((
                Kind::ImpossibleSd,
                1.0,
                "sd",
                format!(
                    "an SD of {sd}: with a mean of {mean} on a scale from {low} to {high} it is at most {}",
                    crate::analysis::short(largest)
                ),
            ));
        }
    }
    told.extend(of_whole_numbers(outcome, mean, sd.as_ref(), n));
    told
}

/// GRIM, GRIMMER and, for values of 0 and 1, DEBIT.
fn of_whole_numbers(
    outcome: &Outcome,
    mean: &Printed,
    sd: Option<&Printed>,
    n: Option<&Printed>,
) -> Option<Told> {
    let items = whole(outcome.items.as_ref()?)?;
    let n = whole(n?)?;
    if !grim_mean(rounded(mean), n, items) {
        let message = format!("a mean of {mean}: no {n} whole numbers have it (GRIM)");
        return Some((Kind::ImpossibleMean, 0.95, "mean", message));
    }
    let sd = sd?;
    let is_of = |outcome: &Option<Printed>, value: f64| {
        outcome.as_ref().is_some_and(|it| it.value().total_cmp(&value).is_eq())
    };
    if is_of(&outcome.minimum, 0.0) && is_of(&outcome.maximum, 1.0) && items == 1 {
        let message = format!(
            "an SD of {sd}: {n} values of 0 and 1 with a mean of {mean} do not have it (DEBIT)"
        );
        return (!debit_sd(rounded(mean), rounded(sd), n)).then_some((
            Kind::ImpossibleSd,
            0.95,
            "sd",
            message,
        ));
    }
    let message =
        format!("an SD of {sd}: no {n} whole numbers with a mean of {mean} have it (GRIMMER)");
    (!grimmer_sd(rounded(mean), rounded(sd), n, items)).then_some((
        Kind::ImpossibleSd,
        0.9,
        "sd",
        message,
    ))
}

fn whole(printed: &Printed) -> Option<u64> {
    let value = printed.value();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be whole and in range"
    )]
    ((1.0..1e9).contains(&value) && value.fract() == 0.0).then_some(value as u64)
}

/// Whether every value is 0 or more: measured in a unit of which nobody has less than nothing.
fn is_never_negative(outcome: &Outcome, result: &ExtractedResult) -> bool {
    const UNITS: [&str; 16] = [
        "second", "seconds", "minute", "minutes", "min", "hour", "hours", "h", "day", "days",
        "week", "weeks", "month", "months", "year", "years",
    ];
    let unit = outcome.unit.as_deref().unwrap_or_default().to_lowercase();
    result.score == Score::Final && UNITS.contains(&unit.as_str())
}

fn above_largest(mean: &Printed, sd: &Printed, n: &Printed) -> Option<String> {
    let largest = largest_sd_of_positive(rounded(mean), n.value())?;
    (sd.value() - sd.rounding() > largest).then(|| {
        format!(
            "an SD of {sd}: with a mean of {mean} in {n} people who cannot have less than 0 it is at most {}",
            crate::analysis::short(largest)
        )
    })
}
