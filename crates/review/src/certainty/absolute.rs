//! Absolute effects of a body of evidence: what its relative effect means to people with the baseline risks that the review
//! states, or with that of the studies' comparator arms.
//!
//! Cochrane Handbook 14.1.5 and 15.4.4. The comparator's number is held fixed, the convention of `GRADEpro` and Review Manager.

use consilience_appraisal::grade::{EffectMeasure, Interval, absolute_effect};
use consilience_stats::{MeanSd, Measure, TwoByTwo};

use crate::analysis::{StudyData, StudyEffect, Synthesis};
use crate::printed::Printed;
use crate::state::State;
use crate::vocabulary::grading::{BaselineRisk, BaselineValue, Basis, FamiliarScale, Thresholds};
use crate::vocabulary::plan::AnalysisPlan;

/// People in a denominator of risks.
const PER: f64 = 1000.0;

/// What absolute effects count.
#[derive(Debug, Clone, PartialEq)]
pub enum AbsoluteScale {
    /// Events per 1000 people.
    Risk,
    /// Events per 1000 units of person-time.
    Rate,
    /// The outcome's own unit.
    Mean(Option<String>),
    /// A familiar scale, onto which standardised differences are put.
    Familiar(FamiliarScale),
    /// Standard deviations, where no familiar scale is stated.
    StandardDeviations,
}

impl AbsoluteScale {
    /// The unit in words: `per 1000`, `days`.
    pub fn unit(&self) -> String {
        match self {
            Self::Risk => "per 1000".to_owned(),
            Self::Rate => "per 1000 person-time".to_owned(),
            Self::Mean(unit) => unit.clone().unwrap_or_else(|| "units".to_owned()),
            Self::Familiar(scale) => format!("on {}", scale.name),
            Self::StandardDeviations => "standard deviations".to_owned(),
        }
    }

    /// Whether events are counted.
    pub fn counts_events(&self) -> bool {
        matches!(self, Self::Risk | Self::Rate)
    }
}

/// The absolute effects of one body of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Absolute {
    /// What they count.
    pub scale: AbsoluteScale,
    /// One for each baseline risk; that on which imprecision is judged comes first.
    pub rows: Vec<AbsoluteRow>,
    /// Baseline risks that could not be used, and why.
    pub refused: Vec<String>,
}

/// The absolute effect for people with one baseline risk; all numbers in the scale's unit.
#[derive(Debug, Clone, PartialEq)]
pub struct AbsoluteRow {
    /// Of whom.
    pub label: Option<String>,
    /// Where the comparator's number comes from, in words.
    pub basis: String,
    /// Without the intervention; `None` where only the difference is known.
    pub comparator: Option<f64>,
    /// With it.
    pub intervention: Option<Interval>,
    /// The second less the first.
    pub difference: Interval,
    /// Whether a risk went beyond certainty and was set to it.
    pub capped: bool,
}

/// How an effect leads from the comparator's number to an absolute one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Route {
    Risk(EffectMeasure),
    Rate,
    Difference,
    Standardised,
    RatioOfMeans,
}

impl Route {
    /// That of a plan's measure; of generic effects that of the name that the plan gives them.
    pub(super) fn of(plan: &AnalysisPlan) -> Result<Self, String> {
        Ok(match plan.measure {
            Measure::RiskRatio | Measure::PairedRiskRatio => Self::Risk(EffectMeasure::RiskRatio),
            Measure::OddsRatio
            | Measure::PetoOddsRatio
            | Measure::PairedOddsRatio
            | Measure::PairedOddsRatioFromMargins => Self::Risk(EffectMeasure::OddsRatio),
            Measure::RiskDifference | Measure::PairedRiskDifference => {
                Self::Risk(EffectMeasure::RiskDifference)
            }
            Measure::RateRatio => Self::Rate,
            Measure::MeanDifference | Measure::MeanChange => Self::Difference,
            Measure::StandardizedMeanDifference => Self::Standardised,
            Measure::RatioOfMeans => Self::RatioOfMeans,
            Measure::Generic => {
                let name = plan.effect_name.as_deref().unwrap_or_default();
                return Self::named(name).ok_or_else(|| {
                    format!(
                        "of the effect `{name}` the program does not know what it means in absolute numbers: name it in \
                         `effect_name` as hazard ratio, risk ratio, odds ratio, rate ratio, risk difference, mean \
                         difference or standardised mean difference"
                    )
                });
            }
            other => return Err(format!("{} has no absolute effect", other.read_as())),
        })
    }

