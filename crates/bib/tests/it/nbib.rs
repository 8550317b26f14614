//! NBIB (MEDLINE) as PubMed and others write it.

use consilience_bib::Format;

use crate::{fields, parse};

const TWO: &str = "\nPMID- 1\nTI  - A title that goes\n      on\nLID - 10.1000/a [doi]\nFAU - Lee, Hee Jung\n\
AU  - Lee HJ\nCN  - A Group\nDP  - 2014 Oct\nTA  - Ann Derm\nJT  - Annals of Dermatology\nVI  - 26\n\
IP  - 5\nPG  - 584-91\n\nPMID- 2\nTI  - Another\n";

#[test]
fn records_are_parted_by_blank_lines_and_long_values_joined() {
    let parsed = parse(TWO, "pubmed.txt");
    assert_eq!(parsed.format, Format::Nbib);
    assert_eq!(parsed.records.len(), 2);
    assert_eq!(fields(&parsed.records[0])[1], ("TI", "A title that goes on"));
    assert_eq!((parsed.records[0].line, parsed.records[1].line), (2, 16));
}

#[test]
fn its_tags_are_understood() {
    let parsed = parse(TWO, "a.nbib");
    let record = &parsed.records[0];
    assert_eq!(
        record.citation(),
        "Lee HJ, A Group. A title that goes on. Annals of Dermatology 2014;26(5):584-91. \
         doi:10.1000/a"
    );
    assert_eq!((record.pmid(), record.id()), (Some("1"), None));
}

#[test]
fn a_second_pmid_starts_a_record_without_a_blank_line() {
    let parsed = parse("PMID- 1\nTI  - a\nPMID- 2\nTI  - b\n", "a.nbib");
    assert_eq!(parsed.records.len(), 2);
}

#[test]
fn tags_with_the_wrong_padding_are_read() {
    let parsed = parse("PMID-22664220\nTI-\nISSN - 1234\nPMC -77\n", "a.nbib");
    let expected = [("PMID", "22664220"), ("TI", ""), ("ISSN", "1234"), ("PMC", "77")];
    assert_eq!(fields(&parsed.records[0]), expected);
}

#[test]
fn words_with_hyphens_are_no_tags() {
    let parsed = parse("PMID- 1\nAB  - about\nHIV-1 and\nSARS-CoV-2\n", "a.nbib");
    assert_eq!(fields(&parsed.records[0])[1], ("AB", "about HIV-1 and SARS-CoV-2"));
}

#[test]
fn a_record_without_pmid_is_read_and_text_between_records_reported() {
    let parsed = parse("OWN - ERIC\nTI  - a\n\nStray text.\n\nOWN - ERIC\nTI  - b\n", "eric.nbib");
    assert_eq!(parsed.records.len(), 2);
    assert_eq!((parsed.problems.len(), parsed.problems[0].line), (1, 4));
}

#[test]
fn a_block_without_any_value_is_set_aside() {
    let parsed = parse("PMID- 1\nTI  - a\n\nTI  -\nAB  -\n", "a.nbib");
    assert_eq!((parsed.records.len(), parsed.quarantine.len()), (1, 1));
    assert_eq!(parsed.quarantine[0].text, "TI  -\nAB  -");
}
