//! `review.toml`.

use super::{messages, replaced, sound};

#[test]
fn a_missing_review_file_is_said() {
    let package = {
        let mut package = sound();
        package.files.remove("review.toml");
        package
    };
    insta::assert_snapshot!(messages(&package), @r#"review.toml: found no such file, expected the file that every review has; `consil new DIR` makes one"#);
}

#[test]
fn invalid_toml() {
    let package = replaced(sound(), "review.toml", "title = \"Pain\"", "title = Pain");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:2:9: found invalid TOML (string values must be quoted, expected literal string), expected valid TOML; texts stand in quotation marks, lists in [ ], and each table has its heading"#);
}

#[test]
fn an_unclosed_text_in_toml() {
    let package = replaced(sound(), "review.toml", "title = \"Pain\"", "title = \"Pain");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:2:14: found invalid TOML (invalid basic string, expected `"`), expected valid TOML; texts stand in quotation marks, lists in [ ], and each table has its heading"#);
}

#[test]
fn an_unknown_table_of_the_review() {
    let package = replaced(sound(), "review.toml", "[question]", "[questions]");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:3:2: found `questions`, expected one of the tables review, question, eligibility, methods, database, outcome, comparison, baseline_risk, analysis, claim; did you mean `question`?"#);
}

#[test]
fn a_table_that_should_be_a_list() {
    let package = replaced(sound(), "review.toml", "[[outcome]]", "[outcome]");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:10:2: found `outcome`, expected one of the tables review, question, eligibility, methods, database, outcome, comparison, baseline_risk, analysis, claim; write it as `[[outcome]]`"#);
}

#[test]
fn an_unknown_key_of_the_review() {
    let package = replaced(sound(), "review.toml", "direction = \"lower\"", "directon = \"lower\"");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:13:12 (directon): found the unknown name `directon`, expected one of: id, name, direction, unit, minimum, maximum, items, description, importance, harm, follow_up, thresholds, familiar_scale, familiar_sd, familiar_sd_source, surrogate_for; did you mean `direction`?"#);
}

#[test]
fn no_title() {
    let package = replaced(sound(), "review.toml", "title = \"Pain\"", "title = \"\"");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:2:9 (title): found nothing, expected the review's title; fill in `title`"#);
}

#[test]
fn an_unknown_measure() {
    let package = replaced(sound(), "review.toml", "measure = \"MD\"", "measure = \"WMD\"");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:23:11 (measure): found `WMD`, expected one of `MD`, `SMD`, `ROM`, `RR`, `OR`, `PETO`, `RD`, `GEN`; did you mean `MD`?"#);
}

#[test]
fn an_analysis_of_an_unknown_outcome() {
    let package = replaced(sound(), "review.toml", "outcome = \"pain\"", "outcome = \"sleep\"");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:22:11 (outcome): found `sleep`, expected an outcome of `[[outcome]]` in review.toml; add it to `[[outcome]]` in review.toml, or correct the name"#);
}

#[test]
fn settings_that_contradict_each_other() {
    let package = replaced(
        sound(),
        "review.toml",
        "measure = \"MD\"",
        "measure = \"MD\"\nmethod = \"Mantel-Haenszel\"\nlevel = 100\ncorrelation = 2",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    review.toml:25:9 (level): found `100`, expected a level in percent, from 50 to below 100; write 95, not 0.95
    review.toml:26:15 (correlation): found `2`, expected a correlation from -1 to 1; correct it, or check it against the source
    review.toml:24:10 (method): found `Mantel-Haenszel`, expected `inverse variance` for this measure; Mantel-Haenszel needs RR, OR or RD, or IRR or IRD
    "#);
}

#[test]
fn a_subgroup_that_is_no_column() {
    let package = replaced(
        sound(),
        "review.toml",
        "measure = \"MD\"",
        "measure = \"MD\"\nsubgroup = \"alocation\"",
    );
    insta::assert_snapshot!(messages(&package), @r#"review.toml:24:12 (subgroup): found `alocation`, expected a column of studies.csv with a value in at least one row; did you mean `allocation`?"#);
}

#[test]
fn a_number_where_a_text_should_be() {
    let package =
        replaced(sound(), "review.toml", "prediction_interval = true", "prediction_interval = 1");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:24:23 (prediction_interval): found `1`, expected `true` or `false`"#);
}

#[test]
fn a_claim_about_no_analysis() {
    let package = replaced(
        sound(),
        "review.toml",
        "[question]",
        "[[claim]]\nanalysis = \"sleep\"\nstatement = \"P < 0.05\"\nsource = \"a paper\"\n[question]",
    );
    insta::assert_snapshot!(messages(&package), @r#"review.toml:4:12 (analysis): found `sleep`, expected an analysis of `[[analysis]]` in review.toml; add it to `[[analysis]]` in review.toml, or correct the name"#);
}

#[test]
fn a_level_that_is_a_share() {
    let package =
        replaced(sound(), "review.toml", "measure = \"MD\"", "measure = \"MD\"\nlevel = 0.95");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:24:9 (level): found `0.95`, expected a level in percent, from 50 to below 100; write 95, not 0.95"#);
}

#[test]
fn a_group_that_no_arm_has() {
    let misspelt =
        replaced(sound(), "review.toml", "experimental = \"drug\"", "experimental = \"drugs\"");
    let package = replaced(
        misspelt,
        "review.toml",
        "comparator = \"placebo\"",
        "comparator = \"usual care\"",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    review.toml:17:16 (experimental): found `drugs`, expected a group of arms.csv: drug, placebo; did you mean `drug`?
    (warning) review.toml:18:14 (comparator): found `usual care`, expected a group of arms.csv: drug, placebo; correct it, here or in arms.csv, if trials of this group were found
    "#);
}

#[test]
fn a_group_may_wait_for_its_arms_to_be_entered() {
    let mut package = sound();
    package.files.remove("arms.csv");
    package.files.remove("results.csv");
    assert_eq!(messages(&package), "");
}

#[test]
fn the_same_outcome_twice() {
    let package = replaced(
        sound(),
        "review.toml",
        "[[comparison]]",
        "[[outcome]]\nid = \"pain\"\nname = \"Pain again\"\n[[comparison]]",
    );
    insta::assert_snapshot!(messages(&package), @r#"review.toml:15:6 (id): found `pain` a second time, the first in line 10, expected each only once; remove one, or change what tells them apart"#);
}
