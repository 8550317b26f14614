//! What all standardised mean differences share: correction for bias, and the sampling variances that follow from it.

use crate::effect::{Effect, EffectError};
use crate::effect_size::continuous::{CONTROL, EXPERIMENTAL, GROUP, MeanSd, cohens_d};
use crate::effect_size::hedges::exact_correction;
use crate::effect_size::options::{SmallSample, VarianceType};
use crate::effect_size::paired::{PAIRS, checked_pairs, variance_of_difference};
use crate::measure::Measure;

/// A standardised mean difference as a trial printed it, uncorrected (Cohen's d).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandardizedDifference {
    /// Difference in means over the pooled standard deviation, not corrected for bias.
    pub d: f64,
    /// People in the experimental arm; at least 2.
    pub n_e: f64,
    /// People in the control arm; at least 2.
    pub n_c: f64,
}

impl StandardizedDifference {
    /// From the t statistic of an independent-samples t test: d = t·√(1/n₁ + 1/n₂).
    pub fn from_t(t: f64, n_e: f64, n_c: f64) -> Result<Self, EffectError> {
        EffectError::finite("t statistic", t)?;
        Self { d: t * (1.0 / n_e + 1.0 / n_c).sqrt(), n_e, n_c }.checked()
    }

    /// From the two-sided p value of an independent-samples t test; `favours_experimental` gives the sign.
    pub fn from_p(
        p: f64,
        favours_experimental: bool,
        n_e: f64,
        n_c: f64,
    ) -> Result<Self, EffectError> {
        EffectError::open_unit("p value", p)?;
        EffectError::at_least(3.0, "number of people in both arms", n_e + n_c)?;
        let t = -crate::distribution::t_quantile(p / 2.0, n_e + n_c - 2.0);
        Self::from_t(if favours_experimental { t } else { -t }, n_e, n_c)
    }

    pub(crate) fn of_means(e: &MeanSd, c: &MeanSd) -> Result<Self, EffectError> {
        let (e, c) = (e.checked(&EXPERIMENTAL)?, c.checked(&CONTROL)?);
        Ok(Self { d: cohens_d(e, c)?, n_e: e.n, n_c: c.n })
    }

    pub(crate) fn checked(self) -> Result<Self, EffectError> {
        EffectError::finite("standardised mean difference", self.d)?;
        EffectError::at_least(2.0, EXPERIMENTAL.n, self.n_e)?;
        EffectError::at_least(2.0, CONTROL.n, self.n_c)?;
        Ok(self)
    }

    /// 1/n₁ + 1/n₂ + d²/(2(n₁+n₂)).
    pub(crate) fn uncorrected_variance(&self) -> f64 {
        1.0 / self.n_e + 1.0 / self.n_c + self.d * self.d / (2.0 * (self.n_e + self.n_c))
    }
}

/// A standardised difference before its correction for bias, with what its variance is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standardized {
    /// The uncorrected difference.
    pub(crate) d: f64,
    /// Degrees of freedom of the yardstick; above 1.
    pub(crate) df: f64,
    /// The variance of the standardised difference in means when there is none.
    pub(crate) base: f64,
    /// The number by which g² is divided in the variance.
    pub(crate) divisor: f64,
}

impl Standardized {
    /// `SMD`: over the pooled SD.
    pub(crate) fn pooled(difference: &StandardizedDifference) -> Self {
        let StandardizedDifference { d, n_e, n_c } = *difference;
        Self { d, df: n_e + n_c - 2.0, base: 1.0 / n_e + 1.0 / n_c, divisor: 2.0 * (n_e + n_c) }
    }

    /// `SMD1`: over the control arm's SD.
    pub(crate) fn control(e: &MeanSd, c: &MeanSd) -> Result<Self, EffectError> {
        let (e, c) = (e.checked(&EXPERIMENTAL)?, c.checked(&CONTROL)?);
        let sd = EffectError::positive(CONTROL.sd, c.sd)?;
        EffectError::at_least(3.0, CONTROL.n, c.n)?;
        let d = (e.mean - c.mean) / sd;
        Ok(Self { d, df: c.n - 1.0, base: 1.0 / e.n + 1.0 / c.n, divisor: 2.0 * c.n })
    }

    /// `SMN`: one mean over its SD.
    pub(crate) fn one_group(group: &MeanSd) -> Result<Self, EffectError> {
        let group = group.checked(&GROUP)?;
        EffectError::at_least(3.0, GROUP.n, group.n)?;
        let sd = EffectError::positive(GROUP.sd, group.sd)?;
        let d = group.mean / sd;
        Ok(Self { d, df: group.n - 1.0, base: 1.0 / group.n, divisor: 2.0 * group.n })
    }

