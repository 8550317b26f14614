//! What a report promises: everything accounted for, nothing invented, one page that everybody can read.
#![expect(clippy::unwrap_used, reason = "a panic fails the test, as it should")]

mod accounting;
mod certainty;
mod forest;
mod page;
mod sample;
mod statements;
