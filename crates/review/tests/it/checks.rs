//! Each kind of slip, planted in results that look right, is named as what it is.

use std::collections::BTreeSet;

use consilience_review::check::{Kind, check};
use consilience_review::{Keyword, Package};

/// Six trials of days in hospital (with a P value for one of them), six of deaths, and a scale from 0 to 10 of whole numbers.
const RESULTS: &str = "\
study,outcome,arm,versus,time,n,mean,sd,events,effect,effect_measure,ci_lower,ci_upper,se,p_value,favours,quote
A,stay,new,,,50,20.3,6.1,,,,,,,,,
A,stay,old,,,51,24.2,6.6,,,,,,,,,
B,stay,new,,,40,18.7,5.2,,,,,,,,,
B,stay,old,,,41,23.1,6.3,,,,,,,,,
C,stay,new,,,62,22.4,7.3,,,,,,,,,
C,stay,old,,,60,26.3,7.1,,,,,,,,,
D,stay,new,,,81,19.6,6.4,,,,,,,,,
D,stay,old,,,80,23.8,6.2,,,,,,,,,
E,stay,new,,,35,21.1,6.9,,,,,,,,,
E,stay,old,,,36,25.4,5.8,,,,,,,,,
F,stay,new,,,57,20.9,6.6,,,,,,,,,
F,stay,old,,,56,24.7,6.7,,,,,,,,,
A,death,new,,,50,,,5,,,,,,,,
A,death,old,,,51,,,12,,,,,,,,
B,death,new,,,40,,,4,,,,,,,,
B,death,old,,,41,,,11,,,,,,,,
C,death,new,,,62,,,7,,,,,,,,
C,death,old,,,60,,,15,,,,,,,,
D,death,new,,,81,,,8,,,,,,,,
D,death,old,,,80,,,19,,,,,,,,
E,death,new,,,35,,,3,,,,,,,,
E,death,old,,,36,,,8,,,,,,,,
F,death,new,,,57,,,6,,,,,,,,
F,death,old,,,56,,,13,,,,,,,,\"13 deaths, 23.2%\"
A,pain,new,,,20,3.55,1.36,,,,,,,,,
A,pain,old,,,20,4.20,1.20,,,,,,,,,
B,stay,new,old,,,,,,-4.4,MD,-6.95,-1.85,1.30,0.001,new,
B,pain,new,old,,,,,,0.60,RR,0.40,0.90,,,,
";

const REVIEW: &str = r#"
[review]
title = "T"
[[outcome]]
id = "stay"
name = "Stay"
unit = "days"
direction = "lower"
[[outcome]]
id = "death"
name = "Death"
direction = "lower"
[[outcome]]
id = "pain"
name = "Pain"
direction = "lower"
minimum = 0
maximum = 10
items = 1
[[comparison]]
id = "new"
name = "New versus old"
experimental = "new"
comparator = "old"
"#;

/// Study and kind of everything that is told of these results.
fn told(results: &str, others: &[(&str, &str)]) -> BTreeSet<(String, Kind)> {
    let studies = "study,design,pairing,registration\nA,,,\nB,,,\nC,,,\nD,,,\nE,,,\nF,,,\n";
    let arms =
        ["A", "B", "C", "D", "E", "F"].map(|it| format!("{it},new,new,\n{it},old,old,\n")).concat();
    let arms = format!("study,arm,group,n\n{arms}");
    let mut package = Package::default();
    let files = [
        ("review.toml", REVIEW),
        ("studies.csv", studies),
        ("arms.csv", &arms),
        ("results.csv", results),
    ];
    for (name, text) in files.iter().chain(others) {
        package.files.insert((*name).to_owned(), text.as_bytes().to_vec());
    }
    let reading = package.to_log();
    let findings = check(&reading.state, &reading.places, &reading.refused);
    findings.into_iter().map(|it| (it.study, it.kind)).collect()
}

