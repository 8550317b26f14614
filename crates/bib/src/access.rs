//! What a record tells, whatever its format.

use crate::names::{AuthorLists, Names};
use crate::{Record, authors, citation, doi, ris, serial};

impl Record {
    /// The id that its file gives it: the tag `ID`, or the column of that name in any case.
    pub fn id(&self) -> Option<&str> {
        self.first_of(self.names().id)
    }

    /// The title, on one line.
    pub fn title(&self) -> Option<String> {
        self.first_of(self.names().title).map(on_one_line)
    }

    /// The authors as the file writes them, one name each, in order; in NBIB in full where they are,
    /// and with groups at the end.
    pub fn authors(&self) -> Vec<&str> {
        let names = self.names();
        let split = match names.author_lists {
            AuthorLists::OneEach => authors::split_field,
            AuthorLists::InOneCell => authors::split_list,
        };
        let tag = names.authors.iter().find(|tag| self.first(tag).is_some());
        let people = tag.into_iter().flat_map(|tag| self.all(tag)).flat_map(split);
        people.chain(self.values(names.collective_authors)).collect()
    }

    /// The year of publication: the first four digits in a row, from 1400 to 2199, in the fields for
    /// its date.
    pub fn year(&self) -> Option<i32> {
        self.values(self.names().year).find_map(year_in)
    }

    /// The journal, by its full name where the record has it; of a chapter, the book.
    pub fn journal(&self) -> Option<&str> {
        self.first_of(self.names().journal)
    }

    /// The abbreviated name of the journal, where the record has it besides or instead of the full one.
    pub fn journal_abbreviation(&self) -> Option<&str> {
        self.first_of(self.names().journal_abbreviation)
    }

    /// The volume.
    pub fn volume(&self) -> Option<&str> {
        self.first_of(self.names().volume)
    }

    /// The issue.
    pub fn issue(&self) -> Option<&str> {
        self.first_of(self.names().issue)
    }

    /// The pages, as "584-591", or the article number.
    pub fn pages(&self) -> Option<String> {
        let names = self.names();
        let first = self.first_of(names.pages).or_else(|| self.first_of(names.first_page))?;
        let first = first.replace('\u{2013}', "-").replace("--", "-").replace(" - ", "-");
        match self.first_of(names.last_page) {
            Some(last) if first != last && !first.contains('-') => {
                Some(format!("{first}-{}", last.trim_start_matches('-')))
            }
            _ => Some(first),
        }
    }

    /// The DOI in lower case, without prefix: "10.5021/ad.2014.26.5.584".
    pub fn doi(&self) -> Option<String> {
        let names = self.names();
        let own = self.values(names.doi).find_map(doi::found);
        own.or_else(|| self.values(names.perhaps_doi).find_map(doi::stated))
    }

    /// The PubMed id: digits only.
    pub fn pmid(&self) -> Option<&str> {
        let value = self.first_of(self.names().pmid)?;
        let digits = value.trim_end_matches('/').rsplit(['/', ':', ' ']).next()?;
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
    }

    /// The first link.
    pub fn url(&self) -> Option<&str> {
        let mut words = self.values(self.names().url).flat_map(str::split_whitespace);
        words.find(|word| word.starts_with("http")).map(|link| link.trim_end_matches(';'))
    }

    /// The abstract, on one line.
    pub fn abstract_text(&self) -> Option<String> {
        self.first_of(self.names().abstract_text).map(on_one_line)
    }

    /// The type of reference in the words of the file: "JOUR", "Journal Article".
    pub fn reference_type(&self) -> Option<&str> {
        self.first_of(self.names().reference_type)
    }

    /// The ISSNs, as "1013-9087", in the order of the file.
    pub fn issns(&self) -> Vec<String> {
        serial::issns(self.values(self.names().serial_numbers))
    }

    /// The ISBNs, digits only, in the order of the file.
    pub fn isbns(&self) -> Vec<String> {
        serial::isbns(self.values(self.names().serial_numbers))
    }

    /// The keywords, those of the authors and of the database alike, as the file writes them.
    pub fn keywords(&self) -> Vec<&str> {
        let parts = self.values(self.names().keywords).flat_map(|value| value.split([';', '\n']));
        parts.map(str::trim).filter(|word| !word.is_empty()).collect()
    }

    /// The language, in the words of the file: "eng", "English".
    pub fn language(&self) -> Option<&str> {
        self.first_of(self.names().language)
    }

    /// The number of the record in the database it is from.
    pub fn accession(&self) -> Option<&str> {
        self.first_of(self.names().accession)
    }

    /// The database it is from, in the words of the file.
    pub fn database(&self) -> Option<&str> {
        self.first_of(self.names().database)
    }

    /// A short citation: "Lee HJ, Lee EG, Kang S, et al. Title. Journal 2014;26(5):584-591. doi:…".
    /// What the record does not tell is left out.
    pub fn citation(&self) -> String {
        citation::of(self)
    }

    /// Its fields as RIS lines, with their tags as they are. A record read from RIS reads back as it
    /// is; tags of other formats are not translated.
    pub fn to_ris(&self) -> String {
        ris::print(self.fields())
    }

    pub(crate) fn names(&self) -> &'static Names {
        Names::of(self.format)
    }
}

fn on_one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first year in a date: four digits, or the first four of eight ("20170812").
fn year_in(date: &str) -> Option<i32> {
    let runs = date.split(|c: char| !c.is_ascii_digit()).filter(|run| matches!(run.len(), 4 | 8));
    runs.filter_map(|run| run[..4].parse().ok()).find(|year| (1400..2200).contains(year))
}
