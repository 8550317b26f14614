//! Risk-of-bias summary: the share of each judgement per domain, as stacked bars.

use crate::canvas::{Anchor, Canvas, Caption, Pen};
use crate::judgement::{Legend, RobKey};
use crate::paint::{Fill, Stroke};
use crate::text::Font;
use crate::{Judgement, Svg};

/// Everything a risk-of-bias summary shows.
#[derive(Debug, Clone, PartialEq)]
pub struct RobSummary {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// One bar per domain, top to bottom.
    pub bars: Vec<RobBar>,
    /// Whether the shares are of the weight in the meta-analysis rather than of the number of results.
    pub weighted: bool,
    /// Colours and words.
    pub key: RobKey,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct RobBar {
    /// Name of the domain.
    pub label: String,
    /// Percent with each judgement; they sum to 100. Those that the key does not list are not drawn.
    pub shares: Vec<(Judgement, f64)>,
}

const MARGIN: f64 = 16.0;
const BODY: Font = Font::regular(13.0);
const SMALL: Font = Font::regular(11.5);
const WIDEST_LABEL: f64 = 300.0;
const BAR_WIDTH: f64 = 520.0;
const BAR_HEIGHT: f64 = 22.0;
const GAP: f64 = 14.0;

/// Draws a risk-of-bias summary.
///
/// Shares that are negative or not numbers count as nothing; a bar never grows beyond 100%.
pub fn rob_summary(plot: &RobSummary) -> Svg {
    let mut canvas = Canvas::default();
    let widest = plot.bars.iter().map(|bar| BODY.width(&bar.label)).fold(100.0, f64::max);
    let label_width = widest.min(WIDEST_LABEL);
    let left = MARGIN + label_width + 16.0;
    let top = MARGIN;
    let mut y = top;
    let mut bars = Vec::new();
    for bar in &plot.bars {
        let lines = BODY.wrap_at_most(&bar.label, label_width + 0.01, 3);
        let height = (lines.len() as f64 * BODY.line_height()).max(BAR_HEIGHT) + GAP;
        bars.push((bar, lines, y + height / 2.0));
        y += height;
    }
    let end = draw_axis(&mut canvas, plot.weighted, left, (top, y + 4.0));
    for (bar, lines, middle) in bars {
        let above = (lines.len() as f64 - 1.0) / 2.0 * BODY.line_height();
        let first = (left - 16.0, middle - above + BODY.drop());
        canvas.lines(first, Anchor::End, BODY, Fill::Ink, &lines);
        draw_bar(&mut canvas, &plot.key, bar, (left, middle));
    }
    let legend = Legend::new(&plot.key, &plot.key.drawn(), BAR_WIDTH + 16.0);
    legend.draw(&mut canvas, (left, end + 8.0));
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((left + BAR_WIDTH + MARGIN + 8.0, end + 8.0 + legend.height + MARGIN), &caption)
}

/// Grid lines, percentages and what they are percentages of; returns the lower end.
fn draw_axis(canvas: &mut Canvas, weighted: bool, left: f64, (top, bottom): (f64, f64)) -> f64 {
    for percent in [0, 25, 50, 75, 100] {
        let x = left + BAR_WIDTH * f64::from(percent) / 100.0;
        canvas.line(&[(x, top), (x, bottom)], Pen::solid(Stroke::Faint, 1.0));
        let baseline = (x, bottom + 4.0 + SMALL.size);
        canvas.text(baseline, Anchor::Middle, SMALL, Fill::Ink, &format!("{percent}%"));
    }
    let what =
        if weighted { "Share of the weight in the meta-analysis" } else { "Share of results" };
    let below = bottom + 6.0 + SMALL.size + SMALL.line_height();
    canvas.text((left + BAR_WIDTH / 2.0, below), Anchor::Middle, SMALL, Fill::Muted, what);
    below + 4.0
}

/// One bar: its parts in the order of the legend, each with its symbol and percentage where they fit.
fn draw_bar(canvas: &mut Canvas, key: &RobKey, bar: &RobBar, (left, middle): (f64, f64)) {
    let mut done = 0.0;
    for judgement in key.drawn() {
        let share = bar.shares.iter().filter(|it| it.0 == judgement).map(|it| it.1).sum::<f64>();
        let share = if share.is_finite() { share.clamp(0.0, 100.0 - done) } else { 0.0 };
        if share <= 0.0 {
            continue;
        }
        let (x, width) = (left + BAR_WIDTH * done / 100.0, BAR_WIDTH * share / 100.0);
        done += share;
        let text = format!("{share:.0}%");
        let outline = Pen::solid(Stroke::MarkLine, 0.75);
        canvas.group(&format!("{}: {} {text}", bar.label, key.words_for(judgement)), |canvas| {
            canvas.rect(
                (x, middle - BAR_HEIGHT / 2.0),
                (width, BAR_HEIGHT),
                judgement.fill(key.palette),
                Some(outline),
            );
            let symbol = (width - 3.0).min(14.0);
            let whole = symbol + 4.0 + SMALL.width(&text);
            let start = x + width / 2.0 - if width >= whole + 10.0 { whole } else { symbol } / 2.0;
            if symbol >= 6.0 {
                judgement.symbol(canvas, key.palette, (start + symbol / 2.0, middle), symbol / 2.0);
            }
            if width >= whole + 10.0 {
                let baseline = (start + symbol + 4.0, middle + SMALL.drop());
                let mark = judgement.mark(key.palette);
                canvas.text(baseline, Anchor::Start, SMALL, mark, &text);
            }
        });
    }
}
