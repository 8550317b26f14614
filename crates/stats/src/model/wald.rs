//! Wald tests of coefficients and of linear combinations of them.

use crate::distribution::{chi2_sf, f_sf};
use crate::model::pool_error::PoolError;
use crate::model::regress::Regression;
use crate::model::solution::two_sided_p;
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// A test that several coefficients, or combinations of them, are all 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaldTest {
    /// χ² on `df1`, or, where `df2` is given, F on `df1` and `df2`.
    pub statistic: f64,
    /// How many coefficients are tested.
    pub df1: f64,
    /// Denominator degrees of freedom; `None` for a χ² test.
    pub df2: Option<f64>,
    /// p value.
    pub p_value: f64,
}

/// Linear combinations of the coefficients.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrasts {
    /// Each combination on its own.
    pub rows: Vec<Contrast>,
    /// The test that all are 0; `None` when some combination repeats others.
    pub joint: Option<WaldTest>,
}

/// One linear combination of the coefficients.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// The test statistic, estimate/se.
    pub statistic: f64,
    /// Two-sided p value.
    pub p_value: f64,
}

impl WaldTest {
    /// The test of the coefficients at positions `tested` (from 0): χ², or F if the coefficients are tested with `df`.
    pub(crate) fn of(
        coefficients: &Vector,
        vcov: &Matrix,
        tested: &[usize],
        df: Option<f64>,
    ) -> Result<Self, PoolError> {
        let b = coefficients.select_rows(tested);
        let v = vcov.select_rows(tested).select_columns(tested);
        Self::of_zero(&b, &v, df).ok_or(PoolError::Overflow)
    }

    /// The test that `b`, with variances `v`, is 0; `None` if `v` is singular.
    pub(crate) fn of_zero(b: &Vector, v: &Matrix, df: Option<f64>) -> Option<Self> {
        // Scaled to correlations, so that coefficients in different units do not spoil the factorisation.
        let size = Vector::from_iterator(b.len(), v.diagonal().iter().map(|v| v.sqrt()));
        let correlation = Matrix::from_fn(b.len(), b.len(), |i, j| v[(i, j)] / (size[i] * size[j]));
        let z = b.component_div(&size);
        let chi2 = z.dot(&Factor::of(correlation)?.solve_vector(&z));
        let m = b.len() as f64;
        let test = match df {
            None => Self { statistic: chi2, df1: m, df2: None, p_value: chi2_sf(chi2, m) },
            Some(df) => {
                let f = chi2 / m;
                Self { statistic: f, df1: m, df2: Some(df), p_value: f_sf(f, m, df) }
            }
        };
        test.statistic.is_finite().then_some(test)
    }
}

impl Regression {
    /// The test that the coefficients at these positions (from 0) are all 0.
    pub fn wald_test(&self, tested: &[usize]) -> Result<WaldTest, PoolError> {
        let p = self.p();
        if tested.is_empty() {
            return Err(PoolError::TooFew { what: "a Wald test", found: 0, needed: 1 });
        }
        if let Some(&position) = tested.iter().find(|&&j| j >= p) {
            return Err(PoolError::NoSuchCoefficient { position, p });
        }
        WaldTest::of(&self.beta(), &self.vcov, tested, self.df)
    }

    /// Tests linear combinations of the coefficients, one in each row of `combinations` (p columns).
    pub fn contrast(&self, combinations: &Matrix) -> Result<Contrasts, PoolError> {
        if combinations.ncols() != self.p() {
            return Err(PoolError::CoefficientCount {
                found: combinations.ncols(),
                expected: self.p(),
            });
        }
        let estimates = combinations * self.beta();
        let v = combinations * &self.vcov * combinations.transpose();
        let rows = (0..estimates.len())
            .map(|i| {
                let (estimate, se) = (estimates[i], v[(i, i)].sqrt());
                let statistic = estimate / se;
                Contrast { estimate, se, statistic, p_value: two_sided_p(statistic, self.df) }
            })
            .collect();
        Ok(Contrasts { rows, joint: WaldTest::of_zero(&estimates, &v, self.df) })
    }
}
