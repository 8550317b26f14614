//! From bytes to text, and what is not text.

use consilience_bib::{BibError, EncodingBasis, Format, Options};

const RIS: &str = "TY  - JOUR\nTI  - Müller’s Größe\nER  - \n";

fn read(bytes: &[u8]) -> (&'static str, Option<String>, usize) {
    let parsed = consilience_bib::parse(bytes, "a.ris").unwrap();
    (parsed.encoding.name, parsed.records[0].title(), parsed.problems.len())
}

fn utf_16(mark: u16, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(mark).chain(RIS.encode_utf16()).flat_map(bytes).collect()
}

#[test]
fn the_usual_encodings_are_recognised() {
    let title = Some("Müller’s Größe".to_owned());
    assert_eq!(read(RIS.as_bytes()), ("UTF-8", title.clone(), 0));
    assert_eq!(read(format!("\u{feff}{RIS}").as_bytes()), ("UTF-8", title.clone(), 0));
    assert_eq!(read(&utf_16(0xfeff, u16::to_le_bytes)), ("UTF-16LE", title.clone(), 0));
    assert_eq!(read(&utf_16(0xfeff, u16::to_be_bytes)), ("UTF-16BE", title.clone(), 0));
    let windows = b"TY  - JOUR\nTI  - M\xfcller\x92s Gr\xf6\xdfe\nER  - \n";
    assert_eq!(read(windows), ("windows-1252", title, 0));
}

#[test]
fn damage_in_utf_8_is_placed_and_spoils_nothing_else() {
    let mut bytes = RIS.as_bytes().to_vec();
    bytes.extend(b"TY  - JOUR\nTI  - cut \xe2\x80");
    let parsed = consilience_bib::parse(&bytes, "a.ris").unwrap();
    assert_eq!(parsed.encoding.name, "UTF-8");
    assert_eq!(parsed.records[0].title().as_deref(), Some("Müller’s Größe"));
    assert_eq!(parsed.records[1].title().as_deref(), Some("cut \u{fffd}"));
    let damage = parsed.problems.iter().find(|p| p.message.contains("UTF-8")).unwrap();
    assert_eq!((damage.line, damage.column), (5, 11));
}

// Found by fuzzing: a file with one NUL among much text is read, and one with it among little is not.
#[test]
fn what_was_read_with_a_nul_can_be_written_and_read_again() {
    let title = format!("A\0B {}", "word ".repeat(1000));
    let file = format!("TY  - JOUR\nTI  - {title}\nAU  - Lee\0, A\nER  - \n");
    let mut parsed = consilience_bib::parse(file.as_bytes(), "a.ris").unwrap();
    assert!(parsed.records[0].title().unwrap().starts_with("A?B word"));
    let json = br#"[{"id": "1", "type": "article-journal", "title": "a\u0000b", "author": [{"literal": "x\u0000"}]}]"#;
    parsed.records.extend(consilience_bib::parse(json, "a.json").unwrap().records);
    for format in Format::WRITTEN {
        let mut out = Vec::new();
        consilience_bib::write(&parsed.records, format, &mut out).unwrap();
        assert!(!out.contains(&0), "{format:?}");
        assert_eq!(consilience_bib::parse(&out, "out").unwrap().records.len(), 2, "{format:?}");
    }
}

#[test]
fn what_is_not_text_is_refused() {
    let refused = consilience_bib::parse(b"PK\x03\x04\0\0\0\0", "a.ris");
    assert_eq!(refused, Err(BibError::NotText { file_name: "a.ris".to_owned() }));
}

#[test]
fn text_of_another_kind_is_refused_whatever_its_name() {
    for (text, name) in [
        ("<html><body>Please log in</body></html>", "export.ris"),
        ("<?xml version=\"1.0\"?>\n<xml/>", "export.csv"),
        (" ## ", "a.isi"),
    ] {
        assert!(consilience_bib::parse(text.as_bytes(), name).is_err(), "{name}");
        assert_eq!(Format::detect(text.as_bytes(), name), None, "{name}");
    }
}

#[test]
fn the_format_is_told_by_content_before_name() {
    let detect = |text: &str, name| Format::detect(text.as_bytes(), name);
    assert_eq!(detect(RIS, "export.txt"), Some(Format::Ris));
    assert_eq!(detect(RIS, "export.csv"), Some(Format::Ris));
    assert_eq!(detect("PMID- 1\nTI  - a\n", "export"), Some(Format::Nbib));
    assert_eq!(detect("AU  - Lee, A\nTI  - a\n", "export.ris"), Some(Format::Ris));
    assert_eq!(detect("title,doi\n", "export"), Some(Format::Csv));
    assert_eq!(detect("", "export.RIS"), Some(Format::Ris));
    assert_eq!(detect("", "export"), None);
}

