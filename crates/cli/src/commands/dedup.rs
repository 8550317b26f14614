//! `consil dedup`: which records of several exports are one report.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use consilience_bib::{BibError, Format, Item, Options, Reader, Record};
use consilience_dedup::{Answer, Counts, Explanation, Index, Outcome, Thresholds};
use consilience_review::package::write_whole;
use serde_json::json;

use crate::{Failed, printer};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The exports, one for each search: RIS, NBIB, PubMed XML, CSV and what else is read, also gzipped
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print groups, questions and counts as JSON
    #[arg(long)]
    json: bool,
    /// Write the reports, one record for each
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The format of what is written; by default, what the file's name ends in
    #[arg(long, value_name = "FORMAT", requires = "out")]
    to: Option<String>,
    /// Write the pairs that a person should look at, as CSV
    #[arg(long, value_name = "FILE")]
    ask_file: Option<PathBuf>,
    /// Join from this probability on [default: 0.91]
    ///
    /// Pairs of a tenth of those odds or more are asked about. On seven public labelled sets of 14,366 records, 3,385 of them
    /// duplicates: from 0.5, 2 reports are lost, 17 duplicates kept, 31 pairs asked; from 0.9, none lost, 19 kept, 22 asked; from
    /// 0.99, none, 29, 28; from 0.999, none, 52, 43. Rules and weights were chosen with these sets in view: expect somewhat more
    /// of your own.
    #[arg(long, value_name = "P", value_parser = thresholds)]
    threshold: Option<Thresholds>,
    /// Say why these two records are or are not one report
    #[arg(long, num_args = 2, value_name = "ID")]
    explain: Option<Vec<String>>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let to =
        arguments.out.as_deref().map(|out| format(out, arguments.to.as_deref())).transpose()?;
    let mut sources = Vec::new();
    let mut index = Index::new(arguments.threshold.unwrap_or_default());
    for path in &arguments.files {
        let source = Source::read(path)?;
        index.add(&source.records);
        sources.push(source);
    }
    let ids = ids(&sources);
    let n_renamed = n_renamed(&sources, &ids);
    if n_renamed > 0 {
        let records = printer::counted(n_renamed, "record goes", "records go");
        printer::remark(format!("{records} by FILE#N, for another record has the same id"));
    }
    if let Some([a, b]) = arguments.explain.as_deref() {
        return explain(&index, &ids, a, b);
    }
    let answer = index.answer();
    let sizes: Vec<usize> = sources.iter().map(|source| source.records.len()).collect();
    let counts = Counts::of(&sizes, &answer.groups);
    if let Some((out, to)) = arguments.out.as_deref().zip(to) {
        write_reports(&sources, &answer, to, out)?;
    }
    if let Some(path) = &arguments.ask_file {
        write_questions(&ids, &answer, &index, path)?;
    }
    if arguments.json {
        printer::result(as_json(&sources, &ids, &answer, &counts))
    } else {
        printer::result(summary(&sources, &answer, &counts))
    }
}

fn thresholds(text: &str) -> Result<Thresholds, String> {
    let number = text.parse().ok().and_then(Thresholds::at);
    number.ok_or_else(|| "expected a probability between 0 and 1, such as 0.9".to_owned())
}

/// The format to write: the one named, else the one that the file's name ends in.
fn format(out: &Path, to: Option<&str>) -> Result<Format, Failed> {
    let ending = out.extension().map(|it| it.to_string_lossy().into_owned());
    let name = to.map(str::to_owned).or(ending).unwrap_or_default().to_ascii_lowercase();
    let known = [
        ("ris", Format::Ris),
        ("nbib", Format::Nbib),
        ("xml", Format::EndnoteXml),
        ("bib", Format::Bibtex),
        ("bibtex", Format::Bibtex),
        ("csv", Format::Csv),
        ("json", Format::CslJson),
    ];
    known.iter().find(|it| it.0 == name).map(|it| it.1).ok_or_else(|| {
        printer::failure(format!(
            "found no format `{name}` to write; expected --to ris, nbib, xml (EndNote), bib, csv or json (CSL)"
        ))
    })
}

