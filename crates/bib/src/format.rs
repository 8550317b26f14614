//! The formats, and how to tell which one a file is in.

use std::fmt;

use crate::{csv, nbib, ris, text};

/// A file format for bibliographic records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Format {
    /// RIS: `TY  - JOUR` to `ER  - `, as most databases and reference managers export it.
    Ris,
    /// NBIB, also called MEDLINE: `PMID- 123`, as PubMed exports it.
    Nbib,
    /// A table with a header line, separated by commas, semicolons or tabs.
    Csv,
}

impl Format {
    /// The format of a file, from its content and, where that leaves it open, its name; `None` if it
    /// is none of these.
    pub fn detect(bytes: &[u8], file_name: &str) -> Option<Self> {
        Self::of_text(&text::decode(bytes)?.text, file_name)
    }

    /// The usual name: "RIS", "NBIB" or "CSV".
    pub fn name(self) -> &'static str {
        match self {
            Self::Ris => "RIS",
            Self::Nbib => "NBIB",
            Self::Csv => "CSV",
        }
    }

    pub(crate) fn of_text(text: &str, file_name: &str) -> Option<Self> {
        let named = Self::of_name(file_name);
        if ris::is_ris(text) {
            Some(Self::Ris)
        } else if nbib::is_nbib(text) {
            Some(if named == Some(Self::Ris) { Self::Ris } else { Self::Nbib })
        } else if text.trim().is_empty() {
            named
        } else if csv::is_table(text, named == Some(Self::Csv)) {
            Some(Self::Csv)
        } else {
            None
        }
    }

    fn of_name(file_name: &str) -> Option<Self> {
        let (_, extension) = file_name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "ris" => Some(Self::Ris),
            "nbib" => Some(Self::Nbib),
            "csv" | "tsv" | "tab" => Some(Self::Csv),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
