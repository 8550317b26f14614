//! Means over a set of studies, weighted by the studies' sizes, at which averaged sampling variances are taken.

use crate::effect_size::correlation::{
    correlation, partial_correlation, semi_partial_correlation, unbiased_correlation,
};
use crate::effect_size::options::EffectSizeOptions;
use crate::effect_size::standardized::standardized;
use crate::effect_size::summary::Summary;
use crate::measure::Measure;

/// Weighted sums of one quantity in the first (or only) group of the studies, and in the second.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Average {
    weights: [f64; 2],
    totals: [f64; 2],
}

impl Average {
    /// Takes a study into account, unless its quantity cannot be computed.
    pub(crate) fn add(&mut self, measure: Measure, summary: &Summary, options: &EffectSizeOptions) {
        match summary {
            Summary::Table(t) => {
                self.push(0, t.n_e, t.a() / t.n_e);
                self.push(1, t.n_c, t.c() / t.n_c);
            }
            Summary::Means { experimental: e, control: c } if measure == Measure::RatioOfMeans => {
                if e.mean > 0.0 && c.mean > 0.0 {
                    self.push(0, e.n, e.sd / e.mean);
                    self.push(1, c.n, c.sd / c.mean);
                }
            }
            Summary::Proportion(group) => self.push(0, group.n, group.events / group.n),
            _ => {
                if let (Some(value), Some(size)) =
                    (estimate(measure, summary, options), summary.size())
                {
                    self.push(0, size, value);
                }
            }
        }
    }

    fn push(&mut self, group: usize, weight: f64, value: f64) {
        if (weight * value).is_finite() {
            self.weights[group] += weight;
            self.totals[group] += weight * value;
        }
    }

    /// The mean in the first group, if there is a study.
    pub(crate) fn first(&self) -> Option<f64> {
        (self.weights[0] > 0.0).then(|| self.totals[0] / self.weights[0])
    }

    /// The means in both groups.
    pub(crate) fn both(&self) -> Option<(f64, f64)> {
        let second = (self.weights[1] > 0.0).then(|| self.totals[1] / self.weights[1]);
        self.first().zip(second)
    }

    /// The mean over both groups.
    pub(crate) fn all(&self) -> Option<f64> {
        let weight = self.weights[0] + self.weights[1];
        (weight > 0.0).then(|| (self.totals[0] + self.totals[1]) / weight)
    }
}

/// A study's own estimate, for the measures that average it.
fn estimate(measure: Measure, summary: &Summary, options: &EffectSizeOptions) -> Option<f64> {
    if let Some(standardized) = standardized(measure, summary) {
        return Some(standardized.ok()?.corrected(options.small_sample));
    }
    let effect = match summary {
        Summary::Correlation(it) if measure == Measure::UnbiasedCorrelation => {
            unbiased_correlation(it)
        }
        Summary::Correlation(it) => correlation(it),
        Summary::PartialCorrelation(it) => partial_correlation(it),
        Summary::SemiPartialCorrelation(it) => semi_partial_correlation(it),
        _ => return None,
    };
    effect.ok().map(|effect| effect.estimate)
}
