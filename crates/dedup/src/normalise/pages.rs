//! Pages, volumes and issues: "659-72" is "659-672", "4 (1)" is volume 4, issue 1.

use super::{is_missing, short_hash};

/// Where in its volume a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Pages {
    /// The first page or article number as a hash of its letters and digits; 0 where unknown.
    pub(crate) first: u32,
    /// The first page as a number, where it is one.
    pub(crate) from: u32,
    /// The last page as a number, 0 where unknown.
    pub(crate) to: u32,
    /// Whether the first page has letters, as supplements ("S12") and article numbers ("e123").
    pub(crate) lettered: bool,
    /// Whether they are pages of a supplement: "S12".
    pub(crate) supplement: bool,
}

impl Pages {
    pub(crate) fn of(text: &str) -> Self {
        if is_missing(text)
            || ["no pagination", "suppl"].iter().any(|it| text.to_ascii_lowercase().contains(it))
        {
            return Self::default();
        }
        let mut clean = text
            .trim()
            .to_ascii_lowercase()
            .replace(['\u{2013}', '\u{2014}', '\u{2010}', '\u{2212}'], "-");
        for mark in ["pages", "pp.", "pp", "p."] {
            if let Some(rest) = clean.trim_start_matches('(').trim_start().strip_prefix(mark) {
                clean = rest.to_owned();
            }
        }
        let mut runs = clean
            .split(['-', ',', ';', '+', ' '])
            .filter(|run| run.bytes().any(|b| b.is_ascii_digit()));
        let Some(first) = runs.next() else { return Self::default() };
        let key: String = first.chars().filter(char::is_ascii_alphanumeric).collect();
        let supplement = key.starts_with('s');
        let lettered = key.bytes().any(|b| b.is_ascii_alphabetic());
        let digits: String = key.chars().filter(char::is_ascii_digit).collect();
        let from = digits.parse::<u32>().unwrap_or(0);
        let key = if lettered { key } else { digits.trim_start_matches('0').to_owned() };
        if key.is_empty() {
            return Self::default();
        }
        let to = runs.next().map_or(0, |last| last_page(&digits, last));
        Self { first: short_hash(&key).max(1), from, to, lettered, supplement }
    }

    pub(crate) fn is_known(&self) -> bool {
        self.first != 0
    }

    /// Whether they are a range of three pages or more, which no two articles share.
    pub(crate) fn are_an_articles_own(&self) -> bool {
        !self.lettered && self.to >= self.from + 2
    }

    /// Whether they are an article number and no page of a supplement ("S500"): a letter before three digits or more.
    pub(crate) fn is_article_number(&self) -> bool {
        self.lettered && self.to == 0 && self.from >= 100 && !self.supplement
    }

    /// Whether they are the pages of an article printed ahead of its issue, which counts from 1.
    pub(crate) fn count_from_one(&self) -> bool {
        self.from == 1 && !self.lettered && self.to > 1
    }
}

/// The last page of "659-72" is 672.
fn last_page(first: &str, last: &str) -> u32 {
    let last: String = last.chars().filter(char::is_ascii_digit).collect();
    let whole = if last.len() < first.len() {
        format!("{}{last}", &first[..first.len() - last.len()])
    } else {
        last
    };
    whole.parse().unwrap_or(0)
}

/// A volume with the issue that some exports write into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Volume {
    /// The volume as a hash of its letters and digits; 0 where unknown.
    pub(crate) number: u32,
    /// The issue, likewise.
    pub(crate) issue: u32,
    /// Whether volume or issue is a supplement, where conference abstracts are printed.
    pub(crate) supplement: bool,
    /// Whether the volume is the year of the report: some journals count so, and some exports write so.
    pub(crate) is_the_year: bool,
}

