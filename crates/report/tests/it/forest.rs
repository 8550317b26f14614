//! The forest plot of a synthesis.

use consilience_figures::{ForestPlot, ForestRow, Judgement, Scale, forest};
use consilience_report::forest_plot;

use crate::sample::{package, read};

fn plot(analysis: &str) -> ForestPlot {
    let (_, evaluation) = read(&package());
    let found = evaluation.syntheses.iter().find(|it| it.plan.id == analysis).unwrap();
    forest_plot(found, &evaluation.risk_of_bias)
}

#[test]
fn what_is_better_decides_which_side_favours_whom() {
    let plot = plot("itch");
    assert_eq!((plot.scale, plot.null_value), (Scale::Log, 1.0));
    assert_eq!(plot.favours_lower, "Favours Cream");
    assert_eq!(plot.favours_higher, "Favours No cream");
}

#[test]
fn studies_stand_under_their_subgroup_and_the_total_last() {
    let kinds: Vec<String> = plot("itch")
        .rows
        .iter()
        .map(|row| match row {
            ForestRow::Heading(text) => format!("# {text}"),
            ForestRow::Study { label, cells, effect_text, .. }
            | ForestRow::Repooled { label, cells, effect_text, .. } => {
                format!("{label} | {} | {effect_text}", cells.join(" "))
            }
            ForestRow::Summary { label, cells, effect_text, weight_text, .. } => {
                format!("{label} | {} | {weight_text} | {effect_text}", cells.join(" "))
            }
            ForestRow::Prediction { text, .. } => text.clone(),
            ForestRow::Note(text) => format!("({text})"),
            ForestRow::Space => String::new(),
        })
        .collect();
    insta::assert_snapshot!(kinds.join("\n"));
}

#[test]
fn lights_are_those_of_the_study_and_blank_where_nobody_looked() {
    let plot = plot("itch");
    assert_eq!(plot.lights, ["D1", "D2", "D3", "D4", "D5", "Overall"]);
    let lights = |name: &str| {
        plot.rows.iter().find_map(|row| match row {
            ForestRow::Study { label, lights, .. } if label == name => Some(lights.clone()),
            _ => None,
        })
    };
    let open = Judgement::NoInformation;
    assert_eq!(lights("Ames 2001").unwrap(), [Judgement::Low, open, open, open, open, open]);
    assert_eq!(lights("Bell 2002").unwrap(), [Judgement::NotAssessed; 6]);
}

#[test]
fn the_legend_of_the_lights_has_the_words_of_the_tool() {
    let mut package = package();
    let rows = "study,outcome,tool,question,answer,support,assessor\n\
                Ames 2001,,ROBINS-I,overall,Serious,\"Lesions were treated by choice\",AB\n";
    package.files.insert("risk_of_bias.csv".to_owned(), rows.as_bytes().to_vec());
    let (_, evaluation) = read(&package);
    let found = evaluation.syntheses.iter().find(|it| it.plan.id == "itch").unwrap();
    let svg = forest(&forest_plot(found, &evaluation.risk_of_bias));
    assert!(svg.markup().contains("Serious"));
}

#[test]
fn one_study_has_no_weight_and_no_diamond() {
    for row in plot("score").rows {
        match row {
            ForestRow::Study { weight, .. } => assert_eq!(weight, None),
            other => panic!("{other:?}"),
        }
    }
}
