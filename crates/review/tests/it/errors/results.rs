//! `results.csv`.

use super::{messages, replaced, sound, with};

#[test]
fn text_where_a_number_should_be() {
    let package = replaced(
        sound(),
        "results.csv",
        "Alpha 2001,pain,active,30,12.5,3.1",
        "Alpha 2001,pain,active,30,twelve,3.1",
    );
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:27 (mean): found `twelve`, expected a number such as 12.5; correct it, or leave it empty if it is not known"#);
}

#[test]
fn a_decimal_comma() {
    let package = replaced(
        sound(),
        "results.csv",
        "Alpha 2001,pain,active,30,12.5,3.1",
        "Alpha 2001,pain,active,30,\"12,5\",3.1",
    );
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:27 (mean): found `12,5`, expected a number with a decimal point and no thousands separator, such as 1234.5; correct it, or leave it empty if it is not known"#);
}

#[test]
fn a_negative_standard_deviation() {
    let package = replaced(sound(), "results.csv", "12.5,3.1", "12.5,-3.1");
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:32 (sd): found `-3.1`, expected a standard deviation of 0 or more; correct it, or check it against the source"#);
}

#[test]
fn a_standard_deviation_without_its_mean() {
    let package = replaced(sound(), "results.csv", "30,12.5,3.1", "30,,3.1");
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:27 (mean): found nothing, expected the mean to which `sd` belongs; fill in `mean`"#);
}

#[test]
fn a_row_without_any_result() {
    let package = replaced(sound(), "results.csv", "30,12.5,3.1", "30,,");
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:1 (missing): found nothing, expected a result: a mean, median, events or grades; fill one in, or say in `missing` why there is none"#);
}

