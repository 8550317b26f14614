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

    /// As Embase.com writes it: "Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 2014"; nothing of what has no
    /// year in brackets.
    pub(crate) fn of_embase(text: &'a str) -> Option<Self> {
        let is_year = |at: usize| {
            let year = text.get(at + 2..at + 7)?;
            let digits = year.strip_suffix(')')?.bytes().all(|b| b.is_ascii_digit());
            digits.then_some(at)
        };
        let at = text.match_indices(" (").find_map(|(at, _)| is_year(at))?;
        let (journal, rest) = (text[..at].trim(), text[at + 7..].trim_start());
        let (numbers, pages) = match rest.split_once('(') {
            Some((numbers, pages)) => (numbers, pages.split(')').next().unwrap_or_default()),
            None => (rest, ""),
        };
        let numbers = numbers.split([';', ',']).next().unwrap_or_default().trim();
        // Without pages, what follows is words.
        let numbers =
            if pages.is_empty() { numbers.split(". ").next().unwrap_or_default() } else { numbers };
        let (volume, issue) = numbers.split_once(':').unwrap_or((numbers, ""));
        let volume = volume.trim_end_matches('.').trim();
        let has_volume = volume.len() < 20 && volume.bytes().any(|b| b.is_ascii_digit());
        let (volume, issue) = if has_volume { (volume, issue.trim()) } else { ("", "") };
        Some(Self { journal, volume, issue, pages: pages.trim() })
            .filter(|it| !it.journal.is_empty())
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
    fn a_source_of_embase_is_taken_apart() {
        for (text, journal, volume, issue, pages) in [
            (
                "Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 2014",
                "Endoscopic Ultrasound",
                "3",
                "3",
                "152-160",
            ),
            ("Sleep (2020) 43 (S12). Date of Publication: 1 Apr 2020", "Sleep", "43", "", "S12"),
            ("Tea (Basel) (2021) 9:SUPPL. 1 (7-9)", "Tea (Basel)", "9", "SUPPL. 1", "7-9"),
            ("Rest (2021) 12. Article Number: 45", "Rest", "12", "", ""),
            ("Rest (2021). Date of Publication: 2021", "Rest", "", "", ""),
        ] {
            let expected = Some(Source { journal, volume, issue, pages });
            assert_eq!(Source::of_embase(text), expected, "{text}");
        }
        for text in ["Scopus", "", "Lancet", " (2014) 3", "Tea (20149) 3", "é (20é4) 3"] {
            assert_eq!(Source::of_embase(text), None, "{text}");
        }
    }

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
