//! From answers to proposed judgements: of a domain, and of a whole result.

use std::collections::BTreeMap;

use crate::tool::DomainProposal;

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
    let tool = super::tool(assessment);
    let codes = answers.iter().map(|(number, it)| (number.clone(), it.code().to_owned())).collect();
    let of_tool = tool.domain(domain.id).map(|it| tool.judge_domain(it, &codes));
    let questions = domain.algorithm(assessment.aim).questions;
    Ok(in_words_of_rob2(domain, questions, of_tool))
}

/// The proposal in the types of this tool.
fn in_words_of_rob2(
    domain: &Domain,
    questions: &'static [Question],
    proposal: Option<DomainProposal>,
) -> DomainJudgement {
    let Some(proposal) = proposal else {
        return DomainJudgement {
            domain: domain.id,
            judgement: None,
            path: Vec::new(),
            missing: Vec::new(),
            ignored: Vec::new(),
        };
    };
    let number = |it: &str| questions.iter().map(|it| it.number).find(|number| *number == it);
    let answered = |given: Vec<(String, String)>| -> Vec<(&'static str, Answer)> {
        given.iter().filter_map(|(q, a)| Some((number(q)?, a.parse().ok()?))).collect()
    };
    DomainJudgement {
        domain: domain.id,
        judgement: proposal.judgement.and_then(|it| it.parse().ok()),
        path: answered(proposal.path),
        missing: proposal.missing.iter().filter_map(|it| number(it)).collect(),
        ignored: answered(proposal.ignored),
    }
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
