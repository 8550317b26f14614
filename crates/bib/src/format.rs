//! The formats, and how to tell which one a file is in.

use std::fmt;
use std::io::Read;

use crate::gzip::Unpacked;
use crate::syntax::Syntax;
use crate::tagged::Tagged;
use crate::{
    Options, bibtex, ciw, cochrane_text, csl_json, csv, decode, endnote_xml, enw, nbib, ovid_text,
    pubmed_xml, ris,
};

/// Whether a text has the signs of a format.
type Sign = fn(&str) -> bool;

/// A file format for bibliographic records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Format {
    /// RIS: `TY  - JOUR` to `ER  - `, as most databases and reference managers export it.
    Ris,
    /// NBIB, also called MEDLINE: `PMID- 123`, as PubMed exports it.
    Nbib,
    /// PubMed's XML: `<PubmedArticle>`.
    PubmedXml,
    /// EndNote's XML: `<xml><records><record>`.
    EndnoteXml,
    /// EndNote's tagged format, also called refer: `%0 Journal Article`.
    Enw,
    /// Web of Science's tagged format, `PT J` to `ER`, of all databases on that platform.
    Ciw,
    /// BibTeX and BibLaTeX: `@article{key, …}`.
    Bibtex,
    /// A table with a header line, separated by commas, semicolons or tabs.
    Csv,
    /// CSL-JSON, as citation processors read it.
    CslJson,
    /// Ovid's text with the names of fields in words: `<1>`, `Unique Identifier`.
    OvidText,
    /// The Cochrane Library's text: `Record #1 of 2`, `ID: CN-01234567`.
    CochraneText,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Ris,
        Self::Nbib,
        Self::PubmedXml,
        Self::EndnoteXml,
        Self::Enw,
        Self::Ciw,
        Self::Bibtex,
        Self::Csv,
        Self::CslJson,
        Self::OvidText,
        Self::CochraneText,
    ];

    /// The format of a file, from its content and, where that leaves it open, its name; `None` if it
    /// is none of these.
    pub fn detect(bytes: &[u8], file_name: &str) -> Option<Self> {
        let mut unpacked = Vec::new();
        Unpacked::new(bytes).and_then(|mut input| input.read_to_end(&mut unpacked)).ok()?;
        let (mut decoder, mark) = decode::Decoder::new(&unpacked, None);
        let mut text = String::new();
        decoder.decode(&unpacked[mark..], true, &mut text, &mut Vec::new());
        Self::of_text(&text, file_name.trim_end_matches(".gz"))
    }

    /// The usual name: "RIS", "NBIB", "CSV".
    pub fn name(self) -> &'static str {
        match self {
            Self::Ris => "RIS",
            Self::Nbib => "NBIB",
            Self::PubmedXml => "PubMed XML",
            Self::EndnoteXml => "EndNote XML",
            Self::Enw => "EndNote tagged",
            Self::Ciw => "Web of Science tagged",
            Self::Bibtex => "BibTeX",
            Self::Csv => "CSV",
            Self::CslJson => "CSL-JSON",
            Self::OvidText => "Ovid text",
            Self::CochraneText => "Cochrane text",
        }
    }

    pub(crate) fn syntax(self, options: &Options) -> Box<dyn Syntax> {
        match self {
            Self::Ris => Box::new(ris::Ris::default()),
            Self::Nbib => Box::new(Tagged::<nbib::Nbib>::default()),
            Self::PubmedXml => Box::new(pubmed_xml::PubmedXml::default()),
            Self::EndnoteXml => Box::new(endnote_xml::EndnoteXml::default()),
            Self::Enw => Box::new(Tagged::<enw::Enw>::default()),
            Self::Ciw => Box::new(Tagged::<ciw::Ciw>::default()),
            Self::Bibtex => Box::new(bibtex::Bibtex::default()),
            Self::Csv => Box::new(csv::Csv::new(options)),
            Self::CslJson => Box::new(csl_json::CslJson::default()),
            Self::OvidText => Box::new(Tagged::<ovid_text::OvidText>::default()),
            Self::CochraneText => Box::new(Tagged::<cochrane_text::CochraneText>::default()),
        }
    }

    /// The format of a text of which the beginning is at hand. The order is that of how sure a sign
    /// is: markup first, a table, which may hold anything, last.
    pub(crate) fn of_text(text: &str, file_name: &str) -> Option<Self> {
        let named = Self::of_name(file_name);
        if text.trim().is_empty() {
            return named;
        }
        let signs: [(Self, Sign); 10] = [
            (Self::PubmedXml, pubmed_xml::is_pubmed_xml),
            (Self::EndnoteXml, endnote_xml::is_endnote_xml),
            (Self::CslJson, csl_json::is_csl_json),
            (Self::Bibtex, bibtex::is_bibtex),
            (Self::Ris, ris::is_ris),
            (Self::Ciw, ciw::is_ciw),
            (Self::Enw, enw::is_enw),
            (Self::CochraneText, cochrane_text::is_cochrane_text),
            (Self::OvidText, ovid_text::is_ovid_text),
            (Self::Nbib, nbib::is_nbib),
        ];
        match signs.into_iter().find(|(_, is_so)| is_so(text)) {
            // Without any `TY`, the two look the same.
            Some((Self::Nbib, _)) if named == Some(Self::Ris) => named,
            Some((format, _)) => Some(format),
            None => csv::is_table(text, named == Some(Self::Csv)).then_some(Self::Csv),
        }
    }

    fn of_name(file_name: &str) -> Option<Self> {
        let (_, extension) = file_name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "ris" => Some(Self::Ris),
            "nbib" => Some(Self::Nbib),
            "enw" => Some(Self::Enw),
            "ciw" | "isi" => Some(Self::Ciw),
            "bib" => Some(Self::Bibtex),
            "json" => Some(Self::CslJson),
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
