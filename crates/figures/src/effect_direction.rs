//! Effect direction plot (Thomson and Thomas 2013; Boon and Thomson 2021): where nothing can be pooled, which way
//! each study points for each outcome.

use crate::Svg;
use crate::canvas::{Anchor, Canvas, Caption, Pen};
use crate::paint::{Fill, Stroke};
use crate::text::Font;

/// Everything an effect direction plot shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectDirection {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// What the experimental group is called.
    pub experimental: String,
    /// What the group that it is compared with is called.
    pub comparator: String,
    /// Names of the outcomes, one column each.
    pub outcomes: Vec<String>,
    /// One row per study.
    pub rows: Vec<EffectDirectionRow>,
}

/// One study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectDirectionRow {
    /// Name of the study.
    pub study: String,
    /// Its design and size in words, such as "RCT, n = 120"; may be empty.
    pub detail: String,
    /// One cell per outcome; `None` where the study did not report it.
    pub cells: Vec<Option<DirectionCell>>,
}

/// What one study says of one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectionCell {
    /// Which way it points.
    pub direction: Direction,
    /// How many people say so: the size of the arrow.
    pub size: SampleSize,
    /// A few characters beside the arrow: the number of measures, a mark for significance; may be empty.
    pub text: String,
}

/// Direction of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Better with the experimental intervention: ▲.
    FavoursExperimental,
    /// Better with the control: ▼.
    FavoursControl,
    /// No difference: ◄►.
    NoDifference,
    /// Measures of the outcome conflict, or it cannot be told: ?.
    Unclear,
}

/// Size of the study's final sample, in the original plot's bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SampleSize {
    /// Fewer than 50.
    Small,
    /// 50 to 300.
    Medium,
    /// More than 300.
    Large,
}

impl SampleSize {
    /// The band of a number of participants.
    ///
    /// ```
    /// use consilience_figures::SampleSize;
    /// assert_eq!(SampleSize::of(49), SampleSize::Small);
    /// assert_eq!(SampleSize::of(50), SampleSize::Medium);
    /// assert_eq!(SampleSize::of(301), SampleSize::Large);
    /// ```
    pub fn of(participants: u64) -> Self {
        match participants {
            0..50 => Self::Small,
            50..=300 => Self::Medium,
            _ => Self::Large,
        }
    }
}

const MARGIN: f64 = 16.0;
const BODY: Font = Font::regular(13.0);
const BOLD: Font = Font::bold(13.0);
const SMALL: Font = Font::regular(11.5);
const ROW: f64 = 32.0;
const WIDEST_STUDY: f64 = 260.0;
const WIDEST_DETAIL: f64 = 200.0;
const WIDEST_OUTCOME: f64 = 130.0;
const LEAST_WIDTH: f64 = 600.0;

/// Draws an effect direction plot. Cells beyond the outcomes are not drawn; missing ones stay blank.
pub fn effect_direction(plot: &EffectDirection) -> Svg {
    let mut canvas = Canvas::default();
    let table = Table::new(plot);
    let mut y = table.draw_headers(&mut canvas, plot);
    for row in &plot.rows {
        let study = BODY.wrap_at_most(&row.study, table.study + 0.01, 3);
        let detail = SMALL.wrap_at_most(&row.detail, table.detail + 0.01, 3);
        let lines = (study.len() as f64 * BODY.line_height())
            .max(detail.len() as f64 * SMALL.line_height());
        let height = (lines + 8.0).max(ROW);
        let middle = y + height / 2.0;
        centred(&mut canvas, (MARGIN, middle), BODY, Fill::Ink, &study);
        centred(&mut canvas, (table.detail_left(), middle), SMALL, Fill::Muted, &detail);
        for ((column, outcome), cell) in table.outcomes.iter().zip(&plot.outcomes).zip(&row.cells) {
            if let Some(cell) = cell {
                cell.draw(&mut canvas, &plot.words(cell.direction), outcome, column, middle);
            }
        }
        y += height;
        canvas.line(&[(MARGIN, y), (table.right, y)], Pen::solid(Stroke::Faint, 1.0));
    }
    let width = (table.right + MARGIN).max(LEAST_WIDTH);
    let end = draw_legend(&mut canvas, plot, y + 12.0, width - MARGIN);
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((width, end + MARGIN), &caption)
}

