//! The log: append-only, with the imported files beside it under their digests.
//!
//! A store needs two calls, [`Log::append`] with the position it expects and [`Log::read`] from a
//! position; this one lives in memory. Each entry has one line of JSON, the form in which stores keep it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::cells::{Cell, Row};
use crate::diagnostic::{Diagnostic, Place};
use crate::event::{Entry, Event, When, Who};
use crate::printed::Printed;

/// The bytes of imported files by SHA-256, in lower-case hexadecimal.
pub type Blobs = BTreeMap<String, Vec<u8>>;

/// The digest under which a file is kept.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write;
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// An append-only log in memory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Log {
    entries: Vec<Entry>,
}

/// Somebody else appended first: read again from the position you expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// Where the caller thought the log ended.
    pub expected: u64,
    /// Where it ends.
    pub actual: u64,
}

impl Log {
    /// The number of entries, which is the position of the next one.
    pub fn position(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Appends entries if the log still ends where the caller thinks it does.
    pub fn append(&mut self, expected: u64, entries: Vec<Entry>) -> Result<u64, Conflict> {
        let actual = self.position();
        if expected != actual {
            return Err(Conflict { expected, actual });
        }
        self.entries.extend(entries);
        Ok(self.position())
    }

    /// All entries from a position on.
    pub fn read(&self, from: u64) -> &[Entry] {
        let start = usize::try_from(from).unwrap_or(usize::MAX).min(self.entries.len());
        &self.entries[start..]
    }

    /// The log as it was at the end of a day (`2026-05-31`): entries that are dated later are left out,
    /// entries without a date stay. An undoing points to its event's new position; where that event is left out,
    /// so is the undoing.
    #[must_use]
    pub fn as_of(&self, date: &str) -> Self {
        let mut past = Self::default();
        let mut positions: BTreeMap<u64, u64> = BTreeMap::new();
        for (position, entry) in (0..).zip(&self.entries) {
            let is_later = |when: &String| when.get(..10).is_some_and(|day| day > date);
            if entry.when.0.as_ref().is_some_and(is_later) {
                continue;
            }
            let mut entry = entry.clone();
            if let Event::EventUndone(undo) = &mut entry.value {
                let Some(target) = positions.get(&undo.position) else { continue };
                undo.position = *target;
            }
            positions.insert(position, past.position());
            past.entries.push(entry);
        }
        past
    }
}

/// An entry as an object of JSON: `who`, `when`, `event`, then the event's fields by name.
pub fn entry_to_json(entry: &Entry) -> Value {
    let mut object = Map::new();
    object.insert("who".to_owned(), entry.who.0.clone().into());
    object.insert("when".to_owned(), entry.when.0.clone().into());
    object.insert("event".to_owned(), entry.value.kind().into());
    let mut fields = Map::new();
    for (name, cell) in entry.value.cells() {
        let value = match cell {
            Cell::Text(text) => text.into(),
            Cell::Number(number) => number.text().into(),
            Cell::Flag(flag) => flag.into(),
            Cell::List(items) => items.into(),
            Cell::Numbers(items) => {
                items.iter().map(|it| it.text().to_owned()).collect::<Vec<_>>().into()
            }
        };
        fields.insert(name, value);
    }
    object.insert("fields".to_owned(), fields.into());
    object.into()
}

/// Reads an entry that [`entry_to_json`] wrote; `line` is for messages.
///
/// # Errors
/// What is wrong with it, in the field where it is wrong.
pub fn entry_from_json(value: &Value, line: usize) -> Result<Entry, Vec<Diagnostic>> {
    let place = Place::spot("log", line, 1);
    let mut row = Row::new(place.clone());
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(fields) = value.get("fields").and_then(Value::as_object) {
        for (name, field) in fields {
            row.insert(name, cell_from_json(field), place.clone().named(name));
        }
    }
    let kind = text("event").unwrap_or_default();
    match Event::read(&kind, &mut row) {
        Some(event) => Ok(Entry { who: Who(text("who")), when: When(text("when")), value: event }),
        None => Err(row.take_problems()),
    }
}

fn cell_from_json(value: &Value) -> Cell {
    match value {
        Value::Bool(flag) => Cell::Flag(*flag),
        Value::Array(items) => {
            Cell::List(items.iter().map(|it| it.as_str().unwrap_or_default().to_owned()).collect())
        }
        Value::String(text) => Cell::Text(text.clone()),
        Value::Number(number) => Cell::Number(
            Printed::parse(&number.to_string()).unwrap_or_else(|_| Printed::from_value(0.0)),
        ),
        Value::Null | Value::Object(_) => Cell::Text(String::new()),
    }
}
