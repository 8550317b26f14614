//! Small-study effects: tests and adjustments, against metafor 3.8-1 on the BCG trials unless said otherwise.

use consilience_stats::bias::{
    AsymmetryTest, BiasError, ExcessOptions, ExcessTest, FailSafeMethod, FunnelContours,
    FunnelSide, MissingEstimator, OrwinMean, PUniformOptions, PetOrPeese, Predictor,
    RankDistribution, Scatter, TableTest, TrimFillOptions, asymmetry_test, excess_significance,
    fail_safe_n, henmi_copas, p_curve, p_uniform_star, pet_peese, rank_test, smd_asymmetry_test,
    table_asymmetry_test, thompson_sharp, trim_and_fill,
};
use consilience_stats::{
    Design, Direction, Effect, Interval, Model, PoolError, PoolOptions, RegressionOptions,
    Tau2Method, TwoByTwo, egger, odds_ratio, pool, standardized_mean_difference,
};
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};

use crate::data::{assert_close, bcg_risk_ratios, bcg_tables, magnesium_tables, normand_arms};

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

/// Moments' estimator and normal test: metafor's `rma(method="DL")`.
fn by_moments() -> Scatter {
    let model = Model::RandomEffects(Tau2Method::DerSimonianLaird);
    Scatter::Additive(RegressionOptions { model, ..RegressionOptions::default() })
}

#[test]
fn regression_tests_are_metafors_regtest() {
    let effects = bcg_risk_ratios();
    let design = Design::intercept(13);
    let sizes: Vec<f64> = bcg_tables().iter().map(|table| table.n_e + table.n_c).collect();
    let test = |predictor, scatter: &Scatter| {
        asymmetry_test(&effects, &design, predictor, scatter, 0.95).unwrap()
    };
    let additive = test(Predictor::StandardError, &by_moments());
    assert_close(additive.statistic, -0.8379084404844273, 1e-10);
    assert_close(additive.p_value, 0.4020821279730077, 1e-10);
    let limit = additive.limit.unwrap();
    assert_close(limit.estimate, -0.5063490387454647, 1e-10);
    assert_close(limit.ci.lower, -1.0950060262801062, 1e-10);
    assert_close(limit.ci.upper, 0.0823079487891769, 1e-9);
    let variance = test(Predictor::Variance, &by_moments());
    assert_close(variance.statistic, -0.453421409287504, 1e-10);
    let root = test(Predictor::RootInverseSampleSize(&sizes), &Scatter::Multiplicative);
    assert_close(root.statistic, -2.6259760819328912, 1e-10);
    assert_close(root.p_value, 0.0235759074535192, 1e-9);
    let size = test(Predictor::SampleSize(&sizes), &by_moments());
    assert_close(size.statistic, 2.3312338421546461, 1e-9);
    assert_eq!(size.limit, None);
    let latitude = [44., 55., 42., 52., 13., 44., 19., 13., 27., 42., 18., 33., 33.];
    let moderated = Design::builder(13).numeric("ablat", &latitude).build().unwrap();
    let predictor = Predictor::StandardError;
    let given = asymmetry_test(&effects, &moderated, predictor, &by_moments(), 0.95).unwrap();
    assert_close(given.statistic, -0.666809974513513, 1e-9);
    assert_eq!(given.limit, None);
}

#[test]
fn eggers_test_is_the_regression_on_standard_errors() {
    let effects = bcg_risk_ratios();
    let plain = egger(&effects).unwrap();
    let predictor = Predictor::StandardError;
    let design = Design::intercept(13);
    let general =
        asymmetry_test(&effects, &design, predictor, &Scatter::Multiplicative, 0.95).unwrap();
    assert_eq!(plain.statistic, general.statistic);
    assert_eq!(Some(plain.df), general.df);
}

