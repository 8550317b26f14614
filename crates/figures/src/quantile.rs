//! Normal quantile plot of standardised residuals, with an envelope of what chance makes of them.

use crate::Svg;
use crate::axis::Range;
use crate::canvas::{Canvas, Caption, Dash, Pen};
use crate::key::{Key, Swatch, remark};
use crate::labels::{Labelled, draw_names};
use crate::mark::{Mark, mark_radius};
use crate::paint::{Fill, Stroke};
use crate::plane::{MARGIN, Plane, RIGHT, Side};

/// Everything a normal quantile plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantilePlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The studies.
    pub points: Vec<QuantilePoint>,
    /// Limits within which residuals of the model lie, such as those of 95% of simulations, from left to right;
    /// empty draws none.
    pub envelope: Vec<QuantileLimits>,
    /// What the envelope is, such as "95% envelope".
    pub envelope_label: String,
    /// Label of the vertical axis, such as "Studentised residuals".
    pub residual_label: String,
}

/// One study of a normal quantile plot.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantilePoint {
    /// Name of the study.
    pub label: String,
    /// Quantile of the standard normal distribution that belongs to its rank.
    pub theoretical: f64,
    /// Its standardised residual.
    pub residual: f64,
}

/// The envelope at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileLimits {
    /// Theoretical quantile.
    pub theoretical: f64,
    /// Lower limit of the residual.
    pub lower: f64,
    /// Upper limit of the residual.
    pub upper: f64,
}

const MOST_NAMES: usize = 12;
const IDENTITY: Pen = Pen { stroke: Stroke::Line, width: 1.0, dash: Dash::Dashed };

/// Draws a normal quantile plot: residuals against normal quantiles, with the line where both are equal. Studies
/// outside the envelope are diamonds and bear their names.
///
/// Studies whose numbers are not finite are not drawn, and a line below says how many.
pub fn quantile(plot: &QuantilePlot) -> Svg {
    let usable = |p: &&QuantilePoint| p.theoretical.is_finite() && p.residual.is_finite();
    let points: Vec<&QuantilePoint> = plot.points.iter().filter(usable).collect();
    let across = Range::of(points.iter().map(|p| p.theoretical));
    let mut up = Range::of(points.iter().map(|p| p.residual));
    up.take(plot.envelope.iter().flat_map(|l| [l.lower, l.upper]));
    let plane = Plane::usual(
        &Side::linear(across.with_room(0.05, (-2.0, 2.0)), "Theoretical quantiles"),
        &Side::linear(up.with_room(0.05, (-2.0, 2.0)), &plot.residual_label),
    );
    let mut canvas = Canvas::default();
    let band: Vec<_> = plot.envelope.iter().map(|l| (l.theoretical, l.lower, l.upper)).collect();
    plane.band(&mut canvas, &band, Fill::OuterBand);
    let (low, high) = plane.across.ends();
    plane.line(&mut canvas, &[(low, low), (high, high)], IDENTITY);
    plane.draw(&mut canvas);
    let outside = draw_points(&mut canvas, plot, &plane, &points);

    let left = plane.frame.left;
    let mut items = vec![(Swatch::Line(IDENTITY), "Normal distribution")];
    if plot.envelope.len() > 1 {
        items.insert(0, (Swatch::Area(Fill::OuterBand), plot.envelope_label.as_str()));
    }
    if outside {
        items.push((Swatch::Mark(Mark::Marked), "Outside the envelope"));
    }
    let room = plane.frame.width() + RIGHT - MARGIN;
    let mut bottom = Key::new(items, room).draw(&mut canvas, (left, plane.bottom() + 4.0));
    let missing = plot.points.len() - points.len();
    if missing > 0 {
        let text = format!("Not drawn for want of a usable residual: {missing}");
        bottom = remark(&mut canvas, (left, bottom), room, &text);
    }
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((plane.frame.right + RIGHT, bottom + MARGIN), &caption)
}

/// The studies, those outside the envelope with their names; whether there are any.
fn draw_points(
    canvas: &mut Canvas,
    plot: &QuantilePlot,
    plane: &Plane,
    points: &[&QuantilePoint],
) -> bool {
    let radius = mark_radius(points.len());
    let mut named = Vec::new();
    let mut others = Vec::new();
    for point in points {
        let Some(at) = plane.point((point.theoretical, point.residual)) else { continue };
        let outside = plot.is_outside(point);
        let mark = if outside { Mark::Marked } else { Mark::Study };
        canvas.group(&point.label, |canvas| mark.draw(canvas, at, radius));
        let list = if outside { &mut named } else { &mut others };
        list.push(Labelled { at, radius, name: &point.label });
    }
    let count = named.len();
    named.extend(others);
    draw_names(canvas, &plane.frame, &named, count.min(MOST_NAMES));
    count > 0
}

impl QuantilePlot {
    /// Whether a study lies outside the envelope, which is straight between its places.
    fn is_outside(&self, point: &QuantilePoint) -> bool {
        let around = self
            .envelope
            .windows(2)
            .find(|w| (w[0].theoretical..=w[1].theoretical).contains(&point.theoretical));
        let Some([a, b]) = around else { return false };
        let length = b.theoretical - a.theoretical;
        let share = if length > 0.0 { (point.theoretical - a.theoretical) / length } else { 0.0 };
        let between = |from: f64, to: f64| from + (to - from) * share;
        point.residual < between(a.lower, b.lower) || point.residual > between(a.upper, b.upper)
    }
}
