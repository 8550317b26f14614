//! `escalc`: study effects.

use consilience_stats::distribution::normal_two_sided_p;
use consilience_stats::{
    Alpha, AlphaScale, Correlation, Effect, EffectError, MeanSd, PairedMargins, PairedTable,
    PartialCorrelation, Proportion, ProportionScale, Rate, RateScale, TwoByTwo, arcsine_difference,
    coefficient_of_variation_ratio, correlation, fisher_z, glass_delta,
    glass_delta_unequal_variances, incidence_rate, log_coefficient_of_variation, log_mean, log_sd,
    mean, mean_difference, odds_ratio, paired_coefficient_of_variation_ratio,
    paired_mean_difference, paired_odds_ratio, paired_odds_ratio_from_margins,
    paired_ratio_of_means, paired_risk_difference, paired_risk_ratio, paired_smd,
    paired_smd_of_change, paired_smd_unequal_variances, paired_variability_ratio,
    partial_correlation, partial_fisher_z, peto_odds_ratio, phi_coefficient, probit_difference,
    proportion, rate_difference, rate_ratio, ratio_of_means, reliability, risk_difference,
    risk_ratio, smd_from_log_odds_ratio, smd_from_log_odds_ratio_normal, smd_unequal_variances,
    square_root_rate_difference, standardized_mean, standardized_mean_difference,
    unbiased_correlation, variability_ratio, yules_q, yules_y,
};

use super::case::{Case, Comparison, Outcome, not_yet};

type Computed = Result<Effect, EffectError>;

pub(crate) fn run(case: &Case) -> Outcome {
    for key in ["add", "to", "drop00", "vtype", "correct"] {
        // Ratios of tables without events, or with nothing else, are always dropped.
        let dropped = key == "drop00" && matches!(case.text("measure"), Some("RR" | "OR"));
        if !case.args()[key].is_null() && !dropped {
            return not_yet(format!("argument {key}"));
        }
    }
    let computed = match case.text("measure").unwrap() {
        "RR" => of_tables(case, risk_ratio),
        "OR" => of_tables(case, odds_ratio),
        "RD" => of_tables(case, risk_difference),
        "PETO" => of_tables(case, peto_odds_ratio),
        "OR2DL" | "OR2D" => of_tables(case, |table| smd_from_log_odds_ratio(&odds_ratio(table)?)),
        "MD" => of_means(case, mean_difference),
        "SMD" => of_means(case, standardized_mean_difference),
        "ROM" => of_means(case, ratio_of_means),
        "D2ORL" => return not_yet("odds ratios from uncorrected standardised mean differences"),
        "MC" => of_pairs(case, "sd2i", paired_mean_difference),
        "ROMC" => of_pairs(case, "sd2i", paired_ratio_of_means),
        // SMCR divides by the first SD alone: the same as both sides having it.
        "SMCR" => of_pairs(case, "sd1i", paired_smd),
        "MPOR" => of_paired_tables(case, paired_odds_ratio),
        "MPRR" => of_paired_tables(case, paired_risk_ratio),
        "MPRD" => of_paired_tables(case, paired_risk_difference),
        "MPORM" => of_margins(case),
        "IRR" => of_rates(case, rate_ratio),
        "IRD" => of_rates(case, rate_difference),
        "IRSD" => of_rates(case, square_root_rate_difference),
        "PHI" => of_tables(case, phi_coefficient),
        "YUQ" => of_tables(case, yules_q),
        "YUY" => of_tables(case, yules_y),
        "AS" => of_tables(case, arcsine_difference),
        "COR" => of_correlations(case, correlation),
        "UCOR" => of_correlations(case, unbiased_correlation),
        "ZCOR" => of_correlations(case, fisher_z),
        "VR" => of_sds(case, variability_ratio),
        "CVR" => of_means(case, coefficient_of_variation_ratio),
        "VRC" => of_paired_sds(case, paired_variability_ratio),
        "CVRC" => of_pairs(case, "sd2i", paired_coefficient_of_variation_ratio),
        "SMCC" => of_pairs(case, "sd2i", paired_smd_of_change),
        "MN" => of_groups(case, mean),
        "MNLN" => of_groups(case, log_mean),
        "CVLN" => of_groups(case, log_coefficient_of_variation),
        "SDLN" => of_groups(case, log_sd),
        "OR2DN" => of_tables(case, |table| smd_from_log_odds_ratio_normal(&odds_ratio(table)?)),
        "PCOR" => of_partial_correlations(case, partial_correlation),
        "ZPCOR" => of_partial_correlations(case, partial_fisher_z),
        "SMDH" => of_means(case, smd_unequal_variances),
        "SMD1" => of_means_and_control_sd(case, glass_delta),
        "SMD1H" => of_means(case, glass_delta_unequal_variances),
        "SMCRH" => of_pairs(case, "sd2i", paired_smd_unequal_variances),
        "SMN" => of_groups(case, standardized_mean),
        "PBIT" => of_tables(case, probit_difference),
        "ARAW" => of_alphas(case, AlphaScale::Raw),
        "AHW" => of_alphas(case, AlphaScale::HakstianWhalen),
        "ABT" => of_alphas(case, AlphaScale::Bonett),
        "PR" => of_proportions(case, ProportionScale::Raw),
        "PLN" => of_proportions(case, ProportionScale::Log),
        "PLO" => of_proportions(case, ProportionScale::Logit),
        "PAS" => of_proportions(case, ProportionScale::Arcsine),
        "PFT" => of_proportions(case, ProportionScale::FreemanTukey),
        "IR" => of_single_rates(case, RateScale::Raw),
        "IRLN" => of_single_rates(case, RateScale::Log),
        "IRS" => of_single_rates(case, RateScale::SquareRoot),
        "IRFT" => of_single_rates(case, RateScale::FreemanTukey),
        other => return not_yet(format!("measure {other}")),
    };
    let Some(computed) = computed else {
        return not_yet(format!("measure {:?} from these arguments", case.text("measure")));
    };
    let mut compare = case.compare();
    let column_r = case.column("ri").filter(|_| case.text("measure") == Some("UCOR"));
    let raw_cells = case.text("measure") == Some("PETO");
    for (row, effect) in computed.iter().enumerate() {
        if raw_cells && tables(case).is_some_and(|tables| tables[row].has_zero_cell()) {
            compare.by_design.push("escalc: Peto's method from raw cells, without halves".into());
            continue;
        }
        if column_r.as_ref().is_some_and(|r| r[row].abs() < 0.1) {
            // There the reference exceeds the function's greatest value, Γ(c)Γ(c−1)/Γ(c−½)² with c = (n−2)/2.
            compare
                .by_design
                .push("escalc: UCOR near r = 0, where the reference is inexact".into());
            continue;
        }
        compare_row(&mut compare, row, effect);
    }
    compare.done()
}

