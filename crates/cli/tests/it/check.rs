//! `consil check` as a stranger uses it: slips planted in the examples are named, and nothing else is.

use std::path::Path;

use crate::consil::{EXAMPLES, consil, example};

/// A copy of an example whose `results.csv` has some texts replaced.
fn planted(name: &str, changes: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["review.toml", "studies.csv", "arms.csv", "results.csv"] {
        let mut text = fs_err::read_to_string(example(name).join(file)).unwrap();
        if file == "results.csv" {
            for (from, to) in changes {
                assert!(text.contains(from), "{from}");
                text = text.replace(from, to);
            }
        }
        fs_err::write(folder.path().join(file), text).unwrap();
    }
    folder
}

/// Study and kind of every finding, sorted.
fn found(folder: &Path) -> Vec<(String, String)> {
    let run = consil(folder, &["check", ".", "--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let text = |it: &serde_json::Value, name: &str| it[name].as_str().unwrap().to_owned();
    let findings = json["findings"].as_array().unwrap();
    let mut found: Vec<_> =
        findings.iter().map(|it| (text(it, "study"), text(it, "kind"))).collect();
    found.sort();
    found
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn nothing_looks_wrong_in_the_examples() {
    for name in EXAMPLES {
        assert_eq!(found(&example(name)), [], "{name}");
    }
}

#[test]
fn three_slips_in_stroke_care_are_named() {
    let folder = planted(
        "stroke-care",
        &[
            ("specialist care,75,64,17", "specialist care,75,64,1.96"),
            ("routine care,71,119,29", "routine care,71,119,3.44"),
            ("specialist care,31,27,7", "specialist care,31,-27,7"),
            ("routine care,52,23,20", "routine care,52,23,200"),
        ],
    );
    let expected = [
        ("Orpington-Mild", "impossible-mean"),
        ("Orpington-Mild", "lost-sign"),
        ("Orpington-Moderate", "se-given-as-sd"),
        ("Uppsala", "impossible-sd"),
    ];
    let found = found(folder.path());
    for it in pairs(&expected) {
        assert!(found.contains(&it), "{it:?} in {found:?}");
    }
    assert!(found.iter().all(|it| expected.iter().any(|e| e.0 == it.0)), "{found:?}");
    let run = consil(folder.path(), &["check", "."]);
    assert!(
        run.stdout.contains("look in the source whether it says SD, SE, SEM"),
        "{}",
        run.stdout
    );
    assert_eq!(consil(folder.path(), &["check", ".", "--deny"]).status, 1);
}

#[test]
fn swapped_arms_and_impossible_counts_in_a_vaccine_trial_are_named() {
    let swapped = planted(
        "bcg-vaccine",
        &[
            (",vaccinated,13598,62,", ",VAC,12867,248,"),
            (",not vaccinated,12867,248,", ",not vaccinated,13598,62,"),
            (",VAC,", ",vaccinated,"),
        ],
    );
    assert_eq!(found(swapped.path()), pairs(&[("Hart & Sutherland 1977", "arms-swapped")]));
    let above = planted("bcg-vaccine", &[(",vaccinated,123,4,", ",vaccinated,123,124,")]);
    assert_eq!(found(above.path()), pairs(&[("Aronson 1948", "events-above-n")]));
    let negative = planted("bcg-vaccine", &[(",vaccinated,123,4,", ",vaccinated,123,-4,")]);
    assert_eq!(found(negative.path()), pairs(&[("Aronson 1948", "impossible-count")]));
}

#[test]
fn a_table_is_checked_as_a_review_is() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "study,events_e,n_e,events_c,n_c\nA,62,1360,248,1290\nB,6,306,29,303\nC,17,1716,65,1665\nD,8,231,321,220\n";
    fs_err::write(folder.path().join("t.csv"), rows).unwrap();
    let run = consil(folder.path(), &["check", "t.csv", "--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["findings"][0]["study"], "D");
    assert_eq!(json["findings"][0]["kind"], "events-above-n");
    assert_eq!(json["findings"][0]["line"], 5);
}
