//! CSV tables with the place of every cell.

use crate::cells::{Cell, Row};
use crate::diagnostic::{Diagnostic, Place, nearest};

/// What a table must and may have as columns.
pub(crate) struct Columns<'a> {
    /// Without these nothing can be read.
    pub(crate) required: &'a [&'a str],
    /// All that have a meaning.
    pub(crate) known: &'a [&'a str],
    /// Whether other columns are kept.
    pub(crate) others_allowed: bool,
}

/// How a ZIP file begins, which every workbook (XLSX, ODS) is.
const ZIP: &[u8] = b"PK\x03\x04";

/// A table that was read.
pub(crate) struct Table {
    /// The columns' names.
    pub(crate) names: Vec<String>,
    /// A row for each line with anything in it.
    pub(crate) rows: Vec<Row>,
    /// The lines with more cells than there are columns, which is reported: every cell is a list of what may have
    /// been meant, because nobody knows which comma is not a separator.
    pub(crate) torn: Vec<Row>,
}

/// Reads a table. `None` when no row can be made out at all.
pub(crate) fn read_table(
    file: &str,
    bytes: &[u8],
    columns: &Columns,
    problems: &mut Vec<Diagnostic>,
) -> Option<Table> {
    if bytes.starts_with(ZIP) {
        problems.push(
            Diagnostic::error(Place::file(file))
                .found("a workbook, as spreadsheets save it")
                .expected("comma-separated values in UTF-8")
                .help("open it and save the sheet as `CSV UTF-8`"),
        );
        return None;
    }
    let text = decode(file, bytes, problems)?;
    let records = split(file, text, problems)?;
    let mut records = records.into_iter();
    let header = records.next().filter(|it| it.cells.iter().any(|cell| !cell.text.is_empty()));
    let Some(header) = header else {
        let expected = match columns.required {
            [] => "a header and a row for each study".to_owned(),
            required => format!("a header with the columns {}", required.join(", ")),
        };
        problems.push(
            Diagnostic::error(Place::file(file))
                .found("an empty file")
                .expected(expected)
                .help("add the header, or delete the file"),
        );
        return None;
    };
    let names: Vec<String> = header.cells.iter().map(|it| it.text.trim().to_owned()).collect();
    let names = check_header(file, text, &header, names, columns, problems)?;
    let mut table = Table { names, rows: Vec::new(), torn: Vec::new() };
    let is_blank = |it: &RawRecord| it.cells.iter().all(|cell| cell.text.trim().is_empty());
    for record in records.filter(|it| !is_blank(it)) {
        let surplus = record.cells.iter().skip(table.names.len());
        if surplus.clone().all(|cell| cell.text.trim().is_empty()) {
            table.rows.push(row(&table.names, &record));
        } else {
            problems.push(
                Diagnostic::error(record.place.clone())
                    .found(format!("{} cells", record.cells.len()))
                    .expected(format!("{}, as the header of {file} has", table.names.len()))
                    .help("put a cell that contains a comma in quotation marks"),
            );
            table.torn.push(torn(&table.names, &record));
        }
    }
    Some(table)
}

/// The text of a file, which must be UTF-8; a byte order mark is passed over.
pub(crate) fn decode<'a>(
    file: &str,
    bytes: &'a [u8],
    problems: &mut Vec<Diagnostic>,
) -> Option<&'a str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let place = Place::at_offset(file, &before, before.len());
            let found = if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
                "UTF-16 text".to_owned()
            } else {
                format!("the byte 0x{:02X}, which is not UTF-8", bytes[error.valid_up_to()])
            };
            problems.push(
                Diagnostic::error(place)
                    .found(found)
                    .expected("text in UTF-8")
                    .help("save the file as UTF-8 (in Excel: `CSV UTF-8`)"),
            );
            None
        }
    }
}

struct RawCell {
    text: String,
    place: Place,
}

struct RawRecord {
    place: Place,
    cells: Vec<RawCell>,
}

/// Splits a text into records and cells, each with its place.
fn split(file: &str, text: &str, problems: &mut Vec<Diagnostic>) -> Option<Vec<RawRecord>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = Vec::new();
    let mut line = 1;
    let mut seen = 0;
    for record in reader.records() {
        let Ok(record) = record else { continue };
        let mut start = record.position().map_or(0, csv::Position::byte);
        // The reader's position may stand on blank lines before the record.
        let bytes = text.as_bytes();
        let at = |offset: u64| usize::try_from(offset).ok().and_then(|it| bytes.get(it)).copied();
        while matches!(at(start), Some(b'\n' | b'\r')) {
            start += 1;
        }
        let start = usize::try_from(start).unwrap_or(0);
        line += text[seen..start].matches('\n').count();
        seen = start;
        let Some(offsets) = cell_offsets(&text[start..], record.len()) else {
            problems.push(
                Diagnostic::error(Place::spot(file, line, 1))
                    .found("a quotation mark that is never closed")
                    .expected("`\"` at the end of the cell")
                    .help("close it, or write `\"\"` for a quotation mark inside a cell"),
            );
            return None;
        };
        let cells = record
            .iter()
            .zip(offsets)
            .map(|(cell, offset)| {
                let before = &text[start..start + offset];
                let inner_line = line + before.matches('\n').count();
                let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
                RawCell { text: cell.to_owned(), place: Place::spot(file, inner_line, column) }
            })
            .collect();
        records.push(RawRecord { place: Place::spot(file, line, 1), cells });
    }
    Some(records)
}

