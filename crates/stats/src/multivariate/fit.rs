//! Fitting a multilevel or multivariate model.

use std::sync::{Arc, OnceLock};

use crate::distribution::chi2_sf;
use crate::effect::Interval;
use crate::model::design::Design;
use crate::model::fit_statistics::{FitStatistics, LikelihoodFit};
use crate::model::regress::Coefficient;
use crate::model::solution::{multiplier, two_sided_p};
use crate::model::wald::WaldTest;
use crate::multivariate::error::MultivariateError;
use crate::multivariate::likelihood::{Evaluator, LikelihoodKind, Shared, Weighted};
use crate::multivariate::problem::{Problem, Rows, natural};
use crate::multivariate::random::{Loading, Random};
use crate::multivariate::sampling::Sampling;
use crate::multivariate::search::{Highest, global_maximum};
use crate::multivariate::structure::{Kernel, LEAST_CONTINUOUS, Structure};
use crate::numeric::matrix::{Matrix, Vector};

/// A multilevel or multivariate model: y = Xβ + Σ Z·u + e, with Var e = V known and random effects u of given structure.
///
/// ```
/// use consilience_stats::Design;
/// use consilience_stats::multivariate::{Grouping, MultilevelModel, MultilevelOptions, Random, Sampling};
/// let estimates = [0.1, 0.3, 0.9, 1.2, 0.2, 0.4];
/// let sampling = Sampling::Independent(vec![0.01, 0.02, 0.01, 0.02, 0.01, 0.02]);
/// let lab = Grouping::new("lab", &["a", "a", "b", "b", "c", "c"]);
/// let trial = Grouping::rows("trial", 6);
/// let fit = MultilevelModel::new(&estimates, sampling, &Design::intercept(6))?
///     .with_all(Random::nested(&[lab, trial]))
///     .fit(&MultilevelOptions::default())?;
/// assert_eq!(fit.components.len(), 2);
/// assert!(fit.components[0].variances[0] > fit.components[1].variances[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MultilevelModel {
    pub(crate) estimates: Vec<f64>,
    pub(crate) sampling: Sampling,
    pub(crate) design: Design,
    pub(crate) random: Vec<Random>,
}

/// What tests and intervals of the coefficients refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoefficientTest {
    /// The normal distribution.
    Normal,
    /// t with k − p degrees of freedom.
    ResidualT,
    /// t with degrees of freedom by containment: the number of groups within which the coefficient's moderator does not
    /// vary, less p (the least such number over the random terms, at least 1); k − p if it varies within all.
    ContainmentT,
}

/// The choices of a fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MultilevelOptions {
    /// Which likelihood the variances and correlations maximise.
    pub likelihood: LikelihoodKind,
    /// What the coefficients are tested against.
    pub test: CoefficientTest,
    /// Confidence level of the coefficients' intervals, in (0, 1).
    pub level: f64,
}

impl Default for MultilevelOptions {
    /// REML, normal tests, level 0.95.
    fn default() -> Self {
        Self { likelihood: LikelihoodKind::Restricted, test: CoefficientTest::Normal, level: 0.95 }
    }
}

/// A fitted model, on the analysis scale.
#[derive(Debug, Clone)]
pub struct MultilevelFit {
    /// The coefficients, in the order of the design's columns.
    pub coefficients: Vec<Coefficient>,
    /// Their variances and covariances.
    pub vcov: Matrix,
    /// Degrees of freedom of each coefficient's t statistic; `None` if it is normal.
    pub df: Vec<Option<f64>>,
    /// What was estimated for each random term, in the model's order.
    pub components: Vec<Component>,
    /// Residual heterogeneity without random effects: (y − Xβ)′V⁻¹(y − Xβ); `None` if V has no inverse.
    pub q_e: Option<f64>,
    /// Its degrees of freedom, k − p.
    pub q_e_df: f64,
    /// Its p value; 1 when k = p.
    pub q_e_p_value: Option<f64>,
    /// Test of all coefficients but the intercept (of the intercept, if it is alone).
    pub q_m: WaldTest,
    /// Log-likelihoods and information criteria, at these estimates; the full deviance is infinite if V has no inverse.
    pub fit: FitStatistics,
    /// Number of parameters estimated, coefficients included.
    pub parameters: usize,
    /// What is remarkable about the estimates.
    pub notes: Vec<FitNote>,
    pub(crate) model: MultilevelModel,
    pub(crate) options: MultilevelOptions,
    pub(crate) state: State,
}

