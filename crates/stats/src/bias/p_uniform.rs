//! p-uniform*: the mean and the between-study variance by the likelihood of each estimate given whether it is significant.
//!
//! van Aert & van Assen (2025), p-uniform*: a new meta-analytic method to correct for publication bias, doi 10.31222/osf.io/zqjr9. The
//! estimates of studies significant in the direction asked about are normal numbers above the critical value, those of all
//! others normal numbers below it; how often either kind is published does not enter. Unlike the p-curve and the first p-uniform it
//! allows for heterogeneity and uses studies that are not significant.

use core::f64::consts::{PI, SQRT_2};

use crate::bias::error::BiasError;
use crate::combine::p_values::Direction;
use crate::distribution::{chi2_quantile, chi2_sf, normal_quantile, normal_sf};
use crate::effect::{Effect, Interval};
use crate::model::pool_error::PoolError;
use crate::model::studies::Columns;
use crate::numeric::root::bracketed_root;
use crate::numeric::sum::sum;

/// What p-uniform* is to assume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PUniformOptions {
    /// In which direction significant results are sought.
    pub direction: Direction,
    /// The two-sided level of significance, in (0, 1).
    pub alpha: f64,
    /// Confidence level of the intervals, in (0, 1).
    pub level: f64,
}

/// What p-uniform* finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PUniform {
    /// Number of studies.
    pub k: usize,
    /// How many of them are significant in the direction asked about.
    pub significant: usize,
    /// The mean effect.
    pub estimate: f64,
    /// Profile-likelihood interval of the mean; an end that the likelihood does not bound is infinite.
    pub ci: Interval,
    /// The between-study variance.
    pub tau2: f64,
    /// Its profile-likelihood interval, from 0; infinite above where the likelihood does not bound it.
    pub tau2_ci: Interval,
    /// Likelihood-ratio statistic of "no effect", χ² with one degree of freedom.
    pub effect_statistic: f64,
    /// One-sided p value of "no effect", in the direction asked about.
    pub effect_p_value: f64,
    /// Likelihood-ratio statistic of "no heterogeneity".
    pub heterogeneity_statistic: f64,
    /// Its p value, halved because the hypothesis lies on the edge (Self & Liang 1987).
    pub heterogeneity_p_value: f64,
    /// The log-likelihood.
    pub log_likelihood: f64,
}

/// Fits p-uniform* by maximum likelihood; at least two studies.
///
/// τ is sought from 0 to ten times the spread of the estimates; where the likelihood still rises there (the studies then look like the
/// tail of an exponential distribution, which no mean describes) the answer is [`BiasError::NoMaximum`].
pub fn p_uniform_star(
    effects: &[Effect],
    options: &PUniformOptions,
) -> Result<PUniform, BiasError> {
    BiasError::check_alpha(options.alpha)?;
    PoolError::check_level(options.level)?;
    let columns = Columns::of(effects)?;
    if columns.k() < 2 {
        return Err(PoolError::TooFew { what: "p-uniform*", found: columns.k(), needed: 2 }.into());
    }
    let turned = options.direction == Direction::Negative;
    let model = Truncated::new(&columns, options, if turned { -1.0 } else { 1.0 })?;
    let (tau2, best) = model.highest(&|tau2| model.mean_at(tau2))?;
    if tau2 >= model.most_tau2() {
        return Err(BiasError::NoMaximum);
    }
    let (mean, common) = (model.mean_at(tau2)?, model.mean_at(0.0)?);
    let (_, without) = model.highest(&|_| Ok(0.0))?;
    let effect_statistic = (2.0 * (best - without)).max(0.0);
    let heterogeneity_statistic = (2.0 * (best - model.log_likelihood(common, 0.0))).max(0.0);
    let tail = chi2_sf(effect_statistic, 1.0) / 2.0;
    let ratio = chi2_quantile(options.level, 1.0) / 2.0;
    let ci = model.mean_interval((mean, best), ratio)?;
    Ok(PUniform {
        k: columns.k(),
        significant: model.studies.iter().filter(|it| it.is_significant).count(),
        estimate: if turned { -mean } else { mean },
        ci: if turned { Interval { lower: -ci.upper, upper: -ci.lower } } else { ci },
        tau2,
        tau2_ci: model.tau2_interval((tau2, best), ratio)?,
        effect_statistic,
        effect_p_value: if mean >= 0.0 { tail } else { 1.0 - tail },
        heterogeneity_statistic,
        heterogeneity_p_value: if heterogeneity_statistic > 0.0 {
            chi2_sf(heterogeneity_statistic, 1.0) / 2.0
        } else {
            1.0
        },
        log_likelihood: best,
    })
}

