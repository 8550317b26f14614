//! Answers by resampling: permutation tests and the bootstrap.
//!
//! Random numbers come from `SplitMix64` started at a seed that the caller gives, so the same seed gives the same answer
//! on every machine.

pub mod bootstrap;
pub mod permutation;

/// The generator of every random number here: Steele, Lea & Flood (2014), doi 10.1145/2660193.2660195.
pub const ALGORITHM: &str = "SplitMix64";
