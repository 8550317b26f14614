//! Conversions by name: the shared cases, our own worked examples, and what is refused.
#![expect(clippy::print_stderr, reason = "a test that skips says so")]

use consilience_review::conversion::{Converted, catalogue, convert};
use serde_json::Value;

fn done(name: &str, inputs: &str) -> Converted {
    let given: Vec<(String, String)> = inputs
        .split_whitespace()
        .map(|it| it.split_once('=').unwrap())
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    convert(name, &given).unwrap_or_else(|error| panic!("{name} {inputs}: {error}"))
}

fn value(converted: &Converted, output: &str) -> f64 {
    let found = converted.outputs.iter().find(|it| it.name == output);
    found.unwrap_or_else(|| panic!("{}: no {output}", converted.conversion.name)).value
}

fn refusal(name: &str, inputs: &[(&str, &str)]) -> String {
    let given: Vec<_> = inputs.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
    convert(name, &given).unwrap_err().to_string()
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs() / expected.abs().max(1e-300);
    assert!(error <= tolerance, "{found} is not {expected}: relative error {error:e}");
}

/// A name of the shared table and the catalogue's; none where it has none.
type Renamed = &'static [(&'static str, &'static str)];

/// How a case of the shared table is asked of the catalogue: name, inputs renamed, inputs added, outputs renamed.
fn asked(id: &str) -> (&'static str, Renamed, &'static str, Renamed) {
    match id {
        "sd_from_se" => ("sd-from-se", &[], "", &[]),
        "sd_from_ci_t" | "sd_from_ci_t90" => {
            ("sd-from-ci", &[("lo", "lower"), ("hi", "upper")], "", &[])
        }
        "sd_from_ci_z" => {
            ("sd-from-ci", &[("lo", "lower"), ("hi", "upper")], "distribution=z", &[])
        }
        "sd_from_p" => ("sd-from-p", &[], "", &[]),
        "se_from_ci_md" => {
            ("sd-from-ci-of-difference", &[("lo", "lower"), ("hi", "upper")], "", &[])
        }
        "t_from_F" => ("smd-from-f", &[("F", "f")], "", &[]),
        "combine2" | "combine3" => ("combine-groups", &[], "", &[]),
        "corr_from_sds" | "corr_from_sds_c" => ("correlation-from-sds", &[], "", &[]),
        "sd_change" | "sd_change_c" => ("sd-of-change", &[], "", &[]),
        "crossover_md_sd_diff" | "crossover_md_r" => ("paired-md", &[], "", &[]),
        "crossover_smd_handbook" => ("paired-smd", &[], "form=handbook", &[("smd", "estimate")]),
        "crossover_smd_becker" => ("paired-smd", &[], "", &[("smd", "estimate")]),
        "SMCC" => ("paired-smd-of-change", &[], "", &[("yi", "estimate"), ("vi", "variance")]),
        "MPRD" => ("paired-table", &[], "", &[("yi", "rd"), ("vi", "rd_variance")]),
        "MPRR" => ("paired-table", &[], "", &[("yi", "log_rr"), ("vi", "log_rr_variance")]),
        "MPOR" => ("paired-table", &[], "", &[("yi", "log_or"), ("vi", "log_or_variance")]),
        "MPORC" => (
            "paired-table",
            &[],
            "",
            &[("yi", "conditional_log_or"), ("vi", "conditional_log_or_variance")],
        ),
        "MPPETO" => {
            ("paired-table", &[], "", &[("yi", "peto_log_or"), ("vi", "peto_log_or_variance")])
        }
        "MPORM" => ("paired-or-from-margins", &[], "", &[("yi", "estimate"), ("vi", "variance")]),
        "OR_unpaired_wrong" => (
            "two-by-two",
            &[("events1", "e1"), ("events2", "e2")],
            "",
            &[("yi", "log_or"), ("vi", "log_or_variance")],
        ),
        "design_effect" | "design_effect_cv" => ("design-effect", &[], "", &[]),
        "effective_counts" => ("effective-counts", &[], "", &[]),
        "lnOR_from_ci" => (
            "log-ratio-from-ci",
            &[("est", "ratio"), ("lo", "lower"), ("hi", "upper")],
            "",
            &[("yi", "estimate"), ("vi", "variance")],
        ),
        "lnOR_from_upper" => (
            "log-ratio-from-limit",
            &[("est", "ratio"), ("hi", "limit")],
            "",
            &[("yi", "estimate"), ("vi", "variance")],
        ),
        "lnOR_from_p" => {
            ("log-ratio-from-p", &[("est", "ratio")], "", &[("yi", "estimate"), ("vi", "variance")])
        }
        "lnor_to_d_logistic" => {
            ("smd-from-log-or", &[("lnor", "log_or")], "", &[("d", "estimate"), ("v", "variance")])
        }
        "lnor_to_d_cox" => (
            "smd-from-log-or",
            &[("lnor", "log_or")],
            "distribution=normal",
            &[("d", "estimate"), ("v", "variance")],
        ),
        "d_to_lnor" => ("log-or-from-smd", &[], "", &[("lnor", "estimate"), ("v", "variance")]),
        "d_to_r" => ("r-from-smd", &[], "", &[("r", "estimate"), ("v", "variance"), ("a", "")]),
        "r_to_d" => ("smd-from-r", &[], "", &[("d", "estimate"), ("v", "variance")]),
        "fisher_z" => ("fisher-z", &[], "", &[("z", "estimate"), ("v", "variance")]),
        "rr_from_or" => (
            "rr-from-or",
            &[("lo", "lower"), ("hi", "upper")],
            "",
            &[("lo", "lower"), ("hi", "upper")],
        ),
        "hr_ci_to_oe" => {
            ("hr-from-ci", &[("lo", "lower"), ("hi", "upper")], "", &[("V", "v"), ("O_E", "o_e")])
        }
        "hr_p_events" => (
            "hr-from-p-and-events",
            &[("direction", "")],
            "better=experimental",
            &[("V", "v"), ("O_E", "o_e")],
        ),
        "hr_p_total_11" | "hr_p_total_21" => (
            "hr-from-p-and-total-events",
            &[("direction", "")],
            "better=experimental",
            &[("V", "v"), ("O_E", "o_e")],
        ),
        "hedges_g_metafor" => {
            ("smd", &[], "", &[("g", "estimate"), ("vi", "variance"), ("J", "correction")])
        }
        "hedges_g_revman" => {
            ("smd", &[], "", &[("g", "revman_estimate"), ("var", "revman_variance")])
        }
        // Effects of counts and of single groups, which `consil meta` computes and the statistics' own tests check.
        "SMCR" | "SMD_unpaired_wrong" | "peto" => ("", &[], "", &[]),
        _ => panic!("{id}: a case that no conversion is named for"),
    }
}

