//! Effects beyond the two-arm measures, against values computed from their definitions with 40 digits.

use consilience_stats::{
    Alpha, AlphaScale, Correlation, Effect, EffectError, MeanSd, PartialCorrelation, Proportion,
    ProportionScale, Rate, RateScale, TwoByTwo, arcsine_difference, coefficient_of_variation_ratio,
    correlation, fisher_z, glass_delta, glass_delta_unequal_variances, incidence_rate,
    log_coefficient_of_variation, log_mean, log_sd, mean, paired_coefficient_of_variation_ratio,
    paired_smd_of_change, paired_smd_unequal_variances, paired_variability_ratio,
    partial_correlation, partial_fisher_z, phi_coefficient, probit_difference, proportion,
    reliability, smd_from_log_odds_ratio_normal, smd_unequal_variances,
    square_root_rate_difference, standardized_mean, unbiased_correlation, variability_ratio,
    yules_q, yules_y,
};

use crate::data::assert_close;

#[track_caller]
fn assert_effect(got: Result<Effect, EffectError>, (estimate, variance): (f64, f64)) {
    let got = got.unwrap();
    assert_close(got.estimate, estimate, 1e-13);
    assert_close(got.variance, variance, 1e-13);
}

#[track_caller]
fn assert_refused(got: Result<Effect, EffectError>, message: &str) {
    assert_eq!(got.unwrap_err().to_string(), message);
}

const E: MeanSd = MeanSd { n: 25.0, mean: 5.2, sd: 2.9 };
const C: MeanSd = MeanSd { n: 22.0, mean: 6.8, sd: 3.3 };
const TABLE: TwoByTwo = TwoByTwo { events_e: 12.0, n_e: 20.0, events_c: 5.0, n_c: 20.0 };

#[test]
fn a_proportion_has_five_scales() {
    let five_of_forty = Proportion { events: 5.0, n: 40.0 };
    let expected = [
        (0.125, 0.002734375),
        (-2.0794415416798359, 0.175),
        (-1.9459101490553133, 0.22857142857142857),
        (0.36136712390670781, 0.00625),
        (0.37464187460232052, 0.0061728395061728395),
    ];
    for (&scale, expected) in ProportionScale::ALL.iter().zip(expected) {
        assert_effect(proportion(&five_of_forty, scale), expected);
    }
}

#[test]
fn a_proportion_of_none_is_corrected_except_on_the_arcsine_scales() {
    let none_of_twenty = Proportion { events: 0.0, n: 20.0 };
    let expected = [
        (0.02380952380952381, 0.0011067919231184537),
        (-3.7376696182833683, 1.9523809523809524),
        (-3.7135720667043078, 2.048780487804878),
        (0.0, 0.0125),
        (0.10999398869772972, 0.012195121951219512),
    ];
    for (&scale, expected) in ProportionScale::ALL.iter().zip(expected) {
        assert_effect(proportion(&none_of_twenty, scale), expected);
    }
}

#[test]
fn a_proportion_of_all_mirrors_a_proportion_of_none() {
    let none = Proportion { events: 0.0, n: 20.0 };
    let all = Proportion { events: 20.0, n: 20.0 };
    for (scale, sum) in [
        (ProportionScale::Raw, 1.0),
        (ProportionScale::Logit, 0.0),
        (ProportionScale::Arcsine, std::f64::consts::FRAC_PI_2),
        (ProportionScale::FreemanTukey, std::f64::consts::FRAC_PI_2),
    ] {
        let (none, all) = (proportion(&none, scale).unwrap(), proportion(&all, scale).unwrap());
        assert!((none.estimate + all.estimate - sum).abs() < 1e-14, "{scale:?}");
        assert_close(all.variance, none.variance, 1e-14);
    }
}

#[test]
fn a_rate_has_four_scales_and_a_count_of_none_is_corrected_on_two() {
    let none = Rate { events: 0.0, person_time: 50.0 };
    let expected =
        [(0.01, 0.0002), (-4.6051701859880914, 2.0), (0.0, 0.005), (0.070710678118654752, 0.005)];
    for (&scale, expected) in RateScale::ALL.iter().zip(expected) {
        assert_effect(incidence_rate(&none, scale), expected);
    }
    let three = Rate { events: 3.0, person_time: 40.0 };
    assert_effect(square_root_rate_difference(&three, &none), (0.27386127875258306, 0.01125));
}

