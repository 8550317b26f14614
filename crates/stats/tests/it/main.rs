//! The engine's specification: reference values, invariants, and other programs' answers.

mod golden;
