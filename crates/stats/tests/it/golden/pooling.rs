//! `rma.uni` without moderators and what is asked of its fits.

use consilience_stats::{
    CiMethod, Coefficient, Effect, Model, PoolError, PoolOptions, Pooled, PredictionMethod,
    Regression, RegressionOptions, Tau2Method, WaldTest, Weighting, egger, pool,
    tau2_interval_q_profile, test_for_subgroup_differences,
};
use serde_json::Value;

use super::case::{Case, Comparison, Outcome, label, level_of, model, not_yet, scalar};
use super::fit::Fit;

/// The options that `rma.uni` arguments ask for, or why the engine lacks them.
fn options(args: &Value) -> Result<PoolOptions, String> {
    let method = args["method"].as_str().ok_or("no method")?;
    let model = model(method).ok_or(format!("method {method}"))?;
    let ci = match args["test"].as_str().unwrap_or("z") {
        "z" => CiMethod::Wald,
        "knha" => CiMethod::HartungKnapp,
        "adhoc" => CiMethod::HartungKnappAdHoc,
        other => return Err(format!("test {other}")),
    };
    Ok(PoolOptions { model, ci, level: level_of(args), prediction: None })
}

/// The effects and options of a fit, or why it is beyond the engine.
fn fit_of(case: &Case, args: &Value) -> Result<(Vec<Effect>, PoolOptions), String> {
    Ok((case.effects(args)?, options(args)?))
}

