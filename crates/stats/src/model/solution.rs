//! The core of every fit: τ², residual heterogeneity, and the coefficients with their variances.

use crate::distribution::{chi2_sf, normal_two_sided_p, t_two_sided_p, two_sided_t, two_sided_z};
use crate::effect::Interval;
use crate::model::design::Design;
use crate::model::kernel::basis::Basis;
use crate::model::kernel::linear::Linear;
use crate::model::kernel::{FixedWeights, Kernel};
use crate::model::options::{CiMethod, Model, RegressionOptions, Weighting};
use crate::model::pool::{SAME_ESTIMATE, from_q};
use crate::model::pool_error::PoolError;
use crate::model::regress::Coefficient;
use crate::model::studies::Columns;
use crate::model::tau2::Tau2;
use crate::numeric::matrix::{Matrix, Vector};

/// What a fit consists of before anything is tested.
pub(crate) struct Core {
    /// `None` for the common-effect model.
    pub(crate) tau2: Option<Tau2>,
    pub(crate) heterogeneity: Heterogeneity,
    pub(crate) solution: Solution,
}

impl Core {
    /// The fit of studies whose number and weights are known to suit the design of `basis`, and `options`.
    pub(crate) fn of(
        columns: &Columns,
        basis: &Basis,
        kernel: &mut Linear,
        options: &RegressionOptions,
    ) -> Result<Self, PoolError> {
        let (k, p) = (basis.k(), basis.p());
        // A study alone has no heterogeneity to estimate, whatever the model.
        let model = match options.model {
            Model::RandomEffects(_) if k == 1 => Model::CommonEffect,
            model => model,
        };
        if k < p
            || (k == p
                && (matches!(model, Model::RandomEffects(_)) || options.ci != CiMethod::Wald))
        {
            return Err(PoolError::NoDegreesOfFreedom { k, p });
        }
        let tau2 = columns.tau2(basis, model, &options.weighting)?;
        let heterogeneity = Heterogeneity::of(kernel, tau2);
        let solution = Solution::of(kernel, basis, tau2, options)?;
        Ok(Self { tau2, heterogeneity, solution })
    }

    /// τ², 0 for the common-effect model.
    pub(crate) fn tau2(&self) -> f64 {
        self.tau2.map_or(0.0, |tau2| tau2.estimate)
    }
}

/// The normal or, with `df`, t quantile that leaves 1 − `level` in both tails together.
pub(crate) fn multiplier(df: Option<f64>, level: f64) -> f64 {
    df.map_or_else(|| two_sided_z(level), |df| two_sided_t(level, df))
}

/// Two-sided p value of a normal or, with `df`, t statistic.
pub(crate) fn two_sided_p(statistic: f64, df: Option<f64>) -> f64 {
    df.map_or_else(|| normal_two_sided_p(statistic), |df| t_two_sided_p(statistic, df))
}

/// Residual heterogeneity, always about the inverse-variance fit of the common-effect model.
pub(crate) struct Heterogeneity {
    pub(crate) q: f64,
    pub(crate) df: f64,
    pub(crate) typical_variance: f64,
    pub(crate) i2: f64,
    pub(crate) h2: f64,
}

impl Heterogeneity {
    fn of(kernel: &mut Linear, tau2: Option<Tau2>) -> Self {
        let df = kernel.df();
        if df <= 0.0 {
            return Self { q: 0.0, df, typical_variance: 0.0, i2: 0.0, h2: 1.0 };
        }
        let fixed = kernel.moments(0.0);
        let typical_variance = df / fixed.trace;
        let (i2, h2) = match tau2 {
            None => from_q(fixed.q, df),
            Some(Tau2 { estimate, .. }) => from_tau2(estimate, typical_variance),
        };
        Self { q: fixed.q, df, typical_variance, i2, h2 }
    }

    pub(crate) fn p_value(&self) -> f64 {
        if self.df > 0.0 { chi2_sf(self.q, self.df) } else { 1.0 }
    }
}

/// I² in percent and H² from τ² and the typical sampling variance.
pub(crate) fn from_tau2(tau2: f64, typical_variance: f64) -> (f64, f64) {
    (100.0 * tau2 / (typical_variance + tau2), tau2 / typical_variance + 1.0)
}

/// Coefficients with their variances.
pub(crate) struct Solution {
    pub(crate) coefficients: Vector,
    pub(crate) vcov: Matrix,
    /// Coefficients and variances in the coordinates of the basis.
    pub(crate) gamma: Vector,
    pub(crate) gamma_vcov: Matrix,
    pub(crate) df: Option<f64>,
    pub(crate) s2w: f64,
    pub(crate) residuals: Vec<f64>,
}

impl Solution {
    fn of(
        kernel: &mut Linear,
        basis: &Basis,
        tau2: Option<Tau2>,
        options: &RegressionOptions,
    ) -> Result<Self, PoolError> {
        let tau2 = tau2.map_or(0.0, |tau2| tau2.estimate);
        let back = basis.back();
        let (gamma, model_based) = solve(kernel, tau2, &options.weighting);
        let residuals = kernel.residuals().to_vec();
        let df = kernel.df();
        let factor = match options.ci {
            CiMethod::Wald | CiMethod::T => 1.0,
            CiMethod::HartungKnapp => kernel.q_and_slope(tau2).0 / df,
            CiMethod::HartungKnappAdHoc => (kernel.q_and_slope(tau2).0 / df).max(1.0),
        };
        if factor <= SAME_ESTIMATE {
            return Err(PoolError::HartungKnappNoVariation);
        }
        Ok(Self {
            coefficients: back * &gamma,
            vcov: back * (&model_based * factor) * back.transpose(),
            gamma,
            gamma_vcov: model_based * factor,
            df: (options.ci != CiMethod::Wald).then_some(df),
            s2w: factor,
            residuals,
        })
    }

    pub(crate) fn coefficients(&self, design: &Design, level: f64) -> Vec<Coefficient> {
        let width = multiplier(self.df, level);
        (0..self.coefficients.len())
            .map(|j| {
                let (estimate, se) = (self.coefficients[j], self.vcov[(j, j)].sqrt());
                let statistic = estimate / se;
                Coefficient {
                    name: design.names()[j].clone(),
                    estimate,
                    se,
                    statistic,
                    p_value: two_sided_p(statistic, self.df),
                    ci: Interval::around(estimate, width * se),
                }
            })
            .collect()
    }
}

/// The basis' coefficients and their model-based variances.
pub(crate) fn solve(kernel: &mut Linear, tau2: f64, weighting: &Weighting) -> (Vector, Matrix) {
    let weights = match weighting {
        Weighting::InverseVariance => {
            kernel.solve_at(tau2);
            return (kernel.coefficients(), kernel.inverse_information());
        }
        Weighting::Unweighted => FixedWeights::Equal,
        Weighting::Given(weights) => FixedWeights::Given(weights),
    };
    kernel.solve_with(weights);
    let bread = kernel.inverse_information();
    let meat = kernel.gram(|i| {
        let w = kernel.weights()[i];
        w * w * (kernel.variances()[i] + tau2)
    });
    (kernel.coefficients(), &bread * meat * &bread)
}
