//! `consil rob`: risk of bias, from signalling answers to judgements, agreement, tables and figures.

mod agreement;
mod exchange;
mod judge;
mod plot;
mod tool;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use consilience_appraisal::rob2::{Aim, Deviation};
use consilience_appraisal::tool::Tool;
use consilience_review::risk_of_bias::Tools;
use consilience_review::rob_file::{RobDefaults, RobFile, read_rob_file};
use consilience_review::vocabulary::risk_of_bias::ToolName;
use consilience_review::{Diagnostic, Place};

use crate::{Failed, printer};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge risk of bias from the answers to signalling questions
    Judge(judge::Arguments),
    /// Compare two assessors: what they differ on, and kappa
    Agreement(agreement::Arguments),
    /// Print an empty table of answers to fill in
    Template(exchange::Template),
    /// Turn a file of answers or judgements (robvis' layout too) into the table of a review
    Import(exchange::Import),
    /// Turn a file of answers or judgements into the layout that robvis reads
    Export(exchange::Export),
    /// Draw the traffic lights or the summary of a file of answers, or of a review
    Plot(plot::Arguments),
    /// Print a tool as the file it can be read from, or check a tool that a team wrote
    Tool(tool::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    match &arguments.command {
        Command::Judge(arguments) => judge::run(arguments),
        Command::Agreement(arguments) => agreement::run(arguments),
        Command::Template(arguments) => exchange::template(arguments),
        Command::Import(arguments) => exchange::import(arguments),
        Command::Export(arguments) => exchange::export(arguments),
        Command::Plot(arguments) => plot::run(arguments),
        Command::Tool(arguments) => tool::run(arguments),
    }
}

/// The tool and the effect of interest, where the file says nothing.
#[derive(Debug, Args)]
struct Asked {
    /// The tool, where the file does not say: RoB 2, RoB 2 cluster, RoB 2 crossover, RoB 1, ROBINS-I, QUADAS-2,
    /// Newcastle-Ottawa cohort or case-control, or a .toml file with a team's own [default: by the questions]
    #[arg(long, value_name = "NAME|FILE.toml")]
    tool: Option<String>,
    /// The effect of interest, where the file does not say: assignment or adhering
    #[arg(long, value_parser = aim)]
    aim: Option<Aim>,
    /// For adhering, the deviations it excludes, separated by commas: non-protocol interventions, implementation failures,
    /// non-adherence
    #[arg(long, value_delimiter = ',', value_parser = deviation)]
    deviations: Vec<Deviation>,
}

fn aim(text: &str) -> Result<Aim, String> {
    text.parse().map_err(|it: consilience_appraisal::rob2::Rob2Error| it.to_string())
}

fn deviation(text: &str) -> Result<Deviation, String> {
    let text = text.replace('_', " ");
    text.parse().map_err(|it: consilience_appraisal::rob2::Rob2Error| it.to_string())
}

impl Asked {
    fn defaults(&self) -> Result<RobDefaults, Failed> {
        let mut defaults = RobDefaults {
            tool: None,
            aim: self.aim.or((!self.deviations.is_empty()).then_some(Aim::Adhering)),
            deviations: self.deviations.iter().copied().collect(),
            own: BTreeMap::new(),
        };
        if let Some(name) = &self.tool {
            if is_file(name) {
                let tool = own_tool(Path::new(name))?;
                defaults.tool = Some(ToolName::new(&tool.name));
                defaults.own.insert(tool.name.clone(), Arc::new(tool));
            } else {
                defaults.tool = Some(ToolName::new(name));
            }
        }
        Ok(defaults)
    }

    /// The one tool asked for; RoB 2 if none is.
    fn one_tool(&self) -> Result<Arc<Tool>, Failed> {
        let defaults = self.defaults()?;
        let name = defaults.tool.unwrap_or_else(|| ToolName::new("RoB 2"));
        let tools = Tools { aim: defaults.aim, deviations: defaults.deviations, own: defaults.own };
        tools.tool(&name).ok_or_else(|| unknown_tool(&name))
    }
}

fn is_file(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|it| it.eq_ignore_ascii_case("toml"))
}

fn unknown_tool(name: &ToolName) -> Failed {
    let known = ToolName::shipped_names().join(", ");
    printer::failure(format!(
        "--tool {name}: found no tool of this name, expected one of {known}, or a .toml file"
    ))
}

/// A tool that a team wrote.
fn own_tool(path: &Path) -> Result<Tool, Failed> {
    let name = path.display().to_string();
    let text = fs_err::read_to_string(path).map_err(printer::failure)?;
    Tool::from_toml(&text).map_err(|problems| {
        let diagnostics: Vec<Diagnostic> = problems
            .into_iter()
            .map(|it| {
                Diagnostic::error(Place::spot(&name, it.line, it.column))
                    .found(it.found)
                    .expected(it.expected)
                    .help(it.help)
            })
            .collect();
        printer::diagnostics(&diagnostics);
        Failed
    })
}

/// Reads a file of answers; the folder of a review stands for its `risk_of_bias.csv`.
fn read(file: &Path, asked: &Asked) -> Result<RobFile, Failed> {
    let mut defaults = asked.defaults()?;
    let mut path = file.to_path_buf();
    if file.is_dir() {
        path = file.join("risk_of_bias.csv");
        let tools = Tools::of(&super::build::read(file)?.state);
        defaults.aim = defaults.aim.or(tools.aim);
        if defaults.deviations.is_empty() {
            defaults.deviations = tools.deviations;
        }
    }
    let bytes = fs_err::read(&path).map_err(printer::failure)?;
    read_rob_file(&path.display().to_string(), &bytes, &defaults).map_err(|problems| {
        printer::diagnostics(&problems);
        Failed
    })
}

/// Prints a text, or writes it into a file.
fn put(text: &str, out: Option<&PathBuf>) -> Result<(), Failed> {
    match out {
        None => printer::result(text.trim_end()),
        Some(path) => {
            consilience_review::package::write_whole(path, text.as_bytes())
                .map_err(printer::failure)?;
            printer::result(path.display())
        }
    }
}
