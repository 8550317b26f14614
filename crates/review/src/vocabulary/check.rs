//! What became of a finding of `consil check`: a person's answer.

use crate::cells::{Out, Row, Tabular};
use crate::check::Kind;
use crate::keyword::keyword;

keyword! {
    /// What looking it up in the source gave.
    CheckAnswer {
        /// The number was wrong and has been corrected.
        Corrected = "corrected",
        /// The source prints the number so.
        Confirmed = "confirmed",
        /// There is a reason for it.
        Explained = "explained",
    }
}

/// An answer to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckEntry {
    /// The study.
    pub study: String,
    /// The outcome; `None` where the study as a whole is meant.
    pub outcome: Option<String>,
    /// What was suspected.
    pub kind: Kind,
    /// What became of it.
    pub answer: CheckAnswer,
    /// The reason, or where it was looked up.
    pub note: Option<String>,
}

impl Tabular for CheckEntry {
    const FIELDS: &'static [&'static str] = &["study", "outcome", "kind", "answer", "note"];

    fn read(row: &mut Row) -> Option<Self> {
        let entry = Self {
            study: row.required("study", "a study of `studies.csv`"),
            outcome: row.text("outcome"),
            kind: row.required_keyword("kind"),
            answer: row.required_keyword("answer"),
            note: row.text("note"),
        };
        if entry.answer == CheckAnswer::Explained && entry.note.is_none() {
            row.problem("note", "the explanation", "fill in `note`");
        }
        row.is_sound().then_some(entry)
    }

    fn write(&self, out: &mut Out) {
        out.text("study", &self.study);
        out.optional("outcome", self.outcome.as_deref());
        out.keyword("kind", self.kind);
        out.keyword("answer", self.answer);
        out.optional("note", self.note.as_deref());
    }
}
