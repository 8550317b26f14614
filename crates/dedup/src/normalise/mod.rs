//! From what a database wrote to what is compared: each record once, before any pair is looked at.

mod abstracts;
mod authors;
mod fold;
mod identifiers;
mod journal;
mod pages;
mod title;

use xxhash_rust::xxh3::xxh3_64;

pub(crate) use abstracts::Sketch;
pub(crate) use authors::Authors;
pub(crate) use fold::folded;
pub(crate) use identifiers::{cochrane_doi, doi};
pub(crate) use journal::{Journal, JournalMatch};
pub(crate) use pages::{Pages, Volume};
pub(crate) use title::{Title, is_content_word, is_function_word, is_number};

/// A word, a key or a text as a number; equal texts have equal numbers on every machine.
pub(crate) fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// [`hash`], short.
#[allow(clippy::cast_possible_truncation, reason = "the low half of a hash is a hash")]
pub(crate) fn short_hash(text: &str) -> u32 {
    xxh3_64(text.as_bytes()) as u32
}

/// Whether a value says that there is none.
pub(crate) fn is_missing(text: &str) -> bool {
    const LONGEST: usize = 11;
    let text = text.trim().trim_end_matches('.');
    if text.len() > LONGEST {
        return text.starts_with("[No ");
    }
    [
        "",
        "na",
        "n/a",
        "unknown",
        "null",
        "none",
        "nan",
        "anonymous",
        "anon",
        "[anonymous]",
        "no title",
    ]
    .iter()
    .any(|it| text.eq_ignore_ascii_case(it))
        || text.starts_with("[No ")
}
