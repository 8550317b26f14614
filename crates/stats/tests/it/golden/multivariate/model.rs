//! The model that an `rma.mv` case describes.

use consilience_stats::Design;
use consilience_stats::Matrix;
use consilience_stats::multivariate::{
    CoefficientTest, Component, FitNote, Grouping, LevelStructure, LikelihoodKind, MultilevelFit,
    MultilevelModel, MultilevelOptions, MultivariateError, Random, Sampling, SlopeStructure,
    SpatialKernel, VarianceParameter,
};
use serde_json::Value;

use super::prepare;
use crate::golden::case::{Case, Comparison};

/// A fit, and what metafor calls its components.
pub(crate) struct Fitted {
    pub(crate) fit: Result<MultilevelFit, MultivariateError>,
    /// Names of the terms without spaces.
    pub(crate) names: Vec<String>,
    /// For each term `s` (sigma2), `g` (tau2, rho) or `h` (gamma2, phi).
    kinds: Vec<char>,
    /// The rows of the data that the fit uses.
    pub(crate) rows: Vec<usize>,
    /// How far metafor's own optimiser was from the refined fit.
    pub(crate) gap: f64,
    /// Whether a matrix of metafor's random effects has a negative eigenvalue, which metafor lets pass as long as the effects'
    /// total covariance has none.
    indefinite: bool,
    /// The log-likelihood that metafor reached.
    reached: Option<f64>,
    pub(crate) is_spatial: bool,
    likelihood: LikelihoodKind,
}

impl Fitted {
    /// Takes differences for ones by design where the reference is wrong or arbitrary.
    pub(crate) fn excuse(&self, compare: &mut Comparison) {
        if self.indefinite {
            compare.forgive("a matrix of metafor's random effects is no covariance matrix");
        }
        let Ok(fit) = &self.fit else { return };
        if fit.notes.contains(&FitNote::NotIdentified) {
            compare.forgive("the likelihood is flat, so estimates are arbitrary here and there");
        }
        let ours = match self.likelihood {
            LikelihoodKind::Full => Some(fit.fit.ml.ll),
            LikelihoodKind::Restricted => fit.fit.reml.map(|fit| fit.ll),
        };
        if let (Some(ours), Some(reached)) = (ours, self.reached)
            && ours > reached + 1e-5
        {
            compare.forgive(format!(
                "metafor stopped at a log-likelihood of {reached:.6}, below the maximum of {ours:.6}"
            ));
        }
    }

    fn new(
        case: &Case,
        fit: Result<MultilevelFit, MultivariateError>,
        (names, kinds): (Vec<String>, Vec<char>),
        rows: Vec<usize>,
        likelihood: LikelihoodKind,
    ) -> Self {
        let expect = case.expect();
        let part = match likelihood {
            LikelihoodKind::Full => &expect["fit"]["ML"],
            LikelihoodKind::Restricted => &expect["fit"]["REML"],
        };
        let structs = case.args()["struct"].to_string();
        Self {
            fit,
            names,
            kinds,
            rows,
            gap: expect["nlminb_gap"].as_f64().unwrap_or(0.0),
            indefinite: is_indefinite(case),
            reached: part["ll"].as_f64(),
            is_spatial: structs.contains("\"SP"),
            likelihood,
        }
    }
}

/// Whether G or H of the case's expectation is no covariance matrix.
fn is_indefinite(case: &Case) -> bool {
    ["G", "H"].into_iter().filter_map(|name| matrix_of(&case.expect()[name])).any(|matrix| {
        let eigenvalues = matrix.symmetric_eigenvalues();
        eigenvalues.min() < -1e-6 * eigenvalues.amax()
    })
}

