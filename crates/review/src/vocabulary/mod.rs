//! The words of a systematic review, each as a type with its field names.

pub mod certainty;
pub mod check;
pub mod choice;
pub mod contradiction;
pub mod grading;
pub mod plan;
pub mod protocol;
pub mod records;
pub mod result;
pub mod risk_of_bias;
pub mod study;
pub mod term;
pub mod time;
