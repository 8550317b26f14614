//! Authors as family names and first initials, whichever way an export writes them.

use super::{folded, is_missing, short_hash};

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
        let mut families = String::new();
        let (mut hashes, mut initials, mut words) = (Vec::new(), Vec::new(), Vec::new());
        let people = names.iter().filter(|name| !is_missing(name)).flat_map(|name| people(name));
        for person in people.take(MOST) {
            if !hashes.is_empty() {
                families.push(' ');
            }
            families.push_str(&person.family);
            hashes.push(short_hash(&person.family));
            initials.push(person.initial);
            words.extend(person.words);
        }
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

struct Person {
    family: String,
    initial: u8,
    words: Vec<u32>,
}

/// The people in what should be one name, but is a whole list in some exports: "Adeli K.Lewis G. F.",
/// "Li, X., Wang, Y.".
fn people(value: &str) -> Vec<Person> {
    let mut found = Vec::new();
    for piece in run_together(value) {
        let parts =
            piece.split(',').map(str::trim).filter(|part| !part.is_empty() && !is_suffix(part));
        let parts: Vec<&str> = parts.collect();
        let mut at = 0;
        while at < parts.len() {
            let given =
                parts.get(at + 1).copied().filter(|next| parts.len() == 2 || is_initials(next));
            let used = 1 + usize::from(given.is_some());
            let person = match given {
                Some(given) => named(parts[at], given),
                None => without_comma(parts[at]),
            };
            found.extend(person);
            at += used;
        }
    }
    found
}

/// Parts "Adeli K.Lewis G. F." where a stop after an initial is followed at once by a name.
fn run_together(value: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, _) in value.match_indices('.') {
        let before = value[start..at].trim_end();
        let after = &value[at + 1..];
        let n_initial = before.chars().rev().take_while(|c| c.is_alphabetic()).count();
        let n_next = after
            .chars()
            .take_while(|c| c.is_alphabetic() || matches!(c, '\'' | '\u{2019}' | '-'))
            .count();
        let has_family =
            before.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().count() > 1);
        let is_start = after.starts_with(char::is_alphabetic) && n_next > 1 && !is_suffix(after);
        if (1..=3).contains(&n_initial) && has_family && is_start {
            pieces.push(&value[start..=at]);
            start = at + 1;
        }
    }
    pieces.push(&value[start..]);
    pieces
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

fn named(family: &str, given: &str) -> Option<Person> {
    let all = folded(family);
    let given = folded(given);
    if all.is_empty() {
        return None;
    }
    let words = all.split(' ').chain(given.split(' ')).filter(|word| word.len() > 1);
    let words = words.map(short_hash).chain([short_hash(&all.replace(' ', ""))]).collect();
    Some(Person { family: all.replace(' ', ""), initial: given.bytes().next().unwrap_or(0), words })
}

/// "Smith JA", "J. A. Smith", "John Smith", "van der Berg A": initials tell which part is the family name;
/// without them it is the last word.
fn without_comma(name: &str) -> Option<Person> {
    let mut words: Vec<&str> = name.split(' ').filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && words.last().is_some_and(|word| is_suffix(word)) {
        words.pop();
    }
    let n_trailing = words.iter().rev().take_while(|word| is_initials(word)).count();
    let n_leading = words.iter().take_while(|word| is_initials(word)).count();
    let n = words.len();
    if n_trailing > 0 && n_trailing < n {
        named(&words[..n - n_trailing].join(" "), &words[n - n_trailing..].join(" "))
    } else if n_trailing == n && n > 1 {
        // All in capitals and short: "LI XY".
        named(words[0], &words[1..].join(" "))
    } else if n_leading > 0 && n_leading < n {
        named(&words[n_leading..].join(" "), &words[..n_leading].join(" "))
    } else if n > 1 {
        named(words[n - 1], &words[..n - 1].join(" "))
    } else {
        named(name, "")
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
        assert_eq!(&*Authors::of(&["Smith, John A., Jr."]).families, "smith");
        assert_eq!(&*Authors::of(&["J.-P. Smith"]).families, "smith");
        assert!(!Authors::of(&["UNKNOWN"]).is_known());
    }
}
