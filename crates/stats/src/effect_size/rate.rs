//! Effects from two independent groups and counts of events over person-time.
//!
//! When one arm has no event, one half is added to both counts (metafor's default, `add=1/2, to="only0"`), save for the
//! difference of square roots.

use crate::effect::{Effect, EffectError};
use crate::measure::Measure;

/// Events counted over a time at risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Number of events; a person may have several.
    pub events: f64,
    /// Person-time at risk, in any unit that both arms share; above 0.
    pub person_time: f64,
}

/// Log rate ratio: v = 1/e₁ + 1/e₂.
///
/// Handbook 6.7.1; metafor `IRR`. Refused when neither arm has an event.
pub fn rate_ratio(experimental: &Rate, control: &Rate) -> Result<Effect, EffectError> {
    check(experimental, control)?;
    if experimental.events == 0.0 && control.events == 0.0 {
        return Err(EffectError::NoEvents { measure: Measure::RateRatio.long_name() });
    }
    let (e, c) = corrected(experimental, control);
    log_rate_ratio(&e, &c)
}

/// Of the counts as they are.
pub(crate) fn log_rate_ratio(e: &Rate, c: &Rate) -> Result<Effect, EffectError> {
    Effect::checked(
        libm::log((e.events / e.person_time) / (c.events / c.person_time)),
        1.0 / e.events + 1.0 / c.events,
    )
}

/// Rate difference, events per unit of person-time: v = e₁/T₁² + e₂/T₂².
///
/// Handbook 6.7.1; metafor `IRD`. With a zero count the half is added for the estimate as for the variance.
pub fn rate_difference(experimental: &Rate, control: &Rate) -> Result<Effect, EffectError> {
    check(experimental, control)?;
    let (e, c) = corrected(experimental, control);
    raw_rate_difference(&e, &c)
}

/// Of the counts as they are.
pub(crate) fn raw_rate_difference(e: &Rate, c: &Rate) -> Result<Effect, EffectError> {
    let (rate_e, rate_c) = (e.events / e.person_time, c.events / c.person_time);
    Effect::checked(rate_e - rate_c, rate_e / e.person_time + rate_c / c.person_time)
}

/// Difference of square roots of rates, √(e₁/T₁) − √(e₂/T₂): v = 1/(4T₁) + 1/(4T₂).
///
/// metafor `IRSD`. Counts of 0 need no correction.
pub fn square_root_rate_difference(
    experimental: &Rate,
    control: &Rate,
) -> Result<Effect, EffectError> {
    check(experimental, control)?;
    Effect::checked(
        (experimental.events / experimental.person_time).sqrt()
            - (control.events / control.person_time).sqrt(),
        0.25 / experimental.person_time + 0.25 / control.person_time,
    )
}

pub(crate) fn check(e: &Rate, c: &Rate) -> Result<(), EffectError> {
    EffectError::not_negative("number of events in the experimental arm", e.events)?;
    EffectError::not_negative("number of events in the control arm", c.events)?;
    EffectError::positive("person-time of the experimental arm", e.person_time)?;
    EffectError::positive("person-time of the control arm", c.person_time)?;
    Ok(())
}

/// Both arms with half an event more, if one of them has none.
fn corrected(e: &Rate, c: &Rate) -> (Rate, Rate) {
    let half = if e.events == 0.0 || c.events == 0.0 { 0.5 } else { 0.0 };
    (e.with_added(half), c.with_added(half))
}