/// Where each cell of a record starts, in bytes; `None` when a quotation mark is not closed.
fn cell_offsets(text: &str, n_cells: usize) -> Option<Vec<usize>> {
    let bytes = text.as_bytes();
    let mut offsets = vec![0];
    let mut quoted = false;
    let mut at_start = true;
    for (i, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' if at_start || quoted => quoted = !quoted,
            // A doubled mark inside a quoted cell closes and opens again.
            b'"' if bytes[i - 1] == b'"' => quoted = true,
            b',' if !quoted => {
                offsets.push(i + 1);
                at_start = true;
                continue;
            }
            b'\n' if !quoted => break,
            _ => {}
        }
        at_start = false;
    }
    offsets.truncate(n_cells);
    (!quoted).then_some(offsets)
}

fn check_header(
    file: &str,
    text: &str,
    header: &RawRecord,
    mut names: Vec<String>,
    columns: &Columns,
    problems: &mut Vec<Diagnostic>,
) -> Option<Vec<String>> {
    let first_line = text.lines().next().unwrap_or("");
    if names.len() == 1 && first_line.contains([';', '\t']) {
        problems.push(
            Diagnostic::error(Place::spot(file, 1, 1))
                .found("columns separated by `;` or tabs")
                .expected("columns separated by `,`")
                .help("save the file as comma-separated values"),
        );
        return None;
    }
    for i in 0..names.len() {
        let (name, place) = (names[i].clone(), header.cells[i].place.clone());
        if name.is_empty() {
            continue;
        }
        if names[..i].contains(&name) {
            problems.push(
                Diagnostic::error(place)
                    .found(format!("the column `{name}` a second time"))
                    .expected("each column once")
                    .help("remove or rename one"),
            );
            // Read on as if it were not there.
            names[i].clear();
        } else if !columns.others_allowed && !columns.known.contains(&name.as_str()) {
            let near = nearest(&name, columns.known.iter().copied());
            let help =
                near.map_or("rename or remove it".to_owned(), |it| format!("did you mean `{it}`?"));
            problems.push(
                Diagnostic::error(place)
                    .found(format!("the unknown column `{name}`"))
                    .expected(format!("one of: {}", columns.known.join(", ")))
                    .help(help),
            );
            // Read on as if it were meant: one misspelt column is one message, not one for each row.
            if let Some(near) = near.filter(|it| !names.iter().any(|name| name == it)) {
                near.clone_into(&mut names[i]);
            }
        }
    }
    let missing: Vec<&str> = columns
        .required
        .iter()
        .copied()
        .filter(|it| !names.iter().any(|name| name == it))
        .collect();
    for name in &missing {
        let near = nearest(name, names.iter().map(String::as_str));
        let help = match near {
            Some(near) => format!("is `{near}` meant? Then rename it"),
            None => format!("add the column `{name}`"),
        };
        problems.push(
            Diagnostic::error(Place::spot(file, 1, 1))
                .found(format!("no column `{name}`"))
                .expected(format!("the columns {}", columns.required.join(", ")))
                .help(help),
        );
    }
    missing.is_empty().then_some(names)
}

fn row(names: &[String], record: &RawRecord) -> Row {
    let mut row = Row::new(record.place.clone());
    for (name, cell) in names.iter().zip(&record.cells) {
        if !name.is_empty() {
            row.insert(name, Cell::Text(cell.text.clone()), cell.place.clone().named(name));
        }
    }
    row
}

/// Each column's cell may be any of those that the surplus ones may have pushed to the right, alone or joined by
/// the commas that stand between them.
fn torn(names: &[String], record: &RawRecord) -> Row {
    const MOST: usize = 4;
    let surplus = (record.cells.len() - names.len()).min(MOST);
    let mut row = Row::new(record.place.clone());
    for (i, name) in names.iter().enumerate() {
        let texts: Vec<&str> =
            record.cells[i..=i + surplus].iter().map(|it| it.text.as_str()).collect();
        let runs = (0..=surplus).flat_map(|from| (from..=surplus).map(move |to| (from, to)));
        let readings = runs.map(|(from, to)| texts[from..=to].join(",").trim().to_owned());
        row.insert(name, Cell::List(readings.collect()), record.place.clone());
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_knows_its_place_even_after_quoted_line_breaks() {
        let columns = Columns { required: &["a", "b"], known: &["a", "b"], others_allowed: false };
        let mut problems = Vec::new();
        let text = "a,b\n\"one\ntwo, \"\"three\"\"\",x\n\n,\ny,z\n";
        let table = read_table("t.csv", text.as_bytes(), &columns, &mut problems).unwrap();
        assert!(problems.is_empty());
        let places: Vec<String> =
            table.rows.iter().map(|it| it.place_of("b").to_string()).collect();
        assert_eq!(places, ["t.csv:3:17 (b)", "t.csv:6:3 (b)"]);
    }
}
