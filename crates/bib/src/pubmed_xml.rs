//! PubMed's XML, by efetch or as the yearly baseline: `<PubmedArticle>`, `<PubmedBookArticle>`.
//!
//! Fields are named as `MedlineCitation/Article/ArticleTitle`; [`crate::xml_record`] says how
//! elements become fields. Names come in one besides in parts ("Lee, Hee Jung"), and parts of abstracts
//! start with their labels ("METHODS: …").

use memchr::memmem;

use crate::lines::line_ends;
use crate::syntax::{Found, Part, Place, Syntax};
use crate::xml::{self, Fault, Kind, Tags};
use crate::xml_record::{self, Elements, Scratch, Whole};
use crate::{Format, RecordBuilder};

/// Whether a text begins as this format does.
pub(crate) fn is_pubmed_xml(text: &str) -> bool {
    let is_xml = text.trim_start().starts_with('<');
    let signs = ["<PubmedArticle", "<PubmedBookArticle", "<MedlineCitation"];
    is_xml && signs.iter().any(|sign| memmem::find(text.as_bytes(), sign.as_bytes()).is_some())
}

/// The elements that are records.
const RECORDS: [&str; 3] = ["PubmedArticle", "PubmedBookArticle", "MedlineCitation"];

/// The reader of PubMed's XML.
#[derive(Debug, Default)]
pub(crate) struct PubmedXml {
    record: RecordBuilder,
    scratch: Scratch,
    /// The PMIDs of `<DeleteCitation>`, if the place is in there, and where it starts.
    withdrawn: Option<(u32, Vec<String>)>,
}

impl Syntax for PubmedXml {
    fn read(&mut self, part: Part<'_>, found: &mut Found) -> Place {
        let text = part.text;
        let mut place = part.start();
        while let Some((start, element)) = next_record(text, place.byte, part.is_last) {
            place = self.between(text, place, start, found);
            let Some(extent) = extent(text, start, element, part.is_last) else { return place };
            let (Extent::Whole(byte) | Extent::Unclosed(byte)) = extent;
            let end = place.to(text, byte);
            let record = &text[start..byte];
            if matches!(extent, Extent::Whole(_)) {
                self.whole(record, (place.line, end.line), found);
            } else {
                let reason = format!("<{element}> is never closed");
                found.quarantine(place.line, record.trim_end(), reason);
            }
            place = end;
        }
        // The start of a record may be cut in two.
        let settled = match text.as_bytes().iter().rposition(|b| *b == b'<') {
            Some(last) if !part.is_last => last.max(place.byte),
            _ => text.len(),
        };
        self.between(text, place, settled, found)
    }
}

impl PubmedXml {
    fn whole(&mut self, text: &str, lines: (u32, u32), found: &mut Found) {
        let (line, _) = lines;
        self.record.start(line);
        match xml_record::read::<PubmedElements>(text, lines, &mut self.scratch, &mut self.record) {
            Err(Fault { byte, reason }) => {
                let line_of_fault = line.saturating_add(line_ends(&text[..byte.min(text.len())]));
                self.record.clear();
                found.quarantine(line, text, format!("{reason} (line {line_of_fault})"));
            }
            Ok(()) if self.record.fields().all(|field| field.value.is_empty()) => {
                self.record.clear();
                found.quarantine(line, text, "no field has a value");
            }
            Ok(()) => found.record(Format::PubmedXml, &mut self.record),
        }
    }

    /// What is between records: the elements that hold them, lists of withdrawn records, and what
    /// should not be there.
    fn between(&mut self, text: &str, from: Place, to: usize, found: &mut Found) -> Place {
        let gap = &text[from.byte..to];
        let mut tags = Tags::new(gap);
        let mut after = 0;
        while let Ok(Some(tag)) = tags.next() {
            let before = gap[after..tag.start].trim_ascii();
            after = tag.end;
            let line = || from.line.saturating_add(line_ends(&gap[..tag.start]));
            match (tag.name, tag.kind, &mut self.withdrawn) {
                ("DeleteCitation", Kind::Start, none) => *none = Some((line(), Vec::new())),
                ("DeleteCitation", _, some) => {
                    if let Some((line, ids)) = some.take() {
                        let ids = ids.join(", ");
                        found.problem(line, format!("PubMed withdraws the records {ids}"));
                    }
                }
                ("PMID", Kind::End, Some((_, ids))) => ids.push(xml::plain(before).into_owned()),
                (name, _, None) if !holds_records(name) => {
                    found.problem(line(), format!("<{name}> outside any record: left out"));
                }
                (_, _, None) if is_stray(before) => {
                    found.problem(line(), format!("text outside any record: left out: {before}"));
                }
                _ => {}
            }
        }
        let rest = gap[after..].trim_ascii();
        if self.withdrawn.is_none() && is_stray(rest) {
            let line = from.line.saturating_add(line_ends(&gap[..after]));
            found.problem(line, format!("text outside any record: left out: {rest}"));
        }
        from.to(text, to)
    }
}

