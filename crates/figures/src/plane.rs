//! A rectangle with two numeric axes, on which most figures draw.

use crate::Scale;
use crate::axis::{Axis, Tick, side_by_side};
use crate::canvas::{Anchor, Canvas, Pen};
use crate::clip::Frame;
use crate::paint::{Fill, Stroke};
use crate::text::Font;

pub(crate) const MARGIN: f64 = 16.0;
pub(crate) const SMALL: Font = Font::regular(12.0);
pub(crate) const LABEL: Font = Font::bold(13.0);
/// Width and height of a figure's one plane: text of 12 units is still legible in a journal's column.
pub(crate) const SIZE: (f64, f64) = (480.0, 360.0);
/// Room right of a plane for half a tick label.
pub(crate) const RIGHT: f64 = 32.0;

const TICK: f64 = 5.0;

/// One of the two axes before it has a place.
pub(crate) struct Side<'a> {
    pub(crate) scale: Scale,
    /// Ends on the working scale.
    pub(crate) ends: (f64, f64),
    pub(crate) label: &'a str,
    pub(crate) ticks: Ticks,
}

/// Where the ticks of an axis are.
pub(crate) enum Ticks {
    /// At round numbers.
    Round,
    /// At these values of the working scale, the most important first.
    At(Vec<(f64, String)>),
}

/// Which way the values of the vertical axis grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growth {
    Upwards,
    Downwards,
}

impl<'a> Side<'a> {
    /// An axis with ticks at round numbers.
    pub(crate) fn new(scale: Scale, ends: (f64, f64), label: &'a str) -> Self {
        Self { scale, ends, label, ticks: Ticks::Round }
    }

    /// An axis of values as they are, with ticks at round numbers.
    pub(crate) fn linear(ends: (f64, f64), label: &'a str) -> Self {
        Self::new(Scale::Linear, ends, label)
    }
}

/// A plane with its place on the page.
#[derive(Debug)]
pub(crate) struct Plane {
    pub(crate) across: Axis,
    pub(crate) up: Axis,
    pub(crate) frame: Frame,
    across_ticks: Vec<Tick>,
    up_ticks: Vec<Tick>,
    across_label: Vec<String>,
    up_label: String,
}

impl Plane {
    /// A plane of the usual size in the usual place.
    pub(crate) fn usual(across: &Side, up: &Side) -> Self {
        Self::new((MARGIN, MARGIN), SIZE, across, (up, Growth::Upwards))
    }

    /// A plane of a size, its labels included from a point on the left; the plane itself begins right of them.
    pub(crate) fn new(
        (left, top): (f64, f64),
        (width, height): (f64, f64),
        across: &Side,
        (up, growth): (&Side, Growth),
    ) -> Self {
        let bottom = top + height;
        let ends = match growth {
            Growth::Upwards => (bottom, top),
            Growth::Downwards => (top, bottom),
        };
        let up_axis = Axis::new(up.scale, up.ends, ends);
        let up_ticks = match &up.ticks {
            Ticks::Round => up_axis.stacked_ticks(SMALL),
            Ticks::At(values) => up_axis.ticks_at(values, |_, _| 1.4 * SMALL.size),
        };
        let widest = up_ticks.iter().map(|t| SMALL.width(&t.label)).fold(0.0, f64::max);
        let up_label = LABEL.cut(up.label, height);
        let beside = if up_label.is_empty() { 0.0 } else { LABEL.size + 10.0 };
        let left = left + beside + widest.max(20.0) + TICK + 4.0;
        let right = left + width;
        let across_axis = Axis::new(across.scale, across.ends, (left, right));
        let across_ticks = match &across.ticks {
            Ticks::Round => across_axis.ticks(SMALL),
            Ticks::At(values) => across_axis.ticks_at(values, side_by_side(SMALL)),
        };
        Self {
            across: across_axis,
            up: up_axis,
            frame: Frame { left, top, right, bottom },
            across_ticks,
            up_ticks,
            across_label: LABEL.wrap_at_most(across.label, width, 2),
            up_label,
        }
    }

    /// Lower end of what stands under the plane.
    pub(crate) fn bottom(&self) -> f64 {
        let ticks = self.frame.bottom + TICK + 3.0 + SMALL.line_height();
        ticks + self.across_label.len() as f64 * LABEL.line_height() + 6.0
    }

