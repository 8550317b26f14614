//! Section 4, the characteristics of the included studies, and section 11, their reports.

use askama::Template;
use consilience_review::Keyword;
use consilience_review::vocabulary::study::Study;

use super::Material;
use super::selection::citation;
use super::text::{Link, report_anchor, study_anchor};
use crate::number::count;
use crate::statement::capitalised;

/// The table of characteristics.
#[derive(Template)]
#[template(path = "studies.html", whitespace = "minimize")]
pub(super) struct StudiesSection {
    columns: Vec<String>,
    rows: Vec<StudyRow>,
}

struct StudyRow {
    anchor: String,
    study: String,
    design: String,
    arms: Vec<String>,
    characteristics: Vec<String>,
    reports: Vec<Link>,
}

impl StudiesSection {
    pub(super) fn new(material: Material) -> Self {
        let state = &material.reading.state;
        let names = state.characteristic_names();
        let rows = state
            .studies
            .values()
            .enumerate()
            .map(|(position, study)| StudyRow {
                anchor: study_anchor(position),
                study: study.study.clone(),
                design: design(study),
                arms: arms(material, &study.study),
                characteristics: names
                    .iter()
                    .map(|name| study.characteristics.get(*name).cloned().unwrap_or_default())
                    .collect(),
                reports: study
                    .reports
                    .iter()
                    .map(|id| Link {
                        anchor: report_anchor(report_position(material, id)),
                        text: id.clone(),
                    })
                    .collect(),
            })
            .collect();
        let columns = names.iter().map(|it| capitalised(&it.replace('_', " "))).collect();
        Self { columns, rows }
    }

    /// Whether a sheet of paper is too narrow for the columns: each study is then printed as a paragraph.
    fn is_wide(&self) -> bool {
        self.columns.len() > 5
    }

    fn has_reports(&self) -> bool {
        self.rows.iter().any(|it| !it.reports.is_empty())
    }
}

fn design(study: &Study) -> String {
    let name = capitalised(study.design.name());
    match &study.pairing {
        Some(pairing) => format!("{name} ({pairing})"),
        None => name,
    }
}

/// Each arm: its name, how many, what was done.
fn arms(material: Material, study: &str) -> Vec<String> {
    material
        .reading
        .state
        .arms
        .values()
        .filter(|it| it.study == study)
        .map(|arm| {
            let n =
                arm.n.as_ref().map(|n| format!(" (n = {})", count(n.value()))).unwrap_or_default();
            let what = arm.description.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
            format!("{}{n}{what}", arm.arm)
        })
        .collect()
}

/// The reports that tell of the included studies, in the order of the studies.
fn reports(material: Material<'_>) -> Vec<&str> {
    let mut ids: Vec<&str> = Vec::new();
    for id in material.reading.state.studies.values().flat_map(|it| &it.reports) {
        if !ids.contains(&id.as_str()) {
            ids.push(id);
        }
    }
    ids
}

fn report_position(material: Material, id: &str) -> usize {
    reports(material).iter().position(|it| *it == id).unwrap_or_default()
}

/// A report's id, leading to it among the references.
pub(super) fn report_link(material: Material, id: &str) -> Link {
    Link { anchor: report_anchor(report_position(material, id)), text: id.to_owned() }
}

/// The reports of the included studies.
#[derive(Template)]
#[template(path = "references.html", whitespace = "minimize")]
pub(super) struct ReferenceSection {
    reports: Vec<Reference>,
}

struct Reference {
    anchor: String,
    id: String,
    citation: String,
    studies: String,
    link: Option<String>,
}

impl ReferenceSection {
    pub(super) fn new(material: Material) -> Self {
        let state = &material.reading.state;
        let records = &material.reading.records;
        let reports = reports(material)
            .into_iter()
            .enumerate()
            .map(|(position, id)| {
                let studies: Vec<&str> = state
                    .studies
                    .values()
                    .filter(|it| it.reports.iter().any(|report| report == id))
                    .map(|it| it.study.as_str())
                    .collect();
                Reference {
                    anchor: report_anchor(position),
                    id: id.to_owned(),
                    citation: citation(records, id),
                    studies: studies.join(", "),
                    link: records.get(id).and_then(link),
                }
            })
            .collect();
        Self { reports }
    }
}

/// Where the report can be found: its DOI, or an address of the web.
fn link(record: &consilience_bib::Record) -> Option<String> {
    let url = record.url().filter(|it| it.starts_with("https://") || it.starts_with("http://"));
    record.doi().map(|it| format!("https://doi.org/{it}")).or_else(|| url.map(str::to_owned))
}