#[test]
fn closed_forms_of_the_shared_table_agree() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/conversion_cases.json");
    let Ok(text) = fs_err::read_to_string(path) else {
        eprintln!("skipped: no shared table of conversion cases");
        return;
    };
    let table: Value = serde_json::from_str(&text).unwrap();
    let mut n_checked = 0;
    for case in table["closed_form"].as_array().unwrap() {
        let (name, renamed, added, outputs) = asked(case["id"].as_str().unwrap());
        if name.is_empty() {
            continue;
        }
        let text = |value: &Value| match value {
            Value::Array(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
            other => other.to_string(),
        };
        let inputs = case["input"].as_object().unwrap().iter().filter_map(|(key, it)| {
            let key = renamed.iter().find(|it| it.0 == key).map_or(key.as_str(), |it| it.1);
            (!key.is_empty()).then(|| format!("{key}={}", text(it)))
        });
        let inputs: Vec<String> = inputs.chain([added.to_owned()]).collect();
        let converted = done(name, &inputs.join(" "));
        for (key, expected) in case["output"].as_object().unwrap() {
            let key = outputs.iter().find(|it| it.0 == key).map_or(key.as_str(), |it| it.1);
            if !key.is_empty() {
                assert_close(
                    value(&converted, key),
                    expected.as_f64().unwrap(),
                    case["tol"].as_f64().unwrap(),
                );
                n_checked += 1;
            }
        }
    }
    assert!(n_checked > 60, "only {n_checked} numbers were checked");
}

#[test]
fn the_handbook_s_examples_come_out_as_printed() {
    // Handbook 6.5.2.2: 30.0 to 34.2, 25 people: 5.09; 6.5.2.3: MD 3.8, p 0.008: t 2.78, SE 1.37, SD 4.69 by its rounded steps.
    assert_close(value(&done("sd-from-ci", "lower=30.0 upper=34.2 n=25"), "sd"), 5.09, 1e-3);
    let sd = done("sd-from-p", "md=3.8 p=0.008 n1=25 n2=22");
    assert_close(value(&sd, "t"), 2.78, 2e-3);
    assert_close(value(&sd, "sd"), 4.69, 2e-3);
    // Handbook 23.2.7 (16.4.6.4 of version 5): 0.583; 0.218 with 0.256.
    assert_close(
        value(&done("paired-md", "m1=7.0 sd1=2.38 m2=6.5 sd2=2.21 n=10 r=0.68"), "se"),
        0.583,
        1e-3,
    );
    let smd = done("paired-smd", "m1=7.0 sd1=2.38 m2=6.5 sd2=2.21 n=10 r=0.68 form=handbook");
    assert_close(value(&smd, "estimate"), 0.218, 2e-3);
    assert_close(value(&smd, "se"), 0.256, 1e-3);
    // Handbook 23.1.5: 1 + (29.8 − 1) × 0.02.
    assert_close(value(&done("design-effect", "m=29.8 icc=0.02"), "de"), 1.576, 1e-12);
}

