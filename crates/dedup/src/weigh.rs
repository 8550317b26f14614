//! What each field's agreement is worth: weights of evidence in decimal logarithms of odds, after I. P. Fellegi and
//! A. B. Sunter (A theory for record linkage, 1969, doi:10.1080/01621459.1969.10501049).

use crate::compare::{
    AbstractMatch, AuthorMatch, Comparison, Equality, PageMatch, TitleMatch, YearMatch,
};
use crate::entry::Entry;
use crate::normalise::JournalMatch;

/// What the odds are before a field is looked at: of the pairs that share a key, hardly one in a million is one
/// report by its key alone.
const PRIOR: f64 = -7.0;

/// The decimal logarithm of the odds that two records are one report.
pub(crate) fn log_odds(a: &Entry, b: &Entry, comparison: &Comparison) -> f64 {
    weights(a, b, comparison).iter().sum::<f64>() + PRIOR
}

/// The weight of each field, in the order of [`FIELDS`].
pub(crate) fn weights(a: &Entry, b: &Entry, it: &Comparison) -> [f64; 10] {
    [
        title(a, b, it),
        authors(a, b, it.authors),
        year(it.year),
        journal(it.journal),
        volume(it),
        equality(it.issue, 0.3, -0.3),
        pages(it),
        equality(it.doi, 6.0, -1.5),
        equality(it.pmid, 8.0, -2.0),
        abstracts(it.abstracts),
    ]
}

fn title(a: &Entry, b: &Entry, it: &Comparison) -> f64 {
    let n_content = a.title.n_content.min(b.title.n_content);
    // Of long titles hardly two are the same by chance; of short ones many.
    let full = match n_content {
        0 => 0.5,
        1 => 1.5,
        2 => 2.5,
        3 => 3.5,
        4 => 4.5,
        5 => 5.0,
        _ => 5.5,
    };
    let share_their_place = share_their_place(a, b, it);
    match it.title {
        TitleMatch::Missing => 0.0,
        TitleMatch::Same => full,
        TitleMatch::Near => full - 0.7,
        // A part of a series and the whole, unless their pages tell that it is one report.
        TitleMatch::Extended
            if it.title_difference.number_added
                && !matches!(it.pages, PageMatch::Same | PageMatch::SameFirst) =>
        {
            0.3 * full
        }
        TitleMatch::Extended => 0.6 * full,
        // Where no second article can stand, another title is a translation, or one title is damaged.
        TitleMatch::Similar if share_their_place => 0.0,
        TitleMatch::Different if share_their_place => -1.0,
        TitleMatch::Similar => -1.0,
        TitleMatch::Different => -5.0,
    }
}

/// Whether they have the same pages of the same volume of the same journal, by authors of whom most are the same.
fn share_their_place(a: &Entry, b: &Entry, it: &Comparison) -> bool {
    it.pages == PageMatch::Same
        && a.pages.are_an_articles_own()
        && b.pages.are_an_articles_own()
        && it.volume == Equality::Same
        // Where each issue counts its pages from 1, two issues have the same pages.
        && (it.issue != Equality::Different || a.pages.from > 150)
        && matches!(it.journal, Some(JournalMatch::Same | JournalMatch::Related))
        && it.year == YearMatch::Same
        && it.authors >= AuthorMatch::Most
}

fn authors(a: &Entry, b: &Entry, authors: AuthorMatch) -> f64 {
    let n = a.authors.hashes.len().min(b.authors.hashes.len());
    match authors {
        AuthorMatch::Missing => 0.0,
        AuthorMatch::Same if n == 1 => 2.0,
        AuthorMatch::Same if n == 2 => 3.0,
        AuthorMatch::Same => 3.5,
        AuthorMatch::Subset if n == 1 => 1.7,
        AuthorMatch::Subset => 2.5,
        AuthorMatch::Most => 1.5,
        AuthorMatch::Some => -1.0,
        AuthorMatch::Different => -3.0,
    }
}

fn year(year: YearMatch) -> f64 {
    match year {
        YearMatch::Missing => 0.0,
        YearMatch::Same => 1.0,
        YearMatch::Adjacent => -0.3,
        YearMatch::Near => -1.0,
        YearMatch::Different => -2.0,
    }
}

fn journal(journal: Option<JournalMatch>) -> f64 {
    match journal {
        None => 0.0,
        Some(JournalMatch::Same) => 1.5,
        Some(JournalMatch::Related) => 0.3,
        Some(JournalMatch::Different) => -2.5,
    }
}

fn equality(it: Equality, same: f64, different: f64) -> f64 {
    match it {
        Equality::Missing => 0.0,
        Equality::Same => same,
        Equality::Different => different,
    }
}

/// Volumes differ by a slip, or because one record is of the abstract that a conference printed: then no page agrees.
fn volume(it: &Comparison) -> f64 {
    let pages_agree = matches!(it.pages, PageMatch::Same | PageMatch::SameFirst);
    equality(it.volume, 1.2, if pages_agree { -1.5 } else { -2.5 })
}

fn pages(it: &Comparison) -> f64 {
    match it.pages {
        PageMatch::Missing => 0.0,
        PageMatch::Same => 3.0,
        PageMatch::SameFirst => 2.2,
        PageMatch::Overlap => 1.0,
        PageMatch::Different => -2.0,
    }
}

fn abstracts(it: AbstractMatch) -> f64 {
    match it {
        AbstractMatch::Missing => 0.0,
        AbstractMatch::Same => 3.0,
        AbstractMatch::Near => 1.0,
        AbstractMatch::Different => -1.0,
    }
}
