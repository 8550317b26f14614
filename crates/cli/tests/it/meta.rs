//! `consil meta`: one table in, one meta-analysis out.

use serde_json::Value;

use crate::consil::consil;

const BCG: &str = "author,year,tpos,tneg,cpos,cneg,ablat,alloc
Aronson,1948,4,119,11,128,44,random
Ferguson & Simes,1949,6,300,29,274,55,random
Rosenthal et al,1960,3,228,11,209,42,random
Hart & Sutherland,1977,62,13536,248,12619,52,random
Frimodt-Moller et al,1973,33,5036,47,5761,13,alternate
Stein & Aronson,1953,180,1361,372,1079,44,alternate
Vandiviere et al,1973,8,2537,10,619,19,random
TPT Madras,1980,505,87886,499,87892,13,random
Coetzee & Berjak,1968,29,7470,45,7232,27,random
Rosenthal et al,1961,17,1699,65,1600,42,systematic
Comstock et al,1974,186,50448,141,27197,18,systematic
Comstock & Webster,1969,5,2493,3,2338,33,systematic
Comstock et al,1976,27,16886,29,17825,33,systematic
";

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
    assert_number(&mh, "estimate", -0.473_401_861_853, 1e-9);
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
    let json =
        json(table, &["--columns", "study=who,effect=lnOR,se=se_lnOR", "--log", "--measure", "OR", "--model", "common"]);
    // Weights 25 and 11.11: (-0.5 · 25 - 0.1 · 11.11) / 36.11.
    assert_number(&json, "estimate", -0.376_923_076_923, 1e-9);
    assert_number(&json["display"], "estimate", 0.685_968, 1e-5);
}

#[test]
fn the_text_shows_the_table_and_the_sentence() {
    let folder = folder(STROKE);
    let run = consil(folder.path(), &["meta", "t.csv"]);
    insta::assert_snapshot!(run.shown(folder.path()), @"");
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
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.stderr, @"");
}

#[test]
fn what_is_wrong_with_a_table_is_said_with_its_place() {
    let shown = |table: &str, options: &[&str]| {
        let folder = folder(table);
        let run = consil(folder.path(), &[&["meta", "t.csv"], options].concat());
        assert_ne!(run.status, 0);
        run.stderr
    };
    insta::assert_snapshot!(shown("study,a,b\nX,1,2\n", &[]), @"");
    insta::assert_snapshot!(shown("study,ai,n1i,ci,n2i\nX,5,4,1,many\n", &[]), @"");
    insta::assert_snapshot!(shown(STROKE, &["--measure", "RR"]), @"");
    insta::assert_snapshot!(shown(STROKE, &["--subgroup", "region"]), @"");
    insta::assert_snapshot!(shown("study,yi,vi\n", &[]), @"");
    insta::assert_snapshot!(shown("", &[]), @"");
    insta::assert_snapshot!(shown("study,yi,vi\nA,1,0\n", &[]), @"");
    insta::assert_snapshot!(shown(STROKE, &["--measure", "XY"]), @"");
}
