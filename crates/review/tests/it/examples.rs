//! The three examples, read from their folders, give the numbers that metafor and hand calculation give.
//!
//! Reference values: metafor 3.8-1 (`rma`, `rma.mh`, `rma.peto`) on `dat.bcg` and `dat.normand1999`; Liang 2022 by
//! the closed formulas of the Handbook's section 23.2.7 from the printed grade counts.

use std::path::Path;

use consilience_review::analysis::{Favoured, Synthesis};
use consilience_review::{Evaluation, Package, Reading, evaluate};

fn example(name: &str) -> (Reading, Evaluation) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let reading = Package::read(&folder).unwrap().to_log();
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    let evaluation = evaluate(&reading.state);
    (reading, evaluation)
}

fn synthesis<'a>(evaluation: &'a Evaluation, id: &str) -> &'a Synthesis {
    evaluation.syntheses.iter().find(|it| it.plan.id == id).unwrap()
}

/// The pooled estimate and its limits, as readers see them, and tau².
fn numbers(synthesis: &Synthesis) -> [f64; 4] {
    let pooled = synthesis.pooled.as_ref().unwrap();
    let shown = [pooled.estimate, pooled.ci.lower, pooled.ci.upper].map(|it| synthesis.display(it));
    [shown[0], shown[1], shown[2], pooled.tau2]
}

#[track_caller]
fn assert_close<const N: usize>(found: [f64; N], expected: [f64; N], tolerance: f64) {
    for (found, expected) in found.into_iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected}");
    }
}

#[test]
fn bcg_risk_ratios_are_those_of_metafor() {
    let (_, evaluation) = example("bcg-vaccine");
    let reml = numbers(synthesis(&evaluation, "tuberculosis"));
    assert_close(reml, [0.48942, 0.34407, 0.69617, 0.31324], 6e-6);
    let dl = numbers(synthesis(&evaluation, "tuberculosis-dl"));
    assert_close(dl, [0.48962, 0.34492, 0.69504, 0.30876], 6e-6);
}

#[test]
fn bcg_by_mantel_haenszel_and_peto_agrees_with_metafor() {
    let (_, evaluation) = example("bcg-vaccine");
    let log = |id: &str| {
        let pooled = synthesis(&evaluation, id).pooled.clone().unwrap();
        [pooled.estimate, pooled.se]
    };
    assert_close(
        log("tuberculosis-mh"),
        [-0.453_709_604_683_753_9, 0.039_337_366_871_294_38],
        1e-12,
    );
    assert_close(
        log("tuberculosis-peto"),
        [-0.474_446_310_940_636_3, 0.040_659_080_744_648_28],
        1e-12,
    );
}

#[test]
fn stroke_care_mean_difference_agrees_with_metafor_to_eight_decimals() {
    let (_, evaluation) = example("stroke-care");
    let reml = synthesis(&evaluation, "stay").pooled.clone().unwrap();
    assert_close(
        [reml.estimate, reml.ci.lower, reml.ci.upper, reml.tau2],
        [
            -15.106_027_473_478_31,
            -32.640_948_825_182_56,
            2.428_893_878_225_949,
            684.646_151_929_666_2,
        ],
        1e-8,
    );
    let dl = synthesis(&evaluation, "stay-dl").pooled.clone().unwrap();
    assert_close([dl.estimate, dl.tau2], [-13.981_721_817_043_933, 205.409_375_467_910_8], 1e-8);
}

#[test]
fn subgroups_have_a_pool_of_their_own_and_a_test() {
    let (_, evaluation) = example("bcg-vaccine");
    let synthesis = synthesis(&evaluation, "tuberculosis");
    let shown: Vec<(&str, usize, f64)> = synthesis
        .subgroups
        .iter()
        .map(|it| {
            let estimate = it.pooled.as_ref().unwrap().estimate;
            (it.level.as_str(), it.members.len(), synthesis.display(estimate))
        })
        .collect();
    let expected = [("random", 7, 0.3787), ("alternate", 2, 0.5823), ("systematic", 4, 0.6543)];
    for (found, expected) in shown.iter().zip(expected) {
        assert_eq!((found.0, found.1), (expected.0, expected.1));
        assert_close([found.2], [expected.2], 6e-5);
    }
    assert!(synthesis.subgroup_test.is_some());
    assert_eq!(synthesis.leave_one_out.len(), 13);
}

