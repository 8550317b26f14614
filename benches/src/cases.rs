//! What is measured: each case is one question that our engine answers through its public functions.

use std::hint::black_box;

use consilience_stats::{Effect, Model, PoolOptions, Tau2Method, pool};

use crate::clock::seconds_of;
use crate::generate::{Inputs, Studies};
use crate::peers::Report;

/// One row of the table.
pub(crate) struct Case {
    /// The name that the peers' scripts use too.
    pub(crate) name: &'static str,
    /// What one unit of it is.
    pub(crate) unit: &'static str,
    /// How much faster than metafor it is to be.
    pub(crate) target_ratio: Option<f64>,
    /// How far an answer may be from a peer's, relative to the larger of 1 and the answer.
    pub(crate) tolerance: f64,
}

const fn case(
    name: &'static str,
    unit: &'static str,
    target_ratio: Option<f64>,
    tolerance: f64,
) -> Case {
    Case { name, unit, target_ratio, tolerance }
}

/// Every case, in the order of the table.
pub(crate) const CASES: &[Case] = &[
    case("reml_k20", "one REML fit, k = 20", Some(1000.0), 1e-7),
    case("dl_k10", "one DL fit of a batch, k = 10", Some(10_000.0), 1e-9),
    case("reml_k10", "one REML fit of a batch, k = 10", Some(2000.0), 1e-7),
    case("reml_k5000", "one REML fit, k = 5,000", None, 0.0),
    case("reml_k50000", "one REML fit, k = 50,000", None, 0.0),
];

/// Measures every case and notes the answers.
pub(crate) fn measure(inputs: &Inputs) -> Report {
    let mut report = Report::default();
    report.versions.push(format!("Consilience {}", env!("CARGO_PKG_VERSION")));
    let reml = PoolOptions::default();
    let medium: Vec<Vec<Effect>> = inputs.medium.iter().map(effects).collect();
    time(&mut report, "reml_k20", medium.len(), || {
        for effects in &medium {
            let _ = black_box(pool(black_box(effects), &reml));
        }
    });
    pooled_answers(&mut report, "reml_k20", &medium, &reml);
    for (name, k) in [("reml_k5000", 5000), ("reml_k50000", 50_000)] {
        let large = effects(&Inputs::large(k));
        time(&mut report, name, 1, || drop(black_box(pool(black_box(&large), &reml))));
    }
    let dl = PoolOptions { model: Model::RandomEffects(Tau2Method::DerSimonianLaird), ..reml };
    let small: Vec<Vec<Effect>> = inputs.small.iter().map(effects).collect();
    for (name, options) in [("dl_k10", &dl), ("reml_k10", &reml)] {
        time(&mut report, name, small.len(), || {
            for effects in &small {
                let _ = black_box(pool(black_box(effects), options));
            }
        });
        pooled_answers(&mut report, name, &small, options);
    }
    report
}

fn time(report: &mut Report, case: &str, units: usize, work: impl FnMut()) {
    let seconds = seconds_of(work) / units as f64;
    eprintln!("{case}: {seconds:.3e} s");
    report.seconds.insert(case.to_owned(), seconds);
}

fn answer(report: &mut Report, case: &str, item: String, value: f64) {
    report.answers.insert((case.to_owned(), item), value);
}

/// Estimate and τ² of the first twenty analyses.
fn pooled_answers(report: &mut Report, case: &str, all: &[Vec<Effect>], options: &PoolOptions) {
    for (position, effects) in all.iter().take(20).enumerate() {
        if let Ok(pooled) = pool(effects, options) {
            answer(report, case, format!("estimate{}", position + 1), pooled.estimate);
            answer(report, case, format!("tau2_{}", position + 1), pooled.tau2);
        }
    }
}

fn effects(studies: &Studies) -> Vec<Effect> {
    let columns = studies.yi.iter().zip(&studies.vi);
    columns.map(|(&estimate, &variance)| Effect { estimate, variance }).collect()
}
