//! A risk-of-bias judgement as a coloured light with its symbol.

use crate::canvas::{Anchor, Canvas};
use crate::paint::Fill;
use crate::text::Font;

/// A risk-of-bias judgement, in `RoB` 2's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// Low risk of bias: green, `+`.
    Low,
    /// Some concerns: yellow, `−`.
    SomeConcerns,
    /// High risk of bias: red, `×`.
    High,
    /// The assessment is incomplete or there was nothing to assess it by: blue, `?`.
    NoInformation,
    /// Not assessed: left blank.
    NotAssessed,
}

/// The judgements that are drawn, in the order of every legend.
pub(crate) const DRAWN: [Judgement; 4] =
    [Judgement::Low, Judgement::SomeConcerns, Judgement::High, Judgement::NoInformation];

const LEGEND: Font = Font::regular(12.0);
const LEGEND_GAP: f64 = 22.0;
const LEGEND_RADIUS: f64 = 7.5;

impl Judgement {
    /// The judgement in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Low => "Low risk of bias",
            Self::SomeConcerns => "Some concerns",
            Self::High => "High risk of bias",
            Self::NoInformation => "No information",
            Self::NotAssessed => "Not assessed",
        }
    }

    /// Colour of the light.
    pub(crate) fn fill(self) -> Fill {
        match self {
            Self::Low => Fill::Low,
            Self::SomeConcerns => Fill::SomeConcerns,
            Self::High => Fill::High,
            Self::NoInformation => Fill::NoInformation,
            Self::NotAssessed => Fill::None,
        }
    }

    /// Draws the light around a point: the colour and the symbol, with a text alternative.
    pub(crate) fn draw(self, canvas: &mut Canvas, domain: &str, centre: (f64, f64), radius: f64) {
        if self == Self::NotAssessed {
            return;
        }
        let title = if domain.is_empty() {
            self.words().to_owned()
        } else {
            format!("{domain}: {}", self.words())
        };
        canvas.group(&title, |canvas| {
            canvas.circle(centre, radius, self.fill(), None);
            self.symbol(canvas, centre, radius);
        });
    }

    /// The symbol alone. It is text, so that a copied table and a text reader have it too.
    pub(crate) fn symbol(self, canvas: &mut Canvas, (x, y): (f64, f64), radius: f64) {
        let (symbol, size) = match self {
            Self::Low => ('+', 2.1),
            Self::SomeConcerns => ('−', 2.1),
            Self::High => ('×', 2.1),
            Self::NoInformation => ('?', 1.55),
            Self::NotAssessed => return,
        };
        let font = Font::bold(radius * size);
        let baseline = y + font.middle_of(symbol);
        canvas.text((x, baseline), Anchor::Middle, font, Fill::Mark, &symbol.to_string());
    }
}

/// A legend on as many lines as it needs: where each item goes, relative to its top left corner.
pub(crate) struct Legend {
    items: Vec<(Judgement, f64, f64)>,
    pub(crate) height: f64,
}

impl Legend {
    /// Lays out the judgements within a width.
    pub(crate) fn new(judgements: &[Judgement], room: f64) -> Self {
        let (mut x, mut y) = (0.0, 0.0);
        let mut items = Vec::new();
        for &judgement in judgements {
            let width = 2.0 * LEGEND_RADIUS + 6.0 + LEGEND.width(judgement.words());
            if x > 0.0 && x + width > room {
                (x, y) = (0.0, y + 20.0);
            }
            items.push((judgement, x, y));
            x += width + LEGEND_GAP;
        }
        let height = if items.is_empty() { 0.0 } else { y + 20.0 };
        Self { items, height }
    }

    /// Draws it with its top left corner at a point.
    pub(crate) fn draw(&self, canvas: &mut Canvas, (left, top): (f64, f64)) {
        for &(judgement, x, y) in &self.items {
            let centre = (left + x + LEGEND_RADIUS, top + y + 10.0);
            judgement.draw(canvas, "", centre, LEGEND_RADIUS);
            let baseline = (centre.0 + LEGEND_RADIUS + 6.0, centre.1 + LEGEND.drop());
            canvas.text(baseline, Anchor::Start, LEGEND, Fill::Ink, judgement.words());
        }
    }
}
