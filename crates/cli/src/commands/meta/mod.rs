//! `consil meta`: one meta-analysis from a CSV file.

mod by;
mod model;
mod plots;
mod questions;

use std::path::PathBuf;

use clap::Args;
use consilience_report::{
    finding_text, findings_json, forest_plot, heterogeneity_interval_text, narrative_text,
    statement, synthesis_json,
};
use consilience_review::analysis::{Narrative, Synthesis};
use consilience_review::inquiry::{Finding, Question, note_on_method};
use consilience_review::single::{TableRequest, analyse_table, default_plan};
use consilience_review::vocabulary::plan::AnalysisPlan;
use consilience_review::vocabulary::protocol::Better;
use consilience_review::vocabulary::study::Design;
use consilience_review::{Diagnostic, Keyword, Printed};
use consilience_stats::Measure;

use crate::{Failed, printer, table};
use model::ModelOptions;
use plots::PlotFile;
use questions::Questions;

#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Debug, Args)]
#[command(after_help = "\
Columns are recognised by name, _e for the experimental group and _c for the comparator:
  study                                        (or author and year, studlab, slab, trial)
  events_e, n_e, events_c, n_c                 (or ai, bi, ci, di; n1i, n2i; event.e, n.e, …)
  mean_e, sd_e, n_e, mean_c, sd_c, n_c         (or m1i, sd1i, n1i, m2i, sd2i, n2i; mean.e, …)
  effect with se, variance, or ci_lower and ci_upper  (or yi, sei, vi; TE, seTE; hr, or, rr, irr); n, people of both groups
  p_value and favours, where nothing can be pooled    (as printed: 0.03, <0.05, NS; whom: a group's name, +, -, neither)
Other columns can make subgroups. Ratios in `effect` are ratios; with --log they are logarithms.

Example: consil meta trials.csv --measure OR --ci HK --subgroup region --plot forest.svg")]
pub(crate) struct Arguments {
    /// The table, with a header
    file: PathBuf,
    /// Name columns by hand: `events_e=tpos,n_e=total`
    #[arg(long, value_delimiter = ',', value_name = "ROLE=COLUMN", value_parser = column)]
    columns: Vec<(String, String)>,
    /// Effect measure, by metafor's abbreviation: MD, SMD, ROM, RR, OR, PETO, RD, GEN, or IRR, PR, PLO, PFT, IR, COR, ZCOR,
    /// MN, SMCC, ABT, … [default: by the columns]
    #[arg(long, value_parser = measure)]
    measure: Option<Measure>,
    /// Confidence level in percent
    #[arg(long, default_value = "95", value_parser = level, allow_negative_numbers = true)]
    level: Printed,
    /// Column by which subgroups are made
    #[arg(long)]
    subgroup: Option<String>,
    /// The subgroups have one between-study variance in common
    #[arg(long)]
    common_tau2: bool,
    /// One meta-analysis for each value of this column, of tables of any length: a line of CSV each (with --json an object in
    /// `groups`), on the analysis scale, so that ratios are logarithms. The file may also be Parquet, or Arrow (Feather 2)
    #[arg(long, value_name = "GROUP", conflicts_with_all = by::REFUSED)]
    by: Option<String>,
    /// Leave each study out in turn
    #[arg(long)]
    leave_one_out: bool,
    /// The effects in the table are logarithms of ratios
    #[arg(long)]
    log: bool,
    /// The effects in the table are ratios, to be analysed as logarithms
    #[arg(long)]
    ratio: bool,
    /// What the effect is called, for GEN
    #[arg(long, value_name = "NAME")]
    effect_name: Option<String>,
    /// Both arms are the same people (split-face, crossover, …); n is the number of pairs
    #[arg(long)]
    paired: bool,
    /// The correlation between the two arms of paired designs
    #[arg(
        long,
        default_value = "0.5",
        value_parser = correlation,
        requires = "paired",
        allow_negative_numbers = true
    )]
    correlation: Printed,
    /// What the two groups are called
    #[arg(
        long,
        value_name = "EXPERIMENTAL,COMPARATOR",
        default_value = "Experimental,Control",
        value_parser = groups
    )]
    groups: (String, String),
    /// Which effects are better, lower or higher: says which side favours whom
    #[arg(long, value_parser = keyword::<Better>)]
    better: Option<Better>,
    /// A title
    #[arg(long)]
    title: Option<String>,
    /// Draw a figure into an .svg, .png or .pdf file: forest (also when no kind is named), funnel, trim-fill, radial, labbe,
    /// baujat, influence, quantile, likelihood, drapery, gosh, cumulative, leave-one-out, bubble, weight-function,
    /// multiverse, albatross, harvest or effect-direction. May be given several times
    #[arg(long, value_name = "[KIND=]FILE", value_parser = plots::plot_file)]
    plot: Vec<PlotFile>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    model: ModelOptions,
    #[command(flatten)]
    questions: Questions,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    if let Some(by) = &arguments.by {
        return by::run(arguments, by);
    }
    let request = request(arguments);
    let name = arguments.file.display().to_string();
    let bytes = fs_err::read(&arguments.file).map_err(printer::failure)?;
    let analysis = analyse_table(&name, &bytes, &request).map_err(|problems| {
        printer::diagnostics(&problems);
        Failed
    })?;
    let synthesis = &analysis.synthesis;
    if synthesis.pooled.is_none() && synthesis.narrative.is_none() {
        return Err(nothing_to_show(&name, synthesis));
    }
    let asked = arguments.model.questions().into_iter().chain(arguments.questions.all());
    let mut questions = plots::implied(&arguments.plot, asked.collect());
    if let Some(narrative) = synthesis.told_alone() {
        questions.extend(always_asked(narrative, &questions));
    }
    let findings: Vec<_> = questions.iter().map(|it| it.answer(&analysis)).collect();
    let findings = all_or_problems(findings)?;
    for file in &arguments.plot {
        file.write(synthesis, &findings)?;
    }
    let notes: Vec<String> =
        synthesis.notes.iter().cloned().chain(note_on_method(synthesis, &findings)).collect();
    if arguments.json {
        let mut json = synthesis_json(synthesis);
        json["notes"] = notes.into();
        for (key, value) in findings_json(&findings, synthesis) {
            json[key] = value;
        }
        let json = serde_json::to_string_pretty(&json).map_err(printer::failure)?;
        return printer::result(json);
    }
    show(synthesis, &findings, &notes)
}

