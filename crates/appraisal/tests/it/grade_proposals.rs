//! Proposals for GRADE's ratings, plain statements, levels of evidence.

use std::collections::BTreeSet;

use consilience_appraisal::grade::{
    Certainty, Change, Directness, EffectSize, Heterogeneity, Interval, Precision, RatingProposal,
    Spread, WeightByRisk, plain_statement, propose_imprecision, propose_inconsistency,
    propose_indirectness, propose_large_effect, propose_publication_bias, propose_risk_of_bias,
};
use consilience_appraisal::levels::{EvidenceDesign, lowest, oxford, plastic_surgeons};

fn name(proposal: Option<RatingProposal>) -> &'static str {
    proposal.map_or("none proposed", |it| it.rating.name())
}

#[test]
fn risk_of_bias_is_rated_by_the_weight_of_the_results_judged() {
    let rate = |low: f64, some: f64, high: f64, holds| {
        let unknown = 100.0 - low - some - high;
        name(propose_risk_of_bias(WeightByRisk { low, some, high, unknown }, holds))
    };
    assert_eq!(rate(80.0, 20.0, 0.0, Some(true)), "not serious");
    assert_eq!(rate(40.0, 60.0, 0.0, None), "serious");
    assert_eq!(rate(70.0, 20.0, 10.0, Some(true)), "not serious");
    assert_eq!(rate(70.0, 20.0, 10.0, Some(false)), "serious");
    assert_eq!(rate(60.0, 15.0, 25.0, Some(true)), "serious");
    assert_eq!(rate(20.0, 20.0, 60.0, Some(true)), "very serious");
    assert_eq!(rate(20.0, 10.0, 10.0, Some(true)), "none proposed", "most is not judged");
}

#[test]
fn inconsistency_looks_at_the_sides_of_the_estimates_and_not_at_i2_alone() {
    use Spread::{AcrossBothThresholds, AcrossOneThreshold, BothSides, OneRange, OneSide};
    let rate = |k, i2, spread, prediction_reverses| {
        let found = Heterogeneity { k, i2, q_p_value: Some(0.01), spread, prediction_reverses };
        name(propose_inconsistency(found))
    };
    assert_eq!(rate(1, 0.0, OneSide, None), "not serious");
    assert_eq!(rate(8, 92.0, OneSide, Some(false)), "not serious");
    assert_eq!(rate(8, 92.0, OneSide, Some(true)), "serious");
    assert_eq!(rate(8, 60.0, BothSides, None), "serious");
    assert_eq!(rate(8, 80.0, BothSides, None), "very serious");
    assert_eq!(rate(8, 20.0, BothSides, None), "not serious");
    assert_eq!(rate(8, 92.0, OneRange, None), "not serious");
    assert_eq!(rate(8, 92.0, AcrossOneThreshold, None), "serious");
    assert_eq!(rate(8, 92.0, AcrossBothThresholds, None), "very serious");
    assert_eq!(rate(8, 55.0, AcrossBothThresholds, None), "serious");
}

#[test]
fn an_outcome_that_stands_for_another_is_indirect() {
    let surrogate =
        Directness { surrogate_for: Some("fracture".to_owned()), mismatches: Vec::new() };
    let proposal = propose_indirectness(&surrogate).unwrap();
    assert_eq!(proposal.rating.name(), "serious");
    assert_eq!(proposal.reasons, ["the outcome stands for fracture, which was not measured"]);
    assert!(proposal.rule().starts_with("serious where"), "{}", proposal.rule());
}

#[test]
fn a_mismatch_counts_from_half_of_the_weight_on_and_several_count_twice() {
    let rate = |shares: &[f64]| {
        let mismatches = shares.iter().map(|it| ("population".to_owned(), *it)).collect();
        name(propose_indirectness(&Directness { surrogate_for: None, mismatches }))
    };
    assert_eq!(rate(&[]), "none proposed");
    assert_eq!(rate(&[30.0]), "not serious");
    assert_eq!(rate(&[50.0, 20.0]), "serious");
    assert_eq!(rate(&[60.0, 80.0]), "very serious");
}

