//! Section 5: risk of bias of each result, with the answers behind each judgement.

use askama::Template;
use consilience_appraisal::rob2::WITHIN_PERSON_NOTES;
use consilience_review::risk_of_bias::{DomainAssessment, RobAssessment};
use consilience_review::vocabulary::risk_of_bias::RobItem;
use consilience_review::vocabulary::study::Design;
use consilience_review::{Keyword, State};

use super::Material;
use super::figure::Figure;
use crate::bias::outcome_name;
use crate::statement::capitalised;

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
    tool: String,
    overall: String,
    /// What is to be said about the tool, the preliminaries and the overall judgement.
    remarks: Vec<String>,
    refused: Option<String>,
    domains: Vec<DomainView>,
}

struct DomainView {
    short: String,
    name: String,
    judgement: String,
    decided: Option<String>,
    path: String,
    missing: Vec<String>,
    notes: Vec<String>,
    ignored: Vec<String>,
    answers: Vec<AnswerView>,
}

struct AnswerView {
    number: String,
    question: String,
    answer: String,
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

fn words(judgement: Option<String>) -> String {
    judgement.unwrap_or_else(|| "Incomplete".to_owned())
}

fn assessment(state: &State, it: &RobAssessment) -> AssessmentView {
    AssessmentView {
        study: it.study.clone(),
        outcome: outcome_name(state, it),
        tool: it.tool.name.clone(),
        overall: words(it.overall_words()),
        remarks: remarks(it),
        refused: it.refused.clone(),
        domains: it.domains.iter().map(|domain| domain_view(it, domain)).collect(),
    }
}

fn remarks(it: &RobAssessment) -> Vec<String> {
    let mut remarks = it.tool.notes.clone();
    for entry in &it.entries {
        if let RobItem::Preliminary(kind, text) = &entry.value.item {
            remarks.push(format!("{}: {text}", capitalised(kind.name())));
        }
    }
    if let Some((_, reason)) = &it.decided {
        let worst = it.from_domains().map_or_else(|| "open".to_owned(), |it| it.name);
        remarks.push(format!(
            "Overall judgement by a person (from the domains: {}). {reason}",
            worst.to_lowercase()
        ));
    }
    if it.is_lowered() {
        remarks.push("The overall judgement is better than that of the worst domain.".to_owned());
    }
    if it.may_raise() {
        remarks.push(
            "Several domains raise some concerns: the assessors may judge the whole to be at high risk, \
             with a reason. That is never done by itself."
                .to_owned(),
        );
    }
    if let Some(direction) = it.direction {
        remarks.push(format!("Direction of bias overall: {}.", direction.name().to_lowercase()));
    }
    if !it.disagreements.is_empty() {
        remarks.push(format!(
            "The assessors disagree, without a consensus yet, on {}.",
            it.disagreements.join(", ")
        ));
    }
    remarks
}

fn domain_view(assessment: &RobAssessment, domain: &DomainAssessment) -> DomainView {
    let tool = &assessment.tool;
    let text_of =
        |number: &str| tool.question(number).map_or_else(String::new, |it| it.text.clone());
    let answer_of = |code: &str| {
        let named = tool.answers.iter().find(|it| it.code == code);
        named.map_or_else(|| "Not applicable".to_owned(), |it| it.name.clone())
    };
    let is_here = |number: &str| domain.domain.questions.iter().any(|it| it.number == number);
    let answers = assessment
        .entries
        .iter()
        .filter_map(|entry| match &entry.value.item {
            RobItem::Question(number, answer) if is_here(number) => Some(AnswerView {
                number: number.clone(),
                question: text_of(number),
                answer: answer_of(answer),
                support: entry.value.support.clone().unwrap_or_default(),
                who: entry.who.0.clone().unwrap_or_default(),
            }),
            _ => None,
        })
        .collect();
    let proposal = &domain.proposal;
    let path: Vec<String> = proposal
        .path
        .iter()
        .map(|(number, answer)| format!("{number} {}", answer_of(answer).to_lowercase()))
        .collect();
    let decided = domain.decided.as_ref().map(|(_, reason)| {
        let proposal = domain.proposed.as_ref().map_or("none", |it| it.name.as_str());
        format!("Decided by a person (proposed by the algorithm: {proposal}). {reason}")
    });
    let direction =
        domain.direction.map(|it| format!("Direction of bias: {}.", it.name().to_lowercase()));
    DomainView {
        short: domain.domain.short.clone(),
        name: domain.domain.name.clone(),
        judgement: words(domain.words()),
        decided,
        path: path.join("; "),
        missing: proposal.missing.iter().map(|it| format!("{it} {}", text_of(it))).collect(),
        notes: domain.domain.note.iter().chain(&proposal.notes).cloned().chain(direction).collect(),
        ignored: proposal
            .ignored
            .iter()
            .map(|(number, answer)| format!("{number} {}", answer_of(answer).to_lowercase()))
            .collect(),
        answers,
    }
}
