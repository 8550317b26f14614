//! Figures of many analyses at once: all subsets, all specifications.

use crate::data::{BCG, Random, log_risk_ratio, studies};
use consilience_figures::{
    GoshPlot, GoshPoint, Scale, SpecificationCurve, SpecificationDimension, SpecificationPoint,
    Svg, gosh, specification_curve,
};

pub(crate) fn figures() -> Vec<(String, Svg)> {
    let mut figures = vec![];
    let mut add = |name: &str, figure: Svg| figures.push((name.to_owned(), figure));
    for k in [5, 13, 18] {
        let name = format!("gosh-{k}");
        add(&name, gosh(&gosh_plot(&name, k)));
    }
    add("gosh-plain", gosh(&GoshPlot { marked: None, ..gosh_plot("gosh-plain", 13) }));
    for count in [1, 24, 300, 3000] {
        let name = format!("specification-{count}");
        add(&name, specification_curve(&specifications(&name, count)));
    }
    figures
}

/// All subsets of at least two of the first studies, pooled with common effects.
fn gosh_plot(id: &str, k: usize) -> GoshPlot {
    let effects: Vec<(f64, f64)> = if k <= 13 {
        BCG.iter().take(k).map(|&study| log_risk_ratio(study)).collect()
    } else {
        studies(k).into_iter().map(|(_, estimate, se, _)| (estimate, se)).collect()
    };
    let outlier = if k <= 13 { 4 } else { 16 };
    let pool = |subset: u32| {
        let (mut w, mut wy, mut wyy, mut n) = (0.0, 0.0, 0.0, 0.0);
        for (i, &(estimate, se)) in effects.iter().enumerate() {
            if subset & (1 << i) != 0 {
                let weight = 1.0 / (se * se + 0.01);
                (w, wy, wyy) =
                    (w + weight, wy + weight * estimate, wyy + weight * estimate * estimate);
                n += 1.0;
            }
        }
        let q = wyy - wy * wy / w;
        let i2 = if q > 0.0 { (100.0 * (q - (n - 1.0)) / q).max(0.0) } else { 0.0 };
        GoshPoint { estimate: (wy / w).exp(), i2, marked: subset & (1 << outlier) != 0 }
    };
    let all = (1..1_u32 << k).filter(|subset| subset.count_ones() > 1);
    GoshPlot {
        id: id.into(),
        title: "All subsets of the studies".into(),
        description: "Pooled risk ratio and I² of each subset.".into(),
        points: all.map(pool).collect(),
        marked: Some("Frimodt-Moller et al 1973".into()),
        scale: Scale::Log,
        effect_label: "Risk ratio".into(),
    }
}

fn specifications(id: &str, count: usize) -> SpecificationCurve {
    let dimension = |name: &str, choices: &[&str]| SpecificationDimension {
        name: name.into(),
        choices: choices.iter().map(|&choice| choice.into()).collect(),
    };
    let dimensions = vec![
        dimension("Measure", &["risk ratio", "odds ratio"]),
        dimension("Estimator of τ²", &["DL", "REML", "PM", "ML", "EB"]),
        dimension("Interval", &["Wald", "Hartung-Knapp"]),
        dimension(
            "Studies",
            &["all", "low risk of bias only, as judged by two people on their own", "published"],
        ),
    ];
    let mut random = Random::new(21);
    let mut points: Vec<SpecificationPoint> = (0..count)
        .map(|i| {
            let centre = -0.42 + 0.2 * random.normal() + if i % 2 == 0 { 0.1 } else { -0.1 };
            let half = 0.3 + 0.2 * random.uniform() + if i % 4 < 2 { 0.15 } else { 0.0 };
            SpecificationPoint {
                estimate: centre.exp(),
                lower: (centre - half).exp(),
                upper: (centre + half).exp(),
                excludes_null: centre + half < 0.0 || centre - half > 0.0,
                planned: i == 0,
                choices: [i % 2, (i / 2) % 5, (i / 10) % 2, (i / 20) % 3].map(Some).to_vec(),
            }
        })
        .collect();
    points.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
    SpecificationCurve {
        id: id.into(),
        title: "Specification curve".into(),
        description: "Risk ratios of all defensible analyses.".into(),
        median: points[points.len() / 2].estimate,
        specifications: points,
        dimensions,
        null_value: 1.0,
        scale: Scale::Log,
        effect_label: "Risk ratio".into(),
    }
}
