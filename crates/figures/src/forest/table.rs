//! The text half of a forest plot: how wide each column is, where it stands, and its headers.

use super::{ForestColumn, ForestPlot, ForestRow};
use crate::canvas::{Anchor, Canvas, Pen};
use crate::paint::{Fill, Stroke};
use crate::text::Font;
use std::ops::Range;

pub(super) const MARGIN: f64 = 16.0;
pub(super) const BODY: Font = Font::regular(13.0);
pub(super) const BOLD: Font = Font::bold(13.0);
pub(super) const SMALL: Font = Font::regular(11.5);
/// Studies stand in from the name of their subgroup.
pub(super) const INDENT: f64 = 12.0;

const GAP: f64 = 16.0;
const PLOT_GAP: f64 = 22.0;
const WIDEST_LABEL: f64 = 270.0;
const WIDEST_CELL: f64 = 170.0;
const WIDEST_EFFECT: f64 = 240.0;
const PLOT_WIDTH: (f64, f64) = (290.0, 430.0);
const FIGURE_WIDTH: f64 = 1000.0;

/// A column of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub(super) left: f64,
    pub(super) width: f64,
    /// Numbers are set to the right, words to the left.
    pub(super) anchor: Anchor,
}

impl Column {
    /// The point that the anchor refers to.
    pub(super) fn x(&self) -> f64 {
        match self.anchor {
            Anchor::Start => self.left,
            Anchor::Middle => self.left + self.width / 2.0,
            Anchor::End => self.left + self.width,
        }
    }

    fn right(&self) -> f64 {
        self.left + self.width
    }
}

/// Where everything stands across the figure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) label: Column,
    pub(super) columns: Vec<Column>,
    pub(super) weight: Option<Column>,
    pub(super) effect: Option<Column>,
    /// Left and right end of the plot.
    pub(super) plot: (f64, f64),
    pub(super) lights: Vec<Column>,
    /// Right end of the text left of the plot.
    pub(super) text_right: f64,
    pub(super) width: f64,
}

impl Table {
    pub(super) fn new(plot: &ForestPlot) -> Self {
        let mut widths: Vec<f64> = (0..plot.columns.len()).map(|i| cell_width(plot, i)).collect();
        widen_for_groups(&plot.columns, &mut widths);

        let mut pen = MARGIN;
        let mut take = |width: f64, anchor: Anchor, gap: f64| {
            let column = Column { left: pen, width, anchor };
            pen += width + gap;
            column
        };
        let label = take(label_width(plot), Anchor::Start, GAP);
        let columns: Vec<Column> = widths
            .iter()
            .enumerate()
            .map(|(i, &width)| take(width, cell_anchor(plot, i), GAP))
            .collect();
        let weight = weight_width(plot).map(|width| take(width, Anchor::End, GAP));
        let effect = effect_width(plot).map(|width| take(width, Anchor::End, GAP));

        let text_right = pen - GAP;
        let plot_left = text_right + PLOT_GAP;
        let light_widths: Vec<f64> = plot.lights.iter().map(|header| light_width(header)).collect();
        let lights_width =
            if light_widths.is_empty() { 0.0 } else { PLOT_GAP + light_widths.iter().sum::<f64>() };
        let room = FIGURE_WIDTH - plot_left - lights_width - MARGIN;
        let plot_right = plot_left + room.clamp(PLOT_WIDTH.0, PLOT_WIDTH.1);
        let mut pen = plot_right + PLOT_GAP;
        let lights = light_widths
            .iter()
            .map(|&width| {
                let column = Column { left: pen, width, anchor: Anchor::Middle };
                pen += width;
                column
            })
            .collect();
        let width = plot_right + lights_width + MARGIN;
        Self {
            label,
            columns,
            weight,
            effect,
            plot: (plot_left, plot_right),
            lights,
            text_right,
            width,
        }
    }

    /// Height of the header block.
    pub(super) fn header_height(&self, plot: &ForestPlot) -> f64 {
        let headers = self.headers(plot);
        let over = self.spans(plot).into_iter().map(|s| s.header.height() + s.below(&headers));
        over.chain(headers.iter().map(Header::height)).fold(0.0, f64::max) + 6.0
    }

