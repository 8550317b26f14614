//! The meta-regressions that cases refer to: effects, design and options from `rma.uni` arguments.

use consilience_stats::{
    CiMethod, Design, Effect, Model, PoolError, Regression, RegressionOptions, Weighting, regress,
};
use serde_json::Value;

use super::case::{Case, index, label, level_of, model};

/// What a case asks to be fitted.
pub(crate) struct Fit {
    /// The positions of the studies in the data.
    pub(crate) rows: Vec<usize>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) design: Design,
    pub(crate) options: RegressionOptions,
}

impl Fit {
    /// The fit that `args` describe, or why it is beyond the engine.
    pub(crate) fn of(case: &Case, args: &Value) -> Result<Self, String> {
        for key in ["V", "scale", "random"] {
            if !args[key].is_null() {
                return Err(format!("argument {key}"));
            }
        }
        let (yi, vi) = (column(case, &args["yi"])?, column(case, &args["vi"])?);
        let rows: Vec<usize> = match args["rows"].as_array() {
            Some(rows) => rows.iter().map(index).collect(),
            None => (0..yi.len()).collect(),
        };
        let terms: &[Value] = args["mods"].as_array().map_or(&[], Vec::as_slice);
        let complete = complete(case, terms, yi.len());
        let given =
            args["weights"].is_string().then(|| column(case, &args["weights"])).transpose()?;
        let rows: Vec<usize> = rows
            .into_iter()
            .filter(|&row| !yi[row].is_nan() && !vi[row].is_nan() && complete[row])
            .collect();
        let weighting = match given {
            Some(weights) => Weighting::Given(rows.iter().map(|&row| weights[row]).collect()),
            None if args["weighted"].as_bool() == Some(false) => Weighting::Unweighted,
            None => Weighting::InverseVariance,
        };
        Ok(Self {
            effects: rows
                .iter()
                .map(|&row| Effect { estimate: yi[row], variance: vi[row] })
                .collect(),
            design: design(case, terms, args["intercept"].as_bool() != Some(false), &rows)?,
            options: options(args, weighting)?,
            rows,
        })
    }

    pub(crate) fn run(&self) -> Result<Regression, PoolError> {
        regress(&self.effects, &self.design, &self.options)
    }
}

fn options(args: &Value, weighting: Weighting) -> Result<RegressionOptions, String> {
    let method = args["method"].as_str().ok_or("no method")?;
    let model = match args["tau2"].as_f64() {
        Some(tau2) => Model::GivenTau2(tau2),
        None => model(method).ok_or(format!("method {method}"))?,
    };
    let ci = match args["test"].as_str().unwrap_or("z") {
        "z" => CiMethod::Wald,
        "t" => CiMethod::T,
        "knha" => CiMethod::HartungKnapp,
        "adhoc" => CiMethod::HartungKnappAdHoc,
        other => return Err(format!("test {other}")),
    };
    Ok(RegressionOptions { model, ci, weighting, level: level_of(args) })
}

/// The column that a `"$name"` names.
pub(crate) fn column(case: &Case, name: &Value) -> Result<Vec<f64>, String> {
    let name = name.as_str().and_then(|name| name.strip_prefix('$'));
    name.and_then(|name| case.named_column(name)).ok_or("no such column".to_owned())
}

/// The data columns that a term uses.
pub(crate) fn names(term: &Value) -> Vec<String> {
    let texts = match &term["interaction"] {
        Value::Array(both) => both.clone(),
        _ => vec![term["num"].clone(), term["factor"].clone(), term["square"].clone()],
    };
    texts
        .iter()
        .filter_map(|text| Some(text.as_str()?.trim_start_matches('$').to_owned()))
        .collect()
}

/// Whether each row of the data has all of the terms' variables.
pub(crate) fn complete(case: &Case, terms: &[Value], rows: usize) -> Vec<bool> {
    let mut complete = vec![true; rows];
    for name in terms.iter().flat_map(names) {
        for (row, value) in case.raw_column(&name).iter().enumerate() {
            complete[row] &= !value.is_null();
        }
    }
    complete
}

/// The name metafor's coefficients of a variable start with.
fn term_name(terms: &[Value], name: &str) -> String {
    let is_factor = terms.iter().any(|term| term["factor"].as_str() == Some(name));
    let plain = name.trim_start_matches('$');
    if is_factor { format!("factor({plain})") } else { plain.to_owned() }
}

/// The design that terms make for some rows of the data.
pub(crate) fn design(
    case: &Case,
    terms: &[Value],
    intercept: bool,
    rows: &[usize],
) -> Result<Design, String> {
    let mut builder = Design::builder(rows.len());
    if !intercept {
        builder = builder.without_intercept();
    }
    for term in terms {
        let names = names(term);
        if let Value::Array(both) = &term["interaction"] {
            let name = |value: &Value| term_name(terms, value.as_str().unwrap());
            builder = builder.interaction(&name(&both[0]), &name(&both[1]));
        } else if let Value::Array(levels) =
            &term["factor"].as_str().map_or(&Value::Null, |_| &term["levels"])
        {
            let values = case.raw_column(&names[0]);
            let labels: Vec<String> = rows.iter().map(|&row| label(&values[row])).collect();
            let levels: Vec<String> = levels.iter().map(label).collect();
            builder = builder.factor(&format!("factor({})", names[0]), &labels, &levels);
        } else {
            let values = case.named_column(&names[0]).ok_or("no such moderator")?;
            let values: Vec<f64> = rows.iter().map(|&row| values[row]).collect();
            builder = if term["square"].is_string() {
                builder.square(&names[0], &values)
            } else {
                builder.numeric(&names[0], &values)
            };
        }
    }
    builder.build().map_err(|error| error.to_string())
}
