//! Rows about one result, field by field: what a source prints must be the same, where it stands need not.

use crate::cells::cells_of;
use crate::event::Attributed;
use crate::printed::{PValue, Printed};
use crate::vocabulary::result::{ExtractedResult, Score};
use crate::vocabulary::time::one_form;

use super::Entered;

/// What a field holds, by which two readings of it are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number: `12.50` is `12.5`.
    Number,
    /// A P value with its sign.
    PValue,
    /// A word; capitals do not matter.
    Word,
    /// The counts of grades; the order of grades does not matter.
    Grades,
    /// A reason in somebody's own words: that there is one matters.
    Reason,
    /// A time point; `week 12` is `12 weeks`.
    Time,
}

/// The fields that a source prints, which must agree. `ci_level` is 95 where it is not printed.
pub(super) const PRINTED: [(&str, Kind); 22] = [
    ("n", Kind::Number),
    ("mean", Kind::Number),
    ("sd", Kind::Number),
    ("se", Kind::Number),
    ("ci_lower", Kind::Number),
    ("ci_upper", Kind::Number),
    ("ci_level", Kind::Number),
    ("median", Kind::Number),
    ("q1", Kind::Number),
    ("q3", Kind::Number),
    ("min", Kind::Number),
    ("max", Kind::Number),
    ("events", Kind::Number),
    ("person_time", Kind::Number),
    ("grades", Kind::Grades),
    ("effect", Kind::Number),
    ("effect_measure", Kind::Word),
    ("p_value", Kind::PValue),
    ("p_test", Kind::Word),
    ("favours", Kind::Word),
    ("correlation", Kind::Number),
    ("missing", Kind::Reason),
];

/// The fields that say which result it is: two people may write them differently and mean the same.
pub(super) const SETTING: [(&str, Kind); 4] = [
    ("time", Kind::Time),
    ("instrument", Kind::Word),
    ("score", Kind::Word),
    ("population", Kind::Word),
];

/// A field in which rows about one result differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field.
    pub field: &'static str,
    /// What each row says.
    pub readings: Vec<Reading>,
}

/// What one row says in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Who entered it, or the report that prints it.
    pub by: String,
    /// The cell; `None` where it is empty.
    pub text: Option<String>,
}

impl Difference {
    /// `mean: anna 12.1, ben nothing`.
    pub fn words(&self) -> String {
        let said: Vec<String> = self
            .readings
            .iter()
            .map(|it| format!("{} {}", it.by, it.text.as_deref().unwrap_or("nothing")))
            .collect();
        format!("{}: {}", self.field, said.join(", "))
    }
}

/// Whether two rows print the same.
pub(super) fn agree(a: &ExtractedResult, b: &ExtractedResult) -> bool {
    let (a, b) = (Texts::of(a), Texts::of(b));
    PRINTED.iter().all(|(field, kind)| is_same(*kind, a.get(field), b.get(field)))
}

/// The printed fields in which not all of some rows are the same; `by` names the party of a row.
pub fn differences(
    rows: &[&Entered],
    by: impl Fn(&Attributed<ExtractedResult>) -> String,
) -> Vec<Difference> {
    let texts: Vec<Texts> = rows.iter().map(|it| Texts::of(&it.value)).collect();
    let differing = PRINTED.iter().filter(|(field, kind)| {
        let first = texts.first().and_then(|it| it.get(field));
        texts.iter().any(|it| !is_same(*kind, first, it.get(field)))
    });
    differing
        .map(|(field, _)| Difference {
            field,
            readings: rows
                .iter()
                .zip(&texts)
                .map(|(row, it)| Reading { by: by(row), text: it.get(field).map(str::to_owned) })
                .collect(),
        })
        .collect()
}

/// The cells of a row as texts.
pub(super) struct Texts(indexmap::IndexMap<String, String>);

impl Texts {
    pub(super) fn of(result: &ExtractedResult) -> Self {
        let cells = cells_of(result).into_iter();
        let mut texts: indexmap::IndexMap<String, String> =
            cells.map(|(name, cell)| (name, cell.to_text())).collect();
        if texts.contains_key("ci_lower") && !texts.contains_key("ci_level") {
            texts.insert("ci_level".to_owned(), "95".to_owned());
        }
        if result.score == Score::Final {
            // What an empty cell says too.
            texts.shift_remove("score");
        }
        Self(texts)
    }

    pub(super) fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }
}

/// Whether two cells of a field say the same.
pub(super) fn is_same(kind: Kind, a: Option<&str>, b: Option<&str>) -> bool {
    let (a, b) = match (a, b) {
        (None, None) => return true,
        (Some(a), Some(b)) => (a, b),
        _ => return false,
    };
    match kind {
        Kind::Number => match (Printed::parse(a), Printed::parse(b)) {
            (Ok(a), Ok(b)) => a.value().total_cmp(&b.value()).is_eq(),
            _ => a == b,
        },
        Kind::PValue => match (PValue::parse(a), PValue::parse(b)) {
            (Ok(a), Ok(b)) => a.says_same(&b),
            _ => a == b,
        },
        Kind::Word => a.trim().to_lowercase() == b.trim().to_lowercase(),
        Kind::Grades => counts(a) == counts(b),
        Kind::Reason => true,
        Kind::Time => one_form(a) == one_form(b),
    }
}

/// The parts of `1:0 2:17`, in one order.
fn counts(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = text.split_whitespace().collect();
    parts.sort_unstable();
    parts
}
