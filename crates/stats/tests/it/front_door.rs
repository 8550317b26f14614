//! One front door to every measure: the same numbers as the measures' own functions and as metafor 3.8-1, an error that
//! names what does not fit, and never a number that is none.

use consilience_stats::{
    AddTo, Alpha, Correlation, Effect, EffectError, EffectSizeOptions, Genotypes, MeanSd, Measure,
    PairedMargins, PairedTable, PartialCorrelation, Proportion, Rate, SemiPartialCorrelation,
    SmallSample, StandardizedDifference, Summary, SummaryKind, TwoByTwo, VarianceExplained,
    VarianceType, ZeroCells, effect_size, effect_sizes, odds_ratio, peto_odds_ratio, proportion,
    rate_ratio, risk_difference, standardized_mean_difference,
};
use proptest::prelude::*;

use crate::data::assert_close;

const TOLERANCE: f64 = 1e-9;

fn arm(n: f64, mean: f64, sd: f64) -> MeanSd {
    MeanSd { n, mean, sd }
}

/// Three studies with means, the second and third of unequal variability.
fn means() -> Vec<Summary> {
    [
        (arm(12.0, 10.2, 2.1), arm(14.0, 9.1, 2.9)),
        (arm(30.0, 5.0, 3.3), arm(25.0, 4.2, 2.2)),
        (arm(7.0, 7.7, 1.2), arm(9.0, 8.8, 2.5)),
    ]
    .map(|(experimental, control)| Summary::Means { experimental, control })
    .to_vec()
}

/// Three studies with events, the second with none in the experimental arm.
fn tables() -> Vec<Summary> {
    let table = |a: f64, b: f64, c: f64, d: f64| {
        Summary::Table(TwoByTwo { events_e: a, n_e: a + b, events_c: c, n_c: c + d })
    };
    vec![table(4.0, 20.0, 7.0, 11.0), table(0.0, 30.0, 3.0, 25.0), table(12.0, 5.0, 9.0, 16.0)]
}

fn pairs() -> Vec<Summary> {
    let pair = |e: MeanSd, c: MeanSd, correlation: f64| Summary::PairedMeans {
        experimental: e,
        control: c,
        correlation,
    };
    vec![
        pair(arm(12.0, 10.2, 2.1), arm(12.0, 9.1, 2.9), 0.5),
        pair(arm(30.0, 5.0, 3.3), arm(30.0, 4.2, 2.2), -0.2),
        pair(arm(7.0, 7.7, 1.2), arm(7.0, 8.8, 2.5), 0.8),
    ]
}

fn with_variance(variance: VarianceType) -> EffectSizeOptions {
    EffectSizeOptions { variance, ..EffectSizeOptions::default() }
}

/// metafor's rule, whatever the measure's own.
fn as_metafor(measure: Measure) -> EffectSizeOptions {
    EffectSizeOptions {
        zero_cells: Some(measure.usual_zero_cells()),
        ..EffectSizeOptions::default()
    }
}

fn assert_variances(got: &[Result<Effect, EffectError>], expected: &[f64]) {
    for (got, expected) in got.iter().zip(expected) {
        assert_close(got.as_ref().unwrap().variance, *expected, TOLERANCE);
    }
    assert_eq!(got.len(), expected.len());
}

fn assert_estimates(got: &[Result<Effect, EffectError>], expected: &[f64]) {
    for (got, expected) in got.iter().zip(expected) {
        assert_close(got.as_ref().unwrap().estimate, *expected, TOLERANCE);
    }
    assert_eq!(got.len(), expected.len());
}

