//! Tables with a header line, separated by commas, semicolons or tabs.
//!
//! A row whose number of cells is not the header's is set aside, for its cells cannot be told apart;
//! empty cells beyond the last column are dropped.

use ::csv::{ReaderBuilder, StringRecord};

use crate::lines::lines;
use crate::names;
use crate::syntax::{Found, Part, Place as Spot, Syntax};
use crate::{Format, Options, RecordBuilder};

/// Whether a text is such a table: its header names a title, or the file's name says so and there is
/// any header.
pub(crate) fn is_table(text: &str, named_so: bool) -> bool {
    let Some(header) = rows(first_lines(text), separator(text)).into_iter().next() else {
        return false;
    };
    let Some(columns) = header.cells else { return false };
    let has_title = columns.iter().any(names::is_title_column);
    let is_markup = header.text.starts_with(['<', '{', '@', '%']);
    (has_title && columns.len() > 1) || (named_so && !is_markup)
}

/// The reader of tables.
#[derive(Debug)]
pub(crate) struct Csv;

impl Csv {
    pub(crate) fn new(_options: &Options) -> Self {
        Self
    }
}

impl Syntax for Csv {
    fn read(&mut self, part: Part<'_>, found: &mut Found) -> Spot {
        if part.is_last {
            read(part.text, found);
        }
        part.start()
    }
}

fn read(text: &str, found: &mut Found) {
    let mut rows = rows(text, separator(text)).into_iter();
    let Some(header) = rows.next() else { return };
    let columns: Vec<_> = header.cells.iter().flatten().map(str::trim).collect();
    if !columns.iter().any(|column| names::is_title_column(column)) {
        let columns = columns.join(", ");
        let message = format!("no column is known to hold titles; the columns are {columns}");
        found.problem(header.line, message);
    }
    let mut record = RecordBuilder::default();
    for row in rows {
        let Some(cells) = &row.cells else {
            found.quarantine(row.line, row.text, "a quotation mark is never closed");
            continue;
        };
        let Some(last) = (0..cells.len()).rfind(|i| !cells[*i].trim().is_empty()) else { continue };
        if cells.len() < columns.len() || last >= columns.len() {
            let (n, expected) = (cells.len(), columns.len());
            found.quarantine(row.line, row.text, format!("{n} cells under {expected} columns"));
        } else {
            for (column, cell) in columns.iter().zip(cells) {
                record.push(column, cell.trim(), row.line);
            }
            found.record(Format::Csv, &mut record);
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
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// A row that is not a blank line.
struct Row<'a> {
    line: u32,
    /// The row as in the file, without its end.
    text: &'a str,
    /// `None` if it opens a quotation that the file never closes.
    cells: Option<StringRecord>,
}

/// The rows of a table. A quotation mark that is never closed would swallow the rest of the file: it
/// costs the line it is on.
fn rows(text: &str, separator: u8) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut next = Place { byte: 0, line: 1 };
    loop {
        let begin = next.byte;
        let mut reader = reader(&text[begin..], separator);
        let mut cells = StringRecord::new();
        let mut unclosed = false;
        while !unclosed && reader.read_record(&mut cells).is_ok_and(|more| more) {
            let consumed = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            let end = after_line_end(text, begin.saturating_add(consumed).min(text.len()));
            let start = next.past(text, start_of_text(text, next.byte, end));
            unclosed = end == text.len() && swallows_lines(&text[start.byte..]);
            let end = if unclosed { end_of_line(text, start.byte) } else { end };
            let row = text[start.byte..end].trim_end_matches(LINE_ENDS);
            let cells = (!unclosed).then(|| cells.clone());
            rows.push(Row { line: start.line, text: row, cells });
            next = start.past(text, end);
        }
        if !unclosed {
            return rows;
        }
    }
}

fn reader(text: &str, separator: u8) -> ::csv::Reader<&[u8]> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes())
}

const LINE_ENDS: [char; 2] = ['\r', '\n'];

#[derive(Clone, Copy)]
struct Place {
    byte: usize,
    line: u32,
}

impl Place {
    /// The place of a later byte, which is not between the CR and the LF of a line end.
    fn past(self, text: &str, byte: usize) -> Self {
        let passed = &text[self.byte..byte];
        let lines = lines(passed).count();
        let passed = if passed.ends_with(LINE_ENDS) { lines } else { lines.saturating_sub(1) };
        Self { byte, line: self.line.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX)) }
    }
}

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
