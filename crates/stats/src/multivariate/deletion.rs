//! What each cluster of rows (or each row alone) does to a fit: the model is fitted anew without it.
//!
//! As Viechtbauer & Cheung (2010), doi 10.1002/jrsm.11, of independent effects; for dependent ones, residuals of rows left
//! out together have a covariance matrix, and a χ² of their own.

use crate::distribution::chi2_sf;
use crate::multivariate::error::MultivariateError;
use crate::multivariate::fit::{Component, MultilevelFit, solution};
use crate::multivariate::grouping::Grouping;
use crate::multivariate::likelihood::Evaluator;
use crate::multivariate::problem::{Problem, Rows};
use crate::multivariate::random::{Loading, Random};
use crate::multivariate::sampling::Errors;
use crate::multivariate::search::least_heterogeneous_near;
use crate::multivariate::structure::{Role, Structure};
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// What is estimated anew when rows are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reestimated {
    /// Variances, correlations and coefficients.
    Everything,
    /// The coefficients; variances and correlations stay those of all rows.
    Coefficients,
}

/// A fit without each cluster in turn.
#[derive(Debug, Clone)]
pub struct Deletions {
    /// What changes without each cluster, in the order of the grouping's levels.
    pub clusters: Vec<Deletion>,
    /// The clusters without which the model cannot be fitted, and why.
    pub failed: Vec<(String, MultivariateError)>,
}

/// What changes without a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Deletion {
    /// The cluster's label.
    pub cluster: String,
    /// Its rows, from 0.
    pub rows: Vec<usize>,
    /// The coefficients without it.
    pub coefficients: Vec<f64>,
    /// The variances and correlations without it.
    pub components: Vec<Component>,
    /// Cook's distance: (β̂ − β̂₍₋₎)′·Var(β̂)⁻¹·(β̂ − β̂₍₋₎), not divided by the number of coefficients.
    pub cooks_distance: f64,
    /// β̂ − β̂₍₋₎ over the standard errors of β̂ that the variances without the cluster give.
    pub dfbetas: Vec<f64>,
    /// The residuals of its rows from what the others predict.
    pub residuals: Vec<DeletedResidual>,
    /// The residuals together: r′·Var(r)⁻¹·r, χ² with as many degrees of freedom as rows; `None` if Var(r) has no inverse.
    pub chi2: Option<f64>,
    /// Its p value.
    pub p_value: Option<f64>,
}

/// A row's residual from what the rows of other clusters predict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeletedResidual {
    /// Estimate minus predicted mean.
    pub residual: f64,
    /// Its standard error.
    pub se: f64,
    /// Residual over standard error: the studentised deleted residual.
    pub z: f64,
}

impl MultilevelFit {
    /// Fits the model without each of the `clusters` in turn ([`Grouping::rows`] leaves out row by row).
    ///
    /// The search starts at the estimates of all rows (where effects correlate, also at a neutral place), and looks along each
    /// variance for a higher maximum.
    pub fn deletions(
        &self,
        clusters: &Grouping,
        reestimated: Reestimated,
    ) -> Result<Deletions, MultivariateError> {
        let k = self.k();
        MultivariateError::check_length("cluster variable", clusters.codes().len(), k)?;
        let from = Full::of(self, reestimated)?;
        let mut deletions = Deletions { clusters: Vec::new(), failed: Vec::new() };
        for (label, rows) in clusters.levels().iter().zip(clusters.members()) {
            if rows.is_empty() {
                continue;
            }
            match from.without(label, rows) {
                Ok(deletion) => deletions.clusters.push(deletion),
                Err(error) => deletions.failed.push((label.clone(), error)),
            }
        }
        Ok(deletions)
    }
}

/// The fit of all rows, with what every deletion needs of it.
struct Full<'a> {
    fit: &'a MultilevelFit,
    reestimated: Reestimated,
    errors: Errors,
    problem: Problem<'a>,
    /// The factor of Var(β̂).
    factor: Factor,
    /// The block of each row, and its place there.
    home: Vec<(usize, usize)>,
}

