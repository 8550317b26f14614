//! The Review Manager profile against what Review Manager printed for published Cochrane reviews.
//!
//! The files lie outside the project (`CONSILIENCE_FORMATS`, else the workspace's neighbour `shared/data/formats`); without them
//! the tests say so and pass. One holds the data rows of 77 reviews: for each study in each analysis its numbers and
//! the effect, limits and weight that Review Manager printed, but neither measure nor method, which are inferred. The
//! others are two `.rm5` files, which say what was computed and hold every statistic.

mod infer;
mod rm5;
mod rows;

use std::collections::BTreeMap;
use std::path::PathBuf;

use infer::{Inferred, infer};
use rows::Analysis;

fn formats() -> PathBuf {
    std::env::var_os("CONSILIENCE_FORMATS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/formats"),
        PathBuf::from,
    )
}

#[test]
fn every_analysis_of_published_reviews_is_reproduced_as_printed() {
    let path = formats().join("revman_data_package/cochrane_data_rows_77_reviews.csv.gz");
    if !path.exists() {
        eprintln!(
            "skipped: no data rows of Cochrane reviews (set CONSILIENCE_FORMATS to their folder)"
        );
        return;
    }
    let analyses = rows::read(&path);
    let mut report = Report::default();
    for analysis in &analyses {
        report.add(analysis, &infer(analysis));
    }
    report.print();
    assert!(report.unexplained.is_empty(), "not reproduced:\n{}", report.unexplained.join("\n"));
    // All that Review Manager printed numbers for; it printed none where it found nothing estimable.
    assert_eq!(report.reproduced, report.analyses - report.nothing_printed);
    assert!(report.analyses > 0, "no analysis was read");
}

/// What became of the analyses.
#[derive(Default)]
struct Report {
    analyses: usize,
    reproduced: usize,
    nothing_printed: usize,
    rows: usize,
    rows_reproduced: usize,
    weights_reproduced: usize,
    rows_not_estimable: BTreeMap<&'static str, usize>,
    effects: BTreeMap<String, usize>,
    methods: BTreeMap<String, usize>,
    unexplained: Vec<String>,
}

impl Report {
    fn add(&mut self, analysis: &Analysis, inferred: &Inferred) {
        self.analyses += 1;
        self.rows += analysis.rows.len();
        match inferred {
            Inferred::NothingPrinted { reasons } => {
                self.nothing_printed += 1;
                self.count_reasons(reasons);
            }
            Inferred::Reproduced { effect, methods, weights, reasons } => {
                self.reproduced += 1;
                self.rows_reproduced += analysis.printed();
                self.weights_reproduced += weights;
                self.count_reasons(reasons);
                *self.effects.entry(effect.clone()).or_default() += 1;
                *self.methods.entry(methods.clone()).or_default() += 1;
            }
            Inferred::Unexplained(reason) => {
                self.unexplained.push(format!("{}: {reason}", analysis.id));
            }
        }
    }

    fn count_reasons(&mut self, reasons: &[&'static str]) {
        for reason in reasons {
            *self.rows_not_estimable.entry(reason).or_default() += 1;
        }
    }

    fn print(&self) {
        println!("analyses {}, of which {} print nothing", self.analyses, self.nothing_printed);
        println!("reproduced {} of {}", self.reproduced, self.analyses - self.nothing_printed);
        println!(
            "studies {}; effects and limits reproduced {}, of which weights {}",
            self.rows, self.rows_reproduced, self.weights_reproduced
        );
        for (title, counts) in [("effect", &self.effects), ("methods that fit", &self.methods)] {
            println!("\n{title}:");
            for (name, count) in counts {
                println!("{count:>6} {name}");
            }
        }
        println!("\nrows without an effect, as printed, by reason:");
        for (reason, count) in &self.rows_not_estimable {
            println!("{count:>6} {reason}");
        }
    }
}
