//! Tables with a header line, separated by commas, semicolons, tabs or bars. (Those with a row for each field are
//! [`crate::embase_rows`]'s.)
//!
//! A row whose number of cells is not the header's is set aside, for its cells cannot be told apart;
//! empty cells beyond the last column are dropped.

use std::collections::BTreeMap;

use ::csv::{ReaderBuilder, StringRecord};

use crate::embase_rows::EmbaseRows;
use crate::lines::lines;
use crate::names;
use crate::syntax::{Found, Part, Place, Syntax};
use crate::{Format, Options, RecordBuilder};

/// Whether a text is such a table: its header names a title, or the file's name says so and there is
/// any header.
pub(crate) fn is_table(text: &str, named_so: bool) -> bool {
    let head = Part { text: first_lines(text), line: 1, is_last: true };
    let Some(header) = rows(head, separator(text)).0.into_iter().next() else { return false };
    let Some(columns) = header.cells else { return false };
    let has_title = columns.iter().any(names::is_title_column);
    let is_markup = header.text.starts_with(['<', '{', '@', '%']);
    (has_title && columns.len() > 1) || (named_so && !is_markup)
}

/// The reader of tables.
#[derive(Debug)]
pub(crate) struct Csv {
    /// What columns hold whose names do not tell.
    mapping: BTreeMap<String, String>,
    table: Option<Table>,
    by_rows: Option<EmbaseRows>,
    record: RecordBuilder,
}

/// What the header tells.
#[derive(Debug)]
struct Table {
    separator: u8,
    columns: Vec<String>,
}

impl Csv {
    pub(crate) fn new(options: &Options) -> Self {
        let mapping = options.columns.clone();
        Self { mapping, table: None, by_rows: None, record: RecordBuilder::default() }
    }
}

impl Syntax for Csv {
    fn read(&mut self, part: Part<'_>, found: &mut Found) -> Place {
        if self.table.is_none() && self.by_rows.is_none() {
            let head = Part { text: first_lines(part.text), line: 1, is_last: true };
            self.by_rows = EmbaseRows::of(head);
        }
        if let Some(by_rows) = &mut self.by_rows {
            return by_rows.read(part, found);
        }
        let separator = self.table.as_ref().map_or_else(|| separator(part.text), |it| it.separator);
        let (rows, end) = rows(part, separator);
        let mut rows = rows.into_iter();
        if self.table.is_none() {
            let Some(header) = rows.next() else { return end };
            let columns = self.columns(&header, found);
            self.table = Some(Table { separator, columns });
        }
        for row in rows {
            self.row(&row, found);
        }
        end
    }
}

impl Csv {
    /// The names of the columns, or what they are said to hold.
    fn columns(&self, header: &Row<'_>, found: &mut Found) -> Vec<String> {
        let named: Vec<_> = header.cells.iter().flatten().map(str::trim).collect();
        for column in self.mapping.keys().filter(|it| !named.contains(&it.trim())) {
            let columns = named.join(", ");
            let message = format!("there is no column `{column}`; the columns are {columns}");
            found.problem(header.line, message);
        }
        let meant = |column: &str| {
            let said = self.mapping.iter().find(|(name, _)| name.trim() == column);
            said.map_or(column, |(_, what)| what.as_str()).to_owned()
        };
        let columns: Vec<_> = named.iter().map(|column| meant(column)).collect();
        if !columns.iter().any(|column| names::is_title_column(column)) {
            let columns = columns.join(", ");
            let message = format!("no column is known to hold titles; the columns are {columns}");
            found.problem(header.line, message);
        }
        columns
    }

    fn row(&mut self, row: &Row<'_>, found: &mut Found) {
        let columns = self.table.as_ref().map_or(&[][..], |table| &table.columns);
        let Some(cells) = &row.cells else {
            found.quarantine(row.line, row.text, "a quotation mark is never closed");
            return;
        };
        let Some(last) = (0..cells.len()).rfind(|i| !cells[*i].trim().is_empty()) else { return };
        if cells.len() < columns.len() || last >= columns.len() {
            let (n, expected) = (cells.len(), columns.len());
            found.quarantine(row.line, row.text, format!("{n} cells under {expected} columns"));
        } else {
            for (column, cell) in columns.iter().zip(cells) {
                self.record.push(column, cell.trim(), row.line);
            }
            found.record(Format::Csv, &mut self.record);
        }
    }
}

/// As much of a text as a header line may take.
fn first_lines(text: &str) -> &str {
    let end = lines(text).take(50).last().map_or(0, |line| line.start + line.text.len());
    &text[..end]
}

/// The separator that the first line with text has most of.
fn separator(text: &str) -> u8 {
    let header = lines(text).find(|line| !line.is_blank()).map_or("", |line| line.text);
    let count = |separator: u8| header.bytes().filter(|b| *b == separator).count();
    // Of equals the last wins, so a header without any is a single column of a comma table.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// A row that is not a blank line.
pub(crate) struct Row<'a> {
    pub(crate) line: u32,
    /// The row as in the file, without its end.
    pub(crate) text: &'a str,
    /// `None` if it opens a quotation that the file never closes.
    pub(crate) cells: Option<StringRecord>,
}

/// The rows of a table that are whole, and the place after them. A quotation mark that is never closed would
/// swallow the rest of the file: it costs the line it is on.
pub(crate) fn rows(part: Part<'_>, separator: u8) -> (Vec<Row<'_>>, Place) {
    let text = part.text;
    let mut rows = Vec::new();
    let mut next = part.start();
    loop {
        let begin = next.byte;
        let mut reader = reader(&text[begin..], separator);
        let mut cells = StringRecord::new();
        let mut unclosed = false;
        while !unclosed && reader.read_record(&mut cells).is_ok_and(|more| more) {
            let consumed = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            let end = after_line_end(text, begin.saturating_add(consumed).min(text.len()));
            if end == text.len() && !part.is_last {
                // The row may go on.
                return (rows, next);
            }
            let start = next.to(text, start_of_text(text, next.byte, end));
            unclosed = end == text.len() && swallows_lines(&text[start.byte..]);
            let end = if unclosed { end_of_line(text, start.byte) } else { end };
            let row = text[start.byte..end].trim_end_matches(LINE_ENDS);
            let cells = (!unclosed).then(|| cells.clone());
            rows.push(Row { line: start.line, text: row, cells });
            next = start.to(text, end);
        }
        if !unclosed {
            return (rows, next);
        }
    }
}

fn reader(text: &str, separator: u8) -> ::csv::Reader<&[u8]> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes())
}

const LINE_ENDS: [char; 2] = ['\r', '\n'];

/// The byte after a line end that the reader has left half read.
fn after_line_end(text: &str, byte: usize) -> usize {
    let half = text[..byte].ends_with('\r') && text[byte..].starts_with('\n');
    byte + usize::from(half)
}

fn start_of_text(text: &str, from: usize, to: usize) -> usize {
    let row = &text[from..to];
    from + row.len() - row.trim_start_matches(LINE_ENDS).len()
}

fn end_of_line(text: &str, from: usize) -> usize {
    let length = text[from..].find(LINE_ENDS);
    length.map_or(text.len(), |length| from + length)
}

/// Whether a last row of several lines leaves a quotation open.
fn swallows_lines(row: &str) -> bool {
    row.trim_end_matches(LINE_ENDS).contains(LINE_ENDS) && row.matches('"').count() % 2 == 1
}
