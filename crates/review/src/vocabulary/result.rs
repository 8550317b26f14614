//! Results as trials print them: of an arm or of a contrast, in every form, with their source.

mod form;

pub use form::{ContrastEffect, Favours, GradeCount, PrintedInterval, Reported};

use crate::cells::{Out, Row, Tabular};
use crate::keyword::{Keyword, keyword};
use crate::printed::Printed;
use crate::vocabulary::time::one_form;
use form::{read_reported, write_reported};

keyword! {
    /// What a number was measured as.
    Score {
        /// The value at the time point.
        Final = "final",
        /// The change from baseline.
        Change = "change",
        /// The change in percent of baseline.
        PercentChange = "percent change",
    }
}

keyword! {
    /// Whom a number is of, by what was done with people who left or did something else than planned: the analysis
    /// population (Cochrane Handbook 8.2.2 and 10.12.2).
    Population {
        /// Everybody, in the arm to which they were allocated.
        IntentionToTreat = "intention to treat",
        /// The same, without some people: those never treated, or without an assessment.
        ModifiedIntentionToTreat = "modified intention to treat",
        /// Those who kept to the protocol.
        PerProtocol = "per protocol",
        /// Everybody, in the arm of the treatment that they got.
        AsTreated = "as treated",
        /// Everybody who got any treatment.
        Safety = "safety",
    }
}

impl Population {
    /// Reads a name, `ITT`, `mITT`, `PP` or `AT`; hyphens are blanks.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let plain = text.trim().to_lowercase().replace('-', " ");
        match plain.as_str() {
            "itt" => Ok(Self::IntentionToTreat),
            "mitt" => Ok(Self::ModifiedIntentionToTreat),
            "pp" => Ok(Self::PerProtocol),
            "at" => Ok(Self::AsTreated),
            name => Self::from_name(name)
                .ok_or_else(|| format!("one of {} (or `ITT`, `mITT`, `PP`, `AT`)", Self::names())),
        }
    }
}

/// What a result belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// One arm.
    Arm(String),
    /// One arm against another.
    Contrast {
        /// The arm whose advantage a positive difference or a ratio above 1 expresses.
        arm: String,
        /// The arm that it is compared with.
        versus: String,
    },
}

impl Subject {
    /// The arm named first.
    pub fn arm(&self) -> &str {
        match self {
            Self::Arm(arm) | Self::Contrast { arm, .. } => arm,
        }
    }

    /// The arm compared with, for a contrast.
    pub fn versus(&self) -> Option<&str> {
        match self {
            Self::Arm(_) => None,
            Self::Contrast { versus, .. } => Some(versus),
        }
    }
}

/// Where a number stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// The publication.
    pub source: Option<String>,
    /// The page.
    pub page: Option<String>,
    /// The table, figure or section.
    pub place: Option<String>,
    /// The words.
    pub quote: Option<String>,
}

/// One result as it was printed.
#[derive(Debug, Clone, PartialEq)]
pub struct ExtractedResult {
    /// The study.
    pub study: String,
    /// The outcome.
    pub outcome: String,
    /// The arm, or the contrast of two.
    pub subject: Subject,
    /// The time point.
    pub time: Option<String>,
    /// The scale or device.
    pub instrument: Option<String>,
    /// Final value or change.
    pub score: Score,
    /// The analysis population, where it is stated.
    pub population: Option<Population>,
    /// The number analysed: people, or pairs in a paired design.
    pub n: Option<Printed>,
    /// The numbers.
    pub reported: Reported,
    /// Between the two sides or periods of a paired design.
    pub correlation: Option<Printed>,
    /// Where it stands.
    pub source: Source,
    /// Anything else.
    pub note: Option<String>,
}

/// What makes a result one and the same, whoever extracts it from whichever report of the study.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResultKey {
    /// The study.
    pub study: String,
    /// The outcome.
    pub outcome: String,
    /// The arm, or that named first in a contrast.
    pub arm: String,
    /// The other arm of a contrast.
    pub versus: Option<String>,
    /// The time point.
    pub time: Option<String>,
    /// The scale or device.
    pub instrument: Option<String>,
    /// Final value or change.
    pub score: Score,
    /// The analysis population.
    pub population: Option<Population>,
}

impl ResultKey {
    /// The key in the one form in which all ways of writing a time or an instrument are the same: two people who extract one
    /// result may write `week 12` and `12 weeks`, `VAS` and `vas`.
    #[must_use]
    pub fn one_form(&self) -> Self {
        Self {
            time: self.time.as_deref().map(one_form),
            instrument: self.instrument.as_ref().map(|it| it.trim().to_lowercase()),
            ..self.clone()
        }
    }

