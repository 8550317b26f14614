//! The effect measures: their names, what each is computed from, and the scale people read it on.

use crate::convert::scale::Scale;
use crate::effect_size::summary::SummaryKind;

/// The effect measures an analysis can be expressed in.
///
/// Experimental (or first) minus control (or second) throughout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Risk ratio.
    RiskRatio,
    /// Odds ratio.
    OddsRatio,
    /// Odds ratio by Peto's one-step method.
    PetoOddsRatio,
    /// Risk difference.
    RiskDifference,
    /// Difference of arcsine square-root transformed risks.
    ArcsineDifference,
    /// Difference of probits, an estimate of a standardised mean difference.
    ProbitDifference,
    /// Standardised mean difference from an odds ratio, normal distributions behind the dichotomy.
    SmdFromOddsRatioNormal,
    /// Standardised mean difference from an odds ratio, logistic distributions behind the dichotomy.
    SmdFromOddsRatioLogistic,
    /// The phi coefficient.
    Phi,
    /// Yule's Q.
    YulesQ,
    /// Yule's Y.
    YulesY,
    /// Tetrachoric correlation.
    Tetrachoric,
    /// Marginal risk difference of matched pairs.
    PairedRiskDifference,
    /// Marginal risk ratio of matched pairs.
    PairedRiskRatio,
    /// Marginal odds ratio of matched pairs.
    PairedOddsRatio,
    /// Conditional odds ratio of matched pairs, from the discordant ones.
    ConditionalOddsRatio,
    /// Conditional odds ratio of matched pairs by Peto's method.
    ConditionalPetoOddsRatio,
    /// Marginal odds ratio of matched pairs of which only the margins and φ are known.
    PairedOddsRatioFromMargins,
    /// Incidence rate ratio.
    RateRatio,
    /// Incidence rate difference.
    RateDifference,
    /// Difference of square roots of incidence rates.
    SquareRootRateDifference,
    /// Difference in means, in the outcome's own unit.
    MeanDifference,
    /// Difference in means divided by the pooled standard deviation, bias corrected (Hedges' g).
    StandardizedMeanDifference,
    /// Difference in means over the root of the mean variance, for arms of unequal variances.
    SmdUnequalVariances,
    /// Difference in means over the control arm's standard deviation.
    GlassDelta,
    /// Glass's delta for arms of unequal variances.
    GlassDeltaUnequalVariances,
    /// Ratio of means (log response ratio on the analysis scale).
    RatioOfMeans,
    /// Ratio of coefficients of variation.
    CoefficientOfVariationRatio,
    /// Ratio of standard deviations.
    VariabilityRatio,
    /// Odds ratio from a standardised mean difference, normal distributions in the arms.
    OddsRatioFromSmdNormal,
    /// Odds ratio from a standardised mean difference, logistic distributions in the arms.
    OddsRatioFromSmdLogistic,
    /// Point-biserial correlation.
    PointBiserial,
    /// Biserial correlation.
    Biserial,
    /// Fisher's z of the point-biserial correlation.
    PointBiserialZ,
    /// Biserial correlation under its variance-stabilising transformation.
    BiserialZ,
    /// Product-moment correlation.
    Correlation,
    /// Product-moment correlation, corrected for bias.
    UnbiasedCorrelation,
    /// Fisher's z of a correlation.
    FisherZ,
    /// Partial correlation.
    PartialCorrelation,
    /// Fisher's z of a partial correlation.
    PartialFisherZ,
    /// Semi-partial correlation.
    SemiPartialCorrelation,
    /// Fisher's z of a semi-partial correlation.
    SemiPartialFisherZ,
    /// R² of a regression model.
    VarianceExplained,
    /// Fisher's z of a regression model's R.
    VarianceExplainedZ,
    /// Proportion.
    Proportion,
    /// Proportion, analysed as its log.
    LogProportion,
    /// Proportion, analysed as its log odds.
    LogitProportion,
    /// Proportion, analysed as the arcsine of its square root.
    ArcsineProportion,
    /// Proportion, analysed as Freeman and Tukey's double arcsine.
    FreemanTukeyProportion,
    /// Incidence rate.
    IncidenceRate,
    /// Incidence rate, analysed as its log.
    LogIncidenceRate,
    /// Incidence rate, analysed as its square root.
    SquareRootIncidenceRate,
    /// Incidence rate, analysed as Freeman and Tukey's double square root.
    FreemanTukeyIncidenceRate,
    /// Mean, in the outcome's own unit.
    Mean,
    /// Mean over the standard deviation, bias corrected.
    StandardizedMean,
    /// Mean, analysed as its log.
    LogMean,
    /// Coefficient of variation, analysed as its log.
    LogCoefficientOfVariation,
    /// Standard deviation, analysed as its log.
    LogSd,
    /// Mean difference of matched pairs.
    MeanChange,
    /// Mean difference of matched pairs over the standard deviation of the differences.
    StandardizedMeanChange,
    /// Mean difference of matched pairs over the first side's standard deviation.
    StandardizedMeanChangeRaw,
    /// As `SMCR`, where the sides' variances differ.
    StandardizedMeanChangeRawUnequalVariances,
    /// Mean difference of matched pairs over the root of the sides' mean variance.
    StandardizedMeanChangePooled,
    /// As `SMCRP`, where the sides' variances differ.
    StandardizedMeanChangePooledUnequalVariances,
    /// Ratio of means of matched pairs.
    RatioOfMeansChange,
    /// Ratio of coefficients of variation of matched pairs.
    CoefficientOfVariationRatioChange,
    /// Ratio of standard deviations of matched pairs.
    VariabilityRatioChange,
    /// Cronbach's α.
    Alpha,
    /// Cronbach's α, analysed as 1 − ∛(1−α).
    AlphaHakstianWhalen,
    /// Cronbach's α, analysed as −ln(1−α).
    AlphaBonett,
    /// Relative excess heterozygosity, a departure from Hardy-Weinberg equilibrium.
    RelativeExcessHeterozygosity,
    /// Estimates and standard errors as entered, on the scale they were entered.
    Generic,
}

