//! The figures of risk of bias: traffic lights, the summary, and the lights beside a forest plot.

use std::collections::BTreeSet;

use consilience_appraisal::rob2::Judgement;
use consilience_figures as figures;
use consilience_figures::{RobBar, RobSummary, TrafficLight, TrafficLightRow};
use consilience_review::State;
use consilience_review::analysis::Synthesis;
use consilience_review::risk_of_bias::{RobAssessment, assessment_for};

/// The column of the overall judgement.
const OVERALL: &str = "Overall";

/// The light of a judgement; an open one is "no information".
fn light_of(judgement: Option<Judgement>) -> figures::Judgement {
    match judgement {
        Some(Judgement::Low) => figures::Judgement::Low,
        Some(Judgement::SomeConcerns) => figures::Judgement::SomeConcerns,
        Some(Judgement::High) => figures::Judgement::High,
        None => figures::Judgement::NoInformation,
    }
}

/// The light of an assessment in the column with this header.
pub(crate) fn light(assessment: Option<&RobAssessment>, header: &str) -> figures::Judgement {
    let Some(assessment) = assessment else { return figures::Judgement::NotAssessed };
    if header == OVERALL {
        return light_of(assessment.overall());
    }
    assessment
        .domains
        .iter()
        .find(|it| it.domain.short == header)
        .map_or(figures::Judgement::NotAssessed, |it| light_of(it.judgement()))
}

/// The columns of lights beside a synthesis' studies; none where no study was assessed.
pub(crate) fn lights_of(synthesis: &Synthesis, risk_of_bias: &[RobAssessment]) -> Vec<String> {
    let assessments = synthesis
        .studies
        .iter()
        .filter_map(|it| assessment_for(risk_of_bias, &it.study, &synthesis.outcome.id));
    columns(assessments).into_iter().map(|(short, _)| short).collect()
}

/// Short and long names of the domains of some assessments, in the tools' order, then "Overall".
fn columns<'a>(assessments: impl Iterator<Item = &'a RobAssessment>) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let mut columns = Vec::new();
    for domain in assessments.flat_map(|it| &it.domains) {
        if seen.insert(domain.domain.short) {
            columns.push((domain.domain.short.to_owned(), domain.domain.name.to_owned()));
        }
    }
    // Of several variants of the tool: 1, 1a, 1b, 2 … with S between 1 and 2, as the crossover tool has it.
    columns.sort_by_key(|(short, _)| if short == "DS" { "D1z".to_owned() } else { short.clone() });
    if !columns.is_empty() {
        columns.push((OVERALL.to_owned(), "Overall risk of bias".to_owned()));
    }
    columns
}

/// One row per assessment, grouped by outcome where some are of one outcome only.
pub(crate) fn traffic_light(state: &State, risk_of_bias: &[RobAssessment]) -> Option<figures::Svg> {
    if risk_of_bias.is_empty() {
        return None;
    }
    let domains = columns(risk_of_bias.iter());
    let by_outcome = risk_of_bias.iter().any(|it| it.outcome.is_some());
    let mut sorted: Vec<&RobAssessment> = risk_of_bias.iter().collect();
    let position = |it: &RobAssessment| {
        it.outcome.as_ref().and_then(|id| state.outcomes.get_index_of(id)).map_or(0, |it| it + 1)
    };
    sorted.sort_by_key(|it| position(it));
    let rows = sorted
        .into_iter()
        .map(|it| TrafficLightRow {
            group: by_outcome.then(|| outcome_name(state, it)),
            label: it.study.clone(),
            judgements: domains.iter().map(|(short, _)| light(Some(it), short)).collect(),
        })
        .collect();
    Some(figures::traffic_light(&TrafficLight {
        id: "risk-of-bias".to_owned(),
        title: "Risk of bias by study and domain".to_owned(),
        description: format!(
            "A light for each domain of {} assessments. The judgements are given in words below.",
            risk_of_bias.len()
        ),
        domains,
        rows,
    }))
}

/// What an assessment is of, in words.
pub(crate) fn outcome_name(state: &State, assessment: &RobAssessment) -> String {
    match &assessment.outcome {
        None => "All outcomes".to_owned(),
        Some(id) => state.outcomes.get(id).map_or_else(|| id.clone(), |it| it.name.clone()),
    }
}

/// The share of each judgement per domain, of the assessments that have the domain.
pub(crate) fn summary(risk_of_bias: &[RobAssessment]) -> Option<figures::Svg> {
    if risk_of_bias.is_empty() {
        return None;
    }
    let bars = columns(risk_of_bias.iter())
        .into_iter()
        .map(|(short, name)| {
            let lights: Vec<figures::Judgement> = risk_of_bias
                .iter()
                .map(|it| light(Some(it), &short))
                .filter(|it| *it != figures::Judgement::NotAssessed)
                .collect();
            let share = |wanted: figures::Judgement| {
                let n = lights.iter().filter(|it| **it == wanted).count();
                100.0 * n as f64 / lights.len().max(1) as f64
            };
            let shares = [
                share(figures::Judgement::Low),
                share(figures::Judgement::SomeConcerns),
                share(figures::Judgement::High),
                share(figures::Judgement::NoInformation),
            ];
            RobBar { label: name, shares }
        })
        .collect();
    Some(figures::rob_summary(&RobSummary {
        id: "risk-of-bias-summary".to_owned(),
        title: "Risk of bias: share of each judgement".to_owned(),
        description: format!(
            "For each domain, the share of {} assessments with each judgement.",
            risk_of_bias.len()
        ),
        bars,
        weighted: false,
    }))
}
