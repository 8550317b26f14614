//! Figures with a part for each study: influence panels, drapery plots, harvest plots.

use crate::drawing::{assert_tidy, points, rectangles, texts};
use crate::layout::{text, value};
use consilience_figures::{
    DraperyPlot, DraperyStudy, HarvestBar, HarvestHeight, HarvestPlot, HarvestRow, HarvestShade,
    InfluencePanel, InfluencePlot, InfluenceStudy, Scale, drapery, harvest, influence,
};
use proptest::prelude::*;

fn influence_plot(studies: &[(&str, bool)], panels: Vec<InfluencePanel>) -> InfluencePlot {
    let study =
        |&(label, influential): &(&str, bool)| InfluenceStudy { label: label.into(), influential };
    InfluencePlot {
        id: "influence".into(),
        title: "Influence".into(),
        description: "Measures of influence.".into(),
        studies: studies.iter().map(study).collect(),
        panels,
    }
}

fn panel(name: &str, values: &[f64]) -> InfluencePanel {
    InfluencePanel {
        name: name.into(),
        values: values.into(),
        reference: Some(0.0),
        thresholds: vec![-2.0, 2.0],
    }
}

fn drapery_plot(studies: &[(f64, f64)]) -> DraperyPlot {
    let study = |&(estimate, se): &(f64, f64)| DraperyStudy {
        label: format!("Study {estimate}"),
        estimate,
        se,
    };
    DraperyPlot {
        id: "drapery".into(),
        title: "Drapery plot".into(),
        description: "P-value functions.".into(),
        studies: studies.iter().map(study).collect(),
        pool: vec![(-1.0, 0.001), (-0.5, 1.0), (0.0, 0.001)],
        prediction: vec![(-2.0, 0.01), (-0.5, 1.0), (1.0, 0.01)],
        null_value: Some(0.0),
        scale: Scale::Log,
        effect_label: "Risk ratio".into(),
    }
}

fn bar(mark: &str, height: HarvestHeight, shade: HarvestShade) -> HarvestBar {
    HarvestBar { study: format!("Study {mark}"), mark: mark.into(), height, shade }
}

fn harvest_plot(rows: Vec<HarvestRow>) -> HarvestPlot {
    HarvestPlot {
        id: "harvest".into(),
        title: "Harvest plot".into(),
        description: "Studies by what they found.".into(),
        columns: ["Favours control", "No difference", "Favours exercise"].map(Into::into).into(),
        rows,
        height_labels: ["Before-after study", "Cohort study", "Randomised trial"].map(Into::into),
        shade_labels: ["Low risk of bias", "Other"].map(Into::into),
        mark_label: "The number over a bar is that of the study.".into(),
    }
}

#[test]
fn an_influence_panel_is_drawn_as_it_was() {
    let panels = vec![panel("DFFITS", &[0.1, 2.5, -0.4]), panel("Hat value", &[0.3, 0.5, 0.2])];
    let studies = [("A 2001", false), ("B 2002", true), ("C 2003", false)];
    insta::assert_snapshot!(influence(&influence_plot(&studies, panels)).markup());
}

#[test]
fn a_drapery_plot_is_drawn_as_it_was() {
    insta::assert_snapshot!(drapery(&drapery_plot(&[(-0.9, 0.3)])).markup());
}

#[test]
fn a_harvest_plot_is_drawn_as_it_was() {
    let cells = vec![
        vec![bar("1", HarvestHeight::Low, HarvestShade::Dark)],
        vec![],
        vec![
            bar("2", HarvestHeight::High, HarvestShade::Pale),
            bar("3", HarvestHeight::Medium, HarvestShade::Dark),
        ],
    ];
    let rows = vec![HarvestRow { name: "Mortality".into(), cells }];
    insta::assert_snapshot!(harvest(&harvest_plot(rows)).markup());
}

#[test]
fn an_influential_study_is_a_diamond_in_every_panel_and_its_number_is_explained() {
    let names: Vec<String> = (1..=60).map(|i| format!("Author {i}")).collect();
    let studies: Vec<(&str, bool)> = names.iter().map(|n| (n.as_str(), n == "Author 7")).collect();
    let values: Vec<f64> = (0..60).map(f64::from).collect();
    let panels = (0..8).map(|i| panel(&format!("Measure {i}"), &values)).collect();
    let drawing = influence(&influence_plot(&studies, panels));
    assert_eq!(points(&drawing, "marked line").len(), 9, "eight panels and the legend");
    assert!(texts(&drawing).iter().any(|t| t.text == "7\u{a0}Author 7"));
    assert_tidy(&drawing);
}

