//! The tables of a report as CSV files, for spreadsheets and scripts: numbers at full precision.

use std::collections::BTreeMap;

use consilience_review::Evaluation;
use consilience_review::analysis::Synthesis;
use consilience_review::risk_of_bias::RobAssessment;

use crate::ReportError;
use crate::summary_of_findings::{SummaryOfFindings, profiles_csv, summaries_csv};

/// All tables, by file name.
pub(crate) fn tables(
    evaluation: &Evaluation,
    summaries: &[SummaryOfFindings],
) -> Result<BTreeMap<String, Vec<u8>>, ReportError> {
    let mut files = BTreeMap::new();
    let mut put = |name: &'static str, rows: Vec<Vec<String>>| -> Result<(), ReportError> {
        if rows.len() > 1 {
            files.insert(format!("tables/{name}"), csv(name, &rows)?);
        }
        Ok(())
    };
    put("syntheses.csv", syntheses(&evaluation.syntheses))?;
    put("effects.csv", effects(&evaluation.syntheses))?;
    put("excluded-from-syntheses.csv", excluded(&evaluation.syntheses))?;
    put("flow.csv", flow(evaluation))?;
    put("risk-of-bias.csv", risk_of_bias(&evaluation.risk_of_bias))?;
    put("summary-of-findings.csv", summaries_csv(evaluation, summaries))?;
    put("evidence-profile.csv", profiles_csv(evaluation, summaries))?;
    Ok(files)
}

fn csv(name: &'static str, rows: &[Vec<String>]) -> Result<Vec<u8>, ReportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(|source| ReportError::Table { name, source })?;
    }
    writer
        .into_inner()
        .map_err(|error| ReportError::Table { name, source: error.into_error().into() })
}

fn header(names: &[&str]) -> Vec<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

/// The shortest text that reads back as the same number; empty for what is not finite.
fn number(value: f64) -> String {
    if value.is_finite() { format!("{value}") } else { String::new() }
}

fn syntheses(syntheses: &[Synthesis]) -> Vec<Vec<String>> {
    let mut rows = vec![header(&[
        "analysis",
        "title",
        "measure",
        "k",
        "estimate",
        "ci_lower",
        "ci_upper",
        "p_value",
        "tau2",
        "i2",
        "prediction_lower",
        "prediction_upper",
        "scale",
    ])];
    for it in syntheses {
        let Some(pooled) = &it.pooled else { continue };
        let prediction = pooled.prediction;
        rows.push(vec![
            it.plan.id.clone(),
            it.title.clone(),
            it.plan.measure.name().to_owned(),
            it.studies.len().to_string(),
            number(pooled.estimate),
            number(pooled.ci.lower),
            number(pooled.ci.upper),
            number(pooled.p_value),
            number(pooled.tau2),
            number(pooled.i2),
            prediction.map(|it| number(it.lower)).unwrap_or_default(),
            prediction.map(|it| number(it.upper)).unwrap_or_default(),
            scale(it).to_owned(),
        ]);
    }
    rows
}

fn scale(synthesis: &Synthesis) -> &'static str {
    if synthesis.plan.is_ratio() { "logarithm" } else { "natural" }
}

fn effects(syntheses: &[Synthesis]) -> Vec<Vec<String>> {
    let mut rows = vec![header(&[
        "analysis",
        "study",
        "subgroup",
        "estimate",
        "se",
        "ci_lower",
        "ci_upper",
        "weight_percent",
        "scale",
        "steps",
    ])];
    for synthesis in syntheses {
        for it in &synthesis.studies {
            rows.push(vec![
                synthesis.plan.id.clone(),
                it.study.clone(),
                it.subgroup.clone().unwrap_or_default(),
                number(it.effect.estimate),
                number(it.effect.se()),
                number(it.ci.lower),
                number(it.ci.upper),
                number(it.weight),
                scale(synthesis).to_owned(),
                it.steps.join("; "),
            ]);
        }
    }
    rows
}

fn excluded(syntheses: &[Synthesis]) -> Vec<Vec<String>> {
    let mut rows = vec![header(&["analysis", "study", "reason"])];
    for synthesis in syntheses {
        rows.extend(
            synthesis
                .excluded
                .iter()
                .map(|it| vec![synthesis.plan.id.clone(), it.study.clone(), it.reason.clone()]),
        );
    }
    rows
}

fn flow(evaluation: &Evaluation) -> Vec<Vec<String>> {
    let mut rows = vec![header(&["box", "n"])];
    rows.extend(
        crate::page::selection::counts(&evaluation.flow)
            .into_iter()
            .map(|it| vec![it.words, it.n.map_or_else(String::new, |n| n.to_string())]),
    );
    rows
}

/// One row per domain, since tools differ in their domains.
fn risk_of_bias(assessments: &[RobAssessment]) -> Vec<Vec<String>> {
    let mut rows = vec![header(&["study", "outcome", "tool", "domain", "judgement"])];
    for it in assessments {
        let words = |it: Option<String>| it.unwrap_or_else(|| "Incomplete".to_owned());
        let row = |domain: &str, text: String| {
            vec![
                it.study.clone(),
                it.outcome.clone().unwrap_or_default(),
                it.tool.name.clone(),
                domain.to_owned(),
                text,
            ]
        };
        rows.extend(it.domains.iter().map(|d| row(&d.domain.short, words(d.words()))));
        rows.push(row("Overall", words(it.overall_words())));
    }
    rows
}
