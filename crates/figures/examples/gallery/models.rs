//! Figures of models and of how well they fit.

use crate::data::{BCG, Random, log_risk_ratio, studies};
use consilience_figures::{
    AlbatrossContour, AlbatrossDirection, AlbatrossPlot, AlbatrossPoint, BubbleLine, BubblePlot,
    BubblePoint, LikelihoodInterval, LikelihoodPlot, QuantileLimits, QuantilePlot, QuantilePoint,
    Scale, Svg, WeightCurve, WeightFunctionPlot, WeightPoint, albatross, bubble, likelihood,
    quantile, weight_function,
};

/// Absolute latitude of the BCG vaccine trials.
const LATITUDE: [f64; 13] =
    [44.0, 55.0, 42.0, 52.0, 13.0, 44.0, 19.0, 13.0, 27.0, 42.0, 18.0, 33.0, 33.0];

pub(crate) fn figures() -> Vec<(String, Svg)> {
    let mut figures = vec![];
    let mut add = |name: &str, figure: Svg| figures.push((name.to_owned(), figure));
    for k in [3, 13, 300] {
        let name = format!("quantile-{k}");
        add(&name, quantile(&quantile_plot(&name, k)));
        let name = format!("albatross-{k}");
        add(&name, albatross(&albatross_plot(&name, k)));
    }
    add("bubble-13", bubble(&bubble_bcg("bubble-13")));
    add("bubble-1000", bubble(&bubble_many("bubble-1000")));
    add("likelihood", likelihood(&profile("likelihood")));
    add("weight-steps", weight_function(&steps("weight-steps")));
    add("weight-smooth", weight_function(&smooth("weight-smooth")));
    figures
}

fn quantile_plot(id: &str, k: usize) -> QuantilePlot {
    let mut random = Random::new(3);
    let mut residuals: Vec<f64> = (0..k).map(|_| random.normal()).collect();
    if k > 10 {
        residuals[0] = 4.2;
    }
    residuals.sort_by(f64::total_cmp);
    let theoretical = |i: usize| {
        let p = (i as f64 + 0.5) / k as f64;
        // Tukey's lambda: close to the normal quantile.
        (p.powf(0.14) - (1.0 - p).powf(0.14)) / 0.1975
    };
    let half = |i: usize| {
        let p = (i as f64 + 0.5) / k as f64;
        2.2 / (k as f64 * p * (1.0 - p)).sqrt() + 0.08
    };
    let points = residuals.iter().enumerate().map(|(i, &residual)| QuantilePoint {
        label: format!("Author {i} {}", 1980 + i % 40),
        theoretical: theoretical(i),
        residual,
    });
    let envelope = (0..k).map(|i| QuantileLimits {
        theoretical: theoretical(i),
        lower: theoretical(i) - half(i),
        upper: theoretical(i) + half(i),
    });
    QuantilePlot {
        id: id.into(),
        title: "Normal quantile plot".into(),
        description: "Residuals of the studies against normal quantiles.".into(),
        points: points.collect(),
        envelope: envelope.collect(),
        envelope_label: "95% envelope".into(),
        residual_label: "Studentised residuals".into(),
    }
}

fn line(
    (intercept, slope): (f64, f64),
    (low, high): (f64, f64),
    shown: fn(f64) -> f64,
) -> Vec<BubbleLine> {
    (0..=40)
        .map(|i| low + (high - low) * f64::from(i) / 40.0)
        .map(|moderator| {
            let estimate = intercept + slope * moderator;
            let middle = f64::midpoint(low, high);
            let half = 0.17 + 0.25 * ((moderator - middle) / (high - low)).powi(2);
            BubbleLine {
                moderator,
                estimate: shown(estimate),
                confidence: (shown(estimate - half), shown(estimate + half)),
                prediction: Some((shown(estimate - half - 0.5), shown(estimate + half + 0.5))),
            }
        })
        .collect()
}

fn bubble_bcg(id: &str) -> BubblePlot {
    let points = BCG.iter().zip(LATITUDE).map(|(&study, moderator)| {
        let (estimate, se) = log_risk_ratio(study);
        let weight = 1.0 / (se * se + 0.08);
        BubblePoint { label: study.0.into(), moderator, estimate: estimate.exp(), weight }
    });
    BubblePlot {
        id: id.into(),
        title: "Bubble plot".into(),
        description: "Risk ratios against latitude.".into(),
        points: points.collect(),
        line: line((0.25, -0.029), (13.0, 55.0), f64::exp),
        null_value: 1.0,
        moderator_label: "Absolute latitude (degrees)".into(),
        scale: Scale::Log,
        effect_label: "Risk ratio".into(),
    }
}

