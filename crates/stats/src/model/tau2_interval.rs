//! How uncertain the between-study variance is, and with it τ, I² and H².

use crate::distribution::{chi2_quantile, chi2_upper_quantile};
use crate::effect::{Effect, Interval};
use crate::model::generalised_q::GeneralisedQ;
use crate::model::kernel::Kernel;
use crate::model::kernel::linear::Linear;
use crate::model::kernel::mean::Mean;
use crate::model::likelihood::{Likelihood, local_maxima};
use crate::model::pool_error::PoolError;
use crate::model::regress::Regression;
use crate::model::solution::from_tau2;
use crate::model::studies::Columns;
use crate::model::tau2::solve_generalised_q;
use crate::numeric::root::bracketed_root;

/// How a confidence interval of τ² is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tau2IntervalMethod {
    /// Q-profile (Viechtbauer 2007, doi 10.1002/sim.2514): the τ² that the generalised Q does not reject.
    QProfile,
    /// The τ² whose log-likelihood is close enough to the maximum (Hardy & Thompson 1996, Statistics in
    /// Medicine 15: 619-629): the restricted likelihood, or the full one for a fit by maximum likelihood.
    ProfileLikelihood,
    /// The τ² that Q with the fit's weights (inverse sampling variances, unless others were given) does not reject, by its
    /// exact distribution: Jackson (2013), doi 10.1002/jrsm.1081.
    GeneralisedQ,
}

impl Tau2IntervalMethod {
    /// Every method, in the order of the declaration.
    pub const ALL: &[Self] = &[Self::QProfile, Self::ProfileLikelihood, Self::GeneralisedQ];

    /// `"Q-profile"`, `"profile likelihood"` or `"generalised Q"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::QProfile => "Q-profile",
            Self::ProfileLikelihood => "profile likelihood",
            Self::GeneralisedQ => "generalised Q",
        }
    }
}

/// Confidence limits of the heterogeneity, each from those of τ².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeterogeneityInterval {
    /// Of the between-study variance.
    pub tau2: Interval,
    /// Of its square root.
    pub tau: Interval,
    /// Of I², in percent.
    pub i2: Interval,
    /// Of H².
    pub h2: Interval,
    /// Whether no τ² ≥ 0 is compatible with the data, because the estimates agree better than chance allows; the limits
    /// are then those of τ² = 0.
    pub is_empty: bool,
}

impl Regression {
    /// A confidence interval of the residual heterogeneity. Needs more studies than coefficients.
    pub fn tau2_interval(
        &self,
        method: Tau2IntervalMethod,
        level: f64,
    ) -> Result<HeterogeneityInterval, PoolError> {
        PoolError::check_level(level)?;
        if self.k() <= self.p() {
            return Err(PoolError::NoDegreesOfFreedom { k: self.k(), p: self.p() });
        }
        let (columns, basis) = self.parts()?;
        let mut kernel = Linear::new(&basis, &columns.estimates, &columns.variances);
        let (tau2, is_empty) = match method {
            Tau2IntervalMethod::QProfile => q_profile(&mut kernel, level)?,
            Tau2IntervalMethod::ProfileLikelihood => {
                (profile_likelihood(&mut kernel, self.likelihood(), level)?, false)
            }
            Tau2IntervalMethod::GeneralisedQ => {
                let weights = self.options.weighting.fixed(&columns.variances);
                let (estimates, variances) = (&columns.estimates, &columns.variances);
                GeneralisedQ::new(&basis, estimates, variances, &weights).interval(level)?
            }
        };
        let map = |of: fn(f64, f64) -> f64| Interval {
            lower: of(tau2.lower, self.typical_variance),
            upper: of(tau2.upper, self.typical_variance),
        };
        Ok(HeterogeneityInterval {
            tau2,
            tau: map(|tau2, _| tau2.sqrt()),
            i2: map(|tau2, typical| from_tau2(tau2, typical).0),
            h2: map(|tau2, typical| from_tau2(tau2, typical).1),
            is_empty,
        })
    }
}

