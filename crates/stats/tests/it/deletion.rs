//! What leaving out rows or clusters does to a multilevel fit, and coefficients by weights of one's own.

use consilience_stats::multivariate::{
    Deletions, Grouping, LevelStructure, LikelihoodKind, MultilevelFit, MultilevelModel,
    MultilevelOptions, MultivariateError, Random, Reestimated, Sampling,
};
use consilience_stats::{Design, Matrix};
use proptest::prelude::*;

use crate::multivariate::{bivariate, periodontal, schools, three_levels};

/// metafor stops its search at about this relative distance.
const SEARCH: f64 = 2e-4;

#[track_caller]
fn assert_near(found: impl IntoIterator<Item = f64>, expected: &[f64]) {
    let found: Vec<f64> = found.into_iter().collect();
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!(
            (a - b).abs() <= SEARCH * b.abs().max(0.02),
            "found {found:?}, expected {expected:?}"
        );
    }
}

fn of_districts(reestimated: Reestimated) -> Deletions {
    let (_, _, district) = schools();
    three_levels().deletions(&district, reestimated).unwrap()
}

fn chi2(deletions: &Deletions) -> Vec<f64> {
    deletions.clusters.iter().filter_map(|it| it.chi2).collect()
}

fn cook(deletions: &Deletions) -> Vec<f64> {
    deletions.clusters.iter().map(|it| it.cooks_distance).collect()
}

/// metafor 3.8-1: `rma.mv(yi, vi, random = ~ 1 | district/school, data = dat.konstantopoulos2011)` with `rstudent`,
/// `cooks.distance`, `dfbetas`, `hatvalues`, of rows 1, 20 and 40.
#[test]
fn rows_left_out_one_by_one_are_metafors() {
    let fit = three_levels();
    let rows = fit.deletions(&Grouping::rows("row", 56), Reestimated::Everything).unwrap();
    assert!(rows.failed.is_empty() && rows.clusters.len() == 56);
    let of = |get: fn(&consilience_stats::multivariate::Deletion) -> f64| {
        [0, 19, 39].map(|i: usize| get(&rows.clusters[i]))
    };
    assert_near(
        of(|it| it.residuals[0].residual),
        &[-0.368_461_588, -0.365_629_164, -0.173_941_601],
    );
    assert_near(of(|it| it.residuals[0].se), &[0.471_253_94, 0.353_214_687, 0.327_609_7]);
    assert_near(
        of(|it| it.cooks_distance),
        &[0.001_965_212_246, 0.000_117_355_551, 0.000_083_263_497],
    );
    assert_near(of(|it| it.dfbetas[0]), &[-0.044_654_004_8, -0.010_888_988_79, 0.009_124_955_86]);
    let hat = fit.hat_values();
    assert_near(
        [0, 19, 39].map(|i| hat[i]),
        &[0.018_246_414_42, 0.008_149_594_01, 0.012_900_197_89],
    );
}

/// The same with `cluster = district`, and of the first school of three districts.
#[test]
fn districts_left_out_are_metafors() {
    let found = of_districts(Reestimated::Everything);
    let expected = [
        1.923_431_676,
        4.027_478_432,
        0.657_330_828,
        4.649_348_219,
        0.994_208_438,
        3.649_574_393,
        24.943_237_603,
        0.977_533_377,
        9.900_420_098,
        18.089_928_587,
        2.359_486_77,
    ];
    assert_near(chi2(&found), &expected);
    let expected = [
        0.069_378_414,
        0.016_188_061,
        0.041_984_976,
        0.119_208_945,
        0.021_356_637,
        0.101_450_699,
        0.558_517_486,
        0.065_650_067,
        0.003_743_852,
        0.054_883_976,
        0.000_344_165,
    ];
    assert_near(cook(&found), &expected);
    let expected = [
        -0.262_501_556,
        -0.121_232_377,
        0.199_411_632,
        0.348_468_579,
        -0.140_253_767,
        -0.323_718_644,
        1.082_569_839,
        -0.255_153_622,
        0.057_599_971,
        -0.224_325_669,
        -0.017_710_712,
    ];
    assert_near(found.clusters.iter().map(|it| it.dfbetas[0]), &expected);
    let first = found.clusters[0].residuals[0];
    assert_near([first.residual, first.se], &[-0.386_985_009, 0.473_911_707]);
}

