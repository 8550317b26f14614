//! Single proportions: how many of one group had the event, on the scales used to pool prevalences and the like.
//!
//! Raw, log and logit follow metafor's default for empty cells (`add=1/2, to="only0"`): where nobody or everybody had
//! the event, one half is added to both cells, for the estimate as for the variance. The two arcsine scales need none.

use crate::effect::{Effect, EffectError};

/// People with the event among the people of one group.
///
/// Counts may be fractional after an adjustment for clustering.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// People with the event, from 0 to `n`.
    pub events: f64,
    /// People in the group; above 0.
    pub n: f64,
}

/// The scale on which proportions are analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProportionScale {
    /// The proportion p = x/n: v = p(1−p)/n. metafor `PR`.
    Raw,
    /// ln p: v = 1/x − 1/n. metafor `PLN`.
    Log,
    /// Log odds, ln(x/(n−x)): v = 1/x + 1/(n−x). metafor `PLO`.
    Logit,
    /// arcsin √p, in radians from 0 to π/2: v = 1/(4n). metafor `PAS`.
    Arcsine,
    /// Double arcsine, ½(arcsin √(x/(n+1)) + arcsin √((x+1)/(n+1))): v = 1/(4n+2). metafor `PFT`.
    ///
    /// Freeman & Tukey (1950), doi 10.1214/aoms/1177729756. Not invertible without a sample size, and back-transformed
    /// pooled values can mislead (Schwarzer et al. 2019, doi 10.1002/jrsm.1348).
    FreemanTukey,
}

impl ProportionScale {
    /// Every scale, in the order of the declaration.
    pub const ALL: &[Self] =
        &[Self::Raw, Self::Log, Self::Logit, Self::Arcsine, Self::FreemanTukey];
}

/// One group's proportion on `scale`, with the variance that [`ProportionScale`] gives.
pub fn proportion(group: &Proportion, scale: ProportionScale) -> Result<Effect, EffectError> {
    let group = group.checked()?;
    let Proportion { events: x, n } = group.corrected();
    let (estimate, variance) = match scale {
        ProportionScale::Raw => (x / n, x / n * ((n - x) / n) / n),
        ProportionScale::Log => (libm::log(x / n), (n - x) / (x * n)),
        ProportionScale::Logit => (libm::log(x / (n - x)), 1.0 / x + 1.0 / (n - x)),
        ProportionScale::Arcsine => (arcsine_root(group.events / group.n), 0.25 / group.n),
        ProportionScale::FreemanTukey => (group.double_arcsine(), 1.0 / (4.0 * group.n + 2.0)),
    };
    Effect::checked(estimate, variance)
}

impl Proportion {
    pub(crate) fn checked(&self) -> Result<&Self, EffectError> {
        EffectError::positive("number of people", self.n)?;
        EffectError::within((0.0, self.n), "number of events", self.events)?;
        Ok(self)
    }

    /// Half a person more with and without the event, if there is nobody with or nobody without.
    #[expect(clippy::float_cmp, reason = "a count is 0 or all exactly or not at all")]
    fn corrected(&self) -> Self {
        if self.events == 0.0 || self.events == self.n {
            Self { events: self.events + 0.5, n: self.n + 1.0 }
        } else {
            *self
        }
    }

    fn double_arcsine(&self) -> f64 {
        let (lower, upper) = (self.events / (self.n + 1.0), (self.events + 1.0) / (self.n + 1.0));
        f64::midpoint(arcsine_root(lower), arcsine_root(upper))
    }
}

/// arcsin √p, the variance-stabilising transformation of a proportion `p` in [0, 1].
pub(crate) fn arcsine_root(p: f64) -> f64 {
    libm::asin(p.sqrt())
}
