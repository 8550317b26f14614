//! GRADE: the certainty of a body of evidence, for one outcome, and the numbers its ratings rest on.
//!
//! A body of evidence starts at a certainty set by its design, loses a level or more for each concern
//! and may gain some for special strengths ([`certainty`]). Two of the inputs are computed here: what
//! a relative effect means in absolute terms ([`absolute_effect`], [`number_needed_to_treat`]), and
//! how much information a precise answer would need ([`ois_dichotomous`], [`ois_continuous`]).
//!
//! Sources: the GRADE handbook; Cochrane Handbook, chapters 14 and 15; Guyatt et al., J Clin Epidemiol
//! 2011;64:1283 (imprecision) and 2011;64:1311 (rating up); Schünemann et al., J Clin Epidemiol
//! 2019;111:105 (ROBINS-I).

mod absolute;
mod information_size;
mod proposal;
mod statement;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

pub use absolute::{
    AbsoluteEffect, EffectMeasure, Interval, NumberNeeded, absolute_effect, number_needed_to_treat,
};
pub use information_size::{InformationSize, VarianceForm, ois_continuous, ois_dichotomous};
pub use proposal::{
    Directness, Heterogeneity, Precision, RatingProposal, Spread, WeightByRisk,
    propose_imprecision, propose_inconsistency, propose_indirectness, propose_large_effect,
    propose_publication_bias, propose_risk_of_bias, rule,
};
pub use statement::{Change, EffectSize, plain_statement};

/// The certainty of a body of evidence: the start, down for concerns, up for strengths, and never
/// outside the four levels.
///
/// Each domain counts once: of several ratings of one domain the last counts. Which domain a rating
/// is of, the rating knows itself.
///
/// Not decided here: whether rating up is apt. GRADE does so as a rule only for non-randomised
/// studies, and not where the evidence was rated down for bias.
pub fn certainty(start: StartingPoint, ratings: &[(Domain, Rating)]) -> Certainty {
    let by_domain: BTreeMap<Domain, Rating> =
        ratings.iter().map(|&(_, rating)| (rating.domain, rating)).collect();
    let steps: i8 = by_domain.values().map(|rating| rating.steps).sum();
    match start.certainty() as i8 + steps {
        ..=1 => Certainty::VeryLow,
        2 => Certainty::Low,
        3 => Certainty::Moderate,
        4.. => Certainty::High,
    }
}

/// How sure one may be that the true effect lies close to the estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Very little confidence in the estimate.
    VeryLow = 1,
    /// The true effect may differ substantially.
    Low = 2,
    /// The true effect is likely close, but may differ substantially.
    Moderate = 3,
    /// The true effect lies close to the estimate.
    High = 4,
}

impl Certainty {
    /// The level in words: "Very low", "Low", "Moderate" or "High".
    pub fn name(self) -> &'static str {
        match self {
            Self::VeryLow => "Very low",
            Self::Low => "Low",
            Self::Moderate => "Moderate",
            Self::High => "High",
        }
    }

    /// The level in four circles, as "⊕⊕⊝⊝" for low. Always print the word too.
    pub fn symbols(self) -> &'static str {
        match self {
            Self::VeryLow => "⊕⊝⊝⊝",
            Self::Low => "⊕⊕⊝⊝",
            Self::Moderate => "⊕⊕⊕⊝",
            Self::High => "⊕⊕⊕⊕",
        }
    }
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The design of the studies, which sets the certainty before any rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StartingPoint {
    /// Randomised trials: high.
    Randomised,
    /// Non-randomised studies whose risk of bias was assessed with ROBINS-I: high.
    NonRandomisedRobinsI,
    /// Non-randomised studies assessed otherwise: low.
    NonRandomised,
}

impl StartingPoint {
    /// The certainty before any rating.
    pub fn certainty(self) -> Certainty {
        match self {
            Self::Randomised | Self::NonRandomisedRobinsI => Certainty::High,
            Self::NonRandomised => Certainty::Low,
        }
    }
}

/// What is rated: five concerns that lower the certainty and three strengths that raise it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Domain {
    /// Limitations in how the studies were done.
    RiskOfBias,
    /// Unexplained differences between the studies' results.
    Inconsistency,
    /// Differences between the question and the evidence.
    Indirectness,
    /// Too little information, or too wide an interval.
    Imprecision,
    /// Results that exist but were not found.
    PublicationBias,
    /// An effect too large to be due to bias alone.
    LargeEffect,
    /// A larger effect at a larger dose.
    DoseResponse,
    /// Remaining confounding that would have hidden the effect found.
    OpposingConfounding,
}

impl Domain {
    /// Every domain, in the order of an evidence profile.
    pub const ALL: [Self; 8] = [
        Self::RiskOfBias,
        Self::Inconsistency,
        Self::Indirectness,
        Self::Imprecision,
        Self::PublicationBias,
        Self::LargeEffect,
        Self::DoseResponse,
        Self::OpposingConfounding,
    ];

    /// Reads a key such as `risk_of_bias`, in any case, with spaces or hyphens as well.
    ///
    /// # Errors
    ///
    /// [`GradeError::UnknownDomain`], which lists the keys.
    pub fn parse(key: &str) -> Result<Self, GradeError> {
        let wanted = plain(key).replace(' ', "_");
        Self::ALL.into_iter().find(|domain| domain.key() == wanted).ok_or_else(|| {
            GradeError::UnknownDomain {
                found: key.to_owned(),
                expected: Self::ALL.map(Self::key).join(", "),
            }
        })
    }

