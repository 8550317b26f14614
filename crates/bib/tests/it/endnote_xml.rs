//! EndNote's XML.

use consilience_bib::Format;

use crate::{fields, parse};

#[test]
fn a_record_tells_what_its_elements_hold() {
    let parsed = parse(include_str!("../fixtures/endnote.xml"), "a.xml");
    assert_eq!(parsed.format, Format::EndnoteXml);
    let record = &parsed.records[0];
    assert_eq!(record.title().unwrap(), "Effect of CO₂ on E. coli");
    assert_eq!(record.authors(), ["Núñez, A. L.", "World Flask Organization"]);
    assert_eq!(record.journal(), Some("J Inv Trials Err"));
    assert_eq!(record.date().unwrap().to_string(), "2019-03-07");
    assert_eq!(
        (record.pmid(), record.doi()),
        (Some("91000001"), Some("10.1000/jit.2019.1".to_owned()))
    );
    assert_eq!(record.issns(), ["1234-5679", "1234-5660"]);
    assert_eq!(record.url(), Some("https://example.org/a"));
    assert_eq!(record.reference_type(), Some("Journal Article"));
    assert_eq!(
        record.first("abstract"),
        Some("BACKGROUND: Little is known.\nMETHODS: We randomised.")
    );
}

#[test]
fn attributes_stay_and_styles_that_tell_something_do() {
    let parsed = parse(include_str!("../fixtures/endnote.xml"), "a.xml");
    let all = fields(&parsed.records[0]);
    assert_eq!(
        all[..3],
        [
            ("database/@name", "Flasks.enl"),
            ("database/@path", "C:\\Flasks.enl"),
            ("database", "Flasks.enl")
        ]
    );
    let sources: Vec<_> = all.iter().filter(|(tag, _)| tag.ends_with("source()")).collect();
    assert_eq!(sources.len(), 1);
    assert!(
        sources[0]
            .1
            .ends_with("<style face=\"italic\" font=\"default\" size=\"100%\">E. coli</style>")
    );
}

#[test]
fn a_record_that_is_no_xml_is_set_aside_and_costs_no_other() {
    let parsed = parse(include_str!("../fixtures/endnote.xml"), "a.xml");
    assert_eq!((parsed.records.len(), parsed.quarantine.len()), (2, 1));
    assert_eq!(parsed.quarantine[0].line, 3);
    assert_eq!(parsed.quarantine[0].reason, "<title> is not closed where it should be (line 3)");
    assert_eq!(parsed.records[1].title().unwrap(), "A title of two lines");
}
