//! Whatever the figure holds, its texts keep apart and stay inside.

use crate::drawing::assert_tidy;
use crate::samples;
use consilience_figures::{
    Estimate, ForestColumn, ForestPlot, ForestRow, Judgement, Scale, effect_direction, flow,
    forest, rob_summary, traffic_light,
};
use proptest::prelude::*;

/// Names short and long, with odd characters, in several scripts.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z][a-z]{2,9} [12][0-9]{3}",
        "[a-zA-Z ,.()<>&\"]{0,80}",
        "[A-Z]{30,60}",
        "[一-龥]{0,40}",
        "[ا-ي ]{0,40}",
        "\\PC{0,12}",
    ]
}

/// Cells: mostly numbers.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[0-9]{0,6}", 1 => "[0-9.]{3,5} \\([0-9.]{3,5}\\)", 1 => text()]
}

pub(crate) fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -3.0..3.0,
        1 => -1e6..1e6,
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(0.0), Just(1e308), Just(5e-324)],
    ]
}

prop_compose! {
    fn estimate(log: bool)(a in value(), b in value(), c in value(), ordered in prop::bool::weighted(0.9)) -> Estimate {
        let mut v = [a, b, c].map(|x| if log && x.is_finite() { (x / 3.0).exp() } else { x });
        if ordered {
            v.sort_by(f64::total_cmp);
        }
        Estimate { estimate: v[1], lower: v[0], upper: v[2] }
    }
}

fn judgement() -> impl Strategy<Value = Judgement> {
    use Judgement::{High, Low, NoInformation, NotAssessed, SomeConcerns};
    prop::sample::select(vec![Low, SomeConcerns, High, NoInformation, NotAssessed])
}

fn row(log: bool) -> impl Strategy<Value = ForestRow> {
    let study = (
        text(),
        prop::collection::vec(cell(), 0..6),
        prop::option::weighted(0.9, estimate(log)),
        cell(),
        prop::option::of(value()),
        cell(),
        prop::collection::vec(judgement(), 0..8),
    )
        .prop_map(|(label, cells, effect, effect_text, weight, weight_text, lights)| {
            ForestRow::Study { label, cells, effect, effect_text, weight, weight_text, lights }
        });
    let summary =
        (text(), prop::collection::vec(cell(), 0..6), estimate(log), cell(), cell(), any::<bool>())
            .prop_map(|(label, cells, estimate, effect_text, weight_text, overall)| {
                ForestRow::Summary { label, cells, estimate, effect_text, weight_text, overall }
            });
    let prediction = (text(), estimate(log), cell()).prop_map(|(label, e, text)| {
        ForestRow::Prediction { label, lower: e.lower, upper: e.upper, text }
    });
    let repooled =
        (text(), prop::collection::vec(cell(), 0..6), prop::option::of(estimate(log)), cell())
            .prop_map(|(label, cells, effect, effect_text)| ForestRow::Repooled {
                label,
                cells,
                effect,
                effect_text,
            });
    prop_oneof![
        1 => repooled.boxed(),
        6 => study.boxed(),
        1 => summary.boxed(),
        1 => prediction.boxed(),
        1 => text().prop_map(ForestRow::Heading),
        1 => text().prop_map(ForestRow::Note),
        1 => Just(ForestRow::Space),
    ]
}

prop_compose! {
    fn any_forest()(log in any::<bool>())(
        rows in prop::collection::vec(row(log), 0..14),
        columns in prop::collection::vec((prop_oneof![Just("A group"), Just(""), Just("A rather long group header")], text()), 0..5),
        texts in prop::array::uniform5(text()),
        lights in prop::collection::vec(prop_oneof!["D[1-7]", text()], 0..7),
        footnotes in prop::collection::vec(text(), 0..3),
        limits in prop::option::weighted(0.3, (value(), value())),
        null_value in prop_oneof![5 => Just(if log { 1.0 } else { 0.0 }), 1 => value()],
        log in Just(log),
    ) -> ForestPlot {
        let [label_header, effect_header, method_line, favours_lower, favours_higher] = texts;
        ForestPlot {
            label_header, effect_header, method_line, favours_lower, favours_higher, rows, limits, null_value, lights, footnotes,
            columns: columns.into_iter().map(|(group, header)| ForestColumn { group: group.into(), header }).collect(),
            scale: if log { Scale::Log } else { Scale::Linear },
            ..samples::forest(Scale::Log, vec![])
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn texts_of_a_forest_plot_keep_apart(plot in any_forest()) {
        assert_tidy(&forest(&plot));
    }

    #[test]
    fn texts_of_a_flow_diagram_keep_apart(reasons in prop::collection::vec(text(), 0..12), heading in text()) {
        let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
        let mut diagram = samples::flow_with_others(&reasons);
        diagram.databases.heading = heading;
        assert_tidy(&flow(&diagram));
        diagram.other = None;
        assert_tidy(&flow(&diagram));
    }

    #[test]
    fn texts_of_a_traffic_light_plot_keep_apart(
        labels in prop::collection::vec(text(), 0..8),
        domains in prop::collection::vec((text(), text()), 0..8),
    ) {
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let mut plot = samples::traffic_light(&labels);
        assert_tidy(&traffic_light(&plot));
        plot.domains = domains;
        assert_tidy(&traffic_light(&plot));
    }

    #[test]
    fn texts_of_a_summary_keep_apart(bars in prop::collection::vec((text(), prop::array::uniform4(value())), 0..8)) {
        let bars: Vec<(&str, [f64; 4])> = bars.iter().map(|(label, shares)| (label.as_str(), *shares)).collect();
        assert_tidy(&rob_summary(&samples::rob_summary(&bars)));
    }

    #[test]
    fn texts_of_an_effect_direction_plot_keep_apart(
        studies in prop::collection::vec((text(), text(), text()), 0..6),
        outcomes in prop::collection::vec(text(), 0..6),
    ) {
        let names: Vec<&str> = studies.iter().map(|(name, _, _)| name.as_str()).collect();
        let mut plot = samples::effect_direction(&names);
        plot.outcomes = outcomes;
        for (row, (_, detail, mark)) in plot.rows.iter_mut().zip(&studies) {
            row.detail.clone_from(detail);
            row.cells.iter_mut().flatten().for_each(|cell| cell.text.clone_from(mark));
        }
        assert_tidy(&effect_direction(&plot));
    }
}

#[test]
fn from_no_study_to_three_hundred_the_plot_stays_tidy() {
    for k in [0, 1, 3, 13, 60, 300] {
        let rows = (0..k).map(|i| {
            let x = f64::from(i);
            let (centre, half) = ((x * 1.7).sin() / 2.0, 0.3 + (x * 0.9).cos().abs());
            let e = samples::estimate(centre.exp(), (centre - half).exp(), (centre + half).exp());
            samples::study(&format!("Author {i} 1999"), Some(e), Some(1.0 / (half * half)))
        });
        let mut rows: Vec<ForestRow> = rows.collect();
        rows.push(samples::total(samples::estimate(0.9, 0.8, 1.01)));
        let drawing = forest(&samples::forest(Scale::Log, rows));
        assert_tidy(&drawing);
        assert!((800.0..1200.0).contains(&drawing.width()), "{}", drawing.width());
    }
}
