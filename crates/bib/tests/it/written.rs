//! What is written reads back and tells the same.

use consilience_bib::{Format, Parsed, Record, WriteError, parse_with, write};
use proptest::prelude::*;

use crate::exports::folder;
use crate::{fields, parse};

fn written(records: &[Record], format: Format) -> String {
    let mut out = Vec::new();
    write(records, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn read_as(text: &str, format: Format) -> Parsed {
    let options = consilience_bib::Options { format: Some(format), ..Default::default() };
    parse_with(text.as_bytes(), &options).unwrap()
}

/// What a record tells, but for what each format says in its own words.
fn told(record: &Record) -> Vec<(&'static str, String)> {
    let text =
        |value: Option<&str>| value.unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
    let authors = record.authors();
    vec![
        ("title", record.title().unwrap_or_default()),
        ("authors", authors.iter().map(|name| text(Some(name))).collect::<Vec<_>>().join("; ")),
        ("year", record.year().map(|year| year.to_string()).unwrap_or_default()),
        ("date", record.date().map(|date| date.to_string()).unwrap_or_default()),
        ("journal", text(record.journal())),
        ("volume", text(record.volume())),
        ("issue", text(record.issue())),
        ("pages", text(record.pages().as_deref())),
        ("doi", record.doi().unwrap_or_default()),
        ("pmid", text(record.pmid())),
        ("pmcid", text(record.pmcid())),
        ("url", text(record.url())),
        ("abstract", record.abstract_text().unwrap_or_default()),
        (
            "keywords",
            record.keywords().iter().map(|word| text(Some(word))).collect::<Vec<_>>().join("; "),
        ),
        ("language", text(record.language())),
        ("issns", record.issns().join("; ")),
        ("isbns", record.isbns().join("; ")),
    ]
}

/// Writes records in a format and compares what is read back; says what differs.
fn differences(records: &[Record], format: Format) -> Vec<String> {
    let text = written(records, format);
    let again = read_as(&text, format);
    let mut found = Vec::new();
    if again.records.len() != records.len() || !again.quarantine.is_empty() {
        found.push(format!(
            "{} of {} records, aside: {:?}",
            again.records.len(),
            records.len(),
            again.quarantine
        ));
    }
    for (a, b) in records.iter().zip(&again.records) {
        for ((name, before), (_, after)) in told(a).into_iter().zip(told(b)) {
            // Markup in titles is CSL's own.
            let is_markup = format == Format::CslJson && name == "title" && before.contains("</");
            if before != after && !is_markup {
                found.push(format!(
                    "{name} of {:?} to {format}: {before:?} became {after:?}",
                    a.format
                ));
            }
        }
    }
    found
}

fn fixtures() -> Vec<(String, Parsed)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<_> =
        fs_err::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let parsed = files.iter().filter_map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        Some((name.clone(), consilience_bib::parse(&fs_err::read(path).unwrap(), &name).ok()?))
    });
    parsed.collect()
}

