//! Traffic-light plot: one light per result and risk-of-bias domain.

use crate::{Judgement, Svg};

/// Everything a traffic-light plot shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrafficLight {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// Short and long name of each column: ("D1", "Bias arising from the randomisation process"). A long name equal
    /// to the short one, or empty, is left out of the key.
    pub domains: Vec<(String, String)>,
    /// The rows, top to bottom.
    pub rows: Vec<TrafficLightRow>,
}

/// One assessed result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrafficLightRow {
    /// What the row is grouped under (an outcome); adjacent equal groups share a heading.
    pub group: Option<String>,
    /// Name of the study.
    pub label: String,
    /// One judgement per domain.
    pub judgements: Vec<Judgement>,
}

/// Draws a traffic-light plot.
pub fn traffic_light(plot: &TrafficLight) -> Svg {
    let caption =
        crate::canvas::Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    crate::canvas::Canvas::default().finish((1.0, 1.0), &caption)
}
