//! Small-study effects as books and manuals print them, beyond those of `published.rs`, to the digits printed.
//!
//! Entered from memory, and to be compared with the page: the regressions of [`TOPICAL_ANALGESICS`] and of the funnel of standardised
//! differences, whose numbers reproduce what is said to be printed in all digits.

use consilience_stats::bias::{
    EvidentialValue, PUniformOptions, PetOrPeese, Predictor, Scatter, TableTest, asymmetry_test,
    p_curve, p_uniform_star, pet_peese, smd_asymmetry_test, table_asymmetry_test,
};
use consilience_stats::{
    CiMethod, Design, Direction, Effect, Model, RegressionOptions, Tau2Method, TwoByTwo,
    peto_odds_ratio,
};

use crate::data::assert_close;
use crate::published::{THIRD_WAVE, assert_printed};

/// The studies of ego depletion of Hagger, Wood, Stiff & Chatzisarantis (2010), doi 10.1037/a0019486, as Carter and others (2014),
/// doi 10.3389/fpsyg.2014.00823, used them: Cohen's d and the sizes of both groups. The numbers are those in the source of Lakens
/// (2022), Improving Your Statistical Inferences, doi 10.5281/zenodo.6409077, chapter 12.
const DEPLETION: [f64; 198] = [
    0.88, 1.62, 1.79, 1.9, 0.76, 0.59, 0.56, 0.53, 0.95, 0.59, 0.55, 0.64, 0.61, 0.47, 0.91, 0.45,
    0.59, 0.73, 0.94, 1.12, 0.96, 0.37, 0.66, 0.67, 0.92, 0.52, 0.68, 0.59, 1.18, 0.77, 1.16, 0.57,
    0.38, 0.91, 0.81, 0.79, 0.66, 0.9, 1.41, 0.65, 0.46, 0.62, 0.62, 0.77, 0.62, 0.65, 0.84, 0.86,
    0.34, 0.31, 0.37, 0.99, 0.92, 0.73, 0.46, 0.89, 0.4, 0.38, 0.99, 0.49, 0.59, 0.83, 0.28, 0.62,
    0.7, 1.83, 0.52, 1.12, 0.66, 0.73, 0.46, 0.12, 1.68, 0.84, 0.66, 0.94, 0.69, 0.55, 1.0, 0.18,
    0.53, 0.58, 0.7, 0.72, 0.42, 0.58, 0.9, 0.71, 0.85, 0.66, 0.53, 3.02, 1.14, 0.6, 0.11, 0.59,
    0.47, 0.7, 0.6, 0.62, 0.59, 0.64, 0.75, 0.57, 0.84, 1.08, 0.59, 0.98, 1.53, 0.44, 0.56, 0.29,
    0.18, 0.36, 0.25, 0.15, 1.42, 0.79, 0.93, 0.91, 0.95, 0.45, 0.52, 0.51, 0.08, 0.68, 0.53, 0.85,
    0.61, 0.75, 1.61, 0.43, 0.9, 0.41, 0.47, 0.65, 0.67, 0.19, 0.47, 0.02, 0.04, 0.82, 0.6, 1.2,
    0.61, 0.83, 1.07, 0.97, 1.36, 0.58, 1.56, 0.99, 1.36, 1.22, 2.6, 0.44, 1.19, 0.58, 0.64, 1.59,
    1.06, 0.8, 0.63, 0.7, 0.79, 1.34, 1.01, 0.98, 0.99, 0.84, 0.93, 0.73, 0.96, 1.27, 1.38, 1.4,
    0.77, 0.76, 1.07, 0.76, 1.13, 1.25, 1.27, 0.77, 1.11, 0.95, 1.73, 0.9, 0.3, 0.13, 0.34, -0.11,
    0.21, 0.21, -0.57, 0.65, 0.65, 0.56,
];
const DEPLETED: [f64; 198] = [
    20.0, 20.0, 22.0, 10.0, 15.0, 42.0, 25.0, 34.0, 14.0, 22.0, 45.0, 22.0, 21.0, 36.0, 11.0, 39.0,
    30.0, 19.0, 12.0, 14.0, 15.0, 73.0, 17.0, 27.0, 26.0, 49.0, 20.0, 30.0, 23.0, 19.0, 54.0, 50.0,
    23.0, 13.0, 27.0, 23.0, 16.0, 15.0, 8.0, 50.0, 49.0, 28.0, 26.0, 15.0, 25.0, 28.0, 18.0, 24.0,
    35.0, 24.0, 16.0, 14.0, 11.0, 31.0, 37.0, 20.0, 49.0, 127.0, 10.0, 34.0, 29.0, 10.0, 10.0,
    29.0, 28.0, 12.0, 24.0, 16.0, 21.0, 33.0, 36.0, 26.0, 18.0, 21.0, 31.0, 54.0, 41.0, 20.0, 19.0,
    50.0, 30.0, 34.0, 19.0, 17.0, 33.0, 42.0, 39.0, 13.0, 28.0, 21.0, 29.0, 8.0, 24.0, 15.0, 80.0,
    23.0, 17.0, 19.0, 22.0, 21.0, 12.0, 30.0, 17.0, 26.0, 18.0, 36.0, 37.0, 19.0, 20.0, 45.0, 32.0,
    142.0, 251.0, 53.0, 32.0, 81.0, 9.0, 30.0, 16.0, 17.0, 15.0, 38.0, 31.0, 29.0, 29.0, 15.0,
    32.0, 25.0, 30.0, 36.0, 12.0, 19.0, 18.0, 37.0, 28.0, 42.0, 28.0, 51.0, 19.0, 20.0, 17.0, 30.0,
    31.0, 23.0, 24.0, 15.0, 17.0, 15.0, 15.0, 30.0, 30.0, 20.0, 10.0, 10.0, 10.0, 10.0, 20.0, 34.0,
    29.0, 15.0, 30.0, 17.0, 29.0, 36.0, 16.0, 15.0, 15.0, 13.0, 13.0, 20.0, 20.0, 24.0, 18.0, 35.0,
    20.0, 9.0, 14.0, 18.0, 24.0, 24.0, 12.0, 13.0, 14.0, 25.0, 21.0, 16.0, 14.0, 34.0, 23.0, 23.0,
    26.0, 24.0, 18.0, 19.0, 26.0, 26.0, 33.0, 40.0,
];
const NOT_DEPLETED: [f64; 198] = [
    20.0, 20.0, 22.0, 10.0, 15.0, 42.0, 24.0, 34.0, 13.0, 22.0, 44.0, 22.0, 21.0, 36.0, 11.0, 39.0,
    30.0, 18.0, 12.0, 14.0, 15.0, 73.0, 16.0, 26.0, 25.0, 48.0, 19.0, 30.0, 23.0, 18.0, 54.0, 50.0,
    23.0, 13.0, 27.0, 23.0, 16.0, 14.0, 8.0, 50.0, 48.0, 28.0, 26.0, 15.0, 24.0, 28.0, 18.0, 24.0,
    34.0, 24.0, 16.0, 13.0, 10.0, 31.0, 36.0, 20.0, 49.0, 45.0, 9.0, 33.0, 28.0, 9.0, 9.0, 28.0,
    27.0, 12.0, 22.0, 16.0, 20.0, 33.0, 36.0, 24.0, 15.0, 21.0, 30.0, 53.0, 40.0, 19.0, 18.0, 49.0,
    29.0, 34.0, 18.0, 16.0, 26.0, 42.0, 39.0, 12.0, 28.0, 20.0, 29.0, 8.0, 24.0, 15.0, 80.0, 23.0,
    17.0, 19.0, 21.0, 20.0, 12.0, 30.0, 17.0, 23.0, 14.0, 35.0, 36.0, 19.0, 20.0, 40.0, 25.0,
    142.0, 250.0, 52.0, 32.0, 81.0, 13.0, 30.0, 16.0, 17.0, 15.0, 41.0, 31.0, 32.0, 32.0, 15.0,
    33.0, 25.0, 29.0, 36.0, 12.0, 18.0, 18.0, 36.0, 27.0, 41.0, 29.0, 50.0, 21.0, 20.0, 16.0, 30.0,
    31.0, 22.0, 69.0, 30.0, 16.0, 15.0, 15.0, 30.0, 30.0, 20.0, 10.0, 10.0, 10.0, 10.0, 20.0, 34.0,
    29.0, 15.0, 30.0, 17.0, 28.0, 35.0, 16.0, 15.0, 15.0, 12.0, 13.0, 20.0, 20.0, 40.0, 17.0, 35.0,
    20.0, 9.0, 14.0, 18.0, 24.0, 23.0, 11.0, 12.0, 13.0, 25.0, 21.0, 15.0, 14.0, 34.0, 25.0, 23.0,
    23.0, 23.0, 18.0, 18.0, 27.0, 27.0, 32.0, 40.0,
];

