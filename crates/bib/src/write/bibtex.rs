//! Records as BibTeX, in UTF-8.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::view::View;
use crate::bibtex::{ORIGINAL_KEY, is_name_list, is_verbatim};
use crate::{Format, Record, latex};

pub(super) fn write<'a>(
    records: impl Iterator<Item = &'a Record>,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut keys = BTreeSet::new();
    let mut text = String::new();
    for record in records {
        text.clear();
        if record.format == Format::Bibtex {
            as_read(record, &mut keys, &mut text);
        } else {
            let view = View::of(record);
            entry(&view, &key(&view, &mut keys), &mut text);
        }
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Whether an id is a key that BibTeX, biber and pandoc read alike.
fn is_key(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(is_of_key)
}

fn is_of_key(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"-_:./+".contains(&b)
}

/// The record's own id where it can be a key, else the first author and the year; each once.
fn key(view: &View<'_>, keys: &mut BTreeSet<String>) -> String {
    let author = || {
        let family = view
            .authors
            .first()
            .map_or("anonymous", |name| name.split([',', ' ']).next().unwrap_or(name));
        let letters: String = family.chars().filter(char::is_ascii_alphanumeric).collect();
        format!(
            "{}{}",
            letters.to_lowercase(),
            view.year.map(|year| year.to_string()).unwrap_or_default()
        )
    };
    once(&view.id.filter(|it| is_key(it)).map_or_else(author, str::to_owned), keys)
}

/// A key with a number behind it if it is there already.
fn once(base: &str, keys: &mut BTreeSet<String>) -> String {
    let mut key = base.to_owned();
    let mut number = 1_u32;
    while !keys.insert(key.clone()) {
        number += 1;
        key = format!("{base}-{number}");
    }
    key
}

fn entry(view: &View<'_>, key: &str, out: &mut String) {
    let words = view.kind.words();
    let _ = write!(out, "@{}{{{key}", words.bibtex);
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            let value = if is_verbatim(name) { verbatim(value) } else { latex::encode(value) };
            let _ = write!(out, ",\n  {name} = {{{value}}}");
        }
    };
    field(ORIGINAL_KEY, view.id.filter(|id| *id != key).unwrap_or(""));
    field("title", view.title.as_deref().unwrap_or(""));
    field("year", &view.year.map(|year| year.to_string()).unwrap_or_default());
    let date = view.date.filter(|date| date.month.is_some()).map(|date| date.to_string());
    field("date", date.as_deref().unwrap_or(""));
    let holds = match words.bibtex {
        "incollection" | "inproceedings" => "booktitle",
        _ => "journal",
    };
    field(holds, view.journal.unwrap_or(""));
    field("shortjournal", view.journal_abbreviation.unwrap_or(""));
    field("volume", view.volume.unwrap_or(""));
    field("number", view.issue.unwrap_or(""));
    field("pages", view.pages.as_deref().unwrap_or(""));
    field("doi", view.doi.as_deref().unwrap_or(""));
    field("pmid", view.pmid.unwrap_or(""));
    field("pmcid", view.pmcid.unwrap_or(""));
    field("url", view.url.unwrap_or(""));
    field("issn", &view.issns.join("; "));
    field("isbn", &view.isbns.join("; "));
    field("language", view.language.unwrap_or(""));
    field("accession", view.accession.unwrap_or(""));
    field("database", view.database.unwrap_or(""));
    field("abstract", view.abstract_text.as_deref().unwrap_or(""));
    // A semicolon at the end keeps the commas of a single keyword.
    field(
        "keywords",
        &view.keywords.iter().map(|word| format!("{word};")).collect::<Vec<_>>().join(" "),
    );
    field("furtherfields", &view.further.replace('\n', " | "));
    if !view.authors.is_empty() {
        let names: Vec<_> = view.authors.iter().map(|name| self::name(name)).collect();
        let _ = write!(out, ",\n  author = {{{}}}", names.join(" and "));
    }
    out.push_str("\n}\n\n");
}

/// A name of a list; braces keep together what would be parted.
fn name(name: &str) -> String {
    let plain = latex::encode(&name.replace(';', ","));
    let splits = latex::names(&plain).len() != 1
        || plain == "others"
        || (plain.contains(' ') && !plain.contains(','));
    if splits { format!("{{{plain}}}") } else { plain }
}

/// Braces and backslashes are no part of links.
fn verbatim(value: &str) -> String {
    value.replace('{', "%7B").replace('}', "%7D").replace('\\', "%5C")
}

/// A record as it was read: its fields in order, with their sources where those were kept.
fn as_read(record: &Record, keys: &mut BTreeSet<String>, out: &mut String) {
    let fields: Vec<_> = record.fields().collect();
    let of =
        |tag: &str| fields.iter().find(|field| field.tag == tag).map_or("", |field| field.value);
    let kind = Some(of("@type")).filter(|kind| !kind.is_empty()).unwrap_or("misc");
    let original = of("@key");
    let key = if original.is_empty() || is_key(original) {
        keys.insert(original.to_owned());
        original.to_owned()
    } else {
        let put = |c: char| if u8::try_from(c).is_ok_and(is_of_key) { c } else { '_' };
        once(&original.chars().map(put).collect::<String>(), keys)
    };
    let _ = write!(out, "@{kind}{{{key}");
    if key != original {
        let _ = write!(out, ",\n  {ORIGINAL_KEY} = {{{}}}", latex::encode(original));
    }
    let mut at = 0;
    while let Some(field) = fields.get(at) {
        let name = field.tag;
        at += 1;
        if name.starts_with('@') {
            continue;
        }
        let mut values = vec![field.value];
        let is_list = is_name_list(name);
        while let Some(next) = fields.get(at).filter(|it| {
            is_list && it.tag.split('/').next() == Some(name) && !it.tag.ends_with("()")
        }) {
            values.push(next.value);
            at += 1;
        }
        let source = fields.get(at).filter(|it| it.tag.strip_suffix("/source()") == Some(name));
        let value = match source {
            Some(source) => {
                at += 1;
                source.value.to_owned()
            }
            None if is_verbatim(name) => field.value.to_owned(),
            None if is_list => {
                values.iter().map(|value| latex::encode(value)).collect::<Vec<_>>().join(" and ")
            }
            None => latex::encode(field.value),
        };
        let name = if name == "text()" { "furthertext" } else { name };
        // What was never balanced cannot be between braces.
        let value = if is_balanced(&value) { value } else { latex::encode(&value) };
        let _ = write!(out, ",\n  {name} = {{{value}}}");
    }
    out.push_str("\n}\n\n");
}

fn is_balanced(value: &str) -> bool {
    let mut depth = 0_i64;
    for b in value.bytes() {
        depth += i64::from(b == b'{') - i64::from(b == b'}');
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}