#[test]
fn pairing_moves_the_first_example_from_0_011_to_0_0002() {
    let (_, evaluation) = example("conditioned-medium");
    let mean_difference = synthesis(&evaluation, "pigmentation");
    let paired = mean_difference.pooled.clone().unwrap();
    assert_close([paired.estimate, paired.p_value], [0.392_857_142_857, 0.000_212_557], 1e-9);
    let unpaired = mean_difference.correlations.iter().find(|it| it.correlation.is_none()).unwrap();
    assert_close([unpaired.pooled.p_value], [0.008_170_496], 1e-9);
    let standardised = synthesis(&evaluation, "pigmentation-smd");
    let unpaired = standardised.correlations.iter().find(|it| it.correlation.is_none()).unwrap();
    assert_close([unpaired.pooled.estimate, unpaired.pooled.p_value], [0.697_019, 0.011_333], 1e-6);
}

#[test]
fn a_printed_p_value_says_which_correlation_it_implies_and_is_not_used_unasked() {
    let (_, evaluation) = example("conditioned-medium");
    let liang = &synthesis(&evaluation, "pigmentation").studies[0];
    assert!(
        liang
            .steps
            .iter()
            .any(|it| it.contains("implies a correlation of 0.49604") && it.ends_with("not used")),
        "{:#?}",
        liang.steps
    );
}

#[test]
fn what_cannot_be_pooled_is_told_by_p_values_and_directions() {
    let (_, evaluation) = example("conditioned-medium");
    let wrinkles = synthesis(&evaluation, "wrinkles");
    assert!(wrinkles.pooled.is_none());
    assert_eq!(wrinkles.excluded.len(), 6);
    let narrative = wrinkles.narrative.as_ref().unwrap();
    // Two studies with P < 0.05 towards conditioned medium, one-sided 0.025 each.
    assert_close([narrative.stouffer.unwrap().p_value], [0.002_787_298_340], 1e-11);
    assert_close([narrative.fisher.unwrap().p_value], [0.005_236_099_318], 1e-11);
    let vote = narrative.vote.unwrap();
    assert_eq!((vote.positive, vote.total), (3, 3));
    assert_close([vote.p_value], [0.25], 1e-12);
    let unclear: Vec<&str> = narrative
        .rows
        .iter()
        .filter(|it| it.favours == Some(Favoured::Unclear))
        .map(|it| it.study.as_str())
        .collect();
    assert_eq!(unclear, ["Widianingsih 2019"]);
}

#[test]
fn the_flow_of_the_first_example_adds_up() {
    let (reading, evaluation) = example("conditioned-medium");
    let flow = &evaluation.flow;
    assert_eq!(reading.records.len(), 52);
    assert_eq!(flow.screened.len(), flow.excluded.len() + flow.sought.len());
    let with_reasons: usize = flow.excluded_with_reasons.iter().map(|it| it.1.len()).sum();
    assert_eq!(
        flow.assessed.len(),
        with_reasons + flow.awaiting.len() + flow.ongoing.len() + flow.included_reports.len()
    );
    assert_eq!(flow.included_reports.len(), 6);
    assert_eq!(flow.included_studies.len(), 6);
    assert!(flow.undecided_records.is_empty() && flow.undecided_reports.is_empty());
}

#[test]
fn risk_of_bias_stays_open_where_no_source_states_a_fact() {
    let (_, evaluation) = example("conditioned-medium");
    assert_eq!(evaluation.risk_of_bias.len(), 6);
    for assessment in &evaluation.risk_of_bias {
        assert_eq!(assessment.refused, None);
        assert_eq!(assessment.overall(), None, "{}", assessment.study);
    }
}
