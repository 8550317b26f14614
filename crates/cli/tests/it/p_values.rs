//! `consil meta` on tables of P values and directions, which cannot be pooled (Handbook, chapter 12).

use serde_json::Value;

use crate::consil::consil;

const TABLE: &str = "study,p,direction,n,bias,setting
Adams 1999,0.03,+,120,low,home
Brown 2001,<0.05,-,60,high,home
Chen 2004,NS,+,44,low,clinic
Diaz 2010,0.20,+,310,low,clinic
Evans 2012,0.001,+,95,high,clinic
Fox 2015,,+,80,low,home
Gray 2016,>0.1,neither,33,high,home
";

fn shown(table: &str, options: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("t.csv"), table).unwrap();
    consil(folder.path(), &[&["meta", "t.csv"], options].concat()).shown(folder.path())
}

fn json(table: &str, options: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("t.csv"), table).unwrap();
    let run = consil(folder.path(), &[&["meta", "t.csv", "--json"], options].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn the_table_is_shown_with_what_it_says_together() {
    insta::assert_snapshot!(shown(TABLE, &[]));
}

/// R, with the one-sided p = c(.015, .975, .1, .0005) and n = c(120, 60, 310, 95): `pchisq(-2 * sum(log(p)), 8, lower = FALSE)`,
/// the same of 1 - p; z = qnorm(p, lower = FALSE), `pnorm(sum(sqrt(n) * z) / sqrt(sum(n)), lower = FALSE)`;
/// `pchisq(sum(qchisq(p, n, lower = FALSE)), sum(n), lower = FALSE)`; `binom.test(5, 6)`.
#[test]
fn p_values_are_combined_towards_the_experimental_group_and_against_it() {
    let found = &json(TABLE, &[])["combined_p_values"];
    let of = |method: &str, name: &str| {
        let mut methods = found["methods"].as_array().unwrap().iter();
        methods.find(|it| it["method"] == method).unwrap()[name].as_f64().unwrap()
    };
    for (method, name, expected) in [
        ("Fisher", "p_value", 0.000_427_766_1),
        ("Fisher", "p_value_against", 0.471_471),
        ("weighted Stouffer", "statistic", 2.614_093),
        ("weighted Stouffer", "p_value", 0.004_473_24),
        ("Lancaster", "p_value", 0.002_454_422),
    ] {
        let found = of(method, name);
        assert!((found / expected - 1.0).abs() < 1e-6, "{method} {name}: {found}");
    }
    assert_eq!(found["direction"], "experimental");
    assert_eq!(found["vote"]["positive"], 5);
    assert!((found["vote"]["p_value"].as_f64().unwrap() - 0.21875).abs() < 1e-12);
    assert!((found["vote"]["exact_ci_lower"].as_f64().unwrap() - 0.358_765_4).abs() < 1e-6);
    assert_eq!(found["p_value_at_bound"], serde_json::json!(["Brown 2001"]));
    assert_eq!(found["without_p_value"], serde_json::json!(["Chen 2004", "Fox 2015", "Gray 2016"]));
}

#[test]
fn figures_of_directions_need_no_pool_and_the_others_say_so() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("t.csv"), TABLE).unwrap();
    let plots = ["--plot=albatross=a.svg", "--plot=harvest=h.svg", "--plot=effect-direction=e.svg"];
    let options = ["meta", "t.csv", "--measure", "SMD", "--directions=bias=low"];
    let options = [&options, &plots[..], &["--subgroup", "setting", "--json"]].concat();
    let run = consil(folder.path(), &options);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["directions"]["quality"]["vote"]["total"], 4);
    assert_eq!(found["directions"]["studies"][1]["direction"], "comparator");
    let svg = |name: &str| fs_err::read_to_string(folder.path().join(name)).unwrap();
    let albatross = svg("a.svg");
    assert!(albatross.contains("Favours Experimental") && albatross.contains("0.5 standard"));
    assert!(albatross.contains("number of participants: 3"), "NS, empty and >0.1 have no place");
    let harvest = svg("h.svg");
    assert!(["Favours Control", "clinic", "Brown"].iter().all(|it| harvest.contains(it)));
    assert!(svg("e.svg").contains("favours Experimental"));
    let refused = shown(TABLE, &["--plot", "funnel=f.svg"]);
    assert!(refused.contains("--plot funnel: it needs a pooled estimate"), "{refused}");
    let refused = shown(TABLE, &["--small-study"]);
    assert!(refused.contains("found:    P values and directions alone"), "{refused}");
}

