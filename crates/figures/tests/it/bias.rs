//! Figures of bias: funnel, radial, L'Abbé and Baujat plots.

use crate::drawing::{assert_tidy, circles, number, points};
use crate::layout::{text, value};
use crate::samples;
use consilience_figures::{
    BaujatPlot, BaujatPoint, FunnelAxis, FunnelPlot, FunnelPoint, FunnelRegression, LabbeEffect,
    LabbeLine, LabbePlot, LabbePoint, RadialPlot, RadialPoint, Scale, baujat, funnel, labbe,
    radial,
};
use proptest::prelude::*;
use roxmltree::Document;

fn radial_plot(points: &[(f64, f64)]) -> RadialPlot {
    let point = |&(estimate, se): &(f64, f64)| RadialPoint {
        label: format!("Study {estimate}"),
        estimate,
        se,
    };
    RadialPlot {
        id: "radial".into(),
        title: "Radial plot".into(),
        description: "Standardised effects against precision.".into(),
        points: points.iter().map(point).collect(),
        tau2: 0.0,
        pooled: -0.5,
        interval: Some((-0.8, -0.2)),
        scale: Scale::Log,
        effect_label: "Risk ratio".into(),
        level: 0.95,
    }
}

fn labbe_plot(points: &[(f64, f64, f64)]) -> LabbePlot {
    let point = |&(control, experimental, size): &(f64, f64, f64)| LabbePoint {
        label: format!("Study {control}"),
        control,
        experimental,
        size,
    };
    let line = |label: &str, effect| LabbeLine { label: label.into(), effect };
    LabbePlot {
        id: "labbe".into(),
        title: "L'Abbé plot".into(),
        description: "Risks in both groups.".into(),
        points: points.iter().map(point).collect(),
        lines: vec![
            line("Risk ratio 0.5", LabbeEffect::Ratio(0.5)),
            line("Odds ratio 0.5", LabbeEffect::OddsRatio(0.5)),
            line("Risk difference −0.1", LabbeEffect::Difference(-0.1)),
        ],
        control_label: "Risk without".into(),
        experimental_label: "Risk with".into(),
    }
}

fn baujat_plot(points: &[(&str, f64, f64)]) -> BaujatPlot {
    let point = |&(label, contribution, influence): &(&str, f64, f64)| BaujatPoint {
        label: label.into(),
        contribution,
        influence,
    };
    BaujatPlot {
        id: "baujat".into(),
        title: "Baujat plot".into(),
        description: "Heterogeneity and influence.".into(),
        points: points.iter().map(point).collect(),
        contribution_label: "Contribution to heterogeneity (Q)".into(),
        influence_label: "Influence on the pooled estimate".into(),
    }
}

#[test]
fn a_funnel_plot_is_drawn_as_it_was() {
    let plot = FunnelPlot { contours: true, ..samples::funnel(&[(-0.9, 0.3), (-0.5, 0.1)]) };
    insta::assert_snapshot!(funnel(&plot).markup());
}

#[test]
fn a_radial_plot_is_drawn_as_it_was() {
    insta::assert_snapshot!(radial(&radial_plot(&[(-0.9, 0.3), (-0.5, 0.1)])).markup());
}

#[test]
fn a_labbe_plot_is_drawn_as_it_was() {
    insta::assert_snapshot!(labbe(&labbe_plot(&[(0.2, 0.1, 50.0), (0.5, 0.6, 200.0)])).markup());
}

#[test]
fn a_baujat_plot_is_drawn_as_it_was() {
    let plot = baujat_plot(&[("A 2001", 0.1, 0.01), ("B 2002", 4.0, 0.9)]);
    insta::assert_snapshot!(baujat(&plot).markup());
}

#[test]
fn a_funnel_has_a_point_per_usable_study_and_says_how_many_are_not() {
    let drawing = funnel(&samples::funnel(&[
        (0.1, 0.2),
        (f64::NAN, 0.2),
        (0.1, 0.0),
        (0.1, f64::INFINITY),
        (0.3, 0.4),
    ]));
    let document = Document::parse(drawing.markup()).unwrap();
    let heights: Vec<f64> = document
        .descendants()
        .filter(|n| n.has_tag_name("circle"))
        .map(|n| number(&n, "cy"))
        .collect();
    assert_eq!(heights.len(), 2);
    assert!(heights[0] < heights[1], "a smaller standard error stands higher");
    assert!(drawing.markup().contains("usable estimate or standard error: 3"));
}

