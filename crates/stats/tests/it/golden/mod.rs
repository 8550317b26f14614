//! Agreement with metafor and Review Manager on a large collection of published data sets.
//!
//! The collection lies outside the project (`CONSILIENCE_GOLDEN`, else the workspace's neighbour `shared/golden`); without
//! it the test says so and passes. Every case is either compared at its own tolerance, or listed as not yet
//! supported with the reason; no case and no compared field is skipped silently.

mod bias;
mod case;
mod convert;
mod diagnostics;
mod distribution;
mod escalc;
mod fit;
mod glmm;
mod location_scale;
mod multivariate;
mod pooling;
mod resample;
mod revman;
mod robust;
mod selection;
mod tables;
mod transforms;

use std::collections::BTreeMap;
use std::path::PathBuf;

use case::{Case, File, Outcome};

#[test]
fn engine_agrees_with_the_golden_collection() {
    let Some(files) = golden_files() else {
        eprintln!("skipped: no golden collection (set CONSILIENCE_GOLDEN to its folder)");
        return;
    };
    let mut report = Report::default();
    for path in files {
        for case in File::read(&path).cases() {
            report.add(&case, run(&case));
        }
    }
    report.print();
    let failures = &report.failures;
    assert!(failures.is_empty(), "{} cases failed:\n{}", failures.len(), failures.join("\n"));
    let passed = report.total(|tally| tally.passed);
    assert!(passed > 0, "no case was compared: is this a golden collection?");
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
        "subgroup" => pooling::subgroup(case),
        "confint" => pooling::confint(case),
        "anova.wald" | "anova.contrast" => pooling::anova(case),
        "anova.lrt" => pooling::likelihood_ratio(case),
        "vif" => pooling::vif(case),
        "blup" | "ranef" => pooling::blup(case),
        "profile" => pooling::profile(case),
        "residuals" | "rstandard" | "rstudent" | "hatvalues" | "influence" | "cumul"
        | "leave1out" | "baujat" | "gosh" => diagnostics::run(case),
        "rma.mh" => tables::rma_mh(case),
        "rma.peto" => tables::rma_peto(case),
        "weights.mh" | "weights.peto" | "leave1out.mh" | "leave1out.peto" | "cumul.mh"
        | "cumul.peto" => tables::follow_up(case),
        "regtest" | "ranktest" | "trimfill" | "fsn" | "hc" | "tes" => bias::run(case),
        "selmodel" => selection::run(case),
        "rma.glmm" | "glmm.bivariate" => glmm::run(case),
        "rma.mv" | "predict.mv" | "confint.mv" | "rstandard.mv" | "weights.mv" | "ranef.mv"
        | "anova.contrast.mv" | "aggregate" | "vcalc" | "rcalc" | "matreg" => {
            multivariate::run(case)
        }
        "robust" | "robust.mv" | "robu" => robust::run(case),
        "rma.ls" => location_scale::run(case),
        "permutest" => resample::run(case),
        "revman5" => revman::revman5(case),
        "revman5_rd_alt" => revman::rd_alt(case),
        "revman_new" => revman::revman_new(case),
        "quantiles" => distribution::quantiles(case),
        "tails" => distribution::tails(case),
        "predict.transf" | "cmicalc" | "cm_approx" => transforms::run(case),
        other if other.starts_with("transf.") => transforms::run(case),
        other => convert::run(case, other),
    }
}

/// What became of the cases.
#[derive(Default)]
struct Report {
    tallies: BTreeMap<(String, String), Tally>,
    not_yet: BTreeMap<String, usize>,
    by_design: BTreeMap<String, usize>,
    untouched: BTreeMap<String, usize>,
    failures: Vec<String>,
}

/// Numbers of cases of one function and detail.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    not_yet: usize,
}

impl Report {
    fn add(&mut self, case: &Case, outcome: Outcome) {
        let function = case.function();
        let tally = self.tallies.entry((function.into(), case.detail())).or_default();
        match outcome {
            Outcome::NotYet(reason) => {
                tally.not_yet += 1;
                *self.not_yet.entry(format!("{function}: {reason}")).or_default() += 1;
            }
            Outcome::Compared { mismatches, by_design, untouched } => {
                if mismatches.is_empty() {
                    tally.passed += 1;
                } else {
                    tally.failed += 1;
                    self.failures.push(format!("{}: {}", case.id(), mismatches.join("; ")));
                }
                for reason in by_design {
                    *self.by_design.entry(reason).or_default() += 1;
                }
                for field in untouched {
                    *self.untouched.entry(format!("{function}: {field}")).or_default() += 1;
                }
            }
        }
    }

    fn total(&self, count: fn(&Tally) -> usize) -> usize {
        self.tallies.values().map(count).sum()
    }

    fn print(&self) {
        let row = |function: &str, detail: &str, [passed, failed, not_yet]: [String; 3]| {
            println!("{function:<18} {detail:<24} {passed:>7} {failed:>7} {not_yet:>8}");
        };
        row("function", "detail", ["passed", "failed", "not yet"].map(String::from));
        for ((function, detail), tally) in &self.tallies {
            let counts = [tally.passed, tally.failed, tally.not_yet];
            row(function, detail, counts.map(|count| count.to_string()));
        }
        let totals: [fn(&Tally) -> usize; 3] = [|t| t.passed, |t| t.failed, |t| t.not_yet];
        row("all", "", totals.map(|count| self.total(count).to_string()));
        for (title, counts) in [
            ("not yet supported, by reason", &self.not_yet),
            ("rows on which the engine differs by design", &self.by_design),
            ("expected fields without a counterpart, in cases compared", &self.untouched),
        ] {
            println!("\n{title}:");
            for (reason, count) in counts {
                println!("{count:>6} {reason}");
            }
        }
    }
}
