//! Meta-regression: the mixed-effects model with any design, of which pooling is the case without moderators.
//!
//! y = Xβ + u + e with u ~ N(0, τ²) and e ~ N(0, v) (Berkey et al. 1995, doi 10.1002/sim.4780140406; Viechtbauer 2010,
//! doi 10.18637/jss.v036.i03; Handbook 10.11.4). The numbers are metafor's `rma.uni` for the same choices.

use crate::effect::{Effect, Interval};
use crate::model::design::Design;
use crate::model::fit_statistics::FitStatistics;
use crate::model::kernel::basis::Basis;
use crate::model::kernel::linear::Linear;
use crate::model::kernel::{FixedWeights, Kernel};
use crate::model::options::{Model, RegressionOptions, Weighting};
use crate::model::pool_error::PoolError;
use crate::model::solution::{Core, Heterogeneity, multiplier};
use crate::model::studies::Columns;
use crate::model::tau2::Tau2;
use crate::model::wald::WaldTest;
use crate::numeric::matrix::{Matrix, Vector};

/// Fits a meta-regression.
///
/// Needs more studies than coefficients, except for a common effect or a given τ² with Wald intervals, which need as
/// many. A single study without moderators is its own answer, as in [`crate::pool`].
///
/// ```
/// use consilience_stats::{Design, Effect, RegressionOptions, regress};
/// let effects = [(0.10, 0.010), (0.30, 0.020), (0.35, 0.005), (0.61, 0.015)]
///     .map(|(estimate, variance)| Effect { estimate, variance });
/// let design = Design::builder(4).numeric("dose", &[1.0, 2.0, 3.0, 5.0]).build()?;
/// let fit = regress(&effects, &design, &RegressionOptions::default())?;
/// assert_eq!(fit.coefficients[1].name, "dose");
/// assert!((fit.coefficients[1].estimate - 0.123274853801).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn regress(
    effects: &[Effect],
    design: &Design,
    options: &RegressionOptions,
) -> Result<Regression, PoolError> {
    check(effects.len(), design, options)?;
    let columns = Columns::of(effects)?;
    let basis = columns.basis(design)?;
    let mut kernel = Linear::new(&basis, &columns.estimates, &columns.variances);
    let Core { tau2, heterogeneity, solution } = Core::of(&columns, &basis, &mut kernel, options)?;
    let r2 = r2(&columns, design, tau2, &heterogeneity, options)?;
    let q_m = WaldTest::of(
        &solution.coefficients,
        &solution.vcov,
        &design.moderator_columns(),
        solution.df,
    )?;
    let fit = FitStatistics::of(&mut kernel, &basis, (tau2, options.model), &solution.residuals);
    Regression {
        coefficients: solution.coefficients(design, options.level),
        vcov: solution.vcov,
        df: solution.df,
        tau2: tau2.map_or(0.0, |tau2| tau2.estimate),
        se_tau2: tau2.and_then(|tau2| tau2.se),
        i2: heterogeneity.i2,
        h2: heterogeneity.h2,
        r2,
        typical_variance: heterogeneity.typical_variance,
        q_e: heterogeneity.q,
        q_e_df: heterogeneity.df,
        q_e_p_value: heterogeneity.p_value(),
        q_m,
        s2w: solution.s2w,
        fit,
        effects: effects.to_vec(),
        design: design.clone(),
        options: options.clone(),
    }
    .finite()
}

/// A fitted meta-regression, on the analysis scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// The coefficients, in the order of the design's columns.
    pub coefficients: Vec<Coefficient>,
    /// Their variances and covariances, as the interval method defines them.
    pub vcov: Matrix,
    /// Degrees of freedom of the coefficients' t statistics, k − p; `None` if they are normal.
    pub df: Option<f64>,
    /// Residual between-study variance; 0 for the common-effect model.
    pub tau2: f64,
    /// Its standard error; `None` when τ² was not estimated.
    pub se_tau2: Option<f64>,
    /// Residual I² in percent: from τ² and the typical variance (random effects) or from Q (common effect).
    pub i2: f64,
    /// Residual H²: unaccounted over sampling variability.
    pub h2: f64,
    /// Share in percent of the variation that the moderators account for: of τ² (Raudenbush 2009) or, for a common
    /// effect, adjusted R² of the regression. Negative shares, and shares of nothing, are 0. `None` without moderators,
    /// without an intercept, for a given τ², or when k = p.
    pub r2: Option<f64>,
    /// Typical sampling variance (k − p)/tr P (Higgins & Thompson 2002, doi 10.1002/sim.1186); 0 when k = p.
    pub typical_variance: f64,
    /// Cochran's Q of the residuals under the common-effect model.
    pub q_e: f64,
    /// Its degrees of freedom, k − p.
    pub q_e_df: f64,
    /// Its p value; 1 when k = p.
    pub q_e_p_value: f64,
    /// Test of all coefficients but the intercept (of the intercept, if it is alone).
    pub q_m: WaldTest,
    /// The factor by which the Hartung-Knapp method multiplies the variances; 1 for the other methods.
    pub s2w: f64,
    /// Log-likelihoods and information criteria.
    pub fit: FitStatistics,
    /// The studies.
    pub(crate) effects: Vec<Effect>,
    /// The design.
    pub(crate) design: Design,
    /// The choices made.
    pub(crate) options: RegressionOptions,
}

