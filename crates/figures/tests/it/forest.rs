//! The forest plot.

use crate::drawing::{circles, points, rectangles, texts};
use crate::samples::{estimate, forest as plot, study, total};
use consilience_figures::{ForestPlot, ForestRow, Scale, forest};

fn small() -> ForestPlot {
    plot(
        Scale::Log,
        vec![
            ForestRow::Heading("Children".into()),
            study("Aronson 1948", Some(estimate(0.5, 0.25, 1.0)), Some(25.0)),
            study("Ferguson & Simes 1949", None, None),
            total(estimate(0.5, 0.25, 1.0)),
            ForestRow::Prediction {
                label: "Prediction interval".into(),
                lower: 0.2,
                upper: 2.0,
                text: "(0.20 to 2.00)".into(),
            },
            ForestRow::Note("Heterogeneity: τ² = 0.10".into()),
        ],
    )
}

#[test]
fn a_small_plot_is_drawn_as_it_was() {
    let lit = ForestPlot { lights: vec!["D1".into(), "Overall".into()], ..small() };
    insta::assert_snapshot!(forest(&lit).markup());
}

#[test]
fn every_text_of_every_row_is_in_the_drawing() {
    let drawn: Vec<String> = texts(&forest(&small())).into_iter().map(|t| t.text).collect();
    let expected = [
        "Study",
        "BCG",
        "Events",
        "Weight",
        "Risk ratio (95% CI)",
        "M-H, random",
        "Children",
        "Aronson 1948",
        "0.50 (0.25 to 1.00)",
        "25.0%",
        "Ferguson & Simes 1949",
        "Not estimable",
        "Total (95% CI)",
        "100.0%",
        "Prediction interval",
        "(0.20 to 2.00)",
        "Heterogeneity: τ² = 0.10",
        "Favours BCG",
        "Favours none",
        "CI: confidence interval",
    ];
    for text in expected {
        assert!(drawn.iter().any(|d| d == text), "{text:?} is not in {drawn:?}");
    }
}

#[test]
fn the_area_of_a_square_is_proportional_to_the_weight() {
    let rows = [40.0, 20.0, 10.0].map(|w| study("A 2001", Some(estimate(0.8, 0.5, 1.2)), Some(w)));
    let areas: Vec<f64> = rectangles(&forest(&plot(Scale::Log, rows.into())), "square")
        .iter()
        .map(|r| r[2] * r[3])
        .collect();
    assert_eq!(areas.len(), 3);
    assert!(
        (areas[0] / areas[1] - 2.0).abs() < 0.01 && (areas[0] / areas[2] - 4.0).abs() < 0.02,
        "{areas:?}"
    );
}

#[test]
fn a_square_of_hardly_any_weight_can_still_be_seen() {
    let rows = [99.99, 0.01].map(|w| study("A 2001", Some(estimate(0.8, 0.5, 1.2)), Some(w)));
    let squares = rectangles(&forest(&plot(Scale::Log, rows.into())), "square");
    assert!(squares[1][2] >= 3.0, "{squares:?}");
}

/// Horizontal lines of the plot: first and last x of each two-point interval line.
fn interval_lines(plot: &ForestPlot) -> Vec<(f64, f64)> {
    let lines = points(&forest(plot), "line");
    let level = lines.into_iter().filter(|p| p.len() == 2 && (p[0].1 - p[1].1).abs() < 1e-9);
    level.map(|p| (p[0].0, p[1].0)).collect()
}

