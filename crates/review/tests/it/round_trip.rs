//! Package → log → state → package is the identity, and printing is stable.

use std::path::Path;

use consilience_review::{Log, Package, State, entry_from_json, entry_to_json};
use proptest::prelude::*;

use crate::made::review;

#[track_caller]
fn assert_comes_back(package: &Package) {
    let first = package.to_log();
    assert!(first.is_sound(), "{:#?}", first.diagnostics);
    let folded = State::fold(first.log.read(0)).unwrap();
    assert_eq!(folded, first.state, "the state is the fold of the log");
    let printed = Package::from_state(&folded, &package.blobs());
    let second = printed.to_log();
    assert!(second.is_sound(), "{:#?}", second.diagnostics);
    assert_eq!(second.log, first.log);
    assert_eq!(printed.blobs(), package.blobs());
    assert_eq!(Package::from_state(&second.state, &printed.blobs()), printed, "printing is stable");
}

#[test]
fn the_examples_come_back() {
    for name in ["bcg-vaccine", "stroke-care", "conditioned-medium"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
        assert_comes_back(&Package::read(&folder).unwrap());
    }
}

#[test]
fn every_entry_of_a_log_comes_back_from_its_line_of_json() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/conditioned-medium");
    let reading = Package::read(&folder).unwrap().to_log();
    let mut again = Log::default();
    for (i, entry) in reading.log.read(0).iter().enumerate() {
        let line = entry_to_json(entry).to_string();
        let entry = entry_from_json(&serde_json::from_str(&line).unwrap(), i + 1).unwrap();
        again.append(again.position(), vec![entry]).unwrap();
    }
    assert_eq!(again, reading.log);
}

#[test]
fn every_choice_of_a_plan_comes_back_from_the_file() {
    for choices in [
        "profile = \"Review Manager\"",
        "profile = \"metafor\"\nprediction_interval = \"normal\"",
        "tau2 = 0.04\ntau2_interval = \"none\"",
        "tau2 = \"GENQM\"\nweights = \"equal\"\nprediction_interval = \"Partlett-Riley\"",
        "weights = \"quality\"\nprediction_interval = true",
        "zero_cells = \"0.25:all\"\ndrop00 = true",
        "zero_cells = \"none\"\ntau2_interval = \"profile likelihood\"",
        "subgroup = \"kind\"\ncommon_tau2 = true\nci = \"t\"",
        "moderators = [\"dose\", \"factor(kind, a)\", \"dose^2\", \"dose:kind\"]",
        "profile = \"Review Manager 2025\"\nprediction_interval = true",
        "multi_arm = \"select\"\narms = [\"e\", \"c\"]\nmedian_method = \"qe\"",
        "multi_arm = \"split\"\nsubgroup = \"kind\"",
        "time = \"closest to 12 weeks within 8 to 16 weeks\"\npopulation = [\"ITT\", \"not stated\"]",
        "time = [\"week 12\", \"latest within 3 to 6 months\", \"earliest\"]\nscore = [\"change\", \"final\"]",
    ] {
        assert_comes_back(&review(&format!("measure = \"RR\"\n{choices}")).package());
    }
}

/// Texts as people type them: quotation marks, commas, line breaks, backslashes and other scripts, but no
/// blanks at either end.
fn text() -> impl Strategy<Value = String> {
    "[a-zA-Zé\u{4e2d}\"',\\\\#=<>&%\n ]{0,12}[a-zA-Z0-9]".prop_map(|it| it.trim().to_owned())
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9]{1,3}", "[0-9]{1,2}\\.[0-9]{1,3}", "0\\.000"]
}

/// One result of an arm or a contrast, as columns after study, outcome, arm, versus.
fn result_cells() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let arm = || Just(("arm", "a".to_owned()));
    let versus = || Just(("versus", "b".to_owned()));
    prop_oneof![
        (arm(), number(), number()).prop_map(|(arm, mean, sd)| vec![
            arm,
            ("mean", mean),
            ("sd", sd)
        ]),
        (arm(), number()).prop_map(|(arm, mean)| vec![
            arm,
            ("mean", format!("-{mean}")),
            ("ci_lower", "-1000".to_owned()),
            ("ci_upper", "1000".to_owned()),
            ("ci_level", "90".to_owned())
        ]),
        arm().prop_map(|arm| vec![
            arm,
            ("median", "5".to_owned()),
            ("q1", "4.0".to_owned()),
            ("q3", "7".to_owned())
        ]),
        (arm(), 0_u32..50).prop_map(|(arm, events)| vec![
            arm,
            ("events", events.to_string()),
            ("n", "50".to_owned())
        ]),
        (arm(), 0_u32..9, 0_u32..9)
            .prop_map(|(arm, x, y)| vec![arm, ("grades", format!("1:{x} 2.5:{y}"))]),
        (arm(), text()).prop_map(|(arm, why)| vec![arm, ("missing", why)]),
        (arm(), versus(), number()).prop_map(|(arm, versus, effect)| vec![
            arm,
            versus,
            ("effect", effect),
            ("effect_measure", "MD".to_owned()),
            ("se", "0.5".to_owned())
        ]),
        (arm(), versus(), "(<|=|>)?0\\.[0-9]{1,3}|NS").prop_map(|(arm, versus, p)| vec![
            arm,
            versus,
            ("p_value", p),
            ("favours", "b".to_owned())
        ]),
        (arm(), versus(), "a|neither|unclear").prop_map(|(arm, versus, favours)| vec![
            arm,
            versus,
            ("favours", favours)
        ]),
    ]
}

