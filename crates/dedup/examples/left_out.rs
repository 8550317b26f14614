//! Weights chosen by hand beside weights estimated on all labelled sets but one, on the one left out.
//!
//!     cargo run --release -p consilience-dedup --example left_out -- FOLDER [SET…]
//!
//! Each set is a folder with `records.csv.gz` and `groups.csv` (`merged_ids`: ids parted by semicolons). The first table has, for
//! each set, the default weights and threshold; the default weights with a threshold from the other sets; weights and
//! threshold from the other sets, where a lost report costs ten or a hundred times what a duplicate costs. The second has what
//! other thresholds do to all sets together.

#![allow(clippy::print_stdout, reason = "a tool whose only purpose is to print")]

#[path = "../tests/it/score.rs"]
mod score;

use std::error::Error;
use std::path::PathBuf;

use consilience_dedup::{Index, LabelledPairs, Thresholds, Weights};

use score::{Score, Set};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("expected the folder of the sets")?;
    let chosen: Vec<String> = arguments.collect();
    let mut folders: Vec<_> = fs_err::read_dir(&folder)?.flatten().map(|it| it.path()).collect();
    folders.retain(|set| set.join("groups.csv").exists());
    let is_chosen = |set: &PathBuf| chosen.iter().any(|it| set.ends_with(it));
    folders.retain(|set| chosen.is_empty() || is_chosen(set));
    folders.sort();
    let sets: Vec<Set> = folders.iter().map(|it| Set::read(it)).collect::<Result<_, _>>()?;
    left_out(&folders, &sets);
    println!();
    thresholds(&sets);
    Ok(())
}

fn left_out(folders: &[PathBuf], sets: &[Set]) {
    let pairs: Vec<LabelledPairs> =
        sets.iter().map(|set| LabelledPairs::of(&set.records, &set.truth)).collect();
    println!(
        "| set left out | FP | FN | FP, threshold of others | FN | FP, weights of others, 10 | FN | FP, weights of others, 100 | FN |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let by_hand = Weights::default();
    for (i, (set, folder)) in sets.iter().zip(folders).enumerate() {
        let others: Vec<&LabelledPairs> =
            pairs.iter().enumerate().filter(|it| it.0 != i).map(|it| it.1).collect();
        let estimated = Weights::estimated(&others);
        let scores = [
            score(set, &by_hand, Thresholds::default()).0,
            score(set, &by_hand, by_hand.thresholds(&others, 10.0)).0,
            score(set, &estimated, estimated.thresholds(&others, 10.0)).0,
            score(set, &estimated, estimated.thresholds(&others, 100.0)).0,
        ];
        let cells = scores.map(|it| format!("{} | {}", it.false_positives, it.false_negatives));
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        println!("| {name} | {} |", cells.join(" | "));
    }
}

fn thresholds(sets: &[Set]) {
    println!("| join from | FP | FN | pairs to be looked at |");
    println!("| --- | --- | --- | --- |");
    for probability in [0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999] {
        let Some(thresholds) = Thresholds::at(probability) else { continue };
        let (mut false_positives, mut false_negatives, mut asked) = (0, 0, 0);
        for set in sets {
            let (score, n_asked) = score(set, &Weights::default(), thresholds);
            false_positives += score.false_positives;
            false_negatives += score.false_negatives;
            asked += n_asked;
        }
        println!("| {probability} | {false_positives} | {false_negatives} | {asked} |");
    }
}

fn score(set: &Set, weights: &Weights, thresholds: Thresholds) -> (Score, usize) {
    let mut index = Index::weighing(weights.clone(), thresholds);
    index.add(&set.records);
    let answer = index.answer();
    (set.score(&answer.groups), answer.ask.len())
}
