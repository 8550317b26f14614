//! Our own exports, in each dialect's manner and with its quirks.

use consilience_bib::{EncodingBasis, Format, Name, Parsed, Record};

use crate::fields;

fn read(file: &str) -> Parsed {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file);
    consilience_bib::parse(&fs_err::read(path).unwrap(), file).unwrap()
}

/// Each file with the number of records in it.
const FILES: [(&str, Format, usize); 22] = [
    ("cochrane.ris", Format::Ris, 2),
    ("cochrane.txt", Format::CochraneText, 2),
    ("covidence.ris", Format::Ris, 1),
    ("ebsco_crlf.ris", Format::Ris, 1),
    ("embase_com.ris", Format::Ris, 1),
    ("endnote.enw", Format::Enw, 3),
    ("endnote_utf16.ris", Format::Ris, 1),
    ("eric.nbib", Format::Nbib, 1),
    ("gbk.ris", Format::Ris, 1),
    ("ovid.nbib", Format::Nbib, 2),
    ("ovid.ris", Format::Ris, 2),
    ("ovid.txt", Format::OvidText, 2),
    ("proquest.ris", Format::Ris, 2),
    ("pubmed.nbib", Format::Nbib, 2),
    ("rayyan.ris", Format::Ris, 1),
    ("scopus.ris", Format::Ris, 1),
    ("single_space.ris", Format::Ris, 2),
    ("utf16_without_mark.ris", Format::Ris, 1),
    ("web_of_science.ciw", Format::Ciw, 2),
    ("web_of_science.ris", Format::Ris, 1),
    ("windows_1252.ris", Format::Ris, 2),
    ("zotero_cr.ris", Format::Ris, 1),
];

#[test]
fn every_dialect_is_read_with_all_its_records() {
    for (file, format, records) in FILES {
        let parsed = read(file);
        assert_eq!((parsed.format, parsed.records.len()), (format, records), "{file}");
        assert!(parsed.quarantine.is_empty(), "{file}: {:?}", parsed.quarantine);
        let problems = usize::from(file == "proquest.ris");
        assert_eq!(parsed.problems.len(), problems, "{file}: {:?}", parsed.problems);
    }
}

#[test]
fn one_article_tells_the_same_in_every_dialect() {
    for file in [
        "cochrane.ris",
        "cochrane.txt",
        "covidence.ris",
        "ebsco_crlf.ris",
        "embase_com.ris",
        "endnote.enw",
        "endnote_utf16.ris",
        "ovid.ris",
        "ovid.txt",
        "pubmed.nbib",
        "rayyan.ris",
        "scopus.ris",
        "web_of_science.ciw",
        "web_of_science.ris",
        "zotero_cr.ris",
    ] {
        let record = read(file).records.remove(0);
        assert!(record.title().unwrap().starts_with("Warm socks for cold feet"), "{file}");
        assert_eq!(record.year(), Some(2019), "{file}");
        assert_eq!((record.volume(), record.issue()), (Some("12"), Some("3")), "{file}");
        let pages = record.pages().unwrap();
        assert!(["101-109", "101-9"].contains(&pages.as_str()), "{file}: {pages}");
        let families: Vec<_> =
            record.author_names().iter().map(|name| name.family.to_owned()).collect();
        assert_eq!(families[..2], ["Frost", "Winter"], "{file}");
        let journal = record.journal().unwrap().to_lowercase();
        assert!(["journal of warm feet", "j warm feet"].contains(&journal.as_str()), "{file}");
        if file != "rayyan.ris" {
            assert_eq!(record.doi().as_deref(), Some("10.1000/warm.1"), "{file}");
        }
    }
}

#[test]
fn one_pubmed_id_is_found_in_every_dialect_that_has_it() {
    let without =
        ["ebsco_crlf.ris", "rayyan.ris", "web_of_science.ris", "covidence.ris", "ovid.txt"];
    for (file, ..) in FILES {
        let record = read(file).records.remove(0);
        let has_one = record.doi().is_some() || file == "ovid.nbib";
        let expected = (has_one && !without.contains(&file)).then_some("90000001");
        let nothing_says_so = ["endnote.enw", "proquest.ris"].contains(&file);
        assert_eq!(record.pmid(), expected.filter(|_| !nothing_says_so), "{file}");
    }
}

#[test]
fn each_dialect_keeps_its_identifiers() {
    let first = |file: &str| read(file).records.remove(0);
    assert_eq!(first("ovid.ris").trial_registrations(), ["NCT09000001"]);
    assert_eq!(first("embase_com.ris").embase_accession(), Some("L900000001"));
    assert_eq!(first("embase_com.ris").trial_registrations(), ["NCT09000001"]);
    for file in ["cochrane.ris", "cochrane.txt"] {
        assert_eq!(first(file).central_number(), Some("CN-09000001"), "{file}");
        assert_eq!(first(file).embase_accession(), Some("2000000001"), "{file}");
    }
    assert_eq!(read("cochrane.ris").records[1].trial_registrations(), ["ISRCTN90000002"]);
    assert_eq!(read("cochrane.txt").records[1].trial_registrations(), ["NCT09000002"]);
    assert_eq!(first("endnote_utf16.ris").pmcid(), Some("PMC9000001"));
    assert_eq!(first("pubmed.nbib").pmcid(), Some("PMC9000001"));
    assert_eq!(first("web_of_science.ciw").accession(), Some("WOS:000900000000001"));
    assert_eq!(first("scopus.ris").issns(), ["1111-2222"]);
}

