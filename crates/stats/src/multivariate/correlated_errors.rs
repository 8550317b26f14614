//! Sampling covariance built from correlations: several outcomes, scales, times, or a shared control group in one study.
//!
//! Gleser & Olkin (2009), in The Handbook of Research Synthesis and Meta-Analysis, 2nd ed., ch. 19.

use crate::multivariate::error::MultivariateError;
use crate::multivariate::grouping::Grouping;
use crate::multivariate::sampling::Sampling;
use crate::numeric::matrix::{Factor, Matrix};

/// The correlation of two different levels of a variable.
#[derive(Debug, Clone, PartialEq)]
pub enum LevelCorrelation {
    /// The same for all pairs.
    Common(f64),
    /// One for each pair; rows and columns are the variable's levels, in order.
    Matrix(Matrix),
}

/// One of the two conditions that each effect contrasts.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The group measured, compared within a cluster by its label.
    pub group: Vec<String>,
    /// When it was measured; `None` if time does not matter.
    pub time: Option<Vec<f64>>,
    /// Its size, or the inverse of the sampling variance of its outcome; `None` for equal sizes.
    pub weight: Option<Vec<f64>>,
}

/// What makes the sampling errors of effects correlate.
///
/// Effects of different clusters are independent. The correlation within a cluster is the product of that of the constructs
/// measured ([`CorrelatedErrors::observations`], [`CorrelatedErrors::types`]) and that of the conditions compared
/// ([`CorrelatedErrors::times`] or [`CorrelatedErrors::contrasts`]).
///
/// ```
/// use consilience_stats::multivariate::{CorrelatedErrors, Grouping, LevelCorrelation};
/// let study = Grouping::new("study", &["a", "a", "b"]);
/// let scale = Grouping::new("scale", &["BDI", "HDRS", "BDI"]);
/// let v = CorrelatedErrors::new(&[0.04, 0.09, 0.05], study)
///     .observations(scale, LevelCorrelation::Common(0.5))
///     .matrix()
///     .unwrap();
/// assert!((v[(0, 1)] - 0.5 * 0.2 * 0.3).abs() < 1e-15);
/// assert_eq!(v[(0, 2)], 0.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelatedErrors {
    variances: Vec<f64>,
    cluster: Grouping,
    observations: Option<(Grouping, LevelCorrelation)>,
    types: Option<(Grouping, LevelCorrelation)>,
    autocorrelation: f64,
    times: Option<Vec<f64>>,
    contrast: Option<(Condition, Condition)>,
}

impl CorrelatedErrors {
    /// Errors with these variances, correlated within clusters; without anything else they are fully correlated there.
    pub fn new(variances: &[f64], cluster: Grouping) -> Self {
        Self {
            variances: variances.to_vec(),
            cluster,
            observations: None,
            types: None,
            autocorrelation: 1.0,
            times: None,
            contrast: None,
        }
    }

    /// Different subgroups within a cluster share no people, so that their errors are independent.
    #[must_use]
    pub fn subgroups(mut self, subgroup: &Grouping) -> Self {
        self.cluster = subgroup.within(&self.cluster);
        self
    }

    /// Different observations (scales, raters) of the same construct correlate by this much.
    #[must_use]
    pub fn observations(mut self, observation: Grouping, correlation: LevelCorrelation) -> Self {
        self.observations = Some((observation, correlation));
        self
    }

    /// Different types of construct correlate by this much.
    #[must_use]
    pub fn types(mut self, construct: Grouping, correlation: LevelCorrelation) -> Self {
        self.types = Some((construct, correlation));
        self
    }

    /// Effects were measured at these times; those one unit apart correlate by `autocorrelation`, those t apart by its t-th power.
    #[must_use]
    pub fn times(mut self, times: &[f64], autocorrelation: f64) -> Self {
        self.times = Some(times.to_vec());
        self.autocorrelation = autocorrelation;
        self
    }

    /// Effects are differences between two conditions, and correlate as far as they share one; the same group at times one unit
    /// apart correlates by `autocorrelation` (1 if no times are given).
    #[must_use]
    pub fn contrasts(mut self, first: Condition, second: Condition, autocorrelation: f64) -> Self {
        self.contrast = Some((first, second));
        self.autocorrelation = autocorrelation;
        self
    }

    /// The covariance matrix, in row order, whether or not it is positive definite.
    pub fn matrix(&self) -> Result<Matrix, MultivariateError> {
        self.check()?;
        let k = self.variances.len();
        let mut v = Matrix::zeros(k, k);
        for rows in self.cluster.members() {
            for (position, &i) in rows.iter().enumerate() {
                v[(i, i)] = self.variances[i];
                for &j in &rows[..position] {
                    let size = (self.variances[i] * self.variances[j]).sqrt();
                    let covariance = size * self.construct(i, j) * self.condition(i, j);
                    v[(i, j)] = covariance;
                    v[(j, i)] = covariance;
                }
            }
        }
        Ok(v)
    }

    /// The sampling covariance for a model, if it is positive definite in every cluster.
    pub fn sampling(&self) -> Result<Sampling, MultivariateError> {
        let v = self.matrix()?;
        for rows in self.cluster.members() {
            let block = v.select_rows(&rows).select_columns(&rows);
            if Factor::of(block).is_none() {
                return Err(MultivariateError::NotPositiveDefinite {
                    what: "sampling covariance matrix".into(),
                    row: rows.first().copied().unwrap_or_default(),
                });
            }
        }
        Ok(Sampling::Matrix(v))
    }

