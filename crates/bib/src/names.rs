//! Where each format keeps what: tags and column names, the preferred first.

use crate::Format;

/// The tags, or the names of columns, of each thing that records tell.
pub(crate) struct Names {
    pub(crate) id: &'static [&'static str],
    pub(crate) title: &'static [&'static str],
    pub(crate) authors: &'static [&'static str],
    pub(crate) author_lists: AuthorLists,
    /// Groups that are authors besides the people.
    pub(crate) collective_authors: &'static [&'static str],
    pub(crate) year: &'static [&'static str],
    pub(crate) journal: &'static [&'static str],
    pub(crate) journal_abbreviation: &'static [&'static str],
    /// A field that holds journal, volume, issue and pages together.
    pub(crate) source: &'static [&'static str],
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
    /// Fields that hold a PubMed id in the records of Scopus.
    pub(crate) pmid_in_scopus: &'static [&'static str],
    /// Fields that hold a PubMed id in the records of Embase.com.
    pub(crate) pmid_in_embase: &'static [&'static str],
    pub(crate) pmcid: &'static [&'static str],
    /// Fields and links in which dialects hide identifiers of all kinds, which then say what they are.
    pub(crate) hidden: &'static [&'static str],
    pub(crate) url: &'static [&'static str],
    pub(crate) abstract_text: &'static [&'static str],
    pub(crate) reference_type: &'static [&'static str],
    /// ISSNs and ISBNs, which some formats keep in one field.
    pub(crate) serial_numbers: &'static [&'static str],
    pub(crate) keywords: &'static [&'static str],
    pub(crate) language: &'static [&'static str],
    /// The number of the record in the database it is from.
    pub(crate) accession: &'static [&'static str],
    /// The database it is from.
    pub(crate) database: &'static [&'static str],
    /// Where the authors are from.
    pub(crate) addresses: &'static [&'static str],
    /// Fields for the date that tell more than the year.
    pub(crate) date: &'static [&'static str],
    /// Works that the record cites, in which nothing is about the record itself.
    pub(crate) cited: &'static [&'static str],
}

/// How the fields for authors are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthorLists {
    /// One name a field, or what some exports make of that: names parted by semicolons or lines.
    OneEach,
    /// One name a field.
    OneName,
    /// All names in one cell, parted in any of the usual ways.
    InOneCell,
    /// As Ovid's text has them, with degrees and the marks of their institutions.
    Ovid,
}

impl Names {
    pub(crate) fn of(format: Format) -> &'static Self {
        match format {
            Format::Ris => &RIS,
            Format::Nbib => &NBIB,
            Format::PubmedXml => &PUBMED_XML,
            Format::EndnoteXml => &ENDNOTE_XML,
            Format::Enw => &ENW,
            Format::Ciw => &CIW,
            Format::Bibtex => &BIBTEX,
            Format::Csv => &CSV,
            Format::CslJson => &CSL_JSON,
            Format::OvidText => &OVID_TEXT,
            Format::CochraneText => &COCHRANE_TEXT,
        }
    }
}

/// A format of which nothing is known.
const NONE: Names = Names {
    id: &[],
    title: &[],
    authors: &[],
    author_lists: AuthorLists::OneEach,
    collective_authors: &[],
    year: &[],
    journal: &[],
    journal_abbreviation: &[],
    source: &[],
    volume: &[],
    issue: &[],
    pages: &[],
    first_page: &[],
    last_page: &[],
    doi: &[],
    perhaps_doi: &[],
    pmid: &[],
    pmid_in_scopus: &[],
    pmid_in_embase: &[],
    pmcid: &[],
    hidden: &[],
    url: &[],
    abstract_text: &[],
    reference_type: &[],
    serial_numbers: &[],
    keywords: &[],
    language: &[],
    accession: &[],
    database: &[],
    addresses: &[],
    date: &[],
    cited: &[],
};

