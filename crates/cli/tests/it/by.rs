//! `consil meta --by`: one meta-analysis for each value of a column, from CSV, Parquet and Arrow.
//!
//! Reference values: metafor 3.8-1 with `control = list(threshold = 1e-15)`.

use serde_json::Value;

use crate::consil::{Run, consil};
use crate::tables::BCG;

fn run(table: &str, options: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("t.csv"), table).unwrap();
    consil(folder.path(), &[&["meta", "t.csv"], options].concat())
}

fn groups(run: &Run) -> Value {
    assert_eq!(run.status, 0, "{}", run.stderr);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    answer["groups"].clone()
}

#[track_caller]
fn assert_number(group: &Value, name: &str, expected: f64) {
    let found = group[name].as_f64().unwrap();
    assert!((found - expected).abs() < 1e-6, "{name}: found {found}, expected {expected}");
}

/// `rma(measure="RR", ai=tpos, bi=tneg, ci=cpos, di=cneg, data=dat.bcg, subset=alloc=="random")`, and so on.
#[test]
fn each_group_is_pooled_as_metafor_pools_it_alone() {
    let groups = groups(&run(BCG, &["--by", "alloc", "--json"]));
    let expected = [
        ("random", 7, -0.970_964_704_263_1, 0.275_956_102_972_8, 0.392_528_006_900_8),
        ("alternate", 2, -0.540_792_961_849_3, 0.281_601_613_103_9, 0.132_577_039_878_1),
        ("systematic", 4, -0.424_207_391_510_9, 0.359_745_232_433_1, 0.400_345_880_175_1),
    ];
    assert_eq!(groups.as_array().unwrap().len(), 3);
    for (i, (label, k, estimate, se, tau2)) in expected.into_iter().enumerate() {
        assert_eq!(groups[i]["group"], label);
        assert_eq!(groups[i]["k"], k);
        assert_number(&groups[i], "estimate", estimate);
        assert_number(&groups[i], "se", se);
        assert_number(&groups[i], "tau2", tau2);
    }
}

/// `rma(measure="OR", …, method="DL", test="knha", level=90)`.
#[test]
fn measure_estimator_interval_and_level_apply_to_every_group() {
    let options = ["--by", "alloc", "--json", "--measure", "OR", "--tau2", "DL", "--ci", "HK"];
    let groups = groups(&run(BCG, &[&options[..], &["--level", "90"]].concat()));
    assert_number(&groups[0], "estimate", -1.029_482_159_582_1);
    assert_number(&groups[0], "ci_lower", -1.522_275_184_503_7);
    assert_number(&groups[2], "ci_upper", 0.415_487_234_816_3);
    assert_number(&groups[2], "tau2", 0.296_567_965_347_8);
}

/// `escalc(measure="RD", vtype="AV", …, data=dat.bcg, subset=alloc==…)` and `escalc(measure="OR", add=0.5, to="all", …)`, pooled by
/// `rma(yi, vi, method="DL")`: averages are those of each group.
#[test]
fn variances_and_rules_on_zero_cells_apply_to_each_group_by_itself() {
    let options = ["--by", "alloc", "--json", "--tau2", "DL"];
    let averaged = ["--measure", "RD", "--vtype", "AV"];
    let found = groups(&run(BCG, &[&options[..], &averaged].concat()));
    assert_number(&found[0], "estimate", -0.023_231_895_246);
    assert_number(&found[0], "se", 0.004_628_285_712);
    assert_number(&found[1], "estimate", -0.070_421_954_812);
    assert_number(&found[2], "se", 0.003_437_425_217);
    let added = ["--measure", "OR", "--zero-cells", "0.5:all"];
    let found = groups(&run(BCG, &[&options[..], &added].concat()));
    assert_number(&found[0], "estimate", -0.998_426_268_628);
    assert_number(&found[1], "tau2", 0.244_625_426_903);
}

const STROKE: &str = "study,n1i,m1i,sd1i,n2i,m2i,sd2i,half
1,155,55,47,156,75,64,odd
2,31,27,7,32,29,4,even
3,75,64,17,71,119,29,odd
4,18,66,20,18,137,48,even
5,8,14,8,13,18,11,odd
6,57,19,7,52,18,4,even
7,34,52,45,33,41,34,odd
8,110,21,16,183,31,27,even
9,60,30,27,52,23,20,odd
";

