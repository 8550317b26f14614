//! Columns of a CSV file, read as a stream: nothing of the text is kept.

use std::path::Path;

use consilience_review::{Diagnostic, Place};
use csv::{ByteRecord, Reader, ReaderBuilder, Trim};

use super::{Data, Wanted, cannot_read};

/// How spreadsheets, R and Stata write a number that is not known.
const MISSING: [&[u8]; 6] = [b"", b"NA", b"NaN", b".", b"-", b"null"];
/// The mark with which some programs begin UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

pub(super) fn names(path: &Path, name: &str) -> Result<Vec<String>, Diagnostic> {
    let mut reader = open(path, name)?;
    let header = reader.headers().map_err(|error| cannot_read(name, &error))?;
    Ok(header.iter().map(|it| it.trim_start_matches(BYTE_ORDER_MARK).to_owned()).collect())
}

pub(super) fn read(path: &Path, name: &str, wanted: &Wanted) -> Result<Data, Diagnostic> {
    let names = names(path, name)?;
    let position = |column: &str| {
        names.iter().position(|it| it == column).ok_or_else(|| {
            Diagnostic::error(Place::spot(name, 1, 1))
                .found(format!("the columns {}", names.join(", ")))
                .expected(format!("a column `{column}`"))
                .help("correct the name")
        })
    };
    let group = position(wanted.group)?;
    let positions: Vec<usize> =
        wanted.numbers.iter().map(|it| position(it)).collect::<Result<_, _>>()?;
    let mut data = Data::new(positions.len());
    let mut reader = open(path, name)?;
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| cannot_read(name, &error))? {
        let line = || {
            let line = record.position().map_or(0, csv::Position::line);
            usize::try_from(line).unwrap_or(usize::MAX)
        };
        if record.len() != names.len() {
            return Err(Diagnostic::error(Place::spot(name, line(), 1))
                .found(format!("{} cells", record.len()))
                .expected(format!("{}, as the header has", names.len()))
                .help("put a cell that contains a comma in quotation marks"));
        }
        for (values, &column) in data.numbers.iter_mut().zip(&positions) {
            let cell = &record[column];
            values.push(number(cell).ok_or_else(|| {
                Diagnostic::error(Place::spot(name, line(), column + 1).named(&names[column]))
                    .found(format!("`{}`", String::from_utf8_lossy(cell)))
                    .expected("a number such as 12.5, or an empty cell")
                    .help("correct the cell")
            })?);
        }
        let label = std::str::from_utf8(&record[group]).map_err(|_| {
            Diagnostic::error(Place::spot(name, line(), group + 1).named(&names[group]))
                .found(format!("`{}`", String::from_utf8_lossy(&record[group])))
                .expected("text in UTF-8")
                .help("save the file as UTF-8")
        })?;
        data.groups.push(label);
    }
    Ok(data)
}

fn open(path: &Path, name: &str) -> Result<Reader<fs_err::File>, Diagnostic> {
    let file = fs_err::File::open(path).map_err(|error| cannot_read(name, &error))?;
    let mut builder = ReaderBuilder::new();
    Ok(builder.flexible(true).trim(Trim::All).buffer_capacity(1 << 18).from_reader(file))
}

/// The number of a cell, NaN where it is missing; `None` for what is neither.
fn number(cell: &[u8]) -> Option<f64> {
    if MISSING.contains(&cell) {
        return Some(f64::NAN);
    }
    let value: f64 = std::str::from_utf8(cell).ok()?.parse().ok()?;
    value.is_finite().then_some(value)
}
