//! `consil rob`: judgements from files of answers, two assessors, templates, robvis' layouts, figures, tools.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::consil::{Run, consil, example};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs_err::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Judges one file and reads the JSON.
fn judged(name: &str, text: &str, arguments: &[&str]) -> (Run, Value) {
    let folder = folder(&[(name, text)]);
    let run = consil(folder.path(), &[&["rob", "judge", name, "--json"], arguments].concat());
    let json = serde_json::from_str(&run.stdout).unwrap_or_default();
    (run, json)
}

/// Every domain of RoB 2 low, but for 5.1.
const LOW: [(&str, &str); 13] = [
    ("1.1", "Y"),
    ("1.2", "PY"),
    ("1.3", "N"),
    ("2.1", "N"),
    ("2.2", "N"),
    ("2.6", "Y"),
    ("3.1", "Y"),
    ("4.1", "N"),
    ("4.2", "PN"),
    ("4.3", "N"),
    ("5.1", "NI"),
    ("5.2", "N"),
    ("5.3", "N"),
];

fn long(assessor: &str) -> String {
    let rows = LOW.map(|(question, answer)| {
        format!("Smith 2001,death,RoB 2,{question},{answer},\"p. 3, text\",{assessor}")
    });
    format!("study,outcome,tool,question,answer,support,assessor\n{}\n", rows.join("\n"))
}

fn wide() -> String {
    let names = LOW.map(|it| it.0).join(",");
    format!("Study,Outcome,{names},2.3\nSmith 2001,death,{},NA\n", LOW.map(|it| it.1).join(","))
}

fn map() -> String {
    let answers = LOW.map(|(q, a)| format!("\"{q}\": \"{a}\"")).join(", ");
    format!("[{{\"study\": \"Smith 2001\", \"outcome\": \"death\", \"answers\": {{{answers}}}}}]")
}

fn rows() -> String {
    let row = |(q, a)| {
        format!(
            "{{\"study\": \"Smith 2001\", \"outcome\": \"death\", \"question\": \"{q}\", \"answer\": \"{a}\"}}"
        )
    };
    format!("[{}]", LOW.map(row).join(",\n"))
}

