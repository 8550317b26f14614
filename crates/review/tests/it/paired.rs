//! Paired designs: which correlation is used, where it comes from, and what the answer owes to it.
//!
//! Reference values: the Handbook's crossover example (10 pairs, 7.0 (2.38) and 6.5 (2.21), r = 0.68) by the closed
//! formulas of section 23.2.7; paired events by the delta method from margins.

use consilience_review::analysis::{CorrelationSource, Pairing};

use proptest::prelude::*;
use proptest::sample::select;

use crate::made::{Made, assert_close, numbers, review};

/// The example's two sides, in a study of this design.
fn pairs(plan: &str, design: &str) -> Made {
    review(plan).study_with("A", &format!("design={design}")).both_means(
        "A",
        (10.0, 7.0, 2.38),
        (10.0, 6.5, 2.21),
    )
}

#[track_caller]
fn source(made: &Made) -> (f64, CorrelationSource) {
    match made.effect().pairing {
        Some(Pairing::Correlation(r, source)) => (r, source),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_given_correlation_is_used_for_every_measure_of_means() {
    for (measure, expected) in [
        ("MD", [0.5, 0.339_517_200]),
        ("SMD", [0.198_964_866_138, 0.065_979_350_898]),
        ("ROM", [0.074_107_972_154, 0.007_398_4]),
    ] {
        for design in ["within-person", "crossover"] {
            let plan = format!("measure = \"{measure}\"");
            let made =
                pairs(&plan, design).result("A", "arm=e; versus=c; p_value=NS; correlation=0.68");
            assert_close(numbers(&made.effect()), expected, 1e-6);
            assert_eq!(source(&made), (0.68, CorrelationSource::Given));
        }
    }
}

#[test]
fn the_variance_of_a_paired_mean_difference_is_that_of_the_handbook() {
    let made = pairs("measure = \"MD\"\ncorrelation = 0.68", "crossover");
    assert_close([made.effect().effect.se()], [0.582_681_044_826], 1e-12);
    let steps = made.effect().steps;
    assert_eq!(
        steps,
        ["correlation between the two sides assumed: 0.68", "analysed as 10 pairs: SE 0.58268"]
    );
}

#[test]
fn the_correlation_follows_from_a_printed_precision_of_the_difference() {
    // SMD needs the arms, so the printed difference gives the correlation only.
    for cells in ["se=0.5827", "ci_lower=-0.818159; ci_upper=1.818159"] {
        let made = pairs("measure = \"SMD\"", "within-person")
            .result("A", &format!("arm=e; versus=c; n=10; effect=0.5; effect_measure=MD; {cells}"));
        let (r, source) = source(&made);
        assert_eq!(source, CorrelationSource::FromPrecision);
        assert_close([r], [0.679_98], 5e-5);
        assert!(made.synthesis().correlations.is_empty(), "nothing was assumed");
    }
}

#[test]
fn the_trials_own_paired_difference_comes_before_its_arms() {
    let made = pairs("measure = \"MD\"", "within-person")
        .result("A", "arm=e; versus=c; n=10; effect=0.5; effect_measure=MD; se=0.6");
    assert_eq!(made.effect().pairing, Some(Pairing::AsReported));
    assert_close(numbers(&made.effect()), [0.5, 0.36], 1e-12);
    // With the limits of an interval, t has pairs − 1 degrees of freedom.
    let interval = review("measure = \"MD\"").study_with("A", "design=crossover").result(
        "A",
        "arm=e; versus=c; n=10; effect=0.5; effect_measure=MD; ci_lower=-0.818159; ci_upper=1.818159",
    );
    assert_close([interval.effect().effect.se()], [0.5827], 1e-6);
}

#[test]
fn a_printed_p_value_gives_the_correlation_only_where_the_plan_says_so() {
    let made = |plan: &str, test: &str| {
        let plan = format!("measure = \"MD\"\n{plan}");
        pairs(&plan, "within-person")
            .result("A", &format!("arm=e; versus=c; n=10; p_value==0.4; p_test={test}"))
    };
    let unasked = made("", "");
    assert_eq!(source(&unasked), (0.5, CorrelationSource::Assumed));
    assert_eq!(
        unasked.effect().steps[0],
        "the printed P = 0.4 implies a correlation of 0.69822 if it came from a paired t test; not used"
    );
    let (r, asked) = source(&made("correlation_from_p = true", "paired t test"));
    assert_eq!(asked, CorrelationSource::FromP);
    assert_close([r], [0.698_222_781_736], 1e-9);
    // A test of ranks is no t test, whatever the plan says.
    let ranks = made("correlation_from_p = true", "Wilcoxon signed-rank");
    assert_eq!(source(&ranks), (0.5, CorrelationSource::Assumed));
}

#[test]
fn a_difference_with_a_bare_p_value_is_no_precision_unless_the_plan_says_so() {
    let made = |plan: &str| {
        pairs(&format!("measure = \"MD\"\n{plan}"), "within-person")
            .result("A", "arm=e; versus=c; n=10; effect=0.5; effect_measure=MD; p_value==0.4")
    };
    assert_eq!(source(&made("")), (0.5, CorrelationSource::Assumed));
    assert_eq!(made("correlation_from_p = true").effect().pairing, Some(Pairing::AsReported));
}

#[test]
fn sides_of_unequal_size_are_no_pairs() {
    let made = review("measure = \"MD\"").study_with("A", "design=crossover").both_means(
        "A",
        (10.0, 7.0, 2.0),
        (9.0, 6.0, 2.0),
    );
    assert_eq!(made.reason(), "a paired design with 10 and 9 in its two arms");
}

#[test]
fn two_arms_of_the_same_people_are_not_added_up_to_twice_as_many() {
    let made = pairs("measure = \"MD\"", "within-person")
        .arm("A", "e2", "e")
        .arm("A", "c2", "c")
        .result("A", "arm=e2; n=10; mean=7; sd=2")
        .result("A", "arm=c2; n=10; mean=6; sd=2");
    assert_eq!(
        made.reason(),
        "a paired design with 2 arms in the group `e`, which hold the same people; put one into the group"
    );
}

#[test]
fn paired_events_are_analysed_from_their_margins() {
    for (measure, expected) in [
        ("OR", [0.415_936_407_975, 0.058_383_207_324]),
        ("RR", [0.246_860_077_932, 0.021_249_547_862]),
        ("RD", [0.1, 0.003_326_456_794]),
    ] {
        let made = review(&format!("measure = \"{measure}\"\ncorrelation = 0.513"))
            .study_with("A", "design=within-person")
            .both_events("A", (32.0, 70.0), (25.0, 70.0));
        assert_close(numbers(&made.effect()), expected, 1e-12);
        assert_eq!(source(&made), (0.513, CorrelationSource::Assumed));
    }
}

#[test]
fn paired_events_fit_neither_mantel_haenszel_nor_peto() {
    let reason = |plan: &str| {
        review(plan)
            .study_with("A", "design=crossover")
            .both_events("A", (32.0, 70.0), (25.0, 70.0))
            .reason()
    };
    assert_eq!(
        reason("measure = \"RR\"\nmethod = \"Mantel-Haenszel\""),
        "paired arms, which Mantel-Haenszel would take for different people; use inverse variance"
    );
    assert_eq!(
        reason("measure = \"PETO\""),
        "a paired design, for which Peto's odds ratio is not defined here"
    );
}

#[test]
fn the_sensitivity_table_varies_what_was_assumed_and_nothing_else() {
    let plan = "measure = \"MD\"\nmodel = \"common\"\ncorrelations = [0.0, 0.5, 0.9]";
    let made = pairs(plan, "within-person")
        .study_with("B", "design=within-person")
        .both_means("B", (10.0, 7.0, 2.0), (10.0, 6.0, 2.0))
        .result("B", "arm=e; versus=c; p_value=NS; correlation=0.8")
        .study_with("C", "design=crossover")
        .result("C", "arm=e; versus=c; n=10; effect=2; effect_measure=MD; se=1");
    let synthesis = made.synthesis();
    let at: Vec<Option<f64>> = synthesis.correlations.iter().map(|it| it.correlation).collect();
    assert_eq!(at, [None, Some(0.0), Some(0.5), Some(0.9)]);
    // A: (2.38² + 2.21² − 2·r·2.38·2.21)/10; B: 2·4·(1 − r)/10; C: 1.
    let se = |r_a: f64, r_b: f64| {
        let a = (2.38_f64.powi(2) + 2.21_f64.powi(2) - 2.0 * r_a * 2.38 * 2.21) / 10.0;
        let b = 8.0 * (1.0 - r_b) / 10.0;
        (1.0 / (1.0 / a + 1.0 / b + 1.0)).sqrt()
    };
    let found: Vec<f64> = synthesis.correlations.iter().map(|it| it.pooled.se).collect();
    let expected = [se(0.0, 0.0), se(0.0, 0.8), se(0.5, 0.8), se(0.9, 0.8)];
    for (found, expected) in found.iter().zip(expected) {
        assert_close([*found], [expected], 1e-12);
    }
    // The plan assumes 0.5 where nothing is said.
    assert_close([synthesis.pooled.unwrap().se], [expected[2]], 1e-12);
}

#[test]
fn a_row_of_the_sensitivity_table_that_drops_a_study_is_left_out_and_noted() {
    // Sides that agree wholly and spread alike leave no variance.
    let plan = "measure = \"MD\"\ncorrelation = 0.0\ncorrelations = [0.0, 1.0]";
    let made = pairs(plan, "within-person").study_with("B", "design=within-person").both_means(
        "B",
        (10.0, 7.0, 2.0),
        (10.0, 6.5, 2.0),
    );
    let synthesis = made.synthesis();
    let at: Vec<Option<f64>> = synthesis.correlations.iter().map(|it| it.correlation).collect();
    assert_eq!(at, [None, Some(0.0)]);
    assert!(
        synthesis.notes[0]
            .starts_with("not repeated at the correlation 1, which B does not allow: "),
        "{:?}",
        synthesis.notes
    );
}

/// 1 of 30 against 10 of 30: no paired table has a correlation above that of both events in the one pair,
/// (30·1 − 1·10)/√(1·29·10·20) = 0.2626.
fn rare(plan: &str) -> Made {
    review(plan).study_with("A", "design=within-person").both_events("A", (1.0, 30.0), (10.0, 30.0))
}

#[test]
fn an_assumed_correlation_that_events_cannot_have_becomes_the_nearest_that_they_can() {
    // The paired table of that correlation: both 1, only the first 0, only the second 9, neither 20.
    let difference = (0.3 - 0.09) / 30.0;
    let scale = (1.0 / 30.0) * (29.0 / 30.0) * (1.0 / 3.0) * (2.0 / 3.0);
    let log_odds = ((1.0 / 29.0) / (10.0 / 20.0_f64)).ln();
    for (measure, expected) in [
        ("RD", [-0.3, difference]),
        ("RR", [0.1_f64.ln(), 9.0 / (1.0 * 10.0)]),
        ("OR", [log_odds, difference / scale]),
    ] {
        let effect = rare(&format!("measure = \"{measure}\"")).effect();
        assert_close(numbers(&effect), expected, 1e-12);
        let Some(Pairing::Correlation(phi, CorrelationSource::Assumed)) = effect.pairing else {
            panic!("{:?}", effect.pairing)
        };
        assert_close([phi], [20.0 / 5800.0_f64.sqrt()], 1e-12);
        assert_eq!(
            effect.steps[..2],
            [
                "correlation between the two sides assumed: 0.5",
                "such events can only have a correlation from -0.13131 to 0.26261, so 0.26261 is assumed",
            ]
        );
    }
    let notes = rare("measure = \"RR\"").synthesis().notes;
    assert_eq!(
        notes[0],
        "A: such events can only have a correlation from -0.13131 to 0.26261, so 0.26261 is assumed, not 0.5"
    );
}

#[test]
fn the_sensitivity_table_tries_the_nearest_correlation_that_events_can_have() {
    let synthesis = rare("measure = \"RD\"\ncorrelation = 0.2").synthesis();
    let at: Vec<Option<f64>> = synthesis.correlations.iter().map(|it| it.correlation).collect();
    assert_eq!(at, [None, Some(0.0), Some(0.3), Some(0.5), Some(0.7), Some(0.9)]);
    let se: Vec<f64> = synthesis.correlations.iter().map(|it| it.pooled.se).collect();
    let nearest = 0.007_f64.sqrt();
    assert_close([se[2], se[3], se[4], se[5]], [nearest; 4], 1e-12);
    assert!(se[1] > nearest);
    let note =
        "A, where 0.3, 0.5, 0.7, 0.9 is tried: 0.26261, the nearest that its events can have";
    assert!(synthesis.notes.contains(&note.to_owned()), "{:?}", synthesis.notes);
}

#[test]
fn a_given_correlation_that_events_cannot_have_is_an_error() {
    let reason = rare("measure = \"RR\"")
        .result("A", "arm=e; versus=c; p_value=NS; correlation=0.5")
        .reason();
    assert!(reason.starts_with("the assumed correlation phi for these margins is 0.5"), "{reason}");
}

proptest! {
    #[test]
    fn no_assumed_correlation_short_of_one_costs_a_study_with_events(
        (n, e, c) in (2_u32..60).prop_flat_map(|n| (Just(n), 1..n, 1..n)),
        percent in -99_i32..=99,
        measure in select(vec!["RR", "OR", "RD"]),
    ) {
        let plan = format!("measure = \"{measure}\"\ncorrelation = {}", f64::from(percent) / 100.0);
        let made = review(&plan)
            .study_with("A", "design=crossover")
            .both_events("A", (e.into(), n.into()), (c.into(), n.into()));
        prop_assert!(made.effect().effect.variance > 0.0);
    }
}
