//! `consil new` and what it makes.

use crate::consil::consil;

#[test]
fn a_new_review_builds_at_once_and_lists_what_is_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let run = consil(folder.path(), &["new", "mine"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let run = consil(folder.path(), &["build", "mine"]);
    insta::assert_snapshot!(run.shown(folder.path()), @"");
    assert!(folder.path().join("mine/output/report.html").is_file());
}

#[test]
fn a_folder_that_holds_a_review_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("review.toml"), "mine").unwrap();
    let run = consil(folder.path(), &["new", "."]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.shown(folder.path()), @"");
    assert_eq!(fs_err::read_to_string(folder.path().join("review.toml")).unwrap(), "mine");
    assert!(!folder.path().join("studies.csv").exists());
}
