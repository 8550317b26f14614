//! Several people extract the same results, from one report or several: what counts, what is open, how far they agree.

use consilience_review::extraction::{
    Extraction, Reason, Settled, agreement, read_extractions, to_adjudicate,
};
use consilience_review::{Package, evaluate};

use crate::made::{Made, review};

const MD: &str = "measure = \"MD\"";

/// A study whose comparator arm is sound.
fn made() -> Made {
    review(MD).study("A").result("A", "arm=c; n=20; mean=5; sd=2; entered_by=anna")
}

fn double(anna: &str, ben: &str) -> Made {
    made()
        .result("A", &format!("arm=e; {anna}; entered_by=anna"))
        .result("A", &format!("arm=e; {ben}; entered_by=ben"))
}

#[test]
fn rows_of_two_people_that_agree_count_once() {
    let effect =
        double("n=20; mean=7; sd=2.5", "n=20; mean=7.0; sd=2.50; page=4; note=table 2").effect();
    assert_eq!(effect.inputs.len(), 2);
    assert!((effect.effect.estimate - 2.0).abs() < 1e-12);
    assert_eq!(effect.participants, Some(40.0));
}

#[test]
fn rows_that_differ_leave_the_study_out_and_say_on_what() {
    let made = double("n=20; mean=7; sd=2.5", "n=20; mean=7.5; sd=2.5");
    assert_eq!(
        made.reason(),
        "the extractors differ on e (mean: anna 7, ben 7.5); a row by `consensus` decides"
    );
    let todo = made.evaluation().todos.into_iter().find(|it| it.what.contains("extractors"));
    assert_eq!(
        todo.unwrap().what,
        "the extractors differ on a result: A / y / e (mean: anna 7, ben 7.5)"
    );
}

#[test]
fn a_row_by_consensus_decides() {
    let made = double("n=20; mean=7; sd=2.5", "n=20; mean=7.5; sd=2.5")
        .result("A", "arm=e; n=20; mean=8; sd=2.5; entered_by=consensus");
    assert!((made.effect().effect.estimate - 3.0).abs() < 1e-12);
}

/// Two extractors who differ at 12 weeks, in an analysis that wants these times in this order.
fn open_at_12_weeks(times: &str) -> Made {
    review(&format!("measure = \"MD\"\ntime = [{times}]"))
        .study("A")
        .result("A", "arm=c; time=12 weeks; n=20; mean=5; sd=2")
        .result("A", "arm=e; time=12 weeks; n=20; mean=5; sd=2; entered_by=anna")
        .result("A", "arm=e; time=12 weeks; n=20; mean=6; sd=2; entered_by=ben")
        .result("A", "arm=c; time=4 weeks; n=20; mean=5; sd=2")
        .result("A", "arm=e; time=4 weeks; n=20; mean=9; sd=2")
}

#[test]
fn an_open_result_is_not_answered_by_the_next_best_one() {
    let made = open_at_12_weeks("\"12 weeks\", \"4 weeks\"");
    assert!(made.reason().starts_with("the extractors differ on e"), "{}", made.reason());
}

#[test]
fn an_open_result_that_the_plan_wants_less_changes_nothing() {
    let made = open_at_12_weeks("\"4 weeks\", \"12 weeks\"");
    assert!((made.effect().effect.estimate - 4.0).abs() < 1e-12);
}

#[test]
fn a_time_or_an_instrument_written_in_two_ways_is_one_result() {
    let made = |ben: &str| {
        review(MD)
            .study("A")
            .result(
                "A",
                "arm=c; n=20; mean=5; sd=2; time=12 weeks; instrument=VAS; entered_by=anna",
            )
            .result(
                "A",
                "arm=e; n=20; mean=7; sd=2; time=12 weeks; instrument=VAS; entered_by=anna",
            )
            .result("A", "arm=c; n=20; mean=5; sd=2; time=week 12; instrument=vas; entered_by=ben")
            .result(
                "A",
                &format!("arm=e; n=20; {ben}; time=Week 12; instrument=vas; entered_by=ben"),
            )
    };
    assert!(
        made("mean=8; sd=2")
            .reason()
            .starts_with("the extractors differ on e (mean: anna 7, ben 8)")
    );
    let effect = made("mean=7; sd=2").effect();
    assert_eq!((effect.choice, effect.inputs.len()), (None, 2));
}

