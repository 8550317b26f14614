//! Events: who did what, and when. The review's log is made of these and of nothing else.

use std::fmt;

use crate::cells::{Cell, Row, Tabular, cells_of};
use crate::day::is_day;
use crate::vocabulary::certainty::CertaintyEntry;
use crate::vocabulary::check::CheckEntry;
use crate::vocabulary::grading::BaselineRisk;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::protocol::{
    Claim, Comparison, Database, Description, Eligibility, Methods, Outcome, Question,
};
use crate::vocabulary::records::{Duplicate, ImportedFile, PairJudgement, Screening, Search};
use crate::vocabulary::result::ExtractedResult;
use crate::vocabulary::risk_of_bias::{OwnTool, RobEntry};
use crate::vocabulary::study::{Arm, Study};

/// Who did something: a person by name, or the package's authors where a file names nobody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Who(pub Option<String>);

/// Who did what nobody signed.
pub(crate) const NOBODY: &str = "the package";

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or(NOBODY))
    }
}

/// When something was done: a date or a date with time, as given; nothing where it is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct When(pub Option<String>);

impl When {
    /// Reads `2026-05-31`, `2026-05-31T14:05:00Z` or nothing.
    pub fn read(row: &mut Row, name: &str) -> Self {
        let text = row.text(name);
        let is_moment = |text: &str| {
            text.get(..10).is_some_and(is_day)
                && (text.parse::<jiff::Timestamp>().is_ok()
                    || text.parse::<jiff::civil::DateTime>().is_ok())
        };
        if text.as_deref().is_some_and(|it| !is_day(it) && !is_moment(it)) {
            row.problem(name, "a date such as 2026-05-31, or with time 2026-05-31T14:05:00Z", "");
        }
        Self(text)
    }
}

/// Something with who and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributed<T> {
    /// Who.
    pub who: Who,
    /// When.
    pub when: When,
    /// What.
    pub value: T,
}

/// One entry of the log.
pub type Entry = Attributed<Event>;

/// Declares the events: each is one part of the vocabulary, with its name in the log.
macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident($payload:ty) = $kind:literal),+ $(,)?) => {
        /// What happened.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event { $($(#[$doc])* $variant($payload)),+ }

        impl Event {
            /// The event's name in the log.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind),+ }
            }

            /// Its fields, by name, in order.
            pub fn cells(&self) -> indexmap::IndexMap<String, Cell> {
                match self { $(Self::$variant(payload) => cells_of(payload)),+ }
            }

            /// Reads an event from its name and fields; `None` when it is not sound, with the reasons
            /// among the row's problems.
            pub fn read(kind: &str, row: &mut Row) -> Option<Self> {
                match kind {
                    $($kind => <$payload>::read(row).map(Self::$variant),)+
                    _ => {
                        row.problem_found(
                            "event",
                            format!("`{kind}`"),
                            "the name of an event",
                            "the log was written by a newer version",
                        );
                        None
                    }
                }
            }
        }
    };
}

events! {
    /// Title, authors, support.
    ReviewDescribed(Description) = "review_described",
    /// The question.
    QuestionStated(Question) = "question_stated",
    /// The criteria.
    EligibilityStated(Eligibility) = "eligibility_stated",
    /// What the team did.
    MethodsStated(Methods) = "methods_stated",
    /// A source to search.
    DatabaseDefined(Database) = "database_defined",
    /// An outcome.
    OutcomeDefined(Outcome) = "outcome_defined",
    /// A comparison.
    ComparisonDefined(Comparison) = "comparison_defined",
    /// An analysis.
    AnalysisDefined(AnalysisPlan) = "analysis_defined",
    /// A number for people without the intervention.
    BaselineStated(BaselineRisk) = "baseline_stated",
    /// A published statement.
    ClaimRecorded(Claim) = "claim_recorded",
    /// A strategy as run.
    SearchRecorded(Search) = "search_recorded",
    /// A batch of records.
    RecordsImported(ImportedFile) = "records_imported",
    /// Two records are one report.
    DuplicateConfirmed(Duplicate) = "duplicate_confirmed",
    /// Somebody said whether two records are one report, or tell of one study.
    PairJudged(PairJudgement) = "pair_judged",
    /// A decision on a report.
    ReportScreened(Screening) = "report_screened",
    /// A study.
    StudyDescribed(Study) = "study_described",
    /// An arm.
    ArmDescribed(Arm) = "arm_described",
    /// A result.
    ResultExtracted(ExtractedResult) = "result_extracted",
    /// A risk-of-bias tool that the team wrote.
    ToolDefined(OwnTool) = "tool_defined",
    /// An answer or judgement on risk of bias.
    RiskOfBiasAnswered(RobEntry) = "risk_of_bias_answered",
    /// A rating of certainty.
    CertaintyRated(CertaintyEntry) = "certainty_rated",
    /// An answer to a finding of the checks.
    CheckAnswered(CheckEntry) = "check_answered",
    /// An earlier event is taken back; taking back this one restores it.
    EventUndone(Undo) = "event_undone",
}

/// The event that is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undo {
    /// Its position in the log, from 0.
    pub position: u64,
}

impl Tabular for Undo {
    const FIELDS: &'static [&'static str] = &["position"];

    fn read(row: &mut Row) -> Option<Self> {
        let text = row.required("position", "a position in the log");
        let position = text.parse().ok();
        if position.is_none() {
            row.problem("position", "a position in the log, from 0", "");
        }
        Some(Self { position: position? })
    }

    fn write(&self, out: &mut crate::cells::Out) {
        out.text("position", &self.position.to_string());
    }
}
