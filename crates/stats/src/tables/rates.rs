//! Mantel-Haenszel pooling of events over person-time: rate ratio and rate difference.
//!
//! Greenland & Robins (1985), doi 10.2307/2530643; Rothman, Greenland & Lash, Modern Epidemiology, chapter 15. The numbers
//! are metafor's `rma.mh` for `IRR` and `IRD`.

use crate::effect::{Effect, EffectError};
use crate::effect_size::rate::Rate;
use crate::effect_size::zero_cells::ZeroCells;
use crate::model::fit_statistics::FitStatistics;
use crate::model::pool::Pooled;
use crate::model::pool_error::PoolError;
use crate::numeric::sum::sum;
use crate::tables::options::{MhRateMeasure, MhRateOptions};
use crate::tables::stratified_tests::{ChiSquaredTest, corrected_square};
use crate::tables::summary::{Estimate, Heterogeneity, fit_statistics};

/// Events over person-time in the two arms of a study.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoRates {
    /// The experimental arm.
    pub experimental: Rate,
    /// The control arm.
    pub control: Rate,
}

/// A Mantel-Haenszel synthesis of rates with each study's own effect.
#[derive(Debug, Clone, PartialEq)]
pub struct MhRateFit {
    /// The pooled answer; see [`MhFit::pooled`](crate::MhFit::pooled).
    pub pooled: Pooled,
    /// Each study's effect, in order; `None` where it is not estimable.
    pub studies: Vec<Option<Effect>>,
    /// Number of studies in the pooled sums.
    pub k_pooled: usize,
    /// Likelihood of the studies' effects about the pooled estimate; `None` for fewer than two studies.
    pub fit: Option<FitStatistics>,
    /// Mantel-Haenszel test of equal rates; `None` unless the measure is the rate ratio.
    pub mantel_haenszel_test: Option<ChiSquaredTest>,
}

/// Pools rates by the Mantel-Haenszel method.
pub fn mantel_haenszel_rates(
    studies: &[TwoRates],
    measure: MhRateMeasure,
    options: &MhRateOptions,
) -> Result<MhRateFit, PoolError> {
    PoolError::check_level(options.level)?;
    check(studies)?;
    let pooled = by_rule(studies, &options.pooled)?;
    let strata: Vec<Counts> = pooled.iter().flatten().copied().collect();
    let effects_of: Vec<Option<Effect>> = by_rule(studies, &options.studies)?
        .iter()
        .map(|counts| counts.and_then(|counts| counts.effect(measure)))
        .collect();
    let effects: Vec<Effect> = effects_of.iter().flatten().copied().collect();
    let estimate = summarise(&pooled, &strata, measure)?;
    let fit = fit_statistics(estimate.pooled, &effects);
    let heterogeneity = Heterogeneity::about(estimate.pooled, &effects);
    let test = match measure {
        MhRateMeasure::RateRatio => equal_rates(&strata, options.continuity_correction),
        MhRateMeasure::RateDifference => None,
    };
    Ok(MhRateFit {
        pooled: estimate.into_pooled(heterogeneity, effects.len(), options.level)?,
        studies: effects_of,
        k_pooled: strata.len(),
        fit,
        mantel_haenszel_test: test,
    })
}

fn check(studies: &[TwoRates]) -> Result<(), PoolError> {
    if studies.is_empty() {
        return Err(PoolError::NoStudies);
    }
    for (study, it) in studies.iter().enumerate() {
        check_study(it).map_err(|reason| PoolError::Study { study, reason })?;
    }
    Ok(())
}

fn check_study(study: &TwoRates) -> Result<(), EffectError> {
    EffectError::not_negative(
        "number of events in the experimental arm",
        study.experimental.events,
    )?;
    EffectError::not_negative("number of events in the control arm", study.control.events)?;
    EffectError::positive("person-time of the experimental arm", study.experimental.person_time)?;
    EffectError::positive("person-time of the control arm", study.control.person_time)?;
    Ok(())
}

