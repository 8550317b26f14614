//! `pairs.csv`: what people said of two records, so that they are not asked again. Which record is set aside as a duplicate is
//! said in `duplicates.csv`, which reports a study has in `studies.csv`; taking a row out here undoes what was said, and no more.

use consilience_dedup::SaidOfStudies;

use crate::event::{Attributed, When, Who};
use crate::keyword::Keyword;
use crate::package::Reading;
use crate::package::edit::{self, NewRow};
use crate::vocabulary::records::{PairAnswer, PairJudgement, PairQuestion};

/// The file.
pub const FILE: &str = "pairs.csv";

/// What is known of the studies of reports: what people said of pairs, and the reports that `studies.csv` names together.
pub fn said_of_studies(reading: &Reading) -> SaidOfStudies {
    let place = |id: &str| reading.records.get_index_of(id);
    let mut said = SaidOfStudies::default();
    for it in reading.state.pairs.values().map(|it| &it.value) {
        let pair = place(&it.first).zip(place(&it.second));
        match (it.question, it.answer) {
            (PairQuestion::Study, PairAnswer::Same) => said.same.extend(pair),
            (PairQuestion::Study, PairAnswer::Different) => said.different.extend(pair),
            (PairQuestion::Report, _) => {}
        }
    }
    for study in reading.state.studies.values() {
        let mut reports = study.reports.iter().filter_map(|it| place(it));
        if let Some(first) = reports.next() {
            said.same.extend(reports.map(|it| (first, it)));
        }
    }
    said
}

/// Of what people said, what a review does not know yet.
///
/// # Errors
/// The answer that contradicts one that is there, and the one that is there.
pub fn new_pairs(
    reading: &Reading,
    said: Vec<Attributed<PairJudgement>>,
) -> Result<Vec<Attributed<PairJudgement>>, (PairJudgement, PairJudgement)> {
    let mut new = Vec::new();
    for it in said {
        let PairJudgement { first, second, question, answer, .. } = &it.value;
        let key = (first.min(second).clone(), question.name(), first.max(second).clone());
        match reading.state.pairs.get(&key) {
            None => new.push(it),
            Some(there) if there.value.answer == *answer => {}
            Some(there) => return Err((it.value, there.value.clone())),
        }
    }
    Ok(new)
}

/// `pairs.csv` with these rows at its end; what was there stays as it was.
///
/// # Errors
/// If the table's header cannot be read.
pub fn appended(
    table: Option<&[u8]>,
    rows: &[Attributed<PairJudgement>],
) -> Result<Vec<u8>, csv::Error> {
    fn row(it: &Attributed<PairJudgement>) -> NewRow<'_> {
        let Attributed { who: Who(who), when: When(when), value } = it;
        NewRow::from([
            ("first", value.first.as_str()),
            ("second", value.second.as_str()),
            ("question", value.question.name()),
            ("answer", value.answer.name()),
            ("reviewer", who.as_deref().unwrap_or_default()),
            ("time", when.as_deref().unwrap_or_default()),
            ("reason", value.reason.as_deref().unwrap_or_default()),
        ])
    }
    let rows: Vec<NewRow<'_>> = rows.iter().map(row).collect();
    let columns = ["first", "second", "question", "answer", "reviewer", "time", "reason"];
    edit::appended(table, &columns, &rows)
}

/// `pairs.csv` without what was said of pairs of these records; and how many rows that were.
///
/// # Errors
/// If it cannot be read as a table.
pub fn without(table: &[u8], records: &[String]) -> Result<(Vec<u8>, usize), csv::Error> {
    edit::without(table, |cell| {
        records.contains(&cell("first")) && records.contains(&cell("second"))
    })
}
