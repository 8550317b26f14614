//! A trial's own effect of one arm against the other: on which scale, with which precision, which way round.
//!
//! Reference values: the closed formulas of the Handbook's sections 6.3 and 6.5.2.3.

use crate::made::{assert_close, numbers, review};

const HR: &str = "measure = \"GEN\"\neffect_name = \"Hazard ratio\"\nratio = true";

/// The effect of a contrast of `e` with `c` in a trial of this design.
fn contrast(plan: &str, design: &str, cells: &str) -> crate::made::Made {
    review(plan)
        .study_with("A", &format!("design={design}"))
        .result("A", &format!("arm=e; versus=c; {cells}"))
}

#[test]
fn a_ratio_is_analysed_as_its_logarithm() {
    for (cells, variance) in [
        ("ci_lower=0.33; ci_upper=1.22", 0.111_259_262_998_9),
        ("p_value==0.17", 0.105_777_045_260_7),
        ("se=0.3", 0.09),
    ] {
        for (plan, measure) in [(HR, "HR"), (HR, "hazard ratio"), ("measure = \"RR\"", "RR")] {
            let cells = format!("effect=0.64; effect_measure={measure}; {cells}");
            let effect = contrast(plan, "parallel", &cells).effect();
            assert_close(numbers(&effect), [-0.446_287_102_628, variance], 1e-12);
        }
    }
}

#[test]
fn the_precision_of_a_mean_difference_comes_by_t_where_n_is_known() {
    let md = |cells: &str| {
        let cells = format!("effect=3.8; effect_measure=MD; {cells}");
        contrast("measure = \"MD\"", "parallel", &cells).effect().effect.se()
    };
    assert_close([md("n=47; ci_lower=1.04; ci_upper=6.56")], [1.370_336_803_581], 1e-12);
    assert_close([md("n=47; p_value==0.008")], [1.369_100_300_705], 1e-12);
    assert_close(
        [md("n=47; ci_lower=1.04; ci_upper=6.56; ci_level=90")],
        [1.643_417_281_435],
        1e-12,
    );
    assert_close(
        [md("ci_lower=1.04; ci_upper=6.56")],
        [5.52 / (2.0 * 1.959_963_984_540_054)],
        1e-12,
    );
    assert_close([md("se=2; ci_lower=1.04; ci_upper=6.56")], [2.0], 1e-12);
}

#[test]
fn the_interval_of_a_risk_difference_or_a_standardised_one_is_normal() {
    for measure in ["RD", "SMD"] {
        let cells =
            format!("effect=0.12; effect_measure={measure}; n=30; ci_lower=0.04; ci_upper=0.2");
        let effect = contrast(&format!("measure = \"{measure}\""), "parallel", &cells).effect();
        assert_close([effect.effect.se()], [0.040_817_076_554], 1e-12);
    }
}

#[test]
fn a_contrast_printed_the_other_way_round_is_turned() {
    for (plan, measure, cells, expected) in [
        ("measure = \"MD\"", "MD", "effect=3.8; se=2", [-3.8, 4.0]),
        (HR, "HR", "effect=0.64; se=0.3", [0.446_287_102_628, 0.09]),
    ] {
        let effect = review(plan)
            .study("A")
            .result("A", &format!("arm=c; versus=e; effect_measure={measure}; {cells}"))
            .effect();
        assert_close(numbers(&effect), expected, 1e-12);
        assert_eq!(effect.steps.last().unwrap(), "printed the other way round, so turned");
    }
}

#[test]
fn arms_come_before_the_contrast_of_a_parallel_trial() {
    let effect = review("measure = \"MD\"")
        .means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5))
        .result("A", "arm=e; versus=c; effect=3; effect_measure=MD; se=1")
        .effect();
    assert_close(numbers(&effect), [1.0, 0.45], 1e-12);
    let without_spread = review("measure = \"MD\"")
        .study("A")
        .result("A", "arm=e; n=20; mean=5")
        .result("A", "arm=c; n=20; mean=4")
        .result("A", "arm=e; versus=c; effect=1; effect_measure=MD; se=1")
        .effect();
    assert_close(numbers(&without_spread), [1.0, 1.0], 1e-12);
}

#[test]
fn contrasts_of_several_pairs_of_arms_are_not_chosen_from_unasked() {
    let several = |plan: &str| {
        review(plan)
            .study("A")
            .arm("A", "e2", "e")
            .result("A", "arm=e; versus=c; effect=3; effect_measure=MD; se=1")
            .result("A", "arm=e2; versus=c; effect=5; effect_measure=MD; se=1")
    };
    assert_eq!(
        several("measure = \"MD\"").reason(),
        "2 effects between arms of the two groups (e versus c; e2 versus c): give one for the groups, or the \
         arms' own numbers"
    );
    // The same pair of arms, printed both ways round, is one pair.
    let both_ways = review("measure = \"MD\"")
        .study("A")
        .result("A", "arm=e; versus=c; effect=3; effect_measure=MD; se=1")
        .result("A", "arm=c; versus=e; effect=-3; effect_measure=MD; se=1");
    assert_close(numbers(&both_ways.effect()), [3.0, 1.0], 1e-12);
}

