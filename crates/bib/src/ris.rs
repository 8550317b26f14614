//! RIS: `TAG  - value` lines between `TY  - ` and `ER  - `.
//!
//! Read with what exports do to it: text before and between records, values that go on over untagged
//! lines, a missing `ER` or `TY`, fields after the `ER` (Ovid), fewer spaces before the dash.

use crate::lines::{Line, lines};
use crate::syntax::{Found, Mark, Part, Place, Stray, Syntax};
use crate::{Field, Format, RecordBuilder};

/// Whether a text has a line that only RIS has: the start or the end of a record.
pub(crate) fn is_ris(text: &str) -> bool {
    lines(text).any(|line| {
        gap_after_ty(line.text).is_some()
            || tag_line(line.text, Gap::TWO).is_some_and(|(tag, _)| tag == "ER")
    })
}

/// Prints fields as RIS lines, with their tags as they are, closed by `ER`.
pub(crate) fn print<'a>(fields: impl Iterator<Item = Field<'a>>) -> String {
    let mut text = String::new();
    for Field { tag, value, .. } in fields {
        text.extend([tag, "  - ", value, "\n"]);
    }
    text + "ER  - \n"
}

/// The white space between tag and dash in lines that have not two spaces there, as the standard says.
#[derive(Debug, Clone, Copy)]
struct Gap(&'static str);

impl Default for Gap {
    fn default() -> Self {
        Self::TWO
    }
}

impl Gap {
    const TWO: Self = Self("  ");
    const KNOWN: [Self; 5] = [Self::TWO, Self(""), Self(" "), Self("   "), Self("\t")];
}

/// The gap if this line starts a record.
fn gap_after_ty(line: &str) -> Option<Gap> {
    let rest = line.strip_prefix("TY")?;
    let gap = &rest[..rest.find('-')?];
    Gap::KNOWN.into_iter().find(|known| known.0 == gap)
}

/// The tag and value of a tagged line.
#[inline]
fn tag_line(line: &str, gap: Gap) -> Option<(&str, &str)> {
    let bytes = line.as_bytes();
    if !bytes.first()?.is_ascii_uppercase() {
        return None;
    }
    let length = bytes.iter().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
    let (tag, rest) = line.split_at(length);
    let value = rest.strip_prefix("  -").or_else(|| rest.strip_prefix(gap.0)?.strip_prefix('-'))?;
    let ends = value.is_empty() || value.starts_with([' ', '\t']) || matches!(tag, "TY" | "ER");
    ((2..=4).contains(&length) && ends).then_some((tag, value.trim()))
}

/// Ovid numbers its records: "12." on a line of its own.
fn is_counter(line: &str) -> bool {
    let digits = line.trim().strip_suffix('.');
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Lines that providers put before their records.
fn is_header(line: &str) -> bool {
    ["Record #", "Provider:", "Database:", "Content:"].iter().any(|start| line.starts_with(start))
        || is_counter(line)
}

/// The reader of RIS.
#[derive(Debug, Default)]
pub(crate) struct Ris {
    gap: Gap,
    /// The builders are kept for their memory.
    record: RecordBuilder,
    after: RecordBuilder,
}

impl Syntax for Ris {
    fn read(&mut self, part: Part<'_>, found: &mut Found) -> Place {
        self.record.clear();
        self.after.clear();
        Scan::new(self, part, found).run(part)
    }
}

/// One pass over the text at hand.
struct Scan<'a, 'f> {
    ris: &'f mut Ris,
    found: &'f mut Found,
    text: &'a str,
    /// Where the open record starts.
    start: Option<Place>,
    /// The byte after its `ER`, once there is one. What follows goes to the builder `after`: Ovid puts
    /// fields of a record behind its `ER`. If an `ER` ends them too, they are a record without `TY`.
    end: Option<usize>,
    after_start: Place,
    /// Blank lines since the last field, which are part of its value if it goes on.
    blanks: usize,
    stray: Stray,
    /// All before this place has been read for good, and this was found in it.
    settled: (Place, Mark),
}

impl<'a, 'f> Scan<'a, 'f> {
    fn new(ris: &'f mut Ris, part: Part<'a>, found: &'f mut Found) -> Self {
        let settled = (part.start(), found.mark());
        Self {
            ris,
            found,
            text: part.text,
            start: None,
            end: None,
            after_start: part.start(),
            blanks: 0,
            stray: Stray::default(),
            settled,
        }
    }

    fn run(mut self, part: Part<'_>) -> Place {
        let mut lines = part.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(gap) = gap_after_ty(line.text) {
                self.ris.gap = gap;
            }
            match tag_line(line.text, self.ris.gap) {
                Some(("TY", value)) => self.start(&line, value),
                Some(("ER", value)) => self.end(&line, value),
                Some((tag, value)) => self.field(&line, tag, value),
                None if line.is_blank() => self.blanks += 1,
                None if is_counter(line.text)
                    && lines.peek().is_some_and(|next| gap_after_ty(next.text).is_some()) => {}
                None => self.untagged(&line),
            }
        }
        if part.is_last {
            self.close(part.text.len());
            self.stray.report(self.found);
        } else {
            self.found.rewind(self.settled.1);
        }
        self.settled.0
    }

    fn start(&mut self, line: &Line<'_>, value: &str) {
        self.close(line.start);
        self.stray.report(self.found);
        self.settle(line.place());
        self.field(line, "TY", value);
    }

    fn field(&mut self, line: &Line<'_>, tag: &str, value: &str) {
        self.stray.report(self.found);
        self.blanks = 0;
        let builder = if self.end.is_some() { &mut self.ris.after } else { &mut self.ris.record };
        if builder.is_empty() {
            let first = if self.end.is_some() {
                &mut self.after_start
            } else {
                self.start.insert(line.place())
            };
            *first = line.place();
        }
        builder.push(tag, value, line.number);
    }

    fn end(&mut self, line: &Line<'_>, value: &str) {
        if !self.ris.after.is_empty() {
            self.close_before_after();
        } else if self.start.is_none() || self.end.is_some() {
            self.found.problem(line.number, "ER without a record: left out");
        }
        if !value.is_empty() {
            self.found.problem(line.number, format!("text after ER: left out: {value}"));
        }
        self.stray.report(self.found);
        if self.end.is_none() {
            self.end = self.start.map(|_| line.start + line.text.len());
        }
    }

    /// A line without a tag goes on with the field before it.
    fn untagged(&mut self, line: &Line<'_>) {
        let builder = if self.end.is_some() { &mut self.ris.after } else { &mut self.ris.record };
        if !builder.is_empty() {
            for _ in 0..=self.blanks {
                builder.extend_value("\n");
            }
            builder.extend_value(line.text.trim());
            self.blanks = 0;
        } else if !is_header(line.text) {
            self.stray.push(line);
        }
    }

    /// Closes the open record, to which the fields after its end belong.
    fn close(&mut self, end: usize) {
        let Some(start) = self.start.take() else { return };
        let whole = if self.ris.after.is_empty() { self.end.unwrap_or(end) } else { end };
        self.ris.record.append(&mut self.ris.after);
        self.hand_over(start, whole);
        self.end = None;
    }

    /// Closes the open record without the fields after its end, which become the open record.
    fn close_before_after(&mut self) {
        if let (Some(start), Some(end)) = (self.start, self.end) {
            self.hand_over(start, end);
        }
        std::mem::swap(&mut self.ris.record, &mut self.ris.after);
        self.settle(self.after_start);
        self.start = Some(self.after_start);
        self.end = None;
    }

    /// Hands the record over, or sets it aside.
    fn hand_over(&mut self, start: Place, end: usize) {
        let record = &mut self.ris.record;
        let has_type = record.fields().next().is_some_and(|field| field.tag == "TY");
        let has_value = record.fields().any(|field| field.tag != "TY" && !field.value.is_empty());
        let reason = match (has_type, self.end) {
            (false, None) => Some("fields with neither TY nor ER"),
            _ if !has_value => Some("no field has a value"),
            (false, Some(_)) => {
                self.found.problem(start.line, "record without TY: its type is unknown");
                None
            }
            (true, None) => {
                self.found.problem(start.line, "record without ER: read up to the next one");
                None
            }
            (true, Some(_)) => None,
        };
        match reason {
            Some(reason) => {
                record.clear();
                self.found.quarantine(start.line, self.text[start.byte..end].trim_end(), reason);
            }
            None => self.found.record(Format::Ris, record),
        }
    }

    fn settle(&mut self, place: Place) {
        self.settled = (place, self.found.mark());
    }
}
