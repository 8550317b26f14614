//! All figures of one report, each drawn once: the page and the files show the same drawing.

use consilience_figures::Svg;
use consilience_review::{Evaluation, State};

use crate::plots::regression;
use crate::slug::{distinct_slugs, file_names};
use crate::{bias, direction, flow_diagram, forest, funnel};

/// The figures of a report.
#[derive(Debug)]
pub(crate) struct Drawings {
    pub(crate) flow: Svg,
    pub(crate) traffic_light: Option<Svg>,
    pub(crate) bias_summary: Option<Svg>,
    /// By comparison, where several outcomes have a narrative synthesis.
    pub(crate) overviews: Vec<(String, Svg)>,
    /// In the order of the syntheses.
    pub(crate) analyses: Vec<AnalysisDrawings>,
}

/// The figures of one analysis.
#[derive(Debug)]
pub(crate) struct AnalysisDrawings {
    /// Its part of the files' names.
    pub(crate) file: String,
    /// Its part of the page's anchors.
    pub(crate) anchor: String,
    pub(crate) forest: Option<Svg>,
    pub(crate) funnel: Option<Svg>,
    pub(crate) bubble: Option<Svg>,
    pub(crate) direction: Option<Svg>,
}

impl Drawings {
    /// Draws everything that the evaluation has.
    pub(crate) fn new(state: &State, evaluation: &Evaluation) -> Self {
        let ids: Vec<&str> = evaluation.syntheses.iter().map(|it| it.plan.id.as_str()).collect();
        let names = file_names(ids.iter().copied()).into_iter().zip(distinct_slugs(ids));
        let analyses = evaluation
            .syntheses
            .iter()
            .zip(names)
            .map(|(synthesis, (file, anchor))| AnalysisDrawings {
                forest: forest::draw(synthesis, &anchor, &evaluation.risk_of_bias),
                funnel: funnel::draw(synthesis, &anchor),
                bubble: regression::draw(synthesis, &anchor),
                direction: direction::draw(state, synthesis, &anchor),
                file,
                anchor,
            })
            .collect();
        let overviews = state
            .comparisons
            .keys()
            .zip(distinct_slugs(state.comparisons.keys().map(String::as_str)))
            .filter_map(|(id, anchor)| {
                let svg = direction::draw_overview(state, id, &anchor, &evaluation.syntheses)?;
                Some((id.clone(), svg))
            })
            .collect();
        Self {
            flow: flow_diagram::draw(&evaluation.flow),
            traffic_light: bias::traffic_light(state, &evaluation.risk_of_bias),
            bias_summary: bias::summary(state, &evaluation.risk_of_bias),
            overviews,
            analyses,
        }
    }

    /// Every figure with the name of its file, without folder and extension.
    pub(crate) fn named<'a>(&'a self) -> Vec<(String, &'a Svg)> {
        let mut named = vec![("flow".to_owned(), &self.flow)];
        let mut add = |name: String, svg: Option<&'a Svg>| {
            if let Some(svg) = svg {
                named.push((name, svg));
            }
        };
        add("risk-of-bias".to_owned(), self.traffic_light.as_ref());
        add("risk-of-bias-summary".to_owned(), self.bias_summary.as_ref());
        for it in &self.analyses {
            add(format!("forest-{}", it.file), it.forest.as_ref());
            add(format!("funnel-{}", it.file), it.funnel.as_ref());
            add(format!("bubble-{}", it.file), it.bubble.as_ref());
            add(format!("effect-direction-{}", it.file), it.direction.as_ref());
        }
        let comparisons = file_names(self.overviews.iter().map(|it| it.0.as_str()));
        for (name, (_, svg)) in comparisons.into_iter().zip(&self.overviews) {
            add(format!("effect-direction-of-all-outcomes-{name}"), Some(svg));
        }
        named
    }
}
