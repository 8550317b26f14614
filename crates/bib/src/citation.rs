//! The short citation of a record.

use crate::{Record, authors};

/// Of more authors than this, the first ones are named.
const NAMED: usize = 3;

pub(crate) fn of(record: &Record) -> String {
    let doi = record.doi().map(|doi| format!("doi:{doi}"));
    let parts = [author_list(record), record.title().map(sentence), place(record), doi];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn author_list(record: &Record) -> Option<String> {
    let all = record.authors();
    let named: Vec<_> = all.iter().take(NAMED).map(|name| authors::short(name)).collect();
    let others = if all.len() > NAMED { ", et al" } else { "" };
    (!named.is_empty()).then(|| sentence(named.join(", ") + others))
}

/// "Journal 2014;26(5):584-591.", as far as it is known.
fn place(record: &Record) -> Option<String> {
    let year = record.year().map(|year| year.to_string());
    let issue = record.issue().map(|issue| format!("({issue})"));
    let volume =
        [record.volume().map(str::to_owned), issue].into_iter().flatten().collect::<String>();
    let mut numbers = year.unwrap_or_default();
    if !volume.is_empty() {
        numbers = if numbers.is_empty() { volume } else { format!("{numbers};{volume}") };
    }
    if let Some(pages) = record.pages() {
        numbers = if numbers.is_empty() { pages } else { format!("{numbers}:{pages}") };
    }
    let journal = record.journal().map(str::to_owned);
    let known: Vec<_> =
        journal.into_iter().chain(Some(numbers)).filter(|s| !s.is_empty()).collect();
    (!known.is_empty()).then(|| sentence(known.join(" ")))
}

/// With a full stop, unless it ends in a mark of its own.
fn sentence(mut text: String) -> String {
    if !text.ends_with(['.', '?', '!']) {
        text.push('.');
    }
    text
}
