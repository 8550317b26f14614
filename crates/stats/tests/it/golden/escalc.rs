//! `escalc`: study effects.

use consilience_stats::distribution::normal_two_sided_p;
use consilience_stats::{
    Effect, EffectError, MeanSd, PairedMargins, PairedTable, Rate, TwoByTwo, mean_difference,
    odds_ratio, paired_mean_difference, paired_odds_ratio, paired_odds_ratio_from_margins,
    paired_ratio_of_means, paired_risk_difference, paired_risk_ratio, paired_smd, peto_odds_ratio,
    rate_difference, rate_ratio, ratio_of_means, risk_difference, risk_ratio,
    smd_from_log_odds_ratio, standardized_mean_difference,
};

use super::case::{Case, Comparison, Outcome, not_yet};

type Computed = Result<Effect, EffectError>;

pub(crate) fn run(case: &Case) -> Outcome {
    for key in ["add", "to", "drop00", "vtype", "correct"] {
        if !case.args()[key].is_null() {
            return not_yet(format!("argument {key}"));
        }
    }
    let computed = match case.text("measure").unwrap() {
        "RR" => of_tables(case, risk_ratio),
        "OR" => of_tables(case, odds_ratio),
        "RD" => of_tables(case, risk_difference),
        "PETO" => of_tables(case, peto_odds_ratio),
        "OR2DL" => of_tables(case, |table| smd_from_log_odds_ratio(&odds_ratio(table)?)),
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
        other => return not_yet(format!("measure {other}")),
    };
    let Some(computed) = computed else {
        return not_yet(format!("measure {:?} from these arguments", case.text("measure")));
    };
    let mut compare = case.compare();
    let raw_cells = case.text("measure") == Some("PETO");
    for (row, effect) in computed.iter().enumerate() {
        if raw_cells && tables(case).is_some_and(|tables| tables[row].has_zero_cell()) {
            compare.by_design.push("escalc: Peto's method from raw cells, without halves".into());
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
