//! Mantel-Haenszel and Peto pooling against metafor and Review Manager.

use consilience_stats::{
    MhMeasure, MhModel, MhOptions, Model, PoolOptions, TwoByTwo, mantel_haenszel, peto_odds_ratio,
    pool,
};

use crate::data::{assert_close, bcg_tables};

/// Review Manager's choices.
fn rm(model: MhModel) -> MhOptions {
    MhOptions::review_manager(model, 0.95)
}

#[test]
fn bcg_mantel_haenszel_is_metafors() {
    // beta, se, z, p, ci.lb, ci.ub, Q, Q's p
    let expected = [
        (
            MhMeasure::OddsRatio,
            [
                -0.473410988388585,
                0.0410077784042314,
                -11.5444192982602,
                7.87716732544439e-31,
                -0.553784757146878,
                -0.393037219630292,
                163.942579569193,
                8.24945255100163e-29,
            ],
        ),
        (
            MhMeasure::RiskRatio,
            [
                -0.453709604683754,
                0.0393373668712944,
                -11.5338071856263,
                8.91137967074168e-31,
                -0.53080942699813,
                -0.376609782369378,
                152.567553586657,
                1.70758753151519e-26,
            ],
        ),
    ];
    for (measure, expected) in expected {
        let fit = mantel_haenszel(&bcg_tables(), measure, &rm(MhModel::CommonEffect)).unwrap();
        let p = fit.pooled;
        let got =
            [p.estimate, p.se, p.statistic, p.p_value, p.ci.lower, p.ci.upper, p.q, p.q_p_value];
        for (got, expected) in got.into_iter().zip(expected) {
            assert_close(got, expected, 1e-11);
        }
    }
}

#[test]
fn bcg_risk_difference_has_metafors_estimate_and_review_managers_standard_error() {
    let fit = mantel_haenszel(&bcg_tables(), MhMeasure::RiskDifference, &rm(MhModel::CommonEffect));
    let pooled = fit.unwrap().pooled;
    assert_close(pooled.estimate, -0.003288181832613, 1e-12);
    assert_close(pooled.se, 0.0002845159218969411, 1e-12);
    assert_close(pooled.q, 386.77594183656, 1e-12);
}

#[test]
fn bcg_peto_is_metafors() {
    let effects: Vec<_> = bcg_tables().iter().map(|t| peto_odds_ratio(t).unwrap()).collect();
    let options = PoolOptions { model: Model::CommonEffect, ..PoolOptions::default() };
    let fit = pool(&effects, &options).unwrap();
    assert_close(fit.estimate, -0.474446310940636, 1e-13);
    assert_close(fit.se, 0.0406590807446483, 1e-13);
    assert_close(fit.p_value, 1.83807338632167e-31, 1e-11);
    assert_close(fit.q, 167.730167511489, 1e-12);
    assert_close(fit.q_p_value, 1.38975434718433e-29, 1e-11);
}

/// Fleiss (1993), doi 10.1177/096228029300200202: aspirin after myocardial infarction.
fn fleiss() -> Vec<TwoByTwo> {
    [
        [49.0, 615.0, 67.0, 624.0],
        [44.0, 758.0, 64.0, 771.0],
        [102.0, 832.0, 126.0, 850.0],
        [32.0, 317.0, 38.0, 309.0],
        [85.0, 810.0, 52.0, 406.0],
        [246.0, 2267.0, 219.0, 2257.0],
        [1570.0, 8587.0, 1720.0, 8600.0],
    ]
    .map(|[events_e, n_e, events_c, n_c]| TwoByTwo { events_e, n_e, events_c, n_c })
    .to_vec()
}

