//! Funnel plot: each study's effect against its standard error.

use crate::{Scale, Svg};

/// Everything a funnel plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The studies.
    pub points: Vec<FunnelPoint>,
    /// Pooled estimate on the analysis scale (logarithm for ratios).
    pub pooled: f64,
    /// `Log` labels the effect axis with `exp` of the analysis scale.
    pub scale: Scale,
    /// Label of the effect axis.
    pub effect_label: String,
    /// Level of the funnel's limits, such as 0.95.
    pub level: f64,
    /// Shade the regions of p < 0.1, 0.05 and 0.01 around the null (Peters 2008) instead of around the pooled estimate.
    pub contours: bool,
}

/// One study of a funnel plot.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelPoint {
    /// Name of the study.
    pub label: String,
    /// Estimate on the analysis scale.
    pub estimate: f64,
    /// Standard error of the estimate.
    pub se: f64,
}

/// Draws a funnel plot.
pub fn funnel(plot: &FunnelPlot) -> Svg {
    let caption =
        crate::canvas::Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    crate::canvas::Canvas::default().finish((1.0, 1.0), &caption)
}
