//! `consil grade` as a panel uses it: read, fill in, rate again what is stale.

use std::path::Path;

use crate::consil::{consil, example};

/// A copy of an example.
fn copy(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["review.toml", "studies.csv", "arms.csv", "results.csv"] {
        fs_err::copy(example(name).join(file), folder.path().join(file)).unwrap();
    }
    folder
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs_err::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs_err::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_review_is_read_rated_from_the_template_and_stale_when_a_number_changes() {
    let review = copy("stroke-care");
    let folder = review.path();
    edit(
        folder,
        "review.toml",
        "unit = \"days\"",
        "unit = \"days\"\nimportance = \"critical\"\nthresholds = [2, 5, 10]",
    );
    let run = consil(folder, &["grade"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("certainty: not rated"), "{}", run.stdout);
    assert!(run.stdout.contains("program's rule, not GRADE's"), "{}", run.stdout);
    insta::assert_snapshot!(run.shown(folder));

    let template = consil(folder, &["grade", "--template"]).stdout;
    let first = template.lines().next().unwrap();
    assert_eq!(
        first,
        "comparison,outcome,domain,rating,reason,proposed,analysis,estimate,ci_lower,ci_upper,studies,participants,assessor,time"
    );
    let rows: Vec<String> = template
        .lines()
        .filter(|it| it.contains(",inconsistency,,,") || it.contains(",imprecision,,,"))
        .map(|it| it.replacen(",,,", ",serious,as the panel saw it,", 1))
        .collect();
    assert_eq!(rows.len(), 2, "{template}");
    fs_err::write(folder.join("certainty.csv"), format!("{first}\n{}\n", rows.join("\n"))).unwrap();
    let rated = consil(folder, &["grade"]);
    assert!(rated.stdout.contains("⊕⊕⊝⊝ Low, rated on the numbers of today"), "{}", rated.stdout);
    assert!(rated.stderr.contains("1 body of evidence, 1 rated"), "{}", rated.stderr);

    edit(folder, "results.csv", "specialist care,155,55,47", "specialist care,155,65,47");
    let stale = consil(folder, &["grade"]);
    assert!(
        stale.stdout.contains("STALE, rated on other numbers: the estimate was"),
        "{}",
        stale.stdout
    );
    let json: serde_json::Value =
        serde_json::from_str(&consil(folder, &["grade", "--json"]).stdout).unwrap();
    assert_eq!(json["bodies_of_evidence"][0]["freshness"], "stale");
    let built = consil(folder, &["build", ".", "--out", "out"]);
    assert!(built.stderr.contains("was rated on other numbers"), "{}", built.stderr);
    let page = fs_err::read_to_string(folder.join("out/report.html")).unwrap();
    assert!(page.contains("certainty was rated on other numbers for Length of hospital stay"));
}

#[test]
fn an_outcome_that_is_not_there_is_named_with_those_that_are() {
    let run = consil(&example("bcg-vaccine"), &["grade", ".", "--outcome", "tb"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("--outcome: found `tb`"), "{}", run.stderr);
    assert!(run.stderr.contains("tuberculosis"), "{}", run.stderr);
}
