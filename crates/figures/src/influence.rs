//! Influence panel (Viechtbauer and Cheung 2010): one small plot for each measure of how much a study matters.

use crate::Svg;
use crate::axis::{Range, label};
use crate::canvas::{Anchor, Canvas, Caption, Dash, Pen};
use crate::key::{Key, Swatch, remark};
use crate::mark::{Mark, mark_radius};
use crate::paint::{Fill, Stroke};
use crate::plane::{Growth, MARGIN, Plane, Side, Ticks};
use crate::text::Font;

/// Everything an influence panel shows.
#[derive(Debug, Clone, PartialEq)]
pub struct InfluencePlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// The studies, in the order of their numbers.
    pub studies: Vec<InfluenceStudy>,
    /// The measures, in two columns from left to right and top to bottom.
    pub panels: Vec<InfluencePanel>,
}

/// One study of an influence panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InfluenceStudy {
    /// Name of the study.
    pub label: String,
    /// Whether the measures together make it influential: it is a diamond in every panel.
    pub influential: bool,
}

/// One measure for all studies.
#[derive(Debug, Clone, PartialEq)]
pub struct InfluencePanel {
    /// Name of the measure, such as "Cook's distance".
    pub name: String,
    /// Its value for each study; one that is not finite leaves a gap.
    pub values: Vec<f64>,
    /// The value of a study that does not matter, or that of all studies together: a dotted line.
    pub reference: Option<f64>,
    /// Values beyond which a study matters: dashed lines, as far as they are near the values.
    pub thresholds: Vec<f64>,
}

const COLUMNS: usize = 2;
const SIZE: (f64, f64) = (252.0, 92.0);
const TITLE: Font = Font::bold(12.0);
const GAP: f64 = 22.0;
/// Up to so many studies, their numbers are explained below.
const MOST_NUMBERED: usize = 40;
/// Where they are more, so many influential ones are named.
const MOST_NAMED: usize = 20;
const REFERENCE: Pen = Pen { stroke: Stroke::Rule, width: 1.0, dash: Dash::Dotted };
const THRESHOLD: Pen = Pen { stroke: Stroke::Pooled, width: 1.0, dash: Dash::Dashed };

/// Draws an influence panel: each measure by the number of the study, influential studies as diamonds, and below who
/// the numbers are (only the influential ones where there are many).
pub fn influence(plot: &InfluencePlot) -> Svg {
    let height = TITLE.line_height() + SIZE.1 + 36.0;
    let lefts = lefts(plot);
    let mut canvas = Canvas::default();
    for (i, panel) in plot.panels.iter().enumerate() {
        let top = MARGIN + (i / COLUMNS) as f64 * height + TITLE.line_height();
        // Planes of a column stand below each other, whatever their tick labels need.
        let own = plane(plot, panel, (0.0, 0.0)).frame.left;
        let left = lefts[i % COLUMNS] + widest(plot, i % COLUMNS) - own;
        let plane = plane(plot, panel, (left, top));
        draw_panel(&mut canvas, plot, panel, &plane);
    }
    let rows = plot.panels.len().div_ceil(COLUMNS);
    let right = lefts[COLUMNS - 1] + widest(plot, COLUMNS - 1) + SIZE.0 + MARGIN;
    let bottom = draw_foot(&mut canvas, plot, MARGIN + rows as f64 * height, right);
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((right, bottom + MARGIN), &caption)
}

/// The plane of a panel; `left` is where its tick labels begin.
fn plane(plot: &InfluencePlot, panel: &InfluencePanel, (left, top): (f64, f64)) -> Plane {
    let count = plot.studies.len();
    let mut range = Range::of(panel.values.iter().take(count).copied().chain(panel.reference));
    if let Some((low, high)) = range.0 {
        // Farther out, they would flatten what there is to see.
        let near = |t: &f64| (2.0 * low - high..=2.0 * high - low).contains(t);
        range.take(panel.thresholds.iter().copied().filter(near));
    }
    let across =
        Side { ticks: Ticks::At(numbers(count)), ..Side::linear((0.4, count as f64 + 0.6), "") };
    let up = Side::linear(range.with_room(0.08, (0.0, 1.0)), "");
    Plane::new((left, top), SIZE, &across, (&up, Growth::Upwards))
}

