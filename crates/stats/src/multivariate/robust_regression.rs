//! Meta-regression with robust variances and approximate weights, for effects whose dependence is known only roughly.
//!
//! Hedges, Tipton & Johnson (2010), doi 10.1002/jrsm.5; Fisher & Tipton (2015), arXiv 1503.02220.

use crate::effect::Effect;
use crate::model::design::Design;
use crate::multivariate::correlated_errors::check_correlation;
use crate::multivariate::error::MultivariateError;
use crate::multivariate::grouping::Grouping;
use crate::multivariate::problem::orthonormal;
use crate::multivariate::robust::{ClusterCorrection, RobustInference, WeightedRegression};
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// The kind of dependence that the weights are made for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DependenceWeights {
    /// Effects of a cluster are measured on the same people: each cluster weighs 1/(v̄ + τ²), shared by its effects. `rho`, the assumed
    /// correlation of their sampling errors, hardly matters.
    Correlated {
        /// The correlation, from 0 to 1.
        rho: f64,
    },
    /// Effects of a cluster are of different people: each weighs 1/(v + τ² + ω²), with τ² between clusters and ω² within.
    Hierarchical,
}

/// A meta-regression with robust variances.
#[derive(Debug, Clone, PartialEq)]
pub struct RobustRegression {
    /// The coefficients with robust inference.
    pub inference: RobustInference,
    /// Variance between clusters (method of moments).
    pub tau2: f64,
    /// Variance within clusters; `None` for correlated weights.
    pub omega2: Option<f64>,
    /// I² in percent; `None` for hierarchical weights.
    pub i2: Option<f64>,
}

/// Fits a meta-regression by approximate inverse-variance weights with cluster-robust variances.
///
/// The working model of CR2 and CR3 is that of the weights. `level` in (0, 1).
pub fn robust_regression(
    effects: &[Effect],
    design: &Design,
    cluster: &Grouping,
    weights: DependenceWeights,
    correction: ClusterCorrection,
    level: f64,
) -> Result<RobustRegression, MultivariateError> {
    let k = effects.len();
    MultivariateError::check_length("design's rows", design.k(), k)?;
    MultivariateError::check_length("cluster variable", cluster.codes().len(), k)?;
    for (row, effect) in effects.iter().enumerate() {
        if !effect.estimate.is_finite() {
            let found = effect.estimate;
            return Err(MultivariateError::NotFinite { quantity: "estimate", row, found });
        }
        if !(effect.variance > 0.0 && effect.variance.is_finite()) {
            return Err(MultivariateError::VarianceNotPositive { row, found: effect.variance });
        }
    }
    let groups: Vec<Vec<usize>> =
        cluster.members().into_iter().filter(|rows| !rows.is_empty()).collect();
    if groups.len() <= design.p() {
        return Err(MultivariateError::TooFewClusters {
            found: groups.len(),
            coefficients: design.p(),
        });
    }
    let moments = Moments { effects, x: orthonormal(design.matrix())?.0, groups };
    let (tau2, omega2, i2, variances) = match weights {
        DependenceWeights::Correlated { rho } => {
            check_correlation("correlation", rho)?;
            let (tau2, i2) = moments.correlated(rho)?;
            (tau2, None, Some(i2), moments.shared_variances(tau2))
        }
        DependenceWeights::Hierarchical => {
            let (tau2, omega2) = moments.hierarchical()?;
            let variances = effects.iter().map(|effect| effect.variance + tau2 + omega2).collect();
            (tau2, Some(omega2), None, variances)
        }
    };
    let estimates: Vec<f64> = effects.iter().map(|effect| effect.estimate).collect();
    let weights: Vec<f64> = variances.iter().map(|variance| 1.0 / variance).collect();
    let regression = WeightedRegression {
        estimates: &estimates,
        design,
        weights: &weights,
        variances: &variances,
    };
    let inference = regression.robust(cluster, correction, level)?;
    Ok(RobustRegression { inference, tau2, omega2, i2 })
}

/// Moment estimators of the variances between and within clusters.
struct Moments<'a> {
    effects: &'a [Effect],
    /// An orthonormal basis of the design's columns.
    x: Matrix,
    groups: Vec<Vec<usize>>,
}

