//! The funnel plot of a synthesis, where there are enough studies to read one.

use consilience_figures as figures;
use consilience_figures::{FunnelAxis, FunnelPlot, FunnelPoint, Scale};
use consilience_review::analysis::{MIN_STUDIES_FOR_FUNNEL, Synthesis};

use crate::forest::effect_name;

/// Draws the funnel of a pooled synthesis of ten or more studies; `anchor` is its own in the page.
pub(crate) fn draw(synthesis: &Synthesis, anchor: &str) -> Option<figures::Svg> {
    let pooled = synthesis.pooled.as_ref()?;
    if synthesis.studies.len() < MIN_STUDIES_FOR_FUNNEL {
        return None;
    }
    let points = synthesis
        .studies
        .iter()
        .map(|it| FunnelPoint {
            label: it.study.clone(),
            estimate: it.effect.estimate,
            se: it.effect.se(),
            participants: None,
        })
        .collect();
    Some(figures::funnel(&FunnelPlot {
        id: format!("funnel-{anchor}"),
        title: format!("Funnel plot: {}", synthesis.title),
        description: format!(
            "The effect of each of {} studies against its standard error.",
            synthesis.studies.len()
        ),
        points,
        filled: vec![],
        pooled: pooled.estimate,
        adjusted: None,
        regression: None,
        vertical: FunnelAxis::StandardError,
        scale: if synthesis.plan.is_ratio() { Scale::Log } else { Scale::Linear },
        effect_label: effect_name(synthesis),
        level: synthesis.plan.level_share(),
        contours: false,
    }))
}
