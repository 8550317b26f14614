//! L'Abbé's plot: the risks of both groups against each other.

use consilience_figures::{self as figures, LabbeEffect, LabbeLine, LabbePlot, LabbePoint, Svg};
use consilience_review::analysis::{StudyData, Synthesis};
use consilience_stats::{Measure, Pooled, Summary, TwoByTwo};

use crate::forest::{effect_name, effect_text};

pub(super) fn labbe(synthesis: &Synthesis, pooled: &Pooled) -> Result<Svg, String> {
    let table = |data: &StudyData| match data {
        StudyData::Events(it) | StudyData::Summary(Summary::Table(it)) => Some(*it),
        _ => None,
    };
    let point = |(label, it): (&str, TwoByTwo)| LabbePoint {
        label: label.to_owned(),
        control: it.events_c / it.n_c,
        experimental: it.events_e / it.n_e,
        size: it.n_e + it.n_c,
    };
    let tables =
        synthesis.studies.iter().filter_map(|it| Some((it.study.as_str(), table(&it.data)?)));
    let points: Vec<LabbePoint> = tables.map(point).collect();
    if points.is_empty() {
        return Err("it needs the events of two groups".to_owned());
    }
    let shown = synthesis.display(pooled.estimate);
    let effect = match synthesis.plan.measure {
        Measure::RiskRatio => Some(LabbeEffect::Ratio(shown)),
        Measure::OddsRatio | Measure::PetoOddsRatio => Some(LabbeEffect::OddsRatio(shown)),
        Measure::RiskDifference => Some(LabbeEffect::Difference(shown)),
        _ => None,
    };
    let line = effect.map(|effect| LabbeLine {
        label: format!(
            "{} {}",
            effect_name(synthesis),
            effect_text(synthesis, pooled.estimate, pooled.ci)
        ),
        effect,
    });
    let comparison = &synthesis.comparison;
    Ok(figures::labbe(&LabbePlot {
        id: "labbe".to_owned(),
        title: format!("L'Abbé plot: {}", synthesis.title),
        description: "The risk of each study's two groups against each other.".to_owned(),
        points,
        lines: line.into_iter().collect(),
        control_label: format!("Risk: {}", comparison.comparator_name),
        experimental_label: format!("Risk: {}", comparison.experimental_name),
    }))
}
