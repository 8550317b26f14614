//! The options of `consil meta` that ask for more than the pool.

use clap::Args;
use consilience_review::inquiry::{Dimension, Question};

/// What else is asked of the studies.
#[derive(Debug, Args)]
#[command(next_help_heading = "Further questions")]
pub(super) struct Questions {
    /// Repeat the analysis with every combination of the defensible choices, by default of models, estimators of the
    /// between-study variance and intervals: `tau2=DL|REML; ci=Wald|Hartung-Knapp; include=all|bias!=high`. Kinds of
    /// choices: measure, model, method, tau2, ci, correlation, include
    #[arg(long, value_name = "CHOICES", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = dimensions)]
    multiverse: Option<Dimensions>,
}

impl Questions {
    /// The questions, in the order in which their answers are shown.
    pub(super) fn all(&self) -> Vec<Question> {
        let multiverse = self.multiverse.clone().map(|it| Question::Multiverse(it.0));
        multiverse.into_iter().collect()
    }
}

/// The dimensions of a multiverse, as one value of the command line.
#[derive(Debug, Clone)]
struct Dimensions(Vec<Dimension>);

fn dimensions(text: &str) -> Result<Dimensions, String> {
    Dimension::list(text).map(Dimensions).map_err(|it| it.to_string())
}
