//! Means and SDs that the kind of data, or the limits of its scale, forbid.

use consilience_stats::plausibility::possible::largest_sd_of_positive;

use super::finding::Finding;
use super::kind::Kind;
use super::material::{people, rounded};
use super::places::Places;
use crate::printed::Printed;
use crate::state::State;
use crate::vocabulary::protocol::Outcome;
use crate::vocabulary::result::{ExtractedResult, Reported, Score};

pub(super) fn findings(state: &State, places: &Places) -> Vec<Finding> {
    let mut found = Vec::new();
    for result in state.results.values().map(|it| &it.value) {
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
        if !is_never_negative(outcome, result) {
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
