//! Dates as far as records tell them.

use std::fmt;

/// A date of which the month, or the day, may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialDate {
    /// The year, from 1400 to 2199.
    pub year: i32,
    /// The month, from 1 to 12.
    pub month: Option<u8>,
    /// The day of the month, from 1 to 31.
    pub day: Option<u8>,
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        match (self.month, self.day) {
            (Some(month), Some(day)) => write!(f, "-{month:02}-{day:02}"),
            (Some(month), None) => write!(f, "-{month:02}"),
            _ => Ok(()),
        }
    }
}

/// The first year in a date: four digits, or the first four of eight ("20170812").
pub(crate) fn year_in(date: &str) -> Option<i32> {
    let runs = date.split(|c: char| !c.is_ascii_digit()).filter(|run| matches!(run.len(), 4 | 8));
    runs.filter_map(|run| run[..4].parse().ok()).find(|year| (1400..2200).contains(year))
}

/// The month and day that a date tells besides the year: "2018/01/15/", "2014 Oct 12", "12 October 2014",
/// "JUN 14", "20170812", "2012 Jan-Feb" (January). Of numbers without a name of a month, the order is
/// year, month, day; "3/4/2015" could be either, and tells neither.
pub(crate) fn month_and_day(date: &str) -> (Option<u8>, Option<u8>) {
    let has_time = date.get(10..11) == Some("T");
    let date = if has_time { &date[..10] } else { date };
    let is_part = |c: char| c.is_ascii_alphanumeric();
    let mut parts = date.split(move |c: char| !is_part(c)).filter(|part| !part.is_empty());
    if let Some(month) = parts.clone().find_map(month_named) {
        let day = parts.filter(|part| part.len() <= 2).find_map(|part| within(part, 31));
        return (Some(month), day);
    }
    match parts.next() {
        Some(packed) if packed.len() == 8 && year_in(packed).is_some() => {
            let month = packed.get(4..6).and_then(|month| within(month, 12));
            (month, month.and(packed.get(6..).and_then(|day| within(day, 31))))
        }
        Some(year) if year.len() == 4 && year_in(year).is_some() => {
            let month = parts.next().and_then(|month| within(month, 12));
            (month, month.and(parts.next().and_then(|day| within(day, 31))))
        }
        _ => (None, None),
    }
}

/// The month that a word names in English, in full or by three letters.
fn month_named(word: &str) -> Option<u8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let begins = |month: &&str| {
        month.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let at = MONTHS.iter().position(|month| word.len() >= 3 && begins(month))?;
    u8::try_from(at + 1).ok()
}

/// A number from 1 to this, of at most two digits.
fn within(digits: &str, most: u8) -> Option<u8> {
    let is_number = digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|n| is_number && (1..=most).contains(n))
}

#[cfg(test)]
mod tests {
    use super::month_and_day;

    #[test]
    fn months_and_days_are_read_in_the_ways_of_the_databases() {
        for (date, expected) in [
            ("2018/01/15/", (Some(1), Some(15))),
            ("2019//", (None, None)),
            ("2024/08//", (Some(8), None)),
            ("2014 Oct 12", (Some(10), Some(12))),
            ("12 October 2014", (Some(10), Some(12))),
            ("Aug 1 2019", (Some(8), Some(1))),
            ("JUN 14", (Some(6), Some(14))),
            ("SEP", (Some(9), None)),
            ("Sept 2001", (Some(9), None)),
            ("2012 Jan-Feb", (Some(1), None)),
            ("20170812", (Some(8), Some(12))),
            ("2017-08-12T00:00:00Z", (Some(8), Some(12))),
            ("3/4/2015", (None, None)),
            ("2019 Spring", (None, None)),
            ("2019/13/40", (None, None)),
            ("", (None, None)),
        ] {
            assert_eq!(month_and_day(date), expected, "{date}");
        }
    }
}
