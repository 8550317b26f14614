//! From answers to proposed judgements: of a domain, and of a whole result.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Condition, Count, Facts};
use super::{Domain, DomainKind, NOT_APPLICABLE, Overall, Question, Row, Tool};

/// What a tool proposes for one domain, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainProposal {
    /// The id of the domain.
    pub domain: String,
    /// The name of the level proposed; `None` while the answers do not settle it, while a question that applies is
    /// answered "not applicable", and where the judgement is the rater's. It may be settled before every question is
    /// answered: see [`missing`](Self::missing).
    pub judgement: Option<String>,
    /// The stars earned, in tools that count them; `None` while an answer is missing.
    pub stars: Option<usize>,
    /// The answers that led to the proposal, in the order of the questions. Empty without one.
    pub path: Vec<(String, String)>,
    /// The questions that apply and are still to be answered, in order. A question whose condition hangs on one of
    /// these is not listed yet.
    pub missing: Vec<String>,
    /// The questions that apply although they were answered "not applicable"; they are among the missing too.
    pub contradicted: Vec<String>,
    /// Answers to questions that do not apply, in order: to be kept with the record and shown to the rater, but without
    /// influence on the proposal.
    pub ignored: Vec<(String, String)>,
    /// What the rows that led to the proposal have to tell.
    pub notes: Vec<String>,
    /// Every question is answered, and the judgement is left to the rater.
    pub left_to_rater: bool,
}

/// What a tool proposes for one result of one study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// One per domain, in the tool's order.
    pub domains: Vec<DomainProposal>,
    /// The name of the level proposed overall; `None` while a domain has none, and in tools without one.
    pub overall: Option<String>,
}

impl Tool {
    /// Proposes the judgement of each domain and of the whole result from the codes of the answers, keyed by the numbers
    /// of their questions. Answers that the tool does not offer are as if missing: see [`Question::offered`].
    pub fn judge(&self, answers: &BTreeMap<String, String>) -> Proposal {
        let domains: Vec<_> =
            self.domains.iter().map(|domain| self.judge_domain(domain, answers)).collect();
        let judged = domains.iter().map(|it| it.judgement.as_deref());
        let overall = self.overall_of(&judged.collect::<Vec<_>>(), &domains);
        Proposal { domains, overall }
    }

    /// Proposes the judgement of one domain. The answers may be those of the whole result.
    pub fn judge_domain(
        &self,
        domain: &Domain,
        answers: &BTreeMap<String, String>,
    ) -> DomainProposal {
        let sorted = Sorted::new(&domain.questions, answers);
        let rows: Vec<_> = domain.tables.iter().map(|table| sorted.settled(table)).collect();
        let judgement = if sorted.contradicted.is_empty() { self.worst(&rows) } else { None };
        let rows: Vec<&Row> = match &judgement {
            Some(_) => rows.into_iter().flatten().collect(),
            None => Vec::new(),
        };
        let path = if rows.is_empty() { Vec::new() } else { sorted.path(domain, &rows) };
        let is_complete = sorted.missing.is_empty();
        let stars = (is_complete && domain.most_stars() > 0).then(|| sorted.stars(domain));
        DomainProposal {
            domain: domain.id.clone(),
            left_to_rater: judgement.is_none()
                && stars.is_none()
                && is_complete
                && domain.kind != DomainKind::Bias,
            judgement,
            stars,
            path,
            notes: rows.iter().filter_map(|it| it.note.clone()).collect(),
            missing: sorted.missing,
            contradicted: sorted.contradicted,
            ignored: sorted.ignored,
        }
    }

    /// The overall judgement that follows from the domains' judgements (by a person or proposed), given in the tool's
    /// order, and their stars.
    pub fn overall_of(
        &self,
        judgements: &[Option<&str>],
        proposals: &[DomainProposal],
    ) -> Option<String> {
        let of_bias = self.domains.iter().zip(judgements).filter(|(domain, _)| domain.is_bias());
        let of_bias: Vec<(&str, Option<&str>)> =
            of_bias.map(|(domain, judgement)| (domain.id.as_str(), *judgement)).collect();
        match &self.overall {
            Overall::None | Overall::Stars => None,
            Overall::Worst => {
                let all: Option<Vec<&str>> = of_bias.into_iter().map(|it| it.1).collect();
                all?.into_iter().max_by_key(|it| self.rank(it)).map(str::to_owned)
            }
            Overall::Rows(rows) => {
                let facts = Whole { domains: &of_bias, proposals };
                rows.iter()
                    .find(|row| row.when.holds(&facts) != Some(false))
                    .filter(|row| row.when.holds(&facts) == Some(true))
                    .map(|row| row.judgement.clone())
            }
        }
    }

