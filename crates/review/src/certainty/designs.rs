//! What the designs of the studies say: where a body of evidence starts, and which level of evidence journals give it.

use consilience_appraisal::levels::{self, EvidenceDesign, EvidenceLevel};

use super::evidence::Evidence;
use super::proposals::Proposals;
use crate::analysis::Synthesis;
use crate::risk_of_bias::{RobAssessment, assessment_for};
use crate::state::State;
use crate::vocabulary::certainty::Start;
use crate::vocabulary::study::StudyType;

/// Levels of evidence by the scales that journals ask for, or why there is none.
pub type Levels = Result<Vec<EvidenceLevel>, String>;

/// Where a body of evidence starts, with the reason, or why that cannot be proposed.
pub(super) type StartProposal = Result<(Start, String), String>;

/// How the studies of an analysis were allocated.
struct Allocations {
    types: Vec<Option<StudyType>>,
    /// Whether every study that was not randomised was assessed with ROBINS-I.
    others_by_robins: bool,
}

fn allocations(state: &State, synthesis: &Synthesis, judged: &[RobAssessment]) -> Allocations {
    let mut types = Vec::new();
    let mut others_by_robins = true;
    for study in synthesis.contributing() {
        let tool = assessment_for(judged, study, &synthesis.outcome.id)
            .map(|it| it.tool.name.as_str())
            .unwrap_or_default();
        let stated = state.studies.get(study).and_then(|it| it.study_type);
        // RoB tools are made for randomised trials: who used one took the study for one.
        let by_tool = tool.starts_with("RoB ").then_some(StudyType::Randomised);
        let found = stated.or(by_tool);
        others_by_robins &= found == Some(StudyType::Randomised) || tool == "ROBINS-I";
        types.push(found);
    }
    Allocations { types, others_by_robins }
}

const NOT_STATED: &str =
    "the allocation of not every study is known; say it in the column `study_type` of studies.csv";

const NOBODY: &str = "no study says anything about it";

pub(super) fn start(
    state: &State,
    synthesis: Option<&Synthesis>,
    judged: &[RobAssessment],
) -> StartProposal {
    let synthesis = synthesis.filter(|it| !it.contributing().is_empty()).ok_or(NOBODY)?;
    let Allocations { types, others_by_robins } = allocations(state, synthesis, judged);
    let known: Vec<StudyType> = types.iter().flatten().copied().collect();
    if known.len() < types.len() {
        return Err(NOT_STATED.to_owned());
    }
    let randomised = known.iter().filter(|it| **it == StudyType::Randomised).count();
    let others = known.len() - randomised;
    let studies = if known.len() == 1 { "study" } else { "studies" };
    let counted = format!("{randomised} of {} {studies} randomised", known.len());
    let start = match (others, others_by_robins) {
        (0, _) => return Ok((Start::Randomised, counted)),
        (_, true) => Start::RobinsI,
        (_, false) => Start::NonRandomised,
    };
    let apart = if randomised > 0 {
        "; GRADE rates randomised and other studies apart, and the lower start is proposed for both together"
    } else {
        ""
    };
    Ok((start, format!("{counted}{apart}")))
}

/// By the lowest design that contributes to the main analysis, as its own level would be read for a review of it.
pub(super) fn levels(
    state: &State,
    synthesis: Option<&Synthesis>,
    judged: &[RobAssessment],
    evidence: Option<&Evidence>,
    proposals: &Proposals,
) -> Levels {
    let synthesis = synthesis.filter(|it| !it.contributing().is_empty()).ok_or(NOBODY)?;
    let types = allocations(state, synthesis, judged).types;
    let designs: Option<Vec<EvidenceDesign>> = types.into_iter().map(|it| it.map(design)).collect();
    let design = designs.and_then(levels::lowest).ok_or(NOT_STATED)?;
    Ok(vec![
        levels::oxford(design, true),
        levels::plastic_surgeons(design, is_well_done(evidence, proposals)),
    ])
}

/// At low risk of bias by the proposal, and of adequate size.
fn is_well_done(evidence: Option<&Evidence>, proposals: &Proposals) -> bool {
    use consilience_appraisal::grade::Domain;
    let Some(evidence) = evidence else { return false };
    let at_low_risk = proposals.of(Domain::RiskOfBias).is_ok_and(|it| it.rating.steps() == 0);
    let n = evidence.participants.known();
    let is_large = |size: u64| n.is_some_and(|n| n >= size as f64);
    at_low_risk && evidence.information.as_ref().is_ok_and(|it| is_large(it.size.total))
}

fn design(study_type: StudyType) -> EvidenceDesign {
    match study_type {
        StudyType::Randomised => EvidenceDesign::Randomised,
        StudyType::QuasiRandomised | StudyType::Prospective => {
            EvidenceDesign::ProspectiveComparative
        }
        StudyType::Retrospective | StudyType::CaseControl => {
            EvidenceDesign::RetrospectiveComparative
        }
        StudyType::CaseSeries => EvidenceDesign::CaseSeries,
        StudyType::Other => EvidenceDesign::Other,
    }
}