/// What is known of a measure.
struct Facts {
    name: &'static str,
    long_name: &'static str,
    input: SummaryKind,
    scale: Scale,
    contrast: bool,
}

/// A measure that contrasts or relates: 0 on the analysis scale means that there is nothing.
const fn contrast(
    name: &'static str,
    long_name: &'static str,
    input: SummaryKind,
    scale: Scale,
) -> Facts {
    Facts { name, long_name, input, scale, contrast: true }
}

/// A measure that describes one group, of which no value means "nothing".
const fn description(
    name: &'static str,
    long_name: &'static str,
    input: SummaryKind,
    scale: Scale,
) -> Facts {
    Facts { name, long_name, input, scale, contrast: false }
}

impl Measure {
    /// Every measure, in the order of the declaration.
    pub const ALL: &[Self] = &[
        Self::RiskRatio,
        Self::OddsRatio,
        Self::PetoOddsRatio,
        Self::RiskDifference,
        Self::ArcsineDifference,
        Self::ProbitDifference,
        Self::SmdFromOddsRatioNormal,
        Self::SmdFromOddsRatioLogistic,
        Self::Phi,
        Self::YulesQ,
        Self::YulesY,
        Self::Tetrachoric,
        Self::PairedRiskDifference,
        Self::PairedRiskRatio,
        Self::PairedOddsRatio,
        Self::ConditionalOddsRatio,
        Self::ConditionalPetoOddsRatio,
        Self::PairedOddsRatioFromMargins,
        Self::RateRatio,
        Self::RateDifference,
        Self::SquareRootRateDifference,
        Self::MeanDifference,
        Self::StandardizedMeanDifference,
        Self::SmdUnequalVariances,
        Self::GlassDelta,
        Self::GlassDeltaUnequalVariances,
        Self::RatioOfMeans,
        Self::CoefficientOfVariationRatio,
        Self::VariabilityRatio,
        Self::OddsRatioFromSmdNormal,
        Self::OddsRatioFromSmdLogistic,
        Self::PointBiserial,
        Self::Biserial,
        Self::PointBiserialZ,
        Self::BiserialZ,
        Self::Correlation,
        Self::UnbiasedCorrelation,
        Self::FisherZ,
        Self::PartialCorrelation,
        Self::PartialFisherZ,
        Self::SemiPartialCorrelation,
        Self::SemiPartialFisherZ,
        Self::VarianceExplained,
        Self::VarianceExplainedZ,
        Self::Proportion,
        Self::LogProportion,
        Self::LogitProportion,
        Self::ArcsineProportion,
        Self::FreemanTukeyProportion,
        Self::IncidenceRate,
        Self::LogIncidenceRate,
        Self::SquareRootIncidenceRate,
        Self::FreemanTukeyIncidenceRate,
        Self::Mean,
        Self::StandardizedMean,
        Self::LogMean,
        Self::LogCoefficientOfVariation,
        Self::LogSd,
        Self::MeanChange,
        Self::StandardizedMeanChange,
        Self::StandardizedMeanChangeRaw,
        Self::StandardizedMeanChangeRawUnequalVariances,
        Self::StandardizedMeanChangePooled,
        Self::StandardizedMeanChangePooledUnequalVariances,
        Self::RatioOfMeansChange,
        Self::CoefficientOfVariationRatioChange,
        Self::VariabilityRatioChange,
        Self::Alpha,
        Self::AlphaHakstianWhalen,
        Self::AlphaBonett,
        Self::RelativeExcessHeterozygosity,
        Self::Generic,
    ];

