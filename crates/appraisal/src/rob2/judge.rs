//! From answers to proposed judgements: of a domain, and of a whole result.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Known, Reply, Row};
use super::{
    Aim, Answer, Assessment, Domain, Judgement, Question, Rob2Error, domains, list, questions,
};

/// The judgement the tool proposes for one domain, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainJudgement {
    /// The id of the domain.
    pub domain: &'static str,
    /// The proposal; `None` while the answers do not settle it, or while a question that applies is
    /// answered "not applicable". It may be settled before every question is answered: see
    /// [`missing`](Self::missing).
    pub judgement: Option<Judgement>,
    /// The answers that led to the proposal, in the order of the questions. Empty without one.
    pub path: Vec<(&'static str, Answer)>,
    /// The questions that apply and are still to be answered, in order. A question whose condition
    /// hangs on one of these is not listed yet.
    pub missing: Vec<&'static str>,
    /// Answers to questions that do not apply, in order: to be kept with the record and shown to
    /// the rater, but without influence on the proposal.
    pub ignored: Vec<(&'static str, Answer)>,
}

/// The judgements the tool proposes for one result of one trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultJudgement {
    /// One per domain, in the tool's order.
    pub domains: Vec<DomainJudgement>,
    /// The worst of the domains; `None` while one of them has no proposal.
    pub overall: Option<Judgement>,
    /// Whether the rater may raise "some concerns" to "high", with a reason, because several domains
    /// have some concerns. The tool fixes no number, so this is never done automatically.
    pub may_raise_to_high: bool,
}

/// Proposes the judgement of each domain and of the whole result from the answers, keyed by the
/// number of their question.
///
/// # Errors
///
/// An answer to an unknown question, one its question does not offer, or the effect of adhering
/// without a deviation to address. Unanswered questions are no error.
pub fn judge(
    assessment: &Assessment,
    answers: &BTreeMap<String, Answer>,
) -> Result<ResultJudgement, Rob2Error> {
    let domains = domains(assessment.variant)
        .iter()
        .map(|domain| judge_domain(assessment, domain.id, answers))
        .collect::<Result<Vec<_>, _>>()?;
    let judgements: Vec<_> = domains.iter().map(|domain| domain.judgement).collect();
    Ok(ResultJudgement {
        overall: overall(&judgements),
        may_raise_to_high: may_raise_to_high(&judgements),
        domains,
    })
}

/// Proposes the judgement of the domain with this id. The answers may be those of the whole result.
///
/// # Errors
///
/// As [`judge`], and a domain that the variant does not have.
pub fn judge_domain(
    assessment: &Assessment,
    domain: &str,
    answers: &BTreeMap<String, Answer>,
) -> Result<DomainJudgement, Rob2Error> {
    let domain = Domain::find(assessment, domain)?;
    if assessment.aim == Aim::Adhering && assessment.deviations_addressed.is_empty() {
        return Err(Rob2Error::DeviationsMissing);
    }
    check_offered(assessment, answers)?;
    let algorithm = domain.algorithm(assessment.aim);
    let sorted = Sorted::new(assessment, algorithm.questions, answers);
    let rows: Vec<_> = algorithm.tables.iter().map(|table| sorted.settled(table)).collect();
    let judgement = if sorted.contradicted { None } else { worst(&rows) };
    let path = match judgement {
        Some(_) => {
            sorted.path(algorithm.questions, &rows.into_iter().flatten().collect::<Vec<_>>())
        }
        None => Vec::new(),
    };
    let Sorted { missing, ignored, .. } = sorted;
    Ok(DomainJudgement { domain: domain.id, judgement, path, missing, ignored })
}

/// The overall judgement of a result: the worst of its domains, or `None` while one of them, or all
/// of them, are unjudged.
pub fn overall(domains: &[Option<Judgement>]) -> Option<Judgement> {
    domains.iter().copied().collect::<Option<Vec<_>>>()?.into_iter().max()
}

