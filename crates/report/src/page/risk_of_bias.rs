//! Section 5: risk of bias of each result, with the answers behind each judgement.

use askama::Template;
use consilience_appraisal::rob2::{self, Judgement, Question, WITHIN_PERSON_NOTES};
use consilience_review::risk_of_bias::{DomainAssessment, RobAssessment};
use consilience_review::vocabulary::judgement::RobItem;
use consilience_review::vocabulary::study::Design;
use consilience_review::{Keyword, State};

use super::Material;
use super::figure::Figure;
use crate::bias::outcome_name;

/// Traffic lights, summary, and each assessment.
#[derive(Template)]
#[template(path = "risk_of_bias.html", whitespace = "minimize")]
pub(super) struct RiskOfBiasSection {
    traffic_light: Option<Figure>,
    summary: Option<Figure>,
    assessments: Vec<AssessmentView>,
    unassessed: Vec<String>,
    within_person_notes: &'static [&'static str],
}

struct AssessmentView {
    study: String,
    outcome: String,
    tool: &'static str,
    overall: String,
    overall_reason: Option<String>,
    refused: Option<String>,
    domains: Vec<DomainView>,
}

struct DomainView {
    short: &'static str,
    name: &'static str,
    judgement: String,
    decided: Option<String>,
    path: String,
    missing: Vec<String>,
    note: Option<&'static str>,
    answers: Vec<AnswerView>,
}

struct AnswerView {
    number: String,
    question: &'static str,
    answer: &'static str,
    support: String,
    who: String,
}

impl RiskOfBiasSection {
    pub(super) fn new(material: Material) -> Self {
        let state = &material.reading.state;
        let assessments = &material.evaluation.risk_of_bias;
        let is_assessed = |study: &str| assessments.iter().any(|it| it.study == study);
        let within_person = state
            .studies
            .values()
            .any(|it| it.design == Design::WithinPerson && is_assessed(&it.study));
        let drawings = material.drawings;
        Self {
            traffic_light: drawings.traffic_light.as_ref().map(|it| {
                let open = if assessments.iter().any(is_open) {
                    " A domain whose questions are not all answered is shown as “no information”."
                } else {
                    ""
                };
                let caption = format!("Judgements by domain, and overall.{open}");
                Figure::new(it, "risk-of-bias", "Risk of bias by study", caption)
            }),
            summary: drawings.bias_summary.as_ref().map(|it| {
                let caption = "Share of the assessments with each judgement, unweighted.";
                Figure::new(it, "risk-of-bias-summary", "Risk of bias summary", caption)
            }),
            assessments: assessments.iter().map(|it| assessment(state, it)).collect(),
            unassessed: state.studies.keys().filter(|it| !is_assessed(it)).cloned().collect(),
            within_person_notes: if within_person { WITHIN_PERSON_NOTES } else { &[] },
        }
    }
}

/// Whether the answers leave a judgement open.
fn is_open(it: &RobAssessment) -> bool {
    it.overall().is_none() || it.domains.iter().any(|domain| domain.judgement().is_none())
}

fn words(judgement: Option<Judgement>) -> String {
    judgement.map_or_else(|| "Incomplete".to_owned(), |it| it.name().to_owned())
}

fn assessment(state: &State, it: &RobAssessment) -> AssessmentView {
    let questions = rob2::questions(it.tool.variant(), state.methods.aim());
    AssessmentView {
        study: it.study.clone(),
        outcome: outcome_name(state, it),
        tool: it.tool.name(),
        overall: words(it.overall()),
        overall_reason: it.decided.as_ref().map(|it| it.1.clone()),
        refused: it.refused.clone(),
        domains: it.domains.iter().map(|domain| domain_view(it, domain, &questions)).collect(),
    }
}

fn domain_view(
    assessment: &RobAssessment,
    domain: &DomainAssessment,
    questions: &[Question],
) -> DomainView {
    let text_of =
        |number: &str| questions.iter().find(|it| it.number == number).map_or("", |it| it.text);
    let is_here = |number: &str| {
        questions.iter().any(|it| it.number == number && it.domain == domain.domain.id)
    };
    let answers = assessment
        .entries
        .iter()
        .filter_map(|entry| match &entry.value.item {
            RobItem::Question(number, answer) if is_here(number) => Some(AnswerView {
                number: number.clone(),
                question: text_of(number),
                answer: answer.name(),
                support: entry.value.support.clone().unwrap_or_default(),
                who: entry.who.0.clone().unwrap_or_default(),
            }),
            _ => None,
        })
        .collect();
    let path: Vec<String> =
        domain.path.iter().map(|(number, answer)| format!("{number} {}", answer.name())).collect();
    let decided = domain.decided.as_ref().map(|(_, reason)| {
        let proposal = domain.proposed.map_or("none", |it| it.name());
        format!("Decided by a person (proposed by the algorithm: {proposal}). {reason}")
    });
    DomainView {
        short: domain.domain.short,
        name: domain.domain.name,
        judgement: words(domain.judgement()),
        decided,
        path: path.join("; ").to_lowercase(),
        missing: domain.missing.iter().map(|it| format!("{it} {}", text_of(it))).collect(),
        note: domain.domain.note,
        answers,
    }
}
