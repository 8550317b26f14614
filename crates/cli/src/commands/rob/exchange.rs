//! `consil rob template`, `import` and `export`: tables of answers and judgements.

use std::path::PathBuf;

use clap::Args;
use consilience_review::rob_file::{empty_answers, robvis, to_risk_of_bias_csv};

use super::Asked;
use crate::Failed;
use crate::printer;

#[derive(Debug, Args)]
pub(super) struct Template {
    #[command(flatten)]
    asked: Asked,
    /// The studies, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "STUDY,…")]
    studies: Vec<String>,
    /// The outcomes, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "OUTCOME,…")]
    outcomes: Vec<String>,
    /// One row for each result, with a column for each question
    #[arg(long)]
    wide: bool,
    /// Write into a file rather than to standard output
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(super) fn template(arguments: &Template) -> Result<(), Failed> {
    let tool = arguments.asked.one_tool()?;
    let text = empty_answers(&tool, &arguments.studies, &arguments.outcomes, arguments.wide);
    super::put(&text, arguments.out.as_ref())
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The answers or judgements: CSV (robvis' layouts too) or JSON
    file: PathBuf,
    #[command(flatten)]
    asked: Asked,
    /// Write into a file rather than to standard output
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(super) fn import(arguments: &Import) -> Result<(), Failed> {
    let mut file = super::read(&arguments.file, &arguments.asked)?;
    printer::diagnostics(&file.findings);
    let name = arguments.file.file_name().map(|it| it.to_string_lossy().into_owned());
    let source = format!("Imported from {} without answers.", name.unwrap_or_default());
    for entry in &mut file.entries {
        // A review asks for the reason of a judgement; of these all that is known is where they come from.
        if entry.value.item.is_judgement() && entry.value.support.is_none() {
            entry.value.support = Some(source.clone());
        }
    }
    super::put(&to_risk_of_bias_csv(&file.entries), arguments.out.as_ref())
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The answers or judgements: CSV or JSON, or the folder of a review
    file: PathBuf,
    #[command(flatten)]
    asked: Asked,
    /// Write into a file rather than to standard output
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(super) fn export(arguments: &Export) -> Result<(), Failed> {
    let file = super::read(&arguments.file, &arguments.asked)?;
    printer::diagnostics(&file.findings);
    let text = robvis(&file.assessments, &file.weights)
        .map_err(|why| printer::failure(format!("{}: {why}", arguments.file.display())))?;
    super::put(&text, arguments.out.as_ref())
}
