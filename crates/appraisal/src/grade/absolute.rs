//! What a relative effect means in absolute terms: risks, their difference, and the number of people
//! to treat for one event more or fewer.

use std::fmt;
use std::str::FromStr;

use super::{GradeError, plain, require};

/// An estimate with its confidence limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The point estimate.
    pub estimate: f64,
    /// The lower limit.
    pub lower: f64,
    /// The upper limit.
    pub upper: f64,
}

impl Interval {
    /// The same change made to the estimate and both limits.
    #[must_use]
    pub fn map(self, change: impl Fn(f64) -> f64) -> Self {
        Self {
            estimate: change(self.estimate),
            lower: change(self.lower),
            upper: change(self.upper),
        }
    }

    fn checked(self) -> Result<Self, GradeError> {
        let Self { estimate, lower, upper } = self;
        if lower <= estimate && estimate <= upper {
            Ok(self)
        } else {
            Err(GradeError::NotAnInterval { estimate, lower, upper })
        }
    }
}

/// A measure of effect that leads from a baseline risk to a risk with the intervention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectMeasure {
    /// RR, above 0.
    RiskRatio,
    /// OR, above 0.
    OddsRatio,
    /// HR of the event itself (not of staying free of it), above 0.
    HazardRatio,
    /// RD, from -1 to 1.
    RiskDifference,
}

impl EffectMeasure {
    /// "RR", "OR", "HR" or "RD".
    pub fn abbreviation(self) -> &'static str {
        match self {
            Self::RiskRatio => "RR",
            Self::OddsRatio => "OR",
            Self::HazardRatio => "HR",
            Self::RiskDifference => "RD",
        }
    }

    /// The risk with the intervention, which may fall outside 0 to 1 for a ratio or difference that
    /// does not fit the baseline risk.
    fn risk(self, baseline_risk: f64, effect: f64) -> f64 {
        let p0 = baseline_risk;
        match self {
            Self::RiskRatio => p0 * effect,
            Self::OddsRatio => effect * p0 / (1.0 - p0 + effect * p0),
            // 1 - (1 - p0)^HR, without losing digits for rare events.
            Self::HazardRatio => -libm::expm1(effect * libm::log1p(-p0)),
            Self::RiskDifference => p0 + effect,
        }
    }

    fn checked(self, effect: f64) -> Result<f64, GradeError> {
        match self {
            Self::RiskRatio | Self::OddsRatio | Self::HazardRatio => {
                require("a ratio or a limit of it", effect, |x| x > 0.0, "a number above 0")
            }
            Self::RiskDifference => require(
                "a risk difference or a limit of it",
                effect,
                |x| (-1.0..=1.0).contains(&x),
                "a number from -1 to 1",
            ),
        }
    }
}

impl fmt::Display for EffectMeasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.abbreviation())
    }
}

/// Reads the abbreviation, in any case.
impl FromStr for EffectMeasure {
    type Err = GradeError;

    fn from_str(text: &str) -> Result<Self, GradeError> {
        [Self::RiskRatio, Self::OddsRatio, Self::HazardRatio, Self::RiskDifference]
            .into_iter()
            .find(|measure| plain(text).eq_ignore_ascii_case(measure.abbreviation()))
            .ok_or_else(|| GradeError::UnknownMeasure { found: text.to_owned() })
    }
}

/// The risks with and without the intervention.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AbsoluteEffect {
    /// The risk without the intervention, from 0 to 1, held fixed.
    pub baseline_risk: f64,
    /// The risk with it, from 0 to 1.
    pub risk: Interval,
    /// The second less the first: negative means fewer events.
    pub difference: Interval,
    /// Whether a risk fell below 0 or above 1 and was set to that limit. Say so where it is shown.
    pub capped: bool,
}

impl AbsoluteEffect {
    /// The risk with the intervention, in events per 1000 people.
    pub fn risk_per_1000(&self) -> Interval {
        self.risk.map(|risk| risk * 1000.0)
    }

