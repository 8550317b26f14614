//! Tables with a header line.

use consilience_bib::{BibError, Format, Record};
use proptest::prelude::*;

use crate::{fields, parse};

#[test]
fn separators_are_told_from_the_header() {
    for separator in [",", ";", "\t"] {
        let text = ["id", "title", "year\n7", "A title", "2014\n"].join(separator);
        let parsed = parse(&text, "records.txt");
        assert_eq!(parsed.format, Format::Csv);
        let expected = [("id", "7"), ("title", "A title"), ("year", "2014")];
        assert_eq!(fields(&parsed.records[0]), expected, "{separator:?}");
    }
}

#[test]
fn quoted_cells_may_hold_separators_quotes_and_lines() {
    let text = "title,abstract\r\n\"a, \"\"b\"\"\",\"one\r\ntwo\"\r\n\r\nc,d\r\n";
    let parsed = parse(text, "a.csv");
    assert_eq!(fields(&parsed.records[0]), [("title", "a, \"b\""), ("abstract", "one\r\ntwo")]);
    assert_eq!(parsed.records.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 5]);
}

#[test]
fn columns_are_known_by_their_usual_names() {
    let text = "ID,Author/s,Item Title,Source title,Publication Year,Vol,Issue Number,Page start,\
                Page end,DOI,PubMed ID,Link,Abstract,Document Type\n\
                7,\"Lee, H.; Kim, B.\",T,J,2014-05-01,26,5,584,591,10.1000/A,99,http://x.org,Abs,Article\n";
    let parsed = parse(text, "a.csv");
    let record = &parsed.records[0];
    assert_eq!(record.citation(), "Lee H, Kim B. T. J 2014;26(5):584-591. doi:10.1000/a");
    assert_eq!((record.id(), record.pmid()), (Some("7"), Some("99")));
    assert_eq!(record.url(), Some("http://x.org"));
    assert_eq!(record.abstract_text().as_deref(), Some("Abs"));
    assert_eq!(record.reference_type(), Some("Article"));
}

#[test]
fn a_row_of_another_length_is_set_aside_verbatim() {
    let text = "title,year,doi\nA,2001,10.1000/a\nB, with comma,2002,10.1000/b\nC,2003\nD,2004,10.1000/d,,\n";
    let parsed = parse(text, "a.csv");
    let titles: Vec<_> = parsed.records.iter().filter_map(Record::title).collect();
    assert_eq!(titles, ["A", "D"]);
    let aside: Vec<_> = parsed.quarantine.iter().map(|q| (q.line, q.text.as_str())).collect();
    assert_eq!(aside, [(3, "B, with comma,2002,10.1000/b"), (4, "C,2003")]);
    assert_eq!(parsed.quarantine[0].reason, "4 cells under 3 columns");
}

#[test]
fn a_quotation_never_closed_costs_only_its_line() {
    let text = "title,year\nA,2001\n\"B,2002\nC,2003\nD,2004\n";
    let parsed = parse(text, "a.csv");
    let titles: Vec<_> = parsed.records.iter().filter_map(Record::title).collect();
    assert_eq!(titles, ["A", "C", "D"]);
    assert_eq!(parsed.records[1].line, 4);
    let aside = &parsed.quarantine[0];
    assert_eq!((aside.line, aside.text.as_str()), (3, "\"B,2002"));
    assert_eq!(aside.reason, "a quotation mark is never closed");
}

#[test]
fn rows_without_any_value_are_no_records() {
    let parsed = parse("title,year\n,\nA,2001\n\n , \n", "a.csv");
    assert_eq!((parsed.records.len(), parsed.quarantine.len()), (1, 0));
}

#[test]
fn a_table_without_a_title_column_is_read_only_under_its_name() {
    let parsed = parse("a,b\n1,2\n", "a.csv");
    assert_eq!(parsed.records.len(), 1);
    assert_eq!(
        parsed.problems[0].message,
        "no column is known to hold titles; the columns are a, b"
    );
    let refused = consilience_bib::parse(b"a,b\n1,2\n", "a.txt");
    assert_eq!(refused, Err(BibError::UnknownFormat { file_name: "a.txt".to_owned() }));
}

#[test]
fn columns_are_told_by_whoever_knows_what_they_hold() {
    let columns =
        [("Artikel".to_owned(), "title".to_owned()), ("Jahr".to_owned(), "year".to_owned())];
    let options = consilience_bib::Options { columns: columns.into(), ..Default::default() };
    let parsed = consilience_bib::parse_with(b"Artikel|Jahr|x\nA|2001|y\n", &options).unwrap();
    assert_eq!(parsed.records[0].citation(), "A. 2001.");
    assert_eq!(fields(&parsed.records[0])[2], ("x", "y"));
    let parsed = consilience_bib::parse_with(b"Article|x\nA|y\n", &options).unwrap();
    assert_eq!(
        parsed.problems[0].message,
        "there is no column `Artikel`; the columns are Article, x"
    );
}

/// In the manner of Embase.com's "fields by row".
const BY_ROWS: &str = "\"TITLE\",\"Tea, sleep and \"\"rest\"\"\"\r\n\
    \"AUTHOR NAMES\",\"Arbor J.\",\"Birch T.\"\r\n\
    \"EDITORS\"\r\n\
    \"SOURCE\",\"Journal of Rest (2015) 12:3 (101-110). Date of Publication: 1 May 2015\"\r\n\
    \"ABSTRACT\",\"One line.\r\nAnother, with NCT01234567.\"\r\n\
    \"EMTREE DRUG INDEX TERMS\",\"tea (drug therapy)\",\"water\"\r\n\
    \"MEDLINE PMID\",\"25555555\"\r\n\
    \"PUI\",\"L612345678\"\r\n\
    \"DOI\",\"10.1000/rest.12\"\r\n\
    \r\n\
    \"TITLE\",\"Coffee\"\r\n\
    \"SOURCE\",\"Journal of Rest (2016) 13 (5-9).\"\r\n\
    \"NEW FIELD\",\"kept\"\r\n";

