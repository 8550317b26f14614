//! Every way in which a package can be broken gives a message with file, line, column, what was found, what was
//! expected and what to do. One sound package is broken in one place at a time.

mod judgements;
mod records;
mod results;
mod review_file;
mod studies;
mod table;

use consilience_review::{Package, Severity};

const REVIEW: &str = r#"[review]
title = "Pain"
[question]
population = "adults"
[[database]]
id = "pubmed"
name = "PubMed"
search = "searches/pubmed.txt"
records = ["records/all.ris"]
[[outcome]]
id = "pain"
name = "Pain"
direction = "lower"
[[comparison]]
id = "c"
name = "Drug versus placebo"
experimental = "drug"
comparator = "placebo"
[[analysis]]
id = "pain"
comparison = "c"
outcome = "pain"
measure = "MD"
prediction_interval = true
"#;

fn sound() -> Package {
    let mut package = Package::default();
    let mut add =
        |name: &str, text: &str| package.files.insert(name.to_owned(), text.as_bytes().to_vec());
    add("review.toml", REVIEW);
    add("searches/pubmed.txt", "# date: 2026-01-01\n# hits: 4\n\npain AND drug\n");
    let record = |i: u32| format!("TY  - JOUR\nTI  - Report {i}\nID  - r{i}\nER  - \n\n");
    add("records/all.ris", &(1..=4).map(record).collect::<String>());
    add(
        "screening.csv",
        "report,stage,decision,reason,reviewer,time\n\
         r1,title and abstract,include,,ann,2026-01-02\n\
         r2,title and abstract,exclude,,ann,\n\
         r3,full text,exclude,wrong population,ann,\n",
    );
    add(
        "studies.csv",
        "study,reports,design,allocation\nAlpha 2001,r1,parallel,random\nBeta 2005,,parallel,block\n",
    );
    add(
        "arms.csv",
        "study,arm,group,n\nAlpha 2001,active,drug,30\nAlpha 2001,placebo,placebo,40\n\
         Beta 2005,active,drug,50\nBeta 2005,placebo,placebo,50\n",
    );
    add(
        "results.csv",
        "study,outcome,arm,n,mean,sd\nAlpha 2001,pain,active,30,12.5,3.1\nAlpha 2001,pain,placebo,40,15,4\n\
         Beta 2005,pain,active,50,11,3.5\nBeta 2005,pain,placebo,50,14.5,3.9\n",
    );
    package
}

fn messages(package: &Package) -> String {
    let lines: Vec<String> = package
        .to_log()
        .diagnostics
        .iter()
        .map(|it| match it.severity {
            Severity::Error => it.to_string(),
            Severity::Warning => format!("(warning) {it}"),
        })
        .collect();
    lines.join("\n")
}

/// The sound package with a text of one file replaced.
fn replaced(mut package: Package, file: &str, from: &str, to: &str) -> Package {
    let text = String::from_utf8(package.files[file].clone()).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    package.files.insert(file.to_owned(), text.replacen(from, to, 1).into_bytes());
    package
}

/// The sound package with a file's content replaced, or with a file added.
fn with(mut package: Package, file: &str, content: impl AsRef<[u8]>) -> Package {
    package.files.insert(file.to_owned(), content.as_ref().to_vec());
    package
}

#[test]
fn the_sound_package_is_sound() {
    assert_eq!(messages(&sound()), "");
}

#[test]
fn all_problems_of_all_files_are_reported_at_once() {
    let package = replaced(
        replaced(
            replaced(
                replaced(sound(), "results.csv", "12.5,3.1", "12.5,-3.1"),
                "screening.csv",
                "2026-01-02",
                "02.01.2026",
            ),
            "arms.csv",
            "30\n",
            "thirty\n",
        ),
        "review.toml",
        "direction = \"lower\"",
        "direction = \"down\"",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    review.toml:13:13 (direction): found `down`, expected one of `lower`, `higher`
    screening.csv:2:36 (time): found `02.01.2026`, expected a date such as 2026-05-31, or with time 2026-05-31T14:05:00Z
    arms.csv:2:24 (n): found `thirty`, expected a number such as 12.5; correct it, or leave it empty if it is not known
    results.csv:2:32 (sd): found `-3.1`, expected a standard deviation of 0 or more; correct it, or check it against the source
    "#);
}