    /// The usual abbreviation, metafor's: `"RR"`, `"SMD"`, `"PFT"`, ….
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// The name in words, as it would stand in a sentence.
    pub const fn long_name(self) -> &'static str {
        self.facts().long_name
    }

    /// What a value of the scale people read is called: a logit proportion is read as a proportion.
    pub const fn read_as(self) -> &'static str {
        match self {
            Self::LogProportion
            | Self::LogitProportion
            | Self::ArcsineProportion
            | Self::FreemanTukeyProportion => Self::Proportion.long_name(),
            Self::LogIncidenceRate
            | Self::SquareRootIncidenceRate
            | Self::FreemanTukeyIncidenceRate => Self::IncidenceRate.long_name(),
            Self::FisherZ => Self::Correlation.long_name(),
            Self::PartialFisherZ => Self::PartialCorrelation.long_name(),
            Self::SemiPartialFisherZ => Self::SemiPartialCorrelation.long_name(),
            Self::PointBiserialZ => Self::PointBiserial.long_name(),
            Self::VarianceExplainedZ => Self::VarianceExplained.long_name(),
            Self::AlphaHakstianWhalen | Self::AlphaBonett => Self::Alpha.long_name(),
            Self::LogMean => Self::Mean.long_name(),
            Self::LogCoefficientOfVariation => "coefficient of variation",
            Self::LogSd => "standard deviation",
            _ => self.long_name(),
        }
    }

    /// The measure of that [`name`](Measure::name), in upper case; `OR2D` and `D2OR` are the logistic conversions.
    ///
    /// ```
    /// use consilience_stats::Measure;
    /// assert_eq!(Measure::from_name("PLO"), Some(Measure::LogitProportion));
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "OR2D" => Some(Self::SmdFromOddsRatioLogistic),
            "D2OR" => Some(Self::OddsRatioFromSmdLogistic),
            _ => Self::ALL.iter().copied().find(|measure| measure.name() == name),
        }
    }

    /// The kind of summary that the measure is usually computed from.
    pub const fn input(self) -> SummaryKind {
        self.facts().input
    }

    /// How the analysis scale relates to the scale people read.
    pub const fn scale(self) -> Scale {
        self.facts().scale
    }

    /// Whether the analysis scale is the natural log of the scale people read.
    ///
    /// [`Measure::Generic`] is not a ratio here: whether entered estimates are logs is for the caller to say.
    pub const fn is_ratio(self) -> bool {
        matches!(self.scale(), Scale::Log)
    }

    /// A value of the analysis scale on the scale people read: the exponential for ratios, the inverse of the
    /// transformation for proportions, rates, correlations and α, else the value.
    ///
    /// The two Freeman-Tukey scales are inverted for a very large sample here; [`Scale::to_display_at`] takes the sample's
    /// size.
    pub fn to_display(self, value: f64) -> f64 {
        self.scale().to_display(value)
    }

    /// The value that means "no difference" or "no association" on the scale people read: 1 for ratios, else 0.
    ///
    /// `None` for measures of one group, of which no value means that.
    pub fn null_value(self) -> Option<f64> {
        self.facts().contrast.then(|| self.to_display(0.0))
    }

    const fn facts(self) -> Facts {
        use SummaryKind as From;
        match self {
            Self::RiskRatio => contrast("RR", "risk ratio", From::Table, Scale::Log),
            Self::OddsRatio => contrast("OR", "odds ratio", From::Table, Scale::Log),
            Self::PetoOddsRatio => contrast("PETO", "Peto odds ratio", From::Table, Scale::Log),
            Self::RiskDifference => contrast("RD", "risk difference", From::Table, Scale::Identity),
            Self::ArcsineDifference => contrast(
                "AS",
                "difference of arcsine-transformed risks",
                From::Table,
                Scale::Identity,
            ),
            Self::ProbitDifference => contrast(
                "PBIT",
                "difference of probit-transformed risks",
                From::Table,
                Scale::Identity,
            ),
            Self::SmdFromOddsRatioNormal => contrast(
                "OR2DN",
                "standardised mean difference from an odds ratio (normal)",
                From::Table,
                Scale::Identity,
            ),
            Self::SmdFromOddsRatioLogistic => contrast(
                "OR2DL",
                "standardised mean difference from an odds ratio (logistic)",
                From::Table,
                Scale::Identity,
            ),
            Self::Phi => contrast("PHI", "phi coefficient", From::Table, Scale::Identity),
            Self::YulesQ => contrast(
                "YUQ",
                "coefficient of association (Yule's Q)",
                From::Table,
                Scale::Identity,
            ),
            Self::YulesY => contrast(
                "YUY",
                "coefficient of colligation (Yule's Y)",
                From::Table,
                Scale::Identity,
            ),
            Self::Tetrachoric => {
                contrast("RTET", "tetrachoric correlation", From::Table, Scale::Identity)
            }
            Self::PairedRiskDifference => contrast(
                "MPRD",
                "marginal risk difference of pairs",
                From::PairedTable,
                Scale::Identity,
            ),
            Self::PairedRiskRatio => {
                contrast("MPRR", "marginal risk ratio of pairs", From::PairedTable, Scale::Log)
            }
            Self::PairedOddsRatio => {
                contrast("MPOR", "marginal odds ratio of pairs", From::PairedTable, Scale::Log)
            }
            Self::ConditionalOddsRatio => {
                contrast("MPORC", "conditional odds ratio of pairs", From::PairedTable, Scale::Log)
            }
            Self::ConditionalPetoOddsRatio => contrast(
                "MPPETO",
                "conditional Peto odds ratio of pairs",
                From::PairedTable,
                Scale::Log,
            ),
            Self::PairedOddsRatioFromMargins => contrast(
                "MPORM",
                "marginal odds ratio of pairs from their margins",
                From::PairedMargins,
                Scale::Log,
            ),
            Self::RateRatio => contrast("IRR", "rate ratio", From::Rates, Scale::Log),
            Self::RateDifference => {
                contrast("IRD", "rate difference", From::Rates, Scale::Identity)
            }
            Self::SquareRootRateDifference => contrast(
                "IRSD",
                "difference of square-root transformed rates",
                From::Rates,
                Scale::Identity,
            ),
            Self::MeanDifference => contrast("MD", "mean difference", From::Means, Scale::Identity),
            Self::StandardizedMeanDifference => contrast(
                "SMD",
                "standardised mean difference (Hedges' g)",
                From::Means,
                Scale::Identity,
            ),
            Self::SmdUnequalVariances => contrast(
                "SMDH",
                "standardised mean difference (unequal variances)",
                From::Means,
                Scale::Identity,
            ),
            Self::GlassDelta => contrast("SMD1", "Glass's delta", From::Means, Scale::Identity),
            Self::GlassDeltaUnequalVariances => {
                contrast("SMD1H", "Glass's delta (unequal variances)", From::Means, Scale::Identity)
            }
            Self::RatioOfMeans => contrast("ROM", "ratio of means", From::Means, Scale::Log),
            Self::CoefficientOfVariationRatio => {
                contrast("CVR", "ratio of coefficients of variation", From::Means, Scale::Log)
            }
            Self::VariabilityRatio => {
                contrast("VR", "ratio of standard deviations", From::Means, Scale::Log)
            }
            Self::OddsRatioFromSmdNormal => contrast(
                "D2ORN",
                "odds ratio from a standardised mean difference (normal)",
                From::Means,
                Scale::Log,
            ),
            Self::OddsRatioFromSmdLogistic => contrast(
                "D2ORL",
                "odds ratio from a standardised mean difference (logistic)",
                From::Means,
                Scale::Log,
            ),
            Self::PointBiserial => {
                contrast("RPB", "point-biserial correlation", From::Means, Scale::Identity)
            }
            Self::Biserial => {
                contrast("RBIS", "biserial correlation", From::Means, Scale::Identity)
            }
            Self::PointBiserialZ => contrast(
                "ZPB",
                "Fisher's z of the point-biserial correlation",
                From::Means,
                Scale::FisherZ,
            ),
            Self::BiserialZ => contrast(
                "ZBIS",
                "variance-stabilised biserial correlation",
                From::Means,
                Scale::Identity,
            ),
            Self::Correlation => contrast("COR", "correlation", From::Correlation, Scale::Identity),
            Self::UnbiasedCorrelation => contrast(
                "UCOR",
                "correlation corrected for bias",
                From::Correlation,
                Scale::Identity,
            ),
            Self::FisherZ => {
                contrast("ZCOR", "Fisher's z of the correlation", From::Correlation, Scale::FisherZ)
            }
            Self::PartialCorrelation => {
                contrast("PCOR", "partial correlation", From::PartialCorrelation, Scale::Identity)
            }
            Self::PartialFisherZ => contrast(
                "ZPCOR",
                "Fisher's z of the partial correlation",
                From::PartialCorrelation,
                Scale::FisherZ,
            ),
            Self::SemiPartialCorrelation => contrast(
                "SPCOR",
                "semi-partial correlation",
                From::SemiPartialCorrelation,
                Scale::Identity,
            ),
            Self::SemiPartialFisherZ => contrast(
                "ZSPCOR",
                "Fisher's z of the semi-partial correlation",
                From::SemiPartialCorrelation,
                Scale::FisherZ,
            ),
            Self::VarianceExplained => description(
                "R2",
                "share of variance explained",
                From::VarianceExplained,
                Scale::Identity,
            ),
            Self::VarianceExplainedZ => description(
                "ZR2",
                "Fisher's z of the multiple correlation",
                From::VarianceExplained,
                Scale::FisherZSquared,
            ),
            Self::Proportion => description("PR", "proportion", From::Proportion, Scale::Identity),
            Self::LogProportion => {
                description("PLN", "log proportion", From::Proportion, Scale::Log)
            }
            Self::LogitProportion => {
                description("PLO", "logit proportion", From::Proportion, Scale::Logit)
            }
            Self::ArcsineProportion => description(
                "PAS",
                "arcsine-transformed proportion",
                From::Proportion,
                Scale::Arcsine,
            ),
            Self::FreemanTukeyProportion => description(
                "PFT",
                "double-arcsine transformed proportion",
                From::Proportion,
                Scale::DoubleArcsine,
            ),
            Self::IncidenceRate => description("IR", "incidence rate", From::Rate, Scale::Identity),
            Self::LogIncidenceRate => {
                description("IRLN", "log incidence rate", From::Rate, Scale::Log)
            }
            Self::SquareRootIncidenceRate => description(
                "IRS",
                "square-root transformed incidence rate",
                From::Rate,
                Scale::SquareRoot,
            ),
            Self::FreemanTukeyIncidenceRate => description(
                "IRFT",
                "Freeman-Tukey transformed incidence rate",
                From::Rate,
                Scale::DoubleSquareRoot,
            ),
            Self::Mean => description("MN", "mean", From::Mean, Scale::Identity),
            Self::StandardizedMean => {
                description("SMN", "standardised mean", From::Mean, Scale::Identity)
            }
            Self::LogMean => description("MNLN", "log mean", From::Mean, Scale::Log),
            Self::LogCoefficientOfVariation => {
                description("CVLN", "log coefficient of variation", From::Mean, Scale::Log)
            }
            Self::LogSd => description("SDLN", "log standard deviation", From::Mean, Scale::Log),
            Self::MeanChange => contrast("MC", "mean change", From::PairedMeans, Scale::Identity),
            Self::StandardizedMeanChange => contrast(
                "SMCC",
                "standardised mean change (SD of the changes)",
                From::PairedMeans,
                Scale::Identity,
            ),
            Self::StandardizedMeanChangeRaw => contrast(
                "SMCR",
                "standardised mean change (raw SD)",
                From::PairedMeans,
                Scale::Identity,
            ),
            Self::StandardizedMeanChangeRawUnequalVariances => contrast(
                "SMCRH",
                "standardised mean change (raw SD, unequal variances)",
                From::PairedMeans,
                Scale::Identity,
            ),
            Self::StandardizedMeanChangePooled => contrast(
                "SMCRP",
                "standardised mean change (pooled SD)",
                From::PairedMeans,
                Scale::Identity,
            ),
            Self::StandardizedMeanChangePooledUnequalVariances => contrast(
                "SMCRPH",
                "standardised mean change (pooled SD, unequal variances)",
                From::PairedMeans,
                Scale::Identity,
            ),
            Self::RatioOfMeansChange => {
                contrast("ROMC", "ratio of means of pairs", From::PairedMeans, Scale::Log)
            }
            Self::CoefficientOfVariationRatioChange => contrast(
                "CVRC",
                "ratio of coefficients of variation of pairs",
                From::PairedMeans,
                Scale::Log,
            ),
            Self::VariabilityRatioChange => contrast(
                "VRC",
                "ratio of standard deviations of pairs",
                From::PairedMeans,
                Scale::Log,
            ),
            Self::Alpha => description("ARAW", "Cronbach's alpha", From::Alpha, Scale::Identity),
            Self::AlphaHakstianWhalen => description(
                "AHW",
                "Cronbach's alpha (Hakstian-Whalen)",
                From::Alpha,
                Scale::HakstianWhalen,
            ),
            Self::AlphaBonett => {
                description("ABT", "Cronbach's alpha (Bonett)", From::Alpha, Scale::Bonett)
            }
            Self::RelativeExcessHeterozygosity => {
                contrast("REH", "relative excess heterozygosity", From::Genotypes, Scale::Log)
            }
            Self::Generic => contrast("GEN", "effect estimate", From::Estimate, Scale::Identity),
        }
    }
}
