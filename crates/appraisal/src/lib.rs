//! How far a result, and a body of evidence, can be trusted: the rules as data.
//!
//! [`rob2`] proposes a judgement of risk of bias for **one result of one trial** from the answers to
//! signalling questions, and is one of the tools that [`tool`] can hold as data; [`grade`] rates the certainty of **one outcome over all its trials** and
//! computes what it needs (absolute effects, numbers needed to treat, information sizes). Both only
//! propose: a person decides, and what a person decided is kept elsewhere.
//!
//! ```
//! use std::collections::BTreeMap;
//! use consilience_appraisal::rob2::{self, Answer, Assessment, Judgement, Variant};
//!
//! let answers = BTreeMap::from([
//!     ("1.1".to_owned(), Answer::Yes),
//!     ("1.2".to_owned(), "py".parse()?),
//!     ("1.3".to_owned(), "N".parse()?),
//! ]);
//! let assessment = Assessment::assignment(Variant::Parallel);
//! let randomisation = rob2::judge_domain(&assessment, "1", &answers)?;
//! assert_eq!(randomisation.judgement, Some(Judgement::Low));
//! assert_eq!(randomisation.path[1], ("1.2", Answer::ProbablyYes));
//! # Ok::<(), rob2::Rob2Error>(())
//! ```
//!
//! ```
//! use consilience_appraisal::grade::{Certainty, Domain, Rating, StartingPoint, certainty};
//!
//! let ratings = [
//!     (Domain::RiskOfBias, Rating::parse(Domain::RiskOfBias, "serious")?),
//!     (Domain::Imprecision, Rating::parse(Domain::Imprecision, "very serious")?),
//! ];
//! assert_eq!(certainty(StartingPoint::Randomised, &ratings), Certainty::VeryLow);
//! # Ok::<(), consilience_appraisal::grade::GradeError>(())
//! ```

pub mod grade;
pub mod levels;
pub mod rob2;
pub mod tool;
