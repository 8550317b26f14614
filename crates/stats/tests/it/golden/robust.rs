//! Cluster-robust inference: `robust`, `robust.mv` and robumeta's `robu`.

use consilience_stats::multivariate::{
    ClusterCorrection, DependenceWeights, Grouping, RobustInference, robust_regression,
};
use consilience_stats::{Coefficient, Design, Effect};
use serde_json::Value;

use super::case::{Case, Comparison, Outcome, not_yet};
use super::fit::Fit;
use super::multivariate::{fit_of, is_on_edge, loosen};

pub(crate) fn run(case: &Case) -> Outcome {
    match case.function() {
        "robust.mv" => multivariate(case),
        "robust" => univariate(case),
        "robu" => robu(case),
        _ => not_yet("function"),
    }
}

fn correction(case: &Case) -> Option<ClusterCorrection> {
    match case.text("vcov")? {
        "metafor" if case.args()["adjust"].as_bool() == Some(false) => {
            Some(ClusterCorrection::Residual)
        }
        "metafor" => Some(ClusterCorrection::ResidualAdjusted),
        name => ClusterCorrection::ALL.iter().copied().find(|it| it.name() == name),
    }
}

fn robu(case: &Case) -> Outcome {
    let args = case.args();
    let (Some(yi), Some(vi)) = (case.column("yi"), case.column("vi")) else {
        return not_yet("no yi or vi");
    };
    let names: Vec<&str> = match &args["mods"] {
        Value::Null => Vec::new(),
        Value::String(one) => vec![one],
        many => many.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect(),
    };
    let mut moderators = Vec::new();
    for name in names {
        match case.named_column(name.trim_start_matches('$')) {
            Some(values) if values.iter().all(|it| !it.is_nan()) => moderators.push((name, values)),
            _ => return not_yet(format!("moderator {name}")),
        }
    }
    let design = moderators
        .iter()
        .fold(Design::builder(yi.len()), |design, (name, values)| design.numeric(name, values))
        .build()
        .unwrap();
    let effects: Vec<Effect> =
        yi.iter().zip(&vi).map(|(&estimate, &variance)| Effect { estimate, variance }).collect();
    let weights = match case.text("modelweights") {
        Some("CORR") => DependenceWeights::Correlated { rho: case.number("rho") },
        Some("HIER") => DependenceWeights::Hierarchical,
        other => return not_yet(format!("weights {other:?}")),
    };
    let correction = if args["small"].as_bool() == Some(false) {
        ClusterCorrection::ResidualAdjusted
    } else {
        ClusterCorrection::Cr2
    };
    let cluster = Grouping::new("cluster", &case.labels("cluster"));
    let mut compare = case.compare();
    match robust_regression(&effects, &design, &cluster, weights, correction, case.level()) {
        Err(error) => compare.fail(error.to_string()),
        Ok(fit) => {
            compare.touch("labels");
            let each = |value: fn(&Coefficient) -> f64| {
                fit.inference.coefficients.iter().map(value).collect::<Vec<_>>()
            };
            let statistics = each(|it| it.statistic);
            compare.numbers("beta", &each(|it| it.estimate));
            compare.numbers("se", &each(|it| it.se));
            compare.numbers("t", &statistics);
            compare.numbers("ci_lb", &each(|it| it.ci.lower));
            compare.numbers("ci_ub", &each(|it| it.ci.upper));
            compare.numbers("dfs", &fit.inference.df);
            for (position, p) in each(|it| it.p_value).into_iter().enumerate() {
                let expected = compare.expect["pval"][position].as_f64();
                compare.p_number("pval", p, expected, statistics[position] * statistics[position]);
            }
            compare.number("tau2", fit.tau2);
            for (name, got) in [("omega2", fit.omega2), ("I2", fit.i2)] {
                let expected = compare.expect[name].as_f64();
                compare.value(name, got, expected);
            }
        }
    }
    compare.done()
}

