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
    insta::assert_snapshot!(messages(&package), @r#"studies.csv:4:1 (study): found `Beta 2005` a second time, the first in line 3, expected each only once; remove one, or change what tells them apart"#);
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

#[test]
fn a_name_with_a_bare_comma_is_one_message_and_its_results_have_a_study() {
    let torn =
        replaced(sound(), "studies.csv", "Beta 2005,,parallel", "Beta, Gamma 2005,,parallel");
    let package = |to: &str| {
        let arms = replaced(torn.clone(), "arms.csv", "Beta 2005,active", &format!("{to},active"));
        let arms = replaced(arms, "arms.csv", "Beta 2005,placebo", &format!("{to},placebo"));
        let results =
            replaced(arms, "results.csv", "Beta 2005,pain,active", &format!("{to},pain,active"));
        replaced(results, "results.csv", "Beta 2005,pain,placebo", &format!("{to},pain,placebo"))
    };
    insta::assert_snapshot!(messages(&package("\"Beta, Gamma 2005\"")), @r#"studies.csv:3:1: found 5 cells, expected 4, as the header of studies.csv has; put a cell that contains a comma in quotation marks"#);
    insta::assert_snapshot!(messages(&package("Beta")), @r#"studies.csv:3:1: found 5 cells, expected 4, as the header of studies.csv has; put a cell that contains a comma in quotation marks"#);
}

#[test]
fn the_same_arm_twice() {
    let package = replaced(
        sound(),
        "arms.csv",
        "Beta 2005,placebo,placebo,50\n",
        "Beta 2005,placebo,placebo,50\nBeta 2005,placebo,placebo,60\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"arms.csv:6:11 (arm): found `Beta 2005 / placebo` a second time, the first in line 5, expected each only once; remove one, or change what tells them apart"#);
}

#[test]
fn a_torn_arm_is_not_reported_again_for_its_results_or_its_group() {
    let package = replaced(
        sound(),
        "arms.csv",
        "Alpha 2001,placebo,placebo,40",
        "Alpha 2001,placebo,placebo,40,x",
    );
    insta::assert_snapshot!(messages(&package), @r#"arms.csv:3:1: found 5 cells, expected 4, as the header of arms.csv has; put a cell that contains a comma in quotation marks"#);
}