/// One coefficient of a regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficient {
    /// Name of the design's column.
    pub name: String,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// The test statistic, estimate/se.
    pub statistic: f64,
    /// Two-sided p value.
    pub p_value: f64,
    /// Confidence interval at the level of the options.
    pub ci: Interval,
}

impl Regression {
    /// Number of studies.
    pub fn k(&self) -> usize {
        self.effects.len()
    }

    /// Number of coefficients.
    pub fn p(&self) -> usize {
        self.coefficients.len()
    }

    /// The studies.
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// The design.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// The choices made.
    pub fn options(&self) -> &RegressionOptions {
        &self.options
    }

    /// The studies in columns, and the basis of the design, as they were when the model was fitted.
    pub(crate) fn parts(&self) -> Result<(Columns, Basis), PoolError> {
        let columns = Columns::of(&self.effects)?;
        let basis = columns.basis(&self.design)?;
        Ok((columns, basis))
    }

    /// The estimates of the coefficients as a vector.
    pub(crate) fn beta(&self) -> Vector {
        Vector::from_iterator(self.p(), self.coefficients.iter().map(|it| it.estimate))
    }

    /// The quantile that intervals of the coefficients and of means at `level` multiply standard errors by.
    pub(crate) fn multiplier(&self, level: f64) -> f64 {
        multiplier(self.df, level)
    }

    fn finite(self) -> Result<Self, PoolError> {
        let numbers =
            [self.tau2, self.se_tau2.unwrap_or(0.0), self.i2, self.h2, self.q_e, self.s2w];
        let sound = numbers.iter().chain(self.vcov.iter()).all(|x| x.is_finite())
            && self.coefficients.iter().all(|it| {
                it.se > 0.0
                    && it.ci.lower.is_finite()
                    && it.ci.upper.is_finite()
                    && it.statistic.is_finite()
            });
        if sound { Ok(self) } else { Err(PoolError::Overflow) }
    }
}

fn check(k: usize, design: &Design, options: &RegressionOptions) -> Result<(), PoolError> {
    PoolError::check_level(options.level)?;
    if k == 0 {
        return Err(PoolError::NoStudies);
    }
    if design.k() != k {
        return Err(PoolError::DesignRows { found: design.k(), expected: k });
    }
    if k < design.p() {
        return Err(PoolError::NoDegreesOfFreedom { k, p: design.p() });
    }
    options.model.check()?;
    if let Weighting::Given(weights) = &options.weighting {
        if weights.len() != k {
            return Err(PoolError::WeightCount { found: weights.len(), expected: k });
        }
        if let Some(position) = weights.iter().position(|w| !(w.is_finite() && *w > 0.0)) {
            return Err(PoolError::WeightNotPositive { position, found: weights[position] });
        }
    }
    Ok(())
}

/// Share of variation that the moderators account for.
fn r2(
    columns: &Columns,
    design: &Design,
    tau2: Option<Tau2>,
    residual: &Heterogeneity,
    options: &RegressionOptions,
) -> Result<Option<f64>, PoolError> {
    let k = columns.k();
    if design.p() == 1 || !design.has_intercept() || k == design.p() {
        return Ok(None);
    }
    let null = Design::intercept(k);
    let null_basis = columns.basis(&null)?;
    let share = |rest: f64, whole: f64| {
        if whole > 0.0 { (100.0 * (whole - rest) / whole).max(0.0) } else { 0.0 }
    };
    match (options.model, tau2) {
        (Model::RandomEffects(_), Some(tau2)) => {
            let null = columns.tau2(&null_basis, options.model, &options.weighting)?;
            Ok(null.map(|null| share(tau2.estimate, null.estimate)))
        }
        (Model::CommonEffect, _) => {
            let weights = options.weighting.fixed(&columns.variances);
            let rss = |basis: &Basis| {
                let mut kernel = Linear::new(basis, &columns.estimates, &columns.variances);
                kernel.spread(FixedWeights::Given(&weights)).rss
            };
            let basis = columns.basis(design)?;
            Ok(Some(share(rss(&basis) / residual.df, rss(&null_basis) / (k - 1) as f64)))
        }
        _ => Ok(None),
    }
}
