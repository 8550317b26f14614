//! The albatross plot: the studies' P values against their numbers of participants, with lines of equal effect.

use consilience_figures::{
    self as figures, AlbatrossContour, AlbatrossDirection, AlbatrossPlot, AlbatrossPoint, Svg,
};
use consilience_review::analysis::{
    Favoured, NarrativeP, NarrativeRow, StudyData, StudyEffect, Synthesis,
};
use consilience_stats::combine::{ContourEffect, albatross_contour};
use consilience_stats::distribution::two_sided_z;
use consilience_stats::{Measure, TwoByTwo};

use super::sides;
use crate::number;

pub(super) fn albatross(synthesis: &Synthesis) -> Result<Svg, String> {
    if synthesis.null_value().is_none() {
        return Err("it needs an effect that can be none".to_owned());
    }
    let comparison = &synthesis.comparison;
    let (points, [negative_label, positive_label]) = match synthesis.told_alone() {
        Some(narrative) => (
            narrative.rows.iter().map(point_of_row).collect(),
            [
                format!("Favours {}", comparison.comparator_name),
                format!("Favours {}", comparison.experimental_name),
            ],
        ),
        None => {
            (synthesis.studies.iter().map(point_of_effect).collect::<Vec<_>>(), sides(synthesis))
        }
    };
    if points.iter().all(|it| it.participants.is_nan()) {
        return Err("it needs the studies' numbers of participants, a column `n`".to_owned());
    }
    Ok(figures::albatross(&AlbatrossPlot {
        id: "albatross".to_owned(),
        title: format!("Albatross plot: {}", synthesis.title),
        description: "P values of the studies against their numbers of participants.".to_owned(),
        points,
        contours: contours(synthesis),
        negative_label,
        positive_label,
    }))
}

fn point_of_effect(it: &StudyEffect) -> AlbatrossPoint {
    AlbatrossPoint {
        label: it.label(),
        p_value: it.effect.p_value(),
        direction: if it.effect.estimate < 0.0 {
            AlbatrossDirection::Negative
        } else {
            AlbatrossDirection::Positive
        },
        participants: it.participants.unwrap_or(f64::NAN),
    }
}

/// A bound is drawn at the bound; without a direction or a P value that bounds anything there is no place for a study.
fn point_of_row(it: &NarrativeRow) -> AlbatrossPoint {
    let p_value = match &it.p_value {
        Some(NarrativeP::Printed(p)) => p.upper_bound(),
        Some(NarrativeP::Computed(p)) => Some(*p),
        None => None,
    };
    let direction = match it.favours {
        Some(Favoured::Experimental) => Some(AlbatrossDirection::Positive),
        Some(Favoured::Comparator) => Some(AlbatrossDirection::Negative),
        Some(Favoured::Neither | Favoured::Unclear) | None => None,
    };
    AlbatrossPoint {
        label: it.study.clone(),
        p_value: p_value.filter(|_| direction.is_some()).unwrap_or(f64::NAN),
        direction: direction.unwrap_or(AlbatrossDirection::Positive),
        participants: it.n.unwrap_or(f64::NAN),
    }
}

/// Lines of a small, a medium and a large effect. Those of events are at the control groups' risk all together.
fn contours(synthesis: &Synthesis) -> Vec<AlbatrossContour> {
    let allocation = allocation(synthesis);
    let contour = |label: String, effects: [ContourEffect; 2]| {
        let [negative, positive] = effects.map(|it| z_per_root_n(it, allocation));
        Some(AlbatrossContour { label, z_per_root_n: (negative?, positive?) })
    };
    let both = |of: &dyn Fn(f64) -> ContourEffect, size: f64| [of(-size), of(size)];
    let ratios = |of: &dyn Fn(f64) -> ContourEffect, size: f64| [of(1.0 / size), of(size)];
    let control_risk = control_risk(synthesis);
    let contours: Vec<Option<AlbatrossContour>> = match (synthesis.plan.measure, control_risk) {
        (Measure::StandardizedMeanDifference | Measure::MeanDifference, _) => [0.2, 0.5, 0.8]
            .map(|d| {
                let label = format!("±{d} standard deviations");
                contour(label, both(&ContourEffect::StandardizedMeanDifference, d))
            })
            .into(),
        (Measure::Correlation | Measure::FisherZ, _) => [0.1, 0.3, 0.5]
            .map(|r| contour(format!("Correlation ±{r}"), both(&ContourEffect::Correlation, r)))
            .into(),
        (Measure::OddsRatio | Measure::PetoOddsRatio, Some(control_risk)) => [1.5, 2.5, 4.0]
            .map(|it| {
                let of = |ratio| ContourEffect::OddsRatio { ratio, control_risk };
                contour(ratio_label("Odds ratio", it), ratios(&of, it))
            })
            .into(),
        (Measure::RiskRatio, Some(control_risk)) => [1.25, 1.5, 2.0]
            .map(|it| {
                let of = |ratio| ContourEffect::RiskRatio { ratio, control_risk };
                contour(ratio_label("Risk ratio", it), ratios(&of, it))
            })
            .into(),
        (Measure::RiskDifference, Some(control_risk)) => [0.02, 0.05, 0.1]
            .map(|it| {
                let of = |difference| ContourEffect::RiskDifference { difference, control_risk };
                contour(format!("Risk difference ±{it}"), both(&of, it))
            })
            .into(),
        _ => Vec::new(),
    };
    contours.into_iter().flatten().collect()
}

/// `Risk ratio 0.67 or 1.5`.
fn ratio_label(name: &str, ratio: f64) -> String {
    format!("{name} {} or {ratio}", number::fixed(1.0 / ratio, 2))
}

/// z over the root of the number of participants that the effect needs for it; none where there is no such effect, as of a risk
/// above 1.
fn z_per_root_n(effect: ContourEffect, allocation: f64) -> Option<f64> {
    const LEVEL: f64 = 0.95;
    let sizes = albatross_contour(effect, allocation, &[1.0 - LEVEL]).ok()?;
    sizes.first().map(|n| two_sided_z(LEVEL) / n.sqrt())
}

fn tables(synthesis: &Synthesis) -> Vec<TwoByTwo> {
    synthesis.studies.iter().filter_map(|it| it.data.table()).collect()
}

fn control_risk(synthesis: &Synthesis) -> Option<f64> {
    let tables = tables(synthesis);
    let (events, people) =
        tables.iter().fold((0.0, 0.0), |(x, n), it| (x + it.events_c, n + it.n_c));
    (events > 0.0 && events < people).then(|| events / people)
}

/// How many times as many people the first groups have as the second.
fn allocation(synthesis: &Synthesis) -> f64 {
    let sizes = |it: &StudyEffect| match it.data {
        StudyData::Means { experimental, comparator } => Some((experimental.n, comparator.n)),
        _ => it.data.table().map(|it| (it.n_e, it.n_c)),
    };
    let (e, c) = synthesis
        .studies
        .iter()
        .filter_map(sizes)
        .fold((0.0, 0.0), |(e, c), (n_e, n_c)| (e + n_e, c + n_c));
    if e > 0.0 && c > 0.0 { e / c } else { 1.0 }
}
