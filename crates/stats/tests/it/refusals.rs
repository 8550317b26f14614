//! Input that has no answer is refused with the reason; nothing panics and nothing half-true comes back.

use consilience_stats::{
    CiMethod, Effect, EffectError, MeanSd, MhMeasure, MhOptions, Model, PoolError, PoolOptions,
    Rate, Tau2Method, TwoByTwo, egger, leave_one_out, mantel_haenszel, mean_difference, odds_ratio,
    paired_mean_difference, paired_smd, peto_odds_ratio, pool, rate_ratio, ratio_of_means,
    risk_ratio, standardized_mean_difference, tau2_interval_q_profile,
    test_for_subgroup_differences,
};

use crate::data::assert_close;

const ARM: MeanSd = MeanSd { n: 20.0, mean: 3.0, sd: 1.0 };

#[track_caller]
fn assert_says(error: &impl ToString, expected: &str) {
    assert_eq!(error.to_string(), expected);
}

#[test]
fn impossible_arms_are_named() {
    assert_says(
        &mean_difference(&MeanSd { n: 1.0, ..ARM }, &ARM).unwrap_err(),
        "the number of people in the experimental arm is 1; expected at least 2",
    );
    assert_says(
        &mean_difference(&ARM, &MeanSd { sd: -1.0, ..ARM }).unwrap_err(),
        "the standard deviation of the control arm is -1; expected 0 or more",
    );
    assert_says(
        &standardized_mean_difference(&MeanSd { mean: f64::NAN, ..ARM }, &ARM).unwrap_err(),
        "the mean of the experimental arm is NaN; expected a finite number",
    );
    assert_says(
        &ratio_of_means(&ARM, &MeanSd { mean: 0.0, ..ARM }).unwrap_err(),
        "the mean of the control arm is 0; expected a number above 0",
    );
}

#[test]
fn arms_without_variation_are_refused() {
    let constant = MeanSd { sd: 0.0, ..ARM };
    for effect in [
        mean_difference(&constant, &constant),
        standardized_mean_difference(&constant, &constant),
        ratio_of_means(&constant, &constant),
        paired_mean_difference(&ARM, &ARM, 1.0),
        paired_smd(&constant, &constant, 0.5),
    ] {
        assert_eq!(effect, Err(EffectError::NoVariation));
    }
}

#[test]
fn pairs_must_be_pairs_and_correlations_correlations() {
    assert_says(
        &paired_mean_difference(&ARM, &MeanSd { n: 19.0, ..ARM }, 0.5).unwrap_err(),
        "20 people on the experimental side and 19 on the control side; expected the same number, \
         because the data are paired",
    );
    assert_says(
        &paired_mean_difference(&ARM, &ARM, 1.5).unwrap_err(),
        "the correlation between the two sides is 1.5; expected a number from -1 to 1",
    );
}

#[test]
fn tables_that_say_nothing_or_cannot_be_are_refused() {
    let table = |events_e, n_e, events_c, n_c| TwoByTwo { events_e, n_e, events_c, n_c };
    assert_says(
        &risk_ratio(&table(0.0, 10.0, 0.0, 12.0)).unwrap_err(),
        "no events in either arm: the risk ratio cannot be estimated",
    );
    assert_says(
        &odds_ratio(&table(10.0, 10.0, 12.0, 12.0)).unwrap_err(),
        "everybody in both arms had the event: the odds ratio cannot be estimated",
    );
    assert_says(
        &peto_odds_ratio(&table(11.0, 10.0, 1.0, 12.0)).unwrap_err(),
        "11 experimental events among 10 people; expected no more events than people",
    );
    assert_says(
        &risk_ratio(&table(0.0, 0.0, 1.0, 12.0)).unwrap_err(),
        "the number of people in the experimental arm is 0; expected a number above 0",
    );
    assert_says(
        &rate_ratio(
            &Rate { events: 0.0, person_time: 10.0 },
            &Rate { events: 0.0, person_time: 10.0 },
        )
        .unwrap_err(),
        "no events in either arm: the rate ratio cannot be estimated",
    );
}

const EFFECT: Effect = Effect { estimate: 0.1, variance: 0.02 };

#[test]
fn impossible_effects_are_named_by_position() {
    let options = PoolOptions::default();
    assert_eq!(pool(&[], &options), Err(PoolError::NoStudies));
    assert_says(
        &pool(&[EFFECT, Effect { variance: 0.0, ..EFFECT }], &options).unwrap_err(),
        "the sampling variance of study 2 is 0; expected a finite number above 0",
    );
    assert_says(
        &pool(&[Effect { estimate: f64::INFINITY, ..EFFECT }], &options).unwrap_err(),
        "the estimate of study 1 is inf; expected a finite number",
    );
    assert_says(
        &pool(&[EFFECT], &PoolOptions { level: 95.0, ..options }).unwrap_err(),
        "the confidence level is 95; expected a number between 0 and 1, such as 0.95",
    );
}

