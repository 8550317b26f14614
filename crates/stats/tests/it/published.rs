//! What metafor lacks, against numbers that papers, books and manuals print, to the digits printed.
//!
//! Not copied from the page, and to be compared with it: Pearson's tables and the litters (which reproduce the odds ratios and the
//! log-likelihood that others print of them), Newcombe's Table I, Hulley's Table 6C and Pocock's number.

use consilience_stats::bias::{
    EvidentialValue, PetOrPeese, Predictor, Scatter, TableTest, asymmetry_test, p_curve, pet_peese,
    table_asymmetry_test,
};
use consilience_stats::combine::{ContourEffect, albatross_contour};
use consilience_stats::glmm::{
    BetaBinomialOptions, Dispersion, ProportionLink, TableMeasure, beta_binomial_proportions,
    beta_binomial_tables,
};
use consilience_stats::{
    Design, Effect, EffectSizeOptions, Matrix, MeanSd, Measure, Proportion, SmallSample, Summary,
    TwoByTwo, effect_size, egger, fisher, odds_ratio, vote_count,
};

use crate::data::magnesium_tables;

/// Asserts that a number, rounded as the source rounds it, is the printed one.
#[track_caller]
pub(crate) fn assert_printed(got: f64, printed: f64, decimals: u8) {
    let half = 0.5 / libm::pow(10.0, f64::from(decimals));
    assert!((got - printed).abs() <= half * (1.0 + 1e-9), "{got} is not {printed} as printed");
}

/// Pearson (1904), Report on certain enteric fever inoculation statistics, British Medical Journal 2(2288), 1243-1246,
/// doi 10.1136/bmj.2.2288.1243: recoveries and deaths of typhoid patients, inoculated and not.
const TYPHOID: [[f64; 4]; 6] = [
    [30.0, 2.0, 63.0, 12.0],
    [27.0, 8.0, 1160.0, 329.0],
    [63.0, 9.0, 61.0, 21.0],
    [1088.0, 86.0, 4453.0, 538.0],
    [701.0, 63.0, 2864.0, 510.0],
    [73.0, 11.0, 1052.0, 423.0],
];

#[test]
fn harbords_test_of_typhoid_inoculation() {
    // metabias(…, method = "score") of R's meta on these six studies, as printed in C. Wang's lecture "Epidemiology exercise" (slide
    // "Meta-analysis: publication bias"): t = 0.51543, df = 4, p = 0.6334; bias 0.4428032, its SE 0.8590997, slope 0.4306045.
    let tables =
        TYPHOID.map(|[a, b, c, d]| TwoByTwo { events_e: a, n_e: a + b, events_c: c, n_c: c + d });
    let test = table_asymmetry_test(&tables, TableTest::Harbord, 0.95).unwrap();
    assert_printed(test.statistic, 0.51543, 5);
    assert_eq!(test.df, Some(4.0));
    assert_printed(test.p_value, 0.6334, 4);
    assert_printed(test.slope().estimate, 0.442_803_2, 7);
    assert_printed(test.slope().se, 0.859_099_7, 7);
    assert_printed(test.limit.unwrap().estimate, 0.430_604_5, 7);
}

#[test]
fn bias_indicators_of_the_magnesium_trials() {
    // StatsDirect's manual (statsdirect.com/help, "Bias detection in meta-analysis"), the biased example: Egger -1.599085 (95% CI -2.191985 to
    // -1.006186); Harbord -1.759404 (90% CI -2.302334 to -1.216475).
    let tables = magnesium_tables();
    let ratios: Vec<Effect> = tables.iter().map(|table| odds_ratio(table).unwrap()).collect();
    let plain = egger(&ratios).unwrap();
    assert_printed(plain.intercept, -1.599_085, 6);
    let general = asymmetry_test(
        &ratios,
        &Design::intercept(16),
        Predictor::StandardError,
        &Scatter::Multiplicative,
        0.95,
    )
    .unwrap();
    assert_printed(general.slope().ci.lower, -2.191_985, 6);
    assert_printed(general.slope().ci.upper, -1.006_186, 6);
    // StatsDirect's information V has n³ in its denominator, where Harbord, Egger & Sterne (2006, doi 10.1002/sim.2380) have the
    // hypergeometric variance's n²(n − 1). With n³ its numbers follow; with theirs the bias is -1.752538.
    let scores: Vec<Effect> = tables
        .iter()
        .map(|table| {
            let (n, events) = (table.n_e + table.n_c, table.events_e + table.events_c);
            let information = table.n_e * table.n_c * events * (n - events) / (n * n * n);
            let score = table.events_e - events * table.n_e / n;
            Effect { estimate: score / information, variance: 1.0 / information }
        })
        .collect();
    let statsdirect = asymmetry_test(
        &scores,
        &Design::intercept(16),
        Predictor::StandardError,
        &Scatter::Multiplicative,
        0.90,
    )
    .unwrap();
    assert_printed(statsdirect.slope().estimate, -1.759_404, 6);
    assert_printed(statsdirect.slope().ci.lower, -2.302_334, 6);
    assert_printed(statsdirect.slope().ci.upper, -1.216_475, 6);
    let ours = table_asymmetry_test(&tables, TableTest::Harbord, 0.90).unwrap();
    assert_printed(ours.slope().estimate, -1.752_538, 6);
}