/// The same with `reestimate = FALSE`.
#[test]
fn variances_may_stay_those_of_all_rows() {
    let found = of_districts(Reestimated::Coefficients);
    let expected = [
        1.933_264_986,
        3.938_638_328,
        0.686_705_735,
        4.590_888_399,
        1.083_696_913,
        4.249_983_348,
        15.343_179_823,
        1.097_633_896,
        8.506_320_714,
        15.335_997_336,
        2.366_203_368,
    ];
    assert_near(chi2(&found), &expected);
    let expected = [
        0.070_127_504,
        0.014_700_816,
        0.039_984_843,
        0.119_444_472,
        0.023_741_549,
        0.117_495_269,
        0.581_499_304,
        0.084_399_702,
        0.006_785_022,
        0.041_127_538,
        0.000_293_454,
    ];
    assert_near(cook(&found), &expected);
}

/// metafor 3.8-1: `rma.mv(yi, V, mods = ~ outcome - 1, random = ~ outcome | trial, struct = "UN", data = dat.berkey1998)`, trial by
/// trial.
#[test]
fn trials_of_two_outcomes_are_left_out_with_both() {
    let fit = bivariate(LevelStructure::Unstructured, LikelihoodKind::Restricted);
    let (.., trial) = periodontal();
    let found = fit.deletions(&trial, Reestimated::Everything).unwrap();
    assert_near(
        chi2(&found),
        &[1.763_226_7, 8.804_290_51, 3.181_318_68, 1.549_935_29, 4.056_590_55],
    );
    assert_near(
        cook(&found),
        &[0.458_317_647, 0.996_805_294, 0.749_794_969, 0.457_309_605, 0.576_373_329],
    );
    // The pocket depth's, then the attachment level's; metafor has them the other way round.
    assert_near(found.clusters[1].dfbetas.clone(), &[-0.916_608_15, -1.371_931_309]);
}

