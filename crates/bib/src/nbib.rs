//! NBIB, PubMed's MEDLINE format: tags padded to four characters, a dash, and values that go on over
//! indented lines; records parted by blank lines. ERIC and Ovid export it too, with tags of their own.

use crate::Format;
use crate::lines::lines;
use crate::tagged::{Context, Dialect, Role};

/// Whether the first line with text on it is a tagged line of this format.
pub(crate) fn is_nbib(text: &str) -> bool {
    let first = lines(text).find(|line| !line.is_blank() && !is_counter(line.text));
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

/// Ovid numbers records: "<12>" or "12." on a line of its own.
fn is_counter(line: &str) -> bool {
    let line = line.trim();
    let number =
        line.strip_prefix('<').and_then(|line| line.strip_suffix('>')).or(line.strip_suffix('.'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

#[derive(Debug, Default)]
pub(crate) struct Nbib;

impl Dialect for Nbib {
    const FORMAT: Format = Format::Nbib;
    const UNIQUE: &'static str = "PMID";

    fn role<'a>(line: &'a str, context: &Context<'_>) -> Role<'a> {
        match tag_line(line) {
            Some((tag, value))
                if context.after_blank || (context.has_unique && tag == Self::UNIQUE) =>
            {
                Role::First(tag, value)
            }
            Some((tag, value)) => Role::Field(tag, value),
            None if is_counter(line) && context.after_blank => Role::Frame,
            // A line without a tag goes on with the field before it, unless a blank line came between
            // and it is not even indented.
            None if context.last_tag.is_some()
                && (!context.after_blank || line.starts_with([' ', '\t'])) =>
            {
                Role::More(" ", line.trim())
            }
            None => Role::Stray,
        }
    }
}
