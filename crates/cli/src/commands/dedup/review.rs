//! `consil dedup DIR`: what is new beside the `duplicates.csv` of a review.

use std::path::Path;

use consilience_dedup::Answer;
use consilience_review::duplicates::{self, NewDuplicates};
use consilience_review::package::write_whole;
use consilience_review::vocabulary::records::PairJudgement;
use consilience_review::{Attributed, Keyword, Reading, pairs};
use serde_json::json;

use super::{Arguments, asked, explain, matching, studies};
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
    let mut said = pairs::said_of_studies(&reading);
    let mut answers = Vec::new();
    if let Some(path) = &arguments.answers {
        let given = asked::read(path)?;
        asked::follow(&given, path, &ids, &mut index, &mut said)?;
        answers = pairs::new_pairs(&reading, given)
            .map_err(|(new, there)| contradicts(path, &new, &there))?;
    }
    if let Some([a, b]) = arguments.explain.as_deref() {
        return explain(&index, &ids, a, b);
    }
    let answer = index.answer();
    let new = duplicates::new_duplicates(&reading, &index, &answer);
    super::contradictions(&ids, &answer);
    let standing = studies::standing_first(&answer.groups, |group| {
        let is_standing = |it: &&usize| !reading.state.duplicates.contains_key(&ids[**it]);
        group.iter().find(is_standing).or(group.first()).copied().unwrap_or_default()
    });
    let studies = consilience_dedup::suggest_studies(&records, &standing, &said);
    if let Some(path) = &arguments.ask_file {
        asked::write(&ids, &answer, &studies, &index, path)?;
    }
    if arguments.write {
        write(dir, &new, &answers)?;
    }
    if arguments.json {
        let mut json = as_json(&reading, &ids, &answer, &new);
        json["studies"] = studies::as_json(&ids, &studies);
        printer::result(json)
    } else {
        let citation = |record: usize| records[record].citation();
        let studies = studies::in_words(&ids, &studies, citation, arguments.studies);
        let mut text = vec![in_words(&reading, &ids, &answer, &new, arguments)];
        if !answers.is_empty() {
            let answers = printer::counted(answers.len(), "new answer", "new answers");
            let where_to =
                if arguments.write { "written to" } else { "not kept: --write writes them to" };
            text.push(format!("{answers}, {where_to} {}.", pairs::FILE));
        }
        printer::result([text.join("\n"), studies].concat())
    }
}

/// An answer against one that the review has.
fn contradicts(path: &Path, new: &PairJudgement, there: &PairJudgement) -> Failed {
    let PairJudgement { first, second, question, .. } = there;
    printer::failure(format!(
        "{}: found `{}` for `{first}` and `{second}` ({}), expected `{}` as in {}; `--undo {first} {second}` takes that out",
        path.display(),
        new.answer.name(),
        question.name(),
        there.answer.name(),
        pairs::FILE
    ))
}

/// Adds rows to the tables of the review. What a person said comes first: duplicates follow from it.
fn write(
    dir: &Path,
    new: &NewDuplicates,
    answers: &[Attributed<PairJudgement>],
) -> Result<(), Failed> {
    if !answers.is_empty() {
        let path = dir.join(pairs::FILE);
        let bytes = pairs::appended(table(&path)?.as_deref(), answers).map_err(printer::failure)?;
        write_whole(&path, &bytes).map_err(printer::failure)?;
    }
    if !new.rows.is_empty() {
        let path = dir.join(duplicates::FILE);
        let bytes = duplicates::appended(table(&path)?.as_deref(), &new.rows);
        write_whole(&path, &bytes.map_err(printer::failure)?).map_err(printer::failure)?;
    }
    Ok(())
}

/// A table of the review, if there is one.
fn table(path: &Path) -> Result<Option<Vec<u8>>, Failed> {
    match fs_err::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(printer::failure(error)),
    }
}

/// Takes the rows out again that `--write` wrote, all or those of some records; of two records, what was said of them, too.
fn undo(dir: &Path, records: &[String]) -> Result<(), Failed> {
    type Without = fn(&[u8], &[String]) -> Result<(Vec<u8>, usize), csv::Error>;
    let tables: [(&str, Without); 2] =
        [(duplicates::FILE, duplicates::without), (pairs::FILE, pairs::without)];
    let mut taken_out = Vec::new();
    for (file, without) in tables {
        let path = dir.join(file);
        let Some(table) = table(&path)? else { continue };
        let (bytes, n) = without(&table, records).map_err(printer::failure)?;
        if n > 0 {
            write_whole(&path, &bytes).map_err(printer::failure)?;
            let rows = printer::counted(n, "row", "rows");
            taken_out.push(format!("{rows} taken out of {}", path.display()));
        }
    }
    if taken_out.is_empty() {
        return Err(printer::failure(format!(
            "{}: found no such row by the reviewer `{}`, nor one of these two records in {}; nothing was changed",
            dir.join(duplicates::FILE).display(),
            duplicates::REVIEWER,
            pairs::FILE
        )));
    }
    printer::result(taken_out.join("\n"))
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
