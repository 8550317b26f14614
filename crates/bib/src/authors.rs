//! Names of authors: taking lists apart, the parts of a name, and the short form of citations.

/// The parts of a person's name; of a group's, the whole as family name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name<'a> {
    /// The family name with its particles: "van der Berg".
    pub family: &'a str,
    /// Given names or initials, with what follows them ("John A., Jr."); empty if there are none.
    pub given: &'a str,
}

impl<'a> Name<'a> {
    /// Takes a name apart: at its comma; else before the initials at its end ("Lee HJ"); else before its
    /// last word and the particles that go with it ("Ludwig van Beethoven").
    pub fn of(name: &'a str) -> Self {
        let name = name.trim();
        if let Some((family, given)) = name.split_once(',') {
            return Self { family: family.trim(), given: given.trim() };
        }
        if is_group(name) {
            return Self { family: name, given: "" };
        }
        let starts: Vec<usize> = word_starts(name).collect();
        let word = |i: usize| name[starts[i]..].split_whitespace().next().unwrap_or_default();
        let n = starts.len();
        let initials = (1..n).rev().take_while(|i| is_initials(word(*i))).last();
        if let Some(first) = initials.filter(|_| !is_initials(word(0)) || n == 2) {
            let (family, given) = name.split_at(starts[first]);
            return Self { family: family.trim_end(), given };
        }
        let particles = (1..n.saturating_sub(1)).rev().take_while(|i| is_particle(word(*i))).last();
        match particles.or(n.checked_sub(1)).filter(|first| *first > 0) {
            Some(first) => {
                let (given, family) = name.split_at(starts[first]);
                Self { family, given: given.trim_end() }
            }
            None => Self { family: name, given: "" },
        }
    }
}

fn word_starts(name: &str) -> impl Iterator<Item = usize> {
    let mut after_space = true;
    name.char_indices().filter_map(move |(i, c)| {
        let starts = after_space && !c.is_whitespace();
        after_space = c.is_whitespace();
        starts.then_some(i)
    })
}

/// "van", "de", "la", "von".
fn is_particle(word: &str) -> bool {
    word.chars().all(char::is_lowercase)
}

/// Whether a name is that of a group: one of its words is such as people are not called.
fn is_group(name: &str) -> bool {
    const WORDS: [&str; 27] = [
        "group",
        "groups",
        "collaboration",
        "collaborative",
        "collaborators",
        "consortium",
        "investigators",
        "committee",
        "association",
        "organization",
        "organisation",
        "network",
        "society",
        "team",
        "study",
        "trialists",
        "trial",
        "institute",
        "university",
        "department",
        "ministry",
        "center",
        "centre",
        "council",
        "foundation",
        "for",
        "of",
    ];
    name.split_whitespace().any(|word| WORDS.iter().any(|group| word.eq_ignore_ascii_case(group)))
}

/// The names in one field of a format that gives each name a field of its own, which not every
/// export does.
pub(crate) fn split_field(value: &str) -> Vec<&str> {
    named(value.split([';', '\n']).map(without_address))
}

/// The one name in a field that never holds more.
pub(crate) fn whole(value: &str) -> Vec<&str> {
    vec![value]
}

/// Whether a field may hold more than one name, or more than a name.
pub(crate) fn is_more_than_a_name(value: &str) -> bool {
    memchr::memchr3(b';', b'\n', b'@', value.as_bytes()).is_some() || value.ends_with(',')
}

/// "Stillman, Andrew N. (stillman@example.org)".
fn without_address(name: &str) -> &str {
    name.split_once('(').filter(|(_, rest)| rest.contains('@')).map_or(name, |(name, _)| name)
}

/// The names in Ovid's text, parted by two spaces, each with degrees and the marks of its institutions:
/// "Bunkers, Sandra Schmidt RN; MD; FAAN 1;  Verbeek, Jan MD *".
pub(crate) fn split_ovid(value: &str) -> Vec<&str> {
    named(value.split(";  ").flat_map(|part| part.split('\n')).map(without_degrees))
}

fn without_degrees(name: &str) -> &str {
    const DEGREES: [&str; 11] =
        ["MD", "PhD", "RN", "FAAN", "MSc", "MPH", "BSc", "MS", "MA", "DO", "PharmD"];
    let is_mark = |c: char| c.is_ascii_digit() || "*+,; ".contains(c);
    let (name, _) = name.split_once('[').unwrap_or((name, ""));
    let mut name = name.trim().trim_end_matches(is_mark);
    while let Some((rest, _)) = name.rsplit_once(' ').filter(|(_, last)| DEGREES.contains(last)) {
        name = rest.trim_end_matches(is_mark);
    }
    name
}

/// The names in a cell, which lists them in any of the usual ways: parted by semicolons, bars, lines,
/// "and", or commas between whole names.
pub(crate) fn split_list(value: &str) -> Vec<&str> {
    if value.contains([';', '|', '\n']) {
        named(value.split([';', '|', '\n']))
    } else {
        named(value.split(" and ").flat_map(split_at_commas))
    }
}

fn named<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let trimmed = names.map(|name| name.trim().trim_end_matches(','));
    trimmed.filter(|name| !name.is_empty()).collect()
}