#[test]
fn the_unbiased_correlation_is_exact_at_any_size_and_correlation() {
    for (r, n, estimate) in [
        (-0.04, 12.0, -0.04256730155479523274),
        (0.68, 10.0, 0.70629686823231817573),
        (0.001, 5.0, 0.0015697971115269818658),
        (0.5, 5.0, 0.60459978807807261686),
        (0.3, 6.0, 0.36097512928546034871),
        (0.999999, 8.0, 0.99999916666651041664),
        (0.2, 100000.0, 0.20000096003993762822),
        (1e-12, 7.0, 1.1780972450961724644e-12),
        (1e-9, 1e6, 1.00000050000212501e-9),
        (0.0, 5.0, 0.0),
    ] {
        let effect = unbiased_correlation(&Correlation { r, n }).unwrap();
        assert_close(effect.estimate, estimate, 1e-13);
    }
    let sample = Correlation { r: -0.04, n: 12.0 };
    assert_effect(
        unbiased_correlation(&sample),
        (-0.04256730155479523274, 0.090579939357333883288),
    );
}

#[test]
fn correlations_stand_raw_or_as_fishers_z() {
    let sample = Correlation { r: 0.6, n: 28.0 };
    assert_effect(correlation(&sample), (0.6, 0.4096 / 27.0));
    assert_effect(fisher_z(&sample), (std::f64::consts::LN_2, 0.04));
}

#[test]
fn a_perfect_correlation_or_table_is_refused() {
    for f in [correlation, unbiased_correlation, fisher_z] {
        assert_refused(
            f(&Correlation { r: -1.0, n: 9.0 }),
            "the correlation is -1, so its sampling variance would be 0 or undefined; expected one \
             between -1 and 1",
        );
    }
    let perfect = TwoByTwo { events_e: 7.0, n_e: 7.0, events_c: 0.0, n_c: 13.0 };
    assert_refused(
        phi_coefficient(&perfect),
        "the phi coefficient is 1, so its sampling variance would be 0 or undefined; expected one \
         between -1 and 1",
    );
}

#[test]
fn phi_has_the_delta_methods_variance_of_a_simple_random_sample() {
    let table = TwoByTwo { n_c: 30.0, ..TABLE };
    assert_effect(phi_coefficient(&table), (0.44814266466234993, 0.016826587852591837));
}

#[test]
fn yules_coefficients_and_the_arcsine_difference_follow_their_definitions() {
    assert_effect(yules_q(&TABLE), (0.63636363636363636, 0.042046308312273752));
    assert_effect(yules_y(&TABLE), (0.35924551796591853, 0.022519189298511007));
    assert_effect(arcsine_difference(&TABLE), (0.36247834819431483, 0.025));
}

#[test]
fn tables_without_events_have_an_arcsine_difference_but_no_association() {
    let none = TwoByTwo { events_e: 0.0, events_c: 0.0, ..TABLE };
    assert_effect(arcsine_difference(&none), (0.0, 0.025));
    for f in [phi_coefficient, yules_q, yules_y] {
        assert!(matches!(f(&none), Err(EffectError::NoEvents { .. })));
    }
}

#[test]
fn one_group_has_a_mean_a_variability_and_their_logs() {
    assert_effect(mean(&E), (5.2, 0.3364));
    assert_effect(log_mean(&E), (1.6486586255873817, 0.012440828402366864));
    assert_effect(log_sd(&E), (1.0855440703257617, 0.020833333333333333));
    assert_effect(log_coefficient_of_variation(&E), (-0.56311455526161999, 0.033274161735700197));
}

#[test]
fn variability_is_compared_with_or_without_the_means() {
    assert_effect(variability_ratio(&E, &C), (-0.13218792195619668, 0.044642857142857143));
    assert_effect(
        coefficient_of_variation_ratio(&E, &C),
        (0.13607606463848266, 0.067788702846262069),
    );
}

#[test]
fn pairs_share_their_correlation() {
    let c = MeanSd { n: 25.0, ..C };
    assert_effect(
        paired_variability_ratio(&E, &c, 0.6),
        (-0.12921173148000621, 0.026666666666666667),
    );
    assert_effect(
        paired_coefficient_of_variation_ratio(&E, &c, 0.6),
        (0.13905225511467314, 0.035536960067702681),
    );
    assert_effect(paired_smd_of_change(&E, &c, 0.6), (-0.55420047818690914, 0.046142763400451975));
}