    /// `SMCC`: over the SD of the differences.
    pub(crate) fn change(e: &MeanSd, c: &MeanSd, correlation: f64) -> Result<Self, EffectError> {
        let pairs = three_pairs(e, c, correlation)?;
        let sd = variance_of_difference(e.sd, c.sd, correlation).sqrt();
        if sd <= 0.0 {
            return Err(EffectError::NoVariation);
        }
        let d = (e.mean - c.mean) / sd;
        Ok(Self { d, df: pairs - 1.0, base: 1.0 / pairs, divisor: 2.0 * pairs })
    }

    /// A difference of pairs over a raw `sd`, as if both sides had it.
    pub(crate) fn raw(
        e: &MeanSd,
        c: &MeanSd,
        correlation: f64,
        sd: f64,
    ) -> Result<Self, EffectError> {
        let pairs = three_pairs(e, c, correlation)?;
        if sd <= 0.0 {
            return Err(EffectError::NoVariation);
        }
        let d = (e.mean - c.mean) / sd;
        let base = 2.0 * (1.0 - correlation) / pairs;
        Ok(Self { d, df: pairs - 1.0, base, divisor: 2.0 * pairs })
    }

    /// `SMCRP`: over the root of the mean variance, whose degrees of freedom are 2(n−1)/(1+r²).
    pub(crate) fn raw_pooled(
        e: &MeanSd,
        c: &MeanSd,
        correlation: f64,
    ) -> Result<Self, EffectError> {
        let raw = Self::raw(e, c, correlation, mean_variance(e, c).sqrt())?;
        let df = 2.0 * (e.n - 1.0) / (1.0 + correlation * correlation);
        Ok(Self { df, divisor: 2.0 * df, ..raw })
    }

    /// The corrected difference g.
    pub(crate) fn corrected(&self, correction: SmallSample) -> f64 {
        correction.factor(self.df) * self.d
    }

    /// The effect; `average` is the mean g of all studies, for [`VarianceType::Averaged`].
    pub(crate) fn effect(
        &self,
        variance: VarianceType,
        correction: SmallSample,
        average: Option<f64>,
    ) -> Result<Effect, EffectError> {
        let factor = correction.factor(self.df);
        let g = factor * self.d;
        let plain = |g: f64| self.base + g * g / self.divisor;
        let variance = match variance {
            VarianceType::LargeSampleOfUncorrected => factor * factor * plain(self.d),
            VarianceType::Unbiased => {
                // Hedges (1983), formula 9, is for g; another correction scales it.
                let exact = exact_correction(self.df);
                let share = 1.0 - (self.df - 2.0) / (self.df * exact * exact);
                let scale = factor / exact;
                scale * scale * (self.base + share * exact * exact * self.d * self.d)
            }
            VarianceType::Averaged => plain(average.unwrap_or(g)),
            _ => plain(g),
        };
        Effect::checked(g, variance)
    }

    pub(crate) fn large_sample(&self) -> Result<Effect, EffectError> {
        self.effect(VarianceType::LargeSample, SmallSample::Exact, None)
    }
}

/// The standardised difference behind `measure`, for the measures that have nothing else in their variance.
pub(crate) fn standardized(
    measure: Measure,
    summary: &crate::effect_size::summary::Summary,
) -> Option<Result<Standardized, EffectError>> {
    use crate::effect_size::summary::Summary as S;
    Some(match (measure, summary) {
        (Measure::StandardizedMeanDifference, S::Means { experimental, control }) => {
            StandardizedDifference::of_means(experimental, control)
                .map(|d| Standardized::pooled(&d))
        }
        (Measure::StandardizedMeanDifference, S::StandardizedDifference(it)) => {
            it.checked().map(|d| Standardized::pooled(&d))
        }
        (Measure::GlassDelta, S::Means { experimental, control }) => {
            Standardized::control(experimental, control)
        }
        (Measure::StandardizedMean, S::Mean(group)) => Standardized::one_group(group),
        (
            Measure::StandardizedMeanChange,
            S::PairedMeans { experimental, control, correlation },
        ) => Standardized::change(experimental, control, *correlation),
        (
            Measure::StandardizedMeanChangeRaw,
            S::PairedMeans { experimental, control, correlation },
        ) => Standardized::raw(experimental, control, *correlation, experimental.sd),
        (
            Measure::StandardizedMeanChangePooled,
            S::PairedMeans { experimental, control, correlation },
        ) => Standardized::raw_pooled(experimental, control, *correlation),
        _ => return None,
    })
}

/// (s₁² + s₂²)/2.
pub(crate) fn mean_variance(e: &MeanSd, c: &MeanSd) -> f64 {
    f64::midpoint(e.sd * e.sd, c.sd * c.sd)
}

/// The number of pairs, if there are three at least: with two the correction is 0, and so would be every difference.
fn three_pairs(e: &MeanSd, c: &MeanSd, correlation: f64) -> Result<f64, EffectError> {
    EffectError::at_least(3.0, PAIRS, checked_pairs(e, c, correlation)?)
}
