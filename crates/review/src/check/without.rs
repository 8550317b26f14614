//! What the analyses say without the study that a finding is about.

use std::collections::BTreeMap;

use consilience_stats::Pooled;

use super::finding::Finding;
use crate::analysis::{Synthesis, analyse, pooled_without};
use crate::state::State;

/// An analysis with and without the study.
#[derive(Debug, Clone, PartialEq)]
pub struct Without {
    /// The analysis.
    pub analysis: String,
    /// The answer with it, on the scale that people read: estimate and limits.
    pub with: Answer,
    /// The answer without it.
    pub without: Answer,
    /// Whether only one of the two excludes no effect, or they point to opposite sides.
    pub changes_conclusion: bool,
}

/// A pooled answer as readers see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The estimate.
    pub estimate: f64,
    /// Lower limit of its confidence interval.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// The P value of no effect.
    pub p_value: f64,
}

/// Adds to each finding what the analyses of its outcome say without its study.
pub(super) fn add(state: &State, findings: &mut [Finding]) {
    // Each analysis of an outcome once, whatever the number of findings.
    let mut of_outcome: BTreeMap<String, Vec<Synthesis>> = BTreeMap::new();
    for finding in findings {
        let analyses = of_outcome.entry(finding.outcome.clone()).or_insert_with_key(|outcome| {
            let plans = state.analyses.values().filter(|it| it.outcome == *outcome);
            plans.filter_map(|plan| analyse(state, plan)).collect()
        });
        finding.without = of_study(analyses, &finding.study);
    }
}

fn of_study(analyses: &[Synthesis], study: &str) -> Vec<Without> {
    let has_it = |it: &&Synthesis| it.studies.iter().any(|effect| effect.study == study);
    analyses.iter().filter(has_it).filter_map(|with| compare(with, study)).collect()
}

fn compare(with: &Synthesis, study: &str) -> Option<Without> {
    let (a, b) = (with.pooled.as_ref()?, pooled_without(with, study)?);
    let is_clear = |it: &Pooled| it.ci.lower > 0.0 || it.ci.upper < 0.0;
    let turns = a.estimate * b.estimate < 0.0 && (is_clear(a) || is_clear(&b));
    Some(Without {
        analysis: with.plan.id.clone(),
        with: answer(with, a),
        without: answer(with, &b),
        changes_conclusion: is_clear(a) != is_clear(&b) || turns,
    })
}

fn answer(synthesis: &Synthesis, pooled: &Pooled) -> Answer {
    Answer {
        estimate: synthesis.display(pooled.estimate),
        lower: synthesis.display(pooled.ci.lower),
        upper: synthesis.display(pooled.ci.upper),
        p_value: pooled.p_value,
    }
}