fn bubble_many(id: &str) -> BubblePlot {
    let mut random = Random::new(5);
    let points = studies(1000).into_iter().map(|(label, estimate, se, _)| {
        let moderator = 1980.0 + 40.0 * random.uniform();
        let estimate = estimate + 0.3 + 0.01 * (moderator - 2000.0);
        BubblePoint { label, moderator, estimate, weight: 1.0 / (se * se + 0.04) }
    });
    BubblePlot {
        points: points.collect(),
        line: line((-20.0, 0.01), (1980.0, 2020.0), |value| value),
        null_value: 0.0,
        moderator_label: "Year of publication".into(),
        scale: Scale::Linear,
        effect_label: "Standardised mean difference".into(),
        ..bubble_bcg(id)
    }
}

fn profile(id: &str) -> LikelihoodPlot {
    let at = |tau2: f64| {
        (tau2, -12.2 - 0.9 * (f64::ln(tau2 + 0.05) - f64::ln(0.363)).powi(2) - 0.2 * tau2)
    };
    LikelihoodPlot {
        id: id.into(),
        title: "Profile likelihood".into(),
        description: "Restricted log-likelihood by tau squared.".into(),
        profile: (0..=40).map(|i| at(f64::from(i) * 0.04)).collect(),
        parameter_label: "τ²".into(),
        likelihood_label: "Restricted log-likelihood".into(),
        estimate: Some(0.313),
        interval: Some(LikelihoodInterval {
            label: "95% profile-likelihood interval".into(),
            lower: 0.03,
            upper: 1.31,
            cutoff: -14.18,
        }),
    }
}

fn steps(id: &str) -> WeightFunctionPlot {
    let weights = [(0.0, 0.025, 1.0), (0.025, 0.05, 0.62), (0.05, 0.5, 0.34), (0.5, 1.0, 0.11)];
    let points = weights.iter().flat_map(|&(from, to, weight)| {
        let limits = (weight < 1.0).then_some((weight * 0.4, weight * 2.2));
        [from, to].map(|p| WeightPoint { p, weight, limits: limits.or(Some((1.0, 1.0))) })
    });
    let mut random = Random::new(9);
    WeightFunctionPlot {
        id: id.into(),
        title: "Weight function".into(),
        description: "Relative probability of publication by p-value.".into(),
        curves: vec![WeightCurve { label: "Step function".into(), points: points.collect() }],
        cutpoints: vec![0.025, 0.05, 0.5],
        observed: (0..40).map(|_| random.uniform().powi(3)).collect(),
        p_label: "One-sided P value".into(),
    }
}

fn smooth(id: &str) -> WeightFunctionPlot {
    let curve = |label: &str, weight: &dyn Fn(f64) -> f64| WeightCurve {
        label: label.into(),
        points: (0..=100)
            .map(|i| f64::from(i) / 100.0)
            .map(|p| WeightPoint { p, weight: weight(p), limits: None })
            .collect(),
    };
    WeightFunctionPlot {
        curves: vec![
            curve("Negative exponential", &|p| (-3.0 * p).exp()),
            curve("Half-normal", &|p| (-3.0 * p * p).exp()),
            curve("Logistic", &|p| 2.0 / (1.0 + (4.0 * p).exp())),
            curve("Power", &|p| (1.0 - p).powf(1.4)),
        ],
        cutpoints: vec![],
        ..steps(id)
    }
}

fn albatross_plot(id: &str, k: usize) -> AlbatrossPlot {
    let contour = |label: &str, d: f64| AlbatrossContour {
        label: label.into(),
        z_per_root_n: (d / 2.0, d / 2.0),
    };
    let points = studies(k).into_iter().map(|(label, estimate, se, participants)| {
        let z = (estimate / se).abs();
        AlbatrossPoint {
            label,
            p_value: (-0.717 * z - 0.416 * z * z).exp().max(1e-12),
            direction: if estimate < 0.0 {
                AlbatrossDirection::Negative
            } else {
                AlbatrossDirection::Positive
            },
            participants,
        }
    });
    AlbatrossPlot {
        id: id.into(),
        title: "Albatross plot".into(),
        description: "P values against numbers of participants.".into(),
        points: points.collect(),
        contours: vec![
            contour("SMD ±0.1", 0.1),
            contour("SMD ±0.25", 0.25),
            contour("SMD ±0.5", 0.5),
            contour("SMD ±1", 1.0),
        ],
        negative_label: "Favours exercise".into(),
        positive_label: "Favours usual care".into(),
    }
}
