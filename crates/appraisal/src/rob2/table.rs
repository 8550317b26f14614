//! The language the rules are written in: conditions on answers, and rows of decision tables.

use std::collections::{BTreeMap, BTreeSet};

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

/// What is known when a condition is looked at: the preliminaries, and the replies so far.
#[derive(Debug)]
pub(super) struct Known<'a> {
    deviations: &'a BTreeSet<Deviation>,
    replies: BTreeMap<&'static str, Reply>,
}

/// What became of a question.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reply {
    /// It applies and has this answer.
    Given(Answer),
    /// It does not apply.
    NotAsked,
    /// It is unanswered, or hangs on one that is.
    Open,
}

impl<'a> Known<'a> {
    pub(super) fn new(deviations: &'a BTreeSet<Deviation>) -> Self {
        Self { deviations, replies: BTreeMap::new() }
    }

    pub(super) fn insert(&mut self, question: &'static str, reply: Reply) {
        self.replies.insert(question, reply);
    }

    /// The answer to a question that applies and has one.
    pub(super) fn answer(&self, question: &str) -> Option<Answer> {
        match self.replies.get(question) {
            Some(Reply::Given(answer)) => Some(*answer),
            _ => None,
        }
    }

    /// Whether the question has one of these answers; `None` while it is open.
    fn is(&self, question: &str, answers: &[Answer]) -> Option<bool> {
        match self.replies.get(question) {
            Some(Reply::Given(answer)) => Some(answers.contains(answer)),
            Some(Reply::NotAsked) | None => Some(false),
            Some(Reply::Open) => None,
        }
    }
}

impl When {
    /// Whether the condition holds; `None` if that hangs on an open question. The logic is Kleene's,
    /// so what is certain already is said already.
    pub(super) fn holds(&self, known: &Known<'_>) -> Option<bool> {
        match self {
            Self::Always => Some(true),
            Self::Addresses(deviation) => Some(known.deviations.contains(deviation)),
            Self::Is(question, answers) => known.is(question, answers),
            Self::Not(condition) => condition.holds(known).map(|holds| !holds),
            Self::Any(conditions) => search(conditions, true, known),
            Self::All(conditions) => search(conditions, false, known),
        }
    }

    /// The numbers of the questions the condition looks at.
    pub(super) fn questions(&self) -> Vec<&'static str> {
        match self {
            Self::Always | Self::Addresses(_) => Vec::new(),
            Self::Is(question, _) => vec![question],
            Self::Not(condition) => condition.questions(),
            Self::Any(conditions) | Self::All(conditions) => {
                conditions.iter().flat_map(Self::questions).collect()
            }
        }
    }
}

/// `Some(sought)` if one of the conditions is that, `Some(!sought)` if none is, `None` if one may be.
fn search(conditions: &[When], sought: bool, known: &Known<'_>) -> Option<bool> {
    let mut certain = true;
    for condition in conditions {
        match condition.holds(known) {
            Some(holds) if holds == sought => return Some(sought),
            Some(_) => {}
            None => certain = false,
        }
    }
    certain.then_some(!sought)
}
