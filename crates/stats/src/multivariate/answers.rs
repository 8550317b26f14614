//! What a fitted model says about means, new effects, residuals, weights and contrasts.

use crate::effect::Interval;
use crate::model::solution::{multiplier, two_sided_p};
use crate::model::wald::{Contrast, Contrasts, WaldTest};
use crate::multivariate::error::MultivariateError;
use crate::multivariate::fit::MultilevelFit;
use crate::multivariate::random::Loading;
use crate::numeric::matrix::{Matrix, Vector};

/// A predicted mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanPrediction {
    /// The predicted mean.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Confidence interval of the mean.
    pub ci: Interval,
    /// Prediction interval of a new true effect; `None` if the variance of new effects is not known.
    pub prediction: Option<Interval>,
    /// Degrees of freedom of both intervals; `None` if they are normal.
    pub df: Option<f64>,
}

/// Residuals that make allowance for the estimation of the coefficients.
#[derive(Debug, Clone, PartialEq)]
pub struct StandardizedResiduals {
    /// Estimate minus fitted mean.
    pub residual: Vec<f64>,
    /// Its standard error.
    pub se: Vec<f64>,
    /// Residual over standard error.
    pub z: Vec<f64>,
}

/// How much each row counts.
#[derive(Debug, Clone, PartialEq)]
pub struct RowWeights {
    /// The diagonal of W = M⁻¹, in percent of its sum.
    pub diagonal: Vec<f64>,
    /// The row sums of W, in percent of their sum: the weights of the mean in a model without moderators.
    pub row_sums: Vec<f64>,
}

impl MultilevelFit {
    /// Number of rows.
    pub fn k(&self) -> usize {
        self.model.estimates.len()
    }

    /// Number of coefficients.
    pub fn p(&self) -> usize {
        self.coefficients.len()
    }

    pub(crate) fn beta(&self) -> Vector {
        Vector::from_iterator(self.p(), self.coefficients.iter().map(|it| it.estimate))
    }

    /// The variance of a new true effect about its mean: the variances of all terms, each at the level named (`None` where
    /// a term has one variance). `None` where a term has several variances and no level, or random slopes.
    pub fn new_effect_variance(&self, levels: &[Option<usize>]) -> Option<f64> {
        let mut total = 0.0;
        for (position, (term, component)) in
            self.model.random.iter().zip(&self.components).enumerate()
        {
            if matches!(term.loading, Loading::Slopes { .. }) {
                return None;
            }
            let level = levels.get(position).copied().flatten();
            total += match component.variances.as_slice() {
                [variance] => level.map_or(*variance, |level| component.matrix[(level, level)]),
                variances => *variances.get(level?)?,
            };
        }
        Some(total)
    }

    /// The means at the `rows` given (p columns, the intercept's included), and intervals for new effects whose variances about
    /// those means are `variances` (as from [`MultilevelFit::new_effect_variance`]); `level` in (0, 1).
    pub fn predict(
        &self,
        rows: &Matrix,
        variances: &[Option<f64>],
        level: f64,
    ) -> Result<Vec<MeanPrediction>, MultivariateError> {
        MultivariateError::check_level(level)?;
        MultivariateError::check_length("row to predict at", rows.ncols(), self.p())?;
        MultivariateError::check_length(
            "list of new effects' variances",
            variances.len(),
            rows.nrows(),
        )?;
        let means = rows * self.beta();
        Ok((0..rows.nrows())
            .map(|i| {
                let row = rows.row(i);
                let variance = (row * &self.vcov).dot(&row).max(0.0);
                let df = (0..self.p())
                    .filter(|&j| row[j] != 0.0)
                    .filter_map(|j| self.df[j])
                    .reduce(f64::min)
                    .or_else(|| self.df.iter().copied().flatten().reduce(f64::min));
                let by = multiplier(df, level);
                MeanPrediction {
                    estimate: means[i],
                    se: variance.sqrt(),
                    ci: Interval::around(means[i], by * variance.sqrt()),
                    prediction: variances[i]
                        .map(|new| Interval::around(means[i], by * (variance + new).sqrt())),
                    df,
                }
            })
            .collect())
    }

    /// The means of the rows of the data, with intervals for new effects at each row's own levels.
    pub fn fitted(&self, level: f64) -> Result<Vec<MeanPrediction>, MultivariateError> {
        let variances: Vec<Option<f64>> = (0..self.k())
            .map(|row| {
                let levels: Vec<Option<usize>> = self
                    .model
                    .random
                    .iter()
                    .map(|term| match &term.loading {
                        Loading::Levels(inner) => Some(inner.codes()[row]),
                        Loading::Slopes { .. } => None,
                    })
                    .collect();
                self.new_effect_variance(&levels)
            })
            .collect();
        self.predict(self.model.design.matrix(), &variances, level)
    }

