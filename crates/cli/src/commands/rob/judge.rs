//! `consil rob judge`: the judgements that follow from a file of answers, with the path to each.

use std::path::PathBuf;

use clap::Args;
use consilience_report::judged_json;
use consilience_review::risk_of_bias::{DomainAssessment, RobAssessment};
use consilience_review::{Diagnostic, Severity};
use serde_json::{Value, json};

use super::Asked;
use crate::Failed;
use crate::printer::{self, counted};

#[derive(Debug, Args)]
#[command(after_help = "\
FILE holds one answer a row (study, outcome, tool, question, answer, support, assessor: a review's risk_of_bias.csv too), or one
result a row with a column for each question (1.1, 1.2, …) or judgement (D1, …, Overall), or JSON: a list of such rows, or of
objects with a map `answers`. The folder of a review will do as well.

Example: consil rob judge answers.csv --aim adhering --deviations non-adherence --json")]
pub(super) struct Arguments {
    /// The answers: CSV or JSON, or the folder of a review
    file: PathBuf,
    #[command(flatten)]
    asked: Asked,
    /// Print the judgements as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let file = super::read(&arguments.file, &arguments.asked)?;
    if arguments.json {
        let json = json(&file.assessments, &file.findings);
        printer::result(serde_json::to_string_pretty(&json).map_err(printer::failure)?)?;
    } else {
        for (i, it) in file.assessments.iter().enumerate() {
            let gap = if i > 0 { "\n" } else { "" };
            printer::result(format!("{gap}{}", text(it)))?;
        }
    }
    printer::diagnostics(&file.findings);
    let open = file.assessments.iter().filter(|it| it.overall_words().is_none()).count();
    if open > 0 {
        printer::remark(format!(
            "{} without an overall judgement yet",
            counted(open, "result", "results")
        ));
    }
    if file.is_sound() { Ok(()) } else { Err(Failed) }
}

/// The results in a list; of a single result its fields also stand at the top.
fn json(assessments: &[RobAssessment], findings: &[Diagnostic]) -> Value {
    let results: Vec<Value> = assessments.iter().map(judged_json).collect();
    let mut json = match results.as_slice() {
        [only] => only.clone(),
        _ => json!({}),
    };
    json["results"] = results.into();
    json["findings"] = findings
        .iter()
        .map(|it| {
            json!({
                "severity": match it.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                },
                "place": it.place.to_string(),
                "file": it.place.file,
                "line": it.place.line,
                "column": it.place.column,
                "found": it.found,
                "expected": it.expected,
                "help": it.help,
            })
        })
        .collect();
    json
}

fn text(it: &RobAssessment) -> String {
    let of = it.outcome.as_ref().map_or_else(String::new, |it| format!(", {it}"));
    let overall = it.overall_words().unwrap_or_else(|| "incomplete".to_owned());
    let mut lines = vec![format!("{}{of} ({}): {overall}", it.study, it.tool.name)];
    if let Some((_, reason)) = &it.decided {
        lines.push(format!("  decided by a person: {reason}"));
    }
    if it.is_lowered() {
        lines.push("  better than the worst domain".to_owned());
    }
    lines.extend(it.domains.iter().map(domain_text));
    for domain in &it.domains {
        for note in domain.domain.note.iter().chain(&domain.proposal.notes) {
            lines.push(format!("  {}: {note}", domain.domain.short));
        }
    }
    if !it.disagreements.is_empty() {
        let on = it.disagreements.join(", ");
        lines.push(format!("  the assessors disagree on {on}; a row by `consensus` decides"));
    }
    if it.may_raise() {
        lines.push(
            "  several domains raise some concerns: the whole may be judged High, with a reason"
                .to_owned(),
        );
    }
    lines.extend(it.tool.notes.iter().map(|note| format!("  {note}")));
    lines.join("\n")
}

fn domain_text(it: &DomainAssessment) -> String {
    let name = format!("  {} {}: ", it.domain.short, it.domain.name);
    let path: Vec<String> = it.proposal.path.iter().map(|(q, a)| format!("{q} {a}")).collect();
    let why = match (&it.decided, &it.proposed) {
        (Some((_, reason)), Some(proposed)) if !reason.is_empty() => {
            format!(" (proposed: {}; {reason})", proposed.name)
        }
        (Some((_, reason)), None) if !reason.is_empty() => format!(" ({reason})"),
        _ if !path.is_empty() => format!(" ({})", path.join(", ")),
        _ => String::new(),
    };
    let judgement = match it.words() {
        Some(words) => words,
        None if it.proposal.left_to_rater => "to be judged by a person".to_owned(),
        None => {
            let missing = it.proposal.missing.join(", ");
            format!("incomplete, missing {missing}")
        }
    };
    format!("{name}{judgement}{why}")
}
