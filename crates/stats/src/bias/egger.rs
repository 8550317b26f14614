//! Egger's regression test in its classical form.

use crate::bias::error::BiasError;
use crate::bias::regression::{Predictor, Scatter, asymmetry_test};
use crate::distribution::two_sided_t;
use crate::effect::{Effect, Interval};
use crate::model::design::Design;
use crate::model::pool_error::PoolError;

/// A regression test for funnel-plot asymmetry.
///
/// Estimates are regressed on their standard errors. The two coefficients are named as in Egger's own picture,
/// where the standardised effect is drawn against precision: there the asymmetry is the intercept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegressionTest {
    /// Number of studies.
    pub k: usize,
    /// Egger's intercept: the change of the estimate per unit of standard error. 0 means a symmetric funnel.
    pub intercept: f64,
    /// Standard error of the intercept.
    pub intercept_se: f64,
    /// Egger's slope: the estimate that a study of infinite precision is predicted to have.
    pub slope: f64,
    /// Standard error of the slope.
    pub slope_se: f64,
    /// The test statistic, intercept over its standard error.
    pub statistic: f64,
    /// Degrees of freedom of the t distribution, k − 2.
    pub df: f64,
    /// Two-sided p value.
    pub p_value: f64,
}

impl RegressionTest {
    /// Confidence interval of the slope, the limit estimate at infinite precision.
    pub fn limit_interval(&self, level: f64) -> Result<Interval, PoolError> {
        PoolError::check_level(level)?;
        Ok(Interval::around(self.slope, two_sided_t(level, self.df) * self.slope_se))
    }
}

/// Egger's regression test in its classical form (weighted least squares with estimated dispersion).
///
/// Egger et al. (1997), doi 10.1136/bmj.315.7109.629; metafor `regtest(model="lm", predictor="sei")`. Needs three
/// studies whose standard errors are not all the same. [`asymmetry_test`] has the other forms.
pub fn egger(effects: &[Effect]) -> Result<RegressionTest, PoolError> {
    let k = effects.len();
    if k == 0 {
        return Err(PoolError::NoStudies);
    }
    if k < 3 {
        return Err(PoolError::TooFew { what: "Egger's test", found: k, needed: 3 });
    }
    let design = Design::intercept(k);
    let predictor = Predictor::StandardError;
    let test = match asymmetry_test(effects, &design, predictor, &Scatter::Multiplicative, 0.95) {
        Ok(test) => test,
        Err(BiasError::Pool(PoolError::Collinear { .. })) => {
            return Err(PoolError::SameStandardErrors);
        }
        Err(BiasError::Pool(PoolError::HartungKnappNoVariation)) => {
            return Err(PoolError::PerfectFit);
        }
        Err(BiasError::Pool(error)) => return Err(error),
        Err(_) => return Err(PoolError::Overflow),
    };
    let [limit, asymmetry] = &test.regression.coefficients[..] else {
        return Err(PoolError::Overflow);
    };
    Ok(RegressionTest {
        k,
        intercept: asymmetry.estimate,
        intercept_se: asymmetry.se,
        slope: limit.estimate,
        slope_se: limit.se,
        statistic: test.statistic,
        df: (k - 2) as f64,
        p_value: test.p_value,
    })
}
