//! Reads a drawing back from its markup: texts with their boxes, shapes with their geometry.

#![expect(clippy::unwrap_used, reason = "a drawing that cannot be read back fails the test")]

use consilience_figures::Svg;
use roxmltree::{Document, Node};
use ttf_parser::Face;

/// A text and the box that its capitals and descenders fill.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextBox {
    pub(crate) text: String,
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl TextBox {
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let slack = 0.05;
        self.left + slack < other.right
            && other.left + slack < self.right
            && self.top + slack < other.bottom
            && other.top + slack < self.bottom
    }
}

/// Every text of a drawing, in order.
pub(crate) fn texts(svg: &Svg) -> Vec<TextBox> {
    let faces =
        [notosans::REGULAR_TTF, notosans::BOLD_TTF].map(|bytes| Face::parse(bytes, 0).unwrap());
    let document = Document::parse(svg.markup()).unwrap();
    let texts = document.descendants().filter(|n| n.has_tag_name("text"));
    texts
        .map(|node| text_box(&node, &faces[usize::from(node.has_attribute("font-weight"))]))
        .collect()
}

fn text_box(node: &Node, face: &Face) -> TextBox {
    let text = node.text().unwrap().to_owned();
    let (x, y, size) = (number(node, "x"), number(node, "y"), number(node, "font-size"));
    let advance = |c: char| match face.glyph_index(c) {
        Some(glyph) => {
            f64::from(face.glyph_hor_advance(glyph).unwrap()) / f64::from(face.units_per_em())
        }
        None if c >= '\u{2E80}' => 1.0,
        None => 0.65,
    };
    let width = text.chars().map(advance).sum::<f64>() * size;
    let before = match node.attribute("text-anchor") {
        Some("middle") => width / 2.0,
        Some("end") => width,
        _ => 0.0,
    };
    let (up, down) = (0.75 * size, 0.22 * size);
    if node.has_attribute("transform") {
        let (left, right, top, bottom) = (x - up, x + down, y - width / 2.0, y + width / 2.0);
        return TextBox { text, left, top, right, bottom };
    }
    TextBox { text, left: x - before, top: y - up, right: x - before + width, bottom: y + down }
}

/// Value of a numeric attribute.
pub(crate) fn number(node: &Node, name: &str) -> f64 {
    node.attribute(name).unwrap_or_else(|| panic!("no {name} in {node:?}")).parse().unwrap()
}

/// Points of every polygon or polyline of a class.
pub(crate) fn points(svg: &Svg, class: &str) -> Vec<Vec<(f64, f64)>> {
    let document = Document::parse(svg.markup()).unwrap();
    let shapes = document.descendants().filter(|n| n.attribute("class") == Some(class));
    let lists = shapes.filter_map(|n| n.attribute("points").map(str::to_owned));
    lists
        .map(|list| {
            let pair = |p: &str| {
                let (x, y) = p.split_once(',').unwrap();
                (x.parse().unwrap(), y.parse().unwrap())
            };
            list.split(' ').map(pair).collect()
        })
        .collect()
}

/// Centre of every circle.
pub(crate) fn circles(svg: &Svg) -> Vec<(f64, f64)> {
    let document = Document::parse(svg.markup()).unwrap();
    let circles = document.descendants().filter(|n| n.has_tag_name("circle"));
    circles.map(|n| (number(&n, "cx"), number(&n, "cy"))).collect()
}

/// Points of every part of every path of a class.
pub(crate) fn parts(svg: &Svg, class: &str) -> Vec<Vec<(f64, f64)>> {
    let document = Document::parse(svg.markup()).unwrap();
    let paths = document.descendants().filter(|n| n.attribute("class") == Some(class));
    let data: Vec<&str> = paths.filter_map(|n| n.attribute("d")).collect();
    let pair = |p: &str| {
        let (x, y) = p.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    let part = |part: &str| part.trim_end_matches('Z').split(' ').map(pair).collect();
    data.iter().flat_map(|d| d.split('M').skip(1)).map(part).collect()
}

/// Left, top, width and height of every rectangle of a class.
pub(crate) fn rectangles(svg: &Svg, class: &str) -> Vec<[f64; 4]> {
    let document = Document::parse(svg.markup()).unwrap();
    let rects = document
        .descendants()
        .filter(|n| n.has_tag_name("rect") && n.attribute("class") == Some(class));
    rects.map(|n| ["x", "y", "width", "height"].map(|name| number(&n, name))).collect()
}

/// Left, top, right and bottom of every shape but the paper.
fn shape_boxes(document: &Document) -> Vec<[f64; 4]> {
    let shape = |node: Node| match node.tag_name().name() {
        "circle" => {
            let [x, y, r] = ["cx", "cy", "r"].map(|name| number(&node, name));
            Some([x - r, y - r, x + r, y + r])
        }
        "rect" => {
            let [x, y, width, height] =
                ["x", "y", "width", "height"].map(|name| number(&node, name));
            Some([x, y, x + width, y + height])
        }
        "polyline" | "polygon" | "path" => {
            let data = node.attribute("points").or_else(|| node.attribute("d"))?;
            let numbers = data.split([' ', ',', 'M', 'Z']);
            let numbers: Vec<f64> = numbers.filter_map(|n| n.parse().ok()).collect();
            let ends = |from: usize| {
                let values = numbers.iter().skip(from).step_by(2);
                values.fold((f64::INFINITY, f64::NEG_INFINITY), |e, &v| (e.0.min(v), e.1.max(v)))
            };
            let ((left, right), (top, bottom)) = (ends(0), ends(1));
            Some([left, top, right, bottom])
        }
        _ => None,
    };
    document.descendants().filter_map(shape).collect()
}

/// Fails if two texts overlap, if a text or a shape leaves the figure, or if a number of the markup is not one.
pub(crate) fn assert_tidy(svg: &Svg) {
    let texts = texts(svg);
    for (i, a) in texts.iter().enumerate() {
        let inside = a.left >= -0.5
            && a.top >= -0.5
            && a.right <= svg.width() + 0.5
            && a.bottom <= svg.height() + 0.5;
        assert!(inside, "{a:?} leaves {} × {}", svg.width(), svg.height());
        for b in &texts[i + 1..] {
            assert!(!a.overlaps(b), "{a:?}\noverlaps\n{b:?}");
        }
    }
    let document = Document::parse(svg.markup()).unwrap();
    for shape in shape_boxes(&document) {
        let [left, top, right, bottom] = shape;
        let inside = left >= -0.5
            && top >= -0.5
            && right <= svg.width() + 0.5
            && bottom <= svg.height() + 0.5;
        assert!(inside, "{shape:?} leaves {} × {}", svg.width(), svg.height());
    }
    for node in document.descendants() {
        for name in ["x", "y", "width", "height", "cx", "cy", "r"] {
            if let Some(value) = node.attribute(name) {
                assert!(value.parse::<f64>().is_ok_and(f64::is_finite), "{name}={value}");
            }
        }
    }
}
