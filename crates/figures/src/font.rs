//! The shipped font (Noto Sans, SIL Open Font License): how wide a text is, and which bytes draw it.

use std::sync::OnceLock;
use ttf_parser::Face;

/// The weights in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FontWeight {
    /// Weight 400.
    Regular,
    /// Weight 700.
    Bold,
}

/// The families a drawing asks for: the embedded subset, then what a system may have.
pub(crate) const FAMILIES: &str = "Consilience Figure, Noto Sans, Arial, sans-serif";

/// Name of the embedded subset in CSS: private, so that it never stands in for a page's own font.
pub(crate) const EMBEDDED_FAMILY: &str = "Consilience Figure";

impl FontWeight {
    /// Bytes of the whole font.
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => notosans::REGULAR_TTF,
            Self::Bold => notosans::BOLD_TTF,
        }
    }

    /// Value of CSS `font-weight`.
    pub(crate) fn css(self) -> &'static str {
        match self {
            Self::Regular => "400",
            Self::Bold => "700",
        }
    }

    /// The parsed font. The bytes are part of the program, so parsing cannot depend on input.
    pub(crate) fn face(self) -> &'static Face<'static> {
        static REGULAR: OnceLock<Face<'static>> = OnceLock::new();
        static BOLD: OnceLock<Face<'static>> = OnceLock::new();
        let slot = match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        };
        slot.get_or_init(|| Face::parse(self.bytes(), 0).expect("the shipped font parses"))
    }
}

/// Width of a text in user units at a font size in user units.
///
/// Exact for what the font has (Latin, Greek, Cyrillic). Other scripts come from the reader's system; there the width
/// is a guess: one em for East Asian characters, 0.65 em for the rest.
pub(crate) fn width(text: &str, size: f64, weight: FontWeight) -> f64 {
    text.chars().map(|c| advance(c, weight)).sum::<f64>() * size
}

/// Height of the middle of a character's outline above the baseline, in em.
pub(crate) fn middle(character: char, weight: FontWeight) -> f64 {
    let face = weight.face();
    let outline = face.glyph_index(character).and_then(|glyph| face.glyph_bounding_box(glyph));
    outline.map_or(0.357, |b| f64::from(b.y_min + b.y_max) / 2.0 / f64::from(face.units_per_em()))
}

/// Advance of one character in em.
fn advance(c: char, weight: FontWeight) -> f64 {
    let face = weight.face();
    let known = face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph));
    match known {
        Some(units) => f64::from(units) / f64::from(face.units_per_em()),
        None if c >= '\u{2E80}' => 1.0,
        None => 0.65,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_is_the_sum_of_the_fonts_advances() {
        assert!((width("0", 10.0, FontWeight::Regular) - 5.72).abs() < 0.01);
        assert!(
            (width("0000", 10.0, FontWeight::Regular)
                - 4.0 * width("0", 10.0, FontWeight::Regular))
            .abs()
                < 1e-9
        );
        assert!(width("Total", 10.0, FontWeight::Bold) > width("Total", 10.0, FontWeight::Regular));
        assert!(width("", 10.0, FontWeight::Bold).abs() < 1e-12);
    }

    #[test]
    fn scripts_the_font_lacks_get_room() {
        assert!((width("系统综述", 10.0, FontWeight::Regular) - 40.0).abs() < 1e-9);
        assert!(width("دراسة", 10.0, FontWeight::Regular) > 20.0);
    }

    #[test]
    fn the_font_has_the_symbols_of_statistics() {
        for c in "τχ²≤≥≠×−–—½αβ±%†‡…·µ∞".chars() {
            assert!(FontWeight::Regular.face().glyph_index(c).is_some(), "{c}");
        }
    }
}
