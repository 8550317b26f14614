//! Cochrane's risk-of-bias tool for randomised trials, version 2 (22 August 2019), with its
//! variants for cluster-randomised (18 March 2021) and crossover trials (18 March 2021).
//!
//! The unit is one numerical result of one trial. The questions are short paraphrases of ours: the
//! official wording, with its guidance, is at <https://www.riskofbias.info> and should be read first.
//!
//! Each question says when it is asked and which answers it offers; each domain is one or two
//! decision tables whose rows exclude one another. [`tool`] gives them the form that all tools have;
//! [`judge_domain`] and [`judge`] apply them.
//!
//! Sources: Sterne et al., BMJ 2019;366:l4898; Cochrane Handbook, chapters 8 and 23.

mod answer;
mod as_tool;
mod deviations;
mod domain;
mod judge;
mod measurement;
mod missing_data;
mod period;
mod question;
mod randomisation;
mod selection;
mod table;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

pub use answer::{Answer, Judgement};
pub use as_tool::{name, tool};
pub use domain::{Domain, domains, questions};
pub use judge::{
    DomainJudgement, ResultJudgement, judge, judge_domain, may_raise_to_high, overall,
};
pub use question::Question;

/// What is assessed: the preliminaries that decide which questions are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The design of the trial.
    pub variant: Variant,
    /// The effect the review wants to know.
    pub aim: Aim,
    /// Under [`Aim::Adhering`], the deviations from the intended intervention that the effect of
    /// interest excludes (at least one). Without meaning under [`Aim::Assignment`].
    pub deviations_addressed: BTreeSet<Deviation>,
}

impl Assessment {
    /// An assessment of the effect of assignment to the intervention ("intention to treat").
    pub fn assignment(variant: Variant) -> Self {
        Self { variant, aim: Aim::Assignment, deviations_addressed: BTreeSet::new() }
    }

    /// An assessment of the effect of adhering to the intervention ("per protocol").
    pub fn adhering(variant: Variant, deviations: impl IntoIterator<Item = Deviation>) -> Self {
        let deviations_addressed = deviations.into_iter().collect();
        Self { variant, aim: Aim::Adhering, deviations_addressed }
    }
}

/// The design of the trial, which decides the set of questions.
///
/// Within-person trials (split-face, split-mouth, paired organs) have no official variant: assess
/// them as [`Variant::Parallel`] and print [`WITHIN_PERSON_NOTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// Individually randomised, parallel groups.
    Parallel,
    /// Randomised by group of people. Stepped-wedge trials are not covered: see [`STEPPED_WEDGE_NOTE`].
    Cluster,
    /// Each person receives the interventions one after the other.
    Crossover,
}

/// The effect a review wants to know, fixed once per outcome in its protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aim {
    /// The effect of being assigned to the intervention.
    Assignment,
    /// The effect of receiving it as intended.
    Adhering,
}

/// A kind of departure from the intended intervention that an effect of adhering excludes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deviation {
    /// Interventions received that the protocol did not foresee.
    NonProtocolInterventions,
    /// The intervention was not delivered as intended.
    ImplementationFailures,
    /// Participants did not follow the intervention.
    NonAdherence,
}

/// What to keep in mind when a within-person trial is assessed with the parallel questions; to be
/// printed with the assessment, for no official variant exists.
///
/// Reporting guidance: Pandis et al., BMJ 2017;357:j2835.
pub const WITHIN_PERSON_NOTES: &[&str] = &[
    "No official RoB 2 variant exists for within-person designs: the questions for parallel trials \
     were used with the adaptations below.",
    "The unit of allocation is the site. 1.1 and 1.2 ask whether the site was chosen at random and \
     unpredictably; 1.3 asks whether the sites were comparable at baseline.",
    "Carry-across takes the place of carryover: note whether the treatment of one site could affect \
     the other. The note is advisory and not part of the algorithm.",
    "2.6: the analysis has to be paired. Ignoring the pairing costs precision rather than causing \
     bias, but leaving out pairs with one missing site can cause bias.",
    "3.3 and 3.4: a person who drops out takes both sites along, so losses are balanced by design; \
     only losses of one site matter.",
    "4.3: participants usually know which site received what; look for assessors blinded to the \
     site, or photographs in random order.",
];

