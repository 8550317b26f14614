//! `consil meta`: one table in, one meta-analysis out.

use serde_json::Value;

use crate::consil::consil;
use crate::tables::BCG;

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

fn folder(table: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("t.csv"), table).unwrap();
    folder
}

fn json(table: &str, options: &[&str]) -> Value {
    let folder = folder(table);
    let run = consil(folder.path(), &[&["meta", "t.csv", "--json"], options].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[track_caller]
fn assert_number(json: &Value, name: &str, expected: f64, tolerance: f64) {
    let found = json[name].as_f64().unwrap();
    assert!((found - expected).abs() <= tolerance, "{name}: found {found}, expected {expected}");
}

/// metafor 3.8-1: `rma(measure="RR", ai=tpos, bi=tneg, ci=cpos, di=cneg, data=dat.bcg)`.
#[test]
fn risk_ratios_from_the_columns_of_metafor() {
    let json = json(BCG, &[]);
    assert_eq!(json["measure"], "RR");
    assert_eq!(json["tau2_method"], "REML");
    assert_number(&json, "estimate", -0.714_532_342_158_14, 1e-9);
    assert_number(&json, "se", 0.179_781_516_105_21, 1e-9);
    assert_number(&json, "tau2", 0.313_243_258_136_5, 1e-9);
    assert_number(&json["display"], "estimate", 0.489_420, 1e-6);
    assert_eq!(json["studies"][1]["study"], "Ferguson & Simes 1949");
}

/// metafor 3.8-1: `rma(measure="MD", …, data=dat.normand1999, test="knha")` and `method="DL"`.
#[test]
fn mean_differences_with_each_option() {
    let reml = json(STROKE, &["--ci", "HK"]);
    assert_eq!(reml["measure"], "MD");
    assert_number(&reml, "estimate", -15.106_027_473_478_3, 1e-8);
    assert_number(&reml, "ci_lower", -36.318_749_082_561_7, 1e-6);
    let dl = json(STROKE, &["--tau2", "DL"]);
    assert_number(&dl, "tau2", 205.409_375_467_910_8, 1e-8);
    let common = json(STROKE, &["--model", "common", "--measure", "SMD"]);
    assert_eq!(common["model"], "common");
    assert_eq!(common["tau2_method"], Value::Null);
    assert_number(&common, "tau2", 0.0, 0.0);
}

/// metafor 3.8-1: `rma.mh(measure="OR", …, data=dat.bcg)`.
#[test]
fn mantel_haenszel_and_peto() {
    let mh = json(BCG, &["--measure", "OR", "--method", "MH", "--model", "common"]);
    assert_number(&mh, "estimate", -0.473_410_988_388_585, 1e-9);
    let peto = json(BCG, &["--measure", "PETO", "--model", "common"]);
    assert_number(&peto, "estimate", -0.474_446_310_940_636, 1e-9);
}

#[test]
fn subgroups_by_a_column() {
    let json = json(BCG, &["--subgroup", "alloc"]);
    let levels: Vec<&str> = json["subgroups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["level"].as_str().unwrap())
        .collect();
    assert_eq!(levels, ["random", "alternate", "systematic"]);
}

#[test]
fn columns_named_by_hand_and_effects_as_logarithms() {
    let table = "who,lnOR,se_lnOR\nA,-0.5,0.2\nB,-0.1,0.3\n";
    let json = json(
        table,
        &[
            "--columns",
            "study=who,effect=lnOR,se=se_lnOR",
            "--log",
            "--measure",
            "OR",
            "--model",
            "common",
        ],
    );
    // Weights 25 and 11.11: (-0.5 · 25 - 0.1 · 11.11) / 36.11.
    assert_number(&json, "estimate", -0.376_923_076_923, 1e-9);
    assert_number(&json["display"], "estimate", 0.685_968, 1e-5);
}

#[test]
fn the_text_shows_the_table_and_the_sentence() {
    let folder = folder(STROKE);
    let run = consil(folder.path(), &["meta", "t.csv"]);
    insta::assert_snapshot!(run.shown(folder.path()), @r#"
    status: 0
    --- stdout
    Study  Experimental: Mean  Experimental: SD  Experimental: Total  Control: Mean  Control: SD  Control: Total  Weight   Mean difference (95% CI)
    1                      55                47                  155             75           64             156   11.0%   −20.00 (−32.47 to −7.53)
    2                      27                 7                   31             29            4              32   11.7%      −2.00 (−4.83 to 0.83)
    3                      64                17                   75            119           29              71   11.4%  −55.00 (−62.77 to −47.23)
    4                      66                20                   18            137           48              18    9.6%  −71.00 (−95.02 to −46.98)
    5                      14                 8                    8             18           11              13   11.4%     −4.00 (−12.15 to 4.15)
    6                      19                 7                   57             18            4              52   11.7%       1.00 (−1.12 to 3.12)
    7                      52                45                   34             41           34              33   10.3%     11.00 (−8.06 to 30.06)
    8                      21                16                  110             31           27             183   11.6%   −10.00 (−14.92 to −5.08)
    9                      30                27                   60             23           20              52   11.4%      7.00 (−1.73 to 15.73)

    Total                                                        548                                         610  100.0%    −15.11 (−32.64 to 2.43)
    Prediction interval: (−80.49 to 50.28)
    Heterogeneity: τ² = 685, I² = 99%; Q = 238.92, df = 8, P < 0.0001
    Test of the overall effect: P = 0.09
    9 studies (1158 participants): mean difference −15.11 (95% CI −32.64 to 2.43), P = 0.09; the estimate is lower with Experimental than with Control, and the interval includes no difference (0); random effects (REML, Wald interval); τ² = 685, I² = 99%; 95% prediction interval −80.49 to 50.28.
    95% CI by Q-profile: τ² 293 to 2889, I² 98% to 99.7%, H² 42.2 to 407.0
    Note: prediction interval by Higgins, Thompson and Spiegelhalter: t distribution with 7 degrees of freedom
    --- stderr
    "#);
}

#[test]
fn a_plot_is_written_in_the_format_of_its_name() {
    let folder = folder(BCG);
    for (name, magic) in [("a.svg", "<?xml"), ("a.png", "\u{fffd}PNG"), ("a.pdf", "%PDF")] {
        let run = consil(folder.path(), &["meta", "t.csv", "--plot", name]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let bytes = fs_err::read(folder.path().join(name)).unwrap();
        assert!(String::from_utf8_lossy(&bytes[..8]).starts_with(magic), "{name}");
    }
    let run = consil(folder.path(), &["meta", "t.csv", "--plot", "a.gif"]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @"
    error: invalid value 'a.gif' for '--plot <[KIND=]FILE>': expected a name that ends in .svg, .png or .pdf

    For more information, try '--help'.
    ");
}

#[test]
fn a_plot_in_pixels_has_300_to_the_inch_as_those_of_a_report_have() {
    let folder = folder(BCG);
    for name in ["a.svg", "a.png"] {
        assert_eq!(consil(folder.path(), &["meta", "t.csv", "--plot", name]).status, 0);
    }
    let svg = fs_err::read_to_string(folder.path().join("a.svg")).unwrap();
    let width = svg.split("width=\"").nth(1).unwrap().split('"').next().unwrap();
    let in_user_units: f64 = width.trim_end_matches("px").parse().unwrap();
    let png = fs_err::read(folder.path().join("a.png")).unwrap();
    // The width stands first in the first chunk, after its length and name.
    let pixels = u32::from_be_bytes(png[16..20].try_into().unwrap());
    assert!((f64::from(pixels) - in_user_units / 96.0 * 300.0).abs() < 1.0, "{pixels}, {width}");
}

#[test]
fn numbers_of_options_have_their_range_and_may_be_negative() {
    let folder = folder(STROKE);
    let run = |options: &[&str]| consil(folder.path(), &[&["meta", "t.csv"], options].concat());
    assert_eq!(run(&["--paired", "--correlation", "-0.2"]).status, 0);
    for (options, expected) in [
        (["--level", "0.95"], "expected percent: 50 or more and below 100, such as 95"),
        (["--level", "-5"], "expected percent: 50 or more and below 100, such as 95"),
        (["--level", "NaN"], "expected a number such as 12.5"),
    ] {
        let refused = run(&options);
        assert_eq!(refused.status, 2);
        assert!(refused.stderr.contains(expected), "{}", refused.stderr);
    }
    insta::assert_snapshot!(run(&["--groups", "A"]).stderr, @r"
    error: invalid value 'A' for '--groups <EXPERIMENTAL,COMPARATOR>': expected two names with a comma between them

    For more information, try '--help'.
    ");
}

#[test]
fn what_is_wrong_with_a_table_is_said_with_its_place() {
    let shown = |table: &str, options: &[&str]| {
        let folder = folder(table);
        let run = consil(folder.path(), &[&["meta", "t.csv"], options].concat());
        assert_ne!(run.status, 0);
        run.stderr
    };
    insta::assert_snapshot!(shown("study,a,b\nX,1,2\n", &[]), @"
    error: t.csv:1:1
        found:    the columns study, a, b
        expected: events_e, n_e, events_c, n_c (or ai, bi, ci, di); or mean_e, sd_e, n_e, mean_c, sd_c, n_c; or effect with se, variance or ci_lower and ci_upper; or where nothing can be pooled, p_value and favours
        help:     rename the columns, or name them with --columns events_e=…,n_e=…
    1 error and 0 warnings
    ");
    insta::assert_snapshot!(shown("study,ai,n1i,ci,n2i\nX,5,4,1,many\n", &[]), @r#"
    error: t.csv:2:9 (n2i)
        found:    `many`
        expected: a number such as 12.5
        help:     correct it, or leave it empty if it is not known
    error: t.csv:2:3 (ai)
        found:    5
        expected: no more than 4, `n` of this row
        help:     check both against the source
    2 errors and 0 warnings
    "#);
    insta::assert_snapshot!(shown(STROKE, &["--measure", "RR"]), @"
    error: t.csv:1:1
        found:    the columns study, n1i, m1i, sd1i, n2i, m2i, sd2i, which do not give RR
        expected: events_e, n_e, events_c, n_c (or ai, bi, ci, di); or effect with se, variance or ci_lower and ci_upper; or where nothing can be pooled, p_value and favours
        help:     choose another measure, MD for one
    1 error and 0 warnings
    ");
    insta::assert_snapshot!(shown(STROKE, &["--subgroup", "region"]), @r#"
    error: t.csv:1:1
        found:    no column `region`
        expected: a column besides those of the analysis
        help:     name the column by which subgroups are made
    1 error and 0 warnings
    "#);
    insta::assert_snapshot!(shown("study,yi,vi\n", &[]), @r#"
    error: t.csv
        found:    a header without rows
        expected: a row for each study
        help:     add the studies
    1 error and 0 warnings
    "#);
    insta::assert_snapshot!(shown("", &[]), @r#"
    error: t.csv
        found:    an empty file
        expected: a header and a row for each study
        help:     add the header, or delete the file
    1 error and 0 warnings
    "#);
    insta::assert_snapshot!(shown("study,yi,vi\nA,1,0\n", &[]), @r#"
    error: t.csv:2:5 (vi)
        found:    `0`
        expected: a variance above 0
        help:     correct it, or check it against the source
    1 error and 0 warnings
    "#);
    let refused = shown(STROKE, &["--measure", "XY"]);
    assert!(refused.contains("'--measure <MEASURE>': expected one of RR, OR, PETO"), "{refused}");
}

#[test]
fn effects_may_say_how_many_people_they_are_of() {
    let folder = tempfile::tempdir().unwrap();
    let table =
        "study,hr,lower,upper,n\nA,0.71,0.52,0.97,310\nB,0.88,0.70,1.11,\nC,0.65,0.41,1.03,140\n";
    fs_err::write(folder.path().join("t.csv"), table).unwrap();
    let run = consil(folder.path(), &["meta", "t.csv", "--plot", "albatross=a.svg"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("3 studies (at least 450 participants)"), "{}", run.stdout);
    let svg = fs_err::read_to_string(folder.path().join("a.svg")).unwrap();
    assert!(svg.contains("Not drawn for want of a usable p-value or number of participants: 1"));
}
