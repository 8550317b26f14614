//! The log is append-only; undoing is an event, and a later event of the same key corrects an earlier one.

use consilience_review::vocabulary::records::Duplicate;
use consilience_review::{Attributed, Entry, Event, Log, Package, State, Undo, When, Who};

fn entries() -> Vec<Entry> {
    let mut package = Package::default();
    let mut add =
        |name: &str, text: &str| package.files.insert(name.to_owned(), text.as_bytes().to_vec());
    add("review.toml", "[review]\ntitle = \"T\"\n");
    add("studies.csv", "study\nA\nB\n");
    package.to_log().log.read(0).to_vec()
}

fn undo(position: u64) -> Entry {
    Attributed {
        who: Who(Some("ann".to_owned())),
        when: When::default(),
        value: Event::EventUndone(Undo { position }),
    }
}

fn studies(entries: &[Entry]) -> Vec<String> {
    State::fold(entries).unwrap().studies.keys().cloned().collect()
}

#[test]
fn an_undone_event_does_not_count_and_undoing_the_undoing_restores_it() {
    let mut entries = entries();
    assert_eq!(studies(&entries), ["A", "B"]);
    let last = entries.len() as u64 - 1;
    entries.push(undo(last));
    assert_eq!(studies(&entries), ["A"]);
    entries.push(undo(last + 1));
    assert_eq!(studies(&entries), ["A", "B"]);
}

#[test]
fn appending_at_another_position_than_the_end_is_a_conflict_and_changes_nothing() {
    let mut log = Log::default();
    assert_eq!(log.append(0, entries()), Ok(3));
    let conflict = log.append(1, entries()).unwrap_err();
    assert_eq!((conflict.expected, conflict.actual), (1, 3));
    assert_eq!(log.read(2).len(), 1);
    assert_eq!(log.read(99).len(), 0);
}

#[test]
fn in_a_log_the_later_event_of_a_key_is_a_correction() {
    let mut entries = entries();
    entries.push(entries[0].clone());
    entries.push(entries[1].clone());
    assert_eq!(studies(&entries), ["A", "B"]);
}

#[test]
fn a_past_state_leaves_out_what_is_dated_later() {
    let mut log = Log::default();
    let mut entries = entries();
    entries[1].when = When(Some("2026-01-01".to_owned()));
    entries[2].when = When(Some("2026-01-02T10:00:00Z".to_owned()));
    log.append(0, entries).unwrap();
    assert_eq!(studies(log.as_of("2026-01-01").read(0)), ["A"]);
    assert_eq!(studies(log.as_of("2026-01-02").read(0)), ["A", "B"]);
}

#[test]
fn an_undoing_in_a_past_state_undoes_what_it_undid() {
    let mut log = Log::default();
    let mut entries = entries();
    // Written on the 5th, before an entry of the 2nd in the log; the undoing of that one is of the 3rd.
    entries[1].when = When(Some("2026-01-05".to_owned()));
    entries[2].when = When(Some("2026-01-02".to_owned()));
    entries.push(undo(2));
    entries[3].when = When(Some("2026-01-03".to_owned()));
    log.append(0, entries).unwrap();
    assert_eq!(studies(log.as_of("2026-01-02").read(0)), ["B"]);
    assert!(studies(log.as_of("2026-01-03").read(0)).is_empty());
    assert_eq!(studies(log.as_of("2026-01-05").read(0)), ["A"]);
}

#[test]
fn an_undoing_of_what_is_dated_later_than_the_past_state_is_left_out_with_it() {
    let mut log = Log::default();
    let mut entries = entries();
    entries[1].when = When(Some("2026-01-05".to_owned()));
    entries.push(undo(1));
    log.append(0, entries).unwrap();
    assert_eq!(studies(log.as_of("2026-01-03").read(0)), ["B"]);
    assert_eq!(studies(log.read(0)), ["B"]);
}

#[test]
fn a_corrected_duplicate_leaves_the_record_that_it_named_before_free() {
    let mut package = Package::default();
    let mut add =
        |name: &str, text: &str| package.files.insert(name.to_owned(), text.as_bytes().to_vec());
    let review = "[review]\ntitle = \"T\"\n[[database]]\nid = \"d\"\nname = \"D\"\nrecords = [\"records/d.csv\"]\n";
    add("review.toml", review);
    add("records/d.csv", "id,title\nr1,A\nr2,B\nr3,C\n");
    add("duplicates.csv", "record,duplicate_of\nr1,r2\n");
    let mut entries = package.to_log().log.read(0).to_vec();
    let says = |record: &str, duplicate_of: &str| {
        let it = Duplicate {
            record: record.to_owned(),
            duplicate_of: duplicate_of.to_owned(),
            reason: None,
        };
        Attributed {
            who: Who::default(),
            when: When::default(),
            value: Event::DuplicateConfirmed(it),
        }
    };
    let second = says("r2", "r3");
    let rejected = State::fold(&[entries.clone(), vec![second.clone()]].concat()).unwrap_err().1;
    assert_eq!(rejected.found, "`r2`, which stands for `r1`");
    entries.extend([says("r1", "r3"), second]);
    assert_eq!(State::fold(&entries).unwrap().duplicates.len(), 2);
}
