//! Single incidence rates: events over person-time of one group, on the scales used to pool them.
//!
//! Raw and log rates follow metafor's default for no events (`add=1/2, to="only0"`): one half is added to a count of 0,
//! for the estimate as for the variance. The two square-root scales need none.

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
    EffectError::not_negative("number of events", group.events)?;
    let time = EffectError::positive("person-time", group.person_time)?;
    let raw = group.events;
    let x = if raw == 0.0 { 0.5 } else { raw };
    let (estimate, variance) = match scale {
        RateScale::Raw => (x / time, x / time / time),
        RateScale::Log => (libm::log(x / time), 1.0 / x),
        RateScale::SquareRoot => ((raw / time).sqrt(), 0.25 / time),
        RateScale::FreemanTukey => {
            (f64::midpoint((raw / time).sqrt(), ((raw + 1.0) / time).sqrt()), 0.25 / time)
        }
    };
    Effect::checked(estimate, variance)
}