#[test]
fn two_forms_in_one_row() {
    let package = replaced(
        sound(),
        "results.csv",
        "study,outcome,arm,n,mean,sd",
        "study,outcome,arm,n,mean,events",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    results.csv:2:32 (events): found `3.1`, expected one form in a row, and `mean` is there; use a row for each
    results.csv:3:31 (events): found `4`, expected one form in a row, and `mean` is there; use a row for each
    results.csv:4:29 (events): found `3.5`, expected one form in a row, and `mean` is there; use a row for each
    results.csv:5:32 (events): found `3.9`, expected one form in a row, and `mean` is there; use a row for each
    "#);
}

#[test]
fn events_above_n() {
    let package = with(
        sound(),
        "results.csv",
        "study,outcome,arm,n,events\nAlpha 2001,pain,active,30,31\nAlpha 2001,pain,placebo,,41\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    results.csv:2:27 (events): found 31, expected no more than 30, `n` of this row; check both against the source
    results.csv:3:26 (events): found 41, expected no more than 40, `n` of the arm in arms.csv; check both against the source
    "#);
}

#[test]
fn graded_people_above_n() {
    let package = with(
        sound(),
        "results.csv",
        "study,outcome,arm,n,grades\nAlpha 2001,pain,active,30,1:20 2:11\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:27 (grades): found 31, expected no more than 30, `n` of this row; check both against the source"#);
}

#[test]
fn malformed_grades() {
    let package = with(
        sound(),
        "results.csv",
        "study,outcome,arm,grades\nAlpha 2001,pain,active,1:20;2:11\nAlpha 2001,pain,placebo,1:2 1:3\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    results.csv:2:24 (grades): found `1:20;2:11`, expected counts per grade such as `1:0 2:17 3:11 4:0`; write GRADE:COUNT, separated by blanks
    results.csv:3:25 (grades): found grade 1 twice, expected counts per grade such as `1:0 2:17 3:11 4:0`; give each grade once
    "#);
}

#[test]
fn a_p_value_on_a_single_arm() {
    let package =
        with(sound(), "results.csv", "study,outcome,arm,p_value\nAlpha 2001,pain,active,0.03\n");
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:24 (p_value): found `0.03`, expected no such value for a single arm; name the other arm in `versus`"#);
}

#[test]
fn a_p_value_that_is_none() {
    let package = with(
        sound(),
        "results.csv",
        "study,outcome,arm,versus,p_value\nAlpha 2001,pain,active,placebo,1.3\nAlpha 2001,pain,placebo,active,significant\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    results.csv:2:32 (p_value): found `1.3`, expected a P value from 0 to 1 such as 0.03, =0.03, <0.05, >0.1, or NS; write it as the source prints it
    results.csv:3:32 (p_value): found `significant`, expected a P value from 0 to 1 such as 0.03, =0.03, <0.05, >0.1, or NS; write it as the source prints it
    "#);
}

#[test]
fn an_interval_upside_down() {
    let package = with(
        sound(),
        "results.csv",
        "study,outcome,arm,mean,ci_lower,ci_upper\nAlpha 2001,pain,active,5,7,3\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:28 (ci_upper): found `3`, expected a number not below `ci_lower` (7); check both"#);
}

#[test]
fn half_an_interval() {
    let package = with(
        sound(),
        "results.csv",
        "study,outcome,arm,mean,ci_lower\nAlpha 2001,pain,active,5,7\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:1 (ci_upper): found nothing, expected a number, since `ci_lower` is there; fill in both or neither"#);
}

#[test]
fn a_median_outside_its_quartiles() {
    let package = with(
        sound(),
        "results.csv",
        "study,outcome,arm,median,q1,q3\nAlpha 2001,pain,active,9,4,7\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:24 (median): found `9`, expected a median between `q1` and `q3` (4 and 7); check them"#);
}

#[test]
fn a_spread_that_is_not_kept_is_called_that() {
    let package = with(
        sound(),
        "results.csv",
        "study,outcome,arm,median,se,ci_lower,ci_upper,events,n,missing\n\
         Alpha 2001,pain,active,12,,10,14,,,\n\
         Alpha 2001,pain,placebo,,0.4,,,3,30,\n\
         Beta 2005,pain,active,,0.4,,,,,not reported\n",
    );
    insta::assert_snapshot!(messages(&package), @r"
    (warning) results.csv:2:28 (ci_lower): found a value that is not kept beside `median`, expected the spread of a `mean` or an `effect`; put it into `note`
    (warning) results.csv:3:26 (se): found a value that is not kept beside `events`, expected the spread of a `mean` or an `effect`; put it into `note`
    (warning) results.csv:4:24 (se): found a value that is not kept beside `missing`, expected the spread of a `mean` or an `effect`; put it into `note`
    ");
}

#[test]
fn a_reason_for_no_number_beside_a_number() {
    let package = with(
        sound(),
        "results.csv",
        "study,outcome,arm,versus,p_value,missing\nAlpha 2001,pain,active,placebo,0.03,means not reported\n",
    );
    insta::assert_snapshot!(messages(&package), @"results.csv:2:37 (missing): found `means not reported`, expected nothing, since `p_value` is there; leave `missing` empty, or use `note`");
}

#[test]
fn a_direction_towards_an_arm_that_is_not_compared() {
    let package = with(
        sound(),
        "results.csv",
        "study,outcome,arm,versus,favours\nAlpha 2001,pain,active,placebo,drug\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:32 (favours): found `drug`, expected `active`, `placebo`, `neither` or `unclear`; name the arm that did better"#);
}

#[test]
fn an_unknown_study_in_results() {
    let package =
        replaced(sound(), "results.csv", "Beta 2005,pain,active", "Betta 2005,pain,active");
    insta::assert_snapshot!(messages(&package), @r#"results.csv:4:1 (study): found `Betta 2005`, expected a study of studies.csv; did you mean `Beta 2005`? Otherwise add it to studies.csv"#);
}

#[test]
fn a_study_in_results_that_is_in_no_other_file() {
    let package =
        replaced(sound(), "results.csv", "Beta 2005,pain,active", "Gamma 2010,pain,active");
    insta::assert_snapshot!(messages(&package), @r#"results.csv:4:1 (study): found `Gamma 2010`, expected a study of studies.csv; add it to studies.csv, or correct the name"#);
}

#[test]
fn an_unknown_arm() {
    let package = replaced(sound(), "results.csv", "Beta 2005,pain,active", "Beta 2005,pain,verum");
    insta::assert_snapshot!(messages(&package), @r#"results.csv:4:16 (arm): found `verum`, expected an arm of this study of arms.csv; add it to arms.csv, or correct the name"#);
}

#[test]
fn an_unknown_outcome() {
    let package =
        replaced(sound(), "results.csv", "Beta 2005,pain,active", "Beta 2005,paim,active");
    insta::assert_snapshot!(messages(&package), @r#"results.csv:4:11 (outcome): found `paim`, expected an outcome of `[[outcome]]` in review.toml; did you mean `pain`? Otherwise add it to `[[outcome]]` in review.toml"#);
}

#[test]
fn the_same_result_twice() {
    let package = replaced(
        sound(),
        "results.csv",
        "Beta 2005,pain,placebo,50,14.5,3.9\n",
        "Beta 2005,pain,placebo,50,14.5,3.9\nBeta 2005,pain,placebo,50,14.6,3.9\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"results.csv:6:16 (arm): found `Beta 2005 / pain / placebo` a second time, the first in line 5, expected each only once; remove one, or change what tells them apart"#);
}

#[test]
fn a_level_of_an_interval_that_is_a_share() {
    let package = with(
        sound(),
        "results.csv",
        "study,outcome,arm,mean,ci_lower,ci_upper,ci_level\nAlpha 2001,pain,active,5,3,7,0.95\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"results.csv:2:30 (ci_level): found `0.95`, expected a level in percent, from 50 to below 100; write 95, not 0.95"#);
}
