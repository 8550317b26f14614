//! What else `consil meta` is asked: moderators, dependence, influence, subsets, the multiverse.

use serde_json::Value;

use crate::consil::consil;
use crate::tables::{BCG, SCHOOLS, VASOSPASM, WARFARIN};

fn json(table: &str, options: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("t.csv"), table).unwrap();
    let run = consil(folder.path(), &[&["meta", "t.csv", "--json"], options].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn shown(table: &str, options: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("t.csv"), table).unwrap();
    consil(folder.path(), &[&["meta", "t.csv"], options].concat()).shown(folder.path())
}

#[track_caller]
fn assert_close(found: &Value, expected: f64, tolerance: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected}");
}

/// metafor 3.8-1: `rma(yi, vi, mods = ~ ablat + alloc, data = dat.bcg)` with `threshold = 1e-14`, `anova(…, btt = 3:4)`.
#[test]
fn moderators_of_numbers_and_of_texts() {
    let regression = &json(BCG, &["--mods", "ablat + alloc"])["meta_regression"];
    let coefficients = regression["coefficients"].as_array().unwrap();
    let expected = [
        (0.293_194_356_003, 0.404_994_640_792),
        (-0.027_275_756_298, 0.009_199_319_746),
        (-0.267_491_211_513, 0.350_428_507_972),
        (0.058_461_286_928, 0.379_510_602_382),
    ];
    for (found, (estimate, se)) in coefficients.iter().zip(expected) {
        assert_close(&found["estimate"], estimate, 1e-9);
        assert_close(&found["se"], se, 1e-9);
    }
    assert_eq!(coefficients.len(), 4);
    assert_close(&regression["tau2"], 0.144_594_297_359, 1e-9);
    assert_close(&regression["r2"], 53.839_613_909, 1e-7);
    assert_close(&regression["moderators"]["p_value"], 0.011_402_595_730, 1e-9);
    assert_eq!(regression["terms"][1]["term"], "alloc");
    assert_close(&regression["terms"][1]["statistic"], 1.285_017_960_466, 1e-8);
}

#[test]
fn a_study_without_a_moderator_is_left_out_and_named() {
    let table = BCG.replace("1948,4,119,11,128,44", "1948,4,119,11,128,NA");
    let regression = &json(&table, &["--mods", "ablat"])["meta_regression"];
    assert_eq!(regression["k"], 12);
    assert_eq!(regression["excluded"][0]["study"], "Aronson 1948");
    assert_eq!(regression["excluded"][0]["reason"], "no value of ablat");
}