/// A file and what was read from it.
struct Source {
    name: String,
    records: Vec<Record>,
    n_kept_aside: usize,
}

impl Source {
    fn read(path: &Path) -> Result<Self, Failed> {
        let name = path.display().to_string();
        let file = fs_err::File::open(path).map_err(printer::failure)?;
        let (records, n_kept_aside) =
            read(file, &Options::named(name.as_str())).map_err(printer::failure)?;
        Ok(Self { name, records, n_kept_aside })
    }
}

fn read(input: impl Read, options: &Options) -> Result<(Vec<Record>, usize), BibError> {
    let (mut records, mut n_kept_aside) = (Vec::new(), 0);
    for item in Reader::new(input, options)? {
        match item? {
            Item::Record(record) => records.push(record),
            Item::Quarantined(_) => n_kept_aside += 1,
            Item::Problem(_) => {}
        }
    }
    Ok((records, n_kept_aside))
}

/// The id of each record: its own where it has one that no other record has, else its file and place.
fn ids(sources: &[Source]) -> Vec<String> {
    let mut n_of: BTreeMap<&str, usize> = BTreeMap::new();
    for id in sources.iter().flat_map(|source| &source.records).filter_map(Record::id) {
        *n_of.entry(id).or_default() += 1;
    }
    let named = sources.iter().flat_map(|source| {
        source.records.iter().enumerate().map(|(i, record)| match record.id() {
            Some(id) if n_of.get(id) == Some(&1) => id.to_owned(),
            _ => format!("{}#{}", source.name, i + 1),
        })
    });
    named.collect()
}

/// How many records have an id of their own but do not go by it.
fn n_renamed(sources: &[Source], ids: &[String]) -> usize {
    let records = sources.iter().flat_map(|source| &source.records);
    records.zip(ids).filter(|(record, id)| record.id().is_some_and(|own| own != *id)).count()
}

fn as_json(
    sources: &[Source],
    ids: &[String],
    answer: &Answer,
    counts: &Counts,
) -> serde_json::Value {
    let group = |group: &Vec<usize>| group.iter().map(|it| &ids[*it]).collect::<Vec<_>>();
    let by_source = sources.iter().zip(&counts.sources).map(|(source, it)| {
        json!({
            "source": source.name,
            "records_read": it.records,
            "records_kept_aside": source.n_kept_aside,
            "duplicates_within": it.duplicates_within,
            "duplicates_of_earlier": it.duplicates_of_earlier,
            "reports_left": it.reports_left,
            "reports_only_here": it.reports_only_here,
        })
    });
    json!({
        "records_read": counts.records,
        "records_kept_aside": sources.iter().map(|source| source.n_kept_aside).sum::<usize>(),
        "duplicates_removed": counts.duplicates,
        "reports": counts.reports,
        "groups": answer.groups.iter().map(group).collect::<Vec<_>>(),
        "ask": answer.ask.iter().map(|it| [&ids[it.a], &ids[it.b]]).collect::<Vec<_>>(),
        "sources": by_source.collect::<Vec<_>>(),
    })
}

fn explain(index: &Index, ids: &[String], a: &str, b: &str) -> Result<(), Failed> {
    let find = |id: &str| {
        ids.iter().position(|it| it == id).ok_or_else(|| {
            printer::failure(format!(
                "found no record `{id}` in the files; expected an ID of the file, or FILE#N for the Nth record of one"
            ))
        })
    };
    printer::result(in_words(&index.explain(find(a)?, find(b)?)))
}

fn in_words(it: &Explanation) -> String {
    let outcome = match it.outcome {
        Outcome::Same => "one report",
        Outcome::Ask => "a person should look",
        Outcome::Different => "different reports",
    };
    let conflict = it.conflict.map(|it| format!("\nwhatever the evidence: {}", it.words()));
    let reasons = it.reasons.iter();
    let reasons: Vec<String> =
        reasons.map(|it| format!("  {:10} {:+5.1}  {}", it.field, it.weight, it.words)).collect();
    format!(
        "{outcome} (probability by the evidence {:.4}){}\n{}",
        it.probability,
        conflict.unwrap_or_default(),
        reasons.join("\n")
    )
}

