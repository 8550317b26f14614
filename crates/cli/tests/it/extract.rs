//! `consil extract`: two extractors beside each other, and a review that waits for their consensus.

use serde_json::Value;
use tempfile::TempDir;

use crate::consil::consil;

const REVIEW: &str = "[review]\ntitle = \"T\"\n[[outcome]]\nid = \"pain\"\nname = \"Pain\"\n\
    [[comparison]]\nid = \"c\"\nname = \"Drug versus placebo\"\nexperimental = \"drug\"\ncomparator = \"placebo\"\n\
    [[analysis]]\nid = \"pain\"\ncomparison = \"c\"\noutcome = \"pain\"\nmeasure = \"MD\"\n";

const RESULTS: &str = "study,outcome,arm,n,mean,sd,entered_by,entered_at\n\
    A,pain,drug,30,12.5,3.1,anna,2026-01-02\n\
    A,pain,drug,30,12.5,3.6,ben,2026-01-03\n\
    A,pain,placebo,30,14,3,anna,2026-01-02\n\
    A,pain,placebo,30,14.0,3,ben,2026-01-03\n";

fn folder(results: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let files = [
        ("review.toml", REVIEW),
        ("studies.csv", "study\nA\n"),
        ("arms.csv", "study,arm,group\nA,drug,drug\nA,placebo,placebo\n"),
        ("results.csv", results),
    ];
    for (name, text) in files {
        fs_err::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn differences_are_listed_with_places_and_agreement_by_field() {
    let folder = folder(RESULTS);
    let run = consil(folder.path(), &["extract", "agreement", "."]);
    insta::assert_snapshot!(run.shown(folder.path()), @"
    status: 0
    --- stdout
    anna and ben

    Differences
      A / pain / drug
        sd: anna 3.1 (./results.csv:2:21), ben 3.6 (./results.csv:3:21)

    Agreement of anna and ben: 2 results, 1 of them (50%) the same in every field
      n: n = 2, same 2 (100%)
      mean: n = 2, same 2 (100%)
      sd: n = 2, same 1 (50%), largest difference 13.9%
    --- stderr
    1 difference is to be decided: `--template` prints a row for each
    ");
}

#[test]
fn the_comparison_is_json_for_scripts() {
    let folder = folder(RESULTS);
    let run = consil(folder.path(), &["extract", "agreement", "results.csv", "--json"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["differences"][0]["field"], "sd");
    assert_eq!(json["differences"][0]["readings"][1]["value"], "3.6");
    assert_eq!(json["differences"][0]["readings"][1]["place"], "results.csv:3:21 (sd)");
    assert_eq!(json["agreement"][0]["results"], 2);
    assert_eq!(json["agreement"][0]["same"], 1);
}

#[test]
fn two_tables_of_one_person_each_are_compared_by_their_names() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs_err::write(folder.path().join(name), text).unwrap();
    write("anna.csv", "study,outcome,arm,events,n\nA,death,drug,3,30\n");
    write("ben.csv", "arm,outcome,study,n,events\ndrug,death,A,31,3\n");
    let run = consil(folder.path(), &["extract", "agreement", "anna.csv", "ben.csv"]);
    assert!(run.stdout.starts_with("anna and ben\n"), "{}", run.stdout);
    assert!(
        run.stdout.contains("    n: anna 30 (anna.csv:2:16), ben 31 (ben.csv:2:14)"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_review_waits_for_the_consensus_and_builds_with_it() {
    let folder = folder(RESULTS);
    let open = consil(folder.path(), &["build", ".", "--json"]);
    let json: Value = serde_json::from_str(&open.stdout).unwrap();
    let reason =
        "the extractors differ on drug (sd: anna 3.1, ben 3.6); a row by `consensus` decides";
    assert_eq!(json["analyses"]["pain"]["excluded"][0]["reason"], reason);
    assert!(
        open.stderr.contains("the extractors differ on a result: A / pain / drug"),
        "{}",
        open.stderr
    );

    let template = consil(folder.path(), &["extract", "agreement", ".", "--template"]);
    let rows: Vec<&str> = template.stdout.lines().collect();
    assert_eq!(rows[0], "study,outcome,arm,n,mean,sd,entered_by,entered_at,note");
    assert_eq!(rows[1], "A,pain,drug,30,12.5,?,consensus,,\"sd: anna 3.1, ben 3.6\"");

    let decided = format!("{RESULTS}A,pain,drug,30,12.5,3.6,consensus,2026-01-05\n");
    fs_err::write(folder.path().join("results.csv"), decided).unwrap();
    let built = consil(folder.path(), &["build", ".", "--json"]);
    let json: Value = serde_json::from_str(&built.stdout).unwrap();
    assert_eq!(json["analyses"]["pain"]["k"], 1);
    assert_eq!(json["analyses"]["pain"]["studies"][0]["data"]["sd_e"], 3.6);
}

#[test]
fn one_extractor_alone_is_told_so() {
    let folder = folder("study,outcome,arm,mean,entered_by\nA,pain,drug,3,anna\n");
    let run = consil(folder.path(), &["extract", "agreement", "."]);
    assert!(
        run.stderr.contains("expected results of two people in `entered_by`, found one (anna)"),
        "{}",
        run.stderr
    );
}
