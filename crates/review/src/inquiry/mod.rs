//! What else is asked of an analysis' studies, beyond the pool: one file for each kind of question.
//!
//! A [`Question`] says what is asked, [`Question::answer`] gives the [`Finding`]. What a finding looks like as JSON, as
//! text and as a figure is said in the crate `report`.

mod combined;
mod deletions;
mod design;
mod directions;
mod glmm;
mod influence;
mod location_scale;
mod multilevel;
mod multiverse;
mod profiles;
mod random_term;
mod regression;
mod resampled;
mod rule;
mod significant;
mod small_study;

pub use combined::{Combination, CombinationMethod, CombinedPValues, Tested, combined_p_values};
pub use deletions::{MultilevelInfluence, RowInfluence};
pub use design::StudyDesign;
pub use directions::{Directions, Pointing, Quality, Side, directions};
pub use glmm::{GlmmFinding, GlmmModel, glmm};
pub use influence::{
    AllSubsets, Cumulative, Influence, InfluenceRow, all_subsets, in_order, influence,
};
pub use location_scale::{LocationScaleFinding, LocationScaleQuestion, location_scale_model};
pub use multilevel::{Dependence, DependentEffects, DependentModel, dependent_effects};
pub use multiverse::{Choice, Dimension, Multiverse, MultiverseError, Specification, multiverse};
pub use profiles::{Profiles, profiles};
pub use random_term::RandomTerm;
pub(crate) use regression::on_characteristics;
pub use regression::{MetaRegression, Moderators, meta_regression};
pub use resampled::{
    BootstrapFinding, PermutationFinding, PermutationQuestion, bootstrapped, permuted,
};
pub use rule::{Comparison, InclusionRule};
pub use significant::{PUniformFinding, curve_of_p_values, uniform_p_values};
pub use small_study::{
    SelectionFinding, SelectionQuestion, SmallStudyEffects, selection_model, small_study_effects,
};

pub use crate::vocabulary::term::{Term, TermError};

use crate::analysis::Synthesis;
use consilience_stats::bias::PCurve;

use crate::diagnostic::{Diagnostic, Place};
use crate::keyword::Keyword;
use crate::single::TableAnalysis;
use crate::vocabulary::choice::Weights;
use crate::vocabulary::plan::{AnalysisPlan, Method};

/// One thing that is asked of an analysis' studies.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// What Review Manager and metafor answer, and why they differ.
    Profiles,
    /// How the effect varies with the studies' characteristics.
    MetaRegression(Moderators),
    /// How the effect, and apart from it the between-study variance, vary with the studies' characteristics.
    LocationScale(LocationScaleQuestion),
    /// What several effects a study say together.
    DependentEffects(Dependence),
    /// The counts pooled by a generalised linear mixed model.
    Glmm(GlmmModel),
    /// What each study does to the answer.
    Influence,
    /// How the answer came about as studies were added in the order of a column.
    Cumulative(String),
    /// What every subset of the studies says; of more than twenty, a sample drawn with this seed.
    AllSubsets(u64),
    /// Whether small studies say something else than large ones.
    SmallStudyEffects,
    /// What the answer would be had studies been seen by their P values.
    Selection(SelectionQuestion),
    /// Whether the significant P values alone speak of an effect.
    PCurve,
    /// What the answer would be had studies been published for their significance (p-uniform*).
    PUniform,
    /// A permutation test of the pooled effect or of moderators.
    Permutation(PermutationQuestion),
    /// Bootstrap intervals of the pooled effect: how many samples, and their seed.
    Bootstrap(usize, u64),
    /// What the P values and the directions say together, without a pooled effect.
    CombinedPValues,
    /// Which way each study points, and which of them a rule tells from others.
    Directions(Option<InclusionRule>),
    /// How the answer varies with the choices that are defensible; without any, with the usual ones.
    Multiverse(Vec<Dimension>),
}

/// The answer to a [`Question`].
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// Both programs' answers.
    Profiles(Box<Profiles>),
    /// A regression on the studies' characteristics.
    MetaRegression(MetaRegression),
    /// A location-scale model.
    LocationScale(Box<LocationScaleFinding>),
    /// A model of dependent effects.
    DependentEffects(DependentEffects),
    /// A generalised linear mixed model.
    Glmm(GlmmFinding),
    /// What each study does to the answer.
    Influence(Influence),
    /// The answer as studies were added.
    Cumulative(Cumulative),
    /// The answers of subsets.
    AllSubsets(AllSubsets),
    /// Tests and adjustments for small-study effects.
    SmallStudyEffects(Box<SmallStudyEffects>),
    /// A selection model.
    Selection(SelectionFinding),
    /// A p-curve.
    PCurve(Box<PCurve>),
    /// p-uniform*.
    PUniform(PUniformFinding),
    /// A permutation test.
    Permutation(PermutationFinding),
    /// Bootstrap intervals.
    Bootstrap(Box<BootstrapFinding>),
    /// Combined P values and a vote count.
    CombinedPValues(CombinedPValues),
    /// The studies' directions.
    Directions(Directions),
    /// Every combination of the choices.
    Multiverse(Multiverse),
}