#[test]
fn a_table_of_embase_with_a_row_for_each_field_loses_none() {
    let parsed = parse(BY_ROWS, "records.csv");
    assert_eq!((parsed.format, parsed.problems.len()), (Format::Csv, 0));
    let [tea, coffee] = parsed.records.as_slice() else { panic!("{:?}", parsed.records) };
    assert_eq!(
        tea.citation(),
        "Arbor J., Birch T. Tea, sleep and \"rest\". Journal of Rest 2015;12(3):101-110. doi:10.1000/rest.12"
    );
    assert_eq!(tea.authors(), ["Arbor J.", "Birch T."]);
    assert_eq!((tea.pmid(), tea.embase_accession()), (Some("25555555"), Some("L612345678")));
    assert_eq!(tea.trial_registrations(), ["NCT01234567"]);
    assert_eq!(tea.fields().filter(|it| it.tag == "EMTREE DRUG INDEX TERMS").count(), 2);
    assert!(tea.fields().any(|it| it.tag == "EDITORS"));
    assert_eq!((tea.line, coffee.line), (1, 12));
    assert_eq!(
        fields(coffee),
        [
            ("TITLE", "Coffee"),
            ("SOURCE", "Journal of Rest (2016) 13 (5-9)."),
            ("NEW FIELD", "kept")
        ]
    );
}

#[test]
fn a_record_of_rows_that_cannot_be_read_whole_is_set_aside_whole() {
    let broken = BY_ROWS.replace("\"L612345678\"", "\"L6123456").replace("\"Coffee\"", "\"Coffee");
    let parsed = parse(&broken, "records.csv");
    assert_eq!((parsed.records.len(), parsed.quarantine.len()), (0, 2));
    assert!(parsed.quarantine[0].text.starts_with("\"TITLE\",\"Tea"));
    assert!(parsed.quarantine[1].text.ends_with("\"kept\""), "{:?}", parsed.quarantine);
    // One that a spreadsheet saved with semicolons is read alike.
    let saved = BY_ROWS.replace("\",\"", "\";\"");
    assert_eq!(parse(&saved, "records.csv").records, parse(BY_ROWS, "records.csv").records);
    // A table whose titles stand in one column is read as one.
    let parsed = parse("TITLE,AUTHOR NAMES\nTea,Arbor J.\nSource,Birch T.\n", "records.csv");
    assert_eq!(parsed.records.len(), 2);
}

#[test]
fn the_source_of_embase_tells_journal_year_volume_and_pages_and_no_database() {
    let text = "Title,Author Names,Source\nTea,Arbor J.,\"Sleep (2020) 43 (S12). Date of Publication: 1 Apr 2020\"\n\
                Rest,Birch T.,Scopus\n";
    let records = parse(text, "records.csv").records;
    assert_eq!(records[0].citation(), "Arbor J. Tea. Sleep 2020;43:S12.");
    assert_eq!((records[0].database(), records[1].database()), (None, Some("Scopus")));
    assert_eq!(records[1].journal(), None);
}

/// A cell as a table has it.
fn cell(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

proptest! {
    #[test]
    fn whatever_rows_of_embase_hold_is_kept(
        records in prop::collection::vec(
            ("[a-z]{1,9}", prop::collection::vec(("[A-Z]{3,9}", prop::collection::vec("[a-z\",;\n ]{0,9}x", 1..4)), 1..6)),
            1..6,
        ),
        line_end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let mut text = String::new();
        let mut wanted = Vec::new();
        for (title, rows) in &records {
            let mut fields = vec![("TITLE".to_owned(), title.clone()), ("SOURCE".to_owned(), "J".to_owned())];
            text.extend(["\"TITLE\",", &cell(title), line_end, "\"SOURCE\",\"J\"", line_end]);
            for (name, values) in rows.iter().filter(|it| it.0 != "TITLE") {
                let cells: Vec<String> = values.iter().map(|it| cell(it)).collect();
                text.extend([&cell(name), ",", &cells.join(","), line_end]);
                fields.extend(values.iter().map(|it| (name.clone(), it.trim().to_owned())));
            }
            wanted.push(fields);
        }
        let parsed = parse(&text, "a.csv");
        let found: Vec<Vec<(String, String)>> = parsed
            .records
            .iter()
            .map(|it| fields(it).into_iter().map(|(tag, value)| (tag.to_owned(), value.to_owned())).collect())
            .collect();
        prop_assert_eq!(found, wanted);
        prop_assert!(parsed.quarantine.is_empty());
    }

    #[test]
    fn rows_of_embase_are_read_or_kept_aside_whatever_is_torn(
        lines in prop::collection::vec(prop::sample::select(vec![
            "\"TITLE\",\"Tea\"", "\"SOURCE\",\"J (2014) 3\"", "\"AUTHOR NAMES\",\"A\",\"B\"", "\"ABSTRACT\",\"torn", "\"TITLE\",\"torn",
            "torn\",\"x\"", "\"\"", ",\"x\"", "",
        ]), 0..30),
    ) {
        let text = format!("\"TITLE\",\"Tea\"\n\"SOURCE\",\"J\"\n{}\n", lines.join("\n"));
        let parsed = parse(&text, "a.csv");
        let n_begun = 1 + lines.iter().filter(|it| it.starts_with("\"TITLE\"")).count();
        prop_assert_eq!(parsed.records.len() + parsed.quarantine.len(), n_begun, "{:?}", parsed);
    }
}
