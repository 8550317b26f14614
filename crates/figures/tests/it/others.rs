//! The figures other than the forest plot.

use crate::drawing::{points, rectangles, texts};
use crate::samples;
use consilience_figures::{FlowDiagram, effect_direction, flow, rob_summary, traffic_light};

#[test]
fn a_flow_diagram_is_drawn_as_it_was() {
    insta::assert_snapshot!(
        flow(&samples::flow_with_others(&["Wrong population (n = 7)"])).markup()
    );
}

#[test]
fn a_traffic_light_plot_is_drawn_as_it_was() {
    insta::assert_snapshot!(traffic_light(&samples::traffic_light(&["Aronson 1948"])).markup());
}

#[test]
fn a_risk_of_bias_summary_is_drawn_as_it_was() {
    insta::assert_snapshot!(
        rob_summary(&samples::rob_summary(&[("D1", [62.0, 25.0, 12.0, 1.0])])).markup()
    );
}

#[test]
fn an_effect_direction_plot_is_drawn_as_it_was() {
    insta::assert_snapshot!(
        effect_direction(&samples::effect_direction(&["A 2001", "B 2002"])).markup()
    );
}

#[test]
fn a_flow_diagram_has_every_line_of_every_box() {
    let diagram = samples::flow(&["Wrong population (n = 7)"]);
    let drawn: Vec<String> = texts(&flow(&diagram)).into_iter().map(|t| t.text).collect();
    let boxes = diagram.databases.steps.iter().flat_map(|s| [&s.main].into_iter().chain(&s.asides));
    for line in boxes.chain([&diagram.included]).flat_map(|b| &b.lines) {
        assert!(drawn.contains(&line.text), "{} is not in {drawn:?}", line.text);
    }
    for phase in ["Identification", "Screening", "Included"] {
        assert!(drawn.iter().any(|d| d == phase), "{phase}");
    }
}

#[test]
fn boxes_of_a_flow_diagram_never_overlap() {
    let reasons: Vec<String> = (0..30)
        .map(|i| format!("Reason {i} of some length that has to wrap somewhere (n = {i})"))
        .collect();
    let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
    let boxes = rectangles(&flow(&samples::flow_with_others(&reasons)), "paper rule");
    assert_eq!(boxes.len(), 13);
    for (i, a) in boxes.iter().enumerate() {
        for b in &boxes[i + 1..] {
            let apart = a[0] + a[2] <= b[0]
                || b[0] + b[2] <= a[0]
                || a[1] + a[3] <= b[1]
                || b[1] + b[3] <= a[1];
            assert!(apart, "{a:?} {b:?}");
        }
    }
}

#[test]
fn the_last_steps_of_two_flow_columns_stand_side_by_side() {
    let texts = texts(&flow(&samples::flow_with_others(&[])));
    let heights: Vec<f64> =
        texts.iter().filter(|t| t.text == "Reports assessed (n = 10)").map(|t| t.top).collect();
    assert_eq!(heights.len(), 2);
    assert!((heights[0] - heights[1]).abs() < 0.01, "{heights:?}");
}

#[test]
fn every_light_has_its_symbol_and_its_words() {
    let markup = traffic_light(&samples::traffic_light(&["A 2001"])).markup().to_owned();
    let alternatives = [
        ("D1: Low risk of bias", '+'),
        ("D2: Some concerns", '−'),
        ("D3: High risk of bias", '×'),
        ("D4: No information", '?'),
    ];
    for (words, symbol) in alternatives {
        let at =
            markup.find(&format!("<title>{words}</title>")).unwrap_or_else(|| panic!("{words}"));
        let group = &markup[at..at + markup[at..].find("</g>").unwrap()];
        assert!(group.contains(&format!(">{symbol}</text>")), "{group}");
    }
    assert!(!markup.contains("<title>Overall:"), "what was not assessed stays blank");
}

#[test]
fn a_group_heading_is_shown_once_for_adjacent_rows() {
    let texts = texts(&traffic_light(&samples::traffic_light(&["A", "B", "C"])));
    assert_eq!(texts.iter().filter(|t| t.text == "Death").count(), 1);
    assert_eq!(texts.iter().filter(|t| t.text == "Stroke").count(), 1);
}

#[test]
fn parts_of_a_bar_are_as_long_as_their_shares_and_fill_it() {
    let drawing = rob_summary(&samples::rob_summary(&[("D1", [50.0, 25.0, 20.0, 5.0])]));
    let widths = ["low", "some", "high", "none"]
        .map(|j| rectangles(&drawing, &format!("judgement-{j} mark-line"))[0][2]);
    let whole: f64 = widths.iter().sum();
    for (width, share) in widths.iter().zip([0.50, 0.25, 0.20, 0.05]) {
        assert!((width / whole - share).abs() < 1e-3, "{widths:?}");
    }
}

#[test]
fn impossible_shares_never_leave_the_bar() {
    let drawing = rob_summary(&samples::rob_summary(&[("D1", [f64::NAN, -5.0, 80.0, 80.0])]));
    let widths =
        ["high", "none"].map(|j| rectangles(&drawing, &format!("judgement-{j} mark-line"))[0][2]);
    assert!((widths[0] / (widths[0] + widths[1]) - 0.8).abs() < 1e-3, "{widths:?}");
}

#[test]
fn arrows_point_up_for_the_experimental_and_down_for_the_control() {
    let drawing = effect_direction(&samples::effect_direction(&["A 2001", "B 2002"]));
    let up = &points(&drawing, "favourable")[0];
    let down = &points(&drawing, "unfavourable")[0];
    assert!(up[0].1 < up[1].1 && down[0].1 > down[1].1, "{up:?} {down:?}");
}

#[test]
fn empty_figures_are_drawn() {
    assert!(flow(&FlowDiagram::default()).markup().starts_with("<svg"));
    for drawing in [
        traffic_light(&samples::traffic_light(&[])),
        rob_summary(&samples::rob_summary(&[])),
        effect_direction(&samples::effect_direction(&[])),
    ] {
        crate::drawing::assert_tidy(&drawing);
    }
}
