//! Meta-regression: what metafor 3.8-1 prints for the BCG trials, and what must hold for any data.

use consilience_stats::{
    CiMethod, Design, Effect, Matrix, Model, PoolError, PoolOptions, PredictionMethod, Regression,
    RegressionOptions, SubgroupTau2, Tau2IntervalMethod, Tau2Method, Weighting, pool, regress,
    subgroup_analysis, tau2_interval_q_profile,
};
use proptest::prelude::*;

use crate::data::{BCG_ALLOCATION, assert_close, bcg_risk_ratios, bcg_tables};

/// Absolute latitude and year of the BCG trials.
pub(crate) const LATITUDE: [f64; 13] =
    [44.0, 55.0, 42.0, 52.0, 13.0, 44.0, 19.0, 13.0, 27.0, 42.0, 18.0, 33.0, 33.0];
const YEAR: [f64; 13] = [
    1948.0, 1949.0, 1960.0, 1977.0, 1973.0, 1953.0, 1973.0, 1980.0, 1968.0, 1961.0, 1974.0, 1969.0,
    1976.0,
];

fn by(method: Tau2Method) -> RegressionOptions {
    RegressionOptions { model: Model::RandomEffects(method), ..RegressionOptions::default() }
}

pub(crate) fn latitude() -> Design {
    Design::builder(13).numeric("ablat", &LATITUDE).build().unwrap()
}

fn latitude_and_year() -> Design {
    Design::builder(13).numeric("ablat", &LATITUDE).numeric("year", &YEAR).build().unwrap()
}

#[test]
fn bcg_on_latitude_and_year_is_metafors() {
    // rma(yi, vi, mods = ~ ablat + year), method REML solved to 1e-14.
    let fit = regress(&bcg_risk_ratios(), &latitude_and_year(), &by(Tau2Method::Reml)).unwrap();
    let beta = [-3.54535301985948, -0.02801132944423, 0.00190748044747];
    let se = [29.095622232597, 0.010233943231, 0.014683685892];
    for (j, coefficient) in fit.coefficients.iter().enumerate() {
        // The intercept lies two thousand years from the data: its digits are those of the year's slope.
        assert_close(coefficient.estimate, beta[j], 1e-6);
        assert_close(coefficient.se, se[j], 1e-9);
    }
    assert_close(fit.tau2, 0.11078469694691, 1e-9);
    assert_close(fit.se_tau2.unwrap(), 0.08446077545953, 1e-9);
    assert_close(fit.i2, 71.97731777835178, 1e-9);
    assert_close(fit.h2, 3.56853777268857, 1e-9);
    assert_close(fit.r2.unwrap(), 64.63301473558248, 1e-9);
    assert_close(fit.q_e, 28.32514365625527, 1e-9);
    assert_close(fit.q_m.statistic, 12.20448687926488, 1e-9);
    assert_close(fit.q_m.p_value, 0.00223784162114, 1e-8);
    let restricted = fit.fit.reml.unwrap();
    assert_close(restricted.ll, -8.10687383701, 1e-9);
    assert_close(restricted.aic, 24.21374767403, 1e-9);
    assert_close(restricted.bic, 25.42408804600, 1e-9);
    assert_close(restricted.aicc, 32.21374767403, 1e-9);
}

#[test]
fn predictions_with_k_minus_p_minus_1_degrees_of_freedom_are_metafors() {
    // predict(rma(yi, vi, mods = ~ ablat, test = "knha"), newmods = c(0, 30), pi.type = "riley")
    let options = RegressionOptions { ci: CiMethod::HartungKnapp, ..by(Tau2Method::Reml) };
    let fit = regress(&bcg_risk_ratios(), &latitude(), &options).unwrap();
    let rows = Matrix::from_row_slice(2, 2, &[1.0, 0.0, 1.0, 30.0]);
    let method = PredictionMethod::HigginsThompsonSpiegelhalter;
    let predictions = fit.predict(&rows, method, 0.95).unwrap();
    let expected = [
        [0.251468210007, 0.283925283743, -0.631284102928, 1.134220522943],
        [-0.621583540342, 0.121874758804, -1.294471958937, 0.051304878253],
    ];
    for (got, expected) in predictions.iter().zip(expected) {
        let interval = got.prediction.unwrap();
        let got = [got.estimate, got.se, interval.lower, interval.upper];
        for (got, expected) in got.iter().zip(expected) {
            assert_close(*got, expected, 1e-9);
        }
    }
}

