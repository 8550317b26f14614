//! Case diagnostics and the data of diagnostic plots.

use consilience_stats::{
    CiMethod, Design, Effect, LabbeMeasure, Model, PoolError, PoolOptions, Regression,
    RegressionOptions, Subsets, Tau2Method, cumulative, gosh, labbe, normal_quantiles, pool,
    radial, regress,
};

use crate::data::{assert_close, bcg_risk_ratios, bcg_tables};
use crate::regression::latitude;

fn reml(effects: &[Effect]) -> Regression {
    regress(effects, &Design::intercept(effects.len()), &RegressionOptions::default()).unwrap()
}

#[test]
fn the_influence_of_a_bcg_trial_is_metafors() {
    // influence(rma(yi, vi))$inf[4, ], REML solved to 1e-14.
    let fit = reml(&bcg_risk_ratios());
    let fourth = &fit.influence().unwrap()[3];
    let deletion = fourth.deletion.as_ref().unwrap();
    assert_close(deletion.residual.z, -1.45120066425, 1e-9);
    assert_close(deletion.dffits, -0.52005098847, 1e-9);
    assert_close(deletion.cook_distance, 0.229481639116, 1e-9);
    assert_close(deletion.covariance_ratio, 0.965126485136, 1e-9);
    assert_close(deletion.tau2, 0.262758148091, 1e-9);
    assert_close(deletion.q_e, 96.5625949714, 1e-9);
    assert_close(deletion.dfbetas[0], -0.51381338732, 1e-9);
    assert_close(fourth.hat, 0.0969874701892, 1e-9);
    assert_close(fourth.weight, 9.69874701892, 1e-9);
    assert!(!fourth.is_influential(13, 1));
}

#[test]
fn leverages_add_up_to_the_number_of_coefficients() {
    let fit = regress(&bcg_risk_ratios(), &latitude(), &RegressionOptions::default()).unwrap();
    assert_close(fit.hat_values().unwrap().iter().sum(), 2.0, 1e-13);
}

#[test]
fn deletion_agrees_with_the_fit_of_the_rest() {
    let fit = regress(&bcg_risk_ratios(), &latitude(), &RegressionOptions::default()).unwrap();
    let rest = fit.leave_one_out().unwrap();
    for (study, rest) in fit.influence().unwrap().iter().zip(rest) {
        let (deletion, rest) = (study.deletion.as_ref().unwrap(), rest.unwrap());
        assert_close(deletion.tau2, rest.tau2, 1e-10);
        assert_close(deletion.i2, rest.i2, 1e-10);
        assert_close(deletion.q_e, rest.q_e, 1e-12);
    }
}

#[test]
fn a_study_that_alone_tells_a_coefficient_has_no_deletion() {
    let effects = bcg_risk_ratios();
    let mut only = [0.0; 13];
    only[6] = 1.0;
    let design = Design::builder(13).numeric("only", &only).build().unwrap();
    let fit = regress(&effects, &design, &RegressionOptions::default()).unwrap();
    let influence = fit.influence().unwrap();
    assert!(influence.iter().enumerate().all(|(i, study)| study.deletion.is_none() == (i == 6)));
    assert_close(influence[6].hat, 1.0, 1e-12);
    assert!(influence[6].is_influential(13, 2));
    assert_eq!(fit.leave_one_out().unwrap().iter().filter(|fit| fit.is_none()).count(), 1);
    assert!(fit.deleted_residuals().unwrap()[6].is_none() && fit.baujat().unwrap()[6].is_none());
    assert!(fit.standardized_residuals().unwrap()[6].z.abs() < 1e-6);
}

#[test]
fn a_cumulative_synthesis_ends_with_the_synthesis() {
    let effects = bcg_risk_ratios();
    let order: Vec<usize> = (0..13).rev().collect();
    let options =
        PoolOptions { ci: CiMethod::HartungKnapp, prediction: None, ..PoolOptions::default() };
    let steps = cumulative(&effects, &order, &options).unwrap();
    assert_eq!(steps.len(), 13);
    assert_eq!((steps[0].estimate, steps[0].df), (effects[12].estimate, None));
    assert_close(steps[12].estimate, pool(&effects, &options).unwrap().estimate, 1e-12);
    assert_eq!(
        cumulative(&effects, &[0; 13], &options).unwrap_err(),
        PoolError::Order { position: 0, k: 13 }
    );
    assert!(cumulative(&effects, &order[..12], &options).is_err());
}