impl Moments<'_> {
    /// n(v̄ + τ²) for each effect of a cluster of n.
    fn shared_variances(&self, tau2: f64) -> Vec<f64> {
        let mut variances = vec![0.0; self.effects.len()];
        for rows in &self.groups {
            let n = rows.len() as f64;
            let mean = rows.iter().map(|&row| self.effects[row].variance).sum::<f64>() / n;
            for &row in rows {
                variances[row] = n * (mean + tau2);
            }
        }
        variances
    }

    /// (X′WX)⁻¹ and the residuals of weighted least squares.
    fn weighted(&self, weights: &[f64]) -> Result<(Matrix, Vec<f64>), MultivariateError> {
        let (k, p) = self.x.shape();
        let wx = Matrix::from_fn(k, p, |i, j| weights[i] * self.x[(i, j)]);
        let factor = Factor::of(self.x.transpose() * &wx).ok_or(MultivariateError::Collinear)?;
        let y = Vector::from_iterator(k, self.effects.iter().map(|effect| effect.estimate));
        let fitted = &self.x * factor.solve_vector(&(wx.transpose() * &y));
        Ok((factor.inverse(), (y - fitted).iter().copied().collect()))
    }

    /// Σ by(row)·x over the rows of a cluster.
    fn total(&self, rows: &[usize], by: impl Fn(usize) -> f64) -> Vector {
        rows.iter().fold(Vector::zeros(self.x.ncols()), |sum, &row| {
            sum + self.x.row(row).transpose() * by(row)
        })
    }

    /// τ² and I² for correlated effects.
    fn correlated(&self, rho: f64) -> Result<(f64, f64), MultivariateError> {
        let weights: Vec<f64> = self.shared_variances(0.0).iter().map(|v| 1.0 / v).collect();
        let (bread, residuals) = self.weighted(&weights)?;
        let q: f64 = weights.iter().zip(&residuals).map(|(w, r)| w * r * r).sum();
        // tr((X′WX)⁻¹·Σ w/n·X′X), the same with X′11′X, and with weights squared.
        let (mut own, mut sums, mut squares, mut total) = (0.0, 0.0, 0.0, 0.0);
        for rows in &self.groups {
            let (n, w) = (rows.len() as f64, weights[rows[0]]);
            for &row in rows {
                let x = self.x.row(row).transpose();
                own += w / n * (&bread * &x).dot(&x);
            }
            let sum = self.total(rows, |_| 1.0);
            let quadratic = (&bread * &sum).dot(&sum);
            sums += w / n * quadratic;
            squares += w * w * quadratic;
            total += n * w;
        }
        let expected = self.groups.len() as f64 - own - rho * (sums - own);
        let tau2 = ((q - expected) / (total - squares)).max(0.0);
        Ok((tau2, (100.0 * (q - expected) / q).max(0.0)))
    }

    /// τ² and ω² for hierarchical effects, from Q and from the squared sums of clusters' residuals.
    fn hierarchical(&self) -> Result<(f64, f64), MultivariateError> {
        let p = self.x.ncols();
        let weights: Vec<f64> = self.effects.iter().map(|effect| 1.0 / effect.variance).collect();
        let (bread, residuals) = self.weighted(&weights)?;
        let q: f64 = weights.iter().zip(&residuals).map(|(w, r)| w * r * r).sum();
        let total: f64 = weights.iter().sum();
        let all: Vec<usize> = (0..self.effects.len()).collect();
        let squared = all.iter().fold(Matrix::zeros(p, p), |sum, &row| {
            let x = self.x.row(row).transpose() * weights[row];
            sum + &x * x.transpose()
        });
        let clustered = self.groups.iter().fold(Matrix::zeros(p, p), |sum, rows| {
            let s = self.total(rows, |row| weights[row]);
            sum + &s * s.transpose()
        });
        let trace = |matrix: &Matrix| (&bread * matrix).trace();
        let of_q = Equation {
            tau2: total - trace(&clustered),
            omega2: total - trace(&squared),
            constant: (self.effects.len() - p) as f64,
            found: q,
        };
        let mut of_sums = Equation { tau2: 0.0, omega2: 0.0, constant: 0.0, found: 0.0 };
        for rows in &self.groups {
            let n = rows.len() as f64;
            let s = self.total(rows, |row| weights[row]);
            let t = &bread * self.total(rows, |_| 1.0);
            let plain = self.total(rows, |_| 1.0);
            let sum: f64 = rows.iter().map(|&row| residuals[row]).sum();
            let variances: f64 = rows.iter().map(|&row| self.effects[row].variance).sum();
            of_sums.tau2 += n * n - 2.0 * n * t.dot(&s) + (&clustered * &t).dot(&t);
            of_sums.omega2 += n - 2.0 * t.dot(&s) + (&squared * &t).dot(&t);
            of_sums.constant += variances - t.dot(&plain);
            of_sums.found += sum * sum;
        }
        let determinant = of_q.tau2 * of_sums.omega2 - of_q.omega2 * of_sums.tau2;
        let omega2 = (of_q.tau2 * of_sums.excess() - of_sums.tau2 * of_q.excess()) / determinant;
        let omega2 = if omega2.is_finite() { omega2.max(0.0) } else { 0.0 };
        let tau2 = ((of_q.excess() - omega2 * of_q.omega2) / of_q.tau2).max(0.0);
        Ok((tau2, omega2))
    }
}

/// found = tau2·τ² + omega2·ω² + constant, in expectation.
struct Equation {
    tau2: f64,
    omega2: f64,
    constant: f64,
    found: f64,
}

impl Equation {
    fn excess(&self) -> f64 {
        self.found - self.constant
    }
}
