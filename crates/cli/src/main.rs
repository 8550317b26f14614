//! The command `consil`: one systematic review, from its question to its published report.
//!
//! Results go to standard output, everything else to standard error. Exit status: 0 done, 1 the input or the
//! question is wrong, 2 usage.

mod columns;
mod commands;
mod interrupt;
mod printer;
mod progress;
mod table;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{build, check, convert, dedup, extract, grade, log, meta, new, records, rob};

/// One systematic review, from its question to its published report.
#[derive(Debug, Parser)]
#[command(name = "consil", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new review from a commented template
    New(new::Arguments),
    /// Read a review's folder and write its whole report
    Build(build::Arguments),
    /// Do one meta-analysis from a CSV file, no review needed
    Meta(meta::Arguments),
    /// Find the records that are one report, with the reasons
    Dedup(dedup::Arguments),
    /// Look at exports of databases, translate them, take them into a review
    #[command(subcommand)]
    Records(records::Command),
    /// Convert what a source prints into what an analysis needs
    Convert(convert::Arguments),
    /// Risk of bias: judgements from answers, agreement of assessors, tables, figures
    Rob(rob::Arguments),
    /// Results as people extracted them: agreement of two extractors, and the rows to decide
    Extract(extract::Arguments),
    /// Say what looks wrong in a review's results, or in a table's
    Check(check::Arguments),
    /// Say what certainty rests on, what the program proposes, what the panel rated, and what is stale
    Grade(grade::Arguments),
    /// Show a review's audit trail
    Log(log::Arguments),
}

/// Why a command did not do what was asked; whatever there is to say has been printed.
#[derive(Debug)]
pub(crate) struct Failed;

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::New(arguments) => new::run(&arguments),
        Command::Build(arguments) => build::run(&arguments),
        Command::Meta(arguments) => meta::run(&arguments),
        Command::Dedup(arguments) => dedup::run(&arguments),
        Command::Records(command) => records::run(&command),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Rob(arguments) => rob::run(&arguments),
        Command::Extract(arguments) => extract::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Grade(arguments) => grade::run(&arguments),
        Command::Log(arguments) => log::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed) => ExitCode::from(1),
    }
}