/// metafor 3.8-1, `escalc(measure, …, vtype)$vi` of [`means`].
#[test]
fn variances_of_means_are_metafors() {
    use VarianceType as V;
    for (measure, variance, expected) in [
        (Measure::MeanDifference, V::Homoscedastic, [1.0178174603, 0.5976943396, 1.0637641723]),
        (
            Measure::StandardizedMeanDifference,
            V::LargeSampleOfUncorrected,
            [0.14844290398, 0.07195490284, 0.23500486083],
        ),
        (
            Measure::StandardizedMeanDifference,
            V::Unbiased,
            [0.15863744191, 0.07407772083, 0.26449105439],
        ),
        (
            Measure::StandardizedMeanDifference,
            V::Averaged,
            [0.15541409184, 0.07364163995, 0.25502805796],
        ),
        (
            Measure::GlassDelta,
            V::LargeSampleOfUncorrected,
            [0.14158344168, 0.07124690687, 0.21571636654],
        ),
        (Measure::GlassDelta, V::Unbiased, [0.16041540430, 0.07611872952, 0.26652772652]),
        (Measure::GlassDelta, V::Averaged, [0.15664819509, 0.07438965592, 0.25690248337]),
        (Measure::RatioOfMeans, V::Homoscedastic, [0.01094050674, 0.02934875112, 0.01610198670]),
        (Measure::RatioOfMeans, V::Averaged, [0.03148415228, 0.01460039054, 0.05198202927]),
        (
            Measure::RatioOfMeans,
            V::AveragedHomoscedastic,
            [0.03108863245, 0.01473122892, 0.05101724300],
        ),
        (
            Measure::OddsRatioFromSmdNormal,
            V::LargeSample,
            [0.4309718981, 0.2015934683, 0.7160060516],
        ),
        (
            Measure::OddsRatioFromSmdLogistic,
            V::LargeSample,
            [0.5207863045, 0.2436054829, 0.8652214849],
        ),
        (Measure::PointBiserial, V::Stratified, [0.03686515817, 0.01794200376, 0.05851477545]),
        (Measure::PointBiserial, V::CrossSectional, [0.03410256822, 0.01729873993, 0.05151526334]),
        (Measure::Biserial, V::LargeSample, [0.05581580944, 0.02779487516, 0.08667704544]),
    ] {
        let got = effect_sizes(measure, &means(), &with_variance(variance));
        for (got, expected) in got.iter().zip(expected) {
            assert_close(got.as_ref().unwrap().variance, expected, 2e-9);
        }
    }
}

/// metafor 3.8-1, `escalc(measure, …)$yi` of [`means`].
#[test]
fn biserial_correlations_are_metafors() {
    let options = EffectSizeOptions::default();
    assert_estimates(
        &effect_sizes(Measure::PointBiserial, &means(), &options),
        &[0.2172470261, 0.1407242985, -0.2741216616],
    );
    assert_estimates(
        &effect_sizes(Measure::Biserial, &means(), &options),
        &[0.2727405135, 0.1767902035, -0.3451097658],
    );
}

/// metafor 3.8-1, `escalc(measure, …, vtype)` of [`tables`], with one half in the second study's cells.
#[test]
fn variances_of_tables_are_metafors() {
    let variance =
        |variance, measure: Measure| EffectSizeOptions { variance, ..as_metafor(measure) };
    let difference = Measure::RiskDifference;
    assert_variances(
        &effect_sizes(difference, &tables(), &variance(VarianceType::Unbiased, difference)),
        &[0.020018313283, 0.004319093683, 0.022575778547],
    );
    assert_variances(
        &effect_sizes(difference, &tables(), &variance(VarianceType::Averaged, difference)),
        &[0.01833164545, 0.01250811086, 0.01829044118],
    );
    assert_variances(
        &effect_sizes(Measure::Phi, &tables(), &variance(VarianceType::Stratified, Measure::Phi)),
        &[0.022836484703, 0.004835630721, 0.020651046301],
    );
    assert_variances(
        &effect_sizes(
            Measure::Phi,
            &tables(),
            &variance(VarianceType::CrossSectional, Measure::Phi),
        ),
        &[0.02283660239, 0.00504406308, 0.02075439117],
    );
}

/// metafor 3.8-1, `escalc("RTET", ai=c(4,12), bi=c(20,5), ci=c(7,9), di=c(11,16))`, whose optimiser gives four digits.
#[test]
fn tetrachoric_correlations_are_metafors() {
    let got = effect_sizes(Measure::Tetrachoric, &tables(), &EffectSizeOptions::default());
    for (row, estimate, variance) in
        [(0, -0.4084069524, 5.301440990e-02), (2, 0.5147921537, 3.900683892e-02)]
    {
        let effect = got[row].as_ref().unwrap();
        assert_close(effect.estimate, estimate, 1e-4);
        assert_close(effect.variance, variance, 1e-4);
    }
    assert!(matches!(got[1], Err(EffectError::Perfect { .. })));
}

