//! `consil log`: the audit trail of a review.

use std::path::PathBuf;

use clap::Args;
use consilience_review::{entry_to_json, is_day};

use crate::commands::build::read;
use crate::{Failed, printer};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of the review
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Leave out what is dated later than this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let mut log = read(&arguments.dir)?.log;
    if let Some(date) = &arguments.as_of {
        log = log.as_of(date);
    }
    for (position, entry) in log.read(0).iter().enumerate() {
        if arguments.json {
            printer::result(entry_to_json(entry))?;
            continue;
        }
        let when = entry.when.0.as_deref().unwrap_or("no date");
        let fields: Vec<String> = entry
            .value
            .cells()
            .iter()
            .map(|(name, cell)| {
                let text: String = cell.to_text().chars().take(60).collect();
                format!("{name}={}", text.replace('\n', " "))
            })
            .collect();
        let kind = entry.value.kind().replace('_', " ");
        printer::result(format!(
            "{position}\t{when}\t{}\t{kind}\t{}",
            entry.who,
            fields.join(", ")
        ))?;
    }
    Ok(())
}

fn day(text: &str) -> Result<String, String> {
    if is_day(text) {
        Ok(text.to_owned())
    } else {
        Err("expected a day such as 2026-05-31".to_owned())
    }
}
