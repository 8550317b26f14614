//! What holds of any input.

use consilience_bib::Format;
use proptest::prelude::*;

use crate::{fields, parse};

/// Lines that mean something to one of the readers, in any order.
fn lines() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "TY  - JOUR",
        "TY - BOOK",
        "ER  - ",
        "ER  - text",
        "AU  - Lee, A",
        "TI  - Title",
        "TI  -",
        "KW  - a; b",
        "KW - a",
        "untagged",
        "  indented",
        "",
        "7.",
        "Provider: X",
        "PMID- 1",
        "PMID-2",
        "AB  - text",
        "title,year,doi",
        "\"open,2001",
        "a,2001,10.1000/a",
        "a;\"b\nc\";d",
    ]);
    let any = "[ -~é\t]{0,12}";
    let line = prop_oneof![4 => known.prop_map(str::to_owned), 1 => any];
    let end = proptest::sample::select(vec!["\n", "\r\n", "\r"]);
    (proptest::collection::vec(line, 0..30), end).prop_map(|(lines, end)| lines.join(end))
}

fn name() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["a.ris", "a.nbib", "a.csv", "a.txt", ""])
}

/// Looks at everything a record can tell.
fn look(parsed: &consilience_bib::Parsed) -> usize {
    let told = parsed.records.iter().map(|record| {
        let numbers = (record.year(), record.pages(), record.doi(), record.pmid(), record.url());
        format!("{numbers:?} {:?} {}", record.authors(), record.citation()).len()
    });
    told.sum()
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), name in name()) {
        if let Ok(parsed) = consilience_bib::parse(&bytes, name) {
            prop_assert!(look(&parsed) >= parsed.records.len());
        }
    }

    #[test]
    fn any_lines_are_read_or_refused(text in lines(), name in name()) {
        if let Ok(parsed) = consilience_bib::parse(text.as_bytes(), name) {
            prop_assert_eq!(Format::detect(text.as_bytes(), name), Some(parsed.format));
            let numbers: Vec<_> = parsed.records.iter().map(|r| r.number as usize).collect();
            prop_assert_eq!(numbers, (1..=parsed.records.len()).collect::<Vec<_>>());
            let starts: Vec<_> = parsed.records.iter().map(|r| r.line).collect();
            prop_assert!(starts.is_sorted());
            prop_assert!(parsed.quarantine.iter().all(|aside| text.contains(&aside.text)));
            prop_assert!(look(&parsed) >= parsed.records.len());
        }
    }

    #[test]
    fn ris_loses_no_record_it_starts(text in lines()) {
        let text = format!("TY  - JOUR\n{text}");
        let starts = text.split(['\n', '\r']).filter(|line| line.starts_with("TY  -")).count();
        let parsed = parse(&text, "a.ris");
        prop_assert!(parsed.records.len() + parsed.quarantine.len() >= starts);
    }

    #[test]
    fn ris_printed_and_read_again_is_the_same(text in lines()) {
        let first = parse(&format!("TY  - JOUR\nTI  - Title\n{text}"), "a.ris");
        let printed: String = first.records.iter().map(consilience_bib::Record::to_ris).collect();
        let again = parse(&printed, "a.ris");
        let all = |parsed: &consilience_bib::Parsed| {
            let records = parsed.records.iter();
            records.map(|r| fields(r).into_iter().map(|(t, v)| (t.to_owned(), v.to_owned())).collect()).collect::<Vec<Vec<_>>>()
        };
        prop_assert_eq!(all(&again), all(&first));
        prop_assert!(again.quarantine.is_empty());
    }
}
