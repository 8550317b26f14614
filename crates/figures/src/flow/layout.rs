//! Where the boxes of a flow diagram stand, and the arrows between them.

use super::{FlowBox, FlowColumn, FlowDiagram, FlowPhase};
use crate::Svg;
use crate::canvas::{Anchor, Canvas, Caption, Pen};
use crate::paint::{Fill, Stroke};
use crate::text::Font;

const TEXT: Font = Font::regular(12.5);
const BOLD: Font = Font::bold(13.0);
const SMALL: Font = Font::regular(11.5);

const MARGIN: f64 = 16.0;
const STRIP: f64 = 28.0;
const STRIP_GAP: f64 = 12.0;
const PADDING: f64 = 10.0;
const INDENT: f64 = 12.0;
/// Continued lines of an indented item stand in further, so that the items can be told apart.
const HANG: f64 = 10.0;
const ROW_GAP: f64 = 30.0;
const ASIDE_GAP: f64 = 10.0;
const ARROW: f64 = 7.0;
const COLUMN_GAP: f64 = 26.0;
const PEN: Pen = Pen::solid(Stroke::Line, 1.1);
const OUTLINE: Pen = Pen::solid(Stroke::Rule, 1.0);

/// Across: the main boxes and the boxes beside them.
#[derive(Debug, Clone, Copy)]
struct Lane {
    left: f64,
    box_width: f64,
    gap: f64,
}

impl Lane {
    fn centre(self) -> f64 {
        self.left + self.box_width / 2.0
    }

    fn main_right(self) -> f64 {
        self.left + self.box_width
    }

    fn aside_left(self) -> f64 {
        self.main_right() + self.gap
    }

    fn right(self) -> f64 {
        self.aside_left() + self.box_width
    }
}

/// A column with its place across and the row of each step.
struct Placed<'a> {
    column: &'a FlowColumn,
    lane: Lane,
    rows: Vec<usize>,
}

/// Down: where a row of boxes begins and how tall it is.
#[derive(Debug, Clone, Copy)]
struct Row {
    phase: FlowPhase,
    top: f64,
    height: f64,
}

impl Row {
    fn middle(self) -> f64 {
        self.top + self.height / 2.0
    }

    fn bottom(self) -> f64 {
        self.top + self.height
    }
}

pub(super) fn draw(diagram: &FlowDiagram) -> Svg {
    let columns = place_columns(diagram);
    let mut canvas = Canvas::default();
    let headings_bottom = draw_headings(&mut canvas, &columns);
    let rows = place_rows(&columns, headings_bottom + 18.0);
    let rows_bottom = rows.last().map_or(headings_bottom, |row| row.bottom());

    for column in &columns {
        draw_column(&mut canvas, column, &rows);
    }
    let lane = columns[0].lane;
    let height = text_height(&diagram.included, lane.box_width).max(BOLD.width("Included") + 16.0);
    let included = (rows_bottom + ROW_GAP, height);
    draw_box(&mut canvas, &diagram.included, (lane.left, included.0), (lane.box_width, height));
    draw_arrows_to_included(&mut canvas, &columns, &rows, included);
    draw_strips(&mut canvas, &rows, included);

    let right = columns.iter().map(|c| c.lane.right()).fold(0.0, f64::max);
    let mut bottom = included.0 + height + 12.0;
    for note in &diagram.footnotes {
        let lines = SMALL.wrap(note, right - MARGIN);
        canvas.lines((MARGIN, bottom + SMALL.size), Anchor::Start, SMALL, Fill::Muted, &lines);
        bottom += lines.len() as f64 * SMALL.line_height() + 2.0;
    }
    let caption =
        Caption { id: &diagram.id, title: &diagram.title, description: &diagram.description };
    canvas.finish((right + MARGIN, bottom + 6.0), &caption)
}

/// One or two columns. Steps of the identification phase stand at the top, the others at the foot, so that the
/// last steps of two columns stand side by side (the other methods have no screening of records).
fn place_columns(diagram: &FlowDiagram) -> Vec<Placed<'_>> {
    let all: Vec<&FlowColumn> = [&diagram.databases].into_iter().chain(&diagram.other).collect();
    let count = all.iter().map(|c| c.steps.len()).max().unwrap_or(0);
    let (box_width, gap) = if all.len() == 1 { (320.0, 46.0) } else { (240.0, 28.0) };
    let mut left = MARGIN + STRIP + STRIP_GAP;
    all.into_iter()
        .map(|column| {
            let lane = Lane { left, box_width, gap };
            left = lane.right() + COLUMN_GAP;
            let first =
                column.steps.iter().take_while(|s| s.phase == FlowPhase::Identification).count();
            let skipped = count - column.steps.len();
            let rows =
                (0..column.steps.len()).map(|i| if i < first { i } else { i + skipped }).collect();
            Placed { column, lane, rows }
        })
        .collect()
}