#[test]
fn the_limits_of_a_funnel_are_at_the_normal_quantiles() {
    let drawing = funnel(&samples::funnel(&[(0.0, 1.0)]));
    let limits = points(&drawing, "rule");
    let slope = |line: &[(f64, f64)]| (line[1].0 - line[0].0) / (line[1].1 - line[0].1);
    assert_eq!(limits.len(), 2);
    assert!((slope(&limits[0]) + slope(&limits[1])).abs() < 1e-3, "symmetrical: {limits:?}");
    // Where the limits cross the height of the study, they stand 1.96 of its standard errors from the pooled line.
    let document = Document::parse(drawing.markup()).unwrap();
    let point = document.descendants().find(|n| n.has_tag_name("circle")).unwrap();
    let (cx, cy) = (number(&point, "cx"), number(&point, "cy"));
    let per_unit = (cx - limits[1][0].0) / 0.7;
    let half = slope(&limits[1]) * (cy - limits[1][0].1);
    assert!((half / per_unit - 1.96).abs() < 0.01, "{}", half / per_unit);
}

#[test]
fn filled_studies_are_empty_circles_and_the_legend_says_so() {
    let sample = samples::funnel(&[(-0.9, 0.3)]);
    let filled =
        FunnelPoint { label: "Filled 1".into(), estimate: -0.1, se: 0.3, participants: None };
    let drawing = funnel(&FunnelPlot { filled: vec![filled], adjusted: Some(-0.5), ..sample });
    assert!(drawing.markup().contains("<circle class=\"paper line\""));
    assert!(drawing.markup().contains(">Filled study</text>"));
    assert!(drawing.markup().contains(">Adjusted</text>"));
}

#[test]
fn the_most_precise_study_is_at_the_top_whatever_the_axis() {
    for vertical in
        [FunnelAxis::StandardError, FunnelAxis::InverseStandardError, FunnelAxis::SampleSize]
    {
        let mut plot = samples::funnel(&[(-0.9, 0.3), (-0.5, 0.1)]);
        plot.points[0].participants = Some(40.0);
        plot.points[1].participants = Some(400.0);
        let at = circles(&funnel(&FunnelPlot { vertical, ..plot }));
        assert!(at.len() == 2 && at[0].1 > at[1].1, "{vertical:?} {at:?}");
    }
}

#[test]
fn a_funnel_of_sample_sizes_leaves_out_studies_without_one_and_draws_no_limits() {
    let plot = FunnelPlot {
        vertical: FunnelAxis::SampleSize,
        contours: true,
        ..samples::funnel(&[(-0.9, 0.3)])
    };
    let drawing = funnel(&plot);
    assert!(circles(&drawing).is_empty());
    assert!(drawing.markup().contains("number of participants: 1"));
    assert!(points(&drawing, "rule").is_empty());
    assert!(!drawing.markup().contains("contour"));
}

#[test]
fn a_ray_from_the_origin_through_a_study_meets_the_arc_at_its_effect() {
    let plot = RadialPlot { pooled: -0.9, ..radial_plot(&[(-0.9, 0.3), (0.4, 0.2)]) };
    let drawing = radial(&plot);
    let ray = points(&drawing, "pooled").into_iter().find(|line| line.len() == 2).unwrap();
    let (x, y) = circles(&drawing)[0];
    let slope = |a: (f64, f64), b: (f64, f64)| (b.1 - a.1) / (b.0 - a.0);
    assert!((slope(ray[0], (x, y)) / slope(ray[0], ray[1]) - 1.0).abs() < 1e-3, "{ray:?}");
}

#[test]
fn a_study_of_equal_risks_lies_on_the_line_of_no_effect() {
    let drawing = labbe(&labbe_plot(&[(0.3, 0.3, 10.0), (0.6, 0.2, 20.0)]));
    let line = &points(&drawing, "rule")[0];
    let at = circles(&drawing);
    let equal = at.iter().find(|c| {
        let cross = (c.0 - line[0].0) * (line[1].1 - line[0].1)
            - (c.1 - line[0].1) * (line[1].0 - line[0].0);
        cross.abs() < 10.0
    });
    assert!(equal.is_some(), "{line:?} {at:?}");
}

