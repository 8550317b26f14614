//! `consil records import`: exports into a review's folder.

use std::path::{Path, PathBuf};

use clap::Args;
use consilience_review::is_day;
use consilience_review::package::write_whole;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::source::{HowToRead, Source};
use crate::{Failed, printer};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The exports, also gzipped
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The folder of the review
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// The database they are from: the `id` or `name` of a `[[database]]` in review.toml, or a new one
    #[arg(long, value_name = "NAME")]
    database: String,
    /// The day the search was run
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<String>,
    #[command(flatten)]
    how: HowToRead,
}

fn day(text: &str) -> Result<String, String> {
    if is_day(text) {
        Ok(text.to_owned())
    } else {
        Err("expected a day such as 2026-05-31".to_owned())
    }
}

/// What is going to be written, once everything has been found to be right.
struct Plan {
    files: Vec<(PathBuf, Vec<u8>)>,
    review: DocumentMut,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let toml = arguments.dir.join("review.toml");
    let text = fs_err::read_to_string(&toml).map_err(|error| {
        printer::failure(format!(
            "{error}; `consil new {}` makes a review",
            arguments.dir.display()
        ))
    })?;
    let review = text
        .parse::<DocumentMut>()
        .map_err(|error| printer::failure(format!("{}: {error}", toml.display())))?;
    let mut plan = Plan { files: Vec::new(), review };
    let mut lines = Vec::new();
    for path in &arguments.files {
        lines.push(take(arguments, path, &mut plan)?);
    }
    for (path, bytes) in &plan.files {
        write_whole(path, bytes).map_err(printer::failure)?;
    }
    write_whole(&toml, plan.review.to_string().as_bytes()).map_err(printer::failure)?;
    lines.iter().try_for_each(printer::result)?;
    printer::remark(format!(
        "`consil build {}` reads them with the review",
        arguments.dir.display()
    ));
    Ok(())
}

/// Plans one file, and says what is in it.
fn take(arguments: &Arguments, path: &Path, plan: &mut Plan) -> Result<String, Failed> {
    let shown = path.display();
    let source = Source::read(path, &arguments.how, drop)?;
    source.report();
    if source.n_records == 0 {
        return Err(printer::failure(format!(
            "{shown}: found no record, expected at least one; nothing was imported"
        )));
    }
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
        printer::failure(format!(
            "{shown}: found a name that is no text, expected one; rename the file"
        ))
    })?;
    let bytes = fs_err::read(path).map_err(printer::failure)?;
    let inside = format!("records/{name}");
    let target = arguments.dir.join(&inside);
    match fs_err::read(&target) {
        Ok(there) if there != bytes => {
            return Err(printer::failure(format!(
                "{}: found another export of that name; rename the new one, for exports are never overwritten",
                target.display()
            )));
        }
        _ => plan.files.push((target, bytes)),
    }
    let database = database(&mut plan.review, &arguments.database)?;
    register(database, &inside);
    if let Some(date) = &arguments.date {
        plan.files.extend(dated_search(&arguments.dir, database, date)?);
    }
    let aside = source.kept_aside.len();
    let records = printer::counted(source.n_records, "record", "records");
    Ok(format!("{inside}: {records}, {aside} kept aside ({}, {})", source.format, source.encoding))
}

/// The table of a database in review.toml, which is made if there is none.
fn database<'a>(review: &'a mut DocumentMut, named: &str) -> Result<&'a mut Table, Failed> {
    let databases = review
        .entry("database")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| {
            printer::failure(
                "review.toml: found a `database` of another form, expected `[[database]]`",
            )
        })?;
    let is_it = |table: &Table| {
        let text = |key: &str| table.get(key).and_then(Item::as_str).unwrap_or("");
        text("id").eq_ignore_ascii_case(named) || text("name").eq_ignore_ascii_case(named)
    };
    if !databases.iter().any(is_it) {
        let mut table = Table::new();
        table["id"] = value(key(named));
        table["name"] = value(named);
        databases.push(table);
    }
    databases.iter_mut().find(|table| is_it(table)).ok_or(Failed)
}

/// A short key from a name: "Cochrane Library" → "cochrane-library".
fn key(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// Names a file among a database's exports, once.
fn register(database: &mut Table, path: &str) {
    let records = database.entry("records").or_insert_with(|| value(Array::new()));
    if let Some(records) = records.as_array_mut()
        && !records.iter().any(|it| it.as_str() == Some(path))
    {
        records.push(path);
    }
}

/// The search file of a database with the day it was run, unless it has one.
fn dated_search(
    dir: &Path,
    database: &mut Table,
    date: &str,
) -> Result<Option<(PathBuf, Vec<u8>)>, Failed> {
    let id = database.get("id").and_then(Item::as_str).unwrap_or("search").to_owned();
    let named = database.get("search").and_then(Item::as_str).map(str::to_owned);
    let inside = named.unwrap_or_else(|| format!("searches/{id}.txt"));
    let path = dir.join(&inside);
    let text = match fs_err::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            "# note: the strategy is not written down yet\n".to_owned()
        }
        Err(error) => return Err(printer::failure(error)),
    };
    database["search"] = value(&inside);
    if let Some(known) = text.lines().find_map(|line| line.strip_prefix("# date:")) {
        if known.trim() != date {
            printer::remark(format!(
                "{inside}: says the search was run on {}; left as it is",
                known.trim()
            ));
        }
        return Ok(None);
    }
    Ok(Some((path, format!("# date: {date}\n{text}").into_bytes())))
}
