//! Several reports of one study: no duplicates, but one trial to extract once.

use std::collections::BTreeMap;

use consilience_bib::Record;

/// Records that tell of one study, each from a report of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Study {
    /// The trial registration number that they share: "NCT01234567".
    pub registration: String,
    /// The records that name it, in order.
    pub records: Vec<usize>,
}

/// Records that name the same trial registration number. A review that lists the
/// numbers of many trials tells of none of them: records that name more than two are left out.
pub fn suggest_studies<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<Study> {
    let mut studies: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, record) in records.into_iter().enumerate() {
        let numbers = record.trial_registrations();
        if numbers.len() <= 2 {
            for number in numbers {
                studies.entry(number).or_default().push(i);
            }
        }
    }
    let several = studies.into_iter().filter(|(_, records)| records.len() > 1);
    several.map(|(registration, records)| Study { registration, records }).collect()
}
