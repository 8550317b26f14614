//! What each study does to the answer: Baujat's plot, the influence panels, the normal quantile plot of residuals.

use consilience_figures::{
    self as figures, BaujatPlot, BaujatPoint, InfluencePanel, InfluencePlot, InfluenceStudy,
    QuantileLimits, QuantilePlot, QuantilePoint, Svg,
};
use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{
    DependentModel, Finding, Influence, InfluenceRow, MultilevelInfluence,
};
use consilience_stats::distribution::{chi2_quantile, normal_quantile};
use consilience_stats::multivariate::{Deletion as ClusterDeletion, MultilevelFit};
use consilience_stats::{Deletion, normal_quantiles};

use super::{fit, found};

pub(super) fn baujat(synthesis: &Synthesis) -> Result<Svg, String> {
    let points = fit(synthesis)?.baujat().map_err(|it| it.to_string())?;
    let points = synthesis.studies.iter().zip(points).filter_map(|(study, point)| {
        let point = point?;
        Some(BaujatPoint {
            label: study.label(),
            contribution: point.heterogeneity,
            influence: point.influence,
        })
    });
    Ok(figures::baujat(&BaujatPlot {
        id: "baujat".to_owned(),
        title: format!("Baujat plot: {}", synthesis.title),
        description:
            "What each study adds to the heterogeneity, and how far it moves the pooled effect."
                .to_owned(),
        points: points.collect(),
        contribution_label: "Contribution to heterogeneity (Q)".to_owned(),
        influence_label: "Influence on the pooled effect".to_owned(),
    }))
}

/// The measures of [`Influence`], with the bounds by which a study stands out.
pub(super) fn panels(synthesis: &Synthesis, findings: &[Finding]) -> Result<Svg, String> {
    let multilevel = findings.iter().find_map(|it| match it {
        Finding::DependentEffects(it) => match &it.model {
            DependentModel::Multilevel { fit, influence, .. } => Some((fit, influence.as_ref()?)),
            DependentModel::Independent(_) => None,
        },
        _ => None,
    });
    if let Some((fit, influence)) = multilevel {
        return Ok(figures::influence(&panels_of_clusters(synthesis, fit, influence)));
    }
    let influence = found(
        findings,
        |it| match it {
            Finding::Influence(it) => Some(it),
            _ => None,
        },
        "it needs --influence",
    )?;
    let study = |it: &InfluenceRow| InfluenceStudy {
        label: it.study.clone(),
        influential: it.is_influential,
    };
    Ok(figures::influence(&InfluencePlot {
        id: "influence".to_owned(),
        title: format!("Influence: {}", synthesis.title),
        description: "Measures of how much each study matters, one small plot each.".to_owned(),
        studies: influence.studies.iter().map(study).collect(),
        panels: measures(influence),
    }))
}

/// What a multilevel model is without each cluster.
fn panels_of_clusters(
    synthesis: &Synthesis,
    fit: &MultilevelFit,
    influence: &MultilevelInfluence,
) -> InfluencePlot {
    let clusters = &influence.clusters.clusters;
    let panel =
        |name: String, of: &dyn Fn(&ClusterDeletion) -> f64, reference, thresholds: &[f64]| {
            InfluencePanel {
                name,
                values: clusters.iter().map(of).collect(),
                reference,
                thresholds: thresholds.to_vec(),
            }
        };
    // z of χ² is comparable between clusters of different sizes.
    let z = |it: &ClusterDeletion| it.p_value.map_or(f64::NAN, |p| -normal_quantile(p));
    let cook = MultilevelInfluence::most_cooks_distance(fit.p());
    let mut panels = vec![
        panel("Residuals together, as z".to_owned(), &z, Some(0.0), &[1.645]),
        panel("Cook's distance".to_owned(), &|it| it.cooks_distance, Some(0.0), &[cook]),
    ];
    for (j, coefficient) in fit.coefficients.iter().enumerate() {
        let name = format!("DFBETAS: {}", coefficient.name.replace("intrcpt", "mean"));
        panels.push(panel(name, &|it| it.dfbetas[j], Some(0.0), &[-1.0, 1.0]));
    }
    for (c, component) in fit.components.iter().enumerate() {
        for (v, variance) in component.variances.iter().enumerate() {
            let level = component.levels.get(v).filter(|_| component.variances.len() > 1);
            let level = level.map_or_else(String::new, |it| format!(", {it}"));
            let name = format!("Variance without: {}{level}", component.name);
            panels.push(panel(name, &|it| it.components[c].variances[v], Some(*variance), &[]));
        }
    }
    InfluencePlot {
        id: "influence".to_owned(),
        title: format!("Influence by {}: {}", influence.column, synthesis.title),
        description: format!(
            "Measures of how much each {} matters to a multilevel model, one small plot each.",
            influence.column
        ),
        studies: clusters
            .iter()
            .map(|it| InfluenceStudy {
                label: it.cluster.clone(),
                influential: MultilevelInfluence::stands_out(it),
            })
            .collect(),
        panels,
    }
}

