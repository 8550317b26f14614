//! `consil extract agreement`: where two extractors differ, field by field, and how far they agree.

use std::path::{Path, PathBuf};

use clap::Args;
use consilience_review::extraction::{
    Between, ExtractedRow, ExtractionAgreement, FieldAgreement, Found, OnlyOne, agreement,
    read_extractions, to_adjudicate,
};
use consilience_review::vocabulary::result::ResultKey;
use consilience_review::{Keyword, Place};
use serde_json::{Value, json};

use crate::printer::counted;
use crate::{Failed, printer};

#[derive(Debug, Args)]
#[command(after_help = "\
A row by `consensus` in results.csv decides what two people differ on; until then no analysis uses the result.

Examples: consil extract agreement my-review
          consil extract agreement anna.csv ben.csv --template")]
pub(crate) struct Arguments {
    /// The folder of a review, a table like its results.csv (column `entered_by`), or one table of each person
    #[arg(required = true, value_name = "DIR|FILE")]
    paths: Vec<PathBuf>,
    /// Print the comparison as JSON
    #[arg(long)]
    json: bool,
    /// Print the adjudicator's rows, with `?` where the two differ
    #[arg(long, conflicts_with = "json")]
    template: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let several = arguments.paths.len() > 1;
    let mut rows: Vec<ExtractedRow> = Vec::new();
    for path in &arguments.paths {
        rows.extend(read(path, several)?);
    }
    let found = agreement(&rows).map_err(|why| {
        let paths: Vec<String> =
            arguments.paths.iter().map(|it| it.display().to_string()).collect();
        printer::failure(format!("{}: {why}", paths.join(", ")))
    })?;
    if arguments.json {
        let json = serde_json::to_string_pretty(&json(&found)).map_err(printer::failure)?;
        return printer::result(json);
    }
    if arguments.template {
        return printer::result(to_adjudicate(&found, &rows).trim_end());
    }
    print(&found)
}

/// Reads a table, or that of a folder. Of several tables, each is one person's, who is called as the file where its rows
/// name nobody.
fn read(path: &Path, is_of_one: bool) -> Result<Vec<ExtractedRow>, Failed> {
    let path = if path.is_dir() { path.join("results.csv") } else { path.to_path_buf() };
    let bytes = fs_err::read(&path).map_err(printer::failure)?;
    let stem = path.file_stem().map(|it| it.to_string_lossy().into_owned());
    let by = stem.as_deref().filter(|_| is_of_one);
    read_extractions(&path.display().to_string(), &bytes, by).map_err(|problems| {
        printer::diagnostics(&problems);
        Failed
    })
}

fn print(found: &ExtractionAgreement) -> Result<(), Failed> {
    printer::result(found.extractors.join(" and "))?;
    if found.differences.is_empty() {
        printer::result("\nNo differences.")?;
    } else {
        printer::result("\nDifferences")?;
    }
    let mut last: Option<&ResultKey> = None;
    for it in &found.differences {
        if last != Some(&it.result) {
            printer::result(format!("  {}", it.result.words()))?;
            last = Some(&it.result);
        }
        printer::result(difference_text(it))?;
    }
    if !found.only_one.is_empty() {
        printer::result("\nEntered by one of them only")?;
    }
    for it in &found.only_one {
        printer::result(only_text(it))?;
    }
    for it in &found.between {
        printer::result(between_text(it))?;
        for field in &it.fields {
            printer::result(field_text(field))?;
        }
    }
    if found.studies_of_one > 0 {
        printer::remark(format!(
            "{} extracted by one person alone",
            counted(found.studies_of_one, "study", "studies")
        ));
    }
    let n_open = open(found).count();
    if n_open > 0 {
        printer::remark(format!(
            "{} to be decided: `--template` prints a row for each",
            counted(n_open, "difference is", "differences are")
        ));
    }
    Ok(())
}

fn open(found: &ExtractionAgreement) -> impl Iterator<Item = &Found> {
    found.differences.iter().filter(|it| it.consensus.is_none())
}

