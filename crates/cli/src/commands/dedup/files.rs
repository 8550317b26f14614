//! The exports whose records are compared, and what their records are called.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use consilience_bib::{BibError, Item, Options, Reader, Record};

use crate::progress::Progress;
use crate::{Failed, printer};

/// A file and what was read from it.
pub(super) struct Source {
    pub(super) name: String,
    pub(super) records: Vec<Record>,
    pub(super) n_kept_aside: usize,
}

impl Source {
    pub(super) fn read(path: &Path) -> Result<Self, Failed> {
        let name = path.display().to_string();
        let file = fs_err::File::open(path).map_err(printer::failure)?;
        let size = file.metadata().map_or(0, |data| data.len());
        let input = Progress::new(file, size, &name);
        let (records, n_kept_aside) =
            read(input, &Options::named(name.as_str())).map_err(printer::failure)?;
        if records.is_empty() {
            printer::remark(format!("{name}: found no record"));
        }
        if n_kept_aside > 0 {
            let aside = printer::counted(n_kept_aside, "record", "records");
            printer::remark(format!(
                "{name}: {aside} kept aside; `consil records ls {name}` says which and why"
            ));
        }
        Ok(Self { name, records, n_kept_aside })
    }
}

fn read(input: impl Read, options: &Options) -> Result<(Vec<Record>, usize), BibError> {
    let (mut records, mut n_kept_aside) = (Vec::new(), 0);
    for item in Reader::new(input, options)? {
        match item? {
            Item::Record(record) => records.push(record),
            Item::Quarantined(_) => n_kept_aside += 1,
            Item::Problem(_) => {}
        }
    }
    Ok((records, n_kept_aside))
}

/// The id of each record: its own where it has one that no other record has, else its file and place.
pub(super) fn ids(sources: &[Source]) -> Vec<String> {
    let mut n_of: BTreeMap<&str, usize> = BTreeMap::new();
    for id in sources.iter().flat_map(|source| &source.records).filter_map(Record::id) {
        *n_of.entry(id).or_default() += 1;
    }
    let named = sources.iter().flat_map(|source| {
        source.records.iter().enumerate().map(|(i, record)| match record.id() {
            Some(id) if n_of.get(id) == Some(&1) => id.to_owned(),
            _ => format!("{}#{}", source.name, i + 1),
        })
    });
    named.collect()
}

/// How many records have an id of their own but do not go by it.
pub(super) fn n_renamed(sources: &[Source], ids: &[String]) -> usize {
    let records = sources.iter().flat_map(|source| &source.records);
    records.zip(ids).filter(|(record, id)| record.id().is_some_and(|own| own != *id)).count()
}
