//! Figures with a part for each study: influence, drapery, harvest, pools one study apart.

use crate::data::{BCG, Random, log_risk_ratio, studies};
use consilience_figures::{
    DraperyPlot, DraperyStudy, Estimate, ForestColumn, ForestPlot, ForestRow, HarvestBar,
    HarvestHeight, HarvestPlot, HarvestRow, HarvestShade, InfluencePanel, InfluencePlot,
    InfluenceStudy, RobKey, Scale, Svg, drapery, forest, harvest, influence,
};

pub(crate) fn figures() -> Vec<(String, Svg)> {
    let mut figures = vec![];
    let mut add = |name: &str, figure: Svg| figures.push((name.to_owned(), figure));
    for k in [3, 13, 200, 1000] {
        let name = format!("influence-{k}");
        add(&name, influence(&influence_plot(&name, k)));
        let name = format!("drapery-{k}");
        add(&name, drapery(&drapery_plot(&name, k)));
    }
    for k in [4, 30, 300] {
        let name = format!("harvest-{k}");
        add(&name, harvest(&harvest_plot(&name, k)));
    }
    add("forest-cumulative", forest(&pools("forest-cumulative", "+ ")));
    add("forest-leave-one-out", forest(&pools("forest-leave-one-out", "Without ")));
    figures
}

fn influence_plot(id: &str, k: usize) -> InfluencePlot {
    let mut random = Random::new(13);
    let names = studies(k);
    let name = |i: usize| {
        BCG.get(i).filter(|_| k == 13).map_or_else(|| names[i].0.clone(), |study| study.0.into())
    };
    let influential = |i: usize| i % 23 == 7 || i == 3;
    let mut values = |centre: f64, spread: f64| -> Vec<f64> {
        (0..k)
            .map(|i| {
                let extreme = if influential(i) { 3.0 } else { 0.0 };
                centre + spread * (random.normal() * 0.5 + extreme)
            })
            .collect()
    };
    let mut panel = |name: &str, centre, spread, reference, thresholds: &[f64]| InfluencePanel {
        name: name.into(),
        values: values(centre, spread),
        reference: Some(reference),
        thresholds: thresholds.into(),
    };
    let weight = 100.0 / k as f64;
    InfluencePlot {
        id: id.into(),
        title: "Influence".into(),
        description: "Measures of influence of each study.".into(),
        panels: vec![
            panel("Studentised deleted residual", 0.0, 1.0, 0.0, &[-1.96, 1.96]),
            panel("DFFITS", 0.0, 0.3, 0.0, &[-0.87, 0.87]),
            panel("Cook's distance", 0.1, 0.12, 0.0, &[3.84]),
            panel("Covariance ratio", 1.0, 0.08, 1.0, &[]),
            panel("τ² without the study", 0.31, 0.02, 0.31, &[]),
            panel("Q without the study", 152.2, 12.0, 152.2, &[]),
            panel(
                "Hat value",
                weight / 100.0,
                weight / 800.0,
                weight / 100.0,
                &[3.0 * weight / 100.0],
            ),
            panel("Weight (%)", weight, weight / 8.0, weight, &[]),
        ],
        studies: (0..k)
            .map(|i| InfluenceStudy { label: name(i), influential: influential(i) })
            .collect(),
    }
}

fn drapery_plot(id: &str, k: usize) -> DraperyPlot {
    let effects: Vec<DraperyStudy> = if k == 13 {
        BCG.iter()
            .map(|&study| {
                let (estimate, se) = log_risk_ratio(study);
                DraperyStudy { label: study.0.into(), estimate, se }
            })
            .collect()
    } else {
        studies(k)
            .into_iter()
            .map(|(label, estimate, se, _)| DraperyStudy { label, estimate, se })
            .collect()
    };
    let curve = |estimate: f64, se: f64| -> Vec<(f64, f64)> {
        (-60..=60)
            .map(|i| f64::from(i) / 15.0)
            .map(|z| (estimate + z * se, (-0.717 * z.abs() - 0.416 * z * z).exp()))
            .collect()
    };
    let centre = if k == 13 { -0.71 } else { -0.3 };
    DraperyPlot {
        id: id.into(),
        title: "Drapery plot".into(),
        description: "P-value functions of the studies and the pooled risk ratio.".into(),
        studies: effects,
        pool: curve(centre, 0.18),
        prediction: curve(centre, 0.5),
        null_value: Some(0.0),
        scale: Scale::Log,
        effect_label: "Risk ratio".into(),
    }
}

