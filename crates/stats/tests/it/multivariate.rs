//! Multilevel and multivariate models: published analyses, equal routes to one number, and input that is hard.

use consilience_stats::multivariate::{
    AggregateWeights, ClusterCorrection, CorrelatedErrors, DependenceWeights, FitNote, Grouping,
    LevelCorrelation, LevelStructure, LikelihoodKind, MatrixPrecision, MultilevelFit,
    MultilevelModel, MultilevelOptions, MultivariateError, Random, Sampling, SlopeStructure,
    SpatialKernel, VarianceParameter, WithinCluster, aggregate, regression_from_correlations,
    robust_regression,
};
use consilience_stats::{Design, Effect, Matrix, Model, RegressionOptions, Tau2Method, regress};
use proptest::prelude::*;

use crate::data::assert_close;

/// Konstantopoulos (2011), doi 10.1002/jrsm.35, table 1: effect of modified school calendars on achievement; district, estimate,
/// sampling variance of 56 schools in 11 districts.
const SCHOOLS: [(u32, f64, f64); 56] = [
    (11, -0.180, 0.118),
    (11, -0.220, 0.118),
    (11, 0.230, 0.144),
    (11, -0.300, 0.144),
    (12, 0.130, 0.014),
    (12, -0.260, 0.014),
    (12, 0.190, 0.015),
    (12, 0.320, 0.024),
    (18, 0.450, 0.023),
    (18, 0.380, 0.043),
    (18, 0.290, 0.012),
    (27, 0.160, 0.020),
    (27, 0.650, 0.004),
    (27, 0.360, 0.004),
    (27, 0.600, 0.007),
    (56, 0.080, 0.019),
    (56, 0.040, 0.007),
    (56, 0.190, 0.005),
    (56, -0.060, 0.004),
    (58, -0.180, 0.020),
    (58, 0.000, 0.018),
    (58, 0.000, 0.019),
    (58, -0.280, 0.022),
    (58, -0.040, 0.020),
    (58, -0.300, 0.021),
    (58, 0.070, 0.006),
    (58, 0.000, 0.007),
    (58, 0.050, 0.007),
    (58, -0.080, 0.007),
    (58, -0.090, 0.007),
    (71, 0.300, 0.015),
    (71, 0.980, 0.011),
    (71, 1.190, 0.010),
    (86, -0.070, 0.001),
    (86, -0.050, 0.001),
    (86, -0.010, 0.001),
    (86, 0.020, 0.001),
    (86, -0.030, 0.001),
    (86, 0.000, 0.001),
    (86, 0.010, 0.001),
    (86, -0.100, 0.001),
    (91, 0.500, 0.010),
    (91, 0.660, 0.011),
    (91, 0.200, 0.010),
    (91, 0.000, 0.009),
    (91, 0.050, 0.013),
    (91, 0.070, 0.013),
    (108, -0.520, 0.031),
    (108, 0.700, 0.031),
    (108, -0.030, 0.030),
    (108, 0.270, 0.030),
    (108, -0.340, 0.030),
    (644, 0.120, 0.087),
    (644, 0.610, 0.082),
    (644, 0.040, 0.067),
    (644, -0.050, 0.067),
];

/// Berkey et al. (1998), table 1 (doi `10.1002/(SICI)1097-0258(19981130)17:22<2537::AID-SIM953>3.0.CO;2-C`): trials of surgery against
/// other treatment of periodontal disease; improvement in probing depth, then in attachment level, with their variances
/// and covariance.
const PERIODONTAL: [[f64; 5]; 5] = [
    [0.47, -0.32, 0.0075, 0.0077, 0.0030],
    [0.20, -0.60, 0.0057, 0.0008, 0.0009],
    [0.40, -0.12, 0.0021, 0.0014, 0.0007],
    [0.26, -0.31, 0.0029, 0.0015, 0.0009],
    [0.56, -0.39, 0.0148, 0.0304, 0.0072],
];

