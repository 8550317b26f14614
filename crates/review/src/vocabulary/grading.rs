//! What certainty is rated by, and what a summary of findings says of an outcome: its importance, its thresholds, the
//! risks to which a relative effect is applied.

use crate::cells::{Out, Row, Tabular};
use crate::keyword::keyword;
use crate::printed::Printed;

keyword! {
    /// How much an outcome matters for the decision (GRADE handbook 3.1).
    Importance {
        /// Decisions turn on it.
        Critical = "critical",
        /// It matters, but decisions do not turn on it.
        Important = "important",
        /// It does not bear on the decision.
        Limited = "limited",
    }
}

/// Which absolute effects matter: distances from no effect, without sign. Per 1000 people for events, in the outcome's unit for
/// means, in the unit of the familiar scale for standardised differences.
#[derive(Debug, Clone, PartialEq)]
pub enum Thresholds {
    /// The minimal important difference alone.
    Minimal(Printed),
    /// From where on an effect is small but important, moderate, large.
    Sizes([Printed; 3]),
}

impl Thresholds {
    /// The smallest important effect.
    pub fn smallest(&self) -> &Printed {
        match self {
            Self::Minimal(it) | Self::Sizes([it, ..]) => it,
        }
    }

    /// The numbers, rising.
    pub fn numbers(&self) -> Vec<Printed> {
        match self {
            Self::Minimal(it) => vec![it.clone()],
            Self::Sizes(all) => all.to_vec(),
        }
    }

    fn read(row: &mut Row) -> Option<Self> {
        const EXPECTED: &str = "one number (the minimal important difference) or three rising ones (small, moderate, large), all \
                                above 0";
        let numbers = row.numbers("thresholds");
        if numbers.is_empty() {
            return None;
        }
        let rise = numbers.windows(2).all(|it| it[0].value() < it[1].value());
        let all_above = numbers.iter().all(|it| it.value() > 0.0);
        let read = match <[Printed; 3]>::try_from(numbers) {
            Ok(three) => Some(Self::Sizes(three)),
            Err(numbers) => match numbers.as_slice() {
                [one] => Some(Self::Minimal(one.clone())),
                _ => None,
            },
        };
        let read = read.filter(|_| rise && all_above);
        if read.is_none() {
            row.problem("thresholds", EXPECTED, "write it as 10, or as [10, 20, 50]");
        }
        read
    }
}

/// A scale that readers know, onto which a standardised difference is put.
#[derive(Debug, Clone, PartialEq)]
pub struct FamiliarScale {
    /// Its name, with its range.
    pub name: String,
    /// The standard deviation of people's values on it.
    pub sd: Printed,
    /// Where that number comes from.
    pub source: String,
}

impl FamiliarScale {
    fn read(row: &mut Row) -> Option<Self> {
        let fields = ["familiar_scale", "familiar_sd", "familiar_sd_source"];
        row.first_of(&fields)?;
        let name = row.required(fields[0], "the name of the familiar scale");
        let sd = row.printed_if(fields[1], |it| it > 0.0, "a standard deviation above 0");
        if !row.has(fields[1]) {
            row.problem(fields[1], "the standard deviation of the familiar scale", "fill it in");
        }
        let source = row.required(fields[2], "where that standard deviation comes from");
        Some(Self { name, sd: sd?, source })
    }
}

/// What is said of an outcome besides what it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grading {
    /// How much it matters.
    pub importance: Option<Importance>,
    /// Whether it is a harm.
    pub is_harm: bool,
    /// The length of follow-up, in words.
    pub follow_up: Option<String>,
    /// Which absolute effects matter.
    pub thresholds: Option<Thresholds>,
    /// The scale onto which standardised differences are put.
    pub familiar: Option<FamiliarScale>,
    /// What matters to people and is not measured, where this outcome only stands for it.
    pub surrogate_for: Option<String>,
}