#[test]
fn tests_for_tables_are_weighted_least_squares() {
    let magnesium = magnesium_tables();
    // Slope, standard error, t, p, intercept of R 4.2.2's `lm`, from the papers' formulas.
    let bcg: [[f64; 5]; 4] = [
        [
            -2.092991540794236,
            1.665765441780617,
            -1.256474344045064,
            0.234971952122066,
            -0.230842623249441,
        ],
        [
            -563.688203913343386,
            413.723340020775595,
            -1.362476199397010,
            0.200291792284135,
            -0.429308425801974,
        ],
        [
            6.12987027417366e-06,
            1.29828980142248e-06,
            4.72149613087729,
            6.27925091964373e-04,
            -1.04892288901923,
        ],
        [
            -50.29716994003310759,
            27.91476321712431030,
            -1.80181252295840033,
            0.09901593137028744,
            -0.00904252370527563,
        ],
    ];
    let magnesium_expected: [[f64; 5]; 4] = [
        [
            -1.75253803037208,
            0.307739632683502,
            -5.69487269185929,
            5.53550758322251e-05,
            0.102910107302845,
        ],
        [
            -115.305732237351,
            29.0391231605526,
            -3.97070295820724,
            1.39391624030909e-03,
            0.0337235264071430,
        ],
        [
            1.28757898291393e-05,
            3.03285627482299e-06,
            4.24543356572040,
            8.15334337237730e-04,
            -0.689213898242371,
        ],
        [
            -14.5989175610652,
            2.69378552255703,
            -5.41948029596931,
            9.03854042384152e-05,
            0.111290363905167,
        ],
    ];
    for (tables, expected) in [(&bcg_tables()[..], &bcg), (&magnesium[..], &magnesium_expected)] {
        for (test, expected) in TableTest::ALL.iter().zip(expected) {
            let got = table_asymmetry_test(tables, *test, 0.95).unwrap();
            assert_close(got.slope().estimate, expected[0], 1e-8);
            assert_close(got.slope().se, expected[1], 1e-8);
            assert_close(got.statistic, expected[2], 1e-8);
            assert_close(got.p_value, expected[3], 1e-7);
            assert_close(got.regression.coefficients[0].estimate, expected[4], 1e-7);
        }
    }
}

#[test]
fn a_table_without_events_is_refused_by_position() {
    let mut tables = bcg_tables();
    tables[2] = TwoByTwo { events_e: 0.0, n_e: 10.0, events_c: 0.0, n_c: 10.0 };
    for test in TableTest::ALL {
        let error = table_asymmetry_test(&tables, *test, 0.95).unwrap_err();
        assert!(error.to_string().starts_with("study 3: "), "{error}");
    }
}

#[test]
fn tests_for_mean_differences_and_additive_scatter_agree_with_r() {
    let effects: Vec<Effect> =
        normand_arms().iter().map(|(e, c)| standardized_mean_difference(e, c).unwrap()).collect();
    let sizes: Vec<(f64, f64)> = normand_arms().iter().map(|(e, c)| (e.n, c.n)).collect();
    let test = smd_asymmetry_test(&effects, &sizes, 0.95).unwrap();
    // R 4.2.2: lm(g ~ sqrt(1/n1 + 1/n2), weights = 1/v).
    assert_close(test.slope().estimate, 0.1423074118390111, 1e-9);
    assert_close(test.slope().se, 3.8976296034698388, 1e-9);
    assert_close(test.p_value, 0.9718940817792803, 1e-9);
    // metafor 3.8-1: rma(yi, vi, mods = ~ sqrt(vi), method = "DL", test = "t") of log odds ratios.
    let ratios: Vec<Effect> = bcg_tables().iter().map(|table| odds_ratio(table).unwrap()).collect();
    let test = thompson_sharp(&ratios, 0.95).unwrap();
    assert_close(test.slope().estimate, -0.747916102180969, 1e-9);
    assert_close(test.slope().se, 0.968991455811692, 1e-9);
    assert_close(test.p_value, 0.456465347311821, 1e-9);
    assert_close(test.regression.tau2, 0.337472134904735, 1e-9);
}

#[test]
fn pet_peese_takes_the_one_its_test_points_to() {
    let effects = bcg_risk_ratios();
    let answer = pet_peese(&effects, 0.05, 0.95).unwrap();
    // R 4.2.2: lm(yi ~ sqrt(vi)) and lm(yi ~ vi), weights = 1/vi.
    assert_eq!(answer.chosen, PetOrPeese::Pet);
    assert_close(answer.estimate.estimate, -0.19092864235982, 1e-9);
    assert_close(answer.estimate.p_value, 0.404183981705598, 1e-9);
    let peese = answer.peese.limit.unwrap();
    assert_close(peese.estimate, -0.379953506428271, 1e-9);
    assert_close(peese.ci.lower, -0.726070069766683, 1e-9);
    assert_close(peese.ci.upper, -0.0338369430898586, 1e-8);
    assert_eq!(pet_peese(&effects, 0.5, 0.95).unwrap().chosen, PetOrPeese::Peese);
}