/// `escalc(measure="SMD", vtype="UB", …, data=dat.normand1999, subset=study%%2==1)`, `rma(yi, vi, method="DL")`, and so on.
#[test]
fn standardised_differences_have_the_variances_and_corrections_asked_for() {
    let options = ["--by", "half", "--json", "--tau2", "DL", "--measure", "SMD"];
    for (vtype, odd, even) in [
        ("UB", [-0.501_720_173_684, 0.459_584_450_615], [-0.524_637_120_075, 0.291_919_920_247]),
        ("AV", [-0.506_688_333_345, 0.518_103_761_186], [-0.570_230_718_129, 0.320_138_967_516]),
    ] {
        let found = groups(&run(STROKE, &[&options[..], &["--vtype", vtype]].concat()));
        for (group, expected) in [(&found[0], odd), (&found[1], even)] {
            assert_number(group, "estimate", expected[0]);
            assert_number(group, "se", expected[1]);
        }
    }
    let cohen = groups(&run(STROKE, &[&options[..], &["--small-sample", "none"]].concat()));
    let odd: Vec<&str> = STROKE.lines().filter(|it| !it.ends_with("even")).collect();
    let odd = odd.join("\n");
    let alone = ["--json", "--tau2", "DL", "--measure", "SMD", "--small-sample", "none"];
    let alone: Value = serde_json::from_str(&run(&odd, &alone).stdout).unwrap();
    assert_number(&cohen[0], "estimate", alone["estimate"].as_f64().unwrap());
    let refused = run(STROKE, &["--by", "half", "--measure", "MD", "--vtype", "UB"]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("--vtype"), "{}", refused.stderr);
}

/// By hand: weights 1/v, 4 and 1, then 4 and 4.
#[test]
fn a_common_effect_comes_from_effects_with_variances_or_standard_errors() {
    let answer =
        run("g,yi,vi\nb,1,0.25\na,0,0.25\nb,2,1\na,1,0.25\n", &["--by", "g", "--model", "common"]);
    assert_eq!(answer.status, 0, "{}", answer.stderr);
    let lines: Vec<&str> = answer.stdout.lines().collect();
    let header = "group,k,estimate,se,ci_lower,ci_upper,p_value,tau2,i2,q,q_p_value,prediction_lower,prediction_upper,error";
    assert_eq!(lines[0], header);
    assert!(lines[1].starts_with("b,2,1.2,0.447213595499"), "{}", lines[1]);
    assert!(lines[2].starts_with("a,2,0.5,0.353553390593"), "{}", lines[2]);
    let by_se =
        run("g,effect,se\nb,1,0.5\na,0,0.5\nb,2,1\na,1,0.5\n", &["--by", "g", "--model", "common"]);
    assert_eq!(by_se.stdout, answer.stdout);
}

#[test]
fn a_ratio_is_analysed_as_its_logarithm_unless_it_is_one() {
    let options = ["--by", "g", "--measure", "OR", "--json"];
    let of_ratio = groups(&run("g,effect,se\nx,2,0.5\n", &options));
    assert_number(&of_ratio[0], "estimate", core::f64::consts::LN_2);
    let of_log = groups(&run("g,yi,sei\nx,2,0.5\n", &options));
    assert_number(&of_log[0], "estimate", 2.0);
}

#[test]
fn rows_without_an_effect_are_left_out_and_an_empty_group_says_why() {
    let answer = run("g,effect,se\nx,1,0.5\ny,NA,0.5\nx,2,-1\n", &["--by", "g"]);
    assert_eq!(answer.status, 0, "{}", answer.stderr);
    assert!(
        answer.stderr.contains("2 rows without an effect; the first is row 2: a number is missing"),
        "{}",
        answer.stderr
    );
    let lines: Vec<&str> = answer.stdout.lines().collect();
    assert!(lines[1].starts_with("x,1,1.0,0.5,"), "{}", lines[1]);
    assert!(lines[2].starts_with("y,0,,,,,,,,,,,,"), "{}", lines[2]);
    assert!(!lines[2].ends_with(','), "the error is missing: {}", lines[2]);
}

#[test]
fn what_concerns_one_analysis_only_is_refused() {
    for option in
        [&["--subgroup", "alloc"][..], &["--influence"], &["--method", "MH"], &["--plot", "f.svg"]]
    {
        let answer = run(BCG, &[&["--by", "alloc"], option].concat());
        assert_eq!(answer.status, 2, "{option:?}");
        assert!(answer.stderr.contains("cannot be used with"), "{}", answer.stderr);
    }
}

