//! What the review asks, of whom, and where it looks: the parts of `review.toml` but for analyses.

use consilience_appraisal::rob2::{Aim, Deviation};

use crate::cells::{Out, Row, Tabular};
use crate::keyword::keyword;
use crate::printed::Printed;
use crate::vocabulary::grading::Grading;

/// Declares a type whose fields are all optional texts or lists of texts.
macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $kind:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $name { $($(#[$fdoc])* pub $field: texts!(@type $kind)),+ }

        impl Tabular for $name {
            const FIELDS: &'static [&'static str] = &[$(stringify!($field)),+];
            fn read(row: &mut Row) -> Option<Self> {
                let value = Self { $($field: texts!(@read $kind, row, stringify!($field))),+ };
                row.is_sound().then_some(value)
            }
            fn write(&self, out: &mut Out) {
                $(texts!(@write $kind, out, stringify!($field), &self.$field);)+
            }
        }
    };
    (@type text) => { Option<String> };
    (@type list) => { Vec<String> };
    (@read text, $row:ident, $field:expr) => { $row.text($field) };
    (@read list, $row:ident, $field:expr) => { $row.list($field) };
    (@write text, $out:ident, $field:expr, $value:expr) => { $out.optional($field, $value.as_deref()) };
    (@write list, $out:ident, $field:expr, $value:expr) => { $out.list($field, $value) };
}

/// Who the review is: title, authors, registration, support.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Description {
    /// The title.
    pub title: String,
    /// Authors, as they are to be printed.
    pub authors: Vec<String>,
    /// Registry and number.
    pub registration: Option<String>,
    /// Where the money came from.
    pub funding: Option<String>,
    /// What the authors declare.
    pub competing_interests: Option<String>,
    /// A paragraph for the top of the report.
    pub summary: Option<String>,
    /// What a reader must know before using the numbers.
    pub limitations: Option<String>,
}

impl Tabular for Description {
    const FIELDS: &'static [&'static str] = &[
        "title",
        "authors",
        "registration",
        "funding",
        "competing_interests",
        "summary",
        "limitations",
    ];

    fn read(row: &mut Row) -> Option<Self> {
        let value = Self {
            title: row.required("title", "the review's title"),
            authors: row.list("authors"),
            registration: row.text("registration"),
            funding: row.text("funding"),
            competing_interests: row.text("competing_interests"),
            summary: row.text("summary"),
            limitations: row.text("limitations"),
        };
        row.is_sound().then_some(value)
    }

    fn write(&self, out: &mut Out) {
        out.text("title", &self.title);
        out.list("authors", &self.authors);
        out.optional("registration", self.registration.as_deref());
        out.optional("funding", self.funding.as_deref());
        out.optional("competing_interests", self.competing_interests.as_deref());
        out.optional("summary", self.summary.as_deref());
        out.optional("limitations", self.limitations.as_deref());
    }
}

texts! {
    /// The question, as PICO.
    Question {
        /// The objective in a sentence.
        objective: text,
        /// Who.
        population: text,
        /// Where: the setting of care.
        setting: text,
        /// What is tried.
        intervention: text,
        /// Against what.
        comparator: text,
        /// Which designs can answer it.
        designs: text,
    }
}

texts! {
    /// The criteria by which reports are judged.
    Eligibility {
        /// Conditions that a report must meet.
        include: list,
        /// Conditions that rule a report out.
        exclude: list,
    }
}

keyword! {
    /// What RoB 2 asks about: the effect of being assigned to an intervention or of adhering to it.
    EffectOfInterest {
        /// Intention to treat.
        Assignment = "assignment",
        /// Per protocol.
        Adhering = "adhering",
    }
}

/// What the team did and the program cannot know.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Methods {
    /// How reports were selected.
    pub selection: Option<String>,
    /// How data were extracted.
    pub extraction: Option<String>,
    /// How risk of bias was assessed.
    pub risk_of_bias: Option<String>,
    /// RoB 2's effect of interest; assignment when not said.
    pub effect_of_interest: Option<EffectOfInterest>,
    /// For the effect of adhering: the deviations that RoB 2 is to address.
    pub deviations: Vec<String>,
}

