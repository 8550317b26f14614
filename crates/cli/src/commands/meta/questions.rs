//! The options of `consil meta` that ask for more than the pool.

use clap::Args;
use consilience_review::inquiry::{Dimension, GlmmModel, Moderators, Question, Term};

use super::keyword;

/// What else is asked of the studies.
#[derive(Debug, Args)]
#[command(next_help_heading = "Further questions")]
pub(super) struct Questions {
    /// Meta-regression on these columns: `ablat + factor(alloc, random) + ablat:alloc + year^2`. Columns of numbers are
    /// numbers, others factors
    #[arg(long, value_name = "TERMS", value_parser = terms)]
    mods: Option<Terms>,
    /// Leave the intercept out of the meta-regression
    #[arg(long, requires = "mods")]
    no_intercept: bool,
    /// Pool the counts by a generalised linear mixed model: conditional, `approximate conditional`, `fixed studies` or
    /// `random studies`
    #[arg(long, value_name = "MODEL", value_parser = keyword::<GlmmModel>)]
    glmm: Option<GlmmModel>,
    /// Repeat the analysis with every combination of the defensible choices, by default of models, estimators of the
    /// between-study variance and intervals: `tau2=DL|REML; ci=Wald|Hartung-Knapp; include=all|bias!=high`. Kinds of
    /// choices: measure, model, method, tau2, ci, correlation, include
    #[arg(long, value_name = "CHOICES", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = dimensions)]
    multiverse: Option<Dimensions>,
}

impl Questions {
    /// The questions, in the order in which their answers are shown.
    pub(super) fn all(&self) -> Vec<Question> {
        let regression = self.mods.clone().map(|it| {
            Question::MetaRegression(Moderators { terms: it.0, intercept: !self.no_intercept })
        });
        let multiverse = self.multiverse.clone().map(|it| Question::Multiverse(it.0));
        let glmm = self.glmm.map(Question::Glmm);
        regression.into_iter().chain(glmm).chain(multiverse).collect()
    }
}

/// The terms of a regression, as one value of the command line.
#[derive(Debug, Clone)]
struct Terms(Vec<Term>);

fn terms(text: &str) -> Result<Terms, String> {
    Term::list(text).map(Terms).map_err(|it| it.to_string())
}

/// The dimensions of a multiverse, as one value of the command line.
#[derive(Debug, Clone)]
struct Dimensions(Vec<Dimension>);

fn dimensions(text: &str) -> Result<Dimensions, String> {
    Dimension::list(text).map(Dimensions).map_err(|it| it.to_string())
}
