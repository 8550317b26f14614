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
    /// Two decimals as a rule; more where two would leave fewer than two digits of the largest number, and
    /// fewer for an estimate in the hundreds.
    pub(crate) fn for_estimate(estimate: f64, lower: f64, upper: f64) -> Self {
        let largest = [estimate, lower, upper]
            .into_iter()
            .filter(|it| it.is_finite())
            .fold(0.0, |largest: f64, it| largest.max(it.abs()));
        let decimals = match largest {
            0.0 => 2,
            it if it < 0.1 => 1 + first_digit(it).min(MOST_DECIMALS),
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

    /// Prints a number. One that is not zero but would look like it gets the decimals that show its sign and
    /// size, unless it is too small to matter beside its neighbours.
    pub(crate) fn show(self, value: f64) -> String {
        let text = fixed(value, self.0);
        let looks_like_zero = text.chars().all(|c| matches!(c, '0' | '.'));
        if !looks_like_zero || value == 0.0 || first_digit(value.abs()) > self.0 + 4 {
            return text;
        }
        fixed(value, first_digit(value.abs()))
    }

    /// Prints an interval, `0.34 to 0.70`.
    pub(crate) fn range(self, lower: f64, upper: f64) -> String {
        format!("{} to {}", self.show(lower), self.show(upper))
    }
}

/// No scale needs more decimals than this; what is smaller prints as zero.
const MOST_DECIMALS: usize = 15;

/// Which decimal is the first that is not zero: 1 for 0.2, 3 for 0.007.
fn first_digit(value: f64) -> usize {
    let mut decimals = (1..=MOST_DECIMALS + 5).zip(1_i32..);
    let found = decimals.find(|(_, power)| value * 10_f64.powi(*power) >= 1.0);
    found.map_or(usize::MAX, |it| it.0)
}

/// A number with a fixed number of decimals; never a negative zero. From a thousand million on, three digits and a
/// power of ten.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        return NOT_ESTIMABLE.to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".to_owned() } else { format!("{MINUS}∞") };
    }
    if value.abs() >= 1e9 {
        let text = format!("{value:.2e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{} × 10^{power}", digits.replace('-', &MINUS.to_string()));
    }
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(zero) if zero.chars().all(|c| matches!(c, '0' | '.')) => zero.to_owned(),
        Some(digits) => format!("{MINUS}{digits}"),
        None => text,
    }
}

/// A number with four digits that count, as a table of coefficients has it.
pub(crate) fn four_digits(value: f64) -> String {
    const MOST: i32 = 12;
    let text = format!("{value:.3e}");
    let power = text.split_once('e').and_then(|(_, power)| power.parse::<i32>().ok()).unwrap_or(0);
    fixed(value, usize::try_from((3 - power).clamp(0, MOST)).unwrap_or(0))
}

/// A two-sided P value: `P = 0.03`, `P = 0.002`, `P = 0.0002`, `P < 0.0001`. Near 0.05 a third decimal
/// keeps it on its side.
pub(crate) fn p_value(p: f64) -> String {
    match p {
        p if !(0.0..=1.0).contains(&p) => format!("P {NOT_ESTIMABLE}"),
        p if p < 0.0001 => "P < 0.0001".to_owned(),
        p if p < 0.001 => format!("P = {p:.4}"),
        p if p < 0.01 => format!("P = {p:.3}"),
        // Rounded to 0.050 it would seem to lie on the other side.
        p if (0.0495..0.05).contains(&p) => format!("P = {:.4}", (p * 1e4).floor() / 1e4),
        p if (0.045..0.055).contains(&p) => format!("P = {p:.3}"),
        p if p < 0.995 => format!("P = {p:.2}"),
        _ => "P > 0.99".to_owned(),
    }
}

/// A P value for a column that is headed P: `0.03`, `< 0.0001`.
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

/// A whole percentage; just below 100 a decimal keeps it there.
pub(crate) fn percent(value: f64) -> String {
    if (99.5..100.0).contains(&value) {
        return format!("{}%", fixed((value * 10.0).floor() / 10.0, 1));
    }
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
        it => first_digit(it).saturating_add(1).min(MOST_DECIMALS),
    };
    let text = fixed(value, decimals);
    if value > 0.0 && text.chars().all(|c| matches!(c, '0' | '.')) {
        return format!("< {}1", &text[..text.len() - 1]);
    }
    text
}

/// `τ² = 0.31`, or below what can be printed `τ² < …`.
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
    fn what_is_not_zero_does_not_look_like_it() {
        assert_eq!(shown(0.06, 0.0041, 0.87), "0.06 (0.004 to 0.87)");
        assert_eq!(shown(0.39, -0.0003, 0.78), "0.39 (−0.0003 to 0.78)");
        assert_eq!(shown(1.0e-6, -6.4e-7, 2.6e-6), "0.0000010 (−0.0000006 to 0.0000026)");
        assert_eq!(shown(0.5, 1e-17, 0.9), "0.50 (0.00 to 0.90)");
        assert_eq!(fixed(-2.5e12, 2), "−2.50 × 10^12");
    }

    #[test]
    fn a_percentage_below_a_hundred_stays_below() {
        assert_eq!([percent(92.2), percent(99.96), percent(100.0)], ["92%", "99.9%", "100%"]);
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
            (0.000_212, "P = 0.0002"),
            (0.002_34, "P = 0.002"),
            (0.031, "P = 0.03"),
            (0.0496, "P = 0.0496"),
            (0.049_999, "P = 0.0499"),
            (0.05, "P = 0.050"),
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
        assert_eq!(tau2_equation(0.000_004), "τ² = 0.0000040");
        assert_eq!(tau2_equation(4e-18), "τ² < 0.000000000000001");
    }
}