#[test]
fn a_log_axis_puts_equal_ratios_at_equal_distances() {
    let rows = vec![
        study("A 2001", Some(estimate(1.0, 0.25, 4.0)), None),
        study("B 2002", Some(estimate(1.0, 0.5, 2.0)), None),
    ];
    let fixed = ForestPlot {
        limits: Some((0.1, 10.0)),
        favours_lower: String::new(),
        favours_higher: String::new(),
        ..plot(Scale::Log, rows)
    };
    let lines = interval_lines(&fixed);
    let (axis, wide, narrow) = (lines[0], lines[1], lines[2]);
    let length = |(from, to): (f64, f64)| to - from;
    assert!((length(wide) / length(narrow) - 2.0).abs() < 0.001, "{lines:?}");
    assert!((length(wide) / length(axis) - 16f64.ln() / 100f64.ln()).abs() < 0.001, "{lines:?}");
    let middle = |(from, to): (f64, f64)| f64::midpoint(from, to);
    assert!((middle(wide) - middle(axis)).abs() < 0.02);
}

#[test]
fn a_diamond_spans_its_interval_and_peaks_at_its_estimate() {
    let fixed = ForestPlot {
        limits: Some((-2.0, 2.0)),
        ..plot(Scale::Linear, vec![total(estimate(0.5, -0.5, 1.0))])
    };
    let drawing = forest(&fixed);
    let diamond = &points(&drawing, "diamond")[0];
    let axis =
        points(&drawing, "line").into_iter().find(|p| (p[0].1 - p[1].1).abs() < 1e-9).unwrap();
    let x = |value: f64| axis[0].0 + (value + 2.0) / 4.0 * (axis[1].0 - axis[0].0);
    assert_eq!(diamond.len(), 4, "{diamond:?}");
    for (point, value) in diamond.iter().zip([-0.5, 0.5, 1.0, 0.5]) {
        assert!((point.0 - x(value)).abs() < 0.02, "{diamond:?}");
    }
}

#[test]
fn an_interval_that_leaves_the_axis_ends_in_arrow_heads_at_its_ends() {
    let heads = |limits| {
        let rows = vec![study("A 2001", Some(estimate(1.0, 0.05, 20.0)), None)];
        let p = ForestPlot {
            limits: Some(limits),
            favours_lower: String::new(),
            favours_higher: String::new(),
            ..plot(Scale::Log, rows)
        };
        points(&forest(&p), "ink").len()
    };
    assert_eq!(heads((0.01, 100.0)), 0);
    assert_eq!(heads((0.1, 100.0)), 1);
    assert_eq!(heads((0.1, 10.0)), 2);
}

#[test]
fn an_interval_wholly_outside_the_axis_is_one_arrow_and_no_square() {
    let rows = vec![study("A 2001", Some(estimate(50.0, 20.0, 90.0)), Some(10.0))];
    let p = ForestPlot {
        limits: Some((0.1, 10.0)),
        favours_lower: String::new(),
        favours_higher: String::new(),
        ..plot(Scale::Log, rows)
    };
    let drawing = forest(&p);
    assert!(rectangles(&drawing, "square").is_empty());
    assert_eq!(points(&drawing, "ink").len(), 1);
}

#[test]
fn a_diamond_that_leaves_the_axis_is_cut_at_its_end() {
    let p = ForestPlot {
        limits: Some((0.5, 2.0)),
        ..plot(Scale::Log, vec![total(estimate(1.0, 0.01, 1.5))])
    };
    let drawing = forest(&p);
    let axis =
        points(&drawing, "line").into_iter().find(|p| (p[0].1 - p[1].1).abs() < 1e-9).unwrap();
    // The arrow head has three points, the cut diamond more.
    let diamond = points(&drawing, "diamond").into_iter().find(|p| p.len() > 3).unwrap();
    let left = diamond.iter().map(|p| p.0).fold(f64::INFINITY, f64::min);
    assert!((left - axis[0].0).abs() < 0.02, "{diamond:?} {axis:?}");
}

