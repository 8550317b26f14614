//! The figures of risk of bias: traffic lights, the summary, and the lights beside a forest plot.

use std::collections::BTreeSet;

use consilience_appraisal::tool::{Level, Light};
use consilience_figures as figures;
use consilience_figures::{Palette, RobBar, RobKey, RobSummary, TrafficLight, TrafficLightRow};
use consilience_review::State;
use consilience_review::analysis::Synthesis;
use consilience_review::risk_of_bias::{RobAssessment, assessment_for};

/// The column of the overall judgement.
const OVERALL: &str = "Overall";

/// The light of a judgement; an open one is "no information".
fn light_of(judgement: Option<&Level>) -> figures::Judgement {
    match judgement.map(|it| it.light) {
        Some(Light::Low) => figures::Judgement::Low,
        Some(Light::Some) => figures::Judgement::SomeConcerns,
        Some(Light::High) => figures::Judgement::High,
        Some(Light::Critical) => figures::Judgement::Critical,
        Some(Light::Unknown) | None => figures::Judgement::NoInformation,
    }
}

/// The light of an assessment in the column with this header.
pub(crate) fn light(assessment: Option<&RobAssessment>, header: &str) -> figures::Judgement {
    let Some(assessment) = assessment else { return figures::Judgement::NotAssessed };
    if header == OVERALL {
        return light_of(assessment.overall().as_ref());
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

/// The words of the tools that a synthesis' studies were assessed with.
pub(crate) fn key_of_lights(synthesis: &Synthesis, risk_of_bias: &[RobAssessment]) -> RobKey {
    let of = |study: &String| assessment_for(risk_of_bias, study, &synthesis.outcome.id);
    let shown: Vec<RobAssessment> =
        synthesis.studies.iter().filter_map(|it| of(&it.study)).cloned().collect();
    key_of(&shown, Palette::Report)
}

/// Short and long names of the domains of some assessments, in the tools' order, then "Overall".
fn columns<'a>(assessments: impl Iterator<Item = &'a RobAssessment>) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let mut columns = Vec::new();
    for domain in assessments.flat_map(|it| &it.domains) {
        if seen.insert(domain.domain.short.clone()) {
            columns.push((domain.domain.short.clone(), domain.domain.name.clone()));
        }
    }
    // Of several variants of the tool: 1, 1a, 1b, 2 … with S between 1 and 2, as the crossover tool has it.
    columns.sort_by_key(|(short, _)| if short == "DS" { "D1z".to_owned() } else { short.clone() });
    if !columns.is_empty() {
        columns.push((OVERALL.to_owned(), "Overall risk of bias".to_owned()));
    }
    columns
}

/// The judgements of some assessments' tools with their words: RoB 2's own where all use RoB 2.
fn key_of(risk_of_bias: &[RobAssessment], palette: Palette) -> RobKey {
    let mut words: Vec<(figures::Judgement, String)> = Vec::new();
    for level in risk_of_bias.iter().flat_map(|it| &it.tool.levels) {
        let light = light_of(Some(level));
        match words.iter_mut().find(|it| it.0 == light) {
            // Tools that say it in different words share the light.
            Some((_, said)) if !said.split(" / ").any(|it| it == level.name) => {
                *said = format!("{said} / {}", level.name);
            }
            Some(_) => {}
            None => words.push((light, level.name.clone())),
        }
    }
    let no_information = figures::Judgement::NoInformation;
    if !words.iter().any(|it| it.0 == no_information) {
        words.push((no_information, "No information".to_owned()));
    }
    words.sort_by_key(|it| it.0);
    for (_, said) in &mut words {
        if said == "Low" || said == "High" {
            said.push_str(" risk of bias");
        }
    }
    RobKey { palette, words }
}

/// What a figure of risk of bias is called and to whom its rows belong.
#[derive(Clone, Copy)]
pub struct RobFigure<'a> {
    /// The assessments.
    pub assessments: &'a [RobAssessment],
    /// The colours.
    pub palette: Palette,
    /// The name of an outcome, by its id.
    pub outcome_name: &'a dyn Fn(&RobAssessment) -> String,
}

/// One row per assessment, grouped by outcome where some are of one outcome only; `None` without assessments.
pub fn rob_traffic_light(figure: &RobFigure) -> Option<figures::Svg> {
    let risk_of_bias = figure.assessments;
    if risk_of_bias.is_empty() {
        return None;
    }
    let domains = columns(risk_of_bias.iter());
    let by_outcome = risk_of_bias.iter().any(|it| it.outcome.is_some());
    let rows = risk_of_bias
        .iter()
        .map(|it| TrafficLightRow {
            group: by_outcome.then(|| (figure.outcome_name)(it)),
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
        key: key_of(risk_of_bias, figure.palette),
    }))
}

/// The share of each judgement per domain, of the assessments that have the domain: by number, or by their weights (which
/// stand in the order of the assessments). `None` without assessments.
pub fn rob_summary(figure: &RobFigure, weights: Option<&[f64]>) -> Option<figures::Svg> {
    let risk_of_bias = figure.assessments;
    if risk_of_bias.is_empty() {
        return None;
    }
    let weight = |i: usize| weights.map_or(1.0, |it| it.get(i).copied().unwrap_or(0.0));
    let bars = columns(risk_of_bias.iter())
        .into_iter()
        .map(|(short, name)| {
            let lights: Vec<(figures::Judgement, f64)> = risk_of_bias
                .iter()
                .enumerate()
                .map(|(i, it)| (light(Some(it), &short), weight(i)))
                .filter(|it| it.0 != figures::Judgement::NotAssessed)
                .collect();
            let total: f64 = lights.iter().map(|it| it.1).sum();
            let share = |wanted: figures::Judgement| {
                let sum: f64 = lights.iter().filter(|it| it.0 == wanted).map(|it| it.1).sum();
                (wanted, if total > 0.0 { 100.0 * sum / total } else { 0.0 })
            };
            RobBar { label: name, shares: figures::Judgement::ALL.map(share).to_vec() }
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
        weighted: weights.is_some(),
        key: key_of(risk_of_bias, figure.palette),
    }))
}

/// The report's traffic lights, in the order of the outcomes.
pub(crate) fn traffic_light(state: &State, risk_of_bias: &[RobAssessment]) -> Option<figures::Svg> {
    let position = |it: &RobAssessment| {
        it.outcome.as_ref().and_then(|id| state.outcomes.get_index_of(id)).map_or(0, |it| it + 1)
    };
    let mut sorted = risk_of_bias.to_vec();
    sorted.sort_by_key(position);
    rob_traffic_light(&RobFigure {
        assessments: &sorted,
        palette: Palette::Report,
        outcome_name: &|it| outcome_name(state, it),
    })
}

/// The report's summary, each assessment counting the same.
pub(crate) fn summary(state: &State, risk_of_bias: &[RobAssessment]) -> Option<figures::Svg> {
    let outcome_name = |it: &RobAssessment| outcome_name(state, it);
    let figure = RobFigure {
        assessments: risk_of_bias,
        palette: Palette::Report,
        outcome_name: &outcome_name,
    };
    rob_summary(&figure, None)
}

/// What an assessment is of, in words.
pub(crate) fn outcome_name(state: &State, assessment: &RobAssessment) -> String {
    match &assessment.outcome {
        None => "All outcomes".to_owned(),
        Some(id) => state.outcomes.get(id).map_or_else(|| id.clone(), |it| it.name.clone()),
    }
}
