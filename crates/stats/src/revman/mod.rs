//! As Review Manager computes, and where that differs from metafor.
//!
//! [`review_manager`] computes one analysis as Review Manager 5.4 does (Deeks & Higgins, Statistical algorithms in Review
//! Manager 5, 2010), with the choices that RevMan got in 2024 and 2025 (REML, Hartung-Knapp-Sidik-Jonkman intervals,
//! Q-profile intervals of τ², prediction intervals) as options; [`metafor_defaults`] computes the same analysis as
//! metafor does when left to its defaults; [`explain_differences`] says in sentences why the two may disagree.

pub(crate) mod analysis;
pub(crate) mod differences;
pub(crate) mod metafor;
pub(crate) mod studies;
pub(crate) mod synthesis;
