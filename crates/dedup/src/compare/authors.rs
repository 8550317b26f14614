//! Two lists of authors.

use super::typo::{Word, is_typo};
use crate::normalise::Authors;

/// How two lists of authors agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AuthorMatch {
    /// At least one record names none.
    Missing,
    /// Nobody in common.
    Different,
    /// Somebody in common, but not most.
    Some,
    /// Most of the shorter list.
    Most,
    /// All of the shorter list, its first author first in both: a list cut short.
    Subset,
    /// The same people; of a single author only the family name and the initial can be told.
    Same,
}

pub(crate) fn compare(a: &Authors, b: &Authors) -> AuthorMatch {
    if !a.is_known() || !b.is_known() {
        return AuthorMatch::Missing;
    }
    let (short, long) = if a.hashes.len() <= b.hashes.len() { (a, b) } else { (b, a) };
    let n = short.hashes.len();
    let same_order = short.hashes == long.hashes && short.initials == long.initials;
    if same_order {
        return AuthorMatch::Same;
    }
    let matched = matched(short, long);
    let n_matched = matched.iter().filter(|it| it.is_some()).count();
    let n_conflicts = conflicts(short, long, &matched);
    let n_sure = n_matched - n_conflicts;
    if n_matched == 0 || n_sure == 0 {
        return AuthorMatch::Different;
    }
    let first_same = matched[0] == Some(0);
    let cut = long.hashes.len() > n;
    if n_matched == n && 3 * n_conflicts <= n && !cut {
        AuthorMatch::Same
    } else if n_matched == n && 3 * n_conflicts <= n && (first_same || n > 2) {
        AuthorMatch::Subset
    } else if 10 * n_sure >= 6 * n && n > 1 {
        AuthorMatch::Most
    } else {
        AuthorMatch::Some
    }
}

/// For each of the shorter list, the place in the longer list of a person of that family name.
fn matched(short: &Authors, long: &Authors) -> Vec<Option<usize>> {
    if long.hashes.starts_with(&short.hashes) {
        return (0..short.hashes.len()).map(Some).collect();
    }
    let mut taken = vec![false; long.hashes.len()];
    let mut found: Vec<Option<usize>> = vec![None; short.hashes.len()];
    let mut take = |i: usize, found: &mut Vec<Option<usize>>, is_match: &dyn Fn(usize) -> bool| {
        if found[i].is_none()
            && let Some(j) = (0..taken.len()).find(|j| !taken[*j] && is_match(*j))
        {
            taken[j] = true;
            found[i] = Some(j);
        }
    };
    for (i, hash) in short.hashes.iter().enumerate() {
        take(i, &mut found, &|j| *hash == long.hashes[j]);
    }
    if found.iter().all(Option::is_some) {
        return found;
    }
    let names: Vec<&str> = long.families.split(' ').collect();
    for (i, name) in short.families.split(' ').enumerate() {
        take(i, &mut found, &|j| are_one_name(name, names[j]));
    }
    let is_word_of = |authors: &Authors, hash: u32| authors.words.binary_search(&hash).is_ok();
    // Family and given name the other way round.
    for (i, hash) in short.hashes.iter().enumerate() {
        take(i, &mut found, &|j| is_word_of(long, *hash) && is_word_of(short, long.hashes[j]));
    }
    // Taken for the family name in one of them only.
    for (i, name) in short.families.split(' ').enumerate() {
        let starts = |name: &str, initial: u8| name.bytes().next() == Some(initial);
        take(i, &mut found, &|j| {
            (is_word_of(long, short.hashes[i]) && starts(names[j], short.initials[i]))
                || (is_word_of(short, long.hashes[j]) && starts(name, long.initials[j]))
        });
    }
    found
}

/// A typing error, or a name of several parts of which one export keeps the last or the first.
fn are_one_name(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    is_typo(Word::of(a), Word::of(b))
        || (short.len() >= 4 && (long.starts_with(short) || long.ends_with(short)))
}

/// How many people of one family name have different initials.
fn conflicts(short: &Authors, long: &Authors, matched: &[Option<usize>]) -> usize {
    let pairs = matched.iter().enumerate().filter_map(|(i, j)| j.map(|j| (i, j)));
    let differ = |(i, j): &(usize, usize)| {
        let (x, y) = (short.initials[*i], long.initials[*j]);
        short.hashes[*i] == long.hashes[*j] && x != 0 && y != 0 && x != y
    };
    pairs.filter(differ).count()
}

#[cfg(test)]
mod tests {
    use super::{AuthorMatch, compare};
    use crate::normalise::Authors;

    fn level(a: &[&str], b: &[&str]) -> AuthorMatch {
        compare(&Authors::of(a), &Authors::of(b))
    }

    #[test]
    fn lists_agree_in_degrees() {
        let all = &["Adeli, Khosrow", "Lewis, Gary F", "Smith, J"][..];
        assert_eq!(level(all, &["Adeli K", "Lewis GF", "Smith J"]), AuthorMatch::Same);
        assert_eq!(level(all, &["Adeli K"]), AuthorMatch::Subset);
        assert_eq!(level(all, &["Adely, K", "Lewis, G", "Smith, J"]), AuthorMatch::Same);
        assert_eq!(level(all, &["Wong K", "Lewis GF", "Smith J"]), AuthorMatch::Most);
        assert_eq!(level(all, &["Wong K", "Lee GF", "Smith J"]), AuthorMatch::Some);
        assert_eq!(level(all, &["Wong K"]), AuthorMatch::Different);
        assert_eq!(level(all, &[]), AuthorMatch::Missing);
        assert_eq!(
            level(&["Carignani, Andrea", "Negri, L"], &["Andrea, C.", "Negri, L"]),
            AuthorMatch::Same
        );
        assert_eq!(level(&["Wei Li", "Ming Zhao"], &["Li Wei", "Zhao Ming"]), AuthorMatch::Same);
    }

    #[test]
    fn one_family_name_is_not_one_person() {
        assert_eq!(level(&["Hall, Laura L"], &["Hall, Gillian"]), AuthorMatch::Different);
    }
}
