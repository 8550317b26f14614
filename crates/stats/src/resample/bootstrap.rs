//! The bootstrap of a random-effects meta-analysis: intervals of the mean and of τ² that assume less.
//!
//! Davison & Hinkley (1997), Bootstrap Methods and their Application, chapters 2 and 5; Efron (1987),
//! doi 10.1080/01621459.1987.10478410 (`BCa`).

use crate::distribution::{normal_cdf, normal_quantile};
use crate::effect::{Effect, Interval};
use crate::model::options::PoolOptions;
use crate::model::pool::{Pooled, pool};
use crate::model::pool_error::PoolError;
use crate::numeric::random::SplitMix;
use crate::resample::permutation::below;

/// Where new samples of studies come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resampling {
    /// From the fitted model: estimates normal about the pooled one with variance τ² + v.
    Parametric,
    /// From the studies themselves, with replacement.
    Nonparametric,
}

/// The choices of a bootstrap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BootstrapOptions {
    /// Where samples come from.
    pub resampling: Resampling,
    /// How many samples.
    pub replicates: usize,
    /// The seed: the same seed gives the same samples.
    pub seed: u64,
    /// Level of the intervals, as a share.
    pub level: f64,
}

impl Default for BootstrapOptions {
    /// Studies with replacement, 2,000 samples, seed 1, 95%.
    fn default() -> Self {
        Self { resampling: Resampling::Nonparametric, replicates: 2000, seed: 1, level: 0.95 }
    }
}

/// Bootstrap intervals of one quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BootstrapIntervals {
    /// Mean of the replicates minus the estimate.
    pub bias: f64,
    /// Standard deviation of the replicates.
    pub se: f64,
    /// Between quantiles of the replicates.
    pub percentile: Interval,
    /// Bias-corrected and accelerated; `None` when all replicates lie on one side of the estimate.
    pub bca: Option<Interval>,
    /// From the quantiles of (replicate − estimate)/SE; `None` where a replicate has no standard error.
    pub studentised: Option<Interval>,
}

/// The answer of a bootstrap.
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    /// Pooled estimates of the samples that could be pooled, in the order they were drawn.
    pub estimates: Vec<f64>,
    /// Their τ².
    pub tau2: Vec<f64>,
    /// How many samples could not be pooled.
    pub failed: usize,
    /// Intervals of the mean.
    pub mean_intervals: BootstrapIntervals,
    /// Intervals of τ².
    pub tau2_intervals: BootstrapIntervals,
}

/// Pools resampled studies again and again. Needs three studies.
pub fn bootstrap(
    effects: &[Effect],
    options: &PoolOptions,
    choices: &BootstrapOptions,
) -> Result<Bootstrap, PoolError> {
    PoolError::check_level(choices.level)?;
    if effects.len() < 3 {
        let (what, found) = ("a bootstrap", effects.len());
        return Err(PoolError::TooFew { what, found, needed: 3 });
    }
    let whole = pool(effects, options)?;
    let mut random = SplitMix::new(choices.seed);
    let mut found = Vec::with_capacity(choices.replicates);
    let mut failed = 0;
    let mut sample = effects.to_vec();
    for _ in 0..choices.replicates {
        draw(&mut sample, effects, &whole, choices.resampling, &mut random);
        match pool(&sample, options) {
            Ok(pooled) => found.push(pooled),
            Err(_) => failed += 1,
        }
    }
    if found.len() < 2 {
        let what = "a bootstrap (samples that can be pooled)";
        return Err(PoolError::TooFew { what, found: found.len(), needed: 2 });
    }
    let left_out: Vec<Pooled> = crate::diagnostics::leave_one_out::leave_one_out(effects, options)?;
    let intervals = |value: fn(&Pooled) -> f64, se: fn(&Pooled) -> Option<f64>| {
        Replicates { whole: &whole, found: &found, left_out: &left_out, value, se }
            .intervals(choices.level)
    };
    Ok(Bootstrap {
        mean_intervals: intervals(|it| it.estimate, |it| Some(it.se)),
        tau2_intervals: intervals(|it| it.tau2, |it| it.se_tau2),
        estimates: found.iter().map(|it| it.estimate).collect(),
        tau2: found.iter().map(|it| it.tau2).collect(),
        failed,
    })
}