/// Events x₁, x₂ over t₁, t₂ after zero counts were dealt with.
#[derive(Clone, Copy)]
struct Counts {
    x1: f64,
    t1: f64,
    x2: f64,
    t2: f64,
}

fn by_rule(studies: &[TwoRates], rule: &ZeroCells) -> Result<Vec<Option<Counts>>, PoolError> {
    let rule = rule.checked().map_err(|reason| PoolError::ZeroCells { reason })?;
    let zero: Vec<bool> = studies
        .iter()
        .map(|it| it.experimental.events == 0.0 || it.control.events == 0.0)
        .collect();
    let counts = studies.iter().zip(rule.increments(&zero)).map(|(it, add)| {
        let none = it.experimental.events == 0.0 && it.control.events == 0.0;
        let counts = Counts {
            x1: it.experimental.events + add,
            t1: it.experimental.person_time,
            x2: it.control.events + add,
            t2: it.control.person_time,
        };
        (!(rule.drop00 && none)).then_some(counts)
    });
    Ok(counts.collect())
}

impl Counts {
    fn effect(&self, measure: MhRateMeasure) -> Option<Effect> {
        let (rate1, rate2) = (self.x1 / self.t1, self.x2 / self.t2);
        match measure {
            MhRateMeasure::RateRatio => {
                Effect::checked(libm::log(rate1 / rate2), 1.0 / self.x1 + 1.0 / self.x2)
            }
            MhRateMeasure::RateDifference => {
                Effect::checked(rate1 - rate2, rate1 / self.t1 + rate2 / self.t2)
            }
        }
        .ok()
    }

    /// The shares t₁/T and t₂/T of the person-time.
    fn shares(&self) -> (f64, f64) {
        let total = self.t1 + self.t2;
        (self.t1 / total, self.t2 / total)
    }

    fn weight(&self, measure: MhRateMeasure) -> f64 {
        let (f1, f2) = self.shares();
        match measure {
            MhRateMeasure::RateRatio => self.x2 * f1,
            MhRateMeasure::RateDifference => self.t1 * f2,
        }
    }
}

fn summarise(
    pooled: &[Option<Counts>],
    strata: &[Counts],
    measure: MhRateMeasure,
) -> Result<Estimate, PoolError> {
    let weights: Vec<f64> =
        pooled.iter().map(|it| it.as_ref().map_or(0.0, |it| it.weight(measure))).collect();
    let weight = sum(weights.iter().copied());
    let total = |term: fn(&Counts) -> f64| sum(strata.iter().map(term));
    let experimental = total(|it| it.x1 * it.shares().1);
    let (estimate, variance) = match measure {
        MhRateMeasure::RateRatio => {
            let margins = total(|it| it.shares().0 * it.shares().1 * (it.x1 + it.x2));
            (libm::log(experimental / weight), margins / experimental / weight)
        }
        MhRateMeasure::RateDifference => {
            let numerator = total(|it| it.x1 * it.shares().1 - it.x2 * it.shares().0);
            let variance = total(|it| {
                let (f1, f2) = it.shares();
                f2 * f2 * it.x1 + f1 * f1 * it.x2
            });
            (numerator / weight, variance / weight / weight)
        }
    };
    if !estimate.is_finite() || variance.is_nan() || variance <= 0.0 {
        return Err(PoolError::PooledRatioUndefined { measure: measure.long_name() });
    }
    Ok(Estimate { pooled: estimate, se: variance.sqrt(), tau2: 0.0, weights })
}

/// Rothman & Boice's form of the Mantel-Haenszel test: x₁ is binomial given x₁ + x₂.
fn equal_rates(strata: &[Counts], continuity_correction: bool) -> Option<ChiSquaredTest> {
    let variance = sum(strata.iter().map(|it| {
        let (f1, f2) = it.shares();
        (it.x1 + it.x2) * f1 * f2
    }));
    let difference = sum(strata.iter().map(|it| {
        let (f1, f2) = it.shares();
        it.x1 * f2 - it.x2 * f1
    }));
    let squared = corrected_square(difference, continuity_correction);
    (variance > 0.0).then(|| ChiSquaredTest::new(squared / variance, 1.0))
}