#[test]
fn intervals_of_heterogeneity_are_metafors() {
    let effects = bcg_risk_ratios();
    let knapp = RegressionOptions { ci: CiMethod::HartungKnapp, ..by(Tau2Method::Reml) };
    let fit = regress(&effects, &latitude(), &knapp).unwrap();
    let interval = fit.tau2_interval(Tau2IntervalMethod::QProfile, 0.95).unwrap();
    assert_close(interval.tau2.lower, 0.0166800683206, 1e-9);
    assert_close(interval.tau2.upper, 0.7848352545755, 1e-9);
    // confint(rma(yi, vi), type = "PL")
    let fit = regress(&effects, &Design::intercept(13), &by(Tau2Method::Reml)).unwrap();
    let interval = fit.tau2_interval(Tau2IntervalMethod::ProfileLikelihood, 0.95).unwrap();
    assert_close(interval.tau2.lower, 0.115266105748, 1e-8);
    assert_close(interval.tau2.upper, 0.964695326514, 1e-8);
}

#[test]
fn generalised_q_intervals_and_medians_are_imhofs() {
    // Roots in tau2 of Imhof's (1961, doi 10.1093/biomet/48.3-4.419) integral for the eigenvalues of S^(1/2) P S^(1/2),
    // by R's integrate() and uniroot() to 1e-12; the last column has the weights n/40000.
    let effects = bcg_risk_ratios();
    let sizes: Vec<f64> = bcg_tables().iter().map(|table| table.n_e + table.n_c).collect();
    let mean = Design::intercept(13);
    let cases = [
        (mean.clone(), Weighting::InverseVariance, [0.101050069452, 1.63608820107, 0.382809496482]),
        (
            latitude(),
            Weighting::InverseVariance,
            [0.0123343784535, 0.403623843559, 0.0778542276567],
        ),
        (
            latitude_and_year(),
            Weighting::InverseVariance,
            [0.0141021522503, 0.536537343269, 0.100790039214],
        ),
        (mean, Weighting::Given(sizes), [0.0681936021391, 1.47631837779, 0.304195809681]),
    ];
    for (design, weighting, [lower, upper, median]) in cases {
        let options = RegressionOptions { weighting, ..by(Tau2Method::MedianUnbiasedGeneralisedQ) };
        let fit = regress(&effects, &design, &options).unwrap();
        let interval = fit.tau2_interval(Tau2IntervalMethod::GeneralisedQ, 0.95).unwrap();
        assert_close(interval.tau2.lower, lower, 1e-10);
        assert_close(interval.tau2.upper, upper, 1e-10);
        assert_close(fit.tau2, median, 1e-10);
    }
}

#[test]
fn with_equal_variances_generalised_q_is_q_profile() {
    let effects: Vec<Effect> = [0.1, 0.9, -0.4, 1.3, 0.2, 0.6]
        .map(|estimate| Effect { estimate, variance: 0.07 })
        .to_vec();
    let options = by(Tau2Method::MedianUnbiasedGeneralisedQ);
    let fit = regress(&effects, &Design::intercept(6), &options).unwrap();
    let got = fit.tau2_interval(Tau2IntervalMethod::GeneralisedQ, 0.9).unwrap().tau2;
    let expected = tau2_interval_q_profile(&effects, 0.9).unwrap();
    assert_close(got.lower, expected.lower, 1e-10);
    assert_close(got.upper, expected.upper, 1e-10);
    let options = PoolOptions {
        model: Model::RandomEffects(Tau2Method::MedianUnbiasedPauleMandel),
        ..PoolOptions::default()
    };
    assert_close(fit.tau2, pool(&effects, &options).unwrap().tau2, 1e-10);
}

#[test]
fn estimates_that_agree_too_well_have_an_empty_interval() {
    let effects = [0.3, 0.3, 0.300001].map(|estimate| Effect { estimate, variance: 0.2 });
    let fit = regress(&effects, &Design::intercept(3), &by(Tau2Method::Reml)).unwrap();
    for method in [Tau2IntervalMethod::QProfile, Tau2IntervalMethod::GeneralisedQ] {
        let interval = fit.tau2_interval(method, 0.95).unwrap();
        assert!(interval.is_empty, "{interval:?}");
        assert_eq!((interval.tau2.lower, interval.tau2.upper), (0.0, 0.0));
    }
}

