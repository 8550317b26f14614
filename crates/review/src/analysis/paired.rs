//! The correlation of a paired design: given, worked back from what is printed, or assumed.

use consilience_stats::{
    MeanSd, TwoByTwo, correlation_from_sd_of_differences, sd_of_differences_from_ci,
    sd_of_differences_from_p, sd_of_differences_from_se,
};

use super::CorrelationSource;
use super::effect::Question;
use super::numbers::short;
use super::select::{Contrast, Setting};
use super::steps::Steps;

/// Whether and how the pairing of paired designs is allowed for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum PairingRule {
    /// As the plan and the trials say.
    AsPlanned,
    /// With this correlation wherever one is assumed.
    Assumed(f64),
    /// Not at all: as if the two arms were different people.
    Ignored,
}

/// A correlation with its source.
pub(super) type Sourced = (f64, CorrelationSource);

/// The correlation printed for this setting.
pub(super) fn given(setting: &Setting, steps: &mut Steps) -> Option<Sourced> {
    let printed = setting.results().find_map(|it| it.correlation.as_ref())?;
    steps.push(format!("correlation between the two sides {printed}, as printed"));
    Some((printed.value(), CorrelationSource::Given))
}

/// The correlation that the plan assumes, or the one at which the analysis is repeated.
fn assumed(question: &Question, steps: &mut Steps) -> Sourced {
    let r = match question.pairing {
        PairingRule::Assumed(r) => r,
        PairingRule::AsPlanned | PairingRule::Ignored => question.plan.assumed_correlation(),
    };
    steps.push(format!("correlation between the two sides assumed: {}", short(r)));
    (r, CorrelationSource::Assumed)
}

/// The assumed correlation of events, or the one nearest to it that their numbers can have.
pub(super) fn assumed_for_events(
    question: &Question,
    table: &TwoByTwo,
    steps: &mut Steps,
) -> Sourced {
    let (phi, source) = assumed(question, steps);
    let (lowest, highest) = possible_phi(table);
    let nearest = phi.max(lowest).min(highest);
    if nearest.total_cmp(&phi).is_ne() {
        let range = format!(
            "such events can only have a correlation from {} to {}, so {} is assumed",
            short(lowest),
            short(highest),
            short(nearest)
        );
        steps.caution(range.clone(), format!("{range}, not {}", short(phi)));
    }
    (nearest, source)
}

/// The correlations φ that pairs with so many events on either side can have: any where one side has none, or
/// nothing else.
///
/// φ = (n·p₁₁ − e₁e₂) / √(e₁f₁e₂f₂), with f = n − e, and the pairs with both events, p₁₁, from max(0, e₁ + e₂ − n) to
/// min(e₁, e₂). Short of φ = ±1 no effect at these limits has a variance of 0.
fn possible_phi(table: &TwoByTwo) -> (f64, f64) {
    let TwoByTwo { events_e, n_e: pairs, events_c, .. } = *table;
    let scale = (events_e * (pairs - events_e)).sqrt() * (events_c * (pairs - events_c)).sqrt();
    if scale <= 0.0 || scale.is_nan() {
        return (-1.0, 1.0);
    }
    let phi = |both: f64| (pairs * both - events_e * events_c) / scale;
    let fewest = (events_e + events_c - pairs).max(0.0);
    (phi(fewest).max(-1.0), phi(events_e.min(events_c)).min(1.0))
}

/// The correlation for continuous results of a setting, in order of trust.
pub(super) fn correlation(
    question: &Question,
    setting: &Setting,
    experimental: &MeanSd,
    comparator: &MeanSd,
    steps: &mut Steps,
) -> Sourced {
    given(setting, steps)
        .or_else(|| from_precision(setting, experimental, comparator, steps))
        .or_else(|| from_p(question, setting, experimental, comparator, steps))
        .unwrap_or_else(|| assumed(question, steps))
}

/// From a printed mean difference with its standard error or interval.
fn from_precision(
    setting: &Setting,
    experimental: &MeanSd,
    comparator: &MeanSd,
    steps: &mut Steps,
) -> Option<Sourced> {
    let effect = setting
        .contrasts
        .iter()
        .find_map(|it| it.effect().filter(|effect| effect.measure.eq_ignore_ascii_case("MD")))?;
    let pairs = experimental.n;
    let sd = match (&effect.se, &effect.ci) {
        (Some(se), _) => sd_of_differences_from_se(se.value(), pairs).ok()?,
        (None, Some(ci)) => {
            sd_of_differences_from_ci(ci.lower.value(), ci.upper.value(), pairs, ci.level_share())
                .ok()?
        }
        (None, None) => return None,
    };
    let r = correlation_from_sd_of_differences(experimental.sd, comparator.sd, sd).ok()?;
    steps.convert(
        "correlation-from-sds",
        format!(
            "correlation {} worked back from the SD of the differences, {}",
            short(r),
            short(sd)
        ),
    );
    Some((r, CorrelationSource::FromPrecision))
}

/// From an exact printed P value, as if it came from a paired t test; only where the plan says so.
fn from_p(
    question: &Question,
    setting: &Setting,
    experimental: &MeanSd,
    comparator: &MeanSd,
    steps: &mut Steps,
) -> Option<Sourced> {
    let p = setting.contrasts.iter().find_map(Contrast::p_of_normal_test)?;
    let difference = experimental.mean - comparator.mean;
    let sd = sd_of_differences_from_p(difference, experimental.n, p).ok()?;
    let r = correlation_from_sd_of_differences(experimental.sd, comparator.sd, sd).ok()?;
    let is_used = question.plan.correlation_from_p && question.pairing == PairingRule::AsPlanned;
    steps.push(format!(
        "the printed P = {p} implies a correlation of {} if it came from a paired t test; {}",
        short(r),
        if is_used { "used" } else { "not used" }
    ));
    is_used.then_some((r, CorrelationSource::FromP))
}
