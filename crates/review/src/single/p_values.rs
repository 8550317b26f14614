//! P values and directions of effect, where a study gives nothing that can be pooled (Handbook 12.2.1): how a table's words
//! for them are read.

use super::columns::{DIRECTION, Role, TableKind};
use super::{COMPARATOR, EXPERIMENTAL, MISSING, Table};
use crate::cells::Row;
use crate::printed::PValue;
use crate::vocabulary::protocol::Better;
use crate::vocabulary::result::{Favours, Reported};

/// How the cells of a table's column of directions are read.
#[derive(Debug, Default)]
pub(super) struct DirectionSigns {
    /// Whether some cell has a plus sign, beside which a hyphen is a minus sign and not a missing value.
    has_plus: bool,
    /// Whether signs are those of the effect, not for and against the experimental group.
    are_of_effects: bool,
    /// Whether a sign was read.
    was_read: bool,
}

/// What a word says of a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Experimental,
    Comparator,
    Neither,
    Unclear,
    /// The outcome is higher in the experimental group.
    Higher,
    /// It is lower.
    Lower,
    Plus,
    Minus,
}

impl DirectionSigns {
    /// Looks through the column. Signs are those of the effect where it is known which effects are better, unless the column
    /// says whom they favour.
    pub(super) fn of(column: Option<&str>, better: Option<Better>, rows: &[Row]) -> Self {
        let Some(column) = column else { return Self::default() };
        let is_plus = |row: &Row| {
            let text = row.clone().text(column);
            text.is_some_and(|it| it.starts_with('+') || word(&it) == Some(Said::Plus))
        };
        let name = column.to_lowercase();
        let says_whom = name.starts_with("favo");
        Self {
            has_plus: rows.iter().any(is_plus),
            are_of_effects: better.is_some() && !says_whom,
            was_read: false,
        }
    }
}

/// Words that are no group's name.
fn word(text: &str) -> Option<Said> {
    Some(match text.to_lowercase().as_str() {
        "experimental" | "intervention" | "treatment" | "treated" | "benefit" | "beneficial"
        | "better" => Said::Experimental,
        "comparator" | "control" | "controls" | "placebo" | "harm" | "harmful" | "worse" => {
            Said::Comparator
        }
        "neither" | "none" | "no difference" | "no effect" | "null" | "equal" | "=" => {
            Said::Neither
        }
        "unclear" | "conflicting" | "mixed" | "inconsistent" | "?" | "not reported"
        | "not stated" | "nr" => Said::Unclear,
        "higher" | "increase" | "increased" | "above" | "up" => Said::Higher,
        "lower" | "decrease" | "decreased" | "reduced" | "below" | "down" => Said::Lower,
        "+" | "++" | "positive" | "pos" => Said::Plus,
        "\u{2212}" | "--" | "negative" | "neg" => Said::Minus,
        number => match number.replace('\u{2212}', "-").parse::<f64>().ok()? {
            it if it > 0.0 => Said::Plus,
            it if it < 0.0 => Said::Minus,
            it if it.is_nan() => return None,
            _ => Said::Neither,
        },
    })
}

impl Table<'_> {
    /// What a row says of a study without an effect; `None` if nothing.
    pub(super) fn without_effect(&mut self, row: &mut Row) -> Option<Reported> {
        let p_value = self.p_value(row);
        let favours = self.favours(row);
        (p_value.is_some() || favours.is_some()).then_some(Reported::Contrast {
            effect: None,
            p_value,
            p_test: None,
            favours,
        })
    }

    fn p_value(&self, row: &mut Row) -> Option<PValue> {
        let column = self.columns.get(Role::PValue)?;
        let text = row.text(column)?;
        if MISSING.contains(&text.as_str()) { None } else { row.p_value(column) }
    }

    fn favours(&mut self, row: &mut Row) -> Option<Favours> {
        let column = self.columns.get(Role::Favours)?.to_owned();
        let text = row.text(&column)?;
        let is_hyphen = ["-", "–", "—"].contains(&text.as_str());
        let found = format!("`{text}`");
        if is_hyphen && !self.signs.has_plus {
            let expected = "a direction, of which a hyphen beside no + says nothing";
            let help = "write which group it favours, or leave it empty if it is not known";
            row.problem_found(&column, found, expected, help);
            return None;
        }
        if MISSING.contains(&text.as_str()) && !is_hyphen {
            return None;
        }
        let said = if is_hyphen { Some(Said::Minus) } else { self.said(&text) };
        let Some(said) = said else {
            let (experimental, comparator) = &self.request.groups;
            let expected = format!(
                "a direction: {experimental}, {comparator}, +, −, higher, lower, neither or unclear"
            );
            row.problem_found(&column, found, expected, "say which group it favours");
            return None;
        };
        self.signs.was_read |= matches!(said, Said::Plus | Said::Minus);
        let better = self.request.better;
        let is_experimental = match (said, better) {
            (Said::Neither, _) => return Some(Favours::Neither),
            (Said::Unclear, _) => return Some(Favours::Unclear),
            (Said::Higher, Some(better)) => better == Better::Higher,
            (Said::Lower, Some(better)) => better == Better::Lower,
            (Said::Plus, Some(better)) if self.signs.are_of_effects => better == Better::Higher,
            (Said::Minus, Some(better)) if self.signs.are_of_effects => better == Better::Lower,
            (Said::Experimental | Said::Plus, _) => true,
            (Said::Comparator | Said::Minus, _) => false,
            (Said::Higher | Said::Lower, None) => {
                let expected = "which group that favours";
                let help = "say with --better higher or --better lower which outcomes are better";
                row.problem_found(&column, found, expected, help);
                return None;
            }
        };
        let arm = if is_experimental { EXPERIMENTAL } else { COMPARATOR };
        Some(Favours::Arm(arm.to_owned()))
    }

    /// What a direction says, in the words of the groups or of anybody.
    fn said(&self, text: &str) -> Option<Said> {
        let lower = text.to_lowercase();
        let bare = ["favours ", "favors ", "in favour of ", "in favor of "]
            .iter()
            .find_map(|it| lower.strip_prefix(it))
            .unwrap_or(&lower)
            .trim();
        let (experimental, comparator) = &self.request.groups;
        if bare == experimental.to_lowercase() {
            Some(Said::Experimental)
        } else if bare == comparator.to_lowercase() {
            Some(Said::Comparator)
        } else {
            word(bare)
        }
    }

    /// How P values and directions were read, for the reader to check.
    pub(super) fn notes_on_directions(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let (experimental, comparator) = &self.request.groups;
        let column = self.columns.get(Role::Favours).unwrap_or(DIRECTION);
        if self.kind == TableKind::PValues && !self.columns.has(Role::Favours) {
            notes.push(
                "no column says which group the results favour, without which P values cannot be combined: add `favours`"
                    .to_owned(),
            );
        }
        if self.signs.was_read {
            notes.push(match (self.signs.are_of_effects, self.request.better) {
                (true, Some(better)) => format!(
                    "signs in `{column}` are read as those of the effect, of which {} are better",
                    match better {
                        Better::Higher => "positive ones",
                        Better::Lower => "negative ones",
                    }
                ),
                _ => format!(
                    "signs in `{column}` are read as + favours {experimental}, − favours {comparator}"
                ),
            });
        }
        notes
    }
}
