//! Records, searches, duplicates and screening.

use super::{messages, replaced, sound, with};

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

/// Days are compared as texts: `20260102` would be earlier or later than any of 2026.
#[test]
fn a_date_in_a_form_that_does_not_sort() {
    let with_time = |time: &str| messages(&replaced(sound(), "screening.csv", "2026-01-02", time));
    for sorted in
        ["2026-01-02", "2026-01-02T14:05:00Z", "2026-01-02T14:05", "2026-01-02T14:05:00+02:00"]
    {
        assert_eq!(with_time(sorted), "");
    }
    for unsorted in ["20260102", "20260102T140500Z", "+002026-01-02"] {
        let message = format!("found `{unsorted}`, expected a date such as 2026-05-31");
        assert!(with_time(unsorted).contains(&message), "{unsorted}");
    }
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
fn a_record_id_that_repeats_in_a_file_names_no_record() {
    let package = replaced(sound(), "records/all.ris", "ID  - r2", "ID  - r4");
    let package = with(
        package,
        "screening.csv",
        "report,stage,decision\nall.ris#2,title and abstract,exclude\n",
    );
    insta::assert_snapshot!(messages(&package), @"(warning) records/all.ris:6:1: found 2 records with ids that other records have, first `r4`, expected an id of its own for each record; such records go by their place in the file, this one by `all.ris#2`");
}

#[test]
fn a_record_id_of_an_earlier_file_goes_on_naming_its_record() {
    let package = replaced(
        sound(),
        "review.toml",
        "records = [\"records/all.ris\"]",
        "records = [\"records/all.ris\", \"records/more.ris\"]",
    );
    let package = with(package, "records/more.ris", "TY  - JOUR\nID  - r1\nTI  - One\nER  - \n");
    insta::assert_snapshot!(messages(&package), @"(warning) records/more.ris:1:1: found a record with the id `r1`, which another record has, expected an id of its own for each record; such records go by their place in the file, this one by `more.ris#1`");
}

#[test]
fn a_records_file_in_no_known_format() {
    let package = with(sound(), "records/all.ris", "hello\n");
    insta::assert_snapshot!(messages(&package), @r#"records/all.ris: found a file in no known format, expected an export of a database or reference manager, such as RIS, NBIB, XML or CSV; records/all.ris is in no format known here; known are RIS, NBIB (MEDLINE), PubMed XML, EndNote XML, EndNote tagged, Web of Science tagged, BibTeX, CSL-JSON, the text of Ovid and of the Cochrane Library, and tables with a column of titles"#);
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
fn the_same_decision_twice() {
    let package = replaced(
        sound(),
        "screening.csv",
        "r2,title and abstract,exclude,,ann,\n",
        "r2,title and abstract,exclude,,ann,\nr2,title and abstract,include,,ann,\n",
    );
    let unsigned = with(
        sound(),
        "screening.csv",
        "report,stage,decision\nr2,title and abstract,exclude\n\nr2,title and abstract,include\n",
    );
    insta::assert_snapshot!([messages(&package), messages(&unsigned)].join("\n"), @r#"
    screening.csv:4:1 (report): found `r2 / title and abstract / ann` a second time, the first in line 3, expected each only once; remove one, or change what tells them apart
    screening.csv:4:1 (report): found `r2 / title and abstract` a second time, the first in line 2, expected each only once; remove one, or change what tells them apart
    "#);
}