/// The coefficients of some of the rows, and the parameters in units of their problem.
struct Rest {
    beta: Vector,
    vcov: Matrix,
    theta: Vec<Vec<f64>>,
    unit: f64,
}

impl<'a> Full<'a> {
    fn of(fit: &'a MultilevelFit, reestimated: Reestimated) -> Result<Self, MultivariateError> {
        let rows = &fit.state.rows;
        let mut home = vec![(0, 0); rows.k];
        for (b, block) in rows.blocks.iter().enumerate() {
            for (i, &row) in block.rows.iter().enumerate() {
                home[row] = (b, i);
            }
        }
        Ok(Self {
            fit,
            reestimated,
            errors: fit.model.sampling.errors()?,
            problem: Problem::new(rows, &fit.model.random),
            factor: Factor::of(fit.vcov.clone()).ok_or(MultivariateError::Collinear)?,
            home,
        })
    }

    fn without(&self, label: &str, rows: Vec<usize>) -> Result<Deletion, MultivariateError> {
        let rest = self.rest(&rows)?;
        let unit = self.fit.state.rows.unit;
        let theta = rescaled(&self.fit.model.random, &rest.theta, rest.unit / unit);
        let change = self.fit.beta() - &rest.beta;
        let se = self.standard_errors(&theta)?;
        let residual = self.residuals(&rows, &rest.beta);
        let variance = self.variance_of_residuals(&rows, &rest, &theta);
        let deleted = |(i, &residual): (usize, &f64)| {
            let se = variance[(i, i)].max(0.0).sqrt();
            DeletedResidual { residual, se, z: residual / se }
        };
        let residuals = residual.iter().enumerate().map(deleted).collect();
        let chi2 = Factor::of(variance).map(|it| it.solve_vector(&residual).dot(&residual));
        Ok(Deletion {
            cluster: label.to_owned(),
            coefficients: rest.beta.iter().copied().collect(),
            components: self.fit.model.components(&theta, unit),
            cooks_distance: self.factor.solve_vector(&change).dot(&change),
            dfbetas: change.iter().zip(se.iter()).map(|(change, se)| change / se).collect(),
            residuals,
            chi2,
            p_value: chi2.map(|it| chi2_sf(it, rows.len() as f64)),
            rows,
        })
    }

    /// The fit of the rows that are not `left_out`.
    fn rest(&self, left_out: &[usize]) -> Result<Rest, MultivariateError> {
        let model = &self.fit.model;
        let (k, p) = (self.fit.k(), self.fit.p());
        let mut place = vec![Some(0); k];
        for &row in left_out {
            place[row] = None;
        }
        let kept: Vec<usize> = (0..k).filter(|&row| place[row].is_some()).collect();
        for (at, &row) in kept.iter().enumerate() {
            place[row] = Some(at);
        }
        let is_estimated =
            self.reestimated == Reestimated::Everything && !self.problem.free().is_empty();
        if kept.len() < p + usize::from(is_estimated) {
            return Err(MultivariateError::TooFewRows { rows: kept.len(), coefficients: p });
        }
        let covariances = self.errors.covariances.iter();
        let errors = Errors {
            variances: kept.iter().map(|&row| self.errors.variances[row]).collect(),
            covariances: covariances
                .filter_map(|&(a, b, value)| Some((place[a]?, place[b]?, value)))
                .collect(),
        };
        let estimates: Vec<f64> = kept.iter().map(|&row| model.estimates[row]).collect();
        let random: Vec<Random> = model.random.iter().map(|term| term.of_rows(&kept)).collect();
        let design = model.design.matrix().select_rows(&kept);
        let rows = Rows::new(&estimates, &errors, &design, &random)?;
        let problem = Problem::new(&rows, &random);
        let likelihood = self.fit.options.likelihood;
        let ratio = self.fit.state.rows.unit / rows.unit;
        let near = problem.gather(&rescaled(&model.random, &self.fit.state.theta, ratio));
        let at = if is_estimated {
            let maximum = least_heterogeneous_near(&problem, likelihood, &near);
            maximum.ok_or(MultivariateError::NotConverged)?
        } else {
            near
        };
        let shared = Evaluator::new(&problem, likelihood).shared(&at);
        let shared = shared.ok_or(MultivariateError::NotConverged)?;
        let (beta, vcov) = solution(&rows, &shared);
        Ok(Rest { beta, vcov, theta: problem.spread(&at), unit: rows.unit })
    }

