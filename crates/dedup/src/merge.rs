//! What stands for a report of which there are several records. The records themselves all stay.

use consilience_bib::Record;

/// Of a group, the record that tells most: with a DOI, a PubMed id, pages and volume, the longest abstract, the longest
/// name of the journal, the most authors, in this order; of equals the first.
///
/// # Panics
/// If the group names a record that there is not.
pub fn representative(group: &[usize], records: &[&Record]) -> usize {
    let best =
        group.iter().copied().max_by_key(|it| (completeness(records[*it]), std::cmp::Reverse(*it)));
    best.unwrap_or(0)
}

type Completeness = (usize, usize, usize, usize);

fn completeness(record: &Record) -> Completeness {
    let has = [
        record.doi().is_some(),
        record.pmid().is_some(),
        record.pages().is_some(),
        record.volume().is_some(),
        record.abstract_text().is_some(),
        record.year().is_some(),
    ];
    (
        has.iter().filter(|it| **it).count(),
        record.abstract_text().map_or(0, |it| it.chars().count()),
        record.journal().map_or(0, |it| it.chars().count()),
        record.authors().len(),
    )
}

/// How a field is taken from a record.
type Get = fn(&Record) -> Option<String>;

/// A field of a report, and the record that it was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedField {
    /// Which field: "title", "DOI" …
    pub field: &'static str,
    /// Its value.
    pub value: String,
    /// The number of the record.
    pub record: usize,
}

/// The best of each field that any record of a group has: the longest abstract, title, journal and list of authors; else the
/// first that is there, the representative's before all.
///
/// # Panics
/// If the group names a record that there is not.
pub fn merged(group: &[usize], records: &[&Record]) -> Vec<MergedField> {
    let first = representative(group, records);
    let order =
        || std::iter::once(first).chain(group.iter().copied().filter(move |it| *it != first));
    let fields: [(&'static str, bool, Get); 10] = [
        ("title", true, |it| it.title()),
        ("authors", true, |it| Some(it.authors().join("; ")).filter(|it| !it.is_empty())),
        ("year", false, |it| it.year().map(|it| it.to_string())),
        ("journal", true, |it| it.journal().map(str::to_owned)),
        ("volume", false, |it| it.volume().map(str::to_owned)),
        ("issue", false, |it| it.issue().map(str::to_owned)),
        ("pages", false, |it| it.pages()),
        ("DOI", false, |it| it.doi()),
        ("PubMed id", false, |it| it.pmid().map(str::to_owned)),
        ("abstract", true, |it| it.abstract_text()),
    ];
    let best = |(field, is_longest, get): (&'static str, bool, Get)| {
        let values = order()
            .filter_map(|record| Some(MergedField { field, value: get(records[record])?, record }));
        let mut values = values.collect::<Vec<_>>().into_iter();
        let start = values.next()?;
        Some(if is_longest {
            values.fold(start, |best, it| {
                if it.value.chars().count() > best.value.chars().count() { it } else { best }
            })
        } else {
            start
        })
    };
    fields.into_iter().filter_map(best).collect()
}
