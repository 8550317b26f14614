//! What the records of a file are called: by their own ids, or else by their places, `FILE#N`.

use std::collections::BTreeSet;

use consilience_bib::Record;

use crate::diagnostic::{Diagnostic, Place};

/// Parts the ids of a study's reports.
const SEPARATOR: char = ';';

/// The ids of a file's records, in its order.
pub(crate) struct RecordIds {
    pub(crate) ids: Vec<String>,
    /// Which records have an id of their own that repeats, and so go by their place.
    renamed: Vec<usize>,
}

impl RecordIds {
    /// An id that several records of the file have names none of them; one that a file before has goes on naming what it
    /// named there.
    pub(crate) fn of(path: &str, records: &[Record], is_taken: impl Fn(&str) -> bool) -> Self {
        let (mut seen, mut repeated) = (BTreeSet::new(), BTreeSet::new());
        for id in records.iter().filter_map(own) {
            if is_taken(id) || !seen.insert(id) {
                repeated.insert(id);
            }
        }
        let mut renamed = Vec::new();
        let mut ids = Vec::with_capacity(records.len());
        for (i, record) in records.iter().enumerate() {
            let own = own(record);
            renamed.extend(own.filter(|id| repeated.contains(id)).map(|_| i));
            let own = own.filter(|id| !repeated.contains(id));
            ids.push(own.map_or_else(|| by_place(path, record), str::to_owned));
        }
        Self { ids, renamed }
    }

    /// A warning if ids repeat.
    pub(crate) fn notice(&self, path: &str, records: &[Record]) -> Option<Diagnostic> {
        let first = &records[*self.renamed.first()?];
        let id = own(first).unwrap_or_default();
        let found = match self.renamed.len() {
            1 => format!("a record with the id `{id}`, which another record has"),
            n => format!("{n} records with ids that other records have, first `{id}`"),
        };
        let place = by_place(path, first);
        Some(
            Diagnostic::warning(Place::spot(path, first.line as usize, 1))
                .found(found)
                .expected("an id of its own for each record")
                .help(format!("such records go by their place in the file, this one by `{place}`")),
        )
    }
}

/// The id that a record has of its own, if it can be one.
fn own(record: &Record) -> Option<&str> {
    let can_be_id = |id: &&str| !id.is_empty() && !id.contains([SEPARATOR, '\n', '\r']);
    record.id().map(str::trim).filter(can_be_id)
}

fn by_place(path: &str, record: &Record) -> String {
    format!("{}#{}", path.rsplit('/').next().unwrap_or(path), record.number)
}
