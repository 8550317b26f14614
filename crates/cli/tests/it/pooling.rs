//! How `consil meta` pools: the profiles of Review Manager and metafor, and each choice of the model.
//!
//! Reference values: metafor 3.8-1 with `control = list(threshold = 1e-15)`, and formulas where Review Manager's differ.

use serde_json::Value;

use crate::consil::consil;
use crate::tables::BCG;

/// Every kind of table that programs treat differently: B has one empty cell, C no events, E nothing but events.
const RARE: &str = "study,events_e,n_e,events_c,n_c,kind,w
A,3,40,8,41,x,1
B,0,30,4,31,x,2
C,0,25,0,26,y,3
D,5,60,9,58,y,4
E,20,20,22,22,y,5
F,2,50,7,49,x,6
";

/// Normand (1999): length of stay under specialist stroke care.
const STROKE: &str = "study,n1i,m1i,sd1i,n2i,m2i,sd2i
1,155,55,47,156,75,64
2,31,27,7,32,29,4
3,75,64,17,71,119,29
4,18,66,20,18,137,48
5,8,14,8,13,18,11
6,57,19,7,52,18,4
7,34,52,45,33,41,34
8,110,21,16,183,31,27
9,60,30,27,52,23,20
";

fn run(table: &str, options: &[&str]) -> crate::consil::Run {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("t.csv"), table).unwrap();
    consil(folder.path(), &[&["meta", "t.csv"], options].concat())
}

