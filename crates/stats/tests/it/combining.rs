//! Combining p values and counting votes, against R.

use core::num::NonZeroUsize;

use consilience_stats::combine::{
    ContourEffect, PValueMethod, SharedDirection, albatross_contour, albatross_position, cauchy,
    edgington, fisher_dependent, harmonic_mean_p, inverse_chi2, logit, mean_p, pearson,
    shared_direction, tippett, wilkinson,
};
use consilience_stats::distribution::t_sf;
use consilience_stats::{
    Direction, Effect, Matrix, PoolError, fisher, one_sided, stouffer, stouffer_weighted,
    vote_count,
};
use proptest::prelude::{prop_assert, proptest};

use crate::data::assert_close;
use crate::published::assert_printed;

const P_VALUES: [f64; 5] = [0.01, 0.2, 0.3, 0.04, 0.6];

#[test]
fn fishers_statistic_has_two_degrees_of_freedom_per_study() {
    let combined = fisher(&P_VALUES).unwrap();
    assert_close(combined.statistic, 22.2965647027646, 1e-13);
    assert_eq!((combined.k, combined.df), (5, Some(10.0)));
    assert_close(combined.p_value, 0.0136630516634461, 1e-12);
}

#[test]
fn stouffers_statistic_is_normal() {
    let combined = stouffer(&P_VALUES).unwrap();
    assert_close(combined.statistic, 2.32090823743244, 1e-13);
    assert_close(combined.p_value, 0.010145898439182, 1e-12);
    assert_eq!(combined.df, None);
}