    fn named(name: &str) -> Option<Self> {
        let plain = name.to_lowercase().replace('-', " ").replace("standardized", "standardised");
        Some(match plain.trim() {
            "hazard ratio" | "hr" => Self::Risk(EffectMeasure::HazardRatio),
            "risk ratio" | "relative risk" | "rr" => Self::Risk(EffectMeasure::RiskRatio),
            "odds ratio" | "or" => Self::Risk(EffectMeasure::OddsRatio),
            "risk difference" | "rd" => Self::Risk(EffectMeasure::RiskDifference),
            "rate ratio" | "incidence rate ratio" | "irr" => Self::Rate,
            "mean difference" | "md" => Self::Difference,
            "standardised mean difference" | "smd" => Self::Standardised,
            "ratio of means" | "rom" => Self::RatioOfMeans,
            _ => return None,
        })
    }

    fn scale(self, synthesis: &Synthesis) -> AbsoluteScale {
        match self {
            Self::Risk(_) => AbsoluteScale::Risk,
            Self::Rate => AbsoluteScale::Rate,
            Self::Difference | Self::RatioOfMeans => {
                AbsoluteScale::Mean(synthesis.outcome.unit.clone())
            }
            Self::Standardised => match &synthesis.outcome.grading.familiar {
                Some(scale) => AbsoluteScale::Familiar(scale.clone()),
                None => AbsoluteScale::StandardDeviations,
            },
        }
    }

    /// Whether the difference depends on the comparator's number.
    fn needs_baseline(self) -> bool {
        !matches!(
            self,
            Self::Risk(EffectMeasure::RiskDifference) | Self::Difference | Self::Standardised
        )
    }

    /// With the intervention, and the difference; `effect` as readers see it, the rest in the scale's unit.
    fn apply(
        self,
        scale: &AbsoluteScale,
        comparator: Option<f64>,
        effect: Interval,
    ) -> Result<(Option<Interval>, Interval, bool), String> {
        let plus = |difference: Interval| {
            let intervention = comparator.map(|from| difference.map(|it| from + it));
            Ok((intervention, difference, false))
        };
        match (self, comparator) {
            (Self::Risk(EffectMeasure::RiskDifference), None) => plus(effect.map(|it| it * PER)),
            (Self::Risk(measure), Some(risk)) => {
                let found =
                    absolute_effect(measure, risk / PER, effect).map_err(|it| it.to_string())?;
                let (risk, difference) = (found.risk_per_1000(), found.difference_per_1000());
                Ok((Some(risk), difference, found.capped))
            }
            (Self::Rate | Self::RatioOfMeans, Some(from)) => {
                let intervention = effect.map(|it| from * it);
                Ok((Some(intervention), intervention.map(|it| it - from), false))
            }
            (Self::Difference, _) => plus(effect),
            (Self::Standardised, _) => match scale {
                AbsoluteScale::Familiar(scale) => plus(effect.map(|it| it * scale.sd.value())),
                _ => plus(effect),
            },
            (_, None) => Err(NO_BASELINE.to_owned()),
        }
    }
}

const NO_BASELINE: &str =
    "no study prints the numbers of its comparator arm; state a `[[baseline_risk]]` in review.toml";

/// The absolute effects of an analysis that has an answer.
pub(super) fn absolute(
    state: &State,
    synthesis: &Synthesis,
    effect: Interval,
) -> Result<Absolute, String> {
    let route = Route::of(&synthesis.plan)?;
    let scale = route.scale(synthesis);
    let mut rows = Vec::new();
    let mut refused = Vec::new();
    for baseline in baselines(state, synthesis) {
        let row =
            number(&baseline.value, synthesis, &scale, route).and_then(|(comparator, basis)| {
                let (intervention, difference, capped) = route.apply(&scale, comparator, effect)?;
                let label = baseline.label.clone();
                Ok(AbsoluteRow { label, basis, comparator, intervention, difference, capped })
            });
        match row {
            Ok(row) => rows.push(row),
            Err(reason) => refused.push(match &baseline.label {
                Some(label) => format!("{label}: {reason}"),
                None => reason,
            }),
        }
    }
    if rows.is_empty() { Err(refused.join("; ")) } else { Ok(Absolute { scale, rows, refused }) }
}

