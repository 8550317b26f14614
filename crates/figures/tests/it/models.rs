//! Figures of models and their fit: quantile, bubble, likelihood, weight function and albatross plots.

use crate::drawing::{assert_tidy, circles, points, texts};
use crate::layout::{text, value};
use consilience_figures::{
    AlbatrossContour, AlbatrossDirection, AlbatrossPlot, AlbatrossPoint, BubbleLine, BubblePlot,
    BubblePoint, LikelihoodInterval, LikelihoodPlot, QuantileLimits, QuantilePlot, QuantilePoint,
    Scale, WeightCurve, WeightFunctionPlot, WeightPoint, albatross, bubble, likelihood, quantile,
    weight_function,
};
use proptest::prelude::*;

fn quantile_plot(points: &[(&str, f64, f64)]) -> QuantilePlot {
    let point = |&(label, theoretical, residual): &(&str, f64, f64)| QuantilePoint {
        label: label.into(),
        theoretical,
        residual,
    };
    let limits =
        |(theoretical, lower, upper): (f64, f64, f64)| QuantileLimits { theoretical, lower, upper };
    QuantilePlot {
        id: "quantile".into(),
        title: "Normal quantile plot".into(),
        description: "Residuals against normal quantiles.".into(),
        points: points.iter().map(point).collect(),
        envelope: [(-2.0, -4.0, 0.0), (0.0, -1.0, 1.0), (2.0, 0.0, 4.0)].map(limits).into(),
        envelope_label: "95% envelope".into(),
        residual_label: "Studentised residuals".into(),
    }
}

fn bubble_plot(points: &[(f64, f64, f64)]) -> BubblePlot {
    let point = |&(moderator, estimate, weight): &(f64, f64, f64)| BubblePoint {
        label: format!("Study {moderator}"),
        moderator,
        estimate,
        weight,
    };
    let line = |moderator: f64| BubbleLine {
        moderator,
        estimate: 0.1 * moderator,
        confidence: (0.1 * moderator - 0.2, 0.1 * moderator + 0.2),
        prediction: Some((0.1 * moderator - 0.5, 0.1 * moderator + 0.5)),
    };
    BubblePlot {
        id: "bubble".into(),
        title: "Bubble plot".into(),
        description: "Effects against dose.".into(),
        points: points.iter().map(point).collect(),
        line: [0.0, 5.0, 10.0].map(line).into(),
        null_value: 0.0,
        moderator_label: "Dose (mg)".into(),
        scale: Scale::Linear,
        effect_label: "Mean difference".into(),
    }
}

fn likelihood_plot(profile: &[(f64, f64)]) -> LikelihoodPlot {
    LikelihoodPlot {
        id: "likelihood".into(),
        title: "Profile likelihood".into(),
        description: "Log-likelihood by tau squared.".into(),
        profile: profile.into(),
        parameter_label: "τ²".into(),
        likelihood_label: "Restricted log-likelihood".into(),
        estimate: Some(0.2),
        interval: Some(LikelihoodInterval {
            label: "95% interval".into(),
            lower: 0.1,
            upper: f64::INFINITY,
            cutoff: -12.0,
        }),
    }
}

fn weight_plot(curves: Vec<WeightCurve>) -> WeightFunctionPlot {
    WeightFunctionPlot {
        id: "weights".into(),
        title: "Weight function".into(),
        description: "Probability of publication by p-value.".into(),
        curves,
        cutpoints: vec![0.025],
        observed: vec![0.01, 0.2],
        p_label: "One-sided P value".into(),
    }
}

fn step() -> WeightCurve {
    let point = |p, weight, limits| WeightPoint { p, weight, limits };
    WeightCurve {
        label: "Step function".into(),
        points: vec![
            point(0.0, 1.0, None),
            point(0.025, 1.0, None),
            point(0.025, 0.4, Some((0.2, 0.8))),
            point(1.0, 0.4, Some((0.2, 0.8))),
        ],
    }
}

fn albatross_plot(points: &[(f64, AlbatrossDirection, f64)]) -> AlbatrossPlot {
    let point = |&(p_value, direction, participants): &(f64, _, f64)| AlbatrossPoint {
        label: format!("Study {participants}"),
        p_value,
        direction,
        participants,
    };
    AlbatrossPlot {
        id: "albatross".into(),
        title: "Albatross plot".into(),
        description: "P-values against participants.".into(),
        points: points.iter().map(point).collect(),
        contours: vec![AlbatrossContour { label: "SMD ±0.4".into(), z_per_root_n: (0.2, 0.2) }],
        negative_label: "Favours exercise".into(),
        positive_label: "Favours usual care".into(),
    }
}

