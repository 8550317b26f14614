//! What holds for any records: order and batches decide nothing.

use consilience_bib::{Record, parse};
use consilience_dedup::{Index, Thresholds};
use proptest::prelude::*;

const TITLES: [&str; 6] = [
    "Tea and sleep in older adults",
    "Tea and sleep in older adults: a trial",
    "Tee and sleep in older adults",
    "Sleep in the elderly. Part 1",
    "Sleep in the elderly. Part 2",
    "Editorial",
];
const AUTHORS: [&str; 4] = ["Arbor J; Birch T", "\"Arbor, Jane; Birch, Tom\"", "Cedar A", ""];
const JOURNALS: [&str; 4] = ["J Rest", "Journal of Rest", "Annals of Tea", ""];
const PAGES: [&str; 4] = ["1-10", "1-9", "11-20", ""];

/// Rows that are often, but not always, of one report.
fn rows() -> impl Strategy<Value = Vec<String>> {
    let row = (0..6_usize, 0..4_usize, 2010..2013, 0..4_usize, 1..3, 0..4_usize).prop_map(
        |(title, author, year, journal, volume, pages)| {
            let (title, author) = (TITLES[title], AUTHORS[author]);
            format!("{title},{author},{year},{},{volume},{}", JOURNALS[journal], PAGES[pages])
        },
    );
    prop::collection::vec(row, 1..24)
}

fn records(rows: &[String]) -> Vec<Record> {
    let text = format!("title,author,year,journal,volume,pages\n{}\n", rows.join("\n"));
    parse(text.as_bytes(), "rows.csv").unwrap().records
}

/// Groups as the sorted contents of their rows.
fn groups(rows: &[String], batches: &[&[Record]]) -> Vec<Vec<String>> {
    let mut index = Index::new(Thresholds::default());
    for batch in batches {
        index.add(*batch);
    }
    let named = index.answer().groups.into_iter().map(|group| {
        let mut texts: Vec<String> = group.into_iter().map(|it| rows[it].clone()).collect();
        texts.sort();
        texts
    });
    let mut named: Vec<_> = named.collect();
    named.sort();
    named
}

proptest! {
    #[test]
    fn the_order_of_the_records_decides_nothing(rows in rows(), seed in any::<u64>()) {
        let mut shuffled: Vec<(u64, String)> = rows.iter().enumerate()
            .map(|(i, row)| ((i as u64).wrapping_mul(seed | 1).rotate_left(17), row.clone())).collect();
        shuffled.sort();
        let shuffled: Vec<String> = shuffled.into_iter().map(|it| it.1).collect();
        prop_assert_eq!(groups(&rows, &[&records(&rows)]), groups(&shuffled, &[&records(&shuffled)]));
    }

    #[test]
    fn batches_give_what_all_at_once_gives(rows in rows(), cut in 0..24_usize) {
        let all = records(&rows);
        let cut = cut.min(all.len());
        prop_assert_eq!(groups(&rows, &[&all]), groups(&rows, &[&all[..cut], &all[cut..]]));
    }

    #[test]
    fn groups_are_disjoint_and_of_two_or_more(rows in rows()) {
        let mut index = Index::new(Thresholds::default());
        index.add(&records(&rows));
        let groups = index.answer().groups;
        let mut all: Vec<usize> = groups.iter().flatten().copied().collect();
        all.sort_unstable();
        let n = all.len();
        all.dedup();
        prop_assert_eq!(n, all.len());
        prop_assert!(groups.iter().all(|group| group.len() > 1));
    }
}
