//! Forest plot: one line per study, squares by weight, diamonds for what was pooled.

mod graph;
mod range;
mod rows;
mod table;

use crate::canvas::{Anchor, Canvas, Caption};
use crate::judgement::{Legend, RobKey};
use crate::paint::Fill;
use crate::{Judgement, Svg};
use graph::Graph;
use rows::{Placed, place};
use table::{MARGIN, SMALL, Table};

/// Everything a forest plot shows. Rows are drawn in the order given.
#[derive(Debug, Clone, PartialEq)]
pub struct ForestPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// Header of the label column, such as "Study".
    pub label_header: String,
    /// Columns of text between the label and the weight.
    pub columns: Vec<ForestColumn>,
    /// Header of the effect, such as "Risk ratio (95% CI)".
    pub effect_header: String,
    /// Small line under that header, such as "M-H, random, 95% CI"; may be empty.
    pub method_line: String,
    /// The rows, top to bottom.
    pub rows: Vec<ForestRow>,
    /// Spacing of the effect axis.
    pub scale: Scale,
    /// Effect that means no difference: 1 for ratios, 0 for differences.
    pub null_value: f64,
    /// What effects below the null favour, such as "Favours BCG"; may be empty.
    pub favours_lower: String,
    /// What effects above the null favour; may be empty.
    pub favours_higher: String,
    /// Ends of the effect axis on the natural scale; `None` chooses them from the rows.
    pub limits: Option<(f64, f64)>,
    /// Headers of the risk-of-bias columns ("D1" … "Overall"); empty draws none.
    pub lights: Vec<String>,
    /// The words and colours of the lights.
    pub key: RobKey,
    /// Lines under the figure.
    pub footnotes: Vec<String>,
}

/// A column of text in a forest plot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForestColumn {
    /// Header that spans this column and its neighbours with an equal group; empty for none.
    pub group: String,
    /// Header of the column.
    pub header: String,
}

/// One row of a forest plot. Cells beyond the plot's columns are not drawn; missing ones stay blank.
#[derive(Debug, Clone, PartialEq)]
pub enum ForestRow {
    /// Name of a subgroup.
    Heading(String),
    /// One study.
    Study {
        /// Name of the study.
        label: String,
        /// Text of each of the plot's columns.
        cells: Vec<String>,
        /// Estimate and interval; `None` (not estimable) draws text only.
        effect: Option<Estimate>,
        /// The estimate in words and numbers.
        effect_text: String,
        /// Percent of the pooled estimate; the area of the square is proportional to it.
        weight: Option<f64>,
        /// The weight as text.
        weight_text: String,
        /// One judgement per risk-of-bias column.
        lights: Vec<Judgement>,
    },
    /// A pooled estimate, drawn as a diamond.
    Summary {
        /// Name of the estimate.
        label: String,
        /// Text of each of the plot's columns.
        cells: Vec<String>,
        /// Estimate and interval.
        estimate: Estimate,
        /// The estimate in words and numbers.
        effect_text: String,
        /// The weight as text.
        weight_text: String,
        /// True for the total over all studies, false for a subgroup's.
        overall: bool,
    },
    /// A pooled estimate of other studies than all: with one more (cumulative) or without one (leave-one-out). Drawn as
    /// a point with its interval; the limits of the overall estimate, if there is one, are drawn as lines for comparison.
    Repooled {
        /// Which studies, such as "+ Aronson 1948" or "Without Aronson 1948".
        label: String,
        /// Text of each of the plot's columns.
        cells: Vec<String>,
        /// Estimate and interval; `None` (not estimable) draws text only.
        effect: Option<Estimate>,
        /// The estimate in words and numbers.
        effect_text: String,
    },
    /// A prediction interval, drawn as a bar.
    Prediction {
        /// Name of the interval.
        label: String,
        /// Lower limit, natural scale.
        lower: f64,
        /// Upper limit, natural scale.
        upper: f64,
        /// The interval in words and numbers.
        text: String,
    },
    /// A small line of statistics: heterogeneity, tests.
    Note(String),
    /// Half a row of nothing.
    Space,
}

/// An estimate with its interval, on the natural scale (a ratio as ratio, not as logarithm).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Point estimate.
    pub estimate: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// How effects are spaced along the axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Differences: equal steps.
    Linear,
    /// Ratios: equal factors.
    Log,
}

impl ForestPlot {
    fn has_headings(&self) -> bool {
        self.rows.iter().any(|row| matches!(row, ForestRow::Heading(_)))
    }
}

/// Draws a forest plot.
///
/// Estimates that are not numbers, that have no logarithm on a log axis, or that lie outside their own interval are
/// not drawn; their text is. Intervals that leave the axis end in an arrow head.
pub fn forest(plot: &ForestPlot) -> Svg {
    let table = Table::new(plot);
    let graph = Graph::new(plot, table.plot);
    let mut canvas = Canvas::default();
    let header_bottom = MARGIN + table.header_height(plot);
    table.draw_headers(&mut canvas, plot, header_bottom);

    let rows = place(plot, &table, header_bottom + 4.0);
    let last = rows.iter().rposition(|r| !matches!(r.row, ForestRow::Note(_) | ForestRow::Space));
    let axis_y = last.map_or(header_bottom + 10.0, |i| rows[i].top + rows[i].height + 4.0);
    if let Some((estimate, y)) = rows.iter().rev().find_map(Placed::overall) {
        graph.pooled_line(&mut canvas, estimate, header_bottom, y);
        if plot.rows.iter().any(|row| matches!(row, ForestRow::Repooled { .. })) {
            graph.limit_lines(&mut canvas, estimate, header_bottom, y);
        }
    }
    let axis_end = graph.frame(&mut canvas, plot, header_bottom, axis_y);
    for row in &rows {
        row.draw(&mut canvas, plot, &table, &graph);
    }
    let rows_end = rows.last().map_or(axis_y, |r| r.top + r.height);
    let end = foot(&mut canvas, plot, &table, axis_end.max(rows_end) + 8.0);
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((table.width, end + MARGIN), &caption)
}

/// The legend of the lights and the footnotes; returns their lower end.
fn foot(canvas: &mut Canvas, plot: &ForestPlot, table: &Table, top: f64) -> f64 {
    let room = table.width - 2.0 * MARGIN;
    let used = |judgement: &Judgement| {
        plot.rows.iter().any(|row| match row {
            ForestRow::Study { lights, .. } => {
                lights.iter().take(plot.lights.len()).any(|l| l == judgement)
            }
            _ => false,
        })
    };
    let shown: Vec<Judgement> = Judgement::ALL.into_iter().filter(used).collect();
    let legend = Legend::new(&plot.key, &shown, room);
    legend.draw(canvas, (MARGIN, top));
    let mut y = top + legend.height + if shown.is_empty() { 0.0 } else { 4.0 };
    for note in &plot.footnotes {
        let lines = SMALL.wrap(note, room);
        canvas.lines((MARGIN, y + SMALL.size), Anchor::Start, SMALL, Fill::Muted, &lines);
        y += lines.len() as f64 * SMALL.line_height() + 2.0;
    }
    y
}
