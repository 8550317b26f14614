//! A journal with volume, issue and pages in one field: "Nursing Science Quarterly.   28(2):103-106, April
//! 2015."

/// What such a field tells; what is not there is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Source<'a> {
    pub(crate) journal: &'a str,
    pub(crate) volume: &'a str,
    pub(crate) issue: &'a str,
    pub(crate) pages: &'a str,
}

impl<'a> Source<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let text = text.trim();
        let (journal, numbers) = split_journal(text);
        let (volume, pages) = match numbers.split_once(':') {
            Some((volume, rest)) => (volume, first_of(rest)),
            // "Vol 28(2) April 2015, 103-106."
            None => (numbers, numbers.rsplit_once(", ").map_or("", |(_, rest)| first_of(rest))),
        };
        let volume = volume.trim_start_matches("Vol").trim_start_matches(['.', ' ']);
        let volume = volume.split([',', ' ']).next().unwrap_or_default();
        let (volume, issue) = volume.split_once('(').unwrap_or((volume, ""));
        Self { journal, volume, issue: issue.split(')').next().unwrap_or_default(), pages }
    }
}

/// The journal ends before the numbers: at the last stop with white space and a digit, or "Vol", behind it.
fn split_journal(text: &str) -> (&str, &str) {
    let stops = text.match_indices('.').map(|(at, _)| (&text[..at], text[at + 1..].trim_start()));
    let is_numbers =
        |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit()) || rest.starts_with("Vol");
    let found = stops.into_iter().find(|(_, rest)| is_numbers(rest));
    found.unwrap_or((text.trim_end_matches('.'), ""))
}

/// The first pages in a list of numbers and dates, if they are numbers.
fn first_of(rest: &str) -> &str {
    let pages = rest.split([',', ';']).next().unwrap_or_default().trim().trim_end_matches('.');
    if pages.contains(|c: char| c.is_ascii_digit()) && !pages.contains(' ') { pages } else { "" }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn a_source_is_taken_apart_as_far_as_it_tells() {
        for (text, journal, volume, issue, pages) in [
            (
                "Nursing Science Quarterly.   28(2):103-106, April 2015.",
                "Nursing Science Quarterly",
                "28",
                "2",
                "103-106",
            ),
            (
                "Source Very Long Title.   28:103-106, April 2015.",
                "Source Very Long Title",
                "28",
                "",
                "103-106",
            ),
            (
                "Very Long Title. Vol 28(2) April 2015, 103-106.",
                "Very Long Title",
                "28",
                "2",
                "103-106",
            ),
            ("Journal of Orthopaedic Trauma.", "Journal of Orthopaedic Trauma", "", "", ""),
            ("J. Physiol. 12:1", "J. Physiol", "12", "", "1"),
            ("", "", "", "", ""),
        ] {
            assert_eq!(Source::of(text), Source { journal, volume, issue, pages }, "{text}");
        }
    }
}
