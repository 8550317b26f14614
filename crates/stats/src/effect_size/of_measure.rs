//! From any summary to any measure: which function computes what, and the choices that concern a whole set of studies.

use crate::convert::{
    log_odds_ratio_from_smd, smd_from_log_odds_ratio, smd_from_log_odds_ratio_normal,
};
use crate::effect::{Effect, EffectError};
use crate::effect_size::average::Average;
use crate::effect_size::binary::TwoByTwo;
use crate::effect_size::continuous::MeanSd;
use crate::effect_size::incidence::{RateScale, raw_incidence_rate};
use crate::effect_size::options::{EffectSizeOptions, SmallSample, VarianceType};
use crate::effect_size::paired_table::{PairedMargins, PairedTable};
use crate::effect_size::prepared::{Zeros, prepared};
use crate::effect_size::proportion::{ProportionScale, raw_proportion};
use crate::effect_size::rate::Rate;
use crate::effect_size::reliability::{AlphaScale, reliability};
use crate::effect_size::standardized::{StandardizedDifference, standardized};
use crate::effect_size::summary::Summary;
use crate::effect_size::{
    association, binary, biserial, continuous, correlation, genotypes, glass, paired, paired_table,
    rate, single_group, tetrachoric, variability,
};
use crate::measure::Measure;

/// One study's effect, expressed in `measure`.
///
/// What the set of studies decides ([`VarianceType::Averaged`], [`AddTo::AllIfAnyZero`](crate::AddTo)) is decided by this study
/// alone; use [`effect_sizes`] for several.
///
/// ```
/// use consilience_stats::{
///     EffectSizeOptions, Measure, Summary, TwoByTwo, VarianceType, effect_size,
/// };
///
/// let study = Summary::Table(TwoByTwo { events_e: 4.0, n_e: 123.0, events_c: 11.0, n_c: 139.0 });
/// let options = EffectSizeOptions { variance: VarianceType::Unbiased, ..Default::default() };
/// let difference = effect_size(Measure::RiskDifference, &study, &options)?;
/// assert!((difference.estimate + 0.04661636).abs() < 1e-8);
/// # Ok::<(), consilience_stats::EffectError>(())
/// ```
///
/// # Errors
///
/// [`EffectError::WrongSummary`] when the measure is not computed from such a summary, [`EffectError::NoSuchVariance`] when it
/// has no such variance, and what the measure's own function refuses.
pub fn effect_size(
    measure: Measure,
    summary: &Summary,
    options: &EffectSizeOptions,
) -> Result<Effect, EffectError> {
    check_options(measure, options)?;
    let zeros = Zeros { any: summary.has_zero_cell() };
    let prepared = prepared(measure, summary, options, zeros)?;
    let average = average(measure, std::iter::once(&prepared), options);
    formula(measure, &prepared, options, &average)
}

/// The effects of a set of studies, in their order, each expressed in `measure`.
///
/// As [`effect_size`] for each, but a rule on zero cells and an averaged variance look at the whole set. A study that
/// cannot be computed does not hinder the others.
pub fn effect_sizes(
    measure: Measure,
    summaries: &[Summary],
    options: &EffectSizeOptions,
) -> Vec<Result<Effect, EffectError>> {
    if let Err(error) = check_options(measure, options) {
        return vec![Err(error); summaries.len()];
    }
    let zeros = Zeros { any: summaries.iter().any(Summary::has_zero_cell) };
    let prepared: Vec<_> =
        summaries.iter().map(|summary| prepared(measure, summary, options, zeros)).collect();
    let average = average(measure, prepared.iter().flatten(), options);
    prepared.into_iter().map(|summary| formula(measure, &summary?, options, &average)).collect()
}

fn check_options(measure: Measure, options: &EffectSizeOptions) -> Result<(), EffectError> {
    let variance = options.variance;
    if !measure.variances().contains(&variance) {
        return Err(EffectError::NoSuchVariance { measure, variance });
    }
    if let Some(rule) = options.zero_cells {
        EffectError::not_negative("number added to the cells", rule.add)?;
    }
    Ok(())
}

/// The averages that the variance needs; nothing where it needs none.
fn average<'a>(
    measure: Measure,
    summaries: impl Iterator<Item = &'a Summary>,
    options: &EffectSizeOptions,
) -> Average {
    let mut average = Average::default();
    if options.variance.is_averaged() {
        for summary in summaries {
            average.add(measure, summary, options);
        }
    }
    average
}