/// Lines of text centred on a row.
fn centred(canvas: &mut Canvas, (x, middle): (f64, f64), font: Font, fill: Fill, lines: &[String]) {
    let above = (lines.len() as f64 - 1.0) / 2.0 * font.line_height();
    canvas.lines((x, middle - above + font.drop()), Anchor::Start, font, fill, lines);
}

/// Widths of the columns.
struct Table {
    study: f64,
    detail: f64,
    outcomes: Vec<Column>,
    right: f64,
}

/// The column of one outcome.
struct Column {
    left: f64,
    width: f64,
    header: Vec<String>,
}

impl Table {
    fn new(plot: &EffectDirection) -> Self {
        let widest = |font: Font, least: f64, texts: &mut dyn Iterator<Item = &String>| {
            texts.map(|text| font.width(text)).fold(least, f64::max)
        };
        let study = widest(BODY, 110.0, &mut plot.rows.iter().map(|r| &r.study)).min(WIDEST_STUDY);
        let detail =
            widest(SMALL, 0.0, &mut plot.rows.iter().map(|r| &r.detail)).min(WIDEST_DETAIL);
        let gap = if detail > 0.0 { 16.0 } else { 0.0 };
        let mut left = MARGIN + study + 16.0 + detail + gap;
        let outcomes = plot
            .outcomes
            .iter()
            .map(|name| {
                let width = (BOLD.longest_word([name.as_str()]) + 12.0).clamp(84.0, WIDEST_OUTCOME);
                let column =
                    Column { left, width, header: BOLD.wrap_at_most(name, width - 10.0, 4) };
                left += width;
                column
            })
            .collect();
        Self { study, detail, outcomes, right: left }
    }

    fn detail_left(&self) -> f64 {
        MARGIN + self.study + 16.0
    }

    /// The header row; returns where the rows begin.
    fn draw_headers(&self, canvas: &mut Canvas, plot: &EffectDirection) -> f64 {
        let most = self.outcomes.iter().map(|c| c.header.len()).max().unwrap_or(0).max(1);
        let bottom = MARGIN + most as f64 * BOLD.line_height() + 6.0;
        let last_baseline = bottom - 9.0;
        canvas.text((MARGIN, last_baseline), Anchor::Start, BOLD, Fill::Ink, "Study");
        for (column, name) in self.outcomes.iter().zip(&plot.outcomes) {
            let first = last_baseline - (column.header.len() as f64 - 1.0) * BOLD.line_height();
            let x = column.left + column.width / 2.0;
            canvas.group(name, |canvas| {
                canvas.lines((x, first), Anchor::Middle, BOLD, Fill::Ink, &column.header);
            });
        }
        canvas.line(&[(MARGIN, bottom), (self.right, bottom)], Pen::solid(Stroke::Rule, 1.0));
        bottom
    }
}

impl EffectDirection {
    fn words(&self, direction: Direction) -> String {
        match direction {
            Direction::FavoursExperimental => format!("favours {}", self.experimental),
            Direction::FavoursControl => format!("favours {}", self.comparator),
            Direction::NoDifference => "no difference".to_owned(),
            Direction::Unclear => "conflicting or unclear".to_owned(),
        }
    }
}

