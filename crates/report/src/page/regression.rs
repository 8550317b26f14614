//! The meta-regression that a plan asks for: its coefficients, tests, and a bubble plot.

use askama::Template;
use consilience_review::analysis::Synthesis;

use super::figure::Figure;
use super::text::{Named, quoted};
use crate::drawings::AnalysisDrawings;
use crate::finding::regression::{coefficient_cells, test_lines};
use crate::number::{counted, typeset};

/// One regression.
#[derive(Template)]
#[template(path = "regression.html", whitespace = "minimize")]
pub(super) struct RegressionView {
    label: String,
    caption: String,
    level: String,
    rows: Vec<[String; 6]>,
    words: Vec<String>,
    left_out: Vec<Named>,
    figure: Option<Figure>,
}

impl RegressionView {
    /// `None` where the plan asks for no regression, or it has no answer, which the notes then say.
    pub(super) fn new(synthesis: &Synthesis, drawings: &AnalysisDrawings) -> Option<Self> {
        let regression = synthesis.regression.as_ref()?;
        let scale = if synthesis.plan.is_ratio() { ", on the log scale" } else { "" };
        let caption = "Each study's effect at its moderator, the area by its weight, with the fitted line, its \
                       confidence band and its prediction band.";
        Some(Self {
            label: format!("{}: meta-regression", synthesis.title),
            caption: format!(
                "Meta-regression of {}{scale}",
                counted(regression.fit.k(), "study", "studies")
            ),
            level: synthesis.plan.level.text().to_owned(),
            rows: regression.fit.coefficients.iter().map(coefficient_cells).collect(),
            words: test_lines(regression).iter().map(|it| sentence(it)).collect(),
            left_out: regression
                .left_out
                .iter()
                .map(|it| Named::new(&it.study, quoted(&format!("{}.", it.reason))))
                .collect(),
            figure: drawings.bubble.as_ref().map(|it| {
                let file = format!("bubble-{}", drawings.file);
                Figure::new(it, &file, "Bubble plot", caption).of(&synthesis.title)
            }),
        })
    }
}

fn sentence(line: &str) -> String {
    typeset(&format!("{}.", line.trim()))
}
