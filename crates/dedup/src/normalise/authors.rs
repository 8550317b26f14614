//! Authors as family names and first initials, whichever way an export writes them.

use super::{fold::fold_into, is_missing, short_hash};

/// So many authors are compared; exports cut longer lists at different places.
const MOST: usize = 40;

/// The authors of a record, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Authors {
    /// The folded family names, parted by spaces; a name of several words is run together.
    pub(crate) families: Box<str>,
    /// Their hashes.
    pub(crate) hashes: Box<[u32]>,
    /// The first letter of each given name, 0 where there is none.
    pub(crate) initials: Box<[u8]>,
    /// The hashes of all words of all names of two letters or more, sorted: for names whose order cannot be
    /// told ("Wei Li").
    pub(crate) words: Box<[u32]>,
}

impl Authors {
    pub(crate) fn of(names: &[&str]) -> Self {
        let mut list = List::for_about(names.len());
        for name in names.iter().filter(|name| !is_missing(name)) {
            list.add_people(name);
        }
        let List { families, hashes, initials, mut words, .. } = list;
        words.sort_unstable();
        words.dedup();
        Self {
            families: families.into(),
            hashes: hashes.into(),
            initials: initials.into(),
            words: words.into(),
        }
    }

    pub(crate) fn is_known(&self) -> bool {
        !self.hashes.is_empty()
    }
}

/// Authors to which more are added.
#[derive(Default)]
struct List {
    families: String,
    hashes: Vec<u32>,
    initials: Vec<u8>,
    words: Vec<u32>,
    /// The folded family and given names of the person that is added.
    family: String,
    given: String,
}

impl List {
    fn for_about(n: usize) -> Self {
        Self {
            families: String::with_capacity(10 * n),
            hashes: Vec::with_capacity(n),
            initials: Vec::with_capacity(n),
            words: Vec::with_capacity(3 * n),
            ..Self::default()
        }
    }

    /// Adds the people in what should be one name, but is a whole list in some exports: "Adeli K.Lewis G. F.",
    /// "Li, X., Wang, Y.".
    fn add_people(&mut self, value: &str) {
        let mut rest = value;
        while !rest.is_empty() {
            let piece = first_of_run_together(rest);
            rest = &rest[piece.len()..];
            let mut parts =
                piece.split(',').map(str::trim).filter(|part| !part.is_empty() && !is_suffix(part));
            let is_one_name = parts.clone().count() == 2;
            while let Some(part) = parts.next() {
                let next = parts.clone().next();
                if let Some(given) = next.filter(|next| is_one_name || is_initials(next)) {
                    self.add(part, given);
                    parts.next();
                } else {
                    let (family, given) = without_comma(part);
                    self.add(family, given);
                }
            }
        }
    }

    fn add(&mut self, family: &str, given: &str) {
        self.family.clear();
        fold_into(family, &mut self.family);
        if self.family.is_empty() || self.hashes.len() == MOST {
            return;
        }
        self.given.clear();
        fold_into(given, &mut self.given);
        if !self.families.is_empty() {
            self.families.push(' ');
        }
        let start = self.families.len();
        self.families.extend(self.family.split(' '));
        let hash = short_hash(&self.families[start..]);
        self.hashes.push(hash);
        self.initials.push(self.given.bytes().next().unwrap_or(0));
        let words = self.family.split(' ').chain(self.given.split(' '));
        self.words.extend(words.filter(|word| word.len() > 1).map(short_hash));
        self.words.push(hash);
    }
}

/// "Adeli K." of "Adeli K.Lewis G. F.": where a stop after an initial is followed at once by a name.
fn first_of_run_together(value: &str) -> &str {
    for (at, _) in value.match_indices('.') {
        let (before, after) = (value[..at].trim_end(), &value[at + 1..]);
        if !after.starts_with(char::is_alphabetic) {
            continue;
        }
        let n_initial = before.chars().rev().take_while(|c| c.is_alphabetic()).count();
        let n_next = after
            .chars()
            .take_while(|c| c.is_alphabetic() || matches!(c, '\'' | '\u{2019}' | '-'))
            .count();
        let has_family =
            before.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().count() > 1);
        if (1..=3).contains(&n_initial) && has_family && n_next > 1 && !is_suffix(after) {
            return &value[..=at];
        }
    }
    value
}

