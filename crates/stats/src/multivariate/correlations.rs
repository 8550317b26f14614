//! Correlation coefficients of the same people: their sampling covariance, and regression from a correlation matrix.

use crate::distribution::{f_sf, normal_two_sided_p, t_two_sided_p};
use crate::effect::EffectError;
use crate::multivariate::error::MultivariateError;
use crate::multivariate::grouping::Grouping;
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// A correlation coefficient of two variables, in one study.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportedCorrelation {
    /// One variable.
    pub first: String,
    /// The other.
    pub second: String,
    /// The coefficient, strictly between −1 and 1.
    pub r: f64,
    /// The number of people it is computed from.
    pub n: f64,
}

/// The scale on which correlations are pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrelationForm {
    /// The coefficients themselves.
    Raw,
    /// Fisher's z.
    FisherZ,
}

/// Correlations with their sampling covariance.
#[derive(Debug, Clone, PartialEq)]
pub struct DependentCorrelations {
    /// The coefficients on the scale asked for.
    pub estimates: Vec<f64>,
    /// Their sampling covariance; NaN where it depends on a correlation that the study does not report.
    pub covariance: Matrix,
}

impl DependentCorrelations {
    /// The rows whose covariances are all known, which a model can use.
    pub fn complete_rows(&self) -> Vec<usize> {
        (0..self.estimates.len())
            .filter(|&row| self.covariance.row(row).iter().all(|value| !value.is_nan()))
            .collect()
    }
}

/// The covariance of correlation coefficients within studies.
///
/// Steiger (1980), doi 10.1037/0033-2909.87.2.245, with n − 1 (raw) or n − 3 (z) in the denominator, where n is the smallest number
/// of people of the study's correlations and must be at least 5.
pub fn dependent_correlations(
    correlations: &[ReportedCorrelation],
    study: &Grouping,
    form: CorrelationForm,
) -> Result<DependentCorrelations, MultivariateError> {
    let k = correlations.len();
    MultivariateError::check_length("study variable", study.codes().len(), k)?;
    for (row, one) in correlations.iter().enumerate() {
        let refuse = |reason| Err(MultivariateError::Row { row, reason });
        if !(one.r > -1.0 && one.r < 1.0) {
            return refuse(EffectError::Perfect { quantity: "correlation", found: one.r });
        }
        if !(one.n >= 5.0 && one.n.is_finite()) {
            return refuse(EffectError::TooFew {
                quantity: "number of people",
                found: one.n,
                minimum: 5.0,
            });
        }
    }
    let mut covariance = Matrix::zeros(k, k);
    for rows in study.members() {
        let n = rows.iter().map(|&row| correlations[row].n).fold(f64::INFINITY, f64::min);
        for &i in &rows {
            for &j in &rows {
                covariance[(i, j)] = match form {
                    CorrelationForm::Raw => steiger(correlations, &rows, i, j) / (n - 1.0),
                    CorrelationForm::FisherZ => {
                        let scale = (1.0 - correlations[i].r * correlations[i].r)
                            * (1.0 - correlations[j].r * correlations[j].r);
                        steiger(correlations, &rows, i, j) / scale / (n - 3.0)
                    }
                };
            }
        }
    }
    let estimates = correlations
        .iter()
        .map(|one| match form {
            CorrelationForm::Raw => one.r,
            CorrelationForm::FisherZ => libm::atanh(one.r),
        })
        .collect();
    Ok(DependentCorrelations { estimates, covariance })
}

/// n times the asymptotic covariance of two correlations of the study that has these rows.
fn steiger(correlations: &[ReportedCorrelation], rows: &[usize], a: usize, b: usize) -> f64 {
    let (one, other) = (&correlations[a], &correlations[b]);
    let r = |x: &str, y: &str| {
        if x == y {
            return 1.0;
        }
        rows.iter()
            .map(|&row| &correlations[row])
            .find(|c| (c.first == x && c.second == y) || (c.first == y && c.second == x))
            .map_or(f64::NAN, |c| c.r)
    };
    let (j, k, h, m) = (&one.first, &one.second, &other.first, &other.second);
    let (jk, hm) = (r(j, k), r(h, m));
    let (jh, jm, kh, km) = (r(j, h), r(j, m), r(k, h), r(k, m));
    0.5 * jk * hm * (jh * jh + jm * jm + kh * kh + km * km) + jh * km + jm * kh
        - (jk * jh * jm + jk * kh * km + jh * kh * hm + jm * km * hm)
}

