//! RIS as it is written, and as it is miswritten.

use consilience_bib::Record;

use crate::{fields, parse};

#[test]
fn a_record_keeps_all_its_fields_in_order_with_their_lines() {
    let parsed = parse("TY  - JOUR\nAU  - Lee, A\nZZ  - unknown\nAU  - Kim, B\nER  - \n", "a.ris");
    let record = &parsed.records[0];
    assert_eq!(
        fields(record),
        [("TY", "JOUR"), ("AU", "Lee, A"), ("ZZ", "unknown"), ("AU", "Kim, B")]
    );
    assert_eq!(record.fields().map(|f| f.line).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!((record.number, record.line), (1, 1));
    assert!(parsed.problems.is_empty());
}

#[test]
fn records_are_numbered_and_placed() {
    let parsed = parse("\n\nTY  - JOUR\nTI  - a\nER  -\n\nTY  - BOOK\nTI  - b\nER  -\n", "a.ris");
    let places: Vec<_> = parsed.records.iter().map(|r| (r.number, r.line)).collect();
    assert_eq!(places, [(1, 3), (2, 7)]);
}

#[test]
fn every_kind_of_line_end_is_read() {
    for end in ["\n", "\r\n", "\r"] {
        let text =
            ["TY  - JOUR", "TI  - One", "ER  - ", "TY  - JOUR", "TI  - Two", "ER  - "].join(end);
        let parsed = parse(&text, "a.ris");
        let titles: Vec<_> = parsed.records.iter().filter_map(Record::title).collect();
        assert_eq!(titles, ["One", "Two"], "{end:?}");
        assert_eq!(parsed.records[1].line, 4);
    }
}

#[test]
fn a_value_goes_on_over_untagged_and_blank_lines() {
    let parsed = parse("TY  - JOUR\nKW  - one\ntwo\n\n   three\n\nTI  - Title\nER  -\n", "a.ris");
    let expected = [("TY", "JOUR"), ("KW", "one\ntwo\n\nthree"), ("TI", "Title")];
    assert_eq!(fields(&parsed.records[0]), expected);
}

#[test]
fn fewer_spaces_before_the_dash_are_read_if_the_file_writes_ty_so() {
    let parsed = parse("TY - JOUR\nTI - Title\nAB - text\nER -\n", "a.ris");
    assert_eq!(fields(&parsed.records[0]), [("TY", "JOUR"), ("TI", "Title"), ("AB", "text")]);
    // In a file of the standard, such a line is text.
    let parsed = parse("TY  - JOUR\nAB  - text\nCO - emission\nER  -\n", "a.ris");
    assert_eq!(fields(&parsed.records[0])[1], ("AB", "text\nCO - emission"));
}

#[test]
fn a_missing_end_is_reported_and_costs_nothing() {
    let parsed = parse("TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\n", "a.ris");
    assert_eq!(parsed.records.len(), 2);
    let problems: Vec<_> = parsed.problems.iter().map(|p| (p.line, p.message.as_str())).collect();
    let message = "record without ER: read up to the next one";
    assert_eq!(problems, [(1, message), (3, message)]);
}

#[test]
fn a_missing_start_is_reported_and_costs_nothing() {
    let parsed = parse("T1  - Title\nPY  - 2001\nER  -\n", "a.ris");
    assert_eq!(parsed.records[0].title().as_deref(), Some("Title"));
    assert_eq!(parsed.problems[0].message, "record without TY: its type is unknown");
}

#[test]
fn fields_after_the_end_belong_to_the_record_before() {
    let text = "1.\nTY  - JOUR\nTI  - One\nER  - \nXL  - link\nmore of it\n\n2.\nTY  - JOUR\nTI  - Two\nER  - \n";
    let parsed = parse(text, "a.ris");
    assert_eq!(parsed.records.len(), 2);
    assert_eq!(fields(&parsed.records[0])[2], ("XL", "link\nmore of it"));
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
}

#[test]
fn headers_of_providers_are_passed_over_and_other_text_is_reported_once() {
    let text =
        "Provider: X\nContent: text/plain\n\nNo record\nhere\n\n1.\nTY  - JOUR\nTI  - a\nER  -\n";
    let parsed = parse(text, "a.ris");
    assert_eq!(parsed.records.len(), 1);
    let problems: Vec<_> = parsed.problems.iter().map(|p| (p.line, p.message.as_str())).collect();
    assert_eq!(problems, [(4, "text outside any record: left out: No record\nhere")]);
}

#[test]
fn a_record_without_any_value_is_set_aside_verbatim() {
    let parsed = parse("TY  - JOUR\nTI  - \nER  - \nTY  - JOUR\nTI  - Two\nER  - \n", "a.ris");
    assert_eq!(parsed.records.len(), 1);
    let aside = &parsed.quarantine[0];
    assert_eq!((aside.line, aside.text.as_str()), (1, "TY  - JOUR\nTI  - \nER  -"));
    assert_eq!(aside.reason, "no field has a value");
}

#[test]
fn text_after_the_end_tag_is_reported() {
    let parsed = parse("TY  - PAT\nTI  - a\nER  - dsfd\n", "a.ris");
    assert_eq!(parsed.problems[0].message, "text after ER: left out: dsfd");
}
