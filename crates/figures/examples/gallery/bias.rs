//! Figures of bias and of where the heterogeneity comes from.

use crate::data::{BCG, Random, log_risk_ratio, studies};
use consilience_figures::{
    BaujatPlot, BaujatPoint, FunnelAxis, FunnelPlot, FunnelPoint, FunnelRegression, LabbeEffect,
    LabbeLine, LabbePlot, LabbePoint, RadialPlot, RadialPoint, Scale, Svg, baujat, funnel, labbe,
    radial,
};

pub(crate) fn figures() -> Vec<(String, Svg)> {
    let mut figures = vec![];
    let mut add = |name: &str, figure: Svg| figures.push((name.to_owned(), figure));
    add("funnel-filled", funnel(&filled("funnel-filled")));
    for (name, vertical) in [
        ("funnel-precision", FunnelAxis::InverseStandardError),
        ("funnel-participants", FunnelAxis::SampleSize),
    ] {
        add(name, funnel(&FunnelPlot { vertical, ..filled(name) }));
    }
    add("funnel-1000", funnel(&many("funnel-1000")));
    for k in [3, 13, 200] {
        let name = format!("radial-{k}");
        add(&name, radial(&radial_plot(&name, k)));
        let name = format!("labbe-{k}");
        add(&name, labbe(&labbe_plot(&name, k)));
    }
    for k in [13, 40, 1000] {
        let name = format!("baujat-{k}");
        add(&name, baujat(&baujat_plot(&name, k)));
    }
    figures
}

fn filled(id: &str) -> FunnelPlot {
    let point = |(label, estimate, se, n): (String, f64, f64, f64)| FunnelPoint {
        label,
        estimate,
        se,
        participants: Some(n),
    };
    let all: Vec<FunnelPoint> = studies(41).into_iter().map(point).collect();
    let (points, missing): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|p| p.se < 0.3 || p.estimate < -0.1);
    FunnelPlot {
        id: id.into(),
        title: "Funnel plot".into(),
        description: "Odds ratios against their precision.".into(),
        points,
        filled: missing,
        pooled: -0.42,
        adjusted: Some(-0.3),
        regression: Some(FunnelRegression { intercept: -0.12, slope: -0.95 }),
        vertical: FunnelAxis::StandardError,
        scale: Scale::Log,
        effect_label: "Odds ratio".into(),
        level: 0.95,
        contours: true,
    }
}

fn many(id: &str) -> FunnelPlot {
    let points = studies(1000).into_iter().map(|(label, estimate, se, _)| FunnelPoint {
        label,
        estimate,
        se,
        participants: None,
    });
    FunnelPlot {
        points: points.collect(),
        filled: vec![],
        adjusted: None,
        regression: None,
        pooled: -0.3,
        ..filled(id)
    }
}

fn radial_plot(id: &str, k: usize) -> RadialPlot {
    let points = studies(k);
    RadialPlot {
        id: id.into(),
        title: "Radial plot".into(),
        description: "Odds ratios and their precision.".into(),
        points: points
            .into_iter()
            .map(|(label, estimate, se, _)| RadialPoint { label, estimate, se })
            .collect(),
        tau2: if k == 13 { 0.1 } else { 0.0 },
        pooled: -0.3,
        interval: Some((-0.45, -0.15)),
        scale: if k == 3 { Scale::Linear } else { Scale::Log },
        effect_label: if k == 3 { "Mean difference" } else { "Odds ratio" }.into(),
        level: 0.95,
    }
}

fn labbe_plot(id: &str, k: usize) -> LabbePlot {
    let mut random = Random::new(7);
    let points = (0..k).map(|i| match BCG.get(i) {
        Some(&(name, a, n, c, m)) if k == 13 => {
            LabbePoint { label: name.into(), control: c / m, experimental: a / n, size: n + m }
        }
        _ => {
            let control = random.uniform();
            let odds = control / (1.0 - control) * (random.normal() * 0.3 - 0.6).exp();
            LabbePoint {
                label: format!("Author {i}"),
                control,
                experimental: odds / (1.0 + odds),
                size: (random.normal() + 5.0).exp(),
            }
        }
    });
    let line = |label: &str, effect| LabbeLine { label: label.into(), effect };
    LabbePlot {
        id: id.into(),
        title: "L'Abbé plot".into(),
        description: "Risks with and without the vaccine.".into(),
        points: points.collect(),
        lines: vec![
            line("Risk ratio 0.49", LabbeEffect::Ratio(0.49)),
            line("Odds ratio 0.47", LabbeEffect::OddsRatio(0.47)),
            line("Risk difference −0.007", LabbeEffect::Difference(-0.007)),
        ],
        control_label: "Risk without the vaccine".into(),
        experimental_label: "Risk with the vaccine".into(),
    }
}

fn baujat_plot(id: &str, k: usize) -> BaujatPlot {
    let real = |i: usize| {
        BCG.get(i).filter(|_| k == 13).map(|&study| (study.0.to_owned(), log_risk_ratio(study)))
    };
    let points = studies(k).into_iter().enumerate().map(|(i, (label, estimate, se, _))| {
        let (label, (estimate, se)) = real(i).unwrap_or((label, (estimate, se)));
        let contribution = ((estimate + 0.43) / se).powi(2);
        let influence = contribution * 0.05 / (se + 0.05);
        BaujatPoint { label, contribution, influence }
    });
    BaujatPlot {
        id: id.into(),
        title: "Baujat plot".into(),
        description: "Contribution of each study to heterogeneity and to the result.".into(),
        points: points.collect(),
        contribution_label: "Contribution to heterogeneity (Q)".into(),
        influence_label: "Influence on the pooled estimate".into(),
    }
}
