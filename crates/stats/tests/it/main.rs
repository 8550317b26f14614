//! The engine's specification: reference values, invariants, refusals, and other programs' answers.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "reports of what was compared")]
#![expect(clippy::float_cmp, reason = "zeros, ones and counts must be exact")]
#![expect(
    clippy::unreadable_literal,
    reason = "reference values stand as their programs print them"
)]
#![expect(clippy::excessive_precision, reason = "reference values keep the digits of their source")]

mod batch;
mod cochrane;
mod combining;
mod conversions;
mod data;
mod deletion;
mod diagnosing;
mod distributions;
mod effects;
mod front_door;
mod glmm;
mod golden;
mod highest;
mod invariants;
mod likelihood;
mod location_scale;
mod measures;
mod multivariate;
mod paired;
mod pooling;
mod published;
mod published_bias;
mod refusals;
mod regression;
mod resampling;
mod revman;
mod selection;
mod small_study;
mod survival;
mod tables;
mod transforms;
mod zero_cells;
