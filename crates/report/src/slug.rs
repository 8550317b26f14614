//! Names for files and anchors, made from ids that people chose: safe, and no two alike.

use std::collections::BTreeSet;

/// The longest name: file systems bear 255 bytes, of which prefix, number and extension take some.
const LONGEST: usize = 100;

/// A name in lower-case letters, digits and hyphens; other characters become hyphens.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "item".to_owned() } else { slug.to_owned() }
}

/// A slug for each text, in order; a repeated one gets a number.
pub(crate) fn distinct_slugs<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    distinct(texts.into_iter().map(slug))
}

/// A file name for each id, in order: the id itself where every file system can bear it, else its slug.
pub(crate) fn file_names<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let is_plain = |id: &str| {
        id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) && !id.is_empty()
    };
    distinct(ids.into_iter().map(|id| if is_plain(id) { id.to_owned() } else { slug(id) }))
}

/// Cuts long names, and compares without case, since some file systems do.
fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    names
        .map(|name| {
            let name: String = name.chars().take(LONGEST).collect();
            let mut candidate = name.clone();
            let mut number = 2;
            while !taken.insert(candidate.to_lowercase()) {
                candidate = format!("{name}-{number}");
                number += 1;
            }
            candidate
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_has_nothing_that_a_path_or_an_anchor_could_stumble_on() {
        assert_eq!(slug("Length of stay: §3/../etc"), "length-of-stay-3-etc");
        assert_eq!(slug("系统"), "item");
    }

    #[test]
    fn names_stay_apart_even_without_case() {
        assert_eq!(file_names(["stay", "Stay", "a/b", "a b"]), ["stay", "Stay-2", "a-b", "a-b-2"]);
        assert_eq!(distinct_slugs(["x", "X", "x-2"]), ["x", "x-2", "x-2-2"]);
    }

    #[test]
    fn names_are_short_enough_for_every_file_system() {
        let long = "stay ".repeat(60);
        let names = file_names([long.as_str(), &long, &"x".repeat(300)]);
        assert!(names.iter().all(|it| it.len() < 120), "{names:?}");
        assert_ne!(names[0], names[1]);
    }
}
