//! The rows behind an analysis' studies, for what else is asked of them: moderators, clusters, an order.

use indexmap::IndexMap;

use super::MISSING;
use crate::cells::{Cell, Row};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::printed::Printed;
use crate::state::State;
use crate::vocabulary::study::Study;

/// One row for each study of a table.
#[derive(Debug, Clone)]
pub struct StudyTable {
    file: String,
    names: Vec<String>,
    rows: IndexMap<String, Row>,
}

/// The name by which a question may ask for the rows themselves, one by one.
const ROW: &str = "row";

impl StudyTable {
    pub(super) fn new(file: &str, names: Vec<String>, rows: IndexMap<String, Row>) -> Self {
        let names = names.into_iter().filter(|it| !it.is_empty()).collect();
        Self { file: file.to_owned(), names, rows }
    }

    /// The characteristics of a review's studies.
    pub(crate) fn of_review(state: &State) -> Self {
        const FILE: &str = "studies.csv";
        let names = state.characteristic_names().into_iter().map(str::to_owned).collect();
        let row = |study: &Study| {
            let mut row = Row::new(Place::file(FILE));
            for (name, text) in &study.characteristics {
                let place = Place::file(FILE).named(name);
                row.insert(name, Cell::Text(text.clone()), place);
            }
            (study.study.clone(), row)
        };
        Self::new(FILE, names, state.studies.values().map(row).collect())
    }

    /// The rows of some of the studies, in their order.
    #[must_use]
    pub fn of<'a>(&self, studies: impl Iterator<Item = &'a str>) -> Self {
        let row = |study: &str| Some((study.to_owned(), self.rows.get(study)?.clone()));
        let rows = studies.filter_map(row).collect();
        Self { file: self.file.clone(), names: self.names.clone(), rows }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The studies' names, one a row.
    pub fn studies(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// The columns' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The texts of a column, one a study; `None` where a cell is empty or says that it is not known. `row` numbers the
    /// rows, unless a column has that name.
    ///
    /// # Errors
    /// There is no such column.
    pub fn texts(&self, column: &str) -> Result<Vec<Option<String>>, Vec<Diagnostic>> {
        if !self.names.iter().any(|it| it == column) {
            if column == ROW {
                return Ok((1..=self.rows.len()).map(|it| Some(it.to_string())).collect());
            }
            return Err(vec![self.no_column(column)]);
        }
        let known = |text: &String| !MISSING.contains(&text.as_str());
        Ok(self.rows.values().map(|row| row.clone().text(column).filter(known)).collect())
    }

    /// The numbers of a column, one a study; `None` where none is given.
    ///
    /// # Errors
    /// There is no such column, or cells hold something else: all of them, each with its place.
    pub fn numbers(&self, column: &str) -> Result<Vec<Option<f64>>, Vec<Diagnostic>> {
        let texts = self.texts(column)?;
        let mut problems = Vec::new();
        let mut number = |text: &str, row: &Row| match Printed::parse(text) {
            Ok(number) => Some(number.value()),
            Err(expected) => {
                problems.push(
                    Diagnostic::error(row.place_of(column))
                        .found(format!("`{text}`"))
                        .expected(expected)
                        .help("correct it, or leave it empty if it is not known"),
                );
                None
            }
        };
        let numbers = texts
            .iter()
            .zip(self.rows.values())
            .map(|(text, row)| text.as_ref().and_then(|it| number(it, row)))
            .collect();
        if problems.is_empty() { Ok(numbers) } else { Err(problems) }
    }

    /// Whether every cell of a column that says anything holds a number.
    pub fn is_numeric(&self, column: &str) -> bool {
        self.numbers(column).is_ok()
    }

    fn no_column(&self, column: &str) -> Diagnostic {
        let near = nearest(column, self.names.iter().map(String::as_str));
        Diagnostic::error(Place::spot(&self.file, 1, 1))
            .found(format!("no column `{column}`"))
            .expected(format!("one of: {}", self.names.join(", ")))
            .help(near.map_or_else(
                || "correct the name".to_owned(),
                |it| format!("did you mean `{it}`?"),
            ))
    }
}
