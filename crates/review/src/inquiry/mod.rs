//! What else is asked of an analysis' studies, beyond the pool.

mod multiverse;
mod rule;
mod terms;

pub use multiverse::{Choice, Dimension, Multiverse, MultiverseError, Specification, multiverse};
pub use rule::{Comparison, InclusionRule};
pub use terms::{Term, TermError};
