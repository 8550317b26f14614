//! Probabilities and quantiles against 40-digit arithmetic.
//!
//! A literal such as 0.975 stands for the double nearest to it, and the expected quantile is that double's.

use consilience_stats::distribution::{
    beta_cdf, beta_quantile, beta_sf, binomial_cdf, binomial_sf, bivariate_normal_cdf, chi2_cdf,
    chi2_quantile, chi2_sf, chi2_upper_quantile, f_cdf, f_quantile, f_sf, normal_cdf,
    normal_quantile, normal_sf, normal_two_sided_p, t_cdf, t_quantile, t_sf, t_two_sided_p,
    two_sided_t, two_sided_z,
};

use crate::data::assert_close;

const TOLERANCE: f64 = 1e-13;

#[test]
fn normal_upper_tail_keeps_its_digits() {
    for (z, expected) in [
        (1.0, 0.15865525393145705141),
        (6.0, 9.865876450376981407e-10),
        (10.0, 7.619853024160526066e-24),
        (11.54, 4.1462610952904923684e-31),
        (20.0, 2.7536241186062336951e-89),
        (37.0, 5.7255712225245768227e-300),
    ] {
        assert_close(normal_sf(z), expected, TOLERANCE);
        assert_close(normal_cdf(-z), expected, TOLERANCE);
        assert_close(normal_two_sided_p(-z), 2.0 * expected, TOLERANCE);
    }
}

#[test]
fn normal_quantiles_are_exact_in_the_middle_and_in_the_tails() {
    for (p, expected) in [
        (1e-300, -37.047096299361199237),
        (1e-26, -10.637223682245590583),
        (1e-10, -6.3613409024040561991),
        (0.025, -1.9599639845400542118),
        (0.3, -0.52440051270804081597),
        (0.49, -0.025068908258711058033),
        (0.6, 0.25334710313579974132),
        (0.975, 1.9599639845400538556),
        (0.9999, 3.7190164854557083867),
    ] {
        assert_close(normal_quantile(p), expected, TOLERANCE);
    }
}

#[test]
fn t_tails_are_exact_for_few_and_many_degrees_of_freedom() {
    for (t, df, expected) in [
        (1.0, 1.0, 0.25),
        (12.706, 1.0, 0.025000401179066593952),
        (3.5, 2.7, 0.023262802460970662311),
        (4.0, 12.0, 0.00088084812219751371059),
        (-1.5, 5.0, 0.90304815987876328393),
        (20.0, 30.0, 3.3745418328856432006e-19),
        (8.0, 1000.0, 1.7133307411957371987e-15),
        (6.0, 1e5, 9.899647278008812792e-10),
        (37.0, 3.0, 0.000021711744062489562766),
    ] {
        assert_close(t_sf(t, df), expected, TOLERANCE);
        assert_close(t_cdf(-t, df), expected, TOLERANCE);
    }
    assert_close(t_two_sided_p(-1.0, 1.0), 0.5, TOLERANCE);
}

#[test]
fn t_quantiles_are_exact() {
    for (p, df, expected) in [
        (0.975, 1.0, 12.706204736174693314),
        (0.975, 2.0, 4.3026527297494617894),
        (0.975, 12.0, 2.1788128296672283703),
        (0.975, 27.0, 2.051830516480285129),
        (0.975, 1e5, 1.9599877075346092587),
        (0.6, 3.0, 0.27667066233268984701),
        (0.5001, 7.0, 0.00025974603090254503631),
        (1e-10, 4.0, -416.17514032960412353),
        (1e-26, 12.0, -423.90381698207691878),
        (0.9995, 0.7, 9790.1175231229771068),
    ] {
        assert_close(t_quantile(p, df), expected, TOLERANCE);
    }
}

#[test]
fn chi_squared_tails_keep_their_digits() {
    for (x, df, expected) in [
        (152.233008082373, 12.0, 1.9967645908462390168e-26),
        (3.84, 1.0, 0.050043521248705103189),
        (0.001, 5.0, 0.99999999831851228103),
        (1000.0, 40.0, 1.1611382363657711333e-183),
        (386.77594183656, 12.0, 2.3820625650549021642e-75),
        (500.0, 600.0, 0.99883760636894538171),
    ] {
        assert_close(chi2_sf(x, df), expected, TOLERANCE);
        assert_close(chi2_cdf(x, df), 1.0 - expected, 1e-7);
    }
}

#[test]
fn chi_squared_quantiles_are_exact() {
    for (p, df, expected) in [
        (0.025, 12.0, 4.4037885069817016816),
        (0.975, 12.0, 23.336664158645336385),
        (1e-6, 1.0, 1.5707963267957189441e-12),
        (0.5, 1.0, 0.45493642311957275194),
        (0.999, 3.0, 16.266236196238129033),
        (0.025, 1.0, 0.0009820691171752560214),
        (0.975, 600.0, 669.7691522164111351),
        (0.1, 0.5, 0.00013500124771267933506),
    ] {
        assert_close(chi2_quantile(p, df), expected, TOLERANCE);
        assert_close(chi2_upper_quantile(1.0 - p, df), expected, 1e-9);
    }
}

