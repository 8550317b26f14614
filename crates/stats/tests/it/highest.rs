//! Fits end at the highest maximum of their likelihood: data sets on which a search from few places ends below it, found by the
//! example `highest_maxima`, and no higher point of a grid on any.

use consilience_stats::distribution::normal_sf;
use consilience_stats::multivariate::{
    Grouping, LevelStructure, MultilevelModel, MultilevelOptions, Random, Sampling,
};
use consilience_stats::selection::{
    Alternative, Decline, Heterogeneity, SelectionFunction, SelectionOptions,
    selection_log_likelihood,
};
use consilience_stats::{Design, Effect};
use proptest::prelude::*;

/// Study, level, estimate, sampling variance.
type Row = (u32, u32, f64, f64);

/// The restricted log-likelihood of effects of levels within studies, at given variances and correlation or at its maximum.
fn log_likelihood(rows: &[Row], structure: LevelStructure, held: Option<(&[f64], f64)>) -> f64 {
    let labels =
        |of: fn(&Row) -> u32| -> Vec<String> { rows.iter().map(|it| of(it).to_string()).collect() };
    let (study, level) =
        (Grouping::new("study", &labels(|it| it.0)), Grouping::new("level", &labels(|it| it.1)));
    let mut term = Random::levels(structure, level, study);
    if let Some((variances, correlation)) = held {
        let variances: Vec<Option<f64>> = variances.iter().copied().map(Some).collect();
        term = term.with_variances(&variances).unwrap();
        term = term.with_correlations(&[Some(correlation)]).unwrap();
    }
    let estimates: Vec<f64> = rows.iter().map(|it| it.2).collect();
    let sampling = Sampling::Independent(rows.iter().map(|it| it.3).collect());
    let fit = MultilevelModel::new(&estimates, sampling, &Design::intercept(rows.len()))
        .unwrap()
        .with(term)
        .fit(&MultilevelOptions::default())
        .unwrap();
    fit.fit.reml.unwrap().ll
}

#[track_caller]
fn assert_highest(rows: &[Row], structure: LevelStructure, variances: &[f64], correlation: f64) {
    let found = log_likelihood(rows, structure, None);
    let higher = log_likelihood(rows, structure, Some((variances, correlation)));
    assert!(found >= higher - 1e-9, "{structure:?}: {found} is below {higher}");
}

/// The maximum lies just beside the edge ρ = 1, which is a maximum too, 0.97 and 0.49 lower.
#[test]
fn a_maximum_beside_the_edge_is_not_passed_over() {
    let rows = [
        (0, 0, 2.065_933_598_2, 0.067_362_549_45),
        (0, 1, 2.640_076_679_5, 0.015_253_317_65),
        (0, 2, 2.556_816_399, 0.009_929_700_1),
        (1, 0, 0.067_288_406_27, 0.002_101_587_3),
        (1, 1, 0.346_738_694_48, 0.076_931_380_97),
        (1, 2, -0.404_656_112_13, 0.034_927_982_89),
        (1, 3, 0.063_287_441_97, 0.001_339_425_4),
        (2, 0, 7.626_462_106_67, 0.025_643_069_6),
        (2, 1, 7.202_938_387_14, 0.002_444_587_5),
        (2, 2, 6.096_828_393_43, 0.347_766_970_9),
        (2, 3, 7.724_873_295_7, 0.750_708_787_3),
    ];
    assert_highest(&rows, LevelStructure::CompoundSymmetry, &[13.769_581_389_8], 0.996_855_741);
    assert_highest(&rows, LevelStructure::Autoregressive, &[13.706_885_524_7], 0.997_213_433_8);
}

/// The maximum lies on the edge ρ = 1 or near it, at variances of another ratio than those of a lower one inside.
#[test]
fn a_narrow_ridge_at_the_edge_is_found() {
    let on_the_edge = [
        (0, 0, 1.924_658_388_7, 0.004_934_477_3),
        (1, 0, 0.114_482_012_5, 0.015_909_909_6),
        (1, 1, -0.091_702_053_5, 0.013_798_189_7),
        (2, 0, 2.113_852_042_8, 0.073_380_490_8),
        (2, 1, 1.400_224_663_6, 0.001_562_322_4),
    ];
    let near_it = [
        (0, 0, 3.472_746_132_3, 0.012_921_114_6),
        (0, 1, 3.031_441_630_0, 0.102_562_905_9),
        (1, 0, -0.082_849_544_7, 0.047_123_725_5),
        (1, 1, -3.072_746_156_1, 0.686_110_030_0),
        (2, 0, 1.671_346_464_3, 0.008_405_577_7),
        (2, 1, -1.924_621_465_5, 0.509_567_435_9),
        (3, 0, -4.573_731_889_5, 0.008_717_356_1),
    ];
    let structures =
        [LevelStructure::HeteroscedasticCompoundSymmetry, LevelStructure::Unstructured];
    for structure in structures {
        let held = LevelStructure::HeteroscedasticCompoundSymmetry;
        for (rows, variances, correlation) in [
            (&on_the_edge[..], [3.618_228_702_9, 1.857_477_427_6], 1.0),
            (&near_it[..], [24.786_009_115, 89.120_852_697], 0.996_751_686_2),
        ] {
            let found = log_likelihood(rows, structure, None);
            let higher = log_likelihood(rows, held, Some((&variances, correlation)));
            assert!(found >= higher - 1e-9, "{structure:?}: {found} is below {higher}");
        }
    }
}

