//! L'Abbé plot (L'Abbé 1987): the risk in one group against the risk in the other.

use crate::Svg;
use crate::axis::Range;
use crate::canvas::{Canvas, Caption, Dash, Pen};
use crate::key::{Key, Swatch, remark};
use crate::mark::bubble_radii;
use crate::paint::{Fill, Stroke};
use crate::plane::{Growth, MARGIN, Plane, RIGHT, Side};

/// Everything a L'Abbé plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct LabbePlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The studies.
    pub points: Vec<LabbePoint>,
    /// Lines of equal effect, at most four, told apart by their dashes; the line of no effect is always drawn.
    pub lines: Vec<LabbeLine>,
    /// Label of the horizontal axis, such as "Risk without the vaccine".
    pub control_label: String,
    /// Label of the vertical axis, such as "Risk with the vaccine".
    pub experimental_label: String,
}

/// One study of a L'Abbé plot.
#[derive(Debug, Clone, PartialEq)]
pub struct LabbePoint {
    /// Name of the study.
    pub label: String,
    /// Risk (0 to 1) or rate (0 upwards) in the control group.
    pub control: f64,
    /// The same in the experimental group.
    pub experimental: f64,
    /// Number of participants, or the weight: the area of the circle is proportional to it.
    pub size: f64,
}

/// A line on which all studies of one effect would lie.
#[derive(Debug, Clone, PartialEq)]
pub struct LabbeLine {
    /// Name of the effect with its value, such as "Pooled risk ratio 0.49".
    pub label: String,
    /// The effect.
    pub effect: LabbeEffect,
}

/// How the experimental group's risk follows from the control group's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LabbeEffect {
    /// Risk ratio or rate ratio: a straight line through the origin.
    Ratio(f64),
    /// Odds ratio: a curve from corner to corner.
    OddsRatio(f64),
    /// Risk difference or rate difference: a line parallel to that of no effect.
    Difference(f64),
}

impl LabbeEffect {
    /// Risk in the experimental group.
    fn apply(self, control: f64) -> f64 {
        match self {
            Self::Ratio(ratio) => control * ratio,
            Self::OddsRatio(ratio) => control * ratio / (1.0 - control + control * ratio),
            Self::Difference(difference) => control + difference,
        }
    }
}

const SIDE: f64 = 400.0;
const NO_EFFECT: Pen = Pen::solid(Stroke::Rule, 1.0);
const PENS: [Pen; 4] = [
    Pen { stroke: Stroke::Pooled, width: 1.6, dash: Dash::Solid },
    Pen { stroke: Stroke::Line, width: 1.4, dash: Dash::Dashed },
    Pen { stroke: Stroke::Line, width: 1.4, dash: Dash::Dotted },
    Pen { stroke: Stroke::Pooled, width: 1.4, dash: Dash::Dashed },
];

/// Draws a L'Abbé plot: both axes alike, the larger studies beneath the smaller.
///
/// Studies without a finite risk of 0 or more in both groups are not drawn, and a line below says how many.
pub fn labbe(plot: &LabbePlot) -> Svg {
    let mut points: Vec<&LabbePoint> = plot.points.iter().filter(|p| p.is_usable()).collect();
    points.sort_by(|a, b| b.size.total_cmp(&a.size));
    let ends = ends(&points);
    let plane = Plane::new(
        (MARGIN, MARGIN),
        (SIDE, SIDE),
        &Side::linear(ends, &plot.control_label),
        (&Side::linear(ends, &plot.experimental_label), Growth::Upwards),
    );
    let mut canvas = Canvas::default();
    let least = ends.0.max(0.0);
    plane.line(&mut canvas, &[(least, least), (ends.1, ends.1)], NO_EFFECT);
    for (line, pen) in plot.lines.iter().zip(PENS) {
        plane.line(&mut canvas, &curve(line.effect, (least, ends.1)), pen);
    }
    plane.draw(&mut canvas);
    let sizes: Vec<f64> = points.iter().map(|p| p.size).collect();
    for (point, radius) in points.iter().zip(bubble_radii(&sizes)) {
        let Some(at) = plane.point((point.control, point.experimental)) else { continue };
        canvas.group(&point.label, |canvas| {
            canvas.circle(at, radius, Fill::Bubble, Some(Pen::solid(Stroke::Line, 0.9)));
        });
    }
    let left = plane.frame.left;
    let room = SIDE + RIGHT - MARGIN;
    let items = plot.lines.iter().zip(PENS).map(|(line, pen)| (pen, line.label.as_str()));
    let items = [(NO_EFFECT, "No effect")].into_iter().chain(items);
    let key = Key::new(items.map(|(pen, words)| (Swatch::Line(pen), words)), room);
    let mut bottom = key.draw(&mut canvas, (left, plane.bottom() + 4.0));
    let missing = plot.points.len() - points.len();
    if missing > 0 {
        let text = format!("Not drawn for want of a usable risk: {missing}");
        bottom = remark(&mut canvas, (left, bottom), room, &text);
    }
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((plane.frame.right + RIGHT, bottom + MARGIN), &caption)
}

impl LabbePoint {
    fn is_usable(&self) -> bool {
        let usable = |risk: f64| risk.is_finite() && risk >= 0.0;
        usable(self.control) && usable(self.experimental)
    }
}

/// Ends of both axes: from zero, unless all studies lie far from it, and to 1 at most if the numbers are risks.
fn ends(points: &[&LabbePoint]) -> (f64, f64) {
    let range = Range::of(points.iter().flat_map(|p| [p.control, p.experimental]));
    let (low, high) = range.0.filter(|&(_, high)| high > 0.0).unwrap_or((0.0, 1.0));
    let room = 0.08 * (high - low).max(0.1 * high);
    // Below zero there is nothing, but circles need room there.
    let low = if low < 0.5 * high { -0.04 * high } else { low - room };
    let high = if high <= 1.0 { (high + room).min(1.04) } else { high + room };
    (low, if high > low { high } else { low + 1.0 })
}

/// The line of an effect.
fn curve(effect: LabbeEffect, (low, high): (f64, f64)) -> Vec<(f64, f64)> {
    const PIECES: u32 = 64;
    (0..=PIECES)
        .map(|i| low + (high - low) * f64::from(i) / f64::from(PIECES))
        .map(|control| (control, effect.apply(control)))
        .filter(|&(_, experimental)| experimental >= 0.0)
        .collect()
}