pub(crate) fn schools() -> (Vec<f64>, Vec<f64>, Grouping) {
    let labels: Vec<String> = SCHOOLS.iter().map(|school| school.0.to_string()).collect();
    let estimates = SCHOOLS.iter().map(|school| school.1).collect();
    let variances = SCHOOLS.iter().map(|school| school.2).collect();
    (estimates, variances, Grouping::new("district", &labels))
}

fn school_model(terms: impl IntoIterator<Item = Random>) -> MultilevelFit {
    let (estimates, variances, _) = schools();
    let design = Design::intercept(estimates.len());
    MultilevelModel::new(&estimates, Sampling::Independent(variances), &design)
        .unwrap()
        .with_all(terms)
        .fit(&MultilevelOptions::default())
        .unwrap()
}

pub(crate) fn three_levels() -> MultilevelFit {
    let (_, _, district) = schools();
    school_model(Random::nested(&[district, Grouping::rows("school", 56)]))
}

/// Estimates, V, design (a mean for each outcome), outcome, trial.
pub(crate) fn periodontal() -> (Vec<f64>, Matrix, Design, Grouping, Grouping) {
    let estimates = PERIODONTAL.iter().flat_map(|trial| [trial[0], trial[1]]).collect();
    let mut v = Matrix::zeros(10, 10);
    for (trial, [_, _, depth, level, both]) in PERIODONTAL.iter().enumerate() {
        let at = 2 * trial;
        v[(at, at)] = *depth;
        v[(at + 1, at + 1)] = *level;
        v[(at, at + 1)] = *both;
        v[(at + 1, at)] = *both;
    }
    let x = Matrix::from_fn(10, 2, |i, j| f64::from(i % 2 == j));
    let design = Design::from_matrix(x, vec!["PD".into(), "AL".into()]).unwrap();
    let outcome = Grouping::with_levels("outcome", &["PD", "AL"].repeat(5), &["PD", "AL"]).unwrap();
    let trial = Grouping::new("trial", &(0..10).map(|i| (i / 2).to_string()).collect::<Vec<_>>());
    (estimates, v, design, outcome, trial)
}

pub(crate) fn bivariate(structure: LevelStructure, likelihood: LikelihoodKind) -> MultilevelFit {
    let (estimates, v, design, outcome, trial) = periodontal();
    MultilevelModel::new(&estimates, Sampling::Matrix(v), &design)
        .unwrap()
        .with(Random::levels(structure, outcome, trial))
        .fit(&MultilevelOptions { likelihood, ..MultilevelOptions::default() })
        .unwrap()
}

#[test]
fn schools_in_districts_have_the_published_three_level_estimates() {
    let fit = three_levels();
    // metafor 4.x documentation, "Konstantopoulos (2011)": rma.mv(yi, vi, random = ~ 1 | district/school), printed digits.
    assert!((fit.components[0].variances[0] - 0.0651).abs() < 5e-5);
    assert!((fit.components[1].variances[0] - 0.0327).abs() < 5e-5);
    assert!((fit.coefficients[0].estimate - 0.1847).abs() < 5e-5);
    assert!((fit.coefficients[0].se - 0.0846).abs() < 5e-5);
    assert!((fit.q_e.unwrap() - 578.8640).abs() < 5e-5);
    assert!((fit.fit.reml.unwrap().ll - -7.9587).abs() < 5e-5);
}

#[test]
fn the_profile_interval_of_the_district_variance_is_the_published_one() {
    let interval =
        three_levels().profile_interval(VarianceParameter::Variance(0, 0), 0.95).unwrap();
    // metafor documentation, the same page: confint of sigma^2.1, 0.0222 to 0.2072.
    assert!((interval.lower - 0.0222).abs() < 5e-5 && (interval.upper - 0.2072).abs() < 5e-5);
}

