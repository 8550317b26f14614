//! What one study contributes to a synthesis: an estimate with its sampling variance, the measure it is
//! expressed in, and the reasons why it may not be computable.

use crate::distribution::{normal_two_sided_p, two_sided_z};
use crate::effect_size::options::VarianceType;
use crate::effect_size::summary::SummaryKind;
use crate::measure::Measure;

/// One study's effect on the analysis scale, with its sampling variance.
///
/// Ratio measures (risk ratio, odds ratio, ratio of means, rate ratio) are on the natural-log scale; use
/// [`Measure::to_display`] for the scale that people read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Point estimate; log for ratio measures.
    pub estimate: f64,
    /// Sampling variance (the square of the standard error); above 0.
    pub variance: f64,
}

impl Effect {
    /// Standard error: the square root of the sampling variance.
    pub fn se(&self) -> f64 {
        self.variance.sqrt()
    }

    /// The estimate over its standard error, a standard normal statistic for "no effect" where 0 means that.
    pub fn z(&self) -> f64 {
        self.estimate / self.se()
    }

    /// Two-sided p value of [`Effect::z`].
    pub fn p_value(&self) -> f64 {
        normal_two_sided_p(self.z())
    }

    /// Normal-theory (Wald) confidence interval; `level` in (0, 1), usually 0.95.
    ///
    /// The limits are NaN when `level` is outside (0, 1).
    pub fn interval(&self, level: f64) -> Interval {
        Interval::around(self.estimate, two_sided_z(level) * self.se())
    }

    /// The effect, if estimate and variance are finite and the variance is above 0.
    pub(crate) fn checked(estimate: f64, variance: f64) -> Result<Self, EffectError> {
        if !estimate.is_finite() || !variance.is_finite() {
            return Err(EffectError::Overflow);
        }
        if variance <= 0.0 {
            return Err(EffectError::NoVariation);
        }
        Ok(Self { estimate, variance })
    }
}

/// An interval from `lower` to `upper`: a confidence, prediction or profile interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Interval {
    /// `centre` ± `half_width`.
    pub(crate) fn around(centre: f64, half_width: f64) -> Self {
        Self { lower: centre - half_width, upper: centre + half_width }
    }

    /// Whether `value` lies in the closed interval.
    pub fn contains(&self, value: f64) -> bool {
        self.lower <= value && value <= self.upper
    }
}

