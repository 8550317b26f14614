//! `results.json`: every study accounted for, every number a number.

use std::collections::BTreeSet;
use std::fmt::Write;

use consilience_review::Package;
use proptest::prelude::*;
use serde_json::Value;

use crate::sample::{package, report, text};

fn results(package: &Package) -> Value {
    serde_json::from_str(&text(&report(package), "results.json")).unwrap()
}

fn names(analysis: &Value, list: &str) -> BTreeSet<String> {
    let items = analysis[list].as_array().unwrap();
    items.iter().map(|it| it["study"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn results_have_stable_names_and_full_precision() {
    insta::assert_snapshot!(text(&report(&package()), "results.json"));
}

#[test]
fn counts_that_nobody_recorded_are_null_and_not_nought() {
    let mut package = package();
    package.files.remove("screening.csv");
    package.files.remove("records/pubmed.ris");
    for (name, old, new) in [
        ("review.toml", "records = [\"records/pubmed.ris\"]", ""),
        ("studies.csv", ",ames,", ",,"),
        ("studies.csv", ",bell,", ",,"),
        ("studies.csv", ",cole,", ",,"),
    ] {
        let text = String::from_utf8(package.files[name].clone()).unwrap().replace(old, new);
        package.files.insert(name.to_owned(), text.into_bytes());
    }
    let flow = &results(&package)["flow"];
    assert_eq!(flow["records_screened"], Value::Null);
    assert_eq!(flow["database_results"], Value::Null);
    assert_eq!(flow["new_studies"], 4);
}

#[test]
fn the_boxes_of_the_flow_add_up() {
    let cm = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/conditioned-medium");
    for package in [package(), Package::read(cm.as_ref()).unwrap()] {
        let flow = &results(&package)["flow"];
        let n = |name: &str| flow[name].as_i64().unwrap();
        let excluded: i64 = flow["dbr_excluded"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["n"].as_i64().unwrap())
            .sum();
        let identified = n("database_results") + n("register_results");
        assert_eq!(n("records_screened"), identified - n("duplicates"));
        let passed = n("records_screened") - n("records_excluded") - n("records_undecided");
        assert_eq!(n("dbr_sought_reports"), passed);
        assert_eq!(n("dbr_assessed"), passed - n("dbr_notretrieved_reports"));
        let open =
            n("reports_awaiting_classification") + n("reports_ongoing") + n("reports_undecided");
        assert_eq!(n("new_reports"), n("dbr_assessed") - excluded - open);
    }
}

#[test]
fn records_of_other_methods_have_a_column_of_their_own() {
    let mut package = package();
    let mut append = |name: &str, text: &str| {
        package.files.entry(name.to_owned()).or_default().extend_from_slice(text.as_bytes());
    };
    append(
        "review.toml",
        "[[database]]\nid = \"cited\"\nname = \"Citation searching\"\nkind = \"other\"\nrecords = [\"records/cited.ris\"]\n",
    );
    let record = |id: &str| format!("TY  - JOUR\nID  - {id}\nTI  - Cited {id}\nER  - \n");
    append("records/cited.ris", &["eden", "ford", "gray"].map(record).concat());
    append(
        "screening.csv",
        "eden,title and abstract,exclude,,R1\nford,full text,exclude,no cream,R1\ngray,full text,not retrieved,,R1\n",
    );
    let output = report(&package);
    let flow = &results(&package)["flow"];
    let n = |name: &str| flow[name].as_i64().unwrap();
    assert_eq!((n("database_results"), n("records_screened"), n("dbr_sought_reports")), (4, 4, 4));
    assert_eq!((n("other_results"), n("other_records_excluded")), (3, 1));
    assert_eq!(
        (n("other_sought_reports"), n("other_notretrieved_reports"), n("other_assessed")),
        (2, 1, 1)
    );
    assert_eq!(flow["other_excluded"][0]["reason"], "no cream");
    let figure = text(&output, "figures/flow.svg");
    for words in ["Identification of studies via other methods", "Citation searching (n = 3)"] {
        assert!(figure.contains(words), "{words}");
    }
    let note = "Of 3 records from other methods, before any report was sought: 1 excluded by title and abstract.";
    assert!(text(&output, "report.html").contains(note));
}

/// A review of trials with these counts in both arms; a count above its `n` is left out as not reported.
fn review_of(trials: &[(u32, u32, u32, u32)], measure: &str, model: &str) -> Package {
    let mut package = Package::default();
    let toml = format!(
        "[review]\ntitle = \"T\"\n[[outcome]]\nid = \"o\"\nname = \"O\"\n[[comparison]]\nid = \"c\"\nname = \"C\"\n\
         experimental = \"e\"\ncomparator = \"c\"\n[[analysis]]\nid = \"a\"\ncomparison = \"c\"\noutcome = \"o\"\n\
         measure = \"{measure}\"\n{model}\nprediction_interval = true\nleave_one_out = true\n"
    );
    let mut studies = "study\n".to_owned();
    let mut arms = "study,arm,group,n\n".to_owned();
    let mut rows = "study,outcome,arm,n,events,missing\n".to_owned();
    for (i, (events_e, n_e, events_c, n_c)) in trials.iter().enumerate() {
        writeln!(studies, "S{i}").unwrap();
        for (arm, events, n) in [("e", events_e, n_e), ("c", events_c, n_c)] {
            writeln!(arms, "S{i},{arm},{arm},{n}").unwrap();
            if events <= n {
                writeln!(rows, "S{i},o,{arm},{n},{events},").unwrap();
            } else {
                writeln!(rows, "S{i},o,{arm},,,not reported").unwrap();
            }
        }
    }
    let files = [
        ("review.toml", toml),
        ("studies.csv", studies),
        ("arms.csv", arms),
        ("results.csv", rows),
    ];
    for (name, text) in files {
        package.files.insert(name.to_owned(), text.into_bytes());
    }
    package
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_study_has_an_effect_or_a_reason_and_every_number_is_finite(
        trials in proptest::collection::vec((0u32..12, 1u32..10, 0u32..12, 1u32..10), 1..14),
        measure in proptest::sample::select(vec!["RR", "OR", "RD"]),
        method in proptest::sample::select(vec![
            "", "model = \"common\"", "method = \"Mantel-Haenszel\"", "ci = \"Hartung-Knapp\"",
        ]),
    ) {
        let package = review_of(&trials, measure, method);
        let output = report(&package);
        let json = text(&output, "results.json");
        let lower = json.to_lowercase();
        prop_assert!(!lower.contains("nan") && !lower.contains("infinity"), "{json}");

        let results: Value = serde_json::from_str(&json).unwrap();
        let analysis = &results["analyses"]["a"];
        let (with, without) = (names(analysis, "studies"), names(analysis, "excluded"));
        prop_assert!(with.is_disjoint(&without));
        prop_assert_eq!(with.len() + without.len(), trials.len());
        prop_assert_eq!(analysis["k"].as_u64(), Some(with.len() as u64));

        let page = text(&output, "report.html");
        prop_assert!(!page.contains("NaN"));
    }
    #[test]
    fn the_same_review_gives_the_same_bytes_also_after_the_way_through_log_and_state(
        trials in proptest::collection::vec((0u32..12, 1u32..10, 0u32..12, 1u32..10), 1..9),
        measure in proptest::sample::select(vec!["RR", "OR", "RD", "PETO"]),
    ) {
        let package = review_of(&trials, measure, "");
        let first = report(&package);
        prop_assert!(first.files == report(&package).files);
        let reading = package.to_log();
        let printed = Package::from_state(&reading.state, &package.blobs());
        prop_assert!(first.files == report(&printed).files);
    }
}
