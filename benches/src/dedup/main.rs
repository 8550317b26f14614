//! De-duplication of made-up records, more and more of them: processor time, memory, and wrong decisions.
//!
//!     cargo run --release -p consilience-benches --bin dedup -- [N…]       (10000 100000 1000000)
//!     cargo run --release -p consilience-benches --bin dedup -- --write FILE N

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

#[path = "../clock.rs"]
#[expect(dead_code, reason = "what takes long is measured once")]
mod clock;
mod generate;

use std::collections::BTreeMap;
use std::error::Error;

use consilience_bib::parse;
use consilience_dedup::{Index, Thresholds};

/// Tables of so many records are made and added at a time.
const BATCH: usize = 50_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [write, file, n] = arguments.as_slice()
        && write == "--write"
    {
        fs_err::write(file, generate::table(n.parse()?, 1))?;
        return Ok(());
    }
    let sizes: Vec<usize> = arguments.iter().map(|it| it.parse()).collect::<Result<_, _>>()?;
    let sizes = if sizes.is_empty() { vec![10_000, 100_000, 1_000_000] } else { sizes };
    println!("| records | seconds | records/s | reading | peak memory | FP | FN | last batch |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for n in sizes {
        measure(n)?;
    }
    Ok(())
}

fn measure(n: usize) -> Result<(), Box<dyn Error>> {
    let mut index = Index::new(Thresholds::default());
    let mut reports: Vec<u64> = Vec::with_capacity(n);
    let (mut reading, mut matching, mut last) = (0.0, 0.0, 0.0);
    let mut batch = 0;
    while reports.len() < n {
        let table = generate::table(BATCH.min(n - reports.len()), batch);
        let start = clock::now();
        let records = parse(table.as_bytes(), "made.csv")?.records;
        reading += clock::now() - start;
        let start = clock::now();
        index.add(&records);
        last = clock::now() - start;
        matching += last;
        let number =
            |row: &str| row.split(',').nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
        reports.extend(table.lines().skip(1).map(|row| (batch << 32) | number(row)));
        batch += 1;
    }
    let start = clock::now();
    let answer = index.answer();
    matching += clock::now() - start;
    let (false_positives, false_negatives) = errors(&reports, &answer.groups);
    let n = reports.len();
    println!(
        "| {n} | {matching:.2} | {:.0} | {reading:.2} | {} MB | {false_positives} | {false_negatives} | {last:.2} |",
        n as f64 / matching,
        peak_memory()
    );
    Ok(())
}

/// At the level of records: reports of which none remains, and records that remain beside another of their report.
fn errors(reports: &[u64], groups: &[Vec<usize>]) -> (usize, usize) {
    let mut removed = vec![false; reports.len()];
    for record in groups.iter().flat_map(|group| &group[1..]) {
        removed[*record] = true;
    }
    let mut kept: BTreeMap<u64, usize> = BTreeMap::new();
    for (report, removed) in reports.iter().zip(&removed) {
        *kept.entry(*report).or_default() += usize::from(!removed);
    }
    let lost = kept.values().filter(|kept| **kept == 0).count();
    (lost, kept.values().map(|kept| kept.saturating_sub(1)).sum())
}

/// The most memory that the program has had so far, in megabytes; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
