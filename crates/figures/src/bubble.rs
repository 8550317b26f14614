//! Bubble plot of a meta-regression: each study at its moderator, its area its weight, and the fitted line.

use crate::axis::Range;
use crate::canvas::{Canvas, Caption, Dash, Pen};
use crate::key::{Key, Swatch, remark};
use crate::mark::bubble_radii;
use crate::paint::{Fill, Stroke};
use crate::plane::{MARGIN, Plane, RIGHT, Side};
use crate::{Scale, Svg};

/// Everything a bubble plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct BubblePlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The studies.
    pub points: Vec<BubblePoint>,
    /// The fitted line at ascending values of the moderator.
    pub line: Vec<BubbleLine>,
    /// The value of no effect; NaN where there is none.
    pub null_value: f64,
    /// Of the estimates.
    pub scale: Scale,
    /// Label of the horizontal axis: the moderator.
    pub moderator_label: String,
    /// Label of the vertical axis: the effect.
    pub effect_label: String,
}

/// One study.
#[derive(Debug, Clone, PartialEq)]
pub struct BubblePoint {
    /// Its name.
    pub label: String,
    /// Its moderator.
    pub moderator: f64,
    /// Its estimate.
    pub estimate: f64,
    /// Its weight, in any unit.
    pub weight: f64,
}

/// The fit at one value of the moderator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BubbleLine {
    /// The moderator.
    pub moderator: f64,
    /// The predicted mean effect.
    pub estimate: f64,
    /// Its confidence interval.
    pub confidence: (f64, f64),
    /// Its prediction interval, where there is one.
    pub prediction: Option<(f64, f64)>,
}

const FIT: Pen = Pen::solid(Stroke::Line, 1.6);
const NULL: Pen = Pen { stroke: Stroke::Rule, width: 1.0, dash: Dash::Dotted };
const EDGE: Pen = Pen { stroke: Stroke::Rule, width: 1.1, dash: Dash::Dashed };

/// Draws a bubble plot, the line over the bubbles. The vertical axis covers the studies and the confidence band; of
/// the prediction band it shows what lies within.
///
/// Studies whose numbers are not finite are not drawn, and a line below says how many.
pub fn bubble(plot: &BubblePlot) -> Svg {
    let worked = |value: f64| plot.scale.working(value).unwrap_or(f64::NAN);
    let usable = |p: &&BubblePoint| p.moderator.is_finite() && worked(p.estimate).is_finite();
    let mut points: Vec<&BubblePoint> = plot.points.iter().filter(usable).collect();
    // The largest first, so that no bubble hides a smaller one.
    points.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let plane = plane(plot, &points);
    let mut canvas = Canvas::default();
    draw_bands(&mut canvas, plot, &plane);
    plane.level(&mut canvas, worked(plot.null_value), NULL);
    plane.draw(&mut canvas);
    let radii = bubble_radii(&points.iter().map(|it| it.weight).collect::<Vec<_>>());
    for (point, radius) in points.iter().zip(radii) {
        let Some(at) = plane.point((point.moderator, worked(point.estimate))) else { continue };
        let outline = Some(Pen::solid(Stroke::Line, 0.75));
        canvas.group(&point.label, |canvas| canvas.circle(at, radius, Fill::Bubble, outline));
    }
    let fit: Vec<_> = plot.line.iter().map(|it| (it.moderator, worked(it.estimate))).collect();
    plane.line(&mut canvas, &fit, FIT);

    let left = plane.frame.left;
    let room = plane.frame.width() + RIGHT - MARGIN;
    let mut items = vec![];
    if plot.line.len() > 1 {
        items.push((Swatch::Line(FIT), "Fitted mean"));
        items.push((Swatch::Area(Fill::Band), "Confidence interval"));
    }
    if plot.line.iter().any(|it| it.prediction.is_some()) {
        items.push((Swatch::Area(Fill::OuterBand), "Prediction interval"));
    }
    let mut bottom = Key::new(items, room).draw(&mut canvas, (left, plane.bottom() + 4.0));
    let missing = plot.points.len() - points.len();
    if missing > 0 {
        let text = format!("Not drawn for want of a usable moderator or estimate: {missing}");
        bottom = remark(&mut canvas, (left, bottom), room, &text);
    }
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((plane.frame.right + RIGHT, bottom + MARGIN), &caption)
}

fn plane(plot: &BubblePlot, points: &[&BubblePoint]) -> Plane {
    let worked = |value: f64| plot.scale.working(value).unwrap_or(f64::NAN);
    let mut across = Range::of(points.iter().map(|p| p.moderator));
    across.take(plot.line.iter().map(|it| it.moderator));
    let mut up = Range::of(points.iter().map(|p| worked(p.estimate)));
    up.take(plot.line.iter().flat_map(|it| [worked(it.confidence.0), worked(it.confidence.1)]));
    let across = across.with_room(0.06, (-1.0, 1.0));
    Plane::usual(
        &Side::linear(across, &plot.moderator_label),
        &Side::new(plot.scale, up.with_room(0.07, (-1.0, 1.0)), &plot.effect_label),
    )
}

/// The band of prediction with its edges, and upon it that of confidence.
fn draw_bands(canvas: &mut Canvas, plot: &BubblePlot, plane: &Plane) {
    let worked = |value: f64| plot.scale.working(value).unwrap_or(f64::NAN);
    let band = |of: fn(&BubbleLine) -> Option<(f64, f64)>| -> Vec<(f64, f64, f64)> {
        let limits = plot.line.iter().filter_map(|it| Some((it.moderator, of(it)?)));
        limits.map(|(x, (lower, upper))| (x, worked(lower), worked(upper))).collect()
    };
    let prediction = band(|it| it.prediction);
    plane.band(canvas, &prediction, Fill::OuterBand);
    plane.band(canvas, &band(|it| Some(it.confidence)), Fill::Band);
    for edge in [|l: &(f64, f64, f64)| (l.0, l.1), |l: &(f64, f64, f64)| (l.0, l.2)] {
        plane.line(canvas, &prediction.iter().map(edge).collect::<Vec<_>>(), EDGE);
    }
}
