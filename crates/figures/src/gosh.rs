//! GOSH plot (Olkin, Dahabreh & Trikalinos 2012): the pooled estimates and the heterogeneity of all subsets of studies.

use crate::axis::Range;
use crate::canvas::{Anchor, Block, Canvas, Caption};
use crate::key::{Key, Swatch, remark};
use crate::mark::{Mark, mark_radius};
use crate::paint::{Fill, Shade};
use crate::plane::{Growth, LABEL, MARGIN, Plane, Side};
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
const CELLS: (usize, usize) = (80, 54);
const SIZE: (f64, f64) = (480.0, 324.0);
/// Room for the histograms above and beside the plane.
const HISTOGRAM: f64 = 54.0;
/// Bars of subsets without the marked study: paler than those with it, also in greys.
const WITHOUT: Fill = Fill::Density(Shade::Faint);
/// Up to so many subsets are drawn one by one.
const MOST_POINTS: usize = 1_000;

/// Draws a GOSH plot: a point for each subset, or, where these are many, a density: the more subsets fall into a cell,
/// the darker it is. Points, or dots of the cells, have another shape and colour where (most of) the subsets hold the
/// marked study. The histograms are of the estimates and of I².
///
/// Subsets whose numbers are not finite are not drawn, and a line below says how many.
pub fn gosh(plot: &GoshPlot) -> Svg {
    let usable: Vec<Subset> = plot
        .points
        .iter()
        .filter_map(|it| Some((plot.scale.working(it.estimate)?, it.i2, it.marked)))
        .filter(|it| it.0.is_finite() && it.1.is_finite())
        .map(|(estimate, i2, marked)| Subset {
            estimate,
            i2,
            marked: marked && plot.marked.is_some(),
        })
        .collect();
    let across = Range::of(usable.iter().map(|it| it.estimate)).with_room(0.03, (-1.0, 1.0));
    let plane = Plane::new(
        (MARGIN, MARGIN + HISTOGRAM),
        SIZE,
        &Side::new(plot.scale, across, &plot.effect_label),
        (&Side::linear((-2.0, 102.0), "I² (%)"), Growth::Upwards),
    );
    let mut canvas = Canvas::default();
    if usable.len() > MOST_POINTS {
        draw_density(&mut canvas, &plane, &usable);
    } else {
        draw_points(&mut canvas, &plane, &usable);
    }
    draw_histograms(&mut canvas, &plane, &usable);
    plane.draw(&mut canvas);
    let bottom = draw_foot(&mut canvas, plot, &plane, &usable);
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((plane.frame.right + HISTOGRAM + MARGIN, bottom + MARGIN), &caption)
}

/// A subset on the working scale.
struct Subset {
    estimate: f64,
    i2: f64,
    marked: bool,
}

/// How many subsets there are of a kind.
#[derive(Clone, Copy, Default)]
struct Count {
    all: u32,
    marked: u32,
}

impl Count {
    fn add(&mut self, subset: &Subset) {
        self.all += 1;
        self.marked += u32::from(subset.marked);
    }
}

/// The key, what is missing, and that there is nothing; returns the lower end.
fn draw_foot(canvas: &mut Canvas, plot: &GoshPlot, plane: &Plane, usable: &[Subset]) -> f64 {
    let left = plane.frame.left;
    let room = plane.frame.width() + HISTOGRAM;
    let mut bottom = plane.bottom();
    if let Some(study) = &plot.marked {
        let (with, without) = (format!("With {study}"), format!("Without {study}"));
        let (marked, other) = if usable.len() > MOST_POINTS {
            (Swatch::Dots(Fill::Marked), Swatch::Area(WITHOUT))
        } else {
            (Swatch::Mark(Mark::Marked), Swatch::Mark(Mark::Study))
        };
        let items = [(marked, with.as_str()), (other, without.as_str())];
        bottom = Key::new(items, room).draw(canvas, (left, bottom + 4.0));
    }
    let missing = plot.points.len() - usable.len();
    if missing > 0 {
        let text = format!("Not drawn for want of a usable estimate or I²: {missing}");
        bottom = remark(canvas, (left, bottom), room, &text);
    }
    if usable.is_empty() {
        let frame = plane.frame;
        let middle =
            (f64::midpoint(frame.left, frame.right), f64::midpoint(frame.top, frame.bottom));
        canvas.text(middle, Anchor::Middle, LABEL, Fill::Muted, "No subset has an estimate");
    }
    bottom
}

