//! R's quantile and tail functions on a grid.

use consilience_stats::distribution::{
    chi2_quantile, chi2_sf, f_quantile, f_sf, normal_quantile, normal_two_sided_p, t_quantile,
    t_two_sided_p,
};

use super::case::{Case, Outcome};

/// A function of one argument and, for a family, its degrees of freedom.
#[derive(Clone, Copy)]
enum Function {
    OneDf(fn(f64, f64) -> f64),
    TwoDfs(fn(f64, f64, f64) -> f64),
}

pub(crate) fn quantiles(case: &Case) -> Outcome {
    grid(case, "p", |family| match family {
        "qnorm" => Some(Function::OneDf(|p, _| normal_quantile(p))),
        "qt" => Some(Function::OneDf(t_quantile)),
        "qchisq" => Some(Function::OneDf(chi2_quantile)),
        "qf" => Some(Function::TwoDfs(f_quantile)),
        _ => None,
    })
}

pub(crate) fn tails(case: &Case) -> Outcome {
    grid(case, "x", |family| match family {
        "pnorm2" => Some(Function::OneDf(|x, _| normal_two_sided_p(x))),
        "pt2" => Some(Function::OneDf(t_two_sided_p)),
        "pchisq" => Some(Function::OneDf(chi2_sf)),
        "pf" => Some(Function::TwoDfs(f_sf)),
        _ => None,
    })
}

/// Compares every field of a family that `function` knows; names are `family_df` or `family_df1_df2`, with `_` for the
/// decimal point, which only the last number has.
fn grid(case: &Case, argument: &str, function: fn(&str) -> Option<Function>) -> Outcome {
    let points: Vec<f64> =
        case.args()[argument].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    let decimal = |text: &str| text.replace('_', ".").parse::<f64>().unwrap();
    let mut compare = case.compare();
    for name in case.expect().as_object().unwrap().keys() {
        let (family, dfs) = name.split_once('_').unwrap_or((name, "1"));
        let got: Vec<f64> = match function(family) {
            None => continue,
            Some(Function::OneDf(f)) => points.iter().map(|&x| f(x, decimal(dfs))).collect(),
            Some(Function::TwoDfs(f)) => {
                let (df1, df2) = dfs.split_once('_').unwrap();
                points.iter().map(|&x| f(x, decimal(df1), decimal(df2))).collect()
            }
        };
        compare.numbers(name, &got);
    }
    compare.done()
}
