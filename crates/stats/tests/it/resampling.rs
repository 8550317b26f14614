//! Permutation tests and the bootstrap.
#![allow(clippy::float_cmp, reason = "the very same numbers are meant")]

use consilience_stats::resample::bootstrap::{BootstrapOptions, Resampling, bootstrap};
use consilience_stats::resample::permutation::{Permutations, Tail, permutation_test};
use consilience_stats::{
    CiMethod, Design, Effect, Model, PoolOptions, RegressionOptions, Tau2Method, pool, regress,
};

/// Log risk ratios and latitudes of the first seven BCG trials (Colditz et al. 1994, JAMA 271, 698).
const BCG: [(f64, f64, f64); 7] = [
    (-0.889_311_333_920_204_6, 0.325_584_765_003_953_5, 44.0),
    (-1.585_388_657_197_669_3, 0.194_581_121_398_019_03, 55.0),
    (-1.348_073_148_299_692_9, 0.415_367_965_367_965_37, 42.0),
    (-1.441_551_204_212_983_1, 0.020_010_031_903_309_71, 52.0),
    (-0.217_547_322_211_295_76, 0.051_210_172_169_120_48, 13.0),
    (-0.786_115_585_818_864_1, 0.006_905_618_454_970_63, 44.0),
    (-1.620_898_224_359_890_2, 0.223_017_247_572_315_33, 19.0),
];

fn effects() -> Vec<Effect> {
    BCG.iter().map(|&(estimate, variance, _)| Effect { estimate, variance }).collect()
}

fn dersimonian_laird() -> RegressionOptions {
    RegressionOptions {
        model: Model::RandomEffects(Tau2Method::DerSimonianLaird),
        ..RegressionOptions::default()
    }
}

/// metafor 3.8-1: `permutest(rma(yi, vi, mods = ~ ablat, method = "DL"), exact = TRUE)`.
#[test]
fn all_arrangements_that_differ_are_tried_and_no_more() {
    let latitude: Vec<f64> = BCG.iter().map(|it| it.2).collect();
    let design = Design::builder(7).numeric("ablat", &latitude).build().unwrap();
    let fit = regress(&effects(), &design, &dersimonian_laird()).unwrap();
    let test = permutation_test(&fit, Permutations::Exact, Tail::Both).unwrap();
    // Two trials share the latitude 44, so half of the 5,040 orders differ.
    assert_eq!((test.arrangements, test.is_exact, test.failed), (2520, true, 0));
    assert!((test.p_values[0] - 0.919_444_444_444_444_4).abs() < 1e-12, "{}", test.p_values[0]);
    assert!((test.p_values[1] - 0.186_111_111_111_111_1).abs() < 1e-12, "{}", test.p_values[1]);
    assert!((test.q_m_p_value - test.p_values[1]).abs() < 1e-15);
}

/// metafor 3.8-1: `permutest(rma(yi, vi, method = "DL", test = "knha"), exact = TRUE)`.
#[test]
fn signs_are_flipped_where_there_are_no_moderators() {
    let options = RegressionOptions { ci: CiMethod::HartungKnapp, ..dersimonian_laird() };
    let fit = regress(&effects(), &Design::intercept(7), &options).unwrap();
    let test = permutation_test(&fit, Permutations::Exact, Tail::Both).unwrap();
    assert_eq!(test.arrangements, 128);
    assert!((test.p_values[0] - 2.0 / 128.0).abs() < 1e-15);
    let few = Permutations::Random { iterations: 128, seed: 3 };
    assert_eq!(
        permutation_test(&fit, few, Tail::Both).unwrap(),
        test,
        "as many as there are: all are tried"
    );
}

/// metafor 3.8-1: `permutest(…, exact = TRUE, control = list(alternative = "less"))` and `"greater"`, of the fits of the two tests
/// above.
#[test]
fn a_one_sided_test_counts_one_tail() {
    let latitude: Vec<f64> = BCG.iter().map(|it| it.2).collect();
    let design = Design::builder(7).numeric("ablat", &latitude).build().unwrap();
    let fit = regress(&effects(), &design, &dersimonian_laird()).unwrap();
    let test = |tail| permutation_test(&fit, Permutations::Exact, tail).unwrap();
    let (less, greater) = (test(Tail::Less), test(Tail::Greater));
    for (found, expected) in [
        (less.p_values[0], 0.918_650_793_650_794),
        (less.p_values[1], 0.1),
        (greater.p_values[0], 0.081_746_031_746_031_7),
        (greater.p_values[1], 0.900_396_825_396_825),
    ] {
        assert!((found - expected).abs() < 1e-12, "found {found}, expected {expected}");
    }
    assert_eq!(less.q_m_p_value, greater.q_m_p_value, "the test of moderators knows no side");
    let options = RegressionOptions { ci: CiMethod::HartungKnapp, ..dersimonian_laird() };
    let fit = regress(&effects(), &Design::intercept(7), &options).unwrap();
    let p = |tail| permutation_test(&fit, Permutations::Exact, tail).unwrap().p_values[0];
    assert_eq!((p(Tail::Less), p(Tail::Greater)), (1.0 / 128.0, 1.0));
}