/// Third-wave psychotherapies against perceived stress in students, the example of Harrer, Cuijpers, Furukawa & Ebert (2021),
/// Doing Meta-Analysis with R: A Hands-On Guide: Hedges' g, its standard error, and the sizes of the two groups.
pub(crate) const THIRD_WAVE: [[f64; 4]; 18] = [
    [0.709_136_2, 0.260_820_2, 62.0, 51.0],
    [0.354_864_1, 0.196_362_4, 72.0, 78.0],
    [1.791_170_0, 0.345_569_2, 44.0, 41.0],
    [0.182_455_2, 0.117_787_4, 135.0, 115.0],
    [0.421_850_9, 0.144_812_8, 103.0, 100.0],
    [0.63, 0.196, 71.0, 79.0],
    [0.724_883_8, 0.224_664_1, 69.0, 62.0],
    [0.528_663_8, 0.210_460_9, 68.0, 72.0],
    [0.284, 0.168, 95.0, 80.0],
    [1.275_068_2, 0.337_199_7, 43.0, 44.0],
    [0.103_608_2, 0.194_727_5, 79.0, 72.0],
    [0.388_390_6, 0.230_768_9, 61.0, 67.0],
    [0.540_739_8, 0.244_313_3, 62.0, 59.0],
    [0.426_159_3, 0.257_937_9, 60.0, 54.0],
    [0.515_396_9, 0.351_273_7, 43.0, 41.0],
    [1.479_726_0, 0.315_281_7, 42.0, 51.0],
    [0.612_578_2, 0.226_683_4, 64.0, 66.0],
    [0.6, 0.249, 63.0, 55.0],
];

#[test]
fn eggers_test_of_third_wave_psychotherapies() {
    // Harrer et al. (2021), section 9.2.1.2: intercept 4.1111 (SE 0.8790), t 4.677, p 0.000252; slope -0.3407 (0.1837), t -1.855,
    // p 0.082140.
    let effects = THIRD_WAVE.map(|[g, se, _, _]| Effect { estimate: g, variance: se * se });
    let test = egger(&effects).unwrap();
    assert_printed(test.intercept, 4.1111, 4);
    assert_printed(test.intercept_se, 0.8790, 4);
    assert_printed(test.statistic, 4.677, 3);
    assert_printed(test.p_value, 0.000_252, 6);
    assert_printed(test.slope, -0.3407, 4);
    assert_printed(test.slope_se, 0.1837, 4);
}

#[test]
fn pet_and_peese_of_third_wave_psychotherapies() {
    // Harrer et al. (2021), section 9.2.1.5, which puts √(1/n₁ + 1/n₂) for the standard error (Pustejovsky's SPET-SPEESE): the limit
    // estimates are -1.35 (p < 0.10) and -0.44.
    let effects =
        THIRD_WAVE.map(|[g, _, n1, n2]| Effect { estimate: g, variance: (n1 + n2) / (n1 * n2) });
    let answer = pet_peese(&effects, 0.10, 0.95).unwrap();
    let (pet, peese) = (answer.pet.limit.unwrap(), answer.peese.limit.unwrap());
    assert_printed(pet.estimate, -1.35, 2);
    assert!(pet.p_value < 0.10);
    assert_printed(peese.estimate, -0.44, 2);
    // The book keeps PET's estimate where it is below 0 against the hypothesis; the two-sided rule of the paper takes PEESE's.
    assert_eq!(answer.chosen, PetOrPeese::Peese);
}