#[test]
fn columns_that_are_not_there_are_named() {
    let no_group = run(BCG, &["--by", "place"]);
    assert_eq!(no_group.status, 1);
    assert!(no_group.stderr.contains("a column `place`"), "{}", no_group.stderr);
    let no_numbers = run("g,x\na,1\n", &["--by", "g"]);
    assert_eq!(no_numbers.status, 1);
    assert!(no_numbers.stderr.contains("effect with se or variance"), "{}", no_numbers.stderr);
    let no_number = run("g,yi,vi\na,1,b\n", &["--by", "g"]);
    assert_eq!(no_number.status, 1);
    assert!(no_number.stderr.contains("`b`"), "{}", no_number.stderr);
}

/// The files hold the same table, written by pyarrow: in several row groups or batches, compressed, with labels as texts
/// and as a dictionary, and with integers and floating-point numbers of each width; the last by polars, which puts no schema
/// before the messages and holds texts as views.
#[cfg(feature = "columnar")]
#[test]
fn parquet_and_arrow_give_what_the_same_table_gives_as_csv() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/columnar");
    let expected = run(BCG, &["--by", "alloc"]).stdout;
    for file in [
        "snappy.parquet",
        "zstd.parquet",
        "lz4.arrow",
        "zstd.arrow",
        "stream.arrows",
        "polars.arrow",
    ] {
        let answer = consil(&folder, &["meta", file, "--by", "alloc"]);
        assert_eq!(answer.status, 0, "{file}: {}", answer.stderr);
        assert_eq!(answer.stdout, expected, "{file}");
    }
}

#[cfg(feature = "columnar")]
#[test]
fn a_file_cut_short_is_refused() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/columnar");
    for file in ["snappy.parquet", "lz4.arrow"] {
        let whole = fs_err::read(folder.join(file)).unwrap();
        let cut = tempfile::tempdir().unwrap();
        fs_err::write(cut.path().join(file), &whole[..whole.len() / 3]).unwrap();
        let answer = consil(cut.path(), &["meta", file, "--by", "alloc"]);
        assert_eq!(answer.status, 1, "{file}: {}", answer.stderr);
    }
}

/// By hand: the standard error of a 95% interval is its width over 2 × 1.959964.
#[test]
fn effects_may_come_with_limits_and_by_columns_named_by_hand() {
    let with_limits = run(
        "g,hr,ci_lower,ci_upper\nx,2,1.5,2.6666666667\nx,1.5,1,2.25\n",
        &["--by", "g", "--model", "common", "--json"],
    );
    let of_ratios = groups(&with_limits);
    let logs = run(
        "g,yi,sei\nx,0.6931471806,0.14677926\nx,0.4054651081,0.20687375\n",
        &["--by", "g", "--model", "common", "--json"],
    );
    assert_number(&of_ratios[0], "estimate", groups(&logs)[0]["estimate"].as_f64().unwrap());
    let by_hand = run(
        "g,b,s\nx,1,0.5\nx,2,1\n",
        &["--by", "g", "--columns", "effect=b,se=s", "--model", "common", "--json"],
    );
    assert_number(&groups(&by_hand)[0], "estimate", 1.2);
    let wrong = run("g,b,s\nx,1,0.5\n", &["--by", "g", "--columns", "effct=b"]);
    assert!(wrong.stderr.contains("found:    `effct`"), "{}", wrong.stderr);
    let outside = run("g,est,lower,upper\nx,3,1,2\n", &["--by", "g", "--columns", "effect=est"]);
    assert!(outside.stderr.contains("outside of its interval"), "{}", outside.stderr);
}

/// Written by pyarrow: decimals of 9 to 30 digits, in bytes and as integers, one of them missing.
#[cfg(feature = "columnar")]
#[test]
fn decimals_are_read_as_the_numbers_they_are() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/columnar");
    let table = "g,yi,vi\nx,0.125,0.04\nx,-0.5,0.25\nx,0.25,0.09\ny,1.75,0.16\ny,,0.01\n";
    let expected = run(table, &["--by", "g"]).stdout;
    for file in ["decimal.parquet", "decimal-integers.parquet", "decimal.arrow"] {
        let answer = consil(&folder, &["meta", file, "--by", "g"]);
        assert_eq!(answer.status, 0, "{file}: {}", answer.stderr);
        assert_eq!(answer.stdout, expected, "{file}");
    }
}
