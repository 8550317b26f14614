//! Coefficients by weights of one's own instead of the inverse of the covariance matrix.

use crate::model::regress::Coefficient;
use crate::model::wald::WaldTest;
use crate::multivariate::error::MultivariateError;
use crate::multivariate::fit::{MultilevelFit, coefficients};
use crate::multivariate::likelihood::marginal;
use crate::multivariate::problem::orthonormal;
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// Coefficients by given weights.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedInference {
    /// The coefficients, tested as those of the fit are.
    pub coefficients: Vec<Coefficient>,
    /// Their covariance matrix: (X′WX)⁻¹X′W·M·WX(X′WX)⁻¹.
    pub vcov: Matrix,
    /// Test of all coefficients but the intercept (of the intercept, if it is alone).
    pub q_m: WaldTest,
    /// The diagonal of X(X′WX)⁻¹X′W.
    pub hat_values: Vec<f64>,
    /// Estimate minus fitted mean.
    pub residuals: Vec<f64>,
}

impl MultilevelFit {
    /// The coefficients by the weight matrix W (k × k, symmetric, X′WX positive definite) instead of M⁻¹, with the variance that
    /// the fitted model gives them. Variances and correlations stay as estimated.
    ///
    /// Diagonal weights that do not depend on estimated variances guard the mean against a wrong model of the random effects
    /// (Henmi & Copas 2010, doi 10.1002/sim.4029, of independent effects).
    pub fn weighted_by(&self, weights: &Matrix) -> Result<WeightedInference, MultivariateError> {
        let (k, p) = (self.k(), self.p());
        MultivariateError::check_length("weight matrix's rows", weights.nrows(), k)?;
        MultivariateError::check_length("weight matrix's columns", weights.ncols(), k)?;
        let what = || "weight matrix".to_owned();
        for row in 0..k {
            for column in 0..=row {
                let (below, above) = (weights[(row, column)], weights[(column, row)]);
                if !below.is_finite() {
                    return Err(MultivariateError::NotFinite {
                        quantity: "weight",
                        row,
                        found: below,
                    });
                }
                if above.is_nan() || (above - below).abs() > 1e-8 * below.abs() {
                    return Err(MultivariateError::NotSymmetric { what: what(), row, column });
                }
            }
        }
        let (q, triangular) = orthonormal(self.model.design.matrix())?;
        let weighted = weights * &q;
        let factor = Factor::of(q.transpose() * &weighted)
            .ok_or_else(|| MultivariateError::NotPositiveDefinite { what: what(), row: 0 })?;
        // A = (Q′WQ)⁻¹Q′W, so that γ̂ = Ay and Var γ̂ = AMA′.
        let by = factor.solve(&weighted.transpose());
        let solve = |right: Matrix| {
            triangular.solve_upper_triangular(&right).ok_or(MultivariateError::Collinear)
        };
        let y = Vector::from_column_slice(&self.model.estimates);
        let beta = solve(Matrix::from_columns(&[&by * &y]))?.column(0).into_owned();
        let half = solve(self.variance_of(&by))?;
        let vcov = solve(half.transpose())?;
        let vcov = (&vcov + vcov.transpose()) * 0.5;
        let tested = self.model.design.moderator_columns();
        let df = tested.iter().filter_map(|&j| self.df[j]).reduce(f64::min);
        let q_m = WaldTest::of_zero(
            &beta.select_rows(&tested),
            &vcov.select_rows(&tested).select_columns(&tested),
            df,
        )
        .ok_or(MultivariateError::DependentHypotheses)?;
        let residuals = y - self.model.design.matrix() * &beta;
        Ok(WeightedInference {
            coefficients: coefficients(
                self.model.design.names(),
                &beta,
                &vcov,
                &self.df,
                self.options.level,
            ),
            vcov,
            q_m,
            hat_values: (0..k).map(|i| (0..p).map(|c| q[(i, c)] * by[(c, i)]).sum()).collect(),
            residuals: residuals.iter().copied().collect(),
        })
    }

    /// A·M·A′ of the estimated marginal covariance M, block by block.
    fn variance_of(&self, by: &Matrix) -> Matrix {
        let (values, mut m) = (self.term_matrices(), Vec::new());
        let rows = &self.state.rows;
        let mut total = Matrix::zeros(by.nrows(), by.nrows());
        for block in &rows.blocks {
            let n = block.rows.len();
            marginal(block, &values, &mut m);
            let own = by.select_columns(&block.rows);
            total += &own * Matrix::from_row_slice(n, n, &m) * own.transpose();
        }
        total * rows.unit
    }
}
