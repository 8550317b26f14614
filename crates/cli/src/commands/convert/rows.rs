//! A conversion of every row of a table.

use std::path::Path;

use consilience_review::conversion::{catalogue, convert};
use serde_json::json;

use super::as_json;
use crate::{Failed, printer};

/// A table's header and rows, each with its line.
pub(super) struct Rows {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<(u64, Vec<String>)>,
}

impl Rows {
    /// Reads a table of comma-separated values.
    pub(super) fn read(file: &Path) -> Result<Self, Failed> {
        let bytes = fs_err::read(file).map_err(|error| {
            printer::failure(format!("{error}; expected a table of comma-separated values"))
        })?;
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
        let wrong = |error: csv::Error| printer::failure(format!("{}: {error}", file.display()));
        let header = reader
            .headers()
            .map_err(wrong)?
            .iter()
            .map(|it| it.trim_start_matches('\u{feff}').to_owned())
            .collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(wrong)?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push((line, record.iter().map(str::to_owned).collect()));
        }
        Ok(Self { header, rows })
    }

    /// The numbers of a column with their lines.
    pub(super) fn numbers(&self, file: &Path, column: &str) -> Result<Option<Vec<f64>>, Failed> {
        let Some(at) = self.header.iter().position(|it| it == column) else { return Ok(None) };
        let number = |(line, cells): &(u64, Vec<String>)| {
            let text = cells.get(at).map_or("", String::as_str);
            text.parse::<f64>().ok().filter(|it| it.is_finite()).ok_or_else(|| {
                let place = format!("{}, line {line}, column {column}", file.display());
                printer::failure(format!("{place}: found `{text}`; expected a number such as 12.5"))
            })
        };
        self.rows.iter().map(number).collect::<Result<_, _>>().map(Some)
    }
}

pub(super) fn run(
    name: &str,
    file: &Path,
    for_all: &[(String, String)],
    as_json_lines: bool,
) -> Result<(), Failed> {
    let table = Rows::read(file)?;
    let Some(conversion) = catalogue().find(|it| it.name == name) else {
        return Err(printer::failure(
            convert(name, &[]).map_or_else(|it| it.to_string(), |_| String::new()),
        ));
    };
    let takes: Vec<usize> = (0..table.header.len())
        .filter(|&i| conversion.inputs.iter().any(|it| it.name == table.header[i]))
        .collect();
    let mut converted = Vec::new();
    let mut n_wrong = 0;
    for (line, cells) in &table.rows {
        let of_row = takes.iter().map(|&i| (table.header[i].clone(), cells[i].clone()));
        let given: Vec<(String, String)> = of_row.chain(for_all.iter().cloned()).collect();
        match convert(name, &given) {
            Ok(it) => converted.push((cells, it)),
            Err(error) => {
                printer::failure(format!("{}, line {line}: {error}", file.display()));
                n_wrong += 1;
            }
        }
    }
    if n_wrong > 0 {
        let rows = printer::counted(n_wrong, "row", "rows");
        return Err(printer::failure(format!("{rows} could not be converted; nothing is printed")));
    }
    if as_json_lines {
        let all: Vec<_> = converted.iter().map(|it| as_json(&it.1)).collect();
        return printer::result(json!(all));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: Vec<String>| writer.write_record(cells).map_err(printer::failure);
    for (i, (cells, it)) in converted.iter().enumerate() {
        if i == 0 {
            let outputs = it.outputs.iter().map(|it| it.name.to_owned());
            write(
                table
                    .header
                    .iter()
                    .cloned()
                    .chain(outputs)
                    .chain(["conversion".to_owned()])
                    .collect(),
            )?;
        }
        let outputs = it.outputs.iter().map(|it| it.value.to_string());
        write(cells.iter().cloned().chain(outputs).chain([name.to_owned()]).collect())?;
    }
    writer.flush().map_err(printer::failure)?;
    let bytes = writer.into_inner().map_err(printer::failure)?;
    printer::result(String::from_utf8_lossy(&bytes).trim_end())
}