/// The log-likelihood of one estimate under a selection model, by a fine sum over ±60 standard deviations about the greatest
/// integrand.
fn by_brute_force(
    (y, v): (f64, f64),
    mean: f64,
    tau2: f64,
    log_weight: impl Fn(f64) -> f64,
) -> f64 {
    const NODES: i32 = 200_000;
    let (se, sd) = (v.sqrt(), (v + tau2).sqrt());
    let log_density = |x: f64| -0.5 * (x - mean) * (x - mean) / (sd * sd);
    let log_p_weight = |x: f64| log_weight(normal_sf(x / se));
    let (low, high) = (mean - 60.0 * sd, mean + 60.0 * sd);
    let step = (high - low) / f64::from(NODES);
    let terms: Vec<f64> = (0..=NODES)
        .map(|i| low + step * f64::from(i))
        .map(|x| log_density(x) + log_p_weight(x))
        .collect();
    let top = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = terms.iter().map(|it| libm::exp(it - top)).sum();
    let expected = top + libm::log(step * total);
    log_density(y) + log_p_weight(y) - expected
}

/// The moderator is fitted to the difference within the group of two, which leaves large residuals between groups: the maximum is at
/// a variance of 16.7, and a lower one at 0.
#[test]
fn a_moderator_within_groups_leaves_room_for_a_large_variance_between_them() {
    let estimates = [1.304_581_706_3, -1.984_902_334_9, -2.677_390_588_9, -0.349_888_099_3];
    let sampling = Sampling::Independent(vec![0.013_275_889_8, 1.0, 0.919_089_520_5, 1.0]);
    let x = [0.225_144_057_9, 1.493_782_615_2, 0.324_231_995_2, -0.568_361_698_7];
    let design = Design::builder(4).numeric("x", &x).build().unwrap();
    let group = Grouping::new("group", &["2", "0", "2", "1"]);
    let ll = |held: Option<f64>| {
        let term = Random::intercepts(group.clone()).with_variances(&[held]).unwrap();
        let model = MultilevelModel::new(&estimates, sampling.clone(), &design).unwrap();
        let fit = model.with(term).fit(&MultilevelOptions::default()).unwrap();
        fit.fit.reml.unwrap().ll
    };
    assert!(ll(None) >= ll(Some(16.746_375)) - 1e-9);
}

/// The logarithm of a p value's weight.
type LogWeight = fn(f64) -> f64;

/// Where weights far off outweigh the density's fall, the mass that matters is not near the mean.
#[test]
fn selection_likelihoods_are_right_far_from_the_data() {
    let effects = [(0.392, 0.0285), (0.997, 0.0378), (0.171, 0.151)];
    let functions: [(SelectionFunction, Vec<f64>, LogWeight); 2] = [
        (
            SelectionFunction::Decreasing {
                decline: Decline::HalfNormal,
                threshold: None,
                imprecision: None,
            },
            vec![100.0],
            |p| -100.0 * p * p,
        ),
        (SelectionFunction::Beta, vec![12.0, 20.0], |p| {
            let p = p.clamp(1e-5, 1.0 - 1e-5);
            11.0 * libm::log(p) + 19.0 * libm::log1p(-p)
        }),
    ];
    for (function, parameters, log_weight) in functions {
        for (mean, tau2) in [(-5.0, 0.2), (-3.0, 0.01), (0.5, 0.1), (4.0, 0.5)] {
            let options = SelectionOptions {
                function: function.clone(),
                alternative: Alternative::Greater,
                heterogeneity: Heterogeneity::Estimated,
                fixed: Vec::new(),
                level: 0.95,
            };
            let of = |y: f64, v: f64| {
                let effect = [Effect { estimate: y, variance: v }; 3];
                let at = (&[mean][..], tau2, &parameters[..]);
                selection_log_likelihood(&effect, &Design::intercept(3), &options, at).unwrap()
                    / 3.0
            };
            for (y, v) in effects {
                let expected = by_brute_force((y, v), mean, tau2, log_weight);
                let found = of(y, v);
                assert!(
                    (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
                    "{function:?} at {mean}, {tau2}: {found} is not {expected}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_point_of_a_grid_is_higher(
        rows in prop::collection::vec((0..4_u32, 0..2_u32, -3.0..3.0_f64, -4.0..0.0_f64), 5..10),
    ) {
        let mut rows: Vec<Row> =
            rows.iter().map(|&(study, level, y, v)| (study, level, y, libm::pow(10.0, v))).collect();
        rows.sort_by_key(|it| (it.0, it.1));
        rows.dedup_by_key(|it| (it.0, it.1));
        prop_assume!(rows.len() > 3);
        for (study, level) in [(0, 0), (0, 1)] {
            if !rows.iter().any(|it| (it.0, it.1) == (study, level)) {
                rows.push((study, level, 0.5, 0.01));
            }
        }
        let structure = LevelStructure::HeteroscedasticCompoundSymmetry;
        let found = log_likelihood(&rows, structure, None);
        for a in [0.0, 0.01, 0.3, 2.0, 10.0] {
            for b in [0.01, 0.3, 2.0, 10.0] {
                for correlation in [-1.0, -0.9, 0.0, 0.9, 0.99, 1.0] {
                    let there = log_likelihood(&rows, structure, Some((&[a, b], correlation)));
                    prop_assert!(found >= there - 1e-7, "{found} is below {there}");
                }
            }
        }
    }
}
