//! A table of results with the people who entered them, read for its own sake: a package's `results.csv`, or one person's.

use crate::cells::{Row, Tabular};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::event::{Attributed, When, Who};
use crate::package::table::{Columns, read_table};
use crate::vocabulary::result::ExtractedResult;

use super::Entered;

/// A row with its place.
#[derive(Debug, Clone)]
pub struct ExtractedRow {
    /// What was entered, by whom and when.
    pub entry: Entered,
    row: Row,
}

impl ExtractedRow {
    /// The columns of its table.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.row.names()
    }

    /// Where a field stands; the row itself where it is not filled in.
    pub fn place(&self, field: &str) -> Place {
        self.row.place_of(field)
    }
}

/// Reads a table of results. Rows that nobody signed are `by`'s, where that is given.
///
/// # Errors
/// Everything that cannot be read, with its place.
pub fn read_extractions(
    name: &str,
    bytes: &[u8],
    by: Option<&str>,
) -> Result<Vec<ExtractedRow>, Vec<Diagnostic>> {
    let known = [ExtractedResult::FIELDS, &["entered_by", "entered_at"]].concat();
    let columns =
        Columns { required: &["study", "outcome", "arm"], known: &known, others_allowed: false };
    let mut problems = Vec::new();
    let table = read_table(name, bytes, &columns, &mut problems);
    let mut rows = Vec::new();
    for mut row in table.map(|it| it.rows).unwrap_or_default() {
        let who = Who(row.text("entered_by").or_else(|| by.map(str::to_owned)));
        let when = When::read(&mut row, "entered_at");
        let value = ExtractedResult::read(&mut row);
        problems.append(&mut row.take_problems());
        if let Some(value) = value {
            rows.push(ExtractedRow { entry: Attributed { who, when, value }, row });
        }
    }
    problems.retain(|it| it.severity == Severity::Error);
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}