const P_UNIFORM: PUniformOptions =
    PUniformOptions { direction: Direction::Positive, alpha: 0.05, level: 0.95 };

#[test]
fn p_uniform_star_is_the_maximum_that_another_search_finds() {
    // R 4.2.2: optim() of the likelihood written out from the paper, from ten starts, and uniroot() of its profiles. Significant
    // studies, mean, its limits, τ², its limits, log-likelihood, χ² of no effect and of no heterogeneity.
    let effects: Vec<Effect> = crate::published::THIRD_WAVE
        .iter()
        .map(|[g, se, _, _]| Effect { estimate: *g, variance: se * se })
        .collect();
    let vaccine = bcg_risk_ratios();
    let negative = PUniformOptions { direction: Direction::Negative, ..P_UNIFORM };
    let psychotherapies = [
        11.0,
        0.63482020372,
        0.42772710601,
        0.86900492812,
        0.02331788883,
        0.0,
        0.13274000141,
        6.52909770209,
        16.69978614269,
        1.28712577211,
    ];
    let bcg = [
        8.0,
        -0.71685413529,
        -1.17370908032,
        -0.10198219476,
        0.21046883538,
        0.06891079789,
        0.70601777799,
        -3.11616590725,
        4.80007419368,
        71.33767127541,
    ];
    for (effects, options, expected) in
        [(&effects, P_UNIFORM, psychotherapies), (&vaccine, negative, bcg)]
    {
        let fit = p_uniform_star(effects, &options).unwrap();
        let got = [
            fit.significant as f64,
            fit.estimate,
            fit.ci.lower,
            fit.ci.upper,
            fit.tau2,
            fit.tau2_ci.lower,
            fit.tau2_ci.upper,
            fit.log_likelihood,
            fit.effect_statistic,
            fit.heterogeneity_statistic,
        ];
        for (got, expected) in got.into_iter().zip(expected) {
            assert!((got - expected).abs() <= 1e-5 * expected.abs().max(0.1), "{got} {expected}");
        }
    }
}

#[test]
fn where_every_study_is_far_from_the_threshold_p_uniform_star_is_maximum_likelihood() {
    let effects: Vec<Effect> = (0..12)
        .map(|i| Effect { estimate: 40.0 + f64::from(i % 5), variance: 0.2 + 0.05 * f64::from(i) })
        .collect();
    let fit = p_uniform_star(&effects, &P_UNIFORM).unwrap();
    let model = Model::RandomEffects(Tau2Method::MaximumLikelihood);
    let plain = pool(&effects, &PoolOptions { model, ..PoolOptions::default() }).unwrap();
    assert_close(fit.estimate, plain.estimate, 1e-9);
    assert_close(fit.tau2, plain.tau2, 1e-7);
}

#[test]
fn curves_of_p_values_say_what_they_lack() {
    let dull = [0.1, 0.2].map(|estimate| Effect { estimate, variance: 1.0 });
    assert_eq!(
        p_curve(&dull).unwrap_err().to_string(),
        "0 given; a p-curve of significant studies needs at least 1"
    );
    assert!(p_uniform_star(&dull[..1], &P_UNIFORM).is_err());
    let bad = PUniformOptions { alpha: 0.0, ..P_UNIFORM };
    assert_eq!(p_uniform_star(&dull, &bad), Err(BiasError::AlphaOutOfRange { found: 0.0 }));
    // Two studies just above the threshold look like the tail of any distribution.
    let barely = [1.97, 1.98].map(|estimate| Effect { estimate, variance: 1.0 });
    assert!(p_uniform_star(&barely, &P_UNIFORM).is_ok_and(|it| it.estimate < 0.0));
    // A giant study does not decide alone.
    let giant =
        [Effect { estimate: 1.0, variance: 1e-12 }, Effect { estimate: 1.0, variance: 0.25 }];
    assert!(p_curve(&giant).unwrap().right_skew.full.z.is_finite());
}

