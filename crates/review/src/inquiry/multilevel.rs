//! Several effects a study: multilevel and multivariate models, with inference that is robust to clusters.

use consilience_stats::multivariate::{
    ClusterCorrection, CoefficientTest, CorrelatedErrors, Grouping, LevelCorrelation,
    LikelihoodKind, MultilevelFit, MultilevelModel, MultilevelOptions, ProfileInterval, Random,
    RobustInference, Sampling,
};
use consilience_stats::{
    CiMethod, Design, Effect, Model, Regression, RegressionOptions, Tau2Method, regress,
};

use super::deletions::{MultilevelInfluence, cluster_column};
use super::design::StudyDesign;
use super::random_term::RandomTerm;
use super::refused;
use super::regression::Moderators;
use crate::analysis::Excluded;
use crate::diagnostic::Diagnostic;
use crate::keyword::foreign_keyword;
use crate::single::{StudyTable, TableAnalysis};
use crate::vocabulary::plan::AnalysisPlan;

foreign_keyword!(ClusterCorrection);

/// Which effects belong together, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependence {
    /// Moderators; none: the mean effect.
    pub moderators: Option<Moderators>,
    /// Random effects; none: independent effects with one τ², as in the pool.
    pub random: Vec<RandomTerm>,
    /// The correlation of sampling errors within the clusters.
    pub sampling_correlation: Option<f64>,
    /// The column of the clusters.
    pub cluster: Option<String>,
    /// The correction of the cluster-robust variances.
    pub correction: ClusterCorrection,
    /// Whether to leave out each effect and each cluster in turn, of a model that [has levels](Self::has_levels).
    pub influence: bool,
}

impl Dependence {
    /// Whether the model is of dependent effects itself, not only the inference.
    pub fn has_levels(&self) -> bool {
        !self.random.is_empty() || self.sampling_correlation.is_some()
    }
}

/// The answer of a model of dependent effects.
#[derive(Debug, Clone, PartialEq)]
pub struct DependentEffects {
    /// The model.
    pub model: DependentModel,
    /// Inference about its coefficients that holds if only clusters are independent.
    pub robust: Option<RobustInference>,
    /// The column of the clusters.
    pub cluster: Option<String>,
    /// The correction that was used.
    pub correction: ClusterCorrection,
    /// The studies without a value that the model needs.
    pub left_out: Vec<Excluded>,
}

/// The model whose coefficients are asked about.
#[derive(Debug, Clone)]
pub enum DependentModel {
    /// Random effects at several levels.
    Multilevel {
        /// The fit.
        fit: Box<MultilevelFit>,
        /// The profile-likelihood interval of each variance and correlation, where it could be had.
        intervals: Vec<Option<ProfileInterval>>,
        /// The share of each component in the variation, in percent: I² by level (of random intercepts and effects with
        /// independent sampling errors only).
        i2: Option<Vec<f64>>,
        /// What each effect and each cluster does to it, where that is asked.
        influence: Option<Box<MultilevelInfluence>>,
    },
    /// Independent effects; only the inference allows for clusters.
    Independent(Box<Regression>),
}

impl PartialEq for DependentModel {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Independent(a), Self::Independent(b)) => a == b,
            (Self::Multilevel { fit: a, .. }, Self::Multilevel { fit: b, .. }) => {
                a.coefficients == b.coefficients && a.components == b.components
            }
            _ => false,
        }
    }
}

/// Fits a model of dependent effects by the model, the likelihood and the kind of tests of the analysis.
///
/// # Errors
/// What the columns lack, or why the model has no answer.
pub fn dependent_effects(
    analysis: &TableAnalysis,
    asked: &Dependence,
) -> Result<DependentEffects, Vec<Diagnostic>> {
    let rows = analysis.rows();
    let StudyDesign { design, studies, left_out } = match &asked.moderators {
        Some(it) => StudyDesign::of(&it.terms, it.intercept, &rows)?,
        None => StudyDesign {
            design: Design::intercept(rows.len()),
            studies: (0..rows.len()).collect(),
            left_out: Vec::new(),
        },
    };
    let effects: Vec<Effect> =
        studies.iter().map(|it| analysis.synthesis.studies[*it].effect).collect();
    let columns = Columns { rows: &rows, studies: &studies };
    let plan = &analysis.synthesis.plan;
    let model = if asked.has_levels() {
        let (fit, intervals, i2) = multilevel(&effects, &design, plan, asked, &columns)?;
        let influence = asked.influence.then(|| influence(&fit, asked, &columns)).transpose()?;
        DependentModel::Multilevel { fit, intervals, i2, influence: influence.map(Box::new) }
    } else {
        let weighting = analysis.synthesis.weighting(&studies);
        let fit = regress(&effects, &design, &plan.regression_options(weighting));
        DependentModel::Independent(Box::new(fit.map_err(|it| no_answer("--cluster", &it))?))
    };
    let robust = match &asked.cluster {
        None => None,
        Some(column) => {
            let cluster = columns.grouping(column)?;
            let level = plan.level_share();
            let robust = match &model {
                DependentModel::Multilevel { fit, .. } => {
                    fit.robust(&cluster, asked.correction, level)
                }
                DependentModel::Independent(fit) => fit.robust(&cluster, asked.correction, level),
            };
            Some(robust.map_err(|it| no_answer("--cluster", &it))?)
        }
    };
    let (cluster, correction) = (asked.cluster.clone(), asked.correction);
    Ok(DependentEffects { model, robust, cluster, correction, left_out })
}