#[test]
fn a_compound_symmetric_term_is_two_nested_intercepts() {
    let (_, _, district) = schools();
    let nested = three_levels();
    let school = Grouping::rows("school", 56);
    let fit = school_model([Random::levels(LevelStructure::CompoundSymmetry, school, district)]);
    let [district, school] = [0, 1].map(|c| nested.components[c].variances[0]);
    assert_close(fit.components[0].variances[0], district + school, 1e-9);
    assert_close(fit.components[0].correlations[0], district / (district + school), 1e-9);
    assert_close(fit.fit.reml.unwrap().ll, nested.fit.reml.unwrap().ll, 1e-12);
}

#[test]
fn two_correlated_outcomes_have_the_published_estimates() {
    let fit = bivariate(LevelStructure::Unstructured, LikelihoodKind::Restricted);
    // metafor documentation, "Berkey et al. (1998)": struct UN, REML, printed digits.
    let component = &fit.components[0];
    assert!((fit.coefficients[0].estimate - 0.3534).abs() < 5e-5);
    assert!((fit.coefficients[0].se - 0.0588).abs() < 5e-5);
    assert!((fit.coefficients[1].estimate - -0.3392).abs() < 5e-5);
    assert!((fit.coefficients[1].se - 0.0879).abs() < 5e-5);
    assert!((component.variances[0] - 0.0117).abs() < 5e-5);
    assert!((component.variances[1] - 0.0327).abs() < 5e-5);
    assert!((component.correlations[0] - 0.6088).abs() < 5e-5);
}

#[test]
fn two_levels_are_unstructured_and_heteroscedastic_alike() {
    for likelihood in [LikelihoodKind::Full, LikelihoodKind::Restricted] {
        let un = bivariate(LevelStructure::Unstructured, likelihood);
        let hcs = bivariate(LevelStructure::HeteroscedasticCompoundSymmetry, likelihood);
        let har = bivariate(LevelStructure::HeteroscedasticAutoregressive, likelihood);
        for other in [hcs, har] {
            assert!((&un.components[0].matrix - &other.components[0].matrix).amax() < 1e-10);
            assert_close(un.fit.ml.ll, other.fit.ml.ll, 1e-11);
        }
    }
}

#[test]
fn structures_are_nested_in_their_likelihoods() {
    let ll = |structure| bivariate(structure, LikelihoodKind::Full).fit.ml.ll;
    let un = ll(LevelStructure::Unstructured);
    let cs = ll(LevelStructure::CompoundSymmetry);
    assert!(un >= cs && cs >= ll(LevelStructure::Identity));
    assert!(un >= ll(LevelStructure::Diagonal));
    let full = bivariate(LevelStructure::Unstructured, LikelihoodKind::Restricted);
    let reduced = bivariate(LevelStructure::Diagonal, LikelihoodKind::Restricted);
    let test = full.likelihood_ratio_test(&reduced).unwrap();
    assert_eq!(test.df, 1.0);
    assert!(test.statistic > 0.0 && test.p_value < 1.0);
    assert!(matches!(
        reduced.likelihood_ratio_test(&full),
        Err(MultivariateError::NotComparable { .. })
    ));
}

#[test]
fn robust_inference_wants_dependent_rows_in_one_cluster_and_agrees_with_clubsandwich() {
    let fit = three_levels();
    let rows = Grouping::rows("row", 56);
    // Rows of one district are dependent, so clusters of single rows are refused where the working model matters.
    assert!(fit.robust(&rows, ClusterCorrection::Cr2, 0.95).is_err());
    let (_, _, district) = schools();
    let adjusted = fit.robust(&district, ClusterCorrection::ResidualAdjusted, 0.95).unwrap();
    let cr1p = fit.robust(&district, ClusterCorrection::Cr1p, 0.95).unwrap();
    assert_eq!(adjusted.vcov, cr1p.vcov);
    assert_eq!(adjusted.df, [10.0]);
    // clubSandwich 0.5.8: coef_test(fit, vcov = "CR2", cluster = district), SE and Satterthwaite df.
    let cr2 = fit.robust(&district, ClusterCorrection::Cr2, 0.95).unwrap();
    assert!((cr2.coefficients[0].se - 0.0845).abs() < 5e-5, "{}", cr2.coefficients[0].se);
    assert!((cr2.df[0] - 9.86).abs() < 5e-3, "{}", cr2.df[0]);
}

