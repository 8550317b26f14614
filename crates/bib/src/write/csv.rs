//! Records as CSV (RFC 4180, in UTF-8).

use std::io::{self, Write};

use ::csv::{Terminator, WriterBuilder};

use super::view::View;
use crate::{Format, Record};

pub(super) fn write<'a>(
    records: impl Iterator<Item = &'a Record> + Clone,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut builder = WriterBuilder::new();
    let mut table = builder.terminator(Terminator::CRLF).flexible(true).from_writer(out);
    if records.clone().all(|record| record.format == Format::Csv) {
        let columns = columns(records.clone());
        table.write_record(columns.iter().map(|(column, _)| column))?;
        for record in records {
            table.write_record(columns.iter().map(|(column, nth)| cell(record, column, *nth)))?;
        }
    } else {
        table.write_record(COLUMNS)?;
        for record in records {
            table.write_record(cells(&View::of(record)))?;
        }
    }
    table.flush()
}

/// The columns of all records, in the order in which they are met first; of a name that a table has more
/// than once, each.
fn columns<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<(&'a str, usize)> {
    let mut columns: Vec<(&str, usize)> = Vec::new();
    for record in records {
        let same = record.fields().len() == columns.len()
            && record.fields().zip(&columns).all(|(field, (column, _))| field.tag == *column);
        if same {
            continue;
        }
        let tags: Vec<_> = record.fields().map(|field| field.tag).collect();
        for (i, tag) in tags.iter().enumerate() {
            let nth = tags[..i].iter().filter(|before| *before == tag).count();
            if !columns.contains(&(tag, nth)) {
                columns.push((tag, nth));
            }
        }
    }
    columns
}

fn cell<'a>(record: &'a Record, column: &str, nth: usize) -> &'a str {
    record.fields().filter(|field| field.tag == column).nth(nth).map_or("", |field| field.value)
}

const COLUMNS: [&str; 23] = [
    "id",
    "type",
    "title",
    "authors",
    "year",
    "date",
    "journal",
    "journal_abbreviation",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "pmcid",
    "url",
    "abstract",
    "keywords",
    "language",
    "issn",
    "isbn",
    "accession_number",
    "database",
    "further_fields",
];

fn cells(view: &View<'_>) -> [String; COLUMNS.len()] {
    let text = |value: Option<&str>| value.unwrap_or("").to_owned();
    // A semicolon behind the last name tells that these are names parted by semicolons.
    let authors: Vec<_> =
        view.authors.iter().map(|name| format!("{};", name.replace([';', '|'], ","))).collect();
    let date = view.date.filter(|date| date.month.is_some()).map(|date| date.to_string());
    [
        text(view.id),
        view.kind.words().nbib.to_owned(),
        text(view.title.as_deref()),
        authors.join(" "),
        view.year.map(|year| year.to_string()).unwrap_or_default(),
        text(date.as_deref()),
        text(view.journal),
        text(view.journal_abbreviation),
        text(view.volume),
        text(view.issue),
        text(view.pages.as_deref()),
        text(view.doi.as_deref()),
        text(view.pmid),
        text(view.pmcid),
        text(view.url),
        text(view.abstract_text.as_deref()),
        view.keywords.join("; "),
        text(view.language),
        view.issns.join("; "),
        view.isbns.join("; "),
        text(view.accession),
        text(view.database),
        view.further.clone(),
    ]
}