#[test]
fn an_empty_file_of_a_known_name_holds_no_records() {
    for name in ["a.ris", "a.nbib", "a.csv"] {
        let parsed = consilience_bib::parse(b"\n", name).unwrap();
        assert!(parsed.records.is_empty() && parsed.quarantine.is_empty(), "{name}");
    }
}

#[test]
fn exports_in_two_encodings_joined_in_one_file_keep_their_letters() {
    let mut bytes = RIS.repeat(2).into_bytes();
    bytes.extend(b"TY  - JOUR\nTI  - M\xfcller\x92s Gr\xf6\xdfe\nER  - \n");
    let parsed = consilience_bib::parse(&bytes, "a.ris").unwrap();
    let titles: Vec<_> = parsed.records.iter().filter_map(consilience_bib::Record::title).collect();
    assert_eq!(titles, ["Müller’s Größe"; 3]);
    let told: Vec<_> =
        parsed.problems.iter().map(|p| (p.line, p.column, p.message.as_str())).collect();
    assert_eq!(told, [(8, 8, "bytes that are not UTF-8: read as windows-1252")]);
}

#[test]
fn an_encoding_can_be_given_by_any_of_its_names() {
    let read = |bytes: &[u8], encoding: &str| {
        let options = Options { encoding: Some(encoding.to_owned()), ..Options::named("a.ris") };
        consilience_bib::parse_with(bytes, &options)
    };
    let chinese = b"TY  - JOUR\nTI  - \xb1\xa3\nER  - \n";
    let parsed = read(chinese, "gb2312").unwrap();
    assert_eq!(parsed.records[0].title().as_deref(), Some("保"));
    assert_eq!((parsed.encoding.name, parsed.encoding.basis), ("GBK", EncodingBasis::Given));
    assert_eq!(read(chinese, "latin1").unwrap().records[0].title().as_deref(), Some("±£"));
    let unknown = BibError::UnknownEncoding { label: "ebcdic".to_owned() };
    assert_eq!(read(chinese, "ebcdic"), Err(unknown));
}

#[test]
fn the_encoding_of_long_files_is_told_by_the_first_letter_that_is_not_ascii() {
    let plain = "TY  - JOUR\nTI  - Plain\nER  - \n".repeat(20_000);
    for (last, name) in [
        (&b"TY  - JOUR\nTI  - Gr\xc3\xb6\xc3\x9fe\nER  - \n"[..], "UTF-8"),
        (b"TY  - JOUR\nTI  - Gr\xf6\xdfe\nER  - \n", "windows-1252"),
    ] {
        let bytes = [plain.as_bytes(), last].concat();
        let parsed = consilience_bib::parse(&bytes, "a.ris").unwrap();
        assert_eq!(parsed.records.last().unwrap().title().as_deref(), Some("Größe"), "{name}");
        assert_eq!((parsed.encoding.name, parsed.problems.len()), (name, 0));
        assert_eq!(parsed.records[20_000].line, 60_001);
    }
}

#[test]
fn a_gzipped_file_is_read_as_what_it_holds() {
    // gzip -n of "TY  - JOUR\nTI  - Packed\nER  - \n"
    let packed = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x0b, 0x89, 0x54, 0x50, 0xd0,
        0x55, 0xf0, 0xf2, 0x0f, 0x0d, 0xe2, 0x0a, 0xf1, 0x04, 0x31, 0x03, 0x12, 0x93, 0xb3, 0x53,
        0x53, 0xb8, 0x5c, 0x83, 0x40, 0x1c, 0x2e, 0x00, 0x2d, 0xc2, 0x7f, 0xf1, 0x1f, 0x00, 0x00,
        0x00,
    ];
    let parsed = consilience_bib::parse(&packed, "export.ris.gz").unwrap();
    assert_eq!(parsed.records[0].title().as_deref(), Some("Packed"));
    assert_eq!(Format::detect(&packed, "export.ris.gz"), Some(Format::Ris));
    let cut = consilience_bib::parse(&packed[..20], "export.ris.gz");
    assert!(matches!(cut, Err(BibError::Unreadable { .. })), "{cut:?}");
}
