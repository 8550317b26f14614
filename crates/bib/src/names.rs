//! Where each format keeps what: tags and column names, the preferred first.

use crate::Format;

/// The tags, or the names of columns, of each thing that records tell.
pub(crate) struct Names {
    pub(crate) id: &'static [&'static str],
    pub(crate) title: &'static [&'static str],
    pub(crate) authors: &'static [&'static str],
    /// Groups that are authors besides the people.
    pub(crate) collective_authors: &'static [&'static str],
    pub(crate) year: &'static [&'static str],
    pub(crate) journal: &'static [&'static str],
    pub(crate) volume: &'static [&'static str],
    pub(crate) issue: &'static [&'static str],
    pub(crate) pages: &'static [&'static str],
    pub(crate) first_page: &'static [&'static str],
    pub(crate) last_page: &'static [&'static str],
    /// Fields that are there for a DOI.
    pub(crate) doi: &'static [&'static str],
    /// Fields that hold a DOI among other things, and then say so.
    pub(crate) perhaps_doi: &'static [&'static str],
    pub(crate) pmid: &'static [&'static str],
    pub(crate) url: &'static [&'static str],
    pub(crate) abstract_text: &'static [&'static str],
    pub(crate) reference_type: &'static [&'static str],
}

impl Names {
    pub(crate) fn of(format: Format) -> &'static Self {
        match format {
            Format::Ris => &RIS,
            Format::Nbib => &NBIB,
            Format::Csv => &CSV,
        }
    }
}

static RIS: Names = Names {
    id: &["ID"],
    title: &["TI", "T1", "CT", "BT"],
    authors: &["AU", "A1"],
    collective_authors: &[],
    year: &["PY", "Y1", "DA"],
    journal: &["JF", "T2", "JO", "JA", "J2", "J1"],
    volume: &["VL"],
    issue: &["IS"],
    pages: &[],
    first_page: &["SP"],
    last_page: &["EP"],
    doi: &["DO"],
    perhaps_doi: &["M3", "L3", "L2", "UR"],
    pmid: &["PMID"],
    url: &["UR"],
    abstract_text: &["AB", "N2"],
    reference_type: &["TY"],
};

static NBIB: Names = Names {
    id: &[],
    title: &["TI", "BTI", "CTI"],
    authors: &["FAU", "AU"],
    collective_authors: &["CN"],
    year: &["DP", "DEP"],
    journal: &["JT", "TA"],
    volume: &["VI"],
    issue: &["IP"],
    pages: &["PG"],
    first_page: &[],
    last_page: &[],
    doi: &[],
    perhaps_doi: &["LID", "AID", "SO"],
    pmid: &["PMID"],
    url: &["URL", "LID"],
    abstract_text: &["AB"],
    reference_type: &["PT"],
};

/// Written as [`same_column`] compares them: lower-case letters and digits only.
static CSV: Names = Names {
    id: &["id"],
    title: TITLE_COLUMNS,
    authors: &[
        "authors",
        "author",
        "authornames",
        "firstauthors",
        "authorlist",
        "authorshipsauthordisplayname",
    ],
    collective_authors: &[],
    year: &[
        "year",
        "publicationyear",
        "pubyear",
        "publishedyear",
        "publicationdate",
        "datepublished",
        "date",
    ],
    journal: &[
        "journal",
        "journaltitle",
        "journalname",
        "journalbook",
        "sourcetitle",
        "publicationtitle",
        "publication",
        "secondarytitle",
        "primarylocationsourcedisplayname",
        "booktitle",
    ],
    volume: &["volume", "journalvolume", "vol"],
    issue: &["issue", "issuenumber", "journalissue", "number"],
    pages: &["pages", "page", "pagerange"],
    first_page: &["startpage", "pagestart", "firstpage"],
    last_page: &["endpage", "pageend", "lastpage"],
    doi: &["doi", "itemdoi", "doilink"],
    perhaps_doi: &["url", "link", "externalurl"],
    pmid: &["pmid", "pubmedid", "medlinepmid", "idspmid"],
    url: &["url", "link", "externalurl", "openurllink"],
    abstract_text: &["abstract", "abstracttext"],
    reference_type: &[
        "type",
        "publicationtype",
        "documenttype",
        "typeofreference",
        "contenttype",
        "itemtype",
        "entrytype",
    ],
};

const TITLE_COLUMNS: &[&str] =
    &["title", "primarytitle", "articletitle", "documenttitle", "itemtitle", "displayname"];

pub(crate) fn is_title_column(column: &str) -> bool {
    TITLE_COLUMNS.iter().any(|name| same_column(column, name))
}

/// Whether a field's tag is this name. Columns are compared by their letters and digits alone, so
/// that "Author/s", "AUTHORS" and "authors " are one.
pub(crate) fn is_named(format: Format, tag: &str, name: &str) -> bool {
    match format {
        Format::Ris | Format::Nbib => tag == name,
        Format::Csv => same_column(tag, name),
    }
}

fn same_column(column: &str, name: &str) -> bool {
    let letters = column.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).eq(name.chars())
}