/// The fit, the intervals of its variances, and I² by level.
type MultilevelParts = (Box<MultilevelFit>, Vec<Option<ProfileInterval>>, Option<Vec<f64>>);

fn multilevel(
    effects: &[Effect],
    design: &Design,
    plan: &AnalysisPlan,
    asked: &Dependence,
    columns: &Columns,
) -> Result<MultilevelParts, Vec<Diagnostic>> {
    let estimates: Vec<f64> = effects.iter().map(|it| it.estimate).collect();
    let variances: Vec<f64> = effects.iter().map(|it| it.variance).collect();
    let is_independent = asked.sampling_correlation.is_none();
    let sampling = match asked.sampling_correlation {
        None => Sampling::Independent(variances),
        Some(correlation) => sampling(&variances, correlation, asked, columns)?,
    };
    let mut random = Vec::new();
    for term in &asked.random {
        random.extend(columns.random(term)?);
    }
    let is_intercepts = asked.random.iter().all(|it| matches!(it, RandomTerm::Nested(_)));
    let likelihood = match plan.tau2.method() {
        Some(Tau2Method::MaximumLikelihood) => LikelihoodKind::Full,
        _ => LikelihoodKind::Restricted,
    };
    let test = match plan.ci {
        CiMethod::Wald => CoefficientTest::Normal,
        _ => CoefficientTest::ResidualT,
    };
    let options = MultilevelOptions { likelihood, test, level: plan.level_share() };
    let fit = MultilevelModel::new(&estimates, sampling, design)
        .and_then(|it| it.with_all(random).fit(&options))
        .map_err(|it| no_answer("--random", &it))?;
    let intervals = fit
        .variance_parameters()
        .into_iter()
        .map(|it| fit.profile_interval(it, options.level).ok())
        .collect();
    let i2 = (is_intercepts && is_independent).then(|| shares(&fit, effects, design)).flatten();
    Ok((Box::new(fit), intervals, i2))
}

fn influence(
    fit: &MultilevelFit,
    asked: &Dependence,
    columns: &Columns,
) -> Result<MultilevelInfluence, Vec<Diagnostic>> {
    let column = cluster_column(asked.cluster.as_deref(), &asked.random);
    let cluster = match column {
        Some(column) => columns.grouping(column)?,
        None => Grouping::rows("row", fit.k()),
    };
    let names: Vec<&str> = columns.rows.studies().collect();
    let studies = columns.studies.iter().map(|it| names[*it].to_owned()).collect();
    MultilevelInfluence::of(fit, &cluster, studies).map_err(|it| no_answer("--influence", &it))
}

/// I² by level: each variance over the sum of all of them and the typical sampling variance.
///
/// Cheung (2014), doi 10.1037/a0032968, with Higgins and Thompson's typical variance.
fn shares(fit: &MultilevelFit, effects: &[Effect], design: &Design) -> Option<Vec<f64>> {
    let options = RegressionOptions { model: Model::CommonEffect, ..RegressionOptions::default() };
    let typical = regress(effects, design, &options).ok()?.typical_variance;
    let variances: Vec<f64> = fit.components.iter().flat_map(|it| it.variances.clone()).collect();
    let total = typical + variances.iter().sum::<f64>();
    Some(variances.iter().map(|it| 100.0 * it / total).collect())
}

fn sampling(
    variances: &[f64],
    correlation: f64,
    asked: &Dependence,
    columns: &Columns,
) -> Result<Sampling, Vec<Diagnostic>> {
    let Some(cluster) = &asked.cluster else {
        return Err(refused(
            "--sampling-correlation",
            "no column of clusters",
            "the column within which sampling errors correlate",
            "add --cluster, such as --cluster study",
        ));
    };
    let rows = Grouping::rows("effect", variances.len());
    CorrelatedErrors::new(variances, columns.grouping(cluster)?)
        .observations(rows, LevelCorrelation::Common(correlation))
        .sampling()
        .map_err(|it| no_answer("--sampling-correlation", &it))
}

fn no_answer(option: &str, error: &impl ToString) -> Vec<Diagnostic> {
    refused(
        option,
        error.to_string(),
        "effects that the model can be fitted to",
        "take a simpler model",
    )
}

/// The columns of the rows that are in the model.
struct Columns<'a> {
    rows: &'a StudyTable,
    studies: &'a [usize],
}

impl Columns<'_> {
    fn random(&self, term: &RandomTerm) -> Result<Vec<Random>, Vec<Diagnostic>> {
        match term {
            RandomTerm::Nested(groups) => {
                let groupings: Result<Vec<Grouping>, _> =
                    groups.iter().map(|it| self.grouping(it)).collect();
                Ok(Random::nested(&groupings?))
            }
            RandomTerm::Levels { structure, inner, outer } => {
                let (inner, outer) = (self.grouping(inner)?, self.grouping(outer)?);
                Ok(vec![Random::levels(*structure, inner, outer)])
            }
        }
    }

    /// A column as groups; every row needs one.
    fn grouping(&self, column: &str) -> Result<Grouping, Vec<Diagnostic>> {
        let texts = self.rows.texts(column)?;
        let labels: Option<Vec<String>> =
            self.studies.iter().map(|it| texts[*it].clone()).collect();
        let Some(labels) = labels else {
            return Err(refused(
                column,
                "rows without a value",
                "a group for every row",
                format!("fill in `{column}`"),
            ));
        };
        Ok(Grouping::new(column, &labels))
    }
}
