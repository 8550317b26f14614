//! The bubble plot of a meta-regression.

use consilience_figures::{self as figures, BubbleLine, BubblePlot, BubblePoint, Svg};
use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{Finding, MetaRegression};
use consilience_stats::{Matrix, PredictionMethod};

use super::{found, null_value, scale};
use crate::forest::effect_name;

pub(super) fn bubble(synthesis: &Synthesis, findings: &[Finding]) -> Result<Svg, String> {
    let regression = found(
        findings,
        |it| match it {
            Finding::MetaRegression(it) => Some(it),
            _ => None,
        },
        "it needs --mods with a column of numbers",
    )?;
    Ok(figures::bubble(&bubble_plot(synthesis, regression)?))
}

/// The plot of the regression that a plan asks for, where a moderator is a number; `anchor` is its own in the page.
pub(crate) fn draw(synthesis: &Synthesis, anchor: &str) -> Option<Svg> {
    let plot = bubble_plot(synthesis, synthesis.regression.as_ref()?).ok()?;
    Some(figures::bubble(&BubblePlot { id: format!("bubble-{anchor}"), ..plot }))
}

/// The regression line over the first moderator that is a number, the others at their means.
fn bubble_plot(synthesis: &Synthesis, it: &MetaRegression) -> Result<BubblePlot, String> {
    const PIECES: usize = 40;
    let fit = &it.fit;
    let design = fit.design();
    let column = design
        .moderator_columns()
        .into_iter()
        .find(|column| {
            design.matrix().column(*column).iter().any(|x| x.fract() != 0.0 || x.abs() > 1.0)
        })
        .ok_or("no moderator is a column of numbers")?;
    let values: Vec<f64> = design.matrix().column(column).iter().copied().collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let at = |i: usize| low + (high - low) * i as f64 / PIECES as f64;
    let means: Vec<f64> = (0..design.p()).map(|j| design.matrix().column(j).mean()).collect();
    let rows =
        Matrix::from_fn(PIECES + 1, design.p(), |i, j| if j == column { at(i) } else { means[j] });
    let level = synthesis.plan.level_share();
    let predictions = fit
        .predict(&rows, PredictionMethod::HigginsThompsonSpiegelhalter, level)
        .map_err(|it| it.to_string())?;
    let show = |value: f64| synthesis.display(value);
    let line = predictions.iter().enumerate().map(|(i, it)| BubbleLine {
        moderator: at(i),
        estimate: show(it.estimate),
        confidence: (show(it.ci.lower), show(it.ci.upper)),
        prediction: it.prediction.map(|it| (show(it.lower), show(it.upper))),
    });
    let weights = fit.weights();
    let points = it.studies.iter().zip(&values).zip(&weights).map(|((study, x), weight)| {
        let study = &synthesis.studies[*study];
        BubblePoint {
            label: study.label(),
            moderator: *x,
            estimate: show(study.effect.estimate),
            weight: *weight,
        }
    });
    Ok(BubblePlot {
        id: "bubble".to_owned(),
        title: format!("Meta-regression: {}", synthesis.title),
        description:
            "Each study's effect at its moderator, with the fitted line and its intervals."
                .to_owned(),
        points: points.collect(),
        line: line.collect(),
        null_value: null_value(synthesis),
        scale: scale(synthesis),
        moderator_label: design.names()[column].clone(),
        effect_label: effect_name(synthesis),
    })
}
