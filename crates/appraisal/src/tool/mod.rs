//! A tool for judging risk of bias, as data: its questions, when each is asked, and the tables that lead from answers
//! to judgements.
//!
//! Every tool is a [`Tool`]: RoB 2 in its variants ([`crate::rob2::tool`]), those that come with the program
//! ([`built_in`]), and those that a team writes in a file of its own ([`Tool::from_toml`]; `docs/tools.md` describes
//! the format). [`Tool::judge`] reads any of them in the same way. A tool only proposes: a person decides.

mod built_in;
mod check;
mod condition;
mod judge;
mod parse;
mod print;

use std::collections::BTreeMap;

use crate::rob2::Aim;

pub use built_in::{built_in, built_ins};
pub use condition::{Condition, Count};
pub use judge::{DomainProposal, Proposal};
pub use parse::ToolProblem;

/// A tool for judging risk of bias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name in files: `RoB 2 cluster`.
    pub name: String,
    /// The version of the tool that the data follow, as "2016".
    pub version: String,
    /// Where the tool itself, with its guidance, is to be read.
    pub source: String,
    /// What to tell every reader of its judgements.
    pub notes: Vec<String>,
    /// All answers, in the order in which they are offered.
    pub answers: Vec<AnswerOption>,
    /// The judgements, from best to worst.
    pub levels: Vec<Level>,
    /// The domains, in the tool's order.
    pub domains: Vec<Domain>,
    /// How the domains lead to one judgement of the result.
    pub overall: Overall,
}

/// An answer that a tool's questions may offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerOption {
    /// Its code: `PY`.
    pub code: String,
    /// The answer in words: "Probably yes".
    pub name: String,
}

/// The code of "not applicable", which every question that depends on others offers and no rule looks at.
pub const NOT_APPLICABLE: &str = "NA";

/// A judgement that a tool knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The judgement in words, as files and tables have it: "Some concerns".
    pub name: String,
    /// How figures show it.
    pub light: Light,
}

/// How a judgement is shown and how far it lowers confidence, whatever the tool calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// Little to worry about: "Low".
    Low,
    /// Some: "Some concerns", "Moderate".
    Some,
    /// Much: "High", "Serious".
    High,
    /// More than that: "Critical".
    Critical,
    /// It cannot be told: "Unclear", "No information".
    Unknown,
}

impl Light {
    /// Every light.
    pub const ALL: [Self; 5] = [Self::Low, Self::Some, Self::High, Self::Critical, Self::Unknown];

    /// The word for it in a tool's file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Some => "some",
            Self::High => "high",
            Self::Critical => "critical",
            Self::Unknown => "unknown",
        }
    }
}

/// A domain of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its id in answers and rules: `1b`.
    pub id: String,
    /// The label of plots and tables: "D1b".
    pub short: String,
    /// What it is about.
    pub name: String,
    /// What to tell the reader about it, if anything.
    pub note: Option<String>,
    /// What is judged, and by whom.
    pub kind: DomainKind,
    /// Its questions, in order; a condition looks only at questions before its own.
    pub questions: Vec<Question>,
    /// Decision tables; the domain is judged by the worst of their proposals.
    pub tables: Vec<Vec<Row>>,
}

/// What a domain is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainKind {
    /// Bias, judged by tables that cover every complete set of answers.
    Bias,
    /// Bias; where no table has a proposal (or there is none) the rater judges.
    BiasByRater,
    /// Whether the study fits the review's question. Judged by the rater, and no part of the overall judgement.
    Applicability,
}

/// A question of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its number: `2.6`.
    pub number: String,
    /// What it asks, in a short paraphrase.
    pub text: String,
    /// The codes of the answers it offers. [`NOT_APPLICABLE`] is among them only where the question depends on others.
    pub offered: Vec<String>,
    /// When it is asked.
    pub asked: Condition,
    /// The effect of interest under which alone it is asked; `None`: under both.
    pub aim: Option<Aim>,
    /// What its answers earn, in tools that count stars.
    pub stars: BTreeMap<String, usize>,
}

