//! NBIB, PubMed's MEDLINE format: tags padded to four characters, a dash, and values that go on over
//! indented lines; records parted by blank lines. ERIC exports it too, without PMID.

use crate::lines::{Line, lines};
use crate::syntax::{Found, Mark, Part, Place, Syntax};
use crate::{Format, RecordBuilder};

/// Whether the first line with text on it is a tagged line of this format.
pub(crate) fn is_nbib(text: &str) -> bool {
    let first = lines(text).find(|line| !line.is_blank());
    first.is_some_and(|line| tag_line(line.text).is_some())
}

/// The tag and value of a tagged line. PubMed writes `TI  - ` and `PMID- `; others leave out or add a
/// space.
#[inline]
fn tag_line(line: &str) -> Option<(&str, &str)> {
    let bytes = line.as_bytes();
    if !bytes.first()?.is_ascii_uppercase() {
        return None;
    }
    let length = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let (tag, rest) = line.split_at(length);
    let padding = rest.bytes().take_while(|b| *b == b' ').count();
    let value = rest[padding..].strip_prefix('-')?;
    let ends = value.is_empty() || value.starts_with([' ', '\t']);
    // "PMID-123" is a tag, "SARS-CoV" and "HIV-1" are words.
    let is_number = length + padding == 4 && value.starts_with(|c: char| c.is_ascii_digit());
    ((2..=4).contains(&length) && padding <= 2 && (ends || is_number))
        .then_some((tag, value.trim()))
}

/// The reader of NBIB.
#[derive(Debug, Default)]
pub(crate) struct Nbib {
    /// Kept for its memory.
    record: RecordBuilder,
}

impl Syntax for Nbib {
    fn read(&mut self, part: Part<'_>, found: &mut Found) -> Place {
        self.record.clear();
        let settled = (part.start(), found.mark());
        let scan = Scan {
            record: &mut self.record,
            found,
            text: part.text,
            start: None,
            has_pmid: false,
            after_blank: true,
            settled,
        };
        scan.run(part)
    }
}

/// One pass over the text at hand.
struct Scan<'a, 'f> {
    record: &'f mut RecordBuilder,
    found: &'f mut Found,
    text: &'a str,
    /// Where the open record starts.
    start: Option<Place>,
    has_pmid: bool,
    after_blank: bool,
    /// All before this place has been read for good, and this was found in it.
    settled: (Place, Mark),
}

impl Scan<'_, '_> {
    fn run(mut self, part: Part<'_>) -> Place {
        for line in part.lines() {
            self.line(&line);
        }
        if part.is_last {
            self.close(part.text.len());
        } else {
            self.found.rewind(self.settled.1);
        }
        self.settled.0
    }

    fn line(&mut self, line: &Line<'_>) {
        if let Some((tag, value)) = tag_line(line.text) {
            if self.after_blank || (self.has_pmid && tag == "PMID") {
                self.close(line.start);
                self.settled = (line.place(), self.found.mark());
            }
            self.field(line, tag, value);
            self.after_blank = false;
        } else if line.is_blank() {
            self.after_blank = true;
        } else {
            self.untagged(line);
        }
    }

    fn field(&mut self, line: &Line<'_>, tag: &str, value: &str) {
        self.start.get_or_insert(line.place());
        self.has_pmid |= tag == "PMID";
        self.record.push(tag, value, line.number);
    }

    /// A line without a tag goes on with the field before it, unless a blank line came between and it
    /// is not even indented.
    fn untagged(&mut self, line: &Line<'_>) {
        let goes_on = !self.after_blank || line.text.starts_with([' ', '\t']);
        if goes_on && !self.record.is_empty() {
            if self.record.fields().next_back().is_some_and(|field| !field.value.is_empty()) {
                self.record.extend_value(" ");
            }
            self.record.extend_value(line.text.trim());
            self.after_blank = false;
        } else {
            let message = format!("text outside any record: left out: {}", line.text.trim());
            self.found.problem(line.number, message);
        }
    }

    /// Closes the open record, which goes up to the byte `end`.
    fn close(&mut self, end: usize) {
        let Some(start) = self.start.take() else { return };
        self.has_pmid = false;
        if self.record.fields().any(|field| !field.value.is_empty()) {
            self.found.record(Format::Nbib, self.record);
        } else {
            self.record.clear();
            let text = self.text[start.byte..end].trim_end();
            self.found.quarantine(start.line, text, "no field has a value");
        }
    }
}