#[test]
fn the_study_farthest_out_in_a_baujat_plot_has_its_name() {
    let names: Vec<String> = (0..400).map(|i| format!("Author {i}")).collect();
    let points: Vec<(&str, f64, f64)> = names
        .iter()
        .zip(0..400)
        .map(|(name, i)| (name.as_str(), f64::from(i % 20) / 10.0, f64::from(i % 7) / 10.0))
        .chain([("Outlier 1999", 30.0, 9.0)])
        .collect();
    let drawing = baujat(&baujat_plot(&points));
    assert!(drawing.markup().contains(">Outlier 1999</text>"));
    assert_tidy(&drawing);
}

#[test]
fn empty_plots_are_drawn() {
    let nothing =
        FunnelPlot { pooled: f64::NAN, level: 2.0, contours: true, ..samples::funnel(&[]) };
    for drawing in [
        funnel(&samples::funnel(&[])),
        funnel(&nothing),
        radial(&radial_plot(&[])),
        radial(&RadialPlot { pooled: f64::NAN, level: 2.0, ..radial_plot(&[]) }),
        labbe(&labbe_plot(&[])),
        baujat(&baujat_plot(&[])),
    ] {
        assert_tidy(&drawing);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_funnel_is_tidy(
        studies in prop::collection::vec((value(), value()), 0..9),
        participants in prop::collection::vec(prop::option::of(value()), 9),
        numbers in prop::array::uniform5(value()),
        extras in prop::option::of(0_usize..9),
        vertical in prop::sample::select(vec![
            FunnelAxis::StandardError, FunnelAxis::InverseStandardError, FunnelAxis::SampleSize,
        ]),
        contours in any::<bool>(),
        linear in any::<bool>(),
        effect_label in text(),
    ) {
        let [pooled, level, adjusted, intercept, slope] = numbers;
        let mut plot = samples::funnel(&studies);
        for (point, n) in plot.points.iter_mut().zip(participants) {
            point.participants = n;
        }
        if let Some(count) = extras {
            plot.filled = plot.points.iter().take(count).cloned().collect();
            plot.adjusted = Some(adjusted);
            plot.regression = Some(FunnelRegression { intercept, slope });
        }
        let scale = if linear { Scale::Linear } else { Scale::Log };
        assert_tidy(&funnel(&FunnelPlot { pooled, level, contours, vertical, scale, effect_label, ..plot }));
    }

    #[test]
    fn a_radial_plot_is_tidy(
        studies in prop::collection::vec((value(), value()), 0..9),
        numbers in prop::array::uniform5(value()),
        linear in any::<bool>(),
        effect_label in text(),
    ) {
        let [pooled, level, lower, upper, tau2] = numbers;
        let scale = if linear { Scale::Linear } else { Scale::Log };
        let interval = Some((lower, upper));
        assert_tidy(&radial(&RadialPlot { pooled, level, interval, tau2, scale, effect_label, ..radial_plot(&studies) }));
    }

    #[test]
    fn a_labbe_plot_is_tidy(
        studies in prop::collection::vec((value(), value(), value()), 0..9),
        effects in prop::collection::vec((text(), value()), 0..6),
        labels in prop::array::uniform2(text()),
    ) {
        let [control_label, experimental_label] = labels;
        let kinds = [LabbeEffect::Ratio, LabbeEffect::OddsRatio, LabbeEffect::Difference];
        let lines = effects.into_iter().enumerate();
        let lines = lines.map(|(i, (label, value))| LabbeLine { label, effect: kinds[i % 3](value) }).collect();
        assert_tidy(&labbe(&LabbePlot { lines, control_label, experimental_label, ..labbe_plot(&studies) }));
    }

    #[test]
    fn a_baujat_plot_is_tidy(
        studies in prop::collection::vec((text(), value(), value()), 0..40),
        labels in prop::array::uniform2(text()),
    ) {
        let [contribution_label, influence_label] = labels;
        let points: Vec<(&str, f64, f64)> = studies.iter().map(|(name, a, b)| (name.as_str(), *a, *b)).collect();
        assert_tidy(&baujat(&BaujatPlot { contribution_label, influence_label, ..baujat_plot(&points) }));
    }
}