/// The result as text.
fn show(synthesis: &Synthesis, findings: &[Finding], notes: &[String]) -> Result<(), Failed> {
    let told = synthesis.told_alone();
    printer::result(match told {
        Some(narrative) => narrative_text(narrative, synthesis),
        None => table::text(&forest_plot(synthesis, &[])),
    })?;
    printer::result(statement(synthesis))?;
    if let Some(interval) = heterogeneity_interval_text(synthesis) {
        printer::result(interval)?;
    }
    for finding in findings {
        printer::result(finding_text(finding, synthesis))?;
    }
    for note in notes {
        printer::result(format!("Note: {note}"))?;
    }
    let is_told = |study: &str| told.is_some_and(|it| it.rows.iter().any(|row| row.study == study));
    for excluded in &synthesis.excluded {
        // What the table above says of a study need not be said again.
        if !is_told(&excluded.study) {
            printer::result(format!("Left out: {}: {}", excluded.study, excluded.reason))?;
        }
    }
    Ok(())
}

/// Why there is neither a pool nor anything that could be said instead.
fn nothing_to_show(name: &str, synthesis: &Synthesis) -> Failed {
    for excluded in &synthesis.excluded {
        printer::remark(format!("{}: {}", excluded.study, excluded.reason));
    }
    for note in &synthesis.notes {
        printer::remark(note);
    }
    let why = if synthesis.studies.is_empty() {
        "no study gives an effect"
    } else {
        "the studies could not be pooled, as said above"
    };
    printer::failure(format!("{name}: {why}"))
}

