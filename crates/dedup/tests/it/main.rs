//! The crate from outside.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod pairs;
mod properties;
mod score;
mod sets;
mod studies;