/// Those that the review states, or else the median of the studies.
fn baselines(state: &State, synthesis: &Synthesis) -> Vec<BaselineRisk> {
    let (comparison, outcome) = (&synthesis.plan.comparison, &synthesis.plan.outcome);
    let is_of = |it: &&BaselineRisk| (&it.comparison, &it.outcome) == (comparison, outcome);
    let stated: Vec<BaselineRisk> = state.baselines.values().filter(is_of).cloned().collect();
    if !stated.is_empty() {
        return stated;
    }
    let value = BaselineValue::OfStudies(Basis::Median);
    vec![BaselineRisk {
        comparison: comparison.clone(),
        outcome: outcome.clone(),
        label: None,
        value,
    }]
}

/// The comparator's number in the scale's unit, where there is one, and its basis in words.
fn number(
    value: &BaselineValue,
    synthesis: &Synthesis,
    scale: &AbsoluteScale,
    route: Route,
) -> Result<(Option<f64>, String), String> {
    match value {
        BaselineValue::PerThousand(risk, source) if scale.counts_events() => {
            if *scale == AbsoluteScale::Risk && risk.value() > PER {
                return Err(format!("a risk of {risk} per 1000 is above certainty"));
            }
            Ok((Some(risk.value()), source.clone()))
        }
        BaselineValue::Mean(mean, source) if !scale.counts_events() => {
            Ok((Some(mean.value()), source.clone()))
        }
        BaselineValue::PerThousand(risk, _) => {
            Err(format!("{risk} per 1000 is stated for an outcome whose effect is one of means"))
        }
        BaselineValue::Mean(mean, _) => {
            Err(format!("a mean of {mean} is stated for an outcome whose effect is one of events"))
        }
        BaselineValue::OfStudies(basis) => match of_studies(*basis, synthesis, scale) {
            Some((number, basis)) => Ok((Some(number), basis)),
            None if route.needs_baseline() => Err(NO_BASELINE.to_owned()),
            None => Ok((None, "not known; the difference does not depend on it".to_owned())),
        },
    }
}

/// The median or the whole of the studies' comparator arms.
fn of_studies(basis: Basis, synthesis: &Synthesis, scale: &AbsoluteScale) -> Option<(f64, String)> {
    let (values, pooled, what) = match scale {
        AbsoluteScale::Risk => {
            let tables: Vec<TwoByTwo> =
                synthesis.studies.iter().filter_map(|it| it.data.table()).collect();
            let values: Vec<f64> = tables.iter().map(|it| PER * it.events_c / it.n_c).collect();
            let events: f64 = tables.iter().map(|it| it.events_c).sum();
            let n: f64 = tables.iter().map(|it| it.n_c).sum();
            (values, PER * events / n, "risks")
        }
        AbsoluteScale::Mean(_) => {
            let arms: Vec<MeanSd> = synthesis.studies.iter().filter_map(comparator_means).collect();
            let n: f64 = arms.iter().map(|it| it.n).sum();
            let total: f64 = arms.iter().map(|it| it.n * it.mean).sum();
            (arms.iter().map(|it| it.mean).collect(), total / n, "means")
        }
        _ => return None,
    };
    let n = values.len();
    let studies = if n == 1 { "1 study".to_owned() } else { format!("{n} studies") };
    let (number, words) = match basis {
        Basis::Median => (median(values)?, format!("median of the comparator {what} of {studies}")),
        Basis::Pooled if n > 0 => {
            (pooled, format!("all people in the comparator arms of {studies}"))
        }
        Basis::Pooled => return None,
    };
    number.is_finite().then_some((number, words))
}

fn comparator_means(study: &StudyEffect) -> Option<MeanSd> {
    match study.data {
        StudyData::Means { comparator, .. } => Some(comparator),
        _ => None,
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    values.get(values.len() / 2 - 1).map(|lower| f64::midpoint(*lower, upper))
}

/// How many studies' absolute estimates lie below the thresholds, between them and above; `None` where one cannot be computed.
pub(super) fn ranges(
    synthesis: &Synthesis,
    absolute: &Absolute,
    thresholds: &Thresholds,
) -> Option<[usize; 3]> {
    let route = Route::of(&synthesis.plan).ok()?;
    let comparator = absolute.rows.first()?.comparator;
    let smallest = Printed::value(thresholds.smallest());
    let mut counts = [0; 3];
    for study in &synthesis.studies {
        let estimate = synthesis.display_of(study, study.effect.estimate);
        let point = Interval { estimate, lower: estimate, upper: estimate };
        let difference = route.apply(&absolute.scale, comparator, point).ok()?.1.estimate;
        let range = if difference <= -smallest {
            0
        } else if difference < smallest {
            1
        } else {
            2
        };
        counts[range] += 1;
    }
    Some(counts)
}