impl Question {
    /// Answers the question.
    ///
    /// # Errors
    /// What the question or the table lacks, each with its place.
    pub fn answer(&self, analysis: &TableAnalysis) -> Result<Finding, Vec<Diagnostic>> {
        if analysis.synthesis.told_alone().is_some() && self.is_of_effects() {
            let found = "P values and directions alone";
            let expected = "effects with their standard errors or intervals";
            return Err(refused(self.option(), found, expected, "leave it out"));
        }
        match self {
            Self::Profiles => profiles(analysis).map(|it| Finding::Profiles(Box::new(it))),
            Self::MetaRegression(it) => meta_regression(analysis, it).map(Finding::MetaRegression),
            Self::LocationScale(it) => {
                location_scale_model(analysis, it).map(|it| Finding::LocationScale(Box::new(it)))
            }
            Self::DependentEffects(it) => {
                dependent_effects(analysis, it).map(Finding::DependentEffects)
            }
            Self::Glmm(model) => glmm(analysis, *model).map(Finding::Glmm),
            Self::Influence => influence(analysis).map(Finding::Influence),
            Self::Cumulative(column) => in_order(analysis, column).map(Finding::Cumulative),
            Self::AllSubsets(seed) => all_subsets(analysis, *seed).map(Finding::AllSubsets),
            Self::SmallStudyEffects => {
                Ok(Finding::SmallStudyEffects(Box::new(small_study_effects(analysis))))
            }
            Self::Selection(it) => selection_model(analysis, it).map(Finding::Selection),
            Self::PCurve => curve_of_p_values(analysis).map(|it| Finding::PCurve(Box::new(it))),
            Self::PUniform => uniform_p_values(analysis).map(Finding::PUniform),
            Self::Permutation(it) => permuted(analysis, it).map(Finding::Permutation),
            Self::Bootstrap(replicates, seed) => bootstrapped(analysis, (*replicates, *seed))
                .map(|it| Finding::Bootstrap(Box::new(it))),
            Self::CombinedPValues => combined_p_values(analysis).map(Finding::CombinedPValues),
            Self::Directions(rule) => directions(analysis, rule.as_ref()).map(Finding::Directions),
            Self::Multiverse(dimensions) => {
                let usual = || Dimension::usual(analysis);
                let dimensions = if dimensions.is_empty() { usual() } else { dimensions.clone() };
                multiverse(analysis, dimensions).map(Finding::Multiverse)
            }
        }
    }
}

impl Question {
    /// Whether it is asked of effects, so that P values and directions do not answer it.
    fn is_of_effects(&self) -> bool {
        !matches!(self, Self::CombinedPValues | Self::Directions(_))
    }

    /// The option of the command line that asks it.
    fn option(&self) -> &'static str {
        match self {
            Self::Profiles => "--profile",
            Self::MetaRegression(_) => "--mods",
            Self::LocationScale(_) => "--scale",
            Self::DependentEffects(it) if it.random.is_empty() => "--cluster",
            Self::DependentEffects(_) => "--random",
            Self::Glmm(_) => "--glmm",
            Self::Influence => "--influence",
            Self::Cumulative(_) => "--cumulative",
            Self::AllSubsets(_) => "--gosh",
            Self::SmallStudyEffects => "--small-study",
            Self::Selection(_) => "--selection",
            Self::PCurve => "--p-curve",
            Self::PUniform => "--p-uniform",
            Self::Permutation(_) => "--permute",
            Self::Bootstrap(..) => "--bootstrap",
            Self::CombinedPValues => "--combine-p",
            Self::Directions(_) => "--directions",
            Self::Multiverse(_) => "--multiverse",
        }
    }
}

/// Why an option has no answer.
fn refused(
    option: &str,
    found: impl Into<String>,
    expected: impl Into<String>,
    help: impl Into<String>,
) -> Vec<Diagnostic> {
    vec![Diagnostic::error(Place::file(option)).found(found).expected(expected).help(help)]
}

/// Whether studies are pooled by inverse variance and its weights; else by what.
fn inverse_variance(plan: &AnalysisPlan) -> Result<(), String> {
    match (plan.method, &plan.weights) {
        (Method::InverseVariance, Weights::InverseVariance) => Ok(()),
        (Method::InverseVariance, weights) => Err(format!("weights by `{}`", weights.text())),
        (method, _) => Err(format!("the method `{}`", method.name())),
    }
}

/// Refuses methods and weights that the question does not know.
fn only_by_inverse_variance(analysis: &TableAnalysis, option: &str) -> Result<(), Vec<Diagnostic>> {
    inverse_variance(&analysis.synthesis.plan).map_err(|found| {
        let expected = "the inverse-variance method and its weights";
        refused(option, found, expected, "choose them, or remove this question")
    })
}

/// What must be said of findings that rest on the studies' own effects where the pool does not: that of Mantel and Haenszel.
pub fn note_on_method(synthesis: &Synthesis, findings: &[Finding]) -> Option<String> {
    if synthesis.plan.method == Method::InverseVariance {
        return None;
    }
    let options: Vec<&str> = findings
        .iter()
        .filter_map(|it| match it {
            Finding::MetaRegression(_) => Some("--mods"),
            Finding::Influence(_) => Some("--influence"),
            Finding::SmallStudyEffects(_) => Some("--small-study"),
            Finding::Selection(_) => Some("--selection"),
            Finding::Permutation(_) => Some("--permute"),
            _ => None,
        })
        .collect();
    (!options.is_empty()).then(|| {
        format!(
            "{}: by inverse variance from the studies' own effects, not by {}, which has no such thing",
            options.join(", "),
            synthesis.plan.method.name()
        )
    })
}
