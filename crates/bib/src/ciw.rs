//! Web of Science's tagged format: two-letter tags, values that go on over lines indented by three
//! spaces, records from `PT` to `ER`, a file from `FN` and `VR` to `EF`.
//!
//! All databases on that platform export it, each with tags of its own: MEDLINE, INSPEC, BIOSIS, the
//! Zoological Record, and ISI before it.

use crate::lines::lines;
use crate::tagged::{Context, Dialect, Role};
use crate::{Field, Format};

/// Whether the first two lines with text on them are such as this format begins with.
pub(crate) fn is_ciw(text: &str) -> bool {
    let mut tags = lines(text).filter(|line| !line.is_blank()).map(|line| tag_line(line.text));
    match (tags.next().flatten(), tags.next()) {
        (Some(("FN", _)), Some(Some(("VR", _))) | None) => true,
        (Some(("PT", kind)), Some(Some(_))) => kind.len() == 1,
        _ => false,
    }
}

/// The tag and value of a tagged line.
fn tag_line(line: &str) -> Option<(&str, &str)> {
    let tag = line.get(..2)?;
    let [first, second] = *tag.as_bytes() else { return None };
    let is_tag =
        first.is_ascii_uppercase() && (second.is_ascii_uppercase() || second.is_ascii_digit());
    let value = &line[2..];
    (is_tag && (value.is_empty() || value.starts_with([' ', '\t']))).then_some((tag, value.trim()))
}

/// Fields that give each name, address or reference a line; the lines of others are broken for width.
const LISTS: [&str; 10] = ["AU", "AF", "BA", "BF", "BE", "ED", "CA", "GP", "C1", "CR"];

#[derive(Debug, Default)]
pub(crate) struct Ciw;

impl Dialect for Ciw {
    const FORMAT: Format = Format::Ciw;
    const BORDERS: Option<(&'static str, &'static str)> = Some(("PT", "ER"));

    fn role<'a>(line: &'a str, context: &Context<'_>) -> Role<'a> {
        match (tag_line(line), context.last_tag) {
            (Some(("PT", value)), _) => Role::First("PT", value),
            (Some(("ER", _)), _) => Role::End,
            (Some(("FN" | "VR" | "EF", _)), None) => Role::Frame,
            (Some((tag, value)), _) => Role::Field(tag, value),
            (None, Some(tag)) => {
                Role::More(if LISTS.contains(&tag) { "\n" } else { " " }, line.trim())
            }
            (None, None) => Role::Stray,
        }
    }

    fn has_content(field: Field<'_>) -> bool {
        field.tag != "PT" && !field.value.is_empty()
    }
}
