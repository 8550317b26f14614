//! `rma.ls`.

use consilience_stats::glmm::GlmmTest;
use consilience_stats::location_scale::{
    LocationScale, LocationScaleError, LocationScaleOptions, ScaleLikelihood, ScaleLink,
    location_scale,
};
use consilience_stats::{Coefficient, Effect, LikelihoodFit};
use serde_json::{Value, json};

use super::case::{Case, Comparison, Outcome, index, not_yet};
use super::fit;

pub(crate) fn run(case: &Case) -> Outcome {
    match fitted(case) {
        Ok(fit) => {
            let mut compare = case.compare();
            match fit {
                Ok(fit) => summary(&mut compare, &fit),
                Err(error @ LocationScaleError::VanishingScale) if endless(&compare) => {
                    compare.by_design.push(format!("rma.ls: {error}"));
                }
                Err(error) => compare.fail(error.to_string()),
            }
            compare.done()
        }
        Err(reason) => not_yet(reason),
    }
}

/// Whether the reference stopped somewhere on the way of a scale coefficient to infinity.
fn endless(compare: &Comparison) -> bool {
    let errors = compare.expect["se_alpha"].as_array();
    errors.is_some_and(|it| it.iter().any(|se| se.as_f64().is_none_or(|se| se > 100.0)))
}

type Fitted = Result<LocationScale, LocationScaleError>;

fn fitted(case: &Case) -> Result<Fitted, String> {
    let args = case.args();
    let (yi, vi) = (fit::column(case, &args["yi"])?, fit::column(case, &args["vi"])?);
    let (mods, scale) = (terms(&args["mods"]), terms(&args["scale"]));
    let known = |terms: &[Value]| fit::complete(case, terms, yi.len());
    let (in_location, in_scale) = (known(&mods), known(&scale));
    let given: Vec<usize> = match args["rows"].as_array() {
        Some(rows) => rows.iter().map(index).collect(),
        None => (0..yi.len()).collect(),
    };
    let rows: Vec<usize> = given
        .into_iter()
        .filter(|&row| !yi[row].is_nan() && !vi[row].is_nan() && in_location[row] && in_scale[row])
        .collect();
    let effects: Vec<Effect> =
        rows.iter().map(|&row| Effect { estimate: yi[row], variance: vi[row] }).collect();
    let intercept = args["intercept"].as_bool() != Some(false);
    let location = fit::design(case, &mods, intercept, &rows)?;
    let scale = fit::design(case, &scale, true, &rows)?;
    Ok(location_scale(&effects, &location, &scale, &options(case)?))
}

/// Terms, of which some are only the name of a numeric variable.
fn terms(value: &Value) -> Vec<Value> {
    let plain = |term: &Value| if term.is_string() { json!({ "num": term }) } else { term.clone() };
    value.as_array().map_or_else(Vec::new, |terms| terms.iter().map(plain).collect())
}

fn options(case: &Case) -> Result<LocationScaleOptions, String> {
    let link = match case.text("link").unwrap_or("log") {
        "log" => ScaleLink::Log,
        "identity" => ScaleLink::Identity,
        other => return Err(format!("link {other}")),
    };
    let likelihood = match case.text("method").unwrap_or("REML") {
        "REML" => ScaleLikelihood::Restricted,
        "ML" => ScaleLikelihood::Full,
        other => return Err(format!("method {other}")),
    };
    let test = match case.text("test").unwrap_or("z") {
        "z" => GlmmTest::Z,
        "t" => GlmmTest::T,
        other => return Err(format!("test {other}")),
    };
    Ok(LocationScaleOptions { link, likelihood, test, level: case.level() })
}

fn summary(compare: &mut Comparison, fit: &LocationScale) {
    if higher(compare, fit) {
        compare.by_design.push("rma.ls: the reference's search ended below the maximum".into());
        return;
    }
    compare.number("k", fit.k as f64);
    coefficients(compare, &fit.location, ["beta", "se", "zval", "pval", "ci_lb", "ci_ub"]);
    let scale = ["alpha", "se_alpha", "zval_alpha", "pval_alpha", "ci_lb_alpha", "ci_ub_alpha"];
    coefficients(compare, &fit.scale, scale);
    compare.numbers("tau2", &fit.tau2);
    if !compare.expect["QS"].is_null() {
        compare.number("QS", fit.q_s.statistic);
        compare.p_value("QSp", fit.q_s.p_value, fit.q_s.statistic);
    }
    compare.number("QE", fit.q_e);
    if !compare.expect["QEp"].is_null() {
        compare.p_value("QEp", fit.q_e_p_value, fit.q_e);
    }
    compare.number("QM", fit.q_m.statistic);
    compare.p_value("QMp", fit.q_m.p_value, fit.q_m.statistic);
    let expected = &compare.expect["fit"];
    let reml = fit.fit.reml.as_ref().filter(|_| expected["REML"]["ll"].is_number());
    for (name, it) in [("ML", Some(&fit.fit.ml)), ("REML", reml)] {
        if let Some(it) = it {
            compare.within(&expected[name], |compare| criteria(compare, it));
        }
    }
}

/// Whether the likelihood that was maximised is higher here than at the reference's answer.
fn higher(compare: &Comparison, fit: &LocationScale) -> bool {
    let expected = |name: &str| compare.expect["fit"][name]["ll"].as_f64();
    match (expected("REML"), expected("ML"), &fit.fit.reml) {
        (Some(reml), _, Some(found)) => found.ll > reml + 1e-3,
        (_, Some(ml), _) => fit.fit.ml.ll > ml + 1e-3,
        _ => false,
    }
}

fn criteria(compare: &mut Comparison, it: &LikelihoodFit) {
    compare.number("ll", it.ll);
    compare.number("dev", it.deviance);
    compare.number("AIC", it.aic);
    compare.number("BIC", it.bic);
    compare.number("AICc", it.aicc);
}

fn coefficients(compare: &mut Comparison, got: &[Coefficient], fields: [&str; 6]) {
    let columns: [fn(&Coefficient) -> f64; 6] = [
        |it| it.estimate,
        |it| it.se,
        |it| it.statistic,
        |it| it.p_value,
        |it| it.ci.lower,
        |it| it.ci.upper,
    ];
    for (field, column) in fields.into_iter().zip(columns) {
        if compare.expect[field].is_null() {
            continue;
        }
        for (position, it) in got.iter().enumerate() {
            // At the boundary the reference has no standard errors of the scale.
            let expected = compare.expect[field][position].as_f64();
            if expected.is_none() {
                compare.touch(field);
            } else if field.starts_with("pval") {
                compare.p_number(field, it.p_value, expected, it.statistic * it.statistic);
            } else {
                compare.value(field, Some(column(it)), expected);
            }
        }
    }
}
