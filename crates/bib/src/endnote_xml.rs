//! EndNote's XML, which other reference managers write too: `<xml><records><record>`.
//!
//! Fields are named as `titles/secondary-title`; [`crate::xml_record`] says how elements become fields.
//! `<style>` is markup; where it tells more than the usual font, its source stays. Line ends, which
//! EndNote writes as `&#xD;`, are line feeds.

use std::borrow::Cow;

use memchr::memmem;

use crate::lines::line_ends;
use crate::syntax::{Found, Part, Place, Syntax};
use crate::xml::{self, Fault, Kind, Tags, raise};
use crate::xml_record::{self, Elements, Scratch};
use crate::{Format, RecordBuilder};

/// Whether a text begins as this format does.
pub(crate) fn is_endnote_xml(text: &str) -> bool {
    let signs: [&[u8]; 3] = [b"<records>", b"<record>", b"<records/>"];
    let start = text.trim_start();
    let is_xml =
        start.starts_with("<xml") || start.starts_with("<?xml") || start.starts_with("<records>");
    is_xml && signs.iter().any(|sign| memmem::find(text.as_bytes(), sign).is_some())
}

const START: &[u8] = b"<record>";
const END: &[u8] = b"</record>";

/// The reader of EndNote's XML.
#[derive(Debug, Default)]
pub(crate) struct EndnoteXml {
    record: RecordBuilder,
    scratch: Scratch,
}

impl Syntax for EndnoteXml {
    fn read(&mut self, part: Part<'_>, found: &mut Found) -> Place {
        let (text, bytes) = (part.text, part.text.as_bytes());
        let mut place = part.start();
        while let Some(at) = memmem::find(&bytes[place.byte..], START) {
            let start = place.to(text, place.byte + at);
            report_stray(text, place, start, found);
            let inside = &bytes[start.byte + START.len()..];
            let next = memmem::find(inside, START);
            let end = memmem::find(&inside[..next.unwrap_or(inside.len())], END);
            if next.is_none() && end.is_none() && !part.is_last {
                return start;
            }
            let close = end.map(|end| end + END.len());
            let last = || memmem::find(inside, b"</records>").unwrap_or(inside.len());
            let length = START.len() + close.or(next).unwrap_or_else(last);
            let end = start.to(text, start.byte + length);
            let record = text[start.byte..end.byte].trim_end();
            if close.is_some() {
                self.whole(record, (start.line, end.line), found);
            } else {
                found.quarantine(start.line, record, "<record> is never closed");
            }
            place = end;
        }
        // The start of a record may be cut in two.
        let settled = match memchr::memrchr(b'<', bytes) {
            Some(last) if !part.is_last => last.max(place.byte),
            _ => text.len(),
        };
        let end = place.to(text, settled);
        report_stray(text, place, end, found);
        end
    }
}

/// Text between records belongs to none.
fn report_stray(text: &str, from: Place, to: Place, found: &mut Found) {
    let mut tags = Tags::new(&text[from.byte..to.byte]);
    let (mut after, mut stray) = (from.byte, "");
    while let Ok(Some(tag)) = tags.next() {
        if stray.is_empty() {
            stray = text[after..from.byte + tag.start].trim();
        }
        after = from.byte + tag.end;
    }
    if stray.is_empty() {
        stray = text[after..to.byte].trim();
    }
    if !stray.is_empty() && !stray.starts_with("<!") && !stray.starts_with("<?") {
        found.problem(from.line, format!("text outside any record: left out: {stray}"));
    }
}

impl EndnoteXml {
    fn whole(&mut self, text: &str, lines: (u32, u32), found: &mut Found) {
        let (line, _) = lines;
        self.record.start(line);
        match xml_record::read::<EndnoteElements>(text, lines, &mut self.scratch, &mut self.record)
        {
            Err(Fault { byte, reason }) => {
                let line_of_fault = line.saturating_add(line_ends(&text[..byte]));
                self.record.clear();
                found.quarantine(line, text, format!("{reason} (line {line_of_fault})"));
            }
            Ok(()) if self.record.fields().all(|field| field.value.is_empty()) => {
                self.record.clear();
                found.quarantine(line, text, "no field has a value");
            }
            Ok(()) => found.record(Format::EndnoteXml, &mut self.record),
        }
    }
}

struct EndnoteElements;

impl Elements for EndnoteElements {
    fn is_markup(element: &str) -> bool {
        element == "style"
    }

    fn readable(raw: &str) -> (String, bool) {
        let mut styled = Styled::default();
        let (mut tags, mut after) = (Tags::new(raw), 0);
        while let Ok(Some(tag)) = tags.next() {
            styled.text(&raw[after..tag.start]);
            styled.tag(&tag);
            after = tag.end;
        }
        styled.text(&raw[after..]);
        (styled.out.trim().to_owned(), styled.tells_more)
    }

    fn plain(raw: &str) -> Cow<'_, str> {
        match xml::plain(raw) {
            Cow::Owned(text) if text.contains('\r') => {
                Cow::Owned(with_line_feeds(&text).trim().to_owned())
            }
            text => text,
        }
    }
}

fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// A text in pieces of one style each.
#[derive(Default)]
struct Styled {
    out: String,
    /// Where raised or lowered text starts.
    script: Option<(usize, bool)>,
    tells_more: bool,
}

impl Styled {
    fn text(&mut self, raw: &str) {
        // What indents the elements is no text.
        let is_indent = raw.contains(['\n', '\r']) && raw.trim_ascii().is_empty();
        if !is_indent {
            self.out.push_str(&with_line_feeds(&xml::unescape(&xml::on_one_line(raw))));
        }
    }

    fn tag(&mut self, tag: &xml::Tag<'_>) {
        match tag.kind {
            Kind::Empty => {}
            Kind::End => {
                if let Some((start, is_raised)) = self.script.take() {
                    raise(&mut self.out, start, is_raised);
                }
            }
            Kind::Start => {
                for (name, value) in xml::attributes(tag).flatten() {
                    match (name, &*value) {
                        ("face", "superscript") => self.script = Some((self.out.len(), true)),
                        ("face", "subscript") => self.script = Some((self.out.len(), false)),
                        _ => {}
                    }
                    let is_usual = matches!(
                        (name, &*value),
                        ("face", "normal") | ("font", "default") | ("size", "100%")
                    );
                    self.tells_more |= !is_usual;
                }
            }
        }
    }
}
