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
pub mod transform;

pub use change::sd_of_change;
pub use cluster::{design_effect, design_effect_unequal};
pub use difference::{log_ratio_from_ci, pooled_sd_from_se, se_from_ci, se_from_ci_t, se_from_p};
pub use family::{
    log_odds_ratio_from_smd, log_odds_ratio_from_smd_normal, risk_ratio_from_odds_ratio,
    smd_from_log_odds_ratio, smd_from_log_odds_ratio_normal,
};
pub use five_number::{
    FiveNumber, SkewnessTest, mean_sd_from_five_number, mean_sd_from_five_number_wan, skewness_test,
};
pub use group::{
    combine_groups, mean_sd_of_grades, sd_from_ci, sd_from_ci_normal, sd_from_iqr, sd_from_se,
};