#[test]
fn values_go_on_as_each_format_means_it() {
    let value = |record: &Record, tag: &str| record.first(tag).unwrap().to_owned();
    let rayyan = read("rayyan.ris").records.remove(0);
    assert_eq!(value(&rayyan, "KW"), "Socks\n\nFoot\nRandomized Controlled Trial\n\nHumans");
    assert_eq!(rayyan.abstract_text().as_deref(), Some("Feet are cold. Socks are warm."));
    let wos = read("web_of_science.ciw").records.remove(0);
    assert_eq!(value(&wos, "AU"), "Frost, J\nWinter, AB");
    assert_eq!(wos.title().as_deref(), Some("Warm socks for cold feet: a randomised trial"));
    assert_eq!(wos.keywords(), ["socks", "cold feet"]);
    let enw = read("endnote.enw").records.remove(0);
    assert_eq!(value(&enw, "%X"), "Feet are cold.\n\nSocks are warm.");
    let zotero = read("endnote_utf16.ris").records.remove(0);
    assert_eq!(
        value(&zotero, "N1"),
        "3333-4444\nFrost, Jack\nWinter, Anna B\nJournal Article\nEngland"
    );
    let ovid = read("ovid.ris").records;
    assert_eq!(
        fields(&ovid[0]).last(),
        Some(&("XL", "https://ovid.example.org/?T=JS&AN=90000001"))
    );
}

#[test]
fn names_dates_and_notices_are_told() {
    let pubmed = read("pubmed.nbib").records;
    let names =
        [Name { family: "Frost", given: "Jack" }, Name { family: "Winter", given: "Anna B" }];
    assert_eq!(pubmed[0].author_names()[..2], names);
    assert_eq!(pubmed[0].author_names()[2], Name { family: "Sock Trialists", given: "" });
    assert_eq!(pubmed[0].date().unwrap().to_string(), "2019-09-01");
    let links = consilience_bib::link_notices(&pubmed);
    assert_eq!(links.iter().map(|link| (link.article, link.notice)).collect::<Vec<_>>(), [(0, 1)]);
    let zoological = &read("web_of_science.ciw").records[1];
    assert_eq!(zoological.author_names(), [Name { family: "Winter", given: "Anna B." }]);
}

#[test]
fn encodings_are_told_and_guesses_called_guesses() {
    for (file, name, basis) in [
        ("embase_com.ris", "UTF-8", EncodingBasis::Mark),
        ("ovid.ris", "UTF-8", EncodingBasis::Valid),
        ("endnote_utf16.ris", "UTF-16LE", EncodingBasis::Mark),
        ("utf16_without_mark.ris", "UTF-16BE", EncodingBasis::Guess),
        ("windows_1252.ris", "windows-1252", EncodingBasis::Guess),
        ("gbk.ris", "GBK", EncodingBasis::Guess),
    ] {
        let encoding = read(file).encoding;
        assert_eq!((encoding.name, encoding.basis), (name, basis), "{file}");
    }
    assert_eq!(read("gbk.ris").records[0].title().as_deref(), Some("保暖袜治疗冷足的随机对照试验"));
    assert_eq!(read("windows_1252.ris").records[0].authors(), ["Müller, Jörg", "Sørensen, Åse"]);
}

#[test]
fn damage_is_reported_with_its_place_and_costs_no_record() {
    let parsed = read("damaged.ris");
    let titles: Vec<_> = parsed.records.iter().filter_map(Record::title).collect();
    let expected =
        ["First, without an end", "Second", "Third, without a type", "Fifth, cut in the mid"];
    assert_eq!(titles.len(), 4);
    assert!(
        titles[1].starts_with(expected[1])
            && titles[0] == expected[0]
            && titles[2..] == expected[2..]
    );
    let aside: Vec<_> =
        parsed.quarantine.iter().map(|aside| (aside.line, aside.text.as_str())).collect();
    assert_eq!(aside, [(16, "TY  - JOUR\nAU  - \nER  -")]);
    let problems: Vec<_> =
        parsed.problems.iter().map(|it| (it.line, it.message.as_str())).collect();
    assert_eq!(
        problems,
        [
            (1, "text outside any record: left out: Exported by nobody\non no day"),
            (3, "record without ER: read up to the next one"),
            (13, "record without TY: its type is unknown"),
            (19, "ER without a record: left out"),
            (20, "record without ER: read up to the next one"),
        ]
    );
}
