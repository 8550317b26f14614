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

mod authors;
mod citation;
mod csv;
mod doi;
mod format;
mod lines;
mod names;
mod nbib;
mod record;
mod ris;
mod text;

pub use format::Format;
pub use record::{Field, Record};

/// What was read from one file. The records and the quarantine together are all that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The format of the file.
    pub format: Format,
    /// The encoding of its text, by its web name: "UTF-8", "UTF-16LE", "windows-1252".
    pub encoding: &'static str,
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
    #[error("{file_name} is not a text file; export the records as RIS, NBIB (MEDLINE) or CSV")]
    NotText {
        /// The name given for the file.
        file_name: String,
    },
    /// The text is of no format that is read.
    #[error(
        "{file_name} is in no format known here: it has no RIS lines (\"TY  - JOUR\"), no \
         NBIB (MEDLINE) lines (\"PMID- 123\"), and no header line that names a title column"
    )]
    UnknownFormat {
        /// The name given for the file.
        file_name: String,
    },
}

/// Reads all records of a file. The name serves to recognise the format where the text leaves it
/// open, and in messages.
///
/// # Errors
///
/// If the file is not text, or of no known format; whatever is wrong inside it is reported in
/// [`Parsed`].
pub fn parse(bytes: &[u8], file_name: &str) -> Result<Parsed, BibError> {
    let file = || file_name.to_owned();
    let decoded = text::decode(bytes).ok_or_else(|| BibError::NotText { file_name: file() })?;
    let format = Format::of_text(&decoded.text, file_name)
        .ok_or_else(|| BibError::UnknownFormat { file_name: file() })?;
    let mut found = match format {
        Format::Ris => ris::read(&decoded.text),
        Format::Nbib => nbib::read(&decoded.text),
        Format::Csv => csv::read(&decoded.text),
    };
    found.problems.extend(decoded.problems);
    found.problems.sort_by_key(|problem| (problem.line, problem.column));
    let Found { records, quarantine, problems } = found;
    Ok(Parsed { format, encoding: decoded.encoding, records, quarantine, problems })
}

/// What the reader of a format hands back.
#[derive(Debug, Default)]
struct Found {
    records: Vec<Record>,
    quarantine: Vec<Quarantined>,
    problems: Vec<Problem>,
}

impl Found {
    fn record(&mut self, format: Format, line: u32, fields: Vec<Field>) {
        let number = u32::try_from(self.records.len() + 1).unwrap_or(u32::MAX);
        self.records.push(Record { format, number, line, fields });
    }

    fn quarantine(&mut self, line: u32, text: &str, reason: impl Into<String>) {
        let text = text.to_owned();
        self.quarantine.push(Quarantined { line, text, reason: reason.into() });
    }

    fn problem(&mut self, line: u32, message: impl Into<String>) {
        self.problems.push(Problem { line, column: 1, message: message.into() });
    }
}
