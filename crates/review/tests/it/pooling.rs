//! Studies together: models, intervals, subgroups, each study left out, and what is said where a method has no
//! answer.
//!
//! Reference values: metafor 3.8-1 (`rma` with its threshold at 1e-14, `rma.mh`, `regtest`) on the numbers given here and on `dat.bcg`.

use consilience_review::analysis::Synthesis;

use crate::made::{Made, assert_close, review};

/// The first `k` of four trials, in subgroups `x`, `x`, `z`, `z`.
fn trials(plan: &str, k: usize) -> Made {
    let arms = [
        ((20.0, 5.0, 2.0), (25.0, 4.0, 2.5)),
        ((30.0, 6.1, 2.2), (28.0, 6.4, 2.1)),
        ((25.0, 4.2, 1.9), (24.0, 3.1, 2.0)),
        ((40.0, 7.0, 3.0), (41.0, 5.2, 2.8)),
    ];
    let studies = ["A", "B", "C", "D"].into_iter().zip(["x", "x", "z", "z"]).zip(arms).take(k);
    studies.fold(review(&format!("measure = \"MD\"\n{plan}")), |made, ((study, kind), (e, c))| {
        made.study_with(study, &format!("kind={kind}")).both_means(study, e, c)
    })
}

/// The first `k` trials of `dat.bcg`.
fn bcg(plan: &str, k: usize) -> Made {
    let tables = [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
    ];
    let studies = tables.into_iter().enumerate().take(k);
    studies.fold(review(plan), |made, (i, (a, b, c, d))| {
        let (e, c) = ((f64::from(a), f64::from(a + b)), (f64::from(c), f64::from(c + d)));
        made.events(&format!("T{}", i + 1), e, c)
    })
}

/// Estimate, lower and upper limit, tau².
#[track_caller]
fn pooled(synthesis: &Synthesis) -> [f64; 4] {
    let it = synthesis.pooled.as_ref().unwrap();
    [it.estimate, it.ci.lower, it.ci.upper, it.tau2]
}

#[test]
fn reml_and_hartung_knapp_agree_with_metafor() {
    let wald = trials("", 4).synthesis();
    assert_close(
        pooled(&wald),
        [0.869_102_664_17, -0.009_569_854_25, 1.747_775_182_60, 0.434_370_085_35],
        1e-10,
    );
    let hk = trials("ci = \"Hartung-Knapp\"", 4).synthesis();
    assert_close(
        pooled(&hk),
        [0.869_102_664_17, -0.539_513_800_84, 2.277_719_129_19, 0.434_370_085_35],
        1e-10,
    );
    let total: f64 = wald.studies.iter().map(|it| it.weight).sum();
    assert_close([total], [100.0], 1e-9);
}

#[test]
fn hartung_knapp_needs_two_studies_and_says_what_it_does_with_one() {
    let two = trials("ci = \"Hartung-Knapp\"", 2).synthesis();
    assert_close(pooled(&two), [0.299_551_282, -7.934_568_667, 8.533_671_232, 0.460_583_333], 1e-8);
    let one = trials("ci = \"Hartung-Knapp\"", 1).synthesis();
    let half = 1.959_963_984_540_054 * 0.45_f64.sqrt();
    assert_close(pooled(&one), [1.0, 1.0 - half, 1.0 + half, 0.0], 1e-12);
    assert_eq!(one.notes, ["one study: this is its own result, and nothing was pooled"]);
}

#[test]
fn a_prediction_interval_needs_three_studies() {
    let three = trials("prediction_interval = true", 3).synthesis();
    let interval = three.pooled.unwrap().prediction.unwrap();
    assert_close([interval.lower, interval.upper], [-8.601_901_774_23, 9.757_256_252_51], 1e-8);
    assert!(three.notes[0].ends_with("t distribution with 1 degree of freedom"));
    let two = trials("prediction_interval = true", 2).synthesis();
    assert_eq!(two.pooled.unwrap().prediction, None);
    assert_eq!(two.notes, ["no prediction interval: it needs three studies"]);
    let common = trials("prediction_interval = true\nmodel = \"common\"", 4).synthesis();
    assert_eq!(common.notes, ["no prediction interval: the common-effect model has none"]);
}

#[test]
fn petos_method_has_a_common_effect_and_no_prediction_interval() {
    let made = bcg("measure = \"PETO\"\nprediction_interval = true", 4);
    let synthesis = made.synthesis();
    let it = synthesis.pooled.unwrap();
    assert_eq!((it.tau2, it.se_tau2, it.prediction), (0.0, None, None));
    assert_eq!(synthesis.notes, ["no prediction interval: the common-effect model has none"]);
}

#[test]
fn no_study_is_no_answer_and_no_error() {
    let synthesis = review("measure = \"MD\"\nleave_one_out = true").synthesis();
    assert!(synthesis.pooled.is_none() && synthesis.studies.is_empty());
    assert!(synthesis.notes.is_empty() && synthesis.leave_one_out.is_empty());
}

#[test]
fn a_method_that_fails_says_why() {
    let twice = (20.0, 5.0, 2.0);
    let synthesis = review("measure = \"MD\"\nci = \"Hartung-Knapp\"")
        .means("A", twice, (20.0, 4.0, 2.0))
        .means("B", twice, (20.0, 4.0, 2.0))
        .synthesis();
    assert!(synthesis.pooled.is_none());
    assert!(synthesis.notes[0].starts_with("not pooled: all studies have the same estimate"));
}

