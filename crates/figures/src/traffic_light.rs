//! Traffic-light plot: one light per result and risk-of-bias domain.

use crate::canvas::{Anchor, Canvas, Caption, Pen};
use crate::judgement::{Legend, RobKey};
use crate::paint::{Fill, Stroke};
use crate::text::Font;
use crate::{Judgement, Svg};

/// Everything a traffic-light plot shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrafficLight {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// Short and long name of each column: ("D1", "Bias arising from the randomisation process"). A long name equal
    /// to the short one, or empty, is left out of the key.
    pub domains: Vec<(String, String)>,
    /// The rows, top to bottom.
    pub rows: Vec<TrafficLightRow>,
    /// Colours and words.
    pub key: RobKey,
}

/// One assessed result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrafficLightRow {
    /// What the row is grouped under (an outcome); adjacent equal groups share a heading.
    pub group: Option<String>,
    /// Name of the study.
    pub label: String,
    /// One judgement per domain.
    pub judgements: Vec<Judgement>,
}

const MARGIN: f64 = 16.0;
const BODY: Font = Font::regular(13.0);
const BOLD: Font = Font::bold(13.0);
const SMALL: Font = Font::regular(12.0);
const WIDEST_LABEL: f64 = 330.0;
const INDENT: f64 = 12.0;
const CELL: f64 = 38.0;
const LEAST_ROW: f64 = 28.0;
const RADIUS: f64 = 10.5;
const LEAST_WIDTH: f64 = 560.0;

/// Draws a traffic-light plot. Judgements beyond the domains are not drawn; missing ones stay blank.
pub fn traffic_light(plot: &TrafficLight) -> Svg {
    let mut canvas = Canvas::default();
    let grouped = plot.rows.iter().any(|row| row.group.is_some());
    let indent = if grouped { INDENT } else { 0.0 };
    let widest = plot
        .rows
        .iter()
        .map(|row| indent + BODY.width(&row.label))
        .fold(BOLD.width("Study"), f64::max);
    let label_width = widest.clamp(150.0, WIDEST_LABEL);
    let columns = columns(plot, MARGIN + label_width + 18.0);
    let lights_right = columns.last().map_or(MARGIN + label_width, |c| c.left + c.width);
    let width = (lights_right + MARGIN).max(LEAST_WIDTH);

    let mut y = draw_headers(&mut canvas, plot, &columns, lights_right);
    let mut group: Option<&str> = None;
    for row in &plot.rows {
        if row.group.as_deref() != group {
            group = row.group.as_deref();
            y = draw_group(&mut canvas, group.unwrap_or_default(), lights_right, y);
        }
        let lines = BODY.wrap_at_most(&row.label, label_width - indent + 0.01, 3);
        let height = (lines.len() as f64 * BODY.line_height() + 8.0).max(LEAST_ROW);
        let middle = y + height / 2.0;
        let above = (lines.len() as f64 - 1.0) / 2.0 * BODY.line_height();
        let first = (MARGIN + indent, middle - above + BODY.drop());
        canvas.lines(first, Anchor::Start, BODY, Fill::Ink, &lines);
        for ((column, (short, _)), judgement) in
            columns.iter().zip(&plot.domains).zip(&row.judgements)
        {
            judgement.draw(
                &mut canvas,
                &plot.key,
                short,
                (column.left + column.width / 2.0, middle),
                RADIUS,
            );
        }
        y += height;
        canvas.line(&[(MARGIN, y), (lights_right, y)], Pen::solid(Stroke::Faint, 1.0));
    }
    let end = draw_key(&mut canvas, plot, (MARGIN, y + 12.0), width - 2.0 * MARGIN);
    let caption = Caption { id: &plot.id, title: &plot.title, description: &plot.description };
    canvas.finish((width, end + MARGIN), &caption)
}

/// One column of lights.
struct Column {
    left: f64,
    width: f64,
    header: Vec<String>,
}

fn columns(plot: &TrafficLight, left: f64) -> Vec<Column> {
    let mut left = left;
    plot.domains
        .iter()
        .map(|(short, _)| {
            let width = (BOLD.longest_word([short.as_str()]) + 10.0).clamp(CELL, 110.0);
            let column = Column { left, width, header: BOLD.wrap_at_most(short, width - 8.0, 3) };
            left += width;
            column
        })
        .collect()
}

/// The header row; returns where the rows begin.
fn draw_headers(canvas: &mut Canvas, plot: &TrafficLight, columns: &[Column], right: f64) -> f64 {
    let most = columns.iter().map(|c| c.header.len()).max().unwrap_or(0).max(1);
    let bottom = MARGIN + most as f64 * BOLD.line_height() + 6.0;
    let last_baseline = bottom - 9.0;
    canvas.text((MARGIN, last_baseline), Anchor::Start, BOLD, Fill::Ink, "Study");
    for (column, (short, long)) in columns.iter().zip(&plot.domains) {
        let title = if long.trim().is_empty() { short } else { long };
        let first = last_baseline - (column.header.len() as f64 - 1.0) * BOLD.line_height();
        let x = column.left + column.width / 2.0;
        canvas.group(title, |canvas| {
            canvas.lines((x, first), Anchor::Middle, BOLD, Fill::Ink, &column.header);
        });
    }
    canvas.line(&[(MARGIN, bottom), (right, bottom)], Pen::solid(Stroke::Rule, 1.0));
    bottom
}

/// The heading of a group; returns where its rows begin.
fn draw_group(canvas: &mut Canvas, name: &str, right: f64, top: f64) -> f64 {
    let lines = BOLD.wrap(name, right - MARGIN - 12.0);
    if lines.is_empty() {
        return top;
    }
    let height = lines.len() as f64 * BOLD.line_height() + 9.0;
    canvas.rect((MARGIN, top), (right - MARGIN, height), Fill::Panel, None);
    canvas.lines((MARGIN + 6.0, top + 5.0 + BOLD.size), Anchor::Start, BOLD, Fill::Ink, &lines);
    top + height
}

/// The legend of the lights and the key of the domains; returns the lower end.
fn draw_key(canvas: &mut Canvas, plot: &TrafficLight, (left, top): (f64, f64), room: f64) -> f64 {
    let legend = Legend::new(&plot.key, &plot.key.drawn(), room);
    legend.draw(canvas, (left, top));
    let mut y = top + legend.height + 6.0;
    let keyed: Vec<_> = plot
        .domains
        .iter()
        .filter(|(short, long)| !long.trim().is_empty() && long != short)
        .collect();
    let bold = Font::bold(SMALL.size);
    let indent =
        keyed.iter().map(|(short, _)| bold.width(short)).fold(0.0, f64::max).min(room / 3.0) + 10.0;
    for (short, long) in keyed {
        let lines = SMALL.wrap(long, room - indent);
        canvas.text(
            (left, y + SMALL.size),
            Anchor::Start,
            bold,
            Fill::Ink,
            &bold.cut(short, indent - 9.0),
        );
        canvas.lines((left + indent, y + SMALL.size), Anchor::Start, SMALL, Fill::Ink, &lines);
        y += lines.len() as f64 * SMALL.line_height() + 2.0;
    }
    y
}