/// How many values of τ are looked at before the best is refined.
const GRID: u32 = 64;

/// One study, turned so that significance is sought above 0.
struct Study {
    estimate: f64,
    variance: f64,
    /// The least significant estimate.
    critical: f64,
    is_significant: bool,
}

/// The likelihood of truncated normal estimates.
struct Truncated {
    studies: Vec<Study>,
    /// Of the estimates, and at least that of the least precise study: the scale on which τ is sought.
    spread: f64,
}

impl Truncated {
    fn new(columns: &Columns, options: &PUniformOptions, sign: f64) -> Result<Self, BiasError> {
        let z = -normal_quantile(options.alpha / 2.0);
        let studies: Vec<Study> = columns
            .estimates
            .iter()
            .zip(&columns.variances)
            .map(|(y, v)| {
                let (estimate, critical) = (sign * y, z * v.sqrt());
                Study { estimate, variance: *v, critical, is_significant: estimate > critical }
            })
            .collect();
        let fold =
            |start: f64, of: fn(f64, f64) -> f64| columns.estimates.iter().copied().fold(start, of);
        let range = fold(f64::NEG_INFINITY, f64::max) - fold(f64::INFINITY, f64::min);
        let error = columns.variances.iter().copied().fold(0.0, f64::max).sqrt();
        let spread = range.max(error);
        if spread.is_finite() {
            Ok(Self { studies, spread })
        } else {
            Err(PoolError::Overflow.into())
        }
    }

    fn most_tau2(&self) -> f64 {
        100.0 * self.spread * self.spread
    }

    fn log_likelihood(&self, mean: f64, tau2: f64) -> f64 {
        sum(self.studies.iter().map(|it| {
            let s2 = it.variance + tau2;
            let (s, r) = (s2.sqrt(), it.estimate - mean);
            let x = (it.critical - mean) / s;
            let log_share = if it.is_significant { log_tail(x) } else { log_tail(-x) };
            -0.5 * (libm::log(2.0 * PI * s2) + r * r / s2) - log_share
        }))
    }

    /// The slopes of the log-likelihood in the mean and in τ².
    fn slopes(&self, mean: f64, tau2: f64) -> (f64, f64) {
        let (mut by_mean, mut by_tau2) = (0.0, 0.0);
        for it in &self.studies {
            let s2 = it.variance + tau2;
            let (s, r) = (s2.sqrt(), it.estimate - mean);
            let x = (it.critical - mean) / s;
            // −d ln(share)/dx
            let hazard = if it.is_significant { hazard(x) } else { -hazard(-x) };
            by_mean += r / s2 - hazard / s;
            by_tau2 += 0.5 * (r * r / s2 - 1.0) / s2 - 0.5 * hazard * x / s2;
        }
        (by_mean, by_tau2)
    }

    /// The best mean for a τ²; the log-likelihood is concave in the mean, and falls towards both infinities.
    fn mean_at(&self, tau2: f64) -> Result<f64, BiasError> {
        let slope = |mean: f64| self.slopes(mean, tau2).0;
        let step = self.spread + tau2.sqrt();
        let (mut low, mut high) = (-step, step);
        while slope(low) < 0.0 {
            low *= 2.0;
            if !low.is_finite() {
                return Err(BiasError::NoMaximum);
            }
        }
        while slope(high) > 0.0 {
            high *= 2.0;
            if !high.is_finite() {
                return Err(BiasError::NoMaximum);
            }
        }
        bracketed_root(slope, low, high).map_err(|_| BiasError::NoMaximum)
    }

