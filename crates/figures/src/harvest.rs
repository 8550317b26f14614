//! Harvest plot (Ogilvie 2008): where nothing can be pooled, how the studies and their quality lie on both sides.

use crate::Svg;
use crate::canvas::{Anchor, Canvas, Caption, Pen};
use crate::paint::{Fill, Stroke};
use crate::text::Font;

/// Everything a harvest plot shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarvestPlot {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// What the studies can say, one column each, such as "Favours control", "No difference", "Favours exercise".
    pub columns: Vec<String>,
    /// One row for each outcome or intervention.
    pub rows: Vec<HarvestRow>,
    /// What low, medium and high bars mean, such as "Cohort study".
    pub height_labels: [String; 3],
    /// What dark and pale bars mean, such as "Low risk of bias".
    pub shade_labels: [String; 2],
    /// What the marks over the bars mean, such as "Number over a bar: reference"; may be empty.
    pub mark_label: String,
}

/// One row of a harvest plot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarvestRow {
    /// Name of the outcome.
    pub name: String,
    /// The studies of each column.
    pub cells: Vec<Vec<HarvestBar>>,
}

/// One study in one row of a harvest plot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarvestBar {
    /// Name of the study, shown as a tooltip.
    pub study: String,
    /// A few characters over the bar: a number of the study or of criteria met; may be empty.
    pub mark: String,
    /// Height of the bar.
    pub height: HarvestHeight,
    /// Colour of the bar.
    pub shade: HarvestShade,
}

/// Height of a bar: in the original, how suitable the study's design is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HarvestHeight {
    /// Least.
    Low,
    /// Between.
    Medium,
    /// Most.
    High,
}

/// Colour of a bar: in the original, whether its outcome is behaviour itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HarvestShade {
    /// Filled.
    Dark,
    /// Nearly empty.
    Pale,
}

const MARGIN: f64 = 16.0;
const BODY: Font = Font::regular(13.0);
const BOLD: Font = Font::bold(13.0);
const SMALL: Font = Font::regular(11.5);
const MARK: Font = Font::regular(10.5);
const WIDEST_NAME: f64 = 170.0;
const COLUMN: (f64, f64) = (110.0, 190.0);
const WIDTH: f64 = 540.0;
const BAR: f64 = 13.0;
const WIDEST_PITCH: f64 = 40.0;
const PAD: f64 = 10.0;
const LEGEND_BAR_GAP: f64 = 6.0;

/// Draws a harvest plot. Cells beyond the columns are not drawn; a cell with many studies takes several lines.
pub fn harvest(plot: &HarvestPlot) -> Svg {
    let grid = Grid::new(plot);
    let mut canvas = Canvas::default();
    let header_bottom = grid.draw_headers(&mut canvas, plot);
    let mut y = header_bottom;
    for row in &plot.rows {
        y = grid.draw_row(&mut canvas, plot, row, y);
    }
    for (left, _) in grid.columns(plot) {
        let x = left - PAD / 2.0;
        canvas.line(&[(x, header_bottom), (x, y)], Pen::solid(Stroke::Faint, 1.0));
    }
    let bottom = draw_legend(&mut canvas, plot, y + 12.0, grid.right);
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((grid.right + MARGIN, bottom + MARGIN), &caption)
}

impl HarvestHeight {
    fn length(self) -> f64 {
        match self {
            Self::Low => 13.0,
            Self::Medium => 26.0,
            Self::High => 39.0,
        }
    }
}

impl HarvestShade {
    fn fill(self) -> Fill {
        match self {
            Self::Dark => Fill::Square,
            Self::Pale => Fill::Paper,
        }
    }
}

/// A bar standing on a line.
fn draw_bar(
    canvas: &mut Canvas,
    (x, foot): (f64, f64),
    height: HarvestHeight,
    shade: HarvestShade,
) {
    let outline = Some(Pen::solid(Stroke::Line, 0.9));
    canvas.rect((x, foot - height.length()), (BAR, height.length()), shade.fill(), outline);
}

/// Widths of the columns.
struct Grid {
    name: f64,
    column: f64,
    /// From one bar to the next.
    pitch: f64,
    right: f64,
}

impl Grid {
    fn new(plot: &HarvestPlot) -> Self {
        let names = plot.rows.iter().map(|row| BODY.width(&row.name));
        let name = names.fold(80.0, f64::max).min(WIDEST_NAME);
        let count = plot.columns.len().max(1) as f64;
        let words = BOLD.longest_word(plot.columns.iter().map(String::as_str)).min(COLUMN.1);
        let column = (WIDTH / count - PAD).clamp(COLUMN.0, COLUMN.1).max(words);
        let bars = plot.rows.iter().flat_map(|row| row.cells.iter().flatten());
        let marks = bars.map(|bar| MARK.width(&bar.mark) + 5.0);
        let pitch = marks.fold(BAR + 5.0, f64::max).min(WIDEST_PITCH);
        let right = MARGIN + name + count * (column + PAD) + PAD;
        Self { name, column, pitch, right }
    }

    /// Left ends and widths of the columns.
    fn columns(&self, plot: &HarvestPlot) -> impl Iterator<Item = (f64, f64)> {
        let first = MARGIN + self.name + 1.5 * PAD;
        (0..plot.columns.len()).map(move |i| (first + i as f64 * (self.column + PAD), self.column))
    }

