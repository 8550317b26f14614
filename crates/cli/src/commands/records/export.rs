//! `consil records export`: the records of exports in another format.

use std::path::PathBuf;

use clap::Args;
use consilience_bib::{Format, write};
use consilience_review::package::write_whole;

use super::source::{self, HowToRead, Source};
use crate::{Failed, printer};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The exports, also gzipped
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The format to write: ris, nbib, endnote-xml, bibtex, csv or csl-json; by default told from OUT's name
    #[arg(long, value_name = "FORMAT", value_parser = written)]
    to: Option<Format>,
    /// The file to write; standard output if there is none
    #[arg(short, long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    how: HowToRead,
}

fn written(text: &str) -> Result<Format, String> {
    let known = source::format(text).ok().filter(|format| Format::WRITTEN.contains(format));
    known.ok_or_else(|| "expected one of ris, nbib, endnote-xml, bibtex, csv, csl-json".to_owned())
}

/// The format that a file's name tells.
fn of_name(path: &std::path::Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "xml" => Some(Format::EndnoteXml),
        "json" => Some(Format::CslJson),
        extension => written(extension).ok(),
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let format =
        arguments.to.or_else(|| arguments.out.as_deref().and_then(of_name)).ok_or_else(|| {
            printer::failure(
                "found no format to write, expected `--to FORMAT` or an output such as all.ris",
            )
        })?;
    let mut records = Vec::new();
    let mut n_aside = 0;
    for path in &arguments.files {
        let source = Source::read(path, &arguments.how, |record| records.push(record))?;
        source.report();
        n_aside += source.kept_aside.len();
    }
    let mut bytes = Vec::new();
    write(&records, format, &mut bytes).map_err(printer::failure)?;
    match &arguments.out {
        Some(out) => {
            write_whole(out, &bytes).map_err(printer::failure)?;
            printer::result(out.display())?;
        }
        None => printer::result(String::from_utf8_lossy(&bytes).trim_end_matches('\n'))?,
    }
    let written = printer::counted(records.len(), "record", "records");
    printer::remark(format!("{written} written as {format}, {n_aside} kept aside"));
    Ok(())
}
