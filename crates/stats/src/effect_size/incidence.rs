//! Single incidence rates: events over person-time of one group, on the scales used to pool them.
//!
//! Raw and log rates follow metafor's default for no events (`add=1/2, to="only0"`): one half is added to a count of 0,
//! for the estimate as for the variance. The two square-root scales need none.

use crate::convert::transform::double_square_root;
use crate::effect::{Effect, EffectError};
use crate::effect_size::rate::Rate;

/// The scale on which rates are analysed; T is the person-time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateScale {
    /// Events per unit of person-time, x/T: v = x/T². metafor `IR`.
    Raw,
    /// ln(x/T): v = 1/x. metafor `IRLN`.
    Log,
    /// √(x/T): v = 1/(4T). metafor `IRS`.
    SquareRoot,
    /// ½(√(x/T) + √((x+1)/T)): v = 1/(4T). metafor `IRFT`.
    ///
    /// Freeman & Tukey (1950), doi 10.1214/aoms/1177729756.
    FreemanTukey,
}

impl RateScale {
    /// Every scale, in the order of the declaration.
    pub const ALL: &[Self] = &[Self::Raw, Self::Log, Self::SquareRoot, Self::FreemanTukey];
}

/// One group's incidence rate on `scale`, with the variance that [`RateScale`] gives.
pub fn incidence_rate(group: &Rate, scale: RateScale) -> Result<Effect, EffectError> {
    let no_events = group.checked()?.events == 0.0;
    let needs_events = matches!(scale, RateScale::Raw | RateScale::Log);
    let half = if no_events && needs_events { 0.5 } else { 0.0 };
    raw_incidence_rate(&group.with_added(half), scale)
}

/// Of the count as it is.
pub(crate) fn raw_incidence_rate(group: &Rate, scale: RateScale) -> Result<Effect, EffectError> {
    let (x, time) = (group.events, group.person_time);
    let (estimate, variance) = match scale {
        RateScale::Raw => (x / time, x / time / time),
        RateScale::Log => (libm::log(x / time), 1.0 / x),
        RateScale::SquareRoot => ((x / time).sqrt(), 0.25 / time),
        RateScale::FreemanTukey => (double_square_root(x / time, time), 0.25 / time),
    };
    Effect::checked(estimate, variance)
}

impl Rate {
    /// This rate, if its numbers are possible.
    pub(crate) fn checked(&self) -> Result<&Self, EffectError> {
        EffectError::not_negative("number of events", self.events)?;
        EffectError::positive("person-time", self.person_time)?;
        Ok(self)
    }

    pub(crate) fn with_added(&self, add: f64) -> Self {
        Self { events: self.events + add, ..*self }
    }
}
