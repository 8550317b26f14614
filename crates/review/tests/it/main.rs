//! The review crate from outside: packages in, syntheses out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod analyses;
mod certainty;
mod checks;
mod choice;
mod contrasts;
mod conversion;
mod docs;
mod errors;
mod examples;
mod extraction;
mod files;
mod flow;
mod invariants;
mod log;
mod made;
mod multi_arm;
mod multiverse;
mod narrative;
mod notes;
mod paired;
mod pooling;
mod profiles;
mod risk_of_bias;
mod round_trip;
mod single;
mod todo;