#[test]
fn heterogeneity_is_shared_out_to_the_levels() {
    let heterogeneity = three_levels().heterogeneity().unwrap();
    assert!((heterogeneity.i2_of.iter().sum::<f64>() - heterogeneity.i2).abs() < 1e-10);
    // metafor documentation, "I^2 for Multilevel and Multivariate Models": 95.19 in all, 63.32 and 31.86 of it.
    assert!((heterogeneity.i2 - 95.19).abs() < 5e-3, "{heterogeneity:?}");
    assert!((heterogeneity.i2_of[0] - 63.32).abs() < 5e-3);
    assert!((heterogeneity.i2_of[1] - 31.86).abs() < 5e-3);
}

#[test]
fn a_constant_shared_variance_aggregates_to_a_mean() {
    let effects = [0.1, 0.5].map(|estimate| Effect { estimate, variance: 0.04 });
    let study = Grouping::one("study", 2);
    let within = WithinCluster::CompoundSymmetric { rho: 0.5 };
    for weights in [AggregateWeights::InverseVariance, AggregateWeights::Equal] {
        let combined = aggregate(&effects, &study, &within, weights).unwrap();
        // Borenstein et al. (2009), formula 24.6: V(1 + r)/2.
        assert_close(combined[0].estimate, 0.3, 1e-14);
        assert_close(combined[0].variance, 0.04 * 1.5 / 2.0, 1e-14);
    }
}

#[test]
fn regression_from_correlations_has_metafors_errors_by_least_squares_and_by_the_delta_method() {
    #[rustfmt::skip]
    let r = Matrix::from_row_slice(4, 4, &[
        1.0, 0.5, 0.3, 0.4,
        0.5, 1.0, 0.2, 0.35,
        0.3, 0.2, 1.0, 0.25,
        0.4, 0.35, 0.25, 1.0,
    ]);
    let mut v = Matrix::from_diagonal(&vec![0.002, 0.003, 0.0025, 0.0031, 0.0022, 0.0027].into());
    for (i, j, covariance) in [(0, 1, 0.0005), (2, 4, -0.0004)] {
        v[(i, j)] = covariance;
        v[(j, i)] = covariance;
    }
    // metafor 3.8-1: matreg(1, 2:4, R, V = V) and matreg(3, c(1, 4), R, n = 200).
    let pooled = MatrixPrecision::Covariance(v);
    let fit = regression_from_correlations(&r, 0, &[1, 2, 3], &pooled).unwrap();
    let expected = [0.388888888889, 0.166666666667, 0.222222222222];
    for (got, expected) in fit.coefficients.iter().zip(expected) {
        assert_close(*got, expected, 1e-11);
    }
    for (got, expected) in fit.se.iter().zip([0.0547433145916, 0.0647068398094, 0.0694123413069]) {
        assert_close(*got, expected, 1e-11);
    }
    let sample = MatrixPrecision::People(200.0);
    let fit = regression_from_correlations(&r, 2, &[0, 3], &sample).unwrap();
    assert_close(fit.r2, 0.110119047619, 1e-11);
    assert_close(fit.se[0], 0.0731465281241, 1e-11);
    assert_close(fit.p_value[1], 0.03561333642340, 1e-10);
}

#[test]
fn robust_regression_on_single_effects_is_an_ordinary_one() {
    // Every cluster has one effect, so that its mean variance is its own.
    let effects: Vec<Effect> = SCHOOLS[..20]
        .iter()
        .map(|&(_, estimate, variance)| Effect { estimate, variance })
        .collect();
    let (design, rows) = (Design::intercept(20), Grouping::rows("study", 20));
    let weights = DependenceWeights::Correlated { rho: 0.8 };
    let robust =
        robust_regression(&effects, &design, &rows, weights, ClusterCorrection::Cr0, 0.95).unwrap();
    let model = Model::RandomEffects(Tau2Method::DerSimonianLaird);
    let options = RegressionOptions { model, ..RegressionOptions::default() };
    let ordinary = regress(&effects, &design, &options).unwrap();
    assert_close(robust.tau2, ordinary.tau2, 1e-12);
    let (got, expected) = (&robust.inference.coefficients[0], &ordinary.coefficients[0]);
    assert_close(got.estimate, expected.estimate, 1e-12);
    let sandwich = ordinary.robust(&rows, ClusterCorrection::Cr0, 0.95).unwrap();
    assert_close(got.se, sandwich.coefficients[0].se, 1e-12);
}

