//! Study effects against metafor 3.8-1's `escalc`.

use consilience_stats::{
    Effect, EffectError, MeanSd, Measure, Rate, TwoByTwo, mean_difference, odds_ratio,
    peto_odds_ratio, rate_difference, rate_ratio, ratio_of_means, revman_smd, risk_difference,
    risk_ratio, standardized_mean_difference,
};

use crate::data::assert_close;

#[track_caller]
fn assert_effect(got: Result<Effect, EffectError>, estimate: f64, variance: f64) {
    let got = got.unwrap();
    assert_close(got.estimate, estimate, 1e-12);
    assert_close(got.variance, variance, 1e-12);
}

const TABLE: TwoByTwo = TwoByTwo { events_e: 4.0, n_e: 123.0, events_c: 11.0, n_c: 139.0 };
const ZERO_CELL: TwoByTwo = TwoByTwo { events_e: 0.0, n_e: 15.0, events_c: 1.0, n_c: 20.0 };

#[test]
fn binary_effects_are_metafors() {
    assert_effect(risk_ratio(&TABLE), -0.889311333920205, 0.325584765003961);
    assert_effect(odds_ratio(&TABLE), -0.938694140870392, 0.357124952253629);
    assert_effect(risk_difference(&TABLE), -0.04661636544423, 0.000780068664855938);
    assert_effect(peto_odds_ratio(&TABLE), -0.860383347316419, 0.282836181928359);
}

#[test]
fn a_zero_cell_adds_halves_except_for_peto() {
    assert_effect(risk_ratio(&ZERO_CELL), -0.826678573184468, 2.55654761904762);
    assert_effect(odds_ratio(&ZERO_CELL), -0.86903784702361, 2.78246484698098);
    assert_effect(risk_difference(&ZERO_CELL), -0.0401785714285714, 0.00505049606338071);
    assert_effect(peto_odds_ratio(&ZERO_CELL), -1.75, 4.08333333333333);
}

#[test]
fn continuous_effects_are_metafors() {
    let e = MeanSd { n: 25.0, mean: 5.2, sd: 2.9 };
    let c = MeanSd { n: 22.0, mean: 6.8, sd: 3.3 };
    assert_effect(standardized_mean_difference(&e, &c), -0.508601036998936, 0.0882064073145071);
    let (e, c) = (MeanSd { n: 10.0, mean: 7.0, sd: 2.38 }, MeanSd { n: 12.0, mean: 6.5, sd: 2.21 });
    assert_effect(ratio_of_means(&e, &c), 0.0741079721537218, 0.0211933333333333);
}

#[test]
fn review_managers_smd_uses_the_approximate_correction() {
    let e = MeanSd { n: 25.0, mean: 5.2, sd: 2.9 };
    let c = MeanSd { n: 22.0, mean: 6.8, sd: 3.3 };
    let effect = revman_smd(&e, &c).unwrap();
    assert_close(effect.estimate, -0.5086091474551, 1e-12);
    assert_close(effect.variance, 0.08845829911078, 1e-12);
}

#[test]
fn rates_are_metafors() {
    let e = Rate { events: 10.0, person_time: 120.5 };
    let c = Rate { events: 17.0, person_time: 98.0 };
    assert_effect(rate_ratio(&e, &c), -0.737310525322308, 0.158823529411765);
    assert_effect(rate_difference(&e, &c), -0.0904818358878821, 0.00245878916991086);
    let none = Rate { events: 0.0, ..e };
    assert_effect(rate_ratio(&none, &c), -3.76203033574955, 2.05714285714286);
}

#[test]
fn hedges_correction_keeps_its_digits_for_large_and_small_samples() {
    // Equal SDs of 1 make g the correction factor itself; values from 40-digit arithmetic.
    for (df, expected) in [
        (2.0, 0.56418958354775628695),
        (10.0, 0.92274560805308710336),
        (39.0, 0.98062423868034151301),
        (40.0, 0.98111219443669505818),
        (41.0, 0.98157617670451703787),
        (50.0, 0.98491194229557260115),
        (344.0, 0.99781791716678010839),
        (100_000.0, 0.99999249997812492969),
    ] {
        let arm = |mean| MeanSd { n: df / 2.0 + 1.0, mean, sd: 1.0 };
        let effect = standardized_mean_difference(&arm(1.0), &arm(0.0)).unwrap();
        assert_close(effect.estimate, expected, 1e-14);
    }
}

#[test]
fn one_standard_deviation_may_be_zero_for_a_mean_difference() {
    let e = MeanSd { n: 10.0, mean: 1.0, sd: 0.0 };
    let c = MeanSd { n: 10.0, mean: 2.0, sd: 1.0 };
    assert_effect(mean_difference(&e, &c), -1.0, 0.1);
}

#[test]
fn fractional_people_are_allowed_after_a_design_effect() {
    let table = TwoByTwo { events_e: 40.0, n_e: 187.2, events_c: 53.3, n_c: 209.4 };
    assert!(risk_ratio(&table).is_ok());
}

#[test]
fn measures_name_themselves_and_know_their_scale() {
    let mut names: Vec<_> = Measure::ALL.iter().map(|measure| measure.name()).collect();
    for measure in Measure::ALL {
        assert_eq!(Measure::from_name(measure.name()), Some(*measure));
        if let Some(null) = measure.null_value() {
            assert_close(measure.to_display(0.0), null, 0.0);
            assert_eq!(measure.is_ratio(), null > 0.0);
        }
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Measure::ALL.len());
}