    /// `Alpha 2001 / pain / active / 12 weeks`, without the parts that say nothing.
    pub fn words(&self) -> String {
        let score = if self.score == Score::Final { "" } else { self.score.name() };
        let or_nothing = |it: &'_ Option<String>| it.clone().unwrap_or_default();
        let parts = [
            self.study.clone(),
            self.outcome.clone(),
            self.arm.clone(),
            or_nothing(&self.versus),
            or_nothing(&self.time),
            or_nothing(&self.instrument),
            score.to_owned(),
            self.population.map_or("", Keyword::name).to_owned(),
        ];
        let said: Vec<String> = parts.into_iter().filter(|it| !it.is_empty()).collect();
        said.join(" / ")
    }
}

impl ExtractedResult {
    /// What makes it one and the same.
    pub fn key(&self) -> ResultKey {
        ResultKey {
            study: self.study.clone(),
            outcome: self.outcome.clone(),
            arm: self.subject.arm().to_owned(),
            versus: self.subject.versus().map(str::to_owned),
            time: self.time.clone(),
            instrument: self.instrument.clone(),
            score: self.score,
            population: self.population,
        }
    }
}

impl Tabular for ExtractedResult {
    const FIELDS: &'static [&'static str] = &[
        "study",
        "outcome",
        "arm",
        "versus",
        "time",
        "instrument",
        "score",
        "population",
        "n",
        "mean",
        "sd",
        "se",
        "ci_lower",
        "ci_upper",
        "ci_level",
        "median",
        "q1",
        "q3",
        "min",
        "max",
        "events",
        "person_time",
        "grades",
        "effect",
        "effect_measure",
        "p_value",
        "p_test",
        "favours",
        "correlation",
        "missing",
        "source",
        "page",
        "place",
        "quote",
        "note",
    ];

    fn read(row: &mut Row) -> Option<Self> {
        refuse_open_questions(row);
        let study = row.required("study", "a study of `studies.csv`");
        let outcome = row.required("outcome", "the id of an outcome");
        let arm = row.required("arm", "an arm of `arms.csv`");
        let subject = match row.text("versus") {
            None => Subject::Arm(arm),
            Some(versus) => {
                if versus == arm {
                    row.problem(
                        "versus",
                        "another arm than `arm`",
                        "name the arm it is compared with",
                    );
                }
                Subject::Contrast { arm, versus }
            }
        };
        let reported = read_reported(row, &subject);
        let result = Self {
            study,
            outcome,
            subject,
            time: row.text("time"),
            instrument: row.text("instrument"),
            score: row.keyword("score").unwrap_or(Score::Final),
            population: row.parsed("population", Population::parse),
            n: row.printed_if("n", |it| it >= 0.0, "a number of people, 0 or more"),
            reported: reported?,
            correlation: row.correlation("correlation"),
            source: Source {
                source: row.text("source"),
                page: row.text("page"),
                place: row.text("place"),
                quote: row.text("quote"),
            },
            note: row.text("note"),
        };
        row.is_sound().then_some(result)
    }

    fn write(&self, out: &mut Out) {
        out.text("study", &self.study);
        out.text("outcome", &self.outcome);
        out.text("arm", self.subject.arm());
        out.optional("versus", self.subject.versus());
        out.optional("time", self.time.as_deref());
        out.optional("instrument", self.instrument.as_deref());
        out.keyword("score", self.score);
        if let Some(population) = self.population {
            out.keyword("population", population);
        }
        out.printed("n", self.n.as_ref());
        write_reported(out, &self.reported);
        out.printed("correlation", self.correlation.as_ref());
        out.optional("source", self.source.source.as_deref());
        out.optional("page", self.source.page.as_deref());
        out.optional("place", self.source.place.as_deref());
        out.optional("quote", self.source.quote.as_deref());
        out.optional("note", self.note.as_deref());
    }
}

/// What stands in the rows for an adjudicator where the extractors differ: no value, and never to be taken for one.
pub(crate) const TO_DECIDE: &str = "?";

fn refuse_open_questions(row: &mut Row) {
    let printed = ExtractedResult::FIELDS.iter().filter(|it| !["quote", "note"].contains(it));
    for field in printed {
        if row.text(field).as_deref() == Some(TO_DECIDE) {
            let help = "fill in what the source prints, or leave the cell empty";
            row.problem(field, "what was decided in consensus", help);
        }
    }
}