#[test]
fn what_cannot_be_left_out_is_named() {
    let estimates = [0.1, 0.4, 0.3, 0.8];
    let x = Matrix::from_row_slice(4, 2, &[1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
    let design = Design::from_matrix(x, vec!["intrcpt".into(), "last".into()]).unwrap();
    let rows = Grouping::rows("row", 4);
    let fit = MultilevelModel::new(&estimates, Sampling::Independent(vec![0.04; 4]), &design)
        .unwrap()
        .with(Random::intercepts(rows.clone()))
        .fit(&MultilevelOptions::default())
        .unwrap();
    let found = fit.deletions(&rows, Reestimated::Everything).unwrap();
    assert_eq!(found.clusters.len(), 3);
    assert_eq!(found.failed, [("4".to_owned(), MultivariateError::Collinear)]);
    let one = Grouping::one("all", 4);
    let found = fit.deletions(&one, Reestimated::Everything).unwrap();
    assert!(matches!(found.failed[0].1, MultivariateError::TooFewRows { rows: 0, .. }));
}

/// metafor 3.8-1: `rma.mv(…, W = W)` with W = diag(1/vi), of the schools with W₁₂ = W₂₁ = −2 besides.
#[test]
fn coefficients_by_given_weights_are_metafors() {
    let (_, variances, _) = schools();
    let mut w = Matrix::from_fn(56, 56, |i, j| if i == j { variances[i].recip() } else { 0.0 });
    w[(0, 1)] = -2.0;
    w[(1, 0)] = -2.0;
    let found = three_levels().weighted_by(&w).unwrap();
    assert_near([found.coefficients[0].estimate], &[0.046_490_451]);
    assert_near([found.vcov[(0, 0)], found.q_m.statistic], &[0.032_934_588, 0.065_625_901_7]);
    assert_near(found.hat_values[..3].to_vec(), &[0.000_546_964, 0.000_546_964, 0.000_586_658]);
    let (_, v, ..) = periodontal();
    let w = Matrix::from_diagonal(&v.diagonal().map(f64::recip));
    let fit = bivariate(LevelStructure::Unstructured, LikelihoodKind::Restricted);
    let found = fit.weighted_by(&w).unwrap();
    let estimates: Vec<f64> = found.coefficients.iter().map(|it| it.estimate).collect();
    assert_near(estimates, &[0.347_200_87, -0.392_583_874]);
    assert_near(
        [found.vcov[(0, 0)], found.vcov[(0, 1)], found.vcov[(1, 1)]],
        &[0.004_098_839_16, 0.003_093_697_24, 0.010_963_467_91],
    );
    assert_near([found.q_m.statistic], &[79.078_338_8]);
}

#[test]
fn weights_that_are_no_weights_are_refused() {
    let fit = three_levels();
    let mut w = Matrix::identity(56, 56);
    w[(3, 2)] = 0.5;
    assert!(matches!(fit.weighted_by(&w), Err(MultivariateError::NotSymmetric { .. })));
    assert!(matches!(
        fit.weighted_by(&Matrix::zeros(56, 56)),
        Err(MultivariateError::NotPositiveDefinite { .. })
    ));
    assert!(fit.weighted_by(&Matrix::identity(3, 3)).is_err());
}

fn nested(rows: &[(f64, f64, usize)]) -> MultilevelFit {
    let estimates: Vec<f64> = rows.iter().map(|row| row.0).collect();
    let labels: Vec<String> = rows.iter().map(|row| row.2.to_string()).collect();
    let sampling = Sampling::Independent(rows.iter().map(|row| row.1).collect());
    let terms =
        Random::nested(&[Grouping::new("study", &labels), Grouping::rows("effect", rows.len())]);
    MultilevelModel::new(&estimates, sampling, &Design::intercept(rows.len()))
        .unwrap()
        .with_all(terms)
        .fit(&MultilevelOptions::default())
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_deletion_is_the_fit_of_the_other_rows(
        rows in prop::collection::vec((-3.0..3.0_f64, 0.01..1.0_f64, 0..4_usize), 5..12),
    ) {
        let labels: Vec<String> = rows.iter().map(|row| row.2.to_string()).collect();
        let study = Grouping::new("study", &labels);
        let found = nested(&rows).deletions(&study, Reestimated::Everything).unwrap();
        for deletion in &found.clusters {
            let others = rows.iter().filter(|row| row.2.to_string() != deletion.cluster);
            let others: Vec<_> = others.copied().collect();
            let fit = nested(&others);
            let (a, b) = (deletion.coefficients[0], &fit.coefficients[0]);
            prop_assert!((a - b.estimate).abs() <= 1e-5 * b.se, "{a} {b:?}");
            let total = |it: &[f64]| it.iter().sum::<f64>();
            let a = total(&deletion.components.iter().map(|it| it.variances[0]).collect::<Vec<_>>());
            let b = total(&fit.components.iter().map(|it| it.variances[0]).collect::<Vec<_>>());
            prop_assert!((a - b).abs() <= 1e-5 * (a + b).max(0.01), "{a} {b}");
        }
    }

    #[test]
    fn the_models_own_weights_give_its_own_coefficients(
        rows in prop::collection::vec((-3.0..3.0_f64, 0.01..1.0_f64, 0..4_usize), 5..12),
    ) {
        let fit = nested(&rows);
        let tau2 = |i: usize| fit.components[i].variances[0];
        let w = Matrix::from_fn(rows.len(), rows.len(), |i, j| {
            let own = if i == j { rows[i].1 + tau2(1) } else { 0.0 };
            own + if rows[i].2 == rows[j].2 { tau2(0) } else { 0.0 }
        });
        let found = fit.weighted_by(&w.try_inverse().unwrap()).unwrap();
        prop_assert!((found.coefficients[0].estimate - fit.coefficients[0].estimate).abs() < 1e-9);
        prop_assert!((found.coefficients[0].se - fit.coefficients[0].se).abs() < 1e-9);
        for (a, b) in found.hat_values.iter().zip(fit.hat_values()) {
            prop_assert!((a - b).abs() < 1e-9);
        }
    }
}