fn common_effect(estimator: MissingEstimator, side: Option<FunnelSide>) -> TrimFillOptions {
    let pool = PoolOptions { model: Model::CommonEffect, ..PoolOptions::default() };
    TrimFillOptions { side, estimator, pool }
}

#[test]
fn trim_and_fill_is_metafors() {
    let effects = bcg_risk_ratios();
    for (estimator, missing, se, p, estimate) in [
        (MissingEstimator::L0, 4, 2.38532559119295, None, -0.291025992106353),
        (MissingEstimator::R0, 4, 3.16227766016838, Some(0.03125), -0.291025992106353),
        (MissingEstimator::Q0, 5, 3.9691833511491, None, -0.286260374516564),
    ] {
        let answer = trim_and_fill(&effects, &common_effect(estimator, None)).unwrap();
        assert_eq!((answer.side, answer.missing), (FunnelSide::Right, missing));
        assert_close(answer.missing_se.unwrap(), se, 1e-12);
        assert_eq!(answer.missing_p_value, p);
        assert_close(answer.pooled.estimate, estimate, 1e-12);
        assert_eq!(answer.filled.len(), missing);
    }
    let left = common_effect(MissingEstimator::L0, Some(FunnelSide::Left));
    assert_eq!(trim_and_fill(&effects, &left).unwrap().missing, 0);
}

#[test]
fn filled_studies_mirror_the_most_extreme_ones() {
    let effects = bcg_risk_ratios();
    let options = common_effect(MissingEstimator::L0, None);
    let answer = trim_and_fill(&effects, &options).unwrap();
    let mut sorted = effects.clone();
    sorted.sort_by(|a, b| b.estimate.total_cmp(&a.estimate));
    let extreme = &sorted[sorted.len() - answer.missing..];
    for (filled, observed) in answer.filled.iter().zip(extreme) {
        assert_eq!(filled.variance, observed.variance);
        let centre = f64::midpoint(filled.estimate, observed.estimate);
        let first = f64::midpoint(answer.filled[0].estimate, extreme[0].estimate);
        assert!((centre - first).abs() < 1e-14);
    }
}

#[test]
fn contours_sort_studies_by_significance() {
    let contours = FunnelContours::new(0.0, &[0.9, 0.95, 0.99]).unwrap();
    let limits = contours.limits(2.0);
    let Interval { lower, upper } = limits[1];
    assert_close(upper, 2.0 * 1.959963984540054, 1e-14);
    assert_eq!(lower, -upper);
    let at = |estimate| contours.region(&Effect { estimate, variance: 1.0 });
    assert_eq!([at(0.0), at(-1.7), at(2.0), at(2.7)], [0, 1, 2, 3]);
    let counts = contours.counts(&bcg_risk_ratios());
    assert_eq!(counts.iter().sum::<usize>(), 13);
    assert_eq!(counts[2] + counts[3], 8);
    assert!(FunnelContours::new(0.0, &[0.95, 0.9]).is_err());
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
    fn mirrored_studies_lack_as_many_on_the_other_side(effects in studies()) {
        for estimator in [MissingEstimator::L0, MissingEstimator::R0] {
            let there = trim_and_fill(&effects, &common_effect(estimator, Some(FunnelSide::Left)));
            let back = trim_and_fill(
                &mirrored(&effects),
                &common_effect(estimator, Some(FunnelSide::Right)),
            );
            if let (Ok(there), Ok(back)) = (there, back) {
                prop_assert_eq!(there.missing, back.missing);
                prop_assert!((there.pooled.estimate + back.pooled.estimate).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn asymmetry_changes_sign_with_the_effects(effects in studies()) {
        let slope = |effects: &[Effect]| -> Option<AsymmetryTest> {
            let design = Design::intercept(effects.len());
            let predictor = Predictor::StandardError;
            asymmetry_test(effects, &design, predictor, &Scatter::Multiplicative, 0.95).ok()
        };
        if let (Some(there), Some(back)) = (slope(&effects), slope(&mirrored(&effects))) {
            prop_assert!((there.statistic + back.statistic).abs() < 1e-9 * there.statistic.abs().max(1.0));
        }
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
