//! EndNote's tagged format, also called refer: `%T Title`, records parted by blank lines.
//!
//! Most exports begin a record with its type (`%0 Journal Article`), some put it later or leave it out.

use crate::lines::lines;
use crate::tagged::{Context, Dialect, Role};
use crate::{Field, Format};

/// Whether the first line with text on it is a tagged line of this format.
pub(crate) fn is_enw(text: &str) -> bool {
    let first = lines(text).find(|line| !line.is_blank());
    first.is_some_and(|line| tag_line(line.text).is_some())
}

/// The tag, with its percent sign, and the value of a tagged line.
fn tag_line(line: &str) -> Option<(&str, &str)> {
    let tag =
        line.get(..2).filter(|tag| tag.starts_with('%') && !tag.ends_with([' ', '\t', '%']))?;
    let value = &line[2..];
    (value.is_empty() || value.starts_with([' ', '\t'])).then_some((tag, value.trim()))
}

#[derive(Debug, Default)]
pub(crate) struct Enw;

impl Dialect for Enw {
    const FORMAT: Format = Format::Enw;
    const UNIQUE: &'static str = "%0";

    fn role<'a>(line: &'a str, context: &Context<'_>) -> Role<'a> {
        match tag_line(line) {
            Some((tag, value))
                if context.after_blank || (context.has_unique && tag == Self::UNIQUE) =>
            {
                Role::First(tag, value)
            }
            Some((tag, value)) => Role::Field(tag, value),
            None if context.last_tag.is_some() => Role::More("\n", line.trim()),
            None => Role::Stray,
        }
    }

    fn has_content(field: Field<'_>) -> bool {
        field.tag != Self::UNIQUE && !field.value.is_empty()
    }
}
