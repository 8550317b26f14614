//! Generalised linear mixed models of single groups: proportions and incidence rates.

use super::error::GlmmError;
use super::family::{Family, Link};
use super::fit::{Glmm, GlmmEffects, GlmmOptions};
use super::parts::Setting;
use super::single;
use crate::effect::EffectError;
use crate::effect_size::proportion::Proportion;
use crate::effect_size::rate::Rate;
use crate::effect_size::zero_cells::ZeroCells;
use crate::model::design::Design;
use crate::model::scaled_design::Scaled;

/// The scale on which a proportion's mean is modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProportionLink {
    /// Log odds. metafor `PLO`.
    Logit,
    /// Logarithm; risks above 1 have likelihood 0. metafor `PLN`.
    Log,
    /// The proportion itself; risks outside 0 to 1 have likelihood 0. metafor `PR`.
    Identity,
}

impl ProportionLink {
    pub(crate) const fn link(self) -> Link {
        match self {
            Self::Logit => Link::Logit,
            Self::Log => Link::Log,
            Self::Identity => Link::Identity,
        }
    }
}

/// Fits a binomial-normal model to proportions; `design` has a row for each group.
///
/// Hamza, van Houwelingen & Stijnen (2008), doi 10.1016/j.jclinepi.2007.03.016; Stijnen, Hamza & Özdemir (2010),
/// doi 10.1002/sim.4040. metafor `rma.glmm`. The option `drop00` has no meaning here.
pub fn glmm_proportions(
    groups: &[Proportion],
    design: &Design,
    link: ProportionLink,
    options: &GlmmOptions,
) -> Result<Glmm, GlmmError> {
    for (study, group) in groups.iter().enumerate() {
        group.checked().map_err(|reason| GlmmError::Study { study, reason })?;
    }
    let link = link.link();
    let count = |group: &Proportion, add: f64| Family::Binomial {
        events: group.events + add,
        others: group.n - group.events + add,
        link,
        offset: 0.0,
    };
    fit(groups, count, design, options)
}

/// Fits a Poisson-normal model to events over person-time; the mean is a log rate, `design` has a row for each group.
///
/// Stijnen, Hamza & Özdemir (2010), doi 10.1002/sim.4040. metafor `rma.glmm` with `IRLN`.
pub fn glmm_incidence_rates(
    groups: &[Rate],
    design: &Design,
    options: &GlmmOptions,
) -> Result<Glmm, GlmmError> {
    for (study, rate) in groups.iter().enumerate() {
        EffectError::not_negative("number of events", rate.events)
            .and_then(|_| EffectError::positive("person-time", rate.person_time))
            .map_err(|reason| GlmmError::Study { study, reason })?;
    }
    let count = |rate: &Rate, add: f64| Family::Poisson {
        events: rate.events + add,
        time: rate.person_time,
    };
    fit(groups, count, design, options)
}

/// Fits groups whose count, with so much added to its cells, `count` gives.
fn fit<T>(
    groups: &[T],
    count: impl Fn(&T, f64) -> Family,
    design: &Design,
    options: &GlmmOptions,
) -> Result<Glmm, GlmmError> {
    options.check()?;
    if groups.is_empty() {
        return Err(GlmmError::NoStudies);
    }
    let scaled = Scaled::of(design, groups.len())?;
    let counts: Vec<Family> = groups.iter().map(|group| count(group, 0.0)).collect();
    if counts.iter().all(Family::is_extreme) && all_alike(&counts) {
        return Err(GlmmError::Separated);
    }
    let corrected = |rule: ZeroCells| {
        let zero: Vec<bool> = counts.iter().map(Family::is_extreme).collect();
        let counts: Vec<Family> =
            groups.iter().zip(rule.increments(&zero)).map(|(it, add)| count(it, add)).collect();
        single::observed(&counts)
    };
    let start = corrected(ZeroCells::HALF_TO_ZERO_CELLS)
        .regress(&scaled.matrix)
        .ok_or(GlmmError::NotIdentified { model: "one-group" })?;
    let typical = corrected(options.zero_cells)
        .regress(&scaled.matrix)
        .map_or(f64::NAN, |it| it.typical_variance);
    let least =
        if start.typical_variance.is_finite() { 0.25 * start.typical_variance } else { 0.1 };
    let setting = Setting {
        design: &scaled,
        random: options.effects == GlmmEffects::Random,
        quadrature: options.quadrature,
        tau: start.tau2.max(least).sqrt(),
    };
    single::fit(&counts, &setting, start.coefficients)?.into_glmm(
        (groups.len(), design),
        typical,
        options,
    )
}

/// Whether all counts are at the same end of their range, so that no mean is finite.
fn all_alike(counts: &[Family]) -> bool {
    let lowest = |count: &Family| match count {
        Family::Binomial { events, .. } | Family::Poisson { events, .. } => *events == 0.0,
        Family::Hypergeometric(_) => false,
    };
    counts.iter().all(lowest) || !counts.iter().any(lowest)
}