/// One record for each report: of a group the one that tells most.
fn write_reports(
    sources: &[Source],
    answer: &Answer,
    to: Format,
    out: &Path,
) -> Result<(), Failed> {
    let records: Vec<&Record> = sources.iter().flat_map(|source| &source.records).collect();
    let mut is_left = vec![true; records.len()];
    for group in &answer.groups {
        let best = consilience_dedup::representative(group, &records);
        for record in group {
            is_left[*record] = *record == best;
        }
    }
    let left = records.iter().zip(&is_left).filter(|it| *it.1).map(|it| *it.0);
    let mut bytes = Vec::new();
    consilience_bib::write(left, to, &mut bytes).map_err(printer::failure)?;
    write_whole(out, &bytes).map_err(printer::failure)
}

fn write_questions(
    ids: &[String],
    answer: &Answer,
    index: &Index,
    path: &Path,
) -> Result<(), Failed> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut rows = vec![["first", "second", "probability", "reasons"].map(str::to_owned)];
    for it in &answer.ask {
        let reasons: Vec<String> = index
            .explain(it.a, it.b)
            .reasons
            .into_iter()
            .filter(|reason| reason.weight != 0.0)
            .map(|reason| format!("{}: {}", reason.field, reason.words))
            .collect();
        let probability = format!("{:.4}", it.probability);
        rows.push([ids[it.a].clone(), ids[it.b].clone(), probability, reasons.join("; ")]);
    }
    for row in rows {
        table.write_record(row).map_err(printer::failure)?;
    }
    let bytes = table.into_inner().map_err(|error| printer::failure(error.error()))?;
    write_whole(path, &bytes).map_err(printer::failure)
}

/// PRISMA's numbers as a table to paste.
fn summary(sources: &[Source], answer: &Answer, counts: &Counts) -> String {
    let mut rows = vec![
        [
            "source",
            "records read",
            "kept aside",
            "duplicates within",
            "of earlier sources",
            "reports left",
            "only here",
        ]
        .map(str::to_owned),
    ];
    for (source, it) in sources.iter().zip(&counts.sources) {
        let numbers = [
            it.records,
            source.n_kept_aside,
            it.duplicates_within,
            it.duplicates_of_earlier,
            it.reports_left,
            it.reports_only_here,
        ];
        rows.push(row(&source.name, numbers));
    }
    let sum =
        |of: fn(&consilience_dedup::SourceCounts) -> usize| counts.sources.iter().map(of).sum();
    let total = [
        counts.records,
        sources.iter().map(|source| source.n_kept_aside).sum(),
        sum(|it| it.duplicates_within),
        sum(|it| it.duplicates_of_earlier),
        counts.reports,
        sum(|it| it.reports_only_here),
    ];
    rows.push(row("all", total));
    format!(
        "{}\n\n{} - {} = {}. To be looked at: {}.",
        aligned(&rows),
        printer::counted(counts.records, "record", "records"),
        printer::counted(counts.duplicates, "duplicate", "duplicates"),
        printer::counted(counts.reports, "report", "reports"),
        printer::counted(answer.ask.len(), "pair", "pairs"),
    )
}

fn row(name: &str, numbers: [usize; 6]) -> [String; 7] {
    let [a, b, c, d, e, f] = numbers.map(|it| it.to_string());
    [name.to_owned(), a, b, c, d, e, f]
}

fn aligned(rows: &[[String; 7]]) -> String {
    let width = |i: usize| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let line = |row: &[String; 7]| {
        let numbers =
            row.iter().zip(&widths).skip(1).map(|(cell, width)| format!("{cell:>width$}"));
        let name = format!("{:<width$}", row[0], width = widths[0]);
        [name].into_iter().chain(numbers).collect::<Vec<_>>().join("  ")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
