//! GOSH plot (Olkin, Dahabreh & Trikalinos 2012): the pooled estimates and the heterogeneity of all subsets of studies.

use crate::axis::Range;
use crate::canvas::{Anchor, Canvas, Caption};
use crate::key::{Key, Swatch, remark};
use crate::paint::Fill;
use crate::plane::{LABEL, MARGIN, Plane, RIGHT, Side};
use crate::{Scale, Svg};

/// Everything a GOSH plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct GoshPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The subsets.
    pub points: Vec<GoshPoint>,
    /// The study whose subsets are marked, if one is.
    pub marked: Option<String>,
    /// Of the estimates.
    pub scale: Scale,
    /// Label of the horizontal axis.
    pub effect_label: String,
}

/// One subset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GoshPoint {
    /// Its pooled estimate.
    pub estimate: f64,
    /// Its I² in percent.
    pub i2: f64,
    /// Whether the marked study is in it.
    pub marked: bool,
}

/// Cells of the density in either direction.
const CELLS: (usize, usize) = (80, 60);
/// Height of the histogram over the plane.
const HISTOGRAM: f64 = 56.0;

/// Draws a GOSH plot: the more subsets fall into a cell, the darker it is; cells in which most subsets hold the marked
/// study have its colour. The histogram above is of the estimates.
///
/// Subsets whose numbers are not finite are not drawn, and a line below says how many.
pub fn gosh(plot: &GoshPlot) -> Svg {
    let usable: Vec<(f64, f64, bool)> = plot
        .points
        .iter()
        .filter_map(|it| Some((plot.scale.working(it.estimate)?, it.i2, it.marked)))
        .filter(|it| it.0.is_finite() && it.1.is_finite())
        .collect();
    let across = Range::of(usable.iter().map(|it| it.0)).with_room(0.03, (-1.0, 1.0));
    let sides =
        [Side::new(plot.scale, across, &plot.effect_label), Side::linear((-2.0, 102.0), "I² (%)")];
    let size = (480.0, 320.0);
    let growth = crate::plane::Growth::Upwards;
    let plane = Plane::new((MARGIN, MARGIN + HISTOGRAM), size, &sides[0], (&sides[1], growth));
    let mut canvas = Canvas::default();
    density(&mut canvas, &plane, &usable);
    histogram(&mut canvas, &plane, &usable);
    plane.draw(&mut canvas);
    let mut bottom = plane.bottom();
    if let Some(study) = &plot.marked {
        let (with, without) = (format!("With {study}"), format!("Without {study}"));
        let items = [
            (Swatch::Area(Fill::Marked), with.as_str()),
            (Swatch::Area(Fill::Square), without.as_str()),
        ];
        bottom = Key::new(items, plane.frame.width()).draw(&mut canvas, (plane.frame.left, bottom));
    }
    let missing = plot.points.len() - usable.len();
    if missing > 0 {
        let text = format!("Not drawn for want of a usable estimate or I²: {missing}");
        bottom = remark(&mut canvas, (plane.frame.left, bottom), plane.frame.width(), &text);
    }
    if usable.is_empty() {
        let middle = (
            f64::midpoint(plane.frame.left, plane.frame.right),
            f64::midpoint(plane.frame.top, plane.frame.bottom),
        );
        canvas.text(middle, Anchor::Middle, LABEL, Fill::Muted, "No subset has an estimate");
    }
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((plane.frame.right + RIGHT, bottom + MARGIN), &caption)
}

/// Counts of subsets by cell: all, and those with the marked study.
fn density(canvas: &mut Canvas, plane: &Plane, points: &[(f64, f64, bool)]) {
    let frame = &plane.frame;
    let (columns, rows) = CELLS;
    let mut counts = vec![(0_u32, 0_u32); columns * rows];
    for &(x, y, marked) in points {
        let Some(at) = plane.point((x, y)) else { continue };
        let column = cell((at.0 - frame.left) / frame.width(), columns);
        let row = cell((at.1 - frame.top) / frame.height(), rows);
        let count = &mut counts[row * columns + column];
        count.0 += 1;
        count.1 += u32::from(marked);
    }
    let most = counts.iter().map(|it| it.0).max().unwrap_or(0);
    let size = (frame.width() / columns as f64, frame.height() / rows as f64);
    for (i, (all, marked)) in counts.iter().enumerate().filter(|it| it.1.0 > 0) {
        let (row, column) = (i / columns, i % columns);
        // Logarithms, or a few crowded cells would leave all others blank.
        let share = f64::from(*all).ln_1p() / f64::from(most).ln_1p();
        let side = 0.35 + 0.65 * share;
        let (width, height) = (size.0 * side, size.1 * side);
        let x = frame.left + (column as f64 + 0.5) * size.0 - width / 2.0;
        let y = frame.top + (row as f64 + 0.5) * size.1 - height / 2.0;
        let fill = if 2 * marked > *all { Fill::Marked } else { Fill::Square };
        canvas.rect((x, y), (width, height), fill, None);
    }
}

fn histogram(canvas: &mut Canvas, plane: &Plane, points: &[(f64, f64, bool)]) {
    let frame = &plane.frame;
    let bins = CELLS.0 / 2;
    let mut counts = vec![0_u32; bins];
    for &(x, ..) in points {
        counts[cell((plane.across.position(x) - frame.left) / frame.width(), bins)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let width = frame.width() / bins as f64;
    for (i, count) in counts.iter().enumerate().filter(|it| *it.1 > 0) {
        let height = (HISTOGRAM - 10.0) * f64::from(*count) / f64::from(most);
        let at = (frame.left + i as f64 * width, frame.top - 4.0 - height);
        canvas.rect(at, (width * 0.9, height), Fill::Subtotal, None);
    }
}

/// Which of `n` cells a share from 0 to 1 falls into.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded on both sides"
)]
fn cell(share: f64, n: usize) -> usize {
    ((share.clamp(0.0, 1.0) * n as f64) as usize).min(n - 1)
}