/// The banners above the columns; returns their lower end.
fn draw_headings(canvas: &mut Canvas, columns: &[Placed]) -> f64 {
    let wrapped: Vec<(Lane, Vec<String>)> = columns
        .iter()
        .map(|c| {
            (c.lane, BOLD.wrap(&c.column.heading, c.lane.right() - c.lane.left - 2.0 * PADDING))
        })
        .collect();
    let most = wrapped.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
    if most == 0 {
        return MARGIN;
    }
    let height = most as f64 * BOLD.line_height() + 12.0;
    for (lane, lines) in wrapped.iter().filter(|(_, lines)| !lines.is_empty()) {
        canvas.rect((lane.left, MARGIN), (lane.right() - lane.left, height), Fill::Panel, None);
        let centre = f64::midpoint(lane.left, lane.right());
        let spare = (most - lines.len()) as f64 / 2.0 * BOLD.line_height();
        let first = (centre, MARGIN + 6.0 + spare + BOLD.size);
        canvas.lines(first, Anchor::Middle, BOLD, Fill::Ink, lines);
    }
    MARGIN + height
}

/// The rows, each as tall as its tallest box, each phase at least as tall as its side label is long.
fn place_rows(columns: &[Placed], top: f64) -> Vec<Row> {
    let count = columns.iter().flat_map(|c| &c.rows).max().map_or(0, |last| last + 1);
    let mut rows: Vec<Row> = (0..count).map(|index| row_without_place(columns, index)).collect();
    for run in rows.chunk_by_mut(|a, b| a.phase == b.phase) {
        let gaps = ROW_GAP * (run.len() as f64 - 1.0);
        let height = run.iter().map(|row| row.height).sum::<f64>() + gaps;
        let short = BOLD.width(phase_label(run[0].phase)) + 16.0 - height;
        if short > 0.0 {
            let each = short / run.len() as f64;
            for row in run {
                row.height += each;
            }
        }
    }
    let mut top = top;
    for row in &mut rows {
        row.top = top;
        top += row.height + ROW_GAP;
    }
    rows
}

/// Phase and height of a row.
fn row_without_place(columns: &[Placed], index: usize) -> Row {
    let mut row = Row { phase: FlowPhase::Screening, top: 0.0, height: 0.0 };
    for column in columns.iter().rev() {
        let here = column.column.steps.iter().zip(&column.rows).find(|(_, r)| **r == index);
        if let Some((step, _)) = here {
            let width = column.lane.box_width;
            let main = text_height(&step.main, width);
            row.phase = step.phase;
            row.height = row.height.max(main).max(asides_height(&step.asides, width));
        }
    }
    row
}

fn asides_height(asides: &[FlowBox], width: f64) -> f64 {
    let boxes: f64 = asides.iter().map(|aside| text_height(aside, width)).sum();
    boxes + ASIDE_GAP * (asides.len() as f64 - 1.0).max(0.0)
}

/// The boxes of a column, the arrows down it and the arrows to what left it.
fn draw_column(canvas: &mut Canvas, placed: &Placed, rows: &[Row]) {
    let lane = placed.lane;
    let mut above: Option<f64> = None;
    for (step, &index) in placed.column.steps.iter().zip(&placed.rows) {
        let middle = rows[index].middle();
        let height = text_height(&step.main, lane.box_width);
        let top = middle - height / 2.0;
        if let Some(bottom) = above {
            arrow(canvas, &[(lane.centre(), bottom), (lane.centre(), top)]);
        }
        draw_box(canvas, &step.main, (lane.left, top), (lane.box_width, height));
        above = Some(top + height);

        let mut y = middle - asides_height(&step.asides, lane.box_width) / 2.0;
        for aside in &step.asides {
            let height = text_height(aside, lane.box_width);
            let to = y + height / 2.0;
            let bend = lane.main_right() + lane.gap * 0.4;
            let (from, end) = ((lane.main_right(), middle), (lane.aside_left(), to));
            if (to - middle).abs() < 0.5 {
                arrow(canvas, &[from, end]);
            } else {
                arrow(canvas, &[from, (bend, middle), (bend, to), end]);
            }
            draw_box(canvas, aside, (lane.aside_left(), y), (lane.box_width, height));
            y += height + ASIDE_GAP;
        }
    }
}

