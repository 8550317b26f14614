//! What the analyses say without the study that a finding is about.

use std::collections::BTreeMap;

use consilience_stats::Pooled;

use super::finding::Finding;
use crate::analysis::{Synthesis, analyse};
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
    let mut answers: BTreeMap<(String, String), Vec<Without>> = BTreeMap::new();
    for finding in findings {
        let key = (finding.study.clone(), finding.outcome.clone());
        let without = answers.entry(key).or_insert_with(|| of_study(state, finding));
        finding.without.clone_from(without);
    }
}

fn of_study(state: &State, finding: &Finding) -> Vec<Without> {
    let mut others = state.clone();
    others.studies.shift_remove(&finding.study);
    let plans = state.analyses.values().filter(|it| it.outcome == finding.outcome);
    plans
        .filter_map(|plan| {
            let with = analyse(state, plan)?;
            if !with.studies.iter().any(|it| it.study == finding.study) {
                return None;
            }
            let without = analyse(&others, plan)?;
            compare(&with, &without)
        })
        .collect()
}

fn compare(with: &Synthesis, without: &Synthesis) -> Option<Without> {
    let (a, b) = (with.pooled.as_ref()?, without.pooled.as_ref()?);
    let is_clear = |it: &Pooled| it.ci.lower > 0.0 || it.ci.upper < 0.0;
    let turns = a.estimate * b.estimate < 0.0 && (is_clear(a) || is_clear(b));
    Some(Without {
        analysis: with.plan.id.clone(),
        with: answer(with, a),
        without: answer(without, b),
        changes_conclusion: is_clear(a) != is_clear(b) || turns,
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
