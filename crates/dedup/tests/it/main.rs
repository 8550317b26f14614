//! The crate from outside.

mod pairs;
mod properties;
mod score;
mod sets;
