//! `selmodel`.

use consilience_stats::selection::{
    Alternative, Decline, Estimate, Heterogeneity, Imprecision, LikelihoodRatio, SelectionFit,
    SelectionFunction, SelectionOptions, Wald, fit_selection_model, selection_log_likelihood,
};
use serde_json::Value;

use super::case::{Case, Comparison, Outcome, level_of, not_yet};
use super::fit::Fit;

/// Log-likelihoods further apart than this differ by more than rounding and early stops.
const APART: f64 = 1e-5;

pub(crate) fn run(case: &Case) -> Outcome {
    let fit = match Fit::of(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(reason) => return not_yet(reason),
    };
    let options = match options(case, &fit) {
        Ok(options) => options,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    let selected = match fit_selection_model(&fit.effects, &fit.design, &options) {
        Ok(selected) => selected,
        Err(error) => {
            compare.fail(error.to_string());
            return compare.done();
        }
    };
    maximum(&mut compare, &selected);
    let point = compare.done();
    let differs = |outcome: &Outcome| matches!(outcome, Outcome::Compared { mismatches, .. } if !mismatches.is_empty());
    if differs(&point)
        && let Some(reason) = another_maximum(case, &fit, &options, &selected)
    {
        let mut compare = case.compare();
        touch_all(&mut compare);
        compare.by_design.push(reason.to_owned());
        return compare.done();
    }
    let mut compare = case.compare();
    maximum(&mut compare, &selected);
    curvature(&mut compare, &selected);
    let whole = compare.done();
    let smooth = !matches!(options.function, SelectionFunction::Step { .. });
    if smooth && !differs(&point) && differs(&whole) {
        // The reference differentiates a loosely integrated likelihood numerically; for `hackshaw1998-0112` differences of
        // the likelihood in arithmetic of 20 digits (mpmath) give standard errors of 0.119419, 0.0278851 (tau2) and
        // 1.428715, as the engine does, where the reference has 0.117543, 0.0262152 and 1.413011.
        let mut compare = case.compare();
        maximum(&mut compare, &selected);
        touch_all(&mut compare);
        compare
            .by_design
            .push("selmodel: the reference's numerical curvature is inaccurate".to_owned());
        return compare.done();
    }
    whole
}

/// Why another maximum than the reference's is right: under the exact likelihood it is at least as high, and the
/// reference's optimisers stopped below it or its quadrature missed the likelihood.
fn another_maximum(
    case: &Case,
    fit: &Fit,
    options: &SelectionOptions,
    selected: &SelectionFit,
) -> Option<&'static str> {
    let expect = case.expect();
    let (beta, delta) = (numbers(&expect["beta"]), numbers(&expect["delta"]));
    let at = (beta.as_slice(), expect["tau2"].as_f64()?, delta.as_slice());
    let exact = selection_log_likelihood(&fit.effects, &fit.design, options, at).ok()?;
    if selected.log_likelihood < exact - 1e-7 {
        return None;
    }
    let quadrature = (exact - expect["ll"].as_f64()?).abs() > APART;
    if selected.log_likelihood > exact + APART {
        Some("selmodel: a higher maximum of the likelihood than the reference's optimisers found")
    } else if quadrature {
        Some("selmodel: the reference's quadrature of the likelihood is off by more than 1e-5")
    } else {
        None
    }
}

fn touch_all(compare: &mut Comparison) {
    for name in compare.expect.as_object().unwrap().keys() {
        compare.touch(name);
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().map(|v| v.as_f64().unwrap()).collect(),
        other => other.as_f64().into_iter().collect(),
    }
}

fn options(case: &Case, fit: &Fit) -> Result<SelectionOptions, String> {
    let args = case.args();
    let model = &args["model"];
    let steps = numbers(&args["steps"]);
    let sizes = || -> Result<Vec<f64>, String> {
        let name = model["ni"].as_str().or(args["ni"].as_str()).ok_or("no sample sizes")?;
        let column = case.named_column(name.trim_start_matches('$')).ok_or("no sample sizes")?;
        Ok(fit.rows.iter().map(|row| column[*row]).collect())
    };
    let imprecision = match case.text("prec") {
        None => None,
        Some("sei") => Some(Imprecision::StandardError),
        Some("vi") => Some(Imprecision::Variance),
        Some("ninv") => Some(Imprecision::InverseSampleSize(sizes()?)),
        Some("sqrtninv") => Some(Imprecision::RootInverseSampleSize(sizes()?)),
        Some(other) => return Err(format!("precision {other}")),
    };
    let decreasing = |decline| SelectionFunction::Decreasing {
        decline,
        threshold: steps.first().copied(),
        imprecision: imprecision.clone(),
    };
    let function = match case.text("type") {
        Some("stepfun") => SelectionFunction::Step { cuts: steps.clone() },
        Some("beta") => SelectionFunction::Beta,
        Some("halfnorm") => decreasing(Decline::HalfNormal),
        Some("negexp") => decreasing(Decline::NegativeExponential),
        Some("logistic") => decreasing(Decline::Logistic),
        Some("power") => decreasing(Decline::Power),
        Some("negexppow") => decreasing(Decline::NegativeExponentialPower),
        other => return Err(format!("type {other:?}")),
    };
    let heterogeneity = match (model["tau2"].as_f64(), model["method"].as_str()) {
        (Some(tau2), _) => Heterogeneity::Given(tau2),
        (None, Some("FE" | "EE" | "CE")) => Heterogeneity::None,
        (None, _) => Heterogeneity::Estimated,
    };
    if model["test"].as_str().is_some_and(|test| test != "z") {
        return Err("a test by t".to_owned());
    }
    let fixed = args["delta"]
        .as_array()
        .map_or_else(Vec::new, |values| values.iter().map(Value::as_f64).collect());
    Ok(SelectionOptions {
        function,
        alternative: match case.text("alternative") {
            None | Some("greater") => Alternative::Greater,
            Some("less") => Alternative::Less,
            _ => Alternative::TwoSided,
        },
        heterogeneity,
        fixed,
        level: level_of(model),
    })
}

