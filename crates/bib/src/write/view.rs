//! What a record tells, with what is left over.

use std::collections::BTreeSet;

use super::kind::Kind;
use crate::{Format, PartialDate, Record, date, doi};

/// How the note begins that holds what has no place in a format.
const FURTHER: &str = "Further fields (";

/// What a record tells, as every format has a place for it.
pub(crate) struct View<'a> {
    pub(crate) kind: Kind,
    pub(crate) id: Option<&'a str>,
    pub(crate) title: Option<String>,
    pub(crate) authors: Vec<&'a str>,
    pub(crate) year: Option<i32>,
    pub(crate) date: Option<PartialDate>,
    pub(crate) journal: Option<&'a str>,
    pub(crate) journal_abbreviation: Option<&'a str>,
    pub(crate) volume: Option<&'a str>,
    pub(crate) issue: Option<&'a str>,
    pub(crate) pages: Option<String>,
    pub(crate) doi: Option<String>,
    pub(crate) pmid: Option<&'a str>,
    pub(crate) pmcid: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    pub(crate) abstract_text: Option<String>,
    pub(crate) keywords: Vec<&'a str>,
    pub(crate) language: Option<&'a str>,
    pub(crate) issns: Vec<String>,
    pub(crate) isbns: Vec<String>,
    pub(crate) accession: Option<&'a str>,
    pub(crate) database: Option<&'a str>,
    /// The fields that are not told by the above: a note with a line each, or nothing.
    pub(crate) further: String,
}

impl<'a> View<'a> {
    pub(crate) fn of(record: &'a Record) -> Self {
        let mut view = Self {
            kind: Kind::of(record.reference_type()),
            id: record.id(),
            title: record.title(),
            authors: record.authors(),
            year: record.year(),
            date: record.date(),
            journal: record.journal(),
            journal_abbreviation: record.journal_abbreviation(),
            volume: record.volume(),
            issue: record.issue(),
            pages: record.pages(),
            doi: record.doi(),
            pmid: record.pmid(),
            pmcid: record.pmcid(),
            url: record.url(),
            abstract_text: record.abstract_text(),
            keywords: record.keywords(),
            language: record.language(),
            issns: record.issns(),
            isbns: record.isbns(),
            accession: record.accession(),
            database: record.database(),
            further: String::new(),
        };
        // Alone, formats would take it for the journal's name.
        view.journal_abbreviation = view.journal_abbreviation.filter(|_| view.journal.is_some());
        view.further = view.left_over(record);
        view
    }

    fn left_over(&self, record: &Record) -> String {
        let told = self.told(record);
        let mut note = String::new();
        for field in record.fields() {
            if field.value.is_empty() || self.is_told(record, &told, field.tag, field.value) {
                continue;
            }
            // A note of an earlier translation goes on as it is.
            if field.value.starts_with(FURTHER) {
                let lines = field.value.split_once('\n').map_or("", |(_, lines)| lines);
                push_line(&mut note, record.format, lines);
            } else {
                let value = field.value.replace(['\r', '\n'], " ");
                push_line(&mut note, record.format, &format!("{}: {value}", field.tag));
            }
        }
        note
    }

    /// All that is told, in a form that shows the same to be the same.
    fn told(&self, record: &Record) -> BTreeSet<String> {
        let title = self.title.as_deref();
        let texts = [
            title,
            self.journal,
            self.journal_abbreviation,
            self.volume,
            self.issue,
            self.pages.as_deref(),
        ];
        let ids = [
            self.id,
            self.doi.as_deref(),
            self.pmid,
            self.pmcid,
            self.url,
            self.language,
            self.accession,
            self.database,
        ];
        let pages = self.pages.iter().flat_map(|pages| pages.split('-'));
        let lists = self.authors.iter().chain(&self.keywords).copied();
        let serials = self.issns.iter().chain(&self.isbns).map(String::as_str);
        let types = record.reference_type().into_iter().filter(|word| {
            let words = Kind::of(Some(word)).words();
            let all = [words.ris, words.nbib, words.endnote.0, words.bibtex, words.csl];
            all.iter().any(|known| known.eq_ignore_ascii_case(word))
        });
        let year = self.year.map(|year| year.to_string());
        let date = self.date.map(|date| date.to_string());
        let abstract_parts = record
            .values(record.names().abstract_text)
            .filter(|_| record.format == Format::PubmedXml);
        let all = texts
            .into_iter()
            .chain(ids)
            .flatten()
            .chain(pages)
            .chain(lists)
            .chain(serials)
            .chain(types);
        let all =
            all.chain(self.abstract_text.as_deref()).chain(year.as_deref()).chain(date.as_deref());
        all.chain(abstract_parts).map(key).collect()
    }

    fn is_told(&self, record: &Record, told: &BTreeSet<String>, tag: &str, value: &str) -> bool {
        let is_part = |parts: &[&str]| parts.iter().any(|part| tag.ends_with(part));
        if record.format == Format::PubmedXml {
            // Names and dates are there in one, labels of abstracts before their parts.
            let of_name = tag.contains("/Author/")
                && is_part(&[
                    "/LastName",
                    "/ForeName",
                    "/Initials",
                    "/CollectiveName",
                    "/Suffix",
                    "/@ValidYN",
                ]);
            let of_date = tag.contains("/PubDate/") && is_part(&["/Year", "/Month", "/Day"]);
            if of_name || of_date || tag.ends_with("AbstractText/@Label") {
                return true;
            }
        }
        let names = record.names();
        let is_in = |tags: &[&str]| {
            tags.iter().any(|name| crate::names::is_named(record.format, tag.as_bytes(), name))
        };
        if is_in(names.date) || is_in(names.year) {
            let (month, day) = date::month_and_day(value);
            let known = self.date.is_some_and(|it| (it.month, it.day) == (month, day));
            return date::year_in(value) == self.year
                && (known || (month.is_none() && day.is_none()));
        }
        if (is_in(names.doi) || is_in(names.perhaps_doi))
            && self.doi.is_some()
            && doi::found(value) == self.doi
        {
            return true;
        }
        if told.contains(&key(value)) {
            return true;
        }
        let mut parts = value.split([';', '\n', '|']).filter(|part| !part.trim().is_empty());
        parts.all(|part| told.contains(&key(part)))
    }
}

/// The letters and digits of a text, in lower case.
fn key(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn push_line(note: &mut String, format: Format, line: &str) {
    if note.is_empty() {
        note.push_str(FURTHER);
        note.push_str(format.name());
        note.push_str("):");
    }
    note.push('\n');
    note.push_str(line);
}

/// First and last page, where both can be told apart and read back as they are.
pub(crate) fn first_and_last_page(pages: &str) -> (&str, Option<&str>) {
    match pages.split_once('-') {
        Some((first, last))
            if !first.trim().is_empty()
                && first != last
                && !last.is_empty()
                && !last.starts_with('-') =>
        {
            (first, Some(last))
        }
        _ => (pages, None),
    }
}
