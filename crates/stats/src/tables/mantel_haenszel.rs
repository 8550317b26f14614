//! Mantel-Haenszel pooling of 2×2 tables, as Review Manager 5 does it.
//!
//! Deeks & Higgins, Statistical algorithms in Review Manager 5 (2010); Handbook 10.4.1. A table with an empty cell gets
//! one half in all four cells, for its own effect as for the pooled sums. Tables without events, or with nothing
//! else, are not estimable for ratios and are left out; for the risk difference they stay. Where no cell is empty,
//! the risk ratio and the odds ratio are metafor's `rma.mh` too; the standard error of the risk difference is the
//! binomial one (metafor uses Sato's).

use crate::distribution::{chi2_sf, normal_two_sided_p, two_sided_z};
use crate::effect::{Effect, EffectError, Interval, Measure};
use crate::effect_size::binary::{TwoByTwo, variance_of_risk_difference};
use crate::model::pool::{Pooled, from_q};
use crate::model::pool_error::PoolError;
use crate::model::weighted::trace_p;
use crate::numeric::sum::sum;

/// The measures that the Mantel-Haenszel method pools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MhMeasure {
    /// Risk ratio (log on the analysis scale).
    RiskRatio,
    /// Odds ratio (log on the analysis scale).
    OddsRatio,
    /// Risk difference.
    RiskDifference,
}

impl MhMeasure {
    /// Every measure, in the order of the declaration.
    pub const ALL: &[Self] = &[Self::RiskRatio, Self::OddsRatio, Self::RiskDifference];

    /// The same measure among all measures.
    pub const fn measure(self) -> Measure {
        match self {
            Self::RiskRatio => Measure::RiskRatio,
            Self::OddsRatio => Measure::OddsRatio,
            Self::RiskDifference => Measure::RiskDifference,
        }
    }

    /// `"RR"`, `"OR"` or `"RD"`.
    pub const fn name(self) -> &'static str {
        self.measure().name()
    }

    /// The name in words.
    pub const fn long_name(self) -> &'static str {
        self.measure().long_name()
    }
}

/// The model of a Mantel-Haenszel pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MhModel {
    /// Mantel-Haenszel weights.
    CommonEffect,
    /// Review Manager's "M-H, random": inverse-variance weights with the DerSimonian-Laird τ² from the Q about the
    /// Mantel-Haenszel estimate.
    RandomEffects,
}

impl MhModel {
    /// Both models.
    pub const ALL: &[Self] = &[Self::CommonEffect, Self::RandomEffects];

    /// `"common effect"` or `"random effects"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommonEffect => "common effect",
            Self::RandomEffects => "random effects",
        }
    }
}

/// A Mantel-Haenszel synthesis with each study's own effect.
#[derive(Debug, Clone, PartialEq)]
pub struct MhFit {
    /// The pooled answer. `k` counts the estimable studies; `weights` has one entry per table, 0 where not estimable;
    /// `i2` comes from Q; there is no `se_tau2` and no prediction interval
    /// (see [`PredictionMethod::interval`](crate::PredictionMethod::interval)).
    pub pooled: Pooled,
    /// Each table's effect, in order; `None` where it is not estimable.
    pub studies: Vec<Option<Effect>>,
}

