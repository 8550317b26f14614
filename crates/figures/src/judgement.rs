//! A risk-of-bias judgement as a coloured light with its symbol.

use crate::canvas::{Anchor, Canvas, Pen};
use crate::paint::{Fill, Stroke};
use crate::text::Font;

/// A risk-of-bias judgement, in `RoB` 2's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// Low risk of bias: green, `+`.
    Low,
    /// Some concerns: yellow, `−`.
    SomeConcerns,
    /// High (or serious) risk of bias: red, `×`.
    High,
    /// Critical risk of bias, in tools that go beyond high: dark red, `!`.
    Critical,
    /// The assessment is incomplete or there was nothing to assess it by: blue, `?`.
    NoInformation,
    /// Not assessed: left blank.
    NotAssessed,
}

/// The judgements of RoB 2 as they are drawn, in the order of every legend.
pub(crate) const DRAWN: [Judgement; 4] =
    [Judgement::Low, Judgement::SomeConcerns, Judgement::High, Judgement::NoInformation];

/// The colours of the lights. The symbols are always drawn too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Palette {
    /// Green, yellow, red as in the report, tuned to its light and dark pages.
    #[default]
    Report,
    /// The green, yellow and red of Cochrane reviews and of the R package robvis.
    Cochrane,
    /// Pale to dark orange, which all kinds of colour vision tell apart by lightness; white for no information.
    ColourBlind,
}

/// How a figure shows the judgements of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RobKey {
    /// The colours.
    pub palette: Palette,
    /// The tool's judgements and its words for them, in the order of the legend; RoB 2's where there are none.
    pub words: Vec<(Judgement, String)>,
}

impl RobKey {
    /// The judgements of the legend.
    pub(crate) fn drawn(&self) -> Vec<Judgement> {
        if self.words.is_empty() {
            return DRAWN.to_vec();
        }
        self.words.iter().map(|it| it.0).collect()
    }

    /// The tool's words for a judgement.
    pub(crate) fn words_for(&self, judgement: Judgement) -> &str {
        let own = self.words.iter().find(|it| it.0 == judgement);
        own.map_or(judgement.words(), |it| it.1.as_str())
    }
}

const LEGEND: Font = Font::regular(12.0);
const LEGEND_GAP: f64 = 22.0;
const LEGEND_RADIUS: f64 = 7.5;

impl Judgement {
    /// All that are drawn, in the order of every legend.
    pub const ALL: [Self; 5] =
        [Self::Low, Self::SomeConcerns, Self::High, Self::Critical, Self::NoInformation];