pub(crate) fn rma_uni(case: &Case) -> Outcome {
    let fit = match Fit::of(case, case.args()) {
        Ok(fit) => fit,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    match fit.run() {
        Ok(regression) => compare_fit(&mut compare, &regression, &fit),
        Err(error @ PoolError::HartungKnappNoVariation)
            if scalar(&compare.expect["se"]) == Some(0.0) =>
        {
            compare.by_design.push(format!("rma.uni: {error}"));
        }
        Err(error) => compare.fail(error.to_string()),
    }
    // Without moderators `pool` is a second way to the same numbers.
    if fit.design.p() == 1
        && fit.design.has_intercept()
        && fit.options.weighting == Weighting::InverseVariance
        && let Ok(pooled) = pool(&fit.effects, &pool_options(&fit.options))
    {
        compare_pooled(&mut compare, &pooled, &fit.options);
    }
    compare.done()
}

fn pool_options(options: &RegressionOptions) -> PoolOptions {
    PoolOptions { model: options.model, ci: options.ci, level: options.level, prediction: None }
}

fn compare_fit(compare: &mut Comparison, fit: &Regression, asked: &Fit) {
    let coefficients = &fit.coefficients;
    let names: Vec<&str> =
        compare.expect["coef_names"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    compare.touch("coef_names");
    for (name, coefficient) in names.iter().zip(coefficients) {
        if *name != coefficient.name {
            compare.fail(format!("coefficient {}, expected {name}", coefficient.name));
        }
    }
    let mut column = |name: &str, value: fn(&Coefficient) -> f64| {
        compare.numbers(name, &coefficients.iter().map(value).collect::<Vec<_>>());
    };
    column("beta", |it| it.estimate);
    column("se", |it| it.se);
    column("zval", |it| it.statistic);
    for (j, it) in coefficients.iter().enumerate() {
        // A limit near 0 inherits the rounding of the estimate (of the intercept at year 0, say).
        let size = it.estimate.abs().max(it.ci.lower.abs()).max(it.ci.upper.abs());
        let (lower, upper) = (&compare.expect["ci_lb"][j], &compare.expect["ci_ub"][j]);
        compare.scaled("ci_lb", it.ci.lower, lower.as_f64(), size);
        compare.scaled("ci_ub", it.ci.upper, upper.as_f64(), size);
        let expected = compare.expect["pval"][j].as_f64();
        compare.p_number("pval", it.p_value, expected, it.statistic * it.statistic);
    }
    if let Some(rows) = compare.expect["vb"].as_array() {
        for (i, row) in rows.iter().enumerate() {
            for (j, expected) in row.as_array().unwrap().iter().enumerate() {
                // Covariances that are 0 but for rounding are so on the scale of the variances.
                let size = (fit.vcov[(i, i)] * fit.vcov[(j, j)]).sqrt();
                compare.scaled("vb", fit.vcov[(i, j)], expected.as_f64(), size);
            }
        }
    }
    compare.number("k", fit.k() as f64);
    compare.number("p", fit.p() as f64);
    let ddf = compare.expect["ddf"].as_f64();
    compare.value("ddf", fit.df, ddf);
    compare.number("tau2", fit.tau2);
    if matches!(asked.options.model, Model::RandomEffects(_)) && fit.k() > 1 {
        compare.number("se_tau2", fit.se_tau2.unwrap_or(f64::NAN));
    }
    compare.number("I2", fit.i2);
    compare.number("H2", fit.h2);
    let r2 = compare.expect["R2"].as_f64();
    let iterated = Model::RandomEffects(Tau2Method::IteratedDerSimonianLaird);
    if r2.is_none() && asked.options.model == iterated {
        compare.by_design.push("rma.uni: R2, where the reference's null model diverges".to_owned());
    } else {
        compare.value("R2", fit.r2, r2);
    }
    compare.number("vt", fit.typical_variance);
    compare.number("QE", fit.q_e);
    compare.number("QE_df", fit.q_e_df);
    compare.p_value("QEp", fit.q_e_p_value, fit.q_e);
    compare_wald(compare, &fit.q_m);
    compare.number("s2w", fit.s2w);
    compare_likelihoods(compare, fit);
}

fn compare_wald(compare: &mut Comparison, test: &WaldTest) {
    compare.number("QM", test.statistic);
    let df: Vec<Option<f64>> =
        compare.expect["QM_df"].as_array().unwrap().iter().map(Value::as_f64).collect();
    compare.value("QM_df[0]", Some(test.df1), df[0]);
    compare.value("QM_df[1]", test.df2, df[1]);
    compare.p_value("QMp", test.p_value, test.statistic * test.df1);
}

fn compare_likelihoods(compare: &mut Comparison, fit: &Regression) {
    let expected = &compare.expect["fit"];
    for (name, likelihood) in [("ML", Some(fit.fit.ml)), ("REML", fit.fit.reml)] {
        let expected = &expected[name];
        if expected.is_null() {
            continue;
        }
        let Some(likelihood) = likelihood else {
            let reason = "rma.uni: no restricted likelihood of as many studies as coefficients";
            compare.by_design.push(reason.to_owned());
            continue;
        };
        compare.within(expected, |compare| {
            compare.number("ll", likelihood.ll);
            compare.number("dev", likelihood.deviance);
            compare.number("AIC", likelihood.aic);
            compare.number("BIC", likelihood.bic);
            compare.number("AICc", likelihood.aicc);
        });
    }
}

fn compare_pooled(compare: &mut Comparison, pooled: &Pooled, options: &RegressionOptions) {
    compare.number("k", pooled.k as f64);
    compare.number("beta", pooled.estimate);
    compare.number("se", pooled.se);
    compare.number("zval", pooled.statistic);
    compare.p_value("pval", pooled.p_value, pooled.statistic * pooled.statistic);
    compare.number("ci_lb", pooled.ci.lower);
    compare.number("ci_ub", pooled.ci.upper);
    let df = compare.expect["ddf"].as_f64();
    compare.value("ddf", pooled.df, df);
    compare.number("tau2", pooled.tau2);
    if matches!(options.model, Model::RandomEffects(_)) && pooled.k > 1 {
        compare.number("se_tau2", pooled.se_tau2.unwrap_or(f64::NAN));
    }
    compare.number("I2", pooled.i2);
    compare.number("H2", pooled.h2);
    compare.number("QE", pooled.q);
    compare.number("QE_df", pooled.q_df);
    compare.p_value("QEp", pooled.q_p_value, pooled.q);
}

pub(crate) fn predict(case: &Case) -> Outcome {
    if !case.args()["newmods"].is_null() {
        return not_yet("moderators");
    }
    let args = &case.args()["model"];
    let (effects, options) = match fit_of(case, args) {
        Ok(fit) => fit,
        Err(reason) => return not_yet(reason),
    };
    // metafor spells the type "riley"; the collection asked for "Riley", which metafor took for its default. The
    // k - 2 interval is checked against metafor in the reference values and by the RevMan cases (pi_t_km2).
    let method = match (case.text("pi_type"), options.ci) {
        (Some("default" | "Riley"), CiMethod::Wald) => PredictionMethod::Normal,
        (Some("default" | "Riley" | "t"), _) => PredictionMethod::PartlettRiley,
        (other, _) => return not_yet(format!("prediction interval of type {other:?}")),
    };
    let options = PoolOptions { level: case.level(), prediction: Some(method), ..options };
    let mut compare = case.compare();
    match pool(&effects, &options) {
        Ok(pooled) => {
            compare.number("pred", pooled.estimate);
            compare.number("se", pooled.se);
            compare.number("ci_lb", pooled.ci.lower);
            compare.number("ci_ub", pooled.ci.upper);
            match pooled.prediction {
                Some(interval) => {
                    compare.number("pi_lb", interval.lower);
                    compare.number("pi_ub", interval.upper);
                }
                None if options.model == Model::CommonEffect || pooled.k < 3 => {
                    return not_yet("prediction interval of a common-effect fit or of two studies");
                }
                None => compare.fail("no prediction interval"),
            }
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

pub(crate) fn weights(case: &Case) -> Outcome {
    let (effects, options) = match fit_of(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    match pool(&effects, &options) {
        Ok(pooled) => compare.numbers("weights_pct", &pooled.weights),
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

pub(crate) fn leave_one_out(case: &Case) -> Outcome {
    let (effects, options) = match fit_of(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    let fits = match consilience_stats::leave_one_out(&effects, &options) {
        Ok(fits) => fits,
        Err(error) => {
            compare.fail(error.to_string());
            return compare.done();
        }
    };
    let mut column = |name: &str, value: fn(&Pooled) -> f64| {
        if !compare.expect[name].is_null() {
            compare.numbers(name, &fits.iter().map(value).collect::<Vec<_>>());
        }
    };
    column("estimate", |fit| fit.estimate);
    column("se", |fit| fit.se);
    column("zval", |fit| fit.statistic);
    column("ci_lb", |fit| fit.ci.lower);
    column("ci_ub", |fit| fit.ci.upper);
    column("Q", |fit| fit.q);
    column("tau2", |fit| fit.tau2);
    column("I2", |fit| fit.i2);
    column("H2", |fit| fit.h2);
    for (position, fit) in fits.iter().enumerate() {
        for (name, p, squared) in
            [("pval", fit.p_value, fit.statistic * fit.statistic), ("Qp", fit.q_p_value, fit.q)]
        {
            let expected = &compare.expect[name][position];
            if !expected.is_null() {
                compare.p_number(name, p, expected.as_f64(), squared);
            }
        }
    }
    compare.done()
}

pub(crate) fn subgroup(case: &Case) -> Outcome {
    let args = case.args();
    if case.text("tau2") != Some("separate") {
        return not_yet("a common tau2 for all subgroups");
    }
    let Some(model) = args["method"].as_str().and_then(model) else {
        return not_yet("method");
    };
    let without_tau2 = Value::Object(
        args.as_object()
            .unwrap()
            .iter()
            .filter(|(key, _)| *key != "tau2")
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    );
    let rows = case.effects_with_rows(&without_tau2).unwrap();
    let labels = case.labels("by");
    let options = PoolOptions { model, prediction: None, ..PoolOptions::default() };
    let mut compare = case.compare();
    let fits: Vec<Pooled> = args["levels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|level| {
            let effects: Vec<Effect> = rows
                .iter()
                .filter(|(row, _)| labels[*row] == label(level))
                .map(|(_, effect)| *effect)
                .collect();
            pool(&effects, &options).unwrap()
        })
        .collect();
    let mut column = |name: &str, value: fn(&Pooled) -> f64| {
        compare.numbers(name, &fits.iter().map(value).collect::<Vec<_>>());
    };
    column("k", |fit| fit.k as f64);
    column("beta", |fit| fit.estimate);
    column("se", |fit| fit.se);
    column("ci_lb", |fit| fit.ci.lower);
    column("ci_ub", |fit| fit.ci.upper);
    column("tau2", |fit| fit.tau2);
    column("I2", |fit| fit.i2);
    column("QE", |fit| fit.q);
    for (position, fit) in fits.iter().enumerate() {
        let expected = compare.expect["QEp"][position].as_f64();
        compare.p_number("QEp", fit.q_p_value, expected, fit.q);
    }
    let between: Vec<Effect> = fits
        .iter()
        .map(|fit| Effect { estimate: fit.estimate, variance: fit.se * fit.se })
        .collect();
    let test = test_for_subgroup_differences(&between).unwrap();
    compare.number("Q_between", test.q);
    compare.number("Q_between_df", test.df);
    compare.p_value("Q_between_p", test.p_value, test.q);
    compare.done()
}

pub(crate) fn regtest(case: &Case) -> Outcome {
    if case.text("reg_model") != Some("lm") {
        return not_yet("mixed-effects regression test");
    }
    if case.text("predictor") != Some("sei") {
        return not_yet(format!("predictor {:?}", case.text("predictor")));
    }
    let effects = match case.effects(&case.args()["model"]) {
        Ok(effects) => effects,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    match egger(&effects) {
        Ok(test) => {
            compare.number("stat", test.statistic);
            compare.p_value("pval", test.p_value, test.statistic * test.statistic);
            compare.number("ddf", test.df);
            if !compare.expect["est"].is_null() {
                let limit = test.limit_interval(0.95).unwrap();
                compare.number("est", test.slope);
                compare.number("ci_lb", limit.lower);
                compare.number("ci_ub", limit.upper);
                compare.numbers("coef", &[test.slope, test.intercept]);
            }
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

pub(crate) fn confint(case: &Case) -> Outcome {
    if case.text("type") != Some("QP") {
        return not_yet("profile likelihood");
    }
    let effects = match case.effects(&case.args()["model"]) {
        Ok(effects) => effects,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    match tau2_interval_q_profile(&effects, case.level()) {
        Ok(interval) => {
            let empty = compare.expect["ci_null"].as_bool() == Some(true);
            let at_limit = compare.expect["ub_sign"].as_str() == Some(">");
            let lower = compare.expect["ci_lb"][0].as_f64();
            let upper = compare.expect["ci_ub"][0].as_f64();
            if empty {
                compare.value("ci_lb[0]", Some(interval.lower), Some(0.0));
                compare.value("ci_ub[0]", Some(interval.upper), Some(0.0));
            } else if at_limit {
                return not_yet("upper limit beyond the reference's search range");
            } else {
                compare.value("ci_lb[0]", Some(interval.lower), lower);
                compare.value("ci_ub[0]", Some(interval.upper), upper);
            }
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}
