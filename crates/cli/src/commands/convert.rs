//! `consil convert`: effect sizes and summary statistics from what a source prints.

mod curves;
mod rows;

use std::path::PathBuf;

use clap::Args;
use consilience_review::conversion::{Conversion, Converted, Takes, catalogue, convert};
use serde_json::{Map, Value, json};

use crate::{Failed, printer};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The conversion, such as sd-from-se; none lists all
    name: Option<String>,
    /// Its inputs as printed, such as se=4.5 n=36; none tells what it takes
    #[arg(value_name = "INPUT=VALUE", value_parser = input)]
    inputs: Vec<(String, String)>,
    /// Convert every row of a table: columns named as the inputs are (inputs given beside it hold for all rows). For
    /// hr-from-curves and people-from-curve: the table with the curves
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// For people-from-curve: the table with the numbers at risk, columns `time` and `at_risk`
    #[arg(long, value_name = "FILE")]
    at_risk: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// `se=4.5`.
fn input(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("`{text}` is no input; expected NAME=VALUE, such as se=4.5"))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let Some(name) = &arguments.name else { return list() };
    let name = name.as_str();
    if let Some(of_curves) = curves::named(name) {
        return of_curves.run(arguments);
    }
    if let Some(file) = &arguments.file {
        return rows::run(name, file, &arguments.inputs, arguments.json);
    }
    match catalogue().find(|it| it.name == name) {
        Some(conversion) if arguments.inputs.is_empty() => printer::result(explained(conversion)),
        _ => {
            let converted = convert(name, &arguments.inputs).map_err(printer::failure)?;
            if arguments.json {
                printer::result(as_json(&converted))
            } else {
                printer::result(as_text(&converted))
            }
        }
    }
}

fn list() -> Result<(), Failed> {
    let all =
        catalogue().map(|it| (it.name, it.title)).chain(curves::ALL.map(|it| (it.name, it.title)));
    let all: Vec<_> = all.collect();
    let width = all.iter().map(|it| it.0.len()).max().unwrap_or(0);
    for (name, title) in all {
        printer::result(format!("{name:width$}  {title}"))?;
    }
    printer::remark(
        "\nconsil convert NAME tells what a conversion takes; consil convert NAME INPUT=VALUE … does it",
    );
    Ok(())
}

/// What a conversion does and takes.
fn explained(conversion: &Conversion) -> String {
    let mut lines = vec![format!("{}: {}", conversion.name, conversion.title), String::new()];
    lines.extend(origin(conversion));
    lines.extend([String::new(), "inputs".to_owned()]);
    let width = conversion.inputs.iter().map(|it| it.name.len()).max().unwrap_or(0);
    lines.extend(conversion.inputs.iter().map(|input| {
        let default = match input.default {
            None => String::new(),
            Some("") => " (optional)".to_owned(),
            Some(default) => format!(" (default {default})"),
        };
        format!("  {:width$}  {}{default}", input.name, input.meaning)
    }));
    let needed = conversion.inputs.iter().filter(|it| it.default.is_none());
    let example: Vec<String> = needed
        .map(|it| match it.takes {
            Takes::Word(words) => format!("{}={}", it.name, words[0]),
            Takes::MeasuredList | Takes::ExactList => format!("{}=…,…", it.name),
            Takes::Measured | Takes::Exact => format!("{}=…", it.name),
        })
        .collect();
    lines.extend([
        String::new(),
        format!("consil convert {} {}", conversion.name, example.join(" ")),
    ]);
    lines.join("\n")
}

/// Method, source and assumptions.
fn origin(conversion: &Conversion) -> impl Iterator<Item = String> {
    [format!("method   {}", conversion.method), format!("source   {}", conversion.source)]
        .into_iter()
        .chain(conversion.assumes.iter().map(|it| format!("assumes  {it}")))
}

/// The results, then where they are from.
fn as_text(converted: &Converted) -> String {
    let width = converted.outputs.iter().map(|it| it.name.len()).max().unwrap_or(0);
    let results = converted.outputs.iter().enumerate().map(|(i, output)| {
        let range = converted.rounding.get(i).map_or(String::new(), |it| {
            let (lower, upper) = (significant(it.lower), significant(it.upper));
            format!(" (by the printed digits {lower} to {upper})")
        });
        format!("{:width$}  {}  {}{range}", output.name, significant(output.value), output.meaning)
    });
    let inputs = converted.inputs.iter().map(|(name, text)| format!("{name}={text}"));
    let mut lines: Vec<String> = results.collect();
    lines.extend([String::new(), format!("from     {}", inputs.collect::<Vec<_>>().join(" "))]);
    lines.extend(origin(converted.conversion));
    lines.extend(converted.warnings.iter().map(|it| format!("note     {it}")));
    if converted.conversion.is_estimate {
        let note =
            "note     an estimate: say so where it is used, and vary it in a sensitivity analysis";
        lines.push(note.to_owned());
    }
    lines.join("\n")
}

/// Seven significant digits, which no source prints.
fn significant(value: f64) -> String {
    let scientific = format!("{value:.6e}");
    scientific.parse::<f64>().map_or(scientific, |it| it.to_string())
}

fn as_json(converted: &Converted) -> Value {
    let conversion = converted.conversion;
    let inputs: Map<String, Value> =
        converted.inputs.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
    let outputs: Map<String, Value> =
        converted.outputs.iter().map(|it| (it.name.to_owned(), json!(it.value))).collect();
    let rounding: Map<String, Value> = converted
        .outputs
        .iter()
        .zip(&converted.rounding)
        .map(|(output, range)| (output.name.to_owned(), json!([range.lower, range.upper])))
        .collect();
    json!({
        "conversion": conversion.name,
        "inputs": inputs,
        "outputs": outputs,
        "rounding": rounding,
        "method": conversion.method,
        "source": conversion.source,
        "assumes": conversion.assumes,
        "estimated": conversion.is_estimate,
        "warnings": converted.warnings,
    })
}