    /// The key in files: `risk_of_bias`.
    pub fn key(self) -> &'static str {
        match self {
            Self::RiskOfBias => "risk_of_bias",
            Self::Inconsistency => "inconsistency",
            Self::Indirectness => "indirectness",
            Self::Imprecision => "imprecision",
            Self::PublicationBias => "publication_bias",
            Self::LargeEffect => "large_effect",
            Self::DoseResponse => "dose_response",
            Self::OpposingConfounding => "opposing_confounding",
        }
    }

    /// The name in tables: "Risk of bias".
    pub fn name(self) -> &'static str {
        match self {
            Self::RiskOfBias => "Risk of bias",
            Self::Inconsistency => "Inconsistency",
            Self::Indirectness => "Indirectness",
            Self::Imprecision => "Imprecision",
            Self::PublicationBias => "Publication bias",
            Self::LargeEffect => "Large effect",
            Self::DoseResponse => "Dose-response",
            Self::OpposingConfounding => "Opposing confounding",
        }
    }

    /// Whether the domain raises the certainty rather than lowering it.
    pub fn is_upgrade(self) -> bool {
        matches!(self, Self::LargeEffect | Self::DoseResponse | Self::OpposingConfounding)
    }

    /// The ratings it can be given, from no change to the largest.
    pub fn ratings(self) -> Vec<Rating> {
        let levels = self.levels().iter();
        levels.map(|&(name, steps)| Rating { domain: self, name, steps }).collect()
    }

    /// Names of ratings, and the levels of certainty each adds.
    fn levels(self) -> &'static [(&'static str, i8)] {
        match self {
            Self::RiskOfBias | Self::Imprecision => &[
                ("not serious", 0),
                ("serious", -1),
                ("very serious", -2),
                ("extremely serious", -3),
            ],
            Self::Inconsistency | Self::Indirectness => {
                &[("not serious", 0), ("serious", -1), ("very serious", -2)]
            }
            Self::PublicationBias => &[("undetected", 0), ("strongly suspected", -1)],
            Self::LargeEffect => &[("none", 0), ("large", 1), ("very large", 2)],
            Self::DoseResponse | Self::OpposingConfounding => &[("none", 0), ("present", 1)],
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Domain {
    type Err = GradeError;

    fn from_str(key: &str) -> Result<Self, GradeError> {
        Self::parse(key)
    }
}

/// The rating of one domain; only ratings that the domain allows can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    domain: Domain,
    name: &'static str,
    steps: i8,
}

impl Rating {
    /// Reads a rating of this domain, as "very serious", in any case, with underscores or hyphens
    /// as well.
    ///
    /// # Errors
    ///
    /// [`GradeError::RatingNotAllowed`], which lists the ratings the domain allows.
    pub fn parse(domain: Domain, text: &str) -> Result<Self, GradeError> {
        let wanted = plain(text);
        domain.ratings().into_iter().find(|rating| rating.name == wanted).ok_or_else(|| {
            let allowed: Vec<_> = domain.levels().iter().map(|level| level.0).collect();
            GradeError::RatingNotAllowed {
                domain,
                found: text.to_owned(),
                allowed: allowed.join(", "),
            }
        })
    }

    /// The domain rated.
    pub fn domain(self) -> Domain {
        self.domain
    }

    /// The rating in words, as "very serious".
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The levels of certainty it adds: from -3 (extremely serious) to 2 (very large effect).
    pub fn steps(self) -> i8 {
        self.steps
    }
}

impl fmt::Display for Rating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Lower case, with single spaces for underscores, hyphens and runs of white space.
fn plain(text: &str) -> String {
    let words: Vec<_> = text
        .split(|c: char| c.is_whitespace() || c == '_' || c == '-')
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").to_lowercase()
}

/// Why a rating or a number was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GradeError {
    /// Not the key of a domain.
    #[error("{found:?} is not a GRADE domain; expected one of {expected}")]
    UnknownDomain {
        /// The key found.
        found: String,
        /// The keys of the domains.
        expected: String,
    },
    /// A rating that the domain does not know.
    #[error("{found:?} is not a rating of {domain}; expected one of {allowed}")]
    RatingNotAllowed {
        /// The domain rated.
        domain: Domain,
        /// The rating found.
        found: String,
        /// The ratings it allows.
        allowed: String,
    },
    /// Not the abbreviation of an effect measure that absolute effects can be computed from.
    #[error(
        "{found:?} is not an effect measure with absolute effects; expected one of RR, OR, HR, RD"
    )]
    UnknownMeasure {
        /// The abbreviation found.
        found: String,
    },
    /// A number outside the range in which the formula means something.
    #[error("{what} is {value}; expected {expected}")]
    OutOfRange {
        /// Which number.
        what: &'static str,
        /// Its value.
        value: f64,
        /// Its range, in words.
        expected: &'static str,
    },
    /// An estimate outside its confidence interval, or limits in the wrong order.
    #[error("the interval from {lower} to {upper} does not hold the estimate {estimate}")]
    NotAnInterval {
        /// The estimate.
        estimate: f64,
        /// The lower limit.
        lower: f64,
        /// The upper limit.
        upper: f64,
    },
    /// A risk difference of zero, which no number of people treated turns into an event.
    #[error("a risk difference of zero has no number needed to treat")]
    NoDifference,
}

/// Refuses a number for which `within` does not hold; NaN never passes.
fn require(
    what: &'static str,
    value: f64,
    within: impl Fn(f64) -> bool,
    expected: &'static str,
) -> Result<f64, GradeError> {
    if value.is_finite() && within(value) {
        Ok(value)
    } else {
        Err(GradeError::OutOfRange { what, value, expected })
    }
}
