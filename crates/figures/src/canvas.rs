//! A small typed SVG writer: shapes in, text out, the same bytes every time.

use crate::font::{FAMILIES, FontWeight};
use crate::paint::{Fill, Stroke};
use crate::svg::Svg;
use crate::text::Font;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The element being drawn on.
#[derive(Debug, Default)]
pub(crate) struct Canvas {
    body: String,
    regular: BTreeSet<char>,
    bold: BTreeSet<char>,
}

/// What the root element says of the figure as a whole.
pub(crate) struct Caption<'a> {
    /// Prefix of the ids.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
}

/// Where the given point lies on a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// Top left corner and size of a rectangle.
pub(crate) type Block = ((f64, f64), (f64, f64));

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pen {
    pub(crate) stroke: Stroke,
    pub(crate) width: f64,
    pub(crate) dash: Dash,
}

/// Pattern of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dash {
    Solid,
    Dotted,
    Dashed,
}

impl Pen {
    pub(crate) const fn solid(stroke: Stroke, width: f64) -> Self {
        Self { stroke, width, dash: Dash::Solid }
    }
}

impl Canvas {
    /// A text with its baseline at `y`. White space and characters that XML forbids become single spaces.
    pub(crate) fn text(
        &mut self,
        at: (f64, f64),
        anchor: Anchor,
        font: Font,
        fill: Fill,
        text: &str,
    ) {
        self.turned_text(at, anchor, font, fill, text, "");
    }

