//! BibTeX and BibLaTeX.

use consilience_bib::{Format, Parsed, Record};

use crate::{fields, parse};

fn fixture() -> Parsed {
    parse(include_str!("../fixtures/quirks.bib"), "quirks.bib")
}

#[test]
fn an_entry_tells_what_it_looks_like_when_printed() {
    let parsed = fixture();
    assert_eq!(parsed.format, Format::Bibtex);
    let record = &parsed.records[0];
    assert_eq!(record.id(), Some("nunez2019"));
    assert_eq!(record.title().unwrap(), "Effect of CO₂ on E. coli: 10% & more");
    assert_eq!(record.authors(), ["Núñez, Ana Lucía", "The Flask and Bottle Group"]);
    assert_eq!(record.journal(), Some("J. of Invented Trials & Errors"));
    assert_eq!(record.date().unwrap().to_string(), "2019-03");
    assert_eq!((record.volume(), record.issue()), (Some("12"), Some("3")));
    assert_eq!(record.pages().as_deref(), Some("101-109"));
    assert_eq!(record.doi().as_deref(), Some("10.1000/jit_2019.1"));
    assert_eq!(record.url(), Some("https://doi.org/10.1000/jit_2019.1?a=1&b=2"));
    assert_eq!(record.pmid(), Some("91000001"));
    assert_eq!(record.keywords(), ["flasks", "carbon dioxide"]);
    assert_eq!(record.reference_type(), Some("article"));
}

#[test]
fn the_source_of_what_is_more_than_text_stays() {
    let parsed = fixture();
    let all = fields(&parsed.records[0]);
    assert!(
        all.contains(&(
            "Title/source()",
            "{Effect} of {CO}$_2$ on \\emph{E. coli}: 10\\% \\& more"
        ))
    );
    assert!(all.contains(&("author/others", "others")));
    let lines: Vec<_> =
        parsed.records[0].fields().filter(|f| f.tag == "doi").map(|f| f.line).collect();
    assert_eq!((parsed.records[0].line, lines), (6, vec![13]));
}

#[test]
fn faults_cost_at_most_their_own_entry() {
    let parsed = fixture();
    let titles: Vec<_> = parsed.records.iter().filter_map(Record::title).collect();
    assert_eq!(
        titles,
        [
            "Effect of CO₂ on E. coli: 10% & more",
            "A paper on \"quotes\"",
            "In parentheses (really)",
            "A key for the second time: and a subtitle",
            "Without a key",
            "Last"
        ]
    );
    assert_eq!(parsed.records[1].id(), Some("key with a space"));
    let aside: Vec<_> = parsed.quarantine.iter().map(|a| (a.line, a.reason.as_str())).collect();
    assert_eq!(aside, [(36, "a brace or quotation mark is never closed")]);
    let problems: Vec<_> = parsed.problems.iter().map(|p| (p.line, p.message.as_str())).collect();
    assert_eq!(
        problems,
        [
            (20, "entry without its closing brace: read up to the next one"),
            (23, "no @string defines `Firsttober`: taken as it is"),
            (43, "text outside any entry: left out: Some text of a web page."),
        ]
    );
}

#[test]
fn hostile_files_are_read_in_little_time() {
    let long = 200_000;
    for text in [
        format!("@a{{k, x={}", "{".repeat(long)),
        format!("@a{{k, x={{{}}}}}", "{}".repeat(long)),
        "@a{".repeat(long / 3),
        "@a{k,x={\n".repeat(long / 9),
        format!("@a{{k, x=\"{}", "@".repeat(long)),
        format!("@a{{k, {}", "=".repeat(long)),
        format!("@a{{k, author={{{}}}}}", "and ".repeat(long / 4)),
        format!("@a{{k, t={{{}}}}}", "\\'".repeat(long / 2)),
        format!("@a{{k, t={{{}}}}}", "$^".repeat(long / 2)),
    ] {
        let parsed = parse(&text, "a.bib");
        assert!(parsed.records.len() + parsed.quarantine.len() > 0);
    }
}
