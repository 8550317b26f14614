//! The covariance matrix of the sampling errors, V.

use crate::multivariate::error::MultivariateError;
use crate::numeric::matrix::Matrix;

/// The covariance of the effects' sampling errors.
#[derive(Debug, Clone, PartialEq)]
pub enum Sampling {
    /// Independent errors with these variances, each above 0.
    Independent(Vec<f64>),
    /// The whole k × k covariance matrix.
    Matrix(Matrix),
    /// The diagonal blocks of the covariance matrix, in row order.
    Blocks(Vec<Matrix>),
}

/// V as the model uses it: variances, and the covariances that are not 0.
pub(crate) struct Errors {
    pub(crate) variances: Vec<f64>,
    /// `(row, column, covariance)` with row < column.
    pub(crate) covariances: Vec<(usize, usize, f64)>,
}

impl Sampling {
    /// Number of rows.
    pub fn k(&self) -> usize {
        match self {
            Self::Independent(variances) => variances.len(),
            Self::Matrix(matrix) => matrix.nrows(),
            Self::Blocks(blocks) => blocks.iter().map(Matrix::nrows).sum(),
        }
    }

    /// The variances, in row order.
    pub fn variances(&self) -> Vec<f64> {
        match self {
            Self::Independent(variances) => variances.clone(),
            Self::Matrix(matrix) => matrix.diagonal().iter().copied().collect(),
            Self::Blocks(blocks) => blocks
                .iter()
                .flat_map(|b| b.diagonal().iter().copied().collect::<Vec<_>>())
                .collect(),
        }
    }

    /// The entries that are not 0, if all are finite, symmetric, and the variances above 0.
    pub(crate) fn errors(&self) -> Result<Errors, MultivariateError> {
        let mut covariances = Vec::new();
        match self {
            Self::Independent(_) => {}
            Self::Matrix(matrix) => collect(matrix, 0, &mut covariances)?,
            Self::Blocks(blocks) => {
                let mut first = 0;
                for block in blocks {
                    collect(block, first, &mut covariances)?;
                    first += block.nrows();
                }
            }
        }
        let variances = self.variances();
        for (row, &found) in variances.iter().enumerate() {
            if !found.is_finite() || found <= 0.0 {
                return Err(MultivariateError::VarianceNotPositive { row, found });
            }
        }
        Ok(Errors { variances, covariances })
    }
}

fn collect(
    matrix: &Matrix,
    first: usize,
    covariances: &mut Vec<(usize, usize, f64)>,
) -> Result<(), MultivariateError> {
    let n = matrix.nrows();
    MultivariateError::check_length("covariance matrix's rows", matrix.ncols(), n)?;
    for column in 0..n {
        for row in 0..column {
            let (above, below) = (matrix[(row, column)], matrix[(column, row)]);
            if !above.is_finite() {
                return Err(MultivariateError::NotFinite {
                    quantity: "sampling covariance",
                    row: first + row,
                    found: above,
                });
            }
            let size = (matrix[(row, row)] * matrix[(column, column)]).abs().sqrt();
            if below.is_nan() || (above - below).abs() > 1e-8 * size {
                return Err(MultivariateError::NotSymmetric {
                    what: "sampling covariance matrix".into(),
                    row: first + row,
                    column: first + column,
                });
            }
            if above != 0.0 {
                covariances.push((first + row, first + column, above));
            }
        }
    }
    Ok(())
}
