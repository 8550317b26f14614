//! One export, read part by part, and what is known of it beforehand.

use std::path::{Path, PathBuf};

use clap::Args;
use consilience_bib::{Encoding, Format, Item, Options, Problem, Quarantined, Reader, Record};

use crate::progress::Progress;
use crate::{Failed, printer};

/// How to read exports where it cannot be told from their bytes.
#[derive(Debug, Args)]
pub(crate) struct HowToRead {
    /// The format of the files, if it is not recognised
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    from: Option<Format>,
    /// The encoding of the files, if it is not recognised: utf-8, latin1, gbk …
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// What a column of a table holds: `--column title="Name of the column"`, as often as needed
    #[arg(long = "column", value_name = "WHAT=COLUMN", value_parser = column)]
    columns: Vec<(String, String)>,
}

impl HowToRead {
    fn options(&self, path: &Path) -> Options {
        Options {
            file_name: path.display().to_string(),
            format: self.from,
            encoding: self.encoding.clone(),
            columns: self.columns.iter().cloned().collect(),
        }
    }
}

impl HowToRead {
    /// A review keeps its exports as they are, and is read without being told how.
    pub(super) fn must_not_be_needed(&self, source: &Source) -> Result<(), Failed> {
        let is_given = self.from.is_some() || self.encoding.is_some() || !self.columns.is_empty();
        if !is_given {
            return Ok(());
        }
        let file = fs_err::File::open(&source.path).map_err(printer::failure)?;
        let untold = Reader::new(file, &Options::named(source.path.display().to_string()));
        let is_alike = |it: Reader<fs_err::File>| {
            (it.format(), it.encoding().name) == (source.format, source.encoding.name)
        };
        if self.columns.is_empty() && untold.is_ok_and(is_alike) {
            return Ok(());
        }
        let shown = source.path.display();
        Err(printer::failure(format!(
            "{shown}: found a file that is read only with --from, --encoding or --column, expected one that tells by itself, for \
             a review keeps exports as they are; `consil records export {shown} … -o {}` makes one",
            source.path.with_extension("ris").display()
        )))
    }
}

/// Names of formats as arguments, with what else they are called.
const FORMATS: [(&str, Format); 13] = [
    ("ris", Format::Ris),
    ("nbib", Format::Nbib),
    ("medline", Format::Nbib),
    ("pubmed-xml", Format::PubmedXml),
    ("endnote-xml", Format::EndnoteXml),
    ("enw", Format::Enw),
    ("ciw", Format::Ciw),
    ("bibtex", Format::Bibtex),
    ("bib", Format::Bibtex),
    ("csv", Format::Csv),
    ("csl-json", Format::CslJson),
    ("ovid-text", Format::OvidText),
    ("cochrane-text", Format::CochraneText),
];

pub(super) fn format(text: &str) -> Result<Format, String> {
    let named = FORMATS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    named.map(|(_, format)| *format).ok_or_else(|| {
        let names: Vec<_> = FORMATS.iter().map(|(name, _)| *name).collect();
        format!("expected one of {}", names.join(", "))
    })
}

/// "title=Column name", as column → title.
fn column(text: &str) -> Result<(String, String), String> {
    let (what, column) = text
        .split_once('=')
        .filter(|(what, column)| !what.is_empty() && !column.is_empty())
        .ok_or("expected what the column holds and its name, such as title=\"Article name\"")?;
    Ok((column.to_owned(), what.to_owned()))
}

/// What was read from one export.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) format: Format,
    pub(super) encoding: Encoding,
    pub(super) n_records: usize,
    pub(super) kept_aside: Vec<Quarantined>,
    pub(super) problems: Vec<Problem>,
}

impl Source {
    /// Reads an export and hands over its records one after the other.
    pub(super) fn read(
        path: &Path,
        how: &HowToRead,
        mut take: impl FnMut(Record),
    ) -> Result<Self, Failed> {
        let file = fs_err::File::open(path).map_err(printer::failure)?;
        let size = file.metadata().map_or(0, |data| data.len());
        let input = Progress::new(file, size, &path.display().to_string());
        let mut reader = Reader::new(input, &how.options(path)).map_err(printer::failure)?;
        let (mut n_records, mut kept_aside, mut problems) = (0, Vec::new(), Vec::new());
        for item in &mut reader {
            match item.map_err(printer::failure)? {
                Item::Record(record) => {
                    n_records += 1;
                    take(record);
                }
                Item::Quarantined(aside) => kept_aside.push(aside),
                Item::Problem(problem) => problems.push(problem),
            }
        }
        problems.sort_by_key(|problem| (problem.line, problem.column));
        let (format, encoding) = (reader.format(), reader.encoding());
        Ok(Self { path: path.to_owned(), format, encoding, n_records, kept_aside, problems })
    }

    /// Says what was kept aside, what is odd, and where.
    pub(super) fn report(&self) {
        const SHOWN: usize = 10;
        let path = self.path.display();
        for aside in self.kept_aside.iter().take(SHOWN) {
            let Quarantined { line, reason, text } = aside;
            let start: String =
                text.chars().take(60).map(|c| if c == '\n' { ' ' } else { c }).collect();
            printer::remark(format!("{path}:{line}: kept aside: {reason}: {start}"));
        }
        for Problem { line, column, message } in self.problems.iter().take(SHOWN) {
            printer::remark(format!("{path}:{line}:{column}: {message}"));
        }
        let hidden =
            self.kept_aside.len().saturating_sub(SHOWN) + self.problems.len().saturating_sub(SHOWN);
        if hidden > 0 {
            printer::remark(format!(
                "{path}: and {hidden} more; `consil records ls --json` has them all"
            ));
        }
    }
}
