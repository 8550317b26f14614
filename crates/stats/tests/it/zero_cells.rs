//! Tables and rates with zero cells, pooled under metafor's rules. Reference values: metafor 3.8-1 under R 4.2.2, printed with
//! sixteen digits.

use consilience_stats::{
    AddTo, CellTreatment, DichotomousMethod, MhMeasure, MhModel, MhOptions, MhRateMeasure,
    MhRateOptions, PetoOptions, PoolError, Rate, RevManAnalysis, RevManOptions, TwoByTwo, TwoRates,
    ZeroCells, add_one_by_one, compare_profiles, leave_each_out, mantel_haenszel,
    mantel_haenszel_rates, peto,
};
use proptest::prelude::*;

use crate::data::{assert_close, bcg_tables};

/// One study without control events, one without any, one in which everybody treated had the event.
fn sparse() -> Vec<TwoByTwo> {
    [[0, 20, 2, 22], [3, 25, 0, 25], [8, 60, 12, 55], [0, 30, 0, 30], [15, 15, 12, 16]]
        .map(|numbers| {
            let [events_e, n_e, events_c, n_c] = numbers.map(f64::from);
            TwoByTwo { events_e, n_e, events_c, n_c }
        })
        .to_vec()
}

fn close_all(got: &[f64], expected: &[f64]) {
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().zip(expected) {
        assert_close(*got, *expected, 1e-10);
    }
}

#[test]
fn the_default_corrects_studies_and_pools_raw_counts() {
    // beta, se, QE
    let expected = [
        (MhMeasure::OddsRatio, [0.007546985200034139, 0.3952287110405676, 6.737436356378968]),
        (MhMeasure::RiskRatio, [0.003704452262057512, 0.1930539836767748, 7.321145008805848]),
        (
            MhMeasure::RiskDifference,
            [0.0006493462783752545, 0.03400315945119516, 9.420687076955179],
        ),
    ];
    for (measure, expected) in expected {
        let fit = mantel_haenszel(&sparse(), measure, &MhOptions::default()).unwrap();
        close_all(&[fit.pooled.estimate, fit.pooled.se, fit.pooled.q], &expected);
        assert_eq!((fit.k_pooled, fit.pooled.k), (5, 4));
        assert_eq!(fit.studies[3], None);
    }
    let fit = mantel_haenszel(&sparse(), MhMeasure::RiskRatio, &MhOptions::default()).unwrap();
    let weights = [7.314921208141826, 0.0, 48.0876559422193, 0.0, 44.59742284963887];
    close_all(&fit.pooled.weights, &weights);
}

#[test]
fn each_rule_reaches_its_own_counts() {
    let rules = CellTreatment::ByRule {
        studies: ZeroCells { add: 0.25, to: AddTo::AllIfAnyZero, drop00: false },
        pooled: ZeroCells { add: 0.5, to: AddTo::All, drop00: true },
    };
    let options = MhOptions { cells: rules, ..MhOptions::default() };
    let expected = [
        (MhMeasure::OddsRatio, [0.006069207381780217, 0.3726579476631119, 6.24993390792126]),
        (MhMeasure::RiskRatio, [0.003112380092258114, 0.1902959522993513, 7.479325233012118]),
        (
            MhMeasure::RiskDifference,
            [0.0007116402200075012, 0.04369350940911452, 10.62131381906539],
        ),
    ];
    for (measure, expected) in expected {
        let fit = mantel_haenszel(&sparse(), measure, &options).unwrap();
        close_all(&[fit.pooled.estimate, fit.pooled.se, fit.pooled.q], &expected);
        assert_eq!((fit.k_pooled, fit.pooled.k), (4, 5));
    }
    let tests = mantel_haenszel(&sparse(), MhMeasure::OddsRatio, &options).unwrap().tests.unwrap();
    close_all(
        &[
            tests.cochran.statistic,
            tests.mantel_haenszel.statistic,
            tests.breslow_day.unwrap().statistic,
            tests.tarone.unwrap().statistic,
        ],
        &[0.02982884220054212, 0.02938885042748311, 8.571520485209058, 8.571520225752041],
    );
}

