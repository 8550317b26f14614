//! `consil build`: a review's folder in, its whole report out.

use std::path::{Path, PathBuf};

use clap::Args;
use consilience_report::{FigureFormat, ReportOptions};
use consilience_review::extraction::Extraction;
use consilience_review::package::write_whole;
use consilience_review::{Evaluation, Package, Reading, evaluate};

use crate::printer::counted;
use crate::progress::Bar;
use crate::{Failed, printer};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of the review
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Where to write the report [default: DIR/output]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Formats of the figures, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "svg", value_name = "svg,png,pdf")]
    figures: Vec<Format>,
    /// Print results.json to standard output
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Svg,
    Png,
    Pdf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let reading = read(&arguments.dir)?;
    let evaluation = evaluate(&reading.state);
    let formats = arguments.figures.iter().map(|format| match format {
        Format::Svg => FigureFormat::Svg,
        Format::Png => FigureFormat::Png,
        Format::Pdf => FigureFormat::Pdf,
    });
    let options = ReportOptions { figure_formats: formats.collect() };
    let output =
        consilience_report::build(&reading, &evaluation, &options).map_err(printer::failure)?;
    let folder = arguments.out.clone().unwrap_or_else(|| arguments.dir.join("output"));
    let before = files_of_last_build(&folder);
    for (name, bytes) in &output.files {
        write_whole(&folder.join(name), bytes).map_err(printer::failure)?;
    }
    for name in before.iter().filter(|name| !output.files.contains_key(*name)) {
        // A figure of an analysis that is gone must not be taken for one of this report. If it cannot be
        // removed, it was not ours to remove.
        let _ = fs_err::remove_file(folder.join(name));
    }
    summary(&reading, &evaluation);
    printer::remark(format!(
        "{} in {}",
        counted(output.files.len(), "file", "files"),
        folder.display()
    ));
    if arguments.json {
        let json = output.files.get("results.json").map(|it| String::from_utf8_lossy(it));
        return printer::result(json.unwrap_or_default().trim_end());
    }
    printer::result(folder.join("report.html").display())
}

/// The figures and tables that the last build wrote into a folder, as its `results.json` lists them; nothing
/// outside `figures/` and `tables/`, whatever that file says.
fn files_of_last_build(folder: &Path) -> Vec<String> {
    let read = || -> Option<serde_json::Value> {
        serde_json::from_slice(&fs_err::read(folder.join("results.json")).ok()?).ok()
    };
    let results = read().unwrap_or_default();
    let names = results["files"].as_array().into_iter().flatten().filter_map(|it| it.as_str());
    let is_ours = |name: &&str| {
        name.split_once('/').is_some_and(|(inner, file)| {
            ["figures", "tables"].contains(&inner) && !file.contains(['/', '\\']) && file != ".."
        })
    };
    names.filter(is_ours).map(str::to_owned).collect()
}

/// Reads a review's folder; says everything that is wrong with it.
pub(crate) fn read(dir: &Path) -> Result<Reading, Failed> {
    let package = Package::read(dir).map_err(|it| {
        printer::diagnostics(&[it]);
        Failed
    })?;
    let mut bar = Bar::new(package.size_of_records(), "records");
    let reading = package.to_log_watched(&mut |n| bar.advance(n));
    drop(bar);
    printer::diagnostics(&reading.diagnostics);
    if reading.is_sound() { Ok(reading) } else { Err(Failed) }
}

/// What was found and what is still to do, on standard error.
fn summary(reading: &Reading, evaluation: &Evaluation) {
    printer::remark(format!(
        "{}, {}, {}, {}",
        counted(reading.records.len(), "record", "records"),
        counted(reading.state.studies.len(), "study", "studies"),
        counted(Extraction::of(&reading.state).results().count(), "result", "results"),
        counted(evaluation.syntheses.len(), "synthesis", "syntheses"),
    ));
    for synthesis in &evaluation.syntheses {
        let statement = consilience_report::statement(synthesis);
        printer::remark(format!("  {}: {statement}", synthesis.plan.id));
    }
    if !evaluation.todos.is_empty() {
        printer::remark("still to do:");
        for todo in &evaluation.todos {
            printer::remark(format!("  - {} ({})", todo.what, todo.how));
        }
    }
}