/// The results with one text in the place of another.
fn with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(RESULTS.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

#[track_caller]
fn names(study: &str, kind: Kind, changes: &[(&str, &str)]) {
    let told = told(&with(changes), &[]);
    assert!(told.contains(&(study.to_owned(), kind)), "{} is not in {told:?}", kind.name());
    let others: Vec<_> = told.iter().filter(|it| it.0 != study).collect();
    assert!(others.is_empty(), "of other studies: {others:?}");
}

#[test]
fn nothing_is_told_of_results_that_look_right() {
    assert_eq!(told(RESULTS, &[]), BTreeSet::new());
}

#[test]
fn what_an_sd_is() {
    names("D", Kind::SeAsSd, &[("19.6,6.4", "19.6,0.71"), ("23.8,6.2", "23.8,0.69")]);
    names("D", Kind::SdAsSe, &[("19.6,6.4", "19.6,57.6"), ("23.8,6.2", "23.8,55.5")]);
    names("D", Kind::VarianceAsSd, &[("19.6,6.4", "19.6,41.0"), ("23.8,6.2", "23.8,38.4")]);
    names("D", Kind::DecimalSlip, &[("19.6,6.4", "19.6,64")]);
    names("D", Kind::ImpossibleSd, &[("19.6,6.4", "19.6,0")]);
}

#[test]
fn what_a_mean_is() {
    names(
        "D",
        Kind::ArmsSwapped,
        &[("19.6,6.4", "X"), ("23.8,6.2", "19.6,6.4"), ("X", "23.8,6.2")],
    );
    names("D", Kind::LostSign, &[("19.6,6.4", "-19.6,6.4")]);
    names("D", Kind::ImpossibleMean, &[("19.6,6.4", "-19.6,6.4")]);
    names("D", Kind::UnitFactor, &[("19.6,6.4", "2.8,0.914"), ("23.8,6.2", "3.4,0.886")]);
    names("D", Kind::MeanAsSd, &[("19.6,6.4", "6.4,19.6"), ("23.8,6.2", "6.2,23.8")]);
    names("D", Kind::ChangeAsFinal, &[("19.6,6.4", "-4.6,6.4"), ("23.8,6.2", "-0.4,6.2")]);
}

#[test]
fn what_whole_numbers_and_a_scale_forbid() {
    names("A", Kind::ImpossibleMean, &[("20,3.55,1.36", "20,3.52,1.36")]);
    names("A", Kind::ImpossibleMean, &[("20,3.55,1.36", "20,13.55,1.36")]);
    names("A", Kind::ImpossibleSd, &[("20,4.20,1.20", "20,4.20,6.20")]);
}

#[test]
fn what_counts_are() {
    names("D", Kind::EventsAboveN, &[("81,,,8,", "81,,,88,")]);
    names("D", Kind::ImpossibleCount, &[("81,,,8,", "81,,,8.5,")]);
    names("D", Kind::EventsReversed, &[("81,,,8,", "81,,,73,"), ("80,,,19,", "80,,,61,")]);
    names("F", Kind::PercentMatchesNoCount, &[("56,,,13,", "56,,,15,")]);
    names("C", Kind::UnequalGroups, &[("C,death,new,,,62", "C,death,new,,,620")]);
}

#[test]
fn numbers_of_a_contrast_that_belong_together() {
    names("B", Kind::PDisagrees, &[("1.30,0.001", "1.30,0.4")]);
    names("B", Kind::EffectOutsideCi, &[("0.60,RR,0.40", "0.30,RR,0.40")]);
    names("B", Kind::CiAsymmetric, &[("0.60,RR,0.40", "0.80,RR,0.40")]);
    names("B", Kind::EffectDisagrees, &[("-4.4,MD,-6.95,-1.85", "-9.4,MD,-11.95,-6.85")]);
    names("B", Kind::DirectionDisagrees, &[("0.001,new", "0.001,old")]);
}

#[test]
fn numbers_of_people() {
    let randomised = "study,arm,group,n\nA,new,new,50\nA,old,old,51\nB,new,new,40\nB,old,old,41\nC,new,new,60\nC,old,old,60\n\
                      D,new,new,81\nD,old,old,200\nE,new,new,35\nE,old,old,36\nF,new,new,57\nF,old,old,56\n";
    let told = told(RESULTS, &[("arms.csv", randomised)]);
    assert!(told.contains(&("C".to_owned(), Kind::NAboveRandomised)), "{told:?}");
    assert!(told.contains(&("D".to_owned(), Kind::NChanges)), "{told:?}");
}

#[test]
fn the_same_numbers_twice() {
    let copied = with(&[("57,20.9,6.6", "35,21.1,6.9"), ("56,24.7,6.7", "36,25.4,5.8")]);
    assert!(told(&copied, &[]).contains(&("F".to_owned(), Kind::SameNumbers)));
    let registered = "study,design,pairing,registration\nA,,,NCT00000001\nB,,,NCT00000001\nC,,,\nD,,,\nE,,,\nF,,,\n";
    let told = told(RESULTS, &[("studies.csv", registered)]);
    assert_eq!(told, BTreeSet::from([("B".to_owned(), Kind::SameTrial)]));
}

#[test]
fn arms_that_differ_at_baseline() {
    let rows =
        "A,pain,new,,baseline,90,3.55,1.36,,,,,,,,,\nA,pain,old,,baseline,90,7.20,1.20,,,,,,,,,\n";
    let told = told(&format!("{RESULTS}{rows}"), &[]);
    assert!(told.contains(&("A".to_owned(), Kind::BaselineImbalance)), "{told:?}");
}

#[test]
fn percentages_in_the_place_of_counts() {
    let large = RESULTS.replace("A,death,new,,,50,,,5", "A,death,new,,,1400,,,10");
    let large = large.replace("A,death,old,,,51,,,12", "A,death,old,,,1408,,,24");
    assert_eq!(told(&large, &[]), BTreeSet::from([("A".to_owned(), Kind::PercentAsCount)]));
}
