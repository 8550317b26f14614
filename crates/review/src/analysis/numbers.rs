//! From one arm's printed numbers to what an effect is computed from, with every step in words.

use consilience_stats::{
    FiveNumber, FiveNumberMethod, FromFiveNumber, MeanSd, combine_groups, mean_sd_of_grades,
    sd_from_ci, sd_from_se, skewness_test,
};

use super::steps::Steps;
use crate::printed::Printed;
use crate::state::State;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::result::{ExtractedResult, PrintedInterval, Reported};

/// People with an event, of all people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EventCount {
    pub(super) events: f64,
    pub(super) n: f64,
}

/// The mean and SD of a group: of its arm, or of its arms combined.
pub(super) fn group_mean_sd(
    state: &State,
    plan: &AnalysisPlan,
    results: &[&ExtractedResult],
    steps: &mut Steps,
) -> Result<MeanSd, String> {
    let arms = results
        .iter()
        .map(|it| mean_sd(state, plan, it, steps))
        .collect::<Result<Vec<_>, String>>()?;
    match arms.as_slice() {
        [] => Err("no result of one of the two arms".to_owned()),
        [arm] => Ok(*arm),
        arms => {
            let combined = combine_groups(arms).map_err(|it| it.to_string())?;
            steps.convert(
                "combine-groups",
                format!(
                    "{} arms combined into one group (Handbook table 6.5.a): n {}, mean {}, SD {}",
                    arms.len(),
                    combined.n,
                    short(combined.mean),
                    short(combined.sd)
                ),
            );
            Ok(combined)
        }
    }
}

/// The events of a group: of its arm, or of its arms added up.
pub(super) fn group_events(
    state: &State,
    plan: &AnalysisPlan,
    results: &[&ExtractedResult],
    steps: &mut Steps,
) -> Result<EventCount, String> {
    let arms = results
        .iter()
        .map(|it| events(state, plan, it, steps))
        .collect::<Result<Vec<_>, String>>()?;
    match arms.as_slice() {
        [] => Err("no result of one of the two arms".to_owned()),
        [arm] => Ok(*arm),
        arms => {
            steps.push(format!("{} arms added up into one group", arms.len()));
            Ok(EventCount {
                events: arms.iter().map(|it| it.events).sum(),
                n: arms.iter().map(|it| it.n).sum(),
            })
        }
    }
}

fn mean_sd(
    state: &State,
    plan: &AnalysisPlan,
    result: &ExtractedResult,
    steps: &mut Steps,
) -> Result<MeanSd, String> {
    let arm = result.subject.arm();
    match &result.reported {
        Reported::Mean { mean, sd, se, ci } => {
            let n = people(state, result, steps)?;
            let sd = standard_deviation(arm, n, sd.as_ref(), se.as_ref(), ci.as_ref(), steps)?;
            Ok(MeanSd { n, mean: mean.value(), sd })
        }
        Reported::Median { median, quartiles, range } => {
            let n = people(state, result, steps)?;
            from_median(plan, arm, n, (median, quartiles.as_ref(), range.as_ref()), steps)
        }
        Reported::Grades(grades) => {
            let counts: Vec<(f64, u64)> =
                grades.iter().map(|it| (it.grade.value(), it.count)).collect();
            let value = mean_sd_of_grades(&counts).map_err(|it| it.to_string())?;
            steps.convert("mean-sd-of-grades", format!(
                "{arm}: each grade taken as its number; n {}, mean {}, SD {} (exact, from the counts)",
                value.n,
                short(value.mean),
                short(value.sd)
            ));
            Ok(value)
        }
        Reported::Events { .. } => Err(format!("{arm}: events are reported, not a mean")),
        Reported::Contrast { .. } => Err(format!("{arm}: no mean is reported")),
        Reported::Missing(reason) => Err(format!("{arm}: {reason}")),
    }
}

