//! The figures on a numeric plane: whatever they hold, their texts keep apart and stay inside; every mark is there.

use crate::drawing::{assert_tidy, parts};
use consilience_figures::{
    BaujatPlot, BaujatPoint, BubbleLine, BubblePlot, BubblePoint, GoshPlot, GoshPoint, LabbeEffect,
    LabbeLine, LabbePlot, LabbePoint, RadialPlot, RadialPoint, Scale, SpecificationCurve,
    SpecificationDimension, SpecificationPoint, baujat, bubble, gosh, labbe, radial,
    specification_curve,
};
use proptest::prelude::*;

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![6 => -3.0..3.0, 1 => -1e6..1e6, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Z][a-z]{2,9} [12][0-9]{3}", "[a-zA-Z ,.()<>&\"]{0,60}"]
}

type Numbers = (String, f64, f64, f64);

fn studies() -> impl Strategy<Value = Vec<Numbers>> {
    prop::collection::vec((name(), value(), value(), value()), 0..40)
}

fn words() -> [String; 3] {
    ["x", "Title", "Description"].map(str::to_owned)
}

fn curve_of(studies: &[Numbers], scale: Scale) -> SpecificationCurve {
    let [id, title, description] = words();
    let point = |(i, it): (usize, &Numbers)| SpecificationPoint {
        estimate: it.1,
        lower: it.1 - it.2.abs(),
        upper: it.1 + it.3.abs(),
        excludes_null: it.2 > 0.0,
        planned: i == 1,
        choices: vec![Some(i % 2), Some(i % 3)],
    };
    let dimension = |name: &str, n: usize| SpecificationDimension {
        name: name.to_owned(),
        choices: (0..n).map(|i| format!("choice number {i}")).collect(),
    };
    SpecificationCurve {
        id,
        title,
        description,
        specifications: studies.iter().enumerate().map(point).collect(),
        dimensions: vec![dimension("model", 2), dimension("a longer name of a dimension", 3)],
        median: 0.7,
        null_value: 1.0,
        scale,
        effect_label: "Risk ratio".to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn planes_are_tidy(studies in studies(), log in any::<bool>()) {
        let scale = if log { Scale::Log } else { Scale::Linear };
        let [id, title, description] = words();
        let (label, effect) = ("Moderator".to_owned(), "Effect".to_owned());
        assert_tidy(&radial(&RadialPlot {
            id: id.clone(), title: title.clone(), description: description.clone(),
            points: studies.iter().map(|it| RadialPoint { label: it.0.clone(), estimate: it.1, se: it.2 }).collect(),
            tau2: 0.1, pooled: 0.3, interval: Some((0.1, 0.5)), scale,
            effect_label: effect.clone(), level: 0.95,
        }));
        assert_tidy(&baujat(&BaujatPlot {
            id: id.clone(), title: title.clone(), description: description.clone(),
            points: studies.iter().map(|it| BaujatPoint {
                label: it.0.clone(), contribution: it.1.abs(), influence: it.2.abs(),
            }).collect(),
            contribution_label: label.clone(), influence_label: effect.clone(),
        }));
        assert_tidy(&labbe(&LabbePlot {
            id: id.clone(), title: title.clone(), description: description.clone(),
            points: studies.iter().map(|it| LabbePoint {
                label: it.0.clone(), control: it.1.abs().fract(), experimental: it.2.abs().fract(), size: it.3,
            }).collect(),
            lines: vec![LabbeLine { label: "Risk ratio 0.49".to_owned(), effect: LabbeEffect::Ratio(0.49) }],
            control_label: label.clone(), experimental_label: effect.clone(),
        }));
        assert_tidy(&gosh(&GoshPlot {
            id: id.clone(), title: title.clone(), description: description.clone(),
            points: studies.iter().map(|it| GoshPoint { estimate: it.1, i2: it.2.abs() * 30.0, marked: it.3 > 0.0 }).collect(),
            marked: studies.first().map(|it| it.0.clone()), scale, effect_label: effect.clone(),
        }));
        assert_tidy(&bubble(&BubblePlot {
            id, title, description,
            points: studies.iter().map(|it| BubblePoint {
                label: it.0.clone(), moderator: it.1, estimate: it.2, weight: it.3,
            }).collect(),
            line: vec![BubbleLine { moderator: 0.0, estimate: 0.5, confidence: (0.2, 0.8), prediction: None }],
            null_value: 1.0, scale, moderator_label: label, effect_label: effect,
        }));
        assert_tidy(&specification_curve(&curve_of(&studies, scale)));
    }
}

#[test]
fn every_choice_of_every_specification_has_its_mark() {
    let studies: Vec<Numbers> =
        (0..6).map(|i| (String::new(), 0.5 + f64::from(i) / 10.0, 0.1, 0.1)).collect();
    let drawing = specification_curve(&curve_of(&studies, Scale::Log));
    // Six specifications of two choices each, one of them as planned.
    assert_eq!(parts(&drawing, "square").len(), 12);
    assert_eq!(parts(&drawing, "marked").len(), 2);
}

#[test]
fn a_specification_curve_is_drawn_as_it_was() {
    let studies: Vec<Numbers> =
        (0..3).map(|i| (String::new(), 0.5 + f64::from(i) / 10.0, 0.1, 0.1)).collect();
    insta::assert_snapshot!(specification_curve(&curve_of(&studies, Scale::Log)).markup());
}

fn gosh_of(count: u32, marked: Option<&str>) -> GoshPlot {
    let [id, title, description] = words();
    let point = |i: u32| GoshPoint {
        estimate: 0.5 + f64::from(i % 97) / 100.0,
        i2: f64::from(i % 89),
        marked: i.is_multiple_of(2),
    };
    GoshPlot {
        id,
        title,
        description,
        points: (0..count).map(point).collect(),
        marked: marked.map(str::to_owned),
        scale: Scale::Log,
        effect_label: "Risk ratio".to_owned(),
    }
}

#[test]
fn a_gosh_plot_is_drawn_as_it_was() {
    insta::assert_snapshot!(gosh(&gosh_of(4, Some("Aronson 1948"))).markup());
}

#[test]
fn a_million_subsets_are_a_density_of_a_few_thousand_cells() {
    let markup = gosh(&gosh_of(1 << 20, Some("Aronson 1948"))).markup().to_owned();
    assert!(markup.len() < 1_500_000, "{} bytes", markup.len());
    assert!(markup.contains("density-5") && markup.contains(">With Aronson 1948</text>"));
}

#[test]
fn without_a_marked_study_no_subset_is_marked() {
    for count in [10, 5000] {
        assert!(!gosh(&gosh_of(count, None)).markup().contains("marked"), "{count}");
    }
}

#[test]
fn ten_thousand_specifications_are_a_file_of_reasonable_size() {
    let studies: Vec<Numbers> = (0..10_000)
        .map(|i| (String::new(), 0.5 + f64::from(i) / 1e4, f64::from(i) - 5e3, 0.1))
        .collect();
    let drawing = specification_curve(&curve_of(&studies, Scale::Log));
    assert!(drawing.markup().len() < 3_500_000, "{} bytes", drawing.markup().len());
    assert_tidy(&drawing);
}
