//! Writing records: any format that was read to RIS, NBIB, EndNote XML, BibTeX, CSV or CSL-JSON.
//!
//! A record of the format asked for is written with its fields as they are. Any other is translated by
//! what it tells ([`view::View`]); fields that have no place in the target go into one note, "Further
//! fields (…)", a line each, so that nothing is lost.

mod bibtex;
mod csl_json;
mod csv;
mod endnote_xml;
mod kind;
mod nbib;
mod ris;
mod view;

use std::io::{self, Write};

use crate::{Format, Record};

/// Why records were not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The format is read only.
    #[error(
        "{format} is read but not written; write RIS, NBIB, EndNote XML, BibTeX, CSV or CSL-JSON"
    )]
    NotWritten {
        /// The format asked for.
        format: Format,
    },
    /// The output failed.
    #[error("cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl Format {
    /// The formats that [`write()`](crate::write()) knows.
    pub const WRITTEN: [Self; 6] =
        [Self::Ris, Self::Nbib, Self::EndnoteXml, Self::Bibtex, Self::Csv, Self::CslJson];
}

/// Writes records in a format of [`Format::WRITTEN`], as UTF-8.
///
/// What is written reads back to records that tell the same: titles, authors, dates, identifiers and so
/// on; records of that very format keep every field.
///
/// ```
/// use consilience_bib::{Format, parse, write};
///
/// let parsed = parse(b"TY  - JOUR\nAU  - Lee, A\nTI  - 5% more\nER  - ", "a.ris")?;
/// let mut out = Vec::new();
/// write(&parsed.records, Format::Bibtex, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("title = {5\\% more}"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the format is read only, or the output fails.
pub fn write<'a, I>(records: I, format: Format, out: &mut impl Write) -> Result<(), WriteError>
where
    I: IntoIterator<Item = &'a Record>,
    I::IntoIter: Clone,
{
    let records = records.into_iter();
    match format {
        Format::Ris => each(records, out, ris::record)?,
        Format::Nbib => each(records, out, nbib::record)?,
        Format::Bibtex => bibtex::write(records, out)?,
        Format::Csv => csv::write(records, out)?,
        Format::EndnoteXml => {
            out.write_all(endnote_xml::HEAD.as_bytes())?;
            each(records, out, endnote_xml::record)?;
            out.write_all(endnote_xml::FOOT.as_bytes())?;
        }
        Format::CslJson => {
            out.write_all(b"[")?;
            for (i, record) in records.enumerate() {
                let mut text = if i == 0 { "\n" } else { ",\n" }.to_owned();
                csl_json::record(record, &mut text);
                out.write_all(text.as_bytes())?;
            }
            out.write_all(b"\n]\n")?;
        }
        _ => return Err(WriteError::NotWritten { format }),
    }
    Ok(())
}

fn each<'a>(
    records: impl Iterator<Item = &'a Record>,
    out: &mut impl Write,
    print: impl Fn(&Record, &mut String),
) -> io::Result<()> {
    let mut text = String::new();
    for record in records {
        text.clear();
        print(record, &mut text);
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}