#[test]
fn the_same_person_twice_is_a_mistake() {
    let package = double("n=20; mean=7; sd=2", "n=20; mean=7; sd=2")
        .result("A", "arm=e; n=21; mean=7; sd=2; entered_by=ben")
        .package();
    let found: Vec<String> = package.to_log().diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("`A / y / e / ben` a second time, the first in line 4"), "{found:?}");
}

#[test]
fn a_question_mark_left_by_the_template_is_never_read_as_a_value() {
    let package = made().result("A", "arm=e; missing=?; entered_by=consensus").package();
    let found: Vec<String> = package.to_log().diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "results.csv:3:20 (missing): found `?`, expected what was decided in consensus; fill in what the source \
          prints, or leave the cell empty"
        ]
    );
}

/// A study with two reports.
fn two_reports(study: &str, first: &str, second: &str) -> Made {
    review(MD)
        .source("r", "database", 2)
        .row("studies.csv", &format!("study=A; reports=r1;r2; {study}"))
        .arm("A", "e", "e")
        .arm("A", "c", "c")
        .result("A", "arm=c; n=20; mean=5; sd=2; source=r1")
        .result("A", &format!("arm=e; n=20; mean={first}; sd=2; source=r1"))
        .result("A", &format!("arm=e; n=20; mean={second}; sd=2; source=r2"))
}

#[test]
fn reports_that_print_the_same_count_once() {
    let made = two_reports("", "7", "7.0");
    assert!((made.effect().effect.estimate - 2.0).abs() < 1e-12);
    let reading = made.package().to_log();
    let extraction = Extraction::of(&reading.state);
    let settled: Vec<&Settled> = extraction.results().map(|it| &it.settled).collect();
    assert!(matches!(settled[1], Settled::On(_, Reason::Agreed { people: 1, reports: 2 })));
}

#[test]
fn reports_that_print_different_numbers_are_open_until_one_is_preferred() {
    assert_eq!(
        two_reports("", "7", "8").reason(),
        "its reports differ on e (mean: r1 7, r2 8); `preferred_report` or a row by `consensus` decides"
    );
    let preferred = two_reports("preferred_report=r2", "7", "8");
    assert!((preferred.effect().effect.estimate - 3.0).abs() < 1e-12);
    let decided =
        two_reports("", "7", "8").result("A", "arm=e; n=20; mean=7.5; sd=2; entered_by=consensus");
    assert!((decided.effect().effect.estimate - 2.5).abs() < 1e-12);
}

#[test]
fn a_report_that_is_not_one_of_the_studys_is_named() {
    let made = two_reports("preferred_report=r3", "7", "8");
    let found = made.package().to_log().diagnostics;
    assert!(found[0].to_string().contains("expected one of `reports`"), "{found:?}");
    let other = review(MD)
        .source("r", "database", 2)
        .row("studies.csv", "study=A; reports=r1")
        .arm("A", "e", "e");
    let other =
        other.result("A", "arm=e; n=20; mean=7; sd=2; source=r2").package().to_log().diagnostics;
    assert!(other[0].to_string().contains("the record `r2`, which is no report of A"), "{other:?}");
}

#[test]
fn checks_look_at_what_counts_and_not_at_each_row() {
    let twice = double("n=20; mean=7; sd=0", "n=20; mean=7; sd=0");
    let reading = twice.package().to_log();
    let found = consilience_review::check::check(&reading.state, &reading.places, &[]);
    assert_eq!(found.iter().filter(|it| it.arm.as_deref() == Some("e")).count(), 1, "{found:#?}");
}

const TABLE: &str = "\
study,outcome,arm,versus,time,n,mean,sd,p_value,favours,missing,entered_by
A,y,e,,12 weeks,30,12.5,3.1,,,,anna
A,y,e,,week 12,30,12.50,3.6,,,,ben
A,y,c,,week 13,30,10,3,,,,anna
A,y,c,,12 weeks,30,10,3,,,,ben
A,y,e,c,12 weeks,,,,<0.05,e,,anna
A,y,e,c,12 weeks,,,,0.05,c,,ben
A,y,e,,24 weeks,30,14,3,,,,anna
B,y,e,,12 weeks,,,,,,not reported,anna
B,y,e,,12 weeks,,,,,,nothing in the paper,ben
C,y,e,,12 weeks,30,14,3,,,,anna
";

fn found(table: &str) -> consilience_review::extraction::ExtractionAgreement {
    agreement(&read_extractions("t.csv", table.as_bytes(), None).unwrap()).unwrap()
}

