//! Wrong decisions on a folder of labelled sets; of named sets, with both records side by side.
//!
//!     cargo run --release -p consilience-dedup --example labelled -- FOLDER [SET…]
//!
//! Each set is a folder with `records.csv.gz` and `groups.csv` (`merged_ids`: ids parted by semicolons).

#![allow(clippy::print_stdout, reason = "a tool whose only purpose is to print")]

#[path = "../tests/it/score.rs"]
mod score;

use std::collections::BTreeSet;
use std::error::Error;
use std::time::Instant;

use consilience_bib::Record;
use consilience_dedup::{Explanation, Index, Outcome, Thresholds};

use score::{Set, split_pairs};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("expected the folder of the sets")?;
    let chosen: Vec<String> = arguments.collect();
    let mut sets: Vec<_> = fs_err::read_dir(&folder)?.flatten().map(|it| it.path()).collect();
    sets.sort();
    for folder in sets.iter().filter(|set| set.join("groups.csv").exists()) {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if chosen.is_empty() || chosen.contains(&name) {
            report(&name, &Set::read(folder)?, !chosen.is_empty());
        }
    }
    Ok(())
}

fn report(name: &str, set: &Set, verbose: bool) {
    let start = Instant::now();
    let mut index = Index::new(Thresholds::default());
    index.add(&set.records);
    let answer = index.answer();
    let rate = set.records.len() as f64 / start.elapsed().as_secs_f64();
    if verbose {
        let ours = set.labels(&answer.groups);
        show("FALSE POSITIVE", &split_pairs(&ours, &set.truth), &set.truth, set, &index);
        show("FALSE NEGATIVE", &split_pairs(&set.truth, &ours), &ours, set, &index);
    }
    let score = set.score(&answer.groups);
    println!(
        "{name:20} {:6} records  FP {:3} FN {:4}  pairs FP {:4} FN {:5}  ask {:4}  {rate:8.0}/s",
        set.records.len(),
        score.false_positives,
        score.false_negatives,
        score.pair_false_positives,
        score.pair_false_negatives,
        answer.ask.len(),
    );
}

/// Of all pairs that one wrong decision costs, the clearest.
fn show(what: &str, wrong: &[(usize, usize)], label: &[usize], set: &Set, index: &Index) {
    let total = |it: &Explanation| it.reasons.iter().map(|reason| reason.weight).sum::<f64>();
    let mut wrong: Vec<_> = wrong.iter().map(|(a, b)| (index.explain(*a, *b), *a, *b)).collect();
    wrong.sort_by(|x, y| total(&y.0).total_cmp(&total(&x.0)));
    let mut seen = BTreeSet::new();
    for (it, a, b) in wrong {
        let is_cause = what == "FALSE NEGATIVE" || it.outcome == Outcome::Same;
        if is_cause && seen.insert((label[a].min(label[b]), label[a].max(label[b]))) {
            let fields = it.reasons.iter().filter(|reason| reason.weight != 0.0);
            let fields: Vec<String> = fields
                .map(|reason| format!("{} {} {:+.1}", reason.field, reason.words, reason.weight))
                .collect();
            let total = total(&it);
            println!(
                "{what}: {:?} {:?} {total:.1}: {}",
                it.outcome,
                it.conflict,
                fields.join("; ")
            );
            println!("  {}\n  {}", line(&set.records[a]), line(&set.records[b]));
        }
    }
}

fn line(record: &Record) -> String {
    let id = record.id().unwrap_or("?");
    format!("[{id}] {} ({})", record.citation(), record.reference_type().unwrap_or("-"))
}
