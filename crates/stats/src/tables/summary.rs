//! From pooled sums to the answer: test, interval, heterogeneity about the estimate, weights, fit.

use crate::distribution::{chi2_sf, normal_two_sided_p, two_sided_z};
use crate::effect::{Effect, Interval};
use crate::model::fit_statistics::{FitStatistics, LikelihoodFit};
use crate::model::kernel::Kernel;
use crate::model::pool::{Pooled, from_q};
use crate::model::pool_error::PoolError;
use crate::model::studies::Columns;
use crate::numeric::sum::sum;

/// An estimate with its standard error and the weight of each study, not yet in percent and 0 where a study has none.
pub(super) struct Estimate {
    pub(super) pooled: f64,
    pub(super) se: f64,
    pub(super) tau2: f64,
    pub(super) weights: Vec<f64>,
}

/// Cochran's Q with its degrees of freedom.
#[derive(Clone, Copy)]
pub(super) struct Heterogeneity {
    q: f64,
    df: f64,
}

impl Heterogeneity {
    /// Q of the studies' effects about `estimate`; 0 for fewer than two studies.
    pub(super) fn about(estimate: f64, effects: &[Effect]) -> Self {
        Self::given(squares_about(estimate, effects), effects.len())
    }

    /// A Q computed elsewhere, for `k` studies with an effect.
    pub(super) fn given(q: f64, k: usize) -> Self {
        if k < 2 { Self { q: 0.0, df: 0.0 } } else { Self { q, df: (k - 1) as f64 } }
    }

    /// DerSimonian & Laird's τ² from this Q.
    pub(super) fn dersimonian_laird(&self, effects: &[Effect]) -> Result<f64, PoolError> {
        if effects.len() < 2 {
            return Ok(0.0);
        }
        let columns = Columns::of(effects)?;
        let mut buffer = Vec::new();
        let trace = columns.mean(&mut buffer).moments(0.0).trace;
        Ok(((self.q - self.df) / trace).max(0.0))
    }

    fn p_value(&self) -> f64 {
        if self.df > 0.0 { chi2_sf(self.q, self.df) } else { 1.0 }
    }
}

/// Inverse-variance weights at τ²; a study without an effect has weight 0.
pub(super) fn random_effects(studies: &[Option<Effect>], tau2: f64) -> Estimate {
    let weight = |effect: &Effect| 1.0 / (effect.variance + tau2);
    let weights: Vec<f64> = studies.iter().map(|it| it.as_ref().map_or(0.0, weight)).collect();
    let total = sum(weights.iter().copied());
    let products = studies.iter().flatten().map(|effect| weight(effect) * effect.estimate);
    Estimate { pooled: sum(products) / total, se: (1.0 / total).sqrt(), tau2, weights }
}

impl Estimate {
    /// The answer, for `k` studies with an effect of their own.
    pub(super) fn into_pooled(
        self,
        heterogeneity: Heterogeneity,
        k: usize,
        level: f64,
    ) -> Result<Pooled, PoolError> {
        let total = sum(self.weights.iter().copied());
        let (i2, h2) = from_q(heterogeneity.q, heterogeneity.df);
        let statistic = self.pooled / self.se;
        Pooled {
            k,
            estimate: self.pooled,
            se: self.se,
            statistic,
            df: None,
            p_value: normal_two_sided_p(statistic),
            ci: Interval::around(self.pooled, two_sided_z(level) * self.se),
            tau2: self.tau2,
            se_tau2: None,
            i2,
            h2,
            q: heterogeneity.q,
            q_df: heterogeneity.df,
            q_p_value: heterogeneity.p_value(),
            prediction: None,
            weights: self.weights.iter().map(|w| 100.0 * (w / total)).collect(),
        }
        .finite()
    }
}

/// The normal likelihood of the studies' effects about the pooled estimate; `None` for fewer than two studies.
pub(super) fn fit_statistics(estimate: f64, effects: &[Effect]) -> Option<FitStatistics> {
    if effects.len() < 2 {
        return None;
    }
    let k = effects.len() as f64;
    let squares = squares_about(estimate, effects);
    let log_2pi = libm::log(core::f64::consts::TAU);
    let logs = sum(effects.iter().map(|e| libm::log(e.variance)));
    let precision = sum(effects.iter().map(|e| 1.0 / e.variance));
    let full = -0.5 * (k * log_2pi + logs + squares);
    let restricted =
        -0.5 * ((k - 1.0) * log_2pi - libm::log(k) + logs + libm::log(precision) + squares);
    Some(FitStatistics {
        ml: LikelihoodFit::new(full, squares, 1.0, k),
        reml: Some(LikelihoodFit::new(restricted, -2.0 * restricted, 1.0, k - 1.0)),
    })
}

fn squares_about(estimate: f64, effects: &[Effect]) -> f64 {
    sum(effects.iter().map(|e| (e.estimate - estimate) * (e.estimate - estimate) / e.variance))
}
