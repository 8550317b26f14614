//! A finished drawing and the ways out of it.

use crate::font::FontWeight;
use crate::{render, subset};
use std::collections::BTreeSet;

/// A finished drawing.
///
/// Text stays text in every format. The shipped font covers Latin, Greek and Cyrillic; other scripts are drawn with
/// the reader's fonts in SVG and HTML, and as empty boxes in PNG and PDF, which have no other font to turn to.
#[derive(Debug, Clone, PartialEq)]
pub struct Svg {
    width: f64,
    height: f64,
    title: String,
    markup: String,
    regular: BTreeSet<char>,
    bold: BTreeSet<char>,
}

/// Why a drawing could not be turned into pixels or a page.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The scale is not a positive finite number.
    #[error("the scale must be a positive number, found {0}")]
    Scale(f64),
    /// The picture would be more than 400 million pixels, or more than 65 535 on a side.
    #[error("a picture of {width} × {height} pixels is too large; choose a smaller scale")]
    TooLarge {
        /// Pixels across.
        width: f64,
        /// Pixels down.
        height: f64,
    },
    /// A library refused the drawing; the text says which and why.
    #[error("the drawing could not be rendered: {0}")]
    Drawing(String),
}

impl Svg {
    pub(crate) fn new(
        (width, height): (f64, f64),
        title: String,
        markup: String,
        regular: BTreeSet<char>,
        bold: BTreeSet<char>,
    ) -> Self {
        Self { width, height, title, markup, regular, bold }
    }

    /// Width in user units (CSS pixels at scale 1).
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Height in user units.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// The `<svg …>…</svg>` element without its fonts, for use inside an HTML page; the page gets one
    /// [`font_face_css`] for all its figures.
    pub fn markup(&self) -> &str {
        &self.markup
    }

    /// A file of its own: XML declaration and embedded fonts, so that it looks the same on every machine.
    pub fn standalone(&self) -> String {
        const AFTER: &str = "</desc>\n";
        let css = font_face_rules(|weight| self.text_used(weight).clone());
        let cut = self.markup.find(AFTER).map_or(self.markup.len(), |at| at + AFTER.len());
        let (head, body) = self.markup.split_at(cut);
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{head}<style>{css}</style>\n{body}\n")
    }

    /// A PNG picture on white, `scale` pixels per user unit (300 dpi in print at 100% is 3.125).
    pub fn to_png(&self, scale: f64) -> Result<Vec<u8>, RenderError> {
        render::png(self, scale)
    }

    /// A one-page PDF of the drawing's size (0.75 pt per user unit) with selectable text in embedded fonts.
    pub fn to_pdf(&self) -> Result<Vec<u8>, RenderError> {
        render::pdf(self)
    }

    /// The characters drawn in one weight.
    pub fn text_used(&self, weight: FontWeight) -> &BTreeSet<char> {
        match weight {
            FontWeight::Regular => &self.regular,
            FontWeight::Bold => &self.bold,
        }
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }
}

/// The content of one `<style>` element: the fonts of all inline figures of a page.
///
/// Both weights, each cut down to the characters that the figures use and printable ASCII (about 15 kB a weight).
pub fn font_face_css(figures: &[&Svg]) -> String {
    font_face_rules(|weight| {
        let used = figures.iter().flat_map(|f| f.text_used(weight)).copied();
        used.chain(' '..='~').collect()
    })
}

fn font_face_rules(characters: impl Fn(FontWeight) -> BTreeSet<char>) -> String {
    [FontWeight::Regular, FontWeight::Bold]
        .map(|weight| (weight, characters(weight)))
        .iter()
        .filter(|(_, characters)| !characters.is_empty())
        .map(|(weight, characters)| subset::font_face(*weight, characters))
        .collect()
}