#[test]
fn mantel_haenszel_and_its_random_effects_follow_review_manager() {
    let common =
        bcg("measure = \"RR\"\nmodel = \"common\"\nmethod = \"Mantel-Haenszel\"", 4).synthesis();
    let it = common.pooled.unwrap();
    assert_close([it.estimate, it.se], [-1.425_923_446_485, 0.128_282_443_707], 1e-12);
    let plan = "measure = \"RR\"\nmethod = \"Mantel-Haenszel\"\nprediction_interval = true";
    let random = bcg(plan, 4).synthesis();
    let it = random.pooled.unwrap();
    // No heterogeneity beyond chance in these four: the weights are those of inverse variance.
    assert_close([it.estimate, it.se, it.tau2], [-1.422_044_333, 0.128_466_086, 0.0], 1e-9);
    // t with two degrees of freedom, as Higgins, Thompson and Spiegelhalter have it.
    let interval = it.prediction.unwrap();
    let half = 4.302_652_729_749_462 * it.se;
    assert_close([interval.lower, interval.upper], [it.estimate - half, it.estimate + half], 1e-12);
}

#[test]
fn a_zero_cell_enters_mantel_haenszel_with_its_halves() {
    let plan = "measure = \"RR\"\nmodel = \"common\"\nmethod = \"Mantel-Haenszel\"";
    let it = review(plan)
        .events("A", (0.0, 20.0), (5.0, 22.0))
        .events("B", (3.0, 30.0), (6.0, 28.0))
        .events("C", (0.0, 15.0), (0.0, 16.0))
        .synthesis();
    assert_eq!(it.excluded[0].study, "C");
    let it = it.pooled.unwrap();
    assert_close([it.estimate, it.se], [-1.209_162_158_388, 0.586_723_013_213], 1e-12);
}

#[test]
fn each_study_is_left_out_in_turn() {
    let inverse_variance = trials("leave_one_out = true", 4).synthesis().leave_one_out;
    let expected = [0.841_315_768, 1.286_182_047, 0.799_480_001, 0.577_677_245];
    assert_eq!(inverse_variance.len(), 4);
    for (found, expected) in inverse_variance.iter().zip(expected) {
        assert_close([found.pooled.estimate], [expected], 1e-7);
    }
    let plan =
        "measure = \"RR\"\nmodel = \"common\"\nmethod = \"Mantel-Haenszel\"\nleave_one_out = true";
    let mantel_haenszel = bcg(plan, 4).synthesis().leave_one_out;
    let expected = [-1.451_080_156, -1.410_504_070, -1.429_027_902, -1.350_923_842];
    for ((found, expected), name) in
        mantel_haenszel.iter().zip(expected).zip(["T1", "T2", "T3", "T4"])
    {
        assert_eq!(found.study, name);
        assert_close([found.pooled.estimate], [expected], 1e-9);
    }
    assert_eq!(trials("leave_one_out = true", 2).synthesis().leave_one_out.len(), 2);
    assert!(trials("leave_one_out = true", 1).synthesis().leave_one_out.is_empty());
}

#[test]
fn subgroups_are_pooled_apart_and_compared() {
    let wald = trials("subgroup = \"kind\"", 4).synthesis();
    let levels: Vec<(&str, &[usize])> =
        wald.subgroups.iter().map(|it| (it.level.as_str(), it.members.as_slice())).collect();
    assert_eq!(levels, [("x", [0, 1].as_slice()), ("z", [2, 3].as_slice())]);
    let estimates: Vec<f64> =
        wald.subgroups.iter().map(|it| it.pooled.as_ref().unwrap().estimate).collect();
    assert_close([estimates[0], estimates[1]], [0.299_551_282, 1.399_396_129], 1e-8);
    let test = wald.subgroup_test.unwrap();
    assert_close([test.q, test.p_value], [2.022_922_964, 0.154_940_640], 1e-8);
    // With Hartung and Knapp's interval the subgroups' standard errors are theirs.
    let hk = trials("subgroup = \"kind\"\nci = \"Hartung-Knapp\"", 4).synthesis();
    let test = hk.subgroup_test.unwrap();
    assert_close([test.q, test.p_value], [2.240_547_765, 0.134_433_350], 1e-8);
}

#[test]
fn studies_of_which_the_characteristic_is_not_known_are_shown_but_are_no_subgroup_of_the_test() {
    let without = trials("subgroup = \"kind\"", 4).synthesis();
    let with =
        trials("subgroup = \"kind\"", 4).means("E", (20.0, 9.0, 2.0), (20.0, 4.0, 2.0)).synthesis();
    assert_eq!(with.studies[4].subgroup.as_deref(), Some("not stated"));
    assert_eq!(with.subgroups.last().unwrap().level, "not stated");
    assert_eq!(with.subgroup_test, without.subgroup_test);
    let one_level =
        trials("subgroup = \"kind\"", 2).means("E", (20.0, 9.0, 2.0), (20.0, 4.0, 2.0)).synthesis();
    assert_eq!(one_level.subgroup_test, None);
}

#[test]
fn eggers_test_waits_for_ten_studies() {
    assert_eq!(bcg("measure = \"RR\"", 9).synthesis().egger, None);
    let egger = bcg("measure = \"RR\"", 10).synthesis().egger.unwrap();
    assert_close([egger.statistic, egger.p_value], [-1.7427, 0.1195], 5e-5);
}

#[test]
fn a_study_with_absurd_numbers_does_not_cost_the_others_their_pool() {
    let made = trials("", 4).means("E", (1e308, 5.0, 1.0), (1e308, 4.0, 1.0));
    let synthesis = made.synthesis();
    assert_eq!(synthesis.excluded.len(), 1);
    assert!(
        synthesis.excluded[0]
            .reason
            .ends_with("too large or too small to compute with; check the unit"),
        "{}",
        synthesis.excluded[0].reason
    );
    assert_close(pooled(&synthesis), pooled(&trials("", 4).synthesis()), 0.0);
}