    /// Where a point of the working scales lies, if it does inside.
    pub(crate) fn point(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        let at = (self.across.position(x), self.up.position(y));
        self.frame.holds(at).then_some(at)
    }

    /// The axes with their ticks and labels.
    pub(crate) fn draw(&self, canvas: &mut Canvas) {
        let Frame { left, top, right, bottom } = self.frame;
        let pen = Pen::solid(Stroke::Line, 1.0);
        canvas.line(&[(left, top), (left, bottom), (right, bottom)], pen);
        for tick in &self.across_ticks {
            canvas.line(&[(tick.position, bottom), (tick.position, bottom + TICK)], pen);
            let baseline = (tick.position, bottom + TICK + 3.0 + SMALL.size);
            canvas.text(baseline, Anchor::Middle, SMALL, Fill::Ink, &tick.label);
        }
        for tick in &self.up_ticks {
            canvas.line(&[(left - TICK, tick.position), (left, tick.position)], pen);
            let baseline = (left - TICK - 4.0, tick.position + SMALL.drop());
            canvas.text(baseline, Anchor::End, SMALL, Fill::Ink, &tick.label);
        }
        let first = bottom + TICK + 3.0 + SMALL.line_height() + 4.0 + LABEL.size;
        let middle = f64::midpoint(left, right);
        canvas.lines((middle, first), Anchor::Middle, LABEL, Fill::Ink, &self.across_label);
        let widest = self.up_ticks.iter().map(|t| SMALL.width(&t.label)).fold(20.0, f64::max);
        let beside = (left - TICK - 4.0 - widest - 10.0, f64::midpoint(top, bottom));
        canvas.text_up(beside, LABEL, Fill::Ink, &self.up_label);
    }

    /// A line through points of the working scales, as far as it lies inside.
    pub(crate) fn line(&self, canvas: &mut Canvas, points: &[(f64, f64)], pen: Pen) {
        let points: Vec<_> = points.iter().map(|&p| self.place(p)).collect();
        for part in self.frame.clip_line(&points) {
            canvas.line(&part, pen);
        }
    }

    /// The area between two lines, as `(x, lower, upper)` on the working scales, as far as it lies inside. A limit
    /// that is infinite is beyond the plane; one that is not a number leaves its point out.
    pub(crate) fn band(&self, canvas: &mut Canvas, limits: &[(f64, f64, f64)], fill: Fill) {
        let usable = |l: &&(f64, f64, f64)| l.0.is_finite() && !l.1.is_nan() && !l.2.is_nan();
        let lower = limits.iter().filter(usable).map(|l| self.place((l.0, l.1)));
        let upper = limits.iter().filter(usable).map(|l| self.place((l.0, l.2)));
        let outline: Vec<_> = lower.chain(upper.rev()).collect();
        self.fill(canvas, &outline, fill);
    }

    /// A closed area through points of the working scales, as far as it lies inside; points that are not numbers are
    /// left out.
    pub(crate) fn area(&self, canvas: &mut Canvas, points: &[(f64, f64)], fill: Fill) {
        let usable = |p: &&(f64, f64)| !p.0.is_nan() && !p.1.is_nan();
        let outline: Vec<_> = points.iter().filter(usable).map(|&p| self.place(p)).collect();
        self.fill(canvas, &outline, fill);
    }

    fn fill(&self, canvas: &mut Canvas, outline: &[(f64, f64)], fill: Fill) {
        let inside = self.frame.clip_area(outline);
        if inside.len() > 2 {
            canvas.polygon(&inside, fill, None);
        }
    }

    /// A vertical line at a value of the working scale.
    pub(crate) fn upright(&self, canvas: &mut Canvas, x: f64, pen: Pen) {
        let at = self.across.position(x);
        for part in self.frame.clip_line(&[(at, self.frame.top), (at, self.frame.bottom)]) {
            canvas.line(&part, pen);
        }
    }

    /// A level line at a value of the working scale.
    pub(crate) fn level(&self, canvas: &mut Canvas, y: f64, pen: Pen) {
        let at = self.up.position(y);
        for part in self.frame.clip_line(&[(self.frame.left, at), (self.frame.right, at)]) {
            canvas.line(&part, pen);
        }
    }

    /// Position of a point, far outside at most.
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let bound = |v: f64| if v.is_nan() { v } else { v.clamp(-1e6, 1e6) };
        (bound(self.across.position(x)), bound(self.up.position(y)))
    }
}