fn measures(influence: &Influence) -> Vec<InfluencePanel> {
    let (k, p) = (influence.fit.k() as f64, influence.fit.p() as f64);
    let panel =
        |name: &str, of: &dyn Fn(&InfluenceRow) -> f64, reference: f64, thresholds: &[f64]| {
            InfluencePanel {
                name: name.to_owned(),
                values: influence.studies.iter().map(of).collect(),
                reference: Some(reference),
                thresholds: thresholds.to_vec(),
            }
        };
    let deleted = |of: fn(&Deletion) -> f64| {
        move |it: &InfluenceRow| it.influence.deletion.as_ref().map_or(f64::NAN, of)
    };
    let dffits = 3.0 * (p / (k - p)).sqrt();
    let cook = chi2_quantile(0.5, p);
    vec![
        panel("Studentised residual", &deleted(|it| it.residual.z), 0.0, &[-1.96, 1.96]),
        panel("DFFITS", &deleted(|it| it.dffits), 0.0, &[-dffits, dffits]),
        panel("Cook's distance", &deleted(|it| it.cook_distance), 0.0, &[cook]),
        panel("Covariance ratio", &deleted(|it| it.covariance_ratio), 1.0, &[]),
        panel("τ² without the study", &deleted(|it| it.tau2), influence.fit.tau2, &[]),
        panel("Q without the study", &deleted(|it| it.q_e), influence.fit.q_e, &[]),
        panel("Hat value", &|it| it.influence.hat, p / k, &[3.0 * p / k]),
        panel("Weight (%)", &|it| it.influence.weight, 100.0 / k, &[]),
    ]
}

/// Residuals about the pools without their studies, with the limits of each rank.
pub(super) fn quantile(synthesis: &Synthesis) -> Result<Svg, String> {
    let residuals = fit(synthesis)?.deleted_residuals().map_err(|it| it.to_string())?;
    let residuals: Vec<(usize, f64)> =
        residuals.iter().enumerate().filter_map(|(i, it)| Some((i, it.as_ref()?.z))).collect();
    let values: Vec<f64> = residuals.iter().map(|it| it.1).collect();
    let ranked = normal_quantiles(&values, synthesis.plan.level_share());
    let point = |it: &consilience_stats::QuantilePoint| QuantilePoint {
        label: synthesis.studies[residuals[it.study].0].label(),
        theoretical: it.expected,
        residual: it.residual,
    };
    let limits = |it: &consilience_stats::QuantilePoint| QuantileLimits {
        theoretical: it.expected,
        lower: it.band.lower,
        upper: it.band.upper,
    };
    Ok(figures::quantile(&QuantilePlot {
        id: "quantile".to_owned(),
        title: format!("Normal quantile plot: {}", synthesis.title),
        description: "Studentised residuals of the studies against normal quantiles.".to_owned(),
        points: ranked.iter().map(point).collect(),
        envelope: ranked.iter().map(limits).collect(),
        envelope_label: format!("{}% limits of each rank", synthesis.plan.level),
        residual_label: "Studentised residuals".to_owned(),
    }))
}