/// The estimates of one random term.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// The term's name.
    pub name: String,
    /// Its variances: one, or one a level.
    pub variances: Vec<f64>,
    /// Its correlations, unstructured ones by columns of the lower triangle (for spatial terms the range); NaN where a
    /// variance of 0 leaves nothing to correlate.
    pub correlations: Vec<f64>,
    /// Which variances were held fixed.
    pub variances_fixed: Vec<bool>,
    /// Which correlations were held fixed.
    pub correlations_fixed: Vec<bool>,
    /// The covariance matrix of the term's effects within a group.
    pub matrix: Matrix,
    /// The names of its rows: levels, or coefficients; of a plain random intercept none.
    pub levels: Vec<String>,
    /// Number of groups (of a random intercept: of levels).
    pub groups: usize,
}

/// Something remarkable about estimates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FitNote {
    /// A variance is estimated as 0, the least it can be.
    VarianceAtZero {
        /// The component, from 0.
        component: usize,
        /// The variance within it, from 0.
        variance: usize,
    },
    /// A correlation is estimated at the edge of what it can be.
    CorrelationAtEdge {
        /// The component, from 0.
        component: usize,
        /// The correlation within it, from 0.
        correlation: usize,
        /// Its value.
        value: f64,
    },
    /// The likelihood is flat in some direction, or has two maxima of one height: other estimates fit as well, and those
    /// given are the ones with the least heterogeneity (a variance of a group that is alone of its kind is 0; of two terms with
    /// the same groups the first has all).
    NotIdentified,
    /// The sampling covariance matrix has no inverse (some effects are assumed to be fully determined by others), so that
    /// heterogeneity cannot be tested.
    SamplingCovarianceSingular,
}

/// What later questions need of a fit.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) rows: Arc<Rows>,
    /// All parameters, term by term.
    pub(crate) theta: Vec<Vec<f64>>,
    /// The weights of each block in full, made when first asked for.
    weighted: OnceLock<Vec<Weighted>>,
    pub(crate) shared: Arc<Shared>,
    /// The log-likelihood that was maximised.
    pub(crate) log_likelihood: f64,
}

impl MultilevelModel {
    /// A model of `estimates` with sampling covariance and design, as yet without random terms (a common-effect model).
    pub fn new(
        estimates: &[f64],
        sampling: Sampling,
        design: &Design,
    ) -> Result<Self, MultivariateError> {
        let k = estimates.len();
        if k == 0 {
            return Err(MultivariateError::NoEffects);
        }
        MultivariateError::check_finite("estimate", estimates)?;
        MultivariateError::check_length("sampling covariance", sampling.k(), k)?;
        MultivariateError::check_length("design's rows", design.k(), k)?;
        if design.p() > k {
            return Err(MultivariateError::TooFewRows { rows: k, coefficients: design.p() });
        }
        Ok(Self {
            estimates: estimates.to_vec(),
            sampling,
            design: design.clone(),
            random: Vec::new(),
        })
    }

    /// The model with one more random term.
    #[must_use]
    pub fn with(mut self, term: Random) -> Self {
        self.random.push(term);
        self
    }

    /// The model with more random terms.
    #[must_use]
    pub fn with_all(mut self, terms: impl IntoIterator<Item = Random>) -> Self {
        self.random.extend(terms);
        self
    }