fn standard_deviation(
    arm: &str,
    n: f64,
    sd: Option<&Printed>,
    se: Option<&Printed>,
    ci: Option<&PrintedInterval>,
    steps: &mut Steps,
) -> Result<f64, String> {
    if let Some(sd) = sd {
        return Ok(sd.value());
    }
    if let Some(se) = se {
        let sd = sd_from_se(se.value(), n).map_err(|it| format!("{arm}: {it}"))?;
        steps.convert("sd-from-se", format!("{arm}: SD = SE × √n = {se} × √{n} = {}", short(sd)));
        return Ok(sd);
    }
    if let Some(ci) = ci {
        let (lower, upper) = (ci.lower.value(), ci.upper.value());
        let sd =
            sd_from_ci(lower, upper, n, ci.level_share()).map_err(|it| format!("{arm}: {it}"))?;
        steps.convert("sd-from-ci", format!(
            "{arm}: SD = √n × (upper − lower) / (2t) = √{n} × ({} − {}) / (2t), t with {}, = {}",
            ci.upper,
            ci.lower,
            degrees_of_freedom(n - 1.0),
            short(sd)
        ));
        return Ok(sd);
    }
    Err(format!("{arm}: a mean without SD, SE or confidence interval"))
}

/// A median with quartiles and range, as far as they are printed.
type MedianAndMore<'a> =
    (&'a Printed, Option<&'a (Printed, Printed)>, Option<&'a (Printed, Printed)>);

fn from_median(
    plan: &AnalysisPlan,
    arm: &str,
    n: f64,
    (median, quartiles, range): MedianAndMore,
    steps: &mut Steps,
) -> Result<MeanSd, String> {
    let median = median.value();
    let pair = |it: &(Printed, Printed)| (it.0.value(), it.1.value());
    let summary = match (quartiles.map(pair), range.map(pair)) {
        (Some((q1, q3)), Some((min, max))) => FiveNumber::Full { min, q1, median, q3, max },
        (Some((q1, q3)), None) => FiveNumber::Quartiles { q1, median, q3 },
        (None, Some((min, max))) => FiveNumber::RangeOnly { min, median, max },
        (None, None) => return Err(format!("{arm}: a median without quartiles or range")),
    };
    let method = plan.median_method;
    let found = method.estimate(&summary, n).map_err(|it| format!("{arm}: {it}"))?;
    let FromFiveNumber { value, shape } = found;
    let fitted =
        shape.map_or_else(String::new, |it| format!(", fitted by a {} distribution", it.name()));
    steps.convert(
        "mean-sd-from-five-number",
        format!(
            "{arm}: mean {} and SD {} estimated from the median with {} ({}{fitted})",
            short(value.mean),
            short(value.sd),
            match (quartiles, range) {
                (Some(_), Some(_)) => "its quartiles and the range",
                (Some(_), None) => "its quartiles",
                (None, _) => "the range",
            },
            authors(method),
        ),
    );
    let (source, assumes) = basis(method);
    steps.by_method(source, assumes);
    if method.assumes_normal() && skewness_test(&summary, n).is_ok_and(|it| it.skewed) {
        steps.warn(format!(
            "the numbers of {arm} are skewed (Shi 2023), so mean and SD may mislead"
        ));
    }
    Ok(value)
}

/// Whose method makes a mean and an SD of a median.
fn authors(method: FiveNumberMethod) -> &'static str {
    match method {
        FiveNumberMethod::Luo => "Luo 2018; Wan 2014 or Shi 2020",
        FiveNumberMethod::Wan => "Wan 2014",
        FiveNumberMethod::Hozo => "Hozo 2005",
        FiveNumberMethod::Bland => "Bland 2015",
        FiveNumberMethod::WalterYao => "Walter and Yao 2007; Luo 2018",
        FiveNumberMethod::LogNormal => "log-normal, Shi 2020",
        FiveNumberMethod::QuantileEstimation => "quantile estimation, McGrath 2020",
        FiveNumberMethod::BoxCox => "Box-Cox, McGrath 2020",
        FiveNumberMethod::MaximumLikelihood => "maximum likelihood, Cai 2021",
    }
}