#[test]
fn a_random_test_is_near_the_exact_one_and_depends_on_its_seed_alone() {
    let latitude: Vec<f64> = BCG.iter().map(|it| it.2).collect();
    let design = Design::builder(7).numeric("ablat", &latitude).build().unwrap();
    let fit = regress(&effects(), &design, &dersimonian_laird()).unwrap();
    let random = |seed| {
        permutation_test(&fit, Permutations::Random { iterations: 2000, seed }, Tail::Both).unwrap()
    };
    let test = random(1);
    assert_eq!((test.arrangements, test.is_exact), (2001, false));
    // Four standard errors of a share of 0.186 in 2,000.
    assert!((test.p_values[1] - 0.186).abs() < 4.0 * 0.0087);
    assert_eq!(test, random(1));
    assert_ne!(test, random(2));
}

#[test]
fn too_many_arrangements_for_an_exact_test_are_refused() {
    let effects: Vec<Effect> =
        (0..40).map(|i| Effect { estimate: f64::from(i), variance: 1.0 }).collect();
    let fit = regress(&effects, &Design::intercept(40), &RegressionOptions::default()).unwrap();
    let error = permutation_test(&fit, Permutations::Exact, Tail::Both).unwrap_err();
    assert!(error.to_string().contains("exact permutation test"), "{error}");
}

#[test]
fn given_weights_move_with_their_studies() {
    let latitude: Vec<f64> = BCG.iter().map(|it| it.2).collect();
    let design = Design::builder(7).numeric("ablat", &latitude).build().unwrap();
    let tau2 = 0.1;
    let weights = BCG.iter().map(|it| 1.0 / (it.1 + tau2)).collect();
    let model = Model::GivenTau2(tau2);
    let own = RegressionOptions { model, ..RegressionOptions::default() };
    let given = RegressionOptions {
        weighting: consilience_stats::Weighting::Given(weights),
        ..own.clone()
    };
    let test = |options| {
        let fit = regress(&effects(), &design, options).unwrap();
        permutation_test(&fit, Permutations::Exact, Tail::Both).unwrap().p_values
    };
    assert_eq!(test(&own), test(&given));
}

/// With equal variances the mean is normal under the parametric bootstrap, so its intervals are known.
#[test]
fn a_parametric_bootstrap_of_equal_variances_gives_the_normal_interval() {
    let effects: Vec<Effect> =
        (0..20).map(|i| Effect { estimate: 0.1 * f64::from(i % 5), variance: 0.5 }).collect();
    let options = PoolOptions { model: Model::CommonEffect, ..PoolOptions::default() };
    let choices = BootstrapOptions {
        resampling: Resampling::Parametric,
        replicates: 20_000,
        ..BootstrapOptions::default()
    };
    let found = bootstrap(&effects, &options, &choices).unwrap();
    let pooled = pool(&effects, &options).unwrap();
    let intervals = found.mean_intervals;
    // Ten standard errors of a quantile of 20,000 normal numbers.
    let near = |a: f64, b: f64| (a - b).abs() < 0.2 * pooled.se;
    assert!((intervals.se - pooled.se).abs() < 0.03 * pooled.se);
    for interval in [intervals.percentile, intervals.bca.unwrap(), intervals.studentised.unwrap()] {
        assert!(near(interval.lower, pooled.ci.lower) && near(interval.upper, pooled.ci.upper));
    }
    assert_eq!(found.failed, 0);
}

#[test]
fn a_bootstrap_depends_on_its_seed_alone_and_keeps_the_level() {
    let choices = BootstrapOptions { replicates: 400, ..BootstrapOptions::default() };
    let options = PoolOptions::default();
    let found = bootstrap(&effects(), &options, &choices).unwrap();
    assert_eq!(found, bootstrap(&effects(), &options, &choices).unwrap());
    assert_eq!(found.estimates.len() + found.failed, 400);
    let narrow = BootstrapOptions { level: 0.5, ..choices };
    let narrow = bootstrap(&effects(), &options, &narrow).unwrap().mean_intervals.percentile;
    let wide = found.mean_intervals.percentile;
    assert!(wide.lower < narrow.lower && narrow.upper < wide.upper);
    let seeded = bootstrap(&effects(), &options, &BootstrapOptions { seed: 2, ..choices }).unwrap();
    assert_ne!(found.estimates, seeded.estimates);
}