fn univariate(case: &Case) -> Outcome {
    let Some(correction) = correction(case) else {
        return not_yet("correction");
    };
    let fit = match Fit::of(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(reason) => return not_yet(reason),
    };
    let labels = case.labels("cluster");
    let labels: Vec<String> = fit.rows.iter().map(|&row| labels[row].clone()).collect();
    let mut compare = case.compare();
    match fit.run() {
        Err(error) => compare.fail(error.to_string()),
        Ok(regression) => {
            compare.number("k", regression.k() as f64);
            match regression.robust(&Grouping::new("cluster", &labels), correction, case.level()) {
                Err(error) => compare.fail(error.to_string()),
                Ok(inference) => {
                    agree(&mut compare, &inference);
                    knapp_hartung(&mut compare, &inference, regression.s2w);
                }
            }
        }
    }
    compare.done()
}

/// metafor's sandwich has the fit's own covariance for its outer parts, so that the factor of a Knapp-Hartung fit enters twice
/// although the sandwich needs no such factor.
fn knapp_hartung(compare: &mut Comparison, inference: &RobustInference, s2w: f64) {
    let explained = inference.coefficients.iter().enumerate().all(|(j, it)| {
        let expected = compare.expect["se"][j].as_f64().unwrap_or(f64::NAN);
        (it.se * s2w - expected).abs() <= 1e-5 * expected
    });
    if explained {
        compare.forgive("robust: the Knapp-Hartung factor enters metafor's sandwich twice");
    }
}

fn multivariate(case: &Case) -> Outcome {
    let Some(correction) = correction(case) else {
        return not_yet("correction");
    };
    let fitted = match fit_of(case) {
        Ok(fitted) => fitted,
        Err(reason) => return not_yet(reason),
    };
    let labels = case.labels("cluster");
    let labels: Vec<String> = fitted.rows.iter().map(|&row| labels[row].clone()).collect();
    let mut compare = case.compare();
    match &fitted.fit {
        Err(error) => compare.fail(error.to_string()),
        Ok(fit) => {
            // The collection's fits were refined, but not those that `robust` was asked about.
            compare.loosen(fitted.gap, 0.0);
            let cluster = Grouping::new("cluster", &labels);
            match fit.robust(&cluster, correction, case.level()) {
                Err(error) => compare.fail(error.to_string()),
                Ok(inference) => {
                    agree(&mut compare, &inference);
                    if compare.has_failed() && is_on_edge(fit) {
                        compare = case.compare();
                        loosen(&mut compare);
                        agree(&mut compare, &inference);
                    }
                }
            }
        }
    }
    fitted.excuse(&mut compare);
    compare.done()
}

fn agree(compare: &mut Comparison, inference: &RobustInference) {
    compare.number("n_clusters", inference.clusters as f64);
    let each = |value: fn(&Coefficient) -> f64| {
        inference.coefficients.iter().map(value).collect::<Vec<_>>()
    };
    let statistics = each(|it| it.statistic);
    compare.numbers("beta", &each(|it| it.estimate));
    compare.numbers("se", &each(|it| it.se));
    compare.numbers("zval", &statistics);
    compare.numbers("ci_lb", &each(|it| it.ci.lower));
    compare.numbers("ci_ub", &each(|it| it.ci.upper));
    for (position, p) in each(|it| it.p_value).into_iter().enumerate() {
        let expected = compare.expect["pval"][position].as_f64();
        compare.p_number("pval", p, expected, statistics[position] * statistics[position]);
    }
    // metafor's own degrees of freedom are the same for all coefficients, and given once.
    for name in ["dfs", "ddf"] {
        match compare.expect[name].as_array().map(Vec::len) {
            None => {}
            Some(1) => compare.numbers(name, &inference.df[..1]),
            Some(_) => compare.numbers(name, &inference.df),
        }
    }
    super::multivariate::matrix(compare, "vb", &inference.vcov);
    match inference.q_m {
        Some(test) => {
            compare.number("QM", test.statistic);
            compare.array("QM_df", &[Some(test.df1), test.df2]);
            compare.p_value("QMp", test.p_value, test.statistic);
        }
        None => {
            if compare.expect["QM"].is_number() {
                compare.fail("no omnibus test");
            }
        }
    }
}