/// A linear regression computed from a correlation matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelationRegression {
    /// Standardised regression coefficients, in the order of the predictors.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub se: Vec<f64>,
    /// Coefficient over standard error.
    pub statistic: Vec<f64>,
    /// Two-sided p values.
    pub p_value: Vec<f64>,
    /// The coefficients' covariance.
    pub vcov: Matrix,
    /// Share of variance explained.
    pub r2: f64,
    /// The omnibus test: F with its two degrees of freedom and p value; `None` from pooled correlations.
    pub f: Option<(f64, f64, f64, f64)>,
}

/// What is known about the sampling error of a correlation matrix.
#[derive(Debug, Clone, PartialEq)]
pub enum MatrixPrecision {
    /// One sample of so many people.
    People(f64),
    /// The covariance of the elements below the diagonal, by columns, as of pooled correlations.
    Covariance(Matrix),
}

/// Regresses variable `outcome` of a correlation matrix on the variables `predictors` (positions from 0).
///
/// From one sample the standard errors are those of least squares; from pooled correlations they follow by the delta method
/// (Becker 1992, doi 10.3102/10769986017004341).
pub fn regression_from_correlations(
    correlations: &Matrix,
    outcome: usize,
    predictors: &[usize],
    precision: &MatrixPrecision,
) -> Result<CorrelationRegression, MultivariateError> {
    let size = correlations.nrows();
    MultivariateError::check_length("correlation matrix's rows", correlations.ncols(), size)?;
    if let Some(&found) = predictors.iter().chain([&outcome]).find(|&&at| at >= size) {
        return Err(MultivariateError::NoSuch { what: "variable", found, available: size });
    }
    let m = predictors.len();
    let within = correlations.select_rows(predictors).select_columns(predictors);
    let factor = Factor::of(within).ok_or(MultivariateError::Collinear)?;
    let across = Vector::from_iterator(m, predictors.iter().map(|&x| correlations[(x, outcome)]));
    let b = factor.solve_vector(&across);
    let r2 = b.dot(&across);
    let (vcov, df) = match precision {
        MatrixPrecision::People(n) => {
            let df = n - m as f64;
            if df.is_nan() || df <= 0.0 {
                let reason = EffectError::TooFew {
                    quantity: "number of people",
                    found: *n,
                    minimum: m as f64 + 1.0,
                };
                return Err(MultivariateError::Row { row: 0, reason });
            }
            (factor.inverse() * ((1.0 - r2) / df), Some(df))
        }
        MatrixPrecision::Covariance(v) => {
            let pairs = size * (size - 1) / 2;
            MultivariateError::check_length("covariance of the correlations", v.nrows(), pairs)?;
            let gradient = gradient(&factor, &b, (outcome, predictors), size);
            (&gradient * v * gradient.transpose(), None)
        }
    };
    let se: Vec<f64> = (0..m).map(|i| vcov[(i, i)].sqrt()).collect();
    let statistic: Vec<f64> = (0..m).map(|i| b[i] / se[i]).collect();
    let p_value = statistic
        .iter()
        .map(|t| df.map_or_else(|| normal_two_sided_p(*t), |df| t_two_sided_p(*t, df)))
        .collect();
    let f = df.map(|df| {
        let f = (r2 / m as f64) / ((1.0 - r2) / df);
        (f, m as f64, df, f_sf(f, m as f64, df))
    });
    Ok(CorrelationRegression {
        coefficients: b.iter().copied().collect(),
        se,
        statistic,
        p_value,
        vcov,
        r2,
        f,
    })
}

/// ∂b/∂r for the correlations below the diagonal, by columns: from Rₓₓ·b = rₓ, db = Rₓₓ⁻¹(drₓ − dRₓₓ·b).
fn gradient(
    factor: &Factor,
    b: &Vector,
    (outcome, predictors): (usize, &[usize]),
    size: usize,
) -> Matrix {
    let m = predictors.len();
    let mut right = Matrix::zeros(m, size * (size - 1) / 2);
    let mut column = 0;
    for j in 0..size {
        for i in j + 1..size {
            for (row, &x) in predictors.iter().enumerate() {
                let partner = if x == i {
                    j
                } else if x == j {
                    i
                } else {
                    continue;
                };
                if partner == outcome {
                    right[(row, column)] += 1.0;
                } else if let Some(at) = predictors.iter().position(|&other| other == partner) {
                    right[(row, column)] -= b[at];
                }
            }
            column += 1;
        }
    }
    factor.solve(&right)
}
