//! The terms of a regression as people type them: `ablat + factor(alloc, random) + ablat:alloc + year^2`.
//!
//! Terms are separated by `+` or `,`. A bare name is a number where all its cells are numbers, and a factor otherwise;
//! `factor(x)` makes numbers a factor, and `factor(x, level)` names its reference level (the first in order when not
//! given). `x^2` is the square of a number, `a:b` the product of two terms that stand on their own as well.

use std::fmt;

/// One moderator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// A column: a number, or a factor where it holds texts.
    Column(String),
    /// A column whose values are levels, with its reference level where one is named.
    Factor {
        /// The column.
        column: String,
        /// The level that the others are compared with.
        reference: Option<String>,
    },
    /// The square of a column of numbers.
    Square(String),
    /// The product of two columns.
    Interaction(String, String),
}

/// Why a text is not a list of terms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found {found}, expected {expected}")]
pub struct TermError {
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: &'static str,
}

impl Term {
    /// Reads a list of terms.
    ///
    /// ```
    /// use consilience_review::inquiry::Term;
    /// let terms = Term::list("ablat + factor(alloc, random) + ablat:alloc").unwrap();
    /// assert_eq!(terms.len(), 3);
    /// assert_eq!(terms[1].to_string(), "factor(alloc, random)");
    /// ```
    pub fn list(text: &str) -> Result<Vec<Self>, TermError> {
        split(text)?.into_iter().map(|it| Self::parse(it.trim())).collect()
    }

    fn parse(text: &str) -> Result<Self, TermError> {
        if text.is_empty() {
            return Err(TermError {
                found: "an empty term".to_owned(),
                expected: "a column's name between the separators",
            });
        }
        if let Some(inside) = text.strip_prefix("factor(").and_then(|it| it.strip_suffix(')')) {
            let (column, reference) = match inside.split_once(',') {
                Some((column, reference)) => (column, Some(reference.trim().to_owned())),
                None => (inside, None),
            };
            return Ok(Self::Factor { column: column_name(column)?, reference });
        }
        if let Some(column) = text.strip_suffix("^2") {
            return Ok(Self::Square(column_name(column)?));
        }
        match text.split_once(':') {
            Some((a, b)) => Ok(Self::Interaction(column_name(a)?, column_name(b)?)),
            None => Ok(Self::Column(column_name(text)?)),
        }
    }

    /// The columns that the term reads.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Column(column) | Self::Square(column) | Self::Factor { column, .. } => {
                vec![column]
            }
            Self::Interaction(a, b) => vec![a, b],
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(column) => f.write_str(column),
            Self::Factor { column, reference: None } => write!(f, "factor({column})"),
            Self::Factor { column, reference: Some(level) } => {
                write!(f, "factor({column}, {level})")
            }
            Self::Square(column) => write!(f, "{column}^2"),
            Self::Interaction(a, b) => write!(f, "{a}:{b}"),
        }
    }
}

/// The texts between separators that stand outside brackets.
fn split(text: &str) -> Result<Vec<&str>, TermError> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => {
                return Err(TermError {
                    found: "`)` without `(`".to_owned(),
                    expected: "brackets in pairs",
                });
            }
            ')' => depth -= 1,
            '+' | ',' if depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    if depth > 0 {
        return Err(TermError {
            found: "`(` that is never closed".to_owned(),
            expected: "brackets in pairs",
        });
    }
    parts.push(&text[start..]);
    Ok(parts)
}

fn column_name(text: &str) -> Result<String, TermError> {
    let name = text.trim();
    if name.is_empty() || name.contains(['(', ')', ':', '^', '*']) {
        return Err(TermError {
            found: format!("`{name}`"),
            expected: "a column, factor(column), factor(column, reference), column^2 or column:column",
        });
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Term;

    fn read(text: &str) -> String {
        match Term::list(text) {
            Ok(terms) => terms.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>().join("\n"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn every_form_of_a_term_is_read() {
        insta::assert_snapshot!(read("ablat, factor(alloc, random)+year^2+ ablat:alloc"), @r#"
        Column("ablat")
        Factor { column: "alloc", reference: Some("random") }
        Square("year")
        Interaction("ablat", "alloc")
        "#);
    }

    #[test]
    fn what_is_no_term_is_said() {
        insta::assert_snapshot!(read("a + "), @"found an empty term, expected a column's name between the separators");
        insta::assert_snapshot!(read("factor(a"), @"found `(` that is never closed, expected brackets in pairs");
        insta::assert_snapshot!(read("a)"), @"found `)` without `(`, expected brackets in pairs");
        insta::assert_snapshot!(read("a:b:c"), @"found `b:c`, expected a column, factor(column), factor(column, reference), column^2 or column:column");
        insta::assert_snapshot!(read("log(a)"), @"found `log(a)`, expected a column, factor(column), factor(column, reference), column^2 or column:column");
    }
}