#[test]
fn a_wholly_correlated_group_is_noted_not_guessed() {
    // Both outcomes of each trial deviate alike and the sampling errors are tiny.
    let shifts = [0.5, -0.4, 0.1, 0.9, -1.1, 0.2];
    let estimates: Vec<f64> = shifts.iter().flat_map(|s| [*s, 2.0 * s]).collect();
    let x = Matrix::from_fn(12, 2, |i, j| f64::from(i % 2 == j));
    let design = Design::from_matrix(x, vec!["a".into(), "b".into()]).unwrap();
    let outcome = Grouping::new("outcome", &["a", "b"].repeat(6));
    let trial = Grouping::new("trial", &(0..12).map(|i| (i / 2).to_string()).collect::<Vec<_>>());
    for structure in [LevelStructure::Unstructured, LevelStructure::HeteroscedasticCompoundSymmetry]
    {
        let fit = MultilevelModel::new(&estimates, Sampling::Independent(vec![0.01; 12]), &design)
            .unwrap()
            .with(Random::levels(structure, outcome.clone(), trial.clone()))
            .fit(&MultilevelOptions::default())
            .unwrap();
        assert_eq!(fit.components[0].correlations[0], 1.0);
        let edge = FitNote::CorrelationAtEdge { component: 0, correlation: 0, value: 1.0 };
        assert!(fit.notes.contains(&edge), "{:?}", fit.notes);
    }
}

#[test]
fn identical_effects_have_no_heterogeneity_at_any_level() {
    let group = Grouping::new("study", &["a", "a", "b", "b", "c", "c"]);
    let terms = Random::nested(&[group, Grouping::rows("effect", 6)]);
    let fit =
        MultilevelModel::new(&[0.3; 6], Sampling::Independent(vec![0.1; 6]), &Design::intercept(6))
            .unwrap()
            .with_all(terms)
            .fit(&MultilevelOptions::default())
            .unwrap();
    assert_close(fit.coefficients[0].estimate, 0.3, 1e-14);
    assert!(fit.components.iter().all(|component| component.variances == [0.0]));
    let zero = |component| FitNote::VarianceAtZero { component, variance: 0 };
    assert!(fit.notes.contains(&zero(0)) && fit.notes.contains(&zero(1)));
    assert!(fit.random_effects().iter().flatten().all(|effect| effect.estimate == 0.0));
    assert_eq!(fit.heterogeneity().unwrap().i2, 0.0);
}

#[test]
fn one_giant_study_and_twelve_orders_of_magnitude_of_variance_are_borne() {
    let variances = vec![1e-12, 1e12, 0.1, 0.2, 0.1, 1e-6];
    let group = Grouping::new("study", &["a", "a", "b", "b", "c", "c"]);
    let terms = Random::nested(&[group, Grouping::rows("effect", 6)]);
    let estimates = [0.1, 5.0, 0.4, -0.2, 0.3, 0.25];
    let fit =
        MultilevelModel::new(&estimates, Sampling::Independent(variances), &Design::intercept(6))
            .unwrap()
            .with_all(terms)
            .fit(&MultilevelOptions::default())
            .unwrap();
    let mean = &fit.coefficients[0];
    assert!(mean.se.is_finite() && mean.se > 0.0 && (0.0..0.5).contains(&mean.estimate));
}

