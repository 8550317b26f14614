//! Back-transformations, against metafor 3.8-1 (`transf.*`) and against their own inverses.

use consilience_stats::transform as t;
use consilience_stats::{Measure, Scale};
use proptest::prelude::*;

use crate::data::assert_close;

#[test]
fn what_a_standardised_mean_difference_means_is_metafors() {
    assert_close(t::cohens_u1(0.5), 0.329_732_028_704_834, 1e-12);
    assert_close(t::cohens_u1(-0.5), 0.329_732_028_704_834, 1e-12);
    assert_close(t::cohens_u2(-2.0), 0.158_655_253_931_457, 1e-12);
    assert_close(t::cohens_u3(-1.0), 0.158_655_253_931_457, 1e-12);
    assert_close(t::probability_of_superiority(-2.0), 0.078_649_603_525_142_58, 1e-12);
    assert_close(t::binomial_effect_size_display(-2.0), 0.146_446_609_406_726_3, 1e-12);
    assert_close(t::point_biserial_of(-2.0, 5.0, 1000.0), -0.139_481_070_551_815_4, 1e-9);
    assert_close(t::mean_difference_of(0.5, 10.0), 5.0, 1e-15);
}

#[test]
fn what_an_odds_ratio_means_at_a_control_risk_is_metafors() {
    assert_close(t::risk_difference_of_log_odds_ratio(0.5, 0.2), 0.091_875_132_740_578_3, 1e-12);
    assert_close(t::risk_difference_of_log_odds_ratio(-1.0, 0.2), -0.115_776_191_599_102_6, 1e-12);
    assert_close(t::risk_ratio_of_log_odds_ratio(0.5, 0.2), 1.459_375_663_702_89, 1e-12);
}

/// `transf.ipft(x, 10)`, `transf.iirft(x, 10)`: outside what a proportion or rate can have, the end of the range.
#[test]
fn freeman_tukey_scales_end_where_the_reference_ends_them() {
    for (x, expected) in [(0.05, 0.0), (0.3, 0.051_987_474_772_930_6), (1.5, 1.0), (2.0, 1.0)] {
        assert_close(t::double_arcsine_inverse(x, 10.0), expected, 1e-12);
    }
    for (x, expected) in [(0.05, 0.0), (0.3, 0.046_944_444_444_444_4), (2.0, 3.950_156_25)] {
        assert_close(t::double_square_root_inverse(x, 10.0), expected, 1e-12);
    }
    assert!(t::double_arcsine_inverse(0.5, 0.0).is_nan());
}

/// The logistic-normal mean by R's `integrate` with `rel.tol = 1e-12`: x = 1, τ² = 4.
#[test]
fn the_mean_behind_a_median_is_integrated() {
    let mean = t::mean_of_transformed(t::inverse_logit, 1.0, 4.0, None);
    assert_close(mean, 0.647_726_438_525_869, 1e-9);
    let exponential = t::mean_of_transformed(libm::exp, 1.0, 0.04, None);
    assert_close(exponential, t::mean_of_exponential(1.0, 0.04), 1e-10);
    assert_close(t::mean_of_transformed(libm::exp, 1.0, 0.0, None), std::f64::consts::E, 1e-15);
    assert!(t::mean_of_transformed(libm::exp, 1.0, -0.1, None).is_nan());
    // `transf.exp.int(1, targs = list(tau2 = .04, lower = -1, upper = 2))`
    let part = t::mean_of_transformed(libm::exp, 1.0, 0.04, Some((-1.0, 2.0)));
    assert_close(part, 2.773_192_563_911_22, 1e-9);
}

#[test]
fn limits_beyond_the_scale_come_back_as_the_ends_of_what_is_read() {
    assert_close(Measure::ArcsineProportion.to_display(-0.2), 0.0, 0.0);
    assert_close(Measure::ArcsineProportion.to_display(2.0), 1.0, 1e-15);
    assert_close(Measure::SquareRootIncidenceRate.to_display(-1.0), 0.0, 0.0);
    assert_close(Measure::AlphaHakstianWhalen.to_display(1.4), 1.0, 0.0);
    assert_eq!(Measure::Proportion.null_value(), None);
    assert_eq!(Measure::FisherZ.null_value(), Some(0.0));
}

proptest! {
    #[test]
    fn transformations_of_a_proportion_come_back(p in 0.0..=1.0_f64, n in 1.0..1e6_f64) {
        for back in [
            t::inverse_logit(t::logit(p)),
            t::arcsine_inverse(t::arcsine(p)),
            t::double_arcsine_inverse(t::double_arcsine(p, n), n),
            t::hakstian_whalen_inverse(t::hakstian_whalen(p)),
            t::bonett_inverse(t::bonett(p)),
        ] {
            prop_assert!((back - p).abs() < 1e-7, "{back} is not {p}");
        }
    }

    #[test]
    fn transformations_of_a_rate_come_back(rate in 0.0..1e3_f64, time in 1e-2..1e5_f64) {
        let back = t::double_square_root_inverse(t::double_square_root(rate, time), time);
        prop_assert!((back - rate).abs() < 1e-9 * rate.max(1.0));
    }

    #[test]
    fn every_scale_is_monotone_within_its_range(x in -5.0..5.0_f64, step in 0.0..1.0_f64) {
        for scale in [
            Scale::Log, Scale::Logit, Scale::FisherZ, Scale::FisherZSquared, Scale::Arcsine,
            Scale::DoubleArcsine, Scale::SquareRoot, Scale::DoubleSquareRoot, Scale::HakstianWhalen,
            Scale::Bonett,
        ] {
            let (low, high) = scale.range();
            let (one, other) = (x.clamp(low, high), (x + step).clamp(low, high));
            for size in [3.0, 40.0] {
                let at = |x| scale.to_display_at(x, size);
                prop_assert!(at(other) >= at(one) - 1e-12, "{scale:?}");
            }
        }
    }
}
