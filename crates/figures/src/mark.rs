//! The marks that stand for studies: told apart by shape and filling as well as by colour.

use crate::canvas::{Canvas, Pen};
use crate::paint::{Fill, Stroke};

/// What a point of a plot looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A study: a filled circle.
    Study,
    /// A study that nobody observed, or that the mark is to look through: an empty circle.
    Open,
    /// A study that stands out: a filled diamond.
    Marked,
}

impl Mark {
    /// Draws the mark around a point; the areas of all marks of a radius look alike.
    pub(crate) fn draw(self, canvas: &mut Canvas, (x, y): (f64, f64), radius: f64) {
        let outline = Some(Pen::solid(Stroke::Line, 0.75));
        match self {
            Self::Study => canvas.circle((x, y), radius, Fill::Square, outline),
            Self::Open => {
                let outline = Some(Pen::solid(Stroke::Line, 1.1));
                canvas.circle((x, y), radius, Fill::Paper, outline);
            }
            Self::Marked => {
                let r = radius * 1.3;
                let points = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
                canvas.polygon(&points, Fill::Marked, outline);
            }
        }
    }
}

/// Radius of equal marks; the more there are, the smaller.
pub(crate) fn mark_radius(count: usize) -> f64 {
    (40.0 / (count.max(1) as f64).sqrt()).clamp(2.2, 4.0)
}

/// Radii of circles whose areas are proportional to sizes; the more circles, the smaller the largest. Sizes that are
/// not positive numbers get the least radius that can be seen.
pub(crate) fn bubble_radii(sizes: &[f64]) -> Vec<f64> {
    const LEAST: f64 = 2.5;
    let usable = |size: f64| if size.is_finite() && size > 0.0 { size } else { 0.0 };
    let largest = sizes.iter().map(|&size| usable(size)).fold(0.0, f64::max);
    let most = (90.0 / (sizes.len() as f64).sqrt()).clamp(5.0, 16.0);
    let radius = |&size: &f64| (most * (usable(size) / largest).sqrt()).max(LEAST);
    if largest > 0.0 { sizes.iter().map(radius).collect() } else { vec![4.0; sizes.len()] }
}
