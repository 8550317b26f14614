//! Everything that a review's state implies: the flow, the judgements, the syntheses, what is to do.

use crate::analysis::{Synthesis, analyse, restricted};
use crate::certainty::{BodyOfEvidence, bodies_of_evidence};
use crate::flow::{Flow, flow};
use crate::risk_of_bias::{RobAssessment, assessments};
use crate::state::State;
use crate::todo::{Todo, todos};

/// What a report is written from, besides the state itself.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The counts of the flow diagram.
    pub flow: Flow,
    /// Risk-of-bias assessments.
    pub risk_of_bias: Vec<RobAssessment>,
    /// One synthesis per analysis, in the order of `review.toml`.
    pub syntheses: Vec<Synthesis>,
    /// Certainty per comparison and outcome: the evidence, what is proposed, what was decided.
    pub certainty: Vec<BodyOfEvidence>,
    /// What is still to do.
    pub todos: Vec<Todo>,
}

/// Works everything out.
pub fn evaluate(state: &State) -> Evaluation {
    let flow = flow(state);
    let risk_of_bias = assessments(state);
    let mut syntheses: Vec<Synthesis> =
        state.analyses.values().filter_map(|plan| analyse(state, plan)).collect();
    for synthesis in &mut syntheses {
        synthesis.restricted = restricted(synthesis, &risk_of_bias);
    }
    let certainty = bodies_of_evidence(state, &syntheses, &risk_of_bias, &flow);
    let todos = todos(state, &flow, &risk_of_bias, &certainty, &syntheses);
    Evaluation { flow, risk_of_bias, syntheses, certainty, todos }
}
