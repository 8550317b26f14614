//! The weight functions of selection models.

use consilience_figures::{self as figures, Svg, WeightCurve, WeightFunctionPlot, WeightPoint};
use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{Finding, SelectionFinding};
use consilience_stats::Effect;
use consilience_stats::distribution::normal_sf;
use consilience_stats::selection::{Alternative, SelectionFunction};

/// How many pieces a smooth function has.
const PIECES: usize = 200;
/// Where the functions begin to be drawn: some are infinite at 0 and 1.
const NEAREST: f64 = 0.005;

pub(super) fn weight_function(synthesis: &Synthesis, findings: &[Finding]) -> Result<Svg, String> {
    const MOST: usize = 4;
    let models: Vec<&SelectionFinding> = findings
        .iter()
        .filter_map(|it| match it {
            Finding::Selection(it) => Some(it),
            _ => None,
        })
        .collect();
    let first = models.first().ok_or("it needs --selection with a model")?;
    if models.len() > MOST {
        return Err(format!("it shows at most {MOST} selection models, not {}", models.len()));
    }
    let alternative = first.alternative;
    if models.iter().any(|it| it.alternative != alternative) {
        return Err("the models' P values point different ways; draw one at a time".to_owned());
    }
    let effects: Vec<Effect> = synthesis.studies.iter().map(|it| it.effect).collect();
    Ok(figures::weight_function(&WeightFunctionPlot {
        id: "weight-function".to_owned(),
        title: format!("Selection: {}", synthesis.title),
        description: "How likely a result is to be published, by its P value.".to_owned(),
        curves: models.iter().map(|it| curve(it)).collect(),
        cutpoints: models.iter().flat_map(|it| cuts(it)).filter(|it| *it < 1.0).collect(),
        observed: effects.iter().map(|it| p_value(*it, alternative)).collect(),
        p_label: match alternative {
            Alternative::TwoSided => "Two-sided P value",
            Alternative::Greater | Alternative::Less => "One-sided P value",
        }
        .to_owned(),
    }))
}

fn p_value(effect: Effect, alternative: Alternative) -> f64 {
    let z = effect.estimate / effect.se();
    match alternative {
        Alternative::Greater => normal_sf(z),
        Alternative::Less => normal_sf(-z),
        Alternative::TwoSided => effect.p_value(),
    }
}

/// Where the steps of a step function are.
fn cuts(model: &SelectionFinding) -> Vec<f64> {
    model.fit.intervals.iter().flatten().map(|it| it.upper).collect()
}

fn curve(model: &SelectionFinding) -> WeightCurve {
    let points = match &model.question.function {
        SelectionFunction::Step { .. } => steps(model),
        _ => smooth(model),
    };
    WeightCurve { label: model.question.name(), points }
}

/// Two points for each interval, with the confidence limits of its weight.
fn steps(model: &SelectionFinding) -> Vec<WeightPoint> {
    let mut start = 0.0;
    let mut points = Vec::new();
    for (end, parameter) in cuts(model).into_iter().zip(&model.fit.parameters) {
        let limits = parameter.wald.map(|it| (it.ci.lower.max(0.0), it.ci.upper));
        // The first interval is the reference, whose weight is 1.
        let limits = limits.or((start == 0.0).then_some((parameter.value, parameter.value)));
        let point = |p| WeightPoint { p, weight: parameter.value, limits };
        points.extend([point(start), point(end)]);
        start = end;
    }
    points
}

/// The function with the limits of its parameter, where it has one and falls with it. A beta function has no place where its
/// weight is 1, so its highest is taken as that.
fn smooth(model: &SelectionFinding) -> Vec<WeightPoint> {
    let function = &model.question.function;
    let parameters: Vec<f64> = model.fit.parameters.iter().map(|it| it.value).collect();
    let is_beta = matches!(function, SelectionFunction::Beta);
    let at = |i: usize| {
        let p = i as f64 / PIECES as f64;
        if is_beta { p.clamp(NEAREST, 1.0 - NEAREST) } else { p }
    };
    let weight = |p: f64, of: &[f64]| function.weight(p, of).unwrap_or(f64::NAN);
    let unit = if is_beta {
        (0..=PIECES).map(|i| weight(at(i), &parameters)).fold(0.0, f64::max)
    } else {
        1.0
    };
    let ends = match model.fit.parameters.as_slice() {
        [one] => one.wald.map(|it| (it.ci.lower.max(0.0), it.ci.upper)),
        _ => None,
    };
    let point = |i: usize| WeightPoint {
        p: at(i),
        weight: weight(at(i), &parameters) / unit,
        limits: ends.map(|(low, high)| (weight(at(i), &[high]), weight(at(i), &[low]))),
    };
    (0..=PIECES).map(point).collect()
}