/// Pools 2×2 tables by the Mantel-Haenszel method; `level` in (0, 1), usually 0.95.
pub fn mantel_haenszel(
    tables: &[TwoByTwo],
    measure: MhMeasure,
    model: MhModel,
    level: f64,
) -> Result<MhFit, PoolError> {
    PoolError::check_level(level)?;
    if tables.is_empty() {
        return Err(PoolError::NoStudies);
    }
    let studies = tables
        .iter()
        .enumerate()
        .map(|(study, table)| {
            study_effect(table, measure).map_err(|reason| PoolError::Study { study, reason })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let estimable = Estimable::of(tables, &studies);
    if estimable.tables.is_empty() {
        return Err(PoolError::NothingEstimable { found: tables.len() });
    }
    let summary = estimable.summarise(measure);
    let heterogeneity = Heterogeneity::about(summary.estimate, &estimable.effects);
    let fit = match model {
        MhModel::CommonEffect => Fit { tau2: 0.0, ..summary },
        MhModel::RandomEffects => heterogeneity.random_effects(&estimable.effects),
    };
    let pooled = fit.into_pooled(&heterogeneity, &studies, level).finite()?;
    Ok(MhFit { pooled, studies })
}

/// One table's own effect as Review Manager shows it; `None` where it is not estimable.
///
/// The risk difference takes its estimate from the raw cells and its standard error from the corrected ones.
fn study_effect(table: &TwoByTwo, measure: MhMeasure) -> Result<Option<Effect>, EffectError> {
    let raw = table.checked()?;
    let effect = match measure {
        MhMeasure::RiskRatio => crate::effect_size::binary::risk_ratio(raw),
        MhMeasure::OddsRatio => crate::effect_size::binary::odds_ratio(raw),
        MhMeasure::RiskDifference => Effect::checked(
            raw.a() / raw.n_e - raw.c() / raw.n_c,
            variance_of_risk_difference(&raw.corrected()),
        ),
    };
    match effect {
        Ok(effect) => Ok(Some(effect)),
        Err(EffectError::NoEvents { .. } | EffectError::AllEvents { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The studies that count, with their corrected tables.
struct Estimable {
    tables: Vec<TwoByTwo>,
    effects: Vec<Effect>,
}

/// An estimate with its standard error and the weights (not yet in percent) of the estimable studies.
struct Fit {
    estimate: f64,
    se: f64,
    tau2: f64,
    weights: Vec<f64>,
}

/// Cochran's Q about a given estimate.
struct Heterogeneity {
    q: f64,
    df: f64,
}

impl Estimable {
    fn of(tables: &[TwoByTwo], studies: &[Option<Effect>]) -> Self {
        let (tables, effects) = tables
            .iter()
            .zip(studies)
            .filter_map(|(table, effect)| effect.map(|effect| (table.corrected(), effect)))
            .unzip();
        Self { tables, effects }
    }

    fn summarise(&self, measure: MhMeasure) -> Fit {
        match measure {
            MhMeasure::RiskRatio => self.risk_ratio(),
            MhMeasure::OddsRatio => self.odds_ratio(),
            MhMeasure::RiskDifference => self.risk_difference(),
        }
    }

    fn total(&self, term: impl Fn(&TwoByTwo, f64) -> f64) -> f64 {
        sum(self.tables.iter().map(|t| term(t, t.n_e + t.n_c)))
    }

    fn weights(&self, weight: impl Fn(&TwoByTwo, f64) -> f64) -> Vec<f64> {
        self.tables.iter().map(|t| weight(t, t.n_e + t.n_c)).collect()
    }

    /// Variance by Greenland & Robins (1985), doi 10.2307/2530643.
    fn risk_ratio(&self) -> Fit {
        let r = self.total(|t, n| t.a() * t.n_c / n);
        let s = self.total(|t, n| t.c() * t.n_e / n);
        let p = self.total(|t, n| (t.n_e / n) * (t.n_c / n) * (t.a() + t.c()) - t.a() / n * t.c());
        Fit {
            estimate: libm::log(r / s),
            se: (p / r / s).sqrt(),
            tau2: 0.0,
            weights: self.weights(|t, n| t.c() * t.n_e / n),
        }
    }

    /// Variance by Robins, Breslow & Greenland (1986), doi 10.2307/2531052.
    fn odds_ratio(&self) -> Fit {
        let r = self.total(|t, n| t.a() * t.d() / n);
        let s = self.total(|t, n| t.b() * t.c() / n);
        let e = self.total(|t, n| (t.a() + t.d()) / n * (t.a() * t.d() / n));
        let f = self.total(|t, n| (t.a() + t.d()) / n * (t.b() * t.c() / n));
        let g = self.total(|t, n| (t.b() + t.c()) / n * (t.a() * t.d() / n));
        let h = self.total(|t, n| (t.b() + t.c()) / n * (t.b() * t.c() / n));
        let variance = 0.5 * (e / r / r + (f + g) / r / s + h / s / s);
        Fit {
            estimate: libm::log(r / s),
            se: variance.sqrt(),
            tau2: 0.0,
            weights: self.weights(|t, n| t.b() * t.c() / n),
        }
    }

    /// Weights n₁n₂/N and variances from the corrected cells, differences from the raw ones.
    fn risk_difference(&self) -> Fit {
        let weights = self.weights(|t, n| t.n_e * (t.n_c / n));
        let total = sum(weights.iter().copied());
        let share = |i: usize| weights[i] / total;
        let estimate =
            sum(self.effects.iter().enumerate().map(|(i, effect)| share(i) * effect.estimate));
        let variance = sum(self
            .tables
            .iter()
            .enumerate()
            .map(|(i, t)| share(i) * share(i) * variance_of_risk_difference(t)));
        Fit { estimate, se: variance.sqrt(), tau2: 0.0, weights }
    }
}

impl Heterogeneity {
    fn about(estimate: f64, effects: &[Effect]) -> Self {
        let q = if effects.len() == 1 {
            0.0
        } else {
            sum(effects
                .iter()
                .map(|e| (e.estimate - estimate) * (e.estimate - estimate) / e.variance))
        };
        Self { q, df: (effects.len() - 1) as f64 }
    }

    fn random_effects(&self, effects: &[Effect]) -> Fit {
        let tau2 = self.dersimonian_laird(effects);
        let weights: Vec<f64> = effects.iter().map(|e| 1.0 / (e.variance + tau2)).collect();
        let total = sum(weights.iter().copied());
        let estimate = sum(weights.iter().zip(effects).map(|(w, e)| w * e.estimate)) / total;
        Fit { estimate, se: (1.0 / total).sqrt(), tau2, weights }
    }

    fn dersimonian_laird(&self, effects: &[Effect]) -> f64 {
        if effects.len() == 1 {
            return 0.0;
        }
        let weights: Vec<f64> = effects.iter().map(|e| 1.0 / e.variance).collect();
        ((self.q - self.df) / trace_p(&weights)).max(0.0)
    }

    fn p_value(&self) -> f64 {
        if self.df > 0.0 { chi2_sf(self.q, self.df) } else { 1.0 }
    }
}

impl Fit {
    fn into_pooled(
        self,
        heterogeneity: &Heterogeneity,
        studies: &[Option<Effect>],
        level: f64,
    ) -> Pooled {
        let total = sum(self.weights.iter().copied());
        let mut percent = self.weights.iter().map(|w| 100.0 * (w / total));
        let weights = studies
            .iter()
            .map(|effect| effect.and_then(|_| percent.next()).unwrap_or(0.0))
            .collect();
        let (i2, h2) = from_q(heterogeneity.q, heterogeneity.df);
        let statistic = self.estimate / self.se;
        Pooled {
            k: self.weights.len(),
            estimate: self.estimate,
            se: self.se,
            statistic,
            df: None,
            p_value: normal_two_sided_p(statistic),
            ci: Interval::around(self.estimate, two_sided_z(level) * self.se),
            tau2: self.tau2,
            se_tau2: None,
            i2,
            h2,
            q: heterogeneity.q,
            q_df: heterogeneity.df,
            q_p_value: heterogeneity.p_value(),
            prediction: None,
            weights,
        }
    }
}