/// Q-profile confidence interval of τ² (Viechtbauer 2007, doi 10.1002/sim.2514).
///
/// The limits are the τ² at which the generalised Q equals the χ² quantiles of k − 1 df; a limit that would be
/// negative is 0 (both are, when the estimates agree better than chance allows). Needs two studies.
pub fn tau2_interval_q_profile(effects: &[Effect], level: f64) -> Result<Interval, PoolError> {
    PoolError::check_level(level)?;
    let columns = Columns::of(effects)?;
    if columns.k() < 2 {
        return Err(PoolError::TooFew {
            what: "a confidence interval for tau2",
            found: columns.k(),
            needed: 2,
        });
    }
    let mut buffer = Vec::new();
    let mut kernel = Mean::new(&columns.estimates, &columns.variances, &mut buffer);
    q_profile(&mut kernel, level).map(|(interval, _)| interval)
}

/// The interval, and whether even τ² = 0 is too much.
fn q_profile(kernel: &mut impl Kernel, level: f64) -> Result<(Interval, bool), PoolError> {
    let df = kernel.df();
    let tail = (1.0 - level) / 2.0;
    let smallest = chi2_quantile(tail, df);
    let is_empty = kernel.q_and_slope(0.0).0 < smallest;
    let mut limit = |target| solve_generalised_q(kernel, target, "the Q-profile method");
    let interval =
        Interval { lower: limit(chi2_upper_quantile(tail, df))?, upper: limit(smallest)? };
    Ok((interval, is_empty))
}

/// The least and the greatest τ² whose log-likelihood is within half the χ² quantile of the maximum.
///
/// Between two neighbouring maxima there is one valley, so a maximum below the line and the next one above it have one
/// crossing between them, and so has the descent beyond the last maximum above the line.
fn profile_likelihood(
    kernel: &mut impl Kernel,
    likelihood: Likelihood,
    level: f64,
) -> Result<Interval, PoolError> {
    const METHOD: &str = "the profile likelihood";
    let mut peaks: Vec<(f64, f64)> = Vec::new();
    let fixed = kernel.moments(0.0);
    for tau2 in local_maxima(kernel, &fixed, likelihood)? {
        peaks.push((tau2, likelihood.log(kernel, tau2)));
    }
    let highest = peaks.iter().map(|peak| peak.1).fold(f64::NEG_INFINITY, f64::max);
    let line = highest - 0.5 * chi2_quantile(level, 1.0);
    let above: Vec<usize> = (0..peaks.len()).filter(|&i| peaks[i].1 >= line).collect();
    let (Some(&first), Some(&last)) = (above.first(), above.last()) else {
        return Err(PoolError::not_converged(METHOD, f64::NAN));
    };
    let typical = kernel.df() / fixed.trace;
    let mut over = |tau2: f64| likelihood.log(kernel, tau2) - line;
    let lower = if over(0.0) >= 0.0 {
        0.0
    } else {
        let below = if first > 0 { peaks[first - 1].0 } else { 0.0 };
        bracketed_root(&mut over, below, peaks[first].0)
            .map_err(|unconverged| PoolError::not_converged(METHOD, unconverged.0))?
    };
    let below = match peaks.get(last + 1) {
        Some(peak) => peak.0,
        None => descend(&mut over, peaks[last].0, typical).ok_or(PoolError::Overflow)?,
    };
    let upper = bracketed_root(&mut over, peaks[last].0, below)
        .map_err(|unconverged| PoolError::not_converged(METHOD, unconverged.0))?;
    Ok(Interval { lower, upper })
}

/// A point beyond `from` at which `over` is negative, the first step being `step`.
fn descend(mut over: impl FnMut(f64) -> f64, from: f64, mut step: f64) -> Option<f64> {
    while step.is_finite() {
        if over(from + step) < 0.0 {
            return Some(from + step);
        }
        step *= 4.0;
    }
    None
}
