//! `consil dedup`: which records of several exports are one report.

mod asked;
mod files;
mod matching;
mod review;
mod studies;
mod summary;

use std::path::{Path, PathBuf};

use clap::Args;
use consilience_bib::{Format, Record};
use consilience_dedup::{Answer, Counts, Index, SaidOfStudies, Thresholds};
use consilience_review::package::write_whole;

use crate::{Failed, interrupt, printer};
use files::{Source, ids, n_renamed};
use summary::{as_json, in_words, summary};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The exports, one for each search: RIS, NBIB, PubMed XML, CSV and what else is read, also gzipped; or the folder of a
    /// review, of which what is new beside its duplicates.csv is shown
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
    /// Write what a person should decide, as CSV: pairs that may be one report, and reports that may be of one study
    #[arg(long, value_name = "FILE")]
    ask_file: Option<PathBuf>,
    /// Join from this probability on [default: 0.91]
    ///
    /// Pairs of a tenth of those odds or more are asked about. On seven public labelled sets of 14,366 records, 3,385 of them
    /// duplicates: from 0.5, 2 reports are lost, 13 duplicates kept, 29 pairs asked; from 0.9, none lost, 15 kept, 20 asked; from
    /// 0.99, none, 24, 25; from 0.999, none, 47, 41. Rules and weights were chosen with these sets in view: expect somewhat more
    /// of your own.
    #[arg(long, value_name = "P", value_parser = thresholds)]
    threshold: Option<Thresholds>,
    /// What a person answered: the table of --ask-file with `same` or `different` in its column `answer`
    ///
    /// Of a review, --write keeps the answers in its pairs.csv, and they are not asked again.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Keep here what has been compared, so that a run that was stopped goes on; removed at the end
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// List which reports may be of one study, with the reasons; none of them is removed
    #[arg(long)]
    studies: bool,
    /// Of a review: add what is new to its duplicates.csv, signed by the reviewer `consil`, and answers to its pairs.csv
    #[arg(long)]
    write: bool,
    /// Of a review: take out of its duplicates.csv what --write wrote, all of it or of these records; of two records also what
    /// pairs.csv says of them
    #[arg(long, num_args = 0.., value_name = "ID", conflicts_with = "write")]
    undo: Option<Vec<String>>,
    /// Say why these two records are or are not one report
    #[arg(long, num_args = 2, value_name = "ID")]
    explain: Option<Vec<String>>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    interrupt::advise(match arguments.checkpoint {
        Some(_) => "the same command reads anew and goes on after the pairs compared so far",
        None => {
            "the same command begins anew; with `--checkpoint FILE` it keeps the pairs compared so far"
        }
    });
    match arguments.files.as_slice() {
        [dir] if dir.is_dir() => review::run(dir, arguments),
        _ if arguments.write || arguments.undo.is_some() => Err(printer::failure(
            "found files; expected the folder of a review, whose duplicates.csv is written to",
        )),
        several => match several.iter().find(|it| it.is_dir()) {
            Some(folder) => Err(printer::failure(format!(
                "{}: found a folder; expected files, or the folder of a review alone",
                folder.display()
            ))),
            None => files(arguments),
        },
    }
}

/// Exports for themselves, without a review.
fn files(arguments: &Arguments) -> Result<(), Failed> {
    let to =
        arguments.out.as_deref().map(|out| format(out, arguments.to.as_deref())).transpose()?;
    let sources: Vec<Source> =
        arguments.files.iter().map(|path| Source::read(path)).collect::<Result<_, _>>()?;
    let ids = ids(&sources);
    let n_renamed = n_renamed(&sources, &ids);
    if n_renamed > 0 {
        let records = printer::counted(n_renamed, "record goes", "records go");
        printer::remark(format!("{records} by FILE#N, for another record has the same id"));
    }
    let records: Vec<&Record> = sources.iter().flat_map(|source| &source.records).collect();
    let thresholds = arguments.threshold.unwrap_or_default();
    let mut index = matching::compared(&records, thresholds, arguments.checkpoint.as_deref())?;
    let mut said = SaidOfStudies::default();
    if let Some(path) = &arguments.answers {
        asked::follow(&asked::read(path)?, path, &ids, &mut index, &mut said)?;
    }
    if let Some([a, b]) = arguments.explain.as_deref() {
        return explain(&index, &ids, a, b);
    }
    let answer = index.answer();
    contradictions(&ids, &answer);
    let standing = studies::standing_first(&answer.groups, |group| {
        consilience_dedup::representative(group, &records)
    });
    let studies = consilience_dedup::suggest_studies(&records, &standing, &said);
    let sizes: Vec<usize> = sources.iter().map(|source| source.records.len()).collect();
    let counts = Counts::of(&sizes, &answer.groups);
    if let Some((out, to)) = arguments.out.as_deref().zip(to) {
        write_reports(&records, &answer, to, out)?;
    }
    if let Some(path) = &arguments.ask_file {
        asked::write(&ids, &answer, &studies, &index, path)?;
    }
    if arguments.json {
        let mut json = as_json(&sources, &ids, &answer, &counts);
        json["studies"] = studies::as_json(&ids, &studies);
        printer::result(json)
    } else {
        let citation = |record: usize| records[record].citation();
        let studies = studies::in_words(&ids, &studies, citation, arguments.studies);
        printer::result([summary(&sources, &answer, &counts), studies].concat())
    }
}

/// Says which answers contradict one another.
fn contradictions(ids: &[String], answer: &Answer) {
    for (a, b) in &answer.contradictions {
        printer::remark(format!(
            "`{}` and `{}` were said to be different, but are one report by what was said of other pairs",
            ids[*a], ids[*b]
        ));
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

/// One record for each report: of a group the one that tells most.
fn write_reports(
    records: &[&Record],
    answer: &Answer,
    to: Format,
    out: &Path,
) -> Result<(), Failed> {
    let mut is_left = vec![true; records.len()];
    for group in &answer.groups {
        let best = consilience_dedup::representative(group, records);
        for record in group {
            is_left[*record] = *record == best;
        }
    }
    let left = records.iter().zip(&is_left).filter(|it| *it.1).map(|it| *it.0);
    let mut bytes = Vec::new();
    consilience_bib::write(left, to, &mut bytes).map_err(printer::failure)?;
    write_whole(out, &bytes).map_err(printer::failure)
}