impl Methods {
    /// RoB 2's effect of interest: that of assignment, the tool's usual choice, when not said.
    pub fn aim(&self) -> Aim {
        match self.effect_of_interest {
            Some(EffectOfInterest::Adhering) => Aim::Adhering,
            Some(EffectOfInterest::Assignment) | None => Aim::Assignment,
        }
    }

    /// The deviations that RoB 2 is to address.
    pub fn deviations(&self) -> Vec<Deviation> {
        self.deviations.iter().filter_map(|it| it.parse().ok()).collect()
    }
}

impl Tabular for Methods {
    const FIELDS: &'static [&'static str] =
        &["selection", "extraction", "risk_of_bias", "effect_of_interest", "deviations"];

    fn read(row: &mut Row) -> Option<Self> {
        let methods = Self {
            selection: row.text("selection"),
            extraction: row.text("extraction"),
            risk_of_bias: row.text("risk_of_bias"),
            effect_of_interest: row.keyword("effect_of_interest"),
            deviations: row.list("deviations"),
        };
        for text in &methods.deviations {
            if let Err(error) = text.parse::<Deviation>() {
                row.problem_found(
                    "deviations",
                    format!("`{text}`"),
                    error.to_string(),
                    "correct it",
                );
            }
        }
        if methods.effect_of_interest == Some(EffectOfInterest::Adhering)
            && methods.deviations.is_empty()
        {
            let expected = "the deviations that the effect of adhering addresses";
            row.problem("deviations", expected, "name at least one, or use `assignment`");
        }
        row.is_sound().then_some(methods)
    }

    fn write(&self, out: &mut Out) {
        out.optional("selection", self.selection.as_deref());
        out.optional("extraction", self.extraction.as_deref());
        out.optional("risk_of_bias", self.risk_of_bias.as_deref());
        if let Some(effect) = self.effect_of_interest {
            out.keyword("effect_of_interest", effect);
        }
        out.list("deviations", &self.deviations);
    }
}

keyword! {
    /// What kind of source records came from; PRISMA 2020 counts them apart.
    SourceKind {
        /// A bibliographic database.
        Database = "database",
        /// A trial register.
        Register = "register",
        /// Websites, organisations, citation searching and other methods.
        Other = "other",
    }
}

/// A source that is searched.
#[derive(Debug, Clone, PartialEq)]
pub struct Database {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The platform it was searched on.
    pub platform: Option<String>,
    /// Database, register or other.
    pub kind: SourceKind,
    /// The file of its strategy.
    pub search: Option<String>,
    /// The files of its exports.
    pub records: Vec<String>,
}

impl Tabular for Database {
    const FIELDS: &'static [&'static str] =
        &["id", "name", "platform", "kind", "search", "records"];

    fn read(row: &mut Row) -> Option<Self> {
        let id = row.required("id", "a short key such as `pubmed`");
        let name = row.required("name", "the database's name");
        let kind = row.keyword("kind").unwrap_or(SourceKind::Database);
        let database = Self {
            id,
            name,
            platform: row.text("platform"),
            kind,
            search: row.text("search"),
            records: row.list("records"),
        };
        row.is_sound().then_some(database)
    }

    fn write(&self, out: &mut Out) {
        out.text("id", &self.id);
        out.text("name", &self.name);
        out.optional("platform", self.platform.as_deref());
        out.keyword("kind", self.kind);
        out.optional("search", self.search.as_deref());
        out.list("records", &self.records);
    }
}

keyword! {
    /// Which end of an outcome's scale is good for the patient.
    Better {
        /// Less is better.
        Lower = "lower",
        /// More is better.
        Higher = "higher",
    }
}

/// An outcome of the review.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Which direction is better, where that is settled.
    pub direction: Option<Better>,
    /// The unit of its measurements.
    pub unit: Option<String>,
    /// The lowest value that its scale has.
    pub minimum: Option<Printed>,
    /// The highest value that its scale has.
    pub maximum: Option<Printed>,
    /// Of how many whole-numbered items each value is the mean; 1 where values are whole numbers themselves.
    pub items: Option<Printed>,
    /// What it is, in words.
    pub description: Option<String>,
    /// What its certainty is rated by, and its row in a summary of findings.
    pub grading: Grading,
}