    /// The judgement in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Low => "Low risk of bias",
            Self::SomeConcerns => "Some concerns",
            Self::High => "High risk of bias",
            Self::Critical => "Critical risk of bias",
            Self::NoInformation => "No information",
            Self::NotAssessed => "Not assessed",
        }
    }

    /// Colour of the light.
    pub(crate) fn fill(self, palette: Palette) -> Fill {
        match (palette, self) {
            (_, Self::NotAssessed) => Fill::None,
            (Palette::Report, Self::Low) => Fill::Low,
            (Palette::Report, Self::SomeConcerns) => Fill::SomeConcerns,
            (Palette::Report, Self::High) => Fill::High,
            (Palette::Report, Self::Critical) => Fill::Critical,
            (Palette::Report, Self::NoInformation) => Fill::NoInformation,
            (Palette::Cochrane, Self::Low) => Fill::Light("#02c100"),
            (Palette::Cochrane, Self::SomeConcerns) => Fill::Light("#e2df07"),
            (Palette::Cochrane, Self::High) => Fill::Light("#bf0000"),
            (Palette::Cochrane, Self::Critical) => Fill::Light("#820000"),
            (Palette::Cochrane, Self::NoInformation) => Fill::Light("#4ea1f7"),
            (Palette::ColourBlind, Self::Low) => Fill::Light("#fed98e"),
            (Palette::ColourBlind, Self::SomeConcerns) => Fill::Light("#fe9929"),
            (Palette::ColourBlind, Self::High) => Fill::Light("#d95f0e"),
            (Palette::ColourBlind, Self::Critical) => Fill::Light("#7b3014"),
            (Palette::ColourBlind, Self::NoInformation) => Fill::Light("#ffffff"),
        }
    }

    /// Colour of the symbol on the light.
    pub(crate) fn mark(self, palette: Palette) -> Fill {
        match (palette, self) {
            (_, Self::Critical) | (Palette::Cochrane, Self::High) => Fill::MarkLight,
            _ => Fill::Mark,
        }
    }

    /// Draws the light around a point: the colour and the symbol, with a text alternative.
    pub(crate) fn draw(
        self,
        canvas: &mut Canvas,
        key: &RobKey,
        domain: &str,
        centre: (f64, f64),
        radius: f64,
    ) {
        if self == Self::NotAssessed {
            return;
        }
        let words = key.words_for(self);
        let title = if domain.is_empty() { words.to_owned() } else { format!("{domain}: {words}") };
        // White needs an outline to be seen.
        let is_white = self.fill(key.palette) == Fill::Light("#ffffff");
        let outline = is_white.then(|| Pen::solid(Stroke::Rule, 1.0));
        canvas.group(&title, |canvas| {
            canvas.circle(centre, radius, self.fill(key.palette), outline);
            self.symbol(canvas, key.palette, centre, radius);
        });
    }

    /// The symbol alone. It is text, so that a copied table and a text reader have it too.
    pub(crate) fn symbol(
        self,
        canvas: &mut Canvas,
        palette: Palette,
        (x, y): (f64, f64),
        radius: f64,
    ) {
        let (symbol, size) = match self {
            Self::Low => ('+', 2.1),
            Self::SomeConcerns => ('−', 2.1),
            Self::High => ('×', 2.1),
            Self::Critical => ('!', 1.6),
            Self::NoInformation => ('?', 1.55),
            Self::NotAssessed => return,
        };
        let font = Font::bold(radius * size);
        let baseline = y + font.middle_of(symbol);
        canvas.text((x, baseline), Anchor::Middle, font, self.mark(palette), &symbol.to_string());
    }
}

/// A legend on as many lines as it needs: where each item goes, relative to its top left corner.
pub(crate) struct Legend<'a> {
    key: &'a RobKey,
    items: Vec<(Judgement, f64, f64)>,
    pub(crate) height: f64,
}

impl<'a> Legend<'a> {
    /// Lays out the judgements within a width.
    pub(crate) fn new(key: &'a RobKey, judgements: &[Judgement], room: f64) -> Self {
        let (mut x, mut y) = (0.0, 0.0);
        let mut items = Vec::new();
        for &judgement in judgements {
            let width = 2.0 * LEGEND_RADIUS + 6.0 + LEGEND.width(key.words_for(judgement));
            if x > 0.0 && x + width > room {
                (x, y) = (0.0, y + 20.0);
            }
            items.push((judgement, x, y));
            x += width + LEGEND_GAP;
        }
        let height = if items.is_empty() { 0.0 } else { y + 20.0 };
        Self { key, items, height }
    }

    /// Draws it with its top left corner at a point.
    pub(crate) fn draw(&self, canvas: &mut Canvas, (left, top): (f64, f64)) {
        for &(judgement, x, y) in &self.items {
            let centre = (left + x + LEGEND_RADIUS, top + y + 10.0);
            judgement.draw(canvas, self.key, "", centre, LEGEND_RADIUS);
            let baseline = (centre.0 + LEGEND_RADIUS + 6.0, centre.1 + LEGEND.drop());
            let words = self.key.words_for(judgement);
            canvas.text(baseline, Anchor::Start, LEGEND, Fill::Ink, words);
        }
    }
}