/// Whether a rater may raise the overall judgement of a result to high: it is "some concerns", and
/// so are at least two of the domains.
pub fn may_raise_to_high(domains: &[Option<Judgement>]) -> bool {
    let concerns = domains.iter().filter(|judgement| **judgement == Some(Judgement::SomeConcerns));
    overall(domains) == Some(Judgement::SomeConcerns) && concerns.count() >= 2
}

fn check_offered(
    assessment: &Assessment,
    answers: &BTreeMap<String, Answer>,
) -> Result<(), Rob2Error> {
    let questions = questions(assessment.variant, assessment.aim);
    for (number, &answer) in answers {
        let question =
            questions.iter().find(|question| question.number == number).ok_or_else(|| {
                Rob2Error::UnknownQuestion {
                    variant: assessment.variant,
                    aim: assessment.aim,
                    question: number.clone(),
                }
            })?;
        if !question.offered.contains(&answer) {
            return Err(Rob2Error::AnswerNotOffered {
                question: question.number,
                answer,
                offered: list(question.offered.iter().map(|answer| answer.code())),
            });
        }
    }
    Ok(())
}

/// The worst of the tables' proposals: settled when every table is, or when one says "high".
fn worst(rows: &[Option<&Row>]) -> Option<Judgement> {
    let settled = rows.iter().flatten().map(|row| row.judgement).max()?;
    let certain = settled == Judgement::High || rows.iter().all(Option::is_some);
    certain.then_some(settled)
}

/// The answers to one domain's questions, sorted by whether the question applies.
struct Sorted<'a> {
    known: Known<'a>,
    missing: Vec<&'static str>,
    ignored: Vec<(&'static str, Answer)>,
    /// A question that applies was answered "not applicable".
    contradicted: bool,
}

impl<'a> Sorted<'a> {
    /// Walks the questions in order, for a condition looks only at questions before its own.
    fn new(
        assessment: &'a Assessment,
        questions: &[Question],
        answers: &BTreeMap<String, Answer>,
    ) -> Self {
        let mut sorted = Self {
            known: Known::new(&assessment.deviations_addressed),
            missing: Vec::new(),
            ignored: Vec::new(),
            contradicted: false,
        };
        for question in questions {
            let answer = answers.get(question.number).copied();
            let reply = sorted.place(question, answer);
            sorted.known.insert(question.number, reply);
        }
        sorted
    }

    /// Takes in the answer to one question and says what it counts for.
    fn place(&mut self, question: &Question, answer: Option<Answer>) -> Reply {
        let meant = answer.filter(|answer| *answer != Answer::NotApplicable);
        match (question.asked.holds(&self.known), meant) {
            (Some(true), Some(answer)) => Reply::Given(answer),
            (Some(true), None) => {
                self.contradicted |= answer.is_some();
                self.missing.push(question.number);
                Reply::Open
            }
            (Some(false), _) => {
                self.ignored.extend(meant.map(|answer| (question.number, answer)));
                Reply::NotAsked
            }
            (None, _) => Reply::Open,
        }
    }

    /// The row of a table that holds whatever the open questions are answered.
    fn settled(&self, table: &'static [Row]) -> Option<&'static Row> {
        table.iter().find(|row| row.when.holds(&self.known) == Some(true))
    }

    /// The answers that the rows look at, and those that decided which of these were asked.
    fn path(&self, questions: &[Question], rows: &[&Row]) -> Vec<(&'static str, Answer)> {
        let mut looked_at: BTreeSet<_> = rows.iter().flat_map(|row| row.when.questions()).collect();
        for question in questions.iter().rev() {
            if looked_at.contains(question.number) {
                looked_at.extend(question.asked.questions());
            }
        }
        let on_path = questions.iter().filter(|question| looked_at.contains(question.number));
        on_path
            .filter_map(|q| self.known.answer(q.number).map(|answer| (q.number, answer)))
            .collect()
    }
}
