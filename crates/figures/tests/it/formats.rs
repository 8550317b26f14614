//! The ways out: a file of its own, a page's inline figures, PNG and PDF.

use crate::samples::{estimate, flow, forest as plot, study, total};
use consilience_figures::{DARK_CSS, RenderError, Scale, Svg, font_face_css, forest};
use roxmltree::Document;
use std::collections::BTreeSet;

fn drawing() -> Svg {
    forest(&plot(
        Scale::Log,
        vec![
            study("Ærø 1948", Some(estimate(0.5, 0.2, 1.1)), Some(9.0)),
            total(estimate(0.5, 0.2, 1.1)),
        ],
    ))
}

#[test]
fn a_file_of_its_own_is_xml_with_both_fonts_inside() {
    let file = drawing().standalone();
    assert!(file.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg "));
    Document::parse(&file).unwrap();
    assert_eq!(file.matches("@font-face").count(), 2);
    assert!(file.len() < 60_000, "{} bytes", file.len());
}

#[test]
fn inline_markup_has_no_fonts_and_unique_ids() {
    let markup = drawing().markup().to_owned();
    assert!(!markup.contains("@font-face"));
    let document = Document::parse(&markup).unwrap();
    let ids: Vec<&str> = document.descendants().filter_map(|n| n.attribute("id")).collect();
    assert_eq!(ids, ["forest-title", "forest-desc"]);
    let root = document.root_element();
    assert_eq!(root.attribute("aria-labelledby"), Some("forest-title forest-desc"));
    assert_eq!(root.attribute("role"), Some("img"));
}

#[test]
fn one_style_serves_all_figures_of_a_page() {
    let (a, b) = (drawing(), consilience_figures::flow(&flow(&["Ωμέγα (n = 1)"])));
    let css = font_face_css(&[&a, &b]);
    assert_eq!(css.matches("@font-face").count(), 2);
    assert!(css.contains("font-weight:400") && css.contains("font-weight:700"));
    assert_ne!(css, font_face_css(&[&a]), "the Greek letters are added");
    assert!(font_face_css(&[]).len() < 50_000);
}

#[test]
fn every_class_that_is_drawn_has_a_dark_colour() {
    let markup = drawing().markup().to_owned();
    let document = Document::parse(&markup).unwrap();
    let classes: BTreeSet<&str> = document
        .descendants()
        .filter_map(|n| n.attribute("class"))
        .flat_map(str::split_whitespace)
        .collect();
    assert!(classes.len() > 5);
    for class in classes {
        assert!(DARK_CSS.contains(&format!(".figure .{class}{{")), "{class}");
    }
}

#[test]
fn a_png_has_the_drawings_size_times_the_scale() {
    let svg = drawing();
    for scale in [1.0, 2.0] {
        let png = svg.to_png(scale).unwrap();
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
        let side = |at: usize| f64::from(u32::from_be_bytes(png[at..at + 4].try_into().unwrap()));
        assert!(
            (side(16) - svg.width() * scale).abs() < 1.0
                && (side(20) - svg.height() * scale).abs() < 1.0
        );
    }
}

#[test]
fn a_png_of_an_impossible_size_is_refused() {
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(drawing().to_png(scale), Err(RenderError::Scale(_))), "{scale}");
    }
    assert!(matches!(drawing().to_png(1000.0), Err(RenderError::TooLarge { .. })));
}

#[test]
fn a_pdf_is_one_page_of_the_drawings_size_with_embedded_fonts() {
    let svg = drawing();
    let pdf = svg.to_pdf().unwrap();
    assert!(pdf.starts_with(b"%PDF-1.") && pdf.trim_ascii_end().ends_with(b"%%EOF"));
    let text = String::from_utf8_lossy(&pdf);
    let media_box = format!("/MediaBox[0 0 {} {}]", svg.width() * 0.75, svg.height() * 0.75);
    assert!(text.contains(&media_box), "{media_box}");
    assert!(text.contains("/FontFile2") && text.contains("/ToUnicode"), "text stays text");
}

#[test]
fn the_same_figure_gives_the_same_bytes() {
    let (a, b) = (drawing(), drawing());
    assert_eq!(a.standalone(), b.standalone());
    assert_eq!(a.to_png(1.0).unwrap(), b.to_png(1.0).unwrap());
    assert_eq!(a.to_pdf().unwrap(), b.to_pdf().unwrap());
}

#[test]
fn names_in_any_script_reach_every_format() {
    let names =
        ["张伟 2019（荟萃分析）", "دراسة عشوائية 2021", "👩‍🔬 2022", "\u{0}\u{8}\u{FFFF}control"];
    let rows =
        names.iter().map(|name| study(name, Some(estimate(0.5, 0.2, 1.1)), Some(9.0))).collect();
    let svg = forest(&plot(Scale::Log, rows));
    assert!(svg.markup().contains("دراسة عشوائية 2021"));
    Document::parse(&svg.standalone()).unwrap();
    assert!(svg.to_png(1.0).is_ok() && svg.to_pdf().is_ok());
}