fn depletion() -> Vec<Effect> {
    let sizes = DEPLETED.iter().zip(&NOT_DEPLETED);
    let effect = |(d, (n1, n2)): (&f64, (&f64, &f64))| {
        let n = n1 + n2;
        Effect { estimate: *d, variance: n / (n1 * n2) + d * d / (2.0 * n) }
    };
    DEPLETION.iter().zip(sizes).map(effect).collect()
}

#[test]
fn pet_of_ego_depletion_does_not_differ_from_no_effect() {
    // Lakens (2022), chapter 12, "Bias detection in meta-analysis", on Carter & McCullough (2014): the uncorrected estimate is d = 0.62,
    // PET's is d = -0.1, which does not differ from 0. PEESE's is not printed in the text; R 4.2.2: lm(d ~ v, weights = 1 / v).
    let effects = depletion();
    let plain = consilience_stats::PoolOptions {
        model: Model::CommonEffect,
        ..consilience_stats::PoolOptions::default()
    };
    assert_printed(consilience_stats::pool(&effects, &plain).unwrap().estimate, 0.62, 2);
    let answer = pet_peese(&effects, 0.05, 0.95).unwrap();
    let (pet, peese) = (answer.pet.limit.unwrap(), answer.peese.limit.unwrap());
    assert_printed(pet.estimate, -0.1, 1);
    assert!(pet.p_value > 0.05 && pet.ci.lower < 0.0 && pet.ci.upper > 0.0);
    assert_eq!(answer.chosen, PetOrPeese::Pet);
    assert_printed(peese.estimate, 0.24982, 5);
    assert_printed(peese.ci.lower, 0.177_504_8, 7);
}