#[test]
fn what_cannot_be_fitted_is_refused_with_the_reason() {
    let design = Design::intercept(2);
    let model = |estimates: &[f64], variances: &[f64]| {
        MultilevelModel::new(estimates, Sampling::Independent(variances.to_vec()), &design)
    };
    assert_eq!(
        model(&[0.1, f64::NAN], &[0.1, 0.1]).unwrap_err().to_string(),
        "the estimate of row 2 is NaN; expected a finite number"
    );
    assert_eq!(
        model(&[0.1, 0.2], &[0.1]).unwrap_err().to_string(),
        "the sampling covariance has 1 entries; expected 2"
    );
    let fitted = model(&[0.1, 0.2], &[0.1, 0.0]).unwrap().fit(&MultilevelOptions::default());
    assert_eq!(
        fitted.unwrap_err().to_string(),
        "the sampling variance of row 2 is 0; expected a finite number above 0"
    );
    let short = Random::intercepts(Grouping::rows("study", 3));
    let fitted =
        model(&[0.1, 0.2], &[0.1, 0.1]).unwrap().with(short).fit(&MultilevelOptions::default());
    assert_eq!(fitted.unwrap_err().to_string(), "the grouping of study has 3 entries; expected 2");
    let v = Matrix::from_row_slice(2, 2, &[0.1, 0.3, 0.3, 0.1]);
    let fitted = MultilevelModel::new(&[0.1, 0.2], Sampling::Matrix(v), &design)
        .unwrap()
        .fit(&MultilevelOptions::default());
    assert!(matches!(fitted, Err(MultivariateError::NotPositiveDefinite { row: 0, .. })));
    let twice = Matrix::from_element(2, 2, 1.0);
    let twice = Design::from_matrix(twice, vec!["a".into(), "b".into()]).unwrap();
    let fitted = MultilevelModel::new(&[0.1, 0.2], Sampling::Independent(vec![0.1; 2]), &twice)
        .unwrap()
        .fit(&MultilevelOptions::default());
    assert_eq!(fitted.unwrap_err(), MultivariateError::Collinear);
}

#[test]
fn one_study_is_its_own_answer() {
    let fit =
        MultilevelModel::new(&[0.4], Sampling::Independent(vec![0.09]), &Design::intercept(1))
            .unwrap()
            .fit(&MultilevelOptions::default())
            .unwrap();
    assert_close(fit.coefficients[0].estimate, 0.4, 1e-15);
    assert_close(fit.coefficients[0].se, 0.3, 1e-15);
    assert_eq!((fit.q_e_p_value, fit.heterogeneity()), (Some(1.0), None));
    let random =
        MultilevelModel::new(&[0.4], Sampling::Independent(vec![0.09]), &Design::intercept(1))
            .unwrap()
            .with(Random::intercepts(Grouping::rows("study", 1)))
            .fit(&MultilevelOptions::default());
    assert!(matches!(random, Err(MultivariateError::TooFewRows { rows: 1, coefficients: 1 })));
}

#[test]
fn held_parameters_stay_where_they_are() {
    let (estimates, v, design, outcome, trial) = periodontal();
    let model = MultilevelModel::new(&estimates, Sampling::Matrix(v), &design).unwrap();
    let term = Random::levels(LevelStructure::Unstructured, outcome, trial);
    let free = model.clone().with(term.clone()).fit(&MultilevelOptions::default()).unwrap();
    let held =
        term.with_variances(&[Some(0.02), None]).unwrap().with_correlations(&[Some(0.5)]).unwrap();
    let fit = model.with(held).fit(&MultilevelOptions::default()).unwrap();
    assert_close(fit.components[0].variances[0], 0.02, 1e-14);
    assert_close(fit.components[0].correlations[0], 0.5, 1e-14);
    assert_eq!((fit.parameters, free.parameters), (3, 5));
    assert!(fit.fit.reml.unwrap().ll < free.fit.reml.unwrap().ll);
    // The profile of the free fit passes through points at which parameters are held.
    let at = free.components[0].variances[0];
    let ll = free.profile(VarianceParameter::Variance(0, 0), at).unwrap();
    assert_close(ll, free.fit.reml.unwrap().ll, 1e-9);
}

