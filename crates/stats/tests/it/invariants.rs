//! What must hold for any data.

use consilience_stats::{
    CiMethod, Effect, MeanSd, MhMeasure, MhModel, MhOptions, Model, PoolOptions, Pooled,
    Tau2Method, TwoByTwo, leave_one_out, mantel_haenszel, mean_difference, odds_ratio, pool,
    risk_ratio, tau2_interval_q_profile,
};
use proptest::prelude::*;

fn effects() -> impl Strategy<Value = Vec<Effect>> {
    let effect = (-5.0..5.0_f64, -9.0..3.0_f64)
        .prop_map(|(estimate, log)| Effect { estimate, variance: libm::exp(log) });
    prop::collection::vec(effect, 2..20)
}

fn options() -> impl Strategy<Value = PoolOptions> {
    let model = prop::sample::select(Model::ALL);
    let ci = prop::sample::select(vec![CiMethod::Wald, CiMethod::HartungKnappAdHoc]);
    (model, ci).prop_map(|(model, ci)| PoolOptions { model, ci, ..PoolOptions::default() })
}

fn tables() -> impl Strategy<Value = Vec<TwoByTwo>> {
    let arm = || (1_u32..300).prop_flat_map(|n| (0..=n, Just(n)));
    let table = (arm(), arm()).prop_map(|((a, n1), (c, n2))| TwoByTwo {
        events_e: f64::from(a),
        n_e: f64::from(n1),
        events_c: f64::from(c),
        n_c: f64::from(n2),
    });
    prop::collection::vec(table, 1..12)
}

/// Whether two numbers agree to `tolerance`, relative to the size given.
fn near(a: f64, b: f64, size: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * size.abs().max(a.abs()).max(b.abs())
}

fn same_answer(a: &Pooled, b: &Pooled) -> bool {
    near(a.estimate, b.estimate, a.se, 1e-12)
        && near(a.se, b.se, 0.0, 1e-12)
        && near(a.tau2, b.tau2, 1e-3, 1e-9)
        && near(a.q, b.q, 1.0, 1e-12)
}