static RIS: Names = Names {
    id: &["ID"],
    title: &["TI", "T1", "CT", "BT", "ST"],
    authors: &["AU", "A1"],
    year: &["PY", "Y1", "DA", "YR"],
    journal: &["JF", "T2", "JO", "JA", "J2", "J1", "SO"],
    journal_abbreviation: &["JA", "J2", "J1", "JI", "J9"],
    volume: &["VL", "VO"],
    issue: &["IS", "NO"],
    pages: &["PG"],
    first_page: &["SP", "C7"],
    last_page: &["EP"],
    doi: &["DO"],
    perhaps_doi: &["M3", "L3", "L2", "UR"],
    pmid: &["PMID", "PM"],
    pmid_in_scopus: &["C2"],
    pmid_in_embase: &["C5"],
    pmcid: &["PMC", "PMCID"],
    hidden: &[
        "AN", "ID", "U1", "U2", "U3", "C1", "C2", "C5", "C6", "C7", "M1", "M2", "N1", "UR", "L1",
        "L2", "L3", "L4", "LK", "AC", "XR",
    ],
    url: &["UR", "US", "L1", "L2"],
    abstract_text: &["AB", "N2"],
    reference_type: &["TY"],
    serial_numbers: &["SN"],
    keywords: &["KW", "KY", "DE"],
    language: &["LA"],
    accession: &["AN", "AC", "UI"],
    database: &["DB", "DP"],
    addresses: &["AD"],
    date: &["DA", "Y1", "PY", "PD"],
    cited: &["CR"],
    ..NONE
};

static NBIB: Names = Names {
    id: &["ID"],
    title: &["TI", "BTI", "CTI"],
    authors: &["FAU", "AU"],
    collective_authors: &["CN"],
    year: &["DP", "DEP"],
    journal: &["JT", "TA"],
    journal_abbreviation: &["TA"],
    volume: &["VI"],
    issue: &["IP"],
    pages: &["PG"],
    perhaps_doi: &["LID", "AID", "SO"],
    pmid: &["PMID", "PM"],
    pmcid: &["PMC", "PMCR"],
    hidden: &["AN", "UI", "LID", "AID", "URL", "OID"],
    url: &["URL", "LID"],
    abstract_text: &["AB"],
    reference_type: &["PT"],
    serial_numbers: &["IS", "ISBN"],
    keywords: &["MH", "OT"],
    language: &["LA"],
    accession: &["PMID", "AN", "UI"],
    database: &["DB"],
    addresses: &["AD"],
    date: &["DP", "DEP"],
    cited: &["CON", "CIN", "EFR", "EIN", "ROF", "RIN", "ECI", "ECF", "RF", "UOF", "UIN"],
    ..NONE
};

static PUBMED_XML: Names = Names {
    author_lists: AuthorLists::OneName,
    title: &[
        "MedlineCitation/Article/ArticleTitle",
        "BookDocument/ArticleTitle",
        "BookDocument/Book/BookTitle",
        "MedlineCitation/Article/VernacularTitle",
        "BookDocument/VernacularTitle",
    ],
    authors: &[
        "MedlineCitation/Article/AuthorList/Author",
        "BookDocument/AuthorList/Author",
        "BookDocument/Book/AuthorList/Author",
        "BookDocument/Book/AuthorList[@Type=editors]/Author",
    ],
    year: &[
        "MedlineCitation/Article/Journal/JournalIssue/PubDate/Year",
        "MedlineCitation/Article/Journal/JournalIssue/PubDate/MedlineDate",
        "MedlineCitation/Article/ArticleDate/Year",
        "BookDocument/Book/PubDate/Year",
        "BookDocument/Book/PubDate/MedlineDate",
        "BookDocument/ContributionDate/Year",
        "PubmedData/History/PubMedPubDate[@PubStatus=pubmed]/Year",
    ],
    journal: &[
        "MedlineCitation/Article/Journal/Title",
        "MedlineCitation/MedlineJournalInfo/MedlineTA",
        "BookDocument/Book/BookTitle",
    ],
    journal_abbreviation: &[
        "MedlineCitation/MedlineJournalInfo/MedlineTA",
        "MedlineCitation/Article/Journal/ISOAbbreviation",
    ],
    volume: &["MedlineCitation/Article/Journal/JournalIssue/Volume", "BookDocument/Book/Volume"],
    issue: &["MedlineCitation/Article/Journal/JournalIssue/Issue"],
    pages: &["MedlineCitation/Article/Pagination/MedlinePgn", "BookDocument/Pagination/MedlinePgn"],
    first_page: &["MedlineCitation/Article/Pagination/StartPage"],
    last_page: &["MedlineCitation/Article/Pagination/EndPage"],
    doi: &[
        "MedlineCitation/Article/ELocationID[@EIdType=doi]",
        "PubmedData/ArticleIdList/ArticleId[@IdType=doi]",
        "BookDocument/ArticleIdList/ArticleId[@IdType=doi]",
        "BookDocument/Book/ELocationID[@EIdType=doi]",
    ],
    pmid: &[
        "MedlineCitation/PMID",
        "BookDocument/PMID",
        "PubmedData/ArticleIdList/ArticleId[@IdType=pubmed]",
    ],
    abstract_text: &[
        "MedlineCitation/Article/Abstract/AbstractText",
        "BookDocument/Abstract/AbstractText",
        "MedlineCitation/OtherAbstract/AbstractText",
    ],
    reference_type: &[
        "MedlineCitation/Article/PublicationTypeList/PublicationType",
        "BookDocument/PublicationType",
    ],
    serial_numbers: &[
        "MedlineCitation/Article/Journal/ISSN",
        "MedlineCitation/MedlineJournalInfo/ISSNLinking",
        "BookDocument/Book/Isbn",
    ],
    keywords: &[
        "MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName",
        "MedlineCitation/KeywordList/Keyword",
        "BookDocument/KeywordList/Keyword",
    ],
    language: &["MedlineCitation/Article/Language", "BookDocument/Language"],
    accession: &["MedlineCitation/PMID", "BookDocument/PMID"],
    pmcid: &["PubmedData/ArticleIdList/ArticleId[@IdType=pmc]"],
    addresses: &["MedlineCitation/Article/AuthorList/Author/AffiliationInfo/Affiliation"],
    date: &[
        "MedlineCitation/Article/Journal/JournalIssue/PubDate",
        "MedlineCitation/Article/ArticleDate",
        "BookDocument/Book/PubDate",
    ],
    cited: &["PubmedData/ReferenceList/Reference/Citation"],
    ..NONE
};

