//! `rma.mh` and `rma.peto`, their weights, and both repeated without one study or study by study.

use consilience_stats::{
    AddTo, CellTreatment, ChiSquaredTest, FitStatistics, LikelihoodFit, MhMeasure, MhOptions,
    MhRateMeasure, MhRateOptions, PetoOptions, PoolError, Pooled, Rate, StratifiedTests, TwoByTwo,
    TwoRates, ZeroCells, add_one_by_one, leave_each_out, mantel_haenszel, mantel_haenszel_rates,
    peto,
};
use serde_json::Value;

use super::case::{Case, Comparison, Outcome, level_of, not_yet};

/// What all three methods answer.
struct Fit {
    pooled: Pooled,
    k_pooled: usize,
    likelihood: Option<FitStatistics>,
    tests: Option<StratifiedTests>,
    /// The Mantel-Haenszel test, of tables or of rates.
    equality: Option<ChiSquaredTest>,
}

/// A case's studies with the options of its model.
enum Model {
    Tables(Vec<TwoByTwo>, MhMeasure, MhOptions),
    Rates(Vec<TwoRates>, MhRateMeasure, MhRateOptions),
    Peto(Vec<TwoByTwo>, PetoOptions),
}

pub(crate) fn rma_mh(case: &Case) -> Outcome {
    fitted(case, Model::mantel_haenszel(case, case.args()))
}

pub(crate) fn rma_peto(case: &Case) -> Outcome {
    fitted(case, Model::peto(case, case.args()))
}

/// `weights`, `leave1out` and `cumul` of both methods.
pub(crate) fn follow_up(case: &Case) -> Outcome {
    let args = &case.args()["model"];
    let (question, method) = case.function().split_once('.').unwrap();
    let model = match method {
        "mh" => Model::mantel_haenszel(case, args),
        _ => Model::peto(case, args),
    };
    let Some(model) = model else { return not_yet("tables from these arguments") };
    let mut compare = case.compare();
    match question {
        "weights" => match model.fit() {
            Ok(fit) => compare.numbers("weights_pct", &fit.pooled.weights),
            Err(error) => compare.fail(error.to_string()),
        },
        "leave1out" => rows(&mut compare, &model.leave_each_out()),
        "cumul" => {
            let order: Option<Vec<usize>> = compare.expect["order0"].as_array().map(|order| {
                compare.touch("order0");
                order.iter().map(|i| usize::try_from(i.as_u64().unwrap()).unwrap()).collect()
            });
            let model = match order {
                Some(order) => model.in_order(&order),
                None => model,
            };
            rows(&mut compare, &model.add_one_by_one());
        }
        other => return not_yet(format!("{other} of {method}")),
    }
    compare.done()
}