#[test]
fn logs_need_means_and_deviations_above_zero() {
    let constant = MeanSd { sd: 0.0, ..E };
    let negative = MeanSd { mean: -1.0, ..E };
    assert_refused(
        variability_ratio(&E, &constant),
        "the standard deviation of the control arm is 0; expected a number above 0",
    );
    assert_refused(
        coefficient_of_variation_ratio(&negative, &C),
        "the mean of the experimental arm is -1; expected a number above 0",
    );
    assert_refused(log_mean(&negative), "the mean is -1; expected a number above 0");
    assert_refused(log_sd(&constant), "the standard deviation is 0; expected a number above 0");
}

#[test]
fn impossible_counts_are_refused_on_every_scale() {
    for &scale in ProportionScale::ALL {
        assert_refused(
            proportion(&Proportion { events: 5.0, n: 4.0 }, scale),
            "the number of events is 5; expected a number from 0 to 4",
        );
        assert!(proportion(&Proportion { events: 0.0, n: 0.0 }, scale).is_err());
        assert!(proportion(&Proportion { events: f64::NAN, n: 4.0 }, scale).is_err());
    }
    for &scale in RateScale::ALL {
        assert_refused(
            incidence_rate(&Rate { events: 1.0, person_time: 0.0 }, scale),
            "the person-time is 0; expected a number above 0",
        );
    }
}

#[test]
fn standardised_differences_have_other_yardsticks() {
    assert_effect(smd_unequal_variances(&E, &C), (-0.50641788760416032, 0.089914778681687273));
    assert_effect(glass_delta(&E, &C), (-0.46728836474384098, 0.09041723672329484));
    assert_effect(
        glass_delta_unequal_variances(&E, &C),
        (-0.46728836474384098, 0.081307962159474822),
    );
    assert_effect(standardized_mean(&E), (1.7363790392855572, 0.10030024336140469));
    let c = MeanSd { n: 25.0, ..C };
    assert_effect(
        paired_smd_unequal_variances(&E, &c, 0.6),
        (-0.5342704736263253, 0.041888933148105081),
    );
}

#[test]
fn a_standard_deviation_of_two_people_is_no_yardstick() {
    let (e, c) = (MeanSd { n: 2.0, ..E }, MeanSd { n: 2.0, ..C });
    for effect in [
        glass_delta(&E, &c),
        glass_delta_unequal_variances(&E, &c),
        standardized_mean(&e),
        paired_smd_unequal_variances(&e, &c, 0.5),
        paired_smd_of_change(&e, &c, 0.5),
    ] {
        assert!(matches!(effect, Err(EffectError::TooFew { .. })));
    }
}

#[test]
fn probits_differ_as_a_cut_normal_outcome_would() {
    assert_effect(probit_difference(&TABLE), (0.92783685333188154, 0.17323469883173907));
}

#[test]
fn reliability_has_three_scales_and_perfection_is_refused() {
    let sample = Alpha { alpha: 0.8, items: 10.0, n: 50.0 };
    let expected = [
        (0.8, 0.0018518518518518519),
        (0.41519645235742679, 0.0017390698758756576),
        (1.6094379124341004, 0.046296296296296296),
    ];
    for (&scale, expected) in AlphaScale::ALL.iter().zip(expected) {
        assert_effect(reliability(&sample, scale), expected);
        let perfect = Alpha { alpha: 1.0, ..sample };
        assert!(matches!(reliability(&perfect, scale), Err(EffectError::Perfect { .. })));
    }
}

#[test]
fn a_regressions_t_gives_a_partial_correlation() {
    let sample = PartialCorrelation { t: 2.5, n: 50.0, predictors: 3.0 };
    assert_effect(partial_correlation(&sample), (0.34585723193303733, 0.016849431102767794));
    assert_effect(partial_fisher_z(&sample), (0.36073040437438013, 0.021739130434782609));
    assert_refused(
        partial_correlation(&PartialCorrelation { predictors: 49.0, ..sample }),
        "the number of residual degrees of freedom is 0; expected at least 1",
    );
}

#[test]
fn coxs_approximation_divides_the_log_odds_ratio() {
    let log_odds_ratio = Effect { estimate: -0.825, variance: 0.272_25 };
    assert_effect(smd_from_log_odds_ratio_normal(&log_odds_ratio), (-0.5, 0.1));
}
