//! What a record tells, whatever its format.

use std::borrow::Cow;

use crate::authors::Name;
use crate::names::{AuthorLists, Names};
use crate::source::Source;
use crate::{Format, PartialDate, Record, authors, citation, date, doi, ris, serial};

impl Record {
    /// The id that its file gives it: the tag `ID`, or the column of that name in any case.
    pub fn id(&self) -> Option<&str> {
        self.first_of(self.names().id)
    }

    /// The title, on one line; without the type in brackets that Ovid puts behind it ("Title.[Review]").
    pub fn title(&self) -> Option<String> {
        let title = on_one_line(self.first_of(self.names().title)?);
        if let Some(subtitle) = self.first("subtitle").filter(|_| self.format == Format::Bibtex) {
            return Some(format!("{title}: {}", on_one_line(subtitle)));
        }
        let typed = title.strip_suffix(']').and_then(|rest| rest.rsplit_once(".["));
        match typed.filter(|_| self.format == Format::OvidText) {
            Some((title, _)) => Some(format!("{title}.")),
            None => Some(title),
        }
    }

    /// The authors as the file writes them, one name each, in order; in NBIB in full where they are,
    /// and with groups at the end.
    pub fn authors(&self) -> Vec<&str> {
        let names = self.names();
        let tag = names.authors.iter().find(|tag| self.first(tag).is_some());
        let mut all = Vec::new();
        for value in tag.into_iter().flat_map(|tag| self.all(tag)) {
            match names.author_lists {
                AuthorLists::OneEach if !authors::is_more_than_a_name(value) => all.push(value),
                AuthorLists::OneEach => all.extend(authors::split_field(value)),
                AuthorLists::OneName => all.extend(authors::whole(value)),
                AuthorLists::InOneCell => all.extend(authors::split_list(value)),
                AuthorLists::Ovid => all.extend(authors::split_ovid(value)),
            }
        }
        all.extend(self.values(names.collective_authors));
        all
    }

