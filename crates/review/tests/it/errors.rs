//! Every way in which a package can be broken gives a message with file, line, column, what was found, what was
//! expected and what to do. One sound package is broken in one place at a time.

use consilience_review::{Package, Severity};

const REVIEW: &str = r#"[review]
title = "Pain"
[question]
population = "adults"
[[database]]
id = "pubmed"
name = "PubMed"
search = "searches/pubmed.txt"
records = ["records/all.ris"]
[[outcome]]
id = "pain"
name = "Pain"
direction = "lower"
[[comparison]]
id = "c"
name = "Drug versus placebo"
experimental = "drug"
comparator = "placebo"
[[analysis]]
id = "pain"
comparison = "c"
outcome = "pain"
measure = "MD"
prediction_interval = true
"#;

fn sound() -> Package {
    let mut package = Package::default();
    let mut add =
        |name: &str, text: &str| package.files.insert(name.to_owned(), text.as_bytes().to_vec());
    add("review.toml", REVIEW);
    add("searches/pubmed.txt", "# date: 2026-01-01\n# hits: 4\n\npain AND drug\n");
    let record = |i: u32| format!("TY  - JOUR\nTI  - Report {i}\nID  - r{i}\nER  - \n\n");
    add("records/all.ris", &(1..=4).map(record).collect::<String>());
    add(
        "screening.csv",
        "report,stage,decision,reason,reviewer,time\n\
         r1,title and abstract,include,,ann,2026-01-02\n\
         r2,title and abstract,exclude,,ann,\n\
         r3,full text,exclude,wrong population,ann,\n",
    );
    add(
        "studies.csv",
        "study,reports,design,allocation\nAlpha 2001,r1,parallel,random\nBeta 2005,,parallel,block\n",
    );
    add(
        "arms.csv",
        "study,arm,group,n\nAlpha 2001,active,drug,30\nAlpha 2001,placebo,placebo,40\n\
         Beta 2005,active,drug,50\nBeta 2005,placebo,placebo,50\n",
    );
    add(
        "results.csv",
        "study,outcome,arm,n,mean,sd\nAlpha 2001,pain,active,30,12.5,3.1\nAlpha 2001,pain,placebo,40,15,4\n\
         Beta 2005,pain,active,50,11,3.5\nBeta 2005,pain,placebo,50,14.5,3.9\n",
    );
    package
}

fn messages(package: &Package) -> String {
    let lines: Vec<String> = package
        .to_log()
        .diagnostics
        .iter()
        .map(|it| match it.severity {
            Severity::Error => it.to_string(),
            Severity::Warning => format!("(warning) {it}"),
        })
        .collect();
    lines.join("\n")
}

/// The sound package with a text of one file replaced.
fn replaced(mut package: Package, file: &str, from: &str, to: &str) -> Package {
    let text = String::from_utf8(package.files[file].clone()).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    package.files.insert(file.to_owned(), text.replacen(from, to, 1).into_bytes());
    package
}

/// The sound package with a file's content replaced, or with a file added.
fn with(mut package: Package, file: &str, content: impl AsRef<[u8]>) -> Package {
    package.files.insert(file.to_owned(), content.as_ref().to_vec());
    package
}

#[test]
fn the_sound_package_is_sound() {
    assert_eq!(messages(&sound()), "");
}

