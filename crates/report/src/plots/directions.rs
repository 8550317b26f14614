//! Where nothing need be pooled: the studies on both sides of no effect (Handbook 12.3).

use consilience_figures::{
    self as figures, Direction, DirectionCell, EffectDirection, EffectDirectionRow, HarvestBar,
    HarvestHeight, HarvestPlot, HarvestRow, HarvestShade, SampleSize, Svg,
};
use consilience_review::analysis::{Favoured, Synthesis};
use consilience_review::inquiry::{Directions, Finding, Pointing, Side};
use consilience_review::vocabulary::protocol::Better;

use super::{found, sides};
use crate::direction::{arrow, sample_size};
use crate::forest::effect_name;
use crate::number::count;

/// A study and the column of a harvest plot in which it stands.
struct Standing<'a> {
    study: &'a str,
    participants: Option<f64>,
    subgroup: Option<&'a str>,
    column: usize,
    is_pale: bool,
}

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
    let (columns, studies) = match &directions.pointing {
        Pointing::Effects(sides) => of_effects(synthesis, directions, sides),
        Pointing::Words(favoured) => of_words(synthesis, directions, favoured),
    };
    let is_known = studies.iter().all(|it| it.participants.is_some());
    let least = if is_known { "n < 50" } else { "n < 50, or not stated" };
    let shade_labels = directions
        .quality
        .as_ref()
        .map_or_else(<[String; 2]>::default, |it| [it.rule.to_string(), "Others".to_owned()]);
    Ok(figures::harvest(&HarvestPlot {
        id: "harvest".to_owned(),
        title: format!("Harvest plot: {}", synthesis.title),
        description: "The studies on both sides of no effect, a bar each.".to_owned(),
        rows: rows(&studies, columns.len()),
        columns,
        height_labels: [least, "n 50 to 300", "n > 300"].map(str::to_owned),
        shade_labels,
        mark_label: names(&studies),
    }))
}

fn is_pale(directions: &Directions, at: usize) -> bool {
    directions.quality.as_ref().is_some_and(|it| !it.is_met[at])
}

/// The columns, and the studies by where their effects lie.
fn of_effects<'a>(
    synthesis: &'a Synthesis,
    directions: &Directions,
    by_effect: &[Side],
) -> (Vec<String>, Vec<Standing<'a>>) {
    let [below, above] = sides(synthesis);
    let mut columns = vec![(Side::Below, below), (Side::Above, above)];
    if by_effect.contains(&Side::Neither) {
        columns.insert(1, (Side::Neither, "No difference".to_owned()));
    }
    let column = |side: Side| columns.iter().position(|it| it.0 == side).unwrap_or_default();
    let studies = synthesis.studies.iter().zip(by_effect).enumerate();
    let studies = studies.map(|(at, (study, side))| Standing {
        study: &study.study,
        participants: study.participants,
        subgroup: study.subgroup.as_deref(),
        column: column(*side),
        is_pale: is_pale(directions, at),
    });
    let studies = studies.collect();
    (columns.into_iter().map(|it| it.1).collect(), studies)
}

/// The columns, and the studies by whom they favour; those that say nothing have no place.
fn of_words<'a>(
    synthesis: &'a Synthesis,
    directions: &Directions,
    favoured: &[Option<Favoured>],
) -> (Vec<String>, Vec<Standing<'a>>) {
    let names = &synthesis.comparison;
    let all = [
        (Favoured::Comparator, format!("Favours {}", names.comparator_name)),
        (Favoured::Neither, "No difference".to_owned()),
        (Favoured::Unclear, "Unclear".to_owned()),
        (Favoured::Experimental, format!("Favours {}", names.experimental_name)),
    ];
    let is_shown = |it: &(Favoured, String)| {
        matches!(it.0, Favoured::Comparator | Favoured::Experimental)
            || favoured.contains(&Some(it.0))
    };
    let columns: Vec<(Favoured, String)> = all.into_iter().filter(is_shown).collect();
    let column = |it: Favoured| columns.iter().position(|column| column.0 == it);
    let subgroup = |study: &str| {
        let excluded = synthesis.excluded.iter().find(|it| it.study == study)?;
        excluded.subgroup.as_deref()
    };
    let rows = synthesis.narrative.iter().flat_map(|it| &it.rows);
    let standing = rows.zip(favoured).enumerate().filter_map(|(at, (row, favoured))| {
        Some(Standing {
            study: &row.study,
            participants: row.n,
            subgroup: subgroup(&row.study),
            column: column((*favoured)?)?,
            is_pale: is_pale(directions, at),
        })
    });
    let studies = standing.collect();
    (columns.into_iter().map(|it| it.1).collect(), studies)
}