fn is_suffix(part: &str) -> bool {
    let part = part.trim_end_matches('.');
    ["jr", "sr", "ii", "iii", "iv", "md", "phd", "et al", "and", "others", "etal"]
        .iter()
        .any(|it| part.eq_ignore_ascii_case(it))
}

/// "X.", "G. F.", "JA", "J-P", "H.-J.".
fn is_initials(text: &str) -> bool {
    let mut n_letters = 0;
    for word in text.split([' ', '.', '-', '\u{2010}']).filter(|word| !word.is_empty()) {
        let n = word.chars().count();
        if n > 3 || !word.chars().all(|c| c.is_uppercase() || !c.is_alphabetic()) {
            return false;
        }
        n_letters += n;
    }
    (1..=5).contains(&n_letters)
}

/// The family and given names in "Smith JA", "J. A. Smith", "John Smith", "van der Berg A": initials tell which part
/// is the family name; without them it is the last word.
fn without_comma(name: &str) -> (&str, &str) {
    let name = without_suffixes(name.trim_matches(' '));
    let before_initials = without_trailing(name, is_initials);
    if before_initials.len() < name.len() && !before_initials.is_empty() {
        return name.split_at(before_initials.len());
    }
    if before_initials.is_empty() {
        // All in capitals and short: "LI XY".
        return name.split_once(' ').unwrap_or((name, ""));
    }
    let after_initials = without_leading(name, is_initials);
    let (given, family) = name.split_at(name.len() - after_initials.len());
    if !given.is_empty() {
        return (family, given);
    }
    name.rsplit_once(' ').map_or((name, ""), |(given, family)| (family, given))
}

/// The name without "Jr" and the like behind it.
fn without_suffixes(name: &str) -> &str {
    let bare = without_trailing(name, is_suffix);
    if bare.is_empty() { name } else { bare }
}

/// The text before the words at its end that are such.
fn without_trailing(text: &str, is_such: impl Fn(&str) -> bool) -> &str {
    let mut rest = text;
    loop {
        let trimmed = rest.trim_end_matches(' ');
        let start = trimmed.rfind(' ').map_or(0, |at| at + 1);
        if trimmed.is_empty() || !is_such(&trimmed[start..]) {
            return trimmed;
        }
        rest = &trimmed[..start];
    }
}

/// The text behind the words at its start that are such.
fn without_leading(text: &str, is_such: impl Fn(&str) -> bool) -> &str {
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches(' ');
        let end = trimmed.find(' ').unwrap_or(trimmed.len());
        if trimmed.is_empty() || !is_such(&trimmed[..end]) {
            return trimmed;
        }
        rest = &trimmed[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::Authors;

    #[test]
    fn one_list_of_authors_in_all_its_forms() {
        for names in [
            &["Adeli, K", "Lewis, G. F."][..],
            &["Adeli K.Lewis G. F."],
            &["ADELI K.LEWIS G. F."],
            &["K. Adeli", "G.F. Lewis"],
            &["Adeli, Khosrow", "Lewis, Gary F"],
            &["Adeli, K., Lewis, G.F."],
            &["Khosrow Adeli", "Gary Lewis"],
            &["Adeli K", "Lewis GF"],
        ] {
            let authors = Authors::of(names);
            assert_eq!(&*authors.families, "adeli lewis", "{names:?}");
            assert_eq!(&*authors.initials, b"kg", "{names:?}");
        }
    }

    #[test]
    fn odd_names_stay_whole() {
        assert_eq!(&*Authors::of(&["O'Donnell C. P.Davis P. G."]).families, "odonnell davis");
        assert_eq!(&*Authors::of(&["van der Berg, A B"]).families, "vanderberg");
        for name in ["Smith, John A., Jr.", "Smith Jr", "John Smith Jr.", "Smith JA Jr"] {
            assert_eq!(&*Authors::of(&[name]).families, "smith", "{name}");
        }
        assert_eq!(&*Authors::of(&["J.-P. Smith"]).families, "smith");
        assert!(!Authors::of(&["UNKNOWN"]).is_known());
    }
}
