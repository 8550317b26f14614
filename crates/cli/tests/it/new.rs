//! `consil new` and what it makes.

use crate::consil::consil;

#[test]
fn a_new_review_builds_at_once_and_lists_what_is_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let run = consil(folder.path(), &["new", "mine"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let run = consil(folder.path(), &["build", "mine"]);
    insta::assert_snapshot!(run.shown(folder.path()), @r#"
    status: 0
    --- stdout
    mine/output/report.html
    --- stderr
    0 records, 0 studies, 0 results, 0 syntheses
    still to do:
      - the question is not stated (review.toml: population, intervention and comparator in `[question]`)
      - the eligibility criteria are not stated (review.toml: `include` and `exclude` in `[eligibility]`)
      - no outcome is defined (review.toml: an `[[outcome]]` for each)
      - no comparison is defined (review.toml: a `[[comparison]]` for each)
      - no analysis is planned (review.toml: an `[[analysis]]` for each)
      - no records from PubMed (review.toml: `records` of the database `pubmed`)
      - no study is described (studies.csv: a row for each)
    4 files in mine/output
    "#);
    assert!(folder.path().join("mine/output/report.html").is_file());
}

#[test]
fn a_folder_that_holds_a_review_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("review.toml"), "mine").unwrap();
    let run = consil(folder.path(), &["new", "."]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.shown(folder.path()), @r#"
    status: 1
    --- stdout
    --- stderr
    error: .: found `review.toml` in it, expected a folder without a review; nothing was written
    "#);
    assert_eq!(fs_err::read_to_string(folder.path().join("review.toml")).unwrap(), "mine");
    assert!(!folder.path().join("studies.csv").exists());
}
