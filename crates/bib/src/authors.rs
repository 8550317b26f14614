//! Names of authors: taking lists apart, and the short form of citations.

/// The names in one field of a format that gives each name a field of its own, which not every
/// export does.
pub(crate) fn split_field(value: &str) -> Vec<&str> {
    named(value.split([';', '\n']))
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
    use super::{short, split_field, split_list};

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