    /// The standard errors of the coefficients of all rows, had these parameters been estimated.
    fn standard_errors(&self, theta: &[Vec<f64>]) -> Result<Vec<f64>, MultivariateError> {
        let at = self.problem.gather(theta);
        let shared = Evaluator::new(&self.problem, self.fit.options.likelihood).shared(&at);
        let shared = shared.ok_or(MultivariateError::NotConverged)?;
        let (_, vcov) = solution(&self.fit.state.rows, &shared);
        Ok(vcov.diagonal().iter().map(|it| it.sqrt()).collect())
    }

    fn residuals(&self, rows: &[usize], beta: &Vector) -> Vector {
        let x = self.fit.model.design.matrix();
        Vector::from_iterator(
            rows.len(),
            rows.iter().map(|&row| {
                let mean: f64 = x.row(row).iter().zip(beta.iter()).map(|(x, b)| x * b).sum();
                self.fit.model.estimates[row] - mean
            }),
        )
    }

    /// What the rows vary by themselves, and what their predictions do.
    fn variance_of_residuals(&self, rows: &[usize], rest: &Rest, theta: &[Vec<f64>]) -> Matrix {
        let x = self.fit.model.design.matrix().select_rows(rows);
        let mut variance = &x * &rest.vcov * x.transpose();
        let state = &self.fit.state.rows;
        let terms = self.fit.model.random.iter().zip(theta);
        let values: Vec<Matrix> = terms.map(|(term, it)| term.structure.value(it)).collect();
        let mut place = vec![None; state.k];
        for (at, &row) in rows.iter().enumerate() {
            place[row] = Some(at);
        }
        for (a, &row) in rows.iter().enumerate() {
            variance[(a, a)] += self.errors.variances[row];
            for (b, &other) in rows.iter().enumerate() {
                let ((block, i), (its, j)) = (self.home[row], self.home[other]);
                if block != its {
                    continue;
                }
                for (load, value) in state.blocks[block].loads.iter().zip(&values) {
                    if load.outer[i] == load.outer[j] {
                        variance[(a, b)] += state.unit * load.between(value, i, j);
                    }
                }
            }
        }
        for &(row, other, covariance) in &self.errors.covariances {
            if let (Some(a), Some(b)) = (place[row], place[other]) {
                variance[(a, b)] += covariance;
                variance[(b, a)] += covariance;
            }
        }
        variance
    }
}

/// Parameters in units `ratio` times as small.
fn rescaled(random: &[Random], theta: &[Vec<f64>], ratio: f64) -> Vec<Vec<f64>> {
    let of_term = |structure: &Structure, theta: &[f64]| {
        let parameters = structure.parameters().into_iter().zip(theta);
        let rescaled = parameters.map(|(parameter, value)| match parameter.role {
            Role::Variance => value * ratio,
            Role::Deviation | Role::Loading => value * ratio.sqrt(),
            Role::Correlation | Role::Free => *value,
        });
        rescaled.collect()
    };
    random.iter().zip(theta).map(|(term, theta)| of_term(&term.structure, theta)).collect()
}

impl Random {
    /// The term on some of the rows, with the same levels and parameters.
    fn of_rows(&self, rows: &[usize]) -> Self {
        let loading = match &self.loading {
            Loading::Levels(inner) => Loading::Levels(inner.of_rows(rows)),
            Loading::Slopes { columns, names } => {
                Loading::Slopes { columns: columns.select_rows(rows), names: names.clone() }
            }
        };
        Self { outer: self.outer.of_rows(rows), loading, ..self.clone() }
    }
}