/// What is always asked where nothing could be pooled, unless it was: combined P values, or else the directions alone.
fn always_asked(narrative: &Narrative, asked: &[Question]) -> Option<Question> {
    let always = match narrative.fisher {
        Some(_) => Question::CombinedPValues,
        None => Question::Directions(None),
    };
    let kind = std::mem::discriminant(&always);
    asked.iter().all(|it| std::mem::discriminant(it) != kind).then_some(always)
}

/// The findings, unless a question could not be answered: then all problems are shown at once.
fn all_or_problems(
    findings: Vec<Result<Finding, Vec<Diagnostic>>>,
) -> Result<Vec<Finding>, Failed> {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for finding in findings {
        match finding {
            Ok(finding) => found.push(finding),
            Err(mut more) => problems.append(&mut more),
        }
    }
    if problems.is_empty() {
        return Ok(found);
    }
    printer::diagnostics(&problems);
    Err(Failed)
}

fn request(arguments: &Arguments) -> TableRequest {
    let plan = AnalysisPlan {
        title: arguments.title.clone(),
        ratio: arguments.ratio || (arguments.log && arguments.measure.is_none()),
        effect_name: arguments.effect_name.clone(),
        level: arguments.level.clone(),
        subgroup: arguments.subgroup.clone(),
        common_tau2: arguments.common_tau2,
        leave_one_out: arguments.leave_one_out || plots::needs_leave_one_out(&arguments.plot),
        correlation: arguments.paired.then(|| arguments.correlation.clone()),
        // Without a measure the columns choose one, and none that they choose is Peto's.
        ..arguments.model.plan(arguments.measure.unwrap_or(default_plan().measure))
    };
    TableRequest {
        columns: arguments.columns.iter().cloned().collect(),
        measure: arguments.measure,
        effects_are_logs: arguments.log,
        groups: arguments.groups.clone(),
        better: arguments.better,
        design: if arguments.paired { Design::WithinPerson } else { Design::Parallel },
        several_rows: arguments.questions.is_dependent(),
        method_is_open: arguments.model.method_is_open(),
        plan,
    }
}

fn column(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("expected ROLE=COLUMN such as events_e=tpos")?;
    Ok((pair.0.trim().to_owned(), pair.1.trim().to_owned()))
}

fn groups(text: &str) -> Result<(String, String), String> {
    match text.split(',').map(str::trim).collect::<Vec<_>>().as_slice() {
        [experimental, comparator] if !experimental.is_empty() && !comparator.is_empty() => {
            Ok(((*experimental).to_owned(), (*comparator).to_owned()))
        }
        _ => Err("expected two names with a comma between them".to_owned()),
    }
}

fn measure(text: &str) -> Result<Measure, String> {
    Measure::from_name(&text.to_uppercase()).ok_or_else(|| {
        let names: Vec<&str> = Measure::ALL.iter().map(|it| it.name()).collect();
        format!("expected one of {}", names.join(", "))
    })
}

fn keyword<K: Keyword>(text: &str) -> Result<K, String> {
    K::from_name(text).ok_or_else(|| format!("expected one of {}", K::names()))
}

fn level(text: &str) -> Result<Printed, String> {
    number(text, Printed::is_level, "percent: 50 or more and below 100, such as 95")
}

fn correlation(text: &str) -> Result<Printed, String> {
    number(text, Printed::is_correlation, "a correlation from -1 to 1")
}

fn number(text: &str, test: fn(&Printed) -> bool, expected: &str) -> Result<Printed, String> {
    let printed = Printed::parse(text).map_err(|it| format!("expected {it}"))?;
    if test(&printed) { Ok(printed) } else { Err(format!("expected {expected}")) }
}