    /// The parts of the authors' names, as far as they can be told.
    pub fn author_names(&self) -> Vec<Name<'_>> {
        self.authors().into_iter().map(Name::of).collect()
    }

    /// The year of publication: the first four digits in a row, from 1400 to 2199, in the fields for
    /// its date.
    pub fn year(&self) -> Option<i32> {
        self.values(self.names().year).find_map(date::year_in)
    }

    /// The date of publication, as far as the record tells it: the year of [`Record::year`], with the month
    /// and day of the fields that agree with it or leave the year out.
    pub fn date(&self) -> Option<PartialDate> {
        let year = self.year()?;
        let agrees = |date: &&str| date::year_in(date).is_none_or(|it| it == year);
        let known = self.values(self.names().date).filter(agrees).map(date::month_and_day);
        let known = known.max_by_key(|(month, day)| (month.is_some(), day.is_some()));
        let (month, day) = known.unwrap_or_default();
        Some(PartialDate { year, month, day })
    }

    /// The journal, by its full name where the record has it; of a chapter, the book.
    pub fn journal(&self) -> Option<&str> {
        self.first_of(self.names().journal).or_else(|| self.source(|source| source.journal))
    }

    /// The abbreviated name of the journal, where the record has it besides or instead of the full one.
    pub fn journal_abbreviation(&self) -> Option<&str> {
        self.first_of(self.names().journal_abbreviation)
    }

    /// The volume.
    pub fn volume(&self) -> Option<&str> {
        self.first_of(self.names().volume).or_else(|| self.source(|source| source.volume))
    }

    /// The issue.
    pub fn issue(&self) -> Option<&str> {
        self.first_of(self.names().issue).or_else(|| self.source(|source| source.issue))
    }

    /// The pages, as "584-591", or the article number. What some databases write for want of pages ("N.PAG",
    /// "No-Specified") is none.
    pub fn pages(&self) -> Option<String> {
        let names = self.names();
        let first = self.first_of(names.pages).or_else(|| self.first_of(names.first_page));
        let first = first.or_else(|| self.source(|source| source.pages))?;
        let first = with_plain_hyphens(first);
        let last = || self.first_of(names.last_page).filter(|last| first != *last);
        let pages = match if first.contains('-') { None } else { last() } {
            Some(last) => format!("{first}-{}", last.trim_start_matches('-')),
            None => first.into_owned(),
        };
        let says_none = ["N.PAG", "No-Specified", "No Pagination", "no pagination"];
        (!says_none.iter().any(|none| pages.starts_with(none))).then_some(pages)
    }

    /// The DOI in lower case, without prefix: "10.5021/ad.2014.26.5.584".
    pub fn doi(&self) -> Option<String> {
        let names = self.names();
        let own = self.values(names.doi).find_map(doi::found);
        own.or_else(|| self.values(names.perhaps_doi).find_map(doi::stated))
    }

    /// The first link.
    pub fn url(&self) -> Option<&str> {
        let mut words = self.values(self.names().url).flat_map(str::split_whitespace);
        words.find(|word| word.starts_with("http")).map(|link| link.trim_end_matches(';'))
    }

    /// The abstract, on one line; where it has parts with labels, all of them.
    pub fn abstract_text(&self) -> Option<String> {
        let tags = self.names().abstract_text;
        if self.format != Format::PubmedXml {
            return self.first_of(tags).map(on_one_line);
        }
        let tag = tags.iter().find(|tag| self.first(tag).is_some())?;
        Some(on_one_line(&self.all(tag).collect::<Vec<_>>().join(" ")))
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
        // BibTeX parts them by commas, and what writes it by semicolons.
        let commas = self.format == Format::Bibtex;
        let split = |value: &'_ str| if commas && !value.contains(';') { ',' } else { ';' };
        let values = self.values(self.names().keywords);
        let parts = values.flat_map(|value| value.split([split(value), '\n']));
        parts.map(str::trim).filter(|word| !word.is_empty()).collect()
    }

    /// The language, in the words of the file: "eng", "English".
    pub fn language(&self) -> Option<&str> {
        self.first_of(self.names().language)
    }

    /// The database it is from, in the words of the file; on Web of Science's platform, as the accession
    /// number begins ("WOS", "MEDLINE").
    pub fn database(&self) -> Option<&str> {
        let named = self.first_of(self.names().database);
        let named =
            named.filter(|it| self.format != Format::Csv || Source::of_embase(it).is_none());
        named.or_else(|| {
            let (database, _) = self.first_of(self.names().accession)?.split_once(':')?;
            let is_short = (2..=8).contains(&database.len());
            (is_short && database.bytes().all(|b| b.is_ascii_uppercase())).then_some(database)
        })
    }

    /// Where the authors are from, as the file writes it: one address a field, or several in one.
    pub fn addresses(&self) -> Vec<&str> {
        self.values(self.names().addresses).collect()
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

    /// A part of the field that holds journal, volume, issue and pages together.
    fn source<'a>(&'a self, part: impl Fn(Source<'a>) -> &'a str) -> Option<&'a str> {
        let source = self.first_of(self.names().source)?;
        // In tables, the column may hold anything else.
        let source = match self.format {
            Format::Csv => Source::of_embase(source)?,
            _ => Source::of(source),
        };
        Some(part(source)).filter(|part| !part.is_empty())
    }

    pub(crate) fn names(&self) -> &'static Names {
        Names::of(self.format)
    }
}

/// "12 -- 19" and "12–19" as "12-19".
fn with_plain_hyphens(pages: &str) -> Cow<'_, str> {
    if pages.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !pages.contains("--") {
        return Cow::Borrowed(pages);
    }
    let plain = pages.replace(['\u{2010}', '\u{2013}'], "-");
    Cow::Owned(plain.replace("--", "-").replace(" - ", "-"))
}

fn on_one_line(value: &str) -> String {
    let bytes = value.as_bytes();
    let has_control = bytes.iter().filter(|b| **b < b' ').count() > 0;
    let has_gap = || memchr::memmem::find(bytes, b"  ").is_some();
    // All white space beyond ASCII begins with one of these bytes in UTF-8.
    let may_be_wide =
        || memchr::memchr3_iter(0xc2, 0xe2, 0xe3, bytes).chain(memchr::memchr_iter(0xe1, bytes));
    let has_wide_space = || may_be_wide().any(|at| value[at..].starts_with(char::is_whitespace));
    if !has_control && !has_gap() && (value.is_ascii() || !has_wide_space()) {
        return value.trim().to_owned();
    }
    let mut line = String::with_capacity(value.len());
    for word in value.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}
