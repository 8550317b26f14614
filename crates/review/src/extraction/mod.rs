//! From the rows that people extracted to the results that count: one result may be read by several people, in several
//! reports of its study.
//!
//! Where all of them print the same numbers, the result counts once. Where they differ, a row by `consensus` decides, or,
//! between reports, the study's preferred report; without either the result is open, and nothing is picked
//! (Cochrane Handbook 5.5.2 and 5.6.1). [`agreement`] puts two extractors beside each other.

mod agreement;
mod fields;
mod file;
mod template;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

pub use agreement::{Between, ExtractionAgreement, FieldAgreement, Found, OnlyOne, agreement};
pub use fields::{Difference, Kind, Reading, differences};
pub use file::{ExtractedRow, read_extractions};
pub use template::to_adjudicate;

use crate::agreement::{Agreement, agreement as settled_among};
use crate::event::Attributed;
use crate::state::State;
use crate::vocabulary::records::CONSENSUS;
use crate::vocabulary::result::{ExtractedResult, ResultKey};
use crate::vocabulary::study::Study;

/// A row as somebody entered it.
pub type Entered = Attributed<ExtractedResult>;

/// All results of a review, with what counts of each.
#[derive(Debug)]
pub struct Extraction<'a> {
    /// By the one form of their keys.
    results: IndexMap<ResultKey, Extracted<'a>>,
    by_body: BTreeMap<(&'a str, &'a str), Vec<usize>>,
}

/// One result: every row about it, and what counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Extracted<'a> {
    /// The rows, in the order of the file.
    pub rows: Vec<&'a Entered>,
    /// Their positions in [`State::results`].
    pub positions: Vec<usize>,
    /// What counts.
    pub settled: Settled<'a>,
}

/// What counts of the rows about one result.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled<'a> {
    /// This row, and why.
    On(&'a Entered, Reason),
    /// None: they differ, and nobody decided.
    Open(Dispute),
}

/// Why a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is the only one.
    Only,
    /// All others print the same: the rows of so many people.
    Agreed {
        /// How many people.
        people: usize,
        /// From how many reports of the study.
        reports: usize,
    },
    /// It was decided in consensus.
    Consensus,
    /// It is from the study's preferred report; others print other numbers.
    PreferredReport,
}

/// Why a result is open.
#[derive(Debug, Clone, PartialEq)]
pub struct Dispute {
    /// Who or what differs.
    pub between: Parties,
    /// The fields, with what each row says.
    pub differences: Vec<Difference>,
}

/// Who or what differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parties {
    /// People who read the same report.
    Extractors,
    /// Reports of one study.
    Reports,
}

impl<'a> Extraction<'a> {
    /// Settles every result of a review.
    pub fn of(state: &'a State) -> Self {
        let mut rows: IndexMap<ResultKey, (Vec<usize>, Vec<&'a Entered>)> = IndexMap::new();
        for (position, (key, row)) in state.results.iter().enumerate() {
            let (positions, rows) = rows.entry(key.result.one_form()).or_default();
            positions.push(position);
            rows.push(row);
        }
        let mut by_body: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        let mut results = IndexMap::with_capacity(rows.len());
        for (i, (key, (positions, rows))) in rows.into_iter().enumerate() {
            let result = &rows[0].value;
            by_body.entry((&result.study, &result.outcome)).or_default().push(i);
            let settled = settle(&rows, state.studies.get(&result.study));
            results.insert(key, Extracted { rows, positions, settled });
        }
        Self { results, by_body }
    }

    /// Every result, in the order of their first rows.
    pub fn results(&self) -> impl Iterator<Item = &Extracted<'a>> {
        self.results.values()
    }

    /// The rows that count.
    pub fn settled(&self) -> impl Iterator<Item = &'a ExtractedResult> + '_ {
        self.results.values().filter_map(Extracted::counts).map(|it| &it.value)
    }

    /// The results that are open.
    pub fn open(&self) -> impl Iterator<Item = (ResultKey, &Dispute)> {
        self.results.values().filter_map(|it| match &it.settled {
            Settled::Open(dispute) => Some((it.first().key(), dispute)),
            Settled::On(..) => None,
        })
    }

