//! The flow diagram adds up from decisions alone, whatever was decided, undone or found to be a duplicate.

use consilience_review::flow::{Flow, Verdict, flow, verdict};
use consilience_review::vocabulary::protocol::SourceKind;
use consilience_review::vocabulary::records::{Decision, Stage};
use consilience_review::{Attributed, Entry, Event, Package, State, Undo, When, Who};
use proptest::prelude::*;

use crate::made::{Made, review};

const TITLE: &str = "title and abstract";
const FULL: &str = "full text";

/// Ten records, `db1` to `db10`.
fn ten() -> Made {
    review("measure = \"MD\"").source("db", "database", 10)
}

fn excluded(made: Made, report: &str, reason: &str, reviewer: &str) -> Made {
    let cells = format!(
        "report={report}; stage={FULL}; decision=exclude; reason={reason}; reviewer={reviewer}"
    );
    made.row("screening.csv", &cells)
}

/// PRISMA 2020's arithmetic; every record is in exactly one place.
#[track_caller]
fn assert_adds_up(flow: &Flow) {
    let identified = [SourceKind::Database, SourceKind::Register, SourceKind::Other]
        .map(|it| flow.identified(it))
        .iter()
        .sum::<u64>();
    assert_eq!(identified, (flow.screened.len() + flow.duplicates.len()) as u64);
    assert_eq!(
        flow.screened.len(),
        flow.excluded.len() + flow.undecided_records.len() + flow.sought.len()
    );
    assert_eq!(flow.assessed.len(), flow.sought.len() - flow.not_retrieved.len());
    let with_reasons: usize = flow.excluded_with_reasons.iter().map(|it| it.1.len()).sum();
    assert_eq!(
        flow.assessed.len(),
        with_reasons
            + flow.awaiting.len()
            + flow.ongoing.len()
            + flow.undecided_reports.len()
            + flow.included_reports.len()
    );
}

#[test]
fn each_decision_puts_a_report_into_its_box() {
    let mut made = ten().row("duplicates.csv", "record=db10; duplicate_of=db9");
    for i in 1..=8 {
        let decision = if i == 1 { "exclude" } else { "include" };
        made = made.screened(&format!("db{i}"), TITLE, decision, "ann");
    }
    made = made
        .screened("db2", FULL, "include", "ann")
        .screened("db3", FULL, "not retrieved", "ann")
        .screened("db4", FULL, "awaiting classification", "ann")
        .screened("db5", FULL, "ongoing", "ann");
    made = excluded(made, "db6", "wrong population", "ann");
    let flow = made.evaluation().flow;
    assert_adds_up(&flow);
    assert_eq!(flow.identified(SourceKind::Database), 10);
    assert_eq!(flow.duplicates, ["db10"]);
    assert_eq!(flow.excluded, ["db1"]);
    assert_eq!(flow.undecided_records, ["db9"]);
    assert_eq!(flow.included_reports, ["db2"]);
    assert_eq!(flow.not_retrieved, ["db3"]);
    assert_eq!((flow.awaiting, flow.ongoing), (vec!["db4".to_owned()], vec!["db5".to_owned()]));
    assert_eq!(
        flow.excluded_with_reasons,
        [("wrong population".to_owned(), vec!["db6".to_owned()])]
    );
    assert_eq!(flow.undecided_reports, ["db7", "db8"]);
}

#[test]
fn sources_are_counted_apart() {
    let made = review("measure = \"MD\"")
        .source("db", "database", 3)
        .source("reg", "register", 2)
        .source("web", "other", 1);
    let flow = made.evaluation().flow;
    let counts = [SourceKind::Database, SourceKind::Register, SourceKind::Other];
    assert_eq!(counts.map(|it| flow.identified(it)), [3, 2, 1]);
    assert_adds_up(&flow);
}

#[test]
fn reasons_stand_with_the_most_frequent_first_and_then_by_name() {
    let mut made = ten();
    for (i, reason) in ["b", "c", "c", "a"].iter().enumerate() {
        made = excluded(made, &format!("db{}", i + 1), reason, "ann");
    }
    let reasons: Vec<String> =
        made.evaluation().flow.excluded_with_reasons.into_iter().map(|it| it.0).collect();
    assert_eq!(reasons, ["c", "a", "b"]);
}

#[test]
fn reviewers_who_disagree_leave_a_report_open_until_consensus() {
    let state = |made: &Made| made.package().to_log().state;
    let split =
        ten().screened("db1", TITLE, "include", "ann").screened("db1", TITLE, "exclude", "bob");
    assert_eq!(verdict(&state(&split), "db1", Stage::TitleAndAbstract), Verdict::Conflict);
    assert!(split.evaluation().flow.undecided_records.contains(&"db1".to_owned()));
    let settled = split.screened("db1", TITLE, "exclude", "consensus");
    assert_eq!(
        verdict(&state(&settled), "db1", Stage::TitleAndAbstract),
        Verdict::Settled(Decision::Exclude, None)
    );
    assert_eq!(settled.evaluation().flow.screeners, (2, 0), "consensus is no third person");
    assert_eq!(verdict(&state(&settled), "db2", Stage::TitleAndAbstract), Verdict::Open);
}