impl Volume {
    pub(crate) fn of(volume: &str, issue: &str) -> Self {
        let lower = volume.to_ascii_lowercase();
        let (own, within) = match lower.split_once(['(', ':', ';']) {
            Some((own, rest)) => (own, rest.split(')').next().unwrap_or_default()),
            // "24 Suppl 3"
            None => match lower.find("sup") {
                Some(at) => (&lower[..at], &lower[at..]),
                None => (lower.as_str(), ""),
            },
        };
        let stated = issue.to_ascii_lowercase();
        let issue = if is_missing(&stated) { within } else { &stated };
        let supplement =
            [own, issue].iter().any(|it| it.contains("sup") || it.trim().starts_with('s'));
        let number = number(without_series(own));
        Self { number, issue: self::number(issue), supplement, is_the_year: false }
    }
}

/// "174 AISC" without the short name of the series that Scopus puts behind the volume.
fn without_series(volume: &str) -> &str {
    match volume.trim().split_once(' ') {
        Some((number, series))
            if number.bytes().all(|b| b.is_ascii_digit())
                && (3..=7).contains(&series.len())
                && series.bytes().all(|b| b.is_ascii_alphabetic()) =>
        {
            number
        }
        _ => volume,
    }
}

/// "Vol. 012", "12", "xii" as one number; 0 for none.
fn number(text: &str) -> u32 {
    let text = text.trim();
    let text = ["volume", "vol", "issue", "no", "number"].iter().fold(text, |text, mark| {
        text.strip_prefix(mark).map_or(text, |rest| rest.trim_start_matches(['.', ' ']))
    });
    let key: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let key = key.trim_start_matches('0');
    if key.is_empty()
        || is_missing(key)
        || (key.len() < 20 && !key.bytes().any(|b| b.is_ascii_digit()) && !is_roman(key))
    {
        return 0;
    }
    match roman(key) {
        Some(value) => short_hash(&value.to_string()).max(1),
        None => short_hash(key).max(1),
    }
}

fn is_roman(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b"ivxlc".contains(&b))
}

/// The value of a Roman numeral in lower case.
pub(crate) fn roman(text: &str) -> Option<u32> {
    if !is_roman(text) || text.len() > 8 {
        return None;
    }
    let value = |b: u8| match b {
        b'i' => 1,
        b'v' => 5,
        b'x' => 10,
        b'l' => 50,
        _ => 100,
    };
    let digits: Vec<i64> = text.bytes().map(value).collect();
    let sum: i64 = digits
        .iter()
        .enumerate()
        .map(
            |(i, digit)| {
                if digits.get(i + 1).is_some_and(|next| next > digit) { -digit } else { *digit }
            },
        )
        .sum();
    u32::try_from(sum).ok()
}

#[cfg(test)]
mod tests {
    use super::{Pages, Volume, roman};

    #[test]
    fn one_range_in_all_its_forms() {
        let whole = Pages::of("659-672");
        for text in [
            "659-72",
            "659--672",
            "659 -- 672",
            "pp. 659–672",
            "0659-0672",
            "p659-72",
            "pages 659-672",
        ] {
            let pages = Pages::of(text);
            assert_eq!((pages.from, pages.to), (659, 672), "{text}");
            assert!(text.starts_with("p6") || pages == whole, "{text}");
        }
        assert!(!Pages::of("no pagination").is_known());
        assert!(!Pages::of("").is_known());
        assert!(Pages::of("S12-S14").lettered);
        assert_eq!(Pages::of("Cd002273"), Pages::of("CD002273"));
        assert!(Pages::of("1--17").count_from_one());
    }

    #[test]
    fn a_volume_may_hold_its_issue() {
        assert_eq!(Volume::of("4 (1) (no pagination)", ""), Volume::of("4", "1"));
        assert_eq!(Volume::of("XII", "").number, Volume::of("Vol. 12", "").number);
        assert!(Volume::of("12", "Suppl 1").supplement);
        assert_eq!(Volume::of("174 AISC", "").number, Volume::of("174", "").number);
        assert_ne!(Volume::of("12 A", "").number, Volume::of("12", "").number);
        assert_eq!(Volume::of("UNKNOWN", "").number, 0);
        assert_eq!(roman("xiv"), Some(14));
    }
}