#[test]
fn every_difference_is_listed_with_both_places() {
    let listed: Vec<String> = found(TABLE)
        .differences
        .iter()
        .map(|it| {
            let [a, b] = it.readings.clone().map(Option::unwrap_or_default);
            let [x, y] = it.places.clone().map(|it| it.to_string());
            format!("{} {}: {a} at {x}, {b} at {y}", it.result.words(), it.field)
        })
        .collect();
    assert_eq!(
        listed,
        [
            "A / y / e / 12 weeks sd: 3.1 at t.csv:2:25 (sd), 3.6 at t.csv:3:25 (sd)",
            "A / y / c / week 13 time: week 13 at t.csv:4:8 (time), 12 weeks at t.csv:5:8 (time)",
            "A / y / e / c / 12 weeks p_value: <0.05 at t.csv:6:21 (p_value), 0.05 at t.csv:7:21 (p_value)",
            "A / y / e / c / 12 weeks favours: e at t.csv:6:27 (favours), c at t.csv:7:26 (favours)",
        ]
    );
}

#[test]
fn what_only_one_person_has_is_listed_for_the_studies_that_both_extracted() {
    let found = found(TABLE);
    let alone: Vec<String> = found
        .only_one
        .iter()
        .map(|it| format!("{}: {}", it.extractor, it.result.words()))
        .collect();
    assert_eq!(alone, ["anna: A / y / e / 24 weeks"]);
    assert_eq!(found.studies_of_one, 1);
}

#[test]
fn agreement_is_told_by_field_with_kappa_for_words_and_the_largest_difference_for_numbers() {
    let found = found(TABLE);
    let [between] = found.between.as_slice() else { panic!("{found:?}") };
    assert_eq!((between.results, between.same), (4, 1));
    let field = |name: &str| between.fields.iter().find(|it| it.field == name).unwrap();
    assert_eq!((field("mean").n, field("mean").same), (2, 2));
    assert_eq!((field("sd").n, field("sd").same), (2, 1));
    assert!((field("sd").largest_difference.unwrap() - 0.5 / 3.6).abs() < 1e-12);
    // A reason in other words is a reason.
    assert_eq!((field("missing").n, field("missing").same), (1, 1));
    // anna: week 13 once and 12 weeks three times, ben always 12 weeks: 3 of 4 by chance too.
    assert_eq!(field("time").kappa.unwrap().kappa, Some(0.0));
}

#[test]
fn the_adjudicators_rows_hold_what_both_agree_on_and_a_question_mark_elsewhere() {
    let rows = read_extractions("t.csv", TABLE.as_bytes(), None).unwrap();
    let template = to_adjudicate(&agreement(&rows).unwrap(), &rows);
    insta::assert_snapshot!(template, @r#"
    study,outcome,arm,versus,time,n,mean,sd,p_value,favours,missing,entered_by,note
    A,y,e,,12 weeks,30,12.5,?,,,,consensus,"sd: anna 3.1, ben 3.6"
    A,y,e,c,12 weeks,,,,?,?,,consensus,"p_value: anna <0.05, ben 0.05; favours: anna e, ben c"
    "#);
    // Filled in, it decides.
    let header = TABLE.lines().next().unwrap();
    let decided = format!("{TABLE}A,y,e,,12 weeks,30,12.5,3.1,,,,consensus\n");
    assert!(decided.starts_with(header));
    let open = found(&decided).differences.into_iter().filter(|it| it.consensus.is_none());
    assert_eq!(open.map(|it| it.field).collect::<Vec<_>>(), ["time", "p_value", "favours"]);
}

#[test]
fn one_person_alone_cannot_agree() {
    let rows =
        read_extractions("t.csv", b"study,outcome,arm,mean\nA,y,e,3\n", Some("anna")).unwrap();
    assert_eq!(
        agreement(&rows).unwrap_err(),
        "expected results of two people in `entered_by`, found one (anna)"
    );
}

#[test]
fn nothing_depends_on_the_order_of_the_rows() {
    let first = double("n=20; mean=7; sd=2.5", "n=20; mean=7; sd=2.50").package();
    let mut second = first.clone();
    let text = String::from_utf8(second.files["results.csv"].clone()).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    second.files.insert("results.csv".to_owned(), lines.join("\n").into_bytes());
    let effects = |package: &Package| {
        let evaluation = evaluate(&package.to_log().state);
        evaluation.syntheses[0].studies[0].effect
    };
    assert_eq!(effects(&first), effects(&second));
}
