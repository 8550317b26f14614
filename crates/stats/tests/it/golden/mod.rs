//! Agreement with metafor and Review Manager on a large collection of published data sets.
//!
//! The collection lies outside the project (`CONSILIENCE_GOLDEN`, else the workspace's neighbour `shared/golden`); without
//! it the test says so and passes. Every case is either compared at its own tolerance, or listed as not yet
//! supported with the reason; no case and no compared field is skipped silently.

mod case;
mod convert;
mod distribution;
mod escalc;
mod pooling;
mod revman;
mod tables;

use std::collections::BTreeMap;
use std::path::PathBuf;

use case::{Case, File, Outcome};

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    not_yet: usize,
}

#[test]
fn engine_agrees_with_the_golden_collection() {
    let Some(files) = golden_files() else {
        eprintln!("skipped: no golden collection (set CONSILIENCE_GOLDEN to its folder)");
        return;
    };
    let mut tallies: BTreeMap<(String, String), Tally> = BTreeMap::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut fields: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut failures = Vec::new();
    let mut differences: BTreeMap<String, usize> = BTreeMap::new();
    for path in files {
        let file = File::read(&path);
        for case in file.cases() {
            let tally = tallies.entry((case.function().into(), case.detail())).or_default();
            match run(&case) {
                Outcome::Compared { mismatches, by_design, untouched } => {
                    for reason in by_design {
                        *differences.entry(reason).or_default() += 1;
                    }
                    for field in untouched {
                        *fields.entry((case.function().into(), field)).or_default() += 1;
                    }
                    if mismatches.is_empty() {
                        tally.passed += 1;
                    } else {
                        tally.failed += 1;
                        failures.push(format!("{}: {}", case.id(), mismatches.join("; ")));
                    }
                }
                Outcome::NotYet(reason) => {
                    tally.not_yet += 1;
                    *reasons.entry(format!("{}: {reason}", case.function())).or_default() += 1;
                }
            }
        }
    }
    print_report(&tallies, &reasons, &fields, &differences);
    let passed: usize = tallies.values().map(|tally| tally.passed).sum();
    assert!(failures.is_empty(), "{} cases failed:\n{}", failures.len(), failures.join("\n"));
    assert!(passed > 2000, "only {passed} cases were compared: the collection has changed shape");
}

fn golden_files() -> Option<Vec<PathBuf>> {
    let folder = std::env::var_os("CONSILIENCE_GOLDEN").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden"),
        PathBuf::from,
    );
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    Some(files)
}

fn run(case: &Case) -> Outcome {
    match case.function() {
        "escalc" => escalc::run(case),
        "rma.uni" => pooling::rma_uni(case),
        "predict" => pooling::predict(case),
        "weights" => pooling::weights(case),
        "leave1out" => pooling::leave_one_out(case),
        "subgroup" => pooling::subgroup(case),
        "regtest" => pooling::regtest(case),
        "confint" => pooling::confint(case),
        "rma.mh" => tables::rma_mh(case),
        "rma.peto" => tables::rma_peto(case),
        "revman5" => revman::revman5(case),
        "revman_new" => revman::revman_new(case),
        "quantiles" => distribution::quantiles(case),
        "tails" => distribution::tails(case),
        other => convert::run(case, other),
    }
}

fn print_report(
    tallies: &BTreeMap<(String, String), Tally>,
    reasons: &BTreeMap<String, usize>,
    fields: &BTreeMap<(String, String), usize>,
    differences: &BTreeMap<String, usize>,
) {
    println!(
        "{:<18} {:<24} {:>7} {:>7} {:>8}",
        "function", "detail", "passed", "failed", "not yet"
    );
    for ((function, detail), tally) in tallies {
        println!(
            "{function:<18} {detail:<24} {:>7} {:>7} {:>8}",
            tally.passed, tally.failed, tally.not_yet
        );
    }
    let total = |count: fn(&Tally) -> usize| tallies.values().map(count).sum::<usize>();
    println!(
        "{:<43} {:>7} {:>7} {:>8}",
        "all",
        total(|t| t.passed),
        total(|t| t.failed),
        total(|t| t.not_yet)
    );
    println!("\nrows on which the engine differs from the reference by design:");
    for (reason, count) in differences {
        println!("{count:>6} {reason}");
    }
    println!("\nnot yet supported, by reason:");
    for (reason, count) in reasons {
        println!("{count:>6} {reason}");
    }
    println!("\nexpected fields without a counterpart in cases that were compared:");
    for ((function, field), count) in fields {
        println!("{count:>6} {function}: {field}");
    }
}
