//! The sentence that states a synthesis' result, and its parts.

use std::collections::BTreeSet;

use consilience_review::analysis::{Favoured, Narrative, People, Synthesis, people};
use consilience_review::vocabulary::protocol::Better;
use consilience_stats::{Measure, Pooled, SummaryKind};

use crate::number::{self, Decimals, count, counted, p_value, percent};
use crate::settings::Settings;

/// The sentence that states the result: studies and people, estimate with interval and P value, which way it
/// points, how it was pooled, heterogeneity, prediction interval.
///
/// It never says "significant" or "no effect": the interval says how far the truth may lie, and where it
/// includes the null, the sentence says so.
pub fn statement(synthesis: &Synthesis) -> String {
    let Some(pooled) = &synthesis.pooled else { return without_pool(synthesis) };
    let mut result =
        format!("{}: {}", studies_and_people(synthesis), estimate_words(synthesis, pooled));
    if synthesis.null_value().is_some() {
        result = format!("{result}, {}", p_value(pooled.p_value));
    }
    let mut parts = vec![result];
    parts.extend(direction(synthesis, pooled));
    if pooled.k < 2 {
        parts.push("one study, so nothing was pooled".to_owned());
    } else {
        parts.push(Settings::of(synthesis).words(synthesis.plan.measure));
        parts.push(heterogeneity(synthesis, pooled));
    }
    if let Some(interval) = prediction_words(synthesis, pooled) {
        parts.push(interval);
    }
    format!("{}.", parts.join("; "))
}

/// The result in a line: `risk ratio 0.49 (95% CI 0.34 to 0.70); 13 studies (357 347 participants)`.
pub(crate) fn key_finding(synthesis: &Synthesis) -> String {
    match &synthesis.pooled {
        Some(pooled) => {
            let parts =
                [estimate_words(synthesis, pooled), studies_and_people(synthesis)].into_iter();
            let parts: Vec<String> = parts.chain(direction(synthesis, pooled)).collect();
            format!("{}.", parts.join("; "))
        }
        None => without_pool(synthesis),
    }
}

fn without_pool(synthesis: &Synthesis) -> String {
    let found = match &synthesis.narrative {
        Some(narrative) => narrative_words(synthesis, narrative),
        None if synthesis.studies.is_empty() => {
            return "No study has a result that this analysis can use.".to_owned();
        }
        None => counted(synthesis.studies.len(), "study has an effect", "studies have an effect"),
    };
    format!("No pooled estimate. {}.", capitalised(&found))
}

/// What the directions say: `4 of 4 studies with a direction favour Vaccinated`.
pub(crate) fn narrative_words(synthesis: &Synthesis, narrative: &Narrative) -> String {
    let n_towards =
        |wanted: Favoured| narrative.rows.iter().filter(|it| it.favours == Some(wanted)).count();
    let (towards, against) = (n_towards(Favoured::Experimental), n_towards(Favoured::Comparator));
    let total = towards + against;
    let name = &synthesis.comparison.experimental_name;
    let n_silent = narrative.rows.len() - total;
    let pointing = match total {
        0 => "no study gives a direction of effect".to_owned(),
        1 if towards == 1 => format!("the 1 study with a direction of effect favours {name}"),
        1 => format!(
            "the 1 study with a direction of effect favours {}",
            synthesis.comparison.comparator_name
        ),
        _ => format!(
            "{towards} of {total} studies with a direction of effect {} {name}",
            if towards == 1 { "favours" } else { "favour" }
        ),
    };
    match n_silent {
        0 => pointing,
        n => {
            format!("{pointing}; {} no clear direction", counted(n, "study gives", "studies give"))
        }
    }
}

/// `13 studies (357 347 participants)`; `4 comparisons of 3 studies (310 participants)` where arms of one study stand apart.
pub(crate) fn studies_and_people(synthesis: &Synthesis) -> String {
    let names: BTreeSet<&str> = synthesis.studies.iter().map(|it| it.study.as_str()).collect();
    let studies = counted(names.len(), "study", "studies");
    let studies = if names.len() == synthesis.studies.len() {
        studies
    } else {
        format!("{} comparisons of {studies}", synthesis.studies.len())
    };
    match people(&synthesis.studies) {
        People::All(n) => format!("{studies} ({} participants)", count(n)),
        People::AtLeast(n) => format!("{studies} (at least {} participants)", count(n)),
        People::Unknown => studies,
    }
}

