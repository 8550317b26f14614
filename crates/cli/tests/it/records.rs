//! `consil records`: looked at, translated, taken into a review.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::consil::{consil, killed};

const RIS: &str = "TY  - JOUR\nAU  - Lee, Hee Jung\nTI  - A <b>title</b> & more\nJF  - Journal\nPY  - 2014\nZZ  - odd\nER  - \n\
                   TY  - JOUR\nTI  - \nER  - \n";
const XML: &str = "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article><ArticleTitle>Second\
                   </ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("a.ris"), RIS).unwrap();
    fs_err::write(folder.path().join("b.xml"), XML).unwrap();
    folder
}

fn read(folder: &Path, file: &str) -> String {
    fs_err::read_to_string(folder.join(file)).unwrap()
}

#[test]
fn ls_shows_what_is_in_each_file_and_what_was_kept_aside() {
    let folder = folder();
    let run = consil(folder.path(), &["records", "ls", "a.ris", "b.xml"]);
    insta::assert_snapshot!(run.shown(folder.path()), @r"
    status: 0
    --- stdout
    file     format      encoding  records  kept aside  problems
    a.ris    RIS         UTF-8           1           1         0
    b.xml    PubMed XML  UTF-8           1           0         0
    2 files                              2           1         0
    --- stderr
    a.ris:8: kept aside: no field has a value: TY  - JOUR TI  -  ER  -
    ");
}

#[test]
fn ls_lists_records_by_their_citations() {
    let folder = folder();
    let run = consil(folder.path(), &["records", "ls", "--records", "a.ris", "b.xml"]);
    assert_eq!(
        run.stdout,
        "a.ris:1\t#1\tLee HJ. A <b>title</b> & more. Journal 2014.\nb.xml:1\t#1\tSecond.\n"
    );
}

#[test]
fn ls_tells_a_program_everything() {
    let folder = folder();
    let run = consil(folder.path(), &["records", "ls", "--json", "--records", "a.ris"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let file = &json["files"][0];
    assert_eq!((&file["format"], &file["records"]), (&"RIS".into(), &1.into()));
    assert_eq!(file["kept_aside"][0]["text"], "TY  - JOUR\nTI  - \nER  -");
    assert_eq!(file["citations"][0]["line"], 1);
}

#[test]
fn export_writes_all_files_in_one_format() {
    let folder = folder();
    let run = consil(folder.path(), &["records", "export", "a.ris", "b.xml", "-o", "all.bib"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.ends_with("2 records written as BibTeX, 1 kept aside\n"), "{}", run.stderr);
    let text = read(folder.path(), "all.bib");
    assert!(
        text.contains("title = {A <b>title</b> \\& more}") && text.contains("title = {Second}")
    );
    let run = consil(folder.path(), &["records", "export", "all.bib", "--to", "csv"]);
    assert!(run.stdout.starts_with("id,type,title,authors,year,"), "{}", run.stdout);
    assert!(run.stdout.contains("\"Lee, Hee Jung;\",2014"), "{}", run.stdout);
}

#[test]
fn export_says_what_it_needs_to_know() {
    let folder = folder();
    let run = consil(folder.path(), &["records", "export", "a.ris"]);
    insta::assert_snapshot!(run.shown(folder.path()), @r"
    status: 1
    --- stdout
    --- stderr
    error: found no format to write, expected `--to FORMAT` or an output such as all.ris
    ");
}

#[test]
fn columns_may_be_named() {
    let folder = folder();
    fs_err::write(folder.path().join("own.txt"), "Artikel;Jahr\nEin Titel;2001\n").unwrap();
    let columns = ["--column", "title=Artikel", "--column", "year=Jahr"];
    let arguments = [&["records", "ls", "--records", "own.txt"][..], &columns].concat();
    assert_eq!(consil(folder.path(), &arguments).stdout, "own.txt:2\t#1\tEin Titel. 2001.\n");
    let run = consil(folder.path(), &["records", "ls", "own.txt"]);
    assert!(run.status == 1 && run.stderr.contains("in no format known here"), "{}", run.stderr);
}

#[test]
fn import_copies_exports_and_names_them_in_the_review() {
    let folder = folder();
    assert_eq!(consil(folder.path(), &["new", "mine"]).status, 0);
    let import = |file: &str, database: &str| {
        let day = ["--date", "2026-05-31"];
        let arguments =
            [&["records", "import", file, "--dir", "mine", "--database", database][..], &day]
                .concat();
        consil(folder.path(), &arguments)
    };
    let run = import("b.xml", "PubMed");
    assert_eq!(
        run.stdout, "records/b.xml: 1 record, 0 kept aside (PubMed XML, UTF-8)\n",
        "{}",
        run.stderr
    );
    assert_eq!(import("a.ris", "Cochrane Library").status, 0);
    assert_eq!(read(folder.path(), "mine/records/a.ris"), RIS);
    let toml = read(folder.path(), "mine/review.toml");
    assert!(toml.contains("records = [\"records/b.xml\"]"), "{toml}");
    assert!(
        toml.contains(
            "id = \"cochrane-library\"\nname = \"Cochrane Library\"\nrecords = [\"records/a.ris\"]"
        ),
        "{toml}"
    );
    assert!(toml.contains("# One for each source"), "comments stay");
    assert!(read(folder.path(), "mine/searches/pubmed.txt").starts_with("# date: 2026-05-31\n"));
    let run = consil(folder.path(), &["build", "mine"]);
    assert!(run.stderr.contains("2 records"), "{}", run.stderr);
    // Twice is once.
    assert_eq!(import("b.xml", "pubmed").status, 0);
    assert_eq!(read(folder.path(), "mine/review.toml"), toml);
}

#[test]
fn import_never_overwrites_an_export() {
    let folder = folder();
    consil(folder.path(), &["new", "mine"]);
    fs_err::create_dir_all(folder.path().join("mine/records")).unwrap();
    fs_err::write(folder.path().join("mine/records/b.xml"), "other").unwrap();
    let run = consil(
        folder.path(),
        &["records", "import", "b.xml", "--dir", "mine", "--database", "pubmed"],
    );
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("found another export of that name"), "{}", run.stderr);
    assert_eq!(read(folder.path(), "mine/records/b.xml"), "other");
}

/// Exports of so many records: the records of each have the titles of their numbers.
fn export(from: usize, n: usize) -> String {
    let record = |i: usize| {
        format!(
            "TY  - JOUR\nAU  - Lee, A\nTI  - Title {i} of tea and sleep\nPY  - 2014\nAB  - {}\nER  - \n\n",
            "Tea. ".repeat(200)
        )
    };
    (from..from + n).map(record).collect()
}

/// The files of a folder and the folders in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.display().to_string(), fs_err::read(&path).unwrap());
        }
    }
    all
}

#[test]
fn an_import_that_was_killed_is_finished_by_the_same_command() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["a.ris", "b.ris", "c.ris"];
    for (i, name) in names.iter().enumerate() {
        fs_err::write(folder.path().join(name), export(1000 * i, 1000)).unwrap();
    }
    let import = |dir: &'static str| {
        let to = ["--dir", dir, "--database", "PubMed", "--date", "2026-05-31"];
        [&["records", "import"][..], &names, &to].concat()
    };
    assert_eq!(consil(folder.path(), &["new", "whole"]).status, 0);
    assert_eq!(consil(folder.path(), &["new", "mine"]).status, 0);
    assert_eq!(consil(folder.path(), &import("whole")).status, 0);
    let records = folder.path().join("mine/records");
    for milliseconds in [1, 10, 20, 30, 40, 60, 80, 100, 130, 160, 200] {
        killed(folder.path(), &import("mine"), Duration::from_millis(milliseconds));
        for name in names.iter().filter(|name| records.join(name).exists()) {
            assert!(read(folder.path(), name) == read(&records, name), "{name} is half there");
        }
        let toml = read(folder.path(), "mine/review.toml");
        for name in names.iter().filter(|name| toml.contains(&format!("\"records/{name}\""))) {
            assert!(records.join(name).exists(), "{name} is named and not there");
        }
    }
    assert_eq!(consil(folder.path(), &import("mine")).status, 0);
    let whole: Vec<_> = files(&folder.path().join("whole")).into_values().collect();
    let mine: Vec<_> = files(&folder.path().join("mine")).into_values().collect();
    assert!(whole == mine);
    let run = consil(folder.path(), &import("mine"));
    assert_eq!(run.stdout, names.map(|it| format!("records/{it}: imported before\n")).concat());
}