/// One row of a decision table: if `when` holds, the table proposes `judgement`. The rows of a table exclude one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The condition.
    pub when: Condition,
    /// The name of a level.
    pub judgement: String,
    /// What to tell everybody whose answers lead here, as that the row is disputed.
    pub note: Option<String>,
}

/// How the domains lead to one judgement of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overall {
    /// The worst of the domains.
    Worst,
    /// The first of these rows that holds, once every domain is judged; conditions look at domains.
    Rows(Vec<Row>),
    /// The sum of the domains' stars.
    Stars,
    /// The tool has no overall judgement.
    None,
}

impl Tool {
    /// The position of a judgement among the levels, best first.
    pub fn rank(&self, level: &str) -> Option<usize> {
        self.levels.iter().position(|it| it.name == level)
    }

    /// The level that a text names, in any case; "risk", "risk of bias" or "concern" after it is passed over.
    pub fn level(&self, text: &str) -> Option<&Level> {
        let text = text.trim().to_lowercase();
        let bare = ["risk of bias", "risk", "concern"]
            .iter()
            .find_map(|it| text.strip_suffix(it))
            .map_or(text.as_str(), str::trim_end);
        let find = |wanted: &str| self.levels.iter().find(|it| it.name.to_lowercase() == wanted);
        find(&text).or_else(|| find(bare))
    }

    /// The domain with this id, in any case; its label will do as well.
    pub fn domain(&self, id: &str) -> Option<&Domain> {
        let id = id.trim();
        let by = |of: fn(&Domain) -> &str| {
            self.domains.iter().find(|it| of(it).eq_ignore_ascii_case(id))
        };
        by(|it| &it.id).or_else(|| by(|it| &it.short))
    }

    /// Every question with its domain, in the tool's order.
    pub fn questions(&self) -> impl Iterator<Item = (&Domain, &Question)> {
        self.domains.iter().flat_map(|domain| domain.questions.iter().map(move |it| (domain, it)))
    }

    /// The question with this number, in any case.
    pub fn question(&self, number: &str) -> Option<&Question> {
        let number = number.trim();
        self.questions().map(|it| it.1).find(|it| it.number.eq_ignore_ascii_case(number))
    }

    /// The code of an answer given by its code or in words, in any case.
    pub fn answer(&self, text: &str) -> Option<&str> {
        let text = text.trim().replace('_', " ");
        let named = |it: &&AnswerOption| {
            it.code.eq_ignore_ascii_case(&text) || it.name.eq_ignore_ascii_case(&text)
        };
        let is_not_applicable = ["NA", "N/A", "not applicable"];
        match self.answers.iter().find(named) {
            Some(answer) => Some(&answer.code),
            None if is_not_applicable.iter().any(|it| it.eq_ignore_ascii_case(&text)) => {
                Some(NOT_APPLICABLE)
            }
            None => None,
        }
    }

    /// The tool as it asks for one effect of interest.
    #[must_use]
    pub fn for_aim(&self, aim: Aim) -> Self {
        let mut tool = self.clone();
        for domain in &mut tool.domains {
            domain.questions.retain(|it| it.aim.is_none_or(|it| it == aim));
        }
        tool
    }

    /// Whether the tool counts stars.
    pub fn counts_stars(&self) -> bool {
        self.questions().any(|(_, question)| !question.stars.is_empty())
    }
}

impl Domain {
    /// Whether the overall judgement looks at the domain.
    pub fn is_bias(&self) -> bool {
        self.kind != DomainKind::Applicability
    }

    /// The most stars that the domain's questions can earn.
    pub fn most_stars(&self) -> usize {
        self.questions.iter().map(|it| it.stars.values().copied().max().unwrap_or(0)).sum()
    }
}