#[test]
fn hartung_knapp_needs_studies_that_differ() {
    let options = PoolOptions { ci: CiMethod::HartungKnapp, ..PoolOptions::default() };
    assert_eq!(pool(&[EFFECT], &options), Err(PoolError::HartungKnappOneStudy));
    assert_eq!(pool(&[EFFECT; 3], &options), Err(PoolError::HartungKnappNoVariation));
    let ad_hoc = PoolOptions { ci: CiMethod::HartungKnappAdHoc, ..options };
    assert!(pool(&[EFFECT; 3], &ad_hoc).is_ok());
    assert_eq!(leave_one_out(&[EFFECT; 2], &options), Err(PoolError::HartungKnappOneStudy),);
}

#[test]
fn hartung_knapp_does_not_take_rounding_for_difference() {
    let arm = |mean| MeanSd { mean, ..ARM };
    let same = [(5.3, 5.1), (0.3, 0.1), (2.4, 2.2)];
    let effects = same.map(|(e, c)| mean_difference(&arm(e), &arm(c)).unwrap());
    assert!(effects[0].estimate > effects[1].estimate, "equal up to rounding only");
    let options = PoolOptions { ci: CiMethod::HartungKnapp, ..PoolOptions::default() };
    assert_eq!(pool(&effects, &options), Err(PoolError::HartungKnappNoVariation));
}

#[test]
fn too_few_studies_are_counted() {
    assert_says(&egger(&[EFFECT; 2]).unwrap_err(), "2 given; Egger's test needs at least 3");
    assert!(matches!(
        leave_one_out(&[EFFECT], &PoolOptions::default()),
        Err(PoolError::TooFew { needed: 2, .. })
    ));
    assert!(matches!(
        tau2_interval_q_profile(&[EFFECT], 0.95),
        Err(PoolError::TooFew { needed: 2, .. })
    ));
    assert!(matches!(
        test_for_subgroup_differences(&[EFFECT]),
        Err(PoolError::TooFew { needed: 2, .. })
    ));
}

#[test]
fn eggers_test_needs_studies_of_different_size_that_scatter() {
    let same_size = [0.1, 0.2, 0.3].map(|estimate| Effect { estimate, variance: 0.02 });
    assert_eq!(egger(&same_size), Err(PoolError::SameStandardErrors));
    let on_a_line = [1.0, 2.0, 3.0].map(|se| Effect { estimate: 0.1 + se, variance: se * se });
    assert_eq!(egger(&on_a_line), Err(PoolError::PerfectFit));
}

#[test]
fn tables_without_a_single_event_cannot_be_pooled() {
    let empty = TwoByTwo { events_e: 0.0, n_e: 10.0, events_c: 0.0, n_c: 10.0 };
    assert_says(
        &mantel_haenszel(&[empty; 2], MhMeasure::OddsRatio, &MhOptions::default()).unwrap_err(),
        "none of the 2 studies is estimable; expected at least one with events",
    );
    let impossible = TwoByTwo { events_e: 11.0, ..empty };
    assert_says(
        &mantel_haenszel(&[empty, impossible], MhMeasure::OddsRatio, &MhOptions::default())
            .unwrap_err(),
        "study 2: 11 experimental events among 10 people; expected no more events than people",
    );
}

#[test]
fn extreme_magnitudes_are_computed_or_refused_but_never_wrong() {
    let magnitudes = [1e-320, 1e-200, 1e-100, 1e-30, 1.0, 1e30, 1e100, 1e200, 1e308];
    for &scale in &magnitudes {
        for &variance in &magnitudes {
            let effects = [1.0, 2.0, 4.0].map(|x| Effect { estimate: x * scale, variance });
            for method in Tau2Method::ALL {
                let options =
                    PoolOptions { model: Model::RandomEffects(*method), ..PoolOptions::default() };
                // The same studies in a unit in which they are about 1.
                let relative = variance / scale / scale;
                let plain = [1.0, 2.0, 4.0].map(|x| Effect { estimate: x, variance: relative });
                if let (Ok(fit), Ok(plain)) = (pool(&effects, &options), pool(&plain, &options)) {
                    assert_close(fit.estimate / scale, plain.estimate, 1e-9);
                    assert_close(fit.se / scale, plain.se, 1e-9);
                    let error = (fit.tau2 / scale / scale - plain.tau2).abs();
                    assert!(error <= 1e-9 * (plain.tau2 + plain.se * plain.se), "{fit:?}");
                }
            }
        }
    }
}

#[test]
fn the_search_for_tau2_ends_even_beside_a_variance_that_is_almost_nothing() {
    for tiny in [5e-324, 1e-320, 1e-310, 1e-300] {
        let effects = [(0.0, tiny), (1.0, 1.0), (3.0, 1.0)]
            .map(|(estimate, variance)| Effect { estimate, variance });
        for method in [Tau2Method::Reml, Tau2Method::MaximumLikelihood] {
            let options =
                PoolOptions { model: Model::RandomEffects(method), ..PoolOptions::default() };
            if let Ok(fit) = pool(&effects, &options) {
                assert!(fit.tau2 >= 0.0 && fit.estimate.is_finite(), "{fit:?}");
            }
        }
    }
}