impl Fitted {
    pub(crate) fn of_kind<'c>(
        &self,
        components: &'c [Component],
        kind: char,
    ) -> Vec<&'c Component> {
        components
            .iter()
            .zip(&self.kinds)
            .filter(|(_, own)| **own == kind)
            .map(|(it, _)| it)
            .collect()
    }

    /// The parameter that `confint` calls `name`: `sigma^2.1`, `tau^2`, `tau^2.2`, `rho`, `rho.1.2`, …
    pub(crate) fn parameter(&self, fit: &MultilevelFit, name: &str) -> Option<VarianceParameter> {
        let (stem, rest) = name.split_once('.').unwrap_or((name, ""));
        let kind = match stem {
            "sigma^2" => 's',
            "tau^2" | "rho" => 'g',
            "gamma^2" | "phi" => 'h',
            _ => return None,
        };
        let of_kind: Vec<usize> =
            (0..self.kinds.len()).filter(|&at| self.kinds[at] == kind).collect();
        let number = rest.parse::<usize>().ok();
        if kind == 's' {
            return Some(VarianceParameter::Variance(*of_kind.get(number.unwrap_or(1) - 1)?, 0));
        }
        let component = *of_kind.first()?;
        if stem.ends_with("^2") {
            return Some(VarianceParameter::Variance(component, number.unwrap_or(1) - 1));
        }
        let at = match rest.split_once('.') {
            None => number.unwrap_or(1) - 1,
            Some((a, b)) => {
                let (a, b) = (a.parse::<usize>().ok()? - 1, b.parse::<usize>().ok()? - 1);
                let q = fit.components[component].variances.len();
                let (low, high) = (a.min(b), a.max(b));
                low * q - low * (low + 1) / 2 + high - low - 1
            }
        };
        Some(VarianceParameter::Correlation(component, at))
    }
}

/// The fit of an `rma.mv` case, or of the one that the case refers to; or why it is beyond the engine.
pub(crate) fn fit_of(case: &Case) -> Result<Fitted, String> {
    match case.text("model_case") {
        Some(id) => {
            let holder = case.siblings().find(|other| other.id() == id).ok_or("no such model")?;
            fit_of(&holder)
        }
        None => fit(case),
    }
}

fn fit(case: &Case) -> Result<Fitted, String> {
    let args = case.args();
    if args["data"].as_str() == Some("rcalc") {
        return pooled_correlations(case);
    }
    let data = Columns { case, rows: rows(case)? };
    let yi = data.numbers(args["yi"].as_str().ok_or("no yi")?.trim_start_matches('$'))?;
    let k = yi.len();
    let sampling = sampling(case, &data)?;
    let design = match matrix_of(&args["X"]) {
        Some(x) => {
            let names = args["X_names"].as_array().ok_or("no X_names")?;
            let names = names.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
            Design::from_matrix(x, names).unwrap()
        }
        None => match args["mods_formula"].as_str() {
            None => Design::intercept(k),
            Some(formula) => {
                let names: Vec<&str> = formula
                    .trim_start_matches('~')
                    .split(['+', ' '])
                    .filter(|it| !it.is_empty())
                    .collect();
                let without = formula.replace(' ', "").ends_with("-1");
                let names: Vec<&str> =
                    names.into_iter().filter(|it| *it != "-" && *it != "1").collect();
                formula_design(&data, &names, without)?
            }
        },
    };
    build(case, &data, &yi, sampling, &design)
}

/// A design of numeric columns, or of one factor without intercept.
fn formula_design(data: &Columns, names: &[&str], without: bool) -> Result<Design, String> {
    let k = data.rows.len();
    let mut columns: Vec<(String, Vec<f64>)> = Vec::new();
    if !without {
        columns.push(("intrcpt".into(), vec![1.0; k]));
    }
    for name in names {
        let labels = data.labels(name)?;
        if let Ok(numbers) = labels.iter().map(|it| it.parse()).collect::<Result<Vec<f64>, _>>() {
            columns.push(((*name).into(), numbers));
            continue;
        }
        let factor = Grouping::new(name, &labels);
        let skip = usize::from(!columns.is_empty());
        for (code, level) in factor.levels().iter().enumerate().skip(skip) {
            let column = factor.codes().iter().map(|own| f64::from(*own == code)).collect();
            columns.push((format!("{name}{level}"), column));
        }
    }
    let matrix = Matrix::from_fn(k, columns.len(), |i, j| columns[j].1[i]);
    Ok(Design::from_matrix(matrix, columns.into_iter().map(|it| it.0).collect()).unwrap())
}