/// Why an effect, or a summary that an effect needs, cannot be computed.
///
/// Each message says what was found and what was expected.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum EffectError {
    /// A number is NaN or infinite.
    #[error("the {quantity} is {found}; expected a finite number")]
    NotFinite {
        /// Which number.
        quantity: &'static str,
        /// Its value.
        found: f64,
    },
    /// A number that must be above 0 is not.
    #[error("the {quantity} is {found}; expected a number above 0")]
    NotPositive {
        /// Which number.
        quantity: &'static str,
        /// Its value.
        found: f64,
    },
    /// A number that must not be negative is.
    #[error("the {quantity} is {found}; expected 0 or more")]
    Negative {
        /// Which number.
        quantity: &'static str,
        /// Its value.
        found: f64,
    },
    /// Too few people to say anything about variation.
    #[error("the {quantity} is {found}; expected at least {minimum}")]
    TooFew {
        /// Which count.
        quantity: &'static str,
        /// Its value.
        found: f64,
        /// The least that the computation needs.
        minimum: f64,
    },
    /// A number is outside the range it must lie in.
    #[error("the {quantity} is {found}; expected a number from {lower} to {upper}")]
    OutOfRange {
        /// Which number.
        quantity: &'static str,
        /// Its value.
        found: f64,
        /// Least value allowed.
        lower: f64,
        /// Greatest value allowed.
        upper: f64,
    },
    /// More events than people.
    #[error("{events} {arm} events among {n} people; expected no more events than people")]
    EventsExceedTotal {
        /// Which arm: "experimental" or "control".
        arm: &'static str,
        /// Number of people with the event.
        events: f64,
        /// Number of people.
        n: f64,
    },
    /// Neither arm saw an event, so a ratio of risks, odds or rates is undefined.
    #[error("no events in either arm: the {measure} cannot be estimated")]
    NoEvents {
        /// The measure, in words.
        measure: &'static str,
    },
    /// Everybody in both arms had the event.
    #[error("everybody in both arms had the event: the {measure} cannot be estimated")]
    AllEvents {
        /// The measure, in words.
        measure: &'static str,
    },
    /// The data leave no room for sampling variation (both SDs 0, or perfectly correlated pairs).
    #[error(
        "the data show no variation, so the sampling variance would be 0; expected at least one \
         standard deviation above 0"
    )]
    NoVariation,
    /// A correlation of −1 or 1, which has no sampling variance.
    #[error(
        "the {quantity} is {found}, so its sampling variance would be 0 or undefined; expected one between -1 and 1"
    )]
    Perfect {
        /// Which coefficient.
        quantity: &'static str,
        /// Its value.
        found: f64,
    },
    /// The two sides of a paired comparison have different numbers of people.
    #[error(
        "{experimental} people on the experimental side and {control} on the control side; expected \
         the same number, because the data are paired"
    )]
    UnequalPairs {
        /// Number on the experimental side.
        experimental: f64,
        /// Number on the control side.
        control: f64,
    },
    /// An interval's or summary's numbers are not in ascending order.
    #[error("the {quantity} are not in ascending order: {lower} comes before {upper}")]
    NotAscending {
        /// Which numbers, in the plural.
        quantity: &'static str,
        /// The number that stands first.
        lower: f64,
        /// The number that follows it although it is smaller.
        upper: f64,
    },
    /// The estimate is 0, so a p value or test statistic says nothing about its standard error.
    #[error("the {quantity} is 0, so its standard error cannot be recovered from a p value")]
    NoDifference {
        /// Which estimate.
        quantity: &'static str,
    },
    /// A measure is not computed from this kind of summary.
    #[error("{} cannot be computed from {}; it needs {}", .measure.name(), .found.words(), .expected.words())]
    WrongSummary {
        /// The measure asked for.
        measure: Measure,
        /// The kind of summary given.
        found: SummaryKind,
        /// The kind of summary the measure needs.
        expected: SummaryKind,
    },
    /// A sampling variance that is not defined for the measure.
    #[error("{} has no sampling variance of type {}; it has {}", .measure.name(), .variance.name(), VarianceType::names(.measure.variances()))]
    NoSuchVariance {
        /// The measure asked for.
        measure: Measure,
        /// The variance asked for.
        variance: VarianceType,
    },
    /// A cell or count is 0 and nothing was added to it.
    #[error(
        "a cell is 0 and nothing is added to it: the {measure} or its variance cannot be computed"
    )]
    ZeroCell {
        /// The measure, in words.
        measure: &'static str,
    },
    /// All pairs agree, so a conditional odds ratio is undefined.
    #[error("no discordant pairs: the {measure} cannot be estimated")]
    NoDiscordantPairs {
        /// The measure, in words.
        measure: &'static str,
    },
    /// Nothing was given.
    #[error("no {quantity} given; expected at least one")]
    Nothing {
        /// What was expected, in the plural.
        quantity: &'static str,
    },
    /// A method does not take this kind of order statistics.
    #[error("{method} is not for {found}; it needs {expected}")]
    NotForThis {
        /// The method.
        method: &'static str,
        /// What was given, in words.
        found: &'static str,
        /// What the method needs, in words.
        expected: &'static str,
    },
    /// A search did not settle, so there is no answer.
    #[error(
        "{method} did not settle on an answer for these numbers; expected another method to be used"
    )]
    NotConverged {
        /// The method.
        method: &'static str,
    },
    /// The numbers are so extreme that double precision cannot hold the answer.
    #[error("the numbers are too large or too small to compute with; expected a change of unit")]
    Overflow,
}

impl EffectError {
    /// `value`, if it is finite.
    pub(crate) fn finite(quantity: &'static str, value: f64) -> Result<f64, Self> {
        if value.is_finite() { Ok(value) } else { Err(Self::NotFinite { quantity, found: value }) }
    }

    /// `value`, if it is finite and above 0.
    pub(crate) fn positive(quantity: &'static str, value: f64) -> Result<f64, Self> {
        let value = Self::finite(quantity, value)?;
        if value > 0.0 { Ok(value) } else { Err(Self::NotPositive { quantity, found: value }) }
    }

    /// `value`, if it is finite and not below 0.
    pub(crate) fn not_negative(quantity: &'static str, value: f64) -> Result<f64, Self> {
        let value = Self::finite(quantity, value)?;
        if value >= 0.0 { Ok(value) } else { Err(Self::Negative { quantity, found: value }) }
    }

    /// `value`, if it is finite and at least `minimum`.
    pub(crate) fn at_least(minimum: f64, quantity: &'static str, value: f64) -> Result<f64, Self> {
        let value = Self::finite(quantity, value)?;
        if value >= minimum {
            Ok(value)
        } else {
            Err(Self::TooFew { quantity, found: value, minimum })
        }
    }

    /// `value`, if it lies from `lower` to `upper`.
    pub(crate) fn within(
        (lower, upper): (f64, f64),
        quantity: &'static str,
        value: f64,
    ) -> Result<f64, Self> {
        let value = Self::finite(quantity, value)?;
        if (lower..=upper).contains(&value) {
            Ok(value)
        } else {
            Err(Self::OutOfRange { quantity, found: value, lower, upper })
        }
    }

    /// `value`, if it lies strictly between 0 and 1 (a p value or a confidence level).
    pub(crate) fn open_unit(quantity: &'static str, value: f64) -> Result<f64, Self> {
        let value = Self::finite(quantity, value)?;
        if value > 0.0 && value < 1.0 {
            Ok(value)
        } else {
            Err(Self::OutOfRange { quantity, found: value, lower: 0.0, upper: 1.0 })
        }
    }
}