#[test]
fn the_p_curve_of_third_wave_psychotherapies() {
    // Harrer et al. (2021), section 9.2.2.2: pcurve() of dmetar without studies 3 and 16. k = 16, 9 with p < 0.05, 8 with p < 0.025;
    // right-skewness 0.020, z -3.797 (full), -2.743 (half, p 0.003); flatness 0.952, z 1.540 (p 0.938), 3.422; power 66%
    // (31.1% to 87.8%); evidential value present.
    let effects: Vec<Effect> = THIRD_WAVE
        .iter()
        .enumerate()
        .filter(|(study, _)| ![2, 15].contains(study))
        .map(|(_, [g, se, _, _])| Effect { estimate: *g, variance: se * se })
        .collect();
    let curve = p_curve(&effects).unwrap();
    assert_eq!((curve.k, curve.significant, curve.highly_significant), (16, 9, 8));
    assert_printed(curve.right_skew.binomial, 0.020, 3);
    assert_printed(curve.right_skew.full.z, -3.797, 3);
    let half = curve.right_skew.half.unwrap();
    assert_printed(half.z, -2.743, 3);
    assert_printed(half.p_value, 0.003, 3);
    assert_printed(curve.flatness.binomial, 0.952, 3);
    assert_printed(curve.flatness.full.z, 1.540, 3);
    assert_printed(curve.flatness.full.p_value, 0.938, 3);
    assert_printed(curve.power, 0.66, 2);
    assert_printed(curve.power_interval.lower, 0.311, 3);
    assert_printed(curve.power_interval.upper, 0.878, 3);
    assert_eq!(curve.evidence, EvidentialValue::Present);
    // The half curve's flatness is not the printed one. Given p < 0.025 and one third power, P(|Z| > z)/0.238 is uniform, because
    // P(p < 0.025) = 0.238 then; dmetar divides by 0.714, the share of the *significant* results below 0.025, so that its shares
    // lie between 2/3 and 1 whatever the data. With that divisor its 3.422 follows (R: 3.422259), with the right one 0.878.
    let half = curve.flatness.half.unwrap();
    assert_printed(half.z, 0.878, 3);
}

#[test]
fn the_p_curve_of_five_p_values_by_fishers_method() {
    // Harrer et al. (2021), section 9.2.2.1: p values of 0.001, 0.002, 0.003, 0.004 and 0.03 are pp values of 0.02 to 0.6, and
    // Fisher's χ² of them is 25.96.
    let p = [0.001, 0.002, 0.003, 0.004, 0.03];
    assert_printed(fisher(&p.map(|p| p / 0.05)).unwrap().statistic, 25.96, 2);
    // The same studies as a p-curve: right-skewed too.
    let effects = p.map(|p| {
        let z = -consilience_stats::distribution::normal_quantile(p / 2.0);
        Effect { estimate: z, variance: 1.0 }
    });
    assert!(p_curve(&effects).unwrap().right_skew.full.p_value < 0.01);
}