#[test]
fn the_p_curve_of_all_third_wave_psychotherapies() {
    // Harrer, Cuijpers, Furukawa & Ebert, documentation of pcurve() in R's dmetar (dmetar.protectlab.org/reference/pcurve.html), example 1:
    // k = 18, 11 with p < 0.05, 10 with p < 0.025; right-skewness 0.006, z -5.943 (full), -4.982 (half); flatness 0.975, z 3.260 (p 0.999),
    // 5.158 (half, by the divisor that `published.rs` explains); power 84% (62.7% to 94.6%); evidential value present.
    let effects = THIRD_WAVE.map(|[estimate, se, _, _]| Effect { estimate, variance: se * se });
    let curve = p_curve(&effects).unwrap();
    assert_eq!((curve.k, curve.significant, curve.highly_significant), (18, 11, 10));
    assert_printed(curve.right_skew.binomial, 0.006, 3);
    assert_printed(curve.right_skew.full.z, -5.943, 3);
    assert_printed(curve.right_skew.half.unwrap().z, -4.982, 3);
    assert_printed(curve.flatness.binomial, 0.975, 3);
    assert_printed(curve.flatness.full.z, 3.260, 3);
    assert_printed(curve.flatness.full.p_value, 0.999, 3);
    assert_printed(curve.power, 0.84, 2);
    assert_printed(curve.power_interval.lower, 0.627, 3);
    assert_printed(curve.power_interval.upper, 0.946, 3);
    assert_eq!(curve.evidence, EvidentialValue::Present);
}

