//! Baujat plot (Baujat 2002): which studies make the heterogeneity, and which the result.

use crate::Svg;
use crate::axis::Range;
use crate::canvas::{Canvas, Caption};
use crate::key::remark;
use crate::labels::{Labelled, draw_names};
use crate::mark::{Mark, mark_radius};
use crate::plane::{MARGIN, Plane, RIGHT, Side};

/// Everything a Baujat plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct BaujatPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The studies.
    pub points: Vec<BaujatPoint>,
    /// Label of the horizontal axis, such as "Contribution to heterogeneity (Q)".
    pub contribution_label: String,
    /// Label of the vertical axis, such as "Influence on the pooled estimate".
    pub influence_label: String,
}

/// One study of a Baujat plot.
#[derive(Debug, Clone, PartialEq)]
pub struct BaujatPoint {
    /// Name of the study.
    pub label: String,
    /// Its share of the heterogeneity statistic, at least 0.
    pub contribution: f64,
    /// How far the pooled estimate moves without it (squared and standardised), at least 0.
    pub influence: f64,
}

/// Beyond so many studies only the farthest out are named.
const MOST_NAMES: usize = 30;

/// Draws a Baujat plot, the studies that stand out with their names as far as there is room.
///
/// Studies whose numbers are not finite are not drawn, and a line below says how many.
pub fn baujat(plot: &BaujatPlot) -> Svg {
    let usable = |p: &&BaujatPoint| p.contribution.is_finite() && p.influence.is_finite();
    let mut points: Vec<&BaujatPoint> = plot.points.iter().filter(usable).collect();
    let across = Range::of(points.iter().map(|p| p.contribution).chain([0.0]));
    let up = Range::of(points.iter().map(|p| p.influence).chain([0.0]));
    let plane = Plane::usual(
        &Side::linear(with_head(across), &plot.contribution_label),
        &Side::linear(with_head(up), &plot.influence_label),
    );
    let outwards = |p: &BaujatPoint| {
        let share = |value: f64, (_, high): (f64, f64)| value / high;
        share(p.contribution, with_head(across)).powi(2) + share(p.influence, with_head(up)).powi(2)
    };
    points.sort_by(|a, b| outwards(b).total_cmp(&outwards(a)));

    let mut canvas = Canvas::default();
    let radius = mark_radius(points.len());
    plane.draw(&mut canvas);
    let mut placed = Vec::new();
    for point in &points {
        if let Some(at) = plane.point((point.contribution, point.influence)) {
            canvas.group(&point.label, |canvas| Mark::Study.draw(canvas, at, radius));
            placed.push(Labelled { at, radius, name: &point.label });
        }
    }
    draw_names(&mut canvas, &plane.frame, &placed, MOST_NAMES);
    let mut bottom = plane.bottom();
    let missing = plot.points.len() - points.len();
    if missing > 0 {
        let text = format!("Not drawn for want of a usable contribution or influence: {missing}");
        bottom = remark(&mut canvas, (plane.frame.left, bottom), plane.frame.width(), &text);
    }
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((plane.frame.right + RIGHT, bottom + MARGIN), &caption)
}

/// The range with room above for the names of the farthest; from 0 to 1 where all is zero.
fn with_head(range: Range) -> (f64, f64) {
    let (low, high) = range.0.unwrap_or((0.0, 0.0));
    if high > low { (low, high + (high - low) * 0.08) } else { (0.0, 1.0) }
}
