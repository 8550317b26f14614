//! Effects from the same people on both sides.

use consilience_stats::distribution::normal_two_sided_p;
use consilience_stats::{
    Effect, EffectError, MeanSd, PairedMargins, PairedTable, correlation_from_sd_of_differences,
    mean_difference, mean_sd_of_grades, paired_mean_difference, paired_odds_ratio,
    paired_odds_ratio_from_margins, paired_ratio_of_means, paired_risk_difference,
    paired_risk_difference_from_margins, paired_risk_ratio, paired_risk_ratio_from_margins,
    paired_smd, sd_of_differences_from_ci, sd_of_differences_from_p, sd_of_differences_from_se,
    standardized_mean_difference,
};

use crate::data::assert_close;

#[track_caller]
fn assert_effect(got: Result<Effect, EffectError>, estimate: f64, variance: f64) {
    let got = got.unwrap();
    assert_close(got.estimate, estimate, 1e-11);
    assert_close(got.variance, variance, 1e-11);
}

/// The Handbook's crossover example (23.2.7): ten people, correlation 0.68.
fn crossover() -> (MeanSd, MeanSd) {
    (MeanSd { n: 10.0, mean: 7.0, sd: 2.38 }, MeanSd { n: 10.0, mean: 6.5, sd: 2.21 })
}

#[test]
fn the_handbooks_crossover_example_has_its_standard_error() {
    let (e, c) = crossover();
    let effect = paired_mean_difference(&e, &c, 0.68).unwrap();
    assert_close(effect.estimate, 0.5, 1e-15);
    assert_close(effect.se(), 0.5826810448264, 1e-12);
}

#[test]
fn a_paired_smd_with_equal_sds_is_metafors_smcr() {
    let (e, c) = crossover();
    let c = MeanSd { sd: e.sd, ..c };
    assert_effect(paired_smd(&e, &c, 0.68), 0.19199052348583, 0.0658430180554181);
}

#[test]
fn a_paired_smd_divides_by_the_raw_sd_of_both_sides() {
    let (e, c) = crossover();
    let effect = paired_smd(&e, &c, 0.68).unwrap();
    // Uncorrected 0.21771565; J on 9 degrees of freedom is 0.913874891793.
    assert_close(effect.estimate, 0.2177156500581 * 0.913_874_891_793, 1e-11);
    let g = effect.estimate;
    assert_close(effect.variance, 2.0 * 0.32 / 10.0 + g * g / 20.0, 1e-14);
}

#[test]
fn a_paired_ratio_of_means_is_metafors() {
    let (e, c) = crossover();
    assert_effect(paired_ratio_of_means(&e, &c, 0.68), 0.0741079721537218, 0.0073984);
}

#[test]
fn without_correlation_a_paired_mean_difference_is_the_unpaired_one() {
    let (e, c) = crossover();
    let (paired, unpaired) =
        (paired_mean_difference(&e, &c, 0.0).unwrap(), mean_difference(&e, &c).unwrap());
    assert_close(paired.variance, unpaired.variance, 1e-14);
}

#[test]
fn the_sd_of_differences_comes_back_from_se_p_and_ci() {
    let sd = 1.8425992510584;
    let se = sd / 10.0_f64.sqrt();
    assert_close(sd_of_differences_from_se(se, 10.0).unwrap(), sd, 1e-14);
    // t = 0.5/0.58268 on 9 df; p and t(0.975, 9) from R.
    assert_close(sd_of_differences_from_p(0.5, 10.0, 0.41310409940187).unwrap(), sd, 1e-11);
    let half_width = 2.2621571627982 * se;
    let got = sd_of_differences_from_ci(0.5 - half_width, 0.5 + half_width, 10.0, 0.95).unwrap();
    assert_close(got, sd, 1e-12);
}

#[test]
fn three_sds_imply_a_correlation() {
    assert_close(
        correlation_from_sd_of_differences(6.4, 7.1, 4.5).unwrap(),
        0.7825704225352,
        1e-12,
    );
    assert_close(
        correlation_from_sd_of_differences(7.0, 6.9, 4.2).unwrap(),
        0.8174948240166,
        1e-12,
    );
}

#[test]
fn sds_that_imply_no_correlation_are_refused() {
    let error = correlation_from_sd_of_differences(1.0, 1.0, 2.5).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the correlation implied by the standard deviations is -2.125; expected a number from -1 to 1"
    );
}

