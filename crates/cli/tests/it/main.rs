//! The command from outside: the real binary on real folders.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod browser;
mod build;
mod by;
mod check;
mod consil;
mod dedup;
mod extract;
mod grade;
mod meta;
mod new;
mod p_values;
mod pooling;
mod questions;
mod records;
mod rob;
mod tables;
