//! How much each study influences a regression: the case diagnostics of Viechtbauer & Cheung (2010),
//! doi 10.1002/jrsm.11, after Belsley, Kuh & Welsch (1980) and Cook & Weisberg (1982).

use crate::diagnostics::deleted::Deletions;
use crate::diagnostics::residuals::{Residual, deleted_residual};
use crate::distribution::chi2_cdf;
use crate::model::kernel::linear::Linear;
use crate::model::options::Weighting;
use crate::model::pool_error::PoolError;
use crate::model::regress::Regression;
use crate::model::solution::{Core, solve};
use crate::model::wald::WaldTest;
use crate::numeric::matrix::{Factor, Matrix, Vector};

/// The case diagnostics of one study.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyInfluence {
    /// Leverage.
    pub hat: f64,
    /// Weight in percent.
    pub weight: f64,
    /// What changes when the study is left out; `None` if the other studies cannot tell all coefficients apart.
    pub deletion: Option<Deletion>,
}

/// What changes when a study is left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Deletion {
    /// Its estimate against its prediction from the others.
    pub residual: Residual,
    /// Change of its fitted mean, in standard errors.
    pub dffits: f64,
    /// Cook's distance: squared (Mahalanobis) distance between the coefficients with and without it.
    pub cook_distance: f64,
    /// Determinant of the coefficients' variances without it over that with it; below 1 the others are more precise.
    pub covariance_ratio: f64,
    /// τ² without it.
    pub tau2: f64,
    /// I² without it, in percent.
    pub i2: f64,
    /// Cochran's Q of the residuals without it.
    pub q_e: f64,
    /// Change of each coefficient, in standard errors.
    pub dfbetas: Vec<f64>,
}

impl StudyInfluence {
    /// Whether any of the usual rules calls the study influential: |DFFITS| > 3·√(p/(k − p)), Cook's distance above the
    /// median of χ² with p degrees of freedom, leverage above 3·p/k, or some |DFBETAS| > 1.
    pub fn is_influential(&self, k: usize, p: usize) -> bool {
        let (k, p) = (k as f64, p as f64);
        let moved = self.deletion.as_ref().is_none_or(|it| {
            it.dffits.abs() > 3.0 * (p / (k - p)).sqrt()
                || chi2_cdf(it.cook_distance, p) > 0.5
                || it.dfbetas.iter().any(|change| change.abs() > 1.0)
        });
        moved || self.hat > 3.0 * p / k
    }
}

impl Regression {
    /// The case diagnostics of every study. Needs two studies.
    pub fn influence(&self) -> Result<Vec<StudyInfluence>, PoolError> {
        let deletions = Deletions::of(self)?;
        let Deletions { columns, basis, .. } = &deletions;
        let mut kernel = Linear::new(basis, &columns.estimates, &columns.variances);
        let (gamma, model_based) = solve(&mut kernel, self.tau2, &self.options.weighting);
        let hat: Vec<f64> = kernel.leverages().iter().map(|leverage| leverage.0).collect();
        let vcov = model_based * self.s2w;
        let weights = self.weights();
        let whole = Whole { fit: self, deletions: &deletions, gamma, vcov };
        deletions.each(|i, core| {
            let deletion =
                core.map(|core| whole.deletion(&mut kernel, (i, hat[i]), core)).transpose()?;
            Ok(StudyInfluence { hat: hat[i], weight: weights[i], deletion })
        })
    }
}

/// The fit of all studies, as comparisons need it: in the coordinates of the basis.
struct Whole<'a> {
    fit: &'a Regression,
    deletions: &'a Deletions<'a>,
    gamma: Vector,
    vcov: Matrix,
}

impl Whole<'_> {
    fn deletion(
        &self,
        kernel: &mut Linear,
        (i, hat): (usize, f64),
        core: &Core,
    ) -> Result<Deletion, PoolError> {
        let basis = &self.deletions.basis;
        let (tau2, without) = (core.tau2(), &core.solution);
        let change = &self.gamma - &without.gamma;
        let distance = WaldTest::of_zero(&change, &self.vcov, None);
        // The variances that all studies would give at the τ² of the others.
        let (_, v) = solve(kernel, tau2, &self.fit.options.weighting);
        let v = v * without.s2w;
        let variance_of_mean = match self.fit.options.weighting {
            // Viechtbauer and Cheung keep the leverage at the τ² of all studies.
            Weighting::InverseVariance => without.s2w * hat * (self.fit.effects[i].variance + tau2),
            Weighting::Unweighted | Weighting::Given(_) => basis.variance_of_mean(&v, i),
        };
        let moved: f64 = basis.row(i).iter().zip(change.iter()).map(|(z, g)| z * g).sum();
        let back = basis.back();
        let (changes, v) = (back * &change, back * v * back.transpose());
        Deletion {
            residual: deleted_residual(self.fit, self.deletions, i, core),
            dffits: moved / variance_of_mean.sqrt(),
            cook_distance: distance.ok_or(PoolError::Overflow)?.statistic,
            covariance_ratio: determinant_ratio(&without.gamma_vcov, &self.vcov)
                .ok_or(PoolError::Overflow)?,
            tau2,
            i2: core.heterogeneity.i2,
            q_e: core.heterogeneity.q,
            dfbetas: (0..changes.len()).map(|j| changes[j] / v[(j, j)].sqrt()).collect(),
        }
        .finite()
    }
}

impl Deletion {
    fn finite(self) -> Result<Self, PoolError> {
        let numbers = [self.residual.z, self.dffits, self.cook_distance, self.covariance_ratio];
        let sound = numbers.iter().chain(&self.dfbetas).all(|x| x.is_finite());
        if sound { Ok(self) } else { Err(PoolError::Overflow) }
    }
}

/// |a|/|b| of two covariance matrices.
fn determinant_ratio(a: &Matrix, b: &Matrix) -> Option<f64> {
    let logs = |m: &Matrix| {
        let scaled = Matrix::from_fn(m.nrows(), m.ncols(), |i, j| {
            m[(i, j)] / (b[(i, i)].sqrt() * b[(j, j)].sqrt())
        });
        Factor::of(scaled).map(|factor| factor.log_determinant())
    };
    Some(libm::exp(logs(a)? - logs(b)?))
}