impl DirectionCell {
    /// The symbol in the middle of its column, the text to its right.
    fn draw(&self, canvas: &mut Canvas, words: &str, outcome: &str, column: &Column, middle: f64) {
        let x = column.left + column.width / 2.0;
        let title = format!("{outcome}: {words}, {} {}", self.size.words(), self.text);
        canvas.group(&title, |canvas| {
            self.direction.draw(canvas, (x, middle), self.size.side());
            let start = x + self.direction.half_width(self.size.side()) + 4.0;
            let text = SMALL.cut(&self.text, column.left + column.width - start - 2.0);
            if !self.text.trim().is_empty() {
                canvas.text((start, middle + SMALL.drop()), Anchor::Start, SMALL, Fill::Ink, &text);
            }
        });
    }
}

impl Direction {
    /// Half the width of the symbol.
    fn half_width(self, side: f64) -> f64 {
        match self {
            Self::FavoursExperimental | Self::FavoursControl => side / 2.0,
            Self::NoDifference => side * 0.8,
            Self::Unclear => side * 0.4,
        }
    }

    fn draw(self, canvas: &mut Canvas, (x, y): (f64, f64), side: f64) {
        let half = side / 2.0;
        match self {
            Self::FavoursExperimental => {
                let points = [(x, y - half), (x + half, y + half), (x - half, y + half)];
                canvas.polygon(&points, Fill::Favourable, None);
            }
            Self::FavoursControl => {
                let points = [(x, y + half), (x + half, y - half), (x - half, y - half)];
                canvas.polygon(&points, Fill::Unfavourable, None);
            }
            Self::NoDifference => {
                for way in [-1.0, 1.0] {
                    let (near, far) = (x + way * side * 0.1, x + way * side * 0.8);
                    canvas.polygon(
                        &[(far, y), (near, y - half), (near, y + half)],
                        Fill::Neutral,
                        None,
                    );
                }
            }
            Self::Unclear => {
                let font = Font::bold(side * 1.1);
                canvas.text((x, y + font.drop()), Anchor::Middle, font, Fill::Neutral, "?");
            }
        }
    }
}

impl SampleSize {
    fn words(self) -> &'static str {
        match self {
            Self::Small => "fewer than 50",
            Self::Medium => "50 to 300",
            Self::Large => "more than 300",
        }
    }

    /// Side of the symbol.
    fn side(self) -> f64 {
        match self {
            Self::Small => 9.0,
            Self::Medium => 14.0,
            Self::Large => 20.0,
        }
    }
}

/// What the symbols and their sizes mean; returns the lower end.
fn draw_legend(canvas: &mut Canvas, plot: &EffectDirection, top: f64, right: f64) -> f64 {
    use Direction::{FavoursControl, FavoursExperimental, NoDifference, Unclear};
    let mut y = top + 10.0;
    let mut line = |heading: &str, items: &[(Direction, SampleSize, String)]| {
        let bold = Font::bold(SMALL.size);
        canvas.text((MARGIN, y + bold.drop()), Anchor::Start, bold, Fill::Ink, heading);
        let first = MARGIN + 70.0;
        let mut x = first;
        for (direction, size, words) in items {
            let symbol = 2.0 * direction.half_width(size.side());
            let words = SMALL.cut(words, right - first - symbol - 6.0);
            let width = symbol + 6.0 + SMALL.width(&words);
            if x > first && x + width > right {
                (x, y) = (first, y + 24.0);
            }
            direction.draw(canvas, (x + symbol / 2.0, y), size.side());
            let baseline = (x + symbol + 6.0, y + SMALL.drop());
            canvas.text(baseline, Anchor::Start, SMALL, Fill::Ink, &words);
            x += width + 20.0;
        }
        y += 26.0;
    };
    let directions = [FavoursExperimental, FavoursControl, NoDifference, Unclear];
    line("Direction", &directions.map(|d| (d, SampleSize::Medium, plot.words(d))));
    let sizes = [SampleSize::Small, SampleSize::Medium, SampleSize::Large];
    line("Sample", &sizes.map(|s| (FavoursExperimental, s, s.words().to_owned())));
    y - 13.0
}
