//! Numbers that databases give to records, wherever dialects hide them.

use crate::names::Names;
use crate::{Record, registration};

/// The numbers that databases gave to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DatabaseNumbers<'a> {
    /// As [`Record::pmid`].
    pub pmid: Option<&'a str>,
    /// As [`Record::pmcid`].
    pub pmcid: Option<&'a str>,
    /// As [`Record::central_number`].
    pub central: Option<&'a str>,
    /// As [`Record::embase_accession`].
    pub embase: Option<&'a str>,
}

impl Record {
    /// All the numbers that databases gave to it, sought in one go.
    pub fn database_numbers(&self) -> DatabaseNumbers<'_> {
        let places = Places::of(self);
        DatabaseNumbers {
            pmid: places.pmid(),
            pmcid: places.pmcid(),
            central: places.central_number(),
            embase: places.embase_accession(),
        }
    }

    /// The number of the record in the database it is from: of its own tag, or as a link of Scopus, Ovid
    /// or EBSCO and a note of EBSCO have it.
    pub fn accession(&self) -> Option<&str> {
        Places::of(self).accession()
    }

    /// The PubMed id: digits only. From its own tag, from fields and links that name it ("35957633
    /// [PMID]", "pubmed.ncbi.nlm.nih.gov/35957633"), or the accession number in a record of MEDLINE.
    pub fn pmid(&self) -> Option<&str> {
        Places::of(self).pmid()
    }

    /// The id in PubMed Central: "PMC7417126".
    pub fn pmcid(&self) -> Option<&str> {
        Places::of(self).pmcid()
    }

    /// The number in Cochrane's CENTRAL: "CN-01234567".
    pub fn central_number(&self) -> Option<&str> {
        Places::of(self).central_number()
    }

    /// The accession number in Embase: "L373791783", or digits alone as Ovid has them.
    pub fn embase_accession(&self) -> Option<&str> {
        Places::of(self).embase_accession()
    }

    /// The numbers of trials in registries that the record names, in its order, each once: "NCT01234567",
    /// "ISRCTN12345678", "2004-001234-12" (Europe's) and the other registries of the WHO's network. They are
    /// sought in all fields but the list of cited works.
    pub fn trial_registrations(&self) -> Vec<String> {
        let cited = self.names().cited;
        let own = self.fields().filter(|field| !cited.contains(&field.tag));
        registration::registrations_in(own.map(|field| field.value))
    }
}

/// Where a record may have numbers of databases besides the fields that are there for them.
struct Places<'a> {
    record: &'a Record,
    names: &'static Names,
    accession: Vec<&'a str>,
    hidden: Vec<&'a str>,
}

impl<'a> Places<'a> {
    fn of(record: &'a Record) -> Self {
        let names = record.names();
        let accession = record.values(names.accession).collect();
        Self { record, names, accession, hidden: record.among(names.hidden).collect() }
    }

    /// What is found first in a hidden place.
    fn in_hidden(&self, find: impl Fn(&'a str) -> Option<&'a str>) -> Option<&'a str> {
        self.hidden.iter().find_map(|value| find(value))
    }

    /// What is found first in a field for the accession number, or in a hidden place.
    fn anywhere(&self, find: impl Fn(&'a str) -> Option<&'a str>) -> Option<&'a str> {
        self.accession.iter().find_map(|value| find(value)).or_else(|| self.in_hidden(find))
    }

    fn accession(&self) -> Option<&'a str> {
        let named = |value| {
            let marks = ["eid=", "&AN=", "?AN=", "Accession Number: "];
            marks.iter().find_map(|mark| word_after(value, mark))
        };
        let in_embase = || self.in_hidden(|value| after_word(value, "L", 8, 10));
        self.accession.first().copied().or_else(|| self.in_hidden(named)).or_else(in_embase)
    }

    fn pmid(&self) -> Option<&'a str> {
        let own = || self.record.values(self.names.pmid).find_map(last_number);
        own().or_else(|| self.in_hidden(named_pmid)).or_else(|| self.pmid_of_database())
    }

    /// The PubMed id where a field means it only in the records of some databases.
    fn pmid_of_database(&self) -> Option<&'a str> {
        let is_from = |sought: &[&str]| {
            let mut all = self.record.among(self.names.database).map(str::to_ascii_lowercase);
            all.any(|database| sought.iter().any(|name| database.contains(name)))
        };
        let digits = |value: &&str| {
            (1..=8).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit())
        };
        let in_field = |tags| self.record.among(tags).find(digits).filter(|value| value.len() >= 7);
        let in_scopus = || in_field(self.names.pmid_in_scopus).filter(|_| is_from(&["scopus"]));
        let in_embase =
            || in_field(self.names.pmid_in_embase).filter(|_| is_from(&["embase", "medline"]));
        let accession = self.accession().filter(digits);
        accession
            .filter(|_| is_from(&["medline", "pubmed", "nlm"]))
            .or_else(in_scopus)
            .or_else(in_embase)
    }

    fn pmcid(&self) -> Option<&'a str> {
        let find = |value| after_word(value, "PMC", 4, 9);
        let own = self.record.values(self.names.pmcid).find_map(find);
        own.or_else(|| self.in_hidden(find))
    }

    fn central_number(&self) -> Option<&'a str> {
        self.anywhere(|value| after_word(value, "CN-", 8, 8))
    }

    fn embase_accession(&self) -> Option<&'a str> {
        let is_embase = || {
            let mut databases = self.record.values(self.names.database);
            databases.any(|database| database.to_ascii_lowercase().contains("embase"))
        };
        let marked = self.anywhere(|value| after_word(value, "L", 8, 10));
        let named = || self.anywhere(|value| value.strip_prefix("EMBASE ").map(str::trim));
        let is_bare = |value: &&str| value.bytes().all(|b| b.is_ascii_digit());
        let bare = || self.accession().filter(is_bare).filter(|_| is_embase());
        marked.or_else(named).or_else(bare)
    }
}