#[test]
fn the_p_curve_of_three_significant_studies_of_eighteen() {
    // The same page, example 4, whose effects and standard errors are printed: 3 with p < 0.05, all with p < 0.025; right-skewness 0.125,
    // z -2.295 (p 0.011), -1.437 (p 0.075); flatness 1.000, z 0.974 (p 0.835); power 68% (13% to 95.5%); evidential value present.
    let estimates = [
        0.561, 0.296, 0.648, 0.362, 0.770, 0.214, 0.476, 0.459, 0.343, 0.804, 0.357, 0.476, 0.638,
        0.396, 0.497, 0.384, 0.568, 0.415,
    ];
    let errors = [
        0.338, 0.297, 0.264, 0.258, 0.279, 0.347, 0.271, 0.319, 0.232, 0.237, 0.385, 0.398, 0.342,
        0.351, 0.296, 0.325, 0.322, 0.225,
    ];
    let effects: Vec<Effect> = estimates
        .iter()
        .zip(errors)
        .map(|(&estimate, se)| Effect { estimate, variance: se * se })
        .collect();
    let curve = p_curve(&effects).unwrap();
    assert_eq!((curve.k, curve.significant, curve.highly_significant), (18, 3, 3));
    assert_printed(curve.right_skew.binomial, 0.125, 3);
    assert_printed(curve.right_skew.full.z, -2.295, 3);
    assert_printed(curve.right_skew.full.p_value, 0.011, 3);
    let half = curve.right_skew.half.unwrap();
    assert_printed(half.z, -1.437, 3);
    assert_printed(half.p_value, 0.075, 3);
    assert_printed(curve.flatness.binomial, 1.0, 3);
    assert_printed(curve.flatness.full.z, 0.974, 3);
    assert_printed(curve.flatness.full.p_value, 0.835, 3);
    assert_printed(curve.power, 0.68, 2);
    assert_printed(curve.power_interval.lower, 0.13, 3);
    assert_printed(curve.power_interval.upper, 0.955, 3);
    assert_eq!(curve.evidence, EvidentialValue::Present);
}

#[test]
fn the_funnel_of_standardised_differences_without_their_own_part_of_the_error() {
    // Harrer et al. (2021), section 9.2.1.2, metabias(…, method.bias = "Pustejovsky"): t = 4.36, df = 16, p = 0.0005; bias 11.1903
    // (SE 2.5667), intercept -1.3535 (0.4432), residual variance 2.5334. R's meta weighted by 1/(1/n₁ + 1/n₂) then; its documentation now
    // says the full variances, as this engine has it, with which the bias is 9.8243 (2.2254).
    let sizes = THIRD_WAVE.map(|[_, _, n1, n2]| (n1, n2));
    let weighted = |variance: fn([f64; 4]) -> f64| {
        let effects = THIRD_WAVE.map(|row| Effect { estimate: row[0], variance: variance(row) });
        smd_asymmetry_test(&effects, &sizes, 0.95).unwrap()
    };
    let test = weighted(|[_, _, n1, n2]| 1.0 / n1 + 1.0 / n2);
    assert_printed(test.statistic, 4.36, 2);
    assert_eq!(test.df, Some(16.0));
    assert_printed(test.p_value, 0.0005, 4);
    assert_printed(test.slope().estimate, 11.1903, 4);
    assert_printed(test.slope().se, 2.5667, 4);
    assert_printed(test.limit.unwrap().estimate, -1.3535, 4);
    let ours = weighted(|[_, se, _, _]| se * se);
    assert_printed(ours.slope().estimate, 9.8243, 4);
    assert_printed(ours.slope().se, 2.2254, 4);
}

