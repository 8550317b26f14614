//! Effect sizes, pooling, heterogeneity and diagnostics for meta-analysis: slices in, structs out.
//!
//! The crate knows no files and nothing of reviews. Each step is a function:
//!
//! 1. a study's summary becomes an [`Effect`] on the analysis scale (logs for ratios): [`mean_difference`],
//!    [`standardized_mean_difference`], [`risk_ratio`], [`odds_ratio`], [`paired_mean_difference`], or of one group
//!    ([`proportion`], [`incidence_rate`], [`mean`], [`fisher_z`]), …, if need be after a conversion of what
//!    the trial printed ([`sd_from_ci`], [`mean_sd_from_five_number`], …);
//! 2. effects are pooled with [`pool`] (inverse variance), tables with [`mantel_haenszel`] or [`peto`], rates with
//!    [`mantel_haenszel_rates`]; [`review_manager`] does a whole analysis as Review Manager does it;
//! 3. effects that depend on moderators are regressed on a [`Design`] with [`regress`], whose [`Regression`] predicts,
//!    tests and tells which studies it hangs on;
//! 4. the answer is questioned: [`subgroup_analysis`], [`leave_one_out`], [`cumulative`], [`gosh`], [`egger`],
//!    [`tau2_interval_q_profile`];
//! 5. effects that depend on each other (several of a study, or sharing a control group) are modelled by [`multivariate`];
//! 6. where effects cannot be had, [`fisher`], [`stouffer`] and [`vote_count`] remain.
//!
//! Numbers agree with metafor, and those of [`review_manager`] with Review Manager, wherever both are
//! defined; iterative estimates are exact solutions rather than early stops. No function panics on any input: what
//! cannot be computed is an [`EffectError`] or a [`PoolError`] that says what was found and what was expected.
//! Results depend on nothing but the arguments (a probability's last bit also on the platform's exp and ln).
//!
//! # Example
//!
//! Three trials of a vaccine, pooled by risk ratio:
//!
//! ```
//! use consilience_stats::{Measure, PoolOptions, TwoByTwo, pool, risk_ratio};
//!
//! let trials = [
//!     TwoByTwo { events_e: 4.0, n_e: 123.0, events_c: 11.0, n_c: 139.0 },
//!     TwoByTwo { events_e: 6.0, n_e: 306.0, events_c: 29.0, n_c: 303.0 },
//!     TwoByTwo { events_e: 3.0, n_e: 231.0, events_c: 11.0, n_c: 220.0 },
//! ];
//! let effects = trials.iter().map(risk_ratio).collect::<Result<Vec<_>, _>>()?;
//! let pooled = pool(&effects, &PoolOptions::default())?;
//! let ratio = Measure::RiskRatio.to_display(pooled.estimate);
//! assert!((ratio - 0.264415).abs() < 1e-6);
//! assert_eq!(pooled.k, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod agreement;
pub mod batch;
pub mod bias;
pub mod combine;
mod convert;
pub mod diagnostics;
pub mod distribution;
mod effect;
mod effect_size;
pub mod glmm;
pub mod location_scale;
mod measure;
mod model;
pub mod multivariate;
mod numeric;
pub mod plausibility;
pub mod resample;
pub mod revman;
pub mod selection;
pub mod tables;

