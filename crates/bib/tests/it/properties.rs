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
        "%0 Journal Article",
        "%T Title",
        "FN Clarivate",
        "VR 1.0",
        "PT J",
        "ER",
        "EF",
        "TI Title",
        "   more",
        "<12>",
        "Author",
        "Record #1 of 2",
        "ID: CN-01234567",
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
        let numbers = (record.date(), record.pages(), record.doi(), record.pmid(), record.url());
        let others = (record.pmcid(), record.central_number(), record.embase_accession());
        let lists = (
            record.author_names(),
            record.keywords(),
            record.issns(),
            record.trial_registrations(),
        );
        format!("{numbers:?} {others:?} {lists:?} {:?} {}", record.notice(), record.citation())
            .len()
    });
    told.sum::<usize>() + consilience_bib::link_notices(&parsed.records).len()
}

const TAGGED: [Format; 6] =
    [Format::Ris, Format::Nbib, Format::Enw, Format::Ciw, Format::OvidText, Format::CochraneText];

/// The words of a text, with which nothing is said about the white space and marks between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Everything that was read from a text, wherever it went.
fn kept(parsed: &consilience_bib::Parsed) -> std::collections::BTreeSet<String> {
    let fields = parsed
        .records
        .iter()
        .flat_map(consilience_bib::Record::fields)
        .flat_map(|f| [f.tag, f.value]);
    let aside = parsed.quarantine.iter().map(|aside| aside.text.as_str());
    let told = parsed.problems.iter().map(|problem| problem.message.as_str());
    fields.chain(aside).chain(told).flat_map(words).map(str::to_owned).collect()
}

/// One of our own exports, with bytes taken out, doubled, put elsewhere or overwritten.
fn damaged_export() -> impl Strategy<Value = (String, Vec<u8>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<_> =
        fs_err::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.retain(|path| path.file_name().is_some_and(|name| name != ".gitattributes"));
    files.sort();
    let damage = (
        0..4_usize,
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
    );
    (proptest::sample::select(files), proptest::collection::vec(damage, 1..6)).prop_map(
        |(file, all)| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let mut bytes = fs_err::read(file).unwrap();
            for (kind, from, to, at) in all {
                if bytes.is_empty() {
                    break;
                }
                let (from, to, at) =
                    (from.index(bytes.len()), to.index(bytes.len()), at.index(bytes.len()));
                let piece = bytes[from.min(to)..from.max(to)].to_vec();
                match kind {
                    0 => drop(bytes.drain(from.min(to)..from.max(to))),
                    1 => drop(bytes.splice(at..at, piece)),
                    2 => bytes[at] = bytes[from].wrapping_add(1),
                    _ => bytes.truncate(at),
                }
            }
            (name, bytes)
        },
    )
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
    fn every_word_is_in_a_record_or_set_aside_or_told(text in lines(), format in proptest::sample::select(&TAGGED[..])) {
        let options = consilience_bib::Options { format: Some(format), ..Default::default() };
        let parsed = consilience_bib::parse_with(text.as_bytes(), &options).unwrap();
        let kept = kept(&parsed);
        // What frames the records tells nothing of them: headers, counters and the ends of records.
        let is_frame = |line: &str| {
            let starts = ["ER", "EF", "FN", "VR", "Provider:", "Record #", "7.", "<", "\u{feff}"];
            starts.iter().any(|start| line.trim().starts_with(start))
        };
        for line in text.split(['\n', '\r']).filter(|line| !is_frame(line)) {
            for word in words(line) {
                prop_assert!(kept.contains(word), "{word} of {line:?} in {parsed:?}");
            }
        }
    }

    #[test]
    fn damaged_exports_are_read_or_refused((name, bytes) in damaged_export(), format in proptest::option::of(proptest::sample::select(&TAGGED[..]))) {
        let options = consilience_bib::Options { format, ..consilience_bib::Options::named(name) };
        if let Ok(parsed) = consilience_bib::parse_with(&bytes, &options) {
            let numbers: Vec<_> = parsed.records.iter().map(|r| r.number as usize).collect();
            prop_assert_eq!(numbers, (1..=parsed.records.len()).collect::<Vec<_>>());
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