#[test]
fn every_fixture_reads_back_from_every_format() {
    let mut found = Vec::new();
    for (file, parsed) in fixtures() {
        for format in Format::WRITTEN {
            found.extend(
                differences(&parsed.records, format).into_iter().map(|it| format!("{file}: {it}")),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_export_reads_back_from_every_format() {
    let Some(folder) = folder() else { return };
    let mut found = Vec::new();
    for kind in
        ["ris", "nbib", "csv", "ciw", "enw", "ovid_text", "pubmed_xml", "endnote_xml", "bib"]
    {
        for entry in fs_err::read_dir(folder.join(kind)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let Ok(parsed) = consilience_bib::parse(&fs_err::read(&path).unwrap(), &name) else {
                continue;
            };
            for format in Format::WRITTEN {
                found.extend(
                    differences(&parsed.records, format)
                        .into_iter()
                        .map(|it| format!("{name}: {it}")),
                );
            }
        }
    }
    assert!(found.is_empty(), "{} differences\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_record_of_the_same_format_keeps_every_field() {
    for (file, parsed) in fixtures() {
        if !Format::WRITTEN.contains(&parsed.format) {
            continue;
        }
        let again = read_as(&written(&parsed.records, parsed.format), parsed.format);
        for (a, b) in parsed.records.iter().zip(&again.records) {
            let all = |record: &Record| {
                let line = |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ");
                fields(record)
                    .into_iter()
                    .map(|(tag, value)| (tag.to_owned(), line(value)))
                    .collect::<Vec<_>>()
            };
            assert_eq!(all(b), all(a), "{file}");
        }
    }
}

#[test]
fn what_has_no_place_in_a_format_is_kept_in_a_note() {
    let parsed = parse("TY  - JOUR\nTI  - A title\nAD  - Utrecht\nZZ  - anything\nER  - ", "a.ris");
    for format in Format::WRITTEN {
        let text = written(&parsed.records, format);
        assert!(text.contains("Utrecht") && text.contains("anything"), "{format}: {text}");
    }
    let csv = read_as(&written(&parsed.records, Format::Csv), Format::Csv);
    let ris = written(&csv.records, Format::Ris);
    assert!(ris.contains("N1  - Further fields (CSV):\n  AD: Utrecht\n  ZZ: anything\n"), "{ris}");
}

#[test]
fn formats_that_are_only_read_are_refused() {
    let refused = write(&[], Format::OvidText, &mut Vec::new()).unwrap_err();
    assert!(matches!(refused, WriteError::NotWritten { format: Format::OvidText }));
}

#[test]
fn types_are_called_what_each_format_calls_them() {
    let parsed =
        parse("TY  - CHAP\nTI  - A\nT2  - A book\nER  - \nTY  - THES\nTI  - B\nER  - ", "a.ris");
    for (format, words) in [
        (Format::Bibtex, ["@incollection{", "@phdthesis{"]),
        (Format::CslJson, ["\"chapter\"", "\"thesis\""]),
        (
            Format::EndnoteXml,
            ["<ref-type name=\"Book Section\">5<", "<ref-type name=\"Thesis\">32<"],
        ),
        (Format::Nbib, ["PT  - Book Chapter", "PT  - Thesis"]),
    ] {
        let text = written(&parsed.records, format);
        assert!(words.iter().all(|word| text.contains(word)), "{format}: {text}");
    }
}

#[test]
fn bibtex_has_keys_that_are_read_everywhere_and_keeps_the_ids() {
    let ris = "TY  - JOUR\nID  - Müller {2014}, 5% & b\nTI  - One\nER  - \nTY  - JOUR\nID  - a_b\nTI  - Two\nER  - \n";
    let text = written(&parse(ris, "a.ris").records, Format::Bibtex);
    assert!(text.contains("@article{anonymous,") && text.contains("@article{a_b,"), "{text}");
    let ids = |text: &str| -> Vec<String> {
        let records = read_as(text, Format::Bibtex).records;
        records.iter().map(|it| it.id().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(ids(&text), ["Müller {2014}, 5% & b", "a_b"]);
    // So it is with keys that were read.
    let odd = "@article{a_b, title = {One}}\n@article{a b, title = {Two}}\n@article{Größe, title = {Three}}\n";
    let text = written(&read_as(odd, Format::Bibtex).records, Format::Bibtex);
    for key in ["@article{a_b,", "@article{a_b-2,", "@article{Gr__e,"] {
        assert!(text.contains(key), "{text}");
    }
    assert_eq!(ids(&text), ["a_b", "a b", "Größe"]);
    assert_eq!(written(&read_as(&text, Format::Bibtex).records, Format::Bibtex), text);
}

/// A text with whatever the formats have a use for.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[A-Za-zäøŁπ0-9]{1,8}",
        1 => proptest::sample::select(vec![
            "&", "<i>", "</sup>", "\"", "'", "``", "''", "--", "{", "}", "{}", "\\", "\\alpha", "$x^2$", "%", "#", "_",
            "~", "^", ",", ":", "[", "]", "@", "@article{k,", "=", "&amp;", "&#xD;", "=1+1", "TY  -", "ER  - ", "PMID- 1",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| format!("A{}", pieces.join(" ")))
}

fn record() -> impl Strategy<Value = String> {
    let name = "[A-Z][a-zé]{1,6}( [A-Z][a-z]{1,4})?(, [A-Z]\\.?( ?[A-Z][a-z]{0,5})?)?(, Jr)?";
    let date = (1500..2100_i32, 0..13_u8, 0..29_u8);
    let numbers =
        (proptest::option::of("[1-9][0-9]{0,2}"), proptest::option::of("[1-9][0-9]?( Suppl 1)?"));
    let pages = proptest::option::of("[eS]?[1-9][0-9]{0,3}(-[S]?[0-9]{1,4})?");
    let ids = (
        proptest::option::of("10\\.[0-9]{4}/[a-z0-9._()-]{1,8}[a-z0-9]"),
        proptest::option::of("[1-9][0-9]{6,7}"),
    );
    let lists = (
        proptest::collection::vec(name, 0..4),
        proptest::collection::vec("[a-z]{2,8}( [a-z]{1,5})?", 0..4),
    );
    (text(), lists, date, text(), numbers, pages, ids, proptest::option::of(text())).prop_map(
        |(
            title,
            (authors, keywords),
            (year, month, day),
            journal,
            (volume, issue),
            pages,
            (doi, pmid),
            abstract_text,
        )| {
            let mut text = format!("TY  - JOUR\nTI  - {title}\nJF  - {journal}\nPY  - {year}\n");
            let date = match (month, day) {
                (0, _) => None,
                (_, 0) => Some(format!("{year}/{month:02}/")),
                _ => Some(format!("{year}/{month:02}/{day:02}")),
            };
            let mut all = |tag: &str, value: Option<String>| {
                text.extend(value.map(|value| format!("{tag}  - {value}\n")));
            };
            all("DA", date);
            for name in authors {
                all("AU", Some(name));
            }
            for word in keywords {
                all("KW", Some(word));
            }
            all("VL", volume);
            all("IS", issue);
            all("SP", pages);
            all("DO", doi);
            all("N1", pmid.map(|pmid| format!("PMID: {pmid}")));
            all("AB", abstract_text);
            text + "ER  - \n"
        },
    )
}

proptest! {
    #[test]
    fn any_record_reads_back_from_any_format(
        records in proptest::collection::vec(record(), 1..4),
        through in proptest::sample::select(&Format::WRITTEN[..]),
        to in proptest::sample::select(&Format::WRITTEN[..]),
    ) {
        let parsed = parse(&records.concat(), "a.ris");
        let found = differences(&parsed.records, through);
        prop_assert!(found.is_empty(), "{found:#?}");
        let again = read_as(&written(&parsed.records, through), through);
        let found = differences(&again.records, to);
        prop_assert!(found.is_empty(), "through {through}: {found:#?}");
    }
}
