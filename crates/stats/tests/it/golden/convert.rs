//! Closed-form conversions of printed summaries.

use consilience_stats::distribution::normal_two_sided_p;
use consilience_stats::{
    FiveNumber, FiveNumberMethod, MeanSd, combine_groups, correlation_from_sd_of_differences,
    design_effect, log_ratio_from_ci, mean_sd_from_five_number, paired_mean_difference,
    pooled_sd_from_se, sd_from_ci, sd_from_ci_normal, sd_from_iqr, sd_from_se, sd_of_change,
    se_from_ci, se_from_p,
};

use super::case::{Case, Comparison, Outcome, not_yet};

pub(crate) fn run(case: &Case, function: &str) -> Outcome {
    let mut compare = case.compare();
    let n = |key: &str| case.number(key);
    match function {
        "conv.fivenum" => five_number(case, &mut compare),
        "conv.wald" => wald(case, &mut compare),
        "conv.pval" => {
            let se = se_from_p(n("yi"), n("pval"), None).unwrap();
            compare.number("sei", se);
            compare.number("vi", se * se);
        }
        "combine.groups" => {
            let group = |i: usize| MeanSd {
                n: n(&format!("n{i}")),
                mean: n(&format!("m{i}")),
                sd: n(&format!("s{i}")),
            };
            let combined = combine_groups(&[group(1), group(2)]).unwrap();
            compare.number("n", combined.n);
            compare.number("mean", combined.mean);
            compare.number("sd", combined.sd);
        }
        "sd.from.se" => compare.number("sd", sd_from_se(n("se"), n("n")).unwrap()),
        "sd.from.ci" => {
            compare.number("sd_t", sd_from_ci(n("lb"), n("ub"), n("n"), 0.95).unwrap());
            compare.number("sd_z", sd_from_ci_normal(n("lb"), n("ub"), n("n"), 0.95).unwrap());
        }
        "sd.from.p" => {
            let se = se_from_p(n("md"), n("p"), Some(n("n1") + n("n2") - 2.0)).unwrap();
            compare.number("se", se);
            compare.number("t", n("md").abs() / se);
            compare.number("sd", pooled_sd_from_se(se, n("n1"), n("n2")).unwrap());
        }
        "sd.change" => {
            let sd = sd_of_change(n("sd_pre"), n("sd_post"), n("r")).unwrap();
            compare.number("sd_change", sd);
        }
        "corr.from.change" => {
            let r = correlation_from_sd_of_differences(n("sd_pre"), n("sd_post"), n("sd_change"));
            compare.number("r", r.unwrap());
        }
        "crossover.se" => {
            let side = |sd: f64| MeanSd { n: n("n"), mean: 0.0, sd };
            let effect = paired_mean_difference(&side(n("sd1")), &side(n("sd2")), n("r")).unwrap();
            compare.number("se", effect.se());
        }
        "cluster.deff" => {
            let effect = design_effect(n("m"), n("icc")).unwrap();
            compare.number("deff", effect);
            compare.number("n_eff", n("n") / effect);
        }
        _ => return not_yet("function"),
    }
    compare.done()
}

fn five_number(case: &Case, compare: &mut Comparison) {
    let args = case.args();
    let given = |key: &str| args[key].as_f64();
    let median = case.number("median");
    let summary = match (given("min"), given("max"), given("q1"), given("q3")) {
        (Some(min), Some(max), Some(q1), Some(q3)) => FiveNumber::Full { min, q1, median, q3, max },
        (Some(min), Some(max), ..) => FiveNumber::RangeOnly { min, median, max },
        (_, _, Some(q1), Some(q3)) => FiveNumber::Quartiles { q1, median, q3 },
        _ => return compare.fail("no five-number summary"),
    };
    let estimate = mean_sd_from_five_number(&summary, case.number("n")).unwrap();
    compare.number("mean_luo", estimate.mean);
    let older = FiveNumberMethod::Wan.estimate(&summary, case.number("n")).unwrap().value;
    let hozo = matches!(summary, FiveNumber::RangeOnly { .. });
    compare.number(if hozo { "mean_hozo_wan" } else { "mean_wan" }, older.mean);
    compare.number("sd_wan", older.sd);
    if matches!(summary, FiveNumber::Full { .. }) {
        compare.number("sd_shi", estimate.sd);
    }
    if let FiveNumber::Quartiles { q1, q3, .. } = summary {
        compare.number("sd_cochrane_iqr", sd_from_iqr(q1, q3).unwrap());
    }
}

fn wald(case: &Case, compare: &mut Comparison) {
    let n = |key: &str| case.number(key);
    let (estimate, se) = if case.args()["ratio"] == true {
        let effect = log_ratio_from_ci(n("est"), n("lb"), n("ub"), case.level()).unwrap();
        (effect.estimate, effect.se())
    } else {
        (n("est"), se_from_ci(n("lb"), n("ub"), case.level()).unwrap())
    };
    compare.number("yi", estimate);
    compare.number("sei", se);
    compare.number("vi", se * se);
    let z = estimate / se;
    compare.number("zval", z);
    compare.p_value("pval", normal_two_sided_p(z), z * z);
}