fn difference_text(it: &Found) -> String {
    let said = |i: usize| {
        let reading = it.readings[i].as_deref().unwrap_or("nothing");
        format!("{} {reading} ({})", it.extractors[i], place_text(&it.places[i]))
    };
    let consensus = match &it.consensus {
        Some(decided) => format!("; consensus {}", decided.as_deref().unwrap_or("nothing")),
        None => String::new(),
    };
    format!("    {}: {}, {}{consensus}", it.field, said(0), said(1))
}

/// `results.csv:2:27`.
fn place_text(place: &Place) -> String {
    let place = Place { field: None, ..place.clone() };
    place.to_string()
}

fn only_text(it: &OnlyOne) -> String {
    let decided = if it.is_decided { "; decided by consensus" } else { "" };
    format!("  {}: {} ({}){decided}", it.extractor, it.result.words(), place_text(&it.place))
}

fn between_text(it: &Between) -> String {
    let [first, second] = &it.extractors;
    let results = counted(it.results, "result", "results");
    format!(
        "\nAgreement of {first} and {second}: {results}, {} of them ({:.0}%) the same in every field",
        it.same,
        100.0 * it.same as f64 / it.results.max(1) as f64
    )
}

fn field_text(it: &FieldAgreement) -> String {
    let apart = it.largest_difference.filter(|it| *it > 0.0);
    let more = match (&it.kappa, apart) {
        (Some(found), _) => match (found.kappa, found.interval) {
            (Some(kappa), Some((lower, upper))) => {
                format!(", kappa {kappa:.2} (95% CI {lower:.2} to {upper:.2})")
            }
            _ => ", kappa not defined, both always say the same".to_owned(),
        },
        (None, Some(apart)) => format!(", largest difference {:.1}%", 100.0 * apart),
        (None, None) => String::new(),
    };
    format!("  {}: n = {}, same {} ({:.0}%){more}", it.field, it.n, it.same, 100.0 * it.share())
}

fn json(found: &ExtractionAgreement) -> Value {
    json!({
        "extractors": found.extractors,
        "differences": found.differences.iter().map(difference_json).collect::<Value>(),
        "only_one": found.only_one.iter().map(only_json).collect::<Value>(),
        "agreement": found.between.iter().map(between_json).collect::<Value>(),
        "studies_of_one": found.studies_of_one,
    })
}

fn result_json(it: &ResultKey) -> Value {
    json!({
        "study": it.study,
        "outcome": it.outcome,
        "arm": it.arm,
        "versus": it.versus,
        "time": it.time,
        "instrument": it.instrument,
        "score": it.score.name(),
        "population": it.population.map(Keyword::name),
    })
}

fn difference_json(it: &Found) -> Value {
    let readings: Value = (0..2)
        .map(|i| {
            json!({
                "extractor": it.extractors[i],
                "value": it.readings[i],
                "place": it.places[i].to_string(),
            })
        })
        .collect();
    json!({
        "result": result_json(&it.result),
        "field": it.field,
        "readings": readings,
        "is_decided": it.consensus.is_some(),
        "consensus": it.consensus.clone().flatten(),
    })
}

fn only_json(it: &OnlyOne) -> Value {
    json!({
        "result": result_json(&it.result),
        "extractor": it.extractor,
        "place": it.place.to_string(),
        "is_decided": it.is_decided,
    })
}

fn between_json(it: &Between) -> Value {
    json!({
        "extractors": it.extractors,
        "results": it.results,
        "same": it.same,
        "fields": it.fields.iter().map(field_json).collect::<Value>(),
    })
}

fn field_json(it: &FieldAgreement) -> Value {
    let kappa = it.kappa.as_ref();
    json!({
        "field": it.field,
        "n": it.n,
        "same": it.same,
        "percent": 100.0 * it.share(),
        "kappa": kappa.and_then(|it| it.kappa),
        "kappa_lower": kappa.and_then(|it| it.interval).map(|it| it.0),
        "kappa_upper": kappa.and_then(|it| it.interval).map(|it| it.1),
        "largest_relative_difference": it.largest_difference,
    })
}
