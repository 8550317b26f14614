//! What prepares the input of a multivariate model: `vcalc`, `rcalc`, `aggregate`, `matreg`.

use consilience_stats::multivariate::{
    AggregateWeights, Condition, CorrelatedErrors, CorrelationForm, DependentCorrelations,
    Grouping, LevelCorrelation, MatrixPrecision, ReportedCorrelation, WithinCluster,
    aggregate as combine, dependent_correlations, regression_from_correlations,
};
use consilience_stats::{Effect, Matrix};
use serde_json::Value;

use super::model::{fit_of, matrix_of};
use crate::golden::case::{Case, Outcome, not_yet};

pub(crate) fn vcalc(case: &Case) -> Outcome {
    let v = match covariance(case, case.args()) {
        Ok(v) => v,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    if !compare.expect["V"].is_null() {
        super::matrix(&mut compare, "V", &v);
    }
    if let Some(rows) = compare.expect["V_rows_0_19"].as_array() {
        super::matrix(
            &mut compare,
            "V_rows_0_19",
            &v.view((0, 0), (rows.len(), rows.len())).into_owned(),
        );
        compare.numbers("rowsums", &(0..v.nrows()).map(|i| v.row(i).sum()).collect::<Vec<_>>());
    }
    compare.done()
}

/// The covariance that the arguments of `vcalc` describe.
fn covariance(case: &Case, args: &Value) -> Result<Matrix, String> {
    let column = |key: &str| -> Option<Vec<f64>> {
        case.named_column(args[key].as_str()?.trim_start_matches('$'))
    };
    let labels = |key: &str| -> Option<Vec<String>> {
        case.named_labels(args[key].as_str()?.trim_start_matches('$'))
    };
    let grouping = |key: &str| labels(key).map(|labels| Grouping::new(key, &labels));
    let vi = column("vi").ok_or("no vi")?;
    let mut errors = CorrelatedErrors::new(&vi, grouping("cluster").ok_or("no cluster")?);
    if let Some(subgroup) = grouping("subgroup") {
        errors = errors.subgroups(&subgroup);
    }
    let correlation = |value: &Value| -> Result<LevelCorrelation, String> {
        match value {
            Value::Number(_) => Ok(LevelCorrelation::Common(value.as_f64().unwrap())),
            Value::String(name) => {
                let matrix = case.matrix(name.trim_start_matches("$matrix:")).ok_or("rho")?;
                Ok(LevelCorrelation::Matrix(matrix_of(matrix).ok_or("rho")?))
            }
            other => matrix_of(other).map(LevelCorrelation::Matrix).ok_or("rho".into()),
        }
    };
    match (grouping("obs"), grouping("type")) {
        (Some(obs), None) => errors = errors.observations(obs, correlation(&args["rho"])?),
        (None, Some(kind)) => errors = errors.types(kind, correlation(&args["rho"])?),
        (Some(obs), Some(kind)) => {
            errors = errors
                .observations(obs, correlation(&args["rho"][0])?)
                .types(kind, correlation(&args["rho"][1])?);
        }
        (None, None) => {}
    }
    let phi = args["phi"].as_f64().unwrap_or(1.0);
    match (labels("grp1"), labels("grp2")) {
        (None, None) => {
            if let Some(times) = column("time1") {
                errors = errors.times(&times, phi);
            }
        }
        (first, second) => {
            let group = |labels: Option<Vec<String>>, other: &str| {
                labels.unwrap_or_else(|| vec![other.to_owned(); vi.len()])
            };
            let both = column("w1").zip(column("w2"));
            let (w1, w2) = both.unzip();
            let times = column("time1");
            let condition =
                |group, time: Option<Vec<f64>>, weight| Condition { group, time, weight };
            errors = errors.contrasts(
                condition(group(first, "the other"), times.clone(), w1),
                condition(group(second, "the other"), column("time2").or(times), w2),
                phi,
            );
        }
    }
    errors.matrix().map_err(|error| error.to_string())
}

/// The covariance that a case names by a `vcalc` call: spelled out, or that of the file's `vcalc` case.
pub(super) fn named_covariance(case: &Case, name: &str) -> Result<Matrix, String> {
    let inside = name.strip_prefix("vcalc(").and_then(|it| it.strip_suffix(')')).ok_or("V")?;
    if !inside.contains('=') {
        let holder = case.siblings().find(|it| it.function() == "vcalc").ok_or("no vcalc case")?;
        return covariance(case, holder.args());
    }
    let mut args = serde_json::Map::new();
    args.insert("vi".into(), "$vi".into());
    for part in inside.split(',') {
        let (key, value) = part.split_once('=').ok_or("vcalc argument")?;
        let value = match value.trim().parse::<f64>() {
            Ok(number) => Value::from(number),
            Err(_) => Value::from(format!("${}", value.trim())),
        };
        args.insert(key.trim().into(), value);
    }
    covariance(case, &Value::Object(args))
}

pub(crate) fn rcalc(case: &Case) -> Outcome {
    let (_, study, pair, found) = match correlations(case) {
        Ok(found) => found,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    compare.numbers("yi", &found.estimates);
    for (name, got) in [("study", &study), ("pair", &pair)] {
        compare.touch(name);
        if let Some(expected) = compare.expect[name].as_array()
            && expected.iter().map(crate::golden::case::label).ne(got.iter().cloned())
        {
            compare.fail(format!("{name}: {got:?}"));
        }
    }
    let expected = compare.expect["V"].as_array().unwrap();
    for (i, row) in expected.iter().enumerate() {
        for (j, expected) in row.as_array().unwrap().iter().enumerate() {
            let got = Some(found.covariance[(i, j)]).filter(|value| !value.is_nan());
            compare.value(&format!("V[{i},{j}]"), got, expected.as_f64());
        }
    }
    compare.done()
}

type Correlations = (Vec<usize>, Vec<String>, Vec<String>, DependentCorrelations);

/// Rows, study and pair of variables of each correlation that is not missing, with their covariance.
pub(super) fn correlations(case: &Case) -> Result<Correlations, String> {
    let args = case.args();
    let name = |key: &str| {
        args[key].as_str().map(|it| it.trim_start_matches('$')).ok_or(format!("no {key}"))
    };
    let ri = case.named_column(name("ri")?).ok_or("no ri")?;
    let ni = case.named_column(name("ni")?).ok_or("no ni")?;
    let labels = |key: &str| case.named_labels(name(key)?).ok_or(format!("no {key}"));
    let (first, second, study) = (labels("var1")?, labels("var2")?, labels("study")?);
    let rows: Vec<usize> = (0..ri.len()).filter(|&row| !ri[row].is_nan()).collect();
    let reported: Vec<ReportedCorrelation> = rows
        .iter()
        .map(|&row| ReportedCorrelation {
            first: first[row].clone(),
            second: second[row].clone(),
            r: ri[row],
            n: ni[row],
        })
        .collect();
    let study: Vec<String> = rows.iter().map(|&row| study[row].clone()).collect();
    let pair = reported.iter().map(|it| format!("{}.{}", it.first, it.second)).collect();
    let form = if args["rtoz"].as_bool() == Some(true) {
        CorrelationForm::FisherZ
    } else {
        CorrelationForm::Raw
    };
    let found = dependent_correlations(&reported, &Grouping::new("study", &study), form)
        .map_err(|error| error.to_string())?;
    Ok((rows, study, pair, found))
}

pub(crate) fn aggregate(case: &Case) -> Outcome {
    let args = case.args();
    let (Some(yi), Some(vi)) = (case.column("yi"), case.column("vi")) else {
        return not_yet("no yi or vi");
    };
    let cluster = case.labels("cluster");
    let rows: Vec<usize> =
        (0..yi.len()).filter(|&row| !yi[row].is_nan() && !vi[row].is_nan()).collect();
    let effects: Vec<Effect> =
        rows.iter().map(|&row| Effect { estimate: yi[row], variance: vi[row] }).collect();
    let pick = |values: Vec<f64>| rows.iter().map(|&row| values[row]).collect::<Vec<_>>();
    let labels =
        |values: Vec<String>| rows.iter().map(|&row| values[row].clone()).collect::<Vec<_>>();
    let times = || case.column("time").map(pick).ok_or("no time");
    let rho = args["rho"].as_f64().unwrap_or(0.0);
    let phi = args["phi"].as_f64().unwrap_or(0.0);
    let within = match args["struct"].as_str().unwrap_or("CS") {
        _ if !args["V"].is_null() => {
            let name = args["V"].as_str().unwrap().trim_start_matches("$matrix:");
            let whole = match case.matrix(name) {
                Some(matrix) => matrix_of(matrix).ok_or("V".to_owned()),
                None => named_covariance(case, name),
            };
            whole.map(|v| WithinCluster::Known(v.select_rows(&rows).select_columns(&rows)))
        }
        "ID" => Ok(WithinCluster::Independent),
        "CS" => Ok(WithinCluster::CompoundSymmetric { rho }),
        "CAR" => {
            times().map(|times| WithinCluster::Autoregressive { phi, times }).map_err(String::from)
        }
        "CS+CAR" => times()
            .map(|times| WithinCluster::SymmetricPlusAutoregressive { rho, phi, times })
            .map_err(String::from),
        "CS*CAR" => times()
            .map(|times| WithinCluster::SymmetricTimesAutoregressive {
                rho,
                phi,
                times,
                observations: Grouping::new("obs", &labels(case.labels("obs"))),
            })
            .map_err(String::from),
        other => Err(format!("struct {other}")),
    };
    let within = match within {
        Ok(within) => within,
        Err(reason) => return not_yet(reason),
    };
    let weights = if args["weighted"].as_bool() == Some(false) {
        AggregateWeights::Equal
    } else {
        AggregateWeights::InverseVariance
    };
    let cluster = Grouping::new("cluster", &labels(cluster));
    let mut compare = case.compare();
    match combine(&effects, &cluster, &within, weights) {
        Err(error) => compare.fail(error.to_string()),
        Ok(combined) => {
            // The collection lists clusters in its own order.
            let order: Vec<usize> = compare.expect["cluster"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| {
                    let name = crate::golden::case::label(it);
                    cluster.levels().iter().position(|level| *level == name).unwrap()
                })
                .collect();
            compare.touch("cluster");
            compare
                .numbers("yi", &order.iter().map(|&at| combined[at].estimate).collect::<Vec<_>>());
            compare
                .numbers("vi", &order.iter().map(|&at| combined[at].variance).collect::<Vec<_>>());
        }
    }
    compare.done()
}

pub(crate) fn matreg(case: &Case) -> Outcome {
    let args = case.args();
    let Some(previous) = case
        .siblings()
        .take_while(|other| other.id() != case.id())
        .filter(|other| other.function() == "rma.mv")
        .last()
    else {
        return not_yet("correlations that no case pools");
    };
    let fit = match fit_of(&previous).map(|fitted| fitted.fit) {
        Ok(Ok(fit)) => fit,
        Ok(Err(error)) => return not_yet(error.to_string()),
        Err(reason) => return not_yet(reason),
    };
    let pairs: Vec<(String, String)> = fit
        .coefficients
        .iter()
        .filter_map(|it| it.name.split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())))
        .collect();
    let outcome = args["y"].as_str().unwrap().to_owned();
    let mut variables: Vec<String> =
        args["x"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect();
    let predictors: Vec<usize> = (0..variables.len()).collect();
    variables.push(outcome);
    let size = variables.len();
    let correlations = Matrix::from_fn(size, size, |i, j| {
        if i == j {
            return 1.0;
        }
        let at = pairs.iter().position(|(a, b)| {
            (*a == variables[i] && *b == variables[j]) || (*a == variables[j] && *b == variables[i])
        });
        at.map_or(f64::NAN, |at| fit.coefficients[at].estimate)
    });
    let precision = MatrixPrecision::People(case.number("n"));
    let mut compare = case.compare();
    match regression_from_correlations(&correlations, size - 1, &predictors, &precision) {
        Err(error) => compare.fail(error.to_string()),
        Ok(regression) => {
            compare.numbers("beta", &regression.coefficients);
            compare.numbers("se", &regression.se);
            compare.numbers("tval", &regression.statistic);
            for (position, p) in regression.p_value.iter().enumerate() {
                let expected = compare.expect["pval"][position].as_f64();
                compare.p_number(
                    "pval",
                    *p,
                    expected,
                    regression.statistic[position] * regression.statistic[position],
                );
            }
            compare.number("R2", regression.r2);
            let (f, df1, df2, _) = regression.f.unwrap();
            compare.numbers("F", &[f, df1, df2]);
        }
    }
    compare.done()
}