/// A mark for each subset.
fn draw_points(canvas: &mut Canvas, plane: &Plane, subsets: &[Subset]) {
    let radius = mark_radius(subsets.len());
    for subset in subsets {
        let Some(at) = plane.point((subset.estimate, subset.i2)) else { continue };
        let mark = if subset.marked { Mark::Marked } else { Mark::Study };
        mark.draw(canvas, at, radius);
    }
}

/// The cells: tiles where most subsets lack the marked study, dots where most hold it.
fn draw_density(canvas: &mut Canvas, plane: &Plane, subsets: &[Subset]) {
    let frame = &plane.frame;
    let (columns, rows) = CELLS;
    let mut counts = vec![Count::default(); columns * rows];
    for subset in subsets {
        let Some(at) = plane.point((subset.estimate, subset.i2)) else { continue };
        let column = cell((at.0 - frame.left) / frame.width(), columns);
        let row = cell((at.1 - frame.top) / frame.height(), rows);
        counts[row * columns + column].add(subset);
    }
    let most = counts.iter().map(|it| it.all).max().unwrap_or(0);
    let side = frame.width() / columns as f64;
    let place = |i: usize| {
        let (row, column) = (i / columns, i % columns);
        (frame.left + column as f64 * side, frame.top + row as f64 * side)
    };
    for shade in Shade::ALL {
        let here = |it: &(usize, &Count)| it.1.all > 0 && shade_of(it.1.all, most) == shade;
        let (dots, tiles): (Vec<_>, Vec<_>) = counts
            .iter()
            .enumerate()
            .filter(here)
            .partition(|(_, count)| 2 * count.marked > count.all);
        let tiles: Vec<_> = tiles.iter().map(|it| (place(it.0), (side, side))).collect();
        canvas.blocks(&tiles, Fill::Density(shade));
        for (i, _) in dots {
            let (x, y) = place(i);
            let centre = (x + side / 2.0, y + side / 2.0);
            canvas.circle(centre, side * 0.46, Fill::MarkedDensity(shade), None);
        }
    }
}

/// How dark a cell is: by the logarithm of its count, or a few crowded cells would leave all others blank.
fn shade_of(count: u32, most: u32) -> Shade {
    let share = f64::from(count).ln_1p() / f64::from(most.max(1)).ln_1p();
    Shade::ALL[cell(share, Shade::ALL.len())]
}

/// Histograms of the estimates and of I²: the subsets without the marked study, and upon them those with it.
fn draw_histograms(canvas: &mut Canvas, plane: &Plane, subsets: &[Subset]) {
    let frame = &plane.frame;
    let (across, down) = (CELLS.0 / 2, CELLS.1 / 2);
    let mut estimates = vec![Count::default(); across];
    let mut heterogeneity = vec![Count::default(); down];
    for subset in subsets {
        let (x, y) = (plane.across.position(subset.estimate), plane.up.position(subset.i2));
        estimates[cell((x - frame.left) / frame.width(), across)].add(subset);
        heterogeneity[cell((y - frame.top) / frame.height(), down)].add(subset);
    }
    let (width, height) = (frame.width() / across as f64, frame.height() / down as f64);
    let foot = frame.top - 4.0;
    let [without, with] = bars(&estimates, |i, from, to| {
        ((frame.left + i as f64 * width, foot - to), (width * 0.9, to - from))
    });
    canvas.blocks(&without, WITHOUT);
    canvas.blocks(&with, Fill::Marked);
    let foot = frame.right + 4.0;
    let [without, with] = bars(&heterogeneity, |i, from, to| {
        ((foot + from, frame.top + i as f64 * height), (to - from, height * 0.9))
    });
    canvas.blocks(&without, WITHOUT);
    canvas.blocks(&with, Fill::Marked);
}

/// The bars of a histogram, without and with the marked study, each from one length to another.
fn bars(counts: &[Count], block: impl Fn(usize, f64, f64) -> Block) -> [Vec<Block>; 2] {
    let most = f64::from(counts.iter().map(|it| it.all).max().unwrap_or(0).max(1));
    let length = |count: u32| (HISTOGRAM - 10.0) * f64::from(count) / most;
    let mut bars = [vec![], vec![]];
    for (i, count) in counts.iter().enumerate().filter(|it| it.1.all > 0) {
        let without = length(count.all - count.marked);
        bars[0].push(block(i, 0.0, without));
        bars[1].push(block(i, without, length(count.all)));
    }
    bars.map(|it| it.into_iter().filter(|(_, (w, h))| *w > 0.0 && *h > 0.0).collect())
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
