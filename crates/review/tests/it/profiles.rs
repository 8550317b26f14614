//! The profiles of Review Manager and metafor against the engine's own account of them, and the choices of a plan as
//! `review.toml` has them.

use consilience_review::analysis::{Synthesis, differences};
use consilience_stats::{
    DichotomousMethod, Effect, MeanMeasure, MeanSd, MhMeasure, MhModel, RevManAnalysis,
    RevManModel, RevManOptions, RevManTau2, TwoByTwo, TwoMeans, metafor_defaults, review_manager,
};

use crate::made::{Made, assert_close, review};

const DL: RevManModel = RevManModel::Random(RevManTau2::DerSimonianLaird);

/// One empty cell, no events, nothing but events, and two tables without a zero.
const TABLES: [(f64, f64, f64, f64); 5] = [
    (3.0, 40.0, 8.0, 41.0),
    (0.0, 30.0, 4.0, 31.0),
    (0.0, 25.0, 0.0, 26.0),
    (20.0, 20.0, 22.0, 22.0),
    (5.0, 60.0, 9.0, 58.0),
];

fn of_tables(plan: &str) -> Synthesis {
    let studies = TABLES.into_iter().enumerate();
    let made = studies.fold(review(plan), |made, (i, (a, n1, c, n2))| {
        made.events(&format!("T{i}"), (a, n1), (c, n2))
    });
    made.synthesis()
}

fn tables() -> Vec<TwoByTwo> {
    let table = |(events_e, n_e, events_c, n_c)| TwoByTwo { events_e, n_e, events_c, n_c };
    TABLES.map(table).to_vec()
}

#[track_caller]
fn assert_pooled(synthesis: &Synthesis, expected: &consilience_stats::Pooled, i2: f64) {
    let found = synthesis.pooled.as_ref().unwrap();
    assert_close(
        [found.estimate, found.se, found.tau2, found.q, found.i2],
        [expected.estimate, expected.se, expected.tau2, expected.q, i2],
        1e-12,
    );
    assert_eq!(found.k, expected.k);
}

#[test]
fn events_are_pooled_as_the_engine_says_that_each_program_does() {
    let tables = tables();
    for (name, measure) in [
        ("RR", MhMeasure::RiskRatio),
        ("OR", MhMeasure::OddsRatio),
        ("RD", MhMeasure::RiskDifference),
    ] {
        let mh = DichotomousMethod::MantelHaenszel;
        let iv = DichotomousMethod::InverseVariance;
        for (words, method) in [
            ("model = \"common\"", mh(MhModel::CommonEffect)),
            ("model = \"random\"", mh(MhModel::RandomEffects)),
            ("method = \"inverse variance\"\nmodel = \"common\"", iv(RevManModel::Fixed)),
            ("method = \"inverse variance\"", iv(DL)),
        ] {
            let plan = format!("measure = \"{name}\"\nprofile = \"Review Manager\"\n{words}");
            let analysis = RevManAnalysis::Dichotomous { tables: &tables, measure, method };
            let expected = review_manager(&analysis, None, &RevManOptions::default()).unwrap();
            let overall = expected.overall.unwrap();
            assert_pooled(&of_tables(&plan), &overall.pooled, overall.i2_from_q);
        }
        for (words, method) in [
            ("method = \"Mantel-Haenszel\"", mh(MhModel::CommonEffect)),
            ("model = \"common\"", iv(RevManModel::Fixed)),
            ("", iv(DL)),
        ] {
            let plan = format!("measure = \"{name}\"\nprofile = \"metafor\"\n{words}");
            let analysis = RevManAnalysis::Dichotomous { tables: &tables, measure, method };
            let expected = metafor_defaults(&analysis, 0.95).unwrap();
            assert_pooled(&of_tables(&plan), &expected, expected.i2);
        }
    }
    let peto = RevManAnalysis::Peto { tables: &tables };
    let revman = review_manager(&peto, None, &RevManOptions::default()).unwrap().overall.unwrap();
    let plan = "measure = \"PETO\"\nprofile = \"Review Manager\"";
    assert_pooled(&of_tables(plan), &revman.pooled, revman.i2_from_q);
    let metafor = metafor_defaults(&peto, 0.95).unwrap();
    assert_pooled(&of_tables("measure = \"PETO\"\nprofile = \"metafor\""), &metafor, metafor.i2);
}

