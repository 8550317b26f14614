//! Inputs that nobody would write: more than a part of one thing over and over. Time and memory must grow
//! with their length, not with its square; these tests would not end if they did.

use consilience_bib::{Format, Options, link_notices, parse_with};

/// More than a reader takes at a time.
const LENGTH: usize = 300_000;

fn repeated(start: &str, unit: &str) -> String {
    start.to_owned() + &unit.repeat(LENGTH / unit.len())
}

/// Reads it, looks at all that can be asked of the first records, and returns how many records and parts set
/// aside there are.
fn found(format: Format, text: &str) -> usize {
    let options = Options { format: Some(format), ..Options::default() };
    let parsed = parse_with(text.as_bytes(), &options).unwrap();
    for record in parsed.records.iter().take(100) {
        let _ = (
            record.citation(),
            record.author_names(),
            record.keywords(),
            record.issns(),
            record.isbns(),
        );
        let _ = (record.trial_registrations(), record.pmid(), record.pmcid(), record.accession());
        let _ = (record.date(), record.notice(), record.abstract_text(), record.database());
    }
    let _ = link_notices(&parsed.records);
    parsed.records.len() + parsed.quarantine.len()
}

#[test]
fn ris_of_one_thing_over_and_over_is_read_in_time() {
    for (start, unit, expected) in [
        ("", "TY  - ", 1),
        ("", "TY  - JOUR\n", LENGTH / 11),
        ("TY  - JOUR\n", "ER  - \n", 1),
        ("TY  - JOUR\nTI  - a\n", "AU  - b\n", 1),
        ("TY  - JOUR\nTI  - a\nER  - \n", "AU  - b\n", 1),
        ("TY  - JOUR\nTI  - a\n", "more\n", 1),
        ("TY  - JOUR\nTI  - a\n", "\n", 1),
        ("TY  - JOUR\nTI  - a\n", "\n\n\nmore\n", 1),
        ("TY  - JOUR\nTI  - a\nER  - \n", "stray\n", 1),
        ("TY  - JOUR\nTI  - a\nER  - \n", "1.\n", 1),
        ("TY  - JOUR\nTI  - a", "x", 1),
        ("TY  - JOUR\nTI  - a", "\r", 1),
        ("TY  - JOUR\nTI  - a", "é", 1),
        ("TY  - JOUR\nAB  - ", "NCT0000000 ", 1),
        ("TY  - JOUR\nAU  - ", "a; ", 1),
        ("TY  - JOUR\nSN  - ", "1", 1),
        ("TY  - JOUR\nDO  - ", "10.1000/", 1),
        ("TY  - JOUR\nDO  - 10.1000/", "%2", 1),
        ("TY  - JOUR\nAN  - ", "PMC", 1),
        ("TY  - JOUR\nTI  - ", "Erratum: ", 1),
    ] {
        assert_eq!(found(Format::Ris, &repeated(start, unit)), expected, "{start:?} {unit:?}");
    }
    // The fields behind the last `ER` belong to the record before it.
    let each = "ER  - \nAU  - b\n";
    let text = repeated("TY  - JOUR\nAU  - a\n", each);
    assert_eq!(found(Format::Ris, &text), LENGTH / each.len());
}

#[test]
fn other_tagged_formats_of_one_thing_over_and_over_are_read_in_time() {
    for (format, start, unit, expected) in [
        (Format::Nbib, "", "PMID- 1\n", LENGTH / 8),
        (Format::Nbib, "PMID- 1\n", "      x\n", 1),
        (Format::Nbib, "PMID- 1\n", "\nx\n", 1),
        (Format::Nbib, "PMID- 1\n", "AB  - x\n", 1),
        (Format::Enw, "", "%0 \n", LENGTH / 4),
        (Format::Enw, "%0 x\n", "%A \n", 1),
        (Format::Enw, "%X x\n", "\n\nx\n", 1),
        (Format::Ciw, "", "PT J\n", LENGTH / 5),
        (Format::Ciw, "PT J\nAU x\n", "   x\n", 1),
        (Format::Ciw, "PT J\nAU x\nER\n", "ER\n", 1),
        (Format::OvidText, "", "<1>\n", LENGTH / 4),
        (Format::OvidText, "<1>\nTitle\n", "  x\n", 1),
        (Format::OvidText, "<1>\nAuthor\n", "  x;  y MD 1\n", 1),
        (Format::OvidText, "<1>\nSource\n", "  J. 1(2):3, ", 1),
        (Format::CochraneText, "", "Record #1 of 2\n", LENGTH / 15),
        (Format::CochraneText, "Record #1 of 2\nID: 1\n", "AU: x\n", 1),
    ] {
        assert_eq!(found(format, &repeated(start, unit)), expected, "{format}: {start:?} {unit:?}");
    }
}

#[test]
fn damaged_characters_on_every_line_are_read_in_time() {
    let mut bytes = repeated("TY  - JOUR\nTI  - ", "é").into_bytes();
    bytes.extend(b"\xff\n".repeat(LENGTH / 4));
    let parsed = consilience_bib::parse(&bytes, "a.ris").unwrap();
    assert_eq!((parsed.records.len(), parsed.problems.len()), (1, LENGTH / 4 + 1));
}