#[test]
fn bcg_has_metafors_tests_fit_statistics_and_satos_variance() {
    let fit = mantel_haenszel(&bcg_tables(), MhMeasure::OddsRatio, &MhOptions::default()).unwrap();
    let tests = fit.tests.unwrap();
    let (breslow_day, tarone) = (tests.breslow_day.unwrap(), tests.tarone.unwrap());
    close_all(
        &[
            tests.cochran.statistic,
            tests.cochran.p_value,
            tests.mantel_haenszel.statistic,
            tests.mantel_haenszel.p_value,
            breslow_day.statistic,
            breslow_day.p_value,
            tarone.statistic,
            tarone.p_value,
        ],
        &[
            135.7087148551205,
            2.310574142772549e-31,
            135.6889437239063,
            2.333696331832482e-31,
            171.7653665793962,
            2.078250813623508e-30,
            171.7566729938715,
            2.08678239453652e-30,
        ],
    );
    let fit = fit.fit.unwrap();
    let likelihood =
        |fit: consilience_stats::LikelihoodFit| [fit.ll, fit.deviance, fit.aic, fit.bic, fit.aicc];
    close_all(
        &likelihood(fit.ml),
        &[
            -76.41781034554006,
            163.94257956919313,
            154.83562069108012,
            155.40057004854165,
            155.1992570547165,
        ],
    );
    close_all(
        &likelihood(fit.reml.unwrap()),
        &[
            -77.38018227970083,
            154.76036455940167,
            156.76036455940167,
            157.24527120918967,
            157.16036455940167,
        ],
    );
    let difference =
        mantel_haenszel(&bcg_tables(), MhMeasure::RiskDifference, &MhOptions::default()).unwrap();
    close_all(
        &[difference.pooled.estimate, difference.pooled.se],
        &[-0.003288181832613, 0.0002866567485273736],
    );
    assert!(difference.tests.is_none());
}

#[test]
fn peto_takes_its_q_from_the_pooled_counts_and_its_fit_from_the_studies() {
    let fit = peto(&sparse(), &PetoOptions::default()).unwrap();
    let p = &fit.pooled;
    close_all(
        &[p.estimate, p.se, p.q, p.q_p_value],
        &[0.007714043999485806, 0.3995546601836856, 10.58304440522909, 0.01420801235058152],
    );
    let weights = [7.769849858833052, 11.48458858821661, 66.39255921434801, 0.0, 14.35300233860233];
    close_all(&p.weights, &weights);
    let fit = fit.fit.unwrap();
    close_all(
        &[fit.ml.ll, fit.ml.deviance, fit.reml.unwrap().ll],
        &[-7.328170680266969, 8.420747769235749, -6.682305681284209],
    );
    let options = PetoOptions {
        studies: ZeroCells { add: 0.5, to: AddTo::All, drop00: true },
        pooled: ZeroCells { add: 0.25, to: AddTo::AllIfAnyZero, drop00: false },
        level: 0.95,
    };
    let p = peto(&sparse(), &options).unwrap().pooled;
    close_all(
        &[p.estimate, p.se, p.q, p.q_p_value],
        &[0.006763433680381421, 0.3833768894848971, 9.320004995767183, 0.02532535081247576],
    );
}

fn rates() -> Vec<TwoRates> {
    [[5, 310, 9, 300], [0, 155, 2, 160], [12, 820, 20, 790], [3, 240, 0, 250]]
        .map(|numbers| {
            let [x1, t1, x2, t2] = numbers.map(f64::from);
            TwoRates {
                experimental: Rate { events: x1, person_time: t1 },
                control: Rate { events: x2, person_time: t2 },
            }
        })
        .to_vec()
}

