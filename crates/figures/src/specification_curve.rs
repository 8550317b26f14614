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
    /// Which choice of each dimension it made; `None`, which has no mark, where none matters.
    pub choices: Vec<Option<usize>>,
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
const RADIUS: f64 = 2.8;
const WIDEST_NAME: f64 = 220.0;
/// Beyond so many specifications marks are one element a kind, and bear no outline.
const MANY: usize = 150;
const MEDIAN: Pen = Pen { stroke: Stroke::Pooled, width: 1.4, dash: Dash::Dashed };

/// Draws a specification curve: intervals and estimates, dark where the interval excludes no effect and pale where it
/// does not, and below a row for each choice with a stroke for each specification that made it.
///
/// Specifications whose numbers are not finite (or not positive on a log scale) leave a gap.
pub fn specification_curve(plot: &SpecificationCurve) -> Svg {
    let plane = plane(plot);
    let mut canvas = Canvas::default();
    draw_intervals(&mut canvas, &plane, plot);
    for (value, pen) in [(plot.null_value, Pen::solid(Stroke::Line, 1.0)), (plot.median, MEDIAN)] {
        plane.level(&mut canvas, plot.worked(value).unwrap_or(f64::NAN), pen);
    }
    draw_estimates(&mut canvas, &plane, plot);
    plane.draw(&mut canvas);
    let mut y = plane.frame.bottom + 10.0;
    for (d, dimension) in plot.dimensions.iter().enumerate() {
        y = dashboard(&mut canvas, &plane, plot, (d, dimension), y);
    }
    let key = Key::new(legend(plot), plane.frame.width() + RIGHT - MARGIN);
    let bottom = key.draw(&mut canvas, (plane.frame.left, y + 8.0));
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((plane.frame.right + RIGHT, bottom + MARGIN), &caption)
}

impl SpecificationCurve {
    /// A value on the working scale, if it has a finite one.
    fn worked(&self, value: f64) -> Option<f64> {
        self.scale.working(value).filter(|it| it.is_finite())
    }
}

fn legend(plot: &SpecificationCurve) -> Vec<(Swatch, &'static str)> {
    let mut items = Vec::new();
    let has = |test: fn(&SpecificationPoint) -> bool| plot.specifications.iter().any(test);
    let (telling, untelling) = if plot.specifications.len() > MANY {
        (
            Swatch::Line(Pen::solid(Stroke::Telling, 6.0)),
            Swatch::Line(Pen::solid(Stroke::Untelling, 6.0)),
        )
    } else {
        (Swatch::Mark(Mark::Study), Swatch::Mark(Mark::Open))
    };
    if has(|it| it.excludes_null) {
        items.push((telling, "Interval excludes no effect"));
    }
    if has(|it| !it.excludes_null) {
        items.push((untelling, "Interval includes no effect"));
    }
    items.push((Swatch::Line(MEDIAN), "Median"));
    if has(|it| it.planned) {
        items.push((Swatch::Mark(Mark::Marked), "As planned"));
    }
    items
}

/// The plane of the estimates, far enough right for the names of the choices.
fn plane(plot: &SpecificationCurve) -> Plane {
    let worked = |value: f64| plot.worked(value).unwrap_or(f64::NAN);
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
    let widest = names.fold(0.0, f64::max).min(WIDEST_NAME);
    let usual = at(MARGIN);
    let lacking = MARGIN + widest + 12.0 - usual.frame.left;
    if lacking > 0.0 { at(MARGIN + lacking) } else { usual }
}

/// The intervals: first the pale ones, so that the dark ones show where they are dense.
fn draw_intervals(canvas: &mut Canvas, plane: &Plane, plot: &SpecificationCurve) {
    let step = plane.frame.width() / plot.specifications.len().max(1) as f64;
    for (excludes_null, stroke) in [(false, Stroke::Untelling), (true, Stroke::Telling)] {
        let lines = plot.specifications.iter().enumerate().filter_map(|(i, it)| {
            let (lower, upper) = (plot.worked(it.lower)?, plot.worked(it.upper)?);
            if it.excludes_null != excludes_null {
                return None;
            }
            let x = plane.across.position(i as f64);
            let y =
                |value: f64| plane.up.position(value).clamp(plane.frame.top, plane.frame.bottom);
            Some([(x, y(lower)), (x, y(upper))])
        });
        let pen = Pen::solid(stroke, (0.5 * step).clamp(0.3, 1.6));
        canvas.strokes(&lines.collect::<Vec<_>>(), pen);
    }
}

/// The estimates, that of the planned analysis upon all others.
fn draw_estimates(canvas: &mut Canvas, plane: &Plane, plot: &SpecificationCurve) {
    let place =
        |(i, it): (usize, &SpecificationPoint)| plane.point((i as f64, plot.worked(it.estimate)?));
    let all = || plot.specifications.iter().enumerate();
    if plot.specifications.len() > MANY {
        for (excludes_null, fill) in [(false, Fill::Subtotal), (true, Fill::Ink)] {
            let blocks: Vec<_> = all()
                .filter(|it| it.1.excludes_null == excludes_null)
                .filter_map(place)
                .map(|(x, y)| ((x - 0.8, y - 0.8), (1.6, 1.6)))
                .collect();
            canvas.blocks(&blocks, fill);
        }
    } else {
        for (i, it) in all() {
            let mark = if it.excludes_null { Mark::Study } else { Mark::Open };
            if let Some(at) = place((i, it)) {
                mark.draw(canvas, at, RADIUS);
            }
        }
    }
    for at in all().filter(|it| it.1.planned).filter_map(place) {
        Mark::Marked.draw(canvas, at, RADIUS * 1.6);
    }
}

/// One kind of choice: a row for each choice, with a stroke where a specification made it. Returns its lower end.
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
        let baseline = (right_of_names, middle + SMALL.drop());
        canvas.text(baseline, Anchor::End, SMALL, Fill::Ink, &SMALL.cut(choice, room));
        let made = plot.specifications.iter().enumerate();
        let made: Vec<_> = made.filter(|(_, it)| it.choices.get(d) == Some(&Some(c))).collect();
        let stroke = |i: usize, width: f64| {
            ((plane.across.position(i as f64) - width / 2.0, middle - 5.0), (width, 10.0))
        };
        let blocks: Vec<_> = made.iter().map(|&(i, _)| stroke(i, width)).collect();
        canvas.blocks(&blocks, Fill::Square);
        let planned = made.iter().filter(|(_, it)| it.planned);
        let blocks: Vec<_> = planned.map(|&(i, _)| stroke(i, width.max(2.0))).collect();
        canvas.blocks(&blocks, Fill::Marked);
        y += ROW;
    }
    y + 2.0
}