fn json(table: &str, options: &[&str]) -> Value {
    let run = run(table, &[&["--json"], options].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn refusal(table: &str, options: &[&str]) -> String {
    let run = run(table, options);
    assert_ne!(run.status, 0, "{}", run.stdout);
    run.stderr
}

#[track_caller]
fn assert_numbers(found: &Value, expected: &[(&str, f64)]) {
    for (name, expected) in expected {
        let number = found[name].as_f64().unwrap();
        let error = (number - expected).abs();
        assert!(error <= 1e-9 * expected.abs().max(1.0), "{name}: {number}, expected {expected}");
    }
}

fn studies(json: &Value) -> Vec<&str> {
    json["studies"].as_array().unwrap().iter().map(|it| it["study"].as_str().unwrap()).collect()
}

/// `rma.mh(measure = "OR", add = c(.5, .5), to = c("only0", "only0"), drop00 = c(TRUE, TRUE))`, which is Review Manager's
/// Mantel-Haenszel; `rma(measure = "OR", method = "DL", drop00 = TRUE)`, its inverse variance.
#[test]
fn review_manager_pools_events_by_mantel_haenszel_unless_told_otherwise() {
    let mh = json(RARE, &["--profile", "revman", "--measure", "OR", "--model", "common"]);
    assert_eq!(mh["method"], "Mantel-Haenszel");
    assert_numbers(
        &mh,
        &[
            ("estimate", -1.123_204_917_135),
            ("se", 0.379_486_319_297),
            ("q", 1.211_558_541_961),
            ("i2", 0.0),
        ],
    );
    assert_eq!(studies(&mh), ["A", "B", "D", "F"]);
    let iv = json(RARE, &["--profile", "revman", "--measure", "OR", "--method", "IV"]);
    assert_eq!(iv["tau2_method"], "DL");
    assert_numbers(
        &iv,
        &[("estimate", -1.069_630_692_698_4), ("ci_upper", -0.311_853_488_991_1), ("tau2", 0.0)],
    );
    assert_eq!(iv["prediction_lower"], Value::Null);
    assert_eq!(iv["tau2_ci_lower"], Value::Null);
}

/// Hedges' g with 1 − 3/(4N − 9) and the variance N/(n₁n₂) + g²/(2(N − 3.94)), pooled with `rma(g, v, method = "DL")`.
#[test]
fn review_manager_has_its_own_standardised_mean_difference() {
    let revman = json(STROKE, &["--profile", "revman", "--measure", "SMD"]);
    assert_numbers(
        &revman,
        &[
            ("estimate", -0.529_284_683_314_24),
            ("se", 0.258_276_602_267_61),
            ("tau2", 0.534_736_800_172_71),
            ("i2", 93.461_214_288_733_52),
        ],
    );
    let metafor = json(STROKE, &["--profile", "metafor", "--measure", "SMD"]);
    assert_numbers(
        &metafor,
        &[("estimate", -0.537_108_258_432_96), ("tau2", 0.790_842_913_750_77)],
    );
}

#[test]
fn review_manager_shows_what_it_cannot_estimate_and_counts_it_in_the_totals() {
    let options = ["--profile", "revman", "--measure", "OR", "--model", "common"];
    let run = run(RARE, &[&options[..], &["--subgroup", "kind"]].concat());
    insta::assert_snapshot!(run.stdout, @"
    Study     Experimental: Events  Experimental: Total  Control: Events  Control: Total  Weight  Odds ratio (95% CI)
    x
    A                            3                   40                8              41   27.2%  0.33 (0.08 to 1.37)
    B                            0                   30                4              31   16.2%  0.10 (0.01 to 1.95)
    F                            2                   50                7              49   25.3%  0.25 (0.05 to 1.27)
    Subtotal                     5                  120               19             121   68.7%  0.25 (0.09 to 0.67)
    Heterogeneity: I² = 0%; Q = 0.53, df = 2, P = 0.77

    y
    C                            0                   25                0              26                Not estimable
    D                            5                   60                9              58   31.3%  0.49 (0.16 to 1.58)
    E                           20                   20               22              22                Not estimable
    Subtotal                    25                  105               31             106   31.3%  0.49 (0.16 to 1.58)

    Total                       30                  225               50             227  100.0%  0.33 (0.15 to 0.68)
    Heterogeneity: I² = 0%; Q = 1.21, df = 3, P = 0.75
    Test of the overall effect: P = 0.003
    Test for subgroup differences: Q = 0.79, df = 1, P = 0.37, I² = 0%
    4 studies (359 participants): odds ratio 0.33 (95% CI 0.15 to 0.68), P = 0.003; the estimate is lower with Experimental than with Control; common effect (Mantel-Haenszel), as Review Manager 5.4 computes it; I² = 0%.
    Note: B: an empty cell: one half added to each of the four
    Left out: C: no events in either arm: the odds ratio cannot be estimated
    Left out: E: everybody in both arms had the event: the odds ratio cannot be estimated
    ");
}

/// `rma(measure = "RR")`, `rma.mh(measure = "RR" and "RD")`, `rma.peto()`.
#[test]
fn metafor_keeps_tables_without_events_and_pools_raw_counts() {
    let rma = json(RARE, &["--profile", "metafor"]);
    assert_numbers(
        &rma,
        &[
            ("estimate", -0.531_025_530_328_98),
            ("se", 0.320_735_515_054_13),
            ("tau2", 0.229_413_453_678_16),
            ("i2", 43.333_799_552_724_06),
            ("prediction_lower", -1.660_829_975_853),
            ("prediction_upper", 0.598_778_915_195),
        ],
    );
    assert_eq!(studies(&rma), ["A", "B", "C", "D", "E", "F"]);
    let mh =
        |measure| json(RARE, &["--profile", "metafor", "--method", "MH", "--measure", measure]);
    assert_numbers(
        &mh("RR"),
        &[("estimate", -0.461_797_228_83), ("q", 3.126_552_873_504_2), ("i2", 4.047_680_580_639_2)],
    );
    assert_numbers(&mh("RD"), &[("estimate", -0.080_240_473_081_32), ("se", 0.025_555_737_879_36)]);
    let peto = json(RARE, &["--profile", "metafor", "--measure", "PETO"]);
    assert_numbers(&peto, &[("estimate", -1.062_289_253_052_1), ("q", 1.484_535_072_526_4)]);
}

#[test]
fn both_answers_stand_side_by_side_with_the_reasons_why_they_differ() {
    let shown = run(RARE, &["--profile", "both"]).stdout;
    let (_, comparison) = shown.split_once("Review Manager 5.4: ").unwrap();
    let (comparison, _) = comparison.split_once("Note:").unwrap();
    insta::assert_snapshot!(comparison, @"
    risk ratio 0.3934 (95% CI 0.04256 to 3.637), P = 0.41; τ² = 5.826, I² = 95.9%, Q = 98.18 (df = 4, P < 0.0001); 5 studies
    metafor:            risk ratio 0.5880 (95% CI 0.3136 to 1.103), P = 0.10; τ² = 0.2294, I² = 43.3%, Q = 8.34 (df = 5, P = 0.14); 6 studies
    Why they differ:
    - 1 of 6 studies has no events, or nothing else, in both arms: Review Manager leaves such a study out, metafor adds one half to its cells and keeps it.
    - 1 of 6 studies has nothing but events: Review Manager's risk ratio is 1, metafor's that of the counts with one half added; the standard errors agree.
    - metafor has no Mantel-Haenszel random-effects method: Review Manager pools by inverse variance with a tau2 from the Q about the Mantel-Haenszel estimate, metafor's rma() takes Q about the inverse-variance mean.
    - tau2 is DerSimonian-Laird's in Review Manager 5 (and for M-H in all versions), and estimated by restricted maximum likelihood (REML) by default in metafor.
    - I2 comes from Q in Review Manager 5, and from tau2 and the typical sampling variance in metafor and in RevMan since 2024; the two agree only for the DerSimonian-Laird tau2.
    ");
    let json = json(RARE, &["--profile", "both"]);
    let profiles = &json["profiles"];
    assert_eq!(profiles["revman"]["estimate"], json["estimate"]);
    assert_eq!(profiles["revman"]["profile"], "Review Manager");
    assert_numbers(&profiles["metafor"], &[("estimate", -0.531_025_530_328_98)]);
    assert_eq!(profiles["differences"][0]["topic"], "estimability");
    assert!(profiles["differences"][0]["sentence"].as_str().unwrap().starts_with("1 of 6"));
}

#[test]
fn nothing_is_said_to_differ_where_nothing_does() {
    let table = "study,effect,se\nA,0.5,0.2\nB,0.3,0.1\n";
    let shown = run(table, &["--profile", "both", "--model", "common"]).stdout;
    assert!(shown.contains("Nothing on which the two differ matters"), "{shown}");
}

#[test]
fn what_contradicts_a_profile_is_refused() {
    insta::assert_snapshot!(
        refusal(RARE, &["--profile", "revman", "--tau2", "PM", "--ci", "HK", "--zero-cells", "0.5"]),
        @"
    error: --tau2
        found:    `PM`
        expected: `DL`, the only one that Review Manager 5.4 has
        help:     remove it, or the profile
    error: --ci
        found:    `Hartung-Knapp`
        expected: `Wald`, the only one that Review Manager 5.4 has
        help:     remove it, or the profile
    error: --zero-cells
        found:    `0.5:only0`
        expected: nothing, as Review Manager 5.4 has no such choice
        help:     remove it, or the profile
    3 errors and 0 warnings
    "
    );
    insta::assert_snapshot!(refusal(STROKE, &["--profile", "revman", "--measure", "ROM"]), @"
    error: --measure
        found:    `ROM`
        expected: one that Review Manager has: RR, OR, RD, PETO, MD, SMD or GEN
        help:     give effects with standard errors (GEN), or remove the profile
    1 error and 0 warnings
    ");
    insta::assert_snapshot!(refusal(RARE, &["--profile", "metafor", "--prediction", "HTS"]), @"
    error: --prediction
        found:    `Higgins-Thompson-Spiegelhalter`
        expected: `normal`, metafor's default
        help:     remove the profile: without it, options give what metafor gives with the same options
    1 error and 0 warnings
    ");
    insta::assert_snapshot!(
        refusal(RARE, &["--profile", "metafor", "--method", "MH", "--model", "random"]),
        @"
    error: --model
        found:    `random`
        expected: `common`, as `rma.mh` has it
        help:     choose inverse variance, or a common effect
    1 error and 0 warnings
    "
    );
    insta::assert_snapshot!(refusal(RARE, &["--profile", "spss"]), @"
    error: invalid value 'spss' for '--profile <PROGRAM>': expected revman, revman-2025, metafor or both

    For more information, try '--help'.
    ");
}

/// `rma(measure = "OR", add = .25, to = "all", drop00 = TRUE, method = "DL")`, `rma(…, to = "if0all", method = "DL")`.
#[test]
fn zero_cells_are_dealt_with_as_asked() {
    let all = json(RARE, &["--measure", "OR", "--zero-cells", "0.25:all", "--drop00"]);
    assert_numbers(&all, &[("estimate", -1.011_771_786_284_8), ("q", 1.323_013_353_929_7)]);
    assert_eq!(studies(&all), ["A", "B", "D", "F"]);
    assert!(all["notes"].to_string().contains("0.25 added to every cell of every study"));
    let any = json(RARE, &["--measure", "OR", "--zero-cells", "0.5:if0all"]);
    assert_numbers(&any, &[("estimate", -0.930_283_695_341_9), ("q", 1.610_955_139_867_7)]);
    let none = json(RARE, &["--measure", "OR", "--zero-cells", "none"]);
    assert_eq!(studies(&none), ["A", "D", "F"]);
    let drop00 = json(RARE, &["--measure", "RD", "--drop00"]);
    assert_eq!(studies(&drop00), ["A", "B", "D", "F"]);
}

/// `rma(yi, vi, weighted = FALSE)`, `rma(yi, vi, weights = ablat, method = "GENQ")`.
#[test]
fn studies_are_weighed_as_asked() {
    let equal = json(BCG, &["--weights", "equal"]);
    assert_numbers(
        &equal,
        &[
            ("estimate", -0.740_650_381_210_9),
            ("se", 0.189_339_908_799_9),
            ("tau2", 0.313_243_258_136_5),
        ],
    );
    assert_numbers(&equal["studies"][0], &[("weight", 100.0 / 13.0)]);
    let column = json(BCG, &["--weights", "ablat", "--tau2", "GENQ"]);
    assert_numbers(
        &column,
        &[
            ("estimate", -0.892_414_094_413_3),
            ("se", 0.204_592_275_664_4),
            ("tau2", 0.291_927_123_137_6),
        ],
    );
    // 44 of the sum of all latitudes, 435.
    assert_numbers(&column["studies"][0], &[("weight", 4400.0 / 435.0)]);
}

#[test]
fn a_study_without_a_weight_is_left_out_and_named() {
    let json = json(&RARE.replace("x,1", "x,0"), &["--measure", "RD", "--weights", "w"]);
    assert_eq!(json["excluded"][0]["study"], "A");
    assert_eq!(
        json["excluded"][0]["reason"],
        "`0` in the column `w`, which holds weights: numbers above 0"
    );
    let missing = refusal(RARE, &["--weights", "size"]);
    assert!(missing.contains("no column `size`"), "{missing}");
}

/// `rma(yi, vi, tau2 = 0.1)`, `rma(yi, vi, test = "t")` with `predict(…)`.
#[test]
fn tau2_may_be_given_and_intervals_may_be_t() {
    let given = json(BCG, &["--tau2", "0.1", "--prediction", "normal"]);
    assert_eq!(given["tau2_method"], "given");
    assert_eq!(given["tau2_ci_lower"], Value::Null);
    assert_numbers(
        &given,
        &[
            ("estimate", -0.671_412_082_781_1),
            ("se", 0.116_895_171_707_3),
            ("i2", 79.100_662_517_1),
            ("prediction_lower", -1.332_197_542_506_36),
        ],
    );
    let t = json(BCG, &["--ci", "t", "--prediction", "as test"]);
    assert_numbers(
        &t,
        &[
            ("ci_lower", -1.106_242_615_985_2),
            ("ci_upper", -0.322_822_068_331_1),
            ("df", 12.0),
            ("prediction_lower", -1.995_341_958_509_1),
        ],
    );
}

/// `predict(rma(yi, vi))`; t₁₁ and t₁₂ of 0.975 times √(τ² + SE²) around the estimate for the others.
#[test]
fn prediction_intervals_of_every_kind() {
    let lower =
        |method: &str| json(BCG, &["--prediction", method])["prediction_lower"].as_f64().unwrap();
    let width = 0.587_847_473_134_f64;
    let by_hand = |multiplier: f64| -0.714_532_342_158_1 - multiplier * width;
    assert!((lower("normal") - -1.866_692_217_902_9).abs() < 1e-9);
    assert!((lower("HTS") - by_hand(2.200_985_160_1)).abs() < 1e-6);
    assert!((lower("PR") - by_hand(2.178_812_829_7)).abs() < 1e-6);
    assert_eq!(json(BCG, &["--prediction", "none"])["prediction_lower"], Value::Null);
}

/// `confint(rma(yi, vi))`, and with `type = "PL"`.
#[test]
fn tau2_has_an_interval_by_three_methods() {
    let profile = json(BCG, &[]);
    assert_eq!(profile["tau2_ci_method"], "Q-profile");
    assert_numbers(
        &profile,
        &[
            ("tau2_ci_lower", 0.119_718_361_141_2),
            ("tau2_ci_upper", 1.111_479_084_060_9),
            ("i2_ci_lower", 81.920_574_558_583_1),
            ("h2_ci_upper", 43.067_712_430_982_1),
        ],
    );
    let likelihood = json(BCG, &["--tau2-interval", "PL"]);
    assert_numbers(
        &likelihood,
        &[("tau2_ci_lower", 0.115_266_105_748_1), ("tau2_ci_upper", 0.964_695_326_514_2)],
    );
    let generalised = json(BCG, &["--tau2-interval", "generalised Q"]);
    assert_eq!(generalised["tau2_ci_method"], "generalised Q");
    assert_eq!(json(BCG, &["--tau2-interval", "none"])["tau2_ci_lower"], Value::Null);
    let refused = refusal(BCG, &["--tau2-interval", "PL", "--tau2", "DL"]);
    assert!(refused.contains("`REML` or `ML` to go with it"), "{refused}");
}

/// `rma(yi, vi, mods = ~ factor(alloc) - 1)`, and its QM with an intercept.
#[test]
fn subgroups_may_have_one_tau2_in_common() {
    let json = json(BCG, &["--subgroup", "alloc", "--common-tau2"]);
    let groups = json["subgroups"].as_array().unwrap();
    let expected = [
        (-0.965_774_178_545_8, 0.267_244_094_065_3),
        (-0.517_955_777_155_3, 0.441_194_460_386_9),
        (-0.428_917_560_923_6, 0.344_945_367_625_3),
    ];
    for (group, (estimate, se)) in groups.iter().zip(expected) {
        assert_numbers(group, &[("estimate", estimate), ("se", se), ("tau2", 0.361_503_664_324)]);
    }
    assert_numbers(&json["subgroup_test"], &[("q", 1.767_511_401_932)]);
    let refused = refusal(BCG, &["--common-tau2"]);
    assert!(refused.contains("subgroups that have it in common"), "{refused}");
}

/// metafor 3.8-1: `rma(yi, vi, test = "knha", data = dat.bcg)` on log risk ratios, which without empty cells are Review
/// Manager's.
#[test]
fn review_manager_of_2025_has_reml_and_hartung_knapp() {
    let found = json(BCG, &["--profile", "revman-2025"]);
    assert_eq!(found["tau2_method"], "REML");
    assert_eq!(found["ci_method"], "Hartung-Knapp");
    assert_eq!(found["method"], "inverse variance");
    assert_numbers(&found, &[("estimate", -0.714_532_342_2)]);
    assert_numbers(&found, &[("se", 0.180_791_744_1)]);
    assert_numbers(&found, &[("ci_lower", -1.108_443_713_7)]);
    assert_numbers(&found, &[("tau2", 0.313_243_258_1)]);
    assert_numbers(&found, &[("i2", 92.221_384_521_3)]);
    assert!(found["prediction_lower"].is_number());
    let by_mh = json(BCG, &["--profile", "revman-2025", "--method", "MH"]);
    let of_5_4 = json(BCG, &["--profile", "revman"]);
    assert_eq!(by_mh["estimate"], of_5_4["estimate"]);
    assert_eq!(by_mh["ci_lower"], of_5_4["ci_lower"]);
}

/// metafor 3.8-1: `rma(yi, vi, data = escalc(measure = "SMD", …, vtype = …, data = dat.normand1999))`.
#[test]
fn the_sampling_variance_may_be_another() {
    for (vtype, estimate, se, tau2) in [
        ("LS2", -0.537_351_196_0, 0.308_332_877_5, 0.791_281_227_4),
        ("UB", -0.536_155_731_5, 0.308_396_915_3, 0.788_735_115_1),
        ("AV", -0.548_796_669_5, 0.313_015_810_6, 0.820_660_755_4),
    ] {
        let found = json(STROKE, &["--measure", "SMD", "--vtype", vtype]);
        assert_numbers(&found, &[("estimate", estimate)]);
        assert_numbers(&found, &[("se", se)]);
        assert_numbers(&found, &[("tau2", tau2)]);
    }
    let g = json(STROKE, &["--measure", "SMD"])["studies"][0]["estimate"].as_f64().unwrap();
    let d = json(STROKE, &["--measure", "SMD", "--small-sample", "none"]);
    let d = d["studies"][0]["estimate"].as_f64().unwrap();
    assert!(d.abs() > g.abs() && d.abs() < 1.01 * g.abs(), "{d} and {g}");
    insta::assert_snapshot!(refusal(STROKE, &["--measure", "MD", "--vtype", "UB"]), @"
    error: --vtype
        found:    `UB`
        expected: LS, HO with MD
        help:     choose one of them, or remove it
    1 error and 0 warnings
    ");
}
