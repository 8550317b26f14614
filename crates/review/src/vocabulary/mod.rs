//! The words of a systematic review, each as a type with its field names.

pub mod choice;
pub mod contradiction;
pub mod judgement;
pub mod plan;
pub mod protocol;
pub mod records;
pub mod result;
pub mod study;
pub mod term;
