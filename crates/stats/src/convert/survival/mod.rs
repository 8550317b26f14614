//! Time to event: a log hazard ratio and its variance from whatever a trial printed.
//!
//! In order of preference: observed minus expected events with their variance, the hazard ratio with its interval, a log-rank p
//! value with the numbers of events, and last a published Kaplan-Meier curve. Parmar, Torri & Stewart (1998); Tierney et al.
//! (2007), doi 10.1186/1745-6215-8-16; Williamson et al. (2002).

mod cox;
mod curve;
mod log_rank;
mod reconstruction;

pub use cox::{CoxFit, cox_two_groups};
pub use curve::{
    ArmInterval, CurveInterval, CurvePoint, FollowUp, HazardRatioFromCurves,
    hazard_ratio_from_curves,
};
pub use log_rank::{
    LogRank, log_rank_from_ci, log_rank_from_p, variance_from_events, variance_from_total_events,
};
pub use reconstruction::{Follow, Person, ReconstructedArm, RiskTableEntry, reconstruct_arm};
