//! Numbers as a source prints them: the text is kept beside the value, so that `0.000` stays `0.000`.

use std::fmt;

/// A number with the text that was printed. Two are equal when their texts are.
#[derive(Debug, Clone)]
pub struct Printed {
    text: String,
    value: f64,
}

impl Printed {
    /// Reads a decimal number. A minus may be `-` or the typographic `−`; `1e-3` is allowed.
    ///
    /// # Errors
    /// Says what a number looks like, and what is wrong with this one where that is plain.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let plain = text.replace('\u{2212}', "-");
        if plain.contains(',') {
            return Err("a number with a decimal point and no thousands separator, such as 1234.5");
        }
        let numeric = plain.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
        match plain.parse::<f64>() {
            Ok(value) if numeric && value.is_finite() => Ok(Self { text: text.to_owned(), value }),
            _ => Err("a number such as 12.5"),
        }
    }

    /// A number that was computed or typed, not read: its shortest text is its print.
    pub fn from_value(value: f64) -> Self {
        Self { text: format!("{value}"), value }
    }

    /// The value.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The text as printed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it can be a confidence level in percent. From 50 on: a level below 1 is a share, which would be read as
    /// next to none.
    pub fn is_level(&self) -> bool {
        (50.0..100.0).contains(&self.value)
    }

    /// Whether it can be a correlation.
    pub fn is_correlation(&self) -> bool {
        (-1.0..=1.0).contains(&self.value)
    }

    /// Half a unit of the last printed decimal: how far the true value may lie from this one.
    pub fn rounding(&self) -> f64 {
        let mantissa = self.text.split(['e', 'E']).next().unwrap_or("");
        let decimals = mantissa.split_once('.').map_or(0, |(_, it)| it.len());
        0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap_or(i32::MAX))
    }
}

impl PartialEq for Printed {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How a P value stands to the number printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// `P = 0.03`, or a bare `0.03`.
    Equal,
    /// `P < 0.05`; `≤` is read as this, the weaker claim.
    Less,
    /// `P > 0.05`.
    Greater,
}

/// A two-sided P value as printed: `<0.05`, `=0.03`, `0.03`, `>0.1`, `NS`.
#[derive(Debug, Clone)]
pub struct PValue {
    text: String,
    kind: PKind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum PKind {
    Number(Relation, f64),
    NotSignificant,
}

impl PValue {
    /// Reads a P value with its sign.
    ///
    /// # Errors
    /// Says which forms are read.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "a P value from 0 to 1 such as 0.03, =0.03, <0.05, >0.1, or NS";
        let text = text.trim();
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let bare = bare.strip_prefix(['P', 'p']).unwrap_or(&bare);
        let kind = match bare.to_lowercase().as_str() {
            "ns" | "n.s." | "notsignificant" => PKind::NotSignificant,
            _ => {
                let (relation, number) = match bare.chars().next() {
                    Some('<' | '≤') => (Relation::Less, bare.trim_start_matches(['<', '≤', '='])),
                    Some('>' | '≥') => {
                        (Relation::Greater, bare.trim_start_matches(['>', '≥', '=']))
                    }
                    _ => (Relation::Equal, bare.trim_start_matches('=')),
                };
                let printed = Printed::parse(number).map_err(|_| EXPECTED)?;
                if !(0.0..=1.0).contains(&printed.value) {
                    return Err(EXPECTED);
                }
                // `P = 0.000` is a rounded small number, not nought.
                if printed.value == 0.0 {
                    PKind::Number(Relation::Less, printed.rounding())
                } else {
                    PKind::Number(relation, printed.value)
                }
            }
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// The text as printed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether two texts say the same of P: `0.030` and `= 0.03`, but not `<0.05` and `0.05`.
    pub fn says_same(&self, other: &Self) -> bool {
        self.kind == other.kind
    }

    /// The value, where an exact one is printed.
    pub fn exact(&self) -> Option<f64> {
        match self.kind {
            PKind::Number(Relation::Equal, p) => Some(p),
            _ => None,
        }
    }

    /// The largest P value the text allows: the value itself, or the bound of `<`. `None` for `>` and
    /// `NS`, which bound nothing from above.
    pub fn upper_bound(&self) -> Option<f64> {
        match self.kind {
            PKind::Number(Relation::Equal | Relation::Less, p) => Some(p),
            _ => None,
        }
    }
}

impl PartialEq for PValue {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for PValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.text.chars().next() {
            Some(c) if c.is_ascii_digit() || c == '.' => "= ",
            _ => "",
        };
        write!(f, "P {sign}{}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_kept_and_the_rounding_known() {
        let printed = Printed::parse(" 0.000 ").unwrap();
        assert_eq!((printed.text(), printed.value()), ("0.000", 0.0));
        assert!((printed.rounding() - 0.0005).abs() < 1e-15);
        assert!((Printed::parse("\u{2212}1.5").unwrap().value() + 1.5).abs() < 1e-15);
    }

    #[test]
    fn what_is_no_plain_number_is_refused() {
        for text in ["", "12,5", "1 234", "abc", "NaN", "inf", "1.2.3", "0x10", "5%"] {
            assert!(Printed::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_p_value_keeps_its_sign() {
        assert_eq!(PValue::parse("<0.05").unwrap().upper_bound(), Some(0.05));
        assert_eq!(PValue::parse("<0.05").unwrap().exact(), None);
        assert_eq!(PValue::parse("P = 0.03").unwrap().exact(), Some(0.03));
        assert_eq!(PValue::parse(">0.1").unwrap().upper_bound(), None);
        assert_eq!(PValue::parse("NS").unwrap().upper_bound(), None);
        assert_eq!(PValue::parse("0.000").unwrap().upper_bound(), Some(0.0005));
        assert!(PValue::parse("1.2").is_err());
        assert!(PValue::parse("-0.1").is_err());
    }
}
