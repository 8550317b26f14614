//! Time points as people print them, and the rules by which an analysis chooses among them.

use std::fmt;

/// A length of time, in days.
///
/// A month is 30.4375 days and a year 365.25. Two times are the same if they differ by less than one in a hundred, so
/// that 52 weeks are 12 months and 26 weeks are 6 months, but 12 weeks are not 3 months.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Duration {
    days: f64,
}

/// The units, with the names that begin with these letters, and their days.
const UNITS: [(&[&str], f64); 6] = [
    (&["min", "mins", "minute", "minutes"], 1.0 / 1440.0),
    (&["h", "hr", "hrs", "hour", "hours"], 1.0 / 24.0),
    (&["d", "day", "days"], 1.0),
    (&["w", "wk", "wks", "week", "weeks"], 7.0),
    (&["mo", "mos", "mth", "mths", "month", "months"], 30.4375),
    (&["y", "yr", "yrs", "year", "years"], 365.25),
];

/// Words for one.
const ONE: [&str; 3] = ["a", "an", "one"];

impl Duration {
    /// So many days.
    pub fn of_days(days: f64) -> Self {
        Self { days }
    }

    /// The days.
    pub fn days(self) -> f64 {
        self.days
    }

    /// The one length of time that a text names: `12 weeks`, `week 12`, `3-month follow-up`, `day 84`, `1.5 years`,
    /// `baseline`. `None` where it names none (`after 3 sessions`) or several (`8 to 12 weeks`).
    ///
    /// ```
    /// use consilience_review::vocabulary::time::Duration;
    /// let days = |text| Duration::read(text).map(Duration::days);
    /// assert_eq!(days("week 12"), Some(84.0));
    /// assert_eq!(days("12 wk after the last session"), Some(84.0));
    /// assert_eq!(days("8 to 12 weeks"), None);
    /// assert_eq!(days("after 3 sessions"), None);
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        if lower.trim() == "baseline" {
            return Some(Self { days: 0.0 });
        }
        let tokens = tokens(&lower);
        let mut found = Vec::new();
        let mut i = 0;
        while i < tokens.len() {
            let next = tokens.get(i + 1).map(String::as_str);
            let (amount, unit) = match (number(&tokens[i]), unit(&tokens[i])) {
                (Some(amount), _) => (Some(amount), next.and_then(unit)),
                (None, Some(unit)) => (next.and_then(number), Some(unit)),
                (None, None) => (None, None),
            };
            if let (Some(amount), Some(unit)) = (amount, unit) {
                found.push(amount * unit);
                i += 2;
            } else {
                i += 1;
            }
        }
        // A number that no unit belongs to, beside one that has a unit, is the other end of a range.
        let numbers = tokens.iter().filter(|it| plain_number(it).is_some()).count();
        match found.as_slice() {
            [days] if numbers <= 1 => Some(Self { days: *days }),
            _ => None,
        }
    }

    /// Whether two are the same, but for the way of counting.
    pub fn is_same(self, other: Self) -> bool {
        (self.days - other.days).abs() < SLACK * self.days.max(other.days)
            || self.days.total_cmp(&other.days).is_eq()
    }

    /// Whether it is not below one limit and not above another, but for the way of counting.
    fn is_within(self, from: Self, to: Self) -> bool {
        (self >= from || self.is_same(from)) && (self <= to || self.is_same(to))
    }
}

/// A time point in the one form in which all ways of writing it are the same: `week 12`, `12 Weeks` and `84 days`. A text that
/// says more than a length of time (`12 weeks after the last session`) stays what it is, but for capitals.
pub fn one_form(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    let bare = tokens(&lower).len() == 2;
    match Duration::read(&lower).filter(|_| bare) {
        Some(duration) => format!("{} days", duration.days),
        None => lower,
    }
}

/// The share by which two lengths of time may differ and be the same.
const SLACK: f64 = 0.01;