#[test]
fn imprecision_counts_the_thresholds_that_the_interval_crosses_and_the_information() {
    let rate = |lower: f64, upper: f64, important, participants: f64| {
        let effect = Interval { estimate: f64::midpoint(lower, upper), lower, upper };
        let found = Precision {
            effect,
            null: 0.0,
            important,
            participants: Some(participants),
            information_size: Some(1812),
            is_small: participants < 400.0,
        };
        name(propose_imprecision(found))
    };
    let mid = Some((10.0, 10.0));
    assert_eq!(rate(-50.0, -20.0, mid, 2000.0), "not serious");
    assert_eq!(rate(-50.0, -20.0, mid, 900.0), "serious");
    assert_eq!(rate(-50.0, -20.0, mid, 400.0), "very serious");
    assert_eq!(rate(-50.0, -5.0, mid, 2000.0), "serious");
    assert_eq!(rate(-50.0, 20.0, mid, 2000.0), "very serious");
    assert_eq!(rate(-5.0, 5.0, mid, 2000.0), "not serious", "precisely trivial");
    assert_eq!(rate(-5.0, 5.0, None, 2000.0), "serious");
    let effect = Interval { estimate: -3.0, lower: -5.0, upper: -1.0 };
    let known = Precision {
        effect,
        null: 0.0,
        important: None,
        participants: Some(20.0),
        information_size: None,
        is_small: false,
    };
    let small = Precision { is_small: true, ..known };
    let names = [known, small].map(|it| name(propose_imprecision(it)));
    assert_eq!(names, ["not serious", "serious"], "twenty people are few, whatever the interval");
}

#[test]
fn publication_bias_and_large_effects() {
    assert_eq!(name(propose_publication_bias(5, None)), "undetected");
    assert_eq!(name(propose_publication_bias(12, Some(0.03))), "strongly suspected");
    assert_eq!(name(propose_publication_bias(12, Some(0.3))), "undetected");
    for (ratio, expected) in
        [(0.8, "none"), (2.5, "large"), (0.4, "large"), (6.0, "very large"), (0.1, "very large")]
    {
        assert_eq!(name(propose_large_effect(ratio)), expected);
    }
}

#[test]
fn each_of_the_plain_statements_says_something_of_its_own() {
    let mut said = BTreeSet::new();
    for certainty in [Certainty::VeryLow, Certainty::Low, Certainty::Moderate, Certainty::High] {
        for size in EffectSize::ALL {
            for change in [Change::Reduces, Change::Increases] {
                let text = plain_statement(certainty, size, change, "The drug", "pain");
                assert!(!text.contains("no effect") && !text.contains("significant"), "{text}");
                said.insert(text);
            }
        }
    }
    // Very low: one. The others: one for a trivial size, and two directions of three sizes.
    assert_eq!(said.len(), 1 + 3 * (1 + 2 * 3));
    assert!(said.contains("The drug may result in little to no difference in pain."));
    assert!(said.contains("The drug results in a large reduction in pain."));
    assert!(said.contains("The drug likely increases pain."));
    let thresholds = [10.0, 20.0, 50.0];
    let sizes = [5.0, -10.0, 30.0, -80.0].map(|it| EffectSize::of(it, thresholds));
    assert_eq!(sizes, EffectSize::ALL);
}

#[test]
fn levels_of_evidence_follow_the_lowest_design() {
    use EvidenceDesign::{CaseSeries, ProspectiveComparative, Randomised};
    let lowest_of = |designs: &[EvidenceDesign]| lowest(designs.iter().copied());
    assert_eq!(lowest_of(&[Randomised, ProspectiveComparative]), Some(ProspectiveComparative));
    assert_eq!(lowest_of(&[]), None);
    assert_eq!((oxford(Randomised, true).level, oxford(Randomised, false).level), ("1", "2"));
    assert_eq!(
        (oxford(CaseSeries, true).level, plastic_surgeons(CaseSeries, false).level),
        ("4", "IV")
    );
    let surgeons = |well_done| plastic_surgeons(Randomised, well_done).level;
    assert_eq!((surgeons(true), surgeons(false)), ("I", "II"));
}