/// The numbers of the studies, or so many of them that their labels have room.
fn numbers(count: usize) -> Vec<(f64, String)> {
    let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500];
    let step = steps.into_iter().find(|step| count / step <= 9).unwrap_or(1000);
    let numbers = (1..=count).filter(|i| (step == 1) || i.is_multiple_of(step)).take(1000);
    numbers.map(|i| (i as f64, label(i as f64))).collect()
}

/// Room that the tick labels of a column take.
fn widest(plot: &InfluencePlot, column: usize) -> f64 {
    let panels = plot.panels.iter().skip(column).step_by(COLUMNS);
    panels.map(|panel| plane(plot, panel, (0.0, 0.0)).frame.left).fold(0.0, f64::max)
}

/// Where the tick labels of each column begin.
fn lefts(plot: &InfluencePlot) -> [f64; COLUMNS] {
    [MARGIN, MARGIN + widest(plot, 0) + SIZE.0 + GAP]
}

fn draw_panel(canvas: &mut Canvas, plot: &InfluencePlot, panel: &InfluencePanel, plane: &Plane) {
    let frame = plane.frame;
    let name = TITLE.cut(&panel.name, frame.width());
    canvas.text((frame.left, frame.top - 7.0), Anchor::Start, TITLE, Fill::Ink, &name);
    for (value, pen) in panel
        .reference
        .iter()
        .map(|&r| (r, REFERENCE))
        .chain(panel.thresholds.iter().map(|&t| (t, THRESHOLD)))
    {
        plane.level(canvas, value, pen);
    }
    let values = || panel.values.iter().zip(&plot.studies).enumerate();
    let line: Vec<_> = values().map(|(i, (&value, _))| ((i + 1) as f64, value)).collect();
    plane.line(canvas, &line, Pen::solid(Stroke::Rule, 0.9));
    plane.draw(canvas);
    let radius = 0.8 * mark_radius(plot.studies.len());
    for (i, (&value, study)) in values() {
        let Some(at) = plane.point(((i + 1) as f64, value)) else { continue };
        let mark = if study.influential { Mark::Marked } else { Mark::Study };
        let size = if study.influential { radius.max(2.6) } else { radius };
        canvas.group(&study.label, |canvas| mark.draw(canvas, at, size));
    }
}

/// What the lines and numbers mean; returns the lower end.
fn draw_foot(canvas: &mut Canvas, plot: &InfluencePlot, top: f64, right: f64) -> f64 {
    let room = right - 2.0 * MARGIN;
    let influential = plot.studies.iter().any(|study| study.influential);
    let mut items = vec![];
    if influential {
        items.push((Swatch::Mark(Mark::Marked), "Influential study"));
    }
    if plot.panels.iter().any(|panel| panel.reference.is_some()) {
        items.push((Swatch::Line(REFERENCE), "Reference"));
    }
    if plot.panels.iter().any(|panel| !panel.thresholds.is_empty()) {
        items.push((Swatch::Line(THRESHOLD), "Threshold"));
    }
    let bottom = Key::new(items, room).draw(canvas, (MARGIN, top));
    remark(canvas, (MARGIN, bottom), room, &who(plot))
}

/// Who the numbers are: all studies, or where these are many, the influential ones.
fn who(plot: &InfluencePlot) -> String {
    let all = plot.studies.len() <= MOST_NUMBERED;
    let named = plot.studies.iter().enumerate().filter(|(_, study)| all || study.influential);
    let mut names: Vec<String> =
        named.map(|(i, study)| format!("{}\u{a0}{}", i + 1, study.label.trim())).collect();
    if !all && names.len() > MOST_NAMED {
        let more = format!("and {} more", names.len() - MOST_NAMED);
        names.truncate(MOST_NAMED);
        names.push(more);
    }
    names.join("; ")
}
