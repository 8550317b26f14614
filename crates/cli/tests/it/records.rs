//! `consil records`: looked at, translated, taken into a review.

use std::path::Path;

use serde_json::Value;

use crate::consil::consil;

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