fn harvest_plot(id: &str, k: usize) -> HarvestPlot {
    use HarvestHeight::{High, Low, Medium};
    let mut random = Random::new(17);
    let mut cell = |share: f64| -> Vec<HarvestBar> {
        (0..k)
            .filter(|_| random.uniform() < share)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|i| HarvestBar {
                study: format!("Author {i}"),
                mark: (i + 1).to_string(),
                height: [Low, Medium, High][(i * 7 + 2) % 3],
                shade: if i % 3 == 0 { HarvestShade::Pale } else { HarvestShade::Dark },
            })
            .collect()
    };
    let mut row = |name: &str| HarvestRow {
        name: name.into(),
        cells: vec![cell(0.12), cell(0.2), cell(0.5)],
    };
    HarvestPlot {
        id: id.into(),
        title: "Harvest plot".into(),
        description: "Studies by what they found, their design and risk of bias.".into(),
        columns: ["Favours usual care", "No difference", "Favours exercise"].map(Into::into).into(),
        rows: vec![
            row("Mortality"),
            row("Quality of life as patients themselves judge it"),
            row("Walking distance"),
        ],
        height_labels: ["Before-after study", "Cohort study", "Randomised trial"].map(Into::into),
        shade_labels: ["Low risk of bias", "Other risk of bias"].map(Into::into),
        mark_label: "The number over a bar is that of the study.".into(),
    }
}

/// Pools of the BCG vaccine trials with one more or one fewer at a time.
fn pools(id: &str, before: &str) -> ForestPlot {
    let pool = |chosen: &mut dyn Iterator<Item = usize>| {
        let (mut w, mut wy, mut k) = (0.0, 0.0, 0);
        for i in chosen {
            let (estimate, se) = log_risk_ratio(BCG[i]);
            let weight = 1.0 / (se * se + 0.31);
            (w, wy, k) = (w + weight, wy + weight * estimate, k + 1);
        }
        let (centre, half) = (wy / w, 1.96 / f64::sqrt(w));
        let estimate = Estimate {
            estimate: centre.exp(),
            lower: (centre - half).exp(),
            upper: (centre + half).exp(),
        };
        let text =
            format!("{:.2} ({:.2} to {:.2})", estimate.estimate, estimate.lower, estimate.upper);
        (k, estimate, text)
    };
    let mut rows: Vec<ForestRow> = (0..BCG.len())
        .map(|i| {
            let (k, estimate, effect_text) = if before == "+ " {
                pool(&mut (0..=i))
            } else {
                pool(&mut (0..BCG.len()).filter(|&j| j != i))
            };
            ForestRow::Repooled {
                label: format!("{before}{}", BCG[i].0),
                cells: vec![k.to_string()],
                effect: Some(estimate),
                effect_text,
            }
        })
        .collect();
    let (k, estimate, effect_text) = pool(&mut (0..BCG.len()));
    rows.push(ForestRow::Summary {
        label: "All studies (95% CI)".into(),
        cells: vec![k.to_string()],
        estimate,
        effect_text,
        weight_text: String::new(),
        overall: true,
    });
    ForestPlot {
        id: id.into(),
        title: "Tuberculosis".into(),
        description: "Pooled risk ratios.".into(),
        label_header: "Studies".into(),
        columns: vec![ForestColumn { group: String::new(), header: "k".into() }],
        effect_header: "Risk ratio (95% CI)".into(),
        method_line: "IV, random".into(),
        rows,
        scale: Scale::Log,
        null_value: 1.0,
        favours_lower: "Favours vaccine".into(),
        favours_higher: "Favours none".into(),
        limits: None,
        lights: vec![],
        key: RobKey::default(),
        footnotes: vec![],
    }
}
