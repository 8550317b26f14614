//! `studies.csv` and `arms.csv`.

use super::{messages, replaced, sound};

#[test]
fn the_same_study_twice() {
    let package = replaced(
        sound(),
        "studies.csv",
        "Beta 2005,,parallel,block\n",
        "Beta 2005,,parallel,block\nBeta 2005,,cluster,\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"studies.csv:4:1 (study): found the same key a second time, expected each only once; remove one, or change what tells them apart"#);
}

#[test]
fn an_unknown_design() {
    let package = replaced(sound(), "studies.csv", "parallel,block", "paralel,block");
    insta::assert_snapshot!(messages(&package), @r#"studies.csv:3:12 (design): found `paralel`, expected one of `parallel`, `cluster`, `crossover`, `within-person`; did you mean `parallel`?"#);
}

#[test]
fn a_broken_study_is_not_reported_again_for_each_of_its_results() {
    let package = replaced(sound(), "studies.csv", "Beta 2005,,parallel", "Beta 2005,,cohort");
    insta::assert_snapshot!(messages(&package), @r#"studies.csv:3:12 (design): found `cohort`, expected one of `parallel`, `cluster`, `crossover`, `within-person`"#);
}

#[test]
fn an_unknown_record_of_a_study() {
    let package = replaced(sound(), "studies.csv", "Alpha 2001,r1", "Alpha 2001,r9");
    insta::assert_snapshot!(messages(&package), @r#"studies.csv:2:12 (reports): found `r9`, expected a record of the files of `records/`; did you mean `r1`? Otherwise add it to the files of `records/`"#);
}
