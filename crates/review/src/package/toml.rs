//! `review.toml`, read with the place of every value and written in one fixed form.

use indexmap::IndexMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::cells::{Cell, Row};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::package::REVIEW_FILE;
use crate::printed::Printed;

/// The tables that stand once.
pub(super) const SINGLE: [&str; 4] = ["review", "question", "eligibility", "methods"];
/// The tables that stand any number of times.
pub(super) const MANY: [&str; 6] =
    ["database", "outcome", "comparison", "baseline_risk", "analysis", "claim"];

/// The tables of the file by name, those of [`SINGLE`] at most once each.
pub(super) fn read_tables(
    text: &str,
    problems: &mut Vec<Diagnostic>,
) -> IndexMap<String, Vec<Row>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let offset = error.span().map_or(0, |span| span.start);
        problems.push(
            Diagnostic::error(Place::at_offset(REVIEW_FILE, text, offset))
                .found(format!("invalid TOML ({})", error.message().replace('\n', ", ")))
                .expected("valid TOML")
                .help(
                    "texts stand in quotation marks, lists in [ ], and each table has its heading",
                ),
        );
    }
    let mut tables = IndexMap::new();
    for (key, value) in document.get_ref() {
        let place = Place::at_offset(REVIEW_FILE, text, key.span().start);
        let name = key.get_ref().as_ref();
        let (single, many) = (SINGLE.contains(&name), MANY.contains(&name));
        match value.get_ref() {
            DeValue::Table(table) if single => {
                tables.insert(name.to_owned(), vec![read_table(text, &place, table, problems)]);
            }
            DeValue::Array(items) if many => {
                let rows = items.iter().filter_map(|item| match item.get_ref() {
                    DeValue::Table(table) => {
                        let place = Place::at_offset(REVIEW_FILE, text, item.span().start);
                        Some(read_table(text, &place, table, problems))
                    }
                    _ => None,
                });
                tables.insert(name.to_owned(), rows.collect());
            }
            _ => problems.push(misplaced(name, single, many, place)),
        }
    }
    tables
}

fn misplaced(name: &str, single: bool, many: bool, place: Place) -> Diagnostic {
    let known = SINGLE.iter().chain(&MANY).copied();
    let help = match nearest(name, known.clone()) {
        _ if single => format!("write it as `[{name}]`"),
        _ if many => format!("write it as `[[{name}]]`"),
        Some(near) => format!("did you mean `{near}`?"),
        None => "remove it, or move it into its table".to_owned(),
    };
    Diagnostic::error(place)
        .found(format!("`{name}`"))
        .expected(format!("one of the tables {}", known.collect::<Vec<_>>().join(", ")))
        .help(help)
}

fn read_table(text: &str, place: &Place, table: &DeTable, problems: &mut Vec<Diagnostic>) -> Row {
    let mut row = Row::new(place.clone());
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let place = Place::at_offset(REVIEW_FILE, text, value.span().start).named(name);
        match cell(value) {
            Some(cell) => row.insert(name, cell, place),
            None => problems.push(
                Diagnostic::error(place)
                    .found(format!("a {}", value.get_ref().type_str()))
                    .expected("a text, a number, true or false, or a list of these")
                    .help("put a text in quotation marks"),
            ),
        }
    }
    row
}

fn cell(value: &Spanned<DeValue>) -> Option<Cell> {
    Some(match value.get_ref() {
        DeValue::String(text) => Cell::Text(text.trim().to_owned()),
        DeValue::Boolean(flag) => Cell::Flag(*flag),
        DeValue::Integer(_) | DeValue::Float(_) => Cell::Number(number(value.get_ref())?),
        DeValue::Array(items) => {
            let texts: Option<Vec<String>> = items
                .iter()
                .map(|it| it.get_ref().as_str().map(|it| it.trim().to_owned()))
                .collect();
            match texts {
                Some(texts) => Cell::List(texts),
                None => Cell::Numbers(
                    items.iter().map(|it| number(it.get_ref())).collect::<Option<Vec<_>>>()?,
                ),
            }
        }
        _ => return None,
    })
}

fn number(value: &DeValue) -> Option<Printed> {
    let text = match value {
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().to_owned(),
        DeValue::Float(float) => float.as_str().to_owned(),
        _ => return None,
    };
    Printed::parse(&text).ok()
}

/// Writes tables: `(heading, cells)`, the heading with its brackets.
pub(super) fn print(tables: &[(String, IndexMap<String, Cell>)]) -> String {
    let table = |(heading, cells): &(String, IndexMap<String, Cell>)| {
        let lines = cells.iter().map(|(name, cell)| format!("{name} = {}\n", print_cell(cell)));
        format!("{heading}\n{}", lines.collect::<String>())
    };
    tables.iter().map(table).collect::<Vec<_>>().join("\n")
}

fn print_cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => quote(text),
        Cell::Number(number) => number.text().to_owned(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::List(items) => {
            format!("[{}]", items.iter().map(|it| quote(it)).collect::<Vec<_>>().join(", "))
        }
        Cell::Numbers(items) => {
            format!("[{}]", items.iter().map(Printed::text).collect::<Vec<_>>().join(", "))
        }
    }
}

fn quote(text: &str) -> String {
    ::toml::Value::String(text.to_owned()).to_string()
}