/// `risk ratio 0.49 (95% CI 0.34 to 0.70)`, with the unit for a difference of means.
fn estimate_words(synthesis: &Synthesis, pooled: &Pooled) -> String {
    let unit = match (&synthesis.outcome.unit, synthesis.plan.measure) {
        (Some(unit), Measure::MeanDifference) => format!(" {unit}"),
        _ => String::new(),
    };
    let decimals = decimals(synthesis);
    format!(
        "{} {}{unit} ({}% CI {})",
        synthesis.plan.effect_words(),
        decimals.show(synthesis.display(pooled.estimate)),
        synthesis.plan.level,
        decimals.range(synthesis.display(pooled.ci.lower), synthesis.display(pooled.ci.upper))
    )
}

/// The decimals of everything that one synthesis prints on the scale of its effect.
pub(crate) fn decimals(synthesis: &Synthesis) -> Decimals {
    let show = |it: f64| synthesis.display(it);
    match (&synthesis.pooled, synthesis.studies.first()) {
        (Some(it), _) => {
            Decimals::for_estimate(show(it.estimate), show(it.ci.lower), show(it.ci.upper))
        }
        (None, Some(it)) => {
            Decimals::for_estimate(show(it.effect.estimate), show(it.ci.lower), show(it.ci.upper))
        }
        (None, None) => Decimals::for_estimate(1.0, 1.0, 1.0),
    }
}

/// Which way the estimate points, and whether the interval includes the null.
fn direction(synthesis: &Synthesis, pooled: &Pooled) -> Option<String> {
    let comparison = &synthesis.comparison;
    let null = synthesis.null_value()?;
    if !compares_groups(synthesis) {
        let includes = pooled.ci.contains(0.0);
        return includes.then(|| format!("the interval includes no association ({null})"));
    }
    let (experimental, comparator) = (&comparison.experimental_name, &comparison.comparator_name);
    let pointing = match (pooled.estimate.total_cmp(&0.0), synthesis.outcome.direction) {
        _ if pooled.estimate == 0.0 => "the estimate favours neither".to_owned(),
        (std::cmp::Ordering::Less, Some(Better::Lower))
        | (std::cmp::Ordering::Greater, Some(Better::Higher)) => {
            format!("the estimate favours {experimental}")
        }
        (_, Some(_)) => format!("the estimate favours {comparator}"),
        (std::cmp::Ordering::Less, None) => {
            format!("the estimate is lower with {experimental} than with {comparator}")
        }
        (_, None) => format!("the estimate is higher with {experimental} than with {comparator}"),
    };
    Some(if pooled.ci.contains(0.0) {
        format!("{pointing}, and the interval includes no difference ({null})")
    } else {
        pointing
    })
}

/// Whether the effect sets one group against another.
fn compares_groups(synthesis: &Synthesis) -> bool {
    !matches!(
        synthesis.plan.measure.input(),
        SummaryKind::Correlation
            | SummaryKind::PartialCorrelation
            | SummaryKind::SemiPartialCorrelation
            | SummaryKind::Genotypes
    )
}

/// `τ² = 0.31, I² = 92%`; under a common effect `I² = 92%`.
pub(crate) fn heterogeneity(synthesis: &Synthesis, pooled: &Pooled) -> String {
    let i2 = format!("I² = {}", percent(pooled.i2));
    match Settings::of(synthesis).tau2 {
        Some(_) => format!("{}, {i2}", number::tau2_equation(pooled.tau2)),
        None => i2,
    }
}

/// `95% CI by Q-profile: τ² 0.12 to 1.11, I² 82% to 98%, H² 5.5 to 43.1`; nothing where τ² has no interval.
pub fn heterogeneity_interval_text(synthesis: &Synthesis) -> Option<String> {
    let interval = synthesis.heterogeneity_interval?;
    let method = synthesis.plan.tau2_interval?;
    let limits = if interval.is_empty {
        "no τ², as the studies agree better than chance allows".to_owned()
    } else {
        format!(
            "τ² {} to {}, I² {} to {}, H² {} to {}",
            number::tau2(interval.tau2.lower),
            number::tau2(interval.tau2.upper),
            percent(interval.i2.lower),
            percent(interval.i2.upper),
            number::fixed(interval.h2.lower, 1),
            number::fixed(interval.h2.upper, 1)
        )
    };
    Some(format!("{}% CI by {}: {limits}", synthesis.plan.level, method.name()))
}

/// `95% prediction interval 0.14 to 1.71`.
pub(crate) fn prediction_words(synthesis: &Synthesis, pooled: &Pooled) -> Option<String> {
    let interval = pooled.prediction?;
    let decimals = decimals(synthesis);
    let range =
        decimals.range(synthesis.display(interval.lower), synthesis.display(interval.upper));
    Some(format!("{}% prediction interval {range}", synthesis.plan.level))
}

/// The text with its first letter in upper case.
pub(crate) fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
