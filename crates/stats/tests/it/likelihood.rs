//! The search for the highest point of the likelihood, on which every fit by (restricted) maximum likelihood rests.

use consilience_stats::{
    Design, Effect, Model, PoolOptions, RegressionOptions, Tau2IntervalMethod, Tau2Method, pool,
    regress,
};
use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_assert, proptest};

/// The (restricted) log-likelihood at τ², written out plainly.
fn log_likelihood(effects: &[Effect], tau2: f64, restricted: bool) -> f64 {
    let weights: Vec<f64> = effects.iter().map(|it| 1.0 / (it.variance + tau2)).collect();
    let total: f64 = weights.iter().sum();
    let best = effects.iter().min_by(|a, b| a.variance.total_cmp(&b.variance)).unwrap().estimate;
    let centred = |it: &Effect| it.estimate - best;
    let mean = weights.iter().zip(effects).map(|(w, it)| w * centred(it)).sum::<f64>() / total;
    let q: f64 = weights
        .iter()
        .zip(effects)
        .map(|(w, it)| w * (centred(it) - mean) * (centred(it) - mean))
        .sum();
    let logs: f64 = weights.iter().map(|w| libm::log(*w)).sum();
    0.5 * (logs - if restricted { libm::log(total) } else { 0.0 } - q)
}

/// Studies whose variances and distances range over many orders, so that some likelihoods have several maxima.
fn hard_studies() -> impl Strategy<Value = Vec<Effect>> {
    let study = (-3.0..3.0, -6.0..6.0, 0..4_u8);
    vec(study, 2..12).prop_map(|studies| {
        let effect = |(place, size, far): (f64, f64, u8)| {
            let distance = if far == 0 { 30.0 * place } else { place };
            Effect { estimate: distance, variance: libm::exp(size) }
        };
        studies.into_iter().map(effect).collect()
    })
}

proptest! {
    /// No point of a fine grid, from far below the smallest variance to far beyond the largest spread, is higher.
    #[test]
    fn no_point_of_a_fine_grid_is_higher_than_the_estimate(effects in hard_studies()) {
        for (method, restricted) in [(Tau2Method::Reml, true), (Tau2Method::MaximumLikelihood, false)] {
            let options = PoolOptions { model: Model::RandomEffects(method), ..PoolOptions::default() };
            let tau2 = pool(&effects, &options).unwrap().tau2;
            let top = log_likelihood(&effects, tau2, restricted);
            let zero = log_likelihood(&effects, 0.0, restricted);
            prop_assert!(top >= zero - 1e-9 * zero.abs().max(1.0));
            for step in 0..2000 {
                let point = libm::exp(-12.0 + f64::from(step) * 0.012);
                let height = log_likelihood(&effects, point, restricted);
                prop_assert!(
                    top >= height - 1e-9 * height.abs().max(1.0),
                    "{method:?}: {point} is higher ({height}) than {tau2} ({top})"
                );
            }
        }
    }
}

/// Two clusters of precise studies far apart and one imprecise study between them: the likelihood has a maximum at 0 and
/// another beyond it, and scoring from a small start stays at the wrong one.
#[test]
fn the_higher_of_two_maxima_is_found() {
    let effects: Vec<Effect> =
        [(0.0, 0.0001), (0.0, 0.0001), (3.0, 4.0), (-4.0, 4.0), (5.0, 4.0), (-5.0, 4.0)]
            .map(|(estimate, variance)| Effect { estimate, variance })
            .to_vec();
    let tau2 = pool(&effects, &PoolOptions::default()).unwrap().tau2;
    let top = log_likelihood(&effects, tau2, true);
    for step in 0..40_000 {
        assert!(log_likelihood(&effects, f64::from(step) * 0.001, true) <= top + 1e-12);
    }
}

/// The profile passes through the log-likelihood of the fit (metafor 3.8-1: `logLik(rma(yi, vi, data = dat.bcg))`) and drops by half
/// the χ² quantile to the limits of the profile-likelihood interval.
#[test]
fn the_profile_of_tau2_peaks_at_the_fit() {
    let effects = crate::data::bcg_risk_ratios();
    for (method, of) in [
        (Tau2Method::Reml, -12.202_371_415_494),
        (Tau2Method::MaximumLikelihood, -12.665_076_348_277),
    ] {
        let options = RegressionOptions {
            model: Model::RandomEffects(method),
            ..RegressionOptions::default()
        };
        let fit = regress(&effects, &Design::intercept(effects.len()), &options).unwrap();
        let limits = fit.tau2_interval(Tau2IntervalMethod::ProfileLikelihood, 0.95).unwrap().tau2;
        let at = [fit.tau2, limits.lower, limits.upper, 0.9 * fit.tau2, 1.1 * fit.tau2];
        let profile = fit.profile_log_likelihood(&at).unwrap();
        crate::data::assert_close(profile[0], of, 1e-8);
        for limit in &profile[1..3] {
            crate::data::assert_close(*limit, of - 0.5 * 3.841_458_820_694, 1e-8);
        }
        assert!(profile[3] < profile[0] && profile[4] < profile[0]);
    }
    let fit = regress(&effects, &Design::intercept(13), &RegressionOptions::default()).unwrap();
    assert!(fit.profile_log_likelihood(&[-0.1]).is_err());
}