    /// The correlation of the constructs of two rows.
    fn construct(&self, i: usize, j: usize) -> f64 {
        if let Some((construct, correlation)) = &self.types {
            let (a, b) = (construct.codes()[i], construct.codes()[j]);
            if a != b {
                return correlation.of(a, b);
            }
        }
        match &self.observations {
            Some((observation, correlation)) => {
                correlation.of(observation.codes()[i], observation.codes()[j])
            }
            None => 1.0,
        }
    }

    /// The correlation of the conditions of two rows.
    fn condition(&self, i: usize, j: usize) -> f64 {
        match (&self.contrast, &self.times) {
            (Some((first, second)), _) => {
                let covariance = |i: usize, j: usize| {
                    self.shared((first, i), (first, j)) + self.shared((second, i), (second, j))
                        - self.shared((first, i), (second, j))
                        - self.shared((second, i), (first, j))
                };
                covariance(i, j) / (covariance(i, i) * covariance(j, j)).sqrt()
            }
            (None, Some(times)) => libm::pow(self.autocorrelation, (times[i] - times[j]).abs()),
            (None, None) => 1.0,
        }
    }

    /// The covariance of the outcomes of two conditions.
    fn shared(&self, (a, i): (&Condition, usize), (b, j): (&Condition, usize)) -> f64 {
        if a.group[i] != b.group[j] {
            return 0.0;
        }
        let weight = |condition: &Condition, row: usize| {
            condition.weight.as_ref().map_or(1.0, |weight| weight[row])
        };
        let apart = match (&a.time, &b.time) {
            (Some(a), Some(b)) => (a[i] - b[j]).abs(),
            _ => 0.0,
        };
        libm::pow(self.autocorrelation, apart) / (weight(a, i) * weight(b, j)).sqrt()
    }

    fn check(&self) -> Result<(), MultivariateError> {
        let k = self.variances.len();
        let length =
            |what: &str, found, expected| MultivariateError::check_length(what, found, expected);
        length("cluster variable", self.cluster.codes().len(), k)?;
        for (row, &found) in self.variances.iter().enumerate() {
            if !found.is_finite() || found <= 0.0 {
                return Err(MultivariateError::VarianceNotPositive { row, found });
            }
        }
        for (variable, correlation) in self.observations.iter().chain(&self.types) {
            length(variable.name(), variable.codes().len(), k)?;
            correlation.check(variable)?;
        }
        check_correlation("autocorrelation", self.autocorrelation)?;
        if let Some(times) = &self.times {
            length("list of times", times.len(), k)?;
            MultivariateError::check_finite("time", times)?;
        }
        let Some((first, second)) = &self.contrast else { return Ok(()) };
        for condition in [first, second] {
            length("list of groups", condition.group.len(), k)?;
            if let Some(times) = &condition.time {
                length("list of times", times.len(), k)?;
                MultivariateError::check_finite("time", times)?;
            }
            if let Some(weights) = &condition.weight {
                length("list of weights", weights.len(), k)?;
                if let Some(row) = weights.iter().position(|w| !(w.is_finite() && *w > 0.0)) {
                    return Err(MultivariateError::OutOfRange {
                        parameter: "weight",
                        found: weights[row],
                        lower: f64::MIN_POSITIVE,
                        upper: f64::INFINITY,
                    });
                }
            }
        }
        for row in 0..k {
            // A condition contrasted with itself has no sampling variance.
            if first.group[row] == second.group[row]
                && self.shared((first, row), (second, row))
                    >= self
                        .shared((first, row), (first, row))
                        .min(self.shared((second, row), (second, row)))
                && (first.time.is_none() || second.time.is_none() || first.time == second.time)
            {
                let reason = crate::effect::EffectError::NoVariation;
                return Err(MultivariateError::Row { row, reason });
            }
        }
        Ok(())
    }
}

impl LevelCorrelation {
    fn of(&self, a: usize, b: usize) -> f64 {
        match self {
            _ if a == b => 1.0,
            Self::Common(rho) => *rho,
            Self::Matrix(matrix) => matrix[(a, b)],
        }
    }

    fn check(&self, variable: &Grouping) -> Result<(), MultivariateError> {
        match self {
            Self::Common(rho) => check_correlation("correlation", *rho),
            Self::Matrix(matrix) => {
                let what = || format!("correlation matrix of {}", variable.name());
                let levels = variable.levels().len();
                MultivariateError::check_length(what(), matrix.nrows(), levels)?;
                MultivariateError::check_length(what(), matrix.ncols(), levels)?;
                matrix.iter().try_for_each(|rho| check_correlation("correlation", *rho))
            }
        }
    }
}

pub(crate) fn check_correlation(
    parameter: &'static str,
    found: f64,
) -> Result<(), MultivariateError> {
    if (-1.0..=1.0).contains(&found) {
        Ok(())
    } else {
        Err(MultivariateError::OutOfRange { parameter, found, lower: -1.0, upper: 1.0 })
    }
}