#[test]
fn fleiss_odds_ratios_are_those_in_the_review_manager_file() {
    let fit = mantel_haenszel(&fleiss(), MhMeasure::OddsRatio, &rm(MhModel::CommonEffect));
    let fit = fit.unwrap();
    assert_close(libm::exp(fit.pooled.estimate), 0.8968655609, 1e-9);
    assert_close(libm::exp(fit.pooled.ci.lower), 0.8405144009, 1e-9);
    assert_close(libm::exp(fit.pooled.ci.upper), 0.9569947088, 1e-9);
    assert_close(fit.pooled.q, 9.9460559832, 1e-9);
    // The file prints 0.126942252; this is metafor's.
    assert_close(fit.pooled.q_p_value, 0.12694217790629492, 1e-12);
    assert_close(fit.pooled.i2, 39.674580, 1e-7);
    assert_close(fit.pooled.statistic, -3.287633061, 1e-9);
    let weights = [3.176490, 3.101689, 5.675381, 1.795485, 3.217624, 10.153491, 72.879840];
    for (got, expected) in fit.pooled.weights.iter().zip(weights) {
        assert_close(*got, expected, 1e-6);
    }
    let first = fit.studies[0].unwrap();
    assert_close(libm::exp(first.estimate), 0.7197141501, 1e-9);
    assert_close(first.se(), 0.1972198088, 1e-9);
}

#[test]
fn a_zero_cell_gets_halves_as_review_manager_adds_them() {
    let table = TwoByTwo { events_e: 0.0, n_e: 100.0, events_c: 7.0, n_c: 99.0 };
    let fit = mantel_haenszel(&[table], MhMeasure::RiskRatio, &rm(MhModel::CommonEffect)).unwrap();
    let study = fit.studies[0].unwrap();
    assert_close(libm::exp(study.estimate), 0.0660066, 1e-6);
    assert_close(study.se(), 1.453765, 1e-6);
    let interval = study.interval(0.95);
    assert_close(libm::exp(interval.lower), 0.0038207, 1e-5);
    assert_close(libm::exp(interval.upper), 1.1403398, 1e-6);
    // One study pooled is that study.
    assert_close(fit.pooled.estimate, study.estimate, 1e-12);
    assert_close(fit.pooled.se, study.se(), 1e-12);
    assert_eq!((fit.pooled.q, fit.pooled.i2, fit.pooled.q_p_value), (0.0, 0.0, 1.0));
}

#[test]
fn a_table_without_events_is_left_out_of_ratios_and_kept_for_differences() {
    let mut tables = bcg_tables();
    tables.insert(1, TwoByTwo { events_e: 0.0, n_e: 50.0, events_c: 0.0, n_c: 60.0 });
    for model in MhModel::ALL {
        let ratio = mantel_haenszel(&tables, MhMeasure::RiskRatio, &rm(*model)).unwrap();
        let without = mantel_haenszel(&bcg_tables(), MhMeasure::RiskRatio, &rm(*model)).unwrap();
        assert_eq!(ratio.studies[1], None);
        assert_eq!(ratio.pooled.weights[1], 0.0);
        assert_eq!(ratio.pooled.k, 13);
        assert_close(ratio.pooled.estimate, without.pooled.estimate, 1e-15);
        let difference = mantel_haenszel(&tables, MhMeasure::RiskDifference, &rm(*model)).unwrap();
        assert_eq!(difference.pooled.k, 14);
        assert_eq!(difference.studies[1].unwrap().estimate, 0.0);
        assert!(difference.pooled.weights[1] > 0.0);
    }
}

#[test]
fn random_effects_of_agreeing_tables_have_no_tau2() {
    let tables = [10.0, 11.0, 9.0].map(|events_e| TwoByTwo {
        events_e,
        n_e: 100.0,
        events_c: 20.0,
        n_c: 100.0,
    });
    let fit = mantel_haenszel(&tables, MhMeasure::OddsRatio, &rm(MhModel::RandomEffects)).unwrap();
    assert_eq!((fit.pooled.tau2, fit.pooled.i2), (0.0, 0.0));
}

/// The value is that of forty-digit arithmetic; Σw − Σw²/Σw by subtraction is right to eight digits only.
#[test]
fn random_effects_keep_their_digits_where_one_table_outweighs_the_other() {
    let tables = [
        TwoByTwo { events_e: 5.0, n_e: 16.0, events_c: 29_229.0, n_c: 361_104.0 },
        TwoByTwo { events_e: 0.0, n_e: 145_963.0, events_c: 0.0, n_c: 24_398.0 },
    ];
    let measure = MhMeasure::RiskDifference;
    let fit = mantel_haenszel(&tables, measure, &rm(MhModel::RandomEffects)).unwrap();
    assert_close(fit.pooled.tau2, 0.263_925_082_841_077_25, 1e-13);
}
