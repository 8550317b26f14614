//! The Review Manager profile: what it shows, and why metafor differs.

use consilience_stats::{
    DichotomousMethod, DifferenceTopic, Effect, EffectError, MeanMeasure, MeanSd, MhMeasure,
    MhModel, ObservedMinusExpected, PoolError, PredictionMethod, RevManAnalysis, RevManInterval,
    RevManModel, RevManOptions, RevManRules, RevManTau2, RevManTotals, TwoByTwo, TwoMeans,
    compare_profiles, explain_differences, review_manager,
};

use crate::data::{assert_close, bcg_tables};

const MH_FIXED: DichotomousMethod = DichotomousMethod::MantelHaenszel(MhModel::CommonEffect);
const MH_RANDOM: DichotomousMethod = DichotomousMethod::MantelHaenszel(MhModel::RandomEffects);
const DL: RevManModel = RevManModel::Random(RevManTau2::DerSimonianLaird);
const REML: RevManModel = RevManModel::Random(RevManTau2::Reml);

fn table(events_e: f64, n_e: f64, events_c: f64, n_c: f64) -> TwoByTwo {
    TwoByTwo { events_e, n_e, events_c, n_c }
}

fn risk_ratios(tables: &[TwoByTwo], method: DichotomousMethod) -> RevManAnalysis<'_> {
    RevManAnalysis::Dichotomous { tables, measure: MhMeasure::RiskRatio, method }
}

/// RevMan prints 1.000000 (0.921791 to 1.084845) for 29/29 against 20/20 in a published review.
#[test]
fn the_risk_ratio_is_one_where_everybody_had_the_event() {
    let tables = [table(29.0, 29.0, 20.0, 20.0)];
    let result =
        review_manager(&risk_ratios(&tables, MH_FIXED), None, &RevManOptions::default()).unwrap();
    let study = result.studies[0];
    let interval = study.interval.unwrap();
    assert_eq!(study.effect.unwrap().estimate, 0.0);
    assert!((libm::exp(interval.lower) - 0.921791).abs() < 5e-7);
    assert!((libm::exp(interval.upper) - 1.084845).abs() < 5e-7);
    assert_eq!(study.weight, 100.0);
    // The algorithms document has such studies out.
    let options = RevManOptions { rules: RevManRules::PUBLISHED, ..RevManOptions::default() };
    let result = review_manager(&risk_ratios(&tables, MH_FIXED), None, &options).unwrap();
    assert!(matches!(result.studies[0].effect, Err(EffectError::AllEvents { .. })));
    assert_eq!(result.overall, Err(PoolError::NothingEstimable { found: 1 }));
}

/// RevMan prints 0.97563 (0.912749 to 1.042843) for 40/41 against 42/42 in a published review.
#[test]
fn a_half_is_added_also_when_only_a_cell_of_people_without_the_event_is_empty() {
    let tables = [table(40.0, 41.0, 42.0, 42.0)];
    let result =
        review_manager(&risk_ratios(&tables, MH_FIXED), None, &RevManOptions::default()).unwrap();
    let interval = result.studies[0].interval.unwrap();
    assert!((libm::exp(result.studies[0].effect.unwrap().estimate) - 0.97563).abs() < 5e-7);
    assert!((libm::exp(interval.lower) - 0.912749).abs() < 5e-7);
    assert!((libm::exp(interval.upper) - 1.042843).abs() < 5e-7);
}

#[test]
fn a_mean_difference_with_a_standard_deviation_of_zero_is_not_estimable() {
    let arms = [TwoMeans {
        experimental: MeanSd { n: 24.0, mean: 0.0, sd: 0.0 },
        control: MeanSd { n: 25.0, mean: 1.6, sd: 3.1 },
    }];
    let analysis = RevManAnalysis::Continuous {
        arms: &arms,
        measure: MeanMeasure::MeanDifference,
        model: RevManModel::Fixed,
    };
    let result = review_manager(&analysis, None, &RevManOptions::default()).unwrap();
    assert!(matches!(result.studies[0].effect, Err(EffectError::NotPositive { .. })));
    let topics: Vec<DifferenceTopic> = explain_differences(&analysis, &RevManOptions::default())
        .iter()
        .map(|it| it.topic)
        .collect();
    assert_eq!(topics, [DifferenceTopic::Estimability]);
}

#[test]
fn totals_count_all_studies_and_apart_from_them_the_estimable_ones() {
    let tables = [table(3.0, 20.0, 5.0, 22.0), table(0.0, 30.0, 0.0, 31.0)];
    let result =
        review_manager(&risk_ratios(&tables, MH_FIXED), None, &RevManOptions::default()).unwrap();
    let overall = result.overall.unwrap();
    assert_eq!((overall.totals.n_e, overall.totals.n_c, overall.totals.studies), (50.0, 53.0, 2));
    let estimable = overall.estimable_totals;
    assert_eq!((estimable.n_e, estimable.n_c, estimable.studies), (20.0, 22.0, 1));
}

#[test]
fn weights_are_shares_of_the_total_that_is_shown() {
    let tables = bcg_tables();
    let labels: Vec<usize> = (0..13).map(|i| i % 3).collect();
    let sum = |totals: RevManTotals, label: usize| -> f64 {
        let options = RevManOptions { totals, ..RevManOptions::default() };
        let result =
            review_manager(&risk_ratios(&tables, MH_RANDOM), Some(&labels), &options).unwrap();
        result.studies.iter().skip(label).step_by(3).map(|it| it.weight).sum()
    };
    let all: f64 = (0..3).map(|label| sum(RevManTotals::Overall, label)).sum();
    assert_close(all, 100.0, 1e-12);
    for label in 0..3 {
        assert_close(sum(RevManTotals::SubgroupsOnly, label), 100.0, 1e-12);
        assert_eq!(sum(RevManTotals::None, label), 0.0);
    }
}

