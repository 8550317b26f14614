//! `escalc`: study effects, and the tables, means and other summaries that other functions' cases start from.

use consilience_stats::distribution::{bivariate_normal_cdf, normal_quantile};
use consilience_stats::{
    AddTo, Alpha, Correlation, Effect, EffectError, EffectSizeOptions, Genotypes, MeanSd, Measure,
    PairedMargins, PairedTable, PartialCorrelation, Proportion, Rate, SemiPartialCorrelation,
    StandardizedDifference, Summary, SummaryKind, TwoByTwo, VarianceType, ZeroCells, effect_sizes,
};

use super::case::{Case, Comparison, Outcome, not_yet};

type Computed = Result<Effect, EffectError>;

pub(crate) fn run(case: &Case) -> Outcome {
    let Some(measure) = case.text("measure").and_then(Measure::from_name) else {
        return not_yet(format!("measure {:?}", case.text("measure")));
    };
    let Some(summaries) = summaries(case, measure) else {
        return not_yet(format!("measure {} from these arguments", measure.name()));
    };
    let options = EffectSizeOptions {
        variance: variance_type(case, measure),
        zero_cells: Some(zero_cells(case, measure)),
        ..EffectSizeOptions::default()
    };
    let computed = effect_sizes(measure, &summaries, &options);
    let mut compare = case.compare();
    for (row, (effect, summary)) in computed.iter().zip(&summaries).enumerate() {
        let reason =
            inexact_reference(&compare, row, (measure, options.variance), &summaries, effect)
                .or_else(|| unequal_sides(case, measure, row));
        if let Some(reason) = reason {
            compare.by_design.push(format!("escalc: {}: {reason}", measure.name()));
            continue;
        }
        compare_row(&mut compare, row, effect, summary, measure);
    }
    compare.done()
}

/// The variance asked for; the reference ignores the argument for measures that have only one.
fn variance_type(case: &Case, measure: Measure) -> VarianceType {
    let asked = VarianceType::ALL.iter().find(|it| Some(it.name()) == case.text("vtype"));
    asked.copied().filter(|it| measure.variances().contains(it)).unwrap_or_default()
}

/// The rule on zero cells: the reference's own for the measure, unless arguments say otherwise.
fn zero_cells(case: &Case, measure: Measure) -> ZeroCells {
    if measure == Measure::RelativeExcessHeterozygosity {
        return ZeroCells::UNCHANGED;
    }
    let args = case.args();
    let usual = measure.usual_zero_cells();
    let given = |key: &str| args[key].as_f64().or_else(|| args[key][0].as_f64());
    let to = args["to"].as_str().or_else(|| args["to"][0].as_str());
    // Measures without a rule of their own add nothing, whatever `to` says, unless `add` is given.
    let unused = if usual == ZeroCells::UNCHANGED { 0.0 } else { usual.add };
    ZeroCells {
        add: given("add").unwrap_or(unused),
        to: to.map_or(AddTo::OnlyZero, |to| {
            *AddTo::ALL.iter().find(|rule| rule.name() == to).unwrap()
        }),
        drop00: args["drop00"].as_bool().or_else(|| args["drop00"][0].as_bool()) == Some(true),
    }
}

