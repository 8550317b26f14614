//! Small-study effects: `ranktest`, `trimfill`, `fsn`, `hc`, `tes`.

use consilience_stats::bias::{
    ExcessAlternative, ExcessOptions, ExcessTest, FailSafeMethod, OrwinMean, SignificanceTest,
    excess_significance, fail_safe_n, henmi_copas, rank_test,
};
use consilience_stats::distribution::normal_quantile;
use consilience_stats::{Model, PoolOptions, pool};
use serde_json::{Value, json};

use super::case::{Case, Outcome, level_of, model, not_yet};

pub(crate) fn run(case: &Case) -> Outcome {
    match case.function() {
        "fsn" => fsn(case),
        "ranktest" => ranktest(case),
        "hc" => hc(case),
        "tes" => tes(case),
        _ => not_yet("function"),
    }
}

fn fsn(case: &Case) -> Outcome {
    let args = case.args();
    // `weighted` belongs to Orwin's mean here, not to a model.
    let columns = json!({ "yi": args["yi"], "vi": args["vi"], "rows": args["rows"] });
    let effects = match case.effects(&columns) {
        Ok(effects) => effects,
        Err(reason) => return not_yet(reason),
    };
    let alpha = args["alpha"].as_f64().unwrap_or(0.05);
    let method = match case.text("type").unwrap_or("Rosenthal") {
        "Rosenthal" => FailSafeMethod::Rosenthal { alpha },
        "Rosenberg" => FailSafeMethod::Rosenberg { alpha },
        "Orwin" => FailSafeMethod::Orwin {
            target: args["target"].as_f64(),
            mean: if args["weighted"].as_bool() == Some(true) {
                OrwinMean::InverseVariance
            } else {
                OrwinMean::Unweighted
            },
        },
        other => return not_yet(format!("type {other}")),
    };
    let mut compare = case.compare();
    match fail_safe_n(&effects, method) {
        Ok(answer) => {
            compare.number("fsnum", answer.n);
            let expected = compare.expect;
            match answer.p_value {
                Some(p) => {
                    let z = normal_quantile(p.max(1e-300));
                    compare.p_value("pval", p, z * z);
                }
                None => compare.value("pval", None, expected["pval"].as_f64()),
            }
            compare.value("meanes", answer.mean, expected["meanes"].as_f64());
            compare.value("target", answer.target, expected["target"].as_f64());
            compare.value("rejrate", None, expected["rejrate"].as_f64());
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

fn ranktest(case: &Case) -> Outcome {
    let effects = match case.effects(&case.args()["model"]) {
        Ok(effects) => effects,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    match rank_test(&effects) {
        Ok(test) => {
            compare.number("tau", test.kendall_tau);
            compare.number("pval", test.p_value);
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

fn hc(case: &Case) -> Outcome {
    let args = &case.args()["model"];
    let effects = match case.effects(args) {
        Ok(effects) => effects,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    match henmi_copas(&effects, level_of(args)) {
        Ok(answer) => {
            compare.number("beta", answer.estimate);
            compare.number("se", answer.se);
            compare.number("ci_lb", answer.ci.lower);
            compare.number("ci_ub", answer.ci.upper);
            compare.number("tau2", answer.tau2);
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

fn tes(case: &Case) -> Outcome {
    let args = case.args();
    let effects = match case.effects(&args["model"]) {
        Ok(effects) => effects,
        Err(reason) => return not_yet(reason),
    };
    let options = match excess_options(case, &effects) {
        Ok(options) => options,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    match excess_significance(&effects, &options) {
        Ok(test) => {
            let expected = compare.expect;
            let mut field = |name: &str, got: Option<f64>| {
                if expected.get(name).is_some() {
                    compare.value(name, got, expected[name].as_f64());
                }
            };
            field("k", Some(test.k as f64));
            field("O", Some(test.observed as f64));
            field("E", Some(test.expected));
            field("OEratio", Some(test.observed as f64 / test.expected));
            field("X2", test.chi2);
            field("pval", Some(test.p_value));
            field("theta", Some(test.theta));
            if expected.get("power").is_some() {
                compare.numbers("power", &test.power);
            }
            match &expected["theta_lim"] {
                Value::Array(_) => {
                    let got = match options.alternative {
                        ExcessAlternative::Greater => vec![test.theta_limit],
                        ExcessAlternative::Less => vec![test.theta_upper_limit],
                        ExcessAlternative::TwoSided => {
                            vec![test.theta_limit, test.theta_upper_limit]
                        }
                    };
                    compare.array("theta_lim", &got);
                }
                limit if expected.get("theta_lim").is_some() => {
                    compare.value("theta_lim", test.theta_limit, limit.as_f64());
                }
                _ => {}
            }
            compare.touch("test");
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}

/// The options that the arguments ask for; where they leave the test open, the one that the reference chose.
fn excess_options(
    case: &Case,
    effects: &[consilience_stats::Effect],
) -> Result<ExcessOptions, String> {
    let args = case.args();
    let method = args["model"]["method"].as_str().ok_or("no method")?;
    let model = model(method).ok_or(format!("method {method}"))?;
    let pooled = pool(effects, &PoolOptions { model, ..PoolOptions::default() })
        .map_err(|error| error.to_string())?;
    let tau2 = if model == Model::CommonEffect { 0.0 } else { pooled.tau2 };
    let number = |key: &str, default: f64| args[key].as_f64().unwrap_or(default);
    let test = case.text("test").or_else(|| case.expect()["test"].as_str()).unwrap_or("chi2");
    Ok(ExcessOptions {
        null: number("H0", 0.0),
        study_test: match case.text("alternative").unwrap_or("two.sided") {
            "greater" => SignificanceTest::Greater,
            "less" => SignificanceTest::Less,
            _ => SignificanceTest::TwoSided,
        },
        alpha: number("alpha", 0.05),
        theta: Some(number("theta", pooled.estimate)),
        tau2: number("tau2", tau2),
        test: match test {
            "chi2" => ExcessTest::ChiSquared,
            "exact" => ExcessTest::Exact,
            _ => ExcessTest::Binomial,
        },
        alternative: match case.text("tes.alternative").or(case.text("tes_alternative")) {
            Some("less") => ExcessAlternative::Less,
            Some("two.sided") => ExcessAlternative::TwoSided,
            _ => ExcessAlternative::Greater,
        },
        limit_alpha: args["tes.alpha"].as_f64().unwrap_or_else(|| number("tes_alpha", 0.10)),
    })
}
