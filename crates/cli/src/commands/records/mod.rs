//! `consil records`: exports of databases, looked at, translated, and taken into a review.

mod export;
mod import;
mod ls;
mod source;

use clap::Subcommand;

use crate::Failed;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what is in exports: format, encoding, records, what was kept aside and why
    Ls(ls::Arguments),
    /// Write the records of exports in another format
    Export(export::Arguments),
    /// Copy exports into a review, verbatim, and name them in its review.toml
    Import(import::Arguments),
}

pub(crate) fn run(command: &Command) -> Result<(), Failed> {
    match command {
        Command::Ls(arguments) => ls::run(arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::Import(arguments) => import::run(arguments),
    }
}