/// With both margins split evenly ρ = sin(2π(p₁₁ − ¼)): Sheppard (1899).
#[test]
fn a_tetrachoric_correlation_at_the_medians_is_sheppards() {
    let table = TwoByTwo { events_e: 40.0, n_e: 50.0, events_c: 10.0, n_c: 50.0 };
    let effect = consilience_stats::tetrachoric_correlation(&table).unwrap();
    assert_close(effect.estimate, libm::sin(std::f64::consts::TAU * 0.15), 1e-12);
}

/// metafor 3.8-1, `escalc(measure, ri, ni, vtype)` and `escalc(measure, ti, ni, mi, r2i, vtype)`.
#[test]
fn variances_of_correlations_are_metafors() {
    let correlations: Vec<_> = [(0.5, 12.0), (-0.2, 30.0), (0.8, 7.0)]
        .map(|(r, n)| Summary::Correlation(Correlation { r, n }))
        .to_vec();
    let run = |measure, variance| effect_sizes(measure, &correlations, &with_variance(variance));
    assert_variances(
        &run(Measure::Correlation, VarianceType::Averaged),
        &[0.08854983151, 0.03358786712, 0.16234135777],
    );
    assert_variances(
        &run(Measure::UnbiasedCorrelation, VarianceType::Averaged),
        &[0.08821653178, 0.03346144309, 0.16173030826],
    );
    assert_variances(
        &run(Measure::UnbiasedCorrelation, VarianceType::Unbiased),
        &[0.05808350340, 0.03512294935, 0.01717599321],
    );
    let tests = [(2.1, 12.0, 3.0, 0.4), (-1.0, 30.0, 2.0, 0.2), (0.4, 7.0, 1.0, 0.3)];
    let predictor = |(t, n, predictors, _)| PartialCorrelation { t, n, predictors };
    let partial: Vec<_> =
        tests.iter().map(|&it| Summary::PartialCorrelation(predictor(it))).collect();
    assert_variances(
        &effect_sizes(
            Measure::PartialCorrelation,
            &partial,
            &with_variance(VarianceType::Averaged),
        ),
        &[0.12423276024, 0.03680970674, 0.19877241639],
    );
    let semi: Vec<_> = tests
        .iter()
        .map(|&it| {
            let (predictor, r_squared) = (predictor(it), it.3);
            Summary::SemiPartialCorrelation(SemiPartialCorrelation { predictor, r_squared })
        })
        .collect();
    let measure = Measure::SemiPartialCorrelation;
    let plain = effect_sizes(measure, &semi, &EffectSizeOptions::default());
    assert_estimates(&plain, &[0.5751086854, -0.1721325932, 0.1496662955]);
    assert_variances(&plain, &[0.03537120312, 0.02604481024, 0.09864832000]);
    assert_variances(
        &effect_sizes(measure, &semi, &with_variance(VarianceType::Averaged)),
        &[0.04994529051, 0.02660171097, 0.09981391537],
    );
}

/// metafor 3.8-1, `escalc(measure, …, vtype = "LS2")` of [`pairs`].
#[test]
fn variances_of_standardised_changes_are_metafors() {
    let options = with_variance(VarianceType::LargeSampleOfUncorrected);
    assert_variances(
        &effect_sizes(Measure::StandardizedMeanChange, &pairs(), &options),
        &[0.07854746403, 0.03215732770, 0.13035198063],
    );
    assert_variances(
        &effect_sizes(Measure::StandardizedMeanChangeRaw, &pairs(), &options),
        &[0.08195575623, 0.07680358078, 0.08840069973],
    );
}

