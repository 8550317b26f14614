//! Ovid's text: `<12>` begins a record, the name of a field stands on a line of its own, its value on
//! indented lines below.

use crate::Format;
use crate::lines::lines;
use crate::tagged::{Context, Dialect, Role};

/// Whether the first line with text on it begins such a record and the next one names a field.
pub(crate) fn is_ovid_text(text: &str) -> bool {
    let mut lines = lines(text).filter(|line| !line.is_blank());
    let is_start = lines.next().is_some_and(|line| is_start(line.text));
    is_start && lines.next().is_none_or(|line| is_field_name(line.text))
}

fn is_start(line: &str) -> bool {
    let number = line.trim_end().strip_prefix('<').and_then(|line| line.strip_suffix('>'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// "Author e-mail", "MeSH Subject Headings": not indented, and words.
fn is_field_name(line: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || " -/&()'".contains(c);
    line.starts_with(|c: char| c.is_ascii_uppercase())
        && line.len() <= 60
        && !line.trim_end().contains("  ")
        && line.trim_end().chars().all(is_of_name)
}

#[derive(Debug, Default)]
pub(crate) struct OvidText;

impl Dialect for OvidText {
    const FORMAT: Format = Format::OvidText;

    fn role<'a>(line: &'a str, context: &Context<'_>) -> Role<'a> {
        if is_start(line) {
            Role::Start
        } else if is_field_name(line) {
            Role::Field(line.trim_end(), "")
        } else if context.last_tag.is_some() {
            Role::More("\n", line.trim())
        } else {
            Role::Stray
        }
    }
}