    /// Draws the headers so that they stand on a rule at `bottom`.
    pub(super) fn draw_headers(&self, canvas: &mut Canvas, plot: &ForestPlot, bottom: f64) {
        let headers = self.headers(plot);
        let base = bottom - 4.0;
        for header in &headers {
            header.draw(canvas, base - header.height());
        }
        for span in self.spans(plot) {
            let foot = base - span.below(&headers);
            span.header.draw(canvas, foot - span.header.height() - 2.0);
            let ends = [(span.header.left, foot - 3.0), (span.header.right, foot - 3.0)];
            canvas.line(&ends, Pen::solid(Stroke::Rule, 0.75));
        }
        let ends = [(MARGIN, bottom), (self.width - MARGIN, bottom)];
        canvas.line(&ends, Pen::solid(Stroke::Rule, 1.0));
    }

    /// The headers of single columns: label, the plot's columns, weight, effect, plot, lights.
    fn headers(&self, plot: &ForestPlot) -> Vec<Header> {
        let mut headers = vec![Header::new(&self.label, &plot.label_header, BOLD)];
        let columns = self.columns.iter().zip(&plot.columns);
        headers.extend(columns.map(|(column, text)| Header::new(column, &text.header, BOLD)));
        headers.extend(self.weight.iter().map(|column| Header::new(column, "Weight", BOLD)));
        let over_plot =
            Column { left: self.plot.0, width: self.plot.1 - self.plot.0, anchor: Anchor::Middle };
        for column in self.effect.iter().chain([&over_plot]) {
            let mut header = Header::new(column, &plot.effect_header, BOLD);
            header.small = SMALL.wrap_at_most(&plot.method_line, column.width, 3);
            headers.push(header);
        }
        let small_bold = Font::bold(SMALL.size);
        let lights = self.lights.iter().zip(&plot.lights);
        headers.extend(lights.map(|(column, text)| Header::new(column, text, small_bold)));
        headers
    }

    /// The headers that span several columns.
    fn spans(&self, plot: &ForestPlot) -> Vec<Span> {
        let span = |text: &str, columns: &[Column], first: usize| {
            let (left, right) = (columns.first()?.left, columns.last()?.right());
            let whole = Column { left, width: right - left, anchor: Anchor::Middle };
            Some(Span {
                header: Header::new(&whole, text, BOLD),
                over: first..first + columns.len(),
            })
        };
        let groups = groups(&plot.columns).into_iter();
        let over_columns =
            groups.map(|(text, from, to)| span(text, self.columns.get(from..to)?, from + 1));
        let before_lights = 2
            + self.columns.len()
            + usize::from(self.weight.is_some())
            + usize::from(self.effect.is_some());
        let over_lights = span("Risk of bias", &self.lights, before_lights);
        over_columns.chain([over_lights]).flatten().collect()
    }
}

/// A header above other headers.
struct Span {
    header: Header,
    /// Which of the single headers stand below it.
    over: Range<usize>,
}

impl Span {
    /// Height of the headers below.
    fn below(&self, headers: &[Header]) -> f64 {
        headers.get(self.over.clone()).unwrap_or(&[]).iter().map(Header::height).fold(0.0, f64::max)
    }
}

/// A header: bold lines and small ones below.
struct Header {
    left: f64,
    right: f64,
    x: f64,
    anchor: Anchor,
    font: Font,
    lines: Vec<String>,
    small: Vec<String>,
}

impl Header {
    fn new(column: &Column, text: &str, font: Font) -> Self {
        Self {
            left: column.left,
            right: column.right(),
            x: column.x(),
            anchor: column.anchor,
            font,
            lines: font.wrap_at_most(text, column.width + 0.01, 4),
            small: vec![],
        }
    }

    fn height(&self) -> f64 {
        let lines = self.lines.len() as f64 * self.font.line_height();
        let height = lines + self.small.len() as f64 * SMALL.line_height();
        if height > 0.0 { height + 4.0 } else { 0.0 }
    }

    fn draw(&self, canvas: &mut Canvas, top: f64) {
        let first = top + self.font.size;
        canvas.lines((self.x, first), self.anchor, self.font, Fill::Ink, &self.lines);
        let below = top + self.lines.len() as f64 * self.font.line_height() + SMALL.size;
        canvas.lines((self.x, below), self.anchor, SMALL, Fill::Muted, &self.small);
    }
}

/// Runs of neighbouring columns with an equal, non-empty group: name, first, one past the last.
fn groups(columns: &[ForestColumn]) -> Vec<(&str, usize, usize)> {
    let mut runs: Vec<(&str, usize, usize)> = Vec::new();
    for (i, column) in columns.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.0 == column.group => run.2 = i + 1,
            _ => runs.push((&column.group, i, i + 1)),
        }
    }
    runs.retain(|run| !run.0.trim().is_empty());
    runs
}

