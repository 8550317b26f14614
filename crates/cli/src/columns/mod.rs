//! Tables of millions of rows, read column by column: only what is asked for, nothing of a row kept but its numbers.
//!
//! CSV, Parquet and Arrow's IPC files (Feather version 2) and streams; which one a file is is seen from its first bytes.
//! A review's own tables go another way (`consilience_review::package`), which knows the place of every cell.

#[cfg(feature = "columnar")]
mod arrow;
mod csv;
#[cfg(feature = "columnar")]
mod decimal;
mod groups;
#[cfg(feature = "columnar")]
mod ipc;
#[cfg(feature = "columnar")]
mod parquet;

use std::io::Read;
use std::path::Path;

use consilience_review::{Diagnostic, Place};

use groups::Groups;

/// The columns that were asked for.
#[derive(Debug)]
pub(crate) struct Data {
    /// Which group each row belongs to.
    pub(crate) groups: Groups,
    /// Columns of numbers in the order asked for, NaN where a number is missing.
    pub(crate) numbers: Vec<Vec<f64>>,
}

impl Data {
    fn new(columns: usize) -> Self {
        Self { groups: Groups::default(), numbers: vec![Vec::new(); columns] }
    }
}

/// What is asked of a file.
pub(crate) struct Wanted<'a> {
    /// The column of labels.
    pub(crate) group: &'a str,
    /// The columns of numbers.
    pub(crate) numbers: &'a [&'a str],
}

/// A file with the place it was named by.
pub(crate) struct Source<'a> {
    path: &'a Path,
    name: String,
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    #[cfg(feature = "columnar")]
    Parquet,
    #[cfg(feature = "columnar")]
    Arrow,
}

impl<'a> Source<'a> {
    /// The file at `path`, its format seen from its first bytes.
    pub(crate) fn open(path: &'a Path) -> Result<Self, Diagnostic> {
        let name = path.display().to_string();
        let mut start = Vec::new();
        let file = fs_err::File::open(path).map_err(|error| cannot_read(&name, &error))?;
        file.take(8).read_to_end(&mut start).map_err(|error| cannot_read(&name, &error))?;
        let format = Format::of(&name, &start)?;
        Ok(Self { path, name, format })
    }

    /// The file's name in messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The names of the columns.
    pub(crate) fn names(&self) -> Result<Vec<String>, Diagnostic> {
        match self.format {
            Format::Csv => csv::names(self.path, &self.name),
            #[cfg(feature = "columnar")]
            Format::Parquet => parquet::names(self.path, &self.name),
            #[cfg(feature = "columnar")]
            Format::Arrow => arrow::names(self.path, &self.name),
        }
    }

    /// The columns wanted, all of which the file has.
    pub(crate) fn read(&self, wanted: &Wanted) -> Result<Data, Diagnostic> {
        match self.format {
            Format::Csv => csv::read(self.path, &self.name, wanted),
            #[cfg(feature = "columnar")]
            Format::Parquet => parquet::read(self.path, &self.name, wanted),
            #[cfg(feature = "columnar")]
            Format::Arrow => arrow::read(self.path, &self.name, wanted),
        }
    }
}

impl Format {
    #[cfg_attr(
        not(feature = "columnar"),
        expect(clippy::unnecessary_wraps, reason = "binary formats are refused")
    )]
    fn of(name: &str, start: &[u8]) -> Result<Self, Diagnostic> {
        let is_parquet = start.starts_with(b"PAR1");
        let is_arrow = start.starts_with(b"ARROW1") || start.starts_with(b"\xff\xff\xff\xff");
        if start.starts_with(b"PK\x03\x04") || start.starts_with(b"FEA1") {
            return Err(Diagnostic::error(Place::file(name))
                .found("a workbook, or Feather version 1")
                .expected("comma-separated values, Parquet, or Arrow (Feather version 2)")
                .help("save it as one of those"));
        }
        #[cfg(feature = "columnar")]
        return Ok(match (is_parquet, is_arrow) {
            (true, _) => Self::Parquet,
            (_, true) => Self::Arrow,
            _ => Self::Csv,
        });
        #[cfg(not(feature = "columnar"))]
        if is_parquet || is_arrow {
            return Err(Diagnostic::error(Place::file(name))
                .found("a Parquet or Arrow file")
                .expected("comma-separated values, which is all that this build of consil reads")
                .help("build it with the feature `columnar`"));
        }
        #[cfg(not(feature = "columnar"))]
        Ok(Self::Csv)
    }
}

fn cannot_read(name: &str, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(Place::file(name))
        .found(error.to_string())
        .expected("a whole file that can be read")
        .help("check its name, and whether it was written to its end")
}

/// A row of a file without lines, counted from 1.
#[cfg(feature = "columnar")]
fn at_row(name: &str, column: &str, row: usize) -> Place {
    Place::file(name).named(&format!("{column}, row {row}"))
}
