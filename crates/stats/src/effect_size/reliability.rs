//! Cronbach's α of a scale, for generalising its reliability across studies.

use crate::effect::{Effect, EffectError};

/// Cronbach's α in one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alpha {
    /// The coefficient; below 1, and below 0 for items that contradict each other.
    pub alpha: f64,
    /// Number of items of the scale; at least 2.
    pub items: f64,
    /// Number of people; at least 3.
    pub n: f64,
}

/// The scale on which α is analysed; m items, n people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlphaScale {
    /// α: v = 2m(1−α)²/((m−1)(n−2)). metafor `ARAW`.
    Raw,
    /// 1 − ∛(1−α): v = 18m(n−1)(1−α)^⅔/((m−1)(9n−11)²). metafor `AHW`.
    ///
    /// Hakstian & Whalen (1976), doi 10.1007/BF02291840.
    HakstianWhalen,
    /// −ln(1−α): v = 2m/((m−1)(n−2)). metafor `ABT`.
    ///
    /// Bonett (2002), doi 10.3102/10769986027004335.
    Bonett,
}

impl AlphaScale {
    /// Every scale, in the order of the declaration.
    pub const ALL: &[Self] = &[Self::Raw, Self::HakstianWhalen, Self::Bonett];
}

/// One sample's α on `scale`, with the variance that [`AlphaScale`] gives.
pub fn reliability(sample: &Alpha, scale: AlphaScale) -> Result<Effect, EffectError> {
    let items = EffectError::at_least(2.0, "number of items", sample.items)?;
    let n = EffectError::at_least(3.0, "number of people", sample.n)?;
    let unreliability = 1.0 - EffectError::finite("Cronbach's alpha", sample.alpha)?;
    if unreliability <= 0.0 {
        return Err(EffectError::Perfect { quantity: "Cronbach's alpha", found: sample.alpha });
    }
    let share = items / (items - 1.0);
    let root = libm::cbrt(unreliability);
    let (estimate, variance) = match scale {
        AlphaScale::Raw => (sample.alpha, 2.0 * share * unreliability * unreliability / (n - 2.0)),
        AlphaScale::HakstianWhalen => {
            let divisor = 9.0 * n - 11.0;
            (1.0 - root, 18.0 * share * (n - 1.0) * root * root / (divisor * divisor))
        }
        AlphaScale::Bonett => (-libm::log1p(-sample.alpha), 2.0 * share / (n - 2.0)),
    };
    Effect::checked(estimate, variance)
}