#[test]
fn a_likelihood_ratio_test_is_metafors() {
    // anova(rma(yi, vi, mods = ~ ablat, method = "ML"), rma(yi, vi, method = "ML"))
    let effects = bcg_risk_ratios();
    let ml = by(Tau2Method::MaximumLikelihood);
    let full = regress(&effects, &latitude(), &ml).unwrap();
    let reduced = regress(&effects, &Design::intercept(13), &ml).unwrap();
    let test = full.likelihood_ratio_test(&reduced).unwrap();
    assert_close(test.statistic, 9.95882163972536, 1e-9);
    assert_close(test.p_value, 0.00160080481067, 1e-8);
    assert_close(test.r2, 87.73286041313536, 1e-8);
    assert_eq!((test.parameters_full, test.parameters_reduced), (3, 2));
    assert_eq!(
        reduced.likelihood_ratio_test(&full).unwrap_err(),
        PoolError::NotNested { full: 2, reduced: 3 }
    );
}

#[test]
fn subgroups_with_one_tau2_are_a_regression() {
    // rma(yi, vi, mods = ~ factor(alloc) - 1), and anova() of the two differences.
    let mut labels = ["alternate"; 13];
    for (level, members) in ["random", "alternate", "systematic"].iter().zip(BCG_ALLOCATION) {
        for &member in members {
            labels[member] = level;
        }
    }
    let levels = ["alternate", "random", "systematic"];
    let options = PoolOptions::default();
    let got =
        subgroup_analysis(&bcg_risk_ratios(), &labels, &levels, &options, SubgroupTau2::Common);
    let got = got.unwrap();
    let expected = [
        (-0.517955777155, 0.441194460387),
        (-0.965774178546, 0.267244094065),
        (-0.428917560924, 0.344945367625),
    ];
    for (group, (estimate, se)) in got.groups.iter().zip(expected) {
        assert_close(group.estimate, estimate, 1e-9);
        assert_close(group.se, se, 1e-9);
        assert_close(group.tau2, 0.361503664324, 1e-9);
    }
    assert_eq!(got.groups.iter().map(|group| group.k).collect::<Vec<_>>(), [2, 7, 4]);
    assert_close(got.test.statistic, 1.767511401932, 1e-9);
    assert_close(got.test.p_value, 0.413228032757, 1e-9);
}

#[test]
fn a_blup_is_metafors() {
    let fit = regress(&bcg_risk_ratios(), &Design::intercept(13), &by(Tau2Method::Reml)).unwrap();
    let first = fit.blups()[0];
    assert_close(first.estimate, -0.800233561970, 1e-9);
    assert_close(first.se, 0.409930447526, 1e-9);
}

#[test]
fn a_collinear_moderator_is_named() {
    let effects = bcg_risk_ratios();
    let double = LATITUDE.map(|x| 3.0 - 2.0 * x);
    let cases = [
        (Design::builder(13).numeric("ablat", &LATITUDE).numeric("other", &double), "other"),
        (Design::builder(13).numeric("always", &[7.0; 13]), "always"),
        (
            Design::builder(13)
                .without_intercept()
                .factor("f", &["a"; 13], &["a", "b"])
                .numeric("x", &LATITUDE),
            "fb",
        ),
    ];
    for (builder, column) in cases {
        let error =
            regress(&effects, &builder.build().unwrap(), &by(Tau2Method::Reml)).unwrap_err();
        assert_eq!(error, PoolError::Collinear { column: column.to_owned() });
    }
}

#[test]
fn what_does_not_fit_together_is_refused_with_the_reason() {
    let effects = bcg_risk_ratios();
    let says = |result: Result<Regression, PoolError>, words: &str| {
        let message = result.unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    };
    let reml = by(Tau2Method::Reml);
    says(regress(&effects[..4], &latitude(), &reml), "13 rows; expected 4");
    let few = Design::builder(2).numeric("x", &[1.0, 2.0]).build().unwrap();
    says(regress(&effects[..2], &few, &reml), "2 studies for 2 coefficients");
    let weights = Weighting::Given(vec![1.0; 12]);
    let options = RegressionOptions { weighting: weights, ..reml.clone() };
    says(regress(&effects, &latitude(), &options), "12 weights; expected 13");
    let mut weights = vec![1.0; 13];
    weights[4] = 0.0;
    let options = RegressionOptions { weighting: Weighting::Given(weights), ..reml.clone() };
    says(regress(&effects, &latitude(), &options), "weight 5 is 0");
    let options = RegressionOptions { model: Model::GivenTau2(-1.0), ..reml.clone() };
    says(regress(&effects, &latitude(), &options), "tau2 is given as -1");
    let fit = regress(&effects, &latitude(), &reml).unwrap();
    assert!(fit.wald_test(&[2]).is_err() && fit.wald_test(&[]).is_err());
    let row = Matrix::from_row_slice(1, 1, &[1.0]);
    assert!(fit.predict(&row, PredictionMethod::AsTest, 0.95).is_err());
    let missing = Design::builder(2).numeric("x", &[1.0, f64::NAN]).build().unwrap_err();
    assert_eq!(missing.to_string(), "moderator `x` of study 2 is NaN; expected a finite number");
    let unknown = Design::builder(2).factor("f", &["a", "c"], &["a", "b"]).build().unwrap_err();
    assert!(unknown.to_string().contains("study 2 is `c`"), "{unknown}");
}

