//! Meta-regression: how the effect varies with the studies' characteristics.
//!
//! Handbook 10.11.4. Studies without a value of a moderator are left out and named.

use consilience_stats::{Effect, Regression, WaldTest, regress};

use super::design::StudyDesign;
use super::refused;
use crate::analysis::{Excluded, Synthesis};
use crate::diagnostic::Diagnostic;
use crate::single::{StudyTable, TableAnalysis};
use crate::vocabulary::term::Term;

/// Which characteristics are asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moderators {
    /// The terms.
    pub terms: Vec<Term>,
    /// Whether the model has an intercept.
    pub intercept: bool,
}

/// A meta-regression.
#[derive(Debug, Clone, PartialEq)]
pub struct MetaRegression {
    /// The fit, on the analysis scale.
    pub fit: Regression,
    /// The test of each term, all columns of a factor together; empty where every term is one column.
    pub terms: Vec<(String, WaldTest)>,
    /// The studies in it, by their positions in the synthesis.
    pub studies: Vec<usize>,
    /// The studies without a value of some moderator.
    pub left_out: Vec<Excluded>,
}

/// Regresses the studies' effects on their characteristics, by the model, the estimator of τ² and the kind of interval
/// of the analysis.
///
/// # Errors
/// What the moderators lack, or why the model has no answer.
pub fn meta_regression(
    analysis: &TableAnalysis,
    moderators: &Moderators,
) -> Result<MetaRegression, Vec<Diagnostic>> {
    on_characteristics(&analysis.synthesis, &analysis.rows(), moderators)
}

/// The regression of a synthesis' studies, of which `rows` are the characteristics.
pub(crate) fn on_characteristics(
    synthesis: &Synthesis,
    rows: &StudyTable,
    moderators: &Moderators,
) -> Result<MetaRegression, Vec<Diagnostic>> {
    let StudyDesign { design, studies, left_out } =
        StudyDesign::of(&moderators.terms, moderators.intercept, rows)?;
    let effects: Vec<Effect> = studies.iter().map(|it| synthesis.studies[*it].effect).collect();
    let options = synthesis.plan.regression_options(synthesis.weighting(&studies));
    let fit = regress(&effects, &design, &options).map_err(|error| {
        let n = studies.len();
        let studies = if n == 1 { "1 study".to_owned() } else { format!("{n} studies") };
        refused(
            "--mods",
            error.to_string(),
            format!("moderators that {studies} can tell apart"),
            "take fewer moderators, or another model",
        )
    })?;
    let several = design.terms().iter().any(|it| it.columns.len() > 1);
    let terms = design
        .terms()
        .iter()
        .filter(|it| several && Some(it.columns.start) != design.intercept_column())
        .filter_map(|it| {
            let columns: Vec<usize> = it.columns.clone().collect();
            Some((it.name.clone(), fit.wald_test(&columns).ok()?))
        })
        .collect();
    Ok(MetaRegression { fit, terms, studies, left_out })
}
