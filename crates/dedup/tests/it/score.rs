//! Labelled sets of records, and how many wrong decisions a grouping makes on them.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use consilience_bib::{Record, parse};

/// A folder with `records.csv.gz` and `groups.csv` (`merged_ids`: the ids of one report, parted by semicolons).
pub(crate) struct Set {
    pub(crate) records: Vec<Record>,
    /// For each record the first record of its report.
    pub(crate) truth: Vec<usize>,
}

/// Wrong decisions. At the level of records, one record of each report should remain: an error is each further one that
/// does (FN), and each report of which none does (FP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Score {
    pub(crate) false_positives: usize,
    pub(crate) false_negatives: usize,
    pub(crate) pair_false_positives: usize,
    pub(crate) pair_false_negatives: usize,
}

impl Set {
    pub(crate) fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let bytes = fs_err::read(folder.join("records.csv.gz"))?;
        let records = parse(&bytes, "records.csv")?.records;
        let ids: BTreeMap<&str, usize> =
            records.iter().enumerate().filter_map(|(i, record)| Some((record.id()?, i))).collect();
        let mut truth: Vec<usize> = (0..records.len()).collect();
        for row in csv::Reader::from_path(folder.join("groups.csv"))?.records() {
            let members: Vec<usize> =
                row?[0].split(';').filter_map(|id| ids.get(id).copied()).collect();
            for member in &members {
                truth[*member] = members[0];
            }
        }
        Ok(Self { records, truth })
    }

    /// For each record the first record of its group.
    pub(crate) fn labels(&self, groups: &[Vec<usize>]) -> Vec<usize> {
        let mut labels: Vec<usize> = (0..self.records.len()).collect();
        for group in groups {
            for record in group {
                labels[*record] = group[0];
            }
        }
        labels
    }

    pub(crate) fn score(&self, groups: &[Vec<usize>]) -> Score {
        let ours = self.labels(groups);
        let mut score = Score::default();
        for report in by_label(&self.truth) {
            match report.iter().filter(|it| ours[**it] == **it).count() {
                0 => score.false_positives += 1,
                kept => score.false_negatives += kept - 1,
            }
        }
        score.pair_false_positives = split_pairs(&ours, &self.truth).len();
        score.pair_false_negatives = split_pairs(&self.truth, &ours).len();
        score
    }
}

/// The records of each label.
pub(crate) fn by_label(labels: &[usize]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (record, label) in labels.iter().enumerate() {
        groups.entry(*label).or_default().push(record);
    }
    groups.into_values().collect()
}

/// The pairs that one labelling joins and the other does not.
pub(crate) fn split_pairs(joined: &[usize], split: &[usize]) -> Vec<(usize, usize)> {
    let pairs_of = |group: &Vec<usize>| {
        let pairs = group
            .iter()
            .enumerate()
            .flat_map(|(i, a)| group[i + 1..].iter().map(move |b| (*a, *b)));
        pairs.filter(|(a, b)| split[*a] != split[*b]).collect::<Vec<_>>()
    };
    by_label(joined).iter().flat_map(pairs_of).collect()
}
