//! What else is asked of an analysis' studies, beyond the pool.

mod terms;

pub use terms::{Term, TermError};
