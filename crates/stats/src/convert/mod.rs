//! From the summaries that trials print to what an analysis needs.
//!
//! Every conversion names its source and what it assumes. A converted number is an estimate: whoever stores it should
//! say so, and vary it in a sensitivity analysis. Handbook chapter 6.

mod change;
mod cluster;
mod difference;
mod family;
mod five_number;
mod group;
pub(crate) mod scale;
mod survival;
pub mod transform;

pub use change::sd_of_change;
pub use cluster::{design_effect, design_effect_unequal};
pub use difference::{
    log_ratio_asymmetry, log_ratio_from_ci, log_ratio_from_limit, log_ratio_from_p,
    pooled_sd_from_se, se_from_ci, se_from_ci_t, se_from_p, se_from_t,
};
pub use family::{
    correlation_from_smd, log_odds_ratio_from_smd, log_odds_ratio_from_smd_normal,
    odds_ratio_from_risk_ratio, risk_difference_from_risk_ratio, risk_ratio_from_hazard_ratio,
    risk_ratio_from_odds_ratio, smd_from_correlation, smd_from_log_odds_ratio,
    smd_from_log_odds_ratio_normal,
};
pub use five_number::{
    FiveNumber, FiveNumberMethod, FromFiveNumber, Shape, SkewnessTest, mean_sd_from_five_number,
    skewness_test,
};
pub use group::{
    combine_groups, log_mean_sd_from_geometric_mean, mean_sd_of_grades, mean_sd_of_log_normal,
    sd_from_ci, sd_from_ci_normal, sd_from_cv, sd_from_iqr, sd_from_se,
};
pub use survival::{
    ArmInterval, CoxFit, CurveInterval, CurvePoint, Follow, FollowUp, HazardRatioFromCurves,
    LogRank, Person, ReconstructedArm, RiskTableEntry, cox_two_groups, hazard_ratio_from_curves,
    log_rank_from_ci, log_rank_from_p, reconstruct_arm, variance_from_events,
    variance_from_total_events,
};