fn means() -> Made {
    review("measure = \"SMD\"\nprofile = \"Review Manager\"")
        .means("A", (20.0, 5.0, 2.0), (25.0, 4.0, 2.5))
        .means("B", (30.0, 6.1, 2.2), (28.0, 6.4, 2.1))
        .means("C", (25.0, 4.2, 0.0), (24.0, 3.1, 2.0))
        .means("D", (40.0, 7.0, 3.0), (41.0, 5.2, 2.8))
}

#[test]
fn means_are_pooled_as_review_manager_does_and_an_arm_without_spread_is_not_estimable() {
    let synthesis = means().synthesis();
    let arm = |n, mean, sd| MeanSd { n, mean, sd };
    let arms = [
        TwoMeans { experimental: arm(20.0, 5.0, 2.0), control: arm(25.0, 4.0, 2.5) },
        TwoMeans { experimental: arm(30.0, 6.1, 2.2), control: arm(28.0, 6.4, 2.1) },
        TwoMeans { experimental: arm(25.0, 4.2, 0.0), control: arm(24.0, 3.1, 2.0) },
        TwoMeans { experimental: arm(40.0, 7.0, 3.0), control: arm(41.0, 5.2, 2.8) },
    ];
    let measure = MeanMeasure::StandardizedMeanDifference;
    let analysis = RevManAnalysis::Continuous { arms: &arms, measure, model: DL };
    let expected = review_manager(&analysis, None, &RevManOptions::default()).unwrap();
    let overall = expected.overall.unwrap();
    assert_pooled(&synthesis, &overall.pooled, overall.i2_from_q);
    assert_eq!(synthesis.excluded[0].study, "C");
    assert_eq!(synthesis.excluded[0].position, 2);
    let differences = differences(&synthesis);
    assert!(differences.iter().any(|it| it.sentence.starts_with("1 of 4 studies has")));
}

#[test]
fn paired_arms_reach_review_manager_as_effects() {
    let plan = "measure = \"MD\"\nprofile = \"Review Manager\"\ncorrelation = 0.5";
    let made = [("A", 5.0, 4.0), ("B", 6.1, 6.4), ("C", 7.0, 5.2)].into_iter().fold(
        review(plan),
        |made, (study, e, c)| {
            made.study_with(study, "design=crossover").both_means(
                study,
                (20.0, e, 2.0),
                (20.0, c, 2.5),
            )
        },
    );
    let synthesis = made.synthesis();
    let estimates: Vec<Effect> = synthesis.studies.iter().map(|it| it.effect).collect();
    let analysis = RevManAnalysis::Generic { estimates: &estimates, model: DL };
    let expected = review_manager(&analysis, None, &RevManOptions::default()).unwrap();
    let overall = expected.overall.unwrap();
    assert_pooled(&synthesis, &overall.pooled, overall.i2_from_q);
}

#[test]
fn a_choice_that_is_none_is_refused_in_its_place() {
    let messages = |choice: &str| {
        let reading = review(&format!("measure = \"RR\"\n{choice}")).package().to_log();
        reading.diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let all = [
        messages("tau2 = \"XX\""),
        messages("zero_cells = \"a lot\""),
        messages("prediction_interval = \"maybe\""),
        messages("profile = \"Review Manager\"\nprediction_interval = true"),
        messages("profile = \"SPSS\""),
    ];
    insta::assert_snapshot!(all.join("\n"), @"
    review.toml:17:8 (tau2): found `XX`, expected one of `DL`, `REML`, `PM`, `ML`, `HS`, `HE`, `SJ`, `EB`, `PMM`, `HSk`, `DLIT`, `SJIT`, `GENQ`, `GENQM`, or a number of 0 or more; correct it
    review.toml:17:14 (zero_cells): found `a lot`, expected a number of 0 or more, alone or with a colon and one of `all`, `only0`, `if0all`, `none`, or `none`; correct it
    review.toml:17:23 (prediction_interval): found `maybe`, expected one of `Higgins-Thompson-Spiegelhalter`, `Partlett-Riley`, `normal`, `as test`, `known mean` (or `HTS`, `PR`), or `none`; correct it
    review.toml:18:23 (prediction_interval): found `Higgins-Thompson-Spiegelhalter`, expected none, as in Review Manager 5.4; remove it, or the profile
    review.toml:17:11 (profile): found `SPSS`, expected one of `Consilience`, `Review Manager`, `Review Manager 2025`, `metafor`
    ");
}
