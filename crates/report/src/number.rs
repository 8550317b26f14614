//! How numbers are printed for readers, in one place: decimals, signs, P values, counts.

use consilience_review::PValue;

/// The minus sign of print.
const MINUS: char = '\u{2212}';
/// Between the thousands of a count: no line breaks there.
const NO_BREAK_SPACE: char = '\u{a0}';
/// What stands for a number that is not there.
pub(crate) const NOT_ESTIMABLE: &str = "not estimable";

/// How many decimals the numbers of one synthesis get, so that an estimate and its limits look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimals(usize);

impl Decimals {
    /// Two decimals as a rule; more where two would leave fewer than two digits, and fewer for an
    /// estimate in the hundreds.
    pub(crate) fn for_estimate(estimate: f64, lower: f64, upper: f64) -> Self {
        let largest = [estimate, lower, upper]
            .into_iter()
            .filter(|it| it.is_finite())
            .fold(0.0, |largest: f64, it| largest.max(it.abs()));
        let decimals = match largest {
            0.0 => 2,
            it if it < 0.001 => 5,
            it if it < 0.01 => 4,
            it if it < 0.1 => 3,
            _ if estimate.abs() >= 1000.0 => 0,
            _ if estimate.abs() >= 100.0 => 1,
            _ => 2,
        };
        Self(decimals)
    }

    /// None at all.
    pub(crate) fn whole() -> Self {
        Self(0)
    }

    /// Prints a number.
    pub(crate) fn show(self, value: f64) -> String {
        fixed(value, self.0)
    }

    /// Prints an interval, `0.34 to 0.70`.
    pub(crate) fn range(self, lower: f64, upper: f64) -> String {
        format!("{} to {}", self.show(lower), self.show(upper))
    }
}

/// A number with a fixed number of decimals; never a negative zero.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        return NOT_ESTIMABLE.to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".to_owned() } else { format!("{MINUS}∞") };
    }
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(zero) if zero.chars().all(|c| matches!(c, '0' | '.')) => zero.to_owned(),
        Some(digits) => format!("{MINUS}{digits}"),
        None => text,
    }
}

/// A two-sided P value: `P = 0.03`, `P = 0.002`, `P < 0.001`, `P < 0.0001`. Near 0.05 a third decimal
/// keeps it on its side.
pub(crate) fn p_value(p: f64) -> String {
    match p {
        p if !(0.0..=1.0).contains(&p) => format!("P {NOT_ESTIMABLE}"),
        p if p < 0.0001 => "P < 0.0001".to_owned(),
        p if p < 0.001 => "P < 0.001".to_owned(),
        p if p < 0.01 => format!("P = {p:.3}"),
        p if (0.045..0.055).contains(&p) => format!("P = {p:.3}"),
        p if p < 0.995 => format!("P = {p:.2}"),
        _ => "P > 0.99".to_owned(),
    }
}

/// A P value for a column that is headed P: `0.03`, `< 0.001`.
pub(crate) fn bare_p_value(p: f64) -> String {
    let text = p_value(p);
    let bare = text.strip_prefix("P = ").or_else(|| text.strip_prefix("P "));
    bare.unwrap_or(&text).replace(' ', "\u{a0}")
}

/// A P value as a source prints it, with the usual spaces: `P < 0.05`, `P = 0.03`, `NS`.
pub(crate) fn printed_p_value(p: &PValue) -> String {
    let text = p.to_string();
    let Some(rest) = text.strip_prefix("P ") else { return text };
    let number = rest.trim_start_matches(['<', '>', '≤', '≥', '=']);
    let sign = rest.strip_suffix(number).unwrap_or_default();
    if sign.is_empty() { number.to_owned() } else { format!("P {sign} {}", number.trim()) }
}

/// A whole percentage.
pub(crate) fn percent(value: f64) -> String {
    format!("{}%", fixed(value, 0))
}

/// A weight in percent, with one decimal.
pub(crate) fn weight(value: f64) -> String {
    format!("{}%", fixed(value, 1))
}

/// A between-study variance: two or three digits that count, wherever the point is.
pub(crate) fn tau2(value: f64) -> String {
    let decimals = match value.abs() {
        0.0 => 0,
        it if it >= 100.0 => 0,
        it if it >= 10.0 => 1,
        it if it >= 0.1 => 2,
        it if it >= 0.01 => 3,
        it if it >= 0.001 => 4,
        it if it >= 0.000_1 => 5,
        _ => return "< 0.0001".to_owned(),
    };
    fixed(value, decimals)
}

/// `τ² = 0.31`, or `τ² < 0.0001`.
pub(crate) fn tau2_equation(value: f64) -> String {
    let text = tau2(value);
    if text.starts_with('<') { format!("τ² {text}") } else { format!("τ² = {text}") }
}

