//! How fast the engine is beside metafor, pymare and pimeta: the same numbers, one run, processor time of one core.
//!
//! `cargo run --release -p consilience-benches` draws the inputs, measures every engine that is installed, checks that
//! their answers agree, and prints the table. The names in the table's rows are those of `cases.rs`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers")]

mod cases;
mod clock;
mod generate;
mod peers;
mod table;

use std::path::PathBuf;

use generate::Inputs;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let ours_alone = std::env::args().any(|it| it == "--ours");
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let inputs = Inputs::draw();
    let ours = cases::measure(&inputs);
    let folder = root.join("../target/peers/stats");
    inputs.write(&folder)?;
    let scripts = root.join("peers/stats");
    let python = std::env::var("CONSILIENCE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let run = |program: &str, script: &str| {
        (!ours_alone).then(|| peers::run(program, &scripts.join(script), &folder)).flatten()
    };
    let metafor = run("Rscript", "metafor.R").unwrap_or_default();
    let python = run(&python, "pymare_pimeta.py").unwrap_or_default();
    println!("{}", table::text(&ours, &metafor, &python));
    let disagreements = table::disagreements(&ours, &metafor);
    for line in &disagreements {
        println!("{line}");
    }
    if disagreements.is_empty() { Ok(()) } else { Err("answers differ".into()) }
}