    /// The worst of the tables' proposals: settled when every table is, or when one says the worst there is.
    fn worst(&self, rows: &[Option<&Row>]) -> Option<String> {
        let settled = rows.iter().flatten().max_by_key(|row| self.rank(&row.judgement))?;
        let is_worst = self.levels.last().is_some_and(|it| it.name == settled.judgement);
        let certain = is_worst || rows.iter().all(Option::is_some);
        certain.then(|| settled.judgement.clone())
    }
}

/// The domains of a result.
struct Whole<'a> {
    domains: &'a [(&'a str, Option<&'a str>)],
    proposals: &'a [DomainProposal],
}

impl Facts for Whole<'_> {
    fn is(&self, name: &str, values: &BTreeSet<String>) -> Option<bool> {
        let judgement = self.domains.iter().find(|it| it.0 == name)?.1?;
        Some(values.contains(judgement))
    }

    /// The number of domains is certain once all are judged.
    fn count(&self, count: &Count) -> Option<usize> {
        match count {
            Count::Domains(level) => {
                let all: Option<Vec<&str>> = self.domains.iter().map(|it| it.1).collect();
                Some(all?.into_iter().filter(|it| it == level).count())
            }
            Count::Stars(domain) => self.proposals.iter().find(|it| it.domain == *domain)?.stars,
        }
    }
}

/// What became of a question.
#[derive(Debug, Clone)]
enum Reply {
    /// It applies and has this answer.
    Given(String),
    /// It does not apply.
    NotAsked,
    /// It is unanswered, or hangs on one that is.
    Open,
}

/// The answers to one domain's questions, sorted by whether the question applies.
#[derive(Default)]
struct Sorted {
    replies: BTreeMap<String, Reply>,
    missing: Vec<String>,
    contradicted: Vec<String>,
    ignored: Vec<(String, String)>,
}

impl Facts for Sorted {
    fn is(&self, question: &str, answers: &BTreeSet<String>) -> Option<bool> {
        match self.replies.get(question) {
            Some(Reply::Given(answer)) => Some(answers.contains(answer)),
            Some(Reply::NotAsked) | None => Some(false),
            Some(Reply::Open) => None,
        }
    }

    fn count(&self, _: &Count) -> Option<usize> {
        None
    }
}

impl Sorted {
    /// Walks the questions in order, for a condition looks only at questions before its own.
    fn new(questions: &[Question], answers: &BTreeMap<String, String>) -> Self {
        let mut sorted = Self::default();
        for question in questions {
            let answer = answers.get(&question.number).filter(|it| question.offered.contains(*it));
            let reply = sorted.place(question, answer);
            sorted.replies.insert(question.number.clone(), reply);
        }
        sorted
    }

    /// Takes in the answer to one question and says what it counts for.
    fn place(&mut self, question: &Question, answer: Option<&String>) -> Reply {
        let meant = answer.filter(|answer| *answer != NOT_APPLICABLE).cloned();
        match (question.asked.holds(self), meant) {
            (Some(true), Some(answer)) => Reply::Given(answer),
            (Some(true), None) => {
                if answer.is_some() {
                    self.contradicted.push(question.number.clone());
                }
                self.missing.push(question.number.clone());
                Reply::Open
            }
            (Some(false), meant) => {
                self.ignored.extend(meant.map(|answer| (question.number.clone(), answer)));
                Reply::NotAsked
            }
            (None, _) => Reply::Open,
        }
    }

    /// The row of a table that holds whatever the open questions are answered.
    fn settled<'t>(&self, table: &'t [Row]) -> Option<&'t Row> {
        table.iter().find(|row| row.when.holds(self) == Some(true))
    }

    fn stars(&self, domain: &Domain) -> usize {
        let earned = |question: &Question| match self.replies.get(&question.number) {
            Some(Reply::Given(answer)) => question.stars.get(answer).copied().unwrap_or(0),
            _ => 0,
        };
        domain.questions.iter().map(earned).sum()
    }

    /// The answers that the rows look at, and those that decided which of these were asked.
    fn path(&self, domain: &Domain, rows: &[&Row]) -> Vec<(String, String)> {
        let names = |condition: &Condition| -> Vec<String> {
            condition.looks_at().into_iter().map(|it| it.0.to_owned()).collect()
        };
        let mut looked_at: BTreeSet<_> = rows.iter().flat_map(|row| names(&row.when)).collect();
        for question in domain.questions.iter().rev() {
            if looked_at.contains(&question.number) {
                looked_at.extend(names(&question.asked));
            }
        }
        let on_path = domain.questions.iter().filter(|it| looked_at.contains(&it.number));
        on_path
            .filter_map(|question| match self.replies.get(&question.number) {
                Some(Reply::Given(answer)) => Some((question.number.clone(), answer.clone())),
                _ => None,
            })
            .collect()
    }
}
