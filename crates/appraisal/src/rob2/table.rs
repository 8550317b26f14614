//! The language the rules are written in: conditions on answers, and rows of decision tables.

use super::Answer::{No, NoInformation, ProbablyNo, ProbablyYes, Yes};
use super::{Answer, Deviation, Judgement, Question};

/// One row of a decision table: if `when` holds, the table proposes `judgement`. The rows of a table
/// exclude one another and together cover every complete set of answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) when: When,
    pub(super) judgement: Judgement,
}

/// The questions of a domain and the tables that judge it: the worst of the tables' proposals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Algorithm {
    pub(super) questions: &'static [Question],
    pub(super) tables: &'static [&'static [Row]],
}

/// A condition on the answers given so far and on the preliminaries.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    /// No condition.
    Always,
    /// The question was answered with one of these. A question that is not asked, because its own
    /// condition is not met or the variant has no such question, was answered with none: so a row
    /// need not repeat the conditions of the questions it looks at.
    Is(&'static str, &'static [Answer]),
    /// At least one of these holds.
    Any(&'static [When]),
    /// All of these hold.
    All(&'static [When]),
    /// This does not hold.
    Not(&'static When),
    /// The effect of adhering excludes this kind of deviation.
    Addresses(Deviation),
}

// Groups of answers that the tables treat alike.
/// Yes or probably yes.
pub(super) const Y: &[Answer] = &[Yes, ProbablyYes];
/// No or probably no.
pub(super) const N: &[Answer] = &[No, ProbablyNo];
/// No information.
pub(super) const NI: &[Answer] = &[NoInformation];
/// Yes, probably yes or no information.
pub(super) const Y_NI: &[Answer] = &[Yes, ProbablyYes, NoInformation];
/// No, probably no or no information.
pub(super) const N_NI: &[Answer] = &[No, ProbablyNo, NoInformation];
