//! A review's state and evaluation as a report: one HTML page, `results.json`, figures and tables.
//!
//! The crate never knows where a review is stored: values in, bytes out. [`build`] makes everything;
//! [`statement`], [`synthesis_json`] and [`forest_plot`] serve a single meta-analysis as well.
//!
//! ```
//! use consilience_report::{ReportOptions, build};
//! use consilience_review::{Package, evaluate};
//!
//! let mut package = Package::default();
//! let toml = "[review]\ntitle = \"Does <it> work?\"\n";
//! package.files.insert("review.toml".to_owned(), toml.as_bytes().to_vec());
//! let reading = package.to_log();
//!
//! let output = build(&reading, &evaluate(&reading.state), &ReportOptions::default())?;
//! let page = String::from_utf8_lossy(&output.files["report.html"]);
//! assert!(page.contains("Does &#60;it&#62; work?"));
//! assert!(output.files.contains_key("results.json"));
//! # Ok::<(), consilience_report::ReportError>(())
//! ```

mod bias;
mod certainty_json;
mod certainty_text;
mod checks;
mod direction;
mod drawings;
mod finding;
mod flow_diagram;
mod forest;
mod funnel;
mod json;
mod number;
mod page;
mod plots;
mod results;
mod rob_json;
mod settings;
mod slug;
mod statement;
mod summary_of_findings;
mod tables;
mod trace_json;

use std::collections::BTreeMap;

use consilience_figures::{RenderError, Svg};
use consilience_review::{Evaluation, Reading};

pub use bias::{RobFigure, rob_summary, rob_traffic_light};
pub use certainty_json::body_json;
pub use certainty_text::bodies_text;
pub use checks::{checks_json, checks_text};
pub use finding::{finding_text, findings_json, narrative_text};
pub use forest::forest_plot;
pub use json::synthesis_json;
pub use plots::{PlotKind, plot};
pub use rob_json::judged_json;
pub use statement::{heterogeneity_interval_text, statement};

use drawings::Drawings;

/// What a report comes with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportOptions {
    /// The formats of the files under `figures/`.
    pub figure_formats: Vec<FigureFormat>,
}

impl Default for ReportOptions {
    /// Figures as SVG.
    fn default() -> Self {
        Self { figure_formats: vec![FigureFormat::Svg] }
    }
}

/// A format of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FigureFormat {
    /// Vector, with real text.
    Svg,
    /// Pixels, 300 to the inch.
    Png,
    /// Vector on a page of the figure's size.
    Pdf,
}

impl FigureFormat {
    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }

    /// A figure as a file of this format.
    ///
    /// # Errors
    /// It cannot be turned into pixels or a page.
    pub fn bytes(self, svg: &Svg) -> Result<Vec<u8>, RenderError> {
        /// Three hundred pixels to the inch, where a user unit is 1/96 inch.
        const PRINT: f64 = 300.0 / 96.0;
        match self {
            Self::Svg => Ok(svg.standalone().into_bytes()),
            Self::Png => svg.to_png(PRINT),
            Self::Pdf => svg.to_pdf(),
        }
    }
}

/// The files of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    /// Bytes by path, with `/` between folders: `report.html`, `results.json`, `figures/…`, `tables/…`.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A figure could not be turned into pixels or a page.
    #[error("the figure {name} could not be drawn: {source}")]
    Figure {
        /// The file's name.
        name: String,
        /// What went wrong.
        source: RenderError,
    },
    /// The page could not be put together.
    #[error("the page could not be written: {0}")]
    Page(#[from] askama::Error),
    /// The results could not be written as JSON.
    #[error("results.json could not be written: {0}")]
    Json(#[from] serde_json::Error),
    /// A table could not be written as CSV.
    #[error("the table {name} could not be written: {source}")]
    Table {
        /// The file's name.
        name: &'static str,
        /// What went wrong.
        source: csv::Error,
    },
}

/// Builds the whole report. The same review always gives the same bytes.
///
/// # Errors
/// A figure could not be rendered as PNG or PDF; everything else goes wrong only when memory runs out.
pub fn build(
    reading: &Reading,
    evaluation: &Evaluation,
    options: &ReportOptions,
) -> Result<Output, ReportError> {
    let drawings = Drawings::new(&reading.state, evaluation);
    let summaries = summary_of_findings::summaries(&reading.state, evaluation);
    let mut files = tables::tables(evaluation, &summaries)?;
    for (name, svg) in drawings.named() {
        for format in &options.figure_formats {
            let path = format!("figures/{name}.{}", format.extension());
            let bytes = format
                .bytes(svg)
                .map_err(|source| ReportError::Figure { name: path.clone(), source })?;
            files.insert(path, bytes);
        }
    }
    files.insert(
        "report.html".to_owned(),
        page::render(reading, evaluation, &drawings, &summaries)?.into_bytes(),
    );
    let names: Vec<String> = files.keys().cloned().collect();
    let results = results::results_json(&reading.state, evaluation, &summaries, &names);
    let mut json = serde_json::to_vec_pretty(&results)?;
    json.push(b'\n');
    files.insert("results.json".to_owned(), json);
    Ok(Output { files })
}
