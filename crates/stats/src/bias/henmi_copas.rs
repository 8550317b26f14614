//! Henmi and Copas' interval: common-effect weights, which small studies bias less, with a random-effects width.
//!
//! Henmi & Copas (2010), doi 10.1002/sim.4029. τ² is DerSimonian and Laird's. Its error is allowed for by the
//! distribution of Q given the estimate, approximated by a gamma distribution with the exact conditional mean and variance.

use crate::bias::error::BiasError;
use crate::distribution::{chi2_cdf, two_sided_z};
use crate::effect::{Effect, Interval};
use crate::model::kernel::{Kernel, Moments};
use crate::model::pool_error::PoolError;
use crate::model::studies::Columns;
use crate::numeric::integrate::integral;
use crate::numeric::root::bracketed_root;

/// The common-effect estimate with an interval that allows for heterogeneity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HenmiCopas {
    /// Number of studies.
    pub k: usize,
    /// The common-effect estimate.
    pub estimate: f64,
    /// Its standard error under the random-effects model.
    pub se: f64,
    /// Confidence interval; its multiplier of the standard error is that of the statistic's own distribution.
    pub ci: Interval,
    /// DerSimonian and Laird's τ².
    pub tau2: f64,
}

/// Henmi and Copas' estimate and interval; needs two studies. `level` in (0, 1).
pub fn henmi_copas(effects: &[Effect], level: f64) -> Result<HenmiCopas, BiasError> {
    PoolError::check_level(level)?;
    let columns = Columns::of(effects)?;
    let k = columns.k();
    if k < 2 {
        return Err(
            PoolError::TooFew { what: "Henmi and Copas' method", found: k, needed: 2 }.into()
        );
    }
    let mut buffer = Vec::new();
    let mut kernel = columns.mean(&mut buffer);
    let at = kernel.moments(0.0);
    let tau2 = ((at.q - kernel.df()) / at.trace).max(0.0);
    let given = QGivenEstimate::new(kernel.weights(), &at, tau2, kernel.df());
    let se = (given.variance_ratio / at.sum_w).sqrt();
    let estimate = kernel.mean();
    let multiplier = given.critical_value((1.0 - level) / 2.0, two_sided_z(level))?;
    let answer =
        HenmiCopas { k, estimate, se, ci: Interval::around(estimate, multiplier * se), tau2 };
    let sound = [answer.estimate, se, answer.ci.lower, answer.ci.upper];
    if sound.iter().all(|x| x.is_finite()) { Ok(answer) } else { Err(PoolError::Overflow.into()) }
}

/// Moments of Q given the standardised estimate R = (estimate − true mean)·√Σw.
///
/// With u = √w·(y − mean), independent with variances d = 1 + τ²w, and e = √(w/Σw): R = e′u and Q = u′u − R². The moments
/// follow from the conditional normal distribution of u, in terms of g = (D − e′De)e.
struct QGivenEstimate {
    df: f64,
    /// e′De = 1 + τ²·Σw²/Σw, the variance of R.
    variance_ratio: f64,
    /// (Σw − Σw²/Σw)/(Σw²/Σw): what a unit of f² − 1 is in Q, where f² = 1 + τ̂²·Σw²/Σw.
    q_per_unit: f64,
    mean_base: f64,
    gg: f64,
    gdg: f64,
    trace_square: f64,
}

impl QGivenEstimate {
    /// From the inverse variances and their moments.
    fn new(weights: &[f64], at: &Moments, tau2: f64, df: f64) -> Self {
        let share =
            |f: &dyn Fn(f64) -> f64| -> f64 { weights.iter().map(|w| w / at.sum_w * f(*w)).sum() };
        let mean_weight = share(&|w| w);
        let variance_ratio = 1.0 + tau2 * mean_weight;
        let gg = tau2 * tau2 * share(&|w| (w - mean_weight) * (w - mean_weight));
        let gdg =
            tau2 * tau2 * share(&|w| (w - mean_weight) * (w - mean_weight) * (1.0 + tau2 * w));
        let squares: f64 = weights.iter().map(|w| (1.0 + tau2 * w) * (1.0 + tau2 * w)).sum();
        let ede2 = share(&|w| (1.0 + tau2 * w) * (1.0 + tau2 * w));
        let trace_p = at.trace;
        Self {
            df,
            variance_ratio,
            q_per_unit: trace_p / mean_weight,
            mean_base: df + tau2 * trace_p,
            gg,
            gdg,
            trace_square: squares - 2.0 * ede2 + variance_ratio * variance_ratio,
        }
    }

    fn mean(&self, r: f64) -> f64 {
        let vr = self.variance_ratio;
        self.mean_base + self.gg * (r * r / (vr * vr) - 1.0 / vr)
    }

    fn variance(&self, r: f64) -> f64 {
        let vr = self.variance_ratio;
        let conditional = self.gg / vr;
        2.0 * (self.trace_square - 2.0 * self.gdg / vr + conditional * conditional)
            + 4.0 * r * r / (vr * vr) * (self.gdg - self.gg * conditional)
    }

    /// P(Q < q given R = r) by the gamma distribution.
    fn below(&self, q: f64, r: f64) -> f64 {
        let (mean, variance) = (self.mean(r), self.variance(r));
        let scale = variance / mean;
        chi2_cdf(2.0 * q / scale, 2.0 * mean / scale)
    }

    /// P(estimate/SE > t): R exceeds t and Q is so small that the standard error lets it.
    fn exceeds(&self, t: f64) -> Result<f64, BiasError> {
        let sd = self.variance_ratio.sqrt();
        let density = |r: f64| {
            let z = r / sd;
            libm::exp(-0.5 * z * z) / (sd * (2.0 * core::f64::consts::PI).sqrt())
        };
        let joint = |r: f64| {
            let f = r / t;
            self.below(self.q_per_unit * (f * f - 1.0) + self.df, r) * density(r)
        };
        let high = (t + 10.0 * sd).max(12.0 * sd);
        integral(joint, (t, high), 1e-9, 1e-14).map_err(|inaccurate| BiasError::NotFound {
            what: "integral of Henmi and Copas' method",
            last: inaccurate.value,
        })
    }

    /// The t that is exceeded with probability `tail`; `normal` is the normal quantile.
    fn critical_value(&self, tail: f64, normal: f64) -> Result<f64, BiasError> {
        let not_found =
            |last| BiasError::NotFound { what: "critical value of Henmi and Copas' method", last };
        let gap = |t: f64| self.exceeds(t).map_or(f64::NAN, |p| p - tail);
        let mut high = 2.0 * normal;
        while gap(high) > 0.0 {
            high *= 2.0;
            if high > 1e6 {
                return Err(not_found(high));
            }
        }
        bracketed_root(gap, 0.1 * normal, high).map_err(|last| not_found(last.0))
    }
}
