//! The answer of a generalised linear mixed model, and the choices it is asked with.

use super::error::GlmmError;
use super::parts::Parts;
use super::quadrature::Quadrature;
use crate::distribution::chi2_sf;
use crate::effect::Interval;
use crate::effect_size::zero_cells::{AddTo, ZeroCells};
use crate::model::design::Design;
use crate::model::fit_statistics::LikelihoodFit;
use crate::model::regress::Coefficient;
use crate::model::solution::{from_tau2, multiplier, two_sided_p};
use crate::model::wald::WaldTest;

/// Whether the studies' true effects differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlmmEffects {
    /// All studies estimate one effect (given the moderators). metafor `method="EE"`.
    Common,
    /// Effects are normally distributed about their mean, with variance τ² by maximum likelihood. metafor `method="ML"`.
    Random,
}

/// How coefficients are tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlmmTest {
    /// The normal distribution.
    Z,
    /// Student's t with k − p degrees of freedom.
    T,
}

/// The choices of a generalised linear mixed model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GlmmOptions {
    /// Common or random effects.
    pub effects: GlmmEffects,
    /// Tests and intervals of the coefficients.
    pub test: GlmmTest,
    /// Confidence level, in (0, 1).
    pub level: f64,
    /// How random effects are integrated out.
    pub quadrature: Quadrature,
    /// What is added to counts for the observed effects, which only I² and H² depend on; `drop00` also leaves the studies
    /// out of the model.
    pub zero_cells: ZeroCells,
}

impl Default for GlmmOptions {
    /// Random effects, normal intervals at level 0.95, fine quadrature, metafor's zero-cell rule.
    fn default() -> Self {
        Self {
            effects: GlmmEffects::Random,
            test: GlmmTest::Z,
            level: 0.95,
            quadrature: Quadrature::Fine,
            zero_cells: ZeroCells { add: 0.5, to: AddTo::OnlyZero, drop00: true },
        }
    }
}

impl GlmmOptions {
    pub(crate) fn check(&self) -> Result<(), GlmmError> {
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(GlmmError::LevelOutOfRange { found: self.level });
        }
        self.quadrature.check()
    }
}

/// A generalised linear mixed model fitted to studies' counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Glmm {
    /// Number of studies in the model.
    pub k: usize,
    /// The coefficients on the scale of the measure (log odds ratio, logit, …), with Wald tests; their standard errors come
    /// from the observed information of all parameters.
    pub coefficients: Vec<Coefficient>,
    /// The coefficients' covariance matrix.
    pub vcov: crate::Matrix,
    /// Degrees of freedom of the t tests; `None` for normal ones.
    pub df: Option<f64>,
    /// (Residual) between-study variance of the effects; 0 for common effects.
    pub tau2: f64,
    /// Its standard error; `None` at 0, for common effects and where levels are random too.
    pub se_tau2: Option<f64>,
    /// Between-study variance of the studies' levels, where these are random.
    pub sigma2: Option<f64>,
    /// Correlation of levels and effects, where it was estimated.
    pub rho: Option<f64>,
    /// I² in percent, from τ² and the typical sampling variance of the observed effects; 0 for common effects.
    pub i2: f64,
    /// H², likewise; 1 for common effects.
    pub h2: f64,
    /// Wald's test of (residual) heterogeneity: the additional coefficients of the saturated model. Studies whose own
    /// effect is infinite have no weight in it.
    pub q_wald: f64,
    /// Its p value.
    pub q_wald_p_value: f64,
    /// The likelihood-ratio test of (residual) heterogeneity: common-effect against saturated model.
    pub q_lrt: f64,
    /// Its p value.
    pub q_lrt_p_value: f64,
    /// Degrees of freedom of both tests, k − p.
    pub q_df: f64,
    /// Test of all coefficients but the intercept (of the intercept, if it is alone).
    pub q_m: WaldTest,
    /// Log-likelihood (random effects integrated out, all constants included), deviance from the saturated model, and
    /// information criteria. Observations are counts: two a study for unconditional models.
    pub fit: LikelihoodFit,
    /// Log-likelihood given each study's most probable random effect; `None` for common effects without random levels and
    /// where there are two random effects a study.
    pub conditional_log_likelihood: Option<f64>,
}

