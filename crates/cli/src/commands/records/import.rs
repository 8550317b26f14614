//! `consil records import`: exports into a review's folder, one after the other, each whole or not at all. What is there
//! already is passed over, so that a run that was stopped is finished by running it again.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use consilience_review::is_day;
use consilience_review::package::{copy_whole, is_left_half_written, write_whole};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::source::{HowToRead, Source};
use crate::progress::Progress;
use crate::{Failed, interrupt, printer};

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

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let toml = arguments.dir.join("review.toml");
    review(arguments)?;
    for path in &arguments.files {
        place_of(path)?;
        if let Err(error) = fs_err::File::open(path) {
            return Err(printer::failure(format!("{error}; nothing was imported")));
        }
    }
    interrupt::advise(
        "exports that were imported stay; the same command passes over them and takes the others",
    );
    for (i, path) in arguments.files.iter().enumerate() {
        let taken = take(arguments, path, &toml).inspect_err(|_| {
            if i > 0 {
                printer::remark(
                    "exports before it are imported; the same command passes over them and goes on",
                );
            }
        })?;
        printer::result(taken)?;
    }
    sweep(&arguments.dir);
    printer::remark(format!(
        "`consil build {}` reads them with the review",
        arguments.dir.display()
    ));
    Ok(())
}

/// The review's file, as it is now.
fn review(arguments: &Arguments) -> Result<DocumentMut, Failed> {
    let toml = arguments.dir.join("review.toml");
    let text = fs_err::read_to_string(&toml).map_err(|error| {
        printer::failure(format!(
            "{error}; `consil new {}` makes a review",
            arguments.dir.display()
        ))
    })?;
    text.parse().map_err(|error| printer::failure(format!("{}: {error}", toml.display())))
}

/// Where an export is put, in the review's folder.
fn place_of(path: &Path) -> Result<String, Failed> {
    let name = path.file_name().and_then(|name| name.to_str()).filter(|it| !it.starts_with('.'));
    let found =
        if path.is_dir() { "a folder, expected a file" } else { "no name that can be kept" };
    match name.filter(|_| !path.is_dir()) {
        Some(name) => Ok(format!("records/{name}")),
        None => Err(printer::failure(format!("{}: found {found}", path.display()))),
    }
}

/// Takes one export: copied first, then named in the review, so that whatever stops it in between, the same command finishes
/// it. Says what is in it.
fn take(arguments: &Arguments, path: &Path, toml: &Path) -> Result<String, Failed> {
    let shown = path.display();
    let inside = place_of(path)?;
    let target = arguments.dir.join(&inside);
    let mut review = review(arguments)?;
    if let Some(there) = imported(arguments, &review, path)? {
        return Ok(if there == inside {
            format!("{inside}: imported before")
        } else {
            format!("{shown}: the same as {there}, imported before")
        });
    }
    if target.exists() && !is_same(path, &target)? {
        return Err(printer::failure(format!(
            "{}: found another export of that name; rename the new one, for exports are never overwritten",
            target.display()
        )));
    }
    let source = Source::read(path, &arguments.how, drop)?;
    source.report();
    if source.n_records == 0 {
        return Err(printer::failure(format!(
            "{shown}: found no record, expected at least one; this file was not imported"
        )));
    }
    arguments.how.must_not_be_needed(&source)?;
    if !target.exists() {
        copy(path, &target)?;
    }
    let database = database(&mut review, &arguments.database)?;
    register(database, &inside);
    if let Some(date) = &arguments.date
        && let Some((path, bytes)) = dated_search(&arguments.dir, database, date)?
    {
        write_whole(&path, &bytes).map_err(printer::failure)?;
    }
    write_whole(toml, review.to_string().as_bytes()).map_err(printer::failure)?;
    let aside = source.kept_aside.len();
    let records = printer::counted(source.n_records, "record", "records");
    Ok(format!("{inside}: {records}, {aside} kept aside ({}, {})", source.format, source.encoding))
}

/// The export of the review that is byte for byte this one.
fn imported(
    arguments: &Arguments,
    review: &DocumentMut,
    path: &Path,
) -> Result<Option<String>, Failed> {
    let databases = review.get("database").and_then(Item::as_array_of_tables);
    for table in databases.into_iter().flatten() {
        let records = table.get("records").and_then(Item::as_array).into_iter().flatten();
        for inside in records.filter_map(toml_edit::Value::as_str) {
            let there = arguments.dir.join(inside);
            if !there.is_file() || !is_same(path, &there)? {
                continue;
            }
            if !is_named(table, &arguments.database) {
                let id = table.get("id").and_then(Item::as_str).unwrap_or_default();
                return Err(printer::failure(format!(
                    "{}: found the bytes of {inside}, which is of the database `{id}`; expected an export of `{}`",
                    path.display(),
                    arguments.database
                )));
            }
            return Ok(Some(inside.to_owned()));
        }
    }
    Ok(None)
}

/// Whether two files hold the same bytes.
fn is_same(a: &Path, b: &Path) -> Result<bool, Failed> {
    let open = |path: &Path| fs_err::File::open(path).map_err(printer::failure);
    let (mut a, mut b) = (open(a)?, open(b)?);
    let size = |file: &fs_err::File| file.metadata().map(|it| it.len()).map_err(printer::failure);
    if size(&a)? != size(&b)? {
        return Ok(false);
    }
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    loop {
        let part = |file: &mut fs_err::File, bytes: &mut Vec<u8>| {
            bytes.clear();
            file.take(1 << 20).read_to_end(bytes).map_err(printer::failure)
        };
        part(&mut a, &mut of_a)?;
        part(&mut b, &mut of_b)?;
        if of_a != of_b {
            return Ok(false);
        }
        if of_a.is_empty() {
            return Ok(true);
        }
    }
}

/// Copies an export.
fn copy(path: &Path, target: &Path) -> Result<(), Failed> {
    let file = fs_err::File::open(path).map_err(printer::failure)?;
    let size = file.metadata().map_or(0, |data| data.len());
    let mut input = Progress::new(file, size, &format!("copy of {}", path.display()));
    copy_whole(&mut input, target).map_err(printer::failure)
}

/// Removes what runs that were killed left half written.
fn sweep(dir: &Path) {
    let folders = [dir.to_owned(), dir.join("records"), dir.join("searches")];
    for entry in folders.iter().flat_map(fs_err::read_dir).flatten().flatten() {
        let is_left = entry.file_name().to_str().is_some_and(is_left_half_written);
        if is_left {
            // It is hidden and no part of the review: that it cannot be removed harms nothing.
            let _ = fs_err::remove_file(entry.path());
        }
    }
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
    if !databases.iter().any(|table| is_named(table, named)) {
        let mut table = Table::new();
        table["id"] = value(key(named));
        table["name"] = value(named);
        databases.push(table);
    }
    databases.iter_mut().find(|table| is_named(table, named)).ok_or(Failed)
}

/// Whether a database has this id or name.
fn is_named(table: &Table, named: &str) -> bool {
    let text = |key: &str| table.get(key).and_then(Item::as_str).unwrap_or("");
    text("id").eq_ignore_ascii_case(named) || text("name").eq_ignore_ascii_case(named)
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
