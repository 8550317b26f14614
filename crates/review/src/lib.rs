//! The domain of a systematic review: its words, its log of events, the state that is their fold, the
//! package that is their human-readable face, and the analyses that are asked of it.
//!
//! A review is an append-only log of events. Nothing is updated or deleted in place, and undoing is an event
//! too; [`State::fold`] gives the review as it stands. [`Package`] reads a folder of plain files into a log
//! and writes a state back; the way round changes nothing.
//!
//! ```
//! use consilience_review::Package;
//!
//! let mut package = Package::default();
//! let toml = "[review]\ntitle = \"Does it work?\"\n";
//! package.files.insert("review.toml".to_owned(), toml.as_bytes().to_vec());
//! let reading = package.to_log();
//! assert!(reading.is_sound());
//! assert_eq!(reading.state.description.title, "Does it work?");
//! assert_eq!(Package::from_state(&reading.state, &package.blobs()), package);
//! ```

mod agreement;
pub mod analysis;
mod cells;
pub mod certainty;
pub mod check;
pub mod conversion;
mod day;
mod diagnostic;
pub mod duplicates;
mod evaluation;
mod event;
pub mod extraction;
pub mod flow;
pub mod inquiry;
mod keyword;
mod log;
pub mod package;
pub mod pairs;
mod printed;
pub mod risk_of_bias;
pub mod rob_agreement;
pub mod rob_file;
pub mod single;
mod state;
mod todo;
pub mod vocabulary;

pub use cells::{Cell, Out, Row, Tabular};
pub use day::is_day;
pub use diagnostic::{Diagnostic, Place, Severity};
pub use evaluation::{Evaluation, evaluate};
pub use event::{Attributed, Entry, Event, Undo, When, Who};
pub use keyword::Keyword;
pub use log::{Blobs, Conflict, Log, digest, entry_from_json, entry_to_json};
pub use package::{Package, Reading};
pub use printed::{PValue, Printed};
pub use state::{Kind, Rejection, Repeat, RowKey, State};
pub use todo::Todo;
