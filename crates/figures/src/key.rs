//! What the marks, lines and areas of a figure mean, and the small lines under it.

use crate::canvas::{Anchor, Canvas, Pen};
use crate::mark::Mark;
use crate::paint::{Fill, Stroke};
use crate::text::Font;

const SMALL: Font = Font::regular(12.0);
const LINE: f64 = 20.0;
const SWATCH: f64 = 20.0;
const SWATCH_GAP: f64 = 6.0;
const GAP: f64 = 20.0;
const RADIUS: f64 = 4.0;

/// How a thing looks in the figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Swatch {
    Mark(Mark),
    Line(Pen),
    Area(Fill),
    /// A pattern of dots.
    Dots(Fill),
}

/// A legend on as many lines as it needs: where each item goes, relative to its top left corner.
pub(crate) struct Key {
    items: Vec<(Swatch, String, f64, f64)>,
    pub(crate) height: f64,
}

impl Key {
    /// Lays out the items within a width; words that are wider are cut.
    pub(crate) fn new<'a>(items: impl IntoIterator<Item = (Swatch, &'a str)>, room: f64) -> Self {
        let (mut x, mut y) = (0.0, 0.0);
        let mut placed = Vec::new();
        for (swatch, words) in items {
            let words = SMALL.cut(words, room - SWATCH - SWATCH_GAP);
            let width = SWATCH + SWATCH_GAP + SMALL.width(&words);
            if x > 0.0 && x + width > room {
                (x, y) = (0.0, y + LINE);
            }
            placed.push((swatch, words, x, y));
            x += width + GAP;
        }
        let height = if placed.is_empty() { 0.0 } else { y + LINE };
        Self { items: placed, height }
    }

    /// Draws it with its top left corner at a point; returns its lower end.
    pub(crate) fn draw(&self, canvas: &mut Canvas, (left, top): (f64, f64)) -> f64 {
        for (swatch, words, x, y) in &self.items {
            let (x, middle) = (left + x, top + y + LINE / 2.0);
            match *swatch {
                Swatch::Mark(mark) => mark.draw(canvas, (x + SWATCH / 2.0, middle), RADIUS),
                Swatch::Line(pen) => canvas.line(&[(x, middle), (x + SWATCH, middle)], pen),
                Swatch::Dots(fill) => {
                    for (i, j) in (0..4).flat_map(|i| [0, 1].map(|j| (i, j))) {
                        let (right, down) = (f64::from(i) * 5.0, f64::from(j) * 5.0);
                        let centre = (x + 2.5 + right, middle - 2.5 + down);
                        canvas.circle(centre, 2.3, fill, None);
                    }
                }
                Swatch::Area(fill) => {
                    let outline = Some(Pen::solid(Stroke::Rule, 0.75));
                    canvas.rect((x, middle - 6.0), (SWATCH, 12.0), fill, outline);
                }
            }
            let baseline = (x + SWATCH + SWATCH_GAP, middle + SMALL.drop());
            canvas.text(baseline, Anchor::Start, SMALL, Fill::Ink, words);
        }
        top + self.height
    }
}

/// A small remark under a figure, wrapped; returns its lower end.
pub(crate) fn remark(canvas: &mut Canvas, (left, top): (f64, f64), room: f64, text: &str) -> f64 {
    let lines = SMALL.wrap(text, room);
    let first = (left, top + 4.0 + SMALL.size);
    canvas.lines(first, Anchor::Start, SMALL, Fill::Muted, &lines);
    if lines.is_empty() { top } else { top + 4.0 + lines.len() as f64 * SMALL.line_height() }
}