    /// Fits the model by maximum likelihood.
    ///
    /// The highest maximum is taken of those found from all over the parameters' range. Estimates on the edge (a variance of 0, a correlation of ±1)
    /// are exact and noted. Pinheiro & Bates (2000); Berkey et al. (1998),
    /// doi `10.1002/(SICI)1097-0258(19981130)17:22<2537::AID-SIM953>3.0.CO;2-C`; Konstantopoulos (2011), doi 10.1002/jrsm.35.
    pub fn fit(&self, options: &MultilevelOptions) -> Result<MultilevelFit, MultivariateError> {
        MultivariateError::check_level(options.level)?;
        let (k, p) = (self.estimates.len(), self.design.p());
        for term in &self.random {
            let found = term.outer.codes().len();
            MultivariateError::check_length(format!("grouping of {}", term.name), found, k)?;
            if let Loading::Levels(inner) = &term.loading {
                let what = format!("inner variable of {}", term.name);
                MultivariateError::check_length(what, inner.codes().len(), k)?;
            }
        }
        let rows = Rows::new(
            &self.estimates,
            &self.sampling.errors()?,
            self.design.matrix(),
            &self.random,
        )?;
        let problem = Problem::new(&rows, &self.random);
        if !problem.free().is_empty() && k <= p {
            return Err(MultivariateError::TooFewRows { rows: k, coefficients: p });
        }
        let maximum = global_maximum(&problem, options.likelihood);
        let errors = without_random(&rows);
        let maximum = maximum.ok_or_else(|| match errors {
            Some(_) => MultivariateError::NotConverged,
            None => not_positive_definite(&rows),
        })?;
        let mut evaluator = Evaluator::new(&problem, options.likelihood);
        let mut notes = notes(&problem, &maximum);
        if errors.is_none() {
            notes.push(FitNote::SamplingCovarianceSingular);
        }
        let shared = evaluator.shared(&maximum.at).ok_or(MultivariateError::NotConverged)?;
        let theta = problem.spread(&maximum.at);
        let free = problem.free().len();
        let components = self.components(&theta, rows.unit);
        let (beta, vcov) = solution(&rows, &shared);
        let df = self.degrees_of_freedom(options.test);
        let coefficients = coefficients(self.design.names(), &beta, &vcov, &df, options.level);
        let tested = self.design.moderator_columns();
        let q_m_df = tested.iter().filter_map(|&j| df[j]).reduce(f64::min);
        let q_m = WaldTest::of_zero(
            &beta.select_rows(&tested),
            &vcov.select_rows(&tested).select_columns(&tested),
            q_m_df,
        )
        .ok_or(MultivariateError::DependentHypotheses)?;
        let q_e_df = (k - p) as f64;
        let q_e = errors.as_ref().map(|errors| errors.rss.max(0.0));
        let fit = fit_statistics(&rows, &shared, errors.as_ref(), p + free);
        drop(problem);
        Ok(MultilevelFit {
            coefficients,
            vcov,
            df,
            components,
            q_e,
            q_e_df,
            q_e_p_value: q_e.map(|q_e| if k == p { 1.0 } else { chi2_sf(q_e, q_e_df) }),
            q_m,
            fit,
            parameters: p + free,
            notes,
            model: self.clone(),
            options: *options,
            state: State {
                rows: rows.into(),
                theta,
                weighted: OnceLock::new(),
                shared: shared.into(),
                log_likelihood: maximum.value,
            },
        })
    }

    pub(crate) fn components(&self, theta: &[Vec<f64>], unit: f64) -> Vec<Component> {
        self.random
            .iter()
            .zip(theta)
            .map(|(term, theta)| {
                let (variances, correlations) = natural(&term.structure, theta, unit);
                let (levels, groups) = match &term.loading {
                    Loading::Levels(inner) if term.is_intercept && inner.levels().len() > 1 => {
                        (inner.levels().to_vec(), inner.occupied())
                    }
                    _ if term.is_intercept => (Vec::new(), term.outer.occupied()),
                    Loading::Levels(inner) => (inner.levels().to_vec(), term.outer.occupied()),
                    Loading::Slopes { names, .. } => (names.clone(), term.outer.occupied()),
                };
                Component {
                    name: term.name.clone(),
                    variances,
                    correlations,
                    variances_fixed: term.fixed_variances.iter().map(Option::is_some).collect(),
                    correlations_fixed: term
                        .fixed_correlations
                        .iter()
                        .map(Option::is_some)
                        .collect(),
                    matrix: term.structure.value(theta) * unit,
                    levels,
                    groups,
                }
            })
            .collect()
    }

    fn degrees_of_freedom(&self, test: CoefficientTest) -> Vec<Option<f64>> {
        let (k, p) = (self.estimates.len(), self.design.p());
        let residual = (k as f64 - p as f64).max(1.0);
        match test {
            CoefficientTest::Normal => vec![None; p],
            CoefficientTest::ResidualT => vec![Some(residual); p],
            CoefficientTest::ContainmentT => (0..p)
                .map(|column| {
                    let x = self.design.matrix().column(column);
                    let contained = self.random.iter().filter_map(|term| {
                        let group = term.grouping();
                        let constant = group
                            .members()
                            .iter()
                            .all(|rows| rows.iter().all(|&row| same(x[row], x[rows[0]])));
                        constant.then(|| group.occupied() as f64 - p as f64)
                    });
                    Some(contained.fold(residual, f64::min).max(1.0))
                })
                .collect(),
        }
    }
}

#[expect(clippy::float_cmp, reason = "whether a moderator is constant is a matter of equal values")]
fn same(a: f64, b: f64) -> bool {
    a == b
}

impl MultilevelFit {
    /// The weights of each block in full.
    pub(crate) fn weighted(&self) -> &[Weighted] {
        self.state.weighted.get_or_init(|| {
            let (values, mut scratch) = (self.term_matrices(), Vec::new());
            let blocks = self.state.rows.blocks.iter().map(|block| {
                let mut weighted = Weighted::default();
                // The fit has found every block's covariance to be positive definite.
                let _ = weighted.densely(block, &values, self.p(), &mut scratch);
                weighted
            });
            blocks.collect()
        })
    }
}

