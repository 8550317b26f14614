//! A table read for checks: whatever can be read of it, with the place of each number, and the rows that their own numbers
//! forbid set aside instead of stopping everything.

use crate::check::{Places, Refused};
use crate::diagnostic::{Diagnostic, Severity};
use crate::package::{self, read_table};
use crate::state::State;
use crate::vocabulary::result::{ExtractedResult, Subject};

use super::columns::Role;
use super::{COMPARATOR, OUTCOME, Table, TableRequest, summaries};

/// What checks need of a table.
#[derive(Debug, Clone)]
pub struct CheckedTable {
    /// The table as a review with one outcome and one analysis.
    pub state: State,
    /// Where each number stands.
    pub places: Places,
    /// Rows that their own numbers forbid.
    pub refused: Vec<Refused>,
}

/// Reads a table for checks.
///
/// # Errors
/// What is wrong with the table as a whole: its columns, its encoding, a measure that checks know nothing of.
pub fn table_for_checks(
    file: &str,
    bytes: &[u8],
    request: &TableRequest,
) -> Result<CheckedTable, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let columns = package::Columns { required: &[], known: &[], others_allowed: true };
    let read = read_table(file, bytes, &columns, &mut problems).ok_or_else(|| problems.clone())?;
    if let Some(measure) = request.measure.filter(|it| summaries::is_measured(*it)) {
        problems.push(
            Diagnostic::error(crate::diagnostic::Place::file("--measure"))
                .found(measure.name())
                .expected("a measure of two groups, or GEN")
                .help("only tables of two arms and of effects are checked"),
        );
        return Err(problems);
    }
    if read.rows.is_empty() || problems.iter().any(|it| it.severity == Severity::Error) {
        return Err(problems);
    }
    let mut table = Table::new(file, &read.names, request, problems)?;
    let mut refused = Vec::new();
    for row in read.rows {
        let name = table.name(&mut row.clone());
        let before = table.problems.len();
        table.study(row);
        let new: Vec<Diagnostic> = table.problems.drain(before..).collect();
        for problem in new.into_iter().filter(|it| it.severity == Severity::Error) {
            let column = problem.place.field.clone().unwrap_or_default();
            refused.push(Refused {
                study: name.clone().unwrap_or_default(),
                outcome: OUTCOME.to_owned(),
                arm: None,
                field: table.field_of(&column).unwrap_or(&column).to_owned(),
                problem,
            });
        }
    }
    let plan = table.plan();
    let places = table.places();
    let mut state = table.state;
    state.analyses.insert(plan.id.clone(), plan);
    Ok(CheckedTable { state, places, refused })
}

const OF_EXPERIMENTAL: [(&str, Role); 4] =
    [("events", Role::EventsE), ("n", Role::NE), ("mean", Role::MeanE), ("sd", Role::SdE)];
const OF_COMPARATOR: [(&str, Role); 4] =
    [("events", Role::EventsC), ("n", Role::NC), ("mean", Role::MeanC), ("sd", Role::SdC)];
const OF_CONTRAST: [(&str, Role); 4] = [
    ("effect", Role::Effect),
    ("se", Role::Se),
    ("ci_lower", Role::CiLower),
    ("ci_upper", Role::CiUpper),
];

impl Table<'_> {
    /// The field of a result that a column holds.
    fn field_of(&self, column: &str) -> Option<&'static str> {
        let all = OF_EXPERIMENTAL.iter().chain(&OF_COMPARATOR).chain(&OF_CONTRAST);
        all.into_iter().find(|it| self.columns.get(it.1) == Some(column)).map(|it| it.0)
    }

    fn places(&self) -> Places {
        let mut places = Places::default();
        for result in self.state.results.values().map(|it| &it.value) {
            if let Some(row) = self.rows.get(&result.study) {
                places.insert_named(result, row.clone(), self.columns_of(result));
            }
        }
        places
    }

    fn columns_of(&self, result: &ExtractedResult) -> Vec<(&'static str, String)> {
        let roles = match &result.subject {
            Subject::Contrast { .. } => &OF_CONTRAST,
            Subject::Arm(arm) if arm == COMPARATOR => &OF_COMPARATOR,
            Subject::Arm(_) => &OF_EXPERIMENTAL,
        };
        let column = |role| self.columns.get(role).map(str::to_owned);
        roles.iter().filter_map(|(field, role)| Some((*field, column(*role)?))).collect()
    }
}