/// The effect of counts that are ready to be used.
fn formula(
    measure: Measure,
    summary: &Summary,
    options: &EffectSizeOptions,
    average: &Average,
) -> Result<Effect, EffectError> {
    if let Some(standardized) = standardized(measure, summary) {
        return standardized?.effect(options.variance, options.small_sample, average.first());
    }
    let computed = match summary {
        Summary::Table(t) => of_table(measure, t, options.variance, average),
        Summary::Means { experimental, control } => {
            of_means(measure, experimental, control, options, average)
        }
        Summary::StandardizedDifference(it) => of_difference(measure, it, options.variance),
        Summary::Rates { experimental, control } => of_rates(measure, experimental, control),
        Summary::Proportion(group) => proportion_scale(measure)
            .map(|scale| raw_proportion(group, scale, options.variance, average.first())),
        Summary::Rate(group) => rate_scale(measure).map(|scale| raw_incidence_rate(group, scale)),
        Summary::Mean(group) => of_mean(measure, group, options.small_sample),
        Summary::Correlation(_)
        | Summary::PartialCorrelation(_)
        | Summary::SemiPartialCorrelation(_)
        | Summary::VarianceExplained(_) => of_correlation(measure, summary, options, average),
        Summary::PairedMeans { experimental, control, correlation } => {
            of_paired_means(measure, experimental, control, *correlation, options.small_sample)
        }
        Summary::PairedTable(t) => of_paired_table(measure, t),
        Summary::PairedMargins(m) => of_margins(measure, m),
        Summary::Alpha(sample) => alpha_scale(measure).map(|scale| reliability(sample, scale)),
        Summary::Genotypes(people) => (measure == Measure::RelativeExcessHeterozygosity)
            .then(|| genotypes::relative_excess_heterozygosity(people)),
        Summary::Estimate(effect) => {
            (measure == Measure::Generic).then(|| Effect::checked(effect.estimate, effect.variance))
        }
    };
    let result = computed.unwrap_or_else(|| {
        let (found, expected) = (summary.kind(), measure.input());
        Err(EffectError::WrongSummary { measure, found, expected })
    });
    match result {
        Err(EffectError::Overflow) if summary.has_zero_cell() => {
            Err(EffectError::ZeroCell { measure: measure.long_name() })
        }
        other => other,
    }
}

type Computed = Option<Result<Effect, EffectError>>;

fn of_table(measure: Measure, t: &TwoByTwo, variance: VarianceType, average: &Average) -> Computed {
    Some(match measure {
        Measure::RiskRatio => binary::log_risk_ratio(t),
        Measure::OddsRatio => binary::log_odds_ratio(t),
        Measure::RiskDifference => binary::raw_risk_difference(t, variance, average.both()),
        Measure::PetoOddsRatio => binary::peto_log_odds_ratio(t),
        Measure::ArcsineDifference => association::arcsine_difference(t),
        Measure::ProbitDifference => association::probits(t),
        Measure::SmdFromOddsRatioNormal => {
            binary::log_odds_ratio(t).and_then(|effect| smd_from_log_odds_ratio_normal(&effect))
        }
        Measure::SmdFromOddsRatioLogistic => {
            binary::log_odds_ratio(t).and_then(|effect| smd_from_log_odds_ratio(&effect))
        }
        Measure::Phi => association::phi(t, variance),
        Measure::YulesQ => association::yule_q(t),
        Measure::YulesY => association::yule_y(t),
        Measure::Tetrachoric => tetrachoric::tetrachoric_correlation(t),
        _ => return None,
    })
}

fn of_means(
    measure: Measure,
    e: &MeanSd,
    c: &MeanSd,
    options: &EffectSizeOptions,
    average: &Average,
) -> Computed {
    let correction = options.small_sample;
    Some(match measure {
        Measure::MeanDifference if options.variance == VarianceType::Homoscedastic => {
            continuous::mean_difference_homoscedastic(e, c)
        }
        Measure::MeanDifference => continuous::mean_difference(e, c),
        Measure::SmdUnequalVariances => {
            glass::smd_unequal_variances_with(e, c, options.variance, correction)
        }
        Measure::GlassDeltaUnequalVariances => {
            glass::glass_delta_unequal_variances_with(e, c, correction)
        }
        Measure::RatioOfMeans => ratio_of_means(e, c, options.variance, average),
        Measure::VariabilityRatio => variability::variability_ratio(e, c)
            .and_then(|effect| without_bias(effect, &[e], &[c], correction)),
        Measure::CoefficientOfVariationRatio => variability::coefficient_of_variation_ratio(e, c)
            .and_then(|effect| without_bias(effect, &[e], &[c], correction)),
        Measure::OddsRatioFromSmdNormal
        | Measure::OddsRatioFromSmdLogistic
        | Measure::PointBiserial
        | Measure::PointBiserialZ
        | Measure::Biserial
        | Measure::BiserialZ => match StandardizedDifference::of_means(e, c) {
            Ok(difference) => return of_difference(measure, &difference, options.variance),
            Err(error) => Err(error),
        },
        _ => return None,
    })
}

