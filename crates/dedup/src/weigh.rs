//! What each field's agreement is worth: weights of evidence in decimal logarithms of odds, after I. P. Fellegi and
//! A. B. Sunter (A theory for record linkage, 1969, doi:10.1080/01621459.1969.10501049).
//!
//! How a field of a pair agrees is told apart into cells ([`cells`]); a cell has one weight whatever the other fields
//! say ([`Weights`]).

use crate::compare::{
    AbstractMatch, AuthorMatch, Comparison, Equality, PageMatch, TitleMatch, YearMatch,
};
use crate::entry::Entry;
use crate::normalise::JournalMatch;

/// How many fields are weighed.
pub(crate) const N_FIELDS: usize = 11;

/// How many cells a field has at most.
pub(crate) const N_CELLS: usize = 33;

/// The cell of each field: title, authors, year, journal, volume, issue, pages, DOI, PubMed id, ids of other databases,
/// abstract.
pub(crate) type Cells = [usize; N_FIELDS];

/// What the agreement of each field is worth. [`Weights::default`] are the ones chosen by hand; [`Weights::estimated`]
/// counts them on labelled records.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// The decimal logarithm of the odds before a field is looked at.
    pub(crate) prior: f64,
    pub(crate) cells: [[f64; N_CELLS]; N_FIELDS],
}

/// Of the pairs that share a key, hardly one in a million is one report by its key alone.
const PRIOR: f64 = -7.0;

/// Of long titles hardly two are the same by chance; of short ones many: by the number of words that tell something.
const FULL_TITLE: [f64; 7] = [0.5, 1.5, 2.5, 3.5, 4.5, 5.0, 5.5];

/// Where the cells of a title begin: those of one kind differ by how many words tell something.
const SAME: usize = 1;
const NEAR: usize = SAME + FULL_TITLE.len();
const EXTENDED: usize = NEAR + FULL_TITLE.len();
const NUMBERED: usize = EXTENDED + FULL_TITLE.len();
const OTHERS: usize = NUMBERED + FULL_TITLE.len();

impl Default for Weights {
    fn default() -> Self {
        let mut it = Self { prior: PRIOR, cells: [[0.0; N_CELLS]; N_FIELDS] };
        let [title, rest @ ..] = &mut it.cells;
        for (i, full) in FULL_TITLE.iter().enumerate() {
            title[SAME + i] = *full;
            title[NEAR + i] = full - 0.7;
            title[EXTENDED + i] = 0.6 * full;
            // A part of a series and the whole.
            title[NUMBERED + i] = 0.3 * full;
        }
        // Where no second article can stand, another title is a translation, or one title is damaged: similar or different
        // there; then similar or different elsewhere.
        title[OTHERS..].copy_from_slice(&[0.0, -1.0, -1.0, -5.0]);
        let by_field: [&[f64]; N_FIELDS - 1] = [
            // The same one, two, or more authors; one or more as part of a list; most, some, none.
            &[2.0, 3.0, 3.5, 1.7, 2.5, 1.5, -1.0, -3.0],
            &[1.0, -0.3, -1.0, -2.0],
            &[1.5, 0.3, -2.5],
            // Volumes differ by a slip, or because one record is of the abstract that a conference printed: then no page
            // agrees.
            &[1.2, -1.5, -2.5],
            &[0.3, -0.3],
            &[3.0, 2.2, 1.0, -2.0],
            &[6.0, -1.5],
            &[8.0, -2.0],
            // A whole supplement of abstracts may have one number.
            &[5.0],
            &[3.0, 1.0, -1.0],
        ];
        for (cells, weights) in rest.iter_mut().zip(by_field) {
            // Cell 0 is a field that at least one record lacks.
            cells[1..=weights.len()].copy_from_slice(weights);
        }
        it
    }
}

impl Weights {
    /// The weight of each field.
    pub(crate) fn of(&self, cells: &Cells) -> [f64; N_FIELDS] {
        std::array::from_fn(|field| self.cells[field][cells[field]])
    }

    /// The decimal logarithm of the odds that two records are one report.
    pub(crate) fn log_odds(&self, cells: &Cells) -> f64 {
        self.of(cells).iter().sum::<f64>() + self.prior
    }
}

/// How each field of a pair agrees.
pub(crate) fn cells(a: &Entry, b: &Entry, it: &Comparison<'_>) -> Cells {
    [
        title(a, b, it),
        authors(a, b, it.authors),
        match it.year {
            YearMatch::Missing => 0,
            YearMatch::Same => 1,
            YearMatch::Adjacent => 2,
            YearMatch::Near => 3,
            YearMatch::Different => 4,
        },
        match it.journal {
            None => 0,
            Some(JournalMatch::Same) => 1,
            Some(JournalMatch::Related) => 2,
            Some(JournalMatch::Different) => 3,
        },
        match it.volume {
            Equality::Different if matches!(it.pages, PageMatch::Same | PageMatch::SameFirst) => 2,
            Equality::Different => 3,
            other => equality(other),
        },
        equality(it.issue),
        match it.pages {
            PageMatch::Missing => 0,
            PageMatch::Same => 1,
            PageMatch::SameFirst => 2,
            PageMatch::Overlap => 3,
            PageMatch::Different => 4,
        },
        equality(it.doi),
        equality(it.pmid),
        equality(it.database_ids),
        match it.abstracts {
            AbstractMatch::Missing => 0,
            AbstractMatch::Same => 1,
            AbstractMatch::Near => 2,
            AbstractMatch::Different => 3,
        },
    ]
}

fn title(a: &Entry, b: &Entry, it: &Comparison<'_>) -> usize {
    let n_content = a.title.n_content.min(b.title.n_content) as usize;
    let length = n_content.min(FULL_TITLE.len() - 1);
    let share_their_place = share_their_place(a, b, it);
    match it.title {
        TitleMatch::Missing => 0,
        TitleMatch::Same => SAME + length,
        TitleMatch::Near => NEAR + length,
        // Unless their pages tell that it is one report.
        TitleMatch::Extended
            if it.title_difference.number_added
                && !matches!(it.pages, PageMatch::Same | PageMatch::SameFirst) =>
        {
            NUMBERED + length
        }
        TitleMatch::Extended => EXTENDED + length,
        TitleMatch::Similar if share_their_place => OTHERS,
        TitleMatch::Different if share_their_place => OTHERS + 1,
        TitleMatch::Similar => OTHERS + 2,
        TitleMatch::Different => OTHERS + 3,
    }
}

/// Whether they have the same pages of the same volume of the same journal, by authors of whom most are the same.
fn share_their_place(a: &Entry, b: &Entry, it: &Comparison<'_>) -> bool {
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

fn authors(a: &Entry, b: &Entry, authors: AuthorMatch) -> usize {
    let n = a.authors.hashes.len().min(b.authors.hashes.len());
    match authors {
        AuthorMatch::Missing => 0,
        AuthorMatch::Same => n.clamp(1, 3),
        AuthorMatch::Subset if n == 1 => 4,
        AuthorMatch::Subset => 5,
        AuthorMatch::Most => 6,
        AuthorMatch::Some => 7,
        AuthorMatch::Different => 8,
    }
}

fn equality(it: Equality) -> usize {
    match it {
        Equality::Missing => 0,
        Equality::Same => 1,
        Equality::Different => 2,
    }
}