/// metafor 3.8-1: `escalc(measure, xi = c(4,0,7), ni = c(12,30,7), vtype = "AV")`.
#[test]
fn averaged_variances_of_proportions_are_metafors() {
    let groups: Vec<_> = [(4.0, 12.0), (0.0, 30.0), (7.0, 7.0)]
        .map(|(events, n)| Summary::Proportion(Proportion { events, n }))
        .to_vec();
    for (measure, expected) in [
        (Measure::Proportion, [0.014994232987, 0.005804219221, 0.022491349481]),
        (Measure::LogProportion, [0.2708333333, 0.1048387097, 0.4062500000]),
        (Measure::LogitProportion, [0.4631410256, 0.1792803970, 0.6947115385]),
    ] {
        let got = effect_sizes(measure, &groups, &with_variance(VarianceType::Averaged));
        assert_variances(&got, &expected);
    }
}

/// metafor 3.8-1: `escalc("REH", ai = c(5,4), bi = c(20,5), ci = c(7,9))` by its formula, ln(b/(2√(ac))).
#[test]
fn too_many_heterozygotes_are_an_excess() {
    let people = Genotypes { dominant: 4.0, heterozygous: 20.0, recessive: 7.0 };
    let effect = effect_size(
        Measure::RelativeExcessHeterozygosity,
        &Summary::Genotypes(people),
        &EffectSizeOptions::default(),
    )
    .unwrap();
    assert_close(effect.estimate, 0.6364828379, TOLERANCE);
    assert_close(effect.variance, 0.1482142857, TOLERANCE);
}

/// metafor 3.8-1: `escalc("PETO", ai = 0, bi = 5, ci = 0, di = 8)` and with `to = "none"`.
#[test]
fn a_table_without_events_has_metafors_effect_under_metafors_rule_only() {
    let empty = Summary::Table(TwoByTwo { events_e: 0.0, n_e: 5.0, events_c: 0.0, n_c: 8.0 });
    let measure = Measure::PetoOddsRatio;
    let with_halves = effect_size(measure, &empty, &as_metafor(measure)).unwrap();
    assert_close(with_halves.estimate, 0.4166666667, 1e-8);
    assert_close(with_halves.variance, 4.1666666667, 1e-8);
    let plain = effect_size(measure, &empty, &EffectSizeOptions::default());
    assert!(matches!(plain, Err(EffectError::NoEvents { .. })));
    let dropped = ZeroCells { drop00: true, ..ZeroCells::HALF_TO_ZERO_CELLS };
    let options = EffectSizeOptions { zero_cells: Some(dropped), ..Default::default() };
    assert!(matches!(effect_size(measure, &empty, &options), Err(EffectError::NoEvents { .. })));
    let options =
        EffectSizeOptions { zero_cells: Some(ZeroCells::UNCHANGED), ..Default::default() };
    assert!(effect_size(Measure::OddsRatio, &empty, &options).is_err());
}

#[test]
fn a_rule_for_all_studies_looks_at_the_whole_set() {
    let rule = ZeroCells { add: 0.5, to: AddTo::AllIfAnyZero, drop00: false };
    let options = EffectSizeOptions { zero_cells: Some(rule), ..Default::default() };
    let together = effect_sizes(Measure::OddsRatio, &tables(), &options);
    let alone = effect_size(Measure::OddsRatio, &tables()[0], &options).unwrap();
    // (4.5/20.5)/(7.5/11.5)
    assert_close(together[0].unwrap().estimate, libm::log(4.5 / 20.5 / (7.5 / 11.5)), 1e-14);
    assert_close(alone.estimate, libm::log(4.0 / 20.0 / (7.0 / 11.0)), 1e-14);
}

#[test]
fn the_measures_own_functions_and_the_front_door_agree() {
    let options = EffectSizeOptions::default();
    let [Summary::Table(table), ..] = tables()[..] else { unreachable!() };
    let of = |measure| effect_size(measure, &Summary::Table(table), &options);
    assert_eq!(of(Measure::OddsRatio), odds_ratio(&table));
    assert_eq!(of(Measure::RiskDifference), risk_difference(&table));
    assert_eq!(of(Measure::PetoOddsRatio), peto_odds_ratio(&table));
    let (e, c) = (arm(12.0, 10.2, 2.1), arm(14.0, 9.1, 2.9));
    let summary = Summary::Means { experimental: e, control: c };
    assert_eq!(
        effect_size(Measure::StandardizedMeanDifference, &summary, &options),
        standardized_mean_difference(&e, &c)
    );
    let group = Proportion { events: 0.0, n: 9.0 };
    assert_eq!(
        effect_size(Measure::LogitProportion, &Summary::Proportion(group), &options),
        proportion(&group, consilience_stats::ProportionScale::Logit)
    );
    let (e, c) = (Rate { events: 0.0, person_time: 9.0 }, Rate { events: 3.0, person_time: 8.0 });
    let summary = Summary::Rates { experimental: e, control: c };
    assert_eq!(effect_size(Measure::RateRatio, &summary, &options), rate_ratio(&e, &c));
}

