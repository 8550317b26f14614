//! The review crate from outside: packages in, syntheses out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod errors;
mod examples;
mod log;
mod round_trip;
