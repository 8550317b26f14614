//! The multiverse: which combinations there are, what each answers, and what is refused.

use consilience_review::inquiry::{Dimension, Multiverse, multiverse};
use consilience_review::single::{TableAnalysis, TableRequest, analyse_table, default_plan};
use consilience_review::vocabulary::study::Design;

use crate::made::assert_close;

const TRIALS: &str = "study,ai,n1i,ci,n2i,bias
A,4,123,11,139,low
B,6,306,29,303,low
C,3,231,11,220,high
D,62,13598,248,12867,low
E,33,5069,47,5808,high
";

fn analysis() -> TableAnalysis {
    let request = TableRequest {
        columns: [].into(),
        measure: None,
        effects_are_logs: false,
        groups: ("E".to_owned(), "C".to_owned()),
        better: None,
        design: Design::Parallel,
        several_rows: false,
        method_is_open: false,
        plan: default_plan(),
    };
    analyse_table("t.csv", TRIALS.as_bytes(), &request).unwrap()
}

fn all(choices: &str) -> Multiverse {
    multiverse(&analysis(), Dimension::list(choices).unwrap()).unwrap()
}

fn refusal(choices: &str) -> String {
    match Dimension::list(choices) {
        Ok(dimensions) => multiverse(&analysis(), dimensions).unwrap_err()[0].to_string(),
        Err(error) => error.to_string(),
    }
}

/// metafor 3.8-1: `exp(coef(rma(measure="RR", ai=, n1i=, ci=, n2i=, method=…)))` of all five trials and of A, B and D.
#[test]
fn every_combination_is_the_analysis_that_it_names() {
    let all = all("tau2=DL|REML; include=all|bias=low");
    let estimates: Vec<f64> = all.specifications.iter().map(|it| it.estimate).collect();
    let reference = [0.240_483_214_298, 0.240_483_214_298, 0.344_386_866_419, 0.346_946_250_395];
    assert_close(estimates.try_into().unwrap(), reference, 1e-10);
    let planned = all.planned.map(|it| &all.specifications[it]).unwrap();
    assert_eq!(planned.choices, [Some(1), Some(0)]);
    assert_close([planned.estimate], [analysis_estimate()], 1e-15);
}

#[test]
fn a_common_effect_names_no_estimator_of_tau2() {
    let all = all("model=random|common; tau2=DL|REML");
    let choices: Vec<_> = all.specifications.iter().map(|it| it.choices.clone()).collect();
    assert_eq!(choices.len(), 3);
    assert!(choices.contains(&vec![Some(1), None]), "{choices:?}");
}

fn analysis_estimate() -> f64 {
    let synthesis = analysis().synthesis;
    synthesis.display(synthesis.pooled.as_ref().unwrap().estimate)
}

#[test]
fn an_estimator_of_tau2_does_not_multiply_common_effects() {
    let all = all("model=random|common; tau2=DL|REML|PM; ci=Wald|Hartung-Knapp");
    assert_eq!(all.specifications.len(), 3 * 2 + 2);
    assert_eq!(all.without_answer, 0);
}

#[test]
fn combinations_that_contradict_themselves_are_counted_and_not_answered() {
    let all = all("method=inverse variance|Mantel-Haenszel; tau2=DL|REML; ci=Wald|Hartung-Knapp");
    assert_eq!(all.specifications.len(), 5);
    assert_eq!(all.without_answer, 3);
}

#[test]
fn what_is_no_choice_is_said() {
    insta::assert_snapshot!(refusal("colour=red"), @"found `colour=red`, expected measure, model, method, tau2, ci, correlation or include, then `=` and choices separated by `|`");
    insta::assert_snapshot!(refusal("model=random|fixd"), @"found `fixd`, expected one of `random`, `common`");
    insta::assert_snapshot!(refusal("ci=Wald; ci=Wald"), @"found `ci` a second time, expected each kind of choice once");
    insta::assert_snapshot!(refusal("include=bias=none"), @"--multiverse: found no combination of the choices with an answer, expected choices that fit together and leave at least one study; see whether a common effect and an estimator, or a rule and the studies, exclude each other");
    insta::assert_snapshot!(refusal("include=risk=low"), @"t.csv:1:1: found no column `risk`, expected one of: study, ai, n1i, ci, n2i, bias; correct the name");
}
