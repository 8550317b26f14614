//! Radial plot (Galbraith 1988): standardised effects against precision, with the effects on an arc.

use crate::axis::{Axis, Range, Tick};
use crate::canvas::{Anchor, Canvas, Caption, Dash, Pen};
use crate::key::remark;
use crate::mark::{Mark, mark_radius};
use crate::normal;
use crate::paint::{Fill, Stroke};
use crate::plane::{Growth, LABEL, MARGIN, Plane, SMALL, Side};
use crate::{Scale, Svg};

/// Everything a radial plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct RadialPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The studies.
    pub points: Vec<RadialPoint>,
    /// Variance of the true effects, which adds to each study's own; 0 in the common-effect model.
    pub tau2: f64,
    /// Pooled estimate on the analysis scale: the line from the origin.
    pub pooled: f64,
    /// Interval of the pooled estimate on the analysis scale, drawn along the arc.
    pub interval: Option<(f64, f64)>,
    /// `Log` labels the arc with `exp` of the analysis scale.
    pub scale: Scale,
    /// Label of the arc, such as "Risk ratio".
    pub effect_label: String,
    /// Level of the band around the line, such as 0.95.
    pub level: f64,
}

/// One study of a radial plot.
#[derive(Debug, Clone, PartialEq)]
pub struct RadialPoint {
    /// Name of the study.
    pub label: String,
    /// Estimate on the analysis scale.
    pub estimate: f64,
    /// Standard error of the estimate.
    pub se: f64,
}

const SIZE: (f64, f64) = (430.0, 360.0);
const ARC_GAP: f64 = 10.0;
const BAND: Pen = Pen { stroke: Stroke::Rule, width: 1.1, dash: Dash::Dashed };

/// Draws a radial plot. A study's effect is the slope of the line from the origin through its point; on that line's
/// end, the arc, its value can be read. Studies outside the band differ from the pooled estimate by more than chance
/// explains at the level given.
///
/// Studies without a finite estimate and a positive, finite standard error are not drawn, and a line below says how
/// many.
pub fn radial(plot: &RadialPlot) -> Svg {
    let points: Vec<(&str, f64, f64)> = plot.points.iter().filter_map(|p| plot.place(p)).collect();
    let plane = plane(plot, &points);
    let arc = Arc::new(&plane);
    let mut canvas = Canvas::default();
    let radius = mark_radius(points.len());
    draw_lines(&mut canvas, plot, &plane, &arc);
    plane.draw(&mut canvas);
    for &(label, precision, z) in &points {
        let Some(at) = plane.point((precision, z)) else { continue };
        canvas.group(label, |canvas| Mark::Study.draw(canvas, at, radius));
    }
    let right = arc.draw(&mut canvas, plot);
    let mut bottom = plane.bottom();
    let missing = plot.points.len() - points.len();
    if missing > 0 {
        let text = format!("Not drawn for want of a usable estimate or standard error: {missing}");
        bottom = remark(&mut canvas, (plane.frame.left, bottom), plane.frame.width(), &text);
    }
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((right + MARGIN, bottom + MARGIN), &caption)
}

impl RadialPlot {
    /// Name, precision and standardised estimate of a study that has them.
    fn place<'a>(&self, point: &'a RadialPoint) -> Option<(&'a str, f64, f64)> {
        if !(point.se > 0.0 && point.estimate.is_finite()) {
            return None;
        }
        let tau2 = if self.tau2 > 0.0 { self.tau2 } else { 0.0 };
        let precision = 1.0 / (point.se * point.se + tau2).sqrt();
        let z = point.estimate * precision;
        // Farther out, slopes overflow.
        let usable = precision > 1e-100 && precision < 1e100 && z.abs() < 1e100;
        usable.then_some((&point.label, precision, z))
    }

    /// Half the width of the band.
    fn half(&self) -> Option<f64> {
        normal::critical(1.0 - self.level)
    }
}

/// A plane with the origin, all points, and the line with its band.
fn plane(plot: &RadialPlot, points: &[(&str, f64, f64)]) -> Plane {
    let across = Range::of(points.iter().map(|p| p.1)).reaching_zero(0.06);
    let half = plot.half().unwrap_or(0.0);
    let end = plot.pooled * across.1;
    let mut up = Range::of(points.iter().map(|p| p.2).chain([0.0, -half, half]));
    up.take([end - half, end + half]);
    let up = up.with_room(0.04, (-1.0, 1.0));
    let (precision, standardised) = if plot.tau2 > 0.0 {
        ("1 / √(squared standard error + τ²)", "Estimate / √(squared standard error + τ²)")
    } else {
        ("1 / standard error", "Estimate / standard error")
    };
    let across = Side::linear(across, precision);
    Plane::new((MARGIN, MARGIN), SIZE, &across, (&Side::linear(up, standardised), Growth::Upwards))
}

