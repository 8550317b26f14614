//! Which bibliographic records are the same report, and why.
mod candidates;
mod compare;
mod conflict;
mod decide;
mod entry;
mod explain;
mod groups;
mod index;
mod normalise;
mod studies;
mod weigh;

pub use conflict::Conflict;
pub use decide::{Outcome, Thresholds};
pub use explain::{Explanation, Reason};
pub use index::{Answer, Index, Question};
pub use studies::{Study, suggest_studies};
