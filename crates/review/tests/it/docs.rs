//! `docs/package.md` and the reader agree: every key and column that the page names is read, and every one that
//! is read stands on the page.

use std::collections::BTreeSet;

use consilience_review::package::TABLES;
use consilience_review::vocabulary::grading::BaselineRisk;
use consilience_review::vocabulary::plan::AnalysisPlan;
use consilience_review::vocabulary::protocol::{
    Claim, Comparison, Database, Description, Eligibility, Methods, Outcome, Question,
};
use consilience_review::vocabulary::study::{Arm, Study};
use consilience_review::{Package, Tabular};

const PAGE: &str = include_str!("../../../../docs/package.md");

/// The text under the heading of a file, up to the next one.
fn section(file: &str) -> &'static str {
    let (_, after) = PAGE.split_once(&format!("\n## {file}\n")).unwrap();
    after.split("\n## ").next().unwrap()
}

/// The documented `review.toml`.
fn documented_toml() -> &'static str {
    let (_, after) = section("review.toml").split_once("```toml\n").unwrap();
    after.split("```").next().unwrap()
}

/// The names in the code spans of a text: `a, b` gives `a` and `b`. What is no name, such as `…`, is left out.
fn names_in_code(text: &str) -> BTreeSet<&str> {
    let is_name = |it: &&str| {
        !it.is_empty()
            && it.chars().all(|c| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let spans = text.split('`').skip(1).step_by(2);
    spans.flat_map(|span| span.split(',').map(str::trim)).filter(is_name).collect()
}

/// The columns that a section lists: in its first line, or in the first cells of its table.
fn documented_columns(file: &str) -> BTreeSet<&'static str> {
    let cells = section(file).lines().filter_map(|it| it.strip_prefix("| ")?.split(" |").next());
    let lists: Vec<&str> = cells.filter(|it| it.starts_with('`')).collect();
    if lists.is_empty() {
        let first = section(file).lines().find(|it| it.starts_with('`')).unwrap();
        // What follows the list explains.
        return names_in_code(first.split(". ").next().unwrap());
    }
    lists.into_iter().flat_map(names_in_code).collect()
}

/// The columns that the reader names when it meets one that it does not know.
fn columns_read(file: &str) -> BTreeSet<String> {
    let mut package = Package::default();
    package.files.insert("review.toml".to_owned(), b"[review]\ntitle = \"T\"\n".to_vec());
    package.files.insert(file.to_owned(), b"no_such_column\n".to_vec());
    let reading = package.to_log();
    let known = reading.diagnostics.iter().find_map(|it| it.expected.strip_prefix("one of: "));
    match known {
        Some(known) => known.split(", ").map(str::to_owned).collect(),
        // Every column of studies.csv and arms.csv is welcome; these have a meaning of their own.
        None if file == "arms.csv" => Arm::FIELDS.iter().map(|it| (*it).to_owned()).collect(),
        None => Study::FIELDS.iter().map(|it| (*it).to_owned()).collect(),
    }
}

#[test]
fn the_documented_review_file_is_read_without_a_finding() {
    // The page shows the settings of a generic effect beside those of a mean difference.
    let toml = documented_toml().replace("measure = \"MD\"", "measure = \"GEN\"");
    assert_ne!(toml, documented_toml());
    // The rule on zero cells is one of events.
    let (before, after) = toml.split_once("zero_cells").unwrap();
    let toml = format!("{before}# {after}");
    // It shows the three ways to state a baseline risk.
    let toml = toml.replace("\nper_1000 = ", "\n# ").replace("\nbasis = ", "\n# ");
    let mut package = Package::default();
    let mut add =
        |name: &str, text: &str| package.files.insert(name.to_owned(), text.as_bytes().to_vec());
    add("review.toml", &toml);
    add("searches/pubmed.txt", "# date: 2026-05-31\n# hits: 1\n\nBCG\n");
    add("records/pubmed.nbib", "PMID- 1\nTI  - BCG\n\n");
    let reading = package.to_log();
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    assert_eq!((reading.state.analyses.len(), reading.records.len()), (1, 1));
}

#[test]
fn every_key_of_the_review_file_is_documented_and_every_documented_key_is_read() {
    let page: toml::Table = documented_toml().parse().unwrap();
    let keys = |name: &str| -> BTreeSet<&str> {
        let value = &page[name];
        let table = value.as_array().map_or(value, |tables| &tables[0]).as_table().unwrap();
        table.keys().map(String::as_str).collect()
    };
    let tables: [(&str, &[&str]); 10] = [
        ("review", Description::FIELDS),
        ("question", Question::FIELDS),
        ("eligibility", Eligibility::FIELDS),
        ("methods", Methods::FIELDS),
        ("database", Database::FIELDS),
        ("outcome", Outcome::FIELDS),
        ("comparison", Comparison::FIELDS),
        ("baseline_risk", BaselineRisk::FIELDS),
        ("analysis", AnalysisPlan::FIELDS),
        ("claim", Claim::FIELDS),
    ];
    for (name, fields) in tables {
        assert_eq!(keys(name), fields.iter().copied().collect(), "[{name}]");
    }
    assert_eq!(page.len(), tables.len());
}

#[test]
fn every_column_is_documented_and_every_documented_column_is_read() {
    for file in TABLES {
        let read = columns_read(file);
        let documented = documented_columns(file);
        assert_eq!(documented, read.iter().map(String::as_str).collect(), "{file}");
    }
}