#[test]
fn as_many_studies_as_coefficients_fit_exactly() {
    let effects =
        [(0.1, 0.01), (0.5, 0.04)].map(|(estimate, variance)| Effect { estimate, variance });
    let design = Design::builder(2).numeric("x", &[1.0, 3.0]).build().unwrap();
    let options = RegressionOptions { model: Model::CommonEffect, ..RegressionOptions::default() };
    let fit = regress(&effects, &design, &options).unwrap();
    assert_close(fit.coefficients[1].estimate, 0.2, 1e-14);
    assert_close(fit.coefficients[1].se, (0.05_f64).sqrt() / 2.0, 1e-14);
    assert!(fit.fit.reml.is_none());
    assert_eq!((fit.q_e, fit.q_e_p_value), (0.0, 1.0));
}

#[test]
fn one_giant_study_does_not_drown_the_others() {
    // The giant fixes the mean at x = 0; the slope is the weighted one through it.
    let effects = [(5.0, 1e-12), (5.3, 1e2), (6.1, 4e2), (4.4, 9e2)]
        .map(|(estimate, variance)| Effect { estimate, variance });
    let design = Design::builder(4).numeric("x", &[0.0, 1.0, 2.0, 3.0]).build().unwrap();
    let options = RegressionOptions { model: Model::CommonEffect, ..RegressionOptions::default() };
    let fit = regress(&effects, &design, &options).unwrap();
    let (xy, xx) = effects[1..].iter().zip([1.0, 2.0, 3.0]).fold((0.0, 0.0), |(xy, xx), (e, x)| {
        (xy + x * (e.estimate - 5.0) / e.variance, xx + x * x / e.variance)
    });
    assert_close(fit.coefficients[0].estimate, 5.0, 1e-15);
    assert_close(fit.coefficients[1].estimate, xy / xx, 1e-12);
    assert_close(fit.coefficients[1].se, (1.0 / xx).sqrt(), 1e-12);
}

/// Effects, a moderator and a factor of three levels.
fn studies() -> impl Strategy<Value = Vec<(Effect, f64, usize)>> {
    let study = (-5.0..5.0_f64, -7.0..3.0_f64, -10.0..10.0_f64, 0..3_usize).prop_map(
        |(estimate, log, x, level)| (Effect { estimate, variance: libm::exp(log) }, x, level),
    );
    prop::collection::vec(study, 8..25)
        .prop_filter("each level", |studies| (0..3).all(|l| studies.iter().any(|it| it.2 == l)))
}

fn methods() -> impl Strategy<Value = RegressionOptions> {
    let weighting = prop::sample::select(vec![Weighting::InverseVariance, Weighting::Unweighted]);
    (prop::sample::select(Model::ALL), weighting).prop_map(|(model, weighting)| RegressionOptions {
        model,
        weighting,
        ..RegressionOptions::default()
    })
}

fn design(studies: &[(Effect, f64, usize)], shift: f64, scale: f64) -> Design {
    let x: Vec<f64> = studies.iter().map(|it| shift + scale * it.1).collect();
    let labels: Vec<&str> = studies.iter().map(|it| ["a", "b", "c"][it.2]).collect();
    Design::builder(studies.len())
        .numeric("x", &x)
        .factor("f", &labels, &["a", "b", "c"])
        .build()
        .unwrap()
}

fn near(a: f64, b: f64, size: f64) -> bool {
    (a - b).abs() <= 1e-8 * size.abs().max(a.abs()).max(b.abs())
}

