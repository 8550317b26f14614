//! Small-study effects: whether small studies tell another story than large ones.
//!
//! Handbook 13.3.5.4 advises such tests only with ten or more studies; the mathematics needs three.

use crate::distribution::{t_two_sided_p, two_sided_t};
use crate::effect::{Effect, Interval};
use crate::model::pool_error::PoolError;
use crate::model::weighted::Studies;
use crate::numeric::sum::sum;

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
/// studies whose standard errors are not all the same.
pub fn egger(effects: &[Effect]) -> Result<RegressionTest, PoolError> {
    let studies = Studies::new(effects)?;
    let k = studies.k();
    if k < 3 {
        return Err(PoolError::TooFew { what: "Egger's test", found: k, needed: 3 });
    }
    let at = studies.at(0.0);
    let se: Vec<f64> = studies.variances.iter().map(|v| v.sqrt()).collect();
    let weighted_mean = |x: &[f64]| sum(at.weights.iter().zip(x).map(|(w, x)| w * x)) / at.total;
    let centre = weighted_mean(&se);
    let spread = sum(at.weights.iter().zip(&se).map(|(w, s)| w * (s - centre) * (s - centre)));
    // Σw·s² is k, so this compares the standard errors' spread with their size.
    if spread <= 1e-20 * k as f64 {
        return Err(PoolError::SameStandardErrors);
    }
    let intercept =
        sum((0..k).map(|i| at.weights[i] * (se[i] - centre) * at.residuals[i])) / spread;
    let slope = at.mean - intercept * centre;
    let df = (k - 2) as f64;
    let residual = sum((0..k).map(|i| {
        let r = at.residuals[i] - intercept * (se[i] - centre);
        at.weights[i] * r * r
    })) / df;
    // A fit as close as rounding allows has no residual variation to test against.
    if residual <= 1e-24 * at.q() {
        return Err(PoolError::PerfectFit);
    }
    let intercept_se = (residual / spread).sqrt();
    let statistic = intercept / intercept_se;
    let test = RegressionTest {
        k,
        intercept,
        intercept_se,
        slope,
        slope_se: (residual * (1.0 / at.total + centre * centre / spread)).sqrt(),
        statistic,
        df,
        p_value: t_two_sided_p(statistic, df),
    };
    let sound = [test.intercept_se, test.slope, test.slope_se, test.statistic, test.p_value];
    if sound.iter().all(|x| x.is_finite()) { Ok(test) } else { Err(PoolError::Overflow) }
}
