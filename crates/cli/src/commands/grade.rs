//! `consil grade`: the numbers that certainty is rated on, what the program proposes, what was decided, what is stale.

use std::path::PathBuf;

use clap::Args;
use consilience_report::{bodies_text, body_json};
use consilience_review::certainty::{BodyOfEvidence, Freshness, template};
use consilience_review::{Evaluation, evaluate};
use serde_json::json;

use crate::printer::counted;
use crate::{Failed, printer};

#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is decided here. GRADE publishes no cut-offs for most ratings, so each proposal names the program's own rule; the \
panel rates, and its ratings stand in certainty.csv. docs/certainty.md leads through them.

To rate, or to rate again what is stale: print the rows into a new file, fill in `rating` and `reason`, keep the numbers, \
remove the rows that you do not rate, and put it in the place of certainty.csv.

Examples:
  consil grade my-review
  consil grade my-review --template > rows.csv
  consil grade my-review --outcome pain --json")]
pub(crate) struct Arguments {
    /// The folder of a review
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Print the bodies of evidence as JSON
    #[arg(long, conflicts_with = "template")]
    json: bool,
    /// Print the rows of certainty.csv: what was rated as it stands, the rest to fill in, with the numbers of today
    #[arg(long)]
    template: bool,
    /// Only this outcome, by its id
    #[arg(long, value_name = "ID")]
    outcome: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let reading = super::build::read(&arguments.dir)?;
    let state = &reading.state;
    if let Some(id) = arguments.outcome.as_ref().filter(|it| !state.outcomes.contains_key(*it)) {
        let known: Vec<&str> = state.outcomes.keys().map(String::as_str).collect();
        let known = known.join(", ");
        return Err(printer::failure(format!(
            "--outcome: found `{id}`, expected an outcome of review.toml: {known}"
        )));
    }
    let mut evaluation = evaluate(state);
    let is_wanted =
        |it: &BodyOfEvidence| arguments.outcome.as_ref().is_none_or(|wanted| it.outcome == *wanted);
    evaluation.certainty.retain(is_wanted);
    if arguments.template {
        return printer::result(template(&evaluation.certainty).trim_end());
    }
    if arguments.json {
        let bodies: Vec<_> = evaluation.certainty.iter().map(|it| body_json(state, it)).collect();
        let json = serde_json::to_string_pretty(&json!({ "bodies_of_evidence": bodies }));
        return printer::result(json.map_err(printer::failure)?);
    }
    if !evaluation.certainty.is_empty() {
        printer::result(bodies_text(state, &evaluation))?;
    }
    printer::remark(summary(&evaluation));
    Ok(())
}

/// `2 bodies of evidence, 1 rated, 1 stale`.
fn summary(evaluation: &Evaluation) -> String {
    let decided: Vec<_> =
        evaluation.certainty.iter().filter_map(|it| it.decision.as_ref()).collect();
    let count =
        |test: fn(&Freshness) -> bool| decided.iter().filter(|it| test(&it.freshness())).count();
    let mut text = format!(
        "{}, {} rated",
        counted(evaluation.certainty.len(), "body of evidence", "bodies of evidence"),
        decided.len()
    );
    for (n, what) in [
        (count(|it| matches!(it, Freshness::Stale(_))), "stale"),
        (count(|it| *it == Freshness::Unknown), "on numbers that nobody wrote down"),
    ] {
        if n > 0 {
            text = format!("{text}, {n} {what}");
        }
    }
    text
}
