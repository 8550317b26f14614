//! Funnels, with and without the studies that trim and fill adds, and the radial plot.

use consilience_figures::{
    self as figures, FunnelAxis, FunnelPlot, FunnelPoint, FunnelRegression, RadialPlot,
    RadialPoint, Svg,
};
use consilience_review::analysis::{StudyEffect, Synthesis};
use consilience_review::inquiry::Finding;
use consilience_stats::{Effect, Pooled};

use super::{analysis_label, found, scale};

pub(super) fn funnel(synthesis: &Synthesis, pooled: &Pooled) -> FunnelPlot {
    let point = |label: &str, effect: &Effect, participants| FunnelPoint {
        label: label.to_owned(),
        estimate: effect.estimate,
        se: effect.se(),
        participants,
    };
    let points = synthesis.studies.iter();
    let regression = synthesis.egger.as_ref();
    FunnelPlot {
        id: "funnel".to_owned(),
        title: format!("Funnel plot: {}", synthesis.title),
        description: format!(
            "The effect of each of {} studies against its standard error.",
            synthesis.studies.len()
        ),
        points: points.map(|it| point(&it.label(), &it.effect, it.participants)).collect(),
        filled: Vec::new(),
        pooled: pooled.estimate,
        adjusted: None,
        // Egger's slope on precision is the estimate at infinite precision; his intercept is the slope on the error.
        regression: regression
            .map(|it| FunnelRegression { intercept: it.slope, slope: it.intercept }),
        vertical: FunnelAxis::StandardError,
        scale: scale(synthesis),
        effect_label: analysis_label(synthesis),
        level: synthesis.plan.level_share(),
        contours: synthesis.null_value().is_some(),
    }
}

pub(super) fn trim_fill(
    synthesis: &Synthesis,
    pooled: &Pooled,
    findings: &[Finding],
) -> Result<Svg, String> {
    let small = found(
        findings,
        |it| match it {
            Finding::SmallStudyEffects(it) => Some(it.as_ref()),
            _ => None,
        },
        "it needs --small-study",
    )?;
    let (_, fill) = small.trim_fill.first().ok_or("trim and fill was not computed")?;
    let fill = fill.as_ref().map_err(Clone::clone)?;
    let filled = fill.filled.iter().map(|it| FunnelPoint {
        label: "Filled".to_owned(),
        estimate: it.estimate,
        se: it.se(),
        participants: None,
    });
    Ok(figures::funnel(&FunnelPlot {
        id: "trim-fill".to_owned(),
        title: format!("Trim and fill: {}", synthesis.title),
        filled: filled.collect(),
        adjusted: Some(fill.pooled.estimate),
        regression: None,
        ..funnel(synthesis, pooled)
    }))
}

pub(super) fn radial(synthesis: &Synthesis, pooled: &Pooled) -> RadialPlot {
    let point = |it: &StudyEffect| RadialPoint {
        label: it.label(),
        estimate: it.effect.estimate,
        se: it.effect.se(),
    };
    RadialPlot {
        id: "radial".to_owned(),
        title: format!("Radial plot: {}", synthesis.title),
        description:
            "Standardised effects against precision; the slope of the line is the pooled effect."
                .to_owned(),
        points: synthesis.studies.iter().map(point).collect(),
        tau2: pooled.tau2,
        pooled: pooled.estimate,
        interval: Some((pooled.ci.lower, pooled.ci.upper)),
        scale: scale(synthesis),
        effect_label: analysis_label(synthesis),
        level: synthesis.plan.level_share(),
    }
}
