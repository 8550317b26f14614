//! NBIB, PubMed's MEDLINE format: tags padded to four characters, a dash, and values that go on over
//! indented lines; records parted by blank lines. ERIC exports it too, without PMID.

use crate::lines::{Line, lines};
use crate::{Field, Format, Found};

/// Whether the first line with text on it is a tagged line of this format.
pub(crate) fn is_nbib(text: &str) -> bool {
    let first = lines(text).find(|line| !line.is_blank());
    first.is_some_and(|line| tag_line(line.text).is_some())
}

pub(crate) fn read(text: &str) -> Found {
    let mut reader = Reader { text, open: None, after_blank: true, found: Found::default() };
    for line in lines(text) {
        reader.line(&line);
    }
    reader.close(text.len());
    reader.found
}

/// The tag and value of a tagged line. PubMed writes `TI  - ` and `PMID- `; others leave out or add a
/// space.
fn tag_line(line: &str) -> Option<(&str, &str)> {
    let length = line.bytes().take_while(u8::is_ascii_uppercase).count();
    let (tag, rest) = line.split_at(length);
    let padding = rest.bytes().take_while(|b| *b == b' ').count();
    let value = rest[padding..].strip_prefix('-')?;
    let ends = value.is_empty() || value.starts_with([' ', '\t']);
    // "PMID-123" is a tag, "SARS-CoV" and "HIV-1" are words.
    let is_number = length + padding == 4 && value.starts_with(|c: char| c.is_ascii_digit());
    ((2..=4).contains(&length) && padding <= 2 && (ends || is_number))
        .then_some((tag, value.trim()))
}

struct Reader<'a> {
    text: &'a str,
    open: Option<Open>,
    after_blank: bool,
    found: Found,
}

struct Open {
    line: u32,
    start: usize,
    fields: Vec<Field>,
}

impl Reader<'_> {
    fn line(&mut self, line: &Line<'_>) {
        if line.is_blank() {
            self.after_blank = true;
            return;
        }
        match tag_line(line.text) {
            Some((tag, value)) => {
                if self.after_blank || (tag == "PMID" && self.has("PMID")) {
                    self.close(line.start);
                }
                self.field(line, tag, value);
                self.after_blank = false;
            }
            None => self.untagged(line),
        }
    }

    fn has(&self, tag: &str) -> bool {
        self.open.as_ref().is_some_and(|open| open.fields.iter().any(|field| field.tag == tag))
    }

    fn field(&mut self, line: &Line<'_>, tag: &str, value: &str) {
        let open = self.open.get_or_insert_with(|| Open {
            line: line.number,
            start: line.start,
            fields: Vec::new(),
        });
        open.fields.push(Field { tag: tag.to_owned(), value: value.to_owned(), line: line.number });
    }

    /// A line without a tag goes on with the field before it, unless a blank line came between and it
    /// is not even indented.
    fn untagged(&mut self, line: &Line<'_>) {
        let goes_on = !self.after_blank || line.text.starts_with([' ', '\t']);
        let last = self.open.as_mut().and_then(|open| open.fields.last_mut());
        if let Some(field) = last.filter(|_| goes_on) {
            if !field.value.is_empty() {
                field.value.push(' ');
            }
            field.value.push_str(line.text.trim());
            self.after_blank = false;
        } else {
            let message = format!("text outside any record: left out: {}", line.text.trim());
            self.found.problem(line.number, message);
        }
    }

    /// Closes the open record, which goes up to the byte `end`.
    fn close(&mut self, end: usize) {
        let Some(open) = self.open.take() else { return };
        if open.fields.iter().any(|field| !field.value.is_empty()) {
            self.found.record(Format::Nbib, open.line, open.fields);
        } else {
            let text = self.text[open.start..end].trim_end();
            self.found.quarantine(open.line, text, "no field has a value");
        }
    }
}
