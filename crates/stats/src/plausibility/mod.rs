//! Whether printed numbers can be what they are said to be, and which other reading would explain them.
//!
//! Two kinds of question. *Possible at all?* is arithmetic on rounded numbers: [GRIM](possible::grim_mean),
//! [GRIMMER](possible::grimmer_sd), [DEBIT](possible::debit_sd), the limits of an SD, percentages and counts
//! ([`possible`]), and whether P values, intervals and effects agree ([`agree`]). *Likely?* compares readings: a study's
//! numbers as printed, its SDs as standard errors, its arms swapped, its unit another, each judged by how well the other
//! studies predict the numbers that it implies ([`means`], [`counts`], [`effects`], [`group_sizes`]). Nothing here changes a number.

pub mod agree;
pub mod baseline;
pub mod counts;
pub mod effects;
pub mod group_sizes;
pub mod means;
pub mod possible;
mod predictive;
mod weigh;

pub use possible::Rounded;
pub use weigh::Weighed;