proptest! {
    #[test]
    fn moderators_may_be_moved_and_rescaled(studies in studies(), options in methods()) {
        let effects: Vec<Effect> = studies.iter().map(|it| it.0).collect();
        let plain = regress(&effects, &design(&studies, 0.0, 1.0), &options).unwrap();
        let moved = regress(&effects, &design(&studies, 2000.0, 0.25), &options).unwrap();
        let typical = plain.typical_variance;
        prop_assert!(near(plain.tau2, moved.tau2, typical), "{} {}", plain.tau2, moved.tau2);
        let (a, b) = (&plain.coefficients[1], &moved.coefficients[1]);
        prop_assert!(near(a.estimate, 0.25 * b.estimate, a.se) && near(a.se, 0.25 * b.se, 0.0));
        prop_assert!(near(plain.q_m.statistic, moved.q_m.statistic, 1.0));
        prop_assert!(near(plain.q_e, moved.q_e, 1.0));
    }

    #[test]
    fn the_order_of_studies_does_not_matter_to_a_regression(studies in studies(), options in methods()) {
        let fit = |studies: &[(Effect, f64, usize)]| {
            let effects: Vec<Effect> = studies.iter().map(|it| it.0).collect();
            regress(&effects, &design(studies, 0.0, 1.0), &options).unwrap()
        };
        let reversed: Vec<_> = studies.iter().rev().copied().collect();
        let (a, b) = (fit(&studies), fit(&reversed));
        prop_assert!(near(a.tau2, b.tau2, a.typical_variance));
        for (a, b) in a.coefficients.iter().zip(&b.coefficients) {
            prop_assert!(near(a.estimate, b.estimate, a.se) && near(a.se, b.se, 0.0));
        }
    }

    #[test]
    fn without_moderators_a_regression_pools(studies in studies(), model in prop::sample::select(Model::ALL)) {
        let effects: Vec<Effect> = studies.iter().map(|it| it.0).collect();
        let pooled = pool(&effects, &PoolOptions { model, ..PoolOptions::default() }).unwrap();
        let options = RegressionOptions { model, ..RegressionOptions::default() };
        let fit = regress(&effects, &Design::intercept(effects.len()), &options).unwrap();
        prop_assert!(near(fit.tau2, pooled.tau2, fit.typical_variance));
        prop_assert!(near(fit.coefficients[0].estimate, pooled.estimate, pooled.se));
        prop_assert!(near(fit.i2, pooled.i2, 1.0) && near(fit.q_e, pooled.q, 1.0));
    }

    #[test]
    fn cell_means_are_the_factor_in_other_words(studies in studies(), options in methods()) {
        let effects: Vec<Effect> = studies.iter().map(|it| it.0).collect();
        let labels: Vec<&str> = studies.iter().map(|it| ["a", "b", "c"][it.2]).collect();
        let levels = ["a", "b", "c"];
        let coded = Design::builder(effects.len()).factor("f", &labels, &levels).build().unwrap();
        let cells = Design::builder(effects.len()).without_intercept().factor("f", &labels, &levels);
        let coded = regress(&effects, &coded, &options).unwrap();
        let cells = regress(&effects, &cells.build().unwrap(), &options).unwrap();
        prop_assert!(near(coded.tau2, cells.tau2, coded.typical_variance));
        let difference = cells.coefficients[1].estimate - cells.coefficients[0].estimate;
        prop_assert!(near(coded.coefficients[1].estimate, difference, coded.coefficients[1].se));
    }

    #[test]
    fn no_tau2_has_a_higher_likelihood_than_the_maximum(studies in studies()) {
        let effects: Vec<Effect> = studies.iter().map(|it| it.0).collect();
        for method in [Tau2Method::Reml, Tau2Method::MaximumLikelihood] {
            let fit = regress(&effects, &design(&studies, 0.0, 1.0), &by(method)).unwrap();
            let grid: Vec<f64> = (0..400).map(|i| libm::exp(0.05 * f64::from(i) - 12.0)).collect();
            let best = fit.log_likelihood_profile(&[fit.tau2]).unwrap()[0];
            let highest = fit.log_likelihood_profile(&grid).unwrap().into_iter().fold(best, f64::max);
            prop_assert!(highest <= best + 1e-9, "{highest} {best}");
        }
    }

    #[test]
    fn a_q_profile_limit_is_where_the_test_turns(studies in studies()) {
        // Inverting the test of H0: tau2 = limit must give the p value that the level asks for.
        let effects: Vec<Effect> = studies.iter().map(|it| it.0).collect();
        let fit = regress(&effects, &design(&studies, 0.0, 1.0), &by(Tau2Method::Reml)).unwrap();
        let limits = fit.tau2_interval(Tau2IntervalMethod::QProfile, 0.9).unwrap().tau2;
        for (limit, tail) in [(limits.lower, 0.05), (limits.upper, 0.95)] {
            if limit > 0.0 {
                let widened: Vec<Effect> = effects
                    .iter()
                    .map(|it| Effect { variance: it.variance + limit, ..*it })
                    .collect();
                let options = RegressionOptions { model: Model::CommonEffect, ..RegressionOptions::default() };
                let test = regress(&widened, &design(&studies, 0.0, 1.0), &options).unwrap();
                prop_assert!((test.q_e_p_value - tail).abs() < 1e-7, "{}", test.q_e_p_value);
            }
        }
    }
}