    /// The events more (positive) or fewer (negative) per 1000 people.
    pub fn difference_per_1000(&self) -> Interval {
        self.difference.map(|difference| difference * 1000.0)
    }
}

/// The absolute effect of an intervention on people with this risk without it.
///
/// The limits come from those of the relative effect, with the baseline risk taken as known: the
/// convention of GRADEpro and `RevMan`, to be stated with the numbers.
///
/// ```
/// use consilience_appraisal::grade::{EffectMeasure, Interval, absolute_effect};
///
/// // Stockings on long flights (Cochrane Handbook, 14.1.5): RR 0.10 (0.04 to 0.26), 10 per 1000.
/// let rr = Interval { estimate: 0.10, lower: 0.04, upper: 0.26 };
/// let effect = absolute_effect(EffectMeasure::RiskRatio, 0.010, rr)?;
/// let per_1000 = effect.risk_per_1000();
/// assert_eq!([per_1000.estimate, per_1000.lower, per_1000.upper].map(f64::round), [1.0, 0.0, 3.0]);
/// # Ok::<(), consilience_appraisal::grade::GradeError>(())
/// ```
///
/// # Errors
///
/// A baseline risk outside 0 to 1, an effect its measure cannot have, or limits that do not hold the
/// estimate.
pub fn absolute_effect(
    measure: EffectMeasure,
    baseline_risk: f64,
    effect: Interval,
) -> Result<AbsoluteEffect, GradeError> {
    let is_risk = |risk: f64| (0.0..=1.0).contains(&risk);
    require("the baseline risk", baseline_risk, is_risk, "a number from 0 to 1")?;
    for value in [effect.lower, effect.estimate, effect.upper] {
        measure.checked(value)?;
    }
    let uncapped = effect.checked()?.map(|value| measure.risk(baseline_risk, value));
    let risk = uncapped.map(|risk| risk.clamp(0.0, 1.0));
    Ok(AbsoluteEffect {
        baseline_risk,
        risk,
        difference: risk.map(|risk| risk - baseline_risk),
        capped: risk != uncapped,
    })
}

/// How many people to treat for one event more or fewer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberNeeded {
    /// The number needed to treat, rounded up.
    pub nnt: u64,
    /// Its limits: one over the lower and upper limit of the risk difference, unrounded and without
    /// sign. `None` where that limit is zero, and the number thus infinite.
    pub limits: (Option<f64>, Option<f64>),
    /// Whether the interval of the risk difference includes zero. The limits then belong to opposite
    /// directions, and the number runs from one through infinity to the other: never print it as a
    /// plain range.
    pub through_infinity: bool,
}

/// The number needed to treat, from a risk difference and its confidence limits.
///
/// Whether it is for benefit or for harm depends on the sign of the difference and on whether the
/// event is a good one, which the caller knows.
///
/// # Errors
///
/// A risk difference of zero or outside -1 to 1, or limits that do not hold it.
pub fn number_needed_to_treat(risk_difference: Interval) -> Result<NumberNeeded, GradeError> {
    let Interval { estimate, lower, upper } = risk_difference;
    for value in [lower, estimate, upper] {
        EffectMeasure::RiskDifference.checked(value)?;
    }
    risk_difference.checked()?;
    if estimate == 0.0 {
        return Err(GradeError::NoDifference);
    }
    let limit = |difference: f64| (difference != 0.0).then(|| 1.0 / difference.abs());
    Ok(NumberNeeded {
        nnt: round_up(1.0 / estimate.abs()),
        limits: (limit(lower), limit(upper)),
        through_infinity: lower <= 0.0 && upper >= 0.0,
    })
}

/// The next whole number, but not the one after it when rounding error lifted a whole number a hair:
/// 1 / 0.049999999999999996 is 20.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive; beyond u64 the cast saturates, which is as good as any such number"
)]
fn round_up(x: f64) -> u64 {
    (x * (1.0 - 1e-12)).ceil() as u64
}