    /// The header row; returns where the rows begin.
    fn draw_headers(&self, canvas: &mut Canvas, plot: &HarvestPlot) -> f64 {
        let headers: Vec<Vec<String>> =
            plot.columns.iter().map(|name| BOLD.wrap_at_most(name, self.column, 4)).collect();
        let most = headers.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let bottom = MARGIN + most as f64 * BOLD.line_height() + 6.0;
        for ((left, width), lines) in self.columns(plot).zip(&headers) {
            let first = bottom - 9.0 - (lines.len() as f64 - 1.0) * BOLD.line_height();
            canvas.lines((left + width / 2.0, first), Anchor::Middle, BOLD, Fill::Ink, lines);
        }
        canvas.line(&[(MARGIN, bottom), (self.right, bottom)], Pen::solid(Stroke::Rule, 1.0));
        bottom
    }

    /// One row; returns its lower end.
    fn draw_row(&self, canvas: &mut Canvas, plot: &HarvestPlot, row: &HarvestRow, top: f64) -> f64 {
        let line = MARK.line_height() + HarvestHeight::High.length() + 9.0;
        let in_line = self.in_line();
        let cells = row.cells.iter().take(plot.columns.len());
        let lines = cells.map(|cell| cell.len().div_ceil(in_line)).max().unwrap_or(0).max(1);
        let name = BODY.wrap_at_most(&row.name, self.name + 0.01, 4);
        let text = name.len() as f64 * BODY.line_height() + 10.0;
        let height = (lines as f64 * line + 6.0).max(text);
        let above = (name.len() as f64 - 1.0) / 2.0 * BODY.line_height();
        let first = (MARGIN, top + height / 2.0 - above + BODY.drop());
        canvas.lines(first, Anchor::Start, BODY, Fill::Ink, &name);
        for ((left, width), cell) in self.columns(plot).zip(&row.cells) {
            for (i, bars) in cell.chunks(in_line).enumerate() {
                let foot = top + (i + 1) as f64 * line - 2.0;
                self.draw_bars(canvas, bars, (left, foot), width);
            }
        }
        let end = top + height;
        canvas.line(&[(MARGIN, end), (self.right, end)], Pen::solid(Stroke::Faint, 1.0));
        end
    }

    /// How many bars stand side by side in a column.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a width divided by a width, both bounded"
    )]
    fn in_line(&self) -> usize {
        ((self.column / self.pitch).floor() as usize).max(1)
    }

    /// Bars side by side in the middle of a column, each with its mark.
    fn draw_bars(
        &self,
        canvas: &mut Canvas,
        bars: &[HarvestBar],
        (left, foot): (f64, f64),
        width: f64,
    ) {
        let whole = bars.len() as f64 * self.pitch;
        let first = left + (width - whole) / 2.0;
        canvas.line(&[(left, foot), (left + width, foot)], Pen::solid(Stroke::Rule, 0.75));
        for (i, bar) in bars.iter().enumerate() {
            let middle = first + (i as f64 + 0.5) * self.pitch;
            canvas.group(&bar.study, |canvas| {
                draw_bar(canvas, (middle - BAR / 2.0, foot), bar.height, bar.shade);
            });
            let mark = MARK.cut(&bar.mark, self.pitch - 2.0);
            let baseline = (middle, foot - bar.height.length() - 4.0);
            canvas.text(baseline, Anchor::Middle, MARK, Fill::Ink, &mark);
        }
    }
}

/// What heights, colours and marks mean; returns the lower end.
fn draw_legend(canvas: &mut Canvas, plot: &HarvestPlot, top: f64, right: f64) -> f64 {
    use HarvestHeight::{High, Low, Medium};
    use HarvestShade::{Dark, Pale};
    let heights = [Low, Medium, High].into_iter().zip(&plot.height_labels);
    let shades = [Dark, Pale].into_iter().zip(&plot.shade_labels);
    let items = heights
        .map(|(height, words)| (height, Pale, words))
        .chain(shades.map(|(shade, words)| (Low, shade, words)));
    let (mut x, mut foot) = (MARGIN, top + High.length());
    for (height, shade, words) in items.filter(|(_, _, words)| !words.trim().is_empty()) {
        let words = SMALL.cut(words, right - MARGIN - BAR - LEGEND_BAR_GAP);
        let width = BAR + LEGEND_BAR_GAP + SMALL.width(&words);
        if x > MARGIN && x + width > right {
            (x, foot) = (MARGIN, foot + High.length() + 8.0);
        }
        draw_bar(canvas, (x, foot), height, shade);
        let baseline = (x + BAR + LEGEND_BAR_GAP, foot - 2.0);
        canvas.text(baseline, Anchor::Start, SMALL, Fill::Ink, &words);
        x += width + 20.0;
    }
    let lines = SMALL.wrap(&plot.mark_label, right - MARGIN);
    let first = (MARGIN, foot + 8.0 + SMALL.size);
    canvas.lines(first, Anchor::Start, SMALL, Fill::Muted, &lines);
    foot + 8.0 + lines.len() as f64 * SMALL.line_height()
}
