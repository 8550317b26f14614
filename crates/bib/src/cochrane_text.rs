//! The Cochrane Library's text: `Record #1 of 20`, then a field a line, `TI: Title`, with authors one a
//! line.

use crate::Format;
use crate::lines::lines;
use crate::tagged::{Context, Dialect, Role};

/// Whether a text begins a record of this format and names a field.
pub(crate) fn is_cochrane_text(text: &str) -> bool {
    let mut lines =
        lines(text).filter(|line| !line.is_blank()).skip_while(|line| !is_start(line.text));
    lines.next().is_some() && lines.next().is_some_and(|line| tag_line(line.text).is_some())
}

fn is_start(line: &str) -> bool {
    let counts = line.trim_end().strip_prefix("Record #").and_then(|rest| rest.split_once(" of "));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    counts.is_some_and(|(number, all)| is_number(number) && is_number(all))
}

/// The tag and value of a tagged line.
fn tag_line(line: &str) -> Option<(&str, &str)> {
    let (tag, value) = line.split_once(':')?;
    let is_tag = matches!(tag.len(), 2 | 3) && tag.bytes().all(|b| b.is_ascii_uppercase());
    (is_tag && (value.is_empty() || value.starts_with(' '))).then_some((tag, value.trim()))
}

#[derive(Debug, Default)]
pub(crate) struct CochraneText;

impl Dialect for CochraneText {
    const FORMAT: Format = Format::CochraneText;

    fn role<'a>(line: &'a str, context: &Context<'_>) -> Role<'a> {
        match tag_line(line) {
            _ if is_start(line) => Role::Start,
            Some((tag, value)) => Role::Field(tag, value),
            None if context.last_tag.is_some() => Role::More("\n", line.trim()),
            None => Role::Stray,
        }
    }
}