static ENDNOTE_XML: Names = Names {
    id: &["rec-number"],
    title: &["titles/title"],
    authors: &["contributors/authors/author"],
    year: &["dates/year", "dates/pub-dates/date"],
    journal: &["titles/secondary-title", "periodical/full-title", "titles/alt-title"],
    journal_abbreviation: &["periodical/abbr-1", "alt-periodical/abbr-1"],
    volume: &["volume"],
    issue: &["number"],
    pages: &["pages"],
    doi: &["electronic-resource-num"],
    perhaps_doi: &["urls/related-urls/url", "urls/web-urls/url"],
    pmcid: &["custom2", "user16"],
    hidden: &["urls/related-urls/url", "accession-num", "notes"],
    url: &["urls/related-urls/url", "urls/web-urls/url"],
    abstract_text: &["abstract"],
    reference_type: &["ref-type/@name"],
    serial_numbers: &["isbn"],
    keywords: &["keywords/keyword"],
    language: &["language"],
    accession: &["accession-num"],
    database: &["remote-database-name", "remote-database-provider"],
    addresses: &["auth-address"],
    date: &["dates/pub-dates/date", "dates/year"],
    ..NONE
};

static BIBTEX: Names = Names {
    id: &["@key"],
    title: &["title"],
    authors: &["author"],
    year: &["year", "date"],
    journal: &["journal", "journaltitle", "booktitle"],
    journal_abbreviation: &["shortjournal", "journal-iso", "abbrev_source_title"],
    volume: &["volume"],
    issue: &["number", "issue"],
    pages: &["pages", "article-number", "art_number", "articleno", "eid"],
    doi: &["doi"],
    perhaps_doi: &["url", "ee", "note"],
    pmid: &["pmid"],
    pmcid: &["pmcid", "pmc"],
    hidden: &["note", "url", "@key"],
    url: &["url", "howpublished"],
    abstract_text: &["abstract"],
    reference_type: &["document_type", "@type"],
    serial_numbers: &["issn", "eissn", "isbn"],
    keywords: &["keywords", "keyword", "author_keywords", "keywords-plus"],
    language: &["language", "langid"],
    accession: &["unique-id", "accession"],
    database: &["source", "database", "bibsource"],
    addresses: &["affiliation", "affiliations"],
    date: &["date", "month", "year"],
    ..NONE
};