#[test]
fn a_wrong_summary_and_a_missing_variance_are_named() {
    let wrong = effect_size(Measure::RiskRatio, &means()[0], &EffectSizeOptions::default());
    assert_eq!(
        wrong.unwrap_err().to_string(),
        "RR cannot be computed from means, standard deviations and people of two arms; it needs \
         events and people of two arms"
    );
    let options = with_variance(VarianceType::Unbiased);
    assert_eq!(
        effect_size(Measure::MeanDifference, &means()[0], &options).unwrap_err().to_string(),
        "MD has no sampling variance of type UB; it has LS, HO"
    );
}

#[test]
fn a_printed_difference_stands_in_for_means() {
    let options = EffectSizeOptions::default();
    let (e, c) = (arm(12.0, 10.2, 2.5), arm(14.0, 9.1, 2.5));
    let from_means = effect_size(
        Measure::StandardizedMeanDifference,
        &Summary::Means { experimental: e, control: c },
        &options,
    )
    .unwrap();
    let t = (10.2 - 9.1) / (2.5 * (1.0_f64 / 12.0 + 1.0 / 14.0).sqrt());
    let printed = StandardizedDifference::from_t(t, 12.0, 14.0).unwrap();
    let from_t = effect_size(
        Measure::StandardizedMeanDifference,
        &Summary::StandardizedDifference(printed),
        &options,
    )
    .unwrap();
    assert_close(from_t.estimate, from_means.estimate, 1e-14);
    let p = consilience_stats::distribution::t_two_sided_p(t, 24.0);
    let from_p = StandardizedDifference::from_p(p, true, 12.0, 14.0).unwrap();
    assert_close(from_p.d, printed.d, 1e-12);
}

#[test]
fn the_correction_for_small_samples_can_be_chosen() {
    let of = |small_sample| {
        let options = EffectSizeOptions { small_sample, ..Default::default() };
        effect_size(Measure::StandardizedMeanDifference, &means()[0], &options).unwrap().estimate
    };
    let d = of(SmallSample::Uncorrected);
    assert_close(of(SmallSample::Approximate), d * (1.0 - 3.0 / 95.0), 1e-14);
    assert_close(of(SmallSample::Exact), d * 0.968_365_233_447_171_7, 1e-12);
}

/// With r = 0 pairs are two independent groups: the pooled change is the difference of such groups.
#[test]
fn changes_of_uncorrelated_pairs_are_differences_of_groups() {
    let options = EffectSizeOptions::default();
    let (e, c) = (arm(20.0, 10.2, 2.1), arm(20.0, 9.1, 2.9));
    let pairs = Summary::PairedMeans { experimental: e, control: c, correlation: 0.0 };
    let groups = Summary::Means { experimental: e, control: c };
    let pooled = effect_size(Measure::StandardizedMeanChangePooled, &pairs, &options).unwrap();
    let smd = effect_size(Measure::StandardizedMeanDifference, &groups, &options).unwrap();
    assert_close(pooled.estimate, smd.estimate, 1e-13);
    assert_close(pooled.variance, smd.variance, 2e-3);
    let unequal =
        effect_size(Measure::StandardizedMeanChangePooledUnequalVariances, &pairs, &options);
    let smdh = effect_size(Measure::SmdUnequalVariances, &groups, &options).unwrap();
    let correction = consilience_stats::exact_correction(38.0);
    assert_close(unequal.unwrap().variance, smdh.variance / (correction * correction), 1e-12);
}