fn fitted(case: &Case, model: Option<Model>) -> Outcome {
    let Some(model) = model else { return not_yet("studies from these arguments") };
    let mut compare = case.compare();
    match model.fit() {
        Ok(fit) => summary(&mut compare, &fit),
        Err(_) if compare.expect["beta"].is_null() => compare.touch("beta"),
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

fn summary(compare: &mut Comparison, fit: &Fit) {
    let pooled = &fit.pooled;
    compare.number("k", fit.k_pooled as f64);
    if !compare.expect["k_yi"].is_null() {
        compare.number("k_yi", pooled.k as f64);
    }
    compare.number("beta", pooled.estimate);
    compare.number("se", pooled.se);
    compare.number("zval", pooled.statistic);
    compare.p_value("pval", pooled.p_value, pooled.statistic * pooled.statistic);
    compare.number("ci_lb", pooled.ci.lower);
    compare.number("ci_ub", pooled.ci.upper);
    compare.number("QE", pooled.q);
    compare.number("QE_df", pooled.q_df);
    compare.p_value("QEp", pooled.q_p_value, pooled.q);
    compare.number("I2", pooled.i2);
    compare.number("H2", pooled.h2);
    let tests = &fit.tests;
    if let Some(k) = compare.expect["k_tables"].as_f64() {
        compare.value("k_tables", tests.as_ref().map(|it| it.k as f64), Some(k));
    }
    test(compare, "CO", tests.map(|it| it.cochran));
    test(compare, "MH", fit.equality);
    test(compare, "BD", tests.and_then(|it| it.breslow_day));
    test(compare, "TA", tests.and_then(|it| it.tarone));
    if let Some(fit) = &fit.likelihood {
        for (name, likelihood) in [("ML", Some(fit.ml)), ("REML", fit.reml)] {
            let Some(likelihood) = likelihood else { continue };
            let expect = &compare.expect["fit"][name];
            compare.within(expect, |compare| likelihood_fit(compare, &likelihood));
        }
    }
}

/// A statistic and its p value; metafor has none for some measures, and one without a p value for a single table.
fn test(compare: &mut Comparison, name: &str, test: Option<ChiSquaredTest>) {
    let p = format!("{name}p");
    match test {
        Some(test) if !compare.expect[name].is_null() => {
            compare.number(name, test.statistic);
            compare.p_value(&p, test.p_value, test.statistic);
        }
        _ if compare.expect[&p].is_null() => {}
        _ => compare.fail(format!("{name}: {test:?}, expected {}", compare.expect[name])),
    }
}

fn likelihood_fit(compare: &mut Comparison, fit: &LikelihoodFit) {
    compare.number("ll", fit.ll);
    compare.number("dev", fit.deviance);
    compare.number("AIC", fit.aic);
    compare.number("BIC", fit.bic);
    compare.number("AICc", fit.aicc);
}

/// One row per synthesis; null in all columns but those of Q where metafor has no answer.
fn rows(compare: &mut Comparison, fits: &[Result<Fit, PoolError>]) {
    let column = |value: fn(&Pooled) -> f64| -> Vec<Option<f64>> {
        fits.iter().map(|fit| fit.as_ref().ok().map(|fit| value(&fit.pooled))).collect()
    };
    compare.array("estimate", &column(|p| p.estimate));
    compare.array("se", &column(|p| p.se));
    for (name, value) in [
        ("zval", (|p: &Pooled| p.statistic) as fn(&Pooled) -> f64),
        ("ci_lb", |p| p.ci.lower),
        ("ci_ub", |p| p.ci.upper),
    ] {
        if !compare.expect[name].is_null() {
            compare.array(name, &column(value));
        }
    }
    for (row, fit) in fits.iter().enumerate() {
        let Ok(Fit { pooled, .. }) = fit else { continue };
        for (name, got) in [("Q", pooled.q), ("I2", pooled.i2), ("H2", pooled.h2)] {
            if let Some(column) = compare.expect[name].as_array() {
                compare.value(&format!("{name}[{row}]"), Some(got), column[row].as_f64());
            }
        }
        let z2 = pooled.statistic * pooled.statistic;
        for (name, got, squared) in
            [("pval", pooled.p_value, z2), ("Qp", pooled.q_p_value, pooled.q)]
        {
            if let Some(column) = compare.expect[name].as_array() {
                let expected = column[row].as_f64();
                compare.p_number(&format!("{name}[{row}]"), got, expected, squared);
            }
        }
    }
}

impl Model {
    fn mantel_haenszel(case: &Case, args: &Value) -> Option<Self> {
        let (studies, pooled) = zero_cells(args)?;
        let continuity_correction = args["correct"].as_bool().unwrap_or(true);
        let level = level_of(args);
        let measure = args["measure"].as_str().unwrap_or("OR");
        if let Some(measure) = MhRateMeasure::ALL.iter().find(|it| it.name() == measure) {
            let options = MhRateOptions { studies, pooled, continuity_correction, level };
            return Some(Self::Rates(rates(case, args)?, *measure, options));
        }
        let measure = MhMeasure::ALL.iter().find(|it| it.name() == measure)?;
        let options = MhOptions {
            cells: CellTreatment::ByRule { studies, pooled },
            continuity_correction,
            level,
            ..MhOptions::default()
        };
        Some(Self::Tables(tables(case, args)?, *measure, options))
    }

    fn peto(case: &Case, args: &Value) -> Option<Self> {
        let (studies, pooled) = zero_cells(args)?;
        let options = PetoOptions { studies, pooled, level: level_of(args) };
        Some(Self::Peto(tables(case, args)?, options))
    }

    fn fit(&self) -> Result<Fit, PoolError> {
        match self {
            Self::Tables(tables, measure, options) => of_tables(tables, *measure, options),
            Self::Rates(studies, measure, options) => of_rates(studies, *measure, options),
            Self::Peto(tables, options) => of_peto(tables, options),
        }
    }

    fn leave_each_out(&self) -> Vec<Result<Fit, PoolError>> {
        match self {
            Self::Tables(tables, measure, options) => {
                leave_each_out(tables, |rest| of_tables(rest, *measure, options))
            }
            Self::Rates(studies, measure, options) => {
                leave_each_out(studies, |rest| of_rates(rest, *measure, options))
            }
            Self::Peto(tables, options) => leave_each_out(tables, |rest| of_peto(rest, options)),
        }
    }

    fn add_one_by_one(&self) -> Vec<Result<Fit, PoolError>> {
        match self {
            Self::Tables(tables, measure, options) => {
                add_one_by_one(tables, |first| of_tables(first, *measure, options))
            }
            Self::Rates(studies, measure, options) => {
                add_one_by_one(studies, |first| of_rates(first, *measure, options))
            }
            Self::Peto(tables, options) => add_one_by_one(tables, |first| of_peto(first, options)),
        }
    }

    fn in_order(self, order: &[usize]) -> Self {
        match self {
            Self::Tables(tables, measure, options) => {
                Self::Tables(order.iter().map(|&i| tables[i]).collect(), measure, options)
            }
            Self::Rates(studies, measure, options) => {
                Self::Rates(order.iter().map(|&i| studies[i]).collect(), measure, options)
            }
            Self::Peto(tables, options) => {
                Self::Peto(order.iter().map(|&i| tables[i]).collect(), options)
            }
        }
    }
}

fn of_tables(
    tables: &[TwoByTwo],
    measure: MhMeasure,
    options: &MhOptions,
) -> Result<Fit, PoolError> {
    let fit = mantel_haenszel(tables, measure, options)?;
    Ok(Fit {
        pooled: fit.pooled,
        k_pooled: fit.k_pooled,
        likelihood: fit.fit,
        tests: fit.tests,
        equality: fit.tests.map(|it| it.mantel_haenszel),
    })
}

fn of_rates(
    studies: &[TwoRates],
    measure: MhRateMeasure,
    options: &MhRateOptions,
) -> Result<Fit, PoolError> {
    let fit = mantel_haenszel_rates(studies, measure, options)?;
    Ok(Fit {
        pooled: fit.pooled,
        k_pooled: fit.k_pooled,
        likelihood: fit.fit,
        tests: None,
        equality: fit.mantel_haenszel_test,
    })
}

fn of_peto(tables: &[TwoByTwo], options: &PetoOptions) -> Result<Fit, PoolError> {
    let fit = peto(tables, options)?;
    Ok(Fit {
        pooled: fit.pooled,
        k_pooled: fit.k_pooled,
        likelihood: fit.fit,
        tests: None,
        equality: None,
    })
}

/// `add`, `to` and `drop00`: the first element for the studies, the second for the pooled sums (by default untouched).
fn zero_cells(args: &Value) -> Option<(ZeroCells, ZeroCells)> {
    let rule = |position: usize, default: ZeroCells| -> Option<ZeroCells> {
        let element = |key: &str| match &args[key] {
            Value::Array(both) => both.get(position).cloned(),
            Value::Null => None,
            one => (position == 0).then(|| one.clone()),
        };
        Some(ZeroCells {
            add: element("add").map_or(Some(default.add), |add| add.as_f64())?,
            to: match element("to") {
                None => default.to,
                Some(word) => *AddTo::ALL.iter().find(|it| Some(it.name()) == word.as_str())?,
            },
            drop00: element("drop00").map_or(Some(default.drop00), |drop| drop.as_bool())?,
        })
    };
    let studies = ZeroCells { drop00: true, ..ZeroCells::HALF_TO_ZERO_CELLS };
    Some((rule(0, studies)?, rule(1, ZeroCells::UNCHANGED)?))
}

/// Rows of numbers from the columns that `args` names, those of `rows` only, without missing values.
fn complete_rows<const N: usize>(
    case: &Case,
    args: &Value,
    columns: [Option<Vec<f64>>; N],
) -> Option<Vec<[f64; N]>> {
    let columns: Vec<Vec<f64>> = columns.into_iter().collect::<Option<_>>()?;
    let rows: Vec<usize> = match args["rows"].as_array().or(case.args()["rows"].as_array()) {
        Some(rows) => {
            rows.iter().map(|row| usize::try_from(row.as_u64().unwrap()).unwrap()).collect()
        }
        None => (0..columns[0].len()).collect(),
    };
    let row = |row: usize| -> [f64; N] { std::array::from_fn(|column| columns[column][row]) };
    Some(rows.into_iter().map(row).filter(|row| !row.iter().any(|x| x.is_nan())).collect())
}

fn column(case: &Case, args: &Value, key: &str) -> Option<Vec<f64>> {
    case.named_column(args[key].as_str()?.strip_prefix('$')?)
}

/// Tables from events and totals, or from the four cells.
fn tables(case: &Case, args: &Value) -> Option<Vec<TwoByTwo>> {
    let total = |n: &str, events: &str, others: &str| {
        column(case, args, n).or_else(|| {
            let (events, others) = (column(case, args, events)?, column(case, args, others)?);
            Some(events.iter().zip(&others).map(|(x, y)| x + y).collect())
        })
    };
    let columns = [
        column(case, args, "ai"),
        total("n1i", "ai", "bi"),
        column(case, args, "ci"),
        total("n2i", "ci", "di"),
    ];
    let table =
        |[events_e, n_e, events_c, n_c]: [f64; 4]| TwoByTwo { events_e, n_e, events_c, n_c };
    Some(complete_rows(case, args, columns)?.into_iter().map(table).collect())
}

fn rates(case: &Case, args: &Value) -> Option<Vec<TwoRates>> {
    let columns = ["x1i", "t1i", "x2i", "t2i"].map(|key| column(case, args, key));
    let study = |[x1, t1, x2, t2]: [f64; 4]| TwoRates {
        experimental: Rate { events: x1, person_time: t1 },
        control: Rate { events: x2, person_time: t2 },
    };
    Some(complete_rows(case, args, columns)?.into_iter().map(study).collect())
}