/// Moore & Tsiatis (1991), doi 10.2307/2532142, as in Agresti (2002), Categorical Data Analysis, 2nd edition, Table 4.5: size of
/// each litter of rats and fetuses dead, in untreated anaemic females and in three groups with iron supplement.
const LITTERS: [&[[f64; 2]]; 4] = [
    &[
        [10.0, 1.0],
        [11.0, 4.0],
        [12.0, 9.0],
        [4.0, 4.0],
        [10.0, 10.0],
        [11.0, 9.0],
        [9.0, 9.0],
        [11.0, 11.0],
        [10.0, 10.0],
        [10.0, 7.0],
        [12.0, 12.0],
        [10.0, 9.0],
        [8.0, 8.0],
        [11.0, 9.0],
        [6.0, 4.0],
        [9.0, 7.0],
        [14.0, 14.0],
        [12.0, 7.0],
        [11.0, 9.0],
        [13.0, 8.0],
        [14.0, 5.0],
        [10.0, 10.0],
        [12.0, 10.0],
        [13.0, 8.0],
        [10.0, 10.0],
        [14.0, 3.0],
        [13.0, 13.0],
        [4.0, 3.0],
        [8.0, 8.0],
        [13.0, 5.0],
        [12.0, 12.0],
    ],
    &[
        [10.0, 1.0],
        [3.0, 1.0],
        [13.0, 1.0],
        [12.0, 0.0],
        [14.0, 4.0],
        [9.0, 2.0],
        [13.0, 2.0],
        [16.0, 1.0],
        [11.0, 0.0],
        [4.0, 0.0],
        [1.0, 0.0],
        [12.0, 0.0],
    ],
    &[[8.0, 0.0], [11.0, 1.0], [14.0, 0.0], [14.0, 1.0], [11.0, 0.0]],
    &[
        [3.0, 0.0],
        [13.0, 0.0],
        [9.0, 2.0],
        [17.0, 2.0],
        [15.0, 0.0],
        [2.0, 0.0],
        [14.0, 1.0],
        [8.0, 0.0],
        [6.0, 0.0],
        [17.0, 0.0],
    ],
];

#[test]
fn beta_binomial_contrasts_of_groups_are_the_printed_ones() {
    // betabin() of R's aod and betabinomial() of VGAM, as printed in Thompson (2009), R (and S-PLUS) Manual to Accompany Agresti's
    // Categorical Data Analysis, chapter 13: 1.346 (0.2481), -3.115 (0.5020), -3.869 (0.8088), -3.924 (0.6682), phi 0.2412 (0.06036);
    // log-likelihood -93.45675. aod stopped early: its log odds ratios differ by up to 0.002 from VGAM's, which are the maximum.
    let groups: Vec<Proportion> = LITTERS
        .iter()
        .flat_map(|group| group.iter().map(|&[n, events]| Proportion { events, n }))
        .collect();
    let group_of: Vec<usize> =
        (0..4).flat_map(|group| core::iter::repeat_n(group, LITTERS[group].len())).collect();
    let matrix = Matrix::from_fn(58, 4, |row, column| {
        f64::from(u8::from(column == 0 || group_of[row] == column))
    });
    let names = ["intrcpt", "group2", "group3", "group4"].map(String::from).to_vec();
    let design = Design::from_matrix(matrix, names).unwrap();
    let fit = beta_binomial_proportions(
        &groups,
        &design,
        ProportionLink::Logit,
        &BetaBinomialOptions::default(),
    )
    .unwrap();
    let vgam = [1.3458, -3.1144, -3.8681, -3.9225];
    let aod_se = [0.2481, 0.5020, 0.8088, 0.6682];
    for ((coefficient, printed), se) in fit.coefficients.iter().zip(vgam).zip(aod_se) {
        assert!((coefficient.estimate - printed).abs() < 2e-4, "{}", coefficient.estimate);
        assert!((coefficient.se - se).abs() < 3e-4, "{}", coefficient.se);
    }
    assert_printed(fit.rho[0].estimate, 0.2412, 4);
    assert!((fit.rho[0].se.unwrap() - 0.06036).abs() < 2e-5);
    assert_printed(fit.fit.ll, -93.45675, 5);
}

#[test]
fn two_groups_of_tables_are_a_regression_of_their_arms() {
    // Kuss' model treats the arms of a study as independent given the mean risks, so the fit of the tables must be the published
    // regression's, with the arm as its moderator: the check above holds for both.
    let tables = magnesium_tables();
    let options = BetaBinomialOptions::default();
    let pair = beta_binomial_tables(
        &tables,
        &Design::intercept(16),
        (TableMeasure::OddsRatio, Dispersion::Common),
        &options,
    )
    .unwrap();
    let arms: Vec<Proportion> = tables
        .iter()
        .flat_map(|table| {
            [
                Proportion { events: table.events_e, n: table.n_e },
                Proportion { events: table.events_c, n: table.n_c },
            ]
        })
        .collect();
    let experimental = |row: usize| f64::from(u8::from(row.is_multiple_of(2)));
    let matrix =
        Matrix::from_fn(32, 2, |row, column| if column == 0 { 1.0 } else { experimental(row) });
    let names = vec!["intrcpt".to_owned(), "experimental".to_owned()];
    let design = Design::from_matrix(matrix, names).unwrap();
    let regression =
        beta_binomial_proportions(&arms, &design, ProportionLink::Logit, &options).unwrap();
    let effect = &regression.coefficients[1];
    assert!((pair.coefficients[0].estimate - effect.estimate).abs() < 1e-8);
    assert!((pair.coefficients[0].se - effect.se).abs() < 1e-7);
    assert!((pair.fit.ll - regression.fit.ll).abs() < 1e-8);
    assert!((pair.rho[0].estimate - regression.rho[0].estimate).abs() < 1e-8);
}

