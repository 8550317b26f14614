//! `rma.uni` and what is asked of its fits.

use consilience_stats::{
    Blup, Coefficient, Contrast, Effect, HeterogeneityInterval, Interval, Matrix, Model, PoolError,
    PoolOptions, Pooled, Prediction, PredictionMethod, Regression, RegressionOptions, Subgroup,
    SubgroupAnalysis, SubgroupTau2, Tau2IntervalMethod, Tau2Method, WaldTest, Weighting, pool,
    subgroup_analysis,
};
use serde_json::Value;

use super::case::{Case, Comparison, Outcome, index, label, not_yet, scalar};
use super::fit::Fit;

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

pub(crate) fn pool_options(options: &RegressionOptions) -> PoolOptions {
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
    let args = case.args();
    let fit = match fitted(case, &args["model"]) {
        Ok(fit) => fit,
        Err(outcome) => return outcome,
    };
    // metafor spells the type "riley"; the collection asked for "Riley", which metafor took for its default. The
    // k - p - 1 interval is checked against metafor in the reference values and by the RevMan cases (pi_t_km2).
    let method = match case.text("pi_type") {
        Some("default" | "Riley") => PredictionMethod::AsTest,
        Some("t") => PredictionMethod::PartlettRiley,
        Some("simple") => PredictionMethod::KnownMean,
        Some("riley") => PredictionMethod::HigginsThompsonSpiegelhalter,
        other => return not_yet(format!("prediction interval of type {other:?}")),
    };
    let rows = match args["newmods"].as_array() {
        Some(rows) => {
            let intercept = fit.design().has_intercept();
            let values = rows.iter().flat_map(|row| {
                let row = row.as_array().unwrap().iter().map(|value| value.as_f64().unwrap());
                intercept.then_some(1.0).into_iter().chain(row)
            });
            Matrix::from_row_iterator(rows.len(), fit.p(), values.collect::<Vec<_>>())
        }
        None if fit.p() == 1 && fit.design().has_intercept() => Matrix::from_element(1, 1, 1.0),
        None => fit.design().matrix().clone(),
    };
    let mut compare = case.compare();
    match fit.predict(&rows, method, case.level()) {
        Ok(predictions) => {
            let mut column = |name: &str, value: fn(&Prediction) -> f64| {
                compare.numbers(name, &predictions.iter().map(value).collect::<Vec<_>>());
            };
            column("pred", |it| it.estimate);
            column("se", |it| it.se);
            column("ci_lb", |it| it.ci.lower);
            column("ci_ub", |it| it.ci.upper);
            if compare.expect["pi_lb"].is_null() {
                if predictions.iter().any(|it| it.prediction.is_some()) {
                    compare.fail("a prediction interval, expected none");
                }
            } else {
                let side = |of: fn(Interval) -> f64| -> Vec<Option<f64>> {
                    predictions.iter().map(|it| it.prediction.map(of)).collect()
                };
                compare.array("pi_lb", &side(|it| it.lower));
                compare.array("pi_ub", &side(|it| it.upper));
            }
            if let Some(df) = compare.expect["pi_ddf"][0].as_f64() {
                compare.value("pi_ddf", Some(pi_df(&fit, method)), Some(df));
            }
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

/// Degrees of freedom of the t distribution that a prediction interval uses.
fn pi_df(fit: &Regression, method: PredictionMethod) -> f64 {
    let residual = fit.k() as f64 - fit.p() as f64;
    match method {
        PredictionMethod::HigginsThompsonSpiegelhalter => residual - 1.0,
        _ => residual,
    }
}

/// The regression that `args` describe, or what became of it.
pub(crate) fn fitted(case: &Case, args: &Value) -> Result<Regression, Outcome> {
    let fit = Fit::of(case, args).map_err(not_yet)?;
    fit.run().map_err(|error| {
        let mut compare = case.compare();
        compare.fail(error.to_string());
        compare.done()
    })
}

pub(crate) fn weights(case: &Case) -> Outcome {
    let fit = match fitted(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(outcome) => return outcome,
    };
    let mut compare = case.compare();
    compare.numbers("weights_pct", &fit.weights());
    compare.done()
}

/// What the square root of a τ² may be that the reference's step halving left above 0 (the collection's boundary rule).
fn root_of_almost_nothing(fit: &Regression) -> f64 {
    let mut variances: Vec<f64> = fit.effects().iter().map(|effect| effect.variance).collect();
    variances.sort_by(f64::total_cmp);
    if fit.tau2 > 0.0 { 0.0 } else { (1e-9 * variances[variances.len() / 2]).sqrt() }
}

pub(crate) fn blup(case: &Case) -> Outcome {
    let fit = match fitted(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(outcome) => return outcome,
    };
    let mut compare = case.compare();
    let effects = if case.function() == "blup" { fit.blups() } else { fit.random_effects() };
    compare.allow(root_of_almost_nothing(&fit));
    let mut column = |name: &str, value: fn(&Blup) -> f64| {
        if !compare.expect[name].is_null() {
            compare.numbers(name, &effects.iter().map(value).collect::<Vec<_>>());
        }
    };
    column("pred", |it| it.estimate);
    column("se", |it| it.se);
    column("pi_lb", |it| it.interval.lower);
    column("pi_ub", |it| it.interval.upper);
    compare.done()
}

pub(crate) fn anova(case: &Case) -> Outcome {
    let args = case.args();
    let fit = match fitted(case, &args["model"]) {
        Ok(fit) => fit,
        Err(outcome) => return outcome,
    };
    let mut compare = case.compare();
    let joint = if let Some(tested) = args["btt0"].as_array() {
        let tested: Vec<usize> = tested.iter().map(index).collect();
        fit.wald_test(&tested).map(Some)
    } else {
        let rows = args["X"].as_array().unwrap();
        let values = rows
            .iter()
            .flat_map(|row| row.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()));
        let x = Matrix::from_row_iterator(rows.len(), fit.p(), values.collect::<Vec<_>>());
        fit.contrast(&x).map(|contrasts| {
            let mut column = |name: &str, value: fn(&Contrast) -> f64| {
                compare.numbers(name, &contrasts.rows.iter().map(value).collect::<Vec<_>>());
            };
            column("Xb", |it| it.estimate);
            column("se", |it| it.se);
            column("zval", |it| it.statistic);
            for (i, row) in contrasts.rows.iter().enumerate() {
                let expected = compare.expect["pval"][i].as_f64();
                compare.p_number("pval", row.p_value, expected, row.statistic * row.statistic);
            }
            contrasts.joint
        })
    };
    match joint {
        Ok(Some(joint)) => compare_wald(&mut compare, &joint),
        Ok(None) if compare.expect["QM"].is_null() => {}
        Ok(None) => compare.fail("no joint test"),
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

pub(crate) fn likelihood_ratio(case: &Case) -> Outcome {
    let args = case.args();
    if args["full"].is_null() {
        return super::multivariate::likelihood_ratio(case);
    }
    let fits =
        fitted(case, &args["full"]).and_then(|full| Ok((full, fitted(case, &args["reduced"])?)));
    let (full, reduced) = match fits {
        Ok(fits) => fits,
        Err(outcome) => return outcome,
    };
    let mut compare = case.compare();
    match full.likelihood_ratio_test(&reduced) {
        Ok(test) => {
            compare.number("LRT", test.statistic);
            compare.p_value("pval", test.p_value, test.statistic);
            compare.number("parms_f", test.parameters_full as f64);
            compare.number("parms_r", test.parameters_reduced as f64);
            if !compare.expect["R2"].is_null() {
                compare.number("R2", test.r2);
            }
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

pub(crate) fn vif(case: &Case) -> Outcome {
    let fit = match fitted(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(outcome) => return outcome,
    };
    let mut compare = case.compare();
    match fit.variance_inflation() {
        Ok(factors) => {
            compare.numbers("vif", &factors.iter().map(|it| it.factor).collect::<Vec<_>>());
            for (factor, name) in factors.iter().zip(compare.expect["names"].as_array().unwrap()) {
                if name.as_str() != Some(&factor.name) {
                    compare.fail(format!("{}, expected {name}", factor.name));
                }
            }
            compare.touch("names");
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

pub(crate) fn profile(case: &Case) -> Outcome {
    let fit = match fitted(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(outcome) => return outcome,
    };
    let tau2: Vec<f64> =
        case.args()["tau2"].as_array().unwrap().iter().map(|it| it.as_f64().unwrap()).collect();
    let mut compare = case.compare();
    match fit.log_likelihood_profile(&tau2) {
        Ok(profile) => compare.numbers("ll", &profile),
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

pub(crate) fn subgroup(case: &Case) -> Outcome {
    let args = case.args();
    let tau2 = match case.text("tau2") {
        Some("separate") => SubgroupTau2::Separate,
        Some("common") => SubgroupTau2::Common,
        other => return not_yet(format!("tau2 {other:?}")),
    };
    let without_tau2 = Value::Object(
        args.as_object()
            .unwrap()
            .iter()
            .filter(|(key, _)| *key != "tau2")
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    );
    let fit = match Fit::of(case, &without_tau2) {
        Ok(fit) => fit,
        Err(reason) => return not_yet(reason),
    };
    let labels = case.labels("by");
    let labels: Vec<&str> = fit.rows.iter().map(|&row| labels[row].as_str()).collect();
    let levels: Vec<String> = args["levels"].as_array().unwrap().iter().map(label).collect();
    let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
    // Studies without a level belong to no subgroup.
    let known: Vec<usize> = (0..labels.len()).filter(|&i| levels.contains(&labels[i])).collect();
    let effects: Vec<Effect> = known.iter().map(|&i| fit.effects[i]).collect();
    let labels: Vec<&str> = known.iter().map(|&i| labels[i]).collect();
    let options = pool_options(&fit.options);
    let mut compare = case.compare();
    match subgroup_analysis(&effects, &labels, &levels, &options, tau2) {
        Ok(analysis) => compare_subgroups(&mut compare, &analysis),
        Err(error) => compare.fail(error.to_string()),
    }
    if let Some(expected) = scalar(&compare.expect["overall_beta"]) {
        let overall = pool(&fit.effects, &options).unwrap();
        compare.value("overall_beta", Some(overall.estimate), Some(expected));
        compare.number("overall_se", overall.se);
    }
    compare.done()
}

fn compare_subgroups(compare: &mut Comparison, analysis: &SubgroupAnalysis) {
    let groups = &analysis.groups;
    let mut column = |name: &str, value: fn(&Subgroup) -> f64| {
        if !compare.expect[name].is_null() {
            compare.numbers(name, &groups.iter().map(value).collect::<Vec<_>>());
        }
    };
    column("k", |group| group.k as f64);
    column("beta", |group| group.estimate);
    column("se", |group| group.se);
    column("ci_lb", |group| group.ci.lower);
    column("ci_ub", |group| group.ci.upper);
    column("tau2", |group| group.tau2);
    column("I2", |group| group.i2);
    column("QE", |group| group.q);
    if compare.expect["QEp"].is_array() {
        for (position, group) in groups.iter().enumerate() {
            let expected = compare.expect["QEp"][position].as_f64();
            compare.p_number("QEp", group.q_p_value, expected, group.q);
        }
    }
    compare.touch("levels");
    let test = analysis.test;
    compare.number("Q_between", test.statistic);
    compare.number("Q_between_df", test.df1);
    compare.p_value("Q_between_p", test.p_value, test.statistic);
}

pub(crate) fn confint(case: &Case) -> Outcome {
    let fit = match fitted(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(outcome) => return outcome,
    };
    let method = match case.text("type") {
        Some("QP") => Tau2IntervalMethod::QProfile,
        Some("GENQ") => Tau2IntervalMethod::GeneralisedQ,
        Some("PL") => Tau2IntervalMethod::ProfileLikelihood,
        other => return not_yet(format!("interval of type {other:?}")),
    };
    let mut compare = case.compare();
    match fit.tau2_interval(method, case.level()) {
        Ok(interval) => compare_heterogeneity(&mut compare, &fit, &interval, case),
        Err(error) => compare.fail(error.to_string()),
    }
    if !compare.expect["fixed_lb"].is_null() {
        let intervals = fit.coefficient_intervals(case.level()).unwrap();
        let side = |of: fn(&Interval) -> f64| intervals.iter().map(of).collect::<Vec<_>>();
        compare.touch("fixed_names");
        compare.numbers(
            "fixed_estimate",
            &fit.coefficients.iter().map(|it| it.estimate).collect::<Vec<_>>(),
        );
        compare.numbers("fixed_lb", &side(|it| it.lower));
        compare.numbers("fixed_ub", &side(|it| it.upper));
    }
    compare.done()
}

fn compare_heterogeneity(
    compare: &mut Comparison,
    fit: &Regression,
    got: &HeterogeneityInterval,
    case: &Case,
) {
    compare.touch("names");
    compare.allow(root_of_almost_nothing(fit));
    compare.numbers("estimate", &[fit.tau2, fit.tau2.sqrt(), fit.i2, fit.h2]);
    let limits = [got.tau2, got.tau, got.i2, got.h2];
    compare.numbers("ci_lb", &limits.map(|it| it.lower));
    compare.touch("ci_null");
    if compare.expect["ci_null"].as_bool() != Some(got.is_empty) {
        compare.fail(format!("empty {}, expected {}", got.is_empty, compare.expect["ci_null"]));
    }
    // "<" is said of limits at 0 when the interval is empty, ">" of an upper limit beyond the range that was searched.
    compare.touch("lb_sign");
    compare.touch("ub_sign");
    let sign = |value: &Value| value.as_str() == Some("<");
    if sign(&compare.expect["ub_sign"]) != got.is_empty {
        compare.fail(format!("sign of the upper limit, expected {}", compare.expect["ub_sign"]));
    }
    if compare.expect["ub_sign"].as_str() == Some(">") {
        let searched = case.number("tau2_max");
        if got.tau2.upper <= searched {
            compare.fail(format!("upper limit {}, expected one above {searched}", got.tau2.upper));
        }
        compare.by_design.push("confint: upper limit beyond the range searched".to_owned());
    } else {
        compare.numbers("ci_ub", &limits.map(|it| it.upper));
    }
}
