//! `consil check`: what looks wrong in a review's results, or in a table's.

use std::path::{Path, PathBuf};

use clap::Args;
use consilience_report::{checks_json, checks_text};
use consilience_review::check::{Finding, check};
use consilience_review::single::{TableRequest, table_for_checks};
use consilience_review::{Diagnostic, Package, Severity};

use crate::printer::counted;
use crate::{Failed, printer};

#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is changed. Look each finding up in the source, then correct the number, or answer the finding in checks.csv.

Example: consil check my-review --json")]
pub(crate) struct Arguments {
    /// The folder of a review, or a table as `consil meta` reads it
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
    /// End with status 1 if there is a finding that nobody has answered
    #[arg(long)]
    deny: bool,
    /// Leave out findings that are less sure than this
    #[arg(long, value_name = "0..1", default_value = "0", value_parser = certainty)]
    certainty: f64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let is_table = arguments.path.is_file() && !arguments.path.ends_with("review.toml");
    let findings = if is_table { of_table(&arguments.path) } else { of_review(&arguments.path) }?;
    let findings: Vec<Finding> =
        findings.into_iter().filter(|it| it.certainty >= arguments.certainty).collect();
    if arguments.json {
        let json =
            serde_json::to_string_pretty(&checks_json(&findings)).map_err(printer::failure)?;
        printer::result(json)?;
    } else {
        if !findings.is_empty() {
            printer::result(checks_text(&findings))?;
        }
        let open = findings.iter().filter(|it| it.is_open()).count();
        printer::remark(match (findings.len(), open) {
            (0, _) => "nothing looks wrong".to_owned(),
            (all, open) if all == open => counted(all, "finding", "findings"),
            (all, open) => {
                format!("{}, {} answered", counted(all, "finding", "findings"), all - open)
            }
        });
    }
    if arguments.deny && findings.iter().any(Finding::is_open) { Err(Failed) } else { Ok(()) }
}

fn of_review(dir: &Path) -> Result<Vec<Finding>, Failed> {
    let refuse = |problems: &[Diagnostic]| {
        printer::diagnostics(problems);
        Failed
    };
    let package = Package::read(dir).map_err(|it| refuse(&[it]))?;
    let reading = package.to_log();
    let is_told = |it: &Diagnostic| reading.refused.iter().any(|refused| refused.problem == *it);
    let others: Vec<Diagnostic> =
        reading.diagnostics.iter().filter(|it| !is_told(it)).cloned().collect();
    if others.iter().any(|it| it.severity == Severity::Error) {
        return Err(refuse(&others));
    }
    printer::diagnostics(&others);
    Ok(check(&reading.state, &reading.places, &reading.refused))
}

fn of_table(file: &Path) -> Result<Vec<Finding>, Failed> {
    let request = TableRequest { method_is_open: true, ..TableRequest::default() };
    let bytes = fs_err::read(file).map_err(printer::failure)?;
    let table = table_for_checks(&file.display().to_string(), &bytes, &request).map_err(|it| {
        printer::diagnostics(&it);
        Failed
    })?;
    Ok(check(&table.state, &table.places, &table.refused))
}

fn certainty(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "expected a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err("expected 0 to 1".to_owned()) }
}
