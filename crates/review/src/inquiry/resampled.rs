//! Answers by resampling: a permutation test of the model, and bootstrap intervals of the pool.

use consilience_stats::resample::bootstrap::{Bootstrap, BootstrapOptions, bootstrap};
use consilience_stats::resample::permutation::{
    PermutationTest, Permutations, Tail, permutation_test,
};
use consilience_stats::{Design, Effect, regress};

use super::regression::{Moderators, meta_regression};
use super::{only_by_inverse_variance, refused};
use crate::diagnostic::Diagnostic;
use crate::single::TableAnalysis;

/// What is permuted, how often, and what counts as extreme.
#[derive(Debug, Clone, PartialEq)]
pub struct PermutationQuestion {
    /// The moderators that are tested; without any, the pooled effect is.
    pub moderators: Option<Moderators>,
    /// How many arrangements are tried where there are more.
    pub iterations: usize,
    /// The seed of those that are drawn.
    pub seed: u64,
    /// Which side the P values are of.
    pub tail: Tail,
}

/// A permutation test, with the names of the coefficients that it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct PermutationFinding {
    /// The coefficients.
    pub coefficients: Vec<String>,
    /// Their P values, and how many arrangements they rest on.
    pub test: PermutationTest,
    /// The seed of arrangements that were drawn.
    pub seed: u64,
    /// Which side the P values are of.
    pub tail: Tail,
}

/// Tests the pooled effect, or the coefficients of the moderators, by permutation: by all arrangements where there are no
/// more than `iterations`, else by so many at random.
///
/// # Errors
/// Why the model has no answer.
pub fn permuted(
    analysis: &TableAnalysis,
    question: &PermutationQuestion,
) -> Result<PermutationFinding, Vec<Diagnostic>> {
    let no_answer = |it: consilience_stats::PoolError| {
        refused(
            "--permute",
            it.to_string(),
            "studies that the model can be fitted to",
            "leave it out",
        )
    };
    let &PermutationQuestion { iterations, seed, tail, .. } = question;
    let fit = if let Some(moderators) = &question.moderators {
        meta_regression(analysis, moderators)?.fit
    } else {
        let synthesis = &analysis.synthesis;
        let effects: Vec<Effect> = synthesis.studies.iter().map(|it| it.effect).collect();
        let all: Vec<usize> = (0..effects.len()).collect();
        let options = synthesis.plan.regression_options(synthesis.weighting(&all));
        regress(&effects, &Design::intercept(effects.len()), &options).map_err(no_answer)?
    };
    let permutations = Permutations::Random { iterations, seed };
    let test = permutation_test(&fit, permutations, tail).map_err(no_answer)?;
    let coefficients = fit.coefficients.iter().map(|it| it.name.clone()).collect();
    Ok(PermutationFinding { coefficients, test, seed, tail })
}

/// A bootstrap of the pool.
#[derive(Debug, Clone, PartialEq)]
pub struct BootstrapFinding {
    /// How samples were drawn.
    pub options: BootstrapOptions,
    /// The intervals, on the analysis scale.
    pub bootstrap: Bootstrap,
}

/// Pools studies drawn with replacement, again and again.
///
/// # Errors
/// Why the samples have no answer.
pub fn bootstrapped(
    analysis: &TableAnalysis,
    (replicates, seed): (usize, u64),
) -> Result<BootstrapFinding, Vec<Diagnostic>> {
    only_by_inverse_variance(analysis, "--bootstrap")?;
    let synthesis = &analysis.synthesis;
    let effects: Vec<Effect> = synthesis.studies.iter().map(|it| it.effect).collect();
    let level = synthesis.plan.level_share();
    let options = BootstrapOptions { replicates, seed, level, ..BootstrapOptions::default() };
    let bootstrap =
        bootstrap(&effects, &synthesis.plan.pool_options(), &options).map_err(|it| {
            refused("--bootstrap", it.to_string(), "three studies or more", "leave it out")
        })?;
    Ok(BootstrapFinding { options, bootstrap })
}