/// Numbers and words: `3-month` is `3` and `month`, `12wk` is `12` and `wk`.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in text.chars() {
        let is_number = |c: char| c.is_ascii_digit() || c == '.';
        if c.is_alphabetic() || is_number(c) {
            let goes_on =
                (last.is_alphabetic() && c.is_alphabetic()) || (is_number(last) && is_number(c));
            match tokens.last_mut().filter(|_| goes_on) {
                Some(token) => token.push(c),
                None => tokens.push(c.to_string()),
            }
        }
        last = c;
    }
    tokens
}

fn plain_number(token: &str) -> Option<f64> {
    token.trim_end_matches('.').parse().ok().filter(|it: &f64| it.is_finite())
}

fn number(token: &str) -> Option<f64> {
    plain_number(token).or_else(|| ONE.contains(&token).then_some(1.0))
}

fn unit(token: &str) -> Option<f64> {
    UNITS.iter().find(|it| it.0.contains(&token.trim_end_matches('.'))).map(|it| it.1)
}

/// Which time points an analysis wants.
#[derive(Debug, Clone, PartialEq)]
pub enum TimeRule {
    /// This one, however it is written.
    Named(String),
    /// Among those of a window, or all, the one that is best.
    Best {
        /// Which is best.
        best: Best,
        /// The window, both limits in it.
        window: Option<Window>,
    },
}

/// Which of several time points is best.
#[derive(Debug, Clone, PartialEq)]
pub enum Best {
    /// The one nearest to this.
    Closest(Target),
    /// The last.
    Latest,
    /// The first.
    Earliest,
}

/// A length of time with its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    text: String,
    duration: Duration,
}

/// From one length of time to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    text: String,
    from: Duration,
    to: Duration,
}

impl TimeRule {
    /// Reads `closest to 12 weeks within 8 to 16 weeks`, `latest within 6 to 12 months`, `earliest`, or a time point.
    ///
    /// # Errors
    /// What was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (head, window) = match text.split_once(" within ") {
            Some((head, window)) => (head.trim(), Some(window.trim())),
            None => (text, None),
        };
        let best = if let Some(target) = head.strip_prefix("closest to ") {
            let duration = Duration::read(target).ok_or_else(|| {
                format!("`closest to` a length of time such as `12 weeks`, not `{target}`")
            })?;
            Best::Closest(Target { text: target.trim().to_owned(), duration })
        } else {
            match head {
                "latest" => Best::Latest,
                "earliest" => Best::Earliest,
                _ if window.is_some_and(|it| Window::parse(it).is_ok()) => {
                    return Err("`closest to …`, `latest` or `earliest` before `within`".to_owned());
                }
                _ => return Ok(Self::Named(text.to_owned())),
            }
        };
        Ok(Self::Best { best, window: window.map(Window::parse).transpose()? })
    }

    /// How well a printed time fits, the smaller the better; `None`: it is not wanted.
    pub fn rank(&self, time: Option<&str>) -> Option<f64> {
        let time = time?;
        match self {
            Self::Named(name) => {
                // The time itself before one that says more, such as `12 weeks after the last session`.
                let is_same = || Some(Duration::read(name)?.is_same(Duration::read(time)?));
                if one_form(name) == one_form(time) {
                    Some(0.0)
                } else {
                    (is_same() == Some(true)).then_some(1.0)
                }
            }
            Self::Best { best, window } => {
                let duration = Duration::read(time)?;
                if window.as_ref().is_some_and(|it| !duration.is_within(it.from, it.to)) {
                    return None;
                }
                Some(match best {
                    Best::Closest(target) => (duration.days - target.duration.days).abs(),
                    Best::Latest => -duration.days,
                    Best::Earliest => duration.days,
                })
            }
        }
    }
}

impl Window {
    /// Reads `8 to 16 weeks`, `8 weeks to 6 months`.
    fn parse(text: &str) -> Result<Self, String> {
        let expected = || format!("a window such as `8 to 16 weeks`, not `{text}`");
        let (from, to) = text.split_once(" to ").ok_or_else(expected)?;
        let upper = Duration::read(to).ok_or_else(expected)?;
        let unit_of_upper = tokens(&to.to_lowercase()).into_iter().find(|it| unit(it).is_some());
        let lower = match plain_number(from.trim()) {
            Some(_) => Duration::read(&format!("{from} {}", unit_of_upper.unwrap_or_default())),
            None => Duration::read(from),
        };
        let lower = lower.filter(|it| *it <= upper).ok_or_else(expected)?;
        Ok(Self { text: text.to_owned(), from: lower, to: upper })
    }
}