#[test]
fn beta_quantiles_are_exact() {
    for (p, a, b, expected) in [
        (0.025, 8.0, 3.0, 0.44390453769235846189),
        (0.975, 9.0, 2.0, 0.97478927367316661794),
        (0.025, 1.0, 10.0, 0.0025285785444617846442),
        (0.975, 5.0, 4.0, 0.84298722951294198792),
        (0.5, 0.5, 0.5, 0.5),
        (1e-8, 2.0, 300.0, 4.7064288132896481379e-7),
    ] {
        let x = beta_quantile(p, a, b);
        assert_close(x, expected, TOLERANCE);
        assert_close(beta_cdf(x, a, b), p, 1e-12);
        assert_close(beta_sf(x, a, b), 1.0 - p, 1e-12);
    }
}

#[test]
fn binomial_tails_count_outcomes() {
    assert_close(binomial_sf(7, 10, 0.5), 56.0 / 1024.0, TOLERANCE);
    assert_close(binomial_cdf(7, 10, 0.5), 968.0 / 1024.0, TOLERANCE);
    assert_eq!((binomial_cdf(10, 10, 0.3), binomial_sf(10, 10, 0.3)), (1.0, 0.0));
    assert_eq!((binomial_cdf(3, 10, 0.0), binomial_cdf(3, 10, 1.0)), (1.0, 0.0));
}

#[test]
fn quantiles_at_the_ends_are_the_ends_of_the_support() {
    assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
    assert_eq!(normal_quantile(1.0), f64::INFINITY);
    assert_eq!(normal_quantile(0.5), 0.0);
    assert_eq!(t_quantile(1.0, 3.0), f64::INFINITY);
    assert_eq!((chi2_quantile(0.0, 3.0), chi2_quantile(1.0, 3.0)), (0.0, f64::INFINITY));
    assert_eq!((beta_quantile(0.0, 2.0, 3.0), beta_quantile(1.0, 2.0, 3.0)), (0.0, 1.0));
    assert_eq!((normal_sf(f64::INFINITY), normal_cdf(f64::INFINITY)), (0.0, 1.0));
    assert_eq!((t_sf(f64::INFINITY, 2.0), t_sf(f64::NEG_INFINITY, 2.0)), (0.0, 1.0));
    assert_eq!((chi2_sf(0.0, 2.0), chi2_sf(f64::INFINITY, 2.0)), (1.0, 0.0));
}

#[test]
fn arguments_outside_the_domain_give_nan() {
    for nan in [
        normal_quantile(-0.1),
        normal_quantile(f64::NAN),
        normal_sf(f64::NAN),
        t_sf(1.0, 0.0),
        t_quantile(0.5, -1.0),
        t_quantile(1.1, 3.0),
        chi2_sf(1.0, f64::NAN),
        chi2_quantile(0.5, 0.0),
        beta_quantile(0.5, 0.0, 1.0),
        binomial_cdf(1, 3, 1.5),
        two_sided_z(1.0),
        two_sided_t(0.0, 4.0),
    ] {
        assert!(nan.is_nan());
    }
}

/// R 4.2.2: `pf(40, 3, 6.2, lower.tail = FALSE)`, `pf(1e-3, 3, 6.2)`, `qf(0.999, 3, 6.2)`.
#[test]
fn the_f_distribution_keeps_both_tails() {
    assert_close(f_sf(40.0, 3.0, 6.2), 1.9078488491516591e-04, 1e-12);
    assert_close(f_cdf(1e-3, 3.0, 6.2), 4.8688178110278939e-05, 1e-12);
    assert_close(f_quantile(0.999, 3.0, 6.2), 2.2474497409983538e1, 1e-12);
    assert_close(f_sf(2.5, 4.0, f64::INFINITY), chi2_sf(10.0, 4.0), 1e-15);
    assert!(f_sf(1.0, 0.0, 3.0).is_nan());
}

/// At the origin the probability is 1/4 + arcsin ρ/(2π) (Sheppard 1899).
#[test]
fn a_quadrant_of_the_bivariate_normal_is_sheppards() {
    for correlation in [-0.999_999, -0.7, -1e-9, 0.0, 0.3, 0.95, 0.999_999] {
        let expected = 0.25 + libm::asin(correlation) / std::f64::consts::TAU;
        assert_close(bivariate_normal_cdf(0.0, 0.0, correlation), expected, 1e-12);
    }
    let far = bivariate_normal_cdf(1.2, -0.4, 0.999_999_999);
    assert_close(far, bivariate_normal_cdf(1.2, -0.4, 1.0), 1e-9);
}
