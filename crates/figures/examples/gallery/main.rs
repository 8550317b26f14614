//! Draws every figure at several sizes, to be looked at: `cargo run --example gallery -- OUT_DIR [BEGINNING]`.
//!
//! Writes each (or each whose name begins so) as SVG, PNG and PDF, and a page with all of them inline that follows the reader's light or dark theme.

mod bias;
mod data;
mod forest;
mod many;
mod models;
mod others;
mod panels;

use consilience_figures::{DARK_CSS, Svg, font_face_css};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args().nth(1).ok_or("usage: gallery OUT_DIR [BEGINNING]")?;
    let out = Path::new(&out);
    let beginning = std::env::args().nth(2).unwrap_or_default();
    std::fs::create_dir_all(out)?;
    let figures = [
        forest::figures(),
        others::figures(),
        bias::figures(),
        models::figures(),
        many::figures(),
        panels::figures(),
    ]
    .concat();
    for (name, figure) in figures.iter().filter(|(name, _)| name.starts_with(&beginning)) {
        write(&out.join(format!("{name}.svg")), figure.standalone().as_bytes())?;
        write(&out.join(format!("{name}.png")), &figure.to_png(1.5)?)?;
        write(&out.join(format!("{name}.pdf")), &figure.to_pdf()?)?;
    }
    write(&out.join("index.html"), page(&figures).as_bytes())
}

fn page(figures: &[(String, Svg)]) -> String {
    let all: Vec<&Svg> = figures.iter().map(|(_, figure)| figure).collect();
    let inline: Vec<String> =
        all.iter().map(|f| format!("<div class=\"figure\">{}</div>\n", f.markup())).collect();
    let inline = inline.concat();
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Gallery</title>\
         <meta name=\"color-scheme\" content=\"light dark\"><style>{}</style>\
         <style>.figure svg{{max-width:100%;height:auto}} @media (prefers-color-scheme: dark) {{ body{{background:#15181d}} {DARK_CSS} }}</style>\
         </head><body>{inline}</body></html>\n",
        font_face_css(&all)
    )
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    Ok(fs_err::write(path, bytes)?)
}
