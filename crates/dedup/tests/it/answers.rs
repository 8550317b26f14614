//! What a person said of pairs, what an added batch brings, and runs that were stopped.

use consilience_bib::{Record, parse};
use consilience_dedup::{CheckpointError, Index, Thresholds};

/// Three records of one report, and one that looks like another part of it.
const TABLE: &str = "title,author,year,journal,volume,pages
Tea and sleep in older adults at home,Arbor J; Birch T,2015,Journal of Rest,12,101-110
TEA AND SLEEP IN OLDER ADULTS AT HOME.,Arbor J.Birch T.,2015,J Rest,12,101-10
Tea and sleep in older adults at home,\"Arbor, Jane and Birch, Tom\",2015,J Rest,12,101
Tea and sleep in older adults at home. Part 2,Arbor J; Birch T,2015,Journal of Rest,12,111-120
";

fn records() -> Vec<Record> {
    parse(TABLE.as_bytes(), "rows.csv").unwrap().records
}

fn index() -> Index {
    let mut index = Index::default();
    index.add(&records());
    index
}

#[test]
fn what_a_person_said_stands_above_the_evidence() {
    assert_eq!(index().answer().groups, [[0, 1, 2]]);
    let mut joined = index();
    joined.must_join(3, 0);
    assert_eq!(joined.answer().groups, [[0, 1, 2, 3]]);
    let mut apart = index();
    apart.must_not_join(0, 1);
    apart.must_not_join(2, 1);
    let answer = apart.answer();
    assert_eq!(answer.groups, [[0, 2]]);
    assert!(answer.ask.is_empty(), "what was answered is not asked again: {:?}", answer.ask);
}

#[test]
fn what_an_earlier_run_joined_stays_joined_but_joins_nothing_else() {
    let mut index = index();
    index.was_joined(3, 0);
    let groups = index.answer().groups;
    assert!(groups.contains(&vec![0, 3]) && groups.contains(&vec![1, 2]), "{groups:?}");
}

#[test]
fn a_pair_that_is_to_be_one_and_two_is_a_contradiction() {
    let mut index = index();
    index.must_join(0, 3);
    index.must_join(1, 3);
    index.must_not_join(0, 1);
    let answer = index.answer();
    assert_eq!(answer.contradictions, [(0, 1)]);
    assert!(answer.groups[0].contains(&0) && answer.groups[0].contains(&1));
}

#[test]
fn what_a_batch_brings_is_told_apart() {
    let records = records();
    let mut index = Index::default();
    index.add(&records[..2]);
    let unrelated = "title,author,year\nCoffee against fatigue in the young,Cedar A,2001\n";
    let new = index.add(&parse(unrelated.as_bytes(), "new.csv").unwrap().records);
    assert_eq!(new, 2..3);
    assert_eq!(index.answer().groups, [[0, 1]]);
    assert!(index.answer().of(&new).groups.is_empty());
    let new = index.add(&records[2..3]);
    assert_eq!(index.answer().of(&new).groups, [[0, 1, 3]]);
}

#[test]
fn a_run_that_was_stopped_goes_on_to_the_same_answer() {
    let records = records();
    let mut stopped = Index::default();
    let mut comparing = stopped.enter(&records);
    stopped.compare(&mut comparing, 2);
    let checkpoint = stopped.checkpoint(&comparing);

    let mut resumed = Index::default();
    let mut comparing = resumed.enter(&records);
    resumed.resume(&mut comparing, &checkpoint).unwrap();
    assert_eq!(comparing.n_compared(), 2);
    resumed.compare(&mut comparing, usize::MAX);
    assert!(comparing.is_over());
    assert_eq!(resumed.answer(), index().answer());
}

#[test]
fn a_checkpoint_of_another_run_is_refused() {
    let records = records();
    let mut index = Index::default();
    let comparing = index.enter(&records);
    let checkpoint = index.checkpoint(&comparing);

    let mut fewer = Index::default();
    let mut comparing = fewer.enter(&records[..3]);
    let refused = fewer.resume(&mut comparing, &checkpoint);
    assert_eq!(refused, Err(CheckpointError::OfAnotherRun));
    let mut stricter = Index::new(Thresholds::at(0.99).unwrap());
    let mut comparing = stricter.enter(&records);
    let refused = stricter.resume(&mut comparing, &checkpoint);
    assert_eq!(refused, Err(CheckpointError::OfAnotherRun));
    for bytes in [&checkpoint[..10], &checkpoint[1..], &[]] {
        let refused = stricter.resume(&mut comparing, bytes);
        assert_eq!(refused, Err(CheckpointError::NotACheckpoint));
    }
}
