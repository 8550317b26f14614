//! Funnel plot: each study's effect against its standard error.

use crate::axis::Axis;
use crate::canvas::{Anchor, Canvas, Caption, Dash, Pen};
use crate::paint::{Fill, Stroke};
use crate::text::Font;
use crate::{Scale, Svg};

/// Everything a funnel plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The studies.
    pub points: Vec<FunnelPoint>,
    /// Pooled estimate on the analysis scale (logarithm for ratios).
    pub pooled: f64,
    /// `Log` labels the effect axis with `exp` of the analysis scale.
    pub scale: Scale,
    /// Label of the effect axis.
    pub effect_label: String,
    /// Level of the funnel's limits, such as 0.95.
    pub level: f64,
    /// Shade the regions of p < 0.1, 0.05 and 0.01 around the null (Peters 2008) instead of around the pooled estimate.
    pub contours: bool,
}

/// One study of a funnel plot.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelPoint {
    /// Name of the study.
    pub label: String,
    /// Estimate on the analysis scale.
    pub estimate: f64,
    /// Standard error of the estimate.
    pub se: f64,
}

const MARGIN: f64 = 16.0;
const SMALL: Font = Font::regular(12.0);
const LABEL: Font = Font::bold(13.0);
const PLOT: (f64, f64) = (560.0, 400.0);
const LEFT: f64 = 84.0;
const RADIUS: f64 = 4.0;

/// Two-sided significance levels of the contours, outermost first, with the region inside each.
const CONTOURS: [(f64, Fill); 3] =
    [(0.01, Fill::ContourP05), (0.05, Fill::ContourP10), (0.1, Fill::ContourOpen)];

/// Draws a funnel plot: effects across, standard errors downwards from zero, the line of the pooled estimate and
/// the limits within which studies of one common effect would lie.
///
/// With contours the shaded regions stand around no effect (zero on the analysis scale). Studies without a finite
/// estimate and a positive, finite standard error are not drawn, and a line below says how many.
pub fn funnel(plot: &FunnelPlot) -> Svg {
    let points: Vec<&FunnelPoint> = plot.points.iter().filter(|p| p.is_usable()).collect();
    let area = Area::new(plot, &points);
    let mut canvas = Canvas::default();
    if plot.contours {
        area.draw_contours(&mut canvas);
    }
    area.draw_limits(&mut canvas, plot);
    area.draw_axes(&mut canvas, plot);
    for point in &points {
        let centre = (area.across.position(point.estimate), area.down.position(point.se));
        canvas.group(&point.label, |canvas| {
            canvas.circle(centre, RADIUS, Fill::Square, Some(Pen::solid(Stroke::Line, 0.75)));
        });
    }
    let mut bottom = MARGIN + PLOT.1 + 52.0;
    if plot.contours {
        bottom = draw_contour_legend(&mut canvas, bottom + 10.0);
    }
    let missing = plot.points.len() - points.len();
    if missing > 0 {
        let text = format!("Not drawn for want of a usable estimate or standard error: {missing}");
        canvas.text((LEFT, bottom + 8.0 + SMALL.size), Anchor::Start, SMALL, Fill::Muted, &text);
        bottom += 8.0 + SMALL.line_height();
    }
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((LEFT + PLOT.0 + 2.0 * MARGIN, bottom + MARGIN), &caption)
}

impl FunnelPoint {
    fn is_usable(&self) -> bool {
        self.estimate.is_finite() && self.se.is_finite() && self.se > 0.0
    }
}

/// The plot's two axes.
struct Area {
    across: Axis,
    down: Axis,
    /// Standard error at the foot.
    largest: f64,
}

impl Area {
    fn new(plot: &FunnelPlot, points: &[&FunnelPoint]) -> Self {
        let largest = points.iter().map(|p| p.se).fold(0.0, f64::max);
        let largest = if largest > 0.0 { largest * 1.08 } else { 1.0 };
        let mut reach: Vec<f64> = points.iter().map(|p| p.estimate).collect();
        for (low, high) in
            limits(plot, largest).into_iter().chain(plot.contours.then(|| contour(0.05, largest)))
        {
            reach.extend([low, high]);
        }
        let low = reach.iter().copied().fold(f64::INFINITY, f64::min);
        let high = reach.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = if low <= high { (low, high) } else { (-1.0, 1.0) };
        let room = (high - low) * 0.05;
        Self {
            across: Axis::new(plot.scale, (low - room, high + room), (LEFT, LEFT + PLOT.0)),
            down: Axis::new(Scale::Linear, (0.0, largest), (MARGIN, MARGIN + PLOT.1)),
            largest,
        }
    }

    /// Regions of equal significance, from the paper inwards.
    fn draw_contours(&self, canvas: &mut Canvas) {
        let (top, bottom) = (MARGIN, MARGIN + PLOT.1);
        canvas.rect((LEFT, top), PLOT, Fill::ContourP01, None);
        for (p, fill) in CONTOURS {
            let (low, high) = contour(p, self.largest);
            let points = [
                (self.across.position(0.0), top),
                (self.across.position(high), bottom),
                (self.across.position(low), bottom),
            ];
            let points = within(&points, LEFT, LEFT + PLOT.0);
            if points.len() > 2 {
                canvas.polygon(&points, fill, None);
            }
        }
    }

