//! The counts of PRISMA 2020's flow diagram, each derived from decisions, never typed.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::agreement::{Agreement, agreement};
use crate::event::Attributed;
use crate::state::State;
use crate::vocabulary::protocol::SourceKind;
use crate::vocabulary::records::{CONSENSUS, Decision, Screening, Stage};

/// One source and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceCount {
    /// Its name.
    pub name: String,
    /// Database, register or other.
    pub kind: SourceKind,
    /// The hits that the source reported, where known.
    pub hits: Option<u64>,
    /// The records read from its exports; `None` when no export is there.
    pub records: Option<u64>,
    /// The records that could not be read and were kept aside.
    pub quarantined: u64,
}

/// What became of one report at one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All who looked agree, or consensus was found: the decision and its reason.
    Settled(Decision, Option<String>),
    /// Reviewers disagree on the decision, or at full text on the reason, and there is no consensus yet.
    Conflict,
    /// Nobody looked yet.
    Open,
}

/// The numbers of the flow diagram, with the reports behind each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Flow {
    /// Every source.
    pub sources: Vec<SourceCount>,
    /// Records set aside as duplicates.
    pub duplicates: Vec<String>,
    /// Records that were screened, or are to be.
    pub screened: Vec<String>,
    /// Excluded by title and abstract.
    pub excluded: Vec<String>,
    /// Not decided, or in conflict, at title and abstract.
    pub undecided_records: Vec<String>,
    /// Reports sought.
    pub sought: Vec<String>,
    /// Reports whose full text could not be had.
    pub not_retrieved: Vec<String>,
    /// Reports assessed.
    pub assessed: Vec<String>,
    /// Excluded at full text, by reason; the most frequent reason first.
    pub excluded_with_reasons: Vec<(String, Vec<String>)>,
    /// Neither in nor out yet.
    pub awaiting: Vec<String>,
    /// Studies that have not reported.
    pub ongoing: Vec<String>,
    /// Not decided, or in conflict, at full text.
    pub undecided_reports: Vec<String>,
    /// Included.
    pub included_reports: Vec<String>,
    /// Studies in the review.
    pub included_studies: Vec<String>,
    /// How many people screened at each stage: title and abstract, full text.
    pub screeners: (usize, usize),
    /// The records of sources that are neither databases nor registers.
    pub from_other_methods: BTreeSet<String>,
}

/// The two ways by which records come in, each a column of PRISMA 2020's diagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Databases and registers.
    DatabasesAndRegisters,
    /// Websites, organisations, citation searching and the like.
    OtherMethods,
}

impl Flow {
    /// Whether the package holds any records at all; without, only the studies are known.
    pub fn has_records(&self) -> bool {
        !self.screened.is_empty() || !self.duplicates.is_empty()
    }

    /// The same numbers for the records of one way alone; the studies are those of both.
    #[must_use]
    pub fn through(&self, route: Route) -> Self {
        let is_other = route == Route::OtherMethods;
        let some = |ids: &[String]| -> Vec<String> {
            ids.iter()
                .filter(|id| self.from_other_methods.contains(*id) == is_other)
                .cloned()
                .collect()
        };
        let reasons =
            self.excluded_with_reasons.iter().map(|(reason, ids)| (reason.clone(), some(ids)));
        Self {
            sources: self
                .sources
                .iter()
                .filter(|it| (it.kind == SourceKind::Other) == is_other)
                .cloned()
                .collect(),
            duplicates: some(&self.duplicates),
            screened: some(&self.screened),
            excluded: some(&self.excluded),
            undecided_records: some(&self.undecided_records),
            sought: some(&self.sought),
            not_retrieved: some(&self.not_retrieved),
            assessed: some(&self.assessed),
            excluded_with_reasons: by_frequency(reasons.filter(|it| !it.1.is_empty()).collect()),
            awaiting: some(&self.awaiting),
            ongoing: some(&self.ongoing),
            undecided_reports: some(&self.undecided_reports),
            included_reports: some(&self.included_reports),
            included_studies: self.included_studies.clone(),
            screeners: self.screeners,
            from_other_methods: if is_other {
                self.from_other_methods.clone()
            } else {
                BTreeSet::new()
            },
        }
    }

    /// Records identified through one kind of source.
    pub fn identified(&self, kind: SourceKind) -> u64 {
        self.sources.iter().filter(|it| it.kind == kind).filter_map(|it| it.records).sum()
    }
}

