//! Searches, imported files, duplicates and screening decisions.

use crate::cells::{Out, Row, Tabular};
use crate::day::is_day;
use crate::keyword::keyword;
use crate::printed::Printed;

/// One strategy as it was run.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// The database it was written for.
    pub database: String,
    /// The day it was run, `2022-05-31`.
    pub date: Option<String>,
    /// The number of records that the database said it found.
    pub hits: Option<Printed>,
    /// Anything a reader must know about it.
    pub note: Option<String>,
    /// The strategy, verbatim.
    pub strategy: String,
}

impl Tabular for Search {
    const FIELDS: &'static [&'static str] = &["database", "date", "hits", "note", "strategy"];

    fn read(row: &mut Row) -> Option<Self> {
        let database = row.required("database", "the id of a database");
        let date = row.text("date");
        if date.as_deref().is_some_and(|it| !is_day(it)) {
            row.problem("date", "a date such as 2022-05-31", "correct it");
        }
        let search = Self {
            database,
            date,
            hits: row.printed_if("hits", is_count, "a whole number of records"),
            note: row.text("note"),
            strategy: row.text("strategy").unwrap_or_default(),
        };
        row.is_sound().then_some(search)
    }

    fn write(&self, out: &mut Out) {
        out.text("database", &self.database);
        out.optional("date", self.date.as_deref());
        out.printed("hits", self.hits.as_ref());
        out.optional("note", self.note.as_deref());
        out.text("strategy", &self.strategy);
    }
}

/// Whether a number counts something: whole, not negative, and far below 2^53.
pub(crate) fn is_count(value: f64) -> bool {
    (0.0..1e15).contains(&value) && value.fract() == 0.0
}

/// One export of a database, kept verbatim under the digest of its bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedFile {
    /// The database that exported it.
    pub database: String,
    /// Its path in the package.
    pub path: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// The ids of its records, in order.
    pub records: Vec<String>,
    /// How many records could not be read and were kept aside.
    pub quarantined: Printed,
}

impl Tabular for ImportedFile {
    const FIELDS: &'static [&'static str] =
        &["database", "path", "sha256", "records", "quarantined"];

    fn read(row: &mut Row) -> Option<Self> {
        let database = row.required("database", "the id of a database");
        let path = row.required("path", "the file's path");
        let sha256 = row.required("sha256", "the digest of the file");
        let quarantined = row.printed_if("quarantined", is_count, "a whole number");
        let value = Self {
            database,
            path,
            sha256,
            records: row.list("records"),
            quarantined: quarantined.unwrap_or_else(|| Printed::from_value(0.0)),
        };
        row.is_sound().then_some(value)
    }

    fn write(&self, out: &mut Out) {
        out.text("database", &self.database);
        out.text("path", &self.path);
        out.text("sha256", &self.sha256);
        out.list("records", &self.records);
        out.printed("quarantined", Some(&self.quarantined));
    }
}

/// One record that is the same report as another.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// The record that is set aside.
    pub record: String,
    /// The record that stands for the report.
    pub duplicate_of: String,
    /// Why they are the same.
    pub reason: Option<String>,
}

impl Tabular for Duplicate {
    const FIELDS: &'static [&'static str] = &["record", "duplicate_of", "reason"];

    fn read(row: &mut Row) -> Option<Self> {
        let record = row.required("record", "the id of a record");
        let duplicate_of = row.required("duplicate_of", "the id of a record");
        let value = Self { record, duplicate_of, reason: row.text("reason") };
        row.is_sound().then_some(value)
    }

    fn write(&self, out: &mut Out) {
        out.text("record", &self.record);
        out.text("duplicate_of", &self.duplicate_of);
        out.optional("reason", self.reason.as_deref());
    }
}

keyword! {
    /// What is asked about two records.
    PairQuestion {
        /// Whether they are one report, so that one of them is a duplicate.
        Report = "report",
        /// Whether they tell of one study.
        Study = "study",
    }
}

keyword! {
    /// What a person said of two records.
    PairAnswer {
        /// They are one.
        Same = "same",
        /// They are two.
        Different = "different",
    }
}

/// What a person said of two records.
#[derive(Debug, Clone, PartialEq)]
pub struct PairJudgement {
    /// One record.
    pub first: String,
    /// The other.
    pub second: String,
    /// What was asked.
    pub question: PairQuestion,
    /// What was answered.
    pub answer: PairAnswer,
    /// Why.
    pub reason: Option<String>,
}

impl Tabular for PairJudgement {
    const FIELDS: &'static [&'static str] = &["first", "second", "question", "answer", "reason"];

    fn read(row: &mut Row) -> Option<Self> {
        let first = row.required("first", "the id of a record");
        let second = row.required("second", "the id of a record");
        let question = row.required_keyword("question");
        let answer = row.required_keyword("answer");
        let value = Self { first, second, question, answer, reason: row.text("reason") };
        row.is_sound().then_some(value)
    }

    fn write(&self, out: &mut Out) {
        out.text("first", &self.first);
        out.text("second", &self.second);
        out.keyword("question", self.question);
        out.keyword("answer", self.answer);
        out.optional("reason", self.reason.as_deref());
    }
}

keyword! {
    /// The two sieves of PRISMA 2020.
    Stage {
        /// Records, by title and abstract.
        TitleAndAbstract = "title and abstract",
        /// Reports, by their full text.
        FullText = "full text",
    }
}

keyword! {
    /// What a reviewer decided about a report.
    Decision {
        /// It goes on, or is included.
        Include = "include",
        /// It is out.
        Exclude = "exclude",
        /// Its full text could not be had.
        NotRetrieved = "not retrieved",
        /// It cannot be judged yet.
        AwaitingClassification = "awaiting classification",
        /// A study that has not reported yet.
        Ongoing = "ongoing",
    }
}

/// The reviewer's name that marks an agreed decision.
pub const CONSENSUS: &str = "consensus";

/// One decision of one reviewer on one report at one stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Screening {
    /// The report, by the id of the record that stands for it.
    pub report: String,
    /// Which sieve.
    pub stage: Stage,
    /// The decision.
    pub decision: Decision,
    /// Why, in a phrase that other exclusions share.
    pub reason: Option<String>,
}

impl Tabular for Screening {
    const FIELDS: &'static [&'static str] = &["report", "stage", "decision", "reason"];

    fn read(row: &mut Row) -> Option<Self> {
        let report = row.required("report", "the id of a record");
        let stage = row.required_keyword("stage");
        let decision = row.required_keyword("decision");
        let reason = row.text("reason");
        if stage == Stage::FullText && decision == Decision::Exclude && reason.is_none() {
            row.problem("reason", "the reason for an exclusion at full text", "give one reason");
        }
        if stage == Stage::TitleAndAbstract
            && !matches!(decision, Decision::Include | Decision::Exclude)
        {
            row.problem(
                "decision",
                "`include` or `exclude` at this stage",
                "decide it at full text",
            );
        }
        let screening = Self { report, stage, decision, reason };
        row.is_sound().then_some(screening)
    }

    fn write(&self, out: &mut Out) {
        out.text("report", &self.report);
        out.keyword("stage", self.stage);
        out.keyword("decision", self.decision);
        out.optional("reason", self.reason.as_deref());
    }
}
