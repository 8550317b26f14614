//! Choices of an analysis that are more than a name: a number, a column, or a name with a number.

use consilience_stats::{
    AddTo, FiveNumberMethod, PredictionMethod, SmallSample, Tau2IntervalMethod, Tau2Method,
    VarianceType, ZeroCells,
};

use crate::keyword::{Keyword, foreign_keyword, keyword};
use crate::printed::Printed;
use crate::vocabulary::result::Population;

foreign_keyword!(AddTo, PredictionMethod, SmallSample, Tau2IntervalMethod, VarianceType);

keyword! {
    /// Whose formulas and defaults an analysis follows.
    Profile {
        /// Those of this program: metafor's formulas, and what the Cochrane Handbook advises.
        Consilience = "Consilience",
        /// Review Manager 5.4.
        ReviewManager = "Review Manager",
        /// Review Manager of 2025, with the random-effects methods that Cochrane advises since then.
        ReviewManager2025 = "Review Manager 2025",
        /// metafor with its options left alone.
        Metafor = "metafor",
    }
}

impl Profile {
    /// Whether it is one of Review Manager's, which have the formulas of studies and of common effects in common.
    pub fn is_review_manager(self) -> bool {
        matches!(self, Self::ReviewManager | Self::ReviewManager2025)
    }
}

impl Keyword for FiveNumberMethod {
    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn name(self) -> &'static str {
        Self::name(self)
    }
}

keyword! {
    /// What becomes of a trial with several arms in one group of the comparison (Cochrane Handbook 23.3.4).
    MultiArm {
        /// They are combined into one group.
        Combine = "combine",
        /// One of them is used, and the others are left out.
        Select = "select",
        /// Each is a comparison of its own, and the people of the arm that they share are divided among them.
        Split = "split",
    }
}

/// An analysis population that a plan wants, or that of results which state none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantedPopulation {
    /// Results that state this one.
    Stated(Population),
    /// Results that state none.
    NotStated,
}

impl WantedPopulation {
    const NOT_STATED: &'static str = "not stated";

    /// Reads a population's name, or `not stated`.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().eq_ignore_ascii_case(Self::NOT_STATED) {
            return Ok(Self::NotStated);
        }
        let expected = |it: String| format!("{it}, or `{}`", Self::NOT_STATED);
        Population::parse(text).map(Self::Stated).map_err(expected)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stated(population) => population.name(),
            Self::NotStated => Self::NOT_STATED,
        }
    }

    /// Whether a result's population is it.
    pub fn is_of(self, population: Option<Population>) -> bool {
        match self {
            Self::Stated(wanted) => population == Some(wanted),
            Self::NotStated => population.is_none(),
        }
    }
}

/// Where the between-study variance comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Tau2Choice {
    /// From the studies, by an estimator.
    Estimated(Tau2Method),
    /// From elsewhere: a number, 0 or more.
    Given(Printed),
}

impl Tau2Choice {
    /// Reads an estimator's abbreviation or a number.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let number =
            Printed::parse(text).ok().filter(|it| (0.0..f64::INFINITY).contains(&it.value()));
        let method = Tau2Method::from_name(text).map(Self::Estimated);
        method
            .or(number.map(Self::Given))
            .ok_or_else(|| format!("one of {}, or a number of 0 or more", Tau2Method::names()))
    }

    /// `REML`, `0.04`.
    pub fn text(&self) -> &str {
        match self {
            Self::Estimated(it) => it.name(),
            Self::Given(it) => it.text(),
        }
    }

    /// The estimator, where there is one.
    pub fn method(&self) -> Option<Tau2Method> {
        match self {
            Self::Estimated(it) => Some(*it),
            Self::Given(_) => None,
        }
    }
}

/// What studies are weighed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weights {
    /// The inverse of their variances.
    InverseVariance,
    /// All alike.
    Equal,
    /// The numbers of a column.
    Column(String),
}

impl Weights {
    /// Reads `inverse variance`, `equal`, or else a column's name.
    pub fn parse(text: &str) -> Self {
        match text {
            _ if text.eq_ignore_ascii_case("inverse variance") => Self::InverseVariance,
            _ if text.eq_ignore_ascii_case("equal") => Self::Equal,
            column => Self::Column(column.to_owned()),
        }
    }

    /// `inverse variance`, `equal`, or the column's name.
    pub fn text(&self) -> &str {
        match self {
            Self::InverseVariance => "inverse variance",
            Self::Equal => "equal",
            Self::Column(column) => column,
        }
    }
}

/// What is added to the cells of 2×2 tables, and to which tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Increment {
    /// The number, 0 or more.
    pub add: Printed,
    /// The tables.
    pub to: AddTo,
}

impl Increment {
    /// One half to tables with a cell of 0.
    pub fn half() -> Self {
        Self { add: Printed::from_value(0.5), to: AddTo::OnlyZero }
    }

    /// Reads `0.5`, `0.5:all`, `none`.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || {
            let tables = AddTo::names();
            format!("a number of 0 or more, alone or with a colon and one of {tables}, or `none`")
        };
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self { add: Printed::from_value(0.0), to: AddTo::None });
        }
        let (add, to) = text.split_once(':').unwrap_or((text, AddTo::OnlyZero.name()));
        let add = Printed::parse(add.trim()).map_err(|_| expected())?;
        let to = AddTo::from_name(to.trim()).ok_or_else(expected)?;
        if (0.0..f64::INFINITY).contains(&add.value()) {
            Ok(Self { add, to })
        } else {
            Err(expected())
        }
    }

    /// `0.5:only0`.
    pub fn text(&self) -> String {
        format!("{}:{}", self.add, self.to.name())
    }

    /// The rule of which this is the part that adds.
    pub fn rule(&self, drop00: bool) -> ZeroCells {
        ZeroCells { add: self.add.value(), to: self.to, drop00 }
    }
}

/// Reads a prediction interval's method, by its name or as `HTS` and `PR`; `None` for `none`.
///
/// # Errors
/// What was expected.
pub fn prediction(text: &str) -> Result<Option<PredictionMethod>, String> {
    match text.to_uppercase().as_str() {
        "NONE" => Ok(None),
        "HTS" => Ok(Some(PredictionMethod::HigginsThompsonSpiegelhalter)),
        "PR" => Ok(Some(PredictionMethod::PartlettRiley)),
        _ => PredictionMethod::from_name(text).map(Some).ok_or_else(|| {
            format!("one of {} (or `HTS`, `PR`), or `none`", PredictionMethod::names())
        }),
    }
}

/// Reads the method of the interval of τ²; `None` for `none`.
///
/// # Errors
/// What was expected.
pub fn tau2_interval(text: &str) -> Result<Option<Tau2IntervalMethod>, String> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    Tau2IntervalMethod::from_name(text)
        .map(Some)
        .ok_or_else(|| format!("one of {}, or `none`", Tau2IntervalMethod::names()))
}