    /// A text that reads upwards, centred on a point of its baseline.
    pub(crate) fn text_up(&mut self, (x, y): (f64, f64), font: Font, fill: Fill, text: &str) {
        let turn = format!(r#" transform="rotate(-90 {} {})""#, number(x), number(y));
        self.turned_text((x, y), Anchor::Middle, font, fill, text, &turn);
    }

    fn turned_text(
        &mut self,
        (x, y): (f64, f64),
        anchor: Anchor,
        font: Font,
        fill: Fill,
        text: &str,
        turn: &str,
    ) {
        let text = clean(text);
        if text.is_empty() {
            return;
        }
        let used = match font.weight {
            FontWeight::Regular => &mut self.regular,
            FontWeight::Bold => &mut self.bold,
        };
        used.extend(text.chars());
        let (class, colour) = fill.class_and_colour();
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let weight = match font.weight {
            FontWeight::Regular => "",
            FontWeight::Bold => r#" font-weight="700""#,
        };
        let (x, y, size) = (number(x), number(y), number(font.size));
        self.push(&format!(
            r#"<text class="{class}" x="{x}" y="{y}" font-size="{size}"{weight}{anchor} fill="{colour}"{turn}>{}</text>"#,
            escape(&text)
        ));
    }

    /// Lines of text below each other, the first baseline at `y`.
    pub(crate) fn lines(
        &mut self,
        (x, y): (f64, f64),
        anchor: Anchor,
        font: Font,
        fill: Fill,
        lines: &[String],
    ) {
        for (i, line) in lines.iter().enumerate() {
            self.text((x, y + i as f64 * font.line_height()), anchor, font, fill, line);
        }
    }

    /// A filled rectangle, with an outline if there is a pen.
    pub(crate) fn rect(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        fill: Fill,
        pen: Option<Pen>,
    ) {
        let geometry = format!(
            r#"x="{}" y="{}" width="{}" height="{}""#,
            number(x),
            number(y),
            number(width),
            number(height)
        );
        self.shape("rect", &geometry, fill, pen);
    }

    /// A filled circle.
    pub(crate) fn circle(&mut self, (x, y): (f64, f64), radius: f64, fill: Fill, pen: Option<Pen>) {
        let geometry = format!(r#"cx="{}" cy="{}" r="{}""#, number(x), number(y), number(radius));
        self.shape("circle", &geometry, fill, pen);
    }

    /// A filled polygon.
    pub(crate) fn polygon(&mut self, points: &[(f64, f64)], fill: Fill, pen: Option<Pen>) {
        let geometry = format!(r#"points="{}""#, point_list(points));
        self.shape("polygon", &geometry, fill, pen);
    }

    /// An open line through the points.
    pub(crate) fn line(&mut self, points: &[(f64, f64)], pen: Pen) {
        let geometry = format!(r#"points="{}""#, point_list(points));
        self.shape("polyline", &geometry, Fill::None, Some(pen));
    }

    /// Many separate straight lines as one element.
    pub(crate) fn strokes(&mut self, lines: &[[(f64, f64); 2]], pen: Pen) {
        if lines.is_empty() {
            return;
        }
        let data: Vec<String> = lines.iter().map(|line| format!("M{}", point_list(line))).collect();
        self.shape("path", &format!(r#"d="{}""#, data.join("")), Fill::None, Some(pen));
    }

    /// Many filled rectangles, each with its top left corner and size, as one element.
    pub(crate) fn blocks(&mut self, blocks: &[Block], fill: Fill) {
        if blocks.is_empty() {
            return;
        }
        let corners = |&((x, y), (w, h)): &Block| {
            let corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)];
            format!("M{}Z", point_list(&corners))
        };
        let data: Vec<String> = blocks.iter().map(corners).collect();
        self.shape("path", &format!(r#"d="{}""#, data.join("")), fill, None);
    }

    /// An arrow head with its tip at a point, pointing along (dx, dy).
    pub(crate) fn arrow_head(
        &mut self,
        (x, y): (f64, f64),
        (dx, dy): (f64, f64),
        size: f64,
        fill: Fill,
    ) {
        let (back_x, back_y) = (x - dx * size, y - dy * size);
        let (side_x, side_y) = (-dy * size * 0.5, dx * size * 0.5);
        let points =
            [(x, y), (back_x + side_x, back_y + side_y), (back_x - side_x, back_y - side_y)];
        self.polygon(&points, fill, None);
    }

    /// A group with a text alternative, shown as a tooltip.
    pub(crate) fn group(&mut self, title: &str, draw: impl FnOnce(&mut Self)) {
        self.push(&format!("<g><title>{}</title>", escape(&clean(title))));
        draw(self);
        self.push("</g>");
    }

    /// The finished drawing, on paper.
    pub(crate) fn finish(self, (width, height): (f64, f64), caption: &Caption) -> Svg {
        let id: String =
            caption.id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let (width, height) = (width.ceil(), height.ceil());
        let (w, h) = (number(width), number(height));
        let mut out = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{id}-title {id}-desc" font-family="{FAMILIES}">"#
        );
        let _ = write!(
            out,
            "\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n",
            escape(&clean(caption.title)),
            escape(&clean(caption.description))
        );
        let mut paper = Self::default();
        paper.rect((0.0, 0.0), (width, height), Fill::Paper, None);
        out += &paper.body;
        out += &self.body;
        out += "</svg>";
        Svg::new((width, height), clean(caption.title), out, self.regular, self.bold)
    }

    fn shape(&mut self, element: &str, geometry: &str, fill: Fill, pen: Option<Pen>) {
        let (mut class, colour) = (fill.class_and_colour().0.to_owned(), fill.class_and_colour().1);
        let mut outline = String::new();
        if let Some(pen) = pen {
            let (stroke_class, stroke) = pen.stroke.class_and_colour();
            if !class.is_empty() {
                class.push(' ');
            }
            class += stroke_class;
            let dash = match pen.dash {
                Dash::Solid => "",
                Dash::Dotted => r#" stroke-dasharray="1.5 3""#,
                Dash::Dashed => r#" stroke-dasharray="5 3""#,
            };
            outline = format!(r#" stroke="{stroke}" stroke-width="{}"{dash}"#, number(pen.width));
        }
        self.push(&format!(r#"<{element} class="{class}" {geometry} fill="{colour}"{outline}/>"#));
    }

    fn push(&mut self, element: &str) {
        self.body += element;
        self.body.push('\n');
    }
}

/// At most two decimals, no trailing zeros, no negative zero. Layout never makes a number that is not finite; should
/// it, a zero keeps the file valid.
fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn point_list(points: &[(f64, f64)]) -> String {
    let points: Vec<String> =
        points.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
    points.join(" ")
}

/// One line of text without what XML 1.0 cannot hold, and without the characters that would turn the direction of
/// what follows, numbers included: texts from right to left need none of them.
fn clean(text: &str) -> String {
    let turns = |c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let allowed = |c: char| !c.is_control() && !turns(c) && c != '\u{FFFE}' && c != '\u{FFFF}';
    let spaced: String = text.chars().map(|c| if allowed(c) { c } else { ' ' }).collect();
    spaced.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_negative_zero() {
        let cases = [
            (1.0, "1"),
            (1.005, "1"),
            (0.126, "0.13"),
            (-0.001, "0"),
            (1200.5, "1200.5"),
            (100.0, "100"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(f64::NAN), "0");
    }

    #[test]
    fn a_drawing_has_a_title_a_description_and_escaped_text() {
        let mut canvas = Canvas::default();
        canvas.text((1.0, 2.0), Anchor::End, Font::bold(10.0), Fill::Ink, "a < b & \u{7}c\n d");
        let caption = Caption { id: "f1", title: "T", description: "D \"q\"" };
        insta::assert_snapshot!(canvas.finish((10.2, 5.0), &caption).markup());
    }
}