#[test]
fn wrong_moderators_are_refused_with_their_place() {
    insta::assert_snapshot!(shown(BCG, &["--mods", "aloc"]), @"
    status: 1
    --- stdout
    --- stderr
    error: t.csv:1:1
        found:    no column `aloc`
        expected: one of: author, year, tpos, tneg, cpos, cneg, ablat, alloc
        help:     did you mean `alloc`?
    1 error and 0 warnings
    ");
    let table = BCG.replace("44,random", "44,random\n");
    let table = table.replace("1949,6,300,29,274,55", "1949,6,300,29,274,high");
    insta::assert_snapshot!(shown(&table, &["--mods", "ablat^2"]), @"
    status: 1
    --- stdout
    --- stderr
    error: t.csv:4:36 (ablat)
        found:    `high`
        expected: a number such as 12.5
        help:     correct it, or leave it empty if it is not known
    1 error and 0 warnings
    ");
    insta::assert_snapshot!(shown(BCG, &["--mods", "alloc + alloc:ablat"]), @"
    status: 1
    --- stdout
    --- stderr
    error: --mods
        found:    the interaction names `ablat`, which is not among the terms before it: alloc
        expected: terms that make a design
        help:     an interaction needs its two terms before it
    1 error and 0 warnings
    ");
    insta::assert_snapshot!(shown(BCG, &["--mods", "author + year + ablat"]), @"
    status: 1
    --- stdout
    --- stderr
    error: --mods
        found:    13 studies for 13 coefficients; a t distribution and the random-effects model need more studies than coefficients, the common-effect model at least as many
        expected: moderators that 13 studies can tell apart
        help:     take fewer moderators, or another model
    1 error and 0 warnings
    ");
}

/// metafor 3.8-1: `rma.mv(yi, vi, random = ~ 1 | district/school, data = dat.konstantopoulos2011)`, and
/// `robust(…, cluster = district, clubSandwich = FALSE)`.
#[test]
fn several_effects_a_study_by_levels() {
    let options =
        ["--random", "district/school", "--cluster", "district", "--robust", "residual adjusted"];
    let found = &json(SCHOOLS, &options)["dependent_effects"];
    assert_close(&found["coefficients"][0]["estimate"], 0.184_713_163_7, 1e-6);
    assert_close(&found["coefficients"][0]["se"], 0.084_555_918_7, 1e-6);
    assert_close(&found["components"][0]["variances"][0], 0.065_061_944_3, 1e-6);
    assert_close(&found["components"][1]["variances"][0], 0.032_736_517_0, 1e-6);
    assert_eq!(found["robust"]["clusters"], 11);
    assert_close(&found["robust"]["coefficients"][0]["p_value"], 0.0537, 5e-5);
}

/// metafor 3.8-1: `rma.glmm(measure = "OR", …, data = dat.bcg, model = "UM.FS", method = "ML")`, whose optimiser
/// warns that it stopped at a gradient of 0.003: hence five digits.
#[test]
fn counts_by_a_generalised_linear_mixed_model() {
    let found = &json(BCG, &["--measure", "OR", "--glmm", "fixed studies"])["glmm"];
    assert_close(&found["coefficients"][0]["estimate"], -0.745_013_466, 2e-5);
    assert_close(&found["tau2"], 0.294_893_648, 2e-5);
    assert_close(&found["q_lrt"], 176.954_448, 1e-4);
}

/// metafor 3.8-1: `influence(rma(yi, vi, data = dat.bcg))$inf[4, ]`, `cumul(…, order = year)`.
#[test]
fn what_single_studies_do() {
    let found = json(BCG, &["--influence", "--cumulative", "year"]);
    let hart = &found["influence"][3];
    assert_eq!(hart["study"], "Hart & Sutherland 1977");
    for (field, expected) in [
        ("rstudent", -1.4512),
        ("dffits", -0.5201),
        ("cook_distance", 0.2295),
        ("covariance_ratio", 0.9651),
        ("tau2_deleted", 0.2628),
        ("q_deleted", 96.5626),
        ("hat", 0.0970),
    ] {
        assert_close(&hart[field], expected, 5.1e-5);
    }
    let steps = found["cumulative"].as_array().unwrap();
    assert_eq!(steps.len(), 13);
    assert_close(&steps[10]["estimate"], -0.708_205_992, 1e-8);
    assert_close(&steps[11]["estimate"], -0.794_767_605, 1e-8);
}

#[test]
fn every_subset_is_pooled() {
    let found = &json(BCG, &["--gosh"])["subsets"];
    assert_eq!(found["n"], 8191);
    assert_eq!(found["seed"], Value::Null);
}

#[test]
fn the_multiverse_has_each_combination_once() {
    let found = &json(BCG, &["--multiverse"])["multiverse"];
    assert_eq!(found["n"], 14);
    let choices = "measure=RR|OR; include=all|alloc=random";
    let found = &json(BCG, &[&format!("--multiverse={choices}")])["multiverse"];
    assert_eq!(found["n"], 4);
    assert_eq!(found["specifications"][3]["measure"], "RR");
}

/// metafor 3.8-1: `rma(measure = …, xi = xi, ni = ni, data = dat.pritz1997)`, `predict(…, transf = transf.ilogit)` and
/// `transf.ipft.hm` with `targs = list(ni = ni)`.
#[test]
fn proportions_are_read_as_proportions_whatever_they_are_analysed_as() {
    for (measure, [estimate, lower, upper]) in
        [("PLO", [0.7575, 0.6605, 0.8337]), ("PFT", [0.8029, 0.7022, 0.8893])]
    {
        let display = &json(VASOSPASM, &["--measure", measure])["display"];
        assert_close(&display["estimate"], estimate, 5.1e-5);
        assert_close(&display["ci_lower"], lower, 5.1e-5);
        assert_close(&display["ci_upper"], upper, 5.1e-5);
    }
}

#[test]
fn columns_that_do_not_give_the_measure_are_refused_with_those_that_would() {
    insta::assert_snapshot!(shown(VASOSPASM, &["--measure", "IRR"]), @"
    status: 1
    --- stdout
    --- stderr
    error: t.csv:1:1
        found:    the columns study, authors, xi, ni, which do not give IRR
        expected: events and person-time of two arms: events_e (or ai), time_e (or t1i), events_c (or ci), time_c (or t2i)
        help:     rename the columns, or name them with --columns ROLE=COLUMN
    1 error and 0 warnings
    ");
    insta::assert_snapshot!(shown(VASOSPASM, &["--measure", "PLO", "--log"]), @"
    status: 1
    --- stdout
    --- stderr
    error: --log
        found:    this with PLO
        expected: a measure of two groups
        help:     remove it: the measure says how its columns are read
    1 error and 0 warnings
    ");
}

/// metafor 3.8-1, on `escalc(measure = "OR", …, data = dat.bcg)`: `regtest(…, model = "lm")`, `ranktest`, `trimfill`, `fsn`,
/// `tes`, `hc`, and `selmodel(rma(…, method = "ML"), type = "stepfun", steps = .025, alternative = "less")`.
#[test]
fn small_studies_and_selection() {
    let options = ["--measure", "OR", "--small-study", "--selection", "step(0.025)"];
    let found = json(BCG, &options);
    let small = &found["small_study_effects"];
    assert_eq!(small["tests"][0]["test"], "Egger");
    assert_close(&small["tests"][0]["statistic"], -1.506_950_697, 1e-8);
    assert_close(&small["rank"]["p_value"], 0.952_361_908, 1e-8);
    assert_eq!(small["trim_and_fill"][0]["missing"], 0);
    assert_close(&small["fail_safe_n"][0]["n"], 607.0, 0.0);
    assert_close(&small["excess_significance"]["expected"], 6.100_697_93, 1e-7);
    assert_close(&small["henmi_copas"]["estimate"], -0.436_139_076, 1e-7);
    let model = &found["selection_models"][0];
    assert_close(&model["mean"]["estimate"], -0.663_602_898, 1e-5);
    assert_close(&model["selection_test"]["statistic"], 0.170_206_497, 1e-5);
}

#[test]
fn every_kind_of_figure_is_drawn_and_asks_what_it_needs_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("t.csv"), BCG).unwrap();
    let kinds = [
        "forest",
        "funnel",
        "trim-fill",
        "radial",
        "labbe",
        "baujat",
        "gosh",
        "cumulative",
        "leave-one-out",
        "bubble",
        "multiverse",
        "influence",
        "quantile",
        "likelihood",
        "drapery",
        "weight-function",
        "albatross",
        "harvest",
        "effect-direction",
    ];
    let files: Vec<String> = kinds.iter().map(|it| format!("--plot={it}={it}.svg")).collect();
    let mut options = vec!["meta", "t.csv", "--mods", "ablat", "--cumulative", "year"];
    options.extend(["--selection", "step(0.025)", "--better", "lower"]);
    options.extend(files.iter().map(String::as_str));
    let run = consil(folder.path(), &options);
    assert_eq!(run.status, 0, "{}", run.stderr);
    for kind in kinds {
        let svg = fs_err::read_to_string(folder.path().join(format!("{kind}.svg"))).unwrap();
        assert!(svg.contains("<title"), "{kind}");
    }
}

#[test]
fn a_figure_that_lacks_something_says_what() {
    insta::assert_snapshot!(shown(BCG, &["--json", "--plot", "cumulative=a.svg"]), @"
    status: 1
    --- stdout
    --- stderr
    error: --plot cumulative: it needs --cumulative with the column that orders the studies
    ");
    insta::assert_snapshot!(shown(VASOSPASM, &["--measure", "PLO", "--json", "--plot", "labbe=a.svg"]), @"
    status: 1
    --- stdout
    --- stderr
    error: --plot labbe: it needs the events of two groups
    ");
    insta::assert_snapshot!(shown(BCG, &["--json", "--plot", "effect-direction=a.svg"]), @"
    status: 1
    --- stdout
    --- stderr
    error: --plot effect-direction: it needs --better lower or --better higher, which say what an arrow up is
    ");
    insta::assert_snapshot!(shown(BCG, &["--plot", "fnel=a.svg"]), @"
    status: 2
    --- stdout
    --- stderr
    error: invalid value 'fnel=a.svg' for '--plot <[KIND=]FILE>': `fnel` is no figure; expected one of `forest`, `funnel`, `trim-fill`, `radial`, `labbe`, `baujat`, `gosh`, `cumulative`, `leave-one-out`, `bubble`, `multiverse`, `influence`, `quantile`, `likelihood`, `drapery`, `weight-function`, `albatross`, `harvest`, `effect-direction`

    For more information, try '--help'.
    ");
}

/// metafor 3.8-1: `rma.mv(yi, vi, random = ~ 1 | district/school, data = dat.konstantopoulos2011)`, `rstudent` and `cooks.distance`
/// with `cluster = district`.
#[test]
fn effects_and_clusters_are_left_out_of_multilevel_models() {
    let found = &json(SCHOOLS, &["--random", "district/row", "--influence"]);
    assert_eq!(found["influence"], Value::Null, "the effects are not studies of their own");
    let found = &found["dependent_effects"]["influence"];
    assert_eq!(found["cluster"], "district");
    let district = &found["clusters"][6];
    assert_eq!((&district["cluster"], &district["k"]), (&"71".into(), &3.into()));
    assert_close(&district["chi2"], 24.943_237_603, 1e-2);
    assert_close(&district["cook_distance"], 0.558_517_486, 1e-4);
    assert_eq!(district["is_influential"], true);
    assert_close(&found["rows"][0]["residual_deleted"], -0.368_461_588, 1e-5);
    assert_close(&found["rows"][0]["cook_distance"], 0.001_965_212, 1e-6);
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("t.csv"), SCHOOLS).unwrap();
    let options = ["meta", "t.csv", "--random", "district/row", "--plot", "influence=a.svg"];
    let run = consil(folder.path(), &options);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("Influence by district"), "{}", run.stdout);
    let svg = fs_err::read_to_string(folder.path().join("a.svg")).unwrap();
    assert!(svg.contains("Variance without: district/row"));
}

/// R: with the two-sided P values of `escalc(measure = "RR", …, data = dat.bcg)`, halved or turned towards protection,
/// `pchisq(-2 * sum(log(p)), 26, lower = FALSE)` and `pnorm(sum(qnorm(p, lower = FALSE)) / sqrt(13), lower = FALSE)`.
#[test]
fn p_values_are_combined_towards_the_pooled_effect() {
    let found = &json(BCG, &["--combine-p"])["combined_p_values"];
    assert_eq!(found["direction"], "below no effect");
    assert_eq!(found["vote"]["positive"], 11);
    assert_eq!(found["vote"]["total"], 13);
    let p = |method: &str| {
        let methods = found["methods"].as_array().unwrap();
        let of = methods.iter().find(|it| it["method"] == method).unwrap();
        of["p_value"].as_f64().unwrap()
    };
    assert!((p("Fisher") / 7.624_539_157_48e-51 - 1.0).abs() < 1e-6, "{}", p("Fisher"));
    assert!((p("Stouffer") / 8.813_956_896_26e-30 - 1.0).abs() < 1e-6, "{}", p("Stouffer"));
}

/// Of the BCG trials eight are significant. p-uniform* by R's `optim` of the likelihood written out.
#[test]
fn significance_is_asked_by_the_p_curve_and_p_uniform() {
    let found = &json(BCG, &["--p-curve", "--p-uniform"]);
    assert_eq!(found["p_curve"]["significant"], 8);
    assert_eq!(found["p_curve"]["evidential_value"], "present");
    let uniform = &found["p_uniform"];
    assert_eq!(uniform["direction"], "negative");
    assert_close(&uniform["estimate"], -0.716_854_135_29, 1e-5);
    assert_close(&uniform["tau2"], 0.210_468_835_38, 1e-5);
}

/// metafor 3.8-1: `permutest(rma(yi, vi, data = dat.bcg), exact = TRUE)` on the log risk ratios: 12 of 8,192.
#[test]
fn a_permutation_test_goes_through_all_signs_where_they_are_few() {
    let found = &json(BCG, &["--permute", "10000", "--bootstrap", "200"]);
    let test = &found["permutation"];
    assert_eq!(test["arrangements"], 8192);
    assert_eq!(test["is_exact"], true);
    assert_close(&test["coefficients"][0]["p_value"], 0.001_464_843_75, 1e-12);
    let interval = &found["bootstrap"]["mean"]["percentile"];
    assert!(interval["ci_lower"].as_f64() < found["estimate"].as_f64());
    assert!(interval["ci_upper"].as_f64() > found["estimate"].as_f64());
}

/// The Handbook's count of directions (12.2.1.3): the sign test is `binom.test(2, 13)$p.value` in R.
#[test]
fn directions_are_counted_and_quality_tells_studies_apart() {
    let found = &json(BCG, &["--directions=alloc=random"])["directions"];
    assert_eq!(found["vote"]["positive"], 2);
    assert_eq!(found["vote"]["total"], 13);
    assert_close(&found["vote"]["p_value"], 0.022_460_937_5, 1e-12);
    assert_eq!(found["quality"]["vote"]["positive"], 1);
    assert_eq!(found["quality"]["vote"]["total"], 7);
    assert_eq!(found["studies"][7]["direction"], "above no effect");
}

/// metafor 3.8-1: `rma(yi, vi, mods = ~ ablat, scale = ~ ablat, data = dat.bcg)`.
#[test]
fn the_between_study_variance_may_depend_on_moderators() {
    let found = &json(BCG, &["--mods", "ablat", "--scale", "ablat"])["location_scale"];
    assert_close(&found["location"][1]["estimate"], -0.0291, 5.1e-5);
    assert_close(&found["scale"][0]["estimate"], -2.5425, 2e-4);
    assert_close(&found["scale"][1]["se"], 0.0796, 5.1e-5);
    assert_close(&found["location_moderators"]["statistic"], 16.2778, 5.1e-4);
    insta::assert_snapshot!(shown(BCG, &["--scale", "ablat", "--tau2", "DL"]), @"
    status: 1
    --- stdout
    --- stderr
    error: --scale
        found:    τ² by `DL`
        expected: a between-study variance by REML or ML
        help:     choose --tau2 REML
    1 error and 0 warnings
    ");
}

/// metafor 3.8-1: `rma.mh(measure = "IRR", x1i, x2i, t1i, t2i, data = dat.hart1999)`, and `"IRD"`.
#[test]
fn rates_are_pooled_by_mantel_and_haenszel() {
    for (measure, estimate, se, q) in [
        ("IRR", -1.029_574_596_937, 0.162_094_900_339, 2.968_548_154_634),
        ("IRD", -0.039_351_346_851, 0.006_104_983_871, 12.532_034_473_048),
    ] {
        let found = json(WARFARIN, &["--measure", measure, "--method", "MH"]);
        assert_close(&found["estimate"], estimate, 1e-9);
        assert_close(&found["se"], se, 1e-9);
        assert_close(&found["q"], q, 1e-7);
        assert_eq!(found["model"], "common");
    }
}

/// metafor 3.8-1: `rma.mh(measure = "RR", …)` of the first 5 and 11 trials of `dat.bcg` by year.
#[test]
fn studies_are_added_by_the_method_of_the_analysis() {
    let options =
        ["--profile", "metafor", "--method", "MH", "--measure", "RR", "--cumulative", "year"];
    let found = json(BCG, &options);
    let steps = found["cumulative"].as_array().unwrap();
    assert_close(&steps[4]["estimate"], -0.894_002_936_6, 1e-8);
    assert_close(&steps[10]["se"], 0.056_295_587_8, 1e-8);
}

#[test]
fn what_rests_on_inverse_variance_says_so_or_is_refused() {
    let by_mh = ["--method", "MH", "--influence", "--small-study"];
    let notes = json(BCG, &by_mh)["notes"].to_string();
    assert!(notes.contains("--influence, --small-study: by inverse variance"), "{notes}");
    for question in [&["--gosh"][..], &["--bootstrap", "100"]] {
        let refused = shown(BCG, &[&["--method", "MH"], question].concat());
        assert!(refused.contains("found:    the method `Mantel-Haenszel`"), "{refused}");
        let refused = shown(BCG, &[&["--weights", "equal"], question].concat());
        assert!(refused.contains("found:    weights by `equal`"), "{refused}");
    }
    let steps = &json(BCG, &["--weights", "equal", "--cumulative", "year"])["cumulative"];
    let all = json(BCG, &["--weights", "equal"]);
    assert_close(&steps[12]["estimate"], all["estimate"].as_f64().unwrap(), 1e-12);
}
