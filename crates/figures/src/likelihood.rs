//! Profile likelihood of a variance: how well each value of it explains the data.

use crate::Svg;
use crate::axis::Range;
use crate::canvas::{Canvas, Caption, Dash, Pen};
use crate::key::{Key, Swatch};
use crate::mark::Mark;
use crate::paint::Stroke;
use crate::plane::{MARGIN, Plane, RIGHT, Side};

/// Everything a plot of a profile likelihood shows.
#[derive(Debug, Clone, PartialEq)]
pub struct LikelihoodPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// Values of the parameter, rising, with the log-likelihood that the others reach there.
    pub profile: Vec<(f64, f64)>,
    /// The parameter, such as "τ²".
    pub parameter_label: String,
    /// Label of the vertical axis, such as "Restricted log-likelihood".
    pub likelihood_label: String,
    /// The estimate.
    pub estimate: Option<f64>,
    /// The likelihood interval.
    pub interval: Option<LikelihoodInterval>,
}

/// The values of a parameter that explain the data well enough.
#[derive(Debug, Clone, PartialEq)]
pub struct LikelihoodInterval {
    /// What it is, such as "95% profile-likelihood interval".
    pub label: String,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit; may be infinite.
    pub upper: f64,
    /// Log-likelihood at the limits.
    pub cutoff: f64,
}

const PROFILE: Pen = Pen::solid(Stroke::Line, 1.5);
const ESTIMATE: Pen = Pen { stroke: Stroke::Pooled, width: 1.2, dash: Dash::Dotted };
const INTERVAL: Pen = Pen { stroke: Stroke::Rule, width: 1.1, dash: Dash::Dashed };
/// Up to so many values are drawn as points too.
const MOST_POINTS: usize = 60;

/// Draws a profile likelihood: its curve, the estimate at its top, and the level and limits of the interval.
///
/// Values that are not finite break the curve.
pub fn likelihood(plot: &LikelihoodPlot) -> Svg {
    let mut across = Range::of(plot.profile.iter().map(|p| p.0));
    across.take(plot.estimate.into_iter().chain(plot.interval.iter().map(|i| i.lower)));
    let mut up = Range::of(plot.profile.iter().map(|p| p.1));
    up.take(plot.interval.iter().map(|i| i.cutoff));
    let plane = Plane::usual(
        &Side::linear(across.with_room(0.04, (0.0, 1.0)), &plot.parameter_label),
        &Side::linear(up.with_room(0.06, (-1.0, 0.0)), &plot.likelihood_label),
    );
    let mut canvas = Canvas::default();
    if let Some(interval) = &plot.interval {
        plane.level(&mut canvas, interval.cutoff, INTERVAL);
        for limit in [interval.lower, interval.upper] {
            plane.upright(&mut canvas, limit, INTERVAL);
        }
    }
    if let Some(estimate) = plot.estimate {
        plane.upright(&mut canvas, estimate, ESTIMATE);
    }
    plane.line(&mut canvas, &plot.profile, PROFILE);
    plane.draw(&mut canvas);
    if plot.profile.len() <= MOST_POINTS {
        for at in plot.profile.iter().filter_map(|&p| plane.point(p)) {
            Mark::Study.draw(&mut canvas, at, 2.4);
        }
    }
    let mut items = vec![];
    if plot.estimate.is_some() {
        items.push((Swatch::Line(ESTIMATE), "Estimate"));
    }
    items.extend(plot.interval.iter().map(|i| (Swatch::Line(INTERVAL), i.label.as_str())));
    let key = Key::new(items, plane.frame.width() + RIGHT - MARGIN);
    let bottom = key.draw(&mut canvas, (plane.frame.left, plane.bottom() + 4.0));
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((plane.frame.right + RIGHT, bottom + MARGIN), &caption)
}
