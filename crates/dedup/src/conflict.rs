//! What no agreement elsewhere outweighs: signs that two records are two reports.

use crate::compare::{
    AbstractMatch, AuthorMatch, Comparison, Equality, PageMatch, TitleMatch, YearMatch,
};
use crate::entry::Entry;
use crate::normalise::JournalMatch;

/// A clear sign that two records are different reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// Their titles count differently: part 1 and part 2, the reports of two years.
    Numbers,
    /// One is a notice about an article (a correction, a comment, a reply), the other is not, or another kind.
    Notice,
    /// They stand at different places of the same journal.
    Place,
    /// They stand in different journals: a reprint, or the paper of a conference and its article.
    Venue,
    /// Their titles and authors both differ.
    Content,
}

impl Conflict {
    /// What it is in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Numbers => "their titles count differently, as part 1 and part 2 do",
            Self::Notice => {
                "one is a notice about an article (a correction, a comment, a reply), the other is not"
            }
            Self::Place => "they stand at different places of one journal",
            Self::Venue => "they stand in different journals or proceedings",
            Self::Content => "their titles differ, and so do their authors or abstracts",
        }
    }
}

/// The first clear conflict between two records.
pub(crate) fn find(a: &Entry, b: &Entry, it: &Comparison<'_>) -> Option<Conflict> {
    // Parts 1 and 2 do not stand on the same pages; a typing error in a number does.
    let same_place = it.volume == Equality::Same && it.pages == PageMatch::Same;
    if it.title_difference.numbers_differ && it.title != TitleMatch::Different && !same_place {
        return Some(Conflict::Numbers);
    }
    let second_part = it.title == TitleMatch::Extended && it.title_difference.number_added;
    if second_part && it.pages == PageMatch::Different {
        return Some(Conflict::Numbers);
    }
    if a.title.notice != b.title.notice {
        return Some(Conflict::Notice);
    }
    if is_another_of_its_series(a, b, it) {
        return Some(Conflict::Place);
    }
    let places_differ = it.volume == Equality::Different && it.pages == PageMatch::Different;
    let ids_agree = [it.doi, it.pmid, it.database_ids].contains(&Equality::Same);
    if places_differ && !ids_agree {
        return Some(if it.journal == Some(JournalMatch::Different) {
            Conflict::Venue
        } else {
            Conflict::Place
        });
    }
    let issue_differs = it.volume == Equality::Different || it.issue == Equality::Different;
    let same_journal = it.journal == Some(JournalMatch::Same);
    if it.doi == Equality::Different
        && same_journal
        && issue_differs
        && it.pmid != Equality::Same
        && !same_place
    {
        return Some(Conflict::Place);
    }
    let related = it.journal == Some(JournalMatch::Related);
    if related && !ids_agree && it.volume == Equality::Different {
        return Some(Conflict::Venue);
    }
    let venue_differs = it.journal == Some(JournalMatch::Different) && !ids_agree;
    if venue_differs && (it.volume == Equality::Different || it.pages == PageMatch::Different) {
        return Some(Conflict::Venue);
    }
    let title_differs = it.title == TitleMatch::Different;
    let others = it.abstracts == AbstractMatch::Different
        || matches!(it.authors, AuthorMatch::Different | AuthorMatch::Some);
    if title_differs && others {
        return Some(Conflict::Content);
    }
    if it.year == YearMatch::Different && !ids_agree && it.pages != PageMatch::Same {
        return Some(Conflict::Place);
    }
    None
}

/// Why a person should look, however much agrees: what is left is no clear sign of two reports, but two reports may well
/// look like this.
pub(crate) fn doubt(a: &Entry, b: &Entry, it: &Comparison<'_>) -> Option<&'static str> {
    let ids_agree = [it.doi, it.pmid, it.database_ids].contains(&Equality::Same);
    let pages_agree = matches!(it.pages, PageMatch::Same | PageMatch::SameFirst);
    if ids_agree || pages_agree {
        return None;
    }
    let names_a_part = |words: &[&str]| words.iter().any(|word| *word == "part" || *word == "pt");
    let [first, second] = &it.title_difference.words;
    if it.title_difference.number_added && (names_a_part(first) || names_a_part(second)) {
        return Some(
            "only one of the titles is that of a part, and neither page nor identifier agrees",
        );
    }
    let is_preprint = a.journal.is_of_preprints() || b.journal.is_of_preprints();
    let venue_differs = it.journal == Some(JournalMatch::Different) && !is_preprint;
    if venue_differs && !matches!(it.year, YearMatch::Same | YearMatch::Missing) {
        return Some(
            "they are of different journals and years, and neither page nor identifier agrees",
        );
    }
    None
}

/// Editorials, introductions and the like have the same title and authors in issue after issue.
fn is_another_of_its_series(a: &Entry, b: &Entry, it: &Comparison<'_>) -> bool {
    if !a.title.series || !b.title.series || it.pmid == Equality::Same {
        return false;
    }
    // The first pages of every issue have the same numbers where issues count from 1.
    let same_place =
        it.volume == Equality::Same && it.pages == PageMatch::Same && a.pages.from > 20;
    it.doi == Equality::Different
        || it.volume == Equality::Different
        || it.pages == PageMatch::Different
        || (it.issue == Equality::Different && !same_place)
        || !matches!(it.year, YearMatch::Same | YearMatch::Missing)
}
