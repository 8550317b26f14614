//! `consil dedup DIR`: what is new beside the `duplicates.csv` of a review.

use std::path::Path;

use consilience_dedup::Answer;
use consilience_review::Reading;
use consilience_review::duplicates::{self, NewDuplicates};
use consilience_review::package::write_whole;
use serde_json::json;

use super::{Arguments, asked, explain, matching};
use crate::commands::build;
use crate::{Failed, printer};

pub(super) fn run(dir: &Path, arguments: &Arguments) -> Result<(), Failed> {
    if let Some(records) = &arguments.undo {
        return undo(dir, records);
    }
    let reading = build::read(dir)?;
    let ids: Vec<String> = reading.records.keys().cloned().collect();
    let records: Vec<&consilience_bib::Record> = reading.records.values().collect();
    let mut index = matching::compared(
        &records,
        arguments.threshold.unwrap_or_default(),
        arguments.checkpoint.as_deref(),
    )?;
    duplicates::tell(&reading, &mut index);
    if let Some(path) = &arguments.answers {
        asked::read(path, &ids, &mut index)?;
    }
    if let Some([a, b]) = arguments.explain.as_deref() {
        return explain(&index, &ids, a, b);
    }
    let answer = index.answer();
    let new = duplicates::new_duplicates(&reading, &index, &answer);
    super::contradictions(&ids, &answer);
    if let Some(path) = &arguments.ask_file {
        asked::write(&ids, &answer.ask, &index, path)?;
    }
    if arguments.write && !new.rows.is_empty() {
        write(dir, &new)?;
    }
    if arguments.json {
        printer::result(as_json(&reading, &ids, &answer, &new))
    } else {
        printer::result(in_words(&reading, &ids, &answer, &new, arguments))
    }
}

fn write(dir: &Path, new: &NewDuplicates) -> Result<(), Failed> {
    let path = dir.join(duplicates::FILE);
    let table = match fs_err::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(printer::failure(error)),
    };
    let bytes = duplicates::appended(table.as_deref(), &new.rows).map_err(printer::failure)?;
    write_whole(&path, &bytes).map_err(printer::failure)
}

/// Takes the rows out again that `--write` wrote, all or those of some records.
fn undo(dir: &Path, records: &[String]) -> Result<(), Failed> {
    let path = dir.join(duplicates::FILE);
    let table = fs_err::read(&path).map_err(printer::failure)?;
    let (bytes, n) = duplicates::without(&table, records).map_err(printer::failure)?;
    if n == 0 {
        return Err(printer::failure(format!(
            "{}: found no such row by the reviewer `{}`; nothing was changed",
            path.display(),
            duplicates::REVIEWER
        )));
    }
    write_whole(&path, &bytes).map_err(printer::failure)?;
    let rows = printer::counted(n, "row", "rows");
    printer::result(format!("{rows} taken out of {}", path.display()))
}

fn as_json(
    reading: &Reading,
    ids: &[String],
    answer: &Answer,
    new: &NewDuplicates,
) -> serde_json::Value {
    let row = |it: &consilience_review::vocabulary::records::Duplicate| {
        json!({
            "record": it.record,
            "duplicate_of": it.duplicate_of,
            "reason": it.reason,
            "citation": citation(reading, &it.record),
        })
    };
    json!({
        "records_read": ids.len(),
        "duplicates_known": reading.state.duplicates.len(),
        "duplicates_new": new.rows.iter().map(row).collect::<Vec<_>>(),
        "by_hand": new.by_hand,
        "ask": answer.ask.iter().map(|it| [&ids[it.a], &ids[it.b]]).collect::<Vec<_>>(),
    })
}

fn citation(reading: &Reading, id: &str) -> String {
    reading.records.get(id).map(consilience_bib::Record::citation).unwrap_or_default()
}

fn in_words(
    reading: &Reading,
    ids: &[String],
    answer: &Answer,
    new: &NewDuplicates,
    arguments: &Arguments,
) -> String {
    let mut lines = Vec::new();
    for group in new.rows.chunk_by(|a, b| a.duplicate_of == b.duplicate_of) {
        let kept = &group[0].duplicate_of;
        lines.push(format!("{kept}  {}", citation(reading, kept)));
        for it in group {
            lines.push(format!("  = {}  {}", it.record, citation(reading, &it.record)));
            lines.push(format!("    {}", it.reason.as_deref().unwrap_or_default()));
        }
    }
    for group in &new.by_hand {
        let records = group.join(", ");
        lines.push(format!("{records}: one report, but decided on for themselves; say in duplicates.csv which stands for it"));
    }
    let known = reading.state.duplicates.len();
    let n = new.rows.len();
    lines.push(format!(
        "{}, {} known, {n} new. To be looked at: {}.",
        printer::counted(ids.len(), "record", "records"),
        printer::counted(known, "duplicate", "duplicates"),
        printer::counted(answer.ask.len(), "pair", "pairs"),
    ));
    if n > 0 {
        lines.push(if arguments.write {
            format!("Written to {}; --undo takes them out again.", duplicates::FILE)
        } else {
            format!("--write writes them to {}.", duplicates::FILE)
        });
    }
    lines.join("\n")
}
