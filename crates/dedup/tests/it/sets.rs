//! The labelled sets beside the project, where they are present: no change may make more wrong decisions.

use std::path::{Path, PathBuf};

use consilience_bib::parse;
use consilience_dedup::{Index, Outcome, Thresholds};

use crate::score::Set;

/// For each set the wrong decisions that are known: records FP and FN.
const CEILINGS: [(&str, usize, usize); 9] = [
    ("cardiac_sample", 0, 0),
    ("copper", 0, 0),
    ("cora", 4, 163),
    ("cytology_screening", 0, 1),
    ("diabetes", 0, 2),
    ("digital_work", 0, 5),
    ("mis_mixed", 5, 306),
    ("respiratory", 0, 7),
    ("special_cases", 0, 0),
];

#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/dedupe");
    let folder = std::env::var_os("CONSILIENCE_DEDUPE").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        eprintln!("skipped: no labelled sets in {}", folder.display());
        return None;
    }
    Some(folder)
}

#[test]
fn no_labelled_set_has_more_wrong_decisions_than_are_known() {
    let Some(folder) = folder() else { return };
    for (name, false_positives, false_negatives) in CEILINGS {
        let set = Set::read(&folder.join(name)).unwrap();
        let mut index = Index::new(Thresholds::default());
        index.add(&set.records);
        let score = set.score(&index.answer().groups);
        assert!(
            score.false_positives <= false_positives && score.false_negatives <= false_negatives,
            "{name}: {score:?}"
        );
    }
}

#[test]
fn hand_made_pairs_are_decided_as_their_makers_say() {
    let Some(folder) = folder() else { return };
    let text = fs_err::read_to_string(folder.join("pair_cases.json")).unwrap();
    let cases: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut wrong = Vec::new();
    for case in cases["cases"].as_array().unwrap() {
        let records = [&case["record_a"], &case["record_b"]].map(record);
        let mut index = Index::new(Thresholds::default());
        index.add(&records);
        let is_joined = !index.answer().groups.is_empty();
        if is_joined != case["expected_duplicate"].as_bool().unwrap() {
            wrong.push(format!("{}: {:?}", case["id"], index.explain(0, 1)));
        }
        assert!(!is_joined || index.explain(0, 1).outcome == Outcome::Same);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A record as a table of one row.
fn record(fields: &serde_json::Value) -> consilience_bib::Record {
    let fields: Vec<(&String, &str)> = fields
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_str()?)))
        .collect();
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(fields.iter().map(|it| it.0)).unwrap();
    table.write_record(fields.iter().map(|it| it.1)).unwrap();
    let bytes = table.into_inner().unwrap();
    parse(&bytes, "pair.csv").unwrap().records.remove(0)
}
