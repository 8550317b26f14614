//! What the effect axis covers, and which intervals can be drawn on it.

use super::{Estimate, ForestPlot, ForestRow, Scale};
use crate::axis::Range;

/// Ends of the axis on the working scale: the caller's, or chosen from the rows.
///
/// Chosen so that the null, every estimate and every pooled interval is on the axis; the other intervals as far as
/// they go, but no further out than a typical interval is wide, lest one imprecise study squeeze all others.
pub(super) fn ends(plot: &ForestPlot) -> (f64, f64) {
    if let Some(given) = given_ends(plot) {
        return given;
    }
    let null = plot.scale.working(plot.null_value).filter(|n| n.is_finite());
    let extent = Extent::of(plot, null);
    let empty = match plot.scale {
        Scale::Log => std::f64::consts::LN_10,
        Scale::Linear => 1.0,
    };
    let Some((core_low, core_high)) = extent.core.0 else { return (-empty, empty) };
    let Some((reach_low, reach_high)) = extent.reach.0 else {
        let room = if core_high > core_low { 0.0 } else { empty };
        return rounded(
            plot.scale,
            balanced(plot.scale, null, (core_low - room, core_high + room)),
        );
    };
    let room = (0.75 * (core_high - core_low)).max(extent.typical_width());
    let room = if room > 0.0 { room } else { empty };
    let low = core_low.min(reach_low).max(core_low - room);
    let high = core_high.max(reach_high).min(core_high + room);
    rounded(plot.scale, balanced(plot.scale, null, (low, high)))
}

/// The caller's ends, if they are usable.
fn given_ends(plot: &ForestPlot) -> Option<(f64, f64)> {
    let (low, high) = plot.limits?;
    let (low, high) = (plot.scale.working(low)?, plot.scale.working(high)?);
    (low.is_finite() && high.is_finite() && low < high).then_some((low, high))
}

/// An interval on the working scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    pub(super) estimate: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
}

impl Interval {
    /// `None` for what cannot be drawn: not a number, an infinite estimate, an estimate outside its own interval.
    pub(super) fn new(scale: Scale, estimate: &Estimate) -> Option<Self> {
        let interval = Self {
            estimate: scale.working(estimate.estimate)?,
            lower: scale.working(estimate.lower)?,
            upper: scale.working(estimate.upper)?,
        };
        let ordered = interval.lower <= interval.estimate && interval.estimate <= interval.upper;
        (ordered && interval.estimate.is_finite()).then_some(interval)
    }
}

/// What the rows cover.
#[derive(Debug, Default)]
struct Extent {
    /// Must be on the axis: the null, estimates, pooled intervals.
    core: Range,
    /// Should be: the intervals of studies and of predictions.
    reach: Range,
    /// Twice each finite half of a study's interval.
    widths: Vec<f64>,
}

impl Extent {
    fn of(plot: &ForestPlot, null: Option<f64>) -> Self {
        let mut extent = Self::default();
        extent.core.take(null);
        for row in &plot.rows {
            match row {
                ForestRow::Study { effect: Some(estimate), .. }
                | ForestRow::Repooled { effect: Some(estimate), .. } => {
                    extent.study(Interval::new(plot.scale, estimate));
                }
                ForestRow::Summary { estimate, .. } => {
                    let interval = Interval::new(plot.scale, estimate);
                    extent.core.take(interval.iter().flat_map(|i| [i.lower, i.estimate, i.upper]));
                }
                ForestRow::Prediction { lower, upper, .. } => {
                    extent
                        .reach
                        .take([lower, upper].into_iter().filter_map(|&v| plot.scale.working(v)));
                }
                _ => {}
            }
        }
        extent
    }

    fn study(&mut self, interval: Option<Interval>) {
        let Some(interval) = interval else { return };
        self.core.take([interval.estimate]);
        self.reach.take([interval.lower, interval.upper]);
        let halves = [interval.upper - interval.estimate, interval.estimate - interval.lower];
        self.widths.extend(halves.iter().map(|half| 2.0 * half).filter(|width| width.is_finite()));
    }

    /// Median width of the studies' intervals; 0 without any.
    fn typical_width(mut self) -> f64 {
        self.widths.sort_by(f64::total_cmp);
        self.widths.get(self.widths.len() / 2).copied().unwrap_or(0.0)
    }
}

/// Leaves at least a quarter of the axis on each side of the null, so that both sides can be named.
fn balanced(scale: Scale, null: Option<f64>, (low, high): (f64, f64)) -> (f64, f64) {
    let Some(null) = null else { return (low, high) };
    let (below, above) = (null - low, high - null);
    let least = match scale {
        Scale::Log => 1.05f64.ln(),
        Scale::Linear if below.max(above) > 0.0 => 0.0,
        Scale::Linear => 1.0,
    };
    (null - below.max(above / 3.0).max(least), null + above.max(below / 3.0).max(least))
}

/// Moves the ends out to the nearest nice value.
fn rounded(scale: Scale, (low, high): (f64, f64)) -> (f64, f64) {
    const NICE: [f64; 3] = [1.0, 2.0, 5.0];
    let span = high - low;
    if !(span.is_finite() && span > 0.0) {
        return (low, high);
    }
    if scale == Scale::Log && (span < 3f64.ln() || low < -600.0 || high > 600.0) {
        return (low - 0.03 * span, high + 0.03 * span);
    }
    if scale == Scale::Log {
        let candidates = |value: f64| {
            let power = 10f64.powf((value / std::f64::consts::LN_10).floor());
            NICE.iter().chain(&[10.0]).map(move |lead| (lead * power).ln())
        };
        let down = candidates(low).filter(|&v| v <= low + 1e-9).fold(f64::NEG_INFINITY, f64::max);
        let up = candidates(high).filter(|&v| v >= high - 1e-9).fold(f64::INFINITY, f64::min);
        return if down.is_finite() && up.is_finite() { (down, up) } else { (low, high) };
    }
    let step = 10f64.powf((span / 4.0).log10().floor());
    let step = if span / step > 20.0 {
        5.0 * step
    } else if span / step > 10.0 {
        2.0 * step
    } else {
        step
    };
    ((low / step - 1e-9).floor() * step, (high / step + 1e-9).ceil() * step)
}
