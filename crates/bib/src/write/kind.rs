//! Types of references, and what each format calls them.

/// A type of reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Article,
    Book,
    Chapter,
    ConferencePaper,
    Thesis,
    Report,
    Preprint,
    WebPage,
    Magazine,
    Newspaper,
    Patent,
    Dataset,
    Other,
}

/// What a type is called.
pub(crate) struct Words {
    pub(crate) ris: &'static str,
    pub(crate) nbib: &'static str,
    /// EndNote's name and number.
    pub(crate) endnote: (&'static str, u32),
    pub(crate) bibtex: &'static str,
    pub(crate) csl: &'static str,
}

impl Kind {
    /// The type that a format's own word means; other words for what is published in journals, as "Review"
    /// or "Randomized Controlled Trial", are articles.
    pub(crate) fn of(word: Option<&str>) -> Self {
        let Some(word) = word else { return Self::Other };
        let word = word.to_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
        match word.as_str() {
            "jour" | "jfull" | "article" | "ejour" | "inpr" | "abst" => Self::Article,
            "book" | "ebook" | "edbook" | "collection" | "proceedings" | "mvbook" => Self::Book,
            "chap" | "echap" | "incollection" | "inbook" => Self::Chapter,
            "cpaper" | "conf" | "inproceedings" | "conference" => Self::ConferencePaper,
            "thes" | "phdthesis" | "mastersthesis" => Self::Thesis,
            "rprt" | "techreport" | "govdoc" => Self::Report,
            "unpb" | "unpublished" | "manuscript" => Self::Preprint,
            "elec" | "online" | "webpage" | "blog" | "post-weblog" | "icomm" => Self::WebPage,
            "mgzn" => Self::Magazine,
            "news" => Self::Newspaper,
            "pat" => Self::Patent,
            "data" | "dbase" => Self::Dataset,
            "gen" | "misc" | "generic" | "document" | "other" | "set" => Self::Other,
            _ if has(&["magazine"]) => Self::Magazine,
            _ if has(&["newspaper", "news"]) => Self::Newspaper,
            _ if has(&["chapter", "section"]) => Self::Chapter,
            _ if has(&["conference", "proceeding", "congress", "meeting"]) => Self::ConferencePaper,
            _ if has(&["thesis", "dissertation"]) => Self::Thesis,
            _ if has(&["preprint", "unpublished"]) => Self::Preprint,
            _ if has(&["book"]) => Self::Book,
            _ if has(&["technical report", "government document"]) || word == "report" => {
                Self::Report
            }
            _ if has(&["web page", "webpage", "website", "internet"]) => Self::WebPage,
            _ if has(&["patent"]) => Self::Patent,
            _ if has(&["dataset", "database"]) => Self::Dataset,
            _ => Self::Article,
        }
    }

    pub(crate) fn words(self) -> Words {
        let (ris, nbib, endnote, bibtex, csl) = match self {
            Self::Article => {
                ("JOUR", "Journal Article", ("Journal Article", 17), "article", "article-journal")
            }
            Self::Book => ("BOOK", "Book", ("Book", 6), "book", "book"),
            Self::Chapter => {
                ("CHAP", "Book Chapter", ("Book Section", 5), "incollection", "chapter")
            }
            Self::ConferencePaper => {
                let name = "Conference Paper";
                ("CPAPER", name, (name, 47), "inproceedings", "paper-conference")
            }
            Self::Thesis => ("THES", "Thesis", ("Thesis", 32), "phdthesis", "thesis"),
            Self::Report => ("RPRT", "Technical Report", ("Report", 27), "techreport", "report"),
            Self::Preprint => {
                ("UNPB", "Preprint", ("Unpublished Work", 34), "unpublished", "manuscript")
            }
            Self::WebPage => ("ELEC", "Web Page", ("Web Page", 12), "online", "webpage"),
            Self::Magazine => {
                let name = "Magazine Article";
                ("MGZN", name, (name, 19), "article", "article-magazine")
            }
            Self::Newspaper => {
                let name = "Newspaper Article";
                ("NEWS", name, (name, 23), "article", "article-newspaper")
            }
            Self::Patent => ("PAT", "Patent", ("Patent", 25), "patent", "patent"),
            Self::Dataset => ("DATA", "Dataset", ("Dataset", 59), "dataset", "dataset"),
            Self::Other => ("GEN", "Other", ("Generic", 13), "misc", "document"),
        };
        Words { ris, nbib, endnote, bibtex, csl }
    }
}
