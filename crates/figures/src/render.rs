//! A drawing as pixels (through `resvg`) and as a page (through `krilla`).

use crate::font::FontWeight;
use crate::subset::subset;
use crate::{RenderError, Svg};
use krilla::geom::Size;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla_svg::{SurfaceExt, SvgSettings};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb::Database};
use std::sync::Arc;

const MOST_PIXELS: f64 = 4e8;
const LONGEST_SIDE: f64 = 65_535.0;

/// Points per user unit: a CSS pixel is 1/96 inch, a point 1/72.
const POINTS: f64 = 0.75;

pub(crate) fn png(svg: &Svg, scale: f64) -> Result<Vec<u8>, RenderError> {
    if !(scale.is_finite() && scale > 0.0) {
        return Err(RenderError::Scale(scale));
    }
    let (width, height) = ((svg.width() * scale).ceil(), (svg.height() * scale).ceil());
    let too_large = || RenderError::TooLarge { width, height };
    if width * height > MOST_PIXELS || width.max(height) > LONGEST_SIDE {
        return Err(too_large());
    }
    let tree = tree(svg)?;
    let mut pixels = Pixmap::new(whole(width), whole(height)).ok_or_else(too_large)?;
    let scale = single(scale);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| RenderError::Drawing(e.to_string()))
}

pub(crate) fn pdf(svg: &Svg) -> Result<Vec<u8>, RenderError> {
    let (width, height) = (single(svg.width() * POINTS), single(svg.height() * POINTS));
    let refuse = |what: &str| RenderError::Drawing(format!("{what} of {width} × {height} pt"));
    let page_settings = PageSettings::from_wh(width, height).ok_or_else(|| refuse("a page"))?;
    let size = Size::from_wh(width, height).ok_or_else(|| refuse("a drawing"))?;
    let tree = tree(svg)?;

    let mut document = krilla::Document::new();
    document.set_metadata(Metadata::new().title(svg.title().to_owned()));
    let mut page = document.start_page_with(page_settings);
    let mut surface = page.surface();
    surface.draw_svg(&tree, size, SvgSettings::default()).ok_or_else(|| refuse("a picture"))?;
    surface.finish();
    page.finish();
    document.finish().map_err(|e| RenderError::Drawing(format!("{e:?}")))
}

/// The drawing as `usvg` sees it. Its only fonts are the subsets that the SVG file embeds, so that all formats have
/// the same metrics (no kerning: layout measured without it).
fn tree(svg: &Svg) -> Result<Tree, RenderError> {
    let mut fonts = Database::new();
    for weight in [FontWeight::Regular, FontWeight::Bold] {
        fonts.load_font_data(subset(weight, svg.text_used(weight)));
    }
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
    Tree::from_str(svg.markup(), &options).map_err(|e| RenderError::Drawing(e.to_string()))
}

/// Single precision, as the libraries have it.
#[expect(clippy::cast_possible_truncation, reason = "lengths of a drawing need no more")]
fn single(value: f64) -> f32 {
    value as f32
}

/// A checked number of pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 1 and 65 535: checked by the caller"
)]
fn whole(pixels: f64) -> u32 {
    pixels as u32
}
