//! Fitting a selection model by maximum likelihood.

use crate::distribution::{chi2_sf, normal_two_sided_p, two_sided_z};
use crate::effect::{Effect, Interval};
use crate::model::design::Design;
use crate::model::pool_error::PoolError;
use crate::model::studies::Columns;
use crate::model::wald::WaldTest;
use crate::numeric::matrix::{Factor, Matrix, Vector};
use crate::numeric::sum::sum;
use crate::selection::error::SelectionError;
use crate::selection::function::{Alternative, Imprecision, SelectionFunction, Shape};
use crate::selection::likelihood::Likelihood;
use crate::selection::maximise::{Bounds, Effort, Maximum, maximise};

/// What is assumed of the true effects' spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Heterogeneity {
    /// One true effect (or one for each combination of moderators): τ² = 0.
    None,
    /// τ² is estimated by maximum likelihood.
    Estimated,
    /// τ² is held at this value, 0 or more.
    Given(f64),
}

/// The choices of a selection model.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectionOptions {
    /// The selection function.
    pub function: SelectionFunction,
    /// Which way p values point.
    pub alternative: Alternative,
    /// The spread of true effects.
    pub heterogeneity: Heterogeneity,
    /// A value for each parameter that is held, `None` for each that is estimated; empty: all are estimated.
    pub fixed: Vec<Option<f64>>,
    /// Confidence level, in (0, 1).
    pub level: f64,
}

/// A fitted selection model.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectionFit {
    /// Number of studies.
    pub k: usize,
    /// Coefficients of the moderators before selection: of an intercept alone, the mean effect.
    pub coefficients: Vec<Estimate>,
    /// τ² before selection.
    pub tau2: f64,
    /// Its standard error; `None` if τ² was not estimated or is 0, or the curvature is not that of a maximum.
    pub se_tau2: Option<f64>,
    /// Test of all coefficients but the intercept (of the intercept, if it is alone); `None` without standard errors.
    pub q_m: Option<WaldTest>,
    /// Parameters of the selection function.
    pub parameters: Vec<Estimate>,
    /// For a step function the intervals of p values, else `None`.
    pub intervals: Option<Vec<StepInterval>>,
    /// The maximum of the log-likelihood.
    pub log_likelihood: f64,
    /// Number of estimated parameters.
    pub estimated: usize,
    /// Likelihood-ratio test of no selection; its p value is `None` if nothing about selection was estimated.
    pub selection_test: LikelihoodRatio,
    /// Likelihood-ratio test of τ² = 0; `None` if τ² was not estimated.
    pub heterogeneity_test: Option<LikelihoodRatio>,
}

/// An estimate, and what its standard error says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate, or the value at which it was held.
    pub value: f64,
    /// `None` if it was held, or the likelihood's curvature is not that of a maximum.
    pub wald: Option<Wald>,
}

/// A Wald test and interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wald {
    /// Standard error from the observed information.
    pub se: f64,
    /// Estimate less its value under no effect or no selection (1 for step and beta functions, 0 for others), over the
    /// standard error.
    pub statistic: f64,
    /// Two-sided p value.
    pub p_value: f64,
    /// Confidence interval; that of a selection parameter is cut off at the lower end of its range.
    pub ci: Interval,
}

/// A likelihood-ratio test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikelihoodRatio {
    /// Twice the difference of log-likelihoods, 0 or more.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p value by χ²; `None` without degrees of freedom.
    pub p_value: Option<f64>,
}

/// An interval of p values of a step function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepInterval {
    /// Its upper end.
    pub upper: f64,
    /// Number of studies in it; with 0 its parameter rests on nothing.
    pub studies: usize,
}

/// Parameters of selection functions are sought up to this value: beyond, the data do not tell them from infinity.
const LARGEST: f64 = 100.0;

