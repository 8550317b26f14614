//! `consil dedup`: records of one report.

use std::fmt::Write;
use std::time::Duration;

use crate::consil::{consil, killed};

const TABLE: &str = "ID,title,author,year,journal,volume,pages\n\
    a,Green tea and sleep in older adults,\"Arbor, Jane; Birch, Tom\",2015,Journal of Rest,12,101-110\n\
    b,Green tea and sleep in older adults,Arbor J.Birch T.,2015,J Rest,12,101-10\n\
    c,Coffee and sleep in younger adults,\"Cedar, Ann\",2016,Journal of Rest,13,5-9\n";

#[test]
fn groups_are_lists_of_ids_as_json() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("records.csv"), TABLE).unwrap();
    let run = consil(dir.path(), &["dedup", "records.csv", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["records_read"], 3);
    assert_eq!(found["groups"], serde_json::json!([["a", "b"]]));
    assert_eq!(found["ask"], serde_json::json!([]));
}

#[test]
fn two_records_are_explained_field_by_field() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("records.csv"), TABLE).unwrap();
    let text = consil(dir.path(), &["dedup", "records.csv", "--explain", "a", "b"]).stdout;
    assert!(text.starts_with("one report"), "{text}");
    assert!(
        text.contains("journal") && text.contains("the same, in full or abbreviated"),
        "{text}"
    );
}

#[test]
fn records_whose_id_repeats_go_by_their_place() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("records.csv"), TABLE.replace("\nb,", "\na,")).unwrap();
    let run = consil(dir.path(), &["dedup", "records.csv", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["groups"], serde_json::json!([["records.csv#1", "records.csv#2"]]));
    assert!(run.stderr.contains("2 records go by FILE#N"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_read_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs_err::write(dir.path().join(name), text).unwrap();
    write("empty.ris", "");
    write("words.txt", "hello world\n");
    write("torn.csv", "title,year\nTea,2015\nCoffee,2016,5\n");
    fs_err::create_dir(dir.path().join("folder")).unwrap();
    for (files, status, said) in [
        (&["none.ris"][..], 1, "none.ris"),
        (&["folder"], 1, "found:    no such file in folder"),
        (&["torn.csv", "folder"], 1, "folder: found a folder; expected files"),
        (&["words.txt"], 1, "words.txt is in no format known here"),
        (&["empty.ris"], 0, "empty.ris: found no record"),
        (&["torn.csv"], 0, "torn.csv: 1 record kept aside; `consil records ls torn.csv` says"),
    ] {
        let run = consil(dir.path(), &[&["dedup"], files].concat());
        assert!(run.status == status && run.stderr.contains(said), "{files:?}: {}", run.stderr);
    }
}

/// A review with the records of [`TABLE`].
fn review() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs_err::write(dir.path().join(name), text).unwrap();
    fs_err::create_dir(dir.path().join("records")).unwrap();
    write(
        "review.toml",
        "[review]\ntitle = \"Tea\"\n[[database]]\nid = \"d\"\nname = \"D\"\nrecords = [\"records/all.csv\"]\n",
    );
    write("records/all.csv", TABLE);
    dir
}

#[test]
fn a_review_shows_what_is_new_and_writes_and_undoes_it() {
    let dir = review();
    let run = consil(dir.path(), &["dedup", "."]);
    assert!(run.stdout.contains("0 duplicates known, 1 new"), "{}", run.stdout);
    assert!(!dir.path().join("duplicates.csv").exists());

    consil(dir.path(), &["dedup", ".", "--write"]);
    let table = fs_err::read_to_string(dir.path().join("duplicates.csv")).unwrap();
    insta::assert_snapshot!(table, @r#"
    record,duplicate_of,reviewer,time,reason
    b,a,consil,,"title the same; authors the same; year the same; journal the same, in full or abbreviated; volume the same; pages the same"
    "#);
    let run = consil(dir.path(), &["dedup", "."]);
    assert!(run.stdout.contains("1 duplicate known, 0 new"), "{}", run.stdout);
    assert_eq!(consil(dir.path(), &["build", "."]).status, 0);

    assert_eq!(consil(dir.path(), &["dedup", ".", "--undo", "c"]).status, 1);
    assert_eq!(consil(dir.path(), &["dedup", ".", "--undo"]).status, 0);
    let run = consil(dir.path(), &["dedup", "."]);
    assert!(run.stdout.contains("0 duplicates known, 1 new"), "{}", run.stdout);
}

#[test]
fn what_others_wrote_in_duplicates_csv_stays_as_it_was() {
    let dir = review();
    let table = "reason,duplicate_of,record,reviewer\r\n\"seen, twice\",b,c,ann\r\n";
    fs_err::write(dir.path().join("duplicates.csv"), table).unwrap();
    let run = consil(dir.path(), &["dedup", ".", "--write"]);
    let written = fs_err::read_to_string(dir.path().join("duplicates.csv")).unwrap();
    assert!(written.starts_with(table), "{written}");
    assert!(written.contains(",b,a,consil"), "{written}\n{}", run.stdout);
    consil(dir.path(), &["dedup", ".", "--undo", "a"]);
    let left = fs_err::read_to_string(dir.path().join("duplicates.csv")).unwrap();
    assert_eq!(left, table);
}

#[test]
fn records_that_were_both_decided_on_are_left_to_those_who_decided() {
    let dir = review();
    let table =
        "report,stage,decision\na,title and abstract,include\nb,title and abstract,exclude\n";
    fs_err::write(dir.path().join("screening.csv"), table).unwrap();
    let run = consil(dir.path(), &["dedup", ".", "--write", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["by_hand"], serde_json::json!([["a", "b"]]));
    assert_eq!(found["duplicates_new"], serde_json::json!([]));
    assert!(!dir.path().join("duplicates.csv").exists());
}

#[test]
fn what_a_person_answered_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("records.csv"), TABLE).unwrap();
    let answers = "first,second,answer\na,b,different\nb,c,same\nc,a,\n";
    fs_err::write(dir.path().join("answers.csv"), answers).unwrap();
    let run = consil(dir.path(), &["dedup", "records.csv", "--json", "--answers", "answers.csv"]);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["groups"], serde_json::json!([["b", "c"]]));
    assert_eq!(found["ask"], serde_json::json!([]));
    fs_err::write(dir.path().join("answers.csv"), "first,second,answer\na,b,perhaps\n").unwrap();
    let run = consil(dir.path(), &["dedup", "records.csv", "--answers", "answers.csv"]);
    assert!(run.stderr.contains("answers.csv:2: found the answer `perhaps`"), "{}", run.stderr);
}