    /// The pooled estimate and its funnel.
    fn draw_limits(&self, canvas: &mut Canvas, plot: &FunnelPlot) {
        let (top, bottom) = (MARGIN, MARGIN + PLOT.1);
        if !plot.pooled.is_finite() {
            return;
        }
        let tip = self.across.position(plot.pooled);
        let dashed = Pen { stroke: Stroke::Rule, width: 1.1, dash: Dash::Dashed };
        if let Some((low, high)) = limits(plot, self.largest) {
            canvas.line(&[(tip, top), (self.across.position(low), bottom)], dashed);
            canvas.line(&[(tip, top), (self.across.position(high), bottom)], dashed);
        }
        let pooled = Pen { stroke: Stroke::Pooled, width: 1.2, dash: Dash::Dotted };
        canvas.line(&[(tip, top), (tip, bottom)], pooled);
    }

    fn draw_axes(&self, canvas: &mut Canvas, plot: &FunnelPlot) {
        let (right, bottom) = (LEFT + PLOT.0, MARGIN + PLOT.1);
        let pen = Pen::solid(Stroke::Line, 1.0);
        canvas.line(&[(LEFT, MARGIN), (LEFT, bottom), (right, bottom)], pen);
        for tick in self.across.ticks(SMALL) {
            canvas.line(&[(tick.position, bottom), (tick.position, bottom + 5.0)], pen);
            let baseline = (tick.position, bottom + 8.0 + SMALL.size);
            canvas.text(baseline, Anchor::Middle, SMALL, Fill::Ink, &tick.label);
        }
        for tick in self.down.ticks(SMALL) {
            canvas.line(&[(LEFT - 5.0, tick.position), (LEFT, tick.position)], pen);
            let baseline = (LEFT - 9.0, tick.position + SMALL.drop());
            canvas.text(baseline, Anchor::End, SMALL, Fill::Ink, &tick.label);
        }
        let middle = LEFT + PLOT.0 / 2.0;
        let label = LABEL.cut(&plot.effect_label, PLOT.0);
        canvas.text((middle, bottom + 44.0), Anchor::Middle, LABEL, Fill::Ink, &label);
        let across = (MARGIN + LABEL.size, MARGIN + PLOT.1 / 2.0);
        canvas.text_up(across, LABEL, Fill::Ink, "Standard error");
    }
}

/// The funnel's limits at a standard error; none without a finite pooled estimate and a level between 0 and 1.
fn limits(plot: &FunnelPlot, se: f64) -> Option<(f64, f64)> {
    let z = quantile(0.5 + plot.level / 2.0)?;
    plot.pooled.is_finite().then_some((plot.pooled - z * se, plot.pooled + z * se))
}

/// Where a two-sided p-value is reached at a standard error.
fn contour(p: f64, se: f64) -> (f64, f64) {
    let z = quantile(1.0 - p / 2.0).unwrap_or(0.0);
    (-z * se, z * se)
}

/// Quantile of the standard normal distribution for `0.5 < p < 1`, by bisection of its distribution function; good to
/// far less than a pixel, which is all that a drawing needs.
fn quantile(p: f64) -> Option<f64> {
    if !(p > 0.5 && p < 1.0) {
        return None;
    }
    let (mut low, mut high) = (0.0, 10.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if below(middle) < p { low = middle } else { high = middle }
    }
    Some(f64::midpoint(low, high))
}

/// Standard normal distribution function for `x >= 0` (Abramowitz and Stegun 26.2.17, error below 7.5e-8).
fn below(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x);
    let poly = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    1.0 - (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt() * poly
}

/// A convex polygon cut off at two vertical lines.
fn within(points: &[(f64, f64)], left: f64, right: f64) -> Vec<(f64, f64)> {
    let cut = |points: &[(f64, f64)], edge: f64, keep: &dyn Fn(f64) -> bool| {
        let mut kept = Vec::new();
        for (i, &b) in points.iter().enumerate() {
            let a = points[(i + points.len() - 1) % points.len()];
            if keep(a.0) != keep(b.0) {
                kept.push((edge, a.1 + (b.1 - a.1) * (edge - a.0) / (b.0 - a.0)));
            }
            if keep(b.0) {
                kept.push(b);
            }
        }
        kept
    };
    let kept = cut(points, left, &|x| x >= left);
    cut(&kept, right, &|x| x <= right)
}

/// The regions in words; returns the lower end.
fn draw_contour_legend(canvas: &mut Canvas, top: f64) -> f64 {
    let items = [
        (Fill::ContourOpen, "P > 0.1"),
        (Fill::ContourP10, "0.05 < P < 0.1"),
        (Fill::ContourP05, "0.01 < P < 0.05"),
        (Fill::ContourP01, "P < 0.01"),
    ];
    let mut x = LEFT;
    for (fill, words) in items {
        canvas.rect((x, top), (18.0, 14.0), fill, Some(Pen::solid(Stroke::Rule, 0.75)));
        canvas.text((x + 24.0, top + 7.0 + SMALL.drop()), Anchor::Start, SMALL, Fill::Ink, words);
        x += 24.0 + SMALL.width(words) + 20.0;
    }
    top + 16.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_normal_distribution() {
        for (p, z) in [(0.95, 1.644_854), (0.975, 1.959_964), (0.995, 2.575_829), (0.75, 0.674_490)]
        {
            assert!((quantile(p).unwrap() - z).abs() < 1e-5, "{p}");
        }
        assert_eq!([0.0, 0.5, 1.0, f64::NAN].map(quantile), [None; 4]);
    }

    #[test]
    fn a_polygon_is_cut_at_the_edges() {
        let cut = within(&[(5.0, 0.0), (15.0, 10.0), (-5.0, 10.0)], 0.0, 10.0);
        assert_eq!(cut, [(0.0, 5.0), (5.0, 0.0), (10.0, 5.0), (10.0, 10.0), (0.0, 10.0)]);
    }
}