#[test]
fn a_missing_file_is_named_with_where_it_is_asked_for() {
    let package = replaced(
        sound(),
        "review.toml",
        "records = [\"records/all.ris\"]",
        "records = [\"records/al.ris\"]",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    review.toml:9:11 (records): found `records/al.ris`, and no such file, expected a file of the package, in `searches/` or `records/`; did you mean `records/all.ris`?
    (warning) records/all.ris: found a file that no database names, expected its path in a `[[database]]` of review.toml; name it there, or remove it; it is not read
    "#);
}

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
fn a_misspelt_column_is_one_message_and_not_one_for_each_row() {
    let package = replaced(
        sound(),
        "results.csv",
        "study,outcome,arm,n,mean,sd",
        "study,outcome,arm,n,maen,sd",
    );
    insta::assert_snapshot!(messages(&package), @r#"results.csv:1:21: found the unknown column `maen`, expected one of: study, outcome, arm, versus, time, instrument, score, n, mean, sd, se, ci_lower, ci_upper, ci_level, median, q1, q3, min, max, events, person_time, grades, effect, effect_measure, p_value, p_test, favours, correlation, missing, source, page, place, quote, note, entered_by, entered_at; did you mean `mean`?"#);
}

#[test]
fn a_missing_key_column_is_one_message() {
    let package = replaced(
        sound(),
        "studies.csv",
        "study,reports,design,allocation",
        "name,reports,design,allocation",
    );
    insta::assert_snapshot!(messages(&package), @r#"studies.csv:1:1: found no column `study`, expected the columns study; add the column `study`"#);
}

#[test]
fn a_column_twice_is_refused() {
    let package = replaced(sound(), "arms.csv", "study,arm,group,n", "study,arm,group,group");
    insta::assert_snapshot!(messages(&package), @r#"arms.csv:1:17: found the column `group` a second time, expected each column once; remove or rename one"#);
}

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
    insta::assert_snapshot!(messages(&package), @r#"results.csv:6:16 (arm): found the same key a second time, expected each only once; remove one, or change what tells them apart"#);
}

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
    insta::assert_snapshot!(messages(&package), @r#"review.toml:3:2: found `questions`, expected one of the tables review, question, eligibility, methods, database, outcome, comparison, analysis, claim; did you mean `question`?"#);
}

#[test]
fn a_table_that_should_be_a_list() {
    let package = replaced(sound(), "review.toml", "[[outcome]]", "[outcome]");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:10:2: found `outcome`, expected one of the tables review, question, eligibility, methods, database, outcome, comparison, analysis, claim; write it as `[[outcome]]`"#);
}

#[test]
fn an_unknown_key_of_the_review() {
    let package = replaced(sound(), "review.toml", "direction = \"lower\"", "directon = \"lower\"");
    insta::assert_snapshot!(messages(&package), @r#"review.toml:13:12 (directon): found the unknown name `directon`, expected one of: id, name, direction, unit, description; did you mean `direction`?"#);
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
    review.toml:25:9 (level): found `100`, expected a level between 0 and 100 percent; correct it, or check it against the source
    review.toml:26:15 (correlation): found `2`, expected a correlation from -1 to 1; correct it, or check it against the source
    review.toml:24:10 (method): found `Mantel-Haenszel`, expected `inverse variance` for this measure; Mantel-Haenszel needs RR, OR or RD
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
fn bytes_that_are_not_utf_8() {
    let package = with(sound(), "studies.csv", b"study,country\nAlpha 2001,Espa\xf1a\n");
    insta::assert_snapshot!(messages(&package), @r#"studies.csv:2:16: found the byte 0xF1, which is not UTF-8, expected text in UTF-8; save the file as UTF-8 (in Excel: `CSV UTF-8`)"#);
}

#[test]
fn utf_16() {
    let package = with(sound(), "arms.csv", b"\xff\xfes\x00t\x00u\x00d\x00y\x00,\x00a\x00r\x00m\x00,\x00g\x00r\x00o\x00u\x00p\x00\n\x00");
    insta::assert_snapshot!(messages(&package), @r#"arms.csv:1:1: found UTF-16 text, expected text in UTF-8; save the file as UTF-8 (in Excel: `CSV UTF-8`)"#);
}

#[test]
fn an_empty_file() {
    let package = with(sound(), "arms.csv", "");
    insta::assert_snapshot!(messages(&package), @r#"arms.csv: found an empty file, expected a header with the columns study, arm, group; add the header, or delete the file"#);
}

#[test]
fn semicolons_instead_of_commas() {
    let package = with(sound(), "studies.csv", "study;reports;design\nAlpha 2001;;parallel\n");
    insta::assert_snapshot!(messages(&package), @r#"studies.csv:1:1: found columns separated by `;` or tabs, expected columns separated by `,`; save the file as comma-separated values"#);
}

#[test]
fn a_quotation_mark_that_is_never_closed() {
    let package = replaced(
        sound(),
        "studies.csv",
        "Beta 2005,,parallel,block",
        "Beta 2005,,parallel,\"block",
    );
    insta::assert_snapshot!(messages(&package), @r#"studies.csv:3:1: found a quotation mark that is never closed, expected `"` at the end of the cell; close it, or write `""` for a quotation mark inside a cell"#);
}

#[test]
fn more_cells_than_columns() {
    let package = replaced(
        sound(),
        "studies.csv",
        "Beta 2005,,parallel,block",
        "Beta 2005,,parallel,block, stratified",
    );
    insta::assert_snapshot!(messages(&package), @r#"studies.csv:3:1: found 5 cells, expected 4, as the header of studies.csv has; put a cell that contains a comma in quotation marks"#);
}

#[test]
fn a_screening_decision_on_an_unknown_report() {
    let package =
        replaced(sound(), "screening.csv", "r2,title and abstract", "r22,title and abstract");
    insta::assert_snapshot!(messages(&package), @r#"screening.csv:3:1 (report): found `r22`, expected a record of the files of `records/`; did you mean `r2`? Otherwise add it to the files of `records/`"#);
}

#[test]
fn an_exclusion_at_full_text_without_a_reason() {
    let package = replaced(
        sound(),
        "screening.csv",
        "r3,full text,exclude,wrong population",
        "r3,full text,exclude,",
    );
    insta::assert_snapshot!(messages(&package), @r#"screening.csv:4:22 (reason): found nothing, expected the reason for an exclusion at full text; give one reason"#);
}

#[test]
fn an_unknown_decision_and_an_unknown_stage() {
    let package = with(
        sound(),
        "screening.csv",
        "report,stage,decision\nr1,abstract,include\nr2,full text,maybe\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    screening.csv:2:4 (stage): found `abstract`, expected one of `title and abstract`, `full text`
    screening.csv:3:14 (decision): found `maybe`, expected one of `include`, `exclude`, `not retrieved`, `awaiting classification`, `ongoing`
    "#);
}

#[test]
fn a_date_that_is_none() {
    let package = replaced(sound(), "screening.csv", "2026-01-02", "02.01.2026");
    insta::assert_snapshot!(messages(&package), @r#"screening.csv:2:36 (time): found `02.01.2026`, expected a date such as 2026-05-31, or with time 2026-05-31T14:05:00Z"#);
}

#[test]
fn a_duplicate_of_itself() {
    let package = with(sound(), "duplicates.csv", "record,duplicate_of\nr1,r1\n");
    insta::assert_snapshot!(messages(&package), @r#"duplicates.csv:2:4 (duplicate_of): found `r1`, expected another record; correct it"#);
}

#[test]
fn a_duplicate_of_a_duplicate() {
    let package = with(sound(), "duplicates.csv", "record,duplicate_of\nr2,r3\nr4,r2\n");
    insta::assert_snapshot!(messages(&package), @r#"
    duplicates.csv:3:4 (duplicate_of): found `r2`, a duplicate, expected the record that stands for the report, `r3`; name that one
    screening.csv:3:1 (report): found `r2`, a duplicate, expected the record that stands for the report, `r3`; name that one
    "#);
}

#[test]
fn a_decision_on_a_duplicate() {
    let package = with(sound(), "duplicates.csv", "record,duplicate_of\nr2,r1\n");
    insta::assert_snapshot!(messages(&package), @r#"screening.csv:3:1 (report): found `r2`, a duplicate, expected the record that stands for the report, `r1`; name that one"#);
}

#[test]
fn the_same_record_id_twice() {
    let package = replaced(sound(), "records/all.ris", "ID  - r2", "ID  - r1");
    insta::assert_snapshot!(messages(&package), @r#"records/all.ris:6:1: found a record with the id `r1`, which another record has, expected an id of its own; change it, or remove it so that the record gets one"#);
}

#[test]
fn a_records_file_in_no_known_format() {
    let package = with(sound(), "records/all.ris", "hello\n");
    insta::assert_snapshot!(messages(&package), @r#"records/all.ris: found a file in no known format, expected an export in RIS, NBIB or CSV; records/all.ris is in no format known here: it has no RIS lines ("TY  - JOUR"), no NBIB (MEDLINE) lines ("PMID- 123"), and no header line that names a title column"#);
}

#[test]
fn a_records_file_that_no_database_names() {
    let package = with(sound(), "records/more.ris", "TY  - JOUR\nTI  - One\nER  - \n");
    insta::assert_snapshot!(messages(&package), @r#"(warning) records/more.ris: found a file that no database names, expected its path in a `[[database]]` of review.toml; name it there, or remove it; it is not read"#);
}

#[test]
fn an_unknown_key_in_a_search() {
    let package =
        replaced(sound(), "searches/pubmed.txt", "# date: 2026-01-01", "# dates: 2026-01-01");
    insta::assert_snapshot!(messages(&package), @r#"searches/pubmed.txt:1:10 (dates): found the unknown key `dates`, expected `# date: …`, `# hits: …` or `# note: …`; the database's name and platform stand in review.toml"#);
}

#[test]
fn a_search_with_a_date_and_hits_that_are_none() {
    let package = replaced(
        sound(),
        "searches/pubmed.txt",
        "# date: 2026-01-01\n# hits: 4",
        "# date: January\n# hits: many",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    searches/pubmed.txt:1:9 (date): found `January`, expected a date such as 2022-05-31; correct it
    searches/pubmed.txt:2:9 (hits): found `many`, expected a number such as 12.5; correct it, or leave it empty if it is not known
    "#);
}

#[test]
fn an_unknown_answer_and_an_unknown_domain_of_risk_of_bias() {
    let package = with(
        sound(),
        "risk_of_bias.csv",
        "study,question,answer,support\nAlpha 2001,1.1,maybe,\nAlpha 2001,domain 9,Low,why\nAlpha 2001,overall,Low,\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    risk_of_bias.csv:2:16 (answer): found `maybe`, expected one of Y, PY, PN, N, NI, NA; correct it
    risk_of_bias.csv:3:12 (question): found `domain 9`, expected one of `domain 1`, `domain 2`, `domain 3`, `domain 4`, `domain 5`; correct it
    risk_of_bias.csv:4:24 (support): found nothing, expected the reason for a judgement of one's own; give the reason
    "#);
}

#[test]
fn a_question_that_the_tool_does_not_ask() {
    let package = with(
        sound(),
        "risk_of_bias.csv",
        "study,question,answer\nAlpha 2001,9.9,Y\nAlpha 2001,3.2,NI\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    risk_of_bias.csv:2:12 (question): found `9.9`, expected a question of the tool: 1.1, 1.2, 1.3, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 3.1, 3.2, 3.3, 3.4, 4.1, 4.2, 4.3, 4.4, 4.5, 5.1, 5.2, 5.3; correct it
    risk_of_bias.csv:3:16 (answer): found `NI`, expected one of NA, Y, PY, PN, N for question 3.2; correct it
    "#);
}

#[test]
fn a_certainty_rating_that_the_domain_does_not_have() {
    let package = with(
        sound(),
        "certainty.csv",
        "comparison,outcome,domain,rating,reason\nc,pain,publication bias,serious,few studies\nc,pain,imprecision,serious,\nc,pain,bias,serious,x\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    certainty.csv:2:25 (rating): found `serious`, expected one of `undetected`, `strongly suspected` for publication bias; correct it
    certainty.csv:3:28 (reason): found nothing, expected the reason for rating down or up; give the reason
    certainty.csv:4:8 (domain): found `bias`, expected `start`, `risk of bias`, `inconsistency`, `indirectness`, `imprecision`, `publication bias`, `large effect`, `dose response`, `opposing confounding`; correct it
    "#);
}

#[test]
fn all_problems_of_all_files_are_reported_at_once() {
    let package = replaced(
        replaced(
            replaced(
                replaced(sound(), "results.csv", "12.5,3.1", "12.5,-3.1"),
                "screening.csv",
                "2026-01-02",
                "02.01.2026",
            ),
            "arms.csv",
            "30\n",
            "thirty\n",
        ),
        "review.toml",
        "direction = \"lower\"",
        "direction = \"down\"",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    review.toml:13:13 (direction): found `down`, expected one of `lower`, `higher`
    screening.csv:2:36 (time): found `02.01.2026`, expected a date such as 2026-05-31, or with time 2026-05-31T14:05:00Z
    arms.csv:2:24 (n): found `thirty`, expected a number such as 12.5; correct it, or leave it empty if it is not known
    results.csv:2:32 (sd): found `-3.1`, expected a standard deviation of 0 or more; correct it, or check it against the source
    "#);
}
