//! Where each number of a result stands in its file.

use std::collections::BTreeMap;

use crate::cells::Row;
use crate::diagnostic::Place;
use crate::vocabulary::result::{ExtractedResult, ResultKey};

/// The rows from which results were read.
#[derive(Debug, Clone, Default)]
pub struct Places {
    rows: BTreeMap<ResultKey, Origin>,
}

#[derive(Debug, Clone)]
struct Origin {
    row: Row,
    /// What a table calls the fields of a result, where it is not the field's own name.
    columns: Vec<(&'static str, String)>,
}

impl Places {
    /// Keeps the row of a result.
    pub(crate) fn insert(&mut self, key: ResultKey, row: Row) {
        self.rows.insert(key, Origin { row, columns: Vec::new() });
    }

    /// Keeps the row of a result whose fields stand in columns of other names.
    pub(crate) fn insert_named(
        &mut self,
        key: ResultKey,
        row: Row,
        columns: Vec<(&'static str, String)>,
    ) {
        self.rows.insert(key, Origin { row, columns });
    }

    /// The place of a field; of the row where the field is not filled in.
    pub(crate) fn of(&self, result: &ExtractedResult, field: &'static str) -> Place {
        let Some(origin) = self.rows.get(&result.key()) else {
            return Place::file("results.csv").named(field);
        };
        let column = origin.columns.iter().find(|it| it.0 == field);
        origin.row.place_of(column.map_or(field, |it| it.1.as_str()))
    }
}