#[test]
fn labels_must_match_the_studies() {
    let tables = bcg_tables();
    let analysis = risk_ratios(&tables, MH_FIXED);
    assert_eq!(
        review_manager(&analysis, Some(&[0, 1]), &RevManOptions::default()),
        Err(PoolError::LabelsAndStudies { labels: 2, studies: 13 })
    );
}

/// τ² is that of metafor 3.8-1, `rma(measure="RR", data=dat.bcg, test="knha")`.
#[test]
fn new_methods_of_2024_are_options() {
    let tables = bcg_tables();
    let analysis = risk_ratios(&tables, DichotomousMethod::InverseVariance(REML));
    let options = RevManOptions {
        interval: RevManInterval::HartungKnapp,
        prediction: Some(PredictionMethod::PartlettRiley),
        ..RevManOptions::default()
    };
    let overall = review_manager(&analysis, None, &options).unwrap().overall.unwrap();
    let pooled = &overall.pooled;
    assert_eq!(pooled.df, Some(12.0));
    assert_close(pooled.tau2, 0.3132433, 1e-6);
    assert!(pooled.prediction.unwrap().lower < pooled.ci.lower);
    let tau2 = overall.tau2_interval.unwrap();
    assert!(tau2.lower < pooled.tau2 && pooled.tau2 < tau2.upper);
    // From τ² 92.2 %, from Q 92.1 %.
    assert!(pooled.i2 > overall.i2_from_q);
}

#[test]
fn what_differs_from_metafor_is_named_and_nothing_else() {
    let options = RevManOptions::default();
    let tables = bcg_tables();
    // No zero cell: the two agree, and nothing is said.
    let compared = compare_profiles(&risk_ratios(&tables, MH_FIXED), &options).unwrap();
    assert!(compared.differences.is_empty());
    let revman = compared.review_manager.overall.unwrap().pooled;
    assert_close(compared.metafor.unwrap().estimate, revman.estimate, 1e-13);

    let sparse =
        [table(0.0, 20.0, 4.0, 22.0), table(3.0, 25.0, 5.0, 25.0), table(9.0, 9.0, 8.0, 8.0)];
    let sentences: Vec<String> = explain_differences(&risk_ratios(&sparse, MH_FIXED), &options)
        .into_iter()
        .map(|it| it.sentence)
        .collect();
    assert_eq!(sentences.len(), 2);
    assert!(
        sentences[0].starts_with("1 of 3 studies has an empty cell: Review Manager adds one half")
    );
    assert!(sentences[1].starts_with("1 of 3 studies has nothing but events"));

    let difference = RevManAnalysis::Dichotomous {
        tables: &tables,
        measure: MhMeasure::RiskDifference,
        method: MH_FIXED,
    };
    let topics = |analysis: &RevManAnalysis, options: &RevManOptions| -> Vec<DifferenceTopic> {
        explain_differences(analysis, options).iter().map(|it| it.topic).collect()
    };
    assert_eq!(topics(&difference, &options), [DifferenceTopic::PooledVariance]);

    let arms = [TwoMeans {
        experimental: MeanSd { n: 10.0, mean: 1.0, sd: 2.0 },
        control: MeanSd { n: 12.0, mean: 0.0, sd: 2.5 },
    }; 2];
    let smd = RevManAnalysis::Continuous {
        arms: &arms,
        measure: MeanMeasure::StandardizedMeanDifference,
        model: DL,
    };
    assert_eq!(
        topics(&smd, &options),
        [
            DifferenceTopic::StudyEffect,
            DifferenceTopic::StudyEffect,
            DifferenceTopic::Tau2,
            DifferenceTopic::Heterogeneity
        ]
    );
    let effects =
        [Effect { estimate: 0.2, variance: 0.1 }, Effect { estimate: 0.5, variance: 0.2 }];
    let generic = RevManAnalysis::Generic { estimates: &effects, model: REML };
    let newest = RevManOptions {
        interval: RevManInterval::HartungKnapp,
        prediction: Some(PredictionMethod::HigginsThompsonSpiegelhalter),
        ..options
    };
    assert_eq!(
        topics(&generic, &newest),
        [DifferenceTopic::Heterogeneity, DifferenceTopic::Interval, DifferenceTopic::Prediction]
    );
}

#[test]
fn peto_and_o_minus_e_are_one_method() {
    let tables = bcg_tables();
    let by_tables =
        review_manager(&RevManAnalysis::Peto { tables: &tables }, None, &RevManOptions::default())
            .unwrap();
    let studies: Vec<ObservedMinusExpected> = by_tables
        .studies
        .iter()
        .map(|it| {
            let effect = it.effect.unwrap();
            ObservedMinusExpected {
                difference: effect.estimate / effect.variance,
                variance: 1.0 / effect.variance,
            }
        })
        .collect();
    let analysis =
        RevManAnalysis::ObservedMinusExpected { studies: &studies, model: RevManModel::Fixed };
    let by_differences = review_manager(&analysis, None, &RevManOptions::default()).unwrap();
    let (one, two) = (by_tables.overall.unwrap().pooled, by_differences.overall.unwrap().pooled);
    assert_close(one.estimate, two.estimate, 1e-13);
    assert_close(one.q, two.q, 1e-12);
}