impl Parts {
    /// The answer for `k` studies; `typical_variance` is that of their observed effects (NaN if there is none).
    pub(crate) fn into_glmm(
        self,
        (k, design): (usize, &Design),
        typical_variance: f64,
        options: &GlmmOptions,
    ) -> Result<Glmm, GlmmError> {
        let p = design.p();
        let df = degrees_of_freedom(options.test, k, p)?;
        let coefficients = coefficients(&self, design, df, options.level);
        let q_df = (k - p) as f64;
        let p_value = |q: f64| if q_df > 0.0 { chi2_sf(q, q_df) } else { 1.0 };
        let likelihood_ratio = self.log_likelihood_saturated - self.log_likelihood_common;
        let q_lrt = if q_df > 0.0 { (2.0 * likelihood_ratio).max(0.0) } else { 0.0 };
        let q_wald = if q_df > 0.0 { self.q_wald } else { 0.0 };
        let (i2, h2) =
            if self.tau2 > 0.0 { from_tau2(self.tau2, typical_variance) } else { (0.0, 1.0) };
        let q_m = WaldTest::of(&self.coefficients, &self.vcov, &design.moderator_columns(), df)
            .map_err(|_| GlmmError::Overflow)?;
        let deviance = 2.0 * (self.log_likelihood_saturated - self.log_likelihood);
        let fit = LikelihoodFit::new(
            self.log_likelihood,
            deviance,
            self.parameters as f64,
            self.observations as f64,
        );
        Glmm {
            k,
            coefficients,
            vcov: self.vcov,
            df,
            tau2: self.tau2,
            se_tau2: self.se_tau2,
            sigma2: self.sigma2,
            rho: self.rho,
            i2,
            h2,
            q_wald,
            q_wald_p_value: p_value(q_wald),
            q_lrt,
            q_lrt_p_value: p_value(q_lrt),
            q_df,
            q_m,
            fit,
            conditional_log_likelihood: self.conditional,
        }
        .finite()
    }
}

/// The degrees of freedom of coefficients' tests.
pub(crate) fn degrees_of_freedom(
    test: GlmmTest,
    k: usize,
    p: usize,
) -> Result<Option<f64>, GlmmError> {
    match test {
        GlmmTest::Z => Ok(None),
        GlmmTest::T if k > p => Ok(Some((k - p) as f64)),
        GlmmTest::T => Err(GlmmError::NoDegreesOfFreedom { k, p }),
    }
}

fn coefficients(parts: &Parts, design: &Design, df: Option<f64>, level: f64) -> Vec<Coefficient> {
    design
        .names()
        .iter()
        .enumerate()
        .map(|(j, name)| {
            coefficient(name, parts.coefficients[j], parts.vcov[(j, j)].sqrt(), df, level)
        })
        .collect()
}

/// One coefficient with its Wald test and interval.
pub(crate) fn coefficient(
    name: &str,
    estimate: f64,
    se: f64,
    df: Option<f64>,
    level: f64,
) -> Coefficient {
    let statistic = estimate / se;
    Coefficient {
        name: name.to_owned(),
        estimate,
        se,
        statistic,
        p_value: two_sided_p(statistic, df),
        ci: Interval::around(estimate, multiplier(df, level) * se),
    }
}

impl Glmm {
    fn finite(self) -> Result<Self, GlmmError> {
        let sound = self.coefficients.iter().all(|it| it.se > 0.0 && it.statistic.is_finite())
            && [self.tau2, self.i2, self.h2, self.q_wald, self.q_lrt, self.fit.ll]
                .iter()
                .all(|x| x.is_finite());
        if sound { Ok(self) } else { Err(GlmmError::Overflow) }
    }
}