#[test]
fn intervals_of_a_share_of_directions_are_newcombes() {
    // Newcombe (1998), doi 10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, Table I: Wilson's score interval without
    // continuity correction (method 3) and Clopper and Pearson's (method 5).
    for (x, n, wilson, exact) in [
        (81, 263, [0.2553, 0.3662], [0.2527, 0.3676]),
        (15, 148, [0.0624, 0.1605], [0.0578, 0.1617]),
        (0, 20, [0.0, 0.1611], [0.0, 0.1684]),
        (1, 29, [0.0061, 0.1718], [0.0009, 0.1776]),
    ] {
        let count = vote_count(x, n - x).unwrap();
        assert_printed(count.interval.lower, wilson[0], 4);
        assert_printed(count.interval.upper, wilson[1], 4);
        assert_printed(count.exact_interval.lower, exact[0], 4);
        assert_printed(count.exact_interval.upper, exact[1], 4);
    }
}

#[test]
fn albatross_contours_give_tabulated_sample_sizes() {
    // A study that has 80% power at 0.05 and sees just the effect it was planned for has p = 2Φ(-(1.960 + 0.842)), so its size is the
    // contour's there. Hulley, Cummings, Browner, Grady & Newman (2013), Designing Clinical Research, 4th edition, Table 6C: correlations
    // of 0.10, 0.20 and 0.30 need 783, 194 and 85 subjects.
    let p = [0.005_087_6];
    for (r, n) in [(0.10, 783.0), (0.20, 194.0), (0.30, 85.0)] {
        let size = albatross_contour(ContourEffect::Correlation(r), 1.0, &p).unwrap()[0];
        assert!((size - n).abs() < 1.0, "{r}: {size}");
    }
    // Pocock (1983), Clinical Trials: A Practical Approach, section 9.1, the trial of sulphinpyrazone: successes of 90% and 95%, 5%
    // significance and 90% power need 578 patients in each group.
    let p = [0.001_189_0];
    let effect = ContourEffect::RiskDifference { difference: 0.05, control_risk: 0.90 };
    let both = albatross_contour(effect, 1.0, &p).unwrap()[0];
    assert!((both / 2.0 - 578.0).abs() < 0.5, "{both}");
}

#[test]
fn a_change_over_the_root_of_both_variances_is_bonetts() {
    // Bonett's R packages, as their documentation prints it, without a correction for bias. statpsych, ci.stdmean.ps(.05, 602.4, 705.6,
    // 33.17, 51.08, .769, 8): -2.3963, SE 0.65209. vcmeta, se.stdmean.ps(23.9, 25.1, 1.76, 2.01, .78, 25, 0): -0.6352097, SE 0.1602852.
    let options = EffectSizeOptions {
        small_sample: SmallSample::Uncorrected,
        ..EffectSizeOptions::default()
    };
    let change = |[m1, m2, sd1, sd2, correlation, n]: [f64; 6]| {
        let experimental = MeanSd { mean: m1, sd: sd1, n };
        let control = MeanSd { mean: m2, sd: sd2, n };
        let summary = Summary::PairedMeans { experimental, control, correlation };
        effect_size(Measure::StandardizedMeanChangePooledUnequalVariances, &summary, &options)
            .unwrap()
    };
    let first = change([602.4, 705.6, 33.17, 51.08, 0.769, 8.0]);
    assert_printed(first.estimate, -2.3963, 4);
    assert_printed(first.se(), 0.65209, 5);
    let second = change([23.9, 25.1, 1.76, 2.01, 0.78, 25.0]);
    assert_printed(second.estimate, -0.635_209_7, 7);
    assert_printed(second.se(), 0.160_285_2, 7);
}
