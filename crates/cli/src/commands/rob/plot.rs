//! `consil rob plot`: traffic lights and summary, from a file of answers or from a review.

use std::path::PathBuf;

use clap::Args;
use consilience_figures::Palette;
use consilience_report::{FigureFormat, RobFigure, rob_summary, rob_traffic_light};
use consilience_review::evaluate;
use consilience_review::package::write_whole;
use consilience_review::risk_of_bias::{RobAssessment, assessment_for};

use super::Asked;
use crate::Failed;
use crate::commands::build;
use crate::printer;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples: consil rob plot answers.csv --out lights.svg
          consil rob plot answers.csv --kind summary --weighted --palette cochrane --out summary.pdf
          consil rob plot my-review --analysis mortality --kind summary --weighted --out summary.png")]
pub(crate) struct Arguments {
    /// The answers or judgements: CSV or JSON, or the folder of a review
    file: PathBuf,
    /// The figure's file, an .svg, .png or .pdf
    #[arg(long, short)]
    out: PathBuf,
    /// What to draw
    #[arg(long, value_enum, default_value = "traffic-light")]
    kind: Kind,
    /// The summary shows shares of the weight in the meta-analysis: of the file's column `weight`, or of `--analysis`
    #[arg(long)]
    weighted: bool,
    /// Of a review: only the studies of this analysis, with its weights
    #[arg(long, value_name = "ID")]
    analysis: Option<String>,
    /// The colours; the symbols are always drawn
    #[arg(long, value_enum, default_value = "report")]
    palette: Colours,
    #[command(flatten)]
    asked: Asked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    TrafficLight,
    Summary,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Colours {
    Report,
    #[value(alias = "robvis")]
    Cochrane,
    #[value(alias = "colourblind", alias = "colorblind", alias = "color-blind")]
    ColourBlind,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let extension = arguments.out.extension().map(|it| it.to_string_lossy().to_lowercase());
    let formats = [FigureFormat::Svg, FigureFormat::Png, FigureFormat::Pdf];
    let format = formats.into_iter().find(|it| Some(it.extension()) == extension.as_deref());
    let format = format.ok_or_else(|| {
        printer::failure(format!(
            "--out {}: expected a name that ends in .svg, .png or .pdf",
            arguments.out.display()
        ))
    })?;
    let (assessments, weights) = match &arguments.analysis {
        Some(id) => of_analysis(arguments, id)?,
        None => of_file(arguments)?,
    };
    let palette = match arguments.palette {
        Colours::Report => Palette::Report,
        Colours::Cochrane => Palette::Cochrane,
        Colours::ColourBlind => Palette::ColourBlind,
    };
    let outcome_name =
        |it: &RobAssessment| it.outcome.clone().unwrap_or_else(|| "All outcomes".to_owned());
    let figure = RobFigure { assessments: &assessments, palette, outcome_name: &outcome_name };
    let weights = arguments.weighted.then_some(weights.as_slice());
    let svg = match arguments.kind {
        Kind::TrafficLight => rob_traffic_light(&figure),
        Kind::Summary => rob_summary(&figure, weights),
    };
    let svg = svg.ok_or_else(|| printer::failure("there is no assessment to draw"))?;
    let bytes = format.bytes(&svg).map_err(printer::failure)?;
    write_whole(&arguments.out, &bytes).map_err(printer::failure)?;
    printer::result(arguments.out.display())
}

/// The assessments of a file with its weights; every one must have a weight if weights are asked for.
fn of_file(arguments: &Arguments) -> Result<(Vec<RobAssessment>, Vec<f64>), Failed> {
    let file = super::read(&arguments.file, &arguments.asked)?;
    printer::diagnostics(&file.findings);
    let weight =
        |it: &RobAssessment| file.weights.get(&(it.study.clone(), it.outcome.clone())).copied();
    let weights: Option<Vec<f64>> = file.assessments.iter().map(weight).collect();
    match weights {
        Some(weights) => Ok((file.assessments, weights)),
        None if arguments.weighted => Err(printer::failure(format!(
            "{}: found results without a weight, expected a column `weight` with a number for each; give them, or \
             draw the summary without `--weighted`, or of a review with `--analysis`",
            arguments.file.display()
        ))),
        None => Ok((file.assessments, Vec::new())),
    }
}

/// The assessments of the studies of a review's analysis, with their weights in it.
fn of_analysis(arguments: &Arguments, id: &str) -> Result<(Vec<RobAssessment>, Vec<f64>), Failed> {
    let reading = build::read(&arguments.file)?;
    let evaluation = evaluate(&reading.state);
    let Some(synthesis) = evaluation.syntheses.iter().find(|it| it.plan.id == id) else {
        let known: Vec<&str> = evaluation.syntheses.iter().map(|it| it.plan.id.as_str()).collect();
        return Err(printer::failure(format!(
            "--analysis {id}: found no such analysis, expected one of {}",
            known.join(", ")
        )));
    };
    let assessed = synthesis.studies.iter().filter_map(|it| {
        let found = assessment_for(&evaluation.risk_of_bias, &it.study, &synthesis.outcome.id)?;
        Some((found.clone(), it.weight))
    });
    Ok(assessed.unzip())
}