/// Olkin & Finn (1995): with one predictor R² is r², so ZR2 is |z| and the variance of R² is about 4r²·var(r).
#[test]
fn r_squared_of_one_predictor_is_the_square_of_its_correlation() {
    let options = EffectSizeOptions::default();
    let explained = VarianceExplained { r_squared: 0.25, n: 400.0, predictors: 1.0 };
    let summary = Summary::VarianceExplained(explained);
    let z = effect_size(Measure::VarianceExplainedZ, &summary, &options).unwrap();
    assert_close(z.estimate, libm::atanh(0.5), 1e-15);
    let square = effect_size(Measure::VarianceExplained, &summary, &options).unwrap();
    let r = effect_size(
        Measure::Correlation,
        &Summary::Correlation(Correlation { r: 0.5, n: 400.0 }),
        &options,
    );
    assert_close(square.variance, 4.0 * 0.25 * r.unwrap().variance, 0.02);
}

/// Two arms' summary with its arms exchanged.
fn swapped(summary: &Summary) -> Summary {
    match *summary {
        Summary::Table(t) => Summary::Table(TwoByTwo {
            events_e: t.events_c,
            n_e: t.n_c,
            events_c: t.events_e,
            n_c: t.n_e,
        }),
        Summary::Means { experimental, control } => {
            Summary::Means { experimental: control, control: experimental }
        }
        Summary::Rates { experimental, control } => {
            Summary::Rates { experimental: control, control: experimental }
        }
        Summary::PairedMeans { experimental, control, correlation } => {
            Summary::PairedMeans { experimental: control, control: experimental, correlation }
        }
        Summary::PairedTable(t) => Summary::PairedTable(PairedTable {
            experimental_only: t.control_only,
            control_only: t.experimental_only,
            ..t
        }),
        other => other,
    }
}

/// A summary of the kind the measure needs, from eight numbers.
fn summary_for(kind: SummaryKind, x: [f64; 8]) -> Summary {
    let [a, b, c, d, e, f, r, n] = x;
    match kind {
        SummaryKind::Table => {
            Summary::Table(TwoByTwo { events_e: a, n_e: a + b, events_c: c, n_c: c + d })
        }
        SummaryKind::Means => {
            Summary::Means { experimental: arm(n, a, b), control: arm(n + 3.0, c, d) }
        }
        SummaryKind::StandardizedDifference => {
            Summary::StandardizedDifference(StandardizedDifference { d: a, n_e: n, n_c: b })
        }
        SummaryKind::Rates => Summary::Rates {
            experimental: Rate { events: a, person_time: b },
            control: Rate { events: c, person_time: d },
        },
        SummaryKind::Proportion => Summary::Proportion(Proportion { events: a, n: a + b }),
        SummaryKind::Rate => Summary::Rate(Rate { events: a, person_time: b }),
        SummaryKind::Mean => Summary::Mean(arm(n, a, b)),
        SummaryKind::Correlation => Summary::Correlation(Correlation { r, n }),
        SummaryKind::PartialCorrelation => {
            Summary::PartialCorrelation(PartialCorrelation { t: e, n, predictors: 2.0 })
        }
        SummaryKind::SemiPartialCorrelation => {
            let predictor = PartialCorrelation { t: e, n, predictors: 2.0 };
            Summary::SemiPartialCorrelation(SemiPartialCorrelation {
                predictor,
                r_squared: r.abs(),
            })
        }
        SummaryKind::VarianceExplained => {
            Summary::VarianceExplained(VarianceExplained { r_squared: r.abs(), n, predictors: 2.0 })
        }
        SummaryKind::PairedMeans => Summary::PairedMeans {
            experimental: arm(n, a, b),
            control: arm(n, c, d),
            correlation: r,
        },
        SummaryKind::PairedTable => Summary::PairedTable(PairedTable {
            both: a,
            experimental_only: b,
            control_only: c,
            neither: d,
        }),
        SummaryKind::PairedMargins => {
            Summary::PairedMargins(PairedMargins { pairs: n, events_e: a, events_c: b, phi: r })
        }
        SummaryKind::Alpha => Summary::Alpha(Alpha { alpha: r, items: 2.0 + f, n }),
        SummaryKind::Genotypes => {
            Summary::Genotypes(Genotypes { dominant: a, heterozygous: b, recessive: c })
        }
        SummaryKind::Estimate => Summary::Estimate(Effect { estimate: a, variance: b }),
    }
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => 0.0..50.0_f64,
        2 => (0_u32..12).prop_map(f64::from),
        1 => Just(0.0),
        1 => prop_oneof![Just(1e-12), Just(1e12), Just(1e300), Just(-3.0)],
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::MIN_POSITIVE)],
    ]
}