#[test]
fn what_cannot_be_drawn_is_not_drawn_but_its_text_is() {
    let odd = [
        estimate(f64::NAN, 0.5, 2.0),
        estimate(1.0, f64::NAN, 2.0),
        estimate(f64::INFINITY, 0.5, f64::INFINITY),
        estimate(-1.0, 0.5, 2.0),
        estimate(0.0, 0.0, 2.0),
        estimate(3.0, 0.5, 2.0),
        estimate(1.0, 2.0, 0.5),
    ];
    for e in odd {
        let drawing = forest(&plot(Scale::Log, vec![study("Odd 2001", Some(e), Some(5.0))]));
        assert!(rectangles(&drawing, "square").is_empty(), "{e:?}");
        assert!(texts(&drawing).iter().any(|t| t.text == "Odd 2001"), "{e:?}");
    }
}

#[test]
fn an_infinite_or_zero_limit_is_an_arrow() {
    for e in [estimate(1.0, 0.0, 2.0), estimate(1.0, 0.5, f64::INFINITY)] {
        let p = ForestPlot {
            favours_lower: String::new(),
            favours_higher: String::new(),
            ..plot(Scale::Log, vec![study("A 2001", Some(e), Some(5.0))])
        };
        let drawing = forest(&p);
        assert_eq!(rectangles(&drawing, "square").len(), 1, "{e:?}");
        assert_eq!(points(&drawing, "ink").len(), 1, "{e:?} {:?}", points(&drawing, "ink"));
    }
}

#[test]
fn one_imprecise_study_does_not_squeeze_the_others() {
    let mut rows: Vec<_> =
        (0..9).map(|_| study("A 2001", Some(estimate(0.8, 0.5, 1.2)), Some(10.0))).collect();
    rows.push(study("Tiny 2002", Some(estimate(0.9, 0.0001, 9000.0)), Some(0.1)));
    let lines = interval_lines(&ForestPlot {
        favours_lower: String::new(),
        favours_higher: String::new(),
        ..plot(Scale::Log, rows)
    });
    let (axis, first) = (lines[0], lines[1]);
    assert!((first.1 - first.0) / (axis.1 - axis.0) > 0.2, "{lines:?}");
}

#[test]
fn unusable_limits_are_as_good_as_none() {
    let base = small();
    for limits in [(0.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (-1.0, 1.0), (1.0, f64::INFINITY)] {
        let with = ForestPlot { limits: Some(limits), ..small() };
        assert_eq!(forest(&with), forest(&base), "{limits:?}");
    }
}

#[test]
fn lights_have_a_text_alternative_and_a_legend() {
    let p = ForestPlot { lights: vec!["D1".into(), "Overall".into()], ..small() };
    let markup = forest(&p).markup().to_owned();
    assert!(markup.contains("<title>D1: Low risk of bias</title>"));
    assert!(markup.contains("<title>Overall: High risk of bias</title>"));
    assert!(markup.contains(">High risk of bias</text>"));
    assert!(!markup.contains(">No information</text>"), "the legend shows what occurs");
}

#[test]
fn pools_of_other_studies_are_circles_between_the_limits_of_the_overall_estimate() {
    let pool = |label: &str| ForestRow::Repooled {
        label: label.into(),
        cells: vec![],
        effect: Some(estimate(0.6, 0.3, 1.1)),
        effect_text: "0.60 (0.30 to 1.10)".into(),
    };
    let rows =
        vec![pool("Without A 2001"), pool("Without B 2002"), total(estimate(0.5, 0.25, 1.0))];
    let drawing = forest(&plot(Scale::Log, rows));
    assert_eq!(circles(&drawing).len(), 2);
    assert!(rectangles(&drawing, "square").is_empty());
    let diamond = points(&drawing, "diamond").remove(0);
    let upright: Vec<f64> = points(&drawing, "pooled")
        .into_iter()
        .filter(|line| (line[0].0 - line[1].0).abs() < 1e-9)
        .map(|line| line[0].0)
        .collect();
    assert_eq!(upright.len(), 3, "estimate and both limits");
    assert!((upright[1] - diamond[0].0).abs() < 0.02 && (upright[2] - diamond[2].0).abs() < 0.02);
}