/// Counts a review's flow.
pub fn flow(state: &State) -> Flow {
    let from_other_methods = from_other_methods(state);
    let mut flow = Flow { sources: sources(state), from_other_methods, ..Flow::default() };
    let decisions = decisions(state);
    let verdict = |record: &str, stage: Stage| {
        decisions.get(&(record, stage)).map_or(Verdict::Open, |it| settle(it))
    };
    let mut by_reason: IndexMap<String, Vec<String>> = IndexMap::new();
    for record in state.records() {
        let id = record.to_owned();
        if state.duplicates.contains_key(record) {
            flow.duplicates.push(id);
            continue;
        }
        flow.screened.push(id.clone());
        match verdict(record, Stage::TitleAndAbstract) {
            Verdict::Settled(Decision::Exclude, _) => {
                flow.excluded.push(id);
                continue;
            }
            // A report decided on at full text has passed the first stage, whether or not that was noted.
            Verdict::Open | Verdict::Conflict
                if verdict(record, Stage::FullText) == Verdict::Open =>
            {
                flow.undecided_records.push(id);
                continue;
            }
            _ => flow.sought.push(id.clone()),
        }
        match verdict(record, Stage::FullText) {
            Verdict::Settled(Decision::NotRetrieved, _) => {
                flow.not_retrieved.push(id);
                continue;
            }
            Verdict::Settled(Decision::Exclude, reason) => {
                let reason = reason.unwrap_or_else(|| "no reason given".to_owned());
                by_reason.entry(reason).or_default().push(id.clone());
            }
            Verdict::Settled(Decision::AwaitingClassification, _) => flow.awaiting.push(id.clone()),
            Verdict::Settled(Decision::Ongoing, _) => flow.ongoing.push(id.clone()),
            Verdict::Settled(Decision::Include, _) => flow.included_reports.push(id.clone()),
            Verdict::Open | Verdict::Conflict => flow.undecided_reports.push(id.clone()),
        }
        flow.assessed.push(id);
    }
    flow.excluded_with_reasons = by_frequency(by_reason.into_iter().collect());
    flow.included_studies = state.studies.keys().cloned().collect();
    flow.screeners = (screeners(state, Stage::TitleAndAbstract), screeners(state, Stage::FullText));
    flow
}

/// The most frequent reason first, and equally frequent ones by name.
fn by_frequency(mut reasons: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    reasons.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(&b.0)));
    reasons
}

fn from_other_methods(state: &State) -> BTreeSet<String> {
    let is_other = |database: &str| {
        state.databases.get(database).is_some_and(|it| it.kind == SourceKind::Other)
    };
    let files = state.imports.values().filter(|it| is_other(&it.database));
    files.flat_map(|it| it.records.iter().cloned()).collect()
}

/// What became of a report at a stage.
pub fn verdict(state: &State, report: &str, stage: Stage) -> Verdict {
    decisions(state).get(&(report, stage)).map_or(Verdict::Open, |it| settle(it))
}

type Decisions<'a> = BTreeMap<(&'a str, Stage), Vec<&'a Attributed<Screening>>>;

/// The decisions by report and stage.
fn decisions(state: &State) -> Decisions<'_> {
    let mut decisions = Decisions::new();
    for entry in state.screenings.values() {
        decisions.entry((&entry.value.report, entry.value.stage)).or_default().push(entry);
    }
    decisions
}

/// The diagram gives one reason for each report excluded at full text, so reviewers who exclude for different
/// reasons do not agree yet.
fn settle(decisions: &[&Attributed<Screening>]) -> Verdict {
    let same_reason = |a: &Screening, b: &Screening| match (&a.reason, &b.reason) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => true,
    };
    let agree = |a: &Screening, b: &Screening| {
        a.decision == b.decision && (a.stage == Stage::TitleAndAbstract || same_reason(a, b))
    };
    match agreement(decisions, agree) {
        Agreement::Nobody => Verdict::Open,
        Agreement::On(it) => Verdict::Settled(it.value.decision, it.value.reason.clone()),
        Agreement::None => Verdict::Conflict,
    }
}

fn screeners(state: &State, stage: Stage) -> usize {
    let names: BTreeSet<_> = state
        .screenings
        .values()
        .filter(|it| it.value.stage == stage && it.who.0.as_deref() != Some(CONSENSUS))
        .map(|it| &it.who)
        .collect();
    names.len()
}

fn sources(state: &State) -> Vec<SourceCount> {
    let source = |database: &crate::vocabulary::protocol::Database| {
        let files: Vec<_> =
            state.imports.values().filter(|it| it.database == database.id).collect();
        let hits = state.searches.get(&database.id).and_then(|it| it.hits.as_ref());
        SourceCount {
            name: database.name.clone(),
            kind: database.kind,
            hits: hits.map(|it| count(it.value())),
            records: (!files.is_empty())
                .then(|| files.iter().map(|it| it.records.len() as u64).sum()),
            quarantined: files.iter().map(|it| count(it.quarantined.value())).sum(),
        }
    };
    state.databases.values().map(source).collect()
}

/// A count that was checked to be whole and not negative when it was read.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked on reading: whole, not negative, far below 2^53"
)]
fn count(value: f64) -> u64 {
    value as u64
}
