//! Effects that trials or a table give ready made: contrary to all others, so perhaps turned round.

use consilience_stats::Effect;
use consilience_stats::plausibility::effects::{EffectScale, turned_round};

use super::finding::{Explanation, Finding};
use super::kind::Kind;
use super::places::Places;
use super::turned;
use crate::analysis::{StudyData, StudyEffect, Synthesis, analyse, short};
use crate::extraction::Extraction;
use crate::state::State;

pub(super) fn findings(state: &State, extraction: &Extraction, places: &Places) -> Vec<Finding> {
    let syntheses = state.analyses.values().filter_map(|plan| analyse(state, plan));
    syntheses.flat_map(|it| of_synthesis(extraction, places, &it)).collect()
}

/// Studies whose effect is the trial's own; those of two arms are judged by their numbers.
fn of_synthesis(extraction: &Extraction, places: &Places, synthesis: &Synthesis) -> Vec<Finding> {
    let contrasts = synthesis
        .studies
        .iter()
        .enumerate()
        .filter(|(_, it)| matches!(it.data, StudyData::Contrast { .. }));
    contrasts.filter_map(|(i, study)| of_study(extraction, places, synthesis, i, study)).collect()
}

fn of_study(
    extraction: &Extraction,
    places: &Places,
    synthesis: &Synthesis,
    position: usize,
    study: &StudyEffect,
) -> Option<Finding> {
    let others: Vec<Effect> = synthesis
        .studies
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != position)
        .map(|(_, it)| it.effect)
        .collect();
    let scale = if synthesis.plan.is_ratio() { EffectScale::Standard } else { EffectScale::Unit };
    let ratio = turned_round(&study.effect, &others, scale)?;
    let z = |it: &Effect| it.estimate / it.se();
    let certainty =
        turned::certainty(ratio, z(&study.effect), &others.iter().map(z).collect::<Vec<_>>())?;
    let result = &extraction.get(study.inputs.first()?)?.counts()?.value;
    let shown = |it: f64| short(synthesis.display_of(study, it));
    let estimate = study.effect.estimate;
    // A ratio turned round is the other arm's; a difference may have lost its minus.
    let kind = if synthesis.plan.is_ratio() { Kind::ArmsSwapped } else { Kind::LostSign };
    let explanation = Explanation {
        reading: format!("the other way round: {}", shown(-estimate)),
        probability: None,
        numbers: vec![("effect".to_owned(), synthesis.display_of(study, -estimate))],
    };
    let message = format!(
        "{} {} is significant and contrary to the other {} studies",
        synthesis.plan.effect_words(),
        shown(estimate),
        others.len()
    );
    Some(
        Finding::new(
            kind,
            &study.study,
            &synthesis.plan.outcome,
            certainty,
            places.of(result, "effect"),
        )
        .saying(message)
        .explained(vec![explanation]),
    )
}