fn draw(
    sample: &mut [Effect],
    effects: &[Effect],
    whole: &Pooled,
    resampling: Resampling,
    random: &mut SplitMix,
) {
    for (slot, study) in sample.iter_mut().zip(effects) {
        *slot = match resampling {
            Resampling::Nonparametric => effects[below(effects.len(), random)],
            Resampling::Parametric => {
                let sd = (whole.tau2 + study.variance).sqrt();
                Effect { estimate: whole.estimate + sd * normal(random), ..*study }
            }
        };
    }
}

/// A standard normal number: the quantile of a uniform one.
fn normal(random: &mut SplitMix) -> f64 {
    normal_quantile(((random.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64)
}

/// One quantity of the samples, of the whole, and of all studies but one.
struct Replicates<'a> {
    whole: &'a Pooled,
    found: &'a [Pooled],
    left_out: &'a [Pooled],
    value: fn(&Pooled) -> f64,
    se: fn(&Pooled) -> Option<f64>,
}

impl Replicates<'_> {
    fn intervals(&self, level: f64) -> BootstrapIntervals {
        let estimate = (self.value)(self.whole);
        let values: Vec<f64> = self.found.iter().map(self.value).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|it| (it - mean) * (it - mean)).sum();
        let sorted = ascending(values);
        let tail = (1.0 - level) / 2.0;
        BootstrapIntervals {
            bias: mean - estimate,
            se: (squares / (n - 1.0)).sqrt(),
            percentile: Interval {
                lower: quantile(&sorted, tail),
                upper: quantile(&sorted, 1.0 - tail),
            },
            bca: self.bca(&sorted, tail),
            studentised: self.studentised(tail),
        }
    }

    /// Quantiles at levels moved by the median's bias and by how the standard error changes with the estimate.
    fn bca(&self, sorted: &[f64], tail: f64) -> Option<Interval> {
        let estimate = (self.value)(self.whole);
        let below = sorted.iter().filter(|it| **it < estimate).count() as f64;
        let equal = sorted.iter().filter(|it| it.total_cmp(&estimate).is_eq()).count() as f64;
        let bias = normal_quantile((below + equal / 2.0) / sorted.len() as f64);
        if !bias.is_finite() {
            return None;
        }
        let jackknife: Vec<f64> = self.left_out.iter().map(self.value).collect();
        let mean = jackknife.iter().sum::<f64>() / jackknife.len() as f64;
        let power = |it: &f64| ((mean - it) * (mean - it), (mean - it) * (mean - it) * (mean - it));
        let (squares, cubes) =
            jackknife.iter().map(power).fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        let acceleration =
            if squares > 0.0 { cubes / (6.0 * squares * squares.sqrt()) } else { 0.0 };
        let at = |p: f64| {
            let z = bias + normal_quantile(p);
            quantile(sorted, normal_cdf(bias + z / (1.0 - acceleration * z)))
        };
        Some(Interval { lower: at(tail), upper: at(1.0 - tail) })
    }

    fn studentised(&self, tail: f64) -> Option<Interval> {
        let estimate = (self.value)(self.whole);
        let own = (self.se)(self.whole)?;
        let statistics = self.found.iter().map(|it| {
            let statistic = ((self.value)(it) - estimate) / (self.se)(it)?;
            statistic.is_finite().then_some(statistic)
        });
        let sorted = ascending(statistics.collect::<Option<Vec<_>>>()?);
        Some(Interval {
            lower: estimate - own * quantile(&sorted, 1.0 - tail),
            upper: estimate - own * quantile(&sorted, tail),
        })
    }
}

fn ascending(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// The p-quantile of sorted values: number p·(n + 1), between neighbours in proportion (Hyndman & Fan's type 6).
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let last = sorted.len() - 1;
    let position = (p * (sorted.len() as f64 + 1.0) - 1.0).clamp(0.0, last as f64);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped above")]
    let low = position as usize;
    let (left, right) = (sorted[low], sorted[(low + 1).min(last)]);
    left + (position - low as f64) * (right - left)
}