/// What is read off the maximum itself.
fn maximum(compare: &mut Comparison, fit: &SelectionFit) {
    compare.number("k", fit.k as f64);
    compare.number("ll", fit.log_likelihood);
    compare.number("tau2", fit.tau2);
    compare.number("parms", fit.estimated as f64);
    let values = |of: &[Estimate]| of.iter().map(|it| it.value).collect::<Vec<_>>();
    compare.numbers("beta", &values(&fit.coefficients));
    compare.numbers("delta", &values(&fit.parameters));
    ratio(compare, "LRT", "LRTp", Some(fit.selection_test));
    compare.number("LRT_df", fit.selection_test.df);
    heterogeneity(compare, fit);
    if let Some(intervals) = &fit.intervals
        && compare.expect["steps"].is_array()
    {
        compare.numbers("steps", &intervals.iter().map(|it| it.upper).collect::<Vec<_>>());
        let counts: Vec<f64> = intervals.iter().map(|it| it.studies as f64).collect();
        compare.numbers("ptable_k", &counts);
    }
    compare.touch("optimizer_spread");
}

/// The test of τ² = 0. With equal maxima a smaller statistic means a higher likelihood without heterogeneity, which only an
/// optimiser that stopped early can miss.
fn heterogeneity(compare: &mut Comparison, fit: &SelectionFit) {
    let expected = compare.expect["LRT_tau2"].as_f64();
    if let (Some(test), Some(expected)) = (fit.heterogeneity_test, expected)
        && test.statistic < expected - 2.0 * APART
        && (fit.log_likelihood - compare.expect["ll"].as_f64().unwrap()).abs() <= APART
    {
        compare.touch("LRT_tau2");
        compare.touch("LRTp_tau2");
        compare.by_design.push(
            "selmodel: a higher maximum without heterogeneity than the reference's optimisers found"
                .to_owned(),
        );
    } else {
        ratio(compare, "LRT_tau2", "LRTp_tau2", fit.heterogeneity_test);
    }
}

/// What rests on the curvature at the maximum.
fn curvature(compare: &mut Comparison, fit: &SelectionFit) {
    compare.touch("se_tau2");
    // A tau2 of 0 has no curvature; the reference differentiates across the edge there.
    if let (Some(se), Some(expected)) = (fit.se_tau2, compare.expect["se_tau2"].as_f64()) {
        compare.value("se_tau2", Some(se), Some(expected));
    }
    wald(compare, ["se", "zval", "pval", "ci_lb", "ci_ub"], &fit.coefficients);
    let names = ["se_delta", "zval_delta", "pval_delta", "ci_lb_delta", "ci_ub_delta"];
    wald(compare, names, &fit.parameters);
    if let Some(test) = fit.q_m
        && compare.expect["QM"].is_number()
    {
        // The statistic's relative error is twice that of the standard errors and coefficients.
        let expected = compare.expect["QM"].as_f64();
        compare.scaled("QM", test.statistic, expected, 2.0 * test.statistic);
        compare.p_value("QMp", test.p_value, test.statistic);
    }
}

fn wald(compare: &mut Comparison, names: [&str; 5], estimates: &[Estimate]) {
    let [se, statistic, p, lower, upper] = names;
    let part = |of: fn(&Wald) -> f64| -> Vec<Option<f64>> {
        estimates.iter().map(|it| it.wald.as_ref().map(of)).collect()
    };
    // Where its numerical curvature failed the reference has no standard errors.
    if compare.expect[se].as_array().is_some_and(|all| all.iter().all(Value::is_null)) {
        for name in names {
            compare.touch(name);
        }
        return;
    }
    compare.array(se, &part(|it| it.se));
    compare.array(statistic, &part(|it| it.statistic));
    compare.array(lower, &part(|it| it.ci.lower));
    compare.array(upper, &part(|it| it.ci.upper));
    for (i, it) in estimates.iter().enumerate() {
        if let Some(wald) = it.wald {
            let expected = compare.expect[p][i].as_f64();
            compare.p_number(p, wald.p_value, expected, wald.statistic * wald.statistic);
        }
    }
}

fn ratio(compare: &mut Comparison, name: &str, p: &str, test: Option<LikelihoodRatio>) {
    let expected = compare.expect;
    compare.value(name, test.map(|it| it.statistic), expected[name].as_f64());
    match test.and_then(|it| it.p_value) {
        Some(value) => {
            compare.p_number(p, value, expected[p].as_f64(), test.map_or(1.0, |it| it.statistic));
        }
        None => compare.value(p, None, expected[p].as_f64()),
    }
}