impl Random {
    /// The variable whose levels the term's effects belong to.
    pub(crate) fn grouping(&self) -> &crate::multivariate::grouping::Grouping {
        match &self.loading {
            Loading::Levels(inner) if self.is_intercept && inner.levels().len() > 1 => inner,
            _ => &self.outer,
        }
    }
}

/// Weights with V alone; `None` if V is not positive definite.
fn without_random(rows: &Rows) -> Option<Shared> {
    let problem = Problem { rows, terms: Vec::new() };
    Evaluator::new(&problem, LikelihoodKind::Full).shared(&[])
}

fn not_positive_definite(rows: &Rows) -> MultivariateError {
    let failing = rows.blocks.iter().find(|block| !block.is_positive_definite());
    let row = failing.and_then(|block| block.rows.first().copied()).unwrap_or_default();
    MultivariateError::NotPositiveDefinite { what: "sampling covariance matrix".into(), row }
}

/// The coefficients of the design and their covariance, on the scale of the data.
pub(crate) fn solution(rows: &Rows, shared: &Shared) -> (Vector, Matrix) {
    let root = rows.unit.sqrt();
    let q = Vector::from_fn(rows.p, |c, _| rows.projected[c] + root * shared.gamma[c]);
    let solve = |right: &Matrix| {
        rows.triangular
            .solve_upper_triangular(right)
            .unwrap_or_else(|| Matrix::from_element(rows.p, right.ncols(), f64::NAN))
    };
    let beta = solve(&Matrix::from_column_slice(rows.p, 1, q.as_slice()));
    let half = solve(&shared.root) * root;
    (beta.column(0).into_owned(), &half * half.transpose())
}

pub(crate) fn coefficients(
    names: &[String],
    beta: &Vector,
    vcov: &Matrix,
    df: &[Option<f64>],
    level: f64,
) -> Vec<Coefficient> {
    names
        .iter()
        .enumerate()
        .map(|(j, name)| {
            let (estimate, se) = (beta[j], vcov[(j, j)].sqrt());
            let statistic = estimate / se;
            Coefficient {
                name: name.clone(),
                estimate,
                se,
                statistic,
                p_value: two_sided_p(statistic, df[j]),
                ci: Interval::around(estimate, multiplier(df[j], level) * se),
            }
        })
        .collect()
}

fn fit_statistics(
    rows: &Rows,
    shared: &Shared,
    errors: Option<&Shared>,
    parameters: usize,
) -> FitStatistics {
    let (full, restricted) = shared.log_likelihoods(rows);
    let (k, p, parameters) = (rows.k as f64, rows.p as f64, parameters as f64);
    let saturated = errors.map_or(f64::INFINITY, |errors| {
        let constant = k * libm::log(2.0 * core::f64::consts::PI * rows.unit);
        -0.5 * (constant + errors.log_determinant)
    });
    FitStatistics {
        ml: LikelihoodFit::new(full, 2.0 * (saturated - full), parameters, k),
        reml: (k > p).then(|| LikelihoodFit::new(restricted, -2.0 * restricted, parameters, k - p)),
    }
}

/// What is remarkable about the maximum.
fn notes(problem: &Problem, highest: &Highest) -> Vec<FitNote> {
    let mut notes = Vec::new();
    let all = problem.spread(&highest.at);
    for (component, (term, theta)) in problem.terms.iter().zip(&all).enumerate() {
        let fixed = |at: usize| term.slots.get(at).is_some_and(|slot| slot.fixed.is_some());
        let (variances, correlations) = natural(&term.structure, theta, 1.0);
        let first = match term.structure {
            Structure::Unstructured { .. } => usize::MAX,
            _ => variances.len(),
        };
        for (variance, value) in variances.iter().enumerate() {
            if *value <= 0.0 && !fixed(variance) {
                notes.push(FitNote::VarianceAtZero { component, variance });
            }
        }
        for (correlation, &value) in correlations.iter().enumerate() {
            let edge = match &term.structure {
                Structure::Correlated { kernel: Kernel::Spatial { .. }, .. } => false,
                Structure::Correlated { kernel: Kernel::Equal { lower }, .. } => {
                    value <= *lower || value >= 1.0
                }
                Structure::Correlated { kernel: Kernel::Power { lower, .. }, .. } => {
                    value <= *lower || value >= 1.0 || (value < LEAST_CONTINUOUS && *lower > 0.0)
                }
                _ => value.abs() >= 1.0,
            };
            if edge && !fixed(first.saturating_add(correlation)) {
                notes.push(FitNote::CorrelationAtEdge { component, correlation, value });
            }
        }
    }
    if highest.is_tied {
        notes.push(FitNote::NotIdentified);
    }
    notes
}
