//! Where a study's numbers come from: which result was chosen by which rule, the printed numbers with their source and who
//! entered them, and the steps from them to the effect.

use askama::Template;
use consilience_review::Attributed;
use consilience_review::analysis::{Pairing, StudyEffect, Synthesis};
use consilience_review::extraction::{Extracted, Parties, Reason, Settled, differences};
use consilience_review::vocabulary::result::{ExtractedResult, ResultKey};

use super::Material;
use super::data::{in_report, numbers, place, subject};
use super::studies::report_link;
use super::text::{Link, Named, origin_anchor, quoted, result_anchor, row_anchor};
use crate::forest::effect_text;
use crate::json::correlation_source;
use crate::number::{fixed, typeset};
use crate::statement::capitalised;

/// The provenance of every study's effect, synthesis by synthesis.
#[derive(Template)]
#[template(path = "origins.html", whitespace = "minimize")]
pub(super) struct OriginSection {
    syntheses: Vec<OriginsOfSynthesis>,
}

struct OriginsOfSynthesis {
    anchor: String,
    title: String,
    origins: Vec<Origin>,
}

/// The provenance of one study in one synthesis.
struct Origin {
    anchor: String,
    /// The row of the study's numbers in the synthesis.
    back: String,
    study: String,
    effect: String,
    choice: Option<ChoiceView>,
    inputs: Vec<Input>,
    pairing: Option<String>,
    steps: Vec<Step>,
}

struct ChoiceView {
    used: String,
    rule: String,
    others: Vec<Named>,
}

/// A step, and what is behind it where it is a conversion.
struct Step {
    text: String,
    source: Option<&'static str>,
    assumes: String,
}

/// One printed result that an effect rests on.
pub(super) struct Input {
    pub(super) anchor: String,
    pub(super) subject: String,
    pub(super) numbers: String,
    /// The report that it is from, where its source names one.
    report: Option<Link>,
    pub(super) place: String,
    quote: Option<String>,
    note: Option<String>,
    entries: Vec<Entry>,
    settled: Option<String>,
}

/// One person's row of a result.
struct Entry {
    anchor: String,
    who: String,
    /// What it says otherwise than the row that counts.
    otherwise: String,
}

impl OriginSection {
    pub(super) fn new(material: Material) -> Self {
        let both = material.evaluation.syntheses.iter().zip(&material.drawings.analyses);
        let syntheses = both
            .filter(|(synthesis, _)| !synthesis.studies.is_empty())
            .map(|(synthesis, drawings)| {
                let anchor = format!("analysis-{}", drawings.anchor);
                let studies = synthesis.studies.iter().enumerate();
                OriginsOfSynthesis {
                    title: synthesis.title.clone(),
                    origins: studies
                        .map(|(i, study)| Origin::new(material, synthesis, &anchor, i, study))
                        .collect(),
                    anchor,
                }
            })
            .collect();
        Self { syntheses }
    }
}

impl Origin {
    fn new(
        material: Material,
        synthesis: &Synthesis,
        anchor: &str,
        position: usize,
        study: &StudyEffect,
    ) -> Self {
        Self {
            anchor: origin_anchor(anchor, position),
            back: row_anchor(anchor, position),
            study: study.label(),
            effect: effect_text(synthesis, study.effect.estimate, study.ci),
            choice: study.choice.as_ref().map(|it| ChoiceView {
                used: it.used.clone(),
                rule: typeset(&it.rule),
                others: it
                    .others
                    .iter()
                    .map(|it| Named::new(&it.result, typeset(&quoted(&it.reason))))
                    .collect(),
            }),
            inputs: inputs(material, &study.inputs),
            pairing: study.pairing.as_ref().map(pairing),
            steps: steps(study),
        }
    }
}

fn steps(study: &StudyEffect) -> Vec<Step> {
    let conversion = |i: usize| study.conversions.iter().find(|it| it.step == i);
    let step = |(i, text): (usize, &String)| {
        let conversion = conversion(i);
        Step {
            text: typeset(&quoted(text)),
            source: conversion.map(|it| it.source),
            assumes: conversion.map_or_else(String::new, |it| it.assumes.join("; ")),
        }
    };
    study.steps.iter().enumerate().map(step).collect()
}

/// The printed results of these keys.
pub(super) fn inputs(material: Material, keys: &[ResultKey]) -> Vec<Input> {
    keys.iter().filter_map(|key| input(material, material.extraction.get(key)?)).collect()
}

fn input(material: Material, extracted: &Extracted) -> Option<Input> {
    let counts = extracted.counts()?;
    let rows = || extracted.rows.iter().zip(&extracted.positions);
    let (_, position) = rows().find(|(row, _)| std::ptr::eq(**row, counts))?;
    let report = material.reading.state.report_of(&counts.value);
    let source = &counts.value.source;
    Some(Input {
        anchor: result_anchor(*position),
        subject: subject(&counts.value),
        numbers: numbers(&counts.value),
        place: match report {
            Some(_) => in_report(source),
            None => place(source),
        },
        report: report.map(|id| report_link(material, id)),
        quote: source.quote.clone(),
        note: counts.value.note.clone(),
        entries: rows()
            .map(|(row, position)| Entry {
                anchor: result_anchor(*position),
                who: entered(row),
                otherwise: otherwise(counts, row),
            })
            .collect(),
        settled: settled_words(extracted),
    })
}

/// What a row says otherwise than the one that counts.
fn otherwise(counts: &Attributed<ExtractedResult>, row: &Attributed<ExtractedResult>) -> String {
    let differing = differences(&[counts, row], |_| String::new());
    let words: Vec<String> = differing
        .iter()
        .filter_map(|it| {
            let text = it.readings.last()?.text.as_deref().unwrap_or("nothing");
            Some(format!("{} {text}", it.field))
        })
        .collect();
    words.join(", ")
}

/// Why one of several rows counts, or that none does; `None` where there is only one.
pub(super) fn settled_words(extracted: &Extracted) -> Option<String> {
    match &extracted.settled {
        Settled::On(_, Reason::Only) => None,
        Settled::On(_, Reason::Agreed { people, reports }) => {
            let people = (*people > 1).then(|| format!("{people} people"));
            let reports = (*reports > 1).then(|| format!("{reports} reports"));
            let who: Vec<String> = people.into_iter().chain(reports).collect();
            Some(format!("{} agree", capitalised(&who.join(" and "))))
        }
        Settled::On(_, Reason::Consensus) => Some("Decided by consensus".to_owned()),
        Settled::On(_, Reason::PreferredReport) => {
            Some("From the preferred report; another prints other numbers".to_owned())
        }
        Settled::Open(dispute) => Some(match dispute.between {
            Parties::Extractors => "Open: the extractors differ".to_owned(),
            Parties::Reports => "Open: the reports differ".to_owned(),
        }),
    }
}

/// Who entered a result, and when; says so where neither is known.
pub(super) fn entered(result: &Attributed<ExtractedResult>) -> String {
    match (&result.who.0, &result.when.0) {
        (Some(who), Some(when)) => format!("{who}, {when}"),
        (Some(who), None) => format!("{who}, day not recorded"),
        (None, Some(when)) => format!("{when}, by whom is not recorded"),
        (None, None) => "not recorded".to_owned(),
    }
}

fn pairing(pairing: &Pairing) -> String {
    match pairing {
        Pairing::AsReported => "the trial's own paired result was used".to_owned(),
        Pairing::Correlation(r, source) => {
            format!("correlation {}, {}", fixed(*r, 2), correlation_source(*source))
        }
    }
}
