//! Texts of the page: people's paragraphs, links, lists.

use crate::number::typeset;

/// A text with blank lines as paragraphs.
pub(super) fn paragraphs(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default()
        .split("\n\n")
        .map(|it| typeset(it.trim()))
        .filter(|it| !it.is_empty())
        .collect()
}

/// A text that leads to another place of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// The anchor, without `#`.
    pub(super) anchor: String,
    /// The text.
    pub(super) text: String,
}

/// A text with a name: a row of a description list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) text: String,
}

impl Named {
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// A message of the program for print: names stand in quotation marks, not between backticks.
pub(super) fn quoted(message: &str) -> String {
    let mut parts = message.split('`');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (i, part) in parts.enumerate() {
        text.push(if i % 2 == 0 { '“' } else { '”' });
        text.push_str(part);
    }
    text
}

/// `a, b and c`.
pub(super) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The anchor of a study in the table of characteristics.
pub(super) fn study_anchor(position: usize) -> String {
    format!("study-{}", position + 1)
}

/// The anchor of a study's numbers in the table of a synthesis.
pub(super) fn row_anchor(synthesis: &str, position: usize) -> String {
    format!("{synthesis}-study-{}", position + 1)
}

/// The anchor of where these numbers come from.
pub(super) fn origin_anchor(synthesis: &str, position: usize) -> String {
    format!("{synthesis}-from-{}", position + 1)
}

/// The anchor of an extracted result.
pub(super) fn result_anchor(position: usize) -> String {
    format!("result-{}", position + 1)
}

/// The anchor of a report among the references.
pub(super) fn report_anchor(position: usize) -> String {
    format!("report-{}", position + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_part_paragraphs() {
        assert_eq!(paragraphs(Some("One.\n\n two \n\n\n")), ["One.", "two"]);
        assert!(paragraphs(None).is_empty());
    }

    #[test]
    fn names_in_messages_stand_in_quotation_marks() {
        assert_eq!(quoted("a row by `consensus` in `x`"), "a row by “consensus” in “x”");
        assert_eq!(quoted("none"), "none");
    }

    #[test]
    fn a_list_ends_in_and() {
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(listed(&items), "a, b and c");
        assert_eq!(listed(&items[..1]), "a");
    }
}
