//! Specification curve (Simonsohn et al. 2020): the estimates of every defensible analysis in order, and the choices
//! that each rests on.

use crate::axis::Range;
use crate::canvas::{Anchor, Canvas, Caption, Dash, Pen};
use crate::key::{Key, Swatch};
use crate::mark::Mark;
use crate::paint::{Fill, Stroke};
use crate::plane::{Growth, LABEL, MARGIN, Plane, RIGHT, SMALL, Side, Ticks};
use crate::{Scale, Svg};

/// Everything a specification curve shows.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecificationCurve {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The specifications, from left to right.
    pub specifications: Vec<SpecificationPoint>,
    /// The kinds of choices, from top to bottom.
    pub dimensions: Vec<SpecificationDimension>,
    /// The middle of the estimates.
    pub median: f64,
    /// The value of no effect; NaN where there is none.
    pub null_value: f64,
    /// Of estimates and limits.
    pub scale: Scale,
    /// Label of the vertical axis.
    pub effect_label: String,
}

/// One specification.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecificationPoint {
    /// The estimate.
    pub estimate: f64,
    /// Lower limit of its interval.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// Whether the interval excludes no effect.
    pub excludes_null: bool,
    /// Whether this is the analysis as planned.
    pub planned: bool,
    /// Which choice of each dimension it made.
    pub choices: Vec<usize>,
}

/// A kind of choice.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecificationDimension {
    /// What is chosen.
    pub name: String,
    /// The choices.
    pub choices: Vec<String>,
}

const SIZE: (f64, f64) = (560.0, 260.0);
const ROW: f64 = 18.0;
const RADIUS: f64 = 2.6;

/// Draws a specification curve. Specifications whose numbers are not finite (or not positive on a log scale) leave a gap.
pub fn specification_curve(plot: &SpecificationCurve) -> Svg {
    let plane = plane(plot);
    let mut canvas = Canvas::default();
    plane.draw(&mut canvas);
    if let Some(null) = plot.scale.working(plot.null_value).filter(|it| it.is_finite()) {
        plane.level(&mut canvas, null, Pen::solid(Stroke::Line, 1.0));
    }
    let median = Pen { stroke: Stroke::Rule, width: 1.4, dash: Dash::Dashed };
    if let Some(value) = plot.scale.working(plot.median).filter(|it| it.is_finite()) {
        plane.level(&mut canvas, value, median);
    }
    for (i, point) in plot.specifications.iter().enumerate() {
        specification(&mut canvas, &plane, plot, i, point);
    }
    let mut y = plane.frame.bottom + 10.0;
    for (d, dimension) in plot.dimensions.iter().enumerate() {
        y = dashboard(&mut canvas, &plane, plot, (d, dimension), y);
    }
    let key = Key::new(legend(plot, median), plane.frame.width());
    let bottom = key.draw(&mut canvas, (plane.frame.left, y + 8.0));
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((plane.frame.right + RIGHT, bottom + MARGIN), &caption)
}

fn legend(plot: &SpecificationCurve, median: Pen) -> Vec<(Swatch, &'static str)> {
    let mut items = Vec::new();
    let has = |test: fn(&SpecificationPoint) -> bool| plot.specifications.iter().any(test);
    if has(|it| it.excludes_null) {
        items.push((Swatch::Mark(Mark::Study), "Interval excludes no effect"));
    }
    if has(|it| !it.excludes_null) {
        items.push((Swatch::Mark(Mark::Open), "Interval includes no effect"));
    }
    items.push((Swatch::Line(median), "Median"));
    if has(|it| it.planned) {
        items.push((Swatch::Mark(Mark::Marked), "As planned"));
    }
    items
}