#[test]
fn a_checkpoint_of_other_records_is_refused_and_one_that_was_used_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("records.csv"), TABLE).unwrap();
    fs_err::write(dir.path().join("run.checkpoint"), "something else").unwrap();
    let arguments = ["dedup", "records.csv", "--checkpoint", "run.checkpoint"];
    let run = consil(dir.path(), &arguments);
    assert!(run.stderr.contains("found no checkpoint of this program"), "{}", run.stderr);
    fs_err::remove_file(dir.path().join("run.checkpoint")).unwrap();
    assert_eq!(consil(dir.path(), &arguments).status, 0);
    assert!(!dir.path().join("run.checkpoint").exists());
}

#[cfg(unix)]
#[test]
fn who_stops_a_run_is_told_how_to_go_on() {
    use std::process::{Command, Stdio};
    let dir = tempfile::tempdir().unwrap();
    let mut table = "title,author,year\n".to_owned();
    for i in 0..100_000 {
        writeln!(table, "Tea and sleep {i} in adults,Arbor J,2015").unwrap();
    }
    fs_err::write(dir.path().join("records.csv"), table).unwrap();
    // How soon it can be told depends on how busy the machine is.
    let said = [100, 300, 1000].map(|milliseconds| {
        let child = Command::new(env!("CARGO_BIN_EXE_consil"))
            .current_dir(dir.path())
            .args(["dedup", "records.csv"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    });
    let is_told = |it: &(Option<i32>, String)| {
        it.0 == Some(130) && it.1.starts_with("stopped; the same command begins anew")
    };
    assert!(said.iter().any(is_told), "{said:?}");
}

#[test]
fn a_run_that_was_killed_gives_the_same_when_it_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = "title,author,year,journal,volume,pages\n".to_owned();
    for i in 0..600 {
        let (page, kind) = (i / 3 * 7, i / 3 % 50);
        writeln!(table, "Tea {kind} and sleep {} in adults,Arbor J,2015,J Rest,12,{page}", i / 3)
            .unwrap();
    }
    fs_err::write(dir.path().join("records.csv"), table).unwrap();
    let whole = consil(dir.path(), &["dedup", "records.csv", "--json"]).stdout;
    let arguments = ["dedup", "records.csv", "--json", "--checkpoint", "run.checkpoint"];
    for milliseconds in [50, 200, 500] {
        killed(dir.path(), &arguments, Duration::from_millis(milliseconds));
    }
    let run = consil(dir.path(), &arguments);
    assert!(run.stdout == whole, "{}", run.stderr);
    assert!(!dir.path().join("run.checkpoint").exists());
}

/// A review whose database has this export.
fn review_of(name: &str, export: &str) -> tempfile::TempDir {
    let dir = review();
    let toml = fs_err::read_to_string(dir.path().join("review.toml")).unwrap();
    fs_err::write(dir.path().join("review.toml"), toml.replace("all.csv", name)).unwrap();
    fs_err::remove_file(dir.path().join("records/all.csv")).unwrap();
    fs_err::write(dir.path().join("records").join(name), export).unwrap();
    dir
}

#[test]
fn what_was_answered_is_kept_in_the_review_not_asked_again_and_undone() {
    let dir = review();
    let path = |name: &str| dir.path().join(name);
    let answers = "first,second,question,answer,reviewer,reasons\na,b,report,different,ann,\nb,c,report,same,ben,\n";
    fs_err::write(path("answers.csv"), answers).unwrap();
    let run = consil(dir.path(), &["dedup", ".", "--answers", "answers.csv"]);
    assert!(run.stdout.contains("2 new answers, not kept"), "{}", run.stdout);
    assert!(!path("pairs.csv").exists());

    let run = consil(dir.path(), &["dedup", ".", "--answers", "answers.csv", "--write"]);
    assert!(run.stdout.contains("2 new answers, written to pairs.csv"), "{}", run.stdout);
    let table = fs_err::read_to_string(path("pairs.csv")).unwrap();
    insta::assert_snapshot!(table, @r"
    first,second,question,answer,reviewer,time,reason
    a,b,report,different,ann,,
    b,c,report,same,ben,,
    ");
    // Without the file of answers they are known, and build takes them.
    let run = consil(dir.path(), &["dedup", ".", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&found["duplicates_new"], &found["ask"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
    assert_eq!(consil(dir.path(), &["build", "."]).status, 0);
    // The same answers again change nothing; another answer is refused.
    let run = consil(dir.path(), &["dedup", ".", "--answers", "answers.csv", "--write"]);
    assert!(!run.stdout.contains("new answer"), "{}", run.stdout);
    fs_err::write(path("answers.csv"), "first,second,answer\nb,a,same\n").unwrap();
    let run = consil(dir.path(), &["dedup", ".", "--answers", "answers.csv", "--write"]);
    assert!(run.stderr.contains("expected `different` as in pairs.csv"), "{}", run.stderr);
    assert_eq!(fs_err::read_to_string(path("pairs.csv")).unwrap(), table);

    assert_eq!(consil(dir.path(), &["dedup", ".", "--undo", "a", "b"]).status, 0);
    assert!(!fs_err::read_to_string(path("pairs.csv")).unwrap().contains("different"));
    consil(dir.path(), &["dedup", ".", "--undo"]);
    consil(dir.path(), &["dedup", ".", "--undo", "c", "b"]);
    let run = consil(dir.path(), &["dedup", "."]);
    assert!(run.stdout.contains("0 duplicates known, 1 new"), "{}", run.stdout);
}

const STUDY: &str = "TY  - JOUR\nID  - main\nAU  - Arbor, Jane\nAU  - Birch, Tom\nPY  - 2015\nJO  - Sleep\n\
    TI  - Green tea for insomnia in older adults: a randomised controlled trial\n\
    AB  - 137 participants were randomised to green tea or water.\nER  -\n\
    TY  - JOUR\nID  - later\nAU  - Birch, T\nAU  - Arbor, J\nPY  - 2021\nJO  - Rest\n\
    TI  - Green tea for insomnia in older adults: 6-year follow-up\n\
    AB  - Of 137 participants, 101 participants were seen again.\nER  -\n\
    TY  - JOUR\nID  - other\nAU  - Birch, T\nAU  - Arbor, J\nPY  - 2015\nJO  - Rest\n\
    TI  - Valerian for insomnia in older adults: a randomised controlled trial\n\
    AB  - 137 participants were randomised to valerian or water.\nER  -\n";

#[test]
fn several_reports_of_one_study_are_suggested_and_stay() {
    let dir = review_of("all.ris", STUDY);
    let run = consil(dir.path(), &["dedup", "records/all.ris", "--studies"]);
    insta::assert_snapshot!(run.stdout, @r"
    source           records read  kept aside  duplicates within  of earlier sources  reports left  only here
    records/all.ris             3           0                  0                   0             3          3
    all                         3           0                  0                   0             3          3

    3 records - 0 duplicates = 3 reports. To be looked at: 0 pairs.

    1 study has perhaps several reports each, of which none was removed:

    main  Arbor J, Birch T. Green tea for insomnia in older adults: a randomised controlled trial. Sleep 2015.
    later  Birch T, Arbor J. Green tea for insomnia in older adults: 6-year follow-up. Rest 2021.
        main and later: the same authors (Arbor J, Birch T); 137 participants in both; both are about adult, green, insomnia, older, tea
    ");
    let run = consil(dir.path(), &["dedup", "records/all.ris", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&found["reports"], &found["groups"]), (&3.into(), &serde_json::json!([])));
    assert_eq!(found["studies"][0]["reports"], serde_json::json!(["main", "later"]));
}

#[test]
fn a_suggested_study_is_accepted_or_refused_by_an_answer() {
    for (answer, is_one) in [("same", true), ("different", false)] {
        let dir = review_of("all.ris", STUDY);
        let run = consil(dir.path(), &["dedup", ".", "--ask-file", "ask.csv"]);
        assert!(run.stdout.contains("1 study has perhaps several reports"), "{}", run.stdout);
        let asked = fs_err::read_to_string(dir.path().join("ask.csv")).unwrap();
        assert!(asked.contains("main,later,study,,,,\"the same authors"), "{asked}");
        let answered = asked.replace("later,study,,", &format!("later,study,{answer},ann"));
        fs_err::write(dir.path().join("ask.csv"), answered).unwrap();
        consil(dir.path(), &["dedup", ".", "--answers", "ask.csv", "--write"]);
        let run = consil(dir.path(), &["dedup", ".", "--studies"]);
        assert!(run.stdout.contains("No reports look like several"), "{}", run.stdout);
        // What studies.csv says is held against it.
        let screening = "report,stage,decision\nmain,title and abstract,include\nmain,full text,include\n\
            later,title and abstract,include\nlater,full text,include\n";
        fs_err::write(dir.path().join("screening.csv"), screening).unwrap();
        let reports = if is_one { "main" } else { "main;later" };
        fs_err::write(
            dir.path().join("studies.csv"),
            format!("study,reports\nArbor 2015,{reports}\n"),
        )
        .unwrap();
        let run = consil(dir.path(), &["build", "."]);
        let said = if is_one {
            "Arbor 2015 names one of `main` and `later`, which were said to be of one study"
        } else {
            "Arbor 2015 names `main` and `later`, which were said to be of two studies"
        };
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}
