//! Two records side by side: for each field, how it agrees, disagrees, or is missing.

mod authors;
mod title;
mod typo;

use crate::entry::Entry;
use crate::normalise::{JournalMatch, Pages};

pub(crate) use authors::AuthorMatch;
pub(crate) use title::{TitleDifference, TitleMatch};

/// How two values of a field that is either equal or not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Equality {
    /// At least one record does not tell.
    Missing,
    Same,
    Different,
}

impl Equality {
    fn of(a: u64, b: u64) -> Self {
        match (a, b) {
            (0, _) | (_, 0) => Self::Missing,
            _ if a == b => Self::Same,
            _ => Self::Different,
        }
    }
}

/// How the years agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum YearMatch {
    Missing,
    Same,
    /// A year apart: early view and print.
    Adjacent,
    /// Two years apart.
    Near,
    Different,
}

/// How the pages agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageMatch {
    Missing,
    /// First and last page.
    Same,
    /// The first page; the last is missing or differs.
    SameFirst,
    /// One range holds the other, or they share their end.
    Overlap,
    Different,
}

/// How the abstracts agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AbstractMatch {
    Missing,
    Same,
    Near,
    Different,
}

/// Two records, field by field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison<'a> {
    pub(crate) title: TitleMatch,
    pub(crate) title_difference: TitleDifference<'a>,
    pub(crate) authors: AuthorMatch,
    pub(crate) year: YearMatch,
    pub(crate) journal: Option<JournalMatch>,
    pub(crate) volume: Equality,
    pub(crate) issue: Equality,
    pub(crate) pages: PageMatch,
    pub(crate) doi: Equality,
    pub(crate) pmid: Equality,
    /// Never different: each database has a number of its own for a report, and some have several.
    pub(crate) database_ids: Equality,
    pub(crate) abstracts: AbstractMatch,
}

impl<'a> Comparison<'a> {
    pub(crate) fn of(a: &'a Entry, b: &'a Entry) -> Self {
        let (title, title_difference) = title::compare(&a.title, &b.title);
        let journal = if a.journal.share_an_issn(&b.journal) {
            Some(JournalMatch::Same)
        } else {
            (a.journal.is_known() && b.journal.is_known()).then(|| a.journal.matches(&b.journal))
        };
        Self {
            title,
            title_difference,
            authors: authors::compare(&a.authors, &b.authors),
            year: years(a.year, b.year),
            journal,
            volume: volumes(a, b),
            issue: Equality::of(a.volume.issue.into(), b.volume.issue.into()),
            pages: pages(a, b),
            doi: Equality::of(a.doi, b.doi),
            pmid: Equality::of(a.pmid, b.pmid),
            database_ids: database_ids(a, b),
            abstracts: abstracts(a, b),
        }
    }
}

/// Whether two records need not be compared any further, for no identifier agrees, and either they stand at different
/// places, or no page agrees and their titles differ: no other fields outweigh that.
pub(crate) fn is_hopeless(a: &Entry, b: &Entry) -> bool {
    let agree = |x: u64, y: u64| x != 0 && x == y;
    let ids_agree =
        agree(a.doi, b.doi) || agree(a.pmid, b.pmid) || database_ids(a, b) == Equality::Same;
    let share_a_page = agree(a.pages.first.into(), b.pages.first.into());
    !ids_agree
        && !share_a_page
        && (are_at_different_places(a, b) || title::are_foreign(&a.title, &b.title))
}

/// Whether their volumes and their pages differ.
fn are_at_different_places(a: &Entry, b: &Entry) -> bool {
    volumes(a, b) == Equality::Different && pages(a, b) == PageMatch::Different
}

fn volumes(a: &Entry, b: &Entry) -> Equality {
    // "2016" and "94" where one of them writes the year for the volume.
    if a.volume.is_the_year != b.volume.is_the_year {
        return Equality::Missing;
    }
    Equality::of(a.volume.number.into(), b.volume.number.into())
}

fn database_ids(a: &Entry, b: &Entry) -> Equality {
    let pairs = a.database_ids.iter().zip(&b.database_ids);
    if pairs.clone().any(|(a, b)| *a != 0 && a == b) { Equality::Same } else { Equality::Missing }
}

fn years(a: Option<i32>, b: Option<i32>) -> YearMatch {
    match a.zip(b).map(|(a, b)| a.abs_diff(b)) {
        None => YearMatch::Missing,
        Some(0) => YearMatch::Same,
        Some(1) => YearMatch::Adjacent,
        Some(2) => YearMatch::Near,
        Some(_) => YearMatch::Different,
    }
}

fn pages(a: &Entry, b: &Entry) -> PageMatch {
    let (p, q) = (&a.pages, &b.pages);
    if !p.is_known() || !q.is_known() {
        return PageMatch::Missing;
    }
    if p.first == q.first {
        return if p.to == q.to && p.to != 0 { PageMatch::Same } else { PageMatch::SameFirst };
    }
    // Early view counts its pages from 1, print goes on counting from the article before.
    let is_early =
        |pages: &Pages, entry: &Entry| pages.count_from_one() && entry.volume.number == 0;
    if is_early(p, a) || is_early(q, b) {
        return PageMatch::Missing;
    }
    // Electronic and printed editions of one journal number in ways of their own.
    let same_volume = a.volume.number == b.volume.number;
    if same_volume && p.is_article_number() != q.is_article_number() && p.lettered != q.lettered {
        return PageMatch::Missing;
    }
    let within =
        |p: &Pages, q: &Pages| p.from > 0 && p.from >= q.from && p.from <= q.to && p.to <= q.to;
    let same_end = p.to != 0 && p.to == q.to;
    if p.lettered == q.lettered && (within(p, q) || within(q, p) || same_end) {
        PageMatch::Overlap
    } else {
        PageMatch::Different
    }
}

fn abstracts(a: &Entry, b: &Entry) -> AbstractMatch {
    match a.sketch.containment(&b.sketch) {
        None => AbstractMatch::Missing,
        Some(share) if share >= 0.7 => AbstractMatch::Same,
        Some(share) if share >= 0.25 => AbstractMatch::Near,
        Some(_) => AbstractMatch::Different,
    }
}
