//! Effects from two independent groups measured on a continuous scale.

use crate::effect::{Effect, EffectError};
use crate::effect_size::hedges::approximate_correction;
use crate::effect_size::standardized::{Standardized, StandardizedDifference};

/// One arm's summary: number of people, mean and standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanSd {
    /// Number of people analysed; at least 2. May be fractional after an adjustment for clustering.
    pub n: f64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation with denominator n − 1; 0 or more.
    pub sd: f64,
}

/// The words in which an error names one arm's numbers.
pub(crate) struct ArmWords {
    pub(crate) n: &'static str,
    pub(crate) mean: &'static str,
    pub(crate) sd: &'static str,
}

pub(crate) const EXPERIMENTAL: ArmWords = ArmWords {
    n: "number of people in the experimental arm",
    mean: "mean of the experimental arm",
    sd: "standard deviation of the experimental arm",
};

pub(crate) const CONTROL: ArmWords = ArmWords {
    n: "number of people in the control arm",
    mean: "mean of the control arm",
    sd: "standard deviation of the control arm",
};

pub(crate) const GROUP: ArmWords =
    ArmWords { n: "number of people", mean: "mean", sd: "standard deviation" };

impl MeanSd {
    /// This summary, if its numbers are possible: finite, n at least 2, SD not negative.
    pub(crate) fn checked(&self, words: &ArmWords) -> Result<&Self, EffectError> {
        EffectError::at_least(2.0, words.n, self.n)?;
        EffectError::finite(words.mean, self.mean)?;
        EffectError::not_negative(words.sd, self.sd)?;
        Ok(self)
    }

    /// Square of the standard error of the mean, SD²/n.
    pub(crate) fn variance_of_mean(&self) -> f64 {
        self.sd * self.sd / self.n
    }

    /// Square of the relative standard error, SD²/(n·mean²): the variance of the log mean.
    pub(crate) fn variance_of_log_mean(&self) -> f64 {
        let relative = self.sd / self.mean;
        relative * relative / self.n
    }

    /// 1/(2(n−1)): how far the log SD lies below the log of the population's SD on average, and its variance.
    pub(crate) fn bias_of_log_sd(&self) -> f64 {
        0.5 / (self.n - 1.0)
    }
}

/// Mean difference, experimental minus control: v = s₁²/n₁ + s₂²/n₂ (unequal variances).
///
/// Handbook 6.5.1.1; metafor `MD`. One SD may be 0, both may not.
pub fn mean_difference(experimental: &MeanSd, control: &MeanSd) -> Result<Effect, EffectError> {
    let (e, c) = (experimental.checked(&EXPERIMENTAL)?, control.checked(&CONTROL)?);
    Effect::checked(e.mean - c.mean, e.variance_of_mean() + c.variance_of_mean())
}

/// Standardised mean difference, Hedges' g with the exact correction factor.
///
/// g = J(n₁+n₂−2)·(m₁−m₂)/s with the pooled SD s, and v = 1/n₁ + 1/n₂ + g²/(2(n₁+n₂)): metafor `SMD` with
/// its default variance (`vtype="LS"`). See [`revman_smd`] for Review Manager's version.
pub fn standardized_mean_difference(
    experimental: &MeanSd,
    control: &MeanSd,
) -> Result<Effect, EffectError> {
    let difference = StandardizedDifference::of_means(experimental, control)?;
    Standardized::pooled(&difference).large_sample()
}

/// Standardised mean difference as Review Manager computes it.
///
/// g = d·(1 − 3/(4N−9)) and SE² = N/(n₁n₂) + g²/(2(N−3.94)) with N = n₁+n₂ (Deeks & Higgins, Statistical
/// algorithms in Review Manager 5, 2010).
pub fn revman_smd(experimental: &MeanSd, control: &MeanSd) -> Result<Effect, EffectError> {
    let (e, c) = (experimental.checked(&EXPERIMENTAL)?, control.checked(&CONTROL)?);
    let total = e.n + c.n;
    let g = approximate_correction(total - 2.0) * cohens_d(e, c)?;
    Effect::checked(g, total / (e.n * c.n) + g * g / (2.0 * (total - 3.94)))
}

/// Log ratio of means, ln(m₁/m₂): v = s₁²/(n₁m₁²) + s₂²/(n₂m₂²). Both means must be above 0.
///
/// Friedrich, Adhikari & Beyene (2008), doi 10.1186/1471-2288-8-32; metafor `ROM`.
pub fn ratio_of_means(experimental: &MeanSd, control: &MeanSd) -> Result<Effect, EffectError> {
    ratio_of_means_with(experimental, control, |e, c| {
        e.variance_of_log_mean() + c.variance_of_log_mean()
    })
}

/// Mean difference of arms with one variance: v = s²(1/n₁ + 1/n₂) with the pooled s. metafor `MD`, `vtype="HO"`.
///
/// Borenstein (2009), formula 12.3.
pub(crate) fn mean_difference_homoscedastic(
    experimental: &MeanSd,
    control: &MeanSd,
) -> Result<Effect, EffectError> {
    let (e, c) = (experimental.checked(&EXPERIMENTAL)?, control.checked(&CONTROL)?);
    Effect::checked(e.mean - c.mean, pooled_variance(e, c) * (1.0 / e.n + 1.0 / c.n))
}

/// Log ratio of means whose variance is `of(e, c)`.
pub(crate) fn ratio_of_means_with(
    experimental: &MeanSd,
    control: &MeanSd,
    of: impl Fn(&MeanSd, &MeanSd) -> f64,
) -> Result<Effect, EffectError> {
    let (e, c) = (experimental.checked(&EXPERIMENTAL)?, control.checked(&CONTROL)?);
    EffectError::positive(EXPERIMENTAL.mean, e.mean)?;
    EffectError::positive(CONTROL.mean, c.mean)?;
    Effect::checked(libm::log(e.mean / c.mean), of(e, c))
}

/// ((n₁−1)s₁² + (n₂−1)s₂²)/(n₁+n₂−2).
pub(crate) fn pooled_variance(e: &MeanSd, c: &MeanSd) -> f64 {
    ((e.n - 1.0) * e.sd * e.sd + (c.n - 1.0) * c.sd * c.sd) / (e.n + c.n - 2.0)
}

/// Difference in means over the pooled standard deviation, uncorrected.
pub(crate) fn cohens_d(e: &MeanSd, c: &MeanSd) -> Result<f64, EffectError> {
    let pooled_sd = pooled_variance(e, c).sqrt();
    if pooled_sd > 0.0 { Ok((e.mean - c.mean) / pooled_sd) } else { Err(EffectError::NoVariation) }
}
