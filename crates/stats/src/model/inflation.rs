//! How much collinearity of the moderators inflates the variances of their coefficients.

use crate::model::pool_error::PoolError;
use crate::model::regress::Regression;
use crate::numeric::matrix::{Factor, Matrix};

/// The variance inflation of a coefficient or of a term's coefficients together.
#[derive(Debug, Clone, PartialEq)]
pub struct VarianceInflation {
    /// Name of the column or term.
    pub name: String,
    /// Number of coefficients.
    pub coefficients: usize,
    /// The (generalised) variance inflation factor; 1 without collinearity.
    pub factor: f64,
}

impl Regression {
    /// The variance inflation factor of each coefficient but the intercept.
    pub fn variance_inflation(&self) -> Result<Vec<VarianceInflation>, PoolError> {
        let columns: Vec<Vec<usize>> = self.others().into_iter().map(|j| vec![j]).collect();
        let names = self.others().into_iter().map(|j| self.coefficients[j].name.clone());
        self.inflation(names.zip(columns))
    }

    /// The generalised variance inflation factor of each term but the intercept: of a factor's columns together.
    ///
    /// Fox & Monette (1992), doi 10.1080/01621459.1992.10475190.
    pub fn variance_inflation_of_terms(&self) -> Result<Vec<VarianceInflation>, PoolError> {
        let intercept = self.design.intercept_column();
        let terms = self.design.terms().iter().filter_map(|term| {
            let columns: Vec<usize> =
                term.columns.clone().filter(|&j| Some(j) != intercept).collect();
            (!columns.is_empty()).then(|| (term.name.clone(), columns))
        });
        self.inflation(terms)
    }

    /// |R₁₁|·|R₂₂|/|R| of the coefficients' correlations R, for each group of columns against the others.
    fn inflation(
        &self,
        groups: impl Iterator<Item = (String, Vec<usize>)>,
    ) -> Result<Vec<VarianceInflation>, PoolError> {
        let others = self.others();
        let log_determinant = |columns: &[usize]| {
            if columns.is_empty() {
                return Some(0.0);
            }
            Factor::of(self.correlations(columns)).map(|factor| factor.log_determinant())
        };
        groups
            .map(|(name, columns)| {
                let rest: Vec<usize> =
                    others.iter().copied().filter(|j| !columns.contains(j)).collect();
                let logs = [&columns, &rest, &others].map(|columns| log_determinant(columns));
                let [Some(own), Some(rest), Some(all)] = logs else {
                    return Err(PoolError::Overflow);
                };
                let factor = libm::exp(own + rest - all);
                Ok(VarianceInflation { name, coefficients: columns.len(), factor })
            })
            .collect()
    }

    fn others(&self) -> Vec<usize> {
        let intercept = self.design.intercept_column();
        (0..self.p()).filter(|&j| Some(j) != intercept).collect()
    }

    fn correlations(&self, columns: &[usize]) -> Matrix {
        let v = self.vcov.select_rows(columns).select_columns(columns);
        Matrix::from_fn(columns.len(), columns.len(), |i, j| {
            v[(i, j)] / (v[(i, i)].sqrt() * v[(j, j)].sqrt())
        })
    }
}