#[test]
fn one_reason_is_counted_for_a_report_so_two_reasons_are_a_disagreement() {
    let made =
        excluded(excluded(ten(), "db1", "Wrong design", "ann"), "db1", "wrong design", "bob");
    let flow = made.evaluation().flow;
    assert_eq!(flow.excluded_with_reasons, [("Wrong design".to_owned(), vec!["db1".to_owned()])]);
    let made = excluded(made, "db1", "no outcome", "cy");
    let flow = made.evaluation().flow;
    assert_eq!(
        (flow.excluded_with_reasons, flow.undecided_reports),
        (vec![], vec!["db1".to_owned()])
    );
    let flow = excluded(made, "db1", "no outcome", "consensus").evaluation().flow;
    assert_eq!(flow.excluded_with_reasons, [("no outcome".to_owned(), vec!["db1".to_owned()])]);
}

#[test]
fn a_report_decided_on_at_full_text_has_passed_the_first_stage() {
    let flow = excluded(ten(), "db1", "wrong design", "ann").evaluation().flow;
    assert_eq!(flow.sought, ["db1"]);
    assert_adds_up(&flow);
}

fn happened(event: Event) -> Entry {
    Attributed { who: Who(Some("ann".to_owned())), when: When::default(), value: event }
}

/// The events of one table of another package.
fn events(made: &Made, kind: &str) -> Vec<Entry> {
    let log = made.package().to_log().log;
    log.read(0).iter().filter(|it| it.value.kind() == kind).cloned().collect()
}

#[test]
fn a_duplicate_found_after_it_was_screened_leaves_the_screened_records() {
    let before = ten().screened("db2", TITLE, "include", "ann").package();
    let mut entries = before.to_log().log.read(0).to_vec();
    entries.extend(events(
        &ten().row("duplicates.csv", "record=db2; duplicate_of=db1"),
        "duplicate_confirmed",
    ));
    let state = State::fold(&entries).unwrap();
    let counted = flow(&state);
    assert_adds_up(&counted);
    assert_eq!((counted.duplicates.len(), counted.screened.len(), counted.sought.len()), (1, 9, 0));
    // The package that is written from it can be read.
    let package = Package::from_state(&state, &before.blobs());
    assert_eq!(package.to_log().diagnostics, []);
    // Undoing the finding brings the decision back.
    entries.push(happened(Event::EventUndone(Undo { position: entries.len() as u64 - 1 })));
    assert_eq!(flow(&State::fold(&entries).unwrap()).sought, ["db2"]);
}

#[test]
fn a_record_that_a_study_names_cannot_become_a_duplicate_unnoticed() {
    let mut entries =
        ten().row("studies.csv", "study=A; reports=db2").package().to_log().log.read(0).to_vec();
    entries.extend(events(
        &ten().row("duplicates.csv", "record=db2; duplicate_of=db1"),
        "duplicate_confirmed",
    ));
    let (_, rejection) = State::fold(&entries).unwrap_err();
    assert_eq!(
        (rejection.found.as_str(), rejection.help.as_str()),
        ("`db2`, which is a report of A", "name `db1` in the study first")
    );
}

#[test]
fn a_decision_that_is_undone_does_not_count() {
    let mut entries =
        ten().screened("db1", TITLE, "exclude", "ann").package().to_log().log.read(0).to_vec();
    entries.push(happened(Event::EventUndone(Undo { position: entries.len() as u64 - 1 })));
    let counted = flow(&State::fold(&entries).unwrap());
    assert!(counted.excluded.is_empty());
    assert_eq!(counted.undecided_records.len(), 10);
}

proptest! {
    #[test]
    fn the_flow_adds_up_whatever_was_decided(
        decisions in prop::collection::vec(
            (1..=10_usize, 0..2_usize, 0..5_usize, prop::sample::select(vec!["ann", "bob", "consensus"])),
            0..40,
        ),
        duplicates in prop::collection::btree_set(6..=10_usize, 0..5),
    ) {
        let mut made = ten();
        for i in &duplicates {
            made = made.row("duplicates.csv", &format!("record=db{i}; duplicate_of=db1"));
        }
        let mut seen = std::collections::BTreeSet::new();
        for (report, stage, decision, who) in decisions {
            if duplicates.contains(&report) || !seen.insert((report, stage, who)) {
                continue;
            }
            let (stage, all) = [
                (TITLE, ["include", "exclude", "include", "exclude", "include"]),
                (FULL, ["include", "exclude", "not retrieved", "awaiting classification", "ongoing"]),
            ][stage];
            made = made.row("screening.csv", &format!(
                "report=db{report}; stage={stage}; decision={}; reason=r{decision}; reviewer={who}",
                all[decision]
            ));
        }
        let flow = made.evaluation().flow;
        assert_adds_up(&flow);
        prop_assert_eq!(flow.duplicates.len(), duplicates.len());
    }
}
