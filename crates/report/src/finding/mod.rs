//! What is found beyond the pool, as JSON, as text and as a figure: one file for each kind of finding.

mod columns;
mod glmm;
mod influence;
mod multilevel;
mod multiverse;
mod regression;

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::Finding;
use serde_json::Value;

use crate::number::p_value;

/// The key under which a finding stands in an analysis' JSON, and the finding itself.
pub fn finding_json(finding: &Finding, synthesis: &Synthesis) -> (&'static str, Value) {
    match finding {
        Finding::MetaRegression(it) => ("meta_regression", regression::json(it)),
        Finding::DependentEffects(it) => ("dependent_effects", multilevel::json(it)),
        Finding::Glmm(it) => ("glmm", glmm::json(it, synthesis)),
        Finding::Influence(it) => ("influence", influence::json(it)),
        Finding::Cumulative(it) => ("cumulative", influence::cumulative_json(it, synthesis)),
        Finding::AllSubsets(it) => ("subsets", influence::subsets_json(it)),
        Finding::Multiverse(it) => ("multiverse", multiverse::json(it)),
    }
}

/// A finding in a few lines for a terminal.
pub fn finding_text(finding: &Finding, synthesis: &Synthesis) -> String {
    match finding {
        Finding::MetaRegression(it) => regression::text(it, synthesis),
        Finding::DependentEffects(it) => multilevel::text(it, synthesis),
        Finding::Glmm(it) => glmm::text(it, synthesis),
        Finding::Influence(it) => influence::text(it),
        Finding::Cumulative(it) => influence::cumulative_text(it, synthesis),
        Finding::AllSubsets(it) => influence::subsets_text(it, synthesis),
        Finding::Multiverse(it) => multiverse::text(it, synthesis),
    }
}

/// `, P = 0.03`, where some value means no effect.
fn p_value_of_effect(synthesis: &Synthesis, p: f64) -> String {
    synthesis.null_value().map_or_else(String::new, |_| format!(", {}", p_value(p)))
}