fn of_difference(
    measure: Measure,
    difference: &StandardizedDifference,
    variance: VarianceType,
) -> Computed {
    Some(match measure {
        Measure::OddsRatioFromSmdNormal => uncorrected(difference)
            .and_then(|effect| crate::convert::log_odds_ratio_from_smd_normal(&effect)),
        Measure::OddsRatioFromSmdLogistic => {
            uncorrected(difference).and_then(|effect| log_odds_ratio_from_smd(&effect))
        }
        Measure::PointBiserial => biserial::point_biserial_correlation(difference, variance),
        Measure::PointBiserialZ => biserial::point_biserial_z(difference, variance),
        Measure::Biserial => biserial::biserial_correlation(difference),
        Measure::BiserialZ => biserial::biserial_z(difference),
        _ => return None,
    })
}

/// Cohen's d with its variance.
fn uncorrected(difference: &StandardizedDifference) -> Result<Effect, EffectError> {
    let difference = difference.checked()?;
    Effect::checked(difference.d, difference.uncorrected_variance())
}

fn ratio_of_means(
    e: &MeanSd,
    c: &MeanSd,
    variance: VarianceType,
    average: &Average,
) -> Result<Effect, EffectError> {
    let squared = |cv: f64| cv * cv;
    continuous::ratio_of_means_with(e, c, |e, c| match (variance, average.both(), average.all()) {
        (VarianceType::Homoscedastic, ..) => {
            let pooled = continuous::pooled_variance(e, c);
            pooled / squared(e.mean) / e.n + pooled / squared(c.mean) / c.n
        }
        (VarianceType::Averaged, Some((cv_e, cv_c)), _) => {
            squared(cv_e) / e.n + squared(cv_c) / c.n
        }
        (VarianceType::AveragedHomoscedastic, _, Some(cv)) => squared(cv) * (1.0 / e.n + 1.0 / c.n),
        _ => e.variance_of_log_mean() + c.variance_of_log_mean(),
    })
}

/// A log SD (or a difference of them) without its correction for bias, if none is asked for.
fn without_bias(
    effect: Effect,
    added: &[&MeanSd],
    taken: &[&MeanSd],
    correction: SmallSample,
) -> Result<Effect, EffectError> {
    if correction != SmallSample::Uncorrected {
        return Ok(effect);
    }
    let bias = |groups: &[&MeanSd]| groups.iter().map(|group| group.bias_of_log_sd()).sum::<f64>();
    Effect::checked(effect.estimate - bias(added) + bias(taken), effect.variance)
}

fn of_rates(measure: Measure, e: &Rate, c: &Rate) -> Computed {
    Some(match measure {
        Measure::RateRatio => rate::log_rate_ratio(e, c),
        Measure::RateDifference => rate::raw_rate_difference(e, c),
        Measure::SquareRootRateDifference => rate::square_root_rate_difference(e, c),
        _ => return None,
    })
}

pub(crate) fn proportion_scale(measure: Measure) -> Option<ProportionScale> {
    Some(match measure {
        Measure::Proportion => ProportionScale::Raw,
        Measure::LogProportion => ProportionScale::Log,
        Measure::LogitProportion => ProportionScale::Logit,
        Measure::ArcsineProportion => ProportionScale::Arcsine,
        Measure::FreemanTukeyProportion => ProportionScale::FreemanTukey,
        _ => return None,
    })
}

fn rate_scale(measure: Measure) -> Option<RateScale> {
    Some(match measure {
        Measure::IncidenceRate => RateScale::Raw,
        Measure::LogIncidenceRate => RateScale::Log,
        Measure::SquareRootIncidenceRate => RateScale::SquareRoot,
        Measure::FreemanTukeyIncidenceRate => RateScale::FreemanTukey,
        _ => return None,
    })
}