#[test]
fn import_keeps_those_before_a_bad_one_and_takes_the_same_bytes_once() {
    let folder = folder();
    consil(folder.path(), &["new", "mine"]);
    fs_err::write(folder.path().join("same.xml"), XML).unwrap();
    fs_err::write(folder.path().join("bad.ris"), "TY  - JOUR\nER  - \n").unwrap();
    let import = |files: &[&str], database: &str| {
        let to = ["--dir", "mine", "--database", database];
        consil(folder.path(), &[&["records", "import"][..], files, &to].concat())
    };
    let run = import(&["b.xml", "bad.ris", "a.ris"], "pubmed");
    assert_eq!((run.status, run.stdout.lines().count()), (1, 1), "{}", run.stderr);
    assert!(run.stderr.contains("this file was not imported"), "{}", run.stderr);
    let run = import(&["same.xml", "a.ris"], "pubmed");
    assert!(
        run.stdout.starts_with("same.xml: the same as records/b.xml, imported before\n"),
        "{}",
        run.stdout
    );
    let run = import(&["same.xml"], "embase");
    assert!(run.stderr.contains("of the database `pubmed`"), "{}", run.stderr);
    for (file, said) in
        [("none.ris", "none.ris"), (".", "found a folder"), ("mine", "found a folder")]
    {
        let run = import(&["same.xml", file], "pubmed");
        assert!(run.status == 1 && run.stderr.contains(said), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn a_file_that_a_review_could_not_read_by_itself_is_not_imported() {
    let folder = folder();
    consil(folder.path(), &["new", "mine"]);
    fs_err::write(folder.path().join("own.txt"), "Artikel;Jahr\nEin Titel;2001\n").unwrap();
    let import = |more: &[&str]| {
        let to = ["--dir", "mine", "--database", "own"];
        consil(folder.path(), &[&["records", "import"][..], &to, more].concat())
    };
    let run = import(&["own.txt", "--column", "title=Artikel", "--column", "year=Jahr"]);
    assert!(
        run.status == 1 && run.stderr.contains("`consil records export own.txt"),
        "{}",
        run.stderr
    );
    assert_eq!(import(&["a.ris", "--from", "ris"]).status, 0);
}