#[test]
fn rates_are_pooled_as_metafor_pools_them() {
    let fit = mantel_haenszel_rates(&rates(), MhRateMeasure::RateRatio, &MhRateOptions::default());
    let fit = fit.unwrap();
    let test = fit.mantel_haenszel_test.unwrap();
    close_all(
        &[fit.pooled.estimate, fit.pooled.se, fit.pooled.q, test.statistic, test.p_value],
        &[
            -0.466181543446675,
            0.2862811938895131,
            3.27406180740682,
            2.259427404266175,
            0.1328031564206684,
        ],
    );
    close_all(&fit.pooled.weights, &[29.05044994420161, 6.250714097341438, 64.69883595845695, 0.0]);
    let options = MhRateOptions {
        studies: ZeroCells { add: 0.5, to: AddTo::All, drop00: true },
        pooled: ZeroCells { add: 0.5, to: AddTo::AllIfAnyZero, drop00: false },
        continuity_correction: false,
        level: 0.95,
    };
    let fit = mantel_haenszel_rates(&rates(), MhRateMeasure::RateRatio, &options).unwrap();
    close_all(
        &[
            fit.pooled.estimate,
            fit.pooled.se,
            fit.pooled.q,
            fit.mantel_haenszel_test.unwrap().statistic,
        ],
        &[-0.4312798095088228, 0.2747101592864196, 3.260650828261763, 2.503168331968158],
    );
    let fit = mantel_haenszel_rates(&rates(), MhRateMeasure::RateDifference, &options).unwrap();
    close_all(
        &[fit.pooled.estimate, fit.pooled.se, fit.pooled.q],
        &[-0.007758982507029343, 0.004927421185954563, 6.601903238335991],
    );
    assert!(fit.mantel_haenszel_test.is_none());
}

#[test]
fn leaving_each_table_out_and_adding_one_by_one_repeat_the_synthesis() {
    let tables = sparse();
    let fit =
        |some: &[TwoByTwo]| mantel_haenszel(some, MhMeasure::OddsRatio, &MhOptions::default());
    let left_out = leave_each_out(&tables, fit);
    for (row, expected) in [0.1693, -0.2582, 1.2829, 0.0075, -0.3508].into_iter().enumerate() {
        // metafor prints four decimals
        assert!((left_out[row].as_ref().unwrap().pooled.estimate - expected).abs() < 5e-5);
    }
    let cumulative = add_one_by_one(&tables, fit);
    assert_eq!(
        cumulative[0].as_ref().unwrap_err(),
        &PoolError::PooledRatioUndefined { measure: "odds ratio" }
    );
    assert_eq!(cumulative[4], fit(&tables));
    assert_eq!(left_out[4], cumulative[3]);
}

#[test]
fn arms_without_events_in_any_study_are_refused_by_name() {
    let table = TwoByTwo { events_e: 0.0, n_e: 20.0, events_c: 3.0, n_c: 20.0 };
    for measure in [MhMeasure::OddsRatio, MhMeasure::RiskRatio] {
        let error = mantel_haenszel(&[table; 3], measure, &MhOptions::default()).unwrap_err();
        assert_eq!(error, PoolError::PooledRatioUndefined { measure: measure.long_name() });
    }
    let empty = TwoByTwo { events_c: 0.0, ..table };
    for measure in MhMeasure::ALL {
        assert!(mantel_haenszel(&[empty; 3], *measure, &MhOptions::default()).is_err());
    }
    let error = peto(&[empty; 3], &PetoOptions::default()).unwrap_err();
    assert_eq!(error, PoolError::NothingEstimable { found: 3 });
    assert_eq!(peto(&[], &PetoOptions::default()), Err(PoolError::NoStudies));
    assert_eq!(
        mantel_haenszel_rates(&[], MhRateMeasure::RateRatio, &MhRateOptions::default()),
        Err(PoolError::NoStudies)
    );
}

#[test]
fn an_impossible_increment_is_refused() {
    let rule = ZeroCells { add: -0.5, ..ZeroCells::HALF_TO_ZERO_CELLS };
    let options = PetoOptions { pooled: rule, ..PetoOptions::default() };
    let error = peto(&sparse(), &options).unwrap_err();
    assert_eq!(error.to_string(), "the number added to each cell is -0.5; expected 0 or more");
}

#[test]
fn one_table_is_its_own_synthesis() {
    let table = TwoByTwo { events_e: 3.0, n_e: 20.0, events_c: 5.0, n_c: 20.0 };
    let fit = mantel_haenszel(&[table], MhMeasure::OddsRatio, &MhOptions::default()).unwrap();
    let own = fit.studies[0].unwrap();
    assert_close(fit.pooled.estimate, own.estimate, 1e-14);
    assert_close(fit.pooled.se, own.se(), 1e-14);
    assert_eq!((fit.pooled.q, fit.pooled.q_p_value, fit.fit), (0.0, 1.0, None));
    assert_eq!(fit.tests.unwrap().breslow_day, None);
}