fn alpha_scale(measure: Measure) -> Option<AlphaScale> {
    Some(match measure {
        Measure::Alpha => AlphaScale::Raw,
        Measure::AlphaHakstianWhalen => AlphaScale::HakstianWhalen,
        Measure::AlphaBonett => AlphaScale::Bonett,
        _ => return None,
    })
}

fn of_mean(measure: Measure, group: &MeanSd, correction: SmallSample) -> Computed {
    Some(match measure {
        Measure::Mean => single_group::mean(group),
        Measure::LogMean => single_group::log_mean(group),
        Measure::LogSd => single_group::log_sd(group)
            .and_then(|effect| without_bias(effect, &[group], &[], correction)),
        Measure::LogCoefficientOfVariation => single_group::log_coefficient_of_variation(group)
            .and_then(|effect| without_bias(effect, &[group], &[], correction)),
        _ => return None,
    })
}

fn of_correlation(
    measure: Measure,
    summary: &Summary,
    options: &EffectSizeOptions,
    average: &Average,
) -> Computed {
    let mean = average.first();
    Some(match (measure, summary) {
        (Measure::Correlation, Summary::Correlation(it)) => correlation::correlation_with(it, mean),
        (Measure::UnbiasedCorrelation, Summary::Correlation(it)) => {
            correlation::unbiased_correlation_with(it, options.variance, mean)
        }
        (Measure::FisherZ, Summary::Correlation(it)) => correlation::fisher_z(it),
        (Measure::PartialCorrelation, Summary::PartialCorrelation(it)) => {
            correlation::partial_correlation_with(it, mean)
        }
        (Measure::PartialFisherZ, Summary::PartialCorrelation(it)) => {
            correlation::partial_fisher_z(it)
        }
        (Measure::SemiPartialCorrelation, Summary::SemiPartialCorrelation(it)) => {
            correlation::semi_partial_correlation_with(it, mean)
        }
        (Measure::SemiPartialFisherZ, Summary::SemiPartialCorrelation(it)) => {
            correlation::semi_partial_correlation(it)
                .and_then(|effect| biserial::fisher_transformed(&effect))
        }
        (Measure::VarianceExplained, Summary::VarianceExplained(it)) => {
            correlation::variance_explained(it)
        }
        (Measure::VarianceExplainedZ, Summary::VarianceExplained(it)) => {
            correlation::variance_explained_z(it)
        }
        _ => return None,
    })
}

fn of_paired_means(
    measure: Measure,
    e: &MeanSd,
    c: &MeanSd,
    r: f64,
    correction: SmallSample,
) -> Computed {
    Some(match measure {
        Measure::MeanChange => paired::paired_mean_difference(e, c, r),
        Measure::StandardizedMeanChangeRawUnequalVariances => {
            glass::paired_smd_unequal_variances_with(e, c, r, correction)
        }
        Measure::StandardizedMeanChangePooledUnequalVariances => {
            glass::paired_smd_pooled_unequal_variances(e, c, r, correction)
        }
        Measure::RatioOfMeansChange => paired::paired_ratio_of_means(e, c, r),
        Measure::CoefficientOfVariationRatioChange => {
            variability::paired_coefficient_of_variation_ratio(e, c, r)
        }
        Measure::VariabilityRatioChange => variability::paired_variability_ratio(e, c, r),
        _ => return None,
    })
}

fn of_paired_table(measure: Measure, t: &PairedTable) -> Computed {
    Some(match measure {
        Measure::PairedRiskDifference => paired_table::marginal_risk_difference(t),
        Measure::PairedRiskRatio => paired_table::marginal_log_risk_ratio(t),
        Measure::PairedOddsRatio => paired_table::marginal_log_odds_ratio(t),
        Measure::ConditionalOddsRatio => paired_table::conditional_log_odds_ratio(t),
        Measure::ConditionalPetoOddsRatio => paired_table::conditional_peto_log_odds_ratio(t),
        _ => return None,
    })
}

fn of_margins(measure: Measure, m: &PairedMargins) -> Computed {
    Some(match measure {
        Measure::PairedRiskDifference => paired_table::margins_risk_difference(m),
        Measure::PairedRiskRatio => paired_table::margins_log_risk_ratio(m),
        Measure::PairedOddsRatioFromMargins | Measure::PairedOddsRatio => {
            paired_table::margins_log_odds_ratio(m)
        }
        _ => return None,
    })
}