#[test]
fn directions_alone_are_counted() {
    let table = "study,direction\nA,higher\nB,lower\nC,lower\nD,0\n";
    insta::assert_snapshot!(shown(table, &["--better", "lower", "--groups", "Drug,Placebo"]), @"
    status: 0
    --- stdout
    Study  n  P  Favours
    A      –  –  Placebo
    B      –  –     Drug
    C      –  –     Drug
    D      –  –  neither
    No pooled estimate. 2 of 3 studies with a direction of effect favour Drug; 1 study gives no clear direction.
    Directions: 2 of 3 studies favouring Drug (67%, 95% CI 21% to 94%), sign test P > 0.99.
    --- stderr
    ");
}

#[test]
fn signs_are_those_of_effects_where_it_is_known_which_are_better() {
    let favours = |column: &str, options: &[&str]| {
        let table = format!("study,p,{column}\nA,0.04,-0.3\nB,0.2,+0.1\n");
        json(&table, options)["narrative"]["rows"][0]["favours"].as_str().unwrap().to_owned()
    };
    assert_eq!(favours("direction", &[]), "comparator");
    assert_eq!(favours("direction", &["--better", "lower"]), "experimental");
    assert_eq!(favours("favours", &["--better", "lower"]), "comparator");
}

#[test]
fn what_is_no_p_value_or_direction_is_refused_with_its_reason() {
    let table = "study,p,favours\nA,1.2,Experimental\nB,0.04*,sideways\nC,0.2,higher\nD,0.3,-\n";
    insta::assert_snapshot!(shown(table, &[]), @"
    status: 1
    --- stdout
    --- stderr
    error: t.csv:2:3 (p)
        found:    `1.2`
        expected: a P value from 0 to 1 such as 0.03, =0.03, <0.05, >0.1, or NS
        help:     write it as the source prints it
    error: t.csv:3:3 (p)
        found:    `0.04*`
        expected: a P value from 0 to 1 such as 0.03, =0.03, <0.05, >0.1, or NS
        help:     write it as the source prints it
    error: t.csv:3:9 (favours)
        found:    `sideways`
        expected: a direction: Experimental, Control, +, −, higher, lower, neither or unclear
        help:     say which group it favours
    error: t.csv:4:7 (favours)
        found:    `higher`
        expected: which group that favours
        help:     say with --better higher or --better lower which outcomes are better
    error: t.csv:5:7 (favours)
        found:    `-`
        expected: a direction, of which a hyphen beside no + says nothing
        help:     write which group it favours, or leave it empty if it is not known
    5 errors and 0 warnings
    ");
}

#[test]
fn p_values_without_directions_are_not_combined() {
    let run = shown("study,p\nA,0.03\nB,0.2\n", &[]);
    assert!(run.contains("add `favours`"), "{run}");
    assert!(!run.contains("Fisher"), "{run}");
}

#[test]
fn p_values_too_small_for_their_digits_are_combined() {
    let table = "study,p,favours\nA,1e-300,Control\nB,1e-20,Control\nC,0.5,Experimental\n";
    let found = &json(table, &[])["combined_p_values"]["methods"];
    for method in found.as_array().unwrap() {
        let p = method["p_value_against"].as_f64().unwrap();
        assert!(p > 0.0 && p < 1.0, "{method}");
    }
}
