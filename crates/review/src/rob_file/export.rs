//! Answers and judgements as files: a package's table, an empty table to fill in, and the layout of the R package robvis.

use std::collections::BTreeMap;

use consilience_appraisal::rob2::Variant;
use consilience_appraisal::tool::{Domain, Tool};

use crate::cells::{Cell, Out, Tabular};
use crate::event::Attributed;
use crate::risk_of_bias::{DomainAssessment, RobAssessment};
use crate::vocabulary::risk_of_bias::{RobEntry, ToolName};

/// Entries as a package's `risk_of_bias.csv`.
pub fn to_risk_of_bias_csv(entries: &[Attributed<RobEntry>]) -> String {
    const COLUMNS: [&str; 8] =
        ["study", "outcome", "tool", "question", "answer", "support", "assessor", "time"];
    let row = |entry: &Attributed<RobEntry>| {
        let mut out = Out::default();
        entry.value.write(&mut out);
        out.optional("assessor", entry.who.0.as_deref());
        out.optional("time", entry.when.0.as_deref());
        let cells = out.into_cells();
        COLUMNS.map(|it| cells.get(it).map(Cell::to_text).unwrap_or_default()).to_vec()
    };
    let header = COLUMNS.map(str::to_owned).to_vec();
    csv_text(std::iter::once(header).chain(entries.iter().map(row)))
}

/// A table to fill in: one row for each study, outcome and question of a tool, with what the question asks; or, if `wide`,
/// one row for each study and outcome with a column for each question and one for its support.
pub fn empty_answers(tool: &Tool, studies: &[String], outcomes: &[String], wide: bool) -> String {
    let none = [String::new()];
    let or_none = |names: &[String]| -> Vec<String> {
        if names.is_empty() { none.to_vec() } else { names.to_vec() }
    };
    let results: Vec<(String, String)> = or_none(studies)
        .iter()
        .flat_map(|study| or_none(outcomes).into_iter().map(move |it| (study.clone(), it)))
        .collect();
    let asked = asked(tool);
    if wide {
        let head = ["study", "outcome", "tool", "assessor"].map(str::to_owned).to_vec();
        let columns = asked.iter().flat_map(|it| [it.0.clone(), format!("{} support", it.0)]);
        let header = head.into_iter().chain(columns).collect();
        let row = |(study, outcome): &(String, String)| {
            let mut row = vec![study.clone(), outcome.clone(), tool.name.clone(), String::new()];
            row.resize(4 + 2 * asked.len(), String::new());
            row
        };
        return csv_text(std::iter::once(header).chain(results.iter().map(row)));
    }
    let header = ["study", "outcome", "tool", "question", "asks", "answer", "support", "assessor"];
    let rows = results.iter().flat_map(|(study, outcome)| {
        asked.iter().map(move |(question, asks)| {
            let blank = String::new;
            let (study, outcome) = (study.clone(), outcome.clone());
            let (question, asks) = (question.clone(), asks.clone());
            vec![study, outcome, tool.name.clone(), question, asks, blank(), blank(), blank()]
        })
    });
    csv_text(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
}

/// The questions of a tool, and the judgements that it leaves to the rater, with what they ask.
fn asked(tool: &Tool) -> Vec<(String, String)> {
    let of_domain = |domain: &Domain| {
        let questions = domain.questions.iter().map(|it| {
            let condition = match it.asked.to_string() {
                always if always == "always" => String::new(),
                condition => format!(" (only if {condition})"),
            };
            let asks = format!("{} [{}]{condition}", it.text, it.offered.join(", "));
            (it.number.clone(), asks)
        });
        let levels: Vec<&str> = tool.levels.iter().map(|it| it.name.as_str()).collect();
        let is_rated = domain.tables.is_empty() && domain.most_stars() == 0;
        let judgement = is_rated.then(|| {
            (format!("domain {}", domain.id), format!("{} [{}]", domain.name, levels.join(", ")))
        });
        questions.chain(judgement).collect::<Vec<_>>()
    };
    tool.domains.iter().flat_map(of_domain).collect()
}

/// The judgements in the layout that robvis reads, with the tool's columns, an overall judgement and weights.
///
/// # Errors
/// Why they cannot stand in one such table: tools that differ, or one that gives stars.
pub fn robvis(
    assessments: &[RobAssessment],
    weights: &BTreeMap<(String, Option<String>), f64>,
) -> Result<String, String> {
    let Some(first) = assessments.first() else {
        return Err("there is no assessment".to_owned());
    };
    let tool = &first.tool;
    if let Some(other) = assessments.iter().find(|it| it.tool.name != tool.name) {
        return Err(format!(
            "assessments with {} and with {}: robvis shows one tool at a time",
            tool.name, other.tool.name
        ));
    }
    if tool.counts_stars() {
        return Err(format!("{} gives stars, which robvis does not show", tool.name));
    }
    let by_outcome = assessments.iter().any(|it| it.outcome.is_some());
    let bias: Vec<usize> = (0..tool.domains.len()).filter(|i| tool.domains[*i].is_bias()).collect();
    let columns = bias.iter().map(|i| column(tool, *i));
    let header = std::iter::once("Study".to_owned())
        .chain(columns)
        .chain(["Overall", "Weight"].map(str::to_owned));
    let words =
        |judgement: Option<String>| judgement.unwrap_or_else(|| "No information".to_owned());
    let row = |it: &RobAssessment| {
        let study = match &it.outcome {
            Some(outcome) if by_outcome => format!("{}, {outcome}", it.study),
            _ => it.study.clone(),
        };
        let judgements =
            bias.iter().map(|i| words(it.domains.get(*i).and_then(DomainAssessment::words)));
        let weight = weights.get(&(it.study.clone(), it.outcome.clone()));
        let weight = weight.map_or_else(|| "1".to_owned(), f64::to_string);
        std::iter::once(study)
            .chain(judgements)
            .chain([words(it.overall_words()), weight])
            .collect::<Vec<_>>()
    };
    Ok(csv_text(std::iter::once(header.collect()).chain(assessments.iter().map(row))))
}

/// What robvis calls the column of a domain.
fn column(tool: &Tool, i: usize) -> String {
    const ROB_1: [&str; 7] = [
        "Random.sequence.generation.",
        "Allocation.concealment.",
        "Blinding.of.participants.and.personnel.",
        "Blinding.of.outcome.assessment",
        "Incomplete.outcome.data",
        "Selective.reporting.",
        "Other.sources.of.bias.",
    ];
    let short = &tool.domains[i].short;
    let is_cluster = ToolName::new(&tool.name).variant() == Some(Variant::Cluster);
    match ROB_1.get(i) {
        Some(name) if tool.name == "RoB 1" => (*name).to_owned(),
        _ if is_cluster && short == "D1a" => "D1".to_owned(),
        _ => short.clone(),
    }
}

fn csv_text(rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        // Writing to memory cannot fail.
        let _ = writer.write_record(row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