proptest! {
    #[test]
    fn the_order_of_studies_does_not_matter(effects in effects(), options in options()) {
        let forwards = pool(&effects, &options).unwrap();
        let reversed: Vec<Effect> = effects.iter().rev().copied().collect();
        let backwards = pool(&reversed, &options).unwrap();
        prop_assert!(same_answer(&forwards, &backwards), "{forwards:?}\n{backwards:?}");
    }

    #[test]
    fn a_change_of_unit_changes_only_the_unit(effects in effects(), options in options()) {
        // A power of two keeps the arithmetic exact, so even iterative estimators must agree to the last digits.
        let unit = 1024.0;
        let rescaled: Vec<Effect> = effects
            .iter()
            .map(|e| Effect { estimate: e.estimate * unit, variance: e.variance * unit * unit })
            .collect();
        let (fit, other) = (pool(&effects, &options).unwrap(), pool(&rescaled, &options).unwrap());
        prop_assert!(near(fit.estimate * unit, other.estimate, 0.0, 1e-12));
        prop_assert!(near(fit.se * unit, other.se, 0.0, 1e-12));
        prop_assert!(near(fit.tau2 * unit * unit, other.tau2, 0.0, 1e-12));
        prop_assert!(near(fit.p_value, other.p_value, 0.0, 1e-10));
        prop_assert!(near(fit.i2, other.i2, 0.0, 1e-12));
    }

    #[test]
    fn swapping_the_direction_changes_only_the_sign(effects in effects(), options in options()) {
        let mirrored: Vec<Effect> =
            effects.iter().map(|e| Effect { estimate: -e.estimate, ..*e }).collect();
        let (fit, other) = (pool(&effects, &options).unwrap(), pool(&mirrored, &options).unwrap());
        prop_assert_eq!(fit.estimate, -other.estimate);
        prop_assert_eq!(fit.ci.lower, -other.ci.upper);
        prop_assert_eq!((fit.tau2, fit.q, fit.p_value), (other.tau2, other.q, other.p_value));
    }

    #[test]
    fn shifting_all_estimates_shifts_the_answer(effects in effects(), options in options()) {
        let shifted: Vec<Effect> =
            effects.iter().map(|e| Effect { estimate: e.estimate + 1000.0, ..*e }).collect();
        let (fit, other) = (pool(&effects, &options).unwrap(), pool(&shifted, &options).unwrap());
        prop_assert!(near(fit.estimate + 1000.0, other.estimate, 0.0, 1e-11));
        prop_assert!(near(fit.tau2, other.tau2, 1.0, 1e-7));
    }

    #[test]
    fn answers_lie_in_their_ranges(effects in effects(), options in options()) {
        let fit = pool(&effects, &options).unwrap();
        prop_assert!(fit.tau2 >= 0.0 && fit.q >= 0.0 && fit.h2 >= 0.0);
        prop_assert!((0.0..=100.0).contains(&fit.i2));
        prop_assert!((0.0..=1.0).contains(&fit.p_value) && (0.0..=1.0).contains(&fit.q_p_value));
        prop_assert!(fit.weights.iter().all(|w| *w > 0.0));
        prop_assert!(near(fit.weights.iter().sum(), 100.0, 0.0, 1e-12));
        prop_assert!(fit.ci.contains(fit.estimate));
        let least = effects.iter().map(|e| e.estimate).fold(f64::INFINITY, f64::min);
        let greatest = effects.iter().map(|e| e.estimate).fold(f64::NEG_INFINITY, f64::max);
        prop_assert!(fit.estimate >= least - 1e-12 && fit.estimate <= greatest + 1e-12);
    }

    #[test]
    fn a_prediction_interval_holds_the_confidence_interval_of_its_kind(effects in effects()) {
        let fit = pool(&effects, &PoolOptions::default()).unwrap();
        prop_assert_eq!(fit.prediction.is_some(), effects.len() >= 3);
        if let Some(prediction) = fit.prediction {
            prop_assert!(prediction.lower <= fit.ci.lower && prediction.upper >= fit.ci.upper);
        }
    }

    #[test]
    fn random_effects_without_heterogeneity_are_the_common_effect(
        variances in prop::collection::vec(0.01..2.0_f64, 2..10),
    ) {
        // Estimates far closer together than their standard errors.
        let effects: Vec<Effect> = variances
            .iter()
            .zip([0.101, 0.1, 0.102].iter().cycle())
            .map(|(&variance, &estimate)| Effect { estimate, variance })
            .collect();
        let common = pool(
            &effects,
            &PoolOptions { model: Model::CommonEffect, ..PoolOptions::default() },
        ).unwrap();
        for method in Tau2Method::ALL.iter().filter(|m| **m != Tau2Method::SidikJonkman) {
            let model = Model::RandomEffects(*method);
            let random = pool(&effects, &PoolOptions { model, ..PoolOptions::default() }).unwrap();
            prop_assert_eq!(random.tau2, 0.0);
            prop_assert_eq!((random.estimate, random.se), (common.estimate, common.se));
        }
        for fit in leave_one_out(&effects, &PoolOptions::default()).unwrap() {
            prop_assert!((fit.estimate - common.estimate).abs() <= 0.002);
            prop_assert_eq!(fit.tau2, 0.0);
        }
    }

    #[test]
    fn paule_mandel_solves_its_equation_and_lies_in_the_q_profile(effects in effects()) {
        let model = Model::RandomEffects(Tau2Method::PauleMandel);
        let fit = pool(&effects, &PoolOptions { model, ..PoolOptions::default() }).unwrap();
        if fit.tau2 > 0.0 {
            let q: f64 = effects
                .iter()
                .map(|e| {
                    let residual = e.estimate - fit.estimate;
                    residual * residual / (e.variance + fit.tau2)
                })
                .sum();
            prop_assert!(near(q, fit.q_df, 0.0, 1e-10));
        }
        let interval = tau2_interval_q_profile(&effects, 0.95).unwrap();
        prop_assert!(interval.lower <= interval.upper);
        prop_assert!(interval.contains(fit.tau2) || fit.tau2 == 0.0);
    }

    #[test]
    fn no_tau2_has_a_higher_restricted_likelihood_than_reml(
        effects in effects(),
        other in 0.0..50.0_f64,
    ) {
        let log_likelihood = |tau2: f64| {
            let weights: Vec<f64> = effects.iter().map(|e| 1.0 / (e.variance + tau2)).collect();
            let total: f64 = weights.iter().sum();
            let mean =
                weights.iter().zip(&effects).map(|(w, e)| w * e.estimate).sum::<f64>() / total;
            let q: f64 =
                weights.iter().zip(&effects).map(|(w, e)| w * (e.estimate - mean) * (e.estimate - mean)).sum();
            0.5 * (weights.iter().map(|w| libm::log(*w)).sum::<f64>() - libm::log(total) - q)
        };
        let reml = pool(&effects, &PoolOptions::default()).unwrap().tau2;
        let best = log_likelihood(reml);
        prop_assert!(best >= log_likelihood(other) - 1e-9 * best.abs().max(1.0));
    }

    #[test]
    fn mean_differences_pool_in_any_unit(
        arms in prop::collection::vec(
            (-10.0..10.0_f64, 0.1..5.0_f64, -10.0..10.0_f64, 0.1..5.0_f64, 3_u32..200), 2..8),
        unit in 0.001..1000.0_f64,
    ) {
        let pooled = |unit: f64| {
            let effects: Vec<Effect> = arms
                .iter()
                .map(|&(m1, s1, m2, s2, n)| {
                    let arm = |mean: f64, sd: f64| {
                        MeanSd { n: f64::from(n), mean: mean * unit, sd: sd * unit }
                    };
                    mean_difference(&arm(m1, s1), &arm(m2, s2)).unwrap()
                })
                .collect();
            pool(&effects, &PoolOptions::default()).unwrap()
        };
        let (plain, rescaled) = (pooled(1.0), pooled(unit));
        let size = plain.se * unit;
        prop_assert!(near(plain.estimate * unit, rescaled.estimate, size, 1e-9));
        prop_assert!(near(plain.se * unit, rescaled.se, 0.0, 1e-9));
    }

    #[test]
    fn exchanging_arms_changes_only_the_sign(tables in tables()) {
        for table in &tables {
            let exchanged = TwoByTwo {
                events_e: table.events_c,
                n_e: table.n_c,
                events_c: table.events_e,
                n_c: table.n_e,
            };
            for effect in [risk_ratio, odds_ratio] {
                match (effect(table), effect(&exchanged)) {
                    (Ok(a), Ok(b)) => {
                        prop_assert!(near(a.estimate, -b.estimate, 1.0, 1e-13));
                        prop_assert!(near(a.variance, b.variance, 0.0, 1e-13));
                    }
                    (a, b) => prop_assert_eq!(a.is_err(), b.is_err()),
                }
            }
        }
    }

    #[test]
    fn mantel_haenszel_lies_between_its_studies(tables in tables()) {
        for measure in MhMeasure::ALL {
            for model in MhModel::ALL {
                let Ok(fit) = mantel_haenszel(&tables, *measure, &MhOptions::review_manager(*model, 0.95)) else { continue };
                prop_assert!(near(fit.pooled.weights.iter().sum(), 100.0, 0.0, 1e-12));
                prop_assert_eq!(fit.pooled.k, fit.studies.iter().flatten().count());
                let estimates = || fit.studies.iter().flatten().map(|e| e.estimate);
                let least = estimates().fold(f64::INFINITY, f64::min);
                let greatest = estimates().fold(f64::NEG_INFINITY, f64::max);
                let slack = 1e-12 * (greatest.abs() + least.abs());
                prop_assert!(fit.pooled.estimate >= least - slack);
                prop_assert!(fit.pooled.estimate <= greatest + slack);
            }
        }
    }
}
