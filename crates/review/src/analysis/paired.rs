//! The correlation of a paired design: given, worked back from what is printed, or assumed.

use consilience_stats::{
    MeanSd, correlation_from_sd_of_differences, sd_of_differences_from_ci,
    sd_of_differences_from_p, sd_of_differences_from_se,
};

use super::numbers::short;
use super::select::Setting;
use super::{CorrelationSource, Pairing};
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::result::Reported;

/// Whether and how the pairing of paired designs is allowed for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum PairingRule {
    /// As the plan and the trials say.
    AsPlanned,
    /// With one correlation for all.
    Fixed(f64),
    /// Not at all: as if the two arms were different people.
    Ignored,
}

/// The correlation printed for this setting.
pub(super) fn given(setting: &Setting, steps: &mut Vec<String>) -> Option<f64> {
    let printed = setting.results().find_map(|it| it.correlation.as_ref())?;
    steps.push(format!("correlation between the two sides {printed}, as printed"));
    Some(printed.value())
}

/// The correlation for continuous results of a setting, in order of trust.
pub(super) fn correlation(
    setting: &Setting,
    experimental: &MeanSd,
    comparator: &MeanSd,
    plan: &AnalysisPlan,
    steps: &mut Vec<String>,
) -> Pairing {
    if let Some(r) = given(setting, steps) {
        return Pairing::Correlation(r, CorrelationSource::Given);
    }
    if let Some(r) = from_precision(setting, experimental, comparator, steps) {
        return Pairing::Correlation(r, CorrelationSource::FromPrecision);
    }
    let implied = from_p(setting, experimental, comparator);
    if let Some((r, p)) = implied {
        let origin = format!(
            "the printed {p} implies a correlation of {} if it came from a paired t test",
            short(r)
        );
        if plan.correlation_from_p {
            steps.push(format!("{origin}; used"));
            return Pairing::Correlation(r, CorrelationSource::FromP);
        }
        steps.push(format!("{origin}; not used"));
    }
    let r = plan.assumed_correlation();
    steps.push(format!("correlation between the two sides assumed: {}", short(r)));
    Pairing::Correlation(r, CorrelationSource::Assumed)
}

/// From a printed mean difference with its standard error or interval.
fn from_precision(
    setting: &Setting,
    experimental: &MeanSd,
    comparator: &MeanSd,
    steps: &mut Vec<String>,
) -> Option<f64> {
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
    steps.push(format!(
        "correlation {} worked back from the SD of the differences, {}",
        short(r),
        short(sd)
    ));
    Some(r)
}

/// From an exact printed P value, as if it came from a paired t test.
fn from_p(setting: &Setting, experimental: &MeanSd, comparator: &MeanSd) -> Option<(f64, String)> {
    let p = setting.contrasts.iter().find_map(|it| match &it.result.reported {
        Reported::Contrast { p_value: Some(p), .. } if p.exact().is_some() => Some(p),
        _ => None,
    })?;
    let difference = experimental.mean - comparator.mean;
    let sd = sd_of_differences_from_p(difference, experimental.n, p.exact()?).ok()?;
    let r = correlation_from_sd_of_differences(experimental.sd, comparator.sd, sd).ok()?;
    Some((r, p.to_string()))
}
