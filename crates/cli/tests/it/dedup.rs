//! `consil dedup`: records of one report.

use std::fmt::Write;
use std::time::Duration;

use crate::consil::{consil, killed};

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

/// A review with the records of [`TABLE`].
fn review() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs_err::write(dir.path().join(name), text).unwrap();
    fs_err::create_dir(dir.path().join("records")).unwrap();
    write(
        "review.toml",
        "[review]\ntitle = \"Tea\"\n[[database]]\nid = \"d\"\nname = \"D\"\nrecords = [\"records/all.csv\"]\n",
    );
    write("records/all.csv", TABLE);
    dir
}

#[test]
fn a_review_shows_what_is_new_and_writes_and_undoes_it() {
    let dir = review();
    let run = consil(dir.path(), &["dedup", "."]);
    assert!(run.stdout.contains("0 duplicates known, 1 new"), "{}", run.stdout);
    assert!(!dir.path().join("duplicates.csv").exists());

    consil(dir.path(), &["dedup", ".", "--write"]);
    let table = fs_err::read_to_string(dir.path().join("duplicates.csv")).unwrap();
    insta::assert_snapshot!(table, @r#"
    record,duplicate_of,reviewer,time,reason
    b,a,consil,,"title the same; authors the same; year the same; journal the same, in full or abbreviated; volume the same; pages the same"
    "#);
    let run = consil(dir.path(), &["dedup", "."]);
    assert!(run.stdout.contains("1 duplicate known, 0 new"), "{}", run.stdout);
    assert_eq!(consil(dir.path(), &["build", "."]).status, 0);

    assert_eq!(consil(dir.path(), &["dedup", ".", "--undo", "c"]).status, 1);
    assert_eq!(consil(dir.path(), &["dedup", ".", "--undo"]).status, 0);
    let run = consil(dir.path(), &["dedup", "."]);
    assert!(run.stdout.contains("0 duplicates known, 1 new"), "{}", run.stdout);
}

#[test]
fn what_others_wrote_in_duplicates_csv_stays_as_it_was() {
    let dir = review();
    let table = "reason,duplicate_of,record,reviewer\r\n\"seen, twice\",b,c,ann\r\n";
    fs_err::write(dir.path().join("duplicates.csv"), table).unwrap();
    let run = consil(dir.path(), &["dedup", ".", "--write"]);
    let written = fs_err::read_to_string(dir.path().join("duplicates.csv")).unwrap();
    assert!(written.starts_with(table), "{written}");
    assert!(written.contains(",b,a,consil"), "{written}\n{}", run.stdout);
    consil(dir.path(), &["dedup", ".", "--undo", "a"]);
    let left = fs_err::read_to_string(dir.path().join("duplicates.csv")).unwrap();
    assert_eq!(left, table);
}

#[test]
fn records_that_were_both_decided_on_are_left_to_those_who_decided() {
    let dir = review();
    let table =
        "report,stage,decision\na,title and abstract,include\nb,title and abstract,exclude\n";
    fs_err::write(dir.path().join("screening.csv"), table).unwrap();
    let run = consil(dir.path(), &["dedup", ".", "--write", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["by_hand"], serde_json::json!([["a", "b"]]));
    assert_eq!(found["duplicates_new"], serde_json::json!([]));
    assert!(!dir.path().join("duplicates.csv").exists());
}

#[test]
fn what_a_person_answered_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("records.csv"), TABLE).unwrap();
    let answers = "first,second,answer\na,b,different\nb,c,same\nc,a,\n";
    fs_err::write(dir.path().join("answers.csv"), answers).unwrap();
    let run = consil(dir.path(), &["dedup", "records.csv", "--json", "--answers", "answers.csv"]);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["groups"], serde_json::json!([["b", "c"]]));
    assert_eq!(found["ask"], serde_json::json!([]));
    fs_err::write(dir.path().join("answers.csv"), "first,second,answer\na,b,perhaps\n").unwrap();
    let run = consil(dir.path(), &["dedup", "records.csv", "--answers", "answers.csv"]);
    assert!(run.stderr.contains("answers.csv:2: found the answer `perhaps`"), "{}", run.stderr);
}

#[test]
fn a_checkpoint_of_other_records_is_refused_and_one_that_was_used_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("records.csv"), TABLE).unwrap();
    fs_err::write(dir.path().join("run.checkpoint"), "something else").unwrap();
    let arguments = ["dedup", "records.csv", "--checkpoint", "run.checkpoint"];
    let run = consil(dir.path(), &arguments);
    assert!(run.stderr.contains("found no checkpoint of this program"), "{}", run.stderr);
    fs_err::remove_file(dir.path().join("run.checkpoint")).unwrap();
    assert_eq!(consil(dir.path(), &arguments).status, 0);
    assert!(!dir.path().join("run.checkpoint").exists());
}

#[test]
fn a_run_that_was_killed_gives_the_same_when_it_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = "title,author,year,journal,volume,pages\n".to_owned();
    for i in 0..1200 {
        let (page, kind) = (i / 3 * 7, i / 3 % 50);
        writeln!(table, "Tea {kind} and sleep {} in adults,Arbor J,2015,J Rest,12,{page}", i / 3)
            .unwrap();
    }
    fs_err::write(dir.path().join("records.csv"), table).unwrap();
    let whole = consil(dir.path(), &["dedup", "records.csv", "--json"]).stdout;
    let arguments = ["dedup", "records.csv", "--json", "--checkpoint", "run.checkpoint"];
    for milliseconds in [50, 200, 500] {
        killed(dir.path(), &arguments, Duration::from_millis(milliseconds));
    }
    let run = consil(dir.path(), &arguments);
    assert!(run.stdout == whole, "{}", run.stderr);
    assert!(!dir.path().join("run.checkpoint").exists());
}