/// To be printed when a stepped-wedge trial is assessed with the cluster questions.
pub const STEPPED_WEDGE_NOTE: &str = "RoB 2 for cluster-randomised trials does not cover \
     stepped-wedge designs: a trend over time is a further source of bias, not asked about here.";

/// Why an assessment was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rob2Error {
    /// A word that is none of the tool's.
    #[error("{found:?} is not {what}; expected one of {expected}")]
    UnknownName {
        /// What was to be read, with its article: "an answer".
        what: &'static str,
        /// What was found instead.
        found: String,
        /// The words that would have been understood.
        expected: String,
    },
    /// The variant has no such domain.
    #[error("{variant} trials have no domain {domain:?}; their domains are {expected}")]
    UnknownDomain {
        /// The design assessed.
        variant: Variant,
        /// The domain asked for.
        domain: String,
        /// The ids of its domains.
        expected: String,
    },
    /// An answer to a question that the variant and the aim do not ask.
    #[error("there is no question {question:?} for {variant} trials and the effect of {aim}")]
    UnknownQuestion {
        /// The design assessed.
        variant: Variant,
        /// The effect assessed.
        aim: Aim,
        /// The number of the question.
        question: String,
    },
    /// An answer that the question does not offer.
    #[error("question {question} does not offer the answer {answer}; it offers {offered}")]
    AnswerNotOffered {
        /// The number of the question.
        question: &'static str,
        /// The answer given.
        answer: Answer,
        /// The codes it offers.
        offered: String,
    },
    /// The effect of adhering, without saying to what.
    #[error(
        "the effect of adhering needs at least one kind of deviation to address: \
         non-protocol interventions, implementation failures or non-adherence"
    )]
    DeviationsMissing,
}

/// Finds the value whose name is `text`, whatever its case and the spaces around it.
fn by_name<T: Copy>(
    what: &'static str,
    text: &str,
    named: &[(&'static str, T)],
) -> Result<T, Rob2Error> {
    let wanted = text.trim();
    named.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|&(_, value)| value).ok_or(
        Rob2Error::UnknownName {
            what,
            found: text.to_owned(),
            expected: list(named.iter().map(|n| n.0)),
        },
    )
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

impl Variant {
    /// The variant in one word: "parallel", "cluster" or "crossover".
    pub fn name(self) -> &'static str {
        match self {
            Self::Parallel => "parallel",
            Self::Cluster => "cluster",
            Self::Crossover => "crossover",
        }
    }
}

impl Aim {
    /// The aim in one word: "assignment" or "adhering".
    pub fn name(self) -> &'static str {
        match self {
            Self::Assignment => "assignment",
            Self::Adhering => "adhering",
        }
    }
}

impl Deviation {
    /// The kind of deviation in words: "non-protocol interventions", "implementation failures",
    /// "non-adherence".
    pub fn name(self) -> &'static str {
        match self {
            Self::NonProtocolInterventions => "non-protocol interventions",
            Self::ImplementationFailures => "implementation failures",
            Self::NonAdherence => "non-adherence",
        }
    }
}

/// Gives each type the name it prints and is read by.
macro_rules! named {
    ($($type:ident as $what:literal: $($value:ident),+;)+) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
        impl FromStr for $type {
            type Err = Rob2Error;
            fn from_str(text: &str) -> Result<Self, Rob2Error> {
                by_name($what, text, &[$((Self::$value.name(), Self::$value)),+])
            }
        }
    )+};
}

named! {
    Variant as "a trial design": Parallel, Cluster, Crossover;
    Aim as "an aim": Assignment, Adhering;
    Deviation as "a kind of deviation": NonProtocolInterventions, ImplementationFailures, NonAdherence;
    Judgement as "a judgement": Low, SomeConcerns, High;
}