impl fmt::Display for TimeRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Best { best, window } => {
                match best {
                    Best::Closest(target) => write!(f, "closest to {}", target.text)?,
                    Best::Latest => f.write_str("latest")?,
                    Best::Earliest => f.write_str("earliest")?,
                }
                match window {
                    Some(window) => write!(f, " within {}", window.text),
                    None => Ok(()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Option<f64> {
        Duration::read(text).map(Duration::days)
    }

    #[test]
    fn times_are_read_in_the_ways_people_print_them() {
        for (text, expected) in [
            ("12 weeks", 84.0),
            ("Week 12", 84.0),
            ("12-week follow-up", 84.0),
            ("12wk", 84.0),
            ("day 84", 84.0),
            ("84 d.", 84.0),
            ("3 months", 91.3125),
            ("1.5 years", 547.875),
            ("one year", 365.25),
            ("48 h", 2.0),
            ("baseline", 0.0),
            ("4 weeks after the last session", 28.0),
        ] {
            assert_eq!(days(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_names_no_time_or_several_is_not_guessed_at() {
        for text in [
            "",
            "end of treatment",
            "after 3 sessions",
            "8 to 12 weeks",
            "8-12 weeks",
            "12",
            "weeks",
            "week 4 and week 8",
            "4 weeks after 3 sessions",
        ] {
            assert_eq!(days(text), None, "{text}");
        }
    }

    #[test]
    fn the_way_of_counting_makes_no_difference_and_a_week_does() {
        let same = |a, b| Duration::read(a).unwrap().is_same(Duration::read(b).unwrap());
        assert!(
            same("52 weeks", "12 months")
                && same("26 weeks", "6 months")
                && same("1 year", "12 months")
        );
        assert!(!same("12 weeks", "3 months") && !same("24 weeks", "6 months"));
    }

    fn rank(rule: &str, time: &str) -> Option<f64> {
        TimeRule::parse(rule).unwrap().rank(Some(time))
    }

    #[test]
    fn a_window_holds_its_limits() {
        let rule = "closest to 12 weeks within 8 to 16 weeks";
        assert_eq!(rank(rule, "12 weeks"), Some(0.0));
        assert_eq!(rank(rule, "day 56"), Some(28.0));
        assert_eq!(rank(rule, "16 weeks"), Some(28.0));
        assert_eq!(rank(rule, "7 weeks"), None);
        assert_eq!(rank(rule, "after 3 sessions"), None);
        assert_eq!(rank("latest within 8 weeks to 6 months", "26 weeks"), Some(-182.0));
        assert_eq!(rank("earliest", "week 2"), Some(14.0));
    }

    #[test]
    fn a_time_that_says_more_is_another_time() {
        assert_eq!(one_form("Week 12"), one_form("12 weeks"));
        assert_eq!(one_form("End of treatment "), "end of treatment");
        assert_ne!(one_form("12 weeks after the last session"), one_form("12 weeks"));
        assert_eq!(rank("12 weeks", "12 weeks after the last session"), Some(1.0));
    }

    #[test]
    fn a_name_is_met_by_any_way_of_writing_it() {
        assert_eq!(rank("12 weeks", "week 12"), Some(0.0));
        assert_eq!(rank("end of treatment", "end of treatment"), Some(0.0));
        assert_eq!(rank("12 weeks", "3 months"), None);
    }

    #[test]
    fn a_rule_comes_back_from_its_text_and_what_is_none_is_refused() {
        for text in [
            "closest to 12 weeks within 8 to 16 weeks",
            "latest",
            "earliest within 1 to 2 years",
            "week 12",
        ] {
            assert_eq!(TimeRule::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "closest to noon",
            "latest within 8 weeks",
            "best within 8 to 16 weeks",
            "latest within 16 to 8 weeks",
        ] {
            assert!(TimeRule::parse(text).is_err(), "{text}");
        }
    }
}