/// The line of the pooled estimate, as far as the arc, and its band.
fn draw_lines(canvas: &mut Canvas, plot: &RadialPlot, plane: &Plane, arc: &Arc) {
    let (low, high) = plane.across.ends();
    if !plot.pooled.is_finite() {
        return;
    }
    if let Some(half) = plot.half() {
        let edge = |side: f64| [low, high].map(|x| (x, plot.pooled * x + side * half));
        let band: Vec<_> = [low, high]
            .iter()
            .map(|&x| (x, plot.pooled * x - half, plot.pooled * x + half))
            .collect();
        plane.band(canvas, &band, Fill::OuterBand);
        plane.line(canvas, &edge(-1.0), BAND);
        plane.line(canvas, &edge(1.0), BAND);
    }
    let pen = Pen::solid(Stroke::Pooled, 1.4);
    match arc.at(plot.pooled) {
        Some(end) => canvas.line(&[arc.centre, end], pen),
        None => plane.line(canvas, &[low, high].map(|x| (x, plot.pooled * x)), pen),
    }
}

/// The arc around the origin, far enough out that no point lies beyond it.
struct Arc {
    centre: (f64, f64),
    radius: f64,
    /// Ends of the arc on the analysis scale.
    ends: (f64, f64),
    /// Rise over run, in units of the page, of an effect of 1.
    unit: f64,
}

impl Arc {
    fn new(plane: &Plane) -> Self {
        let centre = (plane.across.position(0.0), plane.up.position(0.0));
        let frame = plane.frame;
        let across = frame.right - centre.0 + ARC_GAP;
        let (above, below) = (centre.1 - frame.top, frame.bottom - centre.1);
        let radius = across.hypot(above.max(below));
        let length = |(low, high): (f64, f64)| high - low;
        let per_precision = frame.width() / length(plane.across.ends());
        let unit = frame.height() / length(plane.up.ends()) / per_precision;
        // The effect whose ray meets the arc at a height above the origin.
        let effect = |height: f64| height / (radius * radius - height * height).sqrt() / unit;
        Self { centre, radius, ends: (effect(-below), effect(above)), unit }
    }

    /// Where the ray of an effect meets a circle `beyond` the arc.
    fn beyond(&self, effect: f64, beyond: f64) -> (f64, f64) {
        let angle = (effect * self.unit).atan();
        let radius = self.radius + beyond;
        (self.centre.0 + radius * angle.cos(), self.centre.1 - radius * angle.sin())
    }

    /// Where the ray of an effect meets the arc, if it does.
    fn at(&self, effect: f64) -> Option<(f64, f64)> {
        (effect >= self.ends.0 && effect <= self.ends.1).then(|| self.beyond(effect, 0.0))
    }

    /// Points along the arc from one effect to another.
    fn along(&self, (low, high): (f64, f64)) -> Vec<(f64, f64)> {
        const PIECES: u32 = 60;
        let angle = |effect: f64| (effect * self.unit).atan();
        let (from, to) = (angle(low), angle(high));
        let at = |share: f64| {
            let angle = from + (to - from) * share;
            let (x, y) = (self.radius * angle.cos(), self.radius * angle.sin());
            (self.centre.0 + x, self.centre.1 - y)
        };
        (0..=PIECES).map(|i| at(f64::from(i) / f64::from(PIECES))).collect()
    }

    /// The arc with its ticks, labels and the interval of the pooled estimate; returns the right end.
    fn draw(&self, canvas: &mut Canvas, plot: &RadialPlot) -> f64 {
        let axis = Axis::new(plot.scale, self.ends, (0.0, 1.0));
        let (low, high) = axis.ends();
        let effect = |tick: &Tick| low + tick.position * (high - low);
        let place = |tick: &Tick| self.beyond(effect(tick), 10.0);
        let ticks = axis.ticks_that(|ticks| {
            ticks.windows(2).all(|p| place(&p[0]).1 - place(&p[1]).1 >= 1.5 * SMALL.size)
        });
        let pen = Pen::solid(Stroke::Line, 1.0);
        canvas.line(&self.along((low, high)), pen);
        let mut right = self.centre.0 + self.radius;
        for tick in &ticks {
            let ends = [self.beyond(effect(tick), 0.0), self.beyond(effect(tick), 5.0)];
            canvas.line(&ends, pen);
            let (x, y) = place(tick);
            let baseline = (x, y + SMALL.drop());
            canvas.text(baseline, Anchor::Start, SMALL, Fill::Ink, &tick.label);
            right = right.max(x + SMALL.width(&tick.label));
        }
        if let Some((lower, upper)) = plot.interval {
            let (lower, upper) = (lower.max(low), upper.min(high));
            if lower <= upper {
                canvas.line(&self.along((lower, upper)), Pen::solid(Stroke::Pooled, 4.0));
            }
        }
        let label = LABEL.cut(&plot.effect_label, SIZE.1);
        if label.is_empty() {
            return right;
        }
        let at = (right + 10.0 + LABEL.size, MARGIN + SIZE.1 / 2.0);
        canvas.text_up(at, LABEL, Fill::Ink, &label);
        at.0 + 4.0
    }
}
