//! From a state to a package's files, in one fixed form.

use indexmap::IndexMap;

use crate::cells::{Cell, Out, Tabular, cells_of};
use crate::event::Attributed;
use crate::log::Blobs;
use crate::package::{Package, REVIEW_FILE, toml};
use crate::state::State;
use crate::vocabulary::protocol::{Eligibility, Methods, Question};
use crate::vocabulary::records::Search;

type Cells = IndexMap<String, Cell>;

impl Package {
    /// Writes a state as a package. The imported files are taken from `blobs`.
    pub fn from_state(state: &State, blobs: &Blobs) -> Self {
        let mut package = Self::default();
        package.add(REVIEW_FILE, review_file(state));
        for search in state.searches.values() {
            if let Some(path) =
                state.databases.get(&search.database).and_then(|it| it.search.as_ref())
            {
                package.add(path, search_file(search));
            }
        }
        for import in state.imports.values() {
            if let Some(bytes) = blobs.get(&import.sha256) {
                package.files.insert(import.path.clone(), bytes.clone());
            }
        }
        package.table("duplicates.csv", signed(state.duplicates.values(), "reviewer", "time"));
        package.table("pairs.csv", signed(state.pairs.values(), "reviewer", "time"));
        package.table("screening.csv", signed(state.screenings.values(), "reviewer", "time"));
        package.table("studies.csv", state.studies.values().map(cells_of));
        package.table("arms.csv", state.arms.values().map(cells_of));
        package.table("results.csv", signed(state.results.values(), "entered_by", "entered_at"));
        for own in state.tools.values() {
            package.add(&own.path, format!("{}\n", own.text));
        }
        package.table("risk_of_bias.csv", signed(state.risk_of_bias.values(), "assessor", "time"));
        package.table("certainty.csv", signed(state.certainty.values(), "assessor", "time"));
        package.table("checks.csv", signed(state.checks.values(), "reviewer", "time"));
        package
    }

    fn add(&mut self, path: &str, text: String) {
        self.files.insert(path.to_owned(), text.into_bytes());
    }

    /// Adds a table with the columns that any row fills; a table without rows is left out.
    fn table(&mut self, path: &str, rows: impl Iterator<Item = Cells>) {
        let rows: Vec<Cells> = rows.collect();
        if rows.is_empty() {
            return;
        }
        let text = table_text(&columns(&rows), &rows);
        self.add(path, text);
    }
}

/// A table with these columns.
pub(crate) fn table_text(columns: &[&str], rows: &[Cells]) -> String {
    let mut text = csv_line(columns.iter().map(|it| (*it).to_owned()));
    for row in rows {
        let cell = |name: &&str| row.get(*name).map(Cell::to_text).unwrap_or_default();
        text.push_str(&csv_line(columns.iter().map(cell)));
    }
    text
}

/// The columns that any row fills, in an order that agrees with that of every row: each row lists its own in
/// the fixed order.
fn columns(rows: &[Cells]) -> Vec<&str> {
    let mut columns: Vec<&str> = Vec::new();
    for row in rows {
        let mut after = 0;
        for name in row.keys() {
            let position = columns.iter().position(|it| it == name).unwrap_or_else(|| {
                columns.insert(after, name);
                after
            });
            after = after.max(position + 1);
        }
    }
    columns
}

fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    // Writing to memory cannot fail, and what a CSV writer puts out is what it was given, quoted.
    let _ = writer.write_record(cells);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn signed<'a, T: Tabular + 'a>(
    values: impl Iterator<Item = &'a Attributed<T>>,
    who: &str,
    when: &str,
) -> impl Iterator<Item = Cells> {
    values.map(move |it| {
        let mut out = Out::default();
        it.value.write(&mut out);
        out.optional(who, it.who.0.as_deref());
        out.optional(when, it.when.0.as_deref());
        out.into_cells()
    })
}

fn review_file(state: &State) -> String {
    let mut tables = vec![("[review]".to_owned(), cells_of(&state.description))];
    let mut single = |name: &str, cells: Cells, empty: bool| {
        if !empty {
            tables.push((format!("[{name}]"), cells));
        }
    };
    single("question", cells_of(&state.question), state.question == Question::default());
    single(
        "eligibility",
        cells_of(&state.eligibility),
        state.eligibility == Eligibility::default(),
    );
    single("methods", cells_of(&state.methods), state.methods == Methods::default());
    let mut many = |name: &str, cells: Vec<Cells>| {
        tables.extend(cells.into_iter().map(|it| (format!("[[{name}]]"), it)));
    };
    many("database", state.databases.values().map(cells_of).collect());
    many("outcome", state.outcomes.values().map(cells_of).collect());
    many("comparison", state.comparisons.values().map(cells_of).collect());
    many("baseline_risk", state.baselines.values().map(cells_of).collect());
    many("analysis", state.analyses.values().map(cells_of).collect());
    many("claim", state.claims.iter().map(cells_of).collect());
    toml::print(&tables)
}

fn search_file(search: &Search) -> String {
    let date = search.date.iter().map(|it| format!("# date: {it}"));
    let hits = search.hits.iter().map(|it| format!("# hits: {it}"));
    let notes = search.note.iter().flat_map(|it| it.lines()).map(|it| format!("# note: {it}"));
    let head: Vec<String> = date.chain(hits).chain(notes).collect();
    format!("{}\n\n{}\n", head.join("\n"), search.strategy)
}
