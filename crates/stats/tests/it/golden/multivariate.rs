//! `rma.mv`, what is asked of its fits, and what prepares its input.

mod model;
mod prepare;

use consilience_stats::Matrix;
use consilience_stats::multivariate::{Component, FitNote, MultilevelFit, RandomEffect};
use serde_json::Value;

use super::case::{Case, Comparison, Outcome, not_yet, scalar};
pub(crate) use model::{Fitted, fit_of};

pub(crate) fn run(case: &Case) -> Outcome {
    match case.function() {
        "vcalc" => return prepare::vcalc(case),
        "rcalc" => return prepare::rcalc(case),
        "aggregate" => return prepare::aggregate(case),
        "matreg" => return prepare::matreg(case),
        _ => {}
    }
    let fitted = match fit_of(case) {
        Ok(fitted) => fitted,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    match &fitted.fit {
        Err(error) => compare.fail(error.to_string()),
        Ok(fit) => {
            answers(case, &mut compare, fit, &fitted);
            if compare.has_failed() && is_on_edge(fit) {
                compare = case.compare();
                loosen(&mut compare);
                answers(case, &mut compare, fit, &fitted);
            }
        }
    }
    fitted.excuse(&mut compare);
    compare.done()
}

fn answers(case: &Case, compare: &mut Comparison, fit: &MultilevelFit, fitted: &Fitted) {
    match case.function() {
        "rma.mv" => rma_mv(case, compare, fit, fitted),
        "predict.mv" => predict(case, compare, fit),
        "confint.mv" => confint(case, compare, fit, fitted),
        "rstandard.mv" => {
            let residuals = fit.standardized_residuals();
            compare.numbers("resid", &residuals.residual);
            compare.numbers("se", &residuals.se);
            compare.numbers("z", &residuals.z);
        }
        "weights.mv" => {
            let weights = fit.weights();
            compare.numbers("weights_diag", &weights.diagonal);
            // Only means have them.
            if compare.expect["weights_rowsum"].is_array() {
                compare.numbers("weights_rowsum", &weights.row_sums);
            }
        }
        "ranef.mv" => ranef(compare, fit, fitted),
        "anova.contrast.mv" => contrast(case, compare, fit),
        other => compare.fail(format!("unknown function {other}")),
    }
}

/// Whether a variance is estimated as 0 or a correlation as ±1.
pub(crate) fn is_on_edge(fit: &MultilevelFit) -> bool {
    fit.notes.iter().any(|note| {
        matches!(note, FitNote::VarianceAtZero { .. } | FitNote::CorrelationAtEdge { .. })
    })
}

/// On the edge metafor stops short, of a variance of 0 by up to 1e-7 or so; everything then differs by about as much.
pub(crate) fn loosen(compare: &mut Comparison) {
    compare.loosen(5e-5, 1e-6);
    compare.by_design.push(
        "the maximum is on the edge (a variance of 0, a correlation of 1), which metafor only approaches".into(),
    );
}

/// `anova` of two `rma.mv` fits.
pub(crate) fn likelihood_ratio(case: &Case) -> Outcome {
    let named = |key: &str| {
        let id = case.text(key).ok_or(format!("no {key}"))?;
        let holder = case.siblings().find(|other| other.id() == id).ok_or("no such model")?;
        fit_of(&holder)
    };
    let (full, reduced) =
        match named("full_case").and_then(|full| Ok((full, named("reduced_case")?))) {
            Ok(fits) => fits,
            Err(reason) => return not_yet(reason),
        };
    let mut compare = case.compare();
    match (&full.fit, &reduced.fit) {
        (Ok(fit), Ok(smaller)) => match fit.likelihood_ratio_test(smaller) {
            Ok(test) => {
                compare.number("LRT", test.statistic);
                compare.p_value("pval", test.p_value, test.statistic);
                compare.number("parms_f", test.parameters_full as f64);
                compare.number("parms_r", test.parameters_reduced as f64);
            }
            Err(error) => compare.fail(error.to_string()),
        },
        (Err(error), _) | (_, Err(error)) => compare.fail(error.to_string()),
    }
    full.excuse(&mut compare);
    reduced.excuse(&mut compare);
    compare.done()
}

fn rma_mv(case: &Case, compare: &mut Comparison, fit: &MultilevelFit, fitted: &Fitted) {
    compare.number("k", fit.k() as f64);
    compare.number("p", fit.p() as f64);
    let each = |value: fn(&consilience_stats::Coefficient) -> f64| {
        fit.coefficients.iter().map(value).collect::<Vec<_>>()
    };
    let statistics = each(|it| it.statistic);
    compare.touch("coef_names");
    compare.numbers("beta", &each(|it| it.estimate));
    compare.numbers("se", &each(|it| it.se));
    compare.numbers("zval", &statistics);
    compare.numbers("ci_lb", &each(|it| it.ci.lower));
    compare.numbers("ci_ub", &each(|it| it.ci.upper));
    for (position, p) in each(|it| it.p_value).into_iter().enumerate() {
        let expected = compare.expect["pval"][position].as_f64();
        compare.p_number("pval", p, expected, statistics[position] * statistics[position]);
    }
    compare.array("ddf", &fit.df);
    matrix(compare, "vb", &fit.vcov);
    components(compare, &fit.components, fitted);
    let expected = scalar(&compare.expect["QE"]);
    compare.value("QE", fit.q_e.filter(|_| expected.is_some()), expected);
    compare.number("QE_df", fit.q_e_df);
    if let (Some(q_e), Some(p), Some(_)) = (fit.q_e, fit.q_e_p_value, expected) {
        compare.p_value("QEp", p, q_e);
    }
    compare.number("QM", fit.q_m.statistic);
    compare.array("QM_df", &[Some(fit.q_m.df1), fit.q_m.df2]);
    compare.p_value("QMp", fit.q_m.p_value, fit.q_m.statistic);
    let expect = compare.expect;
    for (name, criteria) in [("ML", Some(fit.fit.ml)), ("REML", fit.fit.reml)] {
        let part = &expect["fit"][name];
        let Some(criteria) = criteria.filter(|_| !part.is_null()) else { continue };
        compare.within(part, |compare| {
            compare.number("ll", criteria.ll);
            // Where V has no inverse, the deviance is infinite and the collection has no criteria.
            if criteria.deviance.is_finite() {
                compare.number("dev", criteria.deviance);
                compare.number("AIC", criteria.aic);
                compare.number("BIC", criteria.bic);
                compare.number("AICc", criteria.aicc);
            }
            for field in ["dev", "AIC", "BIC", "AICc"] {
                compare.touch(field);
            }
        });
    }
    for known in ["polished", "nlminb_gap"] {
        compare.touch(known);
    }
    flat(case, compare, fit);
}

/// The case's own note on an unidentified fit: coefficients to 1e-3 and log-likelihood to 1e-4 only.
fn flat(case: &Case, compare: &mut Comparison, fit: &MultilevelFit) {
    if case.note().is_some_and(|note| note.contains("flat likelihood")) {
        let close = fit.coefficients.iter().enumerate().all(|(j, it)| {
            let expected = compare.expect["beta"][j].as_f64().unwrap();
            (it.estimate - expected).abs() < 1e-3
        });
        let ll = compare.expect["fit"]["REML"]["ll"].as_f64().unwrap();
        let reached = fit.fit.reml.unwrap().ll;
        if close && reached > ll - 1e-4 {
            compare.forgive(format!(
                "rma.mv {}: flat likelihood, compared by coefficients and log-likelihood as its note says ({reached:.6} here, {ll:.6} there)",
                case.id()
            ));
        }
    }
}

fn components(compare: &mut Comparison, components: &[Component], fitted: &Fitted) {
    let intercepts: Vec<&Component> = fitted.of_kind(components, 's');
    if !intercepts.is_empty() {
        let sigma2: Vec<f64> = intercepts.iter().map(|it| it.variances[0]).collect();
        compare.numbers("sigma2", &sigma2);
        let levels: Vec<f64> = intercepts.iter().map(|it| it.groups as f64).collect();
        compare.numbers("s_nlevels", &levels);
        compare.touch("s_names");
    }
    for (kind, [variances, correlations, whole, levels]) in
        [('g', ["tau2", "rho", "G", "g_levels"]), ('h', ["gamma2", "phi", "H", "h_levels"])]
    {
        let Some(component) = fitted.of_kind(components, kind).first().copied() else { continue };
        compare.numbers(variances, &component.variances);
        let expected = compare.expect[correlations].as_array().cloned().unwrap_or_default();
        compare.touch(correlations);
        for (at, rho) in component.correlations.iter().enumerate() {
            if rho.is_nan() {
                compare.by_design.push(
                    "rma.mv: a correlation with an effect whose variance is 0 is not estimated"
                        .into(),
                );
            } else {
                let expected = expected.get(at).and_then(Value::as_f64);
                compare.value(&format!("{correlations}[{at}]"), Some(*rho), expected);
            }
        }
        // Of random slopes the collection lists the rows' coefficients.
        compare.touch(levels);
        // Places are ordered otherwise.
        if compare.expect[whole].is_array() && !fitted.is_spatial {
            matrix(compare, whole, &component.matrix);
        }
    }
}

pub(crate) fn matrix(compare: &mut Comparison, name: &str, got: &Matrix) {
    let Some(expected) = compare.expect[name].as_array() else {
        return;
    };
    compare.touch(name);
    if expected.len() != got.nrows() {
        return compare.fail(format!("{name}: {} rows, expected {}", got.nrows(), expected.len()));
    }
    for (i, row) in expected.iter().enumerate() {
        for (j, expected) in row.as_array().unwrap().iter().enumerate() {
            compare.value(&format!("{name}[{i},{j}]"), Some(got[(i, j)]), expected.as_f64());
        }
    }
}

fn predict(case: &Case, compare: &mut Comparison, fit: &MultilevelFit) {
    let level = case.level();
    let several = fit.components.iter().position(|it| it.variances.len() > 1);
    let predictions = match case.args()["newmods"].as_array() {
        None if fit.p() == 1 => {
            // A mean has one prediction interval a level where the levels' variances differ.
            let count = several.map_or(1, |c| fit.components[c].variances.len());
            let rows = Matrix::from_element(count, 1, 1.0);
            let variances: Vec<Option<f64>> = (0..count)
                .map(|l| {
                    let levels: Vec<Option<usize>> = fit
                        .components
                        .iter()
                        .map(|it| (it.variances.len() > 1).then_some(l))
                        .collect();
                    fit.new_effect_variance(&levels)
                })
                .collect();
            fit.predict(&rows, &variances, level)
        }
        None => fit.fitted(level),
        Some(newmods) => {
            let intercept = fit.coefficients[0].name == "intrcpt";
            let width = fit.p() - usize::from(intercept);
            let values: Vec<f64> = newmods
                .iter()
                .flat_map(|row| {
                    let row = row.as_array().cloned().unwrap_or_else(|| vec![row.clone()]);
                    assert_eq!(row.len(), width);
                    intercept
                        .then_some(1.0)
                        .into_iter()
                        .chain(row.iter().map(|value| value.as_f64().unwrap()).collect::<Vec<_>>())
                        .collect::<Vec<_>>()
                })
                .collect();
            let rows = Matrix::from_row_slice(newmods.len(), fit.p(), &values);
            let variance = fit.new_effect_variance(&vec![None; fit.components.len()]);
            fit.predict(&rows, &vec![variance; newmods.len()], level)
        }
    };
    let predictions = match predictions {
        Ok(predictions) => predictions,
        Err(error) => return compare.fail(error.to_string()),
    };
    let each = |value: fn(&consilience_stats::multivariate::MeanPrediction) -> Option<f64>| {
        predictions.iter().map(value).collect::<Vec<_>>()
    };
    for (name, got) in [
        ("pred", each(|it| Some(it.estimate))),
        ("se", each(|it| Some(it.se))),
        ("ci_lb", each(|it| Some(it.ci.lower))),
        ("ci_ub", each(|it| Some(it.ci.upper))),
        ("pi_lb", each(|it| it.prediction.map(|pi| pi.lower))),
        ("pi_ub", each(|it| it.prediction.map(|pi| pi.upper))),
        ("pi_ddf", each(|it| it.df)),
    ] {
        match &compare.expect[name] {
            Value::Null => {}
            Value::Number(_) => compare.value(name, got[0], compare.expect[name].as_f64()),
            _ => compare.array(name, &got),
        }
    }
}

fn confint(case: &Case, compare: &mut Comparison, fit: &MultilevelFit, fitted: &Fitted) {
    let level = case.level();
    let expect = compare.expect;
    let parts: Vec<Value> = match expect {
        Value::Array(parts) => parts.clone(),
        one => vec![one.clone()],
    };
    for (at, part) in parts.iter().enumerate() {
        let name = part["names"][0].as_str().unwrap();
        let Some(parameter) = fitted.parameter(fit, name) else {
            compare.fail(format!("no parameter {name}"));
            continue;
        };
        let part = if expect.is_array() { &expect[at] } else { expect };
        match fit.profile_interval(parameter, level) {
            Err(error) => compare.fail(format!("{name}: {error}")),
            Ok(interval) => compare.within(part, |compare| {
                for field in ["names", "ci_null", "lb_sign", "ub_sign"] {
                    compare.touch(field);
                }
                let first = |name: &str| part[name][0].as_f64();
                if interval.estimate.is_nan() {
                    compare.touch("estimate");
                } else {
                    compare.value(&format!("estimate[{name}]"), Some(interval.estimate), first("estimate"));
                }
                for (field, got, sign, beyond) in [
                    ("ci_lb", interval.lower, "lb_sign", "<"),
                    ("ci_ub", interval.upper, "ub_sign", ">"),
                ] {
                    let expected = first(field);
                    let at_limit = part[sign].as_str() == Some(beyond);
                    if expected.is_none() || at_limit {
                        compare.touch(field);
                        compare.by_design.push(format!(
                            "confint.mv: metafor's search stopped at its limit; here {field} is found"
                        ));
                        if at_limit
                            && expected.is_some_and(|e| if beyond == "<" { got > e + 1e-3 } else { got < e - 1e-3 })
                        {
                            compare.fail(format!("{name} {field} {got}, expected beyond {expected:?}"));
                        }
                    } else {
                        compare.value(&format!("{field}[{name}]"), Some(got), expected);
                    }
                }
            }),
        }
    }
}

fn ranef(compare: &mut Comparison, fit: &MultilevelFit, fitted: &Fitted) {
    let expect = compare.expect;
    let terms = fit.random_effects();
    for (name, part) in expect.as_object().unwrap() {
        let squeezed: String = name.split_whitespace().collect();
        let Some(at) = fitted.names.iter().position(|own| *own == squeezed) else {
            compare.fail(format!("no term {name}"));
            continue;
        };
        let by_label = |label: &str| -> Option<&RandomEffect> {
            terms[at].iter().find(|effect| match &effect.level {
                None => effect.group == label,
                Some(level) => label == format!("{level} | {}", effect.group),
            })
        };
        let labels = part["rows"].as_array().unwrap();
        let effects: Option<Vec<&RandomEffect>> =
            labels.iter().map(|label| by_label(label.as_str().unwrap().trim())).collect();
        let Some(effects) = effects else {
            compare.fail(format!("{name}: rows are named otherwise"));
            continue;
        };
        compare.within(part, |compare| {
            compare.touch("rows");
            // The effects of a variance of 0 are 0; metafor's are those of the small variance it stops at.
            let stopped = |at: usize| {
                let expected = part["se"][at].as_f64().unwrap_or(f64::NAN);
                effects[at].se == 0.0 && expected < 1e-3
            };
            if (0..effects.len()).any(stopped) {
                compare.by_design.push("ranef.mv: effects are 0 where their variance is".into());
            }
            for (name, value) in
                [("intrcpt", (|it| it.estimate) as fn(&RandomEffect) -> f64), ("se", |it| it.se)]
            {
                for (at, effect) in effects.iter().enumerate() {
                    if !stopped(at) {
                        let expected = part[name][at].as_f64();
                        compare.value(&format!("{name}[{at}]"), Some(value(effect)), expected);
                    }
                }
                compare.touch(name);
            }
        });
    }
}

fn contrast(case: &Case, compare: &mut Comparison, fit: &MultilevelFit) {
    let rows = model::matrix_of(&case.args()["X"]).unwrap();
    match fit.contrast(&rows) {
        Err(error) => compare.fail(error.to_string()),
        Ok(contrasts) => {
            let each = |value: fn(&consilience_stats::Contrast) -> f64| {
                contrasts.rows.iter().map(value).collect::<Vec<_>>()
            };
            let statistics = each(|it| it.statistic);
            compare.numbers("Xb", &each(|it| it.estimate));
            compare.numbers("se", &each(|it| it.se));
            compare.numbers("zval", &statistics);
            for (position, p) in each(|it| it.p_value).into_iter().enumerate() {
                let expected = compare.expect["pval"][position].as_f64();
                compare.p_number("pval", p, expected, statistics[position] * statistics[position]);
            }
            match contrasts.joint {
                Some(joint) => {
                    compare.number("QM", joint.statistic);
                    compare.p_value("QMp", joint.p_value, joint.statistic);
                }
                None => {
                    if scalar(&compare.expect["QM"]).is_some() {
                        compare.fail("no joint test");
                    }
                }
            }
        }
    }
}