/// Columns that some cases have beside yi and vi.
const DERIVED: [&str; 5] = ["sei", "zi", "pval", "ci_lb", "ci_ub"];

fn compare_row(compare: &mut Comparison, row: usize, effect: &Computed) {
    let expected = |name: &str| compare.expect[name][row].as_f64();
    let (yi, vi) = (expected("yi"), expected("vi"));
    let effect = match (effect, yi) {
        (Ok(effect), _) => effect,
        (Err(_), None) => return,
        (Err(error), Some(_)) if refused_by_design(error) => {
            return compare.by_design.push(format!("escalc: {error}"));
        }
        (Err(error), Some(_)) => return compare.fail(format!("row {row}: {error}")),
    };
    let optional = DERIVED.map(expected);
    compare.value(&format!("yi[{row}]"), Some(effect.estimate), yi);
    compare.value(&format!("vi[{row}]"), Some(effect.variance), vi);
    let interval = effect.interval(0.95);
    let z = effect.estimate / effect.se();
    let got = [effect.se(), z, normal_two_sided_p(z), interval.lower, interval.upper];
    for (position, (got, expected)) in got.into_iter().zip(optional).enumerate() {
        match (position, expected) {
            (_, None) => {}
            (2, expected) => compare.p_number(&format!("pval[{row}]"), got, expected, z * z),
            (_, expected) => {
                compare.value(&format!("{}[{row}]", DERIVED[position]), Some(got), expected);
            }
        }
    }
}

/// Errors on tables and samples for which the reference returns a number of no information.
fn refused_by_design(error: &EffectError) -> bool {
    matches!(
        error,
        EffectError::NoEvents { .. } | EffectError::AllEvents { .. } | EffectError::TooFew { .. }
    )
}

