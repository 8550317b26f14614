//! A record: its fields as they are in the file, and what they tell.

use crate::names::{Names, is_named};
use crate::{Format, authors, citation, doi, ris};

/// One field of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The tag, as "AU", or the name of the column.
    pub tag: String,
    /// The value without the white space around it. Lines it goes on over are joined by line feeds,
    /// or by spaces where the format breaks long lines by itself (NBIB).
    pub value: String,
    /// The line it starts at, counted from 1; in tables, the line its row starts at.
    pub line: u32,
}

/// One item as one database exported it.
///
/// Typed access takes the first field that has a value; "NA", which R writes for what is missing,
/// counts as none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The format it was read from, which says what its tags mean.
    pub format: Format,
    /// Its place among the records of its file, counted from 1.
    pub number: u32,
    /// The line it starts at, counted from 1.
    pub line: u32,
    /// All its fields, known or not, in order.
    pub fields: Vec<Field>,
}

impl Record {
    /// The id that its file gives it: the tag `ID`, or the column of that name in any case.
    pub fn id(&self) -> Option<&str> {
        self.first(self.names().id)
    }

    /// The title, on one line.
    pub fn title(&self) -> Option<String> {
        self.first(self.names().title).map(on_one_line)
    }

    /// The authors as the file writes them, one name each, in order; in NBIB in full where they are,
    /// and with groups at the end.
    pub fn authors(&self) -> Vec<&str> {
        let people =
            self.names().authors.iter().map(|tag| self.all(tag)).find(|all| !all.is_empty());
        let split = match self.format {
            Format::Ris | Format::Nbib => authors::split_field,
            Format::Csv => authors::split_list,
        };
        let people = people.unwrap_or_default().into_iter().flat_map(split);
        people.chain(self.names().collective_authors.iter().flat_map(|tag| self.all(tag))).collect()
    }

    /// The year of publication: the first four digits in a row, from 1400 to 2199, in the fields for
    /// its date.
    pub fn year(&self) -> Option<i32> {
        self.names().year.iter().flat_map(|tag| self.all(tag)).find_map(year_in)
    }

    /// The journal, by its full name where the record has it; of a chapter, the book.
    pub fn journal(&self) -> Option<&str> {
        self.first(self.names().journal)
    }

    /// The volume.
    pub fn volume(&self) -> Option<&str> {
        self.first(self.names().volume)
    }

    /// The issue.
    pub fn issue(&self) -> Option<&str> {
        self.first(self.names().issue)
    }

    /// The pages, as "584-591", or the article number.
    pub fn pages(&self) -> Option<String> {
        let names = self.names();
        let first = self.first(names.pages).or_else(|| self.first(names.first_page))?;
        let first = first.replace('\u{2013}', "-").replace("--", "-").replace(" - ", "-");
        match self.first(names.last_page) {
            Some(last) if first != last && !first.contains('-') => {
                Some(format!("{first}-{}", last.trim_start_matches('-')))
            }
            _ => Some(first),
        }
    }

    /// The DOI in lower case, without prefix: "10.5021/ad.2014.26.5.584".
    pub fn doi(&self) -> Option<String> {
        let own = self.names().doi.iter().flat_map(|tag| self.all(tag)).find_map(doi::found);
        let perhaps =
            || self.names().perhaps_doi.iter().flat_map(|tag| self.all(tag)).find_map(doi::stated);
        own.or_else(perhaps)
    }

    /// The PubMed id: digits only.
    pub fn pmid(&self) -> Option<&str> {
        let value = self.first(self.names().pmid)?;
        let digits = value.trim_end_matches('/').rsplit(['/', ':', ' ']).next()?;
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
    }

    /// The first link.
    pub fn url(&self) -> Option<&str> {
        let values = self.names().url.iter().flat_map(|tag| self.all(tag));
        let mut words = values.flat_map(str::split_whitespace);
        words.find(|word| word.starts_with("http")).map(|link| link.trim_end_matches(';'))
    }

    /// The abstract, on one line.
    pub fn abstract_text(&self) -> Option<String> {
        self.first(self.names().abstract_text).map(on_one_line)
    }

    /// The type of reference in the words of the file: "JOUR", "Journal Article".
    pub fn reference_type(&self) -> Option<&str> {
        self.first(self.names().reference_type)
    }

    /// A short citation: "Lee HJ, Lee EG, Kang S, et al. Title. Journal 2014;26(5):584-591. doi:…".
    /// What the record does not tell is left out.
    pub fn citation(&self) -> String {
        citation::of(self)
    }

    /// Its fields as RIS lines, with their tags as they are. A record read from RIS reads back as it
    /// is; tags of other formats are not translated.
    pub fn to_ris(&self) -> String {
        ris::print(&self.fields)
    }

    fn names(&self) -> &'static Names {
        Names::of(self.format)
    }

    /// The values of all fields with this tag.
    fn all(&self, tag: &str) -> Vec<&str> {
        let fields = self.fields.iter().filter(|field| is_named(self.format, &field.tag, tag));
        fields.map(|field| field.value.as_str()).filter(|value| is_value(value)).collect()
    }

    /// The first value under the first of these tags that has one.
    fn first(&self, tags: &[&str]) -> Option<&str> {
        tags.iter().find_map(|tag| self.all(tag).into_iter().next())
    }
}

fn is_value(value: &str) -> bool {
    !value.is_empty() && value != "NA"
}

fn on_one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first year in a date: four digits, or the first four of eight ("20170812").
fn year_in(date: &str) -> Option<i32> {
    let runs = date.split(|c: char| !c.is_ascii_digit()).filter(|run| matches!(run.len(), 4 | 8));
    runs.filter_map(|run| run[..4].parse().ok()).find(|year| (1400..2200).contains(year))
}
