//! Rules by which studies are included in a sensitivity analysis: `all`, `bias!=high`, `year>=1970`, `alloc=random`.

use std::fmt;

use crate::diagnostic::Diagnostic;
use crate::single::StudyTable;

/// Which studies take part.
#[derive(Debug, Clone, PartialEq)]
pub enum InclusionRule {
    /// Every study.
    All,
    /// The studies whose value in a column compares as wanted; a study without a value does not take part.
    Where {
        /// The column.
        column: String,
        /// How its value is compared.
        comparison: Comparison,
        /// What it is compared with.
        value: String,
    },
}

/// How a study's value is compared with that of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The same text, upper and lower case alike.
    Equal,
    /// Another text.
    NotEqual,
    /// A number no larger.
    AtMost,
    /// A number no smaller.
    AtLeast,
    /// A smaller number.
    Below,
    /// A larger number.
    Above,
}

impl Comparison {
    /// Longer signs come first, so that `>=` is not read as `>`.
    const ALL: [Self; 6] =
        [Self::NotEqual, Self::AtMost, Self::AtLeast, Self::Equal, Self::Below, Self::Above];

    const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::Above => ">",
        }
    }

    const fn is_of_numbers(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

impl InclusionRule {
    /// Reads a rule.
    ///
    /// # Errors
    /// Says what a rule looks like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("all") {
            return Ok(Self::All);
        }
        let split = Comparison::ALL
            .into_iter()
            .find_map(|it| text.split_once(it.sign()).map(|(column, value)| (it, column, value)));
        let expected =
            "expected `all` or a comparison such as alloc=random, bias!=high or year>=1970";
        let Some((comparison, column, value)) = split else { return Err(expected.to_owned()) };
        let (column, value) = (column.trim().to_owned(), value.trim().to_owned());
        if column.is_empty() || value.is_empty() {
            return Err(expected.to_owned());
        }
        if comparison.is_of_numbers() && value.parse::<f64>().is_err() {
            return Err(format!("`{value}` is no number, which `{}` needs", comparison.sign()));
        }
        Ok(Self::Where { column, comparison, value })
    }

    /// Which of the table's studies take part.
    ///
    /// # Errors
    /// The column is not there, or holds no numbers where the comparison needs them.
    pub fn included(&self, table: &StudyTable) -> Result<Vec<bool>, Vec<Diagnostic>> {
        let Self::Where { column, comparison, value } = self else {
            return Ok(vec![true; table.len()]);
        };
        if let (true, Ok(wanted)) = (comparison.is_of_numbers(), value.parse::<f64>()) {
            let compares = |it: f64| match comparison {
                Comparison::AtMost => it <= wanted,
                Comparison::AtLeast => it >= wanted,
                Comparison::Below => it < wanted,
                _ => it > wanted,
            };
            let numbers = table.numbers(column)?;
            return Ok(numbers.into_iter().map(|it| it.is_some_and(compares)).collect());
        }
        let is_same = |it: String| it.eq_ignore_ascii_case(value);
        let wanted = *comparison == Comparison::Equal;
        let texts = table.texts(column)?;
        Ok(texts.into_iter().map(|it| it.is_some_and(|it| is_same(it) == wanted)).collect())
    }
}

impl fmt::Display for InclusionRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Where { column, comparison, value } => {
                write!(f, "{column}{}{value}", comparison.sign())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::InclusionRule;

    #[test]
    fn a_rule_reads_back_as_it_was_written() {
        for text in ["all", "alloc=random", "bias!=high", "year>=1970", "n<100", "n<=5", "n>2"] {
            assert_eq!(InclusionRule::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_rule_is_said() {
        insta::assert_snapshot!(InclusionRule::parse("random").unwrap_err(), @"expected `all` or a comparison such as alloc=random, bias!=high or year>=1970");
        insta::assert_snapshot!(InclusionRule::parse("year>=soon").unwrap_err(), @"`soon` is no number, which `>=` needs");
    }
}
