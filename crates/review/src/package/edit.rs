//! Rows added to a table that people edit, and taken out of it: what is not meant stays as it was, byte for byte.

use std::collections::BTreeMap;

/// A row to add: cells by column.
pub(crate) type NewRow<'a> = BTreeMap<&'static str, &'a str>;

/// A table with these rows at its end. Cells of columns that the table does not have are left out; a new table has the columns
/// given.
///
/// # Errors
/// If the table's header cannot be read.
pub(crate) fn appended(
    table: Option<&[u8]>,
    columns: &[&str],
    rows: &[NewRow<'_>],
) -> Result<Vec<u8>, csv::Error> {
    let table = table.filter(|it| !it.trim_ascii().is_empty());
    let mut bytes = table.unwrap_or_default().to_vec();
    let columns: Vec<String> = match table {
        None => columns.iter().map(|it| (*it).to_owned()).collect(),
        Some(table) => {
            let header = csv::Reader::from_reader(table).headers()?.clone();
            header.iter().map(|it| bare(it).to_owned()).collect()
        }
    };
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    let is_crlf = bytes.windows(2).any(|it| it == b"\r\n");
    let line_end = if is_crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut writer = csv::WriterBuilder::new().terminator(line_end).from_writer(bytes);
    if table.is_none() {
        writer.write_record(&columns)?;
    }
    for row in rows {
        let cell = |column: &String| row.get(column.as_str()).copied().unwrap_or_default();
        writer.write_record(columns.iter().map(cell))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A table without the rows that are meant, told by their cells; and how many rows that were.
///
/// # Errors
/// If it cannot be read as a table.
pub(crate) fn without(
    table: &[u8],
    is_meant: impl Fn(&dyn Fn(&str) -> String) -> bool,
) -> Result<(Vec<u8>, usize), csv::Error> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(table);
    let header = reader.headers()?.clone();
    // Of a line end of two characters the reader may have read but the first.
    let at = |place: u64| {
        let place = usize::try_from(place).unwrap_or(usize::MAX).min(table.len());
        let is_half = table[..place].ends_with(b"\r") && table[place..].starts_with(b"\n");
        place + usize::from(is_half)
    };
    let mut start = at(reader.position().byte());
    let mut kept = table[..start].to_vec();
    let mut n_removed = 0;
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row)? {
        let end = at(reader.position().byte());
        let cell = |column: &str| {
            let place = header.iter().position(|it| bare(it) == column);
            place.and_then(|it| row.get(it)).unwrap_or_default().trim().to_owned()
        };
        if is_meant(&cell) {
            n_removed += 1;
        } else {
            kept.extend(&table[start..end]);
        }
        start = end;
    }
    kept.extend(&table[start..]);
    Ok((kept, n_removed))
}

/// The name of a column without what spreadsheets put before the first.
fn bare(column: &str) -> &str {
    column.trim_start_matches('\u{feff}').trim()
}