#[test]
fn a_quantile_plot_is_drawn_as_it_was() {
    let plot = quantile_plot(&[("A 2001", -1.0, -0.8), ("B 2002", 1.0, 3.9)]);
    insta::assert_snapshot!(quantile(&plot).markup());
}

#[test]
fn a_bubble_plot_is_drawn_as_it_was() {
    insta::assert_snapshot!(bubble(&bubble_plot(&[(2.0, 0.1, 1.0), (8.0, 1.0, 4.0)])).markup());
}

#[test]
fn a_likelihood_plot_is_drawn_as_it_was() {
    let plot = likelihood_plot(&[(0.0, -13.0), (0.2, -10.0), (0.5, -11.0)]);
    insta::assert_snapshot!(likelihood(&plot).markup());
}

#[test]
fn a_weight_function_is_drawn_as_it_was() {
    insta::assert_snapshot!(weight_function(&weight_plot(vec![step()])).markup());
}

#[test]
fn an_albatross_plot_is_drawn_as_it_was() {
    let plot = albatross_plot(&[
        (0.04, AlbatrossDirection::Negative, 60.0),
        (0.3, AlbatrossDirection::Positive, 200.0),
    ]);
    insta::assert_snapshot!(albatross(&plot).markup());
}

#[test]
fn a_study_outside_the_envelope_is_a_diamond_with_its_name() {
    let drawing = quantile(&quantile_plot(&[("In 2001", 1.0, 1.0), ("Out 2002", 1.0, 3.9)]));
    assert_eq!(points(&drawing, "marked line").len(), 2, "the study and the legend");
    let drawn: Vec<String> = texts(&drawing).into_iter().map(|t| t.text).collect();
    assert!(drawn.contains(&"Out 2002".to_owned()) && !drawn.contains(&"In 2001".to_owned()));
    assert!(drawn.contains(&"Outside the envelope".to_owned()));
}

#[test]
fn the_line_of_a_bubble_plot_runs_through_its_studies() {
    let drawing = bubble(&bubble_plot(&[(0.0, 0.0, 1.0), (10.0, 1.0, 1.0)]));
    let line =
        points(&drawing, "line").into_iter().find(|line| line.len() == 3 && line[0].1 > line[1].1);
    let (line, mut at) = (line.unwrap(), circles(&drawing));
    at.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (end, study) in [(line[0], at[0]), (line[2], at[1])] {
        assert!(
            (end.0 - study.0).abs() < 0.02 && (end.1 - study.1).abs() < 0.02,
            "{line:?} {at:?}"
        );
    }
}

#[test]
fn the_side_of_an_albatross_plot_is_the_direction_of_the_effect() {
    let sides = [AlbatrossDirection::Negative, AlbatrossDirection::Positive];
    let at = circles(&albatross(&albatross_plot(&sides.map(|side| (0.01, side, 100.0)))));
    let middle = f64::midpoint(at[0].0, at[1].0);
    let none = circles(&albatross(&albatross_plot(&[(1.0, sides[0], 100.0)])));
    assert!(at[0].0 < at[1].0 && (none[0].0 - middle).abs() < 0.02, "{at:?} {none:?}");
}

#[test]
fn a_study_on_an_albatross_contour_has_its_effect() {
    // z = 0.2 √100 = 2, two-sided p = 0.0455 (R: 2 * pnorm(-2)).
    let study = (0.045_500_26, AlbatrossDirection::Positive, 100.0);
    let drawing = albatross(&albatross_plot(&[study, (0.9, AlbatrossDirection::Negative, 30.0)]));
    let (x, y) = circles(&drawing)[0];
    let near = points(&drawing, "rule")
        .into_iter()
        .flatten()
        .any(|(cx, cy)| (cx - x).abs() < 3.0 && (cy - y).abs() < 3.0);
    assert!(near, "{x} {y}");
}

#[test]
fn a_study_that_has_no_place_is_counted() {
    let bad = [(0.0, 10.0), (1.1, 10.0), (f64::NAN, 10.0), (0.5, 0.0), (0.5, f64::INFINITY)];
    let drawing =
        albatross(&albatross_plot(&bad.map(|(p, n)| (p, AlbatrossDirection::Positive, n))));
    assert!(circles(&drawing).is_empty());
    assert!(drawing.markup().contains("number of participants: 5"));
}

