//! De-duplication beside bib-dedupe and biblib: labelled sets, the same records for all, one run.
//!
//! `cargo run --release --manifest-path benches/peers/dedup/Cargo.toml -- FOLDER [SET…]` prints a table. A set is a folder with
//! `records.csv.gz` and `groups.csv` (`merged_ids`: ids parted by semicolons). bib-dedupe is run by `CONSILIENCE_PYTHON`, or else
//! `python3`; where that has none, its rows say so. Each tool has a process of its own for each set, so that its memory can be told.

#[path = "../../../src/clock.rs"]
mod clock;
#[path = "../../../../crates/dedup/tests/it/score.rs"]
mod score;
mod tool;

use std::error::Error;
use std::path::{Path, PathBuf};

use score::Set;
use tool::Tool;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().ok_or("expected the folder of the sets")?;
    if let Some(tool) = Tool::of_flag(&first) {
        let folder = arguments.next().ok_or("expected the folder of a set")?;
        print!("{}", tool.run(Path::new(&folder))?);
        return Ok(());
    }
    let chosen: Vec<String> = arguments.collect();
    let mut sets: Vec<PathBuf> = fs_err::read_dir(&first)?.flatten().map(|it| it.path()).collect();
    sets.retain(|set| set.join("groups.csv").exists());
    sets.sort();
    println!("| set | records | tool | FP | FN | pairs FP | pairs FN | records a second | peak memory |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for folder in sets {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if chosen.is_empty() || chosen.contains(&name) {
            let set = Set::read(&folder)?;
            for tool in Tool::ALL {
                println!("{}", row(&name, &set, tool, &folder)?);
            }
        }
    }
    Ok(())
}

fn row(name: &str, set: &Set, tool: Tool, folder: &Path) -> Result<String, Box<dyn Error>> {
    let n = set.records.len();
    let head = format!("| {name} | {n} | {}", tool.name());
    let Some(found) = tool.ask(folder, set)? else {
        return Ok(format!("{head} | not run | | | | | |"));
    };
    let score = set.score(&found.groups);
    Ok(format!(
        "{head} | {} | {} | {} | {} | {:.0} | {} MB |",
        score.false_positives,
        score.false_negatives,
        score.pair_false_positives,
        score.pair_false_negatives,
        n as f64 / found.seconds,
        found.megabytes,
    ))
}
