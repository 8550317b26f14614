//! Where each number of a result stands in its file.

use std::collections::BTreeMap;

use crate::cells::Row;
use crate::diagnostic::Place;
use crate::vocabulary::result::{ExtractedResult, ResultKey};

/// The rows from which results were read.
#[derive(Debug, Clone, Default)]
pub struct Places {
    rows: BTreeMap<ResultKey, Vec<(ExtractedResult, Origin)>>,
}

#[derive(Debug, Clone)]
struct Origin {
    row: Row,
    /// What a table calls the fields of a result, where it is not the field's own name.
    columns: Vec<(&'static str, String)>,
}

impl Places {
    /// Keeps the row of a result.
    pub(crate) fn insert(&mut self, result: &ExtractedResult, row: Row) {
        self.insert_named(result, row, Vec::new());
    }

    /// Keeps the row of a result whose fields stand in columns of other names.
    pub(crate) fn insert_named(
        &mut self,
        result: &ExtractedResult,
        row: Row,
        columns: Vec<(&'static str, String)>,
    ) {
        let rows = self.rows.entry(result.key()).or_default();
        rows.push((result.clone(), Origin { row, columns }));
    }

    /// The place of a field; of the row where the field is not filled in.
    pub(crate) fn of(&self, result: &ExtractedResult, field: &'static str) -> Place {
        let rows = self.rows.get(&result.key()).map_or(&[][..], Vec::as_slice);
        let same = rows.iter().find(|it| it.0 == *result).or(rows.first());
        let Some((_, origin)) = same else {
            return Place::file("results.csv").named(field);
        };
        let column = origin.columns.iter().find(|it| it.0 == field);
        origin.row.place_of(column.map_or(field, |it| it.1.as_str()))
    }
}