#[test]
fn a_conversion_keeps_its_inputs_as_printed_its_method_and_its_assumptions() {
    let sd = done("sd-from-p", "md=3.80 p=0.008 n1=25 n2=22");
    let inputs: Vec<_> = sd.inputs.iter().map(|(name, text)| format!("{name}={text}")).collect();
    assert_eq!(inputs.join(" "), "md=3.80 p=0.008 n1=25 n2=22");
    assert_eq!(sd.conversion.source, "Cochrane Handbook 6.5.2.3");
    assert!(!sd.conversion.assumes.is_empty());
}

#[test]
fn few_printed_digits_leave_a_result_open() {
    // p = 0.008 is anything from 0.0075 to 0.0085, MD 3.8 from 3.75 to 3.85: a few percent.
    let sd = done("sd-from-p", "md=3.8 p=0.008 n1=25 n2=22");
    let range = sd.rounding[1];
    assert!(range.lower < 4.63 && range.upper > 4.74 && range.lower > 4.5, "{range:?}");
    assert!(sd.warnings.is_empty(), "{:?}", sd.warnings);
    // p = 0.3 is anything from 0.25 to 0.35.
    let rough = done("se-from-p", "estimate=3.800 p=0.3");
    assert!(
        rough.warnings[0].starts_with("the printed digits leave the se open from"),
        "{:?}",
        rough.warnings
    );
    // Counts are exact.
    assert!(done("design-effect", "m=29.8 icc=0.02").rounding[0].upper < 1.578);
    assert!(done("effective-counts", "e1=63 n1=295 e2=84 n2=330 de=1.576").rounding.is_empty());
}

#[test]
fn what_cannot_be_converted_says_why_and_what_to_do() {
    assert_eq!(
        refusal("sd-from-sem", &[]),
        "there is no conversion `sd-from-sem` (did you mean `sd-from-se`?); `consil convert` lists them all"
    );
    assert_eq!(
        refusal("sd-from-se", &[("se", "4.5")]),
        "sd-from-se needs n (number of people): give it as n=…"
    );
    assert_eq!(
        refusal("sd-from-se", &[("se", "4.5"), ("n", "36"), ("sd", "2")]),
        "sd-from-se takes no `sd`; it takes se, n"
    );
    assert_eq!(
        refusal("sd-from-se", &[("se", "4,5"), ("n", "36")]),
        "`se` is `4,5`; expected a number with a decimal point and no thousands separator, such as 1234.5"
    );
    assert_eq!(
        refusal(
            "hr-from-p-and-events",
            &[("e1", "55"), ("e2", "70"), ("p", "0.03"), ("better", "left")]
        ),
        "`better` is `left`; expected experimental or control"
    );
    assert_eq!(
        refusal("sd-from-ci", &[("lower", "5"), ("upper", "4"), ("n", "20")]),
        "sd-from-ci: the confidence limits are not in ascending order: 5 comes before 4"
    );
    assert_eq!(
        refusal("sd-from-se", &[("se", "1"), ("se", "2"), ("n", "3")]),
        "`se` is given twice; expected it once"
    );
}

#[test]
fn a_ratio_off_the_middle_of_its_interval_is_noticed() {
    assert!(done("log-ratio-from-ci", "ratio=0.64 lower=0.33 upper=1.22").warnings.is_empty());
    let slip = done("log-ratio-from-ci", "ratio=0.46 lower=0.33 upper=1.22");
    assert!(
        slip.warnings[0].contains("is not in the middle of its interval"),
        "{:?}",
        slip.warnings
    );
}

#[test]
fn skewed_order_statistics_are_noticed_and_a_better_method_named() {
    let skewed = done("mean-sd-from-five-number", "n=85 min=1 median=25 max=210");
    assert!(skewed.warnings.iter().any(|it| it.contains("method=qe")), "{:?}", skewed.warnings);
    assert_close(value(&skewed, "mean"), 35.064_402_563_7, 1e-9);
    let fitted = done("mean-sd-from-five-number", "n=85 q1=12 median=25 q3=60 method=qe");
    assert!(fitted.warnings.iter().any(|it| it.contains("log-normal")), "{:?}", fitted.warnings);
}

#[test]
fn every_conversion_is_named_once_and_says_where_it_is_from() {
    let mut names: Vec<_> = catalogue().map(|it| it.name).collect();
    let n = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), n);
    for it in catalogue() {
        assert!(
            !it.method.is_empty() && !it.source.is_empty() && !it.assumes.is_empty(),
            "{}",
            it.name
        );
    }
}
