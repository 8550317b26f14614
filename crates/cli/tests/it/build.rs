//! `consil build` on the examples, on broken folders, and twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::consil::{EXAMPLES, consil, example};

/// Every file below a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs_err::read_dir(&current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, fs_err::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for name in EXAMPLES {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for out in [&first, &second] {
            let out = out.path().display().to_string();
            let run = consil(&example(name), &["build", "--out", &out, "--figures", "svg,png,pdf"]);
            assert_eq!(run.status, 0, "{}", run.stderr);
        }
        assert!(files(first.path()) == files(second.path()), "{name} differs");
    }
}

#[test]
fn every_example_gives_a_report_results_figures_and_tables() {
    for name in EXAMPLES {
        let out = tempfile::tempdir().unwrap();
        let run = consil(&example(name), &["build", "--out", &out.path().display().to_string()]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let files = files(out.path());
        assert!(files.contains_key("report.html") && files.contains_key("results.json"));
        let kinds: BTreeSet<&str> = files.keys().filter_map(|it| it.rsplit('.').next()).collect();
        assert_eq!(
            kinds,
            BTreeSet::from(["csv", "html", "json", "svg"]),
            "nothing else, nothing half written"
        );
        assert!(files.keys().any(|it| it.starts_with("figures/")));
        assert!(files.keys().any(|it| it.starts_with("tables/")));
        assert!(run.stdout.trim_end().ends_with("report.html"));
    }
}

#[test]
fn the_report_is_self_contained() {
    for name in EXAMPLES {
        let out = tempfile::tempdir().unwrap();
        consil(&example(name), &["build", "--out", &out.path().display().to_string()]);
        let html = fs_err::read_to_string(out.path().join("report.html")).unwrap();
        for outside in
            ["src=\"http", "url(http", "@import", "<link rel=\"stylesheet\"", "<script src"]
        {
            assert!(!html.contains(outside), "{name}: {outside}");
        }
    }
}

#[test]
fn results_json_holds_the_reference_values() {
    let out = tempfile::tempdir().unwrap();
    let run = consil(
        &example("bcg-vaccine"),
        &["build", "--json", "--out", &out.path().display().to_string()],
    );
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let analysis = &json["analyses"]["tuberculosis"];
    let number = |name: &str| analysis["display"][name].as_f64().unwrap();
    assert!((number("estimate") - 0.48942).abs() < 6e-6);
    assert!((number("ci_lower") - 0.34407).abs() < 6e-6);
    assert!((number("ci_upper") - 0.69617).abs() < 6e-6);
    assert!((analysis["tau2"].as_f64().unwrap() - 0.31324).abs() < 6e-6);
    assert_eq!(analysis["k"], 13);
    assert_eq!(analysis["studies"].as_array().unwrap().len(), 13);
}

#[test]
fn a_folder_without_a_review_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let run = consil(folder.path(), &["build", "."]);
    insta::assert_snapshot!(run.shown(folder.path()), @r#"
    status: 1
    --- stdout
    --- stderr
    error: review.toml
        found:    no such file in .
        expected: the file that every review has
        help:     `consil new .` makes one
    1 error and 0 warnings
    "#);
    let run = consil(folder.path(), &["build", "nowhere"]);
    insta::assert_snapshot!(run.shown(folder.path()), @r#"
    status: 1
    --- stdout
    --- stderr
    error: nowhere
        found:    no such folder
        expected: the folder of a review
        help:     `consil new nowhere` makes one
    1 error and 0 warnings
    "#);
}

#[test]
fn all_problems_are_shown_together_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    fs_err::write(dir.join("review.toml"), "[review]\ntitel = \"T\"\n").unwrap();
    fs_err::write(dir.join("studies.csv"), "study,design\nA,parallell\n").unwrap();
    let run = consil(dir, &["build"]);
    insta::assert_snapshot!(run.shown(dir), @r#"
    status: 1
    --- stdout
    --- stderr
    error: review.toml:2:9 (titel)
        found:    the unknown name `titel`
        expected: one of: title, authors, registration, funding, competing_interests, summary, limitations
        help:     did you mean `title`?
    error: review.toml:1:2 (title)
        found:    nothing
        expected: the review's title
        help:     fill in `title`
    error: studies.csv:2:3 (design)
        found:    `parallell`
        expected: one of `parallel`, `cluster`, `crossover`, `within-person`
        help:     did you mean `parallel`?
    3 errors and 0 warnings
    "#);
    assert!(!dir.join("output").exists());
}

#[test]
fn a_wrong_option_is_a_matter_of_usage() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(consil(folder.path(), &["build", "--figures", "gif"]).status, 2);
    assert_eq!(consil(folder.path(), &["bild"]).status, 2);
    assert_eq!(consil(folder.path(), &[]).status, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_a_failure_and_a_closed_pipe_is_none() {
    let full = fs_err::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = |stdout: std::process::Stdio| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_consil"));
        command.current_dir(example("conditioned-medium")).arg("log").stdout(stdout);
        command.stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    let output = run(full.into_file().into()).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not be written"));
    let mut piped = run(std::process::Stdio::piped());
    drop(piped.stdout.take());
    assert_eq!(piped.wait().unwrap().code(), Some(0));
}

#[test]
fn the_log_tells_who_did_what() {
    let run = consil(&example("conditioned-medium"), &["log", "--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let lines: Vec<serde_json::Value> =
        run.stdout.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let screened = lines.iter().filter(|it| it["event"] == "report_screened").count();
    assert!(screened >= 52, "{screened}");
    assert!(lines.iter().all(|it| it["event"] != "report_screened" || it["who"].is_string()));
}

#[test]
fn the_log_as_of_a_day_leaves_out_what_is_later() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs_err::write(folder.path().join(name), text).unwrap();
    fs_err::create_dir(folder.path().join("records")).unwrap();
    write(
        "review.toml",
        "[review]\ntitle = \"T\"\n[[database]]\nid = \"d\"\nname = \"D\"\nrecords = [\"records/d.csv\"]\n",
    );
    write("records/d.csv", "id,title\na,A\nb,B\n");
    write(
        "screening.csv",
        "report,stage,decision,reviewer,time\n\
         a,title and abstract,include,ann,2026-05-31\n\
         b,title and abstract,include,ann,2026-06-01T00:00:00Z\n",
    );
    let screened = |arguments: &[&str]| {
        let run = consil(folder.path(), arguments);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.stdout.lines().filter(|it| it.contains("report screened")).count()
    };
    assert_eq!(screened(&["log"]), 2);
    assert_eq!(screened(&["log", "--as-of", "2026-05-31"]), 1);
    assert_eq!(screened(&["log", "--as-of", "2026-05-30"]), 0);
    let run = consil(folder.path(), &["log", "--as-of", "20260531"]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @r"
    error: invalid value '20260531' for '--as-of <YYYY-MM-DD>': expected a day such as 2026-05-31

    For more information, try '--help'.
    ");
}

#[test]
fn the_picture_in_the_readme_is_what_the_program_draws() {
    let out = tempfile::tempdir().unwrap();
    consil(&example("bcg-vaccine"), &["build", "--out", &out.path().display().to_string()]);
    let drawn = fs_err::read(out.path().join("figures/forest-tuberculosis.svg")).unwrap();
    let shown = fs_err::read(example("../docs/images/forest-bcg-vaccine.svg")).unwrap();
    let help = "copy examples/bcg-vaccine/output/figures/forest-tuberculosis.svg to docs/images/forest-bcg-vaccine.svg";
    assert!(drawn == shown, "the picture is old: {help}");
}

#[test]
fn figures_of_an_analysis_that_is_gone_go_too_and_other_files_stay() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    for entry in fs_err::read_dir(example("stroke-care")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs_err::copy(&path, dir.join(path.file_name().unwrap())).unwrap();
        }
    }
    assert_eq!(consil(dir, &["build"]).status, 0);
    let figures = dir.join("output/figures");
    fs_err::write(figures.join("mine.svg"), "mine").unwrap();
    fs_err::write(dir.join("output/notes.txt"), "mine").unwrap();
    assert!(figures.join("forest-stay-rom.svg").is_file());
    let toml = fs_err::read_to_string(dir.join("review.toml")).unwrap();
    fs_err::write(dir.join("review.toml"), toml.replace("\"stay-rom\"", "\"stay-ratio\"")).unwrap();
    assert_eq!(consil(dir, &["build"]).status, 0);
    assert!(!figures.join("forest-stay-rom.svg").exists());
    assert!(figures.join("forest-stay-ratio.svg").is_file());
    assert!(figures.join("mine.svg").is_file() && dir.join("output/notes.txt").is_file());
}
