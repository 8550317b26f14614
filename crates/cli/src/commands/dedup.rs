//! `consil dedup`: which records of several exports are one report.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use consilience_bib::{Record, parse};
use consilience_dedup::{Answer, Explanation, Index, Outcome, Thresholds};
use serde_json::json;

use crate::{Failed, printer};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The exports: RIS, NBIB, CSV and what else `consil` reads, also gzipped
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print groups and questions as JSON
    #[arg(long)]
    json: bool,
    /// Join from this probability on
    #[arg(long, value_name = "P", value_parser = thresholds)]
    threshold: Option<Thresholds>,
    /// Say why these two records are or are not one report
    #[arg(long, num_args = 2, value_name = "ID")]
    explain: Option<Vec<String>>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let sources: Vec<Source> =
        arguments.files.iter().map(|path| Source::read(path)).collect::<Result<_, _>>()?;
    let mut index = Index::new(arguments.threshold.unwrap_or_default());
    index.add(sources.iter().flat_map(|source| &source.records));
    let ids = ids(&sources);
    if let Some(pair) = &arguments.explain {
        return explain(&index, &ids, pair);
    }
    let answer = index.answer();
    if arguments.json {
        printer::result(as_json(&sources, &ids, &answer))
    } else {
        printer::result(summary(&sources, &answer))
    }
}

fn thresholds(text: &str) -> Result<Thresholds, String> {
    let number = text.parse().ok().and_then(Thresholds::at);
    number.ok_or_else(|| "expected a probability between 0 and 1, such as 0.9".to_owned())
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
        let bytes = fs_err::read(path).map_err(printer::failure)?;
        let bytes = if bytes.starts_with(&[0x1f, 0x8b]) { unzipped(&bytes, &name)? } else { bytes };
        let parsed = parse(&bytes, name.trim_end_matches(".gz")).map_err(printer::failure)?;
        Ok(Self { name, records: parsed.records, n_kept_aside: parsed.quarantine.len() })
    }
}

fn unzipped(bytes: &[u8], name: &str) -> Result<Vec<u8>, Failed> {
    let mut out = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut out);
    read.map_err(|error| printer::failure(format!("{name}: found a damaged gzip file ({error})")))?;
    Ok(out)
}

/// The id of each record: its own where it has one that no other record has, else its place.
fn ids(sources: &[Source]) -> Vec<String> {
    let mut n_of: BTreeMap<&str, usize> = BTreeMap::new();
    for id in sources.iter().flat_map(|source| &source.records).filter_map(Record::id) {
        *n_of.entry(id).or_default() += 1;
    }
    let named = sources.iter().flat_map(|source| {
        source.records.iter().enumerate().map(|(i, record)| match record.id() {
            Some(id) if n_of[id] == 1 => id.to_owned(),
            _ => format!("{}#{}", source.name, i + 1),
        })
    });
    named.collect()
}

fn as_json(sources: &[Source], ids: &[String], answer: &Answer) -> serde_json::Value {
    let group = |group: &Vec<usize>| group.iter().map(|it| &ids[*it]).collect::<Vec<_>>();
    let n_removed: usize = answer.groups.iter().map(|group| group.len() - 1).sum();
    json!({
        "records_read": ids.len(),
        "records_kept_aside": sources.iter().map(|source| source.n_kept_aside).sum::<usize>(),
        "duplicates_removed": n_removed,
        "reports": ids.len() - n_removed,
        "groups": answer.groups.iter().map(group).collect::<Vec<_>>(),
        "ask": answer.ask.iter().map(|it| [&ids[it.a], &ids[it.b]]).collect::<Vec<_>>(),
    })
}

fn explain(index: &Index, ids: &[String], pair: &[String]) -> Result<(), Failed> {
    let find = |id: &String| {
        ids.iter()
            .position(|it| it == id)
            .ok_or_else(|| printer::failure(format!("found no record `{id}` in the files")))
    };
    let explanation = index.explain(find(&pair[0])?, find(&pair[1])?);
    printer::result(in_words(&explanation))
}

fn in_words(it: &Explanation) -> String {
    let outcome = match it.outcome {
        Outcome::Same => "one report",
        Outcome::Ask => "a person should look",
        Outcome::Different => "different reports",
    };
    let conflict =
        it.conflict.map(|conflict| format!("\nwhatever the evidence: {}", conflict.words()));
    let reasons: Vec<String> = it
        .reasons
        .iter()
        .map(|reason| format!("  {:10} {:+5.1}  {}", reason.field, reason.weight, reason.words))
        .collect();
    let probability = it.probability;
    format!(
        "{outcome} (probability by the evidence {probability:.4}){}\n{}",
        conflict.unwrap_or_default(),
        reasons.join("\n")
    )
}

fn summary(sources: &[Source], answer: &Answer) -> String {
    let n_read: usize = sources.iter().map(|source| source.records.len()).sum();
    let n_removed: usize = answer.groups.iter().map(|group| group.len() - 1).sum();
    format!(
        "{n_read} records read, {n_removed} duplicates, {} reports; {} to be looked at",
        n_read - n_removed,
        printer::counted(answer.ask.len(), "pair", "pairs"),
    )
}
