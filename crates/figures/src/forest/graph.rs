//! The drawn half of a forest plot: axis, squares, diamonds, prediction bars.

use super::range::{Interval, ends};
use super::table::SMALL;
use super::{Estimate, ForestPlot, ForestRow, Scale};
use crate::axis::Axis;
use crate::canvas::{Anchor, Canvas, Dash, Pen};
use crate::paint::{Fill, Stroke};

/// Side of the heaviest study's square.
const LARGEST_SQUARE: f64 = 14.0;
/// Side below which a square could not be seen.
const SMALLEST_SQUARE: f64 = 3.0;
/// Side of a square without a weight.
const PLAIN_SQUARE: f64 = 7.0;
const ARROW: f64 = 7.0;
/// The axis stops short of the plot's edges, which leaves room for tick labels.
const INSET: f64 = 14.0;

/// The plot area with its axis.
#[derive(Debug)]
pub(super) struct Graph {
    scale: Scale,
    axis: Axis,
    plot: (f64, f64),
    /// The line of no difference, when it lies on the axis.
    null: Option<f64>,
    heaviest: f64,
}

impl Graph {
    pub(super) fn new(plot: &ForestPlot, area: (f64, f64)) -> Self {
        let axis = Axis::new(plot.scale, ends(plot), (area.0 + INSET, area.1 - INSET));
        let null = plot.scale.working(plot.null_value).filter(|null| {
            let (low, high) = axis.ends();
            (low..=high).contains(null)
        });
        let weights = plot.rows.iter().filter_map(|row| match row {
            ForestRow::Study { weight, .. } => *weight,
            _ => None,
        });
        let heaviest = weights.filter(|w| w.is_finite()).fold(0.0, f64::max);
        Self { scale: plot.scale, axis, plot: area, null: null.map(|n| axis.position(n)), heaviest }
    }

    /// A study: its interval as a line, its estimate as a square.
    pub(super) fn study(
        &self,
        canvas: &mut Canvas,
        y: f64,
        estimate: &Estimate,
        weight: Option<f64>,
    ) {
        let Some(interval) = Interval::new(self.scale, estimate) else { return };
        if let Some(x) = self.inside(interval.estimate) {
            let side = self.square_side(weight);
            canvas.rect((x - side / 2.0, y - side / 2.0), (side, side), Fill::Square, None);
        }
        if let Some((left, right)) =
            self.clipped(canvas, y, interval.lower, interval.upper, Fill::Ink)
        {
            canvas.line(&[(left, y), (right, y)], Pen::solid(Stroke::Line, 1.1));
        }
    }

    /// A pool of other studies than all: its interval as a line, its estimate as a circle, for no weight belongs to it.
    pub(super) fn repooled(&self, canvas: &mut Canvas, y: f64, estimate: &Estimate) {
        let Some(interval) = Interval::new(self.scale, estimate) else { return };
        if let Some((left, right)) =
            self.clipped(canvas, y, interval.lower, interval.upper, Fill::Ink)
        {
            canvas.line(&[(left, y), (right, y)], Pen::solid(Stroke::Line, 1.1));
        }
        if let Some(x) = self.inside(interval.estimate) {
            let outline = Some(Pen::solid(Stroke::Line, 0.75));
            canvas.circle((x, y), PLAIN_SQUARE / 2.0, Fill::Subtotal, outline);
        }
    }

    /// A pooled estimate: a diamond from limit to limit, cut off at the ends of the axis.
    pub(super) fn diamond(&self, canvas: &mut Canvas, y: f64, estimate: &Estimate, overall: bool) {
        let Some(interval) = Interval::new(self.scale, estimate) else { return };
        let (fill, half) = if overall { (Fill::Diamond, 7.5) } else { (Fill::Subtotal, 6.0) };
        let Some((left, right)) = self.clipped(canvas, y, interval.lower, interval.upper, fill)
        else {
            return;
        };
        // Beyond the axis the sides run on far outside; the cut keeps their slope.
        let at = |worked: f64| self.axis.position(worked).clamp(-1e6, 1e6);
        let (tip_left, middle, tip_right) =
            (at(interval.lower), at(interval.estimate), at(interval.upper));
        let side = |x: f64| {
            let (near, far) = if x < middle { (tip_left, x) } else { (tip_right, x) };
            let share =
                if (near - middle).abs() < 1e-9 { 1.0 } else { (near - far) / (near - middle) };
            half * share.clamp(0.0, 1.0)
        };
        let mut top: Vec<(f64, f64)> = vec![(left, y - side(left))];
        if left < middle && middle < right {
            top.push((middle, y - half));
        }
        top.push((right, y - side(right)));
        let mut points = top.clone();
        points.extend(top.iter().rev().map(|&(x, above)| (x, 2.0 * y - above)));
        points.dedup();
        if points.first() == points.last() {
            points.pop();
        }
        canvas.polygon(&points, fill, None);
    }

    /// A prediction interval: a bar.
    pub(super) fn prediction(&self, canvas: &mut Canvas, y: f64, lower: f64, upper: f64) {
        let worked = (self.scale.working(lower), self.scale.working(upper));
        let (Some(lower), Some(upper)) = worked else { return };
        if lower > upper {
            return;
        }
        if let Some((left, right)) = self.clipped(canvas, y, lower, upper, Fill::Prediction) {
            canvas.rect((left, y - 2.5), (right - left, 5.0), Fill::Prediction, None);
        }
    }

