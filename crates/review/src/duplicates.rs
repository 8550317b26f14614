//! What de-duplication adds to a review: rows of `duplicates.csv` for the records that are a report which another record is,
//! too. Nothing else of a review is touched, so taking such a row out undoes it.

use std::collections::BTreeSet;

use consilience_dedup::{Answer, Index, representative};

use crate::package::Reading;
use crate::package::edit::{self, NewRow};
use crate::state::State;
use crate::vocabulary::records::{Duplicate, PairAnswer, PairQuestion};

/// The file that says which records are duplicates.
pub const FILE: &str = "duplicates.csv";

/// Who signs the rows that are written here.
pub const REVIEWER: &str = "consil";

/// What is new in a review. Records go by their places in [`Reading::records`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewDuplicates {
    /// The rows that say it, in the order of the records that stand for the reports.
    pub rows: Vec<Duplicate>,
    /// Reports of which several records have been decided on already, by title, for themselves: whoever decided has to say
    /// which record stands for the report.
    pub by_hand: Vec<Vec<String>>,
}

/// Tells an index what `duplicates.csv` says, by people or by an earlier run, and what people said of pairs in `pairs.csv`.
pub fn tell(reading: &Reading, index: &mut Index) {
    let place = |id: &str| reading.records.get_index_of(id);
    for it in reading.state.duplicates.values() {
        let pair = place(&it.value.record).zip(place(&it.value.duplicate_of));
        match pair {
            Some((a, b)) if it.who.0.as_deref() == Some(REVIEWER) => index.was_joined(a, b),
            Some((a, b)) => index.must_join(a, b),
            None => {}
        }
    }
    for it in reading.state.pairs.values().map(|it| &it.value) {
        let pair = place(&it.first).zip(place(&it.second));
        match (it.question, it.answer, pair) {
            (PairQuestion::Report, PairAnswer::Same, Some((a, b))) => index.must_join(a, b),
            (PairQuestion::Report, PairAnswer::Different, Some((a, b))) => {
                index.must_not_join(a, b);
            }
            _ => {}
        }
    }
}

/// What an answer about all records of a review says that its `duplicates.csv` does not.
///
/// The record that stands for a report already, or has been decided on, goes on standing for it; else the one that tells most.
pub fn new_duplicates(reading: &Reading, index: &Index, answer: &Answer) -> NewDuplicates {
    let records: Vec<&consilience_bib::Record> = reading.records.values().collect();
    let ids: Vec<&str> = reading.records.keys().map(String::as_str).collect();
    let decided_on = decided_on(&reading.state);
    let mut new = NewDuplicates::default();
    for group in &answer.groups {
        let open: Vec<usize> = group
            .iter()
            .copied()
            .filter(|it| !reading.state.duplicates.contains_key(ids[*it]))
            .collect();
        if open.len() < 2 {
            continue;
        }
        let fixed: Vec<usize> =
            open.iter().copied().filter(|it| decided_on.contains(ids[*it])).collect();
        let kept = fixed.first().copied().unwrap_or_else(|| representative(&open, &records));
        if fixed.len() > 1 {
            new.by_hand.push(fixed.iter().map(|it| ids[*it].to_owned()).collect());
        }
        let set_aside = open.iter().copied().filter(|it| *it != kept && !fixed.contains(it));
        new.rows.extend(set_aside.map(|record| Duplicate {
            record: ids[record].to_owned(),
            duplicate_of: ids[kept].to_owned(),
            reason: Some(reason(index, group, record, kept, &ids)),
        }));
    }
    new
}

/// The records that stand for others, were screened, or are reports of studies.
fn decided_on(state: &State) -> BTreeSet<&str> {
    let stand_for = state.duplicates.values().map(|it| it.value.duplicate_of.as_str());
    let screened = state.screenings.keys().map(|it| it.0.as_str());
    let of_studies = state.studies.values().flat_map(|it| &it.reports).map(String::as_str);
    stand_for.chain(screened).chain(of_studies).collect()
}

/// In what a record agrees with the one that stands for the report, or with another of the group that it agrees with more.
fn reason(index: &Index, group: &[usize], record: usize, kept: usize, ids: &[&str]) -> String {
    let others = group.iter().copied().filter(|it| *it != record);
    let nearest = others.map(|it| (index.explain(record, it), it)).max_by(|x, y| {
        x.0.probability.total_cmp(&y.0.probability).then((x.1 == kept).cmp(&(y.1 == kept)))
    });
    let Some((explanation, nearest)) = nearest else { return String::new() };
    let agree = explanation.reasons.iter().filter(|it| it.weight > 0.0);
    let agree: Vec<String> = agree.map(|it| format!("{} {}", it.field, it.words)).collect();
    let through = if nearest == kept { String::new() } else { format!("as `{}`: ", ids[nearest]) };
    format!("{through}{}", agree.join("; "))
}

/// `duplicates.csv` with these rows at its end, signed by [`REVIEWER`]; what was there stays as it was.
///
/// # Errors
/// If the table's header cannot be read.
pub fn appended(table: Option<&[u8]>, rows: &[Duplicate]) -> Result<Vec<u8>, csv::Error> {
    fn row(it: &Duplicate) -> NewRow<'_> {
        NewRow::from([
            ("record", it.record.as_str()),
            ("duplicate_of", it.duplicate_of.as_str()),
            ("reviewer", REVIEWER),
            ("reason", it.reason.as_deref().unwrap_or_default()),
        ])
    }
    let rows: Vec<NewRow<'_>> = rows.iter().map(row).collect();
    edit::appended(table, &["record", "duplicate_of", "reviewer", "time", "reason"], &rows)
}

/// `duplicates.csv` without the rows that [`REVIEWER`] signed, of these records or of all if there are none; and how many
/// rows that were. What stays, stays as it was.
///
/// # Errors
/// If it cannot be read as a table.
pub fn without(table: &[u8], records: &[String]) -> Result<(Vec<u8>, usize), csv::Error> {
    edit::without(table, |cell| {
        let is_meant = records.is_empty() || records.contains(&cell("record"));
        cell("reviewer") == REVIEWER && is_meant
    })
}