/// A count of people, events or records: thousands set apart from five digits on; a count that an
/// adjustment made fractional keeps one decimal.
pub(crate) fn count(value: f64) -> String {
    let fractional = (value - value.round()).abs() > 0.005;
    let text = fixed(value, usize::from(fractional));
    let (whole, rest) = text.find('.').map_or((text.as_str(), ""), |at| text.split_at(at));
    let n_digits = whole.chars().filter(char::is_ascii_digit).count();
    if n_digits < 5 {
        return text;
    }
    let mut grouped = String::new();
    for (position, c) in whole.chars().enumerate() {
        let left = whole.chars().count() - position;
        if position > 0 && left % 3 == 0 && !grouped.ends_with(MINUS) {
            grouped.push(NO_BREAK_SPACE);
        }
        grouped.push(c);
    }
    grouped + rest
}

/// A count of things in a list.
pub(crate) fn len(count_of: usize) -> String {
    count(count_of as f64)
}

/// `1 study`, `13 studies`.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", len(n), if n == 1 { one } else { many })
}

/// Ties together what a line break must not part: `P = 0.03`, `τ² < 0.0001`, `95% CI 0.1`.
pub(crate) fn typeset(text: &str) -> String {
    const TIES: [(&str, &str); 4] = [
        (" = ", "\u{a0}=\u{a0}"),
        (" < ", "\u{a0}<\u{a0}"),
        (" > ", "\u{a0}>\u{a0}"),
        ("% CI ", "%\u{a0}CI\u{a0}"),
    ];
    TIES.iter().fold(text.to_owned(), |text, (loose, tied)| text.replace(loose, tied))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(estimate: f64, lower: f64, upper: f64) -> String {
        let decimals = Decimals::for_estimate(estimate, lower, upper);
        format!("{} ({})", decimals.show(estimate), decimals.range(lower, upper))
    }

    #[test]
    fn an_estimate_and_its_limits_share_their_decimals() {
        assert_eq!(shown(0.4894, 0.3438, 0.6966), "0.49 (0.34 to 0.70)");
        assert_eq!(shown(-0.0074, -0.0119, -0.0029), "−0.007 (−0.012 to −0.003)");
        assert_eq!(shown(-13.98, -24.0, -3.95), "−13.98 (−24.00 to −3.95)");
        assert_eq!(shown(123.46, 99.0, 150.0), "123.5 (99.0 to 150.0)");
        assert_eq!(shown(1234.0, 999.4, 2000.0), "1234 (999 to 2000)");
        assert_eq!(shown(0.0, 0.0, 0.0), "0.00 (0.00 to 0.00)");
    }

    #[test]
    fn zero_has_no_sign_and_what_is_no_number_says_so() {
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(-0.0, 0), "0");
        assert_eq!(fixed(f64::NAN, 2), "not estimable");
        assert_eq!(fixed(f64::NEG_INFINITY, 2), "−∞");
    }

    #[test]
    fn a_p_value_has_the_digits_that_its_size_needs() {
        let cases = [
            (0.0, "P < 0.0001"),
            (0.000_05, "P < 0.0001"),
            (0.000_5, "P < 0.001"),
            (0.002_34, "P = 0.002"),
            (0.031, "P = 0.03"),
            (0.0496, "P = 0.050"),
            (0.0512, "P = 0.051"),
            (0.4, "P = 0.40"),
            (0.999, "P > 0.99"),
            (1.0, "P > 0.99"),
            (f64::NAN, "P not estimable"),
        ];
        for (p, text) in cases {
            assert_eq!(p_value(p), text, "{p}");
        }
    }

    #[test]
    fn a_printed_p_value_keeps_its_sign_and_its_digits() {
        let cases = [
            ("<0.05", "P < 0.05"),
            ("0.000", "P = 0.000"),
            ("=0.03", "P = 0.03"),
            ("> 0.1", "P > 0.1"),
            ("NS", "NS"),
        ];
        for (text, shown) in cases {
            assert_eq!(printed_p_value(&PValue::parse(text).unwrap()), shown, "{text}");
        }
    }

    #[test]
    fn a_count_is_grouped_from_five_digits_on() {
        assert_eq!(count(1146.0), "1146");
        assert_eq!(count(357_347.0), "357\u{a0}347");
        assert_eq!(count(10_000.0), "10\u{a0}000");
        assert_eq!(count(1_234_567.25), "1\u{a0}234\u{a0}567.2");
        assert_eq!(count(12.4), "12.4");
        assert_eq!(counted(1, "study", "studies"), "1 study");
    }

    #[test]
    fn tau2_keeps_two_or_three_digits() {
        let cases =
            [(0.0, "0"), (0.3132, "0.31"), (0.012, "0.012"), (205.4, "205"), (34.25, "34.2")];
        for (value, text) in cases {
            assert_eq!(tau2(value), text);
        }
        assert_eq!(tau2_equation(0.000_004), "τ² < 0.0001");
    }
}