fn any_numbers() -> impl Strategy<Value = [f64; 8]> {
    let r = prop_oneof![6 => -1.0..1.0_f64, 1 => prop_oneof![Just(0.0), Just(1.0), Just(-1.0)]];
    (proptest::array::uniform6(any_number()), r, any_number())
        .prop_map(|([a, b, c, d, e, f], r, n)| [a, b, c, d, e, f, r, n])
}

proptest! {
    #[test]
    fn an_effect_is_a_number_or_an_error(
        x in any_numbers(),
        to in prop::sample::select(AddTo::ALL),
        rule in any::<bool>(),
        small_sample in prop::sample::select(SmallSample::ALL),
    ) {
        for measure in Measure::ALL {
            let summary = summary_for(measure.input(), x);
            for variance in measure.variances() {
                let zero_cells = rule.then_some(ZeroCells { add: 0.5, to, drop00: false });
                let options = EffectSizeOptions { variance: *variance, small_sample, zero_cells };
                if let Ok(effect) = effect_size(*measure, &summary, &options) {
                    prop_assert!(effect.estimate.is_finite(), "{measure:?} {effect:?}");
                    prop_assert!(effect.variance > 0.0 && effect.variance.is_finite());
                }
            }
        }
    }

    #[test]
    fn exchanging_the_arms_turns_the_sign(x in proptest::array::uniform8(1.0..40.0_f64)) {
        let mut x = x;
        x[6] /= 50.0;
        // A yardstick that is one arm's own does not survive the exchange.
        let one_sided = [
            Measure::GlassDelta,
            Measure::GlassDeltaUnequalVariances,
            Measure::StandardizedMeanChangeRaw,
            Measure::StandardizedMeanChangeRawUnequalVariances,
        ];
        for measure in Measure::ALL {
            let summary = summary_for(measure.input(), x);
            let other = swapped(&summary);
            if summary == other || one_sided.contains(measure) {
                continue;
            }
            let options = EffectSizeOptions::default();
            if let Ok(effect) = effect_size(*measure, &summary, &options) {
                let mirrored = effect_size(*measure, &other, &options).unwrap();
                let size = effect.estimate.abs().max(1e-6);
                prop_assert!((mirrored.estimate + effect.estimate).abs() < 1e-9 * size + 1e-9, "{measure:?}");
                prop_assert!((mirrored.variance / effect.variance - 1.0).abs() < 1e-9, "{measure:?}");
            }
        }
    }

    #[test]
    fn the_unit_of_measurement_does_not_matter_to_what_has_none(
        x in proptest::array::uniform8(1.0..40.0_f64),
        unit in 1e-3..1e3_f64,
    ) {
        let mut x = x;
        x[6] /= 50.0;
        x[7] += 4.0;
        let mut rescaled = x;
        for number in &mut rescaled[..4] {
            *number *= unit;
        }
        for measure in Measure::ALL {
            let kind = measure.input();
            if !matches!(kind, SummaryKind::Means | SummaryKind::PairedMeans)
                || matches!(measure, Measure::MeanDifference | Measure::MeanChange)
            {
                continue;
            }
            for variance in measure.variances() {
                let options = with_variance(*variance);
                let one = effect_size(*measure, &summary_for(kind, x), &options);
                let other = effect_size(*measure, &summary_for(kind, rescaled), &options);
                if let (Ok(one), Ok(other)) = (one, other) {
                    let close = |a: f64, b: f64| (a - b).abs() <= 1e-8 * b.abs() + 1e-10;
                    prop_assert!(close(one.estimate, other.estimate), "{measure:?}");
                    prop_assert!(close(one.variance, other.variance), "{measure:?} {variance:?}");
                } else {
                    prop_assert_eq!(one.is_ok(), other.is_ok());
                }
            }
        }
    }
}