/// A row for each subgroup, in the order in which they first appear.
fn rows(studies: &[Standing], columns: usize) -> Vec<HarvestRow> {
    let mut levels: Vec<Option<&str>> = Vec::new();
    for it in studies {
        if !levels.contains(&it.subgroup) {
            levels.push(it.subgroup);
        }
    }
    let is_divided = levels.iter().any(Option::is_some);
    let row = |level: Option<&str>| HarvestRow {
        name: level.unwrap_or(if is_divided { "Not stated" } else { "All studies" }).to_owned(),
        cells: (0..columns).map(|column| bars(studies, level, column)).collect(),
    };
    levels.into_iter().map(row).collect()
}

fn bars(studies: &[Standing], level: Option<&str>, column: usize) -> Vec<HarvestBar> {
    let theirs =
        studies.iter().enumerate().filter(|(_, it)| it.column == column && it.subgroup == level);
    let bar = |(at, it): (usize, &Standing)| HarvestBar {
        study: it.study.to_owned(),
        mark: (at + 1).to_string(),
        height: match sample_size(it.participants) {
            SampleSize::Small => HarvestHeight::Low,
            SampleSize::Medium => HarvestHeight::Medium,
            SampleSize::Large => HarvestHeight::High,
        },
        shade: if it.is_pale { HarvestShade::Pale } else { HarvestShade::Dark },
    };
    theirs.map(bar).collect()
}

/// Who the numbers are, as far as there is room for that.
fn names(studies: &[Standing]) -> String {
    const MOST: usize = 40;
    if studies.len() > MOST {
        return "The number over a bar is the study's in the table.".to_owned();
    }
    let names = studies.iter().enumerate().map(|(i, it)| format!("{}\u{a0}{}", i + 1, it.study));
    names.collect::<Vec<_>>().join("; ")
}

/// An arrow for each study: up where it favours the experimental group.
pub(super) fn effect_direction(synthesis: &Synthesis) -> Result<Svg, String> {
    if synthesis.null_value().is_none() {
        return Err("it needs an effect that can be none".to_owned());
    }
    let comparison = &synthesis.comparison;
    let rows = match synthesis.told_alone() {
        Some(narrative) => {
            let rows = narrative.rows.iter();
            rows.map(|it| row(&it.study, it.n, it.favours.map(arrow))).collect()
        }
        None => rows_of_effects(synthesis)?,
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
        rows,
    }))
}

fn rows_of_effects(synthesis: &Synthesis) -> Result<Vec<EffectDirectionRow>, String> {
    let better = synthesis
        .outcome
        .direction
        .ok_or("it needs --better lower or --better higher, which say what an arrow up is")?;
    let direction = |estimate: f64| match (Side::of(estimate), better) {
        (Side::Neither, _) => Direction::NoDifference,
        (Side::Below, Better::Lower) | (Side::Above, Better::Higher) => {
            Direction::FavoursExperimental
        }
        (Side::Below, Better::Higher) | (Side::Above, Better::Lower) => Direction::FavoursControl,
    };
    let studies = synthesis.studies.iter();
    let rows =
        studies.map(|it| row(&it.study, it.participants, Some(direction(it.effect.estimate))));
    Ok(rows.collect())
}

fn row(study: &str, participants: Option<f64>, direction: Option<Direction>) -> EffectDirectionRow {
    let size = sample_size(participants);
    let cell = |direction| DirectionCell { direction, size, text: String::new() };
    EffectDirectionRow {
        study: study.to_owned(),
        detail: participants
            .map_or_else(|| "n not stated".to_owned(), |n| format!("n = {}", count(n))),
        cells: vec![direction.map(cell)],
    }
}