/// The plane of the estimates, far enough right for the names of the choices.
fn plane(plot: &SpecificationCurve) -> Plane {
    let worked = |value: f64| plot.scale.working(value).unwrap_or(f64::NAN);
    let mut up = Range::of(plot.specifications.iter().map(|it| worked(it.estimate)));
    up.take([worked(plot.null_value)]);
    // Limits beyond three times the spread of the estimates would flatten the curve.
    let (low, high) = up.0.unwrap_or((-1.0, 1.0));
    let room = (3.0 * (high - low)).max(1e-9);
    let within = |it: &f64| (low - room..=high + room).contains(it);
    let limits = plot.specifications.iter().flat_map(|it| [worked(it.lower), worked(it.upper)]);
    up.take(limits.filter(within));
    let n = plot.specifications.len() as f64;
    let across = Side {
        scale: Scale::Linear,
        ends: (-0.7, (n - 0.3).max(0.7)),
        label: "",
        ticks: Ticks::At(Vec::new()),
    };
    let side = Side::new(plot.scale, up.with_room(0.05, (-1.0, 1.0)), &plot.effect_label);
    let at = |left: f64| Plane::new((left, MARGIN), SIZE, &across, (&side, Growth::Upwards));
    let names = plot.dimensions.iter().flat_map(|it| {
        let headed = std::iter::once(LABEL.width(&it.name));
        headed.chain(it.choices.iter().map(|choice| SMALL.width(choice)))
    });
    let widest = names.fold(0.0, f64::max).min(260.0);
    let usual = at(MARGIN);
    let lacking = MARGIN + widest + 12.0 - usual.frame.left;
    if lacking > 0.0 { at(MARGIN + lacking) } else { usual }
}

fn specification(
    canvas: &mut Canvas,
    plane: &Plane,
    plot: &SpecificationCurve,
    i: usize,
    point: &SpecificationPoint,
) {
    let x = i as f64;
    let worked = |value: f64| plot.scale.working(value).filter(|it| it.is_finite());
    let crowded = plot.specifications.len() > 150;
    if let (Some(lower), Some(upper)) = (worked(point.lower), worked(point.upper)) {
        let width = if crowded { 0.6 } else { 1.1 };
        plane.line(canvas, &[(x, lower), (x, upper)], Pen::solid(Stroke::Rule, width));
    }
    let Some(at) = worked(point.estimate).and_then(|y| plane.point((x, y))) else { return };
    if point.planned {
        Mark::Marked.draw(canvas, at, RADIUS * 1.5);
    } else {
        let outline = Some(Pen::solid(Stroke::Line, if crowded { 0.3 } else { 0.75 }));
        let fill = if point.excludes_null { Fill::Square } else { Fill::Paper };
        canvas.circle(at, if crowded { 1.6 } else { RADIUS }, fill, outline);
    }
}

/// One kind of choice: a row for each choice, with a mark where a specification made it. Returns its lower end.
fn dashboard(
    canvas: &mut Canvas,
    plane: &Plane,
    plot: &SpecificationCurve,
    (d, dimension): (usize, &SpecificationDimension),
    top: f64,
) -> f64 {
    let frame = &plane.frame;
    let right_of_names = frame.left - 8.0;
    let room = right_of_names - MARGIN / 2.0;
    let mut y = top + ROW;
    let name = LABEL.cut(&dimension.name, room);
    canvas.text((right_of_names, y - 5.0), Anchor::End, LABEL, Fill::Ink, &name);
    let step = frame.width() / (plot.specifications.len().max(1) as f64 + 0.4);
    let width = (0.6 * step).clamp(0.4, 5.0);
    for (c, choice) in dimension.choices.iter().enumerate() {
        let middle = y + ROW / 2.0;
        if c % 2 == 0 {
            canvas.rect((frame.left, y), (frame.width(), ROW), Fill::Panel, None);
        }
        let text = SMALL.cut(choice, room);
        let baseline = (right_of_names, middle + SMALL.drop());
        canvas.text(baseline, Anchor::End, SMALL, Fill::Ink, &text);
        for (i, point) in plot.specifications.iter().enumerate() {
            if point.choices.get(d) == Some(&c) {
                let x = plane.across.position(i as f64) - width / 2.0;
                let fill = if point.planned { Fill::Marked } else { Fill::Square };
                canvas.rect((x, middle - 5.0), (width, 10.0), fill, None);
            }
        }
        y += ROW;
    }
    y + 2.0
}
