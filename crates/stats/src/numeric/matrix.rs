//! Dense matrices: `nalgebra`'s, and what the methods ask of symmetric positive-definite ones.
//!
//! `nalgebra` is built without its run-time choice of instructions, so equal inputs give equal bits on every machine.

/// A dense matrix of doubles, column by column; `Matrix::from_row_slice(rows, columns, &values)` reads it row by row.
pub type Matrix = nalgebra::DMatrix<f64>;

/// A dense column vector of doubles.
pub(crate) type Vector = nalgebra::DVector<f64>;

/// The Cholesky factor of a symmetric positive-definite matrix.
pub(crate) struct Factor(nalgebra::Cholesky<f64, nalgebra::Dyn>);

impl Factor {
    /// The factor of `matrix` (its lower triangle is read); `None` if it is not positive definite.
    pub(crate) fn of(matrix: Matrix) -> Option<Self> {
        nalgebra::Cholesky::new(matrix).map(Self)
    }

    /// ln det of the matrix that was factored.
    pub(crate) fn log_determinant(&self) -> f64 {
        let factor = self.0.l_dirty();
        2.0 * (0..factor.nrows()).map(|i| libm::log(factor[(i, i)])).sum::<f64>()
    }

    /// The inverse of the matrix that was factored.
    pub(crate) fn inverse(&self) -> Matrix {
        self.0.inverse()
    }

    /// A⁻¹·B.
    pub(crate) fn solve(&self, right: &Matrix) -> Matrix {
        self.0.solve(right)
    }

    /// A⁻¹·b.
    pub(crate) fn solve_vector(&self, right: &Vector) -> Vector {
        self.0.solve(right)
    }

    /// L, with A = L·Lᵀ.
    pub(crate) fn lower(&self) -> Matrix {
        self.0.l()
    }
}

#[cfg(test)]
mod tests {
    use super::{Factor, Matrix};

    #[test]
    fn a_factor_solves_and_gives_the_determinant() {
        let factor = Factor::of(Matrix::from_row_slice(2, 2, &[4.0, 2.0, 2.0, 3.0])).unwrap();
        assert!((factor.log_determinant() - libm::log(8.0)).abs() < 1e-15);
        let product = factor.inverse() * Matrix::from_row_slice(2, 2, &[4.0, 2.0, 2.0, 3.0]);
        assert!((product - Matrix::identity(2, 2)).amax() < 1e-15);
    }

    #[test]
    fn an_indefinite_matrix_has_no_factor() {
        assert!(Factor::of(Matrix::from_row_slice(2, 2, &[1.0, 2.0, 2.0, 1.0])).is_none());
    }
}
