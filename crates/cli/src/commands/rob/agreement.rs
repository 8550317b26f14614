//! `consil rob agreement`: where two assessors differ, and how far they agree beyond chance.

use std::path::PathBuf;

use clap::Args;
use consilience_review::rob_agreement::{Agreed, RobAgreement, RobConflict, rob_agreement};
use consilience_review::rob_file::RobFile;
use consilience_stats::agreement::Kappa;
use serde_json::{Value, json};

use super::Asked;
use crate::Failed;
use crate::printer;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The answers of two assessors: CSV or JSON or the folder of a review with both (column `assessor`), or a file of each,
    /// whose name is the assessor's where no column says it
    #[arg(required = true, num_args = 1..=2)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    asked: Asked,
    /// Print the comparison as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let file = read(&arguments.files, &arguments.asked)?;
    let names: Vec<String> = arguments.files.iter().map(|it| it.display().to_string()).collect();
    let found = rob_agreement(&file)
        .map_err(|why| printer::failure(format!("{}: {why}", names.join(" and "))))?;
    if arguments.json {
        let json = serde_json::to_string_pretty(&json(&found)).map_err(printer::failure)?;
        return printer::result(json);
    }
    let (first, second) = &found.assessors;
    printer::result(format!("{first} and {second}"))?;
    if found.conflicts.is_empty() {
        printer::result("\nNo conflicts.")?;
    } else {
        printer::result("\nConflicts")?;
        for it in &found.conflicts {
            printer::result(conflict_text(it, &found))?;
        }
    }
    for (title, agreed) in [
        ("Agreement on questions", &found.questions),
        ("Agreement on judgements", &found.judgements),
    ] {
        if !agreed.is_empty() {
            printer::result(format!("\n{title}"))?;
        }
        for it in agreed {
            printer::result(agreed_text(it))?;
        }
    }
    Ok(())
}

/// The answers of all files; those of a file of its own that names nobody are those of whom the file is named after.
fn read(paths: &[PathBuf], asked: &Asked) -> Result<RobFile, Failed> {
    let mut files = Vec::new();
    for path in paths {
        let mut file = super::read(path, asked)?;
        let name = path.file_stem().map(|it| it.to_string_lossy().into_owned());
        let unsigned = file.entries.iter_mut().filter(|it| it.who.0.is_none());
        unsigned.filter(|_| paths.len() > 1).for_each(|it| it.who.0.clone_from(&name));
        files.push(file);
    }
    let joined = files.into_iter().reduce(|mut all, file| {
        all.assessments.extend(file.assessments);
        all.entries.extend(file.entries);
        all
    });
    joined.ok_or(Failed)
}

fn conflict_text(it: &RobConflict, found: &RobAgreement) -> String {
    let (first, second) = &found.assessors;
    let of = it.outcome.as_ref().map_or_else(String::new, |it| format!(", {it}"));
    let consensus = match &it.consensus {
        Some(answer) => format!("; consensus {answer}"),
        None => String::new(),
    };
    format!(
        "  {}{of}, {}: {first} {}, {second} {}{consensus}",
        it.study, it.question, it.answers.0, it.answers.1
    )
}

fn agreed_text(it: &Agreed) -> String {
    let weighted = match &it.weighted {
        Some(weighted) => format!("; weighted {}", kappa_text(weighted)),
        None => String::new(),
    };
    format!(
        "  {} {}: n = {}, same answer {:.0}%, {}{weighted}",
        it.tool,
        it.question,
        it.kappa.n,
        100.0 * it.exact,
        kappa_text(&it.kappa)
    )
}

fn kappa_text(it: &Kappa) -> String {
    match (it.kappa, it.interval) {
        (Some(kappa), Some((lower, upper))) => {
            format!("kappa {kappa:.2} (95% CI {lower:.2} to {upper:.2})")
        }
        _ => "kappa not defined, both always say the same".to_owned(),
    }
}

fn json(found: &RobAgreement) -> Value {
    let conflicts: Value = found
        .conflicts
        .iter()
        .map(|it| {
            json!({
                "study": it.study,
                "outcome": it.outcome,
                "question": it.question,
                "answers": [it.answers.0, it.answers.1],
                "consensus": it.consensus,
            })
        })
        .collect();
    json!({
        "assessors": [found.assessors.0, found.assessors.1],
        "conflicts": conflicts,
        "questions": found.questions.iter().map(agreed_json).collect::<Value>(),
        "judgements": found.judgements.iter().map(agreed_json).collect::<Value>(),
    })
}

fn agreed_json(it: &Agreed) -> Value {
    let weighted = it.weighted.as_ref();
    json!({
        "tool": it.tool,
        "question": it.question,
        "n": it.kappa.n,
        "percent": 100.0 * it.exact,
        "kappa": it.kappa.kappa,
        "kappa_se": it.kappa.se,
        "kappa_lower": it.kappa.interval.map(|it| it.0),
        "kappa_upper": it.kappa.interval.map(|it| it.1),
        "weighted_kappa": weighted.and_then(|it| it.kappa),
        "weighted_kappa_lower": weighted.and_then(|it| it.interval).map(|it| it.0),
        "weighted_kappa_upper": weighted.and_then(|it| it.interval).map(|it| it.1),
    })
}