/// Down from the last box of the first column; down and across from the last of the second.
fn draw_arrows_to_included(
    canvas: &mut Canvas,
    columns: &[Placed],
    rows: &[Row],
    (top, height): (f64, f64),
) {
    for (i, placed) in columns.iter().enumerate() {
        let (Some(step), Some(&index)) = (placed.column.steps.last(), placed.rows.last()) else {
            continue;
        };
        let from = rows[index].middle() + text_height(&step.main, placed.lane.box_width) / 2.0;
        let x = placed.lane.centre();
        if i == 0 {
            arrow(canvas, &[(x, from), (x, top)]);
        } else {
            let y = top + height / 2.0;
            arrow(canvas, &[(x, from), (x, y), (columns[0].lane.main_right(), y)]);
        }
    }
}

/// The side labels.
fn draw_strips(canvas: &mut Canvas, rows: &[Row], (included, height): (f64, f64)) {
    let mut strip = |label: &str, top: f64, height: f64| {
        canvas.rect((MARGIN, top), (STRIP, height), Fill::Panel, None);
        let centre = (MARGIN + STRIP / 2.0 + BOLD.drop(), top + height / 2.0);
        canvas.text_up(centre, BOLD, Fill::Ink, label);
    };
    for run in rows.chunk_by(|a, b| a.phase == b.phase) {
        if let (Some(first), Some(last)) = (run.first(), run.last()) {
            strip(phase_label(first.phase), first.top, last.bottom() - first.top);
        }
    }
    strip("Included", included, height);
}

fn phase_label(phase: FlowPhase) -> &'static str {
    match phase {
        FlowPhase::Identification => "Identification",
        FlowPhase::Screening => "Screening",
    }
}

/// The lines of a box, wrapped, each with how far it stands in.
fn wrapped(content: &FlowBox, width: f64) -> Vec<(f64, String)> {
    let room = width - 2.0 * PADDING;
    let mut lines = Vec::new();
    for line in &content.lines {
        let indent = if line.indented { INDENT } else { 0.0 };
        let hang = if line.indented { HANG } else { 0.0 };
        let texts = TEXT.wrap(&line.text, room - indent - hang);
        lines.extend(
            texts
                .into_iter()
                .enumerate()
                .map(|(i, t)| (if i == 0 { indent } else { indent + hang }, t)),
        );
    }
    lines
}

fn text_height(content: &FlowBox, width: f64) -> f64 {
    let lines = wrapped(content, width).len().max(1);
    lines as f64 * TEXT.line_height() + 2.0 * PADDING - 3.0
}

fn draw_box(
    canvas: &mut Canvas,
    content: &FlowBox,
    (left, top): (f64, f64),
    (width, height): (f64, f64),
) {
    canvas.rect((left, top), (width, height), Fill::Paper, Some(OUTLINE));
    let lines = wrapped(content, width);
    let block = lines.len() as f64 * TEXT.line_height();
    let mut y = top + (height - block) / 2.0 + TEXT.line_height() / 2.0 + TEXT.drop();
    for (indent, text) in lines {
        canvas.text((left + PADDING + indent, y), Anchor::Start, TEXT, Fill::Ink, &text);
        y += TEXT.line_height();
    }
}

/// A line through the points with an arrow head at its end.
fn arrow(canvas: &mut Canvas, points: &[(f64, f64)]) {
    let [.., from, to] = points else { return };
    let (dx, dy) = ((to.0 - from.0).signum(), (to.1 - from.1).signum());
    let way = if (to.0 - from.0).abs() > (to.1 - from.1).abs() { (dx, 0.0) } else { (0.0, dy) };
    let mut line = points.to_vec();
    if let Some(end) = line.last_mut() {
        *end = (to.0 - way.0 * ARROW, to.1 - way.1 * ARROW);
    }
    canvas.line(&line, PEN);
    canvas.arrow_head(*to, way, ARROW, Fill::Ink);
}
