//! `consil dedup`: records of one report.

use crate::consil::consil;

const TABLE: &str = "ID,title,author,year,journal,volume,pages\n\
    a,Green tea and sleep in older adults,\"Arbor, Jane; Birch, Tom\",2015,Journal of Rest,12,101-110\n\
    b,Green tea and sleep in older adults,Arbor J.Birch T.,2015,J Rest,12,101-10\n\
    c,Coffee and sleep in younger adults,\"Cedar, Ann\",2016,Journal of Rest,13,5-9\n";

#[test]
fn groups_are_lists_of_ids_as_json() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("records.csv"), TABLE).unwrap();
    let run = consil(dir.path(), &["dedup", "records.csv", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["records_read"], 3);
    assert_eq!(found["groups"], serde_json::json!([["a", "b"]]));
    assert_eq!(found["ask"], serde_json::json!([]));
}

#[test]
fn two_records_are_explained_field_by_field() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("records.csv"), TABLE).unwrap();
    let text = consil(dir.path(), &["dedup", "records.csv", "--explain", "a", "b"]).stdout;
    assert!(text.starts_with("one report"), "{text}");
    assert!(
        text.contains("journal") && text.contains("the same, in full or abbreviated"),
        "{text}"
    );
}

#[test]
fn records_whose_id_repeats_go_by_their_place() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("records.csv"), TABLE.replace("\nb,", "\na,")).unwrap();
    let run = consil(dir.path(), &["dedup", "records.csv", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["groups"], serde_json::json!([["records.csv#1", "records.csv#2"]]));
    assert!(run.stderr.contains("2 records go by FILE#N"), "{}", run.stderr);
}
