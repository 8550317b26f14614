//! Where nothing need be pooled: the studies on both sides of no effect (Handbook 12.3).

use consilience_figures::{
    self as figures, Direction, DirectionCell, EffectDirection, EffectDirectionRow, HarvestBar,
    HarvestHeight, HarvestPlot, HarvestRow, HarvestShade, SampleSize, Svg,
};
use consilience_review::analysis::{StudyEffect, Synthesis};
use consilience_review::inquiry::{Directions, Finding, Side};
use consilience_review::vocabulary::protocol::Better;

use super::{found, sides};
use crate::direction::sample_size;
use crate::forest::effect_name;
use crate::number::count;

/// The bars are the studies: in rows the subgroups, in columns the directions, high by how many people took part, dark if
/// of the quality that is asked for.
pub(super) fn harvest(synthesis: &Synthesis, findings: &[Finding]) -> Result<Svg, String> {
    let directions = found(
        findings,
        |it| match it {
            Finding::Directions(it) => Some(it),
            _ => None,
        },
        "it needs the studies' directions",
    )?;
    let [below, above] = sides(synthesis);
    let mut columns = vec![(Side::Below, below), (Side::Above, above)];
    if directions.sides.contains(&Side::Neither) {
        columns.insert(1, (Side::Neither, "No difference".to_owned()));
    }
    let all: Vec<usize> = (0..synthesis.studies.len()).collect();
    let row = |name: &str, members: &[usize]| HarvestRow {
        name: name.to_owned(),
        cells: columns.iter().map(|it| bars(synthesis, directions, members, it.0)).collect(),
    };
    let rows = if synthesis.subgroups.is_empty() {
        vec![row("All studies", &all)]
    } else {
        synthesis.subgroups.iter().map(|it| row(&it.level, &it.members)).collect()
    };
    let is_known = synthesis.studies.iter().all(|it| it.participants.is_some());
    let least = if is_known { "n < 50" } else { "n < 50, or not stated" };
    let shade_labels = directions
        .quality
        .as_ref()
        .map_or_else(<[String; 2]>::default, |it| [it.rule.to_string(), "Others".to_owned()]);
    Ok(figures::harvest(&HarvestPlot {
        id: "harvest".to_owned(),
        title: format!("Harvest plot: {}", synthesis.title),
        description: "The studies on both sides of no effect, a bar each.".to_owned(),
        columns: columns.into_iter().map(|it| it.1).collect(),
        rows,
        height_labels: [least, "n 50 to 300", "n > 300"].map(str::to_owned),
        shade_labels,
        mark_label: names(synthesis),
    }))
}

fn bars(
    synthesis: &Synthesis,
    directions: &Directions,
    members: &[usize],
    side: Side,
) -> Vec<HarvestBar> {
    let bar = |at: usize| {
        let study = &synthesis.studies[at];
        let is_pale = directions.quality.as_ref().is_some_and(|it| !it.is_met[at]);
        HarvestBar {
            study: study.study.clone(),
            mark: (at + 1).to_string(),
            height: match sample_size(study.participants) {
                SampleSize::Small => HarvestHeight::Low,
                SampleSize::Medium => HarvestHeight::Medium,
                SampleSize::Large => HarvestHeight::High,
            },
            shade: if is_pale { HarvestShade::Pale } else { HarvestShade::Dark },
        }
    };
    members.iter().copied().filter(|it| directions.sides[*it] == side).map(bar).collect()
}

/// Who the numbers are, as far as there is room for that.
fn names(synthesis: &Synthesis) -> String {
    const MOST: usize = 40;
    let studies = synthesis.studies.iter().take(MOST).enumerate();
    let names: Vec<String> =
        studies.map(|(i, it)| format!("{}\u{a0}{}", i + 1, it.study)).collect();
    if synthesis.studies.len() > MOST {
        return "The number over a bar is the study's in the table.".to_owned();
    }
    names.join("; ")
}

/// An arrow for each study: up where it favours the experimental group.
pub(super) fn effect_direction(synthesis: &Synthesis) -> Result<Svg, String> {
    let better = synthesis
        .outcome
        .direction
        .ok_or("it needs --better lower or --better higher, which say what an arrow up is")?;
    if synthesis.null_value().is_none() {
        return Err("it needs an effect that can be none".to_owned());
    }
    let comparison = &synthesis.comparison;
    let row = |it: &StudyEffect| EffectDirectionRow {
        study: it.study.clone(),
        detail: it
            .participants
            .map_or_else(|| "n not stated".to_owned(), |n| format!("n = {}", count(n))),
        cells: vec![Some(DirectionCell {
            direction: match (Side::of(it.effect.estimate), better) {
                (Side::Neither, _) => Direction::NoDifference,
                (Side::Below, Better::Lower) | (Side::Above, Better::Higher) => {
                    Direction::FavoursExperimental
                }
                (Side::Below, Better::Higher) | (Side::Above, Better::Lower) => {
                    Direction::FavoursControl
                }
            },
            size: sample_size(it.participants),
            text: String::new(),
        })],
    };
    Ok(figures::effect_direction(&EffectDirection {
        id: "effect-direction".to_owned(),
        title: format!("Effect direction plot: {}", synthesis.title),
        description: format!(
            "An arrow up favours {}, an arrow down {}.",
            comparison.experimental_name, comparison.comparator_name
        ),
        experimental: comparison.experimental_name.clone(),
        comparator: comparison.comparator_name.clone(),
        outcomes: vec![match synthesis.plan.title {
            Some(_) => synthesis.outcome.name.clone(),
            None => effect_name(synthesis),
        }],
        rows: synthesis.studies.iter().map(row).collect(),
    }))
}