const PAIRS: PairedTable =
    PairedTable { both: 20.0, experimental_only: 12.0, control_only: 5.0, neither: 33.0 };

#[test]
fn paired_tables_are_metafors() {
    assert_effect(paired_odds_ratio(&PAIRS), 0.415936407975459, 0.0583845029239766);
    assert_effect(paired_risk_ratio(&PAIRS), 0.246860077931526, 0.02125);
    assert_effect(paired_risk_difference(&PAIRS), 0.1, 0.0033265306122449);
    let zero = PairedTable { experimental_only: 0.0, ..PAIRS };
    assert_effect(paired_odds_ratio(&zero), -0.350775221811544, 0.0277625843236703);
    assert_effect(paired_risk_ratio(&zero), -0.213574100298059, 0.010989010989011);
    assert_effect(paired_risk_difference(&zero), -0.0833333333333334, 0.00155092592592593);
}

#[test]
fn margins_with_the_tables_own_phi_give_the_tables_answer() {
    let margins =
        PairedMargins { pairs: 70.0, events_e: 32.0, events_c: 25.0, phi: 0.5129891760426 };
    assert_effect(paired_odds_ratio_from_margins(&margins), 0.415936407975459, 0.0583845029239766);
    assert_effect(paired_risk_ratio_from_margins(&margins), 0.246860077931526, 0.02125);
    assert_effect(paired_risk_difference_from_margins(&margins), 0.1, 0.0033265306122449);
}

#[test]
fn margins_cannot_have_any_correlation() {
    let margins = PairedMargins { pairs: 70.0, events_e: 60.0, events_c: 10.0, phi: 0.9 };
    assert!(matches!(
        paired_odds_ratio_from_margins(&margins),
        Err(EffectError::OutOfRange { quantity: "assumed correlation phi for these margins", .. })
    ));
}

/// Liang (2022): brightness of 28 split faces graded 1 to 4, printed as numbers of people per grade.
fn liang() -> (MeanSd, MeanSd) {
    let grades = |counts: [u64; 4]| {
        let scored: Vec<(f64, u64)> = (1..=4).map(f64::from).zip(counts).collect();
        mean_sd_of_grades(&scored).unwrap()
    };
    (grades([0, 17, 11, 0]), grades([5, 18, 5, 0]))
}

#[test]
fn grades_have_an_exact_mean_and_sd() {
    let (e, c) = liang();
    assert_close(e.mean, 2.39285714285714, 1e-14);
    assert_close(e.sd, 0.497347461393438, 1e-14);
    assert_close(c.mean, 2.0, 1e-15);
    assert_close(c.sd, 0.608580619450185, 1e-14);
}

#[test]
fn liang_unpaired_is_less_precise_than_paired() {
    let (e, c) = liang();
    // estimate, ci.lb, ci.ub, p
    let expected = [
        (
            standardized_mean_difference(&e, &c).unwrap(),
            [0.69701917647321, 0.157525461056687, 1.23651289188973, 0.0113333441611993],
        ),
        (
            mean_difference(&e, &c).unwrap(),
            [0.392857142857143, 0.101740779163626, 0.683973506550659, 0.00817049587253475],
        ),
        (
            paired_mean_difference(&e, &c, 0.5).unwrap(),
            [0.392857142857143, 0.184955453223731, 0.600758832490554, 0.000212556683939686],
        ),
    ];
    for (effect, [estimate, lower, upper, p]) in expected {
        let interval = effect.interval(0.95);
        assert_close(effect.estimate, estimate, 1e-12);
        assert_close(interval.lower, lower, 1e-12);
        assert_close(interval.upper, upper, 1e-12);
        assert_close(normal_two_sided_p(effect.estimate / effect.se()), p, 1e-11);
    }
}

#[test]
fn liang_printed_p_value_implies_a_correlation_of_one_half() {
    let (e, c) = liang();
    let sd = sd_of_differences_from_p(e.mean - c.mean, 28.0, 0.001).unwrap();
    assert_close(sd, 0.563424021679009, 1e-12);
    let r = correlation_from_sd_of_differences(e.sd, c.sd, sd).unwrap();
    assert_close(r, 0.496039021247437, 1e-12);
}

#[test]
fn two_pairs_give_no_standardised_difference() {
    let side = |mean: f64| MeanSd { n: 2.0, mean, sd: 1.0 };
    assert!(paired_smd(&side(3.0), &side(1.0), 0.5).is_err());
}
