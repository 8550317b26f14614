//! Which bibliographic records are the same report, and why.
//!
//! An [`Index`] takes records, batch by batch. Those that share one of several keys are compared field by field; each field
//! speaks for or against with a weight, and some conflicts (part 1 and part 2, an article and its correction) no evidence
//! outweighs. The outcome is same, different, or ask a person. [`Index::answer`] makes groups in which no two records clearly
//! differ; [`Index::explain`] says why. Nothing is deleted: what to do with a group is the caller's matter
//! ([`representative`], [`merged`]).
//!
//! ```
//! let table = "title,author,year,journal,volume,pages
//! Tea and sleep in older adults,Arbor J; Birch T,2015,Journal of Rest,12,101-110
//! TEA AND SLEEP IN OLDER ADULTS.,Arbor J.Birch T.,2015,J Rest,12,101-10
//! ";
//! let records = consilience_bib::parse(table.as_bytes(), "export.csv")?.records;
//! let mut index = consilience_dedup::Index::default();
//! index.add(&records);
//! assert_eq!(index.answer().groups, [[0, 1]]);
//! # Ok::<(), consilience_bib::BibError>(())
//! ```

mod candidates;
mod compare;
mod comparing;
mod conflict;
mod counts;
mod decide;
mod entry;
mod estimate;
mod explain;
mod groups;
mod index;
mod merge;
mod normalise;
mod said;
mod studies;
mod weigh;

pub use comparing::{CheckpointError, Comparing};
pub use conflict::Conflict;
pub use counts::{Counts, SourceCounts};
pub use decide::{Outcome, Thresholds};
pub use estimate::LabelledPairs;
pub use explain::{Explanation, Reason};
pub use index::{Answer, Index, Question};
pub use merge::{MergedField, merged, representative};
pub use studies::{Evidence, SaidOfStudies, SameStudy, Study, suggest_studies};
pub use weigh::Weights;