#[test]
fn weights_tilt_stouffers_statistic() {
    let combined = stouffer_weighted(&P_VALUES, &[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
    assert_close(combined.statistic, 1.52622676811245, 1e-13);
    assert_close(combined.p_value, 0.063476699617379, 1e-12);
}

#[test]
fn one_p_value_combined_is_itself() {
    assert_close(fisher(&[0.03]).unwrap().p_value, 0.03, 1e-14);
    assert_close(stouffer(&[0.03]).unwrap().p_value, 0.03, 1e-14);
}

#[test]
fn a_two_sided_p_value_splits_by_direction() {
    assert_close(one_sided(0.04, Direction::Positive), 0.02, 1e-15);
    assert_close(one_sided(0.04, Direction::Negative), 0.98, 1e-15);
}

#[test]
fn impossible_p_values_are_refused_by_position() {
    assert_eq!(
        fisher(&[0.5, 0.0]).unwrap_err().to_string(),
        "p value 2 is 0; expected a number between 0 and 1"
    );
    assert!(matches!(stouffer(&[f64::NAN]), Err(PoolError::PValueOutOfRange { position: 0, .. })));
    assert_eq!(stouffer(&[]), Err(PoolError::NoStudies));
    assert_eq!(
        stouffer_weighted(&[0.5], &[1.0, 1.0]),
        Err(PoolError::UnequalLengths { left: 1, right: 2 })
    );
    assert!(matches!(
        stouffer_weighted(&[0.5], &[0.0]),
        Err(PoolError::WeightNotPositive { position: 0, .. })
    ));
}

#[test]
fn votes_are_rs_prop_test_and_binom_test() {
    // positive, negative; Wilson and exact limits, p
    for (positive, negative, expected) in [
        (
            8,
            2,
            [0.490162471536642, 0.943317848545625, 0.443904537692359, 0.974789273673167, 0.109375],
        ),
        (10, 0, [0.722467200137111, 1.0, 0.691502892181239, 1.0, 0.001953125]),
        (0, 4, [0.0, 0.489890836454597, 0.0, 0.602364635616475, 0.125]),
        (3, 3, [0.187616306482651, 0.812383693517349, 0.118117248757025, 0.881882751242975, 1.0]),
        (1, 0, [0.206549314377238, 1.0, 0.025, 1.0, 1.0]),
    ] {
        let votes = vote_count(positive, negative).unwrap();
        let got = [
            votes.interval.lower,
            votes.interval.upper,
            votes.exact_interval.lower,
            votes.exact_interval.upper,
            votes.p_value,
        ];
        for (got, expected) in got.into_iter().zip(expected) {
            assert_close(got, expected, 1e-12);
        }
        assert_eq!(votes.total, positive + negative);
    }
}

#[test]
fn no_votes_are_refused() {
    assert_eq!(vote_count(0, 0), Err(PoolError::NoStudies));
    assert_eq!(vote_count(u64::MAX, 1), Err(PoolError::Overflow));
}

#[test]
fn every_method_agrees_with_arithmetic_of_40_digits() {
    // mpmath, from the methods' definitions; Edgington's by its alternating sum.
    let close = |got: consilience_stats::CombinedP, statistic: f64, p: f64| {
        assert_close(got.statistic, statistic, 1e-13);
        assert_close(got.p_value, p, 1e-12);
    };
    close(pearson(&P_VALUES).unwrap(), 3.0939631150017075, 0.020874563491664948);
    close(edgington(&P_VALUES).unwrap(), 1.15, 0.016758145833333333);
    close(tippett(&P_VALUES).unwrap(), 0.01, 0.0490099501);
    close(wilkinson(&P_VALUES, NonZeroUsize::new(2).unwrap()).unwrap(), 0.04, 0.0147579904);
    close(logit(&P_VALUES).unwrap(), 2.4534258965082109, 0.010199009815341564);
    close(mean_p(&P_VALUES).unwrap(), 2.0914110069520051, 0.018245618171508476);
    close(cauchy(&P_VALUES).unwrap(), 8.3028671588646826, 0.038153570073267744);
    // Its distribution by R's `integrate`.
    close(harmonic_mean_p(&P_VALUES).unwrap(), 0.03703703703703703, 0.04465836173732542);
    let lancaster = inverse_chi2(&P_VALUES, &[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
    close(lancaster, 27.199662118764187, 0.027151056983844972);
    let half = Matrix::from_fn(5, 5, |i, j| if i == j { 1.0 } else { 0.5 });
    let dependent = fisher_dependent(&P_VALUES, &half).unwrap();
    close(dependent, 7.9280198063077073, 0.071102995216911368);
    assert_close(dependent.df.unwrap(), 3.5557135872705454, 1e-13);
    // Where the alternating sum loses all digits in double precision.
    let many = edgington(&[0.3; 40]).unwrap();
    assert_close(many.p_value, 3.7393613747812252e-6, 1e-9);
}

#[test]
fn beckers_example_is_reproduced() {
    // Becker (1994), Combining significance levels, in Cooper & Hedges, The Handbook of Research Synthesis, chapter 15:
    // hypothetical p values, with her results as the documentation of R's metap quotes them.
    let p = [0.016, 0.067, 0.250, 0.405, 0.871];
    assert!((fisher(&p).unwrap().statistic - 18.533).abs() < 5e-4);
    assert!((stouffer(&p).unwrap().statistic - 1.53).abs() < 5e-3);
    let logit = logit(&p).unwrap();
    assert!((logit.statistic - 1.62).abs() < 5e-3);
    assert_eq!(logit.df, Some(29.0));
    // The smallest p is compared with 0.0102, so 0.016 is not significant.
    assert!(tippett(&p).unwrap().p_value > 0.05);
    assert!((tippett(&[0.0102, 0.5, 0.5, 0.5, 0.5]).unwrap().p_value - 0.05).abs() < 5e-4);
}

#[test]
fn rosenthals_example_is_reproduced() {
    // Rosenthal (1978), Combining results of independent studies, doi 10.1037/0033-2909.85.1.185: five t values, with
    // his results as the documentation of R's metap quotes them.
    let t: [(f64, f64); 5] =
        [(1.19, 40.0), (2.39, 60.0), (-0.60, 10.0), (1.52, 30.0), (0.98, 20.0)];
    let exact: Vec<f64> = t.iter().map(|(t, df)| t_sf(*t, *df)).collect();
    let rounded: Vec<f64> = exact.iter().map(|p| (p * 100.0).round() / 100.0).collect();
    let df: Vec<f64> = t.iter().map(|(_, df)| *df).collect();
    assert!((fisher(&rounded).unwrap().statistic - 22.97).abs() < 5e-3);
    let sum_of_z = stouffer(&exact).unwrap();
    assert!((sum_of_z.statistic - 2.39).abs() < 6e-3 && (sum_of_z.p_value - 0.009).abs() < 1e-3);
    let weighted = stouffer_weighted(&exact, &df).unwrap();
    assert!((weighted.statistic - 3.01).abs() < 5e-3);
    assert!((weighted.p_value - 0.0013).abs() < 1e-4);
    let mean = mean_p(&rounded).unwrap();
    // He takes the mean of 0.218 as 0.22.
    assert!((mean.statistic - 2.17).abs() < 2e-2 && (mean.p_value - 0.015).abs() < 1e-3);
}

#[test]
fn teachers_expectancies_are_combined_as_by_becker() {
    // Becker (1994), as the documentation of R's metap quotes her: p values of 19 studies of teachers' expectancies. Fisher 69.473 (df 38,
    // p 0.0014), Stouffer 2.435 (p 0.0074), logit 2.763 (df 99, p 0.0034).
    let p = [
        0.405, 0.208, 0.799, 0.002, 0.243, 0.72, 0.577, 0.926, 0.051, 0.001, 0.04, 0.211, 0.528,
        0.216, 0.871, 0.64, 0.016, 0.227, 0.656,
    ];
    let chi2 = fisher(&p).unwrap();
    assert_eq!(chi2.df, Some(38.0));
    assert_printed(chi2.statistic, 69.473, 3);
    assert_printed(chi2.p_value, 0.0014, 4);
    // She has 2.435; of the p values as rounded metap's own answer is 2.423445, too.
    let z = stouffer(&p).unwrap();
    assert!((z.statistic - 2.435).abs() < 0.012);
    assert_printed(z.statistic, 2.423_445, 6);
    let t = logit(&p).unwrap();
    assert_eq!(t.df, Some(99.0));
    assert_printed(t.statistic, 2.763, 3);
    assert_printed(t.p_value, 0.0034, 4);
}

#[test]
fn validities_of_student_ratings_are_combined_as_in_the_vignette_of_metap() {
    // Dewey, Introduction to the metap package (version 1.8), section 3: the 20 p values as printed there, and in Tables 3 and 5 the
    // logarithms of what each method makes of them; Table 6 the one-sided p of the 18 below one half.
    let p = [
        0.015223, 0.005117, 0.224837, 0.000669, 0.004063, 0.549106, 0.052925, 0.024674, 0.004618,
        0.287803, 0.738475, 0.009563, 0.071971, 0.000003, 0.001040, 0.031221, 0.005274, 0.098791,
        0.067441, 0.250210,
    ];
    let exponent = |combined: consilience_stats::CombinedP| -libm::log10(combined.p_value);
    assert_printed(exponent(logit(&p).unwrap()), 15.4, 1);
    assert_printed(exponent(fisher(&p).unwrap()), 15.52, 2);
    assert_printed(exponent(stouffer(&p).unwrap()), 15.87, 2);
    assert_printed(exponent(tippett(&p).unwrap()), 4.22, 2);
    let largest = wilkinson(&p, NonZeroUsize::new(20).unwrap()).unwrap();
    assert_printed(exponent(largest), 2.63, 2);
    assert_printed(exponent(mean_p(&p).unwrap()), 8.62, 2);
    assert_printed(exponent(edgington(&p).unwrap()), 10.63, 2);
    let below = p.iter().filter(|p| **p < 0.5).count() as u64;
    assert_printed(vote_count(below, 20 - below).unwrap().p_value / 2.0, 0.000201, 6);
}

#[test]
fn edgingtons_example_is_reproduced() {
    // Edgington (1972), An additive method for combining probability values from independent experiments,
    // doi 10.1080/00223980.1972.9924813, as the documentation of R's metap quotes it: p = 0.097.
    let combined = edgington(&[0.2, 0.35, 0.35, 0.4, 0.4, 0.4, 0.4]).unwrap();
    assert_printed(combined.p_value, 0.097, 3);
}

#[test]
fn birnbaums_example_is_just_significant() {
    // Birnbaum (1954), doi 10.1080/01621459.1954.10483521, as quoted in the documentation of R's metap: two of 0.223.
    let both = wilkinson(&[0.223, 0.223], NonZeroUsize::new(2).unwrap()).unwrap();
    assert!((both.p_value - 0.05).abs() < 5e-4 && both.p_value < 0.05);
    let too_many = wilkinson(&[0.223], NonZeroUsize::new(2).unwrap());
    assert!(matches!(too_many, Err(PoolError::TooFew { found: 1, needed: 2, .. })));
}

#[test]
fn identical_tests_count_once() {
    // Perfectly correlated tests carry one p value, but for Kost and McDermott's rounding of the covariance to 4.
    let ones = Matrix::from_element(4, 4, 1.0);
    let combined = fisher_dependent(&[0.03; 4], &ones).unwrap();
    assert!((combined.p_value - 0.03).abs() < 1e-4);
    let impossible = Matrix::from_element(4, 4, 2.0);
    assert!(matches!(
        fisher_dependent(&[0.03; 4], &impossible),
        Err(PoolError::CorrelationOutOfRange { row: 1, column: 0, .. })
    ));
}

#[test]
fn contours_of_an_albatross_plot_give_back_the_p_value() {
    let p_values = [0.5, 0.05, 1e-6];
    let check = |effect, variance: &dyn Fn(f64) -> Effect| {
        let sizes = albatross_contour(effect, 2.0, &p_values).unwrap();
        for (n, p) in sizes.into_iter().zip(p_values) {
            let study = variance(n);
            let z = study.estimate / study.se();
            let got = consilience_stats::distribution::normal_two_sided_p(z);
            assert_close(got, p, 1e-9);
        }
    };
    let groups = |n: f64| (2.0 * n / 3.0, n / 3.0);
    check(ContourEffect::StandardizedMeanDifference(0.4), &|n| {
        let (n1, n2) = groups(n);
        Effect { estimate: 0.4, variance: 1.0 / n1 + 1.0 / n2 + 0.4 * 0.4 / (2.0 * n) }
    });
    check(ContourEffect::MeanDifference { difference: 3.0, sd: 7.0 }, &|n| {
        let (n1, n2) = groups(n);
        Effect { estimate: 3.0, variance: 49.0 / n1 + 49.0 / n2 }
    });
    check(ContourEffect::Correlation(0.3), &|n| Effect {
        estimate: libm::atanh(0.3),
        variance: 1.0 / (n - 3.0),
    });
    check(ContourEffect::OddsRatio { ratio: 2.0, control_risk: 0.25 }, &|n| {
        let (n1, n2) = groups(n);
        Effect {
            estimate: libm::log(2.0),
            variance: 1.0 / (0.4 * n1) + 1.0 / (0.6 * n1) + 1.0 / (0.25 * n2) + 1.0 / (0.75 * n2),
        }
    });
    check(ContourEffect::RiskRatio { ratio: 1.6, control_risk: 0.25 }, &|n| {
        let (n1, n2) = groups(n);
        Effect { estimate: libm::log(1.6), variance: 0.6 / (0.4 * n1) + 0.75 / (0.25 * n2) }
    });
    check(ContourEffect::RiskDifference { difference: 0.15, control_risk: 0.25 }, &|n| {
        let (n1, n2) = groups(n);
        Effect { estimate: 0.15, variance: 0.24 / n1 + 0.1875 / n2 }
    });
    assert!(albatross_contour(ContourEffect::Correlation(0.0), 1.0, &p_values).is_err());
    assert_close(albatross_position(0.01, Direction::Negative).unwrap(), -2.0, 1e-14);
}

#[test]
fn seventy_percent_of_the_outcomes_make_a_direction() {
    use Direction::{Negative, Positive};
    let of = |positive: usize, negative: usize| {
        let mut outcomes = vec![Positive; positive];
        outcomes.extend(vec![Negative; negative]);
        shared_direction(&outcomes)
    };
    assert_eq!(of(7, 3), Some(SharedDirection::Clear(Positive)));
    assert_eq!(of(2, 8), Some(SharedDirection::Clear(Negative)));
    assert_eq!(of(6, 4), Some(SharedDirection::Conflicting));
    assert_eq!(of(0, 0), None);
}

proptest! {
    #[test]
    fn a_combined_p_value_is_a_probability_and_falls_with_each_p(
        p in proptest::collection::vec(1e-12..0.999_f64, 1..30), position in 0_usize..30
    ) {
        let mut smaller = p.clone();
        let index = position % p.len();
        smaller[index] *= 0.5;
        for method in PValueMethod::ALL {
            let (plain, less) =
                (method.combine(&p).unwrap().p_value, method.combine(&smaller).unwrap().p_value);
            prop_assert!((0.0..=1.0).contains(&plain), "{} {plain}", method.name());
            prop_assert!(less <= plain * (1.0 + 1e-9), "{} {less} {plain}", method.name());
        }
    }

    #[test]
    fn one_p_value_combined_is_itself_by_every_exact_method(p in 1e-12..0.999_f64) {
        for method in PValueMethod::ALL {
            // The logit's t and the mean's z are approximations.
            if !matches!(method, PValueMethod::Logit | PValueMethod::MeanP) {
                let combined = method.combine(&[p]).unwrap().p_value;
                prop_assert!((combined / p - 1.0).abs() < 1e-9, "{} {combined}", method.name());
            }
        }
    }
}