/// What is said of an outcome besides what it is.
fn grading() -> impl Strategy<Value = String> {
    let importance = prop_oneof![
        Just(String::new()),
        "critical|important|limited".prop_map(|it| format!("importance = \"{it}\"\n"))
    ];
    let thresholds = prop_oneof![
        Just(String::new()),
        "[1-9][0-9]?(\\.[0-9])?".prop_map(|it| format!("thresholds = {it}\n")),
        Just("thresholds = [1, 2.50, 30]\n".to_owned()),
    ];
    let familiar = prop_oneof![
        Just(String::new()),
        (text(), text()).prop_map(|(name, source)| format!(
            "familiar_scale = {}\nfamiliar_sd = 12.50\nfamiliar_sd_source = {}\n",
            toml_text(&name),
            toml_text(&source)
        )),
    ];
    let rest = (any::<bool>(), text()).prop_map(|(harm, words)| {
        let words = toml_text(&words);
        format!("harm = {harm}\nfollow_up = {words}\nsurrogate_for = {words}\n")
    });
    (importance, thresholds, familiar, rest).prop_map(|(a, b, c, d)| a + &b + &c + &d)
}

/// Numbers for people without the intervention.
fn baseline() -> impl Strategy<Value = String> {
    let head = "[[baseline_risk]]\ncomparison = \"c\"\noutcome = \"o\"\n";
    let stated = |name: &'static str| {
        ("[1-9][0-9]{0,2}(\\.[0-9]{1,2})?", text(), text()).prop_map(
            move |(value, label, source)| {
                let (label, source) = (toml_text(&label), toml_text(&source));
                format!("{head}label = {label}\n{name} = {value}\nsource = {source}\n")
            },
        )
    };
    let one = prop_oneof![
        stated("per_1000"),
        stated("mean"),
        "median|pooled".prop_map(move |it| format!("{head}basis = \"{it}\"\n")),
    ];
    prop::collection::vec(one, 0..2).prop_map(|it| it.concat())
}

/// The numbers that a rating was made on, as cells.
fn rated_on() -> impl Strategy<Value = String> {
    let number = || prop_oneof![Just(String::new()), number(), "-0\\.[0-9]{1,4}"];
    let count = || prop_oneof![Just(String::new()), "[0-9]{1,4}"];
    let words = || prop_oneof![Just(String::new()), text().prop_map(|it| quoted(&it))];
    (words(), words(), (number(), number(), number()), count(), count()).prop_map(
        |(proposed, analysis, (estimate, low, high), studies, people)| {
            [proposed, analysis, estimate, low, high, studies, people].join(",")
        },
    )
}

const RESULT_COLUMNS: [&str; 26] = [
    "study",
    "outcome",
    "arm",
    "versus",
    "time",
    "population",
    "n",
    "mean",
    "sd",
    "ci_lower",
    "ci_upper",
    "ci_level",
    "median",
    "q1",
    "q3",
    "events",
    "grades",
    "effect",
    "effect_measure",
    "se",
    "p_value",
    "favours",
    "missing",
    "source",
    "quote",
    "entered_by",
];

const POPULATIONS: [&str; 7] =
    ["", "ITT", "modified intention to treat", "PP", "as-treated", "Safety", ""];

/// Who else extracted the same result, if anybody did.
fn second_extraction() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![Just(None), Just(Some("another person")), Just(Some("consensus"))]
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A basic string of TOML.
fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