/// Fits a selection model.
///
/// Effects are normal about their moderators' prediction with variance v + τ², and are seen with probability w(p).
/// Parameters of the selection function are sought from 0 (step, decreasing) or 0.00001 (beta) to 100. The maximum is the
/// highest one found from several starts; the model without heterogeneity is one of the candidates.
///
/// ```
/// use consilience_stats::selection::{
///     Alternative, Heterogeneity, SelectionFunction, SelectionOptions, fit_selection_model,
/// };
/// use consilience_stats::{Design, Effect};
/// let effects = [(0.41, 0.03), (0.55, 0.05), (0.32, 0.02), (0.09, 0.04), (0.88, 0.12), (0.21, 0.03)]
///     .map(|(estimate, variance)| Effect { estimate, variance });
/// let options = SelectionOptions {
///     function: SelectionFunction::Step { cuts: vec![0.025] },
///     alternative: Alternative::Greater,
///     heterogeneity: Heterogeneity::Estimated,
///     fixed: Vec::new(),
///     level: 0.95,
/// };
/// let fit = fit_selection_model(&effects, &Design::intercept(6), &options)?;
/// assert!(fit.parameters[1].value < 1.0);
/// assert!(fit.coefficients[0].value < 0.36);
/// # Ok::<(), consilience_stats::selection::SelectionError>(())
/// ```
pub fn fit_selection_model(
    effects: &[Effect],
    design: &Design,
    options: &SelectionOptions,
) -> Result<SelectionFit, SelectionError> {
    let model = Model::new(effects, design, options)?;
    let null = Model::without_selection(effects, design, options)?.best()?.0;
    let (best, without_tau2) = model.best()?;
    model.report(&best, null.evaluation.value, without_tau2.as_ref().map(|it| it.evaluation.value))
}

/// The log-likelihood of a selection model at any parameters: for profiles, and to compare with other programs.
///
/// −∞ where the parameters make what was seen impossible. `tau2` must be finite and 0 or more.
pub fn selection_log_likelihood(
    effects: &[Effect],
    design: &Design,
    options: &SelectionOptions,
    (coefficients, tau2, parameters): (&[f64], f64, &[f64]),
) -> Result<f64, SelectionError> {
    let model = Model::new(effects, design, options)?;
    if !(tau2.is_finite() && tau2 >= 0.0) {
        return Err(SelectionError::Tau2 { found: tau2 });
    }
    for (found, expected) in
        [(coefficients.len(), model.p), (parameters.len(), model.likelihood.selection_parameters())]
    {
        if found != expected {
            return Err(SelectionError::Parameters { found, expected });
        }
    }
    let mirror = model.mirror();
    let theta: Vec<f64> = coefficients
        .iter()
        .map(|b| mirror * b)
        .chain([tau2])
        .chain(parameters.iter().copied())
        .collect();
    let value = model.likelihood.at(&theta).value;
    Ok(if value.is_finite() { value } else { f64::NEG_INFINITY })
}

/// A selection model ready to be fitted.
struct Model<'a> {
    likelihood: Likelihood<'a>,
    options: &'a SelectionOptions,
    ends: Option<Vec<f64>>,
    /// Selection parameters to start from.
    starts: Vec<Vec<f64>>,
    bounds: Vec<Bounds>,
    typical_variance: f64,
    design: &'a Design,
    p: usize,
    k: usize,
}

impl<'a> Model<'a> {
    fn new(
        effects: &[Effect],
        design: &'a Design,
        options: &'a SelectionOptions,
    ) -> Result<Self, SelectionError> {
        PoolError::check_level(options.level)?;
        Columns::of(effects)?;
        let (rows, studies) = (design.k(), effects.len());
        if rows != studies {
            return Err(SelectionError::Rows { rows, studies });
        }
        let moderators = design.matrix();
        match &options.function {
            SelectionFunction::Step { cuts } => {
                let ends = step_ends(cuts)?;
                let mut fixed = fixed_values(&options.fixed, ends.len(), 0.0)?;
                if let Some(found) = fixed[0].filter(|value| (value - 1.0).abs() > 0.0) {
                    let position = 0;
                    let (lower, upper) = (1.0, 1.0);
                    return Err(SelectionError::ParameterOutOfRange {
                        position,
                        found,
                        lower,
                        upper,
                    });
                }
                fixed[0] = Some(1.0);
                let likelihood = Likelihood::step(effects, moderators, options.alternative, &ends);
                let starts = vec![vec![1.0; ends.len()], vec![0.3; ends.len()]];
                let range = (fixed.as_slice(), 0.0);
                let data = (effects, design);
                Self::assemble(data, likelihood, options, starts, range, Some(ends))
            }
            SelectionFunction::Beta => {
                let lower = 1e-5;
                let fixed = fixed_values(&options.fixed, 2, lower)?;
                let likelihood = Likelihood::smooth(
                    effects,
                    moderators,
                    options.alternative,
                    (Shape::Beta, None),
                    None,
                );
                let starts = Shape::Beta.starts();
                let range = (fixed.as_slice(), lower);
                Self::assemble((effects, design), likelihood, options, starts, range, None)
            }
            SelectionFunction::Decreasing { decline, threshold, imprecision } => {
                let shape = Shape::Decreasing(*decline);
                if let Some(found) = threshold.filter(|p| !(*p > 0.0 && *p < 1.0)) {
                    return Err(SelectionError::Threshold { found });
                }
                let values = imprecision.as_ref().map(|it| it.values(effects)).transpose()?;
                let likelihood = Likelihood::smooth(
                    effects,
                    moderators,
                    options.alternative,
                    (shape, *threshold),
                    values.as_deref(),
                );
                if let (Some(_), Some((below, above))) =
                    (threshold, likelihood.studies_beside_threshold())
                    && (below == 0 || above == 0)
                {
                    return Err(SelectionError::OneSideOfThreshold { below, above });
                }
                let fixed = fixed_values(&options.fixed, shape.parameters(), 0.0)?;
                let range = (fixed.as_slice(), 0.0);
                let starts = shape.starts();
                Self::assemble((effects, design), likelihood, options, starts, range, None)
            }
        }
    }