/// Why the reference's number is not to be compared, where it is known to be wrong or an artefact.
fn inexact_reference(
    compare: &Comparison,
    row: usize,
    (measure, variance): (Measure, VarianceType),
    summaries: &[Summary],
    effect: &Computed,
) -> Option<&'static str> {
    let number = |name: &str, row: usize| compare.expect[name][row].as_f64();
    let (yi, vi) = (number("yi", row)?, number("vi", row)?);
    match (measure, &summaries[row]) {
        (Measure::UnbiasedCorrelation, Summary::Correlation(sample)) => {
            let beyond = |(row, summary): (usize, &Summary)| match (summary, number("yi", row)) {
                (Summary::Correlation(sample), Some(yi)) => beyond_olkin_and_pratt(yi, sample),
                _ => false,
            };
            if beyond_olkin_and_pratt(yi, sample) {
                return Some("near r = 0 the reference exceeds the function's greatest value");
            }
            (variance == VarianceType::Averaged && summaries.iter().enumerate().any(beyond))
                .then_some("the reference averages values that exceed the function's greatest")
        }
        (Measure::Tetrachoric, Summary::Table(table)) => {
            let ours = effect.as_ref().ok()?;
            let apart =
                |got: f64, expected: f64| (got - expected).abs() > 1e-6 + 1e-4 * expected.abs();
            let is_exact = misfit(table, ours.estimate) < 1e-12;
            // Central differences of the joint log likelihood converge with the step: for the table 7.5, 0.5, 3.5, 8.5 they
            // go to our 0.01664271, where the reference has 0.01663927.
            if is_exact && !apart(ours.estimate, yi) && (ours.variance / vi - 1.0).abs() < 1e-2 {
                return apart(ours.variance, vi)
                    .then_some("the reference's information is from differences of finite step");
            }
            (is_exact && apart(ours.estimate, yi) && misfit(table, yi) > 1e-8)
                .then_some("the reference's likelihood is not at its maximum, which fits the table")
        }
        // The reference divides squares by fourth powers: its variance depends on the outcome's unit.
        (Measure::SmdUnequalVariances, Summary::Means { experimental: e, control: c })
            if variance == VarianceType::LargeSampleOfUncorrected =>
        {
            let square = f64::midpoint(e.sd * e.sd, c.sd * c.sd);
            let sum = e.sd * e.sd / e.n + c.sd * c.sd / c.n;
            let with_a_unit = sum / square + yi * yi * sum / (8.0 * square * square);
            let same_estimate = (effect.as_ref().ok()?.estimate - yi).abs() < 1e-9;
            (same_estimate && (with_a_unit / vi - 1.0).abs() < 1e-9)
                .then_some("LS2 of the reference depends on the unit of measurement")
        }
        _ => None,
    }
}

/// Whether a correlation corrected for bias is more than the correction's greatest value allows.
///
/// That is Γ(c)Γ(c−1)/Γ(c−½)² with c = (n−2)/2, which the hypergeometric function has at r = 0.
fn beyond_olkin_and_pratt(unbiased: f64, sample: &Correlation) -> bool {
    let c = (sample.n - 2.0) / 2.0;
    let log_greatest = libm::lgamma(c) + libm::lgamma(c - 1.0) - 2.0 * libm::lgamma(c - 0.5);
    sample.r != 0.0 && unbiased / sample.r > libm::exp(log_greatest) * (1.0 + 1e-9)
}

/// How far the share of the first cell is from what a bivariate normal of that correlation has.
fn misfit(table: &TwoByTwo, correlation: f64) -> f64 {
    let total = table.n_e + table.n_c;
    let x = normal_quantile(table.n_e / total);
    let y = normal_quantile((table.events_e + table.events_c) / total);
    (bivariate_normal_cdf(x, y, correlation) - table.events_e / total).abs()
}

/// Margins that cannot be those of pairs, because one side has more people than the other.
fn unequal_sides(case: &Case, measure: Measure, row: usize) -> Option<&'static str> {
    let table = (measure == Measure::PairedOddsRatioFromMargins).then(|| tables(case))??[row];
    ((table.n_e - table.n_c).abs() > 0.0)
        .then_some("pairs with different numbers of people on the two sides")
}

/// Columns that some cases have beside yi and vi.
const DERIVED: [&str; 5] = ["sei", "zi", "pval", "ci_lb", "ci_ub"];

