//! Location-scale models: an independent fit, limits, and hard inputs.

use consilience_stats::location_scale::{
    LocationScaleError, LocationScaleOptions, ScaleLikelihood, ScaleLink, location_scale,
};
use consilience_stats::{Design, Effect, Model, PoolOptions, Tau2Method, pool};

use super::data::{assert_close, bcg_risk_ratios};

const LATITUDE: [f64; 13] =
    [44.0, 55.0, 42.0, 52.0, 13.0, 44.0, 19.0, 13.0, 27.0, 42.0, 18.0, 33.0, 33.0];

fn latitude() -> Design {
    Design::builder(13).numeric("latitude", &LATITUDE).build().unwrap()
}

#[test]
fn without_scale_moderators_it_is_the_random_effects_model() {
    let effects = bcg_risk_ratios();
    for (likelihood, method) in [
        (ScaleLikelihood::Full, Tau2Method::MaximumLikelihood),
        (ScaleLikelihood::Restricted, Tau2Method::Reml),
    ] {
        for link in [ScaleLink::Log, ScaleLink::Identity] {
            let options =
                LocationScaleOptions { link, likelihood, ..LocationScaleOptions::default() };
            let mean = Design::intercept(13);
            let found = location_scale(&effects, &mean, &mean, &options).unwrap();
            let model = Model::RandomEffects(method);
            let pooled = pool(&effects, &PoolOptions { model, ..PoolOptions::default() }).unwrap();
            assert_close(found.tau2[0], pooled.tau2, 1e-7);
            assert_close(found.location[0].estimate, pooled.estimate, 1e-8);
            assert_close(found.location[0].se, pooled.se, 1e-7);
        }
    }
}

#[test]
fn a_scale_moderator_agrees_with_metafor() {
    // metafor 3.8-1: rma(yi, vi, mods=~ablat, scale=~ablat or ~I(year-1970), method, link) on log risk ratios of dat.bcg: slope
    // and its standard error of location and scale, log-likelihood. Its search ends at about three digits.
    let years = [1948, 1949, 1960, 1977, 1973, 1953, 1973, 1980, 1968, 1961, 1974, 1969, 1976];
    let since: Vec<f64> = years.iter().map(|year| f64::from(year - 1970)).collect();
    let year = Design::builder(13).numeric("year", &since).build().unwrap();
    let expected = [
        (
            (latitude(), ScaleLikelihood::Full, ScaleLink::Log),
            [-0.029772691, 0.004983851, 0.038593259, 0.073042574, -7.539290250],
        ),
        (
            (latitude(), ScaleLikelihood::Restricted, ScaleLink::Log),
            [-0.029110522, 0.007215270, -0.000730146, 0.079571801, -8.087277925],
        ),
        (
            (year, ScaleLikelihood::Restricted, ScaleLink::Identity),
            [-0.027156359, 0.008068109, 0.003767448, 0.008212065, -7.956293557],
        ),
    ];
    for ((scale, likelihood, link), [beta, se, alpha, se_alpha, ll]) in expected {
        let options = LocationScaleOptions { link, likelihood, ..LocationScaleOptions::default() };
        let found = location_scale(&bcg_risk_ratios(), &latitude(), &scale, &options).unwrap();
        assert_close(found.location[1].estimate, beta, 1e-4);
        assert_close(found.location[1].se, se, 1e-4);
        assert!((found.scale[1].estimate - alpha).abs() < 2e-4 * se_alpha.max(1.0));
        assert_close(found.scale[1].se, se_alpha, 1e-3);
        let fit = match likelihood {
            ScaleLikelihood::Full => found.fit.ml.ll,
            ScaleLikelihood::Restricted => found.fit.reml.unwrap().ll,
        };
        assert!((fit - ll).abs() < 1e-5, "{fit} {ll}");
        assert!(!found.at_boundary);
    }
}

#[test]
fn a_between_study_variance_of_0_is_said_to_be_on_the_boundary() {
    // metafor 3.8-1: rma(yi, vi, mods=~ablat, scale=~ablat, link="identity", method="ML") finds no standard errors here: intercept
    // -0.02667603 = -13 times the slope 0.002052002, the least latitude being 13; log-likelihood -7.139288984, which is a
    // little below the maximum.
    let options = LocationScaleOptions {
        link: ScaleLink::Identity,
        likelihood: ScaleLikelihood::Full,
        ..LocationScaleOptions::default()
    };
    let found = location_scale(&bcg_risk_ratios(), &latitude(), &latitude(), &options).unwrap();
    assert!(found.at_boundary);
    assert_close(found.scale[1].estimate, 0.002052002, 1e-3);
    assert_close(found.location[1].estimate, -0.032127637, 1e-4);
    assert!(found.fit.ml.ll > -7.139288984 && found.fit.ml.ll < -7.1392887);
}

#[test]
fn identical_effects_have_no_scale_on_the_log_link() {
    let effects = vec![Effect { estimate: 0.3, variance: 0.1 }; 6];
    let mean = Design::intercept(6);
    let options = LocationScaleOptions::default();
    let found = location_scale(&effects, &mean, &mean, &options);
    assert_eq!(found, Err(LocationScaleError::VanishingScale));
    let identity = LocationScaleOptions { link: ScaleLink::Identity, ..options };
    let found = location_scale(&effects, &mean, &mean, &identity).unwrap();
    assert!(found.tau2[0] < 1e-9 && found.at_boundary);
}

#[test]
fn predictions_follow_the_link() {
    let found = location_scale(
        &bcg_risk_ratios(),
        &latitude(),
        &latitude(),
        &LocationScaleOptions::default(),
    )
    .unwrap();
    let (tau2, interval) = found.tau2_at(&[1.0, 44.0]).unwrap();
    assert_close(tau2, found.tau2[0], 1e-12);
    assert!(interval.lower < tau2 && tau2 < interval.upper && interval.lower > 0.0);
    assert_eq!(found.tau2_at(&[1.0]), None);
    let (mean, interval) = found.mean_at(&[1.0, 44.0]).unwrap();
    assert!(interval.contains(mean));
}

#[test]
fn impossible_requests_are_refused() {
    let effects = bcg_risk_ratios();
    let mean = Design::intercept(13);
    let options = LocationScaleOptions::default();
    let found = location_scale(&effects, &Design::intercept(4), &mean, &options);
    let expected = LocationScaleError::DesignRows { part: "location", found: 4, expected: 13 };
    assert_eq!(found, Err(expected));
    let doubled: Vec<f64> = LATITUDE.iter().map(|it| 2.0 * it).collect();
    let twice = Design::builder(13)
        .numeric("latitude", &LATITUDE)
        .numeric("doubled", &doubled)
        .build()
        .unwrap();
    let found = location_scale(&effects, &mean, &twice, &options);
    let expected = LocationScaleError::Collinear { part: "scale", column: "doubled".into() };
    assert_eq!(found, Err(expected));
    let one = location_scale(&effects[..1], &Design::intercept(1), &Design::intercept(1), &options);
    assert!(matches!(one, Err(LocationScaleError::TooFewStudies { .. })));
}