pub use bias::egger::{RegressionTest, egger};
pub use combine::p_values::{CombinedP, Direction, fisher, one_sided, stouffer, stouffer_weighted};
pub use combine::vote::{VoteCount, vote_count};
pub use convert::scale::Scale;
pub use convert::transform;
pub use convert::{
    ArmInterval, CoxFit, CurveInterval, CurvePoint, FiveNumber, FiveNumberMethod, Follow, FollowUp,
    FromFiveNumber, HazardRatioFromCurves, LogRank, Person, ReconstructedArm, RiskTableEntry,
    Shape, SkewnessTest, combine_groups, correlation_from_smd, cox_two_groups, design_effect,
    design_effect_unequal, hazard_ratio_from_curves, log_mean_sd_from_geometric_mean,
    log_odds_ratio_from_smd, log_odds_ratio_from_smd_normal, log_rank_from_ci, log_rank_from_p,
    log_ratio_asymmetry, log_ratio_from_ci, log_ratio_from_limit, log_ratio_from_p,
    mean_sd_from_five_number, mean_sd_of_grades, mean_sd_of_log_normal, odds_ratio_from_risk_ratio,
    pooled_sd_from_se, reconstruct_arm, risk_difference_from_risk_ratio,
    risk_ratio_from_hazard_ratio, risk_ratio_from_odds_ratio, sd_from_ci, sd_from_ci_normal,
    sd_from_cv, sd_from_iqr, sd_from_se, sd_of_change, se_from_ci, se_from_ci_t, se_from_p,
    se_from_t, skewness_test, smd_from_correlation, smd_from_log_odds_ratio,
    smd_from_log_odds_ratio_normal, variance_from_events, variance_from_total_events,
};
pub use diagnostics::baujat::BaujatPoint;
pub use diagnostics::cumulative::cumulative;
pub use diagnostics::gosh::{Gosh, MOST_STUDIES_FOR_ALL_SUBSETS, Subsets, gosh};
pub use diagnostics::influence::{Deletion, StudyInfluence};
pub use diagnostics::labbe::{LabbeMeasure, LabbePoint, labbe};
pub use diagnostics::leave_one_out::leave_one_out;
pub use diagnostics::normal_quantile::{QuantilePoint, normal_quantiles};
pub use diagnostics::radial::{RadialPoint, radial};
pub use diagnostics::residuals::Residual;
pub use effect::{Effect, EffectError, Interval};
pub use effect_size::association::{
    arcsine_difference, phi_coefficient, probit_difference, yules_q, yules_y,
};
pub use effect_size::binary::{TwoByTwo, odds_ratio, peto_odds_ratio, risk_difference, risk_ratio};
pub use effect_size::biserial::{biserial_correlation, point_biserial_correlation};
pub use effect_size::continuous::{
    MeanSd, mean_difference, ratio_of_means, revman_smd, standardized_mean_difference,
};
pub use effect_size::correlation::{
    Correlation, PartialCorrelation, SemiPartialCorrelation, VarianceExplained, correlation,
    fisher_z, partial_correlation, partial_fisher_z, semi_partial_correlation,
    unbiased_correlation, variance_explained, variance_explained_z,
};
pub use effect_size::genotypes::{Genotypes, relative_excess_heterozygosity};
pub use effect_size::glass::{
    glass_delta, glass_delta_unequal_variances, paired_smd_unequal_variances,
    smd_unequal_variances, standardized_mean,
};
pub use effect_size::hedges::{approximate_correction, exact_correction};
pub use effect_size::incidence::{RateScale, incidence_rate};
pub use effect_size::of_measure::{effect_size, effect_sizes};
pub use effect_size::options::{EffectSizeOptions, SmallSample, VarianceType};
pub use effect_size::paired::{
    PairedSmdVariance, correlation_from_sd_of_differences, paired_mean_difference,
    paired_ratio_of_means, paired_smd, paired_smd_of_change, paired_smd_uncorrected,
    sd_of_differences_from_ci, sd_of_differences_from_p, sd_of_differences_from_se,
};
pub use effect_size::paired_table::{
    PairedMargins, PairedTable, conditional_odds_ratio, conditional_peto_odds_ratio,
    paired_odds_ratio, paired_odds_ratio_from_margins, paired_risk_difference,
    paired_risk_difference_from_margins, paired_risk_ratio, paired_risk_ratio_from_margins,
};
pub use effect_size::proportion::{Proportion, ProportionScale, proportion};
pub use effect_size::rate::{Rate, rate_difference, rate_ratio, square_root_rate_difference};
pub use effect_size::reliability::{Alpha, AlphaScale, reliability};
pub use effect_size::single_group::{log_coefficient_of_variation, log_mean, log_sd, mean};
pub use effect_size::standardized::StandardizedDifference;
pub use effect_size::summary::{Summary, SummaryKind};
pub use effect_size::tetrachoric::tetrachoric_correlation;
pub use effect_size::variability::{
    coefficient_of_variation_ratio, paired_coefficient_of_variation_ratio,
    paired_variability_ratio, variability_ratio,
};
pub use effect_size::zero_cells::{AddTo, ZeroCells};
pub use measure::Measure;
pub use model::blup::Blup;
pub use model::design::{Design, DesignBuilder, DesignError, Term};
pub use model::fit_statistics::{FitStatistics, LikelihoodFit};
pub use model::inflation::VarianceInflation;
pub use model::likelihood_ratio::LikelihoodRatioTest;
pub use model::options::{
    CiMethod, Model, PoolOptions, PredictionMethod, RegressionOptions, Weighting,
};
pub use model::pool::{Pooled, pool};
pub use model::pool_error::PoolError;
pub use model::pool_weighted::pool_weighted;
pub use model::predict::Prediction;
pub use model::regress::{Coefficient, Regression, regress};
pub use model::subgroup::{
    Subgroup, SubgroupAnalysis, SubgroupTau2, SubgroupTest, subgroup_analysis,
    test_for_subgroup_differences,
};
pub use model::tau2::Tau2Method;
pub use model::tau2_interval::{
    HeterogeneityInterval, Tau2IntervalMethod, tau2_interval_q_profile,
};
pub use model::wald::{Contrast, Contrasts, WaldTest};
pub use numeric::matrix::Matrix;
pub use revman::analysis::{
    DichotomousMethod, MeanMeasure, ObservedMinusExpected, RevManAnalysis, RevManInterval,
    RevManModel, RevManOptions, RevManTau2, RevManTotals, Totals, TwoMeans,
};
pub use revman::differences::{
    Difference, DifferenceTopic, ProfileComparison, compare_profiles, explain_differences,
};
pub use revman::metafor::metafor_defaults;
pub use revman::synthesis::{
    RevManResult, RevManStudy, RevManSubgroup, RevManSynthesis, review_manager,
};
pub use tables::mantel_haenszel::{MhFit, mantel_haenszel};
pub use tables::options::{
    CellTreatment, MhMeasure, MhModel, MhOptions, MhRateMeasure, MhRateOptions, MhRdVariance,
    PetoOptions,
};
pub use tables::peto::{PetoFit, peto};
pub use tables::rates::{MhRateFit, TwoRates, mantel_haenszel_rates};
pub use tables::revman_rules::{AllEvents, RdStandardError, RevManRules};
pub use tables::stratified_tests::{ChiSquaredTest, StratifiedTests};
pub use tables::subsets::{add_one_by_one, leave_each_out};
pub use tables::table_effect::table_effect;
