//! What is found beyond the pool, as JSON, as text and as a figure: one file for each kind of finding.

mod columns;
mod combined;
mod deletions;
mod directions;
mod glmm;
mod influence;
mod location_scale;
mod multilevel;
mod multiverse;
mod narrative;
mod profiles;
pub(crate) mod regression;
mod resampled;
mod significant;
mod small_study;

pub use narrative::narrative_text;

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{Finding, MetaRegression};
use serde_json::{Map, Value};

use crate::number::p_value;

/// The findings under the keys by which they stand in an analysis' JSON; of one kind that may be asked for several times,
/// a list.
pub fn findings_json(findings: &[Finding], synthesis: &Synthesis) -> Map<String, Value> {
    let mut object = Map::new();
    for finding in findings {
        let (key, value) = finding_json(finding, synthesis);
        if matches!(finding, Finding::Selection(_)) {
            let list = object.entry(key).or_insert_with(|| Value::Array(Vec::new()));
            list.as_array_mut().into_iter().for_each(|it| it.push(value.clone()));
        } else {
            object.insert(key.to_owned(), value);
        }
    }
    object
}

/// A meta-regression as JSON.
pub(crate) fn meta_regression_json(it: &MetaRegression) -> Value {
    regression::json(it)
}

/// The key under which a finding stands, and the finding itself.
fn finding_json(finding: &Finding, synthesis: &Synthesis) -> (&'static str, Value) {
    match finding {
        Finding::Profiles(it) => ("profiles", profiles::json(it)),
        Finding::MetaRegression(it) => ("meta_regression", regression::json(it)),
        Finding::LocationScale(it) => ("location_scale", location_scale::json(it, synthesis)),
        Finding::DependentEffects(it) => ("dependent_effects", multilevel::json(it)),
        Finding::Glmm(it) => ("glmm", glmm::json(it, synthesis)),
        Finding::Influence(it) => ("influence", influence::json(it)),
        Finding::Cumulative(it) => ("cumulative", influence::cumulative_json(it, synthesis)),
        Finding::AllSubsets(it) => ("subsets", influence::subsets_json(it)),
        Finding::SmallStudyEffects(it) => ("small_study_effects", small_study::json(it, synthesis)),
        Finding::Selection(it) => ("selection_models", small_study::selection_json(it, synthesis)),
        Finding::PCurve(it) => ("p_curve", significant::curve_json(it)),
        Finding::PUniform(it) => ("p_uniform", significant::uniform_json(it, synthesis)),
        Finding::Permutation(it) => ("permutation", resampled::permutation_json(it)),
        Finding::Bootstrap(it) => ("bootstrap", resampled::bootstrap_json(it)),
        Finding::CombinedPValues(it) => ("combined_p_values", combined::json(it)),
        Finding::Directions(it) => ("directions", directions::json(it, synthesis)),
        Finding::Multiverse(it) => ("multiverse", multiverse::json(it)),
    }
}

/// A finding in a few lines for a terminal.
pub fn finding_text(finding: &Finding, synthesis: &Synthesis) -> String {
    match finding {
        Finding::Profiles(it) => profiles::text(it),
        Finding::MetaRegression(it) => regression::text(it, synthesis),
        Finding::LocationScale(it) => location_scale::text(it, synthesis),
        Finding::DependentEffects(it) => multilevel::text(it, synthesis),
        Finding::Glmm(it) => glmm::text(it, synthesis),
        Finding::Influence(it) => influence::text(it),
        Finding::Cumulative(it) => influence::cumulative_text(it, synthesis),
        Finding::AllSubsets(it) => influence::subsets_text(it, synthesis),
        Finding::SmallStudyEffects(it) => small_study::text(it, synthesis),
        Finding::Selection(it) => small_study::selection_text(it, synthesis),
        Finding::PCurve(it) => significant::curve_text(it),
        Finding::PUniform(it) => significant::uniform_text(it, synthesis),
        Finding::Permutation(it) => resampled::permutation_text(it),
        Finding::Bootstrap(it) => resampled::bootstrap_text(it, synthesis),
        Finding::CombinedPValues(it) => combined::text(it, synthesis),
        Finding::Directions(it) => directions::text(it, synthesis),
        Finding::Multiverse(it) => multiverse::text(it, synthesis),
    }
}

/// `, P = 0.03`, where some value means no effect.
fn p_value_of_effect(synthesis: &Synthesis, p: f64) -> String {
    synthesis.null_value().map_or_else(String::new, |_| format!(", {}", p_value(p)))
}