impl Grading {
    pub(super) fn read(row: &mut Row) -> Self {
        Self {
            importance: row.keyword("importance"),
            is_harm: row.flag("harm").unwrap_or(false),
            follow_up: row.text("follow_up"),
            thresholds: Thresholds::read(row),
            familiar: FamiliarScale::read(row),
            surrogate_for: row.text("surrogate_for"),
        }
    }

    pub(super) fn write(&self, out: &mut Out) {
        if let Some(importance) = self.importance {
            out.keyword("importance", importance);
        }
        if self.is_harm {
            out.flag("harm", true);
        }
        out.optional("follow_up", self.follow_up.as_deref());
        if let Some(thresholds) = &self.thresholds {
            out.numbers("thresholds", &thresholds.numbers());
        }
        if let Some(familiar) = &self.familiar {
            out.text("familiar_scale", &familiar.name);
            out.printed("familiar_sd", Some(&familiar.sd));
            out.text("familiar_sd_source", &familiar.source);
        }
        out.optional("surrogate_for", self.surrogate_for.as_deref());
    }
}

keyword! {
    /// How the comparator arms of the studies give one number.
    Basis {
        /// Their median.
        Median = "median",
        /// All people of all comparator arms together.
        Pooled = "pooled",
    }
}

/// Where the comparator's number comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum BaselineValue {
    /// Events per 1000 people, from a source.
    PerThousand(Printed, String),
    /// A mean in the outcome's unit, from a source.
    Mean(Printed, String),
    /// From the studies' comparator arms.
    OfStudies(Basis),
}

/// What happens to people without the intervention: the risk, or the mean, that the effect is applied to.
#[derive(Debug, Clone, PartialEq)]
pub struct BaselineRisk {
    /// The comparison.
    pub comparison: String,
    /// The outcome.
    pub outcome: String,
    /// Of whom: `Low risk`, `High risk`.
    pub label: Option<String>,
    /// The number, and where it comes from.
    pub value: BaselineValue,
}

impl Tabular for BaselineRisk {
    const FIELDS: &'static [&'static str] =
        &["comparison", "outcome", "label", "per_1000", "mean", "source", "basis"];

    fn read(row: &mut Row) -> Option<Self> {
        let comparison = row.required("comparison", "the id of a comparison");
        let outcome = row.required("outcome", "the id of an outcome");
        let label = row.text("label");
        let per_1000 = row.printed_if("per_1000", |it| it > 0.0, "events per 1000 people, above 0");
        let mean = row.printed("mean");
        let basis: Option<Basis> = row.keyword("basis");
        if !row.is_sound() {
            return None;
        }
        let source = |row: &mut Row| row.required("source", "where the number comes from");
        let value = match (per_1000, mean, basis) {
            (Some(risk), None, None) => BaselineValue::PerThousand(risk, source(row)),
            (None, Some(mean), None) => BaselineValue::Mean(mean, source(row)),
            (None, None, Some(basis)) => BaselineValue::OfStudies(basis),
            _ => {
                let field = row.first_of(&["basis", "mean", "per_1000"]).unwrap_or("per_1000");
                let expected = "one of `per_1000`, `mean` and `basis`";
                row.problem(field, expected, "give a number with its `source`, or the `basis`");
                return None;
            }
        };
        row.is_sound().then_some(Self { comparison, outcome, label, value })
    }

    fn write(&self, out: &mut Out) {
        out.text("comparison", &self.comparison);
        out.text("outcome", &self.outcome);
        out.optional("label", self.label.as_deref());
        match &self.value {
            BaselineValue::PerThousand(risk, source) => {
                out.printed("per_1000", Some(risk));
                out.text("source", source);
            }
            BaselineValue::Mean(mean, source) => {
                out.printed("mean", Some(mean));
                out.text("source", source);
            }
            BaselineValue::OfStudies(basis) => out.keyword("basis", *basis),
        }
    }
}