/// Makes room for group headers that are wider than their columns.
fn widen_for_groups(columns: &[ForestColumn], widths: &mut [f64]) {
    for (group, from, to) in groups(columns) {
        let need =
            BOLD.longest_word([group]).max(BOLD.width(group).min(150.0)).min(2.0 * WIDEST_CELL);
        let span = &mut widths[from..to];
        let count = span.len() as f64;
        let has = span.iter().sum::<f64>() + GAP * (count - 1.0);
        let more = ((need - has) / count).max(0.0);
        for width in span {
            *width += more;
        }
    }
}

/// Width that a header asks for: its longest word, or all of it if that is short.
fn header_width(header: &str) -> f64 {
    BOLD.longest_word([header]).max(BOLD.width(header).min(60.0))
}

fn label_width(plot: &ForestPlot) -> f64 {
    let indent = if plot.has_headings() { INDENT } else { 0.0 };
    let labels = plot.rows.iter().map(|row| match row {
        ForestRow::Study { label, .. } => indent + BODY.width(label),
        ForestRow::Prediction { label, .. } | ForestRow::Repooled { label, .. } => {
            BODY.width(label)
        }
        ForestRow::Summary { label, .. } => BOLD.width(label),
        ForestRow::Heading(_) | ForestRow::Note(_) | ForestRow::Space => 0.0,
    });
    labels.fold(header_width(&plot.label_header).max(130.0), f64::max).min(WIDEST_LABEL)
}

/// The texts of one column with the font each is set in.
fn cells(plot: &ForestPlot, index: usize) -> impl Iterator<Item = (Font, &str)> {
    plot.rows.iter().filter_map(move |row| match row {
        ForestRow::Study { cells, .. } | ForestRow::Repooled { cells, .. } => {
            Some((BODY, cells.get(index)?.as_str()))
        }
        ForestRow::Summary { cells, .. } => Some((BOLD, cells.get(index)?.as_str())),
        _ => None,
    })
}

fn cell_width(plot: &ForestPlot, index: usize) -> f64 {
    let header = plot.columns.get(index).map_or(0.0, |column| header_width(&column.header));
    cells(plot, index)
        .map(|(font, text)| font.width(text))
        .fold(header.max(20.0), f64::max)
        .min(WIDEST_CELL)
}

/// A column of numbers stands to the right, anything else to the left.
fn cell_anchor(plot: &ForestPlot, index: usize) -> Anchor {
    let numeric = |text: &str| {
        text.is_empty()
            || text.starts_with(|c: char| c.is_ascii_digit() || "-−+.<>≤≥–—".contains(c))
    };
    if cells(plot, index).all(|(_, text)| numeric(text.trim())) {
        Anchor::End
    } else {
        Anchor::Start
    }
}

/// Width of the weights; `None` when no row has one.
fn weight_width(plot: &ForestPlot) -> Option<f64> {
    let texts = plot.rows.iter().map(|row| match row {
        ForestRow::Study { weight_text, .. } => BODY.width(weight_text),
        ForestRow::Summary { weight_text, .. } => BOLD.width(weight_text),
        _ => 0.0,
    });
    let widest = texts.fold(0.0, f64::max);
    (widest > 0.0).then(|| widest.clamp(BOLD.width("Weight"), WIDEST_CELL))
}

/// Width of the effects as text; `None` when no row has one.
fn effect_width(plot: &ForestPlot) -> Option<f64> {
    let texts = plot.rows.iter().map(|row| match row {
        ForestRow::Study { effect_text, .. } | ForestRow::Repooled { effect_text, .. } => {
            BODY.width(effect_text)
        }
        ForestRow::Summary { effect_text, .. } => BOLD.width(effect_text),
        ForestRow::Prediction { text, .. } => BODY.width(text),
        _ => 0.0,
    });
    let widest = texts.fold(0.0, f64::max);
    let header = BOLD.width(&plot.effect_header).min(150.0);
    let header = header.max(BOLD.longest_word([plot.effect_header.as_str()])).max(100.0);
    (widest > 0.0).then(|| widest.max(header).min(WIDEST_EFFECT))
}

fn light_width(header: &str) -> f64 {
    (Font::bold(SMALL.size).width(header) + 6.0).clamp(24.0, 90.0)
}