static CSL_JSON: Names = Names {
    id: &["id"],
    title: &["title"],
    authors: &["author"],
    author_lists: AuthorLists::OneName,
    year: &["issued", "original-date"],
    journal: &["container-title"],
    journal_abbreviation: &["container-title-short", "journalAbbreviation"],
    volume: &["volume"],
    issue: &["issue"],
    pages: &["page", "number"],
    doi: &["DOI"],
    perhaps_doi: &["URL", "note"],
    pmid: &["PMID"],
    pmcid: &["PMCID"],
    hidden: &["note", "URL"],
    url: &["URL"],
    abstract_text: &["abstract"],
    reference_type: &["type"],
    serial_numbers: &["ISSN", "ISBN"],
    keywords: &["keyword"],
    language: &["language"],
    accession: &["call-number"],
    database: &["source", "archive"],
    date: &["issued"],
    ..NONE
};

static ENW: Names = Names {
    id: &["%F"],
    title: &["%T"],
    authors: &["%A"],
    collective_authors: &["%?"],
    year: &["%D", "%8"],
    journal: &["%J", "%B"],
    journal_abbreviation: &["%1"],
    volume: &["%V"],
    issue: &["%N"],
    pages: &["%P"],
    doi: &["%R"],
    hidden: &["%M", "%U", "%F", "%1", "%2", "%3", "%4", "%Z", "%L", "%>"],
    pmcid: &["%2"],
    date: &["%8", "%D"],
    perhaps_doi: &["%M", "%U", "%O"],
    url: &["%U"],
    abstract_text: &["%X"],
    reference_type: &["%0"],
    serial_numbers: &["%@"],
    keywords: &["%K"],
    language: &["%G"],
    accession: &["%M"],
    database: &["%~", "%W"],
    addresses: &["%+"],
    ..NONE
};

static CIW: Names = Names {
    title: &["TI"],
    authors: &["AF", "AU", "BA"],
    collective_authors: &["CA", "GP"],
    year: &["PY", "EA", "PD"],
    journal: &["SO"],
    journal_abbreviation: &["JI", "J9"],
    volume: &["VL"],
    issue: &["IS"],
    pages: &["PS", "AR"],
    first_page: &["BP"],
    last_page: &["EP"],
    doi: &["DI", "DOI"],
    perhaps_doi: &["D2", "ID"],
    pmid: &["PM"],
    hidden: &["UT", "AN", "UR", "ID"],
    date: &["PD", "EA", "PY"],
    cited: &["CR"],
    url: &["UR"],
    abstract_text: &["AB"],
    reference_type: &["DT", "PT"],
    serial_numbers: &["SN", "EI", "BN"],
    keywords: &["DE", "ID"],
    language: &["LA"],
    accession: &["UT", "AN"],
    database: &["FN"],
    addresses: &["C1", "RP"],
    ..NONE
};

static OVID_TEXT: Names = Names {
    title: &["Title", "Chapter Title", "Book Title"],
    authors: &["Author", "Authors"],
    author_lists: AuthorLists::Ovid,
    collective_authors: &["Corporate Author"],
    year: &["Year of Publication", "Publication Year", "Date of Publication", "Source", "Status"],
    journal: &["Journal", "Journal Name"],
    source: &["Source"],
    volume: &["Volume"],
    issue: &["Issue", "Issue/Part"],
    pages: &["Page", "Pages", "Pagination"],
    doi: &["DOI Number", "DOI", "Digital Object Identifier"],
    perhaps_doi: &["Publisher Item Identifier", "Link to the Ovid Full Text or citation"],
    pmid: &["PubMed ID", "PMID"],
    hidden: &[
        "Accession Number",
        "Unique Identifier",
        "Link to the Ovid Full Text or citation",
        "URL",
    ],
    date: &["Date of Publication", "Source", "Status", "Year of Publication"],
    cited: &["Cited References", "References"],
    url: &["Link to the Ovid Full Text or citation", "URL"],
    abstract_text: &["Abstract"],
    reference_type: &["Publication Type", "Document Type"],
    serial_numbers: &["ISSN", "ISSN Print", "ISSN Electronic", "ISBN"],
    keywords: &[
        "Author Keywords",
        "Key Words",
        "Keywords",
        "MeSH Subject Headings",
        "Subject Headings",
    ],
    language: &["Language"],
    accession: &["Accession Number", "Unique Identifier"],
    database: &["Database"],
    addresses: &["Institution", "Author Address"],
    ..NONE
};