#[test]
fn a_spatial_term_of_far_places_is_one_of_independent_places() {
    let (estimates, variances, _) = schools();
    let places = Grouping::rows("place", 56);
    let far = Matrix::from_fn(56, 56, |i, j| if i == j { 0.0 } else { 1e6 });
    let one = Grouping::one("world", 56);
    let term = Random::spatial(SpatialKernel::Exponential, places.clone(), far, one)
        .unwrap()
        .with_correlations(&[Some(1.0)])
        .unwrap();
    let fit = |term| {
        MultilevelModel::new(
            &estimates,
            Sampling::Independent(variances.clone()),
            &Design::intercept(56),
        )
        .unwrap()
        .with(term)
        .fit(&MultilevelOptions::default())
        .unwrap()
    };
    let (spatial, plain) = (fit(term), fit(Random::intercepts(places)));
    assert_close(spatial.components[0].variances[0], plain.components[0].variances[0], 1e-9);
}

#[test]
fn a_random_slope_of_ones_is_a_random_intercept() {
    let (_, _, district) = schools();
    let ones = Matrix::from_element(56, 1, 1.0);
    for structure in [SlopeStructure::General, SlopeStructure::Diagonal] {
        let term =
            Random::slopes(structure, ones.clone(), vec!["one".into()], district.clone()).unwrap();
        let (slope, plain) =
            (school_model([term]), school_model([Random::intercepts(district.clone())]));
        assert_close(slope.components[0].variances[0], plain.components[0].variances[0], 1e-8);
        assert_close(slope.fit.ml.ll, plain.fit.ml.ll, 1e-11);
    }
}

fn effects() -> impl Strategy<Value = Vec<(f64, f64, usize)>> {
    let row = (-3.0..3.0_f64, 0.01..1.0_f64, 0..4_usize);
    prop::collection::vec(row, 4..14)
}

fn nested_fit(rows: &[(f64, f64, usize)], sampling: Sampling) -> MultilevelFit {
    let estimates: Vec<f64> = rows.iter().map(|row| row.0).collect();
    let labels: Vec<String> = rows.iter().map(|row| row.2.to_string()).collect();
    let terms =
        Random::nested(&[Grouping::new("study", &labels), Grouping::rows("effect", rows.len())]);
    MultilevelModel::new(&estimates, sampling, &Design::intercept(rows.len()))
        .unwrap()
        .with_all(terms)
        .fit(&MultilevelOptions::default())
        .unwrap()
}

