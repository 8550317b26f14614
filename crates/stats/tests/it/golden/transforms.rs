//! Back-transformations and small special functions.

use consilience_stats::transform as t;
use consilience_stats::{
    PoolOptions, PredictionMethod, Scale, approximate_correction, exact_correction, pool,
};
use serde_json::Value;

use super::case::{Case, Outcome, model, not_yet};

pub(crate) fn run(case: &Case) -> Outcome {
    if case.function() == "predict.transf" {
        return back_transformed_fit(case);
    }
    let numbers = |key: &str| -> Vec<f64> { numbers(&case.args()[key]) };
    let x = match case.function() {
        "cmicalc" | "cm_approx" => numbers("m"),
        _ => numbers("x"),
    };
    let each = |f: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
        x.iter().enumerate().map(|(i, &x)| f(i, x)).collect()
    };
    let plain = |f: fn(f64) -> f64| each(&|_, x| f(x));
    // A second argument is one number for all rows or one number a row.
    let with = |key: &str, f: fn(f64, f64) -> f64| {
        let second = numbers(key);
        each(&|i, x| f(x, second[i % second.len()]))
    };
    let mean_of = |back: fn(f64) -> f64| {
        let tau2 = numbers("tau2")[0];
        let limit = |key: &str| case.args()[key].as_f64();
        let limits = limit("lower").zip(limit("upper"));
        each(&|_, x| t::mean_of_transformed(back, x, tau2, limits))
    };
    let got = match case.function() {
        "cmicalc" => plain(exact_correction),
        "cm_approx" => plain(approximate_correction),
        "transf.rtoz" => plain(t::fisher_z_of),
        "transf.ztor" => plain(t::fisher_z_inverse),
        "transf.logit" => plain(t::logit),
        "transf.ilogit" => plain(t::inverse_logit),
        "transf.arcsin" => plain(t::arcsine),
        "transf.iarcsin" => plain(t::arcsine_inverse),
        "transf.pft" => with("ni", t::double_arcsine),
        "transf.ipft" => with("ni", t::double_arcsine_inverse),
        "transf.ipft.hm" => {
            let n = t::harmonic_mean(&numbers("ni")).unwrap();
            each(&|_, x| t::double_arcsine_inverse(x, n))
        }
        "transf.isqrt" => plain(t::square_root_inverse),
        "transf.irft" => with("ti", t::double_square_root),
        "transf.iirft" => with("ti", t::double_square_root_inverse),
        "transf.ahw" => plain(t::hakstian_whalen),
        "transf.iahw" => plain(t::hakstian_whalen_inverse),
        "transf.abt" => plain(t::bonett),
        "transf.iabt" => plain(t::bonett_inverse),
        "transf.ztor.int" => mean_of(t::fisher_z_inverse),
        "transf.exp.int" => mean_of(libm::exp),
        "transf.ilogit.int" => mean_of(t::inverse_logit),
        "transf.dtou1" => plain(t::cohens_u1),
        "transf.dtou2" => plain(t::cohens_u2),
        "transf.dtou3" => plain(t::cohens_u3),
        "transf.dtocles" => plain(t::probability_of_superiority),
        "transf.dtobesd" => plain(t::binomial_effect_size_display),
        "transf.dtorpb" if case.args()["n1i"].is_null() => plain(t::point_biserial_of_equal_groups),
        "transf.dtorpb" => {
            let (n1, n2) = (numbers("n1i"), numbers("n2i"));
            each(&|i, d| t::point_biserial_of(d, n1[i % n1.len()], n2[i % n2.len()]))
        }
        "transf.dtomd" => with("sd", t::mean_difference_of),
        "transf.logortord" => with("pc", t::risk_difference_of_log_odds_ratio),
        "transf.logortorr" => with("pc", t::risk_ratio_of_log_odds_ratio),
        other => return not_yet(format!("function {other}")),
    };
    let mut compare = case.compare();
    let got: Vec<_> = got.into_iter().map(|value| (!value.is_nan()).then_some(value)).collect();
    compare.array("value", &got);
    compare.done()
}

/// A pooled estimate on the scale people read.
fn back_transformed_fit(case: &Case) -> Outcome {
    let args = case.args();
    let fit = &args["model"];
    let Some(model) = fit["method"].as_str().and_then(model) else {
        return not_yet(format!("method {}", fit["method"]));
    };
    if fit["test"].as_str().is_some_and(|test| test != "z") {
        return not_yet(format!("test {}", fit["test"]));
    }
    let effects = match case.effects(fit) {
        Ok(effects) => effects,
        Err(reason) => return not_yet(reason),
    };
    let options = PoolOptions {
        model,
        level: case.level(),
        prediction: Some(PredictionMethod::AsTest),
        ..PoolOptions::default()
    };
    let pooled = pool(&effects, &options).unwrap();
    let sizes = |key: &str| {
        let column = case.column(key)?;
        t::harmonic_mean(&column.into_iter().filter(|n| n.is_finite()).collect::<Vec<_>>())
    };
    let (scale, size) = match args["transf"].as_str().unwrap() {
        "exp" => (Scale::Log, None),
        "ztor" => (Scale::FisherZ, None),
        "ilogit" => (Scale::Logit, None),
        "iarcsin" => (Scale::Arcsine, None),
        "isqrt" => (Scale::SquareRoot, None),
        "iahw" => (Scale::HakstianWhalen, None),
        "iabt" => (Scale::Bonett, None),
        "ipft.hm" => (Scale::DoubleArcsine, sizes("ni")),
        "iirft" | "iirft.hm" => (Scale::DoubleSquareRoot, sizes("ti")),
        other => return not_yet(format!("transformation {other}")),
    };
    let back = |value: f64| scale.to_display_at(value, size.unwrap_or(f64::NAN));
    let mut compare = case.compare();
    compare.touch("se");
    compare.number("pred", back(pooled.estimate));
    compare.number("ci_lb", back(pooled.ci.lower));
    compare.number("ci_ub", back(pooled.ci.upper));
    let prediction = pooled.prediction.unwrap_or(pooled.ci);
    compare.number("pi_lb", back(prediction.lower));
    compare.number("pi_ub", back(prediction.upper));
    compare.done()
}

/// A number, or an array of numbers.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().map(|it| it.as_f64().unwrap_or(f64::NAN)).collect(),
        other => vec![other.as_f64().unwrap()],
    }
}
