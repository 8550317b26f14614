//! What is missing is listed in the order of the work, with the file where it goes.

use consilience_review::{Package, evaluate};

use crate::made::{Made, review};

#[track_caller]
fn todos(made: &Made) -> Vec<String> {
    made.evaluation().todos.into_iter().map(|it| it.what).collect()
}

#[test]
fn an_empty_review_has_everything_to_do() {
    let mut package = Package::default();
    package.files.insert("review.toml".to_owned(), b"[review]\ntitle = \"T\"\n".to_vec());
    let evaluation = evaluate(&package.to_log().state);
    let lines: Vec<String> =
        evaluation.todos.iter().map(|it| format!("{}: {}", it.what, it.how)).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    the question is not stated: review.toml: population, intervention and comparator in `[question]`
    the eligibility criteria are not stated: review.toml: `include` and `exclude` in `[eligibility]`
    no database is named: review.toml: a `[[database]]` for each
    no outcome is defined: review.toml: an `[[outcome]]` for each
    no comparison is defined: review.toml: a `[[comparison]]` for each
    no analysis is planned: review.toml: an `[[analysis]]` for each
    no study is described: studies.csv: a row for each
    "#);
}

#[test]
fn records_without_a_decision_are_counted() {
    let made = review("measure = \"MD\"")
        .source("db", "database", 3)
        .screened("db1", "title and abstract", "include", "ann")
        .screened("db2", "title and abstract", "exclude", "ann");
    let list = todos(&made);
    assert!(list.contains(&"1 of 3 records is not screened by title and abstract".to_owned()));
    assert!(list.contains(&"1 of 1 report is not decided at full text".to_owned()));
    assert!(list.contains(&"no search strategy for db".to_owned()));
}

#[test]
fn one_is_singular() {
    let one = todos(&review("measure = \"MD\"").study("A").result("A", "arm=e; mean=1; sd=2; n=3"));
    for expected in
        ["1 of 1 result names no source", "risk of bias is not assessed for 1 of 1 study"]
    {
        assert!(one.contains(&expected.to_owned()), "{expected}: {one:?}");
    }
}

#[test]
fn included_reports_and_studies_name_each_other() {
    let screened = || {
        review("measure = \"MD\"")
            .source("db", "database", 2)
            .screened("db1", "full text", "include", "ann")
            .row(
                "screening.csv",
                "report=db2; stage=full text; decision=exclude; reason=r; reviewer=ann",
            )
    };
    let orphan = todos(&screened().row("studies.csv", "study=A"));
    assert!(orphan.contains(&"the included report `db1` belongs to no study".to_owned()));
    let wrong = todos(&screened().row("studies.csv", "study=A; reports=db1;db2"));
    assert!(wrong.contains(&"A names the report `db2`, which is not included".to_owned()));
    assert!(!wrong.iter().any(|it| it.contains("`db1`")));
}

#[test]
fn a_record_that_is_out_and_yet_decided_on_is_pointed_out() {
    let made = review("measure = \"MD\"")
        .source("db", "database", 1)
        .screened("db1", "title and abstract", "exclude", "ann")
        .screened("db1", "full text", "include", "ann");
    let expected = "`db1` is excluded by title and abstract, and yet decided on at full text";
    assert!(todos(&made).contains(&expected.to_owned()));
}

#[test]
fn studies_without_arms_results_sources_or_risk_of_bias_are_named() {
    let made = review("measure = \"MD\"").row("studies.csv", "study=A").study("B").means(
        "C",
        (20.0, 5.0, 2.0),
        (25.0, 4.0, 2.5),
    );
    let list = todos(&made);
    for expected in [
        "A has no arms",
        "B has no results",
        "2 of 2 results name no source",
        "risk of bias is not assessed for 3 of 3 studies",
        "certainty is not rated for: Y",
    ] {
        assert!(list.contains(&expected.to_owned()), "{expected}: {list:?}");
    }
}

#[test]
fn open_questions_and_disagreements_of_an_assessment_are_named() {
    let made = review("measure = \"MD\"")
        .study("A")
        .row("risk_of_bias.csv", "study=A; question=1.1; answer=Y; assessor=ann")
        .row("risk_of_bias.csv", "study=A; question=1.1; answer=N; assessor=bob");
    let evaluation = made.evaluation();
    let of_bias: Vec<String> = evaluation
        .todos
        .iter()
        .filter(|it| it.how.starts_with("risk_of_bias.csv"))
        .map(|it| format!("{}: {}", it.what, it.how))
        .collect();
    insta::assert_snapshot!(of_bias.join("\n"), @r#"
    the assessors of A disagree on 1.1: risk_of_bias.csv: a row by `consensus` for each
    risk of bias of A is incomplete: risk_of_bias.csv: answers to 1.1, 1.2, 1.3, 2.1, 2.2, 2.6, 3.1, 4.1, 4.2, 5.1, 5.2, 5.3
    "#);
}

#[test]
fn a_second_comparison_of_a_rated_outcome_is_not_rated_by_the_first() {
    let rated = review("measure = \"MD\"")
        .means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5))
        .row("certainty.csv", "comparison=ec; outcome=y; domain=start; rating=randomised");
    assert!(!todos(&rated).iter().any(|it| it.starts_with("certainty")));
    let second = "measure = \"MD\"\n[[comparison]]\nid = \"ce\"\nname = \"C versus E\"\nexperimental = \"c\"\n\
                  comparator = \"e\"\n[[analysis]]\nid = \"b\"\ncomparison = \"ce\"\noutcome = \"y\"\nmeasure = \"MD\"";
    let two = review(second)
        .means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5))
        .row("certainty.csv", "comparison=ec; outcome=y; domain=start; rating=randomised");
    assert!(todos(&two).contains(&"certainty is not rated for: Y (C versus E)".to_owned()));
}

#[test]
fn an_analysis_without_a_study_is_named() {
    assert!(
        todos(&review("measure = \"MD\"")).contains(&"the analysis `a` has no study".to_owned())
    );
}
