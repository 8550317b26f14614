//! R's quantile and tail functions on a grid.

use consilience_stats::distribution::{
    chi2_quantile, chi2_sf, normal_quantile, normal_two_sided_p, t_quantile, t_two_sided_p,
};

use super::case::{Case, Outcome};

/// A function of one argument and, for a family, its degrees of freedom.
type Function = fn(f64, f64) -> f64;

pub(crate) fn quantiles(case: &Case) -> Outcome {
    grid(case, "p", |family| match family {
        "qnorm" => Some(|p, _| normal_quantile(p)),
        "qt" => Some(t_quantile),
        "qchisq" => Some(chi2_quantile),
        _ => None,
    })
}

pub(crate) fn tails(case: &Case) -> Outcome {
    grid(case, "x", |family| match family {
        "pnorm2" => Some(|x, _| normal_two_sided_p(x)),
        "pt2" => Some(t_two_sided_p),
        "pchisq" => Some(chi2_sf),
        _ => None,
    })
}

/// Compares every field of a family that `function` knows; names are `family_df`, with `_` for the decimal point.
fn grid(case: &Case, argument: &str, function: fn(&str) -> Option<Function>) -> Outcome {
    let points: Vec<f64> =
        case.args()[argument].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    let mut compare = case.compare();
    for name in case.expect().as_object().unwrap().keys() {
        let (family, df) = name.split_once('_').unwrap_or((name, "1"));
        let Some(function) = function(family) else { continue };
        let df: f64 = df.replace('_', ".").parse().unwrap();
        compare.numbers(name, &points.iter().map(|&x| function(x, df)).collect::<Vec<_>>());
    }
    compare.done()
}
