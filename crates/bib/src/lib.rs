//! Bibliographic records, read from the files that databases and reference managers export.
//!
//! Reading loses nothing: a [`Record`] keeps all its fields in order, each with its tag, its value and
//! its line, whether the tag is known or not. Typed access ([`Record::title`], [`Record::doi`] …) is a
//! view on those fields. What cannot be read as a record is set aside verbatim ([`Quarantined`]), and
//! one bad record never costs the others.
//!
//! Each format is one module; [`Format`] lists them.
//!
//! ```
//! let file = b"TY  - JOUR
//! AU  - Lee, Hee Jung
//! TI  - Efficacy of microneedling
//! T2  - Annals of Dermatology
//! PY  - 2014
//! VL  - 26
//! SP  - 584
//! EP  - 591
//! DO  - https://doi.org/10.5021/AD.2014.26.5.584
//! ER  - ";
//! let parsed = consilience_bib::parse(file, "export.ris")?;
//! let record = &parsed.records[0];
//! assert_eq!(record.year(), Some(2014));
//! assert_eq!(
//!     record.citation(),
//!     "Lee HJ. Efficacy of microneedling. Annals of Dermatology 2014;26:584-591. \
//!      doi:10.5021/ad.2014.26.5.584",
//! );
//! # Ok::<(), consilience_bib::BibError>(())
//! ```

mod access;
mod authors;
mod bibtex;
mod citation;
mod ciw;
mod cochrane_text;
mod csl_json;
mod csv;
mod date;
mod decode;
mod doi;
mod embase_rows;
mod endnote_xml;
mod enw;
mod format;
mod gzip;
mod identifiers;
mod latex;
mod lines;
mod names;
mod nbib;
mod notice;
mod ovid_text;
mod pubmed_xml;
mod reader;
mod record;
mod registration;
mod ris;
mod serial;
mod source;
mod syntax;
mod tagged;
mod write;
mod xml;
mod xml_record;

pub use authors::Name;
pub use date::PartialDate;
pub use decode::{Encoding, EncodingBasis};
pub use format::Format;
pub use identifiers::DatabaseNumbers;
pub use notice::{LinkBasis, Notice, NoticeKind, NoticeLink, link_notices};
pub use reader::{Item, Options, Reader};
pub use record::{Field, Record, RecordBuilder};
pub use write::{WriteError, write};

/// What was read from one file. The records and the quarantine together are all that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The format of the file.
    pub format: Format,
    /// The encoding of its text.
    pub encoding: Encoding,
    /// The records, in the order of the file.
    pub records: Vec<Record>,
    /// What was found but could not be read as a record, in the order of the file.
    pub quarantine: Vec<Quarantined>,
    /// What is odd about the file but cost no record, in the order of the lines.
    pub problems: Vec<Problem>,
}

/// A part of a file that could not be read as a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// The line it starts at, counted from 1.
    pub line: u32,
    /// The text, as in the file.
    pub text: String,
    /// Why it is no record.
    pub reason: String,
}

/// Something odd at a place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1.
    pub line: u32,
    /// The character in the line, counted from 1.
    pub column: u32,
    /// What is odd, and what was made of it.
    pub message: String,
}

/// Why a whole file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BibError {
    /// The file holds bytes that no text has.
    #[error(
        "{file_name} is not a text file; export the records as RIS, NBIB (MEDLINE), XML or CSV"
    )]
    NotText {
        /// The name given for the file.
        file_name: String,
    },
    /// The text is of no format that is read.
    #[error(
        "{file_name} is in no format known here; known are RIS, NBIB (MEDLINE), PubMed XML, EndNote XML, \
         EndNote tagged, Web of Science tagged, BibTeX, CSL-JSON, the text of Ovid and of the Cochrane \
         Library, and tables with a column of titles"
    )]
    UnknownFormat {
        /// The name given for the file.
        file_name: String,
    },
    /// The encoding asked for is not known.
    #[error(
        "there is no encoding `{label}`; known are utf-8, utf-16le, latin1, windows-1252, gbk and their like"
    )]
    UnknownEncoding {
        /// What was asked for.
        label: String,
    },
    /// Reading stopped before the end.
    #[error("{file_name} cannot be read on: {message}")]
    Unreadable {
        /// The name given for the file.
        file_name: String,
        /// What the system says.
        message: String,
    },
}

/// Reads all records of a file. The name serves to recognise the format where the text leaves it
/// open, and in messages. [`Reader`] does the same part by part.
///
/// # Errors
///
/// If the file is not text, or of no known format; whatever is wrong inside it is reported in
/// [`Parsed`].
pub fn parse(bytes: &[u8], file_name: &str) -> Result<Parsed, BibError> {
    parse_with(bytes, &Options::named(file_name))
}

/// Reads all records of a file of which more is known than its name.
///
/// # Errors
///
/// As for [`parse`], and if there is no encoding of the name given.
pub fn parse_with(bytes: &[u8], options: &Options) -> Result<Parsed, BibError> {
    parse_from(bytes, options)
}

/// Reads all records of what is read from somewhere: a file, or bytes that tell how far it is.
///
/// # Errors
///
/// As for [`parse_with`], and if it cannot be read on.
pub fn parse_from(input: impl std::io::Read, options: &Options) -> Result<Parsed, BibError> {
    let mut reader = Reader::new(input, options)?;
    let (mut records, mut quarantine, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for item in &mut reader {
        match item? {
            Item::Record(record) => records.push(record),
            Item::Quarantined(aside) => quarantine.push(aside),
            Item::Problem(problem) => problems.push(problem),
        }
    }
    problems.sort_by_key(|problem| (problem.line, problem.column));
    let (format, encoding) = (reader.format(), reader.encoding());
    Ok(Parsed { format, encoding, records, quarantine, problems })
}
