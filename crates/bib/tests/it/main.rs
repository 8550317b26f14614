//! What the crate promises, seen from outside.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, as it should")]

mod access;
mod bibtex;
mod csl_json;
mod encodings;
mod endnote_xml;
mod exports;
mod exports_markup;
mod fixtures;
mod hard;
mod identifiers;
mod nbib;
mod notices;
mod properties;
mod pubmed_xml;
mod ris;
mod tables;
mod written;

use consilience_bib::{Parsed, Record};

fn parse(text: &str, file_name: &str) -> Parsed {
    consilience_bib::parse(text.as_bytes(), file_name).unwrap()
}

/// The tags and values of a record, without their lines.
fn fields(record: &Record) -> Vec<(&str, &str)> {
    record.fields().map(|field| (field.tag, field.value)).collect()
}
