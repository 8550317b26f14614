//! The rows of a forest plot: how tall each is and what it draws.

use super::graph::Graph;
use super::table::{BODY, BOLD, Column, INDENT, MARGIN, SMALL, Table};
use super::{Estimate, ForestPlot, ForestRow};
use crate::Judgement;
use crate::canvas::{Anchor, Canvas, Pen};
use crate::paint::{Fill, Stroke};
use crate::text::Font;

const LEAST_HEIGHT: f64 = 22.0;
const LIGHT_RADIUS: f64 = 8.5;

/// A row with its place and its label broken into lines.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    pub(super) row: &'a ForestRow,
    pub(super) top: f64,
    pub(super) height: f64,
    lines: Vec<String>,
}

/// Places the rows one below the other from `top`.
pub(super) fn place<'a>(plot: &'a ForestPlot, table: &Table, top: f64) -> Vec<Placed<'a>> {
    let indent = if plot.has_headings() { INDENT } else { 0.0 };
    let mut top = top;
    let mut placed = Vec::new();
    for row in &plot.rows {
        let across = table.text_right - MARGIN;
        let (lines, height) = match row {
            ForestRow::Heading(text) => text_height(BOLD, text, across, 4.0),
            ForestRow::Study { label, .. } => {
                text_height(BODY, label, table.label.width - indent + 0.01, 0.0)
            }
            ForestRow::Summary { label, .. } => {
                text_height(BOLD, label, table.label.width + 0.01, 2.0)
            }
            ForestRow::Prediction { label, .. } | ForestRow::Repooled { label, .. } => {
                text_height(BODY, label, table.label.width + 0.01, 0.0)
            }
            ForestRow::Note(text) => {
                let lines = SMALL.wrap(text, across);
                let height = lines.len() as f64 * SMALL.line_height() + 4.0;
                (lines, height)
            }
            ForestRow::Space => (vec![], LEAST_HEIGHT / 2.0),
        };
        placed.push(Placed { row, top, height, lines });
        top += height;
    }
    placed
}

/// The lines of a label, four at most, and the height of its row.
fn text_height(font: Font, text: &str, room: f64, extra: f64) -> (Vec<String>, f64) {
    let lines = font.wrap_at_most(text, room, 4);
    let height = (lines.len() as f64 * font.line_height() + 5.0).max(LEAST_HEIGHT);
    (lines, height + extra)
}

impl<'a> Placed<'a> {
    /// The overall estimate and the middle of its row, if this is it.
    pub(super) fn overall(&self) -> Option<(&'a Estimate, f64)> {
        match self.row {
            ForestRow::Summary { estimate, overall: true, .. } => Some((estimate, self.middle())),
            _ => None,
        }
    }

    fn middle(&self) -> f64 {
        self.top + self.height / 2.0
    }

    pub(super) fn draw(
        &self,
        canvas: &mut Canvas,
        plot: &ForestPlot,
        table: &Table,
        graph: &Graph,
    ) {
        let y = self.middle();
        match self.row {
            ForestRow::Heading(_) => self.label(canvas, BOLD, 0.0),
            ForestRow::Study { label, cells, effect, effect_text, weight, weight_text, lights } => {
                self.label(canvas, BODY, if plot.has_headings() { INDENT } else { 0.0 });
                self.texts(canvas, table, BODY, cells, weight_text, effect_text);
                canvas.group(&format!("{label}: {effect_text}"), |canvas| {
                    if let Some(estimate) = effect {
                        graph.study(canvas, y, estimate, *weight);
                    }
                });
                self.lights(canvas, plot, table, lights);
            }
            ForestRow::Summary { label, cells, estimate, effect_text, weight_text, overall } => {
                if *overall {
                    let ends = [(MARGIN, self.top), (table.text_right, self.top)];
                    canvas.line(&ends, Pen::solid(Stroke::Faint, 1.0));
                }
                self.label(canvas, BOLD, 0.0);
                self.texts(canvas, table, BOLD, cells, weight_text, effect_text);
                canvas.group(&format!("{label}: {effect_text}"), |canvas| {
                    graph.diamond(canvas, y, estimate, *overall);
                });
            }
            ForestRow::Repooled { label, cells, effect, effect_text } => {
                self.label(canvas, BODY, 0.0);
                self.texts(canvas, table, BODY, cells, "", effect_text);
                canvas.group(&format!("{label}: {effect_text}"), |canvas| {
                    if let Some(estimate) = effect {
                        graph.repooled(canvas, y, estimate);
                    }
                });
            }
            ForestRow::Prediction { label, lower, upper, text } => {
                self.label(canvas, BODY, 0.0);
                self.texts(canvas, table, BODY, &[], "", text);
                canvas.group(&format!("{label}: {text}"), |canvas| {
                    graph.prediction(canvas, y, *lower, *upper);
                });
            }
            ForestRow::Note(_) => {
                canvas.lines(
                    (MARGIN, self.top + 2.0 + SMALL.size),
                    Anchor::Start,
                    SMALL,
                    Fill::Muted,
                    &self.lines,
                );
            }
            ForestRow::Space => {}
        }
    }

    /// The label, its lines centred on the row.
    fn label(&self, canvas: &mut Canvas, font: Font, indent: f64) {
        let above = (self.lines.len() as f64 - 1.0) / 2.0 * font.line_height();
        let first = (MARGIN + indent, self.middle() - above + font.drop());
        canvas.lines(first, Anchor::Start, font, Fill::Ink, &self.lines);
    }

    /// Cells, weight and effect.
    fn texts(
        &self,
        canvas: &mut Canvas,
        table: &Table,
        font: Font,
        cells: &[String],
        weight: &str,
        effect: &str,
    ) {
        let baseline = self.middle() + font.drop();
        let mut put = |column: &Column, text: &str| {
            let text = font.cut(text, column.width + 0.01);
            canvas.text((column.x(), baseline), column.anchor, font, Fill::Ink, &text);
        };
        table.columns.iter().zip(cells).for_each(|(column, text)| put(column, text));
        table.weight.iter().for_each(|column| put(column, weight));
        table.effect.iter().for_each(|column| put(column, effect));
    }

    fn lights(&self, canvas: &mut Canvas, plot: &ForestPlot, table: &Table, lights: &[Judgement]) {
        for ((column, header), light) in table.lights.iter().zip(&plot.lights).zip(lights) {
            light.draw(canvas, &plot.key, header, (column.x(), self.middle()), LIGHT_RADIUS);
        }
    }
}