#[test]
fn all_subsets_hold_the_whole_and_each_study() {
    let effects = bcg_risk_ratios();
    let model = Model::RandomEffects(Tau2Method::DerSimonianLaird);
    let found = gosh(&effects[..10], model, Subsets::All).unwrap();
    assert_eq!(found.len(), 1023);
    let whole = PoolOptions { model, ..PoolOptions::default() };
    let whole = pool(&effects[..10], &whole).unwrap();
    assert_eq!((found.estimate[1022], found.tau2[1022]), (whole.estimate, whole.tau2));
    assert_eq!((found.i2[1022], found.q[1022]), (whole.i2, whole.q));
    assert_eq!((found.k[0], found.estimate[0], found.h2[0]), (1, effects[0].estimate, 1.0));
    assert!(found.includes(4, 0) && !found.includes(4, 1) && found.includes(4, 2));
    assert!(!found.includes(4, 10) && !found.includes(5000, 0));
}

#[test]
fn sampled_subsets_depend_on_the_seed_only() {
    let effects: Vec<Effect> = (0..70)
        .map(|i| Effect { estimate: f64::from(i % 7), variance: 1.0 + f64::from(i % 5) })
        .collect();
    let sample =
        |seed| gosh(&effects, Model::CommonEffect, Subsets::Sampled { count: 50, seed }).unwrap();
    assert_eq!(sample(1), sample(1));
    assert_ne!(sample(1), sample(2));
    let first = sample(1);
    let size = (0..70).filter(|&study| first.includes(0, study)).count();
    assert_eq!(first.k[0], size);
    assert!(gosh(&effects, Model::CommonEffect, Subsets::All).is_err());
}

#[test]
fn a_radial_line_has_the_pooled_estimate_as_its_slope() {
    // Least squares through the origin in the radial plot is the inverse-variance mean.
    let effects = bcg_risk_ratios();
    let fit = reml(&effects);
    let points = radial(&effects, fit.tau2);
    let (xy, xx) = points.iter().fold((0.0, 0.0), |(xy, xx), it| {
        (xy + it.precision * it.standardized, xx + it.precision * it.precision)
    });
    assert_close(xy / xx, fit.coefficients[0].estimate, 1e-12);
}

#[test]
fn normal_quantiles_are_symmetric_and_in_order() {
    let points = normal_quantiles(&[0.3, -1.2, 2.0], 0.95);
    assert_eq!(points.iter().map(|it| it.study).collect::<Vec<_>>(), [1, 0, 2]);
    // Blom's positions for three: (i - 3/8)/(3 + 1/4).
    assert_close(points[2].expected, 0.8694238, 1e-6);
    assert!(points[1].expected.abs() < 1e-12);
    assert_close(points[0].expected, -points[2].expected, 1e-12);
    assert!(points[1].band.contains(0.0));
    // The largest of three is below its limit with probability p^3: qnorm(0.975^(1/3)).
    assert_close(points[2].band.upper, 2.39109, 1e-4);
}

#[test]
fn the_labbe_line_goes_through_pooled_risks() {
    let points = labbe(&bcg_tables()).unwrap();
    assert_close(points[0].control, 11.0 / 139.0, 1e-15);
    assert_close(points[0].experimental, 4.0 / 123.0, 1e-15);
    let log_half = libm::log(0.5);
    assert_close(LabbeMeasure::RiskRatio.experimental_risk(0.4, log_half), 0.2, 1e-15);
    assert_close(LabbeMeasure::OddsRatio.experimental_risk(0.5, log_half), 1.0 / 3.0, 1e-15);
    assert_close(LabbeMeasure::RiskDifference.experimental_risk(0.4, -0.1), 0.3, 1e-15);
    assert_eq!(LabbeMeasure::RiskDifference.experimental_risk(0.05, -0.1), 0.0);
}