    /// The τ² with the highest log-likelihood, the mean being what `mean` says for each, and that log-likelihood.
    fn highest(
        &self,
        mean: &dyn Fn(f64) -> Result<f64, BiasError>,
    ) -> Result<(f64, f64), BiasError> {
        let tau2_of = |step: u32| {
            let share = f64::from(step) / f64::from(GRID);
            // Finer towards 0.
            self.most_tau2() * libm::pow(share, 6.0)
        };
        let height = |tau2: f64| Ok::<_, BiasError>(self.log_likelihood(mean(tau2)?, tau2));
        let mut best = (0, height(0.0)?);
        for step in 1..=GRID {
            let found = height(tau2_of(step))?;
            if found > best.1 {
                best = (step, found);
            }
        }
        let (low, high) = (tau2_of(best.0.saturating_sub(1)), tau2_of((best.0 + 1).min(GRID)));
        // The mean is at its best or fixed, so the slope along τ² is that of the likelihood alone.
        let slope = |tau2: f64| mean(tau2).map_or(f64::NAN, |mean| self.slopes(mean, tau2).1);
        if slope(low) > 0.0 && slope(high) < 0.0 {
            let tau2 = bracketed_root(slope, low, high).map_err(|_| BiasError::NoMaximum)?;
            let found = height(tau2)?;
            if found >= best.1 {
                return Ok((tau2, found));
            }
        }
        Ok((tau2_of(best.0), best.1))
    }

    /// The means whose best log-likelihood is within `ratio` of the highest.
    fn mean_interval(&self, (mean, best): (f64, f64), ratio: f64) -> Result<Interval, BiasError> {
        let fall = |at: f64| {
            self.highest(&|_| Ok(at)).map_or(f64::NAN, |(_, height)| height - (best - ratio))
        };
        let end = |direction: f64| {
            let mut step = 0.1 * self.spread;
            for _ in 0..20 {
                let far = mean + direction * step;
                if fall(far) < 0.0 {
                    return bracketed_root(fall, mean, far).map_err(|_| BiasError::NoMaximum);
                }
                step *= 2.0;
            }
            Ok(direction * f64::INFINITY)
        };
        Ok(Interval { lower: end(-1.0)?, upper: end(1.0)? })
    }

    /// The τ² whose best log-likelihood is within `ratio` of the highest.
    fn tau2_interval(&self, (tau2, best): (f64, f64), ratio: f64) -> Result<Interval, BiasError> {
        let fall = |at: f64| {
            self.mean_at(at).map_or(f64::NAN, |mean| self.log_likelihood(mean, at) - (best - ratio))
        };
        let root = |far: f64| bracketed_root(fall, tau2, far).map_err(|_| BiasError::NoMaximum);
        let most = self.most_tau2();
        Ok(Interval {
            lower: if fall(0.0) < 0.0 { root(0.0)? } else { 0.0 },
            upper: if fall(most) < 0.0 { root(most)? } else { f64::INFINITY },
        })
    }
}

/// Beyond this the tail's logarithm and hazard are summed from their series, which is good to twelve digits there.
const FAR: f64 = 30.0;

/// 1 − 1/x² + 3/x⁴ − 15/x⁶ + 105/x⁸, the tail over its first approximation φ(x)/x.
fn tail_series(x: f64) -> f64 {
    let u = 1.0 / (x * x);
    1.0 - u * (1.0 - u * (3.0 - u * (15.0 - 105.0 * u)))
}

/// ln P(Z > x).
fn log_tail(x: f64) -> f64 {
    if x > FAR {
        -0.5 * x * x - libm::log(x * (2.0 * PI).sqrt()) + libm::log(tail_series(x))
    } else if x < -5.0 {
        libm::log1p(-normal_sf(-x))
    } else {
        libm::log(normal_sf(x))
    }
}

/// φ(x)/P(Z > x).
fn hazard(x: f64) -> f64 {
    if x > FAR {
        return x / tail_series(x);
    }
    let density = libm::exp(-0.5 * x * x) / (SQRT_2 * PI.sqrt());
    density / normal_sf(x)
}