#[test]
fn every_layout_of_the_same_answers_gives_the_same_judgements() {
    let q = wide().replace("1.1,", "Q1_1,").replace("2.6,", "Q2.6,");
    for (name, text) in [
        ("long.csv", long("")),
        ("wide.csv", wide()),
        ("q.csv", q),
        ("map.json", map()),
        ("rows.json", rows()),
        (
            "words.csv",
            long("").replace(",PY,", ",Probably yes,").replace(",NI,", ",no information,"),
        ),
    ] {
        let (run, json) = judged(name, &text, &[]);
        assert_eq!(run.status, 0, "{name}: {}", run.stderr);
        let judgement = |id: &str| json["domains"][id]["judgement"].clone();
        let all = ["1", "2", "3", "4", "5"].map(judgement);
        assert_eq!(all, ["Low", "Low", "Low", "Low", "Some concerns"], "{name}");
        assert_eq!(json["overall"], "Some concerns", "{name}");
        assert_eq!(json["study"], "Smith 2001", "{name}");
        assert_eq!(json["domains"]["1"]["path"], serde_json::json!(["1.1 Y", "1.2 PY", "1.3 N"]));
        assert_eq!(json["results"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_line_for_each_domain_is_judged_by_its_variant_and_aim() {
    let lines = r#"{"id":"a","tool":"RoB2","variant":"cluster","domain":"1b","answers":{"1b.1":"N","1b.2":"NI","1b.3":"Y"}}
{"id":"b","tool":"RoB2","variant":"parallel","domain":"2-adhering","deviations_addressed":["non-adherence"],"answers":{"2.1":"Y","2.2":"Y","2.3":"NA","2.4":"NA","2.5":"Y","2.6":"N"}}
{"id":"c","tool":"RoB2","variant":"crossover","domain":"overall","answers":{"1":"Low","S":"High","2":"Low","3":"Low","4":"Low","5":"Some concerns"}}
"#;
    let (run, json) = judged("cases.json", lines, &[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let results = json["results"].as_array().unwrap();
    let found = |i: usize, id: &str| results[i]["domains"][id]["judgement"].clone();
    assert_eq!((found(0, "1b"), found(1, "2")), ("High".into(), "High".into()));
    assert_eq!(results[2]["overall"], "High");
    assert_eq!(results[0]["overall"], Value::Null);
}

#[test]
fn wrong_answers_are_refused_with_their_place() {
    let text = "study,question,answer\nSmith,3.1,N\nSmith,3.2,NI\nSmith,9.9,Y\nSmith,1.1,maybe\n";
    let folder = folder(&[("answers.csv", text)]);
    let run = consil(folder.path(), &["rob", "judge", "answers.csv"]);
    insta::assert_snapshot!(run.shown(folder.path()), @"
    status: 1
    --- stdout
    --- stderr
    error: answers.csv:3:11 (answer)
        found:    `NI`
        expected: one of NA, Y, PY, PN, N for question 3.2
        help:     correct it; the tool is RoB 2
    error: answers.csv:4:7 (question)
        found:    `9.9`
        expected: a question of the tool: 1.1, 1.2, 1.3, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 3.1, 3.2, 3.3, 3.4, 4.1, 4.2, 4.3, 4.4, 4.5, 5.1, 5.2, 5.3
        help:     correct it; the tool is RoB 2
    error: answers.csv:5:11 (answer)
        found:    `maybe`
        expected: one of Y, PY, PN, N, NI, NA
        help:     correct it; the tool is RoB 2
    3 errors and 0 warnings
    ");
}

#[test]
fn what_does_not_apply_is_set_aside_and_what_applies_is_not_na() {
    let text = "study,question,answer\nSmith,3.1,N\nSmith,3.2,NA\nSmith,2.1,N\nSmith,2.2,N\nSmith,2.3,Y\nSmith,2.6,Y\n";
    let folder = folder(&[("answers.csv", text)]);
    let run = consil(folder.path(), &["rob", "judge", "answers.csv"]);
    insta::assert_snapshot!(run.shown(folder.path()), @"
    status: 1
    --- stdout
    Smith (RoB 2): incomplete
      D1 Randomisation process: incomplete, missing 1.1, 1.2, 1.3
      D2 Deviations from intended interventions: Low (2.1 N, 2.2 N, 2.6 Y)
      D3 Missing outcome data: incomplete, missing 3.2
      D4 Measurement of the outcome: incomplete, missing 4.1, 4.2
      D5 Selection of the reported result: incomplete, missing 5.1, 5.2, 5.3
    --- stderr
    error: answers.csv:3:11 (answer)
        found:    NA for question 3.2 of Smith
        expected: one of Y, PY, PN, N: after the answers before it, it applies
        help:     answer it; domain 3 has no judgement until then
    warning: answers.csv:6:11 (answer)
        found:    Y for question 2.3 of Smith
        expected: NA: after the answers before it, it does not apply
        help:     it is kept, and counts again when the question applies
    1 error and 1 warning
    1 result without an overall judgement yet
    ");
}

#[test]
fn an_override_needs_a_reason_and_some_concerns_are_never_raised_by_themselves() {
    let base = long("").replace(",4.2,PN", ",4.2,NI");
    let (run, json) = judged("a.csv", &base, &[]);
    assert_eq!((run.status, &json["overall"]), (0, &"Some concerns".into()));
    assert_eq!(json["may_raise_to_high"], true);
    let with = |row: &str| judged("a.csv", &format!("{base}{row}\n"), &[]);
    let (run, _) = with("Smith 2001,death,RoB 2,overall,High,,");
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("the reason for a judgement of one's own"), "{}", run.stderr);
    let (run, json) = with("Smith 2001,death,RoB 2,overall,High,two domains of concern,");
    assert_eq!((run.status, &json["overall"]), (0, &"High".into()));
    let (run, json) = with("Smith 2001,death,RoB 2,overall,Low,they do not matter,");
    assert_eq!((run.status, &json["below_worst_domain"]), (0, &true.into()));
}

#[test]
fn two_assessors_give_conflicts_and_kappa_and_a_consensus_settles_them() {
    let other = long("bob").replace(",5.1,NI", ",5.1,Y").replace(",1.2,PY", ",1.2,Y");
    let rows = other.split_once('\n').unwrap().1;
    let both = format!("{}{rows}", long("ann"));
    let found = folder(&[("a.csv", &both)]);
    let run = consil(found.path(), &["rob", "agreement", "a.csv", "--json"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let conflicts: Vec<&str> = json["conflicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["question"].as_str().unwrap())
        .collect();
    assert_eq!(conflicts, ["1.2", "5.1", "domain 5", "overall"]);
    assert_eq!(json["assessors"], serde_json::json!(["ann", "bob"]));
    let apart = folder(&[("ann.csv", &long("")), ("bob.csv", &other)]);
    let run = consil(apart.path(), &["rob", "agreement", "ann.csv", "bob.csv", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap(), json, "{}", run.stderr);
    let (_, open) = judged("a.csv", &both, &[]);
    assert_eq!(open["overall"], Value::Null);
    assert_eq!(open["disagreements"], serde_json::json!(["1.2", "5.1"]));
    let settled = format!(
        "{both}Smith 2001,death,RoB 2,5.1,Y,protocol,consensus\nSmith 2001,death,RoB 2,1.2,Y,p. 2,consensus\n"
    );
    let (run, json) = judged("a.csv", &settled, &[]);
    assert_eq!((run.status, &json["overall"]), (0, &"Low".into()));
    let alone = folder(&[("a.csv", &long("ann"))]);
    let run = consil(alone.path(), &["rob", "agreement", "a.csv"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("expected answers of two assessors"), "{}", run.stderr);
}

#[test]
fn a_template_that_is_filled_in_is_judged() {
    let folder = TempDir::new().unwrap();
    for wide in [&[][..], &["--wide"]] {
        let arguments = ["rob", "template", "--tool", "RoB 2", "--studies", "A", "--out", "t.csv"];
        let run = consil(folder.path(), &[&arguments[..], wide].concat());
        assert_eq!(run.status, 0, "{}", run.stderr);
        let empty = consil(folder.path(), &["rob", "judge", "t.csv"]);
        assert_eq!(empty.status, 1, "nothing is answered yet");
        assert!(empty.stderr.contains("no answers"), "{}", empty.stderr);
    }
    let long = consil(folder.path(), &["rob", "template", "--tool", "QUADAS-2", "--studies", "A"]);
    assert!(long.stdout.contains("A,,QUADAS-2,1.1,"), "{}", long.stdout);
}

const ROBVIS: &str = "Study,D1,D2,D3,D4,D5,Overall,Weight
Smith,Low,Some concerns,Low,Low,High,High,60
Jones,Low,Low,Low,Low,No information,No information,40
";

#[test]
fn robvis_files_come_in_and_go_out_again() {
    let folder = folder(&[
        ("rob2.csv", ROBVIS),
        (
            "robins.csv",
            "Study,D1,D2,D3,D4,D5,D6,D7,Overall,Weight\nA,Moderate,Low,Low,Low,No information,Serious,Low,Serious,1\n",
        ),
        (
            "rob1.csv",
            "Study,Random.sequence.generation.,Allocation.concealment.,Blinding.of.participants.and.personnel.,Blinding.of.outcome.assessment,Incomplete.outcome.data,Selective.reporting.,Other.sources.of.bias.,Overall,Weight\nA,Low,Unclear,High,Low,Low,Low,Low,High,1\n",
        ),
        (
            "cluster.csv",
            "Study,D1,D1b,D2,D3,D4,D5,Overall,Weight\nA,Low,High,Low,Low,Low,Low,High,2.5\n",
        ),
        ("quadas.csv", "Study,D1,D2,D3,D4,Overall,Weight\nA,Low,High,Unclear,Low,High,1\n"),
    ]);
    for file in ["rob2.csv", "robins.csv", "rob1.csv", "cluster.csv", "quadas.csv"] {
        let before = fs_err::read_to_string(folder.path().join(file)).unwrap();
        let run = consil(folder.path(), &["rob", "export", file]);
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (0, before.as_str()),
            "{file}: {}",
            run.stderr
        );
    }
    let run = consil(folder.path(), &["rob", "import", "rob2.csv", "--out", "risk_of_bias.csv"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let table = fs_err::read_to_string(folder.path().join("risk_of_bias.csv")).unwrap();
    assert!(
        table.contains("Smith,,RoB 2,domain 2,Some concerns,Imported from rob2.csv"),
        "{table}"
    );
    let run = consil(folder.path(), &["rob", "judge", "risk_of_bias.csv", "--json"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["results"][0]["overall"], "High");
}

#[test]
fn figures_are_drawn_in_every_format_palette_and_weighting() {
    let folder = folder(&[("rob2.csv", ROBVIS)]);
    let draw = |arguments: &[&str], out: &str| {
        let all = [&["rob", "plot", "rob2.csv", "--out", out], arguments].concat();
        let run = consil(folder.path(), &all);
        assert_eq!(run.status, 0, "{}", run.stderr);
        fs_err::read(folder.path().join(out)).unwrap()
    };
    let lights = String::from_utf8(draw(&[], "a.svg")).unwrap();
    assert!(lights.contains("D5: High risk of bias") && lights.contains("Jones"));
    let blind = draw(&["--palette", "colour-blind"], "b.svg");
    assert!(String::from_utf8(blind).unwrap().contains("#d95f0e"));
    let summary = String::from_utf8(draw(&["--kind", "summary", "--weighted"], "c.svg")).unwrap();
    assert!(summary.contains("60%") && summary.contains("Share of the weight"), "{summary}");
    assert!(draw(&["--kind", "summary"], "d.png").starts_with(b"\x89PNG"));
    assert!(draw(&[], "e.pdf").starts_with(b"%PDF"));
}

#[test]
fn a_review_is_judged_and_drawn_from_its_folder() {
    let review = example("conditioned-medium").display().to_string();
    let folder = TempDir::new().unwrap();
    let run = consil(folder.path(), &["rob", "judge", &review, "--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(json["results"].as_array().unwrap().len() > 3);
    let run = consil(folder.path(), &["rob", "plot", &review, "--out", "a.svg"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(Path::new(&folder.path().join("a.svg")).exists());
}

#[test]
fn a_teams_own_tool_judges_and_its_mistakes_are_told() {
    let tool = "name = \"Ours\"
answers = [{ code = \"Y\", name = \"Yes\" }, { code = \"N\", name = \"No\" }]
levels = [{ name = \"Low\", light = \"low\" }, { name = \"High\", light = \"high\" }]

[[domains]]
id = \"1\"
name = \"Recall\"

[[domains.questions]]
number = \"1.1\"
text = \"Recalled?\"

[[domains.rows]]
when = \"1.1 = N\"
judgement = \"Low\"

[[domains.rows]]
when = \"1.1 = Y\"
judgement = \"High\"
";
    let found = folder(&[
        ("ours.toml", tool),
        ("wrong.toml", &tool.replace("1.1 = Y", "1.2 = Y")),
        ("a.csv", "study,question,answer\nA,1.1,yes\n"),
    ]);
    let run = consil(found.path(), &["rob", "judge", "a.csv", "--tool", "ours.toml", "--json"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.status, &json["overall"], &json["tool"]), (0, &"High".into(), &"Ours".into()));
    let run = consil(found.path(), &["rob", "tool", "--tool", "wrong.toml"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("wrong.toml:18:8"), "{}", run.stderr);
    let list = consil(found.path(), &["rob", "tool"]);
    assert!(list.stdout.contains("ROBINS-I") && list.stdout.contains("RoB 2 crossover"));
}
