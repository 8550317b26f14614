//! What the crate promises, seen from outside.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, as it should")]

mod grade;
mod grade_proposals;
mod rob2_input;
mod rob2_reference;
mod rob2_restated;
mod rob2_tables;
mod shared;
mod tools;