#[test]
fn empty_plots_are_drawn() {
    for drawing in [
        quantile(&quantile_plot(&[])),
        quantile(&QuantilePlot { envelope: vec![], ..quantile_plot(&[]) }),
        bubble(&bubble_plot(&[])),
        bubble(&BubblePlot { line: vec![], ..bubble_plot(&[]) }),
        likelihood(&LikelihoodPlot { estimate: None, interval: None, ..likelihood_plot(&[]) }),
        weight_function(&weight_plot(vec![])),
        albatross(&albatross_plot(&[])),
    ] {
        assert_tidy(&drawing);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_quantile_plot_is_tidy(
        studies in prop::collection::vec((text(), value(), value()), 0..30),
        envelope in prop::collection::vec((value(), value(), value()), 0..9),
        labels in prop::array::uniform2(text()),
    ) {
        let [envelope_label, residual_label] = labels;
        let points: Vec<(&str, f64, f64)> = studies.iter().map(|(name, a, b)| (name.as_str(), *a, *b)).collect();
        let limits = |(theoretical, lower, upper)| QuantileLimits { theoretical, lower, upper };
        let envelope = envelope.into_iter().map(limits).collect();
        assert_tidy(&quantile(&QuantilePlot { envelope, envelope_label, residual_label, ..quantile_plot(&points) }));
    }

    #[test]
    fn a_bubble_plot_is_tidy(
        studies in prop::collection::vec((value(), value(), value()), 0..9),
        line in prop::collection::vec((prop::array::uniform4(value()), prop::option::of((value(), value()))), 0..6),
        linear in any::<bool>(),
        labels in prop::array::uniform2(text()),
    ) {
        let [moderator_label, effect_label] = labels;
        let at = |([moderator, estimate, lower, upper], prediction): ([f64; 4], _)| BubbleLine {
            moderator, estimate, confidence: (lower, upper), prediction,
        };
        let line = line.into_iter().map(at).collect();
        let scale = if linear { Scale::Linear } else { Scale::Log };
        assert_tidy(&bubble(&BubblePlot { line, scale, moderator_label, effect_label, ..bubble_plot(&studies) }));
    }

    #[test]
    fn a_likelihood_plot_is_tidy(
        profile in prop::collection::vec((value(), value()), 0..80),
        estimate in prop::option::of(value()),
        interval in prop::option::of((text(), prop::array::uniform3(value()))),
        labels in prop::array::uniform2(text()),
    ) {
        let [parameter_label, likelihood_label] = labels;
        let interval = interval.map(|(label, [lower, upper, cutoff])| LikelihoodInterval { label, lower, upper, cutoff });
        assert_tidy(&likelihood(&LikelihoodPlot { estimate, interval, parameter_label, likelihood_label, ..likelihood_plot(&profile) }));
    }

    #[test]
    fn a_weight_function_is_tidy(
        curves in prop::collection::vec((text(), prop::collection::vec((0.0..1.0, value(), prop::option::of((value(), value()))), 0..9)), 0..6),
        cutpoints in prop::collection::vec(value(), 0..4),
        p_label in text(),
    ) {
        let curve = |(label, points): (String, Vec<_>)| WeightCurve {
            label,
            points: points.into_iter().map(|(p, weight, limits)| WeightPoint { p, weight, limits }).collect(),
        };
        let curves = curves.into_iter().map(curve).collect();
        assert_tidy(&weight_function(&WeightFunctionPlot { cutpoints, p_label, ..weight_plot(curves) }));
    }

    #[test]
    fn an_albatross_plot_is_tidy(
        studies in prop::collection::vec((prop_oneof![0.0..1.0, value()], any::<bool>(), prop_oneof![1.0..1e5, value()]), 0..9),
        contours in prop::collection::vec((text(), value()), 0..6),
        labels in prop::array::uniform2(text()),
    ) {
        let [negative_label, positive_label] = labels;
        let side = |negative| if negative { AlbatrossDirection::Negative } else { AlbatrossDirection::Positive };
        let points: Vec<_> = studies.into_iter().map(|(p, negative, n)| (p, side(negative), n)).collect();
        let contours = contours.into_iter().map(|(label, z_per_root_n)| AlbatrossContour { label, z_per_root_n: (z_per_root_n, z_per_root_n) }).collect();
        assert_tidy(&albatross(&AlbatrossPlot { contours, negative_label, positive_label, ..albatross_plot(&points) }));
    }
}
