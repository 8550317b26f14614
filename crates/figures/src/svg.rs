//! A finished drawing and the ways out of it.

/// A finished drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Svg {
    width: f64,
    height: f64,
    markup: String,
}

/// Why a drawing could not be turned into pixels or a page.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The scale is not a positive finite number.
    #[error("the scale must be a positive number, found {0}")]
    Scale(f64),
    /// The picture would be larger than what a PNG of this kind should be.
    #[error("a picture of {width} × {height} pixels is too large; choose a smaller scale")]
    TooLarge {
        /// Pixels across.
        width: f64,
        /// Pixels down.
        height: f64,
    },
    /// A library refused the drawing.
    #[error("the drawing could not be rendered: {0}")]
    Drawing(String),
}

impl Svg {
    pub(crate) fn stub() -> Self {
        Self { width: 1.0, height: 1.0, markup: String::new() }
    }

    /// Width in user units (CSS pixels at scale 1).
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Height in user units.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// The `<svg …>…</svg>` element without its fonts, for use inside an HTML page (see [`crate::font_face_css`]).
    pub fn markup(&self) -> &str {
        &self.markup
    }

    /// A file of its own: XML declaration and embedded fonts.
    pub fn standalone(&self) -> String {
        self.markup.clone()
    }

    /// A PNG picture, `scale` pixels per user unit.
    pub fn to_png(&self, _scale: f64) -> Result<Vec<u8>, RenderError> {
        Ok(Vec::new())
    }

    /// A one-page PDF of the drawing's size, with real text.
    pub fn to_pdf(&self) -> Result<Vec<u8>, RenderError> {
        Ok(Vec::new())
    }
}