    /// The model in which every study is seen.
    fn without_selection(
        effects: &[Effect],
        design: &'a Design,
        options: &'a SelectionOptions,
    ) -> Result<Self, SelectionError> {
        let likelihood = Likelihood::step(effects, design.matrix(), Alternative::Greater, &[1.0]);
        let range = ([Some(1.0)].as_slice(), 0.0);
        Self::assemble((effects, design), likelihood, options, vec![vec![1.0]], range, None)
    }

    /// `fixed` are the values at which parameters are held, `lower` the least value of the others.
    fn assemble(
        (effects, design): (&[Effect], &'a Design),
        likelihood: Likelihood<'a>,
        options: &'a SelectionOptions,
        mut starts: Vec<Vec<f64>>,
        (fixed, lower): (&[Option<f64>], f64),
        ends: Option<Vec<f64>>,
    ) -> Result<Self, SelectionError> {
        let (k, p) = (design.k(), design.p());
        let smallest = effects.iter().map(|e| e.variance).fold(f64::INFINITY, f64::min);
        let tau2 = match options.heterogeneity {
            Heterogeneity::None => Bounds { lower: 0.0, upper: 0.0, negligible: 0.0 },
            Heterogeneity::Estimated => {
                Bounds { lower: 0.0, upper: f64::INFINITY, negligible: 1e-3 * smallest }
            }
            Heterogeneity::Given(found) if found.is_finite() && found >= 0.0 => {
                Bounds { lower: found, upper: found, negligible: 0.0 }
            }
            Heterogeneity::Given(found) => return Err(SelectionError::Tau2 { found }),
        };
        let mut bounds = vec![Bounds::FREE; p];
        bounds.push(tau2);
        for (j, fixed) in fixed.iter().enumerate() {
            let range = fixed.map_or((lower, LARGEST), |value| (value, value));
            bounds.push(Bounds { lower: range.0, upper: range.1, negligible: 0.0 });
            for start in &mut starts {
                start[j] = start[j].clamp(range.0, range.1);
            }
        }
        starts.dedup();
        let typical_variance = k as f64 / sum(effects.iter().map(|e| 1.0 / e.variance));
        Ok(Self { likelihood, options, ends, starts, bounds, typical_variance, design, p, k })
    }

    /// The highest maximum, and the highest without heterogeneity if that was asked for.
    fn best(&self) -> Result<(Maximum, Option<Maximum>), SelectionError> {
        if self.options.heterogeneity != Heterogeneity::Estimated {
            let best = self.highest(&[self.bounds[self.p].lower], &self.bounds)?;
            return Ok((best.ok_or(SelectionError::NotConverged)?, None));
        }
        let mut held = self.bounds.clone();
        held[self.p].upper = 0.0;
        let without = self.highest(&[0.0], &held)?;
        let with = self.highest(&[0.3 * self.typical_variance, self.spread()], &self.bounds)?;
        match (with, without) {
            (Some(with), Some(without)) if without.evaluation.value >= with.evaluation.value => {
                // A maximum at τ² = 0 is one only if the likelihood falls from there.
                let from_there = self.settle(&self.bounds, &without.at);
                let best = from_there.unwrap_or_else(|| Maximum {
                    at: without.at.clone(),
                    evaluation: self.likelihood.at(&without.at),
                });
                Ok((best, Some(without)))
            }
            (Some(with), without) => Ok((with, without)),
            (None, _) => Err(SelectionError::NotConverged),
        }
    }

    /// The highest of the maxima found from each τ² and each start of the selection parameters, which are held until the
    /// others have settled: different selections can explain the same studies, each with its own maximum.
    ///
    /// Every start is followed roughly, and the highest to the end; if it leads nowhere, the next.
    fn highest(&self, tau2: &[f64], bounds: &[Bounds]) -> Result<Option<Maximum>, SelectionError> {
        let mut candidates: Vec<Maximum> = Vec::new();
        for &tau2 in tau2 {
            let beta = self.likelihood.coefficients_at(tau2).ok_or(SelectionError::Collinear)?;
            for delta in &self.starts {
                let start: Vec<f64> = beta.iter().chain([&tau2]).chain(delta).copied().collect();
                let mut held = bounds.to_vec();
                for (bound, value) in held[self.p + 1..].iter_mut().zip(delta) {
                    (bound.lower, bound.upper) = (*value, *value);
                }
                let start = self.climb(&held, &start, &Effort::ROUGH).map_or(start, |it| it.0.at);
                let found = self.climb(bounds, &start, &Effort::ROUGH);
                candidates.extend(found.map(|(maximum, _)| maximum));
            }
        }
        candidates.sort_by(|a, b| b.evaluation.value.total_cmp(&a.evaluation.value));
        Ok(candidates.iter().find_map(|candidate| self.settle(bounds, &candidate.at)))
    }

    fn climb(&self, bounds: &[Bounds], start: &[f64], effort: &Effort) -> Option<(Maximum, bool)> {
        maximise(|theta| self.likelihood.at(theta), bounds, start, effort)
    }

    fn settle(&self, bounds: &[Bounds], start: &[f64]) -> Option<Maximum> {
        let (maximum, settled) = self.climb(bounds, start, &Effort::FINE)?;
        settled.then_some(maximum)
    }

    /// The residual variance of the estimates about their unweighted fit.
    fn spread(&self) -> f64 {
        self.likelihood.residual_variance().max(1e-3 * self.typical_variance)
    }

    fn report(
        &self,
        best: &Maximum,
        null: f64,
        without_tau2: Option<f64>,
    ) -> Result<SelectionFit, SelectionError> {
        let n = best.at.len();
        let value = best.evaluation.value;
        let free: Vec<usize> = (0..n)
            .filter(|&i| {
                let bound = &self.bounds[i];
                bound.lower < bound.upper && !(i == self.p && best.at[i] <= 0.0)
            })
            .collect();
        let covariance = covariance(best, &free);
        let ses = standard_errors(covariance.as_ref(), &free, n);
        let z = two_sided_z(self.options.level);
        let mirror = self.mirror();
        let estimate = |i: usize, value: f64, null: f64, lower: f64| Estimate {
            value,
            wald: ses[i].map(|se| {
                let statistic = (value - null) / se;
                let ci = Interval { lower: (value - z * se).max(lower), upper: value + z * se };
                Wald { se, statistic, p_value: normal_two_sided_p(statistic), ci }
            }),
        };
        let estimated = |range: core::ops::Range<usize>| range.filter(|&i| !self.held(i)).count();
        let df = estimated(self.p + 1..n) as f64;
        let fit = SelectionFit {
            k: self.k,
            coefficients: (0..self.p)
                .map(|i| estimate(i, mirror * best.at[i], 0.0, f64::NEG_INFINITY))
                .collect(),
            tau2: best.at[self.p],
            se_tau2: ses[self.p],
            q_m: covariance.and_then(|covariance| self.moderator_test(best, &covariance)),
            parameters: (self.p + 1..n)
                .map(|i| {
                    let null = self.tested_against();
                    estimate(i, best.at[i], null, self.bounds[i].lower)
                })
                .collect(),
            intervals: self.ends.as_ref().zip(self.likelihood.studies_in_intervals()).map(
                |(ends, counts)| {
                    ends.iter()
                        .zip(counts)
                        .map(|(&upper, studies)| StepInterval { upper, studies })
                        .collect()
                },
            ),
            log_likelihood: value,
            estimated: estimated(0..n),
            selection_test: LikelihoodRatio::new(if df > 0.0 { value - null } else { 0.0 }, df),
            heterogeneity_test: without_tau2
                .map(|without| LikelihoodRatio::new(value - without, 1.0)),
        };
        let sound = best.at.iter().all(|x| x.is_finite()) && value.is_finite();
        if sound { Ok(fit) } else { Err(SelectionError::NotConverged) }
    }

    fn held(&self, i: usize) -> bool {
        self.bounds[i].lower >= self.bounds[i].upper
    }

    /// The value of a selection parameter that its Wald test is against.
    fn tested_against(&self) -> f64 {
        match self.options.function {
            SelectionFunction::Step { .. } | SelectionFunction::Beta => 1.0,
            SelectionFunction::Decreasing { .. } => 0.0,
        }
    }

    /// −1 where estimates were mirrored.
    fn mirror(&self) -> f64 {
        if self.options.alternative == Alternative::Less { -1.0 } else { 1.0 }
    }

    /// Coefficients always come first among the free coordinates.
    fn moderator_test(&self, best: &Maximum, covariance: &Matrix) -> Option<WaldTest> {
        let beta = Vector::from_column_slice(&best.at[..self.p]);
        let vcov = covariance.view((0, 0), (self.p, self.p)).into_owned();
        WaldTest::of(&beta, &vcov, &self.design.moderator_columns(), None).ok()
    }
}

/// Variances of the coordinates in `free`, if the curvature is that of a maximum.
fn covariance(best: &Maximum, free: &[usize]) -> Option<Matrix> {
    let hessian = &best.evaluation.hessian;
    let n = free.len();
    // Scaled to a diagonal of ones, so that coordinates in different units do not spoil the factorisation.
    let size: Vec<f64> = free.iter().map(|&i| (-hessian[(i, i)]).sqrt()).collect();
    let information =
        Matrix::from_fn(n, n, |a, b| -hessian[(free[a], free[b])] / (size[a] * size[b]));
    let inverse = Factor::of(information)?.inverse();
    let covariance = Matrix::from_fn(n, n, |a, b| inverse[(a, b)] / (size[a] * size[b]));
    covariance.iter().all(|x| x.is_finite()).then_some(covariance)
}

/// The standard error of each of `n` coordinates; `None` for those not in `free`.
fn standard_errors(covariance: Option<&Matrix>, free: &[usize], n: usize) -> Vec<Option<f64>> {
    let mut ses = vec![None; n];
    if let Some(covariance) = covariance {
        for (a, &i) in free.iter().enumerate() {
            ses[i] = Some(covariance[(a, a)].sqrt()).filter(|se| *se > 0.0);
        }
    }
    ses
}

impl LikelihoodRatio {
    fn new(difference: f64, df: f64) -> Self {
        let statistic = (2.0 * difference).max(0.0);
        Self { statistic, df, p_value: (df > 0.0).then(|| chi2_sf(statistic, df)) }
    }
}

/// The cut points with 1 at the end, if they ascend within (0, 1].
fn step_ends(cuts: &[f64]) -> Result<Vec<f64>, SelectionError> {
    let mut last = 0.0;
    for (position, &found) in cuts.iter().enumerate() {
        if !(found > last && found <= 1.0) {
            return Err(SelectionError::Cut { position, found });
        }
        last = found;
    }
    let mut ends = cuts.to_vec();
    if last < 1.0 {
        ends.push(1.0);
    }
    if ends.len() < 2 { Err(SelectionError::NoCut) } else { Ok(ends) }
}

/// One entry for each parameter: its fixed value, or `None`.
fn fixed_values(
    fixed: &[Option<f64>],
    expected: usize,
    lower: f64,
) -> Result<Vec<Option<f64>>, SelectionError> {
    if fixed.is_empty() {
        return Ok(vec![None; expected]);
    }
    if fixed.len() != expected {
        return Err(SelectionError::Parameters { found: fixed.len(), expected });
    }
    for (position, found) in fixed.iter().enumerate() {
        if let Some(found) = *found
            && !(lower..=LARGEST).contains(&found)
        {
            let upper = LARGEST;
            return Err(SelectionError::ParameterOutOfRange { position, found, lower, upper });
        }
    }
    Ok(fixed.to_vec())
}

impl Imprecision {
    /// One value for each study, the largest of them 1.
    fn values(&self, effects: &[Effect]) -> Result<Vec<f64>, SelectionError> {
        let sizes = |sizes: &[f64], of: fn(f64) -> f64| -> Result<Vec<f64>, SelectionError> {
            if sizes.len() != effects.len() {
                let position = sizes.len().min(effects.len());
                return Err(SelectionError::SampleSize { position, found: f64::NAN });
            }
            for (position, &found) in sizes.iter().enumerate() {
                if !(found > 0.0 && found.is_finite()) {
                    return Err(SelectionError::SampleSize { position, found });
                }
            }
            Ok(sizes.iter().map(|n| of(*n)).collect())
        };
        let raw = match self {
            Self::StandardError => effects.iter().map(Effect::se).collect(),
            Self::Variance => effects.iter().map(|e| e.variance).collect(),
            Self::InverseSampleSize(n) => sizes(n, |n| 1.0 / n)?,
            Self::RootInverseSampleSize(n) => sizes(n, |n| 1.0 / n.sqrt())?,
        };
        let largest = raw.iter().copied().fold(0.0, f64::max);
        Ok(raw.into_iter().map(|value| value / largest).collect())
    }
}