/// Commas part names only where each part is a whole name: "Liu R., Adler D.G.", not "Liu, R. T.".
fn split_at_commas(value: &str) -> Vec<&str> {
    let parts: Vec<&str> =
        value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let is_whole = |part: &&str| part.contains(' ') && !part.split(' ').all(is_initials);
    // "da Silva Dias, João Carlos" is one name.
    let has_particle = parts.len() == 2 && parts[0].starts_with(char::is_lowercase);
    let is_list = parts.len() > 1 && !has_particle && parts.iter().all(is_whole);
    if is_list { parts } else { vec![value] }
}

/// A name as citations have it: "Lee HJ". Names whose parts cannot be told are left as they are.
pub(crate) fn short(name: &str) -> String {
    let mut parts = name.split(',').map(str::trim);
    let (Some(surname), Some(given)) = (parts.next(), parts.next()) else {
        return name.split_whitespace().collect::<Vec<_>>().join(" ");
    };
    // In a name all in capitals, "HEE" is a name and not three initials.
    let capitals = surname.chars().filter(|c| c.is_alphabetic()).count() > 2
        && !surname.chars().any(char::is_lowercase);
    let given = given.split(|c: char| c.is_whitespace() || c == '-' || c == '.');
    let initials: String = given
        .flat_map(|word| {
            let keeps = word.chars().count() <= if capitals { 2 } else { 3 } && is_initials(word);
            word.chars().take(if keeps { usize::MAX } else { 1 }).collect::<Vec<_>>()
        })
        .flat_map(char::to_uppercase)
        .collect();
    let rest = parts.filter(|part| !part.is_empty());
    [surname, &initials]
        .into_iter()
        .chain(rest)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// "HJ", "H.J.", "H-J".
fn is_initials(word: &str) -> bool {
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    letters.len() <= 3
        && letters.iter().all(|c| c.is_uppercase())
        && word.chars().all(|c| c.is_alphabetic() || c == '.' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::{Name, short, split_field, split_list, split_ovid};

    #[test]
    fn names_are_taken_apart_into_family_and_given() {
        for (name, family, given) in [
            ("Lee, Hee Jung", "Lee", "Hee Jung"),
            ("van der Berg, A B", "van der Berg", "A B"),
            ("Smith, John A., Jr.", "Smith", "John A., Jr."),
            ("Lee HJ", "Lee", "HJ"),
            ("de la Cruz A B", "de la Cruz", "A B"),
            ("Liu R.", "Liu", "R."),
            ("Blaine HM Mooers", "Mooers", "Blaine HM"),
            ("J. A. Smith", "Smith", "J. A."),
            ("Ludwig van Beethoven", "van Beethoven", "Ludwig"),
            ("Cochrane Skin Group", "Cochrane Skin Group", ""),
            ("Madonna", "Madonna", ""),
            ("", "", ""),
        ] {
            assert_eq!(Name::of(name), Name { family, given }, "{name}");
        }
    }

    #[test]
    fn marks_and_degrees_are_no_part_of_a_name() {
        let value = "Bunkers, Sandra Schmidt RN; PhD; FAAN 1;  Verbeek, Jan MD *;  Max [Ed];  Long, A. B. 2";
        assert_eq!(
            split_ovid(value),
            ["Bunkers, Sandra Schmidt", "Verbeek, Jan", "Max", "Long, A. B."]
        );
        assert_eq!(split_field("Stillman, A. (a@example.org); Lee, B"), ["Stillman, A.", "Lee, B"]);
    }

    #[test]
    fn lists_are_taken_apart_in_all_the_usual_ways() {
        for list in [
            "Smith A; Walter B",
            "Smith A|Walter B",
            "Smith A\nWalter B",
            "Smith A and Walter B",
            "Smith A, Walter B",
            "Smith A, and Walter B,",
        ] {
            assert_eq!(split_list(list), ["Smith A", "Walter B"], "{list}");
        }
        assert_eq!(split_list("Zuna, R E and Wang, S S"), ["Zuna, R E", "Wang, S S"]);
        assert_eq!(split_list("Liu R., Adler D.G."), ["Liu R.", "Adler D.G."]);
    }

    #[test]
    fn one_name_stays_one() {
        for name in [
            "Ziegler, T. R.",
            "Larsen, LJ",
            "van der Berg, A B",
            "da Silva Dias, João Carlos",
            "WHO",
            "Lee, Hee Jung",
        ] {
            assert_eq!(split_list(name), [name]);
        }
        assert!(split_list(" ; ").is_empty());
    }

    #[test]
    fn a_field_of_its_own_is_parted_by_semicolons_and_lines_alone() {
        assert_eq!(split_field("Silva Dias, João Carlos"), ["Silva Dias, João Carlos"]);
        assert_eq!(split_field("Smith, A; Walter, B\nLee, C"), ["Smith, A", "Walter, B", "Lee, C"]);
    }

    #[test]
    fn short_names_are_surname_and_initials() {
        let cases = [
            ("Lee, Hee Jung", "Lee HJ"),
            ("Lee, HJ", "Lee HJ"),
            ("Lee,H.-J.", "Lee HJ"),
            ("LEE, HEE JUNG", "LEE HJ"),
            ("Smith, John A., Jr.", "Smith JA Jr."),
            ("Müller, élodie", "Müller É"),
            ("Lee HJ", "Lee HJ"),
            ("Cochrane Skin Group", "Cochrane Skin Group"),
            ("Lee,", "Lee"),
        ];
        for (name, expected) in cases {
            assert_eq!(short(name), expected, "{name}");
        }
    }
}
