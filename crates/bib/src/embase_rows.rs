//! Tables of Embase.com with a row for each field: its name, and each of its values in a cell of its own. A record begins with
//! its title.
//!
//! A record one of whose rows cannot be read is set aside as a whole, for what is left would not be all of it.

use crate::csv::{Row, rows};
use crate::lines::line_ends;
use crate::names::is_named;
use crate::syntax::{Found, Part, Place};
use crate::{Format, RecordBuilder};

/// Where a record begins.
const TITLE: &str = "title";

/// Fields that stand behind a title, as [`is_named`] compares them.
const FIELDS: [&str; 18] = [
    "originaltitle",
    "authornames",
    "authoraddresses",
    "correspondenceaddress",
    "editors",
    "aipipentrydate",
    "fullrecordentrydate",
    "source",
    "sourcetitle",
    "publicationyear",
    "volume",
    "issue",
    "firstpage",
    "lastpage",
    "dateofpublication",
    "publicationtype",
    "issn",
    "abstract",
];

/// The separator of a text that is such a table: a title, and below it the name of a field where a table has the next title.
/// Embase.com writes commas; what spreadsheets save may have others.
fn separator(head: Part<'_>) -> Option<u8> {
    [b',', b';', b'\t'].into_iter().find(|separator| {
        let rows = rows(head, *separator).0;
        let mut names = rows.iter().map(name);
        let is_one_of = |name: &str, known: &[&str]| {
            known.iter().any(|it| is_named(Format::Csv, name.as_bytes(), it))
        };
        names.next().is_some_and(|first| is_one_of(first, &[TITLE]))
            && names.next().is_some_and(|second| is_one_of(second, &FIELDS))
    })
}

fn name<'a>(row: &'a Row<'_>) -> &'a str {
    let first = row.cells.as_ref().and_then(|it| it.get(0));
    first.unwrap_or_default().trim_start_matches('\u{feff}').trim()
}

/// The reader of such tables.
#[derive(Debug)]
pub(crate) struct EmbaseRows {
    separator: u8,
    record: RecordBuilder,
    /// The record as it is in the file.
    text: String,
    line: u32,
    is_broken: bool,
}

impl EmbaseRows {
    /// A reader of a text that begins so, if it is such a table.
    pub(crate) fn of(head: Part<'_>) -> Option<Self> {
        let separator = separator(head)?;
        let (record, text) = (RecordBuilder::default(), String::new());
        Some(Self { separator, record, text, line: 1, is_broken: false })
    }

    pub(crate) fn read(&mut self, part: Part<'_>, found: &mut Found) -> Place {
        let (rows, end) = rows(part, self.separator);
        for row in &rows {
            self.whole_row(row, found);
        }
        if part.is_last {
            self.finish(found);
        }
        end
    }

    /// Reads a row, or what it swallowed: within quotation marks there are no single ones, so that a line that begins with one
    /// is a row of its own, and the quotation before it was never closed.
    fn whole_row(&mut self, row: &Row<'_>, found: &mut Found) {
        let line_starts = row.text.match_indices('\n').map(|(at, _)| at + 1);
        let begins = |at: &usize| {
            let mut rest = row.text[*at..].chars();
            rest.next() == Some('"') && rest.next().is_some_and(char::is_alphabetic)
        };
        let mut starts: Vec<usize> = line_starts.filter(begins).collect();
        let Some(first) = starts.first().copied() else {
            self.row(row, found);
            return;
        };
        self.row(&Row { line: row.line, text: row.text[..first].trim_end(), cells: None }, found);
        let mut line = row.line.saturating_add(line_ends(&row.text[..first]));
        starts.push(row.text.len());
        for ends in starts.windows(2) {
            let text = &row.text[ends[0]..ends[1]];
            let part = Part { text, line, is_last: true };
            for row in &rows(part, self.separator).0 {
                self.row(row, found);
            }
            line = line.saturating_add(line_ends(text));
        }
    }

    fn row(&mut self, row: &Row<'_>, found: &mut Found) {
        let name = name(row);
        let begins = row.cells.is_none()
            && row.text.trim_start().to_ascii_lowercase().starts_with("\"title\"");
        if is_named(Format::Csv, name.as_bytes(), TITLE) || begins {
            self.finish(found);
        }
        if self.text.is_empty() {
            self.line = row.line;
        } else {
            self.text.push('\n');
        }
        self.text.push_str(row.text);
        let Some(cells) = &row.cells else {
            self.is_broken = true;
            return;
        };
        let values: Vec<&str> = cells.iter().skip(1).map(str::trim).collect();
        let filled = values.iter().filter(|it| !it.is_empty()).count();
        if name.is_empty() {
            // Values without a name belong to nothing.
            self.is_broken |= filled > 0;
        } else if filled == 0 {
            self.record.push(name, "", row.line);
        } else {
            for value in values.iter().filter(|it| !it.is_empty()) {
                self.record.push(name, value, row.line);
            }
        }
    }

    fn finish(&mut self, found: &mut Found) {
        if self.is_broken {
            self.record.clear();
            let reason = "a row of it cannot be read: a quotation mark is never closed, or values have no name";
            found.quarantine(self.line, &self.text, reason);
        } else if !self.record.is_empty() {
            found.record(Format::Csv, &mut self.record);
        }
        self.text.clear();
        self.is_broken = false;
    }
}