    /// One result.
    pub fn get(&self, key: &ResultKey) -> Option<&Extracted<'a>> {
        self.results.get(&key.one_form())
    }

    /// The results of a study for an outcome.
    pub fn of_body<'s>(
        &'s self,
        study: &'s str,
        outcome: &'s str,
    ) -> impl Iterator<Item = &'s Extracted<'a>> {
        let positions = self.by_body.get(&(study, outcome)).map_or(&[][..], Vec::as_slice);
        positions.iter().map(|i| &self.results[*i])
    }
}

impl<'a> Extracted<'a> {
    /// The row that counts; `None` while the result is open.
    pub fn counts(&self) -> Option<&'a Entered> {
        match self.settled {
            Settled::On(row, _) => Some(row),
            Settled::Open(_) => None,
        }
    }

    /// The first row, which tells whose result it is.
    pub fn first(&self) -> &'a ExtractedResult {
        &self.rows[0].value
    }
}

impl Dispute {
    /// `mean: anna 12.1, ben 12.7; n: anna 30, ben 31`.
    pub fn words(&self) -> String {
        let words: Vec<String> = self.differences.iter().map(Difference::words).collect();
        words.join("; ")
    }
}

/// What counts of the rows about one result, of which there is at least one.
fn settle<'a>(rows: &[&'a Entered], study: Option<&Study>) -> Settled<'a> {
    if let [only] = rows {
        return Settled::On(only, Reason::Only);
    }
    let is_consensus = |it: &&&Entered| it.who.0.as_deref() == Some(CONSENSUS);
    let mut in_consensus = rows.iter().filter(is_consensus);
    if let (Some(row), None) = (in_consensus.next(), in_consensus.next()) {
        return Settled::On(row, Reason::Consensus);
    }
    let report = |it: &Entered| study.and_then(|study| study.report_of(&it.value.source));
    let reports: BTreeSet<Option<&str>> = rows.iter().map(|it| report(it)).collect();
    let of_report = |wanted: Option<&str>| -> Vec<&'a Entered> {
        rows.iter().filter(|it| report(it) == wanted).copied().collect()
    };
    let preferred = study.and_then(|it| it.preferred_report.as_deref());
    if preferred.is_some() && reports.contains(&preferred) && !all_agree(rows) {
        return match among_extractors(&of_report(preferred)) {
            Settled::On(row, Reason::Only | Reason::Agreed { .. }) if reports.len() > 1 => {
                Settled::On(row, Reason::PreferredReport)
            }
            settled => settled,
        };
    }
    let mut readings = Vec::new();
    for name in reports.iter().copied() {
        match among_extractors(&of_report(name)) {
            Settled::On(row, _) => readings.push(row),
            open @ Settled::Open(_) => return open,
        }
    }
    if all_agree(&readings) {
        let people: BTreeSet<&crate::event::Who> = rows.iter().map(|it| &it.who).collect();
        let reports = reports.len();
        return Settled::On(readings[0], Reason::Agreed { people: people.len(), reports });
    }
    let differences = differences(&readings, |it| {
        report(it).map_or_else(|| "another source".to_owned(), str::to_owned)
    });
    Settled::Open(Dispute { between: Parties::Reports, differences })
}

/// What counts of the rows of several people about one result in one report.
fn among_extractors<'a>(rows: &[&'a Entered]) -> Settled<'a> {
    match settled_among(rows, fields::agree) {
        Agreement::On(row) if rows.len() == 1 => Settled::On(row, Reason::Only),
        Agreement::On(row) if row.who.0.as_deref() == Some(CONSENSUS) => {
            Settled::On(row, Reason::Consensus)
        }
        Agreement::On(row) => Settled::On(row, Reason::Agreed { people: rows.len(), reports: 1 }),
        Agreement::Nobody | Agreement::None => {
            let differences = differences(rows, |it| it.who.to_string());
            Settled::Open(Dispute { between: Parties::Extractors, differences })
        }
    }
}

fn all_agree(rows: &[&Entered]) -> bool {
    rows.split_first().is_none_or(|(first, others)| {
        others.iter().all(|it| fields::agree(&first.value, &it.value))
    })
}