    /// The line of no difference from `top` to the axis, the axis at `bottom`, its ticks and what each side favours.
    /// Returns the lower end of it all.
    pub(super) fn frame(
        &self,
        canvas: &mut Canvas,
        plot: &ForestPlot,
        top: f64,
        bottom: f64,
    ) -> f64 {
        let pen = Pen::solid(Stroke::Line, 1.0);
        if let Some(x) = self.null {
            canvas.line(&[(x, top), (x, bottom)], pen);
        }
        let (low, high) = self.axis.ends();
        let ends = [(self.axis.position(low), bottom), (self.axis.position(high), bottom)];
        canvas.line(&ends, pen);
        for tick in self.axis.ticks(SMALL) {
            let half = SMALL.width(&tick.label) / 2.0;
            canvas.line(&[(tick.position, bottom), (tick.position, bottom + 5.0)], pen);
            if tick.position - half >= self.plot.0 - 6.0
                && tick.position + half <= self.plot.1 + 6.0
            {
                let baseline = (tick.position, bottom + 7.0 + SMALL.size);
                canvas.text(baseline, Anchor::Middle, SMALL, Fill::Ink, &tick.label);
            }
        }
        self.favours(canvas, plot, bottom + 12.0 + SMALL.size)
    }

    /// A dotted line at an estimate, from the top of the rows to its diamond.
    pub(super) fn pooled_line(
        &self,
        canvas: &mut Canvas,
        estimate: &Estimate,
        top: f64,
        bottom: f64,
    ) {
        let at = Interval::new(self.scale, estimate).and_then(|i| self.inside(i.estimate));
        if let Some(x) = at {
            let pen = Pen { stroke: Stroke::Pooled, width: 1.0, dash: Dash::Dotted };
            canvas.line(&[(x, top), (x, bottom)], pen);
        }
    }

    /// Faint lines at the limits of an estimate, from the top of the rows to its diamond.
    pub(super) fn limit_lines(
        &self,
        canvas: &mut Canvas,
        estimate: &Estimate,
        top: f64,
        bottom: f64,
    ) {
        let Some(interval) = Interval::new(self.scale, estimate) else { return };
        for x in [interval.lower, interval.upper].into_iter().filter_map(|v| self.inside(v)) {
            let pen = Pen { stroke: Stroke::Pooled, width: 0.6, dash: Dash::Dashed };
            canvas.line(&[(x, top), (x, bottom)], pen);
        }
    }

    /// What each side of the null favours: an arrow away from it and words below. Returns the lower end.
    fn favours(&self, canvas: &mut Canvas, plot: &ForestPlot, top: f64) -> f64 {
        let (left, right) = self.plot;
        let centre = f64::midpoint(left, right);
        let split = self.null.filter(|x| x - left >= 70.0 && right - x >= 70.0).unwrap_or(centre);
        let mut end = top;
        let sides =
            [(&plot.favours_lower, split - 5.0, left), (&plot.favours_higher, split + 5.0, right)];
        for (text, from, to) in sides {
            let lines = SMALL.wrap_at_most(text, (to - from).abs(), 4);
            if lines.is_empty() {
                continue;
            }
            let y = top + 6.0;
            let way = (to - from).signum();
            canvas.line(&[(from, y), (to - way * ARROW, y)], Pen::solid(Stroke::Line, 1.0));
            canvas.arrow_head((to, y), (way, 0.0), ARROW, Fill::Ink);
            let first = (f64::midpoint(from, to), y + 5.0 + SMALL.size);
            canvas.lines(first, Anchor::Middle, SMALL, Fill::Ink, &lines);
            end = end.max(y + 5.0 + lines.len() as f64 * SMALL.line_height() + 3.0);
        }
        end
    }

    /// Position of a value if it lies on the axis.
    fn inside(&self, worked: f64) -> Option<f64> {
        let (low, high) = self.axis.ends();
        (low..=high).contains(&worked).then(|| self.axis.position(worked))
    }

    /// The part of an interval that lies on the axis, with an arrow head drawn where it goes on. `None` if no part
    /// does; then an arrow alone says on which side it lies.
    fn clipped(
        &self,
        canvas: &mut Canvas,
        y: f64,
        lower: f64,
        upper: f64,
        fill: Fill,
    ) -> Option<(f64, f64)> {
        let (low, high) = self.axis.ends();
        let (left, right) = (self.axis.position(low), self.axis.position(high));
        if lower < low {
            canvas.arrow_head((left - 4.0, y), (-1.0, 0.0), ARROW, fill);
        }
        if upper > high {
            canvas.arrow_head((right + 4.0, y), (1.0, 0.0), ARROW, fill);
        }
        let overlaps = upper >= low && lower <= high;
        overlaps.then(|| (self.axis.position(lower.max(low)), self.axis.position(upper.min(high))))
    }

    /// Side of a study's square: its area is proportional to the weight.
    fn square_side(&self, weight: Option<f64>) -> f64 {
        match weight {
            Some(weight) if self.heaviest > 0.0 && weight.is_finite() => {
                (LARGEST_SQUARE * (weight.max(0.0) / self.heaviest).sqrt()).max(SMALLEST_SQUARE)
            }
            _ => PLAIN_SQUARE,
        }
    }
}