/// Comments and document types are passed over.
fn is_stray(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('<')
}

fn holds_records(name: &str) -> bool {
    name.ends_with("Set") || RECORDS.contains(&name)
}

/// The start of the next record from a byte on, and the name of its element. A name that may go on
/// after the end of the text is not settled.
fn next_record(text: &str, from: usize, is_last: bool) -> Option<(usize, &'static str)> {
    let mut tags = memchr::memchr_iter(b'<', &text.as_bytes()[from..]).map(|at| from + at);
    tags.find_map(|at| {
        RECORDS.into_iter().find(|name| starts(&text[at + 1..], name, is_last)).map(|it| (at, it))
    })
}

/// Whether a text starts with a name.
fn starts(text: &str, name: &str, is_last: bool) -> bool {
    match text.strip_prefix(name).map(|after| after.as_bytes().first()) {
        Some(Some(b)) => matches!(b, b'>' | b'/') || b.is_ascii_whitespace(),
        Some(None) => is_last,
        None => false,
    }
}

enum Extent {
    Whole(usize),
    Unclosed(usize),
}

/// How far the record goes that starts here; `None` if that is still to come.
fn extent(text: &str, start: usize, element: &str, is_last: bool) -> Option<Extent> {
    let from = start + 1;
    let inside = &text[from..];
    // A citation is a record only where it is not inside one.
    let (common, names) = match element {
        "MedlineCitation" => ("<MedlineCitation", &RECORDS[2..]),
        _ => ("<Pubmed", &RECORDS[..2]),
    };
    let mut nexts = memmem::find_iter(inside.as_bytes(), common);
    let next = nexts.find(|at| names.iter().any(|name| starts(&inside[at + 1..], name, is_last)));
    let close = format!("</{element}>");
    let until = next.unwrap_or(inside.len());
    match memmem::find(&inside.as_bytes()[..until], close.as_bytes()) {
        Some(end) => Some(Extent::Whole(from + end + close.len())),
        None if next.is_none() && !is_last => None,
        None => {
            let set = memmem::find(&inside.as_bytes()[..until], b"Set>");
            let set = set.and_then(|at| inside[..at].rfind('<'));
            Some(Extent::Unclosed(from + set.unwrap_or(until)))
        }
    }
}

struct PubmedElements;

impl Elements for PubmedElements {
    /// The elements of the format start with capitals, markup in its texts with small letters.
    fn is_markup(element: &str) -> bool {
        element.starts_with(|c: char| c.is_ascii_lowercase()) || element == "DispFormula"
    }

    fn whole(element: &str) -> Option<Whole> {
        match element {
            "Author" | "Investigator" | "PersonalNameSubject" => Some(Whole::Name),
            "PubDate" | "ArticleDate" => Some(Whole::Date),
            _ => None,
        }
    }

    fn tells_kind(element: &str, attribute: &str, value: &str) -> bool {
        let tells = match (element, attribute) {
            ("ArticleId", "IdType")
            | ("ELocationID", "EIdType")
            | ("CommentsCorrections", "RefType")
            | ("PubMedPubDate", "PubStatus") => true,
            ("AuthorList", "Type") => value != "authors",
            _ => false,
        };
        let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        tells && value.len() <= 40 && !value.is_empty() && value.bytes().all(is_word)
    }

    fn is_label(element: &str, attribute: &str, value: &str) -> bool {
        element == "AbstractText" && attribute == "Label" && value != "UNLABELLED"
    }

    fn readable(raw: &str) -> (String, bool) {
        (xml::readable(raw), true)
    }
}
