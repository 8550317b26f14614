//! The pairs that a person should look at, as a table; and what the person wrote into it.

use std::path::Path;

use consilience_dedup::{Index, Question};
use consilience_review::package::write_whole;

use crate::{Failed, printer};

/// Writes the questions; the column `answer` is for the person: `same` or `different`.
pub(super) fn write(
    ids: &[String],
    ask: &[Question],
    index: &Index,
    path: &Path,
) -> Result<(), Failed> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let columns = ["first", "second", "answer", "probability", "reasons"];
    table.write_record(columns).map_err(printer::failure)?;
    for it in ask {
        let reasons: Vec<String> = index
            .explain(it.a, it.b)
            .reasons
            .into_iter()
            .filter(|reason| reason.weight != 0.0)
            .map(|reason| format!("{}: {}", reason.field, reason.words))
            .collect();
        let (probability, reasons) = (format!("{:.4}", it.probability), reasons.join("; "));
        table
            .write_record([&ids[it.a], &ids[it.b], "", &probability, &reasons])
            .map_err(printer::failure)?;
    }
    let bytes = table.into_inner().map_err(|error| printer::failure(error.error()))?;
    write_whole(path, &bytes).map_err(printer::failure)
}

/// Tells the index what a person answered; rows without an answer are still open. Returns how many answers there are.
pub(super) fn read(path: &Path, ids: &[String], index: &mut Index) -> Result<usize, Failed> {
    let shown = path.display();
    let bytes = fs_err::read(path).map_err(printer::failure)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
    let header = reader.headers().map_err(printer::failure)?.clone();
    let column = |name: &str| {
        let found = header.iter().position(|it| it.trim_start_matches('\u{feff}').trim() == name);
        found.ok_or_else(|| {
            printer::failure(format!(
                "{shown}: found no column `{name}`, expected first, second and answer, as --ask-file writes them"
            ))
        })
    };
    let (first, second, answer) = (column("first")?, column("second")?, column("answer")?);
    let places: std::collections::BTreeMap<&str, usize> =
        ids.iter().enumerate().map(|(i, id)| (id.as_str(), i)).collect();
    let mut n_answers = 0;
    for row in reader.records() {
        let row = row.map_err(printer::failure)?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |column: usize| row.get(column).unwrap_or("").trim();
        let record = |column: usize| {
            places.get(cell(column)).copied().ok_or_else(|| {
                printer::failure(format!(
                    "{shown}:{line}: found no record `{}`, expected the id of one",
                    cell(column)
                ))
            })
        };
        match cell(answer).to_ascii_lowercase().as_str() {
            "" => continue,
            "same" => index.must_join(record(first)?, record(second)?),
            "different" => index.must_not_join(record(first)?, record(second)?),
            other => {
                return Err(printer::failure(format!(
                    "{shown}:{line}: found the answer `{other}`, expected same, different, or nothing"
                )));
            }
        }
        n_answers += 1;
    }
    Ok(n_answers)
}
