//! Weight function of a selection model: how likely a result is to be published, by its p-value.

use crate::Svg;
use crate::axis::Range;
use crate::canvas::{Canvas, Caption, Dash, Pen};
use crate::key::{Key, Swatch};
use crate::paint::{Fill, Stroke};
use crate::plane::{MARGIN, Plane, RIGHT, Side};

/// Everything a plot of weight functions shows.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightFunctionPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The functions, at most four, told apart by their dashes; the band of the first is shaded.
    pub curves: Vec<WeightCurve>,
    /// P-values at which the models let the probability change, drawn as thin lines.
    pub cutpoints: Vec<f64>,
    /// P-values of the studies, drawn as strokes under the curves.
    pub observed: Vec<f64>,
    /// Label of the horizontal axis, such as "One-sided P value".
    pub p_label: String,
}

/// One weight function.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightCurve {
    /// Name of the model.
    pub label: String,
    /// The function from left to right; a step is two points at one p-value.
    pub points: Vec<WeightPoint>,
}

/// A weight function at one p-value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightPoint {
    /// P-value, 0 to 1.
    pub p: f64,
    /// Probability of publication relative to that at the reference, which has 1.
    pub weight: f64,
    /// Confidence interval of the weight.
    pub limits: Option<(f64, f64)>,
}

const PENS: [Pen; 4] = [
    Pen::solid(Stroke::Line, 1.6),
    Pen { stroke: Stroke::Pooled, width: 1.6, dash: Dash::Dashed },
    Pen { stroke: Stroke::Line, width: 1.6, dash: Dash::Dotted },
    Pen { stroke: Stroke::Pooled, width: 1.6, dash: Dash::Solid },
];

/// Draws weight functions over all p-values from 0 to 1.
///
/// A band that reaches far beyond the functions is cut off at three times their highest value.
pub fn weight_function(plot: &WeightFunctionPlot) -> Svg {
    let weights = || plot.curves.iter().flat_map(|c| &c.points);
    let highest = Range::of(weights().map(|p| p.weight).chain([1.0])).0.map_or(1.0, |r| r.1);
    let limits = weights().filter_map(|p| p.limits).map(|l| l.1.min(3.0 * highest));
    let up = Range::of(limits.chain([highest]));
    let plane = Plane::usual(
        &Side::linear((0.0, 1.0), &plot.p_label),
        &Side::linear(up.reaching_zero(0.06), "Relative probability of publication"),
    );
    let mut canvas = Canvas::default();
    if let Some(first) = plot.curves.first() {
        let band: Vec<_> =
            first.points.iter().filter_map(|p| p.limits.map(|l| (p.p, l.0, l.1))).collect();
        plane.band(&mut canvas, &band, Fill::OuterBand);
    }
    for &p in &plot.cutpoints {
        plane.upright(&mut canvas, p, Pen::solid(Stroke::Faint, 1.0));
    }
    let foot = plane.frame.bottom;
    for x in plot.observed.iter().filter_map(|&p| plane.point((p, 0.0))).map(|at| at.0) {
        canvas.line(&[(x, foot), (x, foot - 9.0)], Pen::solid(Stroke::Rule, 0.8));
    }
    for (curve, pen) in plot.curves.iter().zip(PENS) {
        let points: Vec<_> = curve.points.iter().map(|p| (p.p, p.weight)).collect();
        plane.line(&mut canvas, &points, pen);
    }
    plane.draw(&mut canvas);
    let curves = plot.curves.iter().zip(PENS);
    let mut items: Vec<_> =
        curves.map(|(curve, pen)| (Swatch::Line(pen), curve.label.as_str())).collect();
    if !plot.observed.is_empty() {
        items.push((Swatch::Line(Pen::solid(Stroke::Rule, 0.8)), "P values of the studies"));
    }
    let key = Key::new(items, plane.frame.width() + RIGHT - MARGIN);
    let bottom = key.draw(&mut canvas, (plane.frame.left, plane.bottom() + 4.0));
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((plane.frame.right + RIGHT, bottom + MARGIN), &caption)
}
