//! CSL-JSON.

use consilience_bib::{Format, Parsed, Record};

use crate::{fields, parse};

fn fixture() -> Parsed {
    parse(include_str!("../fixtures/zotero.json"), "zotero.json")
}

#[test]
fn an_item_tells_what_its_members_hold() {
    let parsed = fixture();
    assert_eq!(parsed.format, Format::CslJson);
    let record = &parsed.records[0];
    assert_eq!(record.id(), Some("http://zotero.org/users/1/items/ABC"));
    assert_eq!(record.title().unwrap(), "Effect of CO₂ on E. coli");
    assert_eq!(
        record.authors(),
        ["Núñez, Ana Lucía", "van der Berg, A., Jr", "The Flask Study Group"]
    );
    assert_eq!(record.date().unwrap().to_string(), "2019-03-07");
    assert_eq!((record.volume(), record.issue()), (Some("12"), Some("3")));
    assert_eq!(record.pages().as_deref(), Some("101-109"));
    assert_eq!(record.doi().as_deref(), Some("10.1000/jit.2019.1"));
    assert_eq!(record.issns(), ["1234-5679", "1234-5660"]);
    assert_eq!(record.pmid(), Some("91000001"));
    assert_eq!((parsed.records[1].id(), parsed.records[1].year()), (Some("7"), Some(2011)));
}

#[test]
fn what_is_no_text_is_kept_as_it_is() {
    let parsed = fixture();
    let all = fields(&parsed.records[0]);
    assert!(all.contains(&("custom/json()", "{\"a\":[1,true]}")));
    assert!(all.contains(&("title/source()", "Effect of CO<sub>2</sub> on <i>E. coli</i>")));
    assert!(all.iter().any(|(tag, _)| *tag == "author/json()"));
    assert!(!all.iter().any(|(tag, _)| *tag == "issued/json()"));
}

#[test]
fn a_faulty_item_is_set_aside_and_costs_no_other() {
    let parsed = fixture();
    let titles: Vec<_> = parsed.records.iter().filter_map(Record::title).collect();
    assert_eq!(titles, ["Effect of CO₂ on E. coli", "The book of flasks", "Last"]);
    let lines: Vec<_> = parsed.quarantine.iter().map(|aside| aside.line).collect();
    assert_eq!(lines, [29, 33]);
    assert_eq!(parsed.quarantine[0].reason, "no field has a value");
    assert!(parsed.quarantine[1].reason.starts_with("no object of JSON: expected `,` or `}`"));
}

#[test]
fn one_item_and_lists_in_an_object_are_read() {
    for text in
        [r#"{"type": "book", "title": "A"}"#, r#"{"items": [{"type": "book", "title": "A"}]}"#]
    {
        let parsed = parse(text, "a.json");
        assert_eq!((parsed.records.len(), parsed.quarantine.len()), (1, 0), "{text}");
    }
}

#[test]
fn an_item_never_closed_costs_no_other_that_starts_on_its_own_line() {
    let text = "[\n{\n\"type\": \"book\", \"title\": \"open\n},\n{\n\"type\": \"book\", \"title\": \"A\"\n}\n]";
    let parsed = parse(text, "a.json");
    assert_eq!((parsed.records.len(), parsed.quarantine.len()), (1, 1), "{parsed:?}");
}

#[test]
fn hostile_files_are_read_in_little_time() {
    let head = r#"[{"type": "book", "title": "A"},"#;
    for tail in [
        "{".repeat(300_000),
        "\"".repeat(300_000),
        "{\"a\":".repeat(60_000),
        "[".repeat(300_000),
        "{\n".repeat(100_000),
    ] {
        let parsed = parse(&format!("{head}{tail}"), "a.json");
        assert_eq!(parsed.records.len(), 1);
    }
}