#[test]
fn planes_of_a_column_stand_below_each_other() {
    let panels =
        vec![panel("A", &[0.1, 0.2]), panel("B", &[0.1, 0.2]), panel("C", &[10_000.0, 20_000.0])];
    let drawing = influence(&influence_plot(&[("A", false), ("B", false)], panels));
    let corners: Vec<f64> = points(&drawing, "line")
        .into_iter()
        .filter(|line| line.len() == 3)
        .map(|line| line[1].0)
        .collect();
    assert_eq!(corners.len(), 3);
    assert!((corners[0] - corners[2]).abs() < 0.02 && corners[1] > corners[0], "{corners:?}");
}

#[test]
fn a_study_in_a_drapery_plot_reaches_one_at_its_estimate() {
    let drawing = drapery(&drapery_plot(&[(-0.5, 0.3)]));
    let curves = points(&drawing, "rule");
    let curve = curves.iter().find(|line| line.len() > 20).unwrap();
    let peak = curve.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    let pool = points(&drawing, "line").into_iter().find(|l| l.len() == 3 && l[1].1 < l[0].1);
    let pool = pool.unwrap()[1];
    assert!((peak.0 - pool.0).abs() < 0.02 && (peak.1 - pool.1).abs() < 0.02, "{peak:?} {pool:?}");
}

#[test]
fn the_height_of_a_bar_is_its_studys_and_many_bars_take_several_lines() {
    let many: Vec<HarvestBar> =
        (0..100).map(|i| bar(&i.to_string(), HarvestHeight::High, HarvestShade::Dark)).collect();
    let cells = vec![vec![bar("x", HarvestHeight::Low, HarvestShade::Dark)], vec![], many];
    let drawing = harvest(&harvest_plot(vec![HarvestRow { name: "Mortality".into(), cells }]));
    let bars = rectangles(&drawing, "square line");
    assert_eq!(bars.len(), 102, "all studies and one in the legend");
    assert!(bars[0][3] < bars[1][3], "low and high: {bars:?}");
    let left = bars[1..101].iter().map(|b| b[0]).fold(f64::INFINITY, f64::min);
    assert!(bars[0][0] + bars[0][2] < left, "the columns keep apart");
    assert_tidy(&drawing);
}

#[test]
fn empty_plots_are_drawn() {
    for drawing in [
        influence(&influence_plot(&[], vec![])),
        influence(&influence_plot(&[], vec![panel("DFFITS", &[])])),
        drapery(&DraperyPlot { pool: vec![], prediction: vec![], ..drapery_plot(&[]) }),
        harvest(&harvest_plot(vec![])),
        harvest(&HarvestPlot { columns: vec![], ..harvest_plot(vec![]) }),
    ] {
        assert_tidy(&drawing);
    }
}

fn any_bar() -> impl Strategy<Value = HarvestBar> {
    use HarvestHeight::{High, Low, Medium};
    let heights = prop::sample::select(vec![Low, Medium, High]);
    (prop_oneof!["[0-9]{0,3}", text()], heights, any::<bool>()).prop_map(|(mark, height, dark)| {
        bar(&mark, height, if dark { HarvestShade::Dark } else { HarvestShade::Pale })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn an_influence_panel_is_tidy(
        studies in prop::collection::vec((text(), any::<bool>()), 0..60),
        panels in prop::collection::vec((text(), prop::collection::vec(value(), 0..60), prop::option::of(value()), prop::collection::vec(value(), 0..3)), 0..9),
    ) {
        let studies: Vec<(&str, bool)> = studies.iter().map(|(name, influential)| (name.as_str(), *influential)).collect();
        let panel = |(name, values, reference, thresholds)| InfluencePanel { name, values, reference, thresholds };
        assert_tidy(&influence(&influence_plot(&studies, panels.into_iter().map(panel).collect())));
    }

    #[test]
    fn a_drapery_plot_is_tidy(
        studies in prop::collection::vec((value(), value()), 0..9),
        pool in prop::collection::vec((value(), value()), 0..9),
        null_value in prop::option::of(value()),
        linear in any::<bool>(),
        effect_label in text(),
    ) {
        let scale = if linear { Scale::Linear } else { Scale::Log };
        assert_tidy(&drapery(&DraperyPlot { pool, null_value, scale, effect_label, ..drapery_plot(&studies) }));
    }

    #[test]
    fn a_harvest_plot_is_tidy(
        columns in prop::collection::vec(text(), 0..6),
        rows in prop::collection::vec((text(), prop::collection::vec(prop::collection::vec(any_bar(), 0..20), 0..6)), 0..5),
        labels in prop::array::uniform6(text()),
    ) {
        let [low, medium, high, dark, pale, mark_label] = labels;
        let row = |(name, cells)| HarvestRow { name, cells };
        assert_tidy(&harvest(&HarvestPlot {
            columns,
            height_labels: [low, medium, high],
            shade_labels: [dark, pale],
            mark_label,
            ..harvest_plot(rows.into_iter().map(row).collect())
        }));
    }
}