static COCHRANE_TEXT: Names = Names {
    id: &["ID"],
    title: &["TI"],
    authors: &["AU"],
    year: &["YR"],
    journal: &["SO"],
    volume: &["VL"],
    issue: &["NO"],
    pages: &["PG"],
    doi: &["DOI"],
    perhaps_doi: &["US"],
    pmid: &["PM"],
    hidden: &["ID", "PM", "XR", "AN", "US", "DOI"],
    date: &["YR"],
    url: &["US"],
    abstract_text: &["AB"],
    reference_type: &["PT"],
    serial_numbers: &["SN"],
    keywords: &["KY"],
    language: &["LA"],
    accession: &["ID", "AN"],
    ..NONE
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
    author_lists: AuthorLists::InOneCell,
    year: &[
        "year",
        "publicationyear",
        "pubyear",
        "publishedyear",
        "publicationdate",
        "datepublished",
        "date",
        "dateofpublication",
        "source",
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
    source: &["source"],
    journal_abbreviation: &["journalabbreviation", "abbreviatedsourcetitle", "abbreviatedjournal"],
    volume: &["volume", "journalvolume", "vol"],
    issue: &["issue", "issuenumber", "journalissue", "number"],
    pages: &["pages", "page", "pagerange"],
    first_page: &["startpage", "pagestart", "firstpage"],
    last_page: &["endpage", "pageend", "lastpage"],
    doi: &["doi", "itemdoi", "doilink"],
    perhaps_doi: &["url", "link", "externalurl", "openurllink"],
    pmid: &["pmid", "pubmedid", "medlinepmid", "idspmid"],
    pmcid: &["pmcid", "pmc", "idspmcid"],
    hidden: &[
        "url",
        "link",
        "externalurl",
        "externalurls",
        "notes",
        "accessionnumber",
        "id",
        "ids",
        "embaseaccessionid",
        "pui",
    ],
    date: &["publicationdate", "datepublished", "date", "createdate", "year", "dateofpublication"],
    cited: &["references", "citedreferences"],
    url: &["url", "link", "externalurl", "openurllink", "fulltextlink"],
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
    serial_numbers: &["issn", "issns", "isbn", "isbns"],
    keywords: &["keywords", "keyword", "authorkeywords", "indexkeywords", "meshterms"],
    language: &["language", "languageoforiginaldocument", "articlelanguage"],
    accession: &["accessionnumber", "eid", "embaseaccessionid", "lensid"],
    database: &["database", "source", "databasename"],
    addresses: &[
        "affiliations",
        "affiliation",
        "authoraffiliations",
        "authoraddresses",
        "correspondenceaddress",
    ],
    ..NONE
};

const TITLE_COLUMNS: &[&str] =
    &["title", "primarytitle", "articletitle", "documenttitle", "itemtitle", "displayname"];

pub(crate) fn is_title_column(column: &str) -> bool {
    TITLE_COLUMNS.iter().any(|name| same_column(column.as_bytes(), name))
}

/// Whether a field's tag is this name. Columns are compared by their letters and digits alone, so
/// that "Author/s", "AUTHORS" and "authors " are one.
#[inline]
pub(crate) fn is_named(format: Format, tag: &[u8], name: &str) -> bool {
    match format {
        Format::Csv => same_column(tag, name),
        Format::Bibtex => tag.eq_ignore_ascii_case(name.as_bytes()),
        _ => match (tag, name.as_bytes()) {
            // Most tags are of two letters, for which calling a comparison takes longest.
            ([a, b], [c, d]) => a == c && b == d,
            (tag, name) => tag == name,
        },
    }
}

#[inline]
fn same_column(column: &[u8], name: &str) -> bool {
    // Most columns differ in their first letter, which is told without a call.
    let first = column.first().filter(|b| b.is_ascii_alphanumeric());
    if first.is_some_and(|b| name.as_bytes().first() != Some(&b.to_ascii_lowercase())) {
        return false;
    }
    same_letters(column, name)
}

fn same_letters(column: &[u8], name: &str) -> bool {
    if column.is_ascii() {
        let letters = column.iter().filter(|b| b.is_ascii_alphanumeric());
        return letters.map(u8::to_ascii_lowercase).eq(name.bytes());
    }
    let column = String::from_utf8_lossy(column);
    let letters = column.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).eq(name.chars())
}
