//! The tools, and what each finds in a set.
//!
//! A tool's process prints a line `seconds S` (processor time from the records as read to the groups), a line `megabytes M` (the most
//! memory the process had), and a line `group ID;ID…` for each group.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use biblib::dedupe::Deduplicator;
use biblib::{Author, Citation, Date};
use consilience_bib::Record;
use consilience_dedup::{Index, Thresholds};

use crate::clock;
use crate::score::Set;

/// A program that finds duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Ours,
    BibDedupe,
    Biblib,
}

/// What a tool found.
pub(crate) struct Found {
    pub(crate) seconds: f64,
    pub(crate) megabytes: u64,
    pub(crate) groups: Vec<Vec<usize>>,
}

impl Tool {
    pub(crate) const ALL: [Self; 3] = [Self::Ours, Self::BibDedupe, Self::Biblib];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "consil",
            Self::BibDedupe => "bib-dedupe",
            Self::Biblib => "biblib",
        }
    }

    fn flag(self) -> String {
        format!("--{}", self.name())
    }

    pub(crate) fn of_flag(flag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.flag() == flag)
    }

    /// Runs the tool in a process of its own; `None` if there is no such tool here.
    pub(crate) fn ask(self, folder: &Path, set: &Set) -> Result<Option<Found>, Box<dyn Error>> {
        let mut command = if self == Self::BibDedupe {
            let python = std::env::var("CONSILIENCE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
            let mut command = Command::new(python);
            command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/bib_dedupe_groups.py"));
            command
        } else {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg(self.flag());
            command
        };
        let output = command.arg(folder).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            eprintln!("{}: {}", self.name(), said.lines().last().unwrap_or("no word"));
            return Ok(None);
        }
        Ok(Some(read(&String::from_utf8_lossy(&output.stdout), set)))
    }

    /// Reads a set and finds its groups in this process.
    pub(crate) fn run(self, folder: &Path) -> Result<String, Box<dyn Error>> {
        let set = Set::read(folder)?;
        let citations: Vec<Citation> =
            if self == Self::Biblib { set.records.iter().map(citation).collect() } else { Vec::new() };
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let seconds = clock::seconds_of(|| {
            groups = if self == Self::Biblib {
                let found = Deduplicator::builder().parallel(false).build().find_duplicates(&citations);
                let group = |it: biblib::dedupe::DuplicateGroup| [vec![it.unique], it.duplicates].concat();
                found.into_iter().map(group).collect()
            } else {
                let mut index = Index::new(Thresholds::default());
                index.add(&set.records);
                index.answer().groups
            };
        });
        let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0);
        let mut out = format!("seconds {seconds}\nmegabytes {}\n", peak / 1024);
        for group in groups {
            let ids: Vec<&str> = group.iter().filter_map(|it| set.records[*it].id()).collect();
            let _ = writeln!(out, "group {}", ids.join(";"));
        }
        Ok(out)
    }
}

fn read(text: &str, set: &Set) -> Found {
    let ids: BTreeMap<&str, usize> =
        set.records.iter().enumerate().filter_map(|(i, it)| Some((it.id()?, i))).collect();
    let mut found = Found { seconds: f64::NAN, megabytes: 0, groups: Vec::new() };
    for (what, value) in text.lines().filter_map(|line| line.split_once(' ')) {
        match what {
            "seconds" => found.seconds = value.parse().unwrap_or(f64::NAN),
            "megabytes" => found.megabytes = value.parse().unwrap_or(0),
            _ => {
                let group = value.split(';').filter_map(|id| ids.get(id).copied());
                found.groups.push(group.collect());
            }
        }
    }
    found.groups.retain(|group| group.len() > 1);
    found
}

/// A record as biblib holds one.
fn citation(record: &Record) -> Citation {
    let text = |value: Option<&str>| value.map(str::to_owned);
    let authors = record.author_names().into_iter().map(|name| Author {
        name: name.family.into(),
        given_name: Some(name.given.to_owned()).filter(|it| !it.is_empty()),
        middle_name: None,
        affiliations: Vec::new(),
    });
    Citation {
        title: record.title().unwrap_or_default(),
        authors: authors.collect(),
        journal: text(record.journal()),
        journal_abbr: text(record.journal_abbreviation()),
        date: record.year().map(|year| Date { year, month: None, day: None }),
        volume: text(record.volume()),
        issue: text(record.issue()),
        pages: record.pages(),
        issn: record.issns(),
        doi: record.doi(),
        pmid: text(record.pmid()),
        abstract_text: record.abstract_text(),
        ..Citation::default()
    }
}
