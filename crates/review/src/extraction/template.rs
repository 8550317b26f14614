//! The rows for an adjudicator: what the extractors agree on is filled in, and `?` stands where they differ.

use super::agreement::{ExtractionAgreement, Found};
use super::fields::SETTING;
use super::file::ExtractedRow;
use crate::cells::{Cell, Out, Tabular};
use crate::package::print::table_text;
use crate::vocabulary::records::CONSENSUS;
use crate::vocabulary::result::{ExtractedResult, ResultKey, Score, TO_DECIDE};

/// `results.csv` rows by `consensus`, one for each result on which two people differ and nobody has decided. The note says
/// what each of them entered. The columns are those of the first table, so that the rows can be put under its own. Results that the two only name differently are not among them: no row decides that, the two
/// must be named alike.
pub fn to_adjudicate(found: &ExtractionAgreement, rows: &[ExtractedRow]) -> String {
    let mut open: Vec<(&ResultKey, Vec<&Found>)> = Vec::new();
    for it in found.differences.iter().filter(|it| it.consensus.is_none()) {
        match open.iter_mut().find(|(key, of)| **key == it.result && is_same_pair(of, it)) {
            Some((_, of)) => of.push(it),
            None => open.push((&it.result, vec![it])),
        }
    }
    let is_named_alike = |it: &Found| !SETTING.iter().any(|setting| setting.0 == it.field);
    open.retain(|(_, differences)| differences.iter().all(|it| is_named_alike(it)));
    let filled: Vec<_> =
        open.iter().filter_map(|(_, differences)| filled(differences, rows)).collect();
    let of_table: Vec<&str> = rows.first().map(|it| it.columns().collect()).unwrap_or_default();
    let is_missing =
        |name: &&str| !of_table.contains(name) && filled.iter().any(|it| it.contains_key(*name));
    let further = ExtractedResult::FIELDS.iter().copied().chain(["entered_by"]).filter(is_missing);
    let columns: Vec<&str> = of_table.iter().copied().chain(further).collect();
    table_text(&columns, &filled)
}

fn is_same_pair(of: &[&Found], it: &Found) -> bool {
    of.first().is_some_and(|first| first.places[0].line == it.places[0].line)
}

fn filled(
    differences: &[&Found],
    rows: &[ExtractedRow],
) -> Option<indexmap::IndexMap<String, Cell>> {
    let place = &differences.first()?.places[0];
    let is_first = |it: &&ExtractedRow| {
        let row = it.place("");
        row.file == place.file && row.line == place.line
    };
    let mut value = rows.iter().find(is_first)?.entry.value.clone();
    let said: Vec<String> = differences.iter().map(|it| words(it)).collect();
    value.note = Some(said.join("; "));
    let mut out = Out::default();
    value.write(&mut out);
    let mut cells = out.into_cells();
    if value.score == Score::Final {
        // What an empty cell says too; the table may have no such column.
        cells.shift_remove("score");
    }
    for it in differences {
        cells.insert(it.field.to_owned(), Cell::Text(TO_DECIDE.to_owned()));
    }
    cells.insert("entered_by".to_owned(), Cell::Text(CONSENSUS.to_owned()));
    Some(cells)
}

fn words(it: &Found) -> String {
    let said = |i: usize| {
        format!("{} {}", it.extractors[i], it.readings[i].as_deref().unwrap_or("nothing"))
    };
    format!("{}: {}, {}", it.field, said(0), said(1))
}
