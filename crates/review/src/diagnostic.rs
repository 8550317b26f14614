//! Messages about input: where, what was found, what was expected, what to do.

use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The review cannot be built until it is mended.
    Error,
    /// The review can be built; the report may lack something.
    Warning,
}

/// Where something stands: a file of the package, a line and a column (both from 1, columns in
/// characters), and the field's name.
#[derive(Debug, Clone, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Place {
    /// Path inside the package, with `/` between folders.
    pub file: String,
    /// Line, counted from 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// Column in characters, counted from 1.
    pub column: Option<usize>,
    /// Name of the CSV column or TOML key.
    pub field: Option<String>,
}

impl Place {
    /// A whole file.
    pub fn file(file: &str) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
    }

    /// A spot in a file.
    pub fn spot(file: &str, line: usize, column: usize) -> Self {
        Self { file: file.to_owned(), line: Some(line), column: Some(column), field: None }
    }

    /// The same spot, named as a field.
    #[must_use]
    pub fn named(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// The spot at a byte offset of a text.
    pub fn at_offset(file: &str, text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self::spot(file, line, column)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        match &self.field {
            Some(field) => write!(f, " ({field})"),
            None => Ok(()),
        }
    }
}

/// One finding about the input.
///
/// ```
/// use consilience_review::{Diagnostic, Place};
/// let d = Diagnostic::error(Place::spot("results.csv", 7, 12).named("sd"))
///     .found("`-3.1`")
///     .expected("a standard deviation of 0 or more")
///     .help("correct the cell");
/// assert_eq!(
///     d.to_string(),
///     "results.csv:7:12 (sd): found `-3.1`, expected a standard deviation of 0 or more; correct the cell"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// What to do about it.
    pub help: String,
}

impl Diagnostic {
    /// An error at a place; the texts follow.
    pub fn error(place: Place) -> Self {
        Self {
            severity: Severity::Error,
            place,
            found: String::new(),
            expected: String::new(),
            help: String::new(),
        }
    }

    /// A warning at a place; the texts follow.
    pub fn warning(place: Place) -> Self {
        Self { severity: Severity::Warning, ..Self::error(place) }
    }

    /// Says what stands there.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = found.into();
        self
    }

    /// Says what should stand there.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = expected.into();
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Says what to do where nothing better is said.
    #[must_use]
    pub(crate) fn or_help(self, help: &str) -> Self {
        if self.help.is_empty() { self.help(help) } else { self }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: found {}, expected {}", self.place, self.found, self.expected)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

/// The nearest of some names to a misspelt one, when it is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    names
        .into_iter()
        .map(|it| (edit_distance(&wanted, &it.to_lowercase()), it))
        .filter(|(distance, it)| *distance <= 1 + it.chars().count().min(wanted.len()) / 4)
        .min()
        .map(|(_, it)| it)
}

/// Levenshtein's distance, one row at a time.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_neighbour_and_a_strange_one_finds_none() {
        assert_eq!(nearest("maen", ["mean", "median", "sd"]), Some("mean"));
        assert_eq!(nearest("Direction", ["direction", "unit"]), Some("direction"));
        assert_eq!(nearest("colour", ["mean", "median", "sd"]), None);
    }

    #[test]
    fn an_offset_becomes_line_and_column_in_characters() {
        let place = Place::at_offset("a.toml", "é = 1\nü = x", "é = 1\nü = ".len());
        assert_eq!((place.line, place.column), (Some(2), Some(5)));
    }
}