fn build(
    case: &Case,
    data: &Columns,
    yi: &[f64],
    sampling: Sampling,
    design: &Design,
) -> Result<Fitted, String> {
    let args = case.args();
    let (terms, names, kinds) = random(case, data)?;
    let test =
        match (args["test"].as_str().unwrap_or("z"), args["dfs"].as_str().unwrap_or("residual")) {
            (_, "contain") => CoefficientTest::ContainmentT,
            ("z", _) => CoefficientTest::Normal,
            ("t", "residual") => CoefficientTest::ResidualT,
            other => return Err(format!("test {other:?}")),
        };
    let likelihood = match args["method"].as_str() {
        None | Some("REML") => LikelihoodKind::Restricted,
        Some("ML") => LikelihoodKind::Full,
        Some(other) => return Err(format!("method {other}")),
    };
    let options =
        MultilevelOptions { likelihood, test, level: crate::golden::case::level_of(args) };
    let fit = MultilevelModel::new(yi, sampling, design)
        .and_then(|model| model.with_all(terms).fit(&options));
    Ok(Fitted::new(case, fit, (names, kinds), data.rows.clone(), likelihood))
}

/// The data's columns in the rows that a case uses.
pub(super) struct Columns<'c, 'a> {
    pub(super) case: &'c Case<'a>,
    pub(super) rows: Vec<usize>,
}

impl Columns<'_, '_> {
    pub(super) fn numbers(&self, name: &str) -> Result<Vec<f64>, String> {
        let all = self.case.named_column(name).ok_or(format!("no column {name}"))?;
        Ok(self.rows.iter().map(|&row| all[row]).collect())
    }

    pub(super) fn labels(&self, name: &str) -> Result<Vec<String>, String> {
        let all = self.case.named_labels(name).ok_or(format!("no column {name}"))?;
        Ok(self.rows.iter().map(|&row| all[row].clone()).collect())
    }

    fn grouping(&self, name: &str) -> Result<Grouping, String> {
        let name = name.trim().trim_start_matches("factor(").trim_end_matches(')');
        Ok(Grouping::new(name, &self.labels(name)?))
    }
}

/// The rows without missing estimates, variances or moderators.
fn rows(case: &Case) -> Result<Vec<usize>, String> {
    let args = case.args();
    let mut used: Vec<String> = Vec::new();
    for key in ["yi", "vi"] {
        if let Some(name) = args[key].as_str() {
            used.push(name.trim_start_matches('$').into());
        }
    }
    for term in args["mods"].as_array().into_iter().flatten() {
        for key in ["num", "factor", "square"] {
            if let Some(name) = term[key].as_str() {
                used.push(name.trim_start_matches('$').into());
            }
        }
    }
    if let Some(formula) = args["mods_formula"].as_str() {
        for word in formula.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')) {
            if case.named_labels(word).is_some() {
                used.push(word.into());
            }
        }
    }
    let first = used.first().ok_or("no yi")?;
    let all: Vec<usize> = match args["rows"].as_array() {
        Some(rows) => {
            rows.iter().map(|row| usize::try_from(row.as_u64().unwrap()).unwrap()).collect()
        }
        None => (0..case.named_labels(first).ok_or("no yi")?.len()).collect(),
    };
    Ok(all.into_iter().filter(|&row| !used.iter().any(|name| case.is_missing(name, row))).collect())
}

fn sampling(case: &Case, data: &Columns) -> Result<Sampling, String> {
    let args = case.args();
    let Some(name) = args["V"].as_str() else {
        let name = args["vi"].as_str().ok_or("no vi")?.trim_start_matches('$');
        return Ok(Sampling::Independent(data.numbers(name)?));
    };
    let name = name.trim_start_matches("$matrix:").trim_start_matches('$');
    let whole = match case.matrix(name) {
        Some(matrix) => matrix_of(matrix).ok_or("no matrix")?,
        None => prepare::named_covariance(case, name)?,
    };
    Ok(Sampling::Matrix(whole.select_rows(&data.rows).select_columns(&data.rows)))
}