/// The number at the end of a field for it: "33355555", "PUBMED 33355555", or a link.
fn last_number(value: &str) -> Option<&str> {
    let digits = value.trim_end_matches('/').rsplit(['/', ':', ' ']).next()?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// A PubMed id that says what it is.
fn named_pmid(value: &str) -> Option<&str> {
    let digits_at = |at: usize| {
        let rest = value[at..].trim_start_matches([' ', ':']);
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        (1..=8).contains(&length).then(|| &rest[..length])
    };
    let starts =
        |mark: &str| value.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    if starts("PMID") || starts("PUBMED ") {
        return digits_at(if starts("PMID") { 4 } else { 7 });
    }
    if let Some(number) = digits_at(0) {
        let rest = value.trim_start_matches(|c: char| c.is_ascii_digit()).trim();
        return ["[PMID]", "(PMID)"]
            .iter()
            .any(|mark| rest.eq_ignore_ascii_case(mark))
            .then_some(number);
    }
    let link = ["pubmed.ncbi.nlm.nih.gov/", "ncbi.nlm.nih.gov/pubmed/"];
    link.iter().find_map(|mark| digits_at(find(value, mark)? + mark.len()))
}

/// Where a mark stands; most values are too short for the standard library's preparations to pay.
fn find(value: &str, mark: &str) -> Option<usize> {
    memchr::memmem::find(value.as_bytes(), mark.as_bytes())
}

/// What follows a mark, up to what ends a value in links and notes.
fn word_after<'a>(value: &'a str, mark: &str) -> Option<&'a str> {
    let rest = &value[find(value, mark)? + mark.len()..];
    let word = rest.split(|c: char| matches!(c, '&' | ';' | ',') || c.is_whitespace()).next();
    word.filter(|word| !word.is_empty())
}

/// The first word that is this prefix and so many digits.
fn after_word<'a>(value: &'a str, prefix: &str, least: usize, most: usize) -> Option<&'a str> {
    memchr::memmem::find_iter(value.as_bytes(), prefix).find_map(|at| {
        let is_start = !value[..at].ends_with(|c: char| c.is_alphanumeric());
        let number = &value[at + prefix.len()..];
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        let is_end = !number[digits..].starts_with(|c: char| c.is_alphanumeric());
        let end = at + prefix.len() + digits;
        (is_start && is_end && (least..=most).contains(&digits)).then(|| &value[at..end])
    })
}

#[cfg(test)]
mod tests {
    use super::{after_word, named_pmid};

    #[test]
    fn a_pubmed_id_is_found_where_it_says_so() {
        for value in [
            "33355555 [PMID]",
            "33355555[pmid]",
            "PMID: 33355555",
            "PMID33355555; PMCID: PMC1234567",
            "PUBMED 33355555",
            "https://pubmed.ncbi.nlm.nih.gov/33355555/",
            "http://www.ncbi.nlm.nih.gov/pubmed/33355555",
        ] {
            assert_eq!(named_pmid(value), Some("33355555"), "{value}");
        }
        for value in
            ["33355555", "PMID", "123456789 [PMID]", "12 [PMCID]", "see PMID: 33355555", "é"]
        {
            assert_eq!(named_pmid(value), None, "{value}");
        }
    }

    #[test]
    fn numbers_are_whole_words() {
        assert_eq!(after_word("/pmc/articles/PMC7417126/", "PMC", 4, 9), Some("PMC7417126"));
        assert_eq!(after_word("xPMC7417126 PMC12", "PMC", 4, 9), None);
        assert_eq!(after_word("&id=L373791783", "L", 8, 10), Some("L373791783"));
        assert_eq!(after_word("CN-012345678", "CN-", 8, 8), None);
    }
}