fn independent(rows: &[(f64, f64, usize)]) -> Sampling {
    Sampling::Independent(rows.iter().map(|row| row.1).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_level_is_the_random_effects_model(rows in effects()) {
        let effects: Vec<Effect> =
            rows.iter().map(|row| Effect { estimate: row.0, variance: row.1 }).collect();
        let design = Design::intercept(rows.len());
        let ordinary = regress(&effects, &design, &RegressionOptions::default()).unwrap();
        let estimates: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let fit = MultilevelModel::new(&estimates, independent(&rows), &design)
            .unwrap()
            .with(Random::intercepts(Grouping::rows("study", rows.len())))
            .fit(&MultilevelOptions::default())
            .unwrap();
        let tau2 = fit.components[0].variances[0];
        prop_assert!((tau2 - ordinary.tau2).abs() <= 1e-7 * ordinary.tau2.max(0.01));
        let (got, expected) = (&fit.coefficients[0], &ordinary.coefficients[0]);
        prop_assert!((got.estimate - expected.estimate).abs() <= 1e-8);
        prop_assert!((got.se - expected.se).abs() <= 1e-8);
        let (got, expected) = (fit.fit.reml.unwrap().ll, ordinary.fit.reml.unwrap().ll);
        prop_assert!((got - expected).abs() <= 1e-9 * expected.abs().max(1.0));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(rows in effects()) {
        let forwards = nested_fit(&rows, independent(&rows));
        let reversed: Vec<_> = rows.iter().rev().copied().collect();
        let backwards = nested_fit(&reversed, independent(&reversed));
        let (a, b) = (forwards.fit.reml.unwrap().ll, backwards.fit.reml.unwrap().ll);
        prop_assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0));
        let (a, b) = (&forwards.coefficients[0], &backwards.coefficients[0]);
        prop_assert!((a.estimate - b.estimate).abs() <= 1e-6 * a.se);
    }

    #[test]
    fn a_change_of_unit_and_origin_changes_only_those(rows in effects()) {
        let moved: Vec<_> = rows.iter().map(|row| (row.0 * 1024.0 + 512.0, row.1 * 1048576.0, row.2)).collect();
        let (a, b) = (nested_fit(&rows, independent(&rows)), nested_fit(&moved, independent(&moved)));
        for (a, b) in a.components.iter().zip(&b.components) {
            let (a, b) = (a.variances[0] * 1048576.0, b.variances[0]);
            prop_assert!((a - b).abs() <= 1e-6 * a.max(b).max(1e4));
        }
        let (a, b) = (&a.coefficients[0], &b.coefficients[0]);
        prop_assert!((a.estimate * 1024.0 + 512.0 - b.estimate).abs() <= 1e-6 * b.se);
    }

    #[test]
    fn blocks_of_few_effects_have_the_likelihood_of_the_full_matrix(rows in effects()) {
        // A covariance that is not quite 0 forbids the short cut.
        let k = rows.len();
        let mut v = Matrix::from_diagonal_element(k, k, 0.0);
        for (i, row) in rows.iter().enumerate() {
            v[(i, i)] = row.1;
        }
        for i in 1..k {
            v[(0, i)] = 1e-200;
            v[(i, 0)] = 1e-200;
        }
        let (short, full) = (nested_fit(&rows, independent(&rows)), nested_fit(&rows, Sampling::Matrix(v)));
        let (a, b) = (short.fit.reml.unwrap().ll, full.fit.reml.unwrap().ll);
        prop_assert!((a - b).abs() <= 1e-10 * a.abs().max(1.0));
        prop_assert!((short.coefficients[0].se - full.coefficients[0].se).abs() <= 1e-7);
    }

    // The bound is the rank of the quadratic form, one for each cluster. The familiar m - 1 holds for clusters of one shape only:
    // four effects with tau2 = 1.73, V = diag(0.1095, 0.1464, 0.9699, 0.1905) and studies 1, 0, 2, 2 have 2.00063 by the
    // formula of Pustejovsky and Tipton (2018, equation 6) written out in R.
    #[test]
    fn satterthwaite_degrees_of_freedom_lie_between_one_and_the_number_of_clusters(rows in effects()) {
        let labels: Vec<String> = rows.iter().map(|row| row.2.to_string()).collect();
        let study = Grouping::new("study", &labels);
        prop_assume!(study.levels().len() > 2);
        let fit = nested_fit(&rows, independent(&rows));
        let robust = fit.robust(&study, ClusterCorrection::Cr2, 0.95).unwrap();
        prop_assert!(robust.df[0] > 1.0 - 1e-9 && robust.df[0] < study.levels().len() as f64 + 1e-9);
    }

    #[test]
    fn correlated_errors_have_the_variances_and_correlations_given(
        rows in effects(), rho in -0.3..0.99_f64,
    ) {
        let variances: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let labels: Vec<String> = rows.iter().map(|row| row.2.to_string()).collect();
        let study = Grouping::new("study", &labels);
        let v = CorrelatedErrors::new(&variances, study.clone())
            .observations(Grouping::rows("scale", rows.len()), LevelCorrelation::Common(rho))
            .matrix()
            .unwrap();
        for i in 0..rows.len() {
            for j in 0..i {
                let same = study.codes()[i] == study.codes()[j];
                let expected = if same { rho } else { 0.0 };
                let got = v[(i, j)] / (v[(i, i)] * v[(j, j)]).sqrt();
                prop_assert!((got - expected).abs() < 1e-14);
            }
        }
    }
}
