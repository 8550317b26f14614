//! Tables in general: columns, cells, encodings.

use super::{messages, replaced, sound, with};

#[test]
fn a_misspelt_column_is_one_message_and_not_one_for_each_row() {
    let package = replaced(
        sound(),
        "results.csv",
        "study,outcome,arm,n,mean,sd",
        "study,outcome,arm,n,maen,sd",
    );
    insta::assert_snapshot!(messages(&package), @r#"results.csv:1:21: found the unknown column `maen`, expected one of: study, outcome, arm, versus, time, instrument, score, population, n, mean, sd, se, ci_lower, ci_upper, ci_level, median, q1, q3, min, max, events, person_time, grades, effect, effect_measure, p_value, p_test, favours, correlation, missing, source, page, place, quote, note, entered_by, entered_at; did you mean `mean`?"#);
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
fn a_workbook_in_the_place_of_a_table() {
    let package = with(sound(), "arms.csv", b"PK\x03\x04\x14\x00\x06\x00");
    insta::assert_snapshot!(messages(&package), @r#"arms.csv: found a workbook, as spreadsheets save it, expected comma-separated values in UTF-8; open it and save the sheet as `CSV UTF-8`"#);
}
