//! Effect direction plots: which way each study points, where not all could be pooled.

use consilience_figures as figures;
use consilience_figures::{
    Direction, DirectionCell, EffectDirection, EffectDirectionRow, SampleSize,
};
use consilience_review::analysis::{Favoured, NarrativeRow, Synthesis};
use consilience_review::{Keyword, State};

/// Draws the plot of one analysis; `anchor` is its own in the page.
pub(crate) fn draw(state: &State, synthesis: &Synthesis, anchor: &str) -> Option<figures::Svg> {
    let id = format!("direction-{anchor}");
    let title = format!("Effect direction plot: {}", synthesis.title);
    plot(state, &id, title, &[synthesis])
}

/// Draws one plot of all outcomes of a comparison, where two or more of them have a narrative synthesis.
pub(crate) fn draw_overview(
    state: &State,
    comparison: &str,
    anchor: &str,
    syntheses: &[Synthesis],
) -> Option<figures::Svg> {
    let mut columns: Vec<&Synthesis> = Vec::new();
    for it in syntheses.iter().filter(|it| it.comparison.id == comparison && it.narrative.is_some())
    {
        if !columns.iter().any(|known| known.outcome.id == it.outcome.id) {
            columns.push(it);
        }
    }
    let name = &state.comparisons.get(comparison)?.name;
    if columns.len() < 2 {
        return None;
    }
    let id = format!("directions-{anchor}");
    plot(state, &id, format!("Direction of effect by study and outcome: {name}"), &columns)
}

fn plot(state: &State, id: &str, title: String, columns: &[&Synthesis]) -> Option<figures::Svg> {
    let row_of = |synthesis: &Synthesis, study: &str| -> Option<NarrativeRow> {
        let narrative = synthesis.narrative.as_ref()?;
        narrative.rows.iter().find(|it| it.study == study).cloned()
    };
    let rows: Vec<EffectDirectionRow> = state
        .studies
        .values()
        .filter_map(|study| {
            let found: Vec<Option<NarrativeRow>> =
                columns.iter().map(|it| row_of(it, &study.study)).collect();
            let largest = found.iter().flatten().filter_map(|it| it.n).reduce(f64::max);
            found.iter().any(Option::is_some).then(|| EffectDirectionRow {
                study: study.study.clone(),
                detail: match largest {
                    Some(n) => format!("{}, n = {}", study.design.name(), crate::number::count(n)),
                    None => format!("{}, n not stated", study.design.name()),
                },
                cells: found.iter().map(|it| it.as_ref().and_then(cell)).collect(),
            })
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let comparison = &columns.first()?.comparison;
    Some(figures::effect_direction(&EffectDirection {
        id: id.to_owned(),
        title,
        description: format!(
            "An arrow up favours {}, an arrow down {}. The table after the figure says the same in words.",
            comparison.experimental_name, comparison.comparator_name
        ),
        experimental: comparison.experimental_name.clone(),
        comparator: comparison.comparator_name.clone(),
        outcomes: columns.iter().map(|it| it.outcome.name.clone()).collect(),
        rows,
    }))
}

/// The arrow of one study; none where it says nothing of the outcome.
fn cell(row: &NarrativeRow) -> Option<DirectionCell> {
    let direction = arrow(row.favours?);
    Some(DirectionCell { direction, size: sample_size(row.n), text: String::new() })
}

/// What the arrow of a study says.
pub(crate) fn arrow(favoured: Favoured) -> Direction {
    match favoured {
        Favoured::Experimental => Direction::FavoursExperimental,
        Favoured::Comparator => Direction::FavoursControl,
        Favoured::Neither => Direction::NoDifference,
        Favoured::Unclear => Direction::Unclear,
    }
}

/// The size of the arrow; the smallest where the study does not say how many took part.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range of small whole numbers"
)]
pub(crate) fn sample_size(n: Option<f64>) -> SampleSize {
    SampleSize::of(n.unwrap_or(0.0).clamp(0.0, 1e9) as u64)
}
