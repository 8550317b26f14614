//! A record in the form in which it is compared. The one place that knows `bib`'s records.

use consilience_bib::Record;

use crate::normalise::{
    self, Authors, Journal, Pages, Sketch, Title, Volume, folded, hash, is_missing,
};

/// A record in the form in which it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) title: Title,
    pub(crate) authors: Authors,
    pub(crate) year: Option<i32>,
    pub(crate) journal: Journal,
    pub(crate) volume: Volume,
    pub(crate) pages: Pages,
    /// The hash of the DOI without its version; 0 where there is none.
    pub(crate) doi: u64,
    /// The PubMed id; 0 where there is none.
    pub(crate) pmid: u64,
    /// The hashes of its numbers in CENTRAL, Embase and PubMed Central; 0 where there is none.
    pub(crate) database_ids: [u64; 3],
    pub(crate) sketch: Sketch,
    /// Whether the record says that it is of a conference.
    pub(crate) conference: bool,
    /// The hash of everything above: equal entries are equal in every field.
    pub(crate) content: u64,
}

impl Entry {
    pub(crate) fn of(record: &Record) -> Self {
        let title = Title::of(&record.title().unwrap_or_default());
        let authors = Authors::of(&record.authors());
        let journal = Journal::of(record.journal().unwrap_or_default()).with_issns(&record.issns());
        let mut volume =
            Volume::of(record.volume().unwrap_or_default(), record.issue().unwrap_or_default());
        let year = record.year();
        volume.is_the_year =
            year.is_some_and(|year| volume.number == Volume::of(&year.to_string(), "").number);
        let place = record.pages().unwrap_or_default();
        let pages = Pages::of(&place);
        let doi = record
            .doi()
            .and_then(|doi| normalise::doi(&doi))
            .or_else(|| normalise::cochrane_doi(&place));
        let doi = doi.map_or(0, |doi| hash(&doi));
        let numbers = record.database_numbers();
        let pmid = numbers.pmid.and_then(|pmid| pmid.parse().ok()).unwrap_or(0);
        let embase = numbers.embase.map(|it| it.trim_start_matches('L'));
        let database_ids = [numbers.central, embase, numbers.pmcid].map(|id| id.map_or(0, hash));
        let sketch = record
            .abstract_text()
            .filter(|it| !is_missing(it))
            .map_or_else(Sketch::default, |it| Sketch::of(&it));
        let kind = folded(record.reference_type().unwrap_or_default());
        let conference =
            ["conference", "inproceedings", "conf", "cpaper", "proceedings", "congress", "meeting"]
                .iter()
                .any(|mark| kind.split(' ').any(|word| word == *mark));
        let mut entry = Self {
            title,
            authors,
            year,
            journal,
            volume,
            pages,
            doi,
            pmid,
            database_ids,
            sketch,
            conference,
            content: 0,
        };
        entry.content = entry.digest();
        entry
    }

    fn digest(&self) -> u64 {
        let mut bytes = Vec::with_capacity(512);
        bytes.extend(self.title.text.as_bytes());
        bytes.push(0);
        bytes.extend(self.authors.families.as_bytes());
        bytes.push(0);
        bytes.extend(&self.authors.initials);
        bytes.extend(self.authors.words.iter().flat_map(|it| it.to_le_bytes()));
        bytes.extend(self.journal.text.as_bytes());
        bytes.push(0);
        let numbers = [
            u64::from(self.year.unwrap_or(0).unsigned_abs()),
            u64::from(self.volume.number),
            u64::from(self.volume.issue),
            u64::from(self.volume.supplement),
            u64::from(self.pages.first),
            u64::from(self.pages.to),
            self.doi,
            self.pmid,
            u64::from(self.conference),
            u64::from(self.title.n_main),
            u64::from(self.title.translated),
        ];
        bytes.extend(numbers.iter().flat_map(|it| it.to_le_bytes()));
        bytes.extend(self.database_ids.iter().flat_map(|it| it.to_le_bytes()));
        bytes.extend(self.journal.issns.iter().flat_map(|it| it.to_le_bytes()));
        bytes.extend(self.sketch.hashes().iter().flat_map(|it| it.to_le_bytes()));
        xxhash_rust::xxh3::xxh3_64(&bytes)
    }
}
