//! A figure in the page, in a frame that scrolls by itself when the screen is narrow.

use askama::Template;
use consilience_figures::Svg;

/// A drawing with its caption.
#[derive(Template)]
#[template(path = "figure.html", whitespace = "minimize")]
pub(super) struct Figure {
    anchor: String,
    /// The frame's name, which no other figure of the page shares.
    region: String,
    label: String,
    markup: String,
    caption: String,
}

impl Figure {
    /// `file` is the figure's name under `figures/`, without extension.
    pub(super) fn new(svg: &Svg, file: &str, label: &str, caption: impl Into<String>) -> Self {
        Self {
            anchor: format!("figure-{}", crate::slug::slug(file)),
            region: label.to_owned(),
            label: label.to_owned(),
            markup: svg.markup().to_owned(),
            caption: caption.into(),
        }
    }

    /// Says what the figure is of, where the page has several of its kind.
    pub(super) fn of(self, title: &str) -> Self {
        Self { region: format!("{title}: {}", self.label.to_lowercase()), ..self }
    }
}