fn compare_row(
    compare: &mut Comparison,
    row: usize,
    effect: &Computed,
    summary: &Summary,
    measure: Measure,
) {
    let expected = |name: &str| compare.expect[name][row].as_f64();
    let (yi, vi) = (expected("yi"), expected("vi"));
    let effect = match (effect, yi.zip(vi)) {
        (Ok(effect), _) => effect,
        (Err(_), None) => return,
        (Err(error), Some((_, vi))) if refused_by_design(error, vi) => {
            return compare.by_design.push(format!("escalc: {}: {error}", measure.name()));
        }
        (Err(error), Some(_)) => return compare.fail(format!("row {row}: {error}")),
    };
    let optional = DERIVED.map(expected);
    let ni = expected("ni");
    compare.value(&format!("yi[{row}]"), Some(effect.estimate), yi);
    compare.value(&format!("vi[{row}]"), Some(effect.variance), vi);
    if ni.is_some() {
        compare.value(&format!("ni[{row}]"), summary.size(), ni);
    }
    let interval = effect.interval(0.95);
    let z = effect.z();
    let got = [effect.se(), z, effect.p_value(), interval.lower, interval.upper];
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

/// Where the reference returns a number without information: variances of 0, variances of a sample of one, the maximum of
/// a likelihood at the end of its range (whose curvature is an accident of the step).
fn refused_by_design(error: &EffectError, variance: f64) -> bool {
    match error {
        EffectError::NoVariation => variance <= 0.0,
        EffectError::Perfect { quantity, .. } => {
            variance <= 0.0 || *quantity == "tetrachoric correlation"
        }
        EffectError::TooFew { .. } | EffectError::UnequalPairs { .. } => true,
        _ => false,
    }
}

/// The studies' summaries from the arguments that the measure takes.
fn summaries(case: &Case, measure: Measure) -> Option<Vec<Summary>> {
    match measure.input() {
        SummaryKind::Table => Some(tables(case)?.into_iter().map(Summary::Table).collect()),
        SummaryKind::Means => means_or_differences(case),
        SummaryKind::Rates => rows(case, ["x1i", "t1i", "x2i", "t2i"], |[x1, t1, x2, t2]| {
            Summary::Rates { experimental: rate(x1, t1), control: rate(x2, t2) }
        }),
        SummaryKind::Proportion => {
            rows(case, ["xi", "ni"], |[events, n]| Summary::Proportion(Proportion { events, n }))
                .or_else(|| {
                    rows(case, ["xi", "mi"], |[events, others]| {
                        Summary::Proportion(Proportion { events, n: events + others })
                    })
                })
        }
        SummaryKind::Rate => rows(case, ["xi", "ti"], |[x, t]| Summary::Rate(rate(x, t))),
        SummaryKind::Mean => {
            let group = |n, mean, sd| Summary::Mean(MeanSd { n, mean, sd });
            rows(case, ["ni", "mi", "sdi"], |[n, mean, sd]| group(n, mean, sd))
                .or_else(|| rows(case, ["ni", "sdi"], |[n, sd]| group(n, 0.0, sd)))
        }
        SummaryKind::Correlation => {
            rows(case, ["ri", "ni"], |[r, n]| Summary::Correlation(Correlation { r, n }))
        }
        SummaryKind::PartialCorrelation => rows(case, ["ti", "ni", "mi"], |[t, n, predictors]| {
            Summary::PartialCorrelation(PartialCorrelation { t, n, predictors })
        }),
        SummaryKind::SemiPartialCorrelation => {
            rows(case, ["ti", "ni", "mi", "r2i"], |[t, n, predictors, r_squared]| {
                let predictor = PartialCorrelation { t, n, predictors };
                Summary::SemiPartialCorrelation(SemiPartialCorrelation { predictor, r_squared })
            })
        }
        SummaryKind::PairedMeans => pairs(case, measure),
        SummaryKind::PairedTable => rows(case, ["ai", "bi", "ci", "di"], |[a, b, c, d]| {
            Summary::PairedTable(PairedTable {
                both: a,
                experimental_only: b,
                control_only: c,
                neither: d,
            })
        }),
        SummaryKind::PairedMargins => margins(case),
        SummaryKind::Alpha => rows(case, ["ai", "mi", "ni"], |[alpha, items, n]| {
            Summary::Alpha(Alpha { alpha, items, n })
        }),
        SummaryKind::Genotypes => rows(case, ["ai", "bi", "ci"], |[a, b, c]| {
            Summary::Genotypes(Genotypes { dominant: a, heterozygous: b, recessive: c })
        }),
        SummaryKind::StandardizedDifference
        | SummaryKind::VarianceExplained
        | SummaryKind::Estimate => None,
    }
}

/// One summary for each row of the columns that `keys` name, if all are there.
fn rows<const N: usize>(
    case: &Case,
    keys: [&str; N],
    of: impl Fn([f64; N]) -> Summary,
) -> Option<Vec<Summary>> {
    let columns: Option<Vec<_>> = keys.iter().map(|key| case.column(key)).collect();
    let columns = columns?;
    Some((0..columns[0].len()).map(|i| of(std::array::from_fn(|j| columns[j][i]))).collect())
}

fn rate(events: f64, person_time: f64) -> Rate {
    Rate { events, person_time }
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

/// The two arms' summaries from m1i, sd1i, n1i, m2i, sd2i, n2i; means (or the first SD) that are not given are 0.
pub(crate) fn means(case: &Case) -> Option<Vec<(MeanSd, MeanSd)>> {
    let n = [case.column("n1i")?, case.column("n2i")?];
    let or_zeros = |key: &str| case.column(key).unwrap_or_else(|| vec![0.0; n[0].len()]);
    case.column("sd2i")?;
    let (means, sds) = ([or_zeros("m1i"), or_zeros("m2i")], [or_zeros("sd1i"), or_zeros("sd2i")]);
    let arm = |j: usize, i: usize| MeanSd { n: n[j][i], mean: means[j][i], sd: sds[j][i] };
    Some((0..n[0].len()).map(|i| (arm(0, i), arm(1, i))).collect())
}

/// Rows from a printed difference (di) or t statistic (ti) where there is one, else from means.
fn means_or_differences(case: &Case) -> Option<Vec<Summary>> {
    let (d, t) = (case.column("di"), case.column("ti"));
    let arms = means(case);
    if arms.is_none() && d.is_none() && t.is_none() {
        return None;
    }
    let (n1, n2) = (case.column("n1i")?, case.column("n2i")?);
    let at = |column: &Option<Vec<f64>>, i: usize| {
        column.as_ref().map(|it| it[i]).filter(|it| it.is_finite())
    };
    let row = |i: usize| {
        let printed = at(&d, i).map(|d| StandardizedDifference { d, n_e: n1[i], n_c: n2[i] });
        let of_t = |t: f64| StandardizedDifference::from_t(t, n1[i], n2[i]).ok();
        let printed = printed.or_else(|| at(&t, i).and_then(of_t));
        match (printed, &arms) {
            (Some(difference), _) => Summary::StandardizedDifference(difference),
            (None, Some(arms)) => Summary::Means { experimental: arms[i].0, control: arms[i].1 },
            (None, None) => Summary::StandardizedDifference(StandardizedDifference {
                d: f64::NAN,
                n_e: n1[i],
                n_c: n2[i],
            }),
        }
    };
    Some((0..n1.len()).map(row).collect())
}

/// Pairs from m1i, m2i, sd1i, sd2i, ni, ri; a second SD that the measure does without is the first.
fn pairs(case: &Case, measure: Measure) -> Option<Vec<Summary>> {
    let (n, r, sd1) = (case.column("ni")?, case.column("ri")?, case.column("sd1i")?);
    let second = case.column("sd2i");
    let sd2 = match measure {
        Measure::StandardizedMeanChangeRaw => second.unwrap_or_else(|| sd1.clone()),
        _ => second?,
    };
    let zeros = || vec![0.0; n.len()];
    let (m1, m2) = match measure {
        Measure::VariabilityRatioChange => (zeros(), zeros()),
        _ => (case.column("m1i")?, case.column("m2i")?),
    };
    let row = |i: usize| Summary::PairedMeans {
        experimental: MeanSd { n: n[i], mean: m1[i], sd: sd1[i] },
        control: MeanSd { n: n[i], mean: m2[i], sd: sd2[i] },
        correlation: r[i],
    };
    Some((0..n.len()).map(row).collect())
}

fn margins(case: &Case) -> Option<Vec<Summary>> {
    let phi = case.column("ri")?;
    let tables = tables(case)?;
    Some(
        tables
            .iter()
            .zip(&phi)
            .map(|(table, &phi)| {
                Summary::PairedMargins(PairedMargins {
                    pairs: table.n_e,
                    events_e: table.events_e,
                    events_c: table.events_c,
                    phi,
                })
            })
            .collect(),
    )
}
