//! Random effects as people type them: `study/effect` for effects nested in studies, `outcome|study` for one effect an
//! outcome within each study, `UN(outcome|study)` with a covariance structure.

use std::fmt;

use consilience_stats::multivariate::LevelStructure;

use crate::keyword::{Keyword, foreign_keyword};

foreign_keyword!(LevelStructure);

/// A random term of a multilevel model, by the columns of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RandomTerm {
    /// An effect of each group, of each group within it, and so on.
    Nested(Vec<String>),
    /// An effect of each level of `inner` within each group of `outer`.
    Levels {
        /// How the effects of the levels covary.
        structure: LevelStructure,
        /// The column of the levels.
        inner: String,
        /// The column of the groups.
        outer: String,
    },
}

impl RandomTerm {
    /// Reads a term.
    ///
    /// # Errors
    /// Says what a term looks like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (structure, inside) = match text.split_once('(') {
            Some((name, rest)) => {
                let structure = LevelStructure::from_name(name.trim()).ok_or_else(|| {
                    format!("`{name}` is no structure; expected one of {}", LevelStructure::names())
                })?;
                let inside = rest.strip_suffix(')').ok_or("expected `)` at the end")?;
                (Some(structure), inside)
            }
            None => (None, text),
        };
        let form = "expected a column, nested columns such as study/effect, or levels within groups such as \
                    UN(outcome|study)";
        let names = |separator: char| -> Option<Vec<String>> {
            let names: Vec<String> =
                inside.split(separator).map(|it| it.trim().to_owned()).collect();
            names
                .iter()
                .all(|it| !it.is_empty() && !it.contains(['|', '/', '(', ')']))
                .then_some(names)
        };
        if inside.contains('|') {
            let Some(Ok([inner, outer])) = names('|').map(<[String; 2]>::try_from) else {
                return Err(form.to_owned());
            };
            let structure = structure.unwrap_or(LevelStructure::CompoundSymmetry);
            return Ok(Self::Levels { structure, inner, outer });
        }
        match (structure, names('/')) {
            (None, Some(groups)) => Ok(Self::Nested(groups)),
            _ => Err(form.to_owned()),
        }
    }
}

impl fmt::Display for RandomTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nested(groups) => f.write_str(&groups.join("/")),
            Self::Levels { structure, inner, outer } => {
                write!(f, "{}({inner}|{outer})", structure.name())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RandomTerm;

    fn read(text: &str) -> String {
        RandomTerm::parse(text).map_or_else(|error| error, |it| it.to_string())
    }

    #[test]
    fn terms_read_back_as_they_were_written() {
        assert_eq!(read("district / school"), "district/school");
        assert_eq!(read("study"), "study");
        assert_eq!(read("outcome|study"), "CS(outcome|study)");
        assert_eq!(read("un( outcome | study )"), "UN(outcome|study)");
    }

    #[test]
    fn what_is_no_term_is_said() {
        insta::assert_snapshot!(read("XX(outcome|study)"), @"`XX` is no structure; expected one of `CS`, `HCS`, `UN`, `ID`, `DIAG`, `AR`, `HAR`");
        insta::assert_snapshot!(read("UN(outcome)"), @"expected a column, nested columns such as study/effect, or levels within groups such as UN(outcome|study)");
        insta::assert_snapshot!(read("a|b|c"), @"expected a column, nested columns such as study/effect, or levels within groups such as UN(outcome|study)");
    }
}
