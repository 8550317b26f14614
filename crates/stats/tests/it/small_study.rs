//! Small-study effects: tests and adjustments, against metafor 3.8-1 on the BCG trials unless said otherwise.

use consilience_stats::bias::{
    BiasError, ExcessOptions, ExcessTest, FailSafeMethod, OrwinMean, RankDistribution,
    excess_significance, fail_safe_n, henmi_copas, rank_test,
};
use consilience_stats::{Effect, PoolError};
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};

use crate::data::{assert_close, bcg_risk_ratios};

#[test]
fn fail_safe_numbers_are_metafors_fsn() {
    let effects = bcg_risk_ratios();
    let fsn = |method| fail_safe_n(&effects, method).unwrap();
    let rosenthal = fsn(FailSafeMethod::Rosenthal { alpha: 0.05 });
    assert_eq!(rosenthal.n, 598.0);
    assert_close(rosenthal.p_value.unwrap(), 8.81395689626115e-30, 1e-11);
    assert_eq!(fsn(FailSafeMethod::Rosenthal { alpha: 0.01 }).n, 293.0);
    let rosenberg = fsn(FailSafeMethod::Rosenberg { alpha: 0.05 });
    assert_eq!(rosenberg.n, 370.0);
    assert_close(rosenberg.p_value.unwrap(), 2.28862930697316e-26, 1e-11);
    let five_percent = libm::log(0.95);
    for (mean, n, average) in [
        (OrwinMean::Unweighted, 175.0, -0.7406503812109362),
        (OrwinMean::InverseVariance, 97.0, -0.4302851636540910),
    ] {
        // The target's sign is that of the mean, whichever is given.
        for target in [five_percent, -five_percent] {
            let orwin = fsn(FailSafeMethod::Orwin { target: Some(target), mean });
            assert_eq!(orwin.n, n);
            assert_close(orwin.mean.unwrap(), average, 1e-12);
            assert_close(orwin.target.unwrap(), five_percent, 1e-12);
        }
    }
    let half = fsn(FailSafeMethod::Orwin { target: None, mean: OrwinMean::Unweighted });
    assert_eq!(half.n, 13.0);
}

#[test]
fn fail_safe_n_is_0_once_the_result_is_undone_and_refuses_an_impossible_target() {
    let effects =
        [Effect { estimate: 0.1, variance: 1.0 }, Effect { estimate: 0.0, variance: 2.0 }];
    let n = |method| fail_safe_n(&effects, method).map(|answer| answer.n);
    assert_eq!(n(FailSafeMethod::Rosenthal { alpha: 0.05 }), Ok(0.0));
    assert_eq!(n(FailSafeMethod::Rosenberg { alpha: 0.05 }), Ok(0.0));
    let orwin = |target| FailSafeMethod::Orwin { target, mean: OrwinMean::Unweighted };
    assert_eq!(n(orwin(Some(0.2))), Ok(0.0));
    assert_eq!(n(orwin(Some(0.0))), Err(BiasError::Target { found: 0.0 }));
    assert_eq!(
        n(FailSafeMethod::Rosenthal { alpha: 1.0 }),
        Err(BiasError::AlphaOutOfRange { found: 1.0 })
    );
}

#[test]
fn the_rank_test_is_exact_without_ties_and_normal_with() {
    let mut effects = bcg_risk_ratios();
    let test = rank_test(&effects).unwrap();
    assert_eq!(test.distribution, RankDistribution::Exact);
    assert_close(test.kendall_tau, 0.0256410256410256, 1e-13);
    assert_close(test.p_value, 0.9523619079608663, 1e-12);
    effects[2].variance = effects[1].variance;
    let test = rank_test(&effects).unwrap();
    assert_eq!(test.distribution, RankDistribution::Normal);
    assert_close(test.kendall_tau, 0.0129034943523127, 1e-12);
    assert_close(test.p_value, 0.9512614545962469, 1e-12);
}

#[test]
fn equal_variances_have_no_ranks() {
    let effects = [0.1, 0.2, 0.4].map(|estimate| Effect { estimate, variance: 0.5 });
    assert_eq!(rank_test(&effects), Err(PoolError::SameStandardErrors.into()));
}

#[test]
fn henmi_and_copas_interval_is_metafors_hc() {
    let answer = henmi_copas(&bcg_risk_ratios(), 0.95).unwrap();
    assert_close(answer.estimate, -0.430285163654091, 1e-12);
    assert_close(answer.se, 0.283544351355250, 1e-12);
    // metafor stops its root search at 1e-4.
    assert_close(answer.ci.lower, -1.155511867500363, 1e-4);
    assert_close(answer.ci.upper, 0.294941540192181, 3e-4);
}

#[test]
fn excess_significance_is_metafors_tes() {
    let effects = bcg_risk_ratios();
    let options = ExcessOptions { test: ExcessTest::ChiSquared, ..ExcessOptions::default() };
    let test = excess_significance(&effects, &options).unwrap();
    assert_eq!((test.k, test.observed), (13, 8));
    assert_close(test.expected, 6.092659090280687, 1e-12);
    assert_close(test.chi2.unwrap(), 1.123782412074150, 1e-12);
    assert_close(test.p_value, 0.144552729083023, 1e-12);
    // metafor stops its root search at 1e-4.
    assert_close(test.theta_limit.unwrap(), -0.393303298052880, 1e-4);
    let exact = excess_significance(&effects[..9], &ExcessOptions::default()).unwrap();
    assert_eq!(exact.observed, 6);
    assert_close(exact.p_value, 0.126369266103347, 1e-12);
    assert_close(exact.theta_limit.unwrap(), -0.411488500515016, 1e-4);
}

fn studies() -> impl Strategy<Value = Vec<Effect>> {
    proptest::collection::vec((-3.0..3.0, 0.01..4.0), 3..12).prop_map(|studies| {
        studies.into_iter().map(|(estimate, variance)| Effect { estimate, variance }).collect()
    })
}

fn mirrored(effects: &[Effect]) -> Vec<Effect> {
    effects.iter().map(|e| Effect { estimate: -e.estimate, ..*e }).collect()
}

proptest! {
    #[test]
    fn mirrored_studies_have_the_mirrored_rank_correlation(effects in studies()) {
        let (there, back) = (rank_test(&effects).unwrap(), rank_test(&mirrored(&effects)).unwrap());
        prop_assert_eq!(there.kendall_tau, -back.kendall_tau);
        prop_assert_eq!(there.p_value, back.p_value);
    }

    #[test]
    fn henmi_and_copas_interval_moves_with_the_effects(
        effects in studies()
    ) {
        let answer = henmi_copas(&effects, 0.95).unwrap();
        let moved: Vec<Effect> =
            effects.iter().map(|e| Effect { estimate: e.estimate + 5.0, ..*e }).collect();
        let moved = henmi_copas(&moved, 0.95).unwrap();
        prop_assert!((moved.ci.lower - answer.ci.lower - 5.0).abs() < 1e-8);
    }

    #[test]
    fn the_exact_test_of_excess_agrees_with_the_binomial_when_power_is_equal(
        estimates in proptest::collection::vec(-3.0..3.0, 2..15), variance in 0.05..2.0
    ) {
        let effects: Vec<Effect> =
            estimates.into_iter().map(|estimate| Effect { estimate, variance }).collect();
        let p = |test| {
            let options = ExcessOptions { test, ..ExcessOptions::default() };
            excess_significance(&effects, &options).unwrap().p_value
        };
        prop_assert!((p(ExcessTest::Exact) - p(ExcessTest::Binomial)).abs() < 1e-10);
    }
}