/// Tables from ai, bi, ci, di or ai, n1i, ci, n2i.
pub(crate) fn tables(case: &Case) -> Option<Vec<TwoByTwo>> {
    let (a, c) = (case.column("ai")?, case.column("ci")?);
    let total = |other: &str, n: &str, events: &[f64]| {
        case.column(n)
            .or_else(|| Some(case.column(other)?.iter().zip(events).map(|(x, e)| x + e).collect()))
    };
    let (n1, n2) = (total("bi", "n1i", &a)?, total("di", "n2i", &c)?);
    Some(
        (0..a.len())
            .map(|i| TwoByTwo { events_e: a[i], n_e: n1[i], events_c: c[i], n_c: n2[i] })
            .collect(),
    )
}

fn of_tables(case: &Case, f: impl Fn(&TwoByTwo) -> Computed) -> Option<Vec<Computed>> {
    Some(tables(case)?.iter().map(f).collect())
}

/// The two arms' summaries from m1i, sd1i, n1i, m2i, sd2i, n2i.
pub(crate) fn means(case: &Case) -> Option<Vec<(MeanSd, MeanSd)>> {
    let arm = |suffix: &str| {
        let n = case.column(&format!("n{suffix}"))?;
        let mean = case.column(&format!("m{suffix}"))?;
        let sd = case.column(&format!("sd{suffix}"))?;
        Some((0..n.len()).map(|i| MeanSd { n: n[i], mean: mean[i], sd: sd[i] }).collect::<Vec<_>>())
    };
    Some(arm("1i")?.into_iter().zip(arm("2i")?).collect())
}

fn of_means(case: &Case, f: impl Fn(&MeanSd, &MeanSd) -> Computed) -> Option<Vec<Computed>> {
    Some(means(case)?.iter().map(|(e, c)| f(e, c)).collect())
}

/// As [`of_means`], without the experimental arm's standard deviation.
fn of_means_and_control_sd(
    case: &Case,
    f: impl Fn(&MeanSd, &MeanSd) -> Computed,
) -> Option<Vec<Computed>> {
    let columns = ["n1i", "m1i", "n2i", "m2i", "sd2i"].map(|key| case.column(key));
    let [Some(n1), Some(m1), Some(n2), Some(m2), Some(sd2)] = columns else { return None };
    let arm = |n: f64, mean: f64, sd: f64| MeanSd { n, mean, sd };
    let effect = |i: usize| f(&arm(n1[i], m1[i], 0.0), &arm(n2[i], m2[i], sd2[i]));
    Some((0..n1.len()).map(effect).collect())
}

/// As [`of_means`], from standard deviations and sizes alone.
fn of_sds(case: &Case, f: impl Fn(&MeanSd, &MeanSd) -> Computed) -> Option<Vec<Computed>> {
    let columns = ["sd1i", "n1i", "sd2i", "n2i"].map(|key| case.column(key));
    let [Some(sd1), Some(n1), Some(sd2), Some(n2)] = columns else { return None };
    let arm = |n: f64, sd: f64| MeanSd { n, mean: 0.0, sd };
    Some((0..n1.len()).map(|i| f(&arm(n1[i], sd1[i]), &arm(n2[i], sd2[i]))).collect())
}

fn of_paired_sds(
    case: &Case,
    f: impl Fn(&MeanSd, &MeanSd, f64) -> Computed,
) -> Option<Vec<Computed>> {
    let columns = ["sd1i", "sd2i", "ni", "ri"].map(|key| case.column(key));
    let [Some(sd1), Some(sd2), Some(n), Some(r)] = columns else { return None };
    let side = |i: usize, sd: f64| MeanSd { n: n[i], mean: 0.0, sd };
    Some((0..n.len()).map(|i| f(&side(i, sd1[i]), &side(i, sd2[i]), r[i])).collect())
}

/// Single groups from mi (if given), sdi, ni.
fn of_groups(case: &Case, f: impl Fn(&MeanSd) -> Computed) -> Option<Vec<Computed>> {
    let (n, sd) = (case.column("ni")?, case.column("sdi")?);
    let mean = case.column("mi").unwrap_or_else(|| vec![0.0; n.len()]);
    Some((0..n.len()).map(|i| f(&MeanSd { n: n[i], mean: mean[i], sd: sd[i] })).collect())
}