pub(super) fn matrix_of(value: &Value) -> Option<Matrix> {
    let rows = value.as_array()?;
    let width = rows.first()?.as_array()?.len();
    let values: Vec<f64> = rows
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(|value| value.as_f64().unwrap_or(f64::NAN))
        .collect();
    Some(Matrix::from_row_slice(rows.len(), width, &values))
}

type Terms = (Vec<Random>, Vec<String>, Vec<char>);

/// The random terms, with their names and kinds.
fn random(case: &Case, data: &Columns) -> Result<Terms, String> {
    let args = case.args();
    let (mut terms, mut names, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    let formulas: Vec<&str> = match &args["random"] {
        Value::Null => Vec::new(),
        Value::String(one) => vec![one],
        many => many.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect(),
    };
    let structs: Vec<&str> = match &args["struct"] {
        Value::Null => Vec::new(),
        Value::String(one) => vec![one],
        many => many.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect(),
    };
    let mut structured = 0;
    for formula in formulas {
        let (inner, outer) =
            formula.trim_start_matches(['~', ' ']).split_once('|').ok_or("random term")?;
        let (inner, outer) = (inner.trim(), outer.trim());
        if inner == "1" {
            let groups =
                outer.split('/').map(|name| data.grouping(name)).collect::<Result<Vec<_>, _>>()?;
            let known = &args["R"][outer];
            if known.is_null() {
                for term in Random::nested(&groups) {
                    names.push(term.name().to_owned());
                    kinds.push('s');
                    terms.push(term);
                }
            } else {
                names.push(outer.into());
                kinds.push('s');
                terms.push(known_term(case, groups[0].clone(), known)?);
            }
        } else {
            let structure = structs.get(structured).or(structs.last()).copied().unwrap_or("CS");
            names.push(formula.split_whitespace().collect());
            kinds.push(['g', 'h'][structured]);
            terms.push(structured_term(data, structure, inner, data.grouping(outer)?)?);
            structured += 1;
        }
    }
    fix(&args["fixed"], &mut terms, &kinds)?;
    Ok((terms, names, kinds))
}

fn known_term(case: &Case, group: Grouping, known: &Value) -> Result<Random, String> {
    let name = known.as_str().ok_or("R matrix")?.trim_start_matches("$matrix:");
    let matrix = case.matrix(name).and_then(matrix_of).ok_or("R matrix")?;
    Random::correlated_intercepts(group, matrix).map_err(|error| error.to_string())
}

fn structured_term(
    data: &Columns,
    structure: &str,
    inner: &str,
    outer: Grouping,
) -> Result<Random, String> {
    let text = |error: MultivariateError| error.to_string();
    if let Some(structure) = LevelStructure::ALL.iter().find(|it| it.name() == structure) {
        return Ok(Random::levels(*structure, data.grouping(inner)?, outer));
    }
    let variables: Vec<&str> =
        inner.split('+').map(str::trim).filter(|it| !["0", "1"].contains(it)).collect();
    let columns = |names: &[&str]| -> Result<Vec<Vec<f64>>, String> {
        names.iter().map(|name| data.numbers(name)).collect()
    };
    match structure {
        "CAR" => Random::over_time(&data.numbers(inner)?, outer).map_err(text),
        "GEN" | "GDIAG" => {
            let mut values = columns(&variables)?;
            let mut names: Vec<String> = variables.iter().map(|it| (*it).to_owned()).collect();
            if !inner.replace(' ', "").contains("-1") && !inner.contains('0') {
                values.insert(0, vec![1.0; data.rows.len()]);
                names.insert(0, "intrcpt".into());
            }
            let matrix = Matrix::from_fn(data.rows.len(), values.len(), |i, j| values[j][i]);
            let structure =
                if structure == "GEN" { SlopeStructure::General } else { SlopeStructure::Diagonal };
            Random::slopes(structure, matrix, names, outer).map_err(text)
        }
        _ => {
            let kernel = match structure {
                "SPEXP" => SpatialKernel::Exponential,
                "SPGAU" => SpatialKernel::Gaussian,
                "SPLIN" => SpatialKernel::Linear,
                "SPRAT" => SpatialKernel::RationalQuadratic,
                "SPSPH" => SpatialKernel::Spherical,
                other => return Err(format!("struct {other}")),
            };
            let values = columns(&variables)?;
            let labels: Vec<String> = (0..data.rows.len())
                .map(|row| {
                    values
                        .iter()
                        .map(|column| column[row].to_string())
                        .collect::<Vec<_>>()
                        .join(" ")
                })
                .collect();
            let places = Grouping::new("place", &labels);
            let first: Vec<usize> = (0..places.levels().len())
                .map(|level| places.codes().iter().position(|code| *code == level).unwrap())
                .collect();
            let distances = Matrix::from_fn(first.len(), first.len(), |i, j| {
                values
                    .iter()
                    .map(|x| (x[first[i]] - x[first[j]]) * (x[first[i]] - x[first[j]]))
                    .sum::<f64>()
                    .sqrt()
            });
            Random::spatial(kernel, places, distances, outer).map_err(text)
        }
    }
}

/// Holds parameters at the values given.
fn fix(fixed: &Value, terms: &mut [Random], kinds: &[char]) -> Result<(), String> {
    let values = |name: &str| -> Option<Vec<Option<f64>>> {
        match &fixed[name] {
            Value::Null => None,
            Value::Array(many) => Some(many.iter().map(Value::as_f64).collect()),
            one => Some(vec![one.as_f64()]),
        }
    };
    if let Some(sigma2) = values("sigma2") {
        let intercepts = (0..terms.len()).filter(|&at| kinds[at] == 's');
        for (at, value) in intercepts.zip(sigma2) {
            terms[at] = terms[at].clone().with_variances(&[value]).map_err(|e| e.to_string())?;
        }
    }
    for (kind, variances, correlations) in [('g', "tau2", "rho"), ('h', "gamma2", "phi")] {
        let Some(at) = kinds.iter().position(|own| *own == kind) else { continue };
        if let Some(values) = values(variances) {
            terms[at] = terms[at].clone().with_variances(&values).map_err(|e| e.to_string())?;
        }
        if let Some(values) = values(correlations) {
            terms[at] = terms[at].clone().with_correlations(&values).map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}

/// `rma.mv` on the result of the file's `rcalc` case: only the rows whose covariances are known.
fn pooled_correlations(case: &Case) -> Result<Fitted, String> {
    let holder =
        case.siblings().find(|other| other.function() == "rcalc").ok_or("no rcalc case")?;
    let (rows, study, pair, found) = prepare::correlations(&holder)?;
    let complete = found.complete_rows();
    let pick =
        |labels: &[String]| complete.iter().map(|&row| labels[row].clone()).collect::<Vec<_>>();
    let yi: Vec<f64> = complete.iter().map(|&row| found.estimates[row]).collect();
    let v = found.covariance.select_rows(&complete).select_columns(&complete);
    let (pair, study) =
        (Grouping::new("var1.var2", &pick(&pair)), Grouping::new("study", &pick(&study)));
    let x = Matrix::from_fn(yi.len(), pair.levels().len(), |i, j| f64::from(pair.codes()[i] == j));
    let design = Design::from_matrix(x, pair.levels().to_vec()).unwrap();
    let (mut terms, mut names, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    if !case.args()["random"].is_null() {
        terms.push(Random::levels(LevelStructure::Unstructured, pair, study));
        names.push("~var1.var2|study".to_owned());
        kinds.push('g');
    }
    let options = MultilevelOptions {
        likelihood: match case.args()["method"].as_str() {
            Some("ML") => LikelihoodKind::Full,
            _ => LikelihoodKind::Restricted,
        },
        ..MultilevelOptions::default()
    };
    let fit = MultilevelModel::new(&yi, Sampling::Matrix(v), &design)
        .and_then(|model| model.with_all(terms).fit(&options));
    let rows = complete.iter().map(|&row| rows[row]).collect();
    Ok(Fitted::new(case, fit, (names, kinds), rows, options.likelihood))
}