prop_compose! {
    fn any_table()(n_e in 1_u32..200, n_c in 1_u32..200)(
        events_e in 0..=n_e, n_e in Just(n_e), events_c in 0..=n_c, n_c in Just(n_c),
    ) -> TwoByTwo {
        let [events_e, n_e, events_c, n_c] = [events_e, n_e, events_c, n_c].map(f64::from);
        TwoByTwo { events_e, n_e, events_c, n_c }
    }
}

/// Ordinary counts, nothing, and numbers that no trial has.
fn wild_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (0_u32..50).prop_map(f64::from),
        1 => Just(0.0),
        1 => Just(1e-12),
        1 => Just(1e300),
        1 => any::<f64>(),
    ]
}

prop_compose! {
    fn wild_table()(
        events_e in wild_number(), n_e in wild_number(), events_c in wild_number(), n_c in wild_number(),
    ) -> TwoByTwo {
        TwoByTwo { events_e, n_e, events_c, n_c }
    }
}

proptest! {
    /// Exchanging the arms turns a log ratio or a difference round, and leaves its standard error and Q.
    #[test]
    fn exchanging_the_arms_turns_the_answer_round(tables in proptest::collection::vec(any_table(), 1..8)) {
        let swapped: Vec<TwoByTwo> = tables
            .iter()
            .map(|t| TwoByTwo { events_e: t.events_c, n_e: t.n_c, events_c: t.events_e, n_c: t.n_e })
            .collect();
        for measure in MhMeasure::ALL {
            let fit = mantel_haenszel(&tables, *measure, &MhOptions::default());
            let other = mantel_haenszel(&swapped, *measure, &MhOptions::default());
            prop_assert_eq!(fit.is_ok(), other.is_ok());
            let (Ok(fit), Ok(other)) = (fit, other) else { continue };
            let scale = fit.pooled.se;
            prop_assert!((fit.pooled.estimate + other.pooled.estimate).abs() <= 1e-9 * scale);
            prop_assert!((fit.pooled.se - other.pooled.se).abs() <= 1e-9 * scale);
            prop_assert!((fit.pooled.q - other.pooled.q).abs() <= 1e-7 * (1.0 + fit.pooled.q));
        }
    }

    /// Any numbers at all give finite answers or a refusal.
    #[test]
    fn no_numbers_make_it_panic(tables in proptest::collection::vec(wild_table(), 0..6), add in any::<f64>()) {
        let rule = ZeroCells { add, ..ZeroCells::HALF_TO_ZERO_CELLS };
        let cells = CellTreatment::ByRule { studies: rule, pooled: rule };
        for measure in MhMeasure::ALL {
            for model in MhModel::ALL {
                let options = MhOptions { cells, model: *model, ..MhOptions::default() };
                if let Ok(fit) = mantel_haenszel(&tables, *measure, &options) {
                    prop_assert!(fit.pooled.estimate.is_finite() && fit.pooled.se > 0.0);
                }
                let method = DichotomousMethod::MantelHaenszel(*model);
                let analysis = RevManAnalysis::Dichotomous { tables: &tables, measure: *measure, method };
                let _ = compare_profiles(&analysis, &RevManOptions::default());
            }
        }
        if let Ok(fit) = peto(&tables, &PetoOptions::default()) {
            prop_assert!(fit.pooled.estimate.is_finite() && fit.pooled.se > 0.0);
        }
        let _ = compare_profiles(&RevManAnalysis::Peto { tables: &tables }, &RevManOptions::default());
    }

    /// Exchanging event and non-event turns the log odds ratio round.
    #[test]
    fn the_odds_of_non_events_are_the_inverse(tables in proptest::collection::vec(any_table(), 1..8)) {
        let swapped: Vec<TwoByTwo> = tables.iter().map(TwoByTwo::of_non_events).collect();
        let fit = mantel_haenszel(&tables, MhMeasure::OddsRatio, &MhOptions::default());
        let other = mantel_haenszel(&swapped, MhMeasure::OddsRatio, &MhOptions::default());
        if let (Ok(fit), Ok(other)) = (fit, other) {
            prop_assert!((fit.pooled.estimate + other.pooled.estimate).abs() <= 1e-9 * fit.pooled.se);
            let (one, two) = (fit.tests.unwrap(), other.tests.unwrap());
            prop_assert!((one.cochran.statistic - two.cochran.statistic).abs() <= 1e-8 * (1.0 + one.cochran.statistic));
        }
    }
}
