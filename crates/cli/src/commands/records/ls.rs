//! `consil records ls`: what is in exports.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::source::{HowToRead, Source};
use crate::{Failed, printer};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The exports, also gzipped
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// List each record by its citation
    #[arg(long)]
    records: bool,
    /// One JSON object, with what was kept aside verbatim
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    how: HowToRead,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let mut sources = Vec::new();
    let mut listed = Vec::new();
    for path in &arguments.files {
        let mut records = Vec::new();
        sources.push(Source::read(path, &arguments.how, |record| {
            if arguments.records {
                let id = record.id().map_or_else(|| format!("#{}", record.number), str::to_owned);
                records.push((record.line, id, record.citation()));
            }
        })?);
        listed.push(records);
    }
    if arguments.json {
        let files = sources.iter().zip(&listed).map(|(source, records)| {
            let mut file = as_json(source);
            if arguments.records {
                file["citations"] = records
                    .iter()
                    .map(|(line, id, citation)| json!({ "id": id, "line": line, "citation": citation }))
                    .collect();
            }
            file
        });
        let files = files.collect::<Vec<_>>();
        return printer::result(json!({ "files": files }));
    }
    if arguments.records {
        for (source, records) in sources.iter().zip(&listed) {
            for (line, id, citation) in records {
                printer::result(format!("{}:{line}\t{id}\t{citation}", source.path.display()))?;
            }
        }
    } else {
        printer::result(table(&sources))?;
    }
    sources.iter().for_each(Source::report);
    Ok(())
}

fn as_json(source: &Source) -> Value {
    let aside = source
        .kept_aside
        .iter()
        .map(|it| json!({ "line": it.line, "reason": it.reason, "text": it.text }));
    let problems = source
        .problems
        .iter()
        .map(|it| json!({ "line": it.line, "column": it.column, "message": it.message }));
    json!({
        "file": source.path.display().to_string(),
        "format": source.format.name(),
        "encoding": source.encoding.name,
        "records": source.n_records,
        "kept_aside": aside.collect::<Vec<_>>(),
        "problems": problems.collect::<Vec<_>>(),
    })
}

/// A line a file, and their sum.
fn table(sources: &[Source]) -> String {
    let header =
        ["file", "format", "encoding", "records", "kept aside", "problems"].map(str::to_owned);
    let row = |source: &Source| {
        [
            source.path.display().to_string(),
            source.format.to_string(),
            source.encoding.to_string(),
            source.n_records.to_string(),
            source.kept_aside.len().to_string(),
            source.problems.len().to_string(),
        ]
    };
    let mut rows = vec![header];
    rows.extend(sources.iter().map(row));
    if sources.len() > 1 {
        let sum =
            |count: fn(&Source) -> usize| sources.iter().map(count).sum::<usize>().to_string();
        rows.push([
            printer::counted(sources.len(), "file", "files"),
            String::new(),
            String::new(),
            sum(|it| it.n_records),
            sum(|it| it.kept_aside.len()),
            sum(|it| it.problems.len()),
        ]);
    }
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).enumerate().map(|(i, (cell, width))| {
            let padding = " ".repeat(width - cell.chars().count());
            // Text to the left, numbers to the right.
            if i < 3 { format!("{cell}{padding}") } else { format!("{padding}{cell}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