/// Where a method for medians is from, and what it assumes.
fn basis(method: FiveNumberMethod) -> (&'static str, &'static [&'static str]) {
    const NORMAL: &[&str] = &["a normal outcome"];
    const FAMILY: &[&str] =
        &["an outcome that is normal, log-normal, gamma, Weibull or beta distributed"];
    const TRANSFORMED: &[&str] = &["an outcome that is normal after a Box-Cox transformation"];
    match method {
        FiveNumberMethod::Luo => (
            "Luo (2018), doi 10.1177/0962280216669183; Wan (2014), doi 10.1186/1471-2288-14-135; with all five \
             numbers Shi (2020), doi 10.1002/jrsm.1429",
            NORMAL,
        ),
        FiveNumberMethod::Wan => ("Wan (2014), doi 10.1186/1471-2288-14-135", NORMAL),
        FiveNumberMethod::Hozo => ("Hozo (2005), doi 10.1186/1471-2288-5-13", NORMAL),
        FiveNumberMethod::Bland => ("Bland (2015), Int J Stat Med Res 4:57", NORMAL),
        FiveNumberMethod::WalterYao => (
            "Walter and Yao (2007), doi 10.1016/j.jclinepi.2006.11.018; Luo (2018), doi 10.1177/0962280216669183",
            NORMAL,
        ),
        FiveNumberMethod::LogNormal => {
            ("Shi (2020), doi 10.1177/0962280220904386", &["a log-normal outcome"])
        }
        FiveNumberMethod::QuantileEstimation => {
            ("McGrath (2020), doi 10.1177/0962280219889080", FAMILY)
        }
        FiveNumberMethod::BoxCox => ("McGrath (2020), doi 10.1177/0962280219889080", TRANSFORMED),
        FiveNumberMethod::MaximumLikelihood => {
            ("Cai (2021), doi 10.1177/09622802211047348", TRANSFORMED)
        }
    }
}

fn events(
    state: &State,
    plan: &AnalysisPlan,
    result: &ExtractedResult,
    steps: &mut Steps,
) -> Result<EventCount, String> {
    let arm = result.subject.arm();
    match &result.reported {
        Reported::Events { person_time: Some(_), .. } => {
            Err(format!("{arm}: events with person-time are a rate, not a risk"))
        }
        Reported::Events { events, person_time: None } => {
            Ok(EventCount { events: events.value(), n: people(state, result, steps)? })
        }
        Reported::Grades(grades) => {
            let Some(threshold) = &plan.event_from_grade else {
                return Err(format!(
                    "{arm}: grades, and `event_from_grade` does not say which are events"
                ));
            };
            let is_event = |grade: &Printed| grade.value() >= threshold.value();
            let sum = |test: &dyn Fn(&Printed) -> bool| -> f64 {
                grades.iter().filter(|it| test(&it.grade)).map(|it| it.count as f64).sum()
            };
            let count = EventCount { events: sum(&is_event), n: sum(&|_| true) };
            steps.push(format!(
                "{arm}: grades from {threshold} on counted as events: {} of {}",
                count.events, count.n
            ));
            Ok(count)
        }
        Reported::Mean { .. } | Reported::Median { .. } => {
            Err(format!("{arm}: means are reported, not events"))
        }
        Reported::Contrast { .. } => Err(format!("{arm}: no events are reported")),
        Reported::Missing(reason) => Err(format!("{arm}: {reason}")),
    }
}

/// The number analysed; where it is not printed, the number randomised, and the step says so.
fn people(state: &State, result: &ExtractedResult, steps: &mut Steps) -> Result<f64, String> {
    let arm = result.subject.arm();
    if let Some(n) = &result.n {
        return Ok(n.value());
    }
    let randomised = state
        .arms
        .get(&(result.study.clone(), arm.to_owned()))
        .and_then(|it| it.n.as_ref())
        .ok_or_else(|| format!("{arm}: the number of people is not known"))?;
    steps.caution(
        format!("{arm}: number analysed not printed, so the number randomised, {randomised}"),
        "the number randomised stands for the number analysed, which is not printed",
    );
    Ok(randomised.value())
}

/// `1 degree of freedom`, `2 degrees of freedom`.
pub(super) fn degrees_of_freedom(df: f64) -> String {
    format!("{df} {} of freedom", if df.total_cmp(&1.0).is_eq() { "degree" } else { "degrees" })
}

/// `1 pair`, `2 pairs`.
pub(super) fn pairs(n: f64) -> String {
    format!("{n} {}", if n.total_cmp(&1.0).is_eq() { "pair" } else { "pairs" })
}

/// A computed number as the steps show it: five significant digits are enough to follow the arithmetic.
pub(crate) fn short(value: f64) -> String {
    const TINY: f64 = 1e-8;
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    if value.abs() < TINY {
        return format!("{value:.4e}");
    }
    let magnitude = libm::floor(libm::log10(value.abs()));
    #[expect(clippy::cast_possible_truncation, reason = "a magnitude of a finite double fits")]
    let decimals = (4 - magnitude as i32).clamp(0, 12);
    let text = format!("{value:.*}", usize::try_from(decimals).unwrap_or(0));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
