//! Single proportions: how many of one group had the event, on the scales used to pool prevalences and the like.
//!
//! Raw, log and logit follow metafor's default for empty cells (`add=1/2, to="only0"`): where nobody or everybody had
//! the event, one half is added to both cells, for the estimate as for the variance. The two arcsine scales need none.

use crate::convert::transform::{arcsine, double_arcsine};
use crate::effect::{Effect, EffectError};
use crate::effect_size::options::VarianceType;

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
    let needs_cells =
        matches!(scale, ProportionScale::Raw | ProportionScale::Log | ProportionScale::Logit);
    let group = if needs_cells { group.corrected() } else { *group };
    raw_proportion(&group, scale, VarianceType::LargeSample, None)
}

/// Of the counts as they are; `average` is the mean proportion of all studies, for [`VarianceType::Averaged`]. The unbiased
/// variance of the raw proportion has n − 1 for n.
pub(crate) fn raw_proportion(
    group: &Proportion,
    scale: ProportionScale,
    variance: VarianceType,
    average: Option<f64>,
) -> Result<Effect, EffectError> {
    let Proportion { events: x, n } = *group;
    // Events and the others, of which the variance is made.
    let (with, without) = match (variance, average) {
        (VarianceType::Averaged, Some(mean)) => (mean * n, (1.0 - mean) * n),
        _ => (x, n - x),
    };
    let (estimate, variance) = match scale {
        ProportionScale::Raw => {
            let divisor = if variance == VarianceType::Unbiased { n - 1.0 } else { n };
            (x / n, with / n * (without / n) / divisor)
        }
        ProportionScale::Log => (libm::log(x / n), without / (with * n)),
        ProportionScale::Logit => (libm::log(x / (n - x)), 1.0 / with + 1.0 / without),
        ProportionScale::Arcsine => (arcsine(x / n), 0.25 / n),
        ProportionScale::FreemanTukey => (double_arcsine(x / n, n), 1.0 / (4.0 * n + 2.0)),
    };
    Effect::checked(estimate, variance)
}

impl Proportion {
    pub(crate) fn with_added(&self, add: f64) -> Self {
        Self { events: self.events + add, n: self.n + 2.0 * add }
    }

    pub(crate) fn checked(&self) -> Result<&Self, EffectError> {
        EffectError::positive("number of people", self.n)?;
        EffectError::within((0.0, self.n), "number of events", self.events)?;
        Ok(self)
    }

    /// Half a person more with and without the event, if there is nobody with or nobody without.
    #[expect(clippy::float_cmp, reason = "a count is 0 or all exactly or not at all")]
    fn corrected(&self) -> Self {
        if self.events == 0.0 || self.events == self.n { self.with_added(0.5) } else { *self }
    }
}