    /// Estimates minus fitted means.
    pub fn residuals(&self) -> Vec<f64> {
        let fitted = self.model.design.matrix() * self.beta();
        self.model.estimates.iter().zip(fitted.iter()).map(|(y, f)| y - f).collect()
    }

    /// Internally standardised residuals: the variance of y − Xβ̂ is M − X(X′WX)⁻¹X′.
    pub fn standardized_residuals(&self) -> StandardizedResiduals {
        let residual = self.residuals();
        let marginal = self.marginal_variances();
        let x = self.model.design.matrix();
        let se: Vec<f64> = (0..self.k())
            .map(|i| {
                let row = x.row(i);
                (marginal[i] - (row * &self.vcov).dot(&row)).max(0.0).sqrt()
            })
            .collect();
        let z = residual.iter().zip(&se).map(|(r, se)| r / se).collect();
        StandardizedResiduals { residual, se, z }
    }

    /// The total variance of each row: sampling variance and the variances of its random effects.
    pub fn marginal_variances(&self) -> Vec<f64> {
        let rows = &self.state.rows;
        let mut variances = vec![0.0; rows.k];
        let values = self.term_matrices();
        for block in &rows.blocks {
            for (i, &row) in block.rows.iter().enumerate() {
                let random: f64 =
                    block.loads.iter().zip(&values).map(|(load, g)| load.between(g, i, i)).sum();
                variances[row] = (block.variances[i] + random) * rows.unit;
            }
        }
        variances
    }

    /// The terms' covariance matrices, in the problem's units.
    pub(crate) fn term_matrices(&self) -> Vec<Matrix> {
        self.model
            .random
            .iter()
            .zip(&self.state.theta)
            .map(|(term, theta)| term.structure.value(theta))
            .collect()
    }

    /// The weights of the rows.
    pub fn weights(&self) -> RowWeights {
        let rows = &self.state.rows;
        let (mut diagonal, mut row_sums) = (vec![0.0; rows.k], vec![0.0; rows.k]);
        for (block, weighted) in rows.blocks.iter().zip(self.weighted()) {
            let n = block.rows.len();
            for (i, &row) in block.rows.iter().enumerate() {
                diagonal[row] = weighted.w[i * n + i];
                row_sums[row] = weighted.w[i * n..(i + 1) * n].iter().sum();
            }
        }
        RowWeights { diagonal: percent(diagonal), row_sums: percent(row_sums) }
    }

    /// The hat values: how far each row's fitted mean follows its own estimate.
    pub fn hat_values(&self) -> Vec<f64> {
        let (rows, p) = (&self.state.rows, self.p());
        let mut hat = vec![0.0; rows.k];
        for (block, weighted) in rows.blocks.iter().zip(self.weighted()) {
            for (i, &row) in block.rows.iter().enumerate() {
                let x = Vector::from_column_slice(&block.xy[i * (p + 1)..][..p]);
                let wx = Vector::from_column_slice(&weighted.wxy[i * (p + 1)..][..p]);
                hat[row] = (&self.state.shared.inverse * wx).dot(&x);
            }
        }
        hat
    }

    /// Tests linear combinations of the coefficients, one in each row of `combinations` (p columns).
    pub fn contrast(&self, combinations: &Matrix) -> Result<Contrasts, MultivariateError> {
        MultivariateError::check_length("contrast", combinations.ncols(), self.p())?;
        let estimates = combinations * self.beta();
        let v = combinations * &self.vcov * combinations.transpose();
        let df_of = |i: usize| {
            (0..self.p())
                .filter(|&j| combinations[(i, j)] != 0.0)
                .filter_map(|j| self.df[j])
                .reduce(f64::min)
        };
        let rows = (0..estimates.len())
            .map(|i| {
                let (estimate, se) = (estimates[i], v[(i, i)].sqrt());
                let statistic = estimate / se;
                Contrast { estimate, se, statistic, p_value: two_sided_p(statistic, df_of(i)) }
            })
            .collect();
        let df = (0..estimates.len()).filter_map(df_of).reduce(f64::min);
        Ok(Contrasts { rows, joint: WaldTest::of_zero(&estimates, &v, df) })
    }
}

fn percent(mut values: Vec<f64>) -> Vec<f64> {
    let total: f64 = values.iter().sum();
    for value in &mut values {
        *value *= 100.0 / total;
    }
    values
}
