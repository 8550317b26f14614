//! The choices an effect size leaves open: which sampling variance, which correction for small samples, what to do about
//! zero cells.

use crate::effect_size::hedges::{approximate_correction, exact_correction};
use crate::effect_size::zero_cells::ZeroCells;
use crate::measure::Measure;

/// Which estimate of the sampling variance is used. The names are metafor's `vtype`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VarianceType {
    /// The usual large-sample variance. `LS`.
    #[default]
    LargeSample,
    /// The large-sample variance before the correction for bias, times the square of that. `LS2`.
    ///
    /// Borenstein (2009), formula 12.17.
    LargeSampleOfUncorrected,
    /// An unbiased estimate of the variance. `UB`.
    Unbiased,
    /// The large-sample variance at the mean estimate of all studies, weighted by their sizes. `AV`.
    ///
    /// Takes the correlation between a study's estimate and its weight away.
    Averaged,
    /// Both groups have one variance. `HO`.
    Homoscedastic,
    /// The large-sample variance at one coefficient of variation for both groups of all studies. `AVHO`.
    AveragedHomoscedastic,
    /// The sizes of the groups were fixed by design. `ST`.
    Stratified,
    /// Only the total size was fixed by design. `CS`.
    CrossSectional,
}

impl VarianceType {
    /// Every type, in the order of the declaration.
    pub const ALL: &[Self] = &[
        Self::LargeSample,
        Self::LargeSampleOfUncorrected,
        Self::Unbiased,
        Self::Averaged,
        Self::Homoscedastic,
        Self::AveragedHomoscedastic,
        Self::Stratified,
        Self::CrossSectional,
    ];

    /// metafor's word for it: `"LS"`, `"LS2"`, `"UB"`, `"AV"`, `"HO"`, `"AVHO"`, `"ST"` or `"CS"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LargeSample => "LS",
            Self::LargeSampleOfUncorrected => "LS2",
            Self::Unbiased => "UB",
            Self::Averaged => "AV",
            Self::Homoscedastic => "HO",
            Self::AveragedHomoscedastic => "AVHO",
            Self::Stratified => "ST",
            Self::CrossSectional => "CS",
        }
    }

    /// Whether it takes the whole set of studies.
    pub(crate) const fn is_averaged(self) -> bool {
        matches!(self, Self::Averaged | Self::AveragedHomoscedastic)
    }

    /// The names of `types`, with commas.
    pub(crate) fn names(types: &[Self]) -> String {
        types.iter().map(|it| it.name()).collect::<Vec<_>>().join(", ")
    }
}

impl Measure {
    /// The sampling variances the measure has; the large-sample one is always among them.
    pub const fn variances(self) -> &'static [VarianceType] {
        use VarianceType as V;
        match self {
            Self::RiskDifference | Self::Proportion | Self::UnbiasedCorrelation => {
                &[V::LargeSample, V::Unbiased, V::Averaged]
            }
            Self::LogProportion
            | Self::LogitProportion
            | Self::Correlation
            | Self::PartialCorrelation
            | Self::SemiPartialCorrelation => &[V::LargeSample, V::Averaged],
            Self::StandardizedMeanDifference | Self::GlassDelta => {
                &[V::LargeSample, V::LargeSampleOfUncorrected, V::Unbiased, V::Averaged]
            }
            Self::SmdUnequalVariances
            | Self::StandardizedMeanChange
            | Self::StandardizedMeanChangeRaw => &[V::LargeSample, V::LargeSampleOfUncorrected],
            Self::MeanDifference => &[V::LargeSample, V::Homoscedastic],
            Self::RatioOfMeans => {
                &[V::LargeSample, V::Homoscedastic, V::Averaged, V::AveragedHomoscedastic]
            }
            Self::Phi | Self::PointBiserial | Self::PointBiserialZ => {
                &[V::LargeSample, V::Stratified, V::CrossSectional]
            }
            _ => &[V::LargeSample],
        }
    }
}

impl Measure {
    /// Whether [`SmallSample`] makes a difference: standardised means and differences, and logarithms of standard deviations.
    pub const fn has_small_sample_correction(self) -> bool {
        matches!(
            self,
            Self::StandardizedMeanDifference
                | Self::SmdUnequalVariances
                | Self::GlassDelta
                | Self::GlassDeltaUnequalVariances
                | Self::VariabilityRatio
                | Self::CoefficientOfVariationRatio
                | Self::StandardizedMean
                | Self::LogSd
                | Self::LogCoefficientOfVariation
                | Self::StandardizedMeanChange
                | Self::StandardizedMeanChangeRaw
                | Self::StandardizedMeanChangeRawUnequalVariances
                | Self::StandardizedMeanChangePooled
                | Self::StandardizedMeanChangePooledUnequalVariances
                | Self::VariabilityRatioChange
                | Self::CoefficientOfVariationRatioChange
        )
    }
}

/// How standardised mean differences are corrected for their bias in small samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SmallSample {
    /// Hedges' exact factor, a ratio of gamma functions ([`exact_correction`]).
    #[default]
    Exact,
    /// Hedges' approximation 1 − 3/(4m−1) ([`approximate_correction`]).
    Approximate,
    /// None: Cohen's d rather than Hedges' g.
    Uncorrected,
}

impl SmallSample {
    /// Every correction, in the order of the declaration.
    pub const ALL: &[Self] = &[Self::Exact, Self::Approximate, Self::Uncorrected];

    /// `"exact"`, `"approximate"` or `"none"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Approximate => "approximate",
            Self::Uncorrected => "none",
        }
    }

    /// The factor on `m` degrees of freedom.
    pub(crate) fn factor(self, m: f64) -> f64 {
        match self {
            Self::Exact => exact_correction(m),
            Self::Approximate => approximate_correction(m),
            Self::Uncorrected => 1.0,
        }
    }
}

/// The choices for [`effect_size`](crate::effect_size) and [`effect_sizes`](crate::effect_sizes).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct EffectSizeOptions {
    /// Which sampling variance; the large-sample one by default.
    pub variance: VarianceType,
    /// The correction of standardised mean differences; exact by default.
    pub small_sample: SmallSample,
    /// What is done about zero cells, exactly.
    ///
    /// `None`, the default, is each measure's own rule: one half is added to every cell of a study with a zero cell where
    /// the measure needs it and nowhere else, and a study that says nothing about the measure (no events, or nothing
    /// but events, in both arms) is refused. [`Measure::usual_zero_cells`] is metafor's rule.
    pub zero_cells: Option<ZeroCells>,
}

impl Measure {
    /// metafor's default: one half to every cell of studies with a zero cell, nothing for measures that can do without;
    /// no study is left out.
    pub const fn usual_zero_cells(self) -> ZeroCells {
        match self {
            Self::ArcsineDifference
            | Self::Phi
            | Self::Tetrachoric
            | Self::SquareRootRateDifference
            | Self::ArcsineProportion
            | Self::FreemanTukeyProportion
            | Self::SquareRootIncidenceRate
            | Self::FreemanTukeyIncidenceRate
            | Self::RelativeExcessHeterozygosity => ZeroCells::UNCHANGED,
            _ => ZeroCells::HALF_TO_ZERO_CELLS,
        }
    }
}