fn of_correlations(case: &Case, f: impl Fn(&Correlation) -> Computed) -> Option<Vec<Computed>> {
    let (r, n) = (case.column("ri")?, case.column("ni")?);
    Some(r.iter().zip(&n).map(|(&r, &n)| f(&Correlation { r, n })).collect())
}

fn of_partial_correlations(
    case: &Case,
    f: impl Fn(&PartialCorrelation) -> Computed,
) -> Option<Vec<Computed>> {
    let columns = ["ti", "ni", "mi"].map(|key| case.column(key));
    let [Some(t), Some(n), Some(predictors)] = columns else { return None };
    let sample = |i: usize| PartialCorrelation { t: t[i], n: n[i], predictors: predictors[i] };
    Some((0..n.len()).map(|i| f(&sample(i))).collect())
}

fn of_alphas(case: &Case, scale: AlphaScale) -> Option<Vec<Computed>> {
    let columns = ["ai", "mi", "ni"].map(|key| case.column(key));
    let [Some(alpha), Some(items), Some(n)] = columns else { return None };
    let sample = |i: usize| Alpha { alpha: alpha[i], items: items[i], n: n[i] };
    Some((0..n.len()).map(|i| reliability(&sample(i), scale)).collect())
}

/// Single groups from xi and ni, or xi and mi.
fn of_proportions(case: &Case, scale: ProportionScale) -> Option<Vec<Computed>> {
    let x = case.column("xi")?;
    let n = case.column("ni").or_else(|| {
        Some(case.column("mi")?.iter().zip(&x).map(|(without, with)| without + with).collect())
    })?;
    Some(
        x.iter()
            .zip(&n)
            .map(|(&events, &n)| proportion(&Proportion { events, n }, scale))
            .collect(),
    )
}

fn of_single_rates(case: &Case, scale: RateScale) -> Option<Vec<Computed>> {
    let (x, t) = (case.column("xi")?, case.column("ti")?);
    let rate = |(&events, &person_time): (&f64, &f64)| {
        incidence_rate(&Rate { events, person_time }, scale)
    };
    Some(x.iter().zip(&t).map(rate).collect())
}

fn of_pairs(
    case: &Case,
    second_sd: &str,
    f: impl Fn(&MeanSd, &MeanSd, f64) -> Computed,
) -> Option<Vec<Computed>> {
    let (m1, m2) = (case.column("m1i")?, case.column("m2i")?);
    let (sd1, sd2) = (case.column("sd1i")?, case.column(second_sd)?);
    let (n, r) = (case.column("ni")?, case.column("ri")?);
    let side = |i: usize, m: &[f64], sd: &[f64]| MeanSd { n: n[i], mean: m[i], sd: sd[i] };
    Some((0..n.len()).map(|i| f(&side(i, &m1, &sd1), &side(i, &m2, &sd2), r[i])).collect())
}

fn of_paired_tables(case: &Case, f: impl Fn(&PairedTable) -> Computed) -> Option<Vec<Computed>> {
    let cells = ["ai", "bi", "ci", "di"].map(|key| case.column(key));
    let [Some(a), Some(b), Some(c), Some(d)] = cells else { return None };
    let table = |i: usize| PairedTable {
        both: a[i],
        experimental_only: b[i],
        control_only: c[i],
        neither: d[i],
    };
    Some((0..a.len()).map(|i| f(&table(i))).collect())
}

fn of_margins(case: &Case) -> Option<Vec<Computed>> {
    let phi = case.column("ri")?;
    let tables = tables(case)?;
    if tables.iter().any(|table| (table.n_e - table.n_c).abs() > 0.0) {
        return None;
    }
    let effect = |(table, &phi): (&TwoByTwo, &f64)| {
        paired_odds_ratio_from_margins(&PairedMargins {
            pairs: table.n_e,
            events_e: table.events_e,
            events_c: table.events_c,
            phi,
        })
    };
    Some(tables.iter().zip(&phi).map(effect).collect())
}

fn of_rates(case: &Case, f: impl Fn(&Rate, &Rate) -> Computed) -> Option<Vec<Computed>> {
    let columns = ["x1i", "t1i", "x2i", "t2i"].map(|key| case.column(key));
    let [Some(x1), Some(t1), Some(x2), Some(t2)] = columns else { return None };
    let rate = |events: f64, person_time: f64| Rate { events, person_time };
    Some((0..x1.len()).map(|i| f(&rate(x1[i], t1[i]), &rate(x2[i], t2[i]))).collect())
}