impl Tabular for Outcome {
    const FIELDS: &'static [&'static str] = &[
        "id",
        "name",
        "direction",
        "unit",
        "minimum",
        "maximum",
        "items",
        "description",
        "importance",
        "harm",
        "follow_up",
        "thresholds",
        "familiar_scale",
        "familiar_sd",
        "familiar_sd_source",
        "surrogate_for",
    ];

    fn read(row: &mut Row) -> Option<Self> {
        let id = row.required("id", "a short key such as `mortality`");
        let name = row.required("name", "the outcome's name");
        let outcome = Self {
            id,
            name,
            direction: row.keyword("direction"),
            unit: row.text("unit"),
            minimum: row.printed("minimum"),
            maximum: row.printed("maximum"),
            items: row.printed_if(
                "items",
                |it| it >= 1.0 && it.fract() == 0.0,
                "a whole number of items, 1 or more",
            ),
            description: row.text("description"),
            grading: Grading::read(row),
        };
        if let (Some(low), Some(high)) = (&outcome.minimum, &outcome.maximum)
            && low.value() >= high.value()
        {
            row.problem("maximum", format!("a number above `minimum` ({low})"), "check both");
        }
        row.is_sound().then_some(outcome)
    }

    fn write(&self, out: &mut Out) {
        out.text("id", &self.id);
        out.text("name", &self.name);
        if let Some(direction) = self.direction {
            out.keyword("direction", direction);
        }
        out.optional("unit", self.unit.as_deref());
        out.printed("minimum", self.minimum.as_ref());
        out.printed("maximum", self.maximum.as_ref());
        out.printed("items", self.items.as_ref());
        out.optional("description", self.description.as_deref());
        self.grading.write(out);
    }
}

/// Two groups of arms, one against the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The group of arms that is tried.
    pub experimental: String,
    /// The group of arms that it is compared with.
    pub comparator: String,
    /// How figures and sentences call the first group.
    pub experimental_name: String,
    /// How they call the second.
    pub comparator_name: String,
}

impl Tabular for Comparison {
    const FIELDS: &'static [&'static str] =
        &["id", "name", "experimental", "comparator", "experimental_name", "comparator_name"];

    fn read(row: &mut Row) -> Option<Self> {
        let id = row.required("id", "a short key such as `drug-vs-placebo`");
        let name = row.required("name", "the comparison in words");
        let experimental = row.required("experimental", "a group of `arms.csv`");
        let comparator = row.required("comparator", "a group of `arms.csv`");
        if experimental == comparator && !experimental.is_empty() {
            row.problem("comparator", "another group than `experimental`", "name the other group");
        }
        let experimental_name =
            row.text("experimental_name").unwrap_or_else(|| experimental.clone());
        let comparator_name = row.text("comparator_name").unwrap_or_else(|| comparator.clone());
        let comparison =
            Self { id, name, experimental, comparator, experimental_name, comparator_name };
        row.is_sound().then_some(comparison)
    }

    fn write(&self, out: &mut Out) {
        out.text("id", &self.id);
        out.text("name", &self.name);
        out.text("experimental", &self.experimental);
        out.text("comparator", &self.comparator);
        out.text("experimental_name", &self.experimental_name);
        out.text("comparator_name", &self.comparator_name);
    }
}

/// A published statement, to stand beside what the data give.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The analysis it is about.
    pub analysis: String,
    /// What was published.
    pub statement: String,
    /// Where.
    pub source: String,
    /// Why this review's answer differs, in words.
    pub explanation: Option<String>,
}

impl Tabular for Claim {
    const FIELDS: &'static [&'static str] = &["analysis", "statement", "source", "explanation"];

    fn read(row: &mut Row) -> Option<Self> {
        let analysis = row.required("analysis", "the id of an analysis");
        let statement = row.required("statement", "what was published");
        let source = row.required("source", "where it was published");
        let value = Self { analysis, statement, source, explanation: row.text("explanation") };
        row.is_sound().then_some(value)
    }

    fn write(&self, out: &mut Out) {
        out.text("analysis", &self.analysis);
        out.text("statement", &self.statement);
        out.text("source", &self.source);
        out.optional("explanation", self.explanation.as_deref());
    }
}
