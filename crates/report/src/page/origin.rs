//! Where a study's numbers come from: the printed results, the steps from them to the effect, who entered them.

use consilience_review::analysis::{Pairing, StudyEffect};
use consilience_review::extraction::Extraction;
use consilience_review::vocabulary::result::ExtractedResult;
use consilience_review::vocabulary::result::ResultKey;
use consilience_review::{Attributed, State};

use super::data::{numbers, place, subject};
use super::text::{quoted, result_anchor};
use crate::json::correlation_source;
use crate::number::{fixed, typeset};

/// The provenance of one study in one synthesis.
pub(super) struct Origin {
    pub(super) anchor: String,
    pub(super) study: String,
    pub(super) effect: String,
    pub(super) inputs: Vec<Input>,
    pub(super) pairing: Option<String>,
    pub(super) steps: Vec<String>,
}

/// One printed result that an effect rests on.
pub(super) struct Input {
    pub(super) anchor: String,
    pub(super) subject: String,
    pub(super) numbers: String,
    pub(super) place: String,
    pub(super) entered: String,
}

impl Origin {
    /// `effect` is the effect as the synthesis prints it.
    pub(super) fn new(state: &State, anchor: String, study: &StudyEffect, effect: String) -> Self {
        Self {
            anchor,
            study: study.study.clone(),
            effect,
            inputs: inputs(state, &study.inputs),
            pairing: study.pairing.as_ref().map(pairing),
            steps: study.steps.iter().map(|it| typeset(&quoted(it))).collect(),
        }
    }
}

/// The printed results of these keys.
pub(super) fn inputs(state: &State, keys: &[ResultKey]) -> Vec<Input> {
    let extraction = Extraction::of(state);
    keys.iter()
        .filter_map(|key| {
            let extracted = extraction.get(key)?;
            let result = extracted.counts()?;
            let at = extracted.rows.iter().position(|it| std::ptr::eq(*it, result))?;
            let position = *extracted.positions.get(at)?;
            Some(Input {
                anchor: result_anchor(position),
                subject: subject(&result.value),
                numbers: numbers(&result.value),
                place: place(&result.value.source),
                entered: entered(result),
            })
        })
        .collect()
}

/// Who entered a result, and when; empty where neither is known.
pub(super) fn entered(result: &Attributed<ExtractedResult>) -> String {
    match (&result.who.0, &result.when.0) {
        (Some(who), Some(when)) => format!("{who}, {when}"),
        (Some(who), None) => who.clone(),
        (None, Some(when)) => when.clone(),
        (None, None) => String::new(),
    }
}

fn pairing(pairing: &Pairing) -> String {
    match pairing {
        Pairing::AsReported => "Paired design: the trial's own paired result was used.".to_owned(),
        Pairing::Correlation(r, source) => {
            format!("Paired design: correlation {}, {}.", fixed(*r, 2), correlation_source(*source))
        }
    }
}