prop_compose! {
    fn package()(
        title in text(),
        population in text(),
        include in prop::collection::vec(text(), 0..3),
        note in text(),
        strategy in text(),
        n_records in 0_usize..4,
        country in text(),
        quote in text(),
        who in text(),
        (grading, baseline, rated_on) in (grading(), baseline(), rated_on()),
        results in prop::collection::vec((result_cells(), second_extraction(), 0_usize..7), 0..8),
    ) -> Package {
        let mut files = Package::default();
        let mut add = |name: &str, text: String| files.files.insert(name.to_owned(), text.into_bytes());
        let include: Vec<String> = include.iter().map(|it| toml_text(it)).collect();
        add("review.toml", format!(
            "[review]\ntitle = {}\n[question]\npopulation = {}\n[eligibility]\ninclude = [{}]\n\
             [[database]]\nid = \"x\"\nname = \"X\"\nsearch = \"searches/x.txt\"\nrecords = [\"records/x.ris\"]\n\
             [[outcome]]\nid = \"o\"\nname = \"O\"\ndirection = \"lower\"\nminimum = 0\nmaximum = 1000.0\nitems = 3\n{grading}\
             [[comparison]]\nid = \"c\"\nname = \"C\"\nexperimental = \"a\"\ncomparator = \"b\"\n\
             {baseline}\
             [[analysis]]\nid = \"m\"\ncomparison = \"c\"\noutcome = \"o\"\nmain = true\nmeasure = \"MD\"\ntau2 = \"PM\"\n\
             correlations = [0, 0.25]\ntime = [\"t0\"]\n\
             [[claim]]\nanalysis = \"m\"\nstatement = \"P < 0.1\"\nsource = \"somewhere\"\n",
            toml_text(&title), toml_text(&population), include.join(", ")
        ));
        add("searches/x.txt", format!("# date: 2020-01-31\n# hits: 12\n# note: {}\n\n#1 {strategy}\n", note.replace('\n', " ")));
        let records: Vec<String> = (0..n_records.max(2))
            .map(|i| format!("TY  - JOUR\nTI  - Record {i}\nID  - r{i}\nER  - \n"))
            .collect();
        add("records/x.ris", records.concat());
        add("duplicates.csv", format!("record,duplicate_of,reviewer,reason\nr1,r0,{},same\n", quoted(&who)));
        add("pairs.csv", format!(
            "first,second,question,answer,reason,reviewer,time\nr1,r0,study,same,{q},{w},2020-02-02\nr0,r1,report,different,,,\n",
            q = quoted(&quote), w = quoted(&who)
        ));
        add("screening.csv", format!(
            "report,stage,decision,reason,reviewer,time\nr0,title and abstract,include,,{},2020-02-03\n\
             r0,full text,exclude,{},B,2020-02-04T10:00:00Z\n", quoted(&who), quoted(&quote)
        ));
        add("studies.csv", format!(
            "study,reports,preferred_report,design,study_type,indirect,country\nS,r0,r0,within-person,randomised,population;outcome,{}\nT,,,,case series,,\n", quoted(&country)
        ));
        add("arms.csv", "study,arm,group,n,dose\nS,a,a,60,20 mg\nS,b,b,60.0,\nT,a,a,,10\n".to_owned());
        let mut table = RESULT_COLUMNS.join(",") + "\n";
        let twice = |it: &&(_, Option<&'static str>, usize)| it.1.is_some();
        let first = results.iter().enumerate().map(|(i, it)| (i, it, None));
        let second = results.iter().enumerate().filter(|it| twice(&it.1)).map(|(i, it)| (i, it, it.1));
        for (i, (cells, _, population), by) in first.chain(second) {
            let cell = |name: &&str| match *name {
                "study" => "S".to_owned(),
                "outcome" => "o".to_owned(),
                "time" => format!("t{i}"),
                "population" => POPULATIONS[*population].to_owned(),
                "source" if i % 2 == 0 => "r0".to_owned(),
                "quote" => quoted(&quote),
                "entered_by" => by.map_or_else(|| quoted(&who), str::to_owned),
                name => cells.iter().find(|it| it.0 == name).map(|it| quoted(&it.1)).unwrap_or_default(),
            };
            table += &(RESULT_COLUMNS.iter().map(cell).collect::<Vec<_>>().join(",") + "\n");
        }
        add("results.csv", table);
        add("risk_of_bias.csv", format!(
            "study,outcome,question,answer,support,assessor\nS,,1.1,PY,{q},A\nS,o,domain 1,Low,{q},A\nS,o,1.1,NI,,B\n",
            q = quoted(&quote)
        ));
        add("certainty.csv", format!(
            "comparison,outcome,domain,rating,reason,proposed,analysis,estimate,ci_lower,ci_upper,studies,participants\n\
             c,o,start,randomised,,,,,,,,\nc,o,risk of bias,serious,open label,{rated_on}\n"
        ));
        add("checks.csv", format!(
            "study,outcome,kind,answer,note,reviewer,time\nS,o,arms-swapped,confirmed,{q},{w},2020-03-01\nT,,same-trial-twice,explained,{q},,\n",
            q = quoted(&quote), w = quoted(&who)
        ));
        files
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_package_comes_back(package in package()) {
        assert_comes_back(&package);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(file in 0_usize..9, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let names = [
            "review.toml", "searches/x.txt", "records/x.ris", "screening.csv", "studies.csv", "arms.csv",
            "results.csv", "risk_of_bias.csv", "certainty.csv",
        ];
        let mut package = Package::default();
        let toml = "[review]\ntitle = \"T\"\n[[database]]\nid = \"x\"\nname = \"X\"\nsearch = \"searches/x.txt\"\nrecords = [\"records/x.ris\"]\n";
        package.files.insert("review.toml".to_owned(), toml.as_bytes().to_vec());
        package.files.insert(names[file].to_owned(), bytes);
        let reading = package.to_log();
        prop_assert!(State::fold(reading.log.read(0)).is_ok());
    }
}
