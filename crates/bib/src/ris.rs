//! RIS: `TAG  - value` lines between `TY  - ` and `ER  - `.
//!
//! Read with what exports do to it: text before and between records, values that go on over untagged
//! lines, a missing `ER` or `TY`, fields after the `ER` (Ovid), fewer spaces before the dash.

use crate::lines::{Line, lines};
use crate::{Field, Format, Found};

/// Whether a text has a line that only RIS has: the start or the end of a record.
pub(crate) fn is_ris(text: &str) -> bool {
    lines(text).any(|line| {
        gap_after_ty(line.text).is_some()
            || tag_line(line.text, "  ").is_some_and(|(tag, _)| tag == "ER")
    })
}

pub(crate) fn read(text: &str) -> Found {
    let all: Vec<Line<'_>> = lines(text).collect();
    let gap = all.iter().find_map(|line| gap_after_ty(line.text)).unwrap_or("  ");
    let mut reader = Reader { text, open: None, in_stray_text: false, found: Found::default() };
    for (i, line) in all.iter().enumerate() {
        let next = all.get(i + 1).and_then(|next| tag_line(next.text, gap));
        match tag_line(line.text, gap) {
            Some(("TY", value)) => reader.start(line, value),
            Some(("ER", value)) => reader.end(line, value),
            Some((tag, value)) => reader.field(line, tag, value),
            None if is_counter(line.text) && next.is_some_and(|(tag, _)| tag == "TY") => {}
            None => reader.untagged(line),
        }
    }
    reader.close(text.len(), false);
    reader.found
}

/// Prints fields as RIS lines, with their tags as they are, closed by `ER`.
pub(crate) fn print(fields: &[Field]) -> String {
    let mut text = String::new();
    for Field { tag, value, .. } in fields {
        text.extend([tag, "  - ", value, "\n"]);
    }
    text + "ER  - \n"
}

/// The spaces between tag and dash if this line starts a record: two by the standard, one or none in
/// the wild.
fn gap_after_ty(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("TY")?;
    let gap = &rest[..rest.find('-')?];
    (gap.len() <= 4 && gap.chars().all(|c| c == ' ' || c == '\t')).then_some(gap)
}

/// The tag and value of a tagged line.
fn tag_line<'a>(line: &'a str, gap: &str) -> Option<(&'a str, &'a str)> {
    let length = line.bytes().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
    let (tag, rest) = line.split_at(length);
    let value = rest.strip_prefix("  -").or_else(|| rest.strip_prefix(gap)?.strip_prefix('-'))?;
    let is_tag = (2..=4).contains(&length) && tag.starts_with(|c: char| c.is_ascii_uppercase());
    let ends = value.is_empty() || value.starts_with([' ', '\t']) || matches!(tag, "TY" | "ER");
    (is_tag && ends).then_some((tag, value.trim()))
}

/// Ovid numbers its records: "12." on a line of its own.
fn is_counter(line: &str) -> bool {
    let digits = line.trim().strip_suffix('.');
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

struct Reader<'a> {
    text: &'a str,
    open: Option<Open>,
    /// The line before was outside any record too, and has been reported.
    in_stray_text: bool,
    found: Found,
}

/// Fields not yet closed by `ER`.
struct Open {
    line: u32,
    start: usize,
    fields: Vec<Field>,
}

impl Open {
    fn has_type(&self) -> bool {
        self.fields.first().is_some_and(|field| field.tag == "TY")
    }
}

impl Reader<'_> {
    fn start(&mut self, line: &Line<'_>, value: &str) {
        self.close(line.start, false);
        self.field(line, "TY", value);
    }

    fn field(&mut self, line: &Line<'_>, tag: &str, value: &str) {
        self.in_stray_text = false;
        let open = self.open.get_or_insert_with(|| Open {
            line: line.number,
            start: line.start,
            fields: Vec::new(),
        });
        open.fields.push(Field { tag: tag.to_owned(), value: value.to_owned(), line: line.number });
    }

    fn end(&mut self, line: &Line<'_>, value: &str) {
        if self.open.is_none() {
            self.found.problem(line.number, "ER without a record: left out");
        }
        if !value.is_empty() {
            self.found.problem(line.number, format!("text after ER: left out: {value}"));
        }
        self.close(line.start + line.text.len(), true);
    }

    /// A line without a tag goes on with the field before it.
    fn untagged(&mut self, line: &Line<'_>) {
        if let Some(field) = self.open.as_mut().and_then(|open| open.fields.last_mut()) {
            field.value.push('\n');
            field.value.push_str(line.text.trim());
        } else if !line.is_blank() && !is_header(line.text) {
            if !self.in_stray_text {
                let message = format!("text outside any record: left out: {}", line.text.trim());
                self.found.problem(line.number, message);
            }
            self.in_stray_text = true;
        }
    }

    /// Closes the open record, which goes up to the byte `end`.
    fn close(&mut self, end: usize, has_end: bool) {
        let Some(mut open) = self.open.take() else { return };
        for field in &mut open.fields {
            field.value.truncate(field.value.trim_end().len());
        }
        let has_type = open.has_type();
        let text = self.text[open.start..end].trim_end();
        let has_value =
            open.fields.iter().any(|field| field.tag != "TY" && !field.value.is_empty());
        if !has_type && !has_end {
            // Ovid puts fields of its own after the ER.
            match self.found.records.last_mut() {
                Some(record) => record.fields.append(&mut open.fields),
                None => self.found.quarantine(open.line, text, "fields with neither TY nor ER"),
            }
        } else if has_value {
            if !has_type {
                self.found.problem(open.line, "record without TY: its type is unknown");
            }
            if !has_end {
                self.found.problem(open.line, "record without ER: read up to the next one");
            }
            self.found.record(Format::Ris, open.line, open.fields);
        } else {
            self.found.quarantine(open.line, text, "no field has a value");
        }
    }
}

/// Lines that providers put before their records.
fn is_header(line: &str) -> bool {
    ["Record #", "Provider:", "Database:", "Content:"].iter().any(|start| line.starts_with(start))
        || is_counter(line)
}