/// Moore and others (1998), doi 10.1136/bmj.316.7128.333, topical non-steroidal analgesics against placebo in
/// acute pain: successes and people, treated and not, as in R's metasens.
const TOPICAL_ANALGESICS: [[u16; 4]; 37] = [
    [23, 30, 10, 30],
    [69, 123, 54, 116],
    [79, 102, 45, 102],
    [35, 49, 13, 42],
    [10, 15, 2, 15],
    [23, 50, 13, 50],
    [20, 32, 9, 24],
    [35, 50, 40, 50],
    [56, 84, 33, 84],
    [28, 40, 16, 40],
    [10, 23, 3, 24],
    [44, 92, 40, 89],
    [21, 50, 19, 50],
    [17, 20, 3, 20],
    [34, 42, 11, 40],
    [25, 30, 13, 30],
    [38, 60, 27, 60],
    [85, 118, 46, 113],
    [53, 64, 52, 66],
    [16, 20, 6, 20],
    [18, 30, 5, 30],
    [6, 12, 0, 12],
    [26, 32, 13, 28],
    [41, 84, 33, 84],
    [33, 46, 13, 42],
    [30, 38, 22, 36],
    [18, 20, 13, 22],
    [22, 26, 14, 26],
    [18, 21, 13, 22],
    [39, 51, 9, 47],
    [30, 30, 19, 30],
    [11, 13, 0, 12],
    [44, 90, 40, 89],
    [67, 83, 38, 86],
    [24, 29, 14, 27],
    [7, 10, 1, 10],
    [21, 25, 12, 25],
];

#[test]
fn harbords_test_of_topical_analgesics_with_additive_heterogeneity() {
    // Stata's manual, [META] meta bias, example 1 (nsaids.dta): Regression-based Harbord test, random effects by REML: beta1 3.03, its SE
    // 0.741, z 4.09, p 0.0000.
    let tables = TOPICAL_ANALGESICS.map(|row| {
        let [events_e, n_e, events_c, n_c] = row.map(f64::from);
        TwoByTwo { events_e, n_e, events_c, n_c }
    });
    let scores: Vec<Effect> = tables.iter().map(|table| peto_odds_ratio(table).unwrap()).collect();
    let scatter = Scatter::Additive(RegressionOptions {
        model: Model::RandomEffects(Tau2Method::Reml),
        ci: CiMethod::Wald,
        ..RegressionOptions::default()
    });
    let design = Design::intercept(tables.len());
    let test = asymmetry_test(&scores, &design, Predictor::StandardError, &scatter, 0.95).unwrap();
    assert_printed(test.slope().estimate, 3.03, 2);
    assert_printed(test.slope().se, 0.741, 3);
    assert_printed(test.statistic, 4.09, 2);
    // Peters' and Deeks' regressions of the same trials, of which no print was found. R 4.2.2: lm() from the papers' formulas.
    let peters = table_asymmetry_test(&tables, TableTest::Peters, 0.95).unwrap();
    assert_printed(peters.slope().estimate, 74.9938, 4);
    assert_printed(peters.slope().se, 15.6903, 4);
    let deeks = table_asymmetry_test(&tables, TableTest::Deeks, 0.95).unwrap();
    assert_printed(deeks.slope().estimate, 17.760_719_7, 7);
    assert_printed(deeks.slope().se, 3.884_570_1, 7);
}

#[test]
fn p_uniform_star_of_equally_precise_studies_is_the_three_parameter_model() {
    // Pustejovsky (2026), p-uniform* is a three-parameter selection model (jepusto.com/posts/p-uniform-star): where all sampling variances
    // are equal, both have the same maximum. metafor 3.8-1: selmodel(rma(g, v, method = "ML"), type = "stepfun", alternative =
    // "greater", steps = 0.025), by its optimisers nlminb and nlm, which agree to 4e-6.
    let options = PUniformOptions { direction: Direction::Positive, alpha: 0.05, level: 0.95 };
    for (variance, estimate, tau2) in
        [(0.04, 0.636_965, 0.147_408), (0.05, 0.775_363, 0.108_848), (0.08, 0.893_704, 0.083_795)]
    {
        let effects = THIRD_WAVE.map(|[estimate, ..]| Effect { estimate, variance });
        let fit = p_uniform_star(&effects, &options).unwrap();
        assert_close(fit.estimate, estimate, 1e-5);
        assert_close(fit.tau2, tau2, 1e-5);
    }
}