#[test]
fn mantel_haenszel_leaves_out_a_study_without_events_and_never_becomes_another_method() {
    let plan =
        |method: &str| format!("measure = \"RR\"\nmodel = \"common\"\nmethod = \"{method}\"");
    let made = |method: &str| {
        review(&plan(method))
            .events("A", (4.0, 123.0), (11.0, 139.0))
            .events("B", (6.0, 306.0), (29.0, 303.0))
            .study("C")
            .result(
                "C",
                "arm=e; versus=c; effect=0.5; effect_measure=RR; ci_lower=0.2; ci_upper=1.25",
            )
            .synthesis()
    };
    let synthesis = made("Mantel-Haenszel");
    assert_eq!(synthesis.studies.len(), 2);
    assert_eq!(
        synthesis.excluded[0].reason,
        "only the trial's own effect is reported, and Mantel-Haenszel needs the events of both arms; use inverse \
         variance"
    );
    let mantel_haenszel = synthesis.pooled.unwrap();
    // Σ(a·n₂/N) / Σ(c·n₁/N).
    let (r, s): (f64, f64) =
        (4.0 * 139.0 / 262.0 + 6.0 * 303.0 / 609.0, 11.0 * 123.0 / 262.0 + 29.0 * 306.0 / 609.0);
    assert_close([mantel_haenszel.estimate], [(r / s).ln()], 1e-12);
    assert_eq!(made("inverse variance").studies.len(), 3);
}

#[test]
fn an_effect_outside_its_own_interval_is_not_believed() {
    let cells = "effect=0.64; effect_measure=HR; ci_lower=0.7; ci_upper=1.22";
    assert_eq!(
        contrast(HR, "parallel", cells).reason(),
        "HR 0.64, which lies outside its own confidence interval"
    );
    let skewed = "effect=0.64; effect_measure=HR; ci_lower=0.6; ci_upper=1.22";
    assert_eq!(
        contrast(HR, "parallel", skewed).effect().steps[0],
        "warning: the estimate is not in the middle of its interval, so the SE may mislead"
    );
}

#[test]
fn a_p_value_of_ranks_gives_no_standard_error() {
    let cells = "effect=3.8; effect_measure=MD; n=47; p_value==0.008; p_test=Mann-Whitney U";
    assert_eq!(
        contrast("measure = \"MD\"", "parallel", cells).reason(),
        "MD 3.8 without SE, interval or exact P value"
    );
}

#[test]
fn a_generic_analysis_takes_only_the_effect_that_it_names() {
    let odds = "effect=0.64; effect_measure=OR; se=0.3";
    assert_eq!(
        contrast(HR, "parallel", odds).reason(),
        "only OR is reported, no numbers for the arms"
    );
    assert_close(
        numbers(&contrast("measure = \"GEN\"", "parallel", odds).effect()),
        [0.64, 0.09],
        1e-12,
    );
    assert_eq!(
        review(HR).events("A", (4.0, 123.0), (11.0, 139.0)).reason(),
        "numbers of both arms are reported, but no Hazard ratio"
    );
}

#[test]
fn a_generic_analysis_without_a_name_does_not_mix_effects_unsaid() {
    let made = review("measure = \"GEN\"")
        .study("A")
        .result("A", "arm=e; versus=c; effect=0.5; effect_measure=MD; se=1")
        .study("B")
        .result("B", "arm=e; versus=c; effect=0.5; effect_measure=RR; se=1");
    let note = "effects of several kinds are pooled: MD, RR; `effect_name` chooses one";
    assert!(made.synthesis().notes.contains(&note.to_owned()));
    let two_in_one = review("measure = \"GEN\"")
        .study("A")
        .result("A", "arm=e; versus=c; effect=0.5; effect_measure=MD; se=1")
        .result("A", "arm=c; versus=e; effect=0.5; effect_measure=RR; se=1");
    assert_eq!(two_in_one.reason(), "effects of several kinds (MD, RR): name one in `effect_name`");
}

#[test]
fn why_a_contrast_gives_no_effect_is_said() {
    let reason = |cells: &str| contrast("measure = \"MD\"", "parallel", cells).reason();
    insta::assert_snapshot!(
        [
            reason("p_value=<0.05; favours=e"),
            reason("favours=neither"),
            reason("missing=not reported"),
            reason("effect=0.5; effect_measure=RR; se=0.1"),
            reason("effect=3.8; effect_measure=MD"),
            reason("effect=3.8; effect_measure=MD; p_value=<0.05"),
            reason("effect=0; effect_measure=MD; p_value==1"),
            reason("effect=3.8; effect_measure=MD; p_value==1"),
            contrast(HR, "parallel", "effect=-0.4; effect_measure=HR; se=0.1").reason(),
            contrast(HR, "parallel", "effect=0.4; effect_measure=HR; ci_lower=0; ci_upper=0.9")
                .reason(),
        ]
        .join("\n"),
        @r#"
    only a P value is reported, no numbers for the arms
    only a direction is reported, no numbers for the arms
    not reported
    only RR is reported, no numbers for the arms
    MD 3.8 without SE, interval or exact P value
    MD 3.8 without SE, interval or exact P value
    the p value is 1; expected a number from 0 to 1
    the p value is 1; expected a number from 0 to 1
    the ratio -0.4, which is not above 0
    the ratio 0, which is not above 0
    "#
    );
}
